"""OpenEEG packets, version 3: ModularEEG firmware P3.

Facts from `parse_byte_P3` of BrainBay:

=============  ==================================================================
byte           value
=============  ==================================================================
0              `0ppppppx`: number of the packet, 6 bits, and bit 7 of an auxiliary byte
1              `0xxxxxxx`: the rest of the auxiliary byte
2 + 3 k        `0aaaaaaa`: low 7 bits of channel 2 k
3 + 3 k        `0bbbbbbb`: low 7 bits of channel 2 k + 1
4 + 3 k        `0aaa-bbb`: their high 3 bits; bit 7 is set in the last byte of a packet
=============  ==================================================================

One to three pairs of channels; it does not say how many, the distance between bytes with
bit 7 set tells. No checksum, no command: it streams from power-up. Reference, gain and band
are those of the ModularEEG's design as it is commonly described, and were not checked.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.device import DeviceInfo
from emgfeedback.devices.packet_driver import PacketDriver, Rows
from emgfeedback.devices.steps import equal_steps, marked

GAIN = 10_000.0
"""Order of a ModularEEG's amplifier; each is adjusted when it is built."""
_SIZES = (11, 8, 5)
_LIKE = 4
_KNOWN_AFTER = 16


class OpenEegP3Driver(PacketDriver):
    """Decoder of OpenEEG version 3 packets."""

    name = "openeeg_p3"
    title = "OpenEEG P3 (ModularEEG)"
    bauds = (57_600, 115_200)
    seq_modulus = 64
    loss_proof = (
        "6-bit numbers count lost samples; a loss of a quarter second or more is sized by the "
        "clock (estimated). No checksum: a damaged value may pass."
    )
    streams_unasked = True
    start_within_s = 3.0
    _head = b""

    def reset(self) -> None:
        """Forget unread bytes and the place in the stream; keep what is known of the board."""
        super().reset()
        if self._info is None:
            self._size = 0

    def listened(self, seconds: float) -> DeviceInfo | None:
        """Return the board once a few packets followed each other."""
        if not self._placed or self.counters.frames < _KNOWN_AFTER:
            return None
        self._info = DeviceInfo(
            driver=self.name,
            board="ModularEEG or other OpenEEG P3",
            firmware="P3",
            n_channels=(self._size - 2) // 3 * 2,
            fs_hz=256.0,
            full_scale_counts=1024,
            vref_mv=4000.0,
            sensor_gain=GAIN,
            band_hz=(0.0, 59.0),
            loss_proof=self.loss_proof,
            cautions=(
                "Built for EEG: it passes only what is below about 59 Hz. Do not compare its "
                "levels with those of other sensors, and make no spectra of them.",
                f"Gain is taken for {GAIN:g}; give that of this amplifier in the montage.",
            ),
        )
        return self._info

    def _learn_size(self, buffer: bytes) -> None:
        places = marked(buffer)
        for size in _SIZES:
            last = equal_steps(places, size, _LIKE)
            if last is None:
                continue
            numbers = [(buffer[last + 1 + k * size] >> 1) for k in range(_LIKE)]
            if all((b - a) % 64 == 1 for a, b in pairwise(numbers)):
                self._size = size
                return

    def _seek(self, buffer: bytes, at: int) -> tuple[int, bool]:
        places = marked(buffer, at)
        last = equal_steps(places, self._size, 2)
        if last is not None:
            return last + 1, True
        return max(at, len(buffer) - 2 * self._size - 1), False

    def _fits(self, rows: Rows) -> NDArray[np.bool_]:
        fits: NDArray[np.bool_] = (rows[:, -1] >= 0x80) & (rows[:, :-1] < 0x80).all(axis=1)
        return fits

    def _numbers(self, rows: Rows) -> NDArray[np.int64]:
        return (rows[:, 0] >> 1).astype(np.int64)

    def _counts(self, rows: Rows) -> NDArray[np.int32]:
        low = rows[:, 2:].astype(np.int32).reshape(len(rows), -1, 3)
        counts = np.empty((len(rows), low.shape[1], 2), np.int32)
        counts[:, :, 0] = low[:, :, 0] & 0x7F | low[:, :, 2] << 3 & 0x380
        counts[:, :, 1] = low[:, :, 1] & 0x7F | low[:, :, 2] << 7 & 0x380
        return counts.reshape(len(rows), -1)
