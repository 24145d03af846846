"""The people and what is kept about them: the register, access to it, backup and erasure."""
