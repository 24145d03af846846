"""Streaming stages and their design: numpy alone, the same numbers for any block size."""
