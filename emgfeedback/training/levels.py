"""What a training run is fed: filtered, measured levels of contiguous samples."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Levels of contiguous samples, all `(n_samples, n_channels)` in microvolts.

    Attributes
    ----------
    first_sample
        Stream index of row 0; it counts lost samples too.
    control
        RMS over the control window (100 ms): what targets are held against.
    display
        RMS over the display window (250 ms): what the patient sees.
    filtered
        The filtered signal.
    valid
        bool `(n_samples,)`: the filters have settled.
    usable
        bool `(n_channels,)`: the quality verdict in force.
    gap_before_samples
        Samples missing right before row 0.
    purpose
        The filters they were made with (`rest`, `activation`), empty if not known. Levels of
        other filters than a step asks for are not scored: a task and its reference share one.
    """

    first_sample: int
    control: NDArray[np.float64]
    display: NDArray[np.float64]
    filtered: NDArray[np.float64]
    valid: NDArray[np.bool_]
    usable: NDArray[np.bool_]
    gap_before_samples: int = 0
    purpose: str = ""

    @property
    def n_samples(self) -> int:
        """Rows."""
        return len(self.valid)

    @property
    def end_sample(self) -> int:
        """Stream index one past the last row."""
        return self.first_sample + self.n_samples

    def rows(self, start: int, stop: int) -> Levels:
        """Return rows `start` to `stop` (exclusive); the gap stays with row 0."""
        if start == 0 and stop == self.n_samples:
            return self
        return replace(
            self,
            first_sample=self.first_sample + start,
            control=self.control[start:stop],
            display=self.display[start:stop],
            filtered=self.filtered[start:stop],
            valid=self.valid[start:stop],
            gap_before_samples=self.gap_before_samples if start == 0 else 0,
        )

    def through(self, purpose: str | None) -> Levels:
        """Return these levels, none of them valid if they came through other filters."""
        if not self.purpose or purpose in (None, self.purpose):
            return self
        return replace(self, valid=np.zeros_like(self.valid))
