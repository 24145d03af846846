"""Every form the register's tables have had, and the way from each to the next."""
