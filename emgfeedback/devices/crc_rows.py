"""The packet CRC of many data packets of one length at once."""

from __future__ import annotations

import binascii
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_LOOKUPS_AT_ONCE = 32_768
"""More would push the tables out of the processor's cache."""


class _Tables(NamedTuple):
    """Share of the CRC by place and value, flat, with each place's offset."""

    heads: NDArray[np.uint16]
    head_offsets: NDArray[np.intp]
    codes: NDArray[np.uint16]
    code_offsets: NDArray[np.intp]
    of_zeros: int


@lru_cache(maxsize=8)
def _tables(n_head_bytes: int, n_codes: int, code_bits: int) -> _Tables:
    """Return the tables for packets of this shape.

    A CRC is linear over GF(2): the share of a byte depends on its place alone, so the CRC
    is the XOR of one share per byte and the CRC of as many zero bytes. The two bytes of a
    code are looked up together; with 10 bits the table stays small.
    """
    singles = [binascii.crc_hqx(bytes((value,)), 0) for value in range(256)]
    one_byte = np.array(singles, np.uint16)
    n_bytes = n_head_bytes + 2 * n_codes
    shares = np.empty((n_bytes, 256), np.uint16)
    share = one_byte
    for place in reversed(range(n_bytes)):
        shares[place] = share
        share = (share << 8) ^ one_byte[share >> 8]
    low, high = shares[n_head_bytes::2], shares[n_head_bytes + 1 :: 2]
    n_high = 1 << (code_bits - 8)
    codes = high[:, :n_high, None] ^ low[:, None, :]
    return _Tables(
        shares[:n_head_bytes].ravel(),
        np.arange(n_head_bytes, dtype=np.intp) * 256,
        codes.ravel(),
        np.arange(n_codes, dtype=np.intp) << code_bits,
        binascii.crc_hqx(bytes(n_bytes), 0xFFFF),
    )


def crc16_rows(
    heads: NDArray[np.uint8], codes: NDArray[np.uint16], code_bits: int
) -> NDArray[np.uint16]:
    """Return `wire.crc16` of every row: its head bytes followed by its codes, little-endian.

    Parameters
    ----------
    heads
        `(n_rows, n_head_bytes)`.
    codes
        `(n_rows, n_codes)`, all below `2**code_bits`.
    code_bits
        8 to 16.

    Returns
    -------
    uint16 `(n_rows,)`.
    """
    n_rows, n_codes = codes.shape
    tables = _tables(heads.shape[1], n_codes, code_bits)
    crcs = np.full(n_rows, tables.of_zeros, np.uint16)
    step = max(1, _LOOKUPS_AT_ONCE // (heads.shape[1] + n_codes))
    for start in range(0, n_rows, step):
        part = slice(start, start + step)
        of_heads = tables.heads.take(heads[part] + tables.head_offsets)
        of_codes = tables.codes.take(codes[part] + tables.code_offsets)
        crcs[part] ^= np.bitwise_xor.reduce(of_heads, axis=1)
        crcs[part] ^= np.bitwise_xor.reduce(of_codes, axis=1)
    return crcs
