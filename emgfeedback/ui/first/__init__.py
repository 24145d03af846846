"""First connection on the screen: from a board in a box to a signal that can be trusted."""
