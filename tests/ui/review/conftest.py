"""The recordings of the review's own tests, for its screen."""

from tests.review.conftest import make_recording

__all__ = ["make_recording"]
