"""The numbers a clinician reads: amplitude, spectrum, left against right, signal quality."""
