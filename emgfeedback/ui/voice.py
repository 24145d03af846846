"""The voice that says the cues, where this computer has one: Qt's own speech.

QtTextToSpeech is part of the extra for sound (`requirements-sound.txt`) and uses what the
system has: SAPI or WinRT on Windows, AVSpeech on macOS, speech-dispatcher on Linux. Without
it pictures and tones carry everything.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QLocale, QObject, Signal, Slot

from emgfeedback.sound.cue import Cue, CueOrder, Said

_log = logging.getLogger(__name__)

_SILENT_ENGINES = ("mock", "none")
"""Engines of Qt that say nothing."""
_SLOWER = -0.15


class NoVoice(Exception):
    """Nothing here speaks."""


class Speech(Protocol):
    """What says words; a new one cuts off the last."""

    failed: Any
    """Signal: it cannot speak any more."""

    def say(self, text: str) -> None:
        """Say `text`."""

    def stop(self) -> None:
        """Be silent at once."""

    def set_volume(self, share: float) -> None:
        """Speak so loud, 0 to 1."""


class QtSpeech(QObject):
    """The system's speech by QtTextToSpeech.

    Parameters
    ----------
    language
        Of the words to be said, as `en`.

    Raises
    ------
    NoVoice
        QtTextToSpeech is not installed, or the system has no engine that works.

    Signals
    -------
    failed
        The engine cannot speak any more.
    """

    failed = Signal()

    def __init__(self, language: str) -> None:
        super().__init__()
        try:
            from PySide6 import QtTextToSpeech  # noqa: PLC0415 - an extra, and slow to import
        except ImportError as error:
            raise NoVoice("not installed") from error
        speech = QtTextToSpeech.QTextToSpeech
        self._error = speech.State.Error
        for name in speech.availableEngines():
            engine = speech(name) if name not in _SILENT_ENGINES else None
            if engine is not None and engine.state() != self._error:
                break
        else:
            raise NoVoice("no engine")
        self._engine = engine
        wanted = QLocale(language)
        if engine.locale().language() != wanted.language():
            engine.setLocale(wanted)
        engine.setRate(_SLOWER)
        engine.stateChanged.connect(self._changed)

    def say(self, text: str) -> None:
        """Say `text`."""
        self._engine.say(text)

    def stop(self) -> None:
        """Be silent at once."""
        self._engine.stop()

    def set_volume(self, share: float) -> None:
        """Speak so loud, 0 to 1."""
        self._engine.setVolume(share)

    def _changed(self, state: object) -> None:
        if state == self._error:
            _log.info("speech failed: %s", self._engine.errorString())
            self.failed.emit()


class Voice(QObject):
    """Says cues while it is on and there is speech.

    Parameters
    ----------
    make_speech
        What finds the speech for a language; called when a voice is first wanted.

    Signals
    -------
    state_changed
        The new `state`.
    """

    state_changed = Signal(str)

    def __init__(
        self, *, make_speech: Callable[[str], Speech] = QtSpeech, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._make_speech = make_speech
        self._speech: Speech | None = None
        self._missing = False
        self._on = True
        self._volume = 0.7

    @property
    def there(self) -> bool:
        """Whether this computer has a voice, as far as was looked."""
        return not self._missing

    @property
    def on(self) -> bool:
        """Whether cues are said."""
        return self._on and not self._missing

    @property
    def state(self) -> str:
        """What the console says about the voice."""
        if self._missing:
            return self.tr("No voice on this computer")
        return self.tr("Voice on") if self._on else self.tr("Voice off")

    def look(self) -> bool:
        """Look for speech, once; return whether there is any."""
        if self._speech is None and not self._missing:
            try:
                # A translation of the words names its own language here.
                self._speech = self._make_speech(self.tr("en", "the language of these words"))
            except NoVoice as reason:
                _log.info("No voice: %s", reason)
                self._missing = True
            else:
                self._speech.failed.connect(self._lost)
                self._speech.set_volume(self._volume)
            self.state_changed.emit(self.state)
        return not self._missing

    def switch(self, *, on: bool) -> None:
        """Say cues from now on, or nothing."""
        if on == self._on:
            return
        self._on = on
        if not on:
            self.hush()
        self.state_changed.emit(self.state)

    def set_volume(self, share: float) -> None:
        """Speak so loud, 0 to 1."""
        self._volume = share
        if self._speech is not None:
            self._speech.set_volume(share)

    def obey(self, order: CueOrder) -> None:
        """Do what was decided."""
        if order.say is None:
            if order.stop:
                self.hush()
            return
        if self._on and self.look() and self._speech is not None:
            self._speech.say(self.words_of(order.say))

    def hush(self) -> None:
        """Be silent at once."""
        if self._speech is not None:
            self._speech.stop()

    def words_of(self, cue: Cue) -> str:
        """Return what is said for a cue."""
        short = {Said.NOW: self.tr("Now"), Said.LET_GO: self.tr("Let go, and rest")}
        return short.get(cue.said, cue.words)

    @Slot()
    def _lost(self) -> None:
        self._speech, self._missing = None, True
        self.state_changed.emit(self.state)
