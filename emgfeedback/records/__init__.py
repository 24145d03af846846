"""What must last: recordings on disk, reading them, repair and export."""
