"""Row-wise CRC is the CRC."""

import numpy as np
import pytest

from emgfeedback.devices.crc_rows import crc16_rows
from emgfeedback.devices.wire import crc16


@pytest.mark.parametrize("code_bits", [8, 10, 12, 16])
@pytest.mark.parametrize(("n_head_bytes", "n_codes"), [(12, 1), (12, 48), (12, 122), (1, 7)])
@pytest.mark.parametrize("n_rows", [1, 700])
def test_rows_have_the_crc_of_their_bytes(code_bits, n_head_bytes, n_codes, n_rows):
    rng = np.random.default_rng(n_codes)
    heads = rng.integers(0, 256, (n_rows, n_head_bytes)).astype(np.uint8)
    codes = rng.integers(0, 2**code_bits, (n_rows, n_codes)).astype("<u2")
    expected = [
        crc16(head.tobytes() + row.tobytes()) for head, row in zip(heads, codes, strict=True)
    ]
    assert crc16_rows(heads, codes, code_bits).tolist() == expected


def test_the_published_check_value():
    heads = np.frombuffer(b"1234567", np.uint8).reshape(1, 7)
    codes = np.frombuffer(b"89", "<u2").reshape(1, 1)
    assert crc16_rows(heads, codes, 16).tolist() == [0x29B1]
