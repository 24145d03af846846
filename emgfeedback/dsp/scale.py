"""From the board's counts to microvolts at the electrode."""

from __future__ import annotations

import numpy as np

from emgfeedback.core.block import Block, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import Montage


class Scaler:
    """Convert blocks of counts to microvolts: `(count - midpoint) * lsb` per channel.

    `lsb` is reference / full scale / gain, with the gain of the montage's channel where it
    names one and the board's own otherwise. The offset that stays (the midpoint of a real
    amplifier is never exact) is the high-pass filter's to take out.

    Attributes
    ----------
    lsb_uv
        `(n_channels,)`: one count in microvolts at the electrode.
    """

    def __init__(self, info: DeviceInfo, montage: Montage) -> None:
        self.lsb_uv = np.array([info.lsb_uv(channel.gain) for channel in montage.channels])
        self._midpoint_counts = info.midpoint_counts

    def to_uv(self, block_counts: Block) -> Block:
        """Return the same block in `Unit.UV`, read-only.

        Raises
        ------
        ValueError
            For a block that is not in counts or not in the montage's columns.
        """
        if block_counts.unit is not Unit.COUNTS:
            raise ValueError(f"expected counts, got {block_counts.unit.value}")
        if block_counts.n_channels != len(self.lsb_uv):
            raise ValueError(f"expected {len(self.lsb_uv)} columns, got {block_counts.n_channels}")
        samples = (block_counts.samples - self._midpoint_counts) * self.lsb_uv
        samples.flags.writeable = False
        return Block(
            samples=samples,
            unit=Unit.UV,
            fs_hz=block_counts.fs_hz,
            first_sample=block_counts.first_sample,
            gap_before=block_counts.gap_before,
            saturated=block_counts.saturated,
        )
