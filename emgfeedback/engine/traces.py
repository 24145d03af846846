"""The newest seconds of filtered signal and RMS, for drawing.

The pipeline appends, the screen reads; neither waits for the other longer than
a list slice.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class TraceChunk:
    """Contiguous samples ready to draw. What lies between two chunks is a gap.

    Attributes
    ----------
    first_sample
        Stream index of row 0.
    filtered_uv
        Filtered signal, microvolts, `(n_samples, n_channels)`, read-only.
    level_uv
        RMS over the display window, same shape, read-only: the unit of the threshold line, so
        that line and threshold may share an axis.
    valid
        bool `(n_samples,)`: the filters have settled; else not to be drawn, nor called muted.
    muted
        bool `(n_channels,)`: the signal was judged bad; feedback from it was off.
    """

    first_sample: int
    filtered_uv: NDArray[np.float64]
    level_uv: NDArray[np.float64]
    valid: NDArray[np.bool_]
    muted: NDArray[np.bool_]

    @property
    def end_sample(self) -> int:
        """Stream index one past the last row."""
        return self.first_sample + len(self.valid)


class TraceBuffer:
    """Keep the chunks of the last `keep_s` seconds.

    Attributes
    ----------
    on_new
        Called after each chunk in the thread that appends it; must return at once.
    """

    def __init__(self, fs_hz: float, keep_s: float = 30.0) -> None:
        self.fs_hz = fs_hz
        self.on_new: Callable[[], object] | None = None
        self._keep = round(keep_s * fs_hz)
        self._chunks: deque[TraceChunk] = deque()
        self._lock = threading.Lock()

    def append(self, chunk: TraceChunk) -> None:
        """Add the newest chunk and forget what is older than `keep_s`."""
        with self._lock:
            self._chunks.append(chunk)
            oldest = chunk.end_sample - self._keep
            while self._chunks[0].end_sample <= oldest:
                self._chunks.popleft()
        on_new = self.on_new
        if on_new is not None:
            on_new()

    def since(self, sample: int) -> list[TraceChunk]:
        """Return the chunks that begin at stream index `sample` or later, oldest first."""
        newer: list[TraceChunk] = []
        with self._lock:
            for chunk in reversed(self._chunks):
                if chunk.first_sample < sample:
                    break
                newer.append(chunk)
        newer.reverse()
        return newer
