"""emgfeedback: surface EMG biofeedback for the neck.

Bytes become blocks, blocks become measures, measures move a target, and
everything raw is on disk first. See docs/architecture.md for the rooms and
who may import whom.
"""

__version__ = "0.1.0"
