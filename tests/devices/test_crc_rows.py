"""Row-wise CRC is the CRC."""

import numpy as np
import pytest

from emgfeedback.devices.crc_rows import crc16_rows
from emgfeedback.devices.wire import crc16


@pytest.mark.parametrize("n_bytes", [1, 2, 9, 14, 108, 257])
def test_rows_have_the_crc_of_their_bytes(n_bytes):
    rows = np.random.default_rng(n_bytes).integers(0, 256, (50, n_bytes)).astype(np.uint8)
    assert crc16_rows(rows).tolist() == [crc16(row.tobytes()) for row in rows]


def test_the_published_check_value():
    rows = np.frombuffer(b"123456789", np.uint8).reshape(1, 9)
    assert crc16_rows(rows).tolist() == [0x29B1]
