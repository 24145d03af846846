"""BITalino over its Bluetooth serial port.

Facts from revolution-python-api (`bitalino.py`) and firmware-bitalino (`crc.c`, `live.c`).
A packet of 1 to 6 channels has 3, 4, 6, 7, 8 or 8 bytes. Its last byte is the packet's number
(4 bits) and a CRC of 4 bits over all the rest (x^4 + x + 1, high bits first). The byte before
holds four digital inputs and the top of A1; the samples go on backwards, 10 bits for A1 to A4
and 6 for A5 and A6. There is no mark where a packet begins: the place is known when several
CRCs hold and the numbers follow on.

Commands are single bytes, at least 0.1 s apart: `07` version, answered by `BITalino_v...`;
rate `rr000011`, start `1 + sum of 1 << (2 + channel)`, stop `00`.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.device import DeviceInfo
from emgfeedback.devices.driver import Decoded, StreamSettings
from emgfeedback.devices.packet_driver import PacketDriver, Rows

SIZES = (3, 4, 6, 7, 8, 8)
RATES_HZ = (1, 10, 100, 1000)
CRC4 = np.array((0, 3, 6, 5, 12, 15, 10, 9, 11, 8, 13, 14, 7, 4, 1, 2), np.uint8)
EMG_GAIN = 1009.0
DEFAULT_CHANNELS = 4
_LOCK = 4
_SAID_BYTES = 64
_VERSION = re.compile(rb"BITalino_v([\w.]+)\r?\n")


def crc4(rows: Rows) -> NDArray[np.uint8]:
    """Return the CRC over packets, the CRC's own four bits taken for 0, `(n,)`."""
    crc = np.zeros(len(rows), np.uint8)
    for i in range(rows.shape[1]):
        low = rows[:, i] & 0x0F if i < rows.shape[1] - 1 else np.uint8(0)
        crc = CRC4[CRC4[crc] ^ rows[:, i] >> 4] ^ low
    return crc


class BitalinoDriver(PacketDriver):
    """Decoder and requests of the BITalino."""

    name = "bitalino"
    title = "BITalino"
    bauds = (115_200,)
    seq_modulus = 16
    loss_proof = (
        "A 4-bit CRC and 4-bit numbers: most damage and every loss are noticed; a loss is "
        "counted up to 15 samples, longer ones are sized by the clock (estimated)."
    )
    ask_every_s = 0.5
    start_within_s = 1.0
    quiet_after_s = 0.15
    _head = b""

    def __init__(self) -> None:
        self._said = b""
        self._n_channels = DEFAULT_CHANNELS
        self._rate_hz = RATES_HZ[-1]
        self._asked = 0
        self._firmware = ""
        super().__init__()
        self._size = SIZES[DEFAULT_CHANNELS - 1]

    def reset(self) -> None:
        """Forget unread bytes and the place in the stream; keep what is known of the board."""
        super().reset()
        self._said = b""

    def question(self) -> bytes:
        """Ask for the version, and by turns stop it: while it streams it does not answer."""
        self._asked += 1
        return self.identify_request() if self._asked % 2 else self.stop_request()

    def identify_request(self) -> bytes:
        """Return the request for the version."""
        return b"\x07"

    def settings_requests(self, settings: StreamSettings) -> list[bytes]:
        """Return the request for the rate; the channels go with the start."""
        self._n_channels = min(settings.n_channels or DEFAULT_CHANNELS, len(SIZES))
        self._size = SIZES[self._n_channels - 1]
        self._rate_hz = settings.fs_hz if settings.fs_hz in RATES_HZ else RATES_HZ[-1]
        return [bytes((RATES_HZ.index(self._rate_hz) << 6 | 3,))]

    def settled(self, settings: StreamSettings) -> DeviceInfo | None:
        """Return the board as it was told to be."""
        self._info = self._describe()
        return self._info

    def start_request(self) -> bytes:
        """Return the start of the first channels."""
        return bytes((1 | sum(1 << (2 + channel) for channel in range(self._n_channels)),))

    def stop_request(self) -> bytes:
        """Return the stop."""
        return b"\x00"

    def feed(self, data: bytes) -> Decoded:
        """Take any number of bytes and return all that they complete."""
        decoded = super().feed(data)
        if self._info is None:
            self._said = (self._said + data)[-_SAID_BYTES:]
            version = _VERSION.search(self._said)
            if version is not None:
                self._firmware = version[1].decode()
                self._info = self._describe()
                decoded.messages.append(self._info)
        return decoded

    def _seek(self, buffer: bytes, at: int) -> tuple[int, bool]:
        size = self._size
        n_places = len(buffer) - at - _LOCK * size + 1
        if n_places <= 0:
            return at, False
        part = np.frombuffer(buffer, np.uint8)[at:]
        rows = np.lib.stride_tricks.sliding_window_view(part, size)
        good, numbers = self._fits(rows), self._numbers(rows)
        locked = good[:n_places].copy()
        for k in range(1, _LOCK):
            places = slice(k * size, k * size + n_places)
            locked &= good[places] & ((numbers[places] - numbers[:n_places] - k) % 16 == 0)
        if locked.any():
            return at + int(locked.argmax()), True
        return at + n_places, False

    def _fits(self, rows: Rows) -> NDArray[np.bool_]:
        fits: NDArray[np.bool_] = crc4(rows) == rows[:, -1] & 0x0F
        return fits

    def _numbers(self, rows: Rows) -> NDArray[np.int64]:
        return (rows[:, -1] >> 4).astype(np.int64)

    def _counts(self, rows: Rows) -> NDArray[np.int32]:
        back = rows[:, ::-1].astype(np.int32)
        n = self._n_channels
        channels = [(back[:, 1] & 15) << 6 | back[:, 2] >> 2]
        if n > 1:
            channels.append((back[:, 2] & 3) << 8 | back[:, 3])
        if n > 2:
            channels.append(back[:, 4] << 2 | back[:, 5] >> 6)
        if n > 3:
            channels.append((back[:, 5] & 63) << 4 | back[:, 6] >> 4)
        if n > 4:
            channels.append(((back[:, 6] & 15) << 2 | back[:, 7] >> 6) * 1023 // 63)
        if n > 5:
            channels.append((back[:, 7] & 63) * 1023 // 63)
        return np.stack(channels, axis=1)

    def _describe(self) -> DeviceInfo:
        cautions = [
            f"Microvolts are for the maker's EMG sensor, gain {EMG_GAIN:g}; check it against "
            "the data sheet of yours.",
        ]
        if self._n_channels > DEFAULT_CHANNELS:
            cautions.append("A5 and A6 have 6 bits: 52 uV a count. Put muscles on A1 to A4.")
        return DeviceInfo(
            driver=self.name,
            board="BITalino",
            firmware=self._firmware,
            n_channels=self._n_channels,
            fs_hz=float(self._rate_hz),
            full_scale_counts=1024,
            vref_mv=3300.0,
            sensor_gain=EMG_GAIN,
            band_hz=(25.0, 482.0),
            loss_proof=self.loss_proof,
            cautions=tuple(cautions),
        )
