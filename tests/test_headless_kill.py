"""A recording killed at any moment: after repair all but the last second is there and true."""

from __future__ import annotations

import random
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from emgfeedback.devices.connection import Connection
from emgfeedback.devices.driver import StreamSettings
from emgfeedback.devices.registry import make_driver
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.link import VirtualLink
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.engine.acquisition import Acquisition
from emgfeedback.engine.connect import DEFAULT_DRIVER
from emgfeedback.engine.station import Station
from tests.commands import Command, posix_only
from tests.engine.waiting import until
from tests.records.conftest import Opened

pytestmark = posix_only
RATE_HZ = 1000
LOST_S = 1.0
"""What a recording may lose of its end."""
AT_ONCE = 3
TRUTH_S = 60


@dataclass(frozen=True)
class Killed:
    """A recording that was killed `recorded_s` seconds or more after its first sample."""

    path: Path
    recorded_s: float

    @property
    def backup(self) -> Path:
        """The file as found, where it was changed."""
        return self.path.with_name(f"{self.path.name}.orig")


def kill_at_random(folder: Path, chance: random.Random, names: list[str]) -> list[Killed]:
    """Record under `names` at the same time and kill each at a moment of its own."""
    waits_s = {name: chance.choice((0.0, chance.uniform(0, 3))) for name in names}
    commands = {
        name: Command("record", "--port", "demo", "--out", folder / name, home=folder / "home")
        for name in names
    }
    killed = []
    try:
        begun_s = {}
        for name, command in commands.items():
            command.until(lambda line: " s  lost " in line)
            begun_s[name] = time.monotonic()
        for name in sorted(names, key=lambda name: begun_s[name] + waits_s[name]):
            time.sleep(max(begun_s[name] + waits_s[name] - time.monotonic(), 0))
            recorded_s = time.monotonic() - begun_s[name]
            commands[name].process.kill()
            killed.append(Killed(folder / name, recorded_s))
    finally:
        for command in commands.values():
            command.process.kill()
            command.wait()
    return killed


def check(one: Killed, truth: NDArray[np.int32]) -> None:
    """Demand a file that three readers take, long enough and true to the last sample."""
    file = Opened(one.path)
    assert len(file.counts) / RATE_HZ >= one.recorded_s - LOST_S
    padding = [text for _, text in file.texts("padding")]
    n_real = len(file.counts) - sum(int(text.split()[1]) for text in padding)
    assert n_real <= len(truth)
    np.testing.assert_array_equal(file.counts[:n_real], truth[:n_real])
    assert bool(file.texts("recording was cut off here and repaired")) == one.backup.exists()
    assert file.texts("emgfeedback channel")


@pytest.fixture(scope="module")
def truth() -> NDArray[np.int32]:
    """What the demo board sends at first, which is the same every time; heard as fast as it can.

    It is longer than a machine may take to start the recordings that are killed together.
    """
    link = VirtualLink(VirtualBoard(NeckSignal()), step_s=0.25)
    connection = Connection(link, make_driver(DEFAULT_DRIVER))
    acquisition = Acquisition(lambda: connection, StreamSettings(), None)
    counts: list[NDArray[np.int32]] = []
    with closing(acquisition):
        assert acquisition.open().fs_hz == RATE_HZ
        while sum(map(len, counts)) < TRUTH_S * RATE_HZ:
            counts += [block.samples for block in acquisition.step(0.05)]
    return np.concatenate(counts)


@pytest.mark.parametrize("seed", range(4))
def test_killed_recordings_are_repaired_with_all_but_the_last_second(
    tmp_path: Path, truth: NDArray[np.int32], seed: int
) -> None:
    names = [f"{i}.bdf" for i in range(AT_ONCE)]
    for one in kill_at_random(tmp_path, random.Random(seed), names):
        as_found = one.path.read_bytes()
        with Command("repair", one.path, home=tmp_path / "home") as command:
            assert command.wait() == 0, command.err
        if one.backup.exists():
            assert "was repaired" in command.out[0]
            assert one.backup.read_bytes() == as_found
        else:
            assert "nothing was changed" in command.out[0]
            assert one.path.read_bytes() == as_found
        check(one, truth)


def test_the_app_repairs_by_itself_at_its_next_start(
    tmp_path: Path, truth: NDArray[np.int32]
) -> None:
    recordings = tmp_path / "recordings"
    recordings.mkdir()
    killed = kill_at_random(recordings, random.Random(99), ["a.bdf", "b.bdf"])
    station = Station(recordings)
    station.recover()
    until(station, lambda s: len(s.recovered) == 2)
    station.close()
    for one in killed:
        assert any(str(one.path) in words for words in station.snapshot().recovered)
        check(one, truth)
