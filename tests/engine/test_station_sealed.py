"""The station in a folder with a passphrase: nothing of a recording is ever on disk in the clear.

As a program, `python -m tests.engine.test_station_sealed FOLDER KEY_IN_HEX` records the virtual
board until it is killed, and says when it has begun.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from emgfeedback.access.sealing import SealedFiles, is_sealed, unseal_bytes, write_sealed
from emgfeedback.core.errors import AccessError, ConfigError, FileFormatError
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.devices.connection import Connection
from emgfeedback.devices.registry import make_drivers
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.link import VirtualLink
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.engine.snapshot import RecordState
from emgfeedback.engine.station import Station
from emgfeedback.records.reader import open_recording
from emgfeedback.records.repair import repair, unfinished
from emgfeedback.training.plan import find_plan, load_plan
from tests.engine.test_station_training import SHORT, over
from tests.engine.waiting import until

KEY = bytes(range(32))
NOTE = "Schmerz links, Frau Zyxgrünwald"
ROOT = Path(__file__).resolve().parents[2]


class Door:
    """What the station asks for files: sealed ones while it is open."""

    def __init__(self) -> None:
        self.open = True

    def __call__(self) -> Files:
        if not self.open:
            raise AccessError("The records are locked.", "Unlock them first.")
        return SealedFiles(KEY)


def connected(folder: Path, files: Callable[[], Files]) -> Station:
    link = VirtualLink(VirtualBoard(NeckSignal()), speed=4.0)

    def connector(port: str, driver: str) -> Callable[[], Connection]:
        del port
        return lambda: Connection(link, make_drivers(driver))

    made = Station(folder, connector_of=connector, files=files)
    made.connect("demo")
    until(made, lambda s: s.end_sample > 0)
    return made


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def station(tmp_path: Path, door: Door) -> Iterator[Station]:
    made = connected(tmp_path / "recordings", door)
    yield made
    made.close()


def runs_of(counts: NDArray[np.int32]) -> list[bytes]:
    """Short runs of each channel, as 16, 24 and 32 bits and as text."""
    runs = []
    for column in range(counts.shape[1]):
        for first in range(0, len(counts) - 12, 199):
            run = counts[first : first + 12, column]
            wide = run.astype("<i4").tobytes()
            runs += [wide, run.astype("<i2").tobytes()]
            runs.append(b"".join(wide[i : i + 3] for i in range(0, len(wide), 4)))
            runs.append(",".join(map(str, run[:4])).encode())
    # A held value, or a few that any program writes, tell nothing of anybody.
    return [run for run in runs if len(set(run)) > 6]


def everything(folder: Path) -> bytes:
    return b"\0\0".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_training_is_sealed_with_its_summary_from_the_first_byte(station: Station) -> None:
    station.start_training(SHORT)
    running = until(station, lambda s: s.recording.elapsed_s > 1)
    station.mark(NOTE)
    assert NOTE.encode() not in everything(station.recordings_folder)
    until(station, lambda s: over(s) and s.recording.state is RecordState.SAVED)
    summary = station.save_training()
    path = Path(running.recording.path)
    assert summary is not None
    assert path.name.endswith(".bdf.sealed")
    assert summary.name == path.name.replace(".bdf", ".session.json")
    assert sorted(station.recordings_folder.iterdir()) == sorted([path, summary])
    assert is_sealed(path)
    told = json.loads(unseal_bytes(summary.read_bytes(), KEY))
    assert told["finished"]
    with open_recording(path, SealedFiles(KEY)) as recording:
        assert f"mark {NOTE}" in [a.text for a in recording.annotations]
        counts = recording.read_counts(0, recording.n_samples)
    assert not [run for run in runs_of(counts) if run in everything(station.recordings_folder)]
    with pytest.raises(FileFormatError, match="encrypted"):
        open_recording(path, PLAIN)


def test_while_locked_nothing_is_recorded(
    station: Station, door: Door, expected_log: list[str]
) -> None:
    expected_log.append("The records are locked")
    door.open = False
    station.start_recording()
    assert station.snapshot().recording.message == "The records are locked. Unlock them first."
    with pytest.raises(AccessError, match="locked"):
        station.start_training(SHORT)
    assert not station.recordings_folder.exists()


def test_a_training_locked_before_it_was_saved_is_sealed_all_the_same(
    station: Station, door: Door
) -> None:
    station.start_training(SHORT)
    until(station, lambda s: over(s) and s.recording.state is RecordState.SAVED)
    door.open = False
    summary = station.save_training()
    assert summary is not None
    assert is_sealed(summary)


def test_a_name_is_not_used_twice_in_either_form(tmp_path: Path, door: Door) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    made = connected(folder, door)
    names: list[str] = []
    for _ in range(2):
        made.start_recording()
        until(made, lambda s: s.recording.state is RecordState.RECORDING)
        made.stop_recording()
        names.append(made.snapshot().recording.path)
        sealed = Path(names[-1])
        sealed.rename(sealed.with_suffix(""))
    assert len(set(names)) == 2
    made.close()


def record_until_killed(folder: Path, key: bytes) -> None:
    station = connected(folder, lambda: SealedFiles(key))
    station.start_recording()
    until(station, lambda s: s.recording.elapsed_s > 4)
    station.mark(NOTE)
    begun_s = station.snapshot().recording.elapsed_s
    until(station, lambda s: s.recording.elapsed_s > begun_s + 6)
    sys.stdout.write("recorded\n")
    sys.stdout.flush()
    time.sleep(600)


def test_a_killed_recording_leaves_no_signal_in_the_clear_and_is_repaired(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    with subprocess.Popen(
        [sys.executable, "-m", "tests.engine.test_station_sealed", str(folder), KEY.hex()],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"recorded\n"
        program.kill()
    as_killed = everything(folder)
    (path,) = unfinished(folder)
    assert path.name.endswith(".bdf.sealed")
    station = Station(folder, files=lambda: SealedFiles(KEY))
    station.recover()
    station.close()
    (words,) = station.snapshot().recovered
    assert "was repaired" in words or "is valid" in words
    assert unfinished(folder) == []
    with open_recording(path, SealedFiles(KEY)) as recording:
        counts = recording.read_counts(0, recording.n_samples)
        assert f"mark {NOTE}" in [a.text for a in recording.annotations]
    assert len(counts) > 4000
    runs = runs_of(counts)
    assert len(runs) > 100
    for data in (as_killed, everything(folder)):
        assert not [run for run in runs if run in data]
        assert NOTE.encode() not in data
        assert b"BIOSEMI" not in data
    assert repair(path, SealedFiles(KEY)).changed is False


def test_own_plans_are_read_encrypted_and_only_while_unlocked(tmp_path: Path, door: Door) -> None:
    (tmp_path / "plans").mkdir()
    own = tmp_path / "plans" / "own.toml.sealed"
    shipped = find_plan("first-visit").read_bytes()
    write_sealed(own, shipped.replace(b'title = "', b'title = "Own: ', 1), KEY, replace=False)
    station = Station(tmp_path / "recordings", files=door)
    assert own in station.plans()
    assert load_plan(own, door()).title.startswith("Own: ")
    with pytest.raises(ConfigError, match="is encrypted"):
        load_plan(own)
    door.open = False
    assert own not in station.plans()


def test_locked_the_station_leaves_what_was_cut_off_for_later(tmp_path: Path, door: Door) -> None:
    door.open = False
    station = Station(tmp_path, files=door)
    station.recover()
    station.close()
    assert station.snapshot().recovered == ()


def test_the_search_finds_what_is_not_encrypted(tmp_path: Path) -> None:
    made = connected(tmp_path, lambda: PLAIN)
    made.start_recording()
    until(made, lambda s: s.recording.elapsed_s > 2)
    made.mark(NOTE)
    made.stop_recording()
    path = Path(made.snapshot().recording.path)
    with open_recording(path) as recording:
        runs = runs_of(recording.read_counts(0, recording.n_samples))
    data = everything(tmp_path)
    assert sum(run in data for run in runs) > len(runs) / 8
    assert NOTE.encode() in data
    made.close()


if __name__ == "__main__":
    record_until_killed(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]))
