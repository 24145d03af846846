"""Puts a program into a board through the boot loader it came with."""
