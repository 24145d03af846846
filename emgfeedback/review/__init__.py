"""Looking again at what was recorded: pictures at any zoom, spans left out, measures."""
