"""OpenEEG packets, version 2: Olimex SHIELD-EKG-EMG, ModularEEG.

Facts from the struct in Olimex' `ShieldEkgEmgDemo.ino` and `parse_byte_P2` of BrainBay:

======  ====================================================
byte    value
======  ====================================================
0, 1    A5 5A
2       version, 02
3       number of the packet, 8 bits
4-15    six samples of 10 bits, high byte first
16      switches
======  ====================================================

No checksum, no command: it streams from power-up at 57600 baud. 10 bits never hold A5 5A, so
the place in the stream is certain. The sketch says 256 Hz; its timer makes about 250.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.device import DeviceInfo
from emgfeedback.devices.packet_driver import PROOF_OF_8_BITS, PacketDriver, Rows

HEAD = b"\xa5\x5a\x02"
SHIELD_GAIN = 2848.0
"""10 x 80 x 3.56 with the trimmer as delivered; it reaches from 214 to 3596."""
SHIELD_BAND_HZ = (0.0, 40.0)
_KNOWN_AFTER = 8
_N_CHANNELS = 6


class OpenEegP2Driver(PacketDriver):
    """Decoder of OpenEEG version 2 packets."""

    name = "openeeg_p2"
    title = "OpenEEG P2 (Olimex EKG/EMG shield)"
    bauds = (57_600, 115_200)
    seq_modulus = 256
    loss_proof = PROOF_OF_8_BITS
    streams_unasked = True
    start_within_s = 3.0
    _head = HEAD

    def __init__(self) -> None:
        super().__init__()
        self._size = 17

    def listened(self, seconds: float) -> DeviceInfo | None:
        """Return the shield once a few packets followed each other."""
        if not self._placed or self.counters.frames < _KNOWN_AFTER:
            return None
        self._info = DeviceInfo(
            driver=self.name,
            board="Olimex EKG/EMG shield or other OpenEEG P2",
            firmware="P2",
            n_channels=_N_CHANNELS,
            fs_hz=256.0,
            full_scale_counts=1024,
            vref_mv=5000.0,
            sensor_gain=SHIELD_GAIN,
            band_hz=SHIELD_BAND_HZ,
            loss_proof=self.loss_proof,
            cautions=(
                "The shield passes only what is below 40 Hz, about a fifth of the power of "
                "muscle activity: do not compare its levels with those of other sensors, and "
                "make no spectra of them.",
                f"Microvolts hold for the trimmer as delivered (gain {SHIELD_GAIN:g}).",
                "All six inputs are sent; those without a shield float.",
            ),
        )
        return self._info

    def _fits(self, rows: Rows) -> NDArray[np.bool_]:
        head = (rows[:, :3] == np.frombuffer(HEAD, np.uint8)).all(axis=1)
        fits: NDArray[np.bool_] = head & (rows[:, 4:16:2] <= 3).all(axis=1)
        return fits

    def _numbers(self, rows: Rows) -> NDArray[np.int64]:
        return rows[:, 3].astype(np.int64)

    def _counts(self, rows: Rows) -> NDArray[np.int32]:
        return rows[:, 4:16].copy().view(">u2").astype(np.int32)
