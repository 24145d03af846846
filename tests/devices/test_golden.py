"""What the real firmware core wrote, through the decoder and onto the time axis."""

from pathlib import Path

import numpy as np
import pytest

from emgfeedback.core.block import GapReason
from emgfeedback.core.device import DeviceInfo
from emgfeedback.devices import wire
from emgfeedback.devices.driver import Answer, BoardReport
from emgfeedback.devices.emgfeedback_driver import EmgFeedbackDriver
from emgfeedback.devices.sequencer import Sequencer
from tests.devices.wire_streams import identity

GOLDEN = Path(__file__).parents[2] / "firmware" / "tests" / "golden"


def voltage_codes(n_samples, n_channels):
    """Return the codes golden.csv describes: (7 n + 131 c + 5) mod 1024."""
    number, channel = np.ogrid[:n_samples, :n_channels]
    return (7 * number + 131 * channel + 5) % 1024


def ramp(n_samples, n_channels):
    number, channel = np.ogrid[:n_samples, :n_channels]
    return (number + 97 * channel) % 1024


def square(n_samples, n_channels):
    number, channel = np.ogrid[:n_samples, :n_channels]
    return 512 + np.where(number // 50 % 2, 32, -32) * (channel + 1)


def decode(name, n_channels, rate_hz, chunk):
    """Return blocks and messages of a golden file, the driver and the sequencer."""
    data = (GOLDEN / name).read_bytes()
    driver = EmgFeedbackDriver()
    facts = identity(n_channels=n_channels, max_channels=8, rate_hz=rate_hz)
    (info,) = driver.feed(wire.identity_packet(facts)).messages
    line = Sequencer(info, driver.seq_modulus, range(n_channels))
    blocks, messages = [], []
    for at in range(0, len(data), chunk):
        decoded = driver.feed(data[at : at + chunk])
        messages += decoded.messages
        blocks += line.blocks(decoded.frames, at * 1e-6)
    assert driver.counters.bytes_skipped == 0
    assert driver.counters.crc_errors == driver.counters.rejected == 0
    return blocks, messages, driver, line


@pytest.mark.parametrize("chunk", [1, 50, 10**9])
@pytest.mark.parametrize(
    ("name", "n_channels", "rate_hz", "n_samples", "expected"),
    [
        ("stream_6ch_1000hz.bin", 6, 1000, 1002, voltage_codes),
        ("stream_8ch_2000hz.bin", 8, 2000, 83, voltage_codes),
        ("stream_1ch_250hz.bin", 1, 250, 5, voltage_codes),
        ("ramp_6ch_500hz.bin", 6, 500, 40, ramp),
        ("square_8ch_1000hz.bin", 8, 1000, 204, square),
    ],
)
def test_every_sample_of_a_stream_arrives(chunk, name, n_channels, rate_hz, n_samples, expected):
    blocks, messages, _, line = decode(name, n_channels, rate_hz, chunk)
    assert (line.received, line.lost) == (n_samples, 0)
    samples = np.concatenate([block.samples for block in blocks])
    np.testing.assert_array_equal(samples, expected(n_samples, n_channels))
    answers = [message for message in messages if isinstance(message, Answer)]
    assert answers == [Answer(wire.Packet.START, 0), Answer(wire.Packet.STOP, 0)]


@pytest.mark.parametrize("chunk", [1, 50, 10**9])
def test_what_the_board_lost_is_in_its_place(chunk):
    blocks, messages, _, line = decode("losses.bin", 6, 1000, chunk)
    gaps = [block.gap_before for block in blocks if block.gap_before]
    assert [(gap.first_sample, gap.n_samples) for gap in gaps] == [(5, 2), (26, 10)]
    assert all(gap.reason is GapReason.BOARD for gap in gaps)
    assert (line.received, line.lost, line.board_dropped) == (28, 12, 12)
    codes = voltage_codes(40, 6)
    for block in blocks:
        np.testing.assert_array_equal(block.samples, codes[block.first_sample : block.end_sample])
    (report,) = [message for message in messages if isinstance(message, BoardReport)]
    assert (report.dropped_samples, report.overruns) == (10, 2)


def test_identity_before_and_after_settings():
    messages = EmgFeedbackDriver().feed((GOLDEN / "identity.bin").read_bytes()).messages
    before, after = [message for message in messages if isinstance(message, DeviceInfo)]
    assert (before.n_channels, before.fs_hz, before.full_scale_counts) == (6, 1000.0, 1024)
    assert (after.n_channels, after.fs_hz, after.oversample) == (4, 2000.0, 1)
    assert all(message.code == 0 for message in messages if isinstance(message, Answer))


def test_refusals_are_codes_with_words():
    messages = EmgFeedbackDriver().feed((GOLDEN / "refusals.bin").read_bytes()).messages
    answers = [message for message in messages if isinstance(message, Answer)]
    names = [wire.codes()[answer.code].name for answer in answers]
    assert names == [
        "UNKNOWN_COMMAND",
        "BAD_LENGTH",
        "BAD_RATE",
        "BAD_CHANNELS",
        "BURST_TOO_LONG",
        "BAD_TEST_SIGNAL",
        "BAD_OVERSAMPLE",
        "OK",
        "STREAMING",
    ]


def test_reports_before_any_stream():
    messages = EmgFeedbackDriver().feed((GOLDEN / "reports.bin").read_bytes()).messages
    report, jitter = messages
    assert isinstance(report, BoardReport)
    assert "bad commands 1" in report.facts
    assert isinstance(jitter, wire.JitterReport)
