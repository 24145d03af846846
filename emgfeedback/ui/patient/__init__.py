"""What the patient sees: one task, one picture, one button, legible from two metres."""
