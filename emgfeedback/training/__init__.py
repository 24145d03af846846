"""What the patient does: targets and their scoring, on sample time, without drawing."""
