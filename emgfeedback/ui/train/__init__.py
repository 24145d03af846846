"""The therapist's console: plans to choose from, the run, and its end."""
