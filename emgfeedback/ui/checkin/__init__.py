"""What is entered between visits and by hand: the day, the factors, the head laser."""
