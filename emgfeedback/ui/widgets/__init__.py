"""The parts screens are made of; each draws one thing from a `Snapshot`."""
