"""The packet CRC over many byte rows of one length at once."""

from __future__ import annotations

import binascii
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_BYTES_AT_ONCE = 32_768
"""More would push the look-ups out of the processor's cache."""


def _byte_table() -> NDArray[np.uint16]:
    """Return what each byte value leaves in an empty CRC-16 register."""
    singles = [binascii.crc_hqx(bytes((value,)), 0) for value in range(256)]
    return np.array(singles, np.uint16)


@lru_cache(maxsize=8)
def _position_table(n_bytes: int) -> tuple[NDArray[np.uint16], NDArray[np.intp]]:
    """Return the flat table (position, byte) -> share of the CRC, and each position's offset.

    A CRC is linear over GF(2): the share of a byte depends on its place alone, so the CRC
    of a row is the XOR of one table entry per byte and the CRC of as many zero bytes.
    """
    one_byte = _byte_table()
    table = np.empty((n_bytes, 256), np.uint16)
    share = one_byte
    for position in reversed(range(n_bytes)):
        table[position] = share
        share = (share << 8) ^ one_byte[share >> 8]
    return table.ravel(), np.arange(n_bytes, dtype=np.intp) * 256


def crc16_rows(rows: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Return `wire.crc16` of every row.

    Parameters
    ----------
    rows
        `(n_rows, n_bytes)`.

    Returns
    -------
    uint16 `(n_rows,)`.
    """
    n_rows, n_bytes = rows.shape
    table, offsets = _position_table(n_bytes)
    crcs = np.full(n_rows, binascii.crc_hqx(bytes(n_bytes), 0xFFFF), np.uint16)
    step = max(1, _BYTES_AT_ONCE // n_bytes)
    for start in range(0, n_rows, step):
        shares = table.take(rows[start : start + step] + offsets)
        crcs[start : start + step] ^= np.bitwise_xor.reduce(shares, axis=1)
    return crcs
