"""What the page of one session is made of."""
