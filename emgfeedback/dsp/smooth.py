"""Moving averages over the last W samples, exact for every sample and without drift.

The time axis is cut into tiles of W samples, counted from the first sample. The
last W samples are then the end of the previous tile and the beginning of this
one, so each sum is one suffix sum plus one prefix sum (M. van Herk 1992 does so
for maxima). Nothing is ever subtracted: no error accumulates over hours, a large
value leaves no trace once it is out of the window, and the order of additions,
so every bit of the result, does not depend on how the stream was cut into blocks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.errors import SettingsError

Floats = NDArray[np.float64]

_SLAB_VALUES = 8192
"""Values of a long block averaged together: what stays in the processor's cache."""


def window_samples(window_s: float, fs_hz: float) -> int:
    """Return the length of a window in samples.

    Raises
    ------
    SettingsError
        For a window that holds no sample, or more than a minute.
    """
    if not 0 < window_s <= 60 or round(window_s * fs_hz) < 1:
        raise SettingsError(
            f"A window of {window_s:g} s at {fs_hz:g} Hz is outside 1 sample to 60 s.",
            "Choose 0.05 to 1 s.",
        )
    return round(window_s * fs_hz)


class MovingMean:
    """Mean of the last `window` samples of each channel; of a rectified signal: the ARV.

    Samples before the first count as zero; `filled` says when none of them is left in
    the window.
    """

    def __init__(self, window_s: float, fs_hz: float, n_channels: int) -> None:
        self.window = window_samples(window_s, fs_hz)
        self._tile = np.zeros((self.window, n_channels))
        self._older = np.zeros((self.window, n_channels))
        self._prefix = np.zeros(n_channels)
        self.slab_tiles = max(2, _SLAB_VALUES // self._tile.size)
        self.reset()

    @property
    def filled(self) -> bool:
        """Whether the window held `window` samples at the end of the last block."""
        return self._seen >= self.window

    def reset(self) -> None:
        """Forget all samples."""
        self._seen = 0
        self._at = 0
        self._older[:] = 0

    def process(self, x: Floats, out: Floats | None = None) -> Floats:
        """Return the mean of the window ending at each row of `x`, `(n_samples, n_channels)`.

        It is written to `out` where that is given.
        """
        out = np.empty_like(x) if out is None else out
        n, done = len(x), 0
        self._seen += n
        while done < n:
            left = n - done
            if self._at == 0 and left >= 2 * self.window:
                rows = min(left // self.window, self.slab_tiles) * self.window
                self._whole_tiles(x[done : done + rows], out[done : done + rows])
            else:
                rows = min(left, self.window - self._at)
                self._within_tile(x[done : done + rows], out[done : done + rows])
            done += rows
        out /= self.window
        return out

    def _within_tile(self, x: Floats, out: Floats) -> None:
        at, end = self._at, self._at + len(x)
        out[:] = x
        if at:
            out[0] += self._prefix
        np.add.accumulate(out, axis=0, out=out)
        self._tile[at:end] = x
        self._prefix = out[-1].copy()
        out += self._older[at:end]
        self._at = end % self.window
        if self._at == 0:
            np.add.accumulate(self._tile[:0:-1], axis=0, out=self._older[-2::-1])

    def _whole_tiles(self, x: Floats, out: Floats) -> None:
        tiles = x.reshape(-1, self.window, x.shape[1])
        sums = out.reshape(tiles.shape)
        # The time of a running sum is that of one addition after the other; an addition of
        # complex numbers does two channels at once, to the same bits.
        kind = np.complex128 if x.shape[1] % 2 == 0 else np.float64
        np.add.accumulate(tiles.view(kind), axis=1, out=sums.view(kind))
        older = np.add.accumulate(tiles[:, :0:-1].view(kind), axis=1).view(float)[:, ::-1]
        sums[0] += self._older
        sums[1:, :-1] += older[:-1]
        self._older[:-1] = older[-1]


class MovingRms:
    """Root mean square of the last `window` samples of each channel.

    Samples before the first count as zero, as in `MovingMean`.
    """

    def __init__(self, window_s: float, fs_hz: float, n_channels: int) -> None:
        self._power = MovingMean(window_s, fs_hz, n_channels)
        self.window = self._power.window

    @property
    def filled(self) -> bool:
        """Whether the window held `window` samples at the end of the last block."""
        return self._power.filled

    def reset(self) -> None:
        """Forget all samples."""
        self._power.reset()

    def process(self, x: Floats) -> Floats:
        """Return the RMS of the window ending at each row of `x`, `(n_samples, n_channels)`."""
        out = np.empty_like(x)
        rows = self._power.slab_tiles * self.window
        for i in range(0, len(x), rows):
            slab, rms = x[i : i + rows], out[i : i + rows]
            np.sqrt(self._power.process(slab * slab, rms), out=rms)
        return out
