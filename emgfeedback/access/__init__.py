"""Who may open the records: keys, encrypted files, locking."""
