"""OpenBCI Cyton by its serial dongle.

Facts from BrainFlow (`cyton.cpp`, `openbci_serial_board.cpp`) and OpenBCI_32bit_Library:

======  =====================================================
byte    value
======  =====================================================
0       A0
1       number of the sample, 8 bits
2-25    eight samples of 24 bits, two's complement, high first
26-31   auxiliary
32      C0 to C6
======  =====================================================

No checksum. `v` resets the board and is answered by text that ends in `$$$`; `d` sets the
channels to their defaults (gain 24), `c` leaves the second board aside, `b` starts, `s` stops.
A byte sent while it streams may cost a packet. The converter (ADS1299) is 3 dB down at 0.262
of its rate.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.device import DeviceInfo
from emgfeedback.devices.driver import Decoded, Misfit, StreamSettings
from emgfeedback.devices.packet_driver import PROOF_OF_8_BITS, PacketDriver, Rows

GAIN = 24.0
N_CHANNELS = 8
HALF = 2**22 - 1
FULL_SCALE_COUNTS = 2 * HALF
"""A recording holds 23 bits, so the lowest of the 24 is dropped: a count is 0.045 uV at
gain 24, below the converter's own noise."""
_UV_PER_CODE = 4.5e6 / (2**23 - 1)
_TEXT_BYTES = 2048
_FIRMWARE = re.compile(rb"Firmware:\s*([\w.]+)")


class CytonDriver(PacketDriver):
    """Decoder and requests of the Cyton."""

    name = "cyton"
    title = "OpenBCI Cyton"
    bauds = (115_200,)
    seq_modulus = 256
    loss_proof = PROOF_OF_8_BITS
    ask_every_s = 1.5
    start_within_s = 1.5
    quiet_after_s = 0.6
    _head = b"\xa0"

    def __init__(self) -> None:
        self._said = b""
        super().__init__()
        self._size = 33

    def reset(self) -> None:
        """Forget unread bytes and the place in the stream; keep what is known of the board."""
        super().reset()
        self._said = b""

    def question(self) -> bytes:
        """Return the request to reset and tell the version."""
        return self.identify_request()

    def identify_request(self) -> bytes:
        """Return `v`."""
        return b"v"

    def settings_requests(self, settings: StreamSettings) -> list[bytes]:
        """Return the requests for eight channels with their default gain."""
        return [b"c", b"d"]

    def start_request(self) -> bytes:
        """Return `b`."""
        return b"b"

    def stop_request(self) -> bytes:
        """Return `s`."""
        return b"s"

    def feed(self, data: bytes) -> Decoded:
        """Take any number of bytes and return all that they complete."""
        decoded = super().feed(data)
        if self._info is None:
            self._said = (self._said + data)[-_TEXT_BYTES:]
            self._hear(decoded)
        return decoded

    def _hear(self, decoded: Decoded) -> None:
        said, end, rest = self._said.partition(b"$$$")
        if not end:
            return
        self._said = rest
        if b"Failure" in said:
            decoded.messages.append(
                Misfit(
                    "The Cyton's dongle answers and its board does not.",
                    "Switch the board on (to PC) and charge its battery.",
                )
            )
        elif b"OpenBCI" in said:
            version = _FIRMWARE.search(said)
            self._info = self._describe(version[1].decode() if version else "unknown")
            decoded.messages.append(self._info)

    def _fits(self, rows: Rows) -> NDArray[np.bool_]:
        fits: NDArray[np.bool_] = (rows[:, 0] == 0xA0) & (rows[:, 32] - np.uint8(0xC0) <= 6)
        return fits

    def _numbers(self, rows: Rows) -> NDArray[np.int64]:
        return rows[:, 1].astype(np.int64)

    def _counts(self, rows: Rows) -> NDArray[np.int32]:
        words = np.zeros((len(rows), N_CHANNELS, 4), np.uint8)
        words[:, :, :3] = rows[:, 2:26].reshape(len(rows), N_CHANNELS, 3)
        codes = words.view(">i4")[:, :, 0].astype(np.int32) >> 8
        held: NDArray[np.int32] = np.clip((codes >> 1) + HALF, 0, FULL_SCALE_COUNTS - 1)
        return held.astype(np.int32)

    def _describe(self, firmware: str) -> DeviceInfo:
        return DeviceInfo(
            driver=self.name,
            board="OpenBCI Cyton",
            firmware=firmware,
            n_channels=N_CHANNELS,
            fs_hz=250.0,
            full_scale_counts=FULL_SCALE_COUNTS,
            vref_mv=2 * _UV_PER_CODE * FULL_SCALE_COUNTS / 1000.0,
            sensor_gain=GAIN,
            band_hz=(0.0, 65.0),
            loss_proof=self.loss_proof,
            cautions=(
                "At 250 Hz the converter passes what is below 65 Hz: the greater part of "
                "muscle activity is missing from levels and spectra.",
                "Microvolts hold for the default gain of 24; a recording keeps 23 of its 24 bits.",
            ),
        )
