"""`record` and `simulate` as two processes with a port between them, as a script would use them."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from emgfeedback.core.block import Gap, GapReason
from emgfeedback.core.device import LinkState
from emgfeedback.devices.driver import StreamSettings
from emgfeedback.engine.connect import connector
from emgfeedback.engine.session import LiveSession, SessionSettings
from emgfeedback.engine.snapshot import RecordState, Snapshot
from emgfeedback.records.reader import open_recording
from tests.commands import Command, posix_only
from tests.engine.waiting import until

pytestmark = posix_only
SECONDS = 6
RATE_HZ = 1000
TOLD_S, RESUMED_S = 1.0, 2.0
"""How soon the app must tell of a lost board, and go on when it is back."""
AXIS_TOLERANCE_S = 0.25
"""How far samples after a gap, whose length only the clocks tell, may be from their time."""
SLOW_MACHINE_S = 2.0
"""Added to what is promised, since tests share the machine with others."""


@contextmanager
def simulated(tmp_path: Path, *arguments: object) -> Iterator[str]:
    """Run `simulate`; the port's path is the first thing it prints."""
    link = tmp_path / "port"
    with Command("simulate", "--link", link, *arguments, home=tmp_path) as board:
        assert board.until(bool) == str(link)
        yield str(link)
        board.send(signal.SIGTERM)
        assert board.wait() == 0, board.err


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Record the demo board: a signal whose every sample is known."""
    folder = tmp_path_factory.mktemp("played")
    path = folder / "played.bdf"
    with Command(
        "record", "--port", "demo", "--out", path, "--seconds", SECONDS, home=folder
    ) as command:
        command.told()
    return path


def contents(
    path: Path,
) -> tuple[NDArray[np.int32], NDArray[np.bool_], tuple[Gap, ...], NDArray[np.float64]]:
    with open_recording(path) as recording:
        end = recording.n_samples
        assert recording.lsb_uv is not None
        return (
            recording.read_counts(0, end),
            recording.valid(0, end),
            recording.gaps,
            recording.lsb_uv,
        )


def record(tmp_path: Path, port: str, *arguments: object) -> tuple[dict[str, Any], Path]:
    out = tmp_path / "r.bdf"
    with Command("record", "--port", port, "--out", out, *arguments, home=tmp_path) as command:
        told = command.told()
        assert any(" s  lost " in line for line in command.err), "no progress on stderr"
    assert told["path"] == str(out)
    return told, out


def test_a_played_recording_comes_out_code_for_code(tmp_path: Path, played: Path) -> None:
    with simulated(tmp_path, "--file", played) as port:
        told, out = record(tmp_path, port, "--seconds", SECONDS - 1)
    assert (told["lost"], told["crc_errors"], told["gaps"]) == (0, 0, 0)
    assert told["samples"] == told["received"] == (SECONDS - 1) * RATE_HZ
    assert told["channels"] == 6
    assert told["fs_hz"] == pytest.approx(RATE_HZ, rel=0.01)
    recorded, valid, gaps, lsb_uv = contents(out)
    source, _, _, source_lsb_uv = contents(played)
    assert valid.all()
    assert not gaps
    np.testing.assert_array_equal(recorded, source[: len(recorded)])
    np.testing.assert_allclose(lsb_uv, source_lsb_uv, rtol=1e-6)


def test_every_loss_is_counted_and_no_wrong_sample_accepted(tmp_path: Path, played: Path) -> None:
    faults = ["--fault", "drop=1e-3", "--fault", "flip=1e-3"]
    with simulated(tmp_path, "--file", played, *faults) as port:
        told, out = record(tmp_path, port, "--seconds", SECONDS - 1)
    recorded, valid, gaps, _ = contents(out)
    source, *_ = contents(played)
    assert told["samples"] == len(recorded) == (SECONDS - 1) * RATE_HZ
    assert told["crc_errors"] > 10
    assert told["gaps"] == len(gaps) > 10
    assert told["lost"] == (~valid).sum() == sum(gap.n_samples for gap in gaps)
    assert {gap.reason for gap in gaps} == {GapReason.LINK}
    np.testing.assert_array_equal(recorded[valid], source[: len(recorded)][valid])


def test_what_the_board_drops_itself_is_told_apart(tmp_path: Path, played: Path) -> None:
    with simulated(tmp_path, "--file", played, "--fault", "gap=250@1") as port:
        told, out = record(tmp_path, port, "--seconds", 3)
    recorded, valid, gaps, _ = contents(out)
    source, *_ = contents(played)
    assert told["lost"] == 250
    assert [gap.reason for gap in gaps] == [GapReason.BOARD]
    np.testing.assert_array_equal(recorded[valid], source[: len(recorded)][valid])


def test_a_csv_is_played_at_its_own_rate_and_scale(tmp_path: Path) -> None:
    path = tmp_path / "sine.csv"
    times_s = np.arange(2000) / 500
    values = np.column_stack((times_s, 200 * np.sin(20 * times_s), 100 * np.cos(20 * times_s)))
    np.savetxt(
        path, values, fmt="%.6f", delimiter=",", header="time_s,SCM L (uV),SCM R (uV)", comments=""
    )
    with simulated(tmp_path, "--file", path) as port:
        told, out = record(tmp_path, port, "--seconds", 2)
    assert (told["channels"], told["fs_nominal_hz"], told["samples"]) == (2, 500, 1000)
    with open_recording(out) as recording:
        played_uv = recording.read_uv(0, 1000)
        assert recording.lsb_uv is not None
        assert np.abs(played_uv - values[:1000, 1:]).max() <= recording.lsb_uv.max() * 1.01


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_a_recording_as_it_should_end(tmp_path: Path, name: str) -> None:
    out = tmp_path / "r.bdf"
    with simulated(tmp_path) as port:
        arguments = ["record", "--port", port, "--out", out]
        with Command(*arguments, home=tmp_path) as command:
            command.until_recorded(1)
            command.send(getattr(signal, name))
            told = command.told()
    assert told["samples"] >= RATE_HZ
    assert told["lost"] == 0
    recorded, *_ = contents(out)
    assert len(recorded) == told["samples"]
    assert sorted(p.name for p in tmp_path.glob("r.bdf*")) == ["r.bdf"], "something was left over"


def test_a_signal_while_connecting_ends_at_once_with_words(tmp_path: Path) -> None:
    import os

    master, slave = os.openpty()
    out = tmp_path / "r.bdf"
    arguments = ["record", "--port", os.ttyname(slave), "--out", out]
    with Command(*arguments, home=tmp_path) as command:
        os.read(master, 1)
        command.send(signal.SIGINT)
        assert "before the board sent data" in command.failure()
    os.close(slave)
    os.close(master)
    assert not out.exists()


def test_a_board_that_stays_away_ends_the_recording_and_the_seconds_are_kept(
    tmp_path: Path,
) -> None:
    out = tmp_path / "r.bdf"
    with simulated(tmp_path, "--fault", "unplug@1") as port:
        arguments = ["record", "--port", port, "--out", out, "--seconds", 2]
        with Command(*arguments, home=tmp_path) as command:
            failure = command.failure()
    assert f"{out} holds" in failure
    assert "of 2 s" in failure
    recorded, valid, *_ = contents(out)
    assert 0.5 * RATE_HZ < len(recorded) <= 1.5 * RATE_HZ
    assert valid.all()


def test_without_a_board_to_serve_nothing_is_served(tmp_path: Path, played: Path) -> None:
    link = tmp_path / "taken"
    link.write_text("mine", encoding="utf-8")
    for arguments, code, says in (
        (["--link", link], 2, "already is something"),
        (["--file", tmp_path / "none.bdf"], 1, "cannot be read"),
        (["--link", tmp_path / "no" / "port"], 2, "cannot be made"),
    ):
        with Command("simulate", "--seconds", 1, *arguments, home=tmp_path) as command:
            assert says in command.failure(code)
    assert link.read_text(encoding="utf-8") == "mine"


def moment(session: LiveSession, holds: Callable[[Snapshot], bool]) -> float:
    """Wait until a snapshot `holds`; return the moment it was seen."""
    until(session, holds)
    return time.monotonic()


def test_unplugged_and_replugged_ten_times_during_one_recording(
    tmp_path: Path, played: Path
) -> None:
    """Each time the app says so in time and goes on in time, and the time axis holds."""
    cycles, away_s = 10, 0.5
    starts_s = [1.0 + 2.0 * cycle for cycle in range(cycles)]
    faults = [text for s in starts_s for text in ("--fault", f"unplug@{s}+{away_s}")]
    out = tmp_path / "r.bdf"
    lost_s, resumed_s = [], []
    with simulated(tmp_path, "--file", played, *faults) as port:
        settings = SessionSettings(StreamSettings(RATE_HZ, 6, 4))
        session = LiveSession(port, connector(port), settings)
        session.start(record_to=out)
        session.wait_open()
        started_s = moment(session, lambda s: s.recording.state is RecordState.RECORDING)
        for cycle in range(cycles):
            snapshot = until(session, lambda s: s.link.state is LinkState.LOST)
            lost_s.append(time.monotonic())
            assert snapshot.recording.state is RecordState.WAITING
            assert snapshot.link_message
            resumed_s.append(
                moment(
                    session,
                    lambda s, past=cycle: (
                        s.link.reconnects > past and s.link.state is LinkState.STREAMING
                    ),
                )
            )
        reached = session.snapshot().recording.elapsed_s
        closing_s = moment(session, lambda s: s.recording.elapsed_s > reached + 0.5)
        summary = session.close()
        ended_s = time.monotonic()
    assert summary is not None
    for start_s, lost, resumed in zip(starts_s, lost_s, resumed_s, strict=True):
        assert lost - started_s < start_s + TOLD_S + SLOW_MACHINE_S
        assert resumed - started_s < start_s + away_s + RESUMED_S + SLOW_MACHINE_S
    recorded, valid, gaps, _ = contents(out)
    assert len(gaps) == summary.gaps == cycles
    assert {gap.reason for gap in gaps} == {GapReason.RECONNECT}
    assert (~valid).sum() == summary.lost
    assert len(recorded) == summary.samples
    recorded_s = len(recorded) / RATE_HZ
    assert closing_s - started_s - 0.5 < recorded_s < ended_s - started_s + 0.5
    for gap, start_s in zip(gaps, starts_s, strict=True):
        assert gap.first_sample / RATE_HZ == pytest.approx(start_s, abs=0.5)
    source, *_ = contents(played)
    edges = [0, *(gap.first_sample + gap.n_samples for gap in gaps)]
    ends = [*(gap.first_sample for gap in gaps), len(recorded)]
    for first, end in zip(edges, ends, strict=True):
        late = lateness(recorded[first:end], first, source)
        assert abs(late) / RATE_HZ < AXIS_TOLERANCE_S, f"the time axis is {late} samples off"


def lateness(segment: NDArray[np.int32], first: int, source: NDArray[np.int32]) -> int:
    """Return by how many samples `segment`, at `first` on the axis, is late; all of it must fit.

    The virtual world goes on while the board is unplugged, and plays `source` again and again.
    """
    places = np.flatnonzero((source == segment[0]).all(axis=1))
    for place in places:
        if (source[(place + np.arange(len(segment))) % len(source)] == segment).all():
            half = len(source) // 2
            return int((first - place + half) % len(source) - half)
    pytest.fail("samples that were never played, or in another order")
