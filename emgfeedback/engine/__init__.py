"""The running system: reader, pipeline and recorder threads, and the snapshot the screen reads."""
