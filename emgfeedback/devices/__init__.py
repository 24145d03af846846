"""Bytes to samples: wire protocols, ports, and the virtual board."""
