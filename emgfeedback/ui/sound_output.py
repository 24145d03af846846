"""Plays the sound of feedback where it can; where it cannot, the picture carries everything.

Qt's own audio is used: it follows the system's default output on Windows, macOS and Linux, and
brings nothing but Qt. It is an extra (`requirements-sound.txt`), imported when first wanted. The
sound is made and written in a thread of its own: opening a device may take long and must not
hold the screen, and a busy screen must not tear the sound.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QObject, Qt, QThread, QTimer, Signal, Slot

from emgfeedback.sound.synth import FeedbackSound, check_volume
from emgfeedback.sound.wish import SILENCE, SoundFollower, SoundMode, SoundWish
from emgfeedback.training.now import RunNow

_log = logging.getLogger(__name__)

BUFFER_S = 0.04
"""Sound ahead of the ear: with the fade of 50 ms a mute is done within 100 ms."""
_FILL_MS = 5
_CLOSE_MS = 2000
_RATES_HZ = (48000, 44100)
LOST_AFTER_S = 5.0
"""A device that takes nothing for this long is lost: PulseAudio dies without a word to Qt, and
a wireless one may need two seconds to begin."""
_stuck: list[object] = []
"""Threads a device does not let go of: Qt ends the app if one is deleted while it runs."""


class SoundUnavailable(Exception):
    """No sound, and why in few words."""


class Speaker(Protocol):
    """An open output; made, used and closed in the sound's own thread."""

    rate_hz: int

    def free(self) -> int:
        """Return how many samples may be written now.

        Raises
        ------
        SoundUnavailable
            The device is lost.
        """

    def write(self, samples: NDArray[np.int16]) -> None:
        """Queue samples (n, 2)."""

    def close(self) -> None:
        """Stop and give the device back."""


class Outputs(Protocol):
    """Where sound can go to."""

    changed: Any
    """Signal: devices came or went."""

    def choose(self) -> Callable[[], Speaker]:
        """Return what opens the default output, to be called in the sound's own thread.

        Raises
        ------
        SoundUnavailable
            There is none.
        """


class QtOutputs(QObject):
    """The system's outputs by QtMultimedia.

    Raises
    ------
    SoundUnavailable
        QtMultimedia is not installed or a library it needs (libpulse0 on Linux) is missing.

    Signals
    -------
    changed
        Devices came or went.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        try:
            from PySide6 import QtMultimedia  # noqa: PLC0415  an extra, and slow to import
        except ImportError as error:
            _log.info("No QtMultimedia: %s", error)
            raise SoundUnavailable("not installed") from error
        self._multimedia = QtMultimedia
        self._devices = QtMultimedia.QMediaDevices()
        self._devices.audioOutputsChanged.connect(self.changed)

    def choose(self) -> Callable[[], Speaker]:
        """Return what opens the default output."""
        multimedia = self._multimedia
        device = multimedia.QMediaDevices.defaultAudioOutput()
        if device.isNull():
            raise SoundUnavailable("no device")
        wanted = multimedia.QAudioFormat()
        wanted.setChannelCount(2)
        wanted.setSampleFormat(multimedia.QAudioFormat.SampleFormat.Int16)
        for rate_hz in (device.preferredFormat().sampleRate(), *_RATES_HZ):
            wanted.setSampleRate(rate_hz)
            if rate_hz in _RATES_HZ and device.isFormatSupported(wanted):
                return lambda: _QtSpeaker(multimedia, device, wanted)
        raise SoundUnavailable("the device plays no 16-bit stereo at 48 or 44.1 kHz")


class _QtSpeaker:
    _BYTES = 4

    def __init__(self, multimedia: Any, device: Any, wanted: Any) -> None:
        self.rate_hz = int(wanted.sampleRate())
        self._stopped = multimedia.QAudio.State.StoppedState
        self._sink = multimedia.QAudioSink(device, wanted)
        self._sink.setBufferSize(round(BUFFER_S * self.rate_hz) * self._BYTES)
        self._stream = self._sink.start()
        if self._stream is None:
            raise SoundUnavailable("the device cannot be opened")

    def free(self) -> int:
        if self._sink.state() == self._stopped:
            raise SoundUnavailable("device lost")
        return int(self._sink.bytesFree()) // self._BYTES

    def write(self, samples: NDArray[np.int16]) -> None:
        self._stream.write(samples.tobytes())

    def close(self) -> None:
        self._sink.stop()
        # Qt wants them to go in the thread they came from.
        self._stream = self._sink = None


class _Player(QObject):
    """Lives in the sound's thread: fills the speaker from the synthesiser."""

    opened = Signal()
    failed = Signal(str)

    def __init__(self, open_speaker: Callable[[], Speaker], level_cap: float) -> None:
        super().__init__()
        self._open = open_speaker
        self._level_cap = level_cap
        self._speaker: Speaker | None = None
        self._timer: QTimer | None = None
        self._volume = 1.0
        self._took_s = 0.0
        self.sound: FeedbackSound | None = None

    def set_volume(self, share: float) -> None:
        self._volume = share
        if self.sound is not None:
            self.sound.volume(share)

    @Slot()
    def start(self) -> None:
        try:
            self._speaker = self._open()
        except SoundUnavailable as reason:
            self.failed.emit(str(reason))
            return
        sound = FeedbackSound(self._speaker.rate_hz, self._level_cap)
        sound.volume(self._volume)
        self.sound = sound
        self._took_s = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._fill)
        self._timer.start(_FILL_MS)
        self.opened.emit()

    @Slot()
    def close(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._speaker is not None:
            self._speaker.close()
            self._speaker = None

    @Slot()
    def _fill(self) -> None:
        speaker, sound = self._speaker, self.sound
        if speaker is None or sound is None:
            return
        now_s = time.monotonic()
        try:
            n = speaker.free()
            if n == 0 and now_s - self._took_s > LOST_AFTER_S:
                raise SoundUnavailable("device lost")
        except SoundUnavailable as reason:
            self.close()
            self.failed.emit(str(reason))
            return
        if n > 0:
            self._took_s = now_s
            speaker.write(sound.render_int16(n))


class SoundOutput(QObject):
    """The sound of feedback, as far as this computer has one.

    Parameters
    ----------
    level_cap
        Peak of the output as share of full scale; set once, with the patient.
    volume
        Share below the cap, 0 to 1.
    make_outputs
        What finds the outputs; called when sound is first switched on.

    Signals
    -------
    state_changed
        The new `state`.
    """

    state_changed = Signal(str)

    def __init__(
        self,
        *,
        level_cap: float = 0.25,
        volume: float = 0.7,
        mode: SoundMode = SoundMode.SILENCE_INSIDE,
        make_outputs: Callable[[], Outputs] = QtOutputs,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._level_cap = level_cap
        self._volume = volume
        self._make_outputs = make_outputs
        self._outputs: Outputs | None = None
        self._follower = SoundFollower(mode)
        self._player: _Player | None = None
        self._thread: QThread | None = None
        self._wanted = False
        self._playing = False
        self._state = self.tr("Sound off")
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.switch_off)

    @property
    def state(self) -> str:
        """What the console says about the sound."""
        return self._state

    @property
    def playing(self) -> bool:
        """Whether a device is open: sound can be heard."""
        return self._playing

    def switch_on(self) -> None:
        """Open the default output, and follow it when devices come and go."""
        if self._wanted:
            return
        self._wanted = True
        try:
            if self._outputs is None:
                self._outputs = self._make_outputs()
                self._outputs.changed.connect(self._reopen)
        except SoundUnavailable as reason:
            self._say_off(str(reason))
            return
        self._open()

    @Slot()
    def switch_off(self) -> None:
        """Give the device back."""
        self._wanted = False
        self._close()
        self._say(self.tr("Sound off"))

    def set_mode(self, mode: SoundMode) -> None:
        """Choose what sounds when."""
        self._follower.mode = mode

    def set_volume(self, share: float) -> None:
        """Set the volume below the cap, 0 to 1.

        Raises
        ------
        SettingsError
            Outside 0 to 1.
        """
        check_volume(share)
        self._volume = share
        if self._player is not None:
            self._player.set_volume(share)

    def follow(self, now: RunNow) -> None:
        """Play what the run asks for; call it with every repaint, also where nothing moved."""
        wish, chime = self._follower.follow(now, time.monotonic())
        self.play(wish)
        if chime:
            self.chime()

    def play(self, wish: SoundWish) -> None:
        """Play `wish` for at most a quarter of a second; without a device nothing happens."""
        sound = self._player.sound if self._player is not None else None
        if sound is not None:
            sound.wish(wish)

    def hush(self) -> None:
        """Fade all out now."""
        self.play(SILENCE)

    def chime(self) -> None:
        """Ring the two notes that end a trial; also a sample of the loudness."""
        sound = self._player.sound if self._player is not None else None
        if sound is not None:
            sound.chime()

    def _open(self) -> None:
        assert self._outputs is not None
        try:
            open_speaker = self._outputs.choose()
        except SoundUnavailable as reason:
            self._say_off(str(reason))
            return
        player = _Player(open_speaker, self._level_cap)
        player.set_volume(self._volume)
        player.opened.connect(self._opened)
        player.failed.connect(self._failed)
        thread = QThread()
        thread.setObjectName("sound")
        player.moveToThread(thread)
        thread.started.connect(player.start)
        thread.finished.connect(player.close, Qt.ConnectionType.DirectConnection)
        self._player, self._thread = player, thread
        thread.start(QThread.Priority.HighPriority)

    def _close(self) -> None:
        player, thread = self._player, self._thread
        self._player = self._thread = None
        self._playing = False
        if player is None or thread is None:
            return
        player.opened.disconnect(self._opened)
        player.failed.disconnect(self._failed)
        thread.quit()
        if not thread.wait(_CLOSE_MS):
            _stuck.append((player, thread))
            _log.warning("The sound device does not close within %d ms", _CLOSE_MS)

    @Slot()
    def _reopen(self) -> None:
        if self._wanted:
            self._close()
            self._open()

    @Slot()
    def _opened(self) -> None:
        self._playing = True
        self._say(self.tr("Sound on"))

    @Slot(str)
    def _failed(self, reason: str) -> None:
        self._close()
        self._say_off(reason)

    def _say_off(self, reason: str) -> None:
        self._say(self.tr("Sound off: {0}").format(reason))

    def _say(self, state: str) -> None:
        if state != self._state:
            self._state = state
            _log.info("%s", state)
            self.state_changed.emit(state)
