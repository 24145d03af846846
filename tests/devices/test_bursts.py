"""However the host's bytes are bunched, every sample arrives once, with its value."""

from __future__ import annotations

import sys
import threading
import time

import numpy as np
import pytest

from emgfeedback.devices.connection import Connection
from emgfeedback.devices.emgfeedback_driver import EmgFeedbackDriver
from emgfeedback.devices.sequencer import Sequencer
from emgfeedback.devices.serial_link import SerialLink

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals", allow_module_level=True)

from tests.devices import wire_streams
from tests.devices.pty_board import Pty

FS_HZ, N_CHANNELS, PER_PACKET = 2000, 6, 8
N_PACKETS = 1500
SILENCE_S = 30.0


@pytest.mark.parametrize("burst_ms", [1, 4, 16, 64])
def test_no_sample_is_lost_or_doubled(burst_ms: int) -> None:
    identity = wire_streams.identity(
        n_channels=N_CHANNELS, rate_hz=FS_HZ, samples_per_frame=PER_PACKET
    )
    packets = wire_streams.packets(N_PACKETS, n_samples=PER_PACKET, rate_hz=FS_HZ)
    data = b"".join(packets)
    bytes_per_s = len(data) / (N_PACKETS * PER_PACKET / FS_HZ)
    burst = round(bytes_per_s * burst_ms / 1000)
    pty = Pty()
    link = SerialLink(pty.path)
    driver = EmgFeedbackDriver()
    info = driver.feed(wire_streams.wire.identity_packet(identity)).messages[0]
    sequencer = Sequencer(info, driver.seq_modulus, range(N_CHANNELS))
    link.open(driver.bauds[0])
    connection = Connection(link, driver)

    def send() -> None:
        for at in range(0, len(data), burst):
            pty.send(data[at : at + burst])

    sender = threading.Thread(target=send, name="board")
    sender.start()
    blocks = []
    silent_from_s = time.monotonic()
    try:
        while sequencer.received < N_PACKETS * PER_PACKET:
            # A read may bring part of a packet and no frame yet: only silence is an end.
            decoded = connection.read(5.0)
            if not decoded.frames:
                assert time.monotonic() < silent_from_s + SILENCE_S, "the stream ended early"
                continue
            silent_from_s = time.monotonic()
            blocks += sequencer.blocks(decoded.frames, sequencer.received / FS_HZ)
        sender.join()
        assert not connection.read(0.0).frames
    finally:
        while sender.is_alive():  # it waits for somebody to read, also where the test failed
            connection.read(0.1)
        link.close()
        pty.close()
    assert (sequencer.lost, sequencer.gaps) == (0, 0)
    np.testing.assert_array_equal(
        np.concatenate([block.samples for block in blocks]),
        wire_streams.codes(0, N_PACKETS * PER_PACKET, N_CHANNELS),
    )
    assert [block.first_sample for block in blocks[1:]] == [b.end_sample for b in blocks[:-1]]
