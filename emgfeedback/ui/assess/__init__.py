"""The recording before injections on the screen."""
