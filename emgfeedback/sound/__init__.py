"""What the patient hears: wishes drawn from a run, and their synthesis. Plays nothing itself."""
