"""Samples lost or doubled when the host gets its bytes in bursts, as USB bridges hold them.

`tests/devices/test_bursts.py` holds the values; this counts in real time, through threads.
"""

from __future__ import annotations

import time

from emgfeedback.devices.driver import StreamSettings
from emgfeedback.engine.connect import connector
from emgfeedback.engine.session import LiveSession, SessionSettings
from tests.benchmarks.board_process import board_process
from tests.benchmarks.table import Row

N_CHANNELS, FS_HZ = 6, 2000
BURSTS_MS = (1, 4, 16, 64)
SECONDS = 4.0


def rows() -> list[Row]:
    return [row_of(burst_ms) for burst_ms in BURSTS_MS]


def row_of(burst_ms: int) -> Row:
    stream = StreamSettings(fs_hz=FS_HZ, n_channels=N_CHANNELS, oversample=1)
    with board_process(N_CHANNELS, FS_HZ, burst_ms / 1000) as board:
        session = LiveSession(board.path, connector(board.path), SessionSettings(stream=stream))
        session.start()
        try:
            session.wait_open()
            time.sleep(SECONDS)
        finally:
            session.close()
        link = session.snapshot().link
        seen = session.snapshot().end_sample
        sent = board.written()[-1][1]
    wrong = link.lost + max(0, seen - sent) + abs(seen - link.received - link.lost)
    enough = link.received >= 0.9 * SECONDS * FS_HZ
    return Row(
        f"bursts of {burst_ms} ms, {N_CHANNELS} ch x {FS_HZ} Hz",
        f"{wrong} lost or doubled",
        f"of {link.received}",
        "",
        "0",
        wrong == 0 and enough,
    )
