"""A drawn person who shows what head, shoulders or hands are asked to do."""
