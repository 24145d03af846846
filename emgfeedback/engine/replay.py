"""A recording as a stream of blocks: the same pipeline, at any speed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from emgfeedback.core.block import Block, Gap, Unit, frozen
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import Montage
from emgfeedback.records.recording import Recording

BLOCK_S = 0.02
VREF_MV = 5000.0
FINE_LSB_UV = 0.01
"""Files without the converter's counts are laid on steps this small, far below any noise."""
FINE_FULL_SCALE_COUNTS = 2**22


class Replay:
    """Blocks of counts from a recording, gaps left out and told, as a board would send them.

    Attributes
    ----------
    info
        The board as far as the file tells; its rate is the recording's.
    montage
        The recording's channels, with the gains that give its microvolts.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._own_counts = recording.lsb_uv is not None and recording.full_scale_counts is not None
        n_channels = len(recording.channels)
        if self._own_counts:
            assert recording.full_scale_counts is not None
            full_scale = recording.full_scale_counts
            lsb_uv = np.asarray(recording.lsb_uv, dtype=np.float64)
        else:
            full_scale = FINE_FULL_SCALE_COUNTS
            lsb_uv = np.full(n_channels, FINE_LSB_UV)
        gains = VREF_MV * 1000 / full_scale / lsb_uv
        self.info = DeviceInfo(
            driver="replay",
            board=recording.path.name,
            firmware="",
            n_channels=n_channels,
            fs_hz=recording.fs_hz,
            full_scale_counts=full_scale,
            vref_mv=VREF_MV,
            sensor_gain=float(gains[0]),
        )
        self.montage = Montage(
            recording.path.name,
            tuple(
                replace(channel, input=i, gain=float(gain))
                for i, (channel, gain) in enumerate(zip(recording.channels, gains, strict=True))
            ),
        )

    def blocks(self, block_s: float = BLOCK_S) -> Iterator[Block]:
        """Yield the recording from its first to its last sample, in blocks of `block_s`."""
        n = max(1, round(block_s * self.info.fs_hz))
        at, gap_before = 0, None
        for gap in [*self._recording.gaps, None]:
            end = self._recording.n_samples if gap is None else gap.first_sample
            while at < end:
                stop = min(at + n, end)
                yield self._block(at, stop, gap_before)
                at, gap_before = stop, None
            if gap is not None:
                at, gap_before = gap.first_sample + gap.n_samples, gap

    def _block(self, first: int, end: int, gap_before: Gap | None) -> Block:
        counts = self._counts(first, end)
        upper = self.info.full_scale_counts - 1
        saturated = np.logical_or.reduce((counts <= 0) | (counts >= upper), axis=0)
        return Block(counts, Unit.COUNTS, self.info.fs_hz, first, gap_before, saturated)

    def _counts(self, first: int, end: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
        if self._own_counts:
            counts = self._recording.read_counts(first, end)
        else:
            steps = np.round(self._recording.read_uv(first, end) / FINE_LSB_UV)
            middle = FINE_FULL_SCALE_COUNTS // 2
            counts = np.clip(steps + middle, 0, FINE_FULL_SCALE_COUNTS - 1).astype(np.int32)
        frozen(counts)
        return counts
