"""Framing by bit 7: bytes with it set stand at equal distances."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def marked(buffer: bytes, at: int = 0) -> NDArray[np.int64]:
    """Return where bytes from `at` on have bit 7 set."""
    return np.flatnonzero(np.frombuffer(buffer, np.uint8)[at:] >= 0x80) + at


def equal_steps(places: NDArray[np.int64], size: int, n_steps: int) -> int | None:
    """Return the first of `places` that `n_steps` steps of `size` follow, or None."""
    steps = np.diff(places) == size
    if len(steps) < n_steps:
        return None
    run = np.lib.stride_tricks.sliding_window_view(steps, n_steps).all(axis=1)
    return int(places[int(run.argmax())]) if run.any() else None
