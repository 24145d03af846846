"""Sound where there is a device, and a picture that goes on without it where there is none."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.core.errors import SettingsError
from emgfeedback.sound.wish import SoundMode, SoundWish
from emgfeedback.ui import sound_output
from emgfeedback.ui.sound_devices import BUFFER_S, QtOutputs
from emgfeedback.ui.sound_output import SoundOutput
from tests.ui.patient import moments
from tests.ui.sound_room import RATE_HZ, Room

OUTSIDE = SoundWish(inside=False, distance=1.0)


@pytest.fixture
def room(qapp) -> Room:
    return Room()


@pytest.fixture
def output(room: Room) -> Iterator[SoundOutput]:
    made = SoundOutput(make_outputs=lambda: room, volume=1.0)
    yield made
    made.switch_off()


def test_it_plays_what_is_wished_in_a_thread_of_its_own(qtbot, room, output) -> None:
    with qtbot.waitSignal(output.state_changed):
        output.switch_on()
    assert output.state == "Sound on"
    assert output.playing

    def loud() -> bool:
        output.play(OUTSIDE)
        return bool(np.any(room.heard()))

    qtbot.waitUntil(loud)
    speaker = room.speakers[0]
    output.switch_off()
    assert speaker.closed
    assert len(speaker.threads) == 1
    assert threading.get_ident() not in speaker.threads
    assert output.state == "Sound off"
    assert np.abs(room.heard().astype(int)).max() <= 0.25 * 32767


def test_hushed_it_falls_silent(qtbot, room, output) -> None:
    output.switch_on()

    def loud() -> bool:
        output.play(OUTSIDE)
        return output.playing and bool(np.any(room.heard()))

    qtbot.waitUntil(loud)
    output.hush()
    written = len(room.heard())
    qtbot.waitUntil(lambda: len(room.heard()) > written + RATE_HZ // 5)
    assert not np.any(room.heard()[written + RATE_HZ // 10 :])


def test_a_chime_and_the_volume_are_heard(qtbot, room, output) -> None:
    output.switch_on()
    qtbot.waitUntil(lambda: output.playing)
    output.set_volume(0.0)
    output.play(SoundWish())
    written = len(room.heard())
    output.chime()
    qtbot.waitUntil(lambda: len(room.heard()) > written + RATE_HZ // 5)
    assert not np.any(room.heard())
    output.set_volume(1.0)
    output.chime()

    def rings() -> bool:
        output.play(SoundWish())
        return bool(np.any(room.heard()))

    qtbot.waitUntil(rings)
    with pytest.raises(SettingsError, match="outside 0 to 1"):
        output.set_volume(2.0)


def test_without_a_device_the_state_says_so_and_all_calls_do_nothing(qtbot, room, output) -> None:
    room.missing = "no device"
    output.switch_on()
    assert output.state == "Sound off: no device"
    assert not output.playing
    output.play(OUTSIDE)
    output.chime()
    output.hush()
    output.set_volume(0.4)
    assert room.speakers == []


def test_a_device_that_comes_later_is_used(qtbot, room, output) -> None:
    room.missing = "no device"
    output.switch_on()
    room.missing = ""
    with qtbot.waitSignal(output.state_changed):
        room.changed.emit()
    assert output.state == "Sound on"


@pytest.mark.parametrize("how", ["lost", "stuck"])
def test_a_lost_device_is_told_closed_and_replaced(
    qtbot, room, output, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(sound_output, "LOST_AFTER_S", 0.3)
    output.switch_on()
    qtbot.waitUntil(lambda: output.playing)
    setattr(room.speakers[0], how, True)
    qtbot.waitUntil(lambda: output.state == "Sound off: device lost")
    assert room.speakers[0].closed
    assert not output.playing
    room.changed.emit()
    qtbot.waitUntil(lambda: output.playing)
    assert len(room.speakers) == 2


def test_a_device_that_cannot_be_opened_is_told(qtbot, room, output) -> None:
    room.refuses = "the device cannot be opened"
    output.switch_on()
    qtbot.waitUntil(lambda: output.state == "Sound off: the device cannot be opened")


def test_switched_off_it_stays_off_when_devices_change(qtbot, room, output) -> None:
    output.switch_on()
    qtbot.waitUntil(lambda: output.playing)
    output.switch_off()
    room.changed.emit()
    assert output.state == "Sound off"
    assert len(room.speakers) == 1


def test_without_qtmultimedia_the_picture_is_alone(qapp, monkeypatch) -> None:
    # None in sys.modules is how Python itself marks a module that must not be imported.
    monkeypatch.setitem(__import__("sys").modules, "PySide6.QtMultimedia", None)
    monkeypatch.delattr("PySide6.QtMultimedia", raising=False)
    output = SoundOutput()
    output.switch_on()
    assert output.state == "Sound off: not installed"
    output.play(OUTSIDE)
    output.switch_off()


def test_the_buffer_leaves_a_mute_within_100_ms() -> None:
    longest_step_s = sound_output._FILL_MS / 1000
    assert BUFFER_S + longest_step_s + 0.055 <= 0.1


@pytest.fixture
def short_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound_output, "SAMPLE_S", 0.3)
    monkeypatch.setattr(sound_output, "_CHIME_RINGS_S", 0.3)


def test_a_sample_opens_the_output_sounds_and_gives_it_back(
    qtbot, room, output, short_sample
) -> None:
    output.set_mode(SoundMode.PROPORTIONAL)
    assert output.missing() == ""
    assert output.play_sample()
    qtbot.waitUntil(lambda: bool(room.speakers) and bool(np.any(room.heard())))
    qtbot.waitUntil(lambda: room.speakers[0].closed)
    assert output.state == "Sound off"
    assert np.abs(room.heard().astype(int)).max() <= 0.25 * 32767


def test_a_sample_leaves_an_output_open_that_was_open(qtbot, room, output, short_sample) -> None:
    output.switch_on()
    qtbot.waitUntil(lambda: output.playing)
    output.play_sample()
    qtbot.waitUntil(lambda: not output._sample_timer.isActive())
    assert output.playing
    assert len(room.speakers) == 1


def test_a_run_comes_before_a_sample(qtbot, room, output) -> None:
    output.play_sample()
    qtbot.waitUntil(lambda: output.playing)
    output.follow(moments.calm_moments()["rest"])
    assert output.in_use
    assert not output._sample_timer.isActive()
    assert not output.play_sample()


def test_a_sample_without_a_device_says_why(qtbot, room, output) -> None:
    room.missing = "no device"
    assert output.missing() == "no device"
    output.play_sample()
    qtbot.waitUntil(lambda: not output._sample_timer.isActive())
    assert output.state == "Sound off: no device"
    assert output.trouble == "no device"
    room.missing = ""
    room.changed.emit()
    assert room.speakers == [], "nothing was asked of a device that comes later"


def test_the_cap_holds_from_the_moment_it_is_set(qtbot, room, output) -> None:
    output.switch_on()
    qtbot.waitUntil(lambda: output.playing)
    output.set_level_cap(0.1)
    qtbot.waitUntil(lambda: output.playing and len(room.speakers) == 2)

    def loud() -> bool:
        output.play(OUTSIDE)
        return len(room.heard()) > RATE_HZ // 2

    qtbot.waitUntil(loud)
    loudest = np.abs(room.heard().astype(int)).max()
    assert 0.02 * 32767 < loudest <= 0.1 * 32767
    with pytest.raises(SettingsError, match="level cap"):
        output.set_level_cap(1.5)


# The real thing: PulseAudio with a sink that nobody hears.


@pytest.fixture
def pulse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    pytest.importorskip(
        "PySide6.QtMultimedia", reason="needs requirements-sound.txt", exc_type=ImportError
    )
    if shutil.which("pulseaudio") is None:
        pytest.skip("needs the system package pulseaudio")
    socket = tmp_path / "native"
    for name in ("XDG_RUNTIME_DIR", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("PULSE_SERVER", f"unix:{socket}")
    server = subprocess.Popen(
        [
            *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"),
            *("-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1"),
            *("-L", "module-null-sink sink_name=quiet rate=48000"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield server
    server.terminate()
    server.wait(10)


# What Qt logs of a server that goes away is its own affair.
@pytest.mark.qt_log_ignore(".*")
def test_a_real_server_takes_the_sound_and_its_death_is_noticed(qtbot, pulse, tmp_path) -> None:
    qtbot.waitUntil((tmp_path / "native").exists, timeout=10_000)
    output = SoundOutput(make_outputs=QtOutputs)
    try:
        output.switch_on()
        qtbot.waitUntil(lambda: output.playing, timeout=10_000)
        assert output.state == "Sound on"
        pulse.terminate()
        qtbot.waitUntil(lambda: not output.playing, timeout=20_000)
        assert output.state.startswith("Sound off: ")
    finally:
        output.switch_off()
