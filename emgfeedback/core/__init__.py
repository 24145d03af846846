"""The vocabulary every other package speaks: blocks, gaps, montage, device facts, errors."""
