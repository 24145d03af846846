"""Plays the sound of feedback where it can; where it cannot, the picture carries everything.

The sound is made and written in a thread of its own: opening a device may take long and must
not hold the screen, and a busy screen must not tear the sound.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject, Qt, QThread, QTimer, Signal, Slot

from emgfeedback.sound.synth import FeedbackSound, check_level_cap, check_volume
from emgfeedback.sound.wish import (
    SAMPLE_S,
    SILENCE,
    SoundFollower,
    SoundMode,
    SoundWish,
    sample_wish,
)
from emgfeedback.training.now import RunNow
from emgfeedback.ui.sound_devices import Outputs, QtOutputs, SoundUnavailable, Speaker

_log = logging.getLogger(__name__)

_FILL_MS = 5
_CLOSE_MS = 2000
LOST_AFTER_S = 5.0
"""A device that takes nothing for this long is lost: PulseAudio dies without a word to Qt, and
a wireless one may need two seconds to begin."""
SAMPLE_STEP_MS = 50
_CHIME_RINGS_S = 1.4
_IN_USE_S = 1.0
_stuck: list[object] = []
"""Threads a device does not let go of: Qt ends the app if one is deleted while it runs."""


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
        self._followed_s = -math.inf
        self._sample_from_s: float | None = None
        self._sample_opened = self._sample_chimed = False
        self._sample_timer = QTimer(self)
        self._sample_timer.setInterval(SAMPLE_STEP_MS)
        self._sample_timer.timeout.connect(self._go_on_sampling)
        self.trouble = ""
        """Why the output last wanted could not be had."""
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

    @property
    def in_use(self) -> bool:
        """Whether a run steers the sound."""
        return time.monotonic() - self._followed_s < _IN_USE_S

    def missing(self) -> str:
        """Return why nothing can be heard here, empty where something can; opens nothing."""
        try:
            self._choose()
        except SoundUnavailable as reason:
            return str(reason)
        return ""

    def switch_on(self) -> None:
        """Open the default output, and follow it when devices come and go."""
        if self._wanted:
            return
        self._wanted = True
        self._open()

    @Slot()
    def switch_off(self) -> None:
        """Give the device back."""
        self._sample_timer.stop()
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

    def set_level_cap(self, level_cap: float) -> None:
        """Set the peak that is never exceeded; an open output is opened anew.

        Raises
        ------
        SettingsError
            A cap that cannot be.
        """
        check_level_cap(level_cap)
        if level_cap != self._level_cap:
            self._level_cap = level_cap
            if self._playing:
                self._reopen()

    def play_sample(self) -> bool:
        """Play some seconds of the exercise's sound and its chime, opening the output for it.

        Returns False where a run steers the sound: it must not be talked into.
        """
        if self.in_use:
            return False
        if not self._sample_timer.isActive():
            self._sample_opened = not self._wanted
            self.switch_on()
        self._sample_from_s, self._sample_chimed = None, False
        self._sample_timer.start()
        return True

    def follow(self, now: RunNow) -> bool:
        """Play what the run asks for; call it with every repaint, also where nothing moved.

        Returns whether a chime begins.
        """
        self._followed_s = time.monotonic()
        self._sample_timer.stop()
        wish, chime = self._follower.follow(now, time.monotonic())
        self.play(wish)
        if chime:
            self.chime()
        return chime and self._playing

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

    def _choose(self) -> Callable[[], Speaker]:
        if self._outputs is None:
            self._outputs = self._make_outputs()
            self._outputs.changed.connect(self._reopen)
        return self._outputs.choose()

    def _open(self) -> None:
        try:
            open_speaker = self._choose()
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
    def _go_on_sampling(self) -> None:
        if not self._playing:
            if self._player is None:
                self._end_sample()
            return
        if self._sample_from_s is None:
            self._sample_from_s = time.monotonic()
        t_s = time.monotonic() - self._sample_from_s
        if t_s < SAMPLE_S:
            self.play(sample_wish(self._follower.mode, t_s))
            return
        self.play(SoundWish(self._follower.mode))
        if not self._sample_chimed:
            self._sample_chimed = True
            self.chime()
        elif t_s > SAMPLE_S + _CHIME_RINGS_S:
            self._end_sample()

    def _end_sample(self) -> None:
        """Stop; an output opened for the sample goes, and why there was none stays told."""
        self._sample_timer.stop()
        if self._sample_opened and self._playing:
            self.switch_off()
        elif self._sample_opened:
            self._wanted = False

    @Slot()
    def _reopen(self) -> None:
        if self._wanted:
            self._close()
            self._open()

    @Slot()
    def _opened(self) -> None:
        self._playing = True
        self.trouble = ""
        self._say(self.tr("Sound on"))

    @Slot(str)
    def _failed(self, reason: str) -> None:
        self._close()
        self._say_off(reason)

    def _say_off(self, reason: str) -> None:
        self.trouble = reason
        self._say(self.tr("Sound off: {0}").format(reason))

    def _say(self, state: str) -> None:
        if state != self._state:
            self._state = state
            _log.info("%s", state)
            self.state_changed.emit(state)
