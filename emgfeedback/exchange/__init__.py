"""Recordings, sessions and scales in the formats of others, out and in."""
