"""What other programs get by LSL: the samples, the levels, the marks, each at its time."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from emgfeedback.cli import main
from emgfeedback.core.block import Block, Gap, GapReason, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import EmgFeedbackError, SettingsError
from emgfeedback.core.montage import Montage, neck_montage
from emgfeedback.devices.connection import Connection
from emgfeedback.devices.registry import make_driver
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.link import VirtualLink
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.engine.lsl_outlet import LslOutlet, StampLine
from emgfeedback.engine.session import LiveSession, SessionSettings
from emgfeedback.engine.traces import TraceChunk
from emgfeedback.records.reader import open_recording
from tests.engine.lsl_here import inlet, lsl_here, pull
from tests.engine.waiting import until

FS_HZ = 1000.0
INFO = DeviceInfo("emgfeedback", "Test board", "1.0", 2, FS_HZ, 1024, 5000.0, 1000.0)
MONTAGE: Montage = neck_montage(2)


def block(first: int, n: int, gap: Gap | None = None) -> Block:
    counts = (np.arange(first, first + n)[:, None] % 900 + [0, 50]).astype(np.int32)
    return Block(counts, Unit.COUNTS, FS_HZ, first, gap, np.zeros(2, dtype=bool))


def chunk(first: int, n: int, muted: tuple[bool, bool] = (False, False)) -> TraceChunk:
    level_uv = np.arange(first, first + n)[:, None] + np.array([0.0, 0.5])
    return TraceChunk(first, level_uv, level_uv, np.ones(n, dtype=bool), np.array(muted))


def clock(n_samples: int) -> float:
    return 100.0 + n_samples / FS_HZ


def test_stamps_are_even_and_a_loss_is_a_hole_in_time() -> None:
    line = StampLine(FS_HZ, clock)
    before = line.stamps(block(0, 200))
    after = line.stamps(block(250, 100, Gap(200, 50, GapReason.LINK)))
    assert before is not None
    assert after is not None
    times_s = np.concatenate([before, after])
    expected = 100.001 + np.concatenate([np.arange(200), np.arange(250, 350)]) / FS_HZ
    np.testing.assert_allclose(times_s, expected, atol=1e-9)


@pytest.mark.parametrize("true_hz", [974.0, 1000.0, 1030.0])
def test_stamps_find_the_true_line_without_ever_going_back(true_hz: float) -> None:
    # Half a second is told too late at first, and the declared rate is off.
    offset_s = 0.5
    line = StampLine(FS_HZ, lambda n: 100.0 + offset_s + n / true_hz)
    steps = []
    for first in range(0, 20_000, 20):
        if first == 1000:
            offset_s = 0.0
        stamps = line.stamps(block(first, 20))
        assert stamps is not None
        steps.append(stamps)
    times_s = np.concatenate(steps)
    assert np.diff(times_s).min() > 0.9 / true_hz
    assert times_s[-1] == pytest.approx(100.0 + 20_000 / true_hz, abs=0.005)


def test_a_board_that_was_away_begins_where_the_clock_says() -> None:
    line = StampLine(FS_HZ, clock)
    line.stamps(block(0, 100))
    line_s = line.stamps(block(5000, 10, Gap(100, 4900, GapReason.RECONNECT)))
    assert line_s is not None
    assert line_s[0] == pytest.approx(clock(5001))


def test_nothing_is_stamped_before_the_clock_is_known() -> None:
    assert StampLine(FS_HZ, lambda _: None).stamps(block(0, 10)) is None


def test_three_streams_carry_samples_levels_and_marks() -> None:
    pylsl = lsl_here()
    outlet = LslOutlet("three", INFO, MONTAGE, clock)
    raw, envelope, markers = (inlet(pylsl, f"three {n}") for n in ("raw", "envelope", "markers"))
    outlet.samples(block(0, 200), [chunk(0, 110), chunk(110, 90, (True, False))])
    lost = Gap(200, 50, GapReason.LINK)
    outlet.samples(block(250, 100, lost), [chunk(250, 100)])
    outlet.note("mark hello", 250)

    samples, times_s = pull(raw, 300)
    counts = np.concatenate([block(0, 200).samples, block(250, 100).samples])
    lsb_uv = 5000.0 * 1000 / 1024 / 1000
    np.testing.assert_allclose(samples, (counts - 512) * lsb_uv, rtol=1e-6)
    steps_s = np.diff(times_s)
    assert steps_s[199] == pytest.approx(0.051)
    np.testing.assert_allclose(np.delete(steps_s, 199), 0.001, atol=1e-6)

    levels_uv, level_times_s = pull(envelope, 15)
    indices = np.array([*range(0, 200, 20), *range(260, 350, 20)])
    np.testing.assert_allclose(level_times_s - times_s[0], indices / FS_HZ, atol=1e-6)
    expected = indices[:, None] + np.array([0.0, 0.5])
    expected[(indices >= 110) & (indices < 200), 0] = np.nan
    np.testing.assert_allclose(levels_uv, expected)

    texts, mark_times_s = pull(markers, 1)
    assert bytes(texts[0, 0]).decode() == "mark hello"
    assert mark_times_s[0] == pytest.approx(times_s[200], abs=1e-6)
    assert envelope.info().nominal_srate() == 50.0
    channel = raw.info().desc().child("channels").child("channel")
    told = {name: channel.child_value(name) for name in ("label", "unit", "side", "muscle")}
    assert told == {"label": "SCM L", "unit": "microvolts", "side": "left", "muscle": "scm"}
    outlet.close()
    outlet.samples(block(350, 10), [])
    outlet.note("late", 350)


def test_a_reader_that_never_reads_holds_nobody_up() -> None:
    pylsl = lsl_here()
    outlet = LslOutlet("slow", INFO, MONTAGE, clock)
    idle = inlet(pylsl, "slow raw")
    for first in range(0, 200_000, 1000):
        outlet.samples(block(first, 1000), [])
    idle.close_stream()
    outlet.close()


def test_a_session_offers_what_it_records(tmp_path) -> None:
    pylsl = lsl_here()
    link = VirtualLink(VirtualBoard(NeckSignal()))
    settings = SessionSettings(lsl="live")
    session = LiveSession("demo", lambda: Connection(link, make_driver("emgfeedback")), settings)
    session.start()
    try:
        assert session.wait_open(60)
        raw, markers = inlet(pylsl, "live raw"), inlet(pylsl, "live markers")
        path = tmp_path / "r.bdf"
        session.start_recording(path)
        session.mark("hello")
        began = session.snapshot().end_sample
        snapshot = until(session, lambda s: s.end_sample > began + 700)
        session.stop_recording()
        samples, times_s = raw.pull_chunk(timeout=1.0, max_samples=500)
        rest, rest_s = raw.pull_chunk(timeout=0.0, max_samples=100_000)
        while not np.array_equal(pull(markers, 1)[0], [[b"mark hello"]]):
            pass
        raw.close_stream()
        markers.close_stream()
    finally:
        session.close()
    assert np.diff(np.concatenate([times_s, rest_s])).min() > 0
    lsb_uv = [channel.lsb_uv for channel in snapshot.channels]
    assert snapshot.device is not None
    counts = np.concatenate([samples, rest]) / lsb_uv + snapshot.device.midpoint_counts
    with open_recording(path) as recording:
        recorded = recording.read_counts(0, 400).astype(np.int32)
    heard = np.round(counts).astype(np.int32).tobytes()
    assert recorded.tobytes() in heard


def test_the_command_tells_what_it_sent(capsys) -> None:
    lsl_here()
    assert main(["stream", "--port", "demo", "--lsl", "told", "--seconds", "0.5"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["received"] > 0
    assert (told["lsl"], told["lost"], told["channels"]) == ("told", 0, 6)


def test_a_recording_is_played_once_to_its_end(capsys, tmp_path) -> None:
    lsl_here()
    path = str(tmp_path / "r.bdf")
    assert main(["record", "--port", "demo", "--out", path, "--seconds", "1"]) == 0
    capsys.readouterr()
    assert main(["stream", "--port", path, "--lsl", "played"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["received"] >= 900
    assert (told["lost"], told["channels"]) == (0, 6)


def test_without_the_package_one_line_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pylsl", None)
    with pytest.raises(EmgFeedbackError, match=r"requirements-lsl\.txt"):
        LslOutlet("x", INFO, MONTAGE, clock)


def test_a_blank_name_is_refused() -> None:
    with pytest.raises(SettingsError, match="name"):
        LslOutlet(" ", INFO, MONTAGE, clock)
