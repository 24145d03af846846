"""What the rules suggest, as a button each; nobody is forced, and it can be put aside."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from emgfeedback.core.errors import SettingsError, UsageError
from emgfeedback.training.now import Phase, RunNow
from emgfeedback.training.run import TrainingRun
from emgfeedback.ui import theme
from emgfeedback.ui.train import train_words
from emgfeedback.ui.widgets.keyed_button import KeyedButton

EASE_SHARE = 0.15
"""How far a line moves: the largest step of the rules themselves."""
REST_S = 60.0
_ICONS = {
    "ease": "undo",
    "trick": "heart",
    "rest": "rest",
    "progress": "skip",
    "repeat": "repeat",
}


def ease(run: TrainingRun) -> None:
    """Move every line that can be moved to its easier side.

    Raises
    ------
    UsageError
        No line can be moved.
    """
    now = run.now()
    moved = False
    for element in now.feedback.elements if now.feedback is not None else ():
        factor = 1 - EASE_SHARE if element.high is None else 1 + EASE_SHARE
        for channel in element.channels:
            line = now.thresholds[channel]
            if line is None:
                continue
            try:
                run.set_threshold(channel, line * factor)
            except SettingsError:
                continue
            moved = True
    if not moved:
        raise UsageError("No line can be made easier.", "Move a line by its flag.")


def try_trick(run: TrainingRun) -> None:
    """Note that the sensory trick is used from here on."""
    run.note("sensory trick from here on, offered after hard trials", "trick")


def progress(run: TrainingRun) -> None:
    """Go on to the next step."""
    if run.now().phase is Phase.DONE:
        run.next()
    else:
        run.skip("three easy trials, on to the next task")


DEEDS: dict[str, Callable[[TrainingRun], None]] = {
    "ease": ease,
    "trick": try_trick,
    "rest": lambda run: run.pause(),
    "progress": progress,
    "repeat": lambda run: run.repeat(),
}


def deed_words(offer: str) -> str:
    """Return what stands on the button of an offer; empty for nothing."""
    return {
        "ease": QCoreApplication.translate("Train", "Make it easier"),
        "trick": QCoreApplication.translate("Train", "Try the trick"),
        "rest": QCoreApplication.translate("Train", "Rest a minute"),
        "progress": QCoreApplication.translate("Train", "Go on to the next task"),
        "repeat": QCoreApplication.translate("Train", "Take it again"),
    }.get(offer, "")


class OfferRow(QWidget):
    """Why something is offered, the button that does it, and one that puts it aside.

    Signals
    -------
    taken
        The offer's key.
    """

    taken = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offer = ""
        self._moment: object = None
        self._answered: object = None
        self.reason = QLabel()
        theme.set_role(self.reason, "second_strong")
        self.reason.setWordWrap(True)
        self.reason.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.take_button = KeyedButton("")
        self.take_button.clicked.connect(self._take)
        self.aside_button = KeyedButton(self.tr("Not now"))
        self.aside_button.setProperty("kind", "flat")
        self.aside_button.clicked.connect(self._put_aside)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.reason, 1)
        row.addWidget(self.take_button)
        row.addWidget(self.aside_button)
        self.hide()

    def show_run(self, run: RunNow) -> None:
        """Show what `run` offers, unless it was answered already."""
        done = len(run.trial.results_pct) if run.trial is not None else 0
        self._offer = run.offer if not run.paused and deed_words(run.offer) else ""
        self._moment = (run.offer, run.step, done)
        if self._offer:
            self.reason.setText(train_words.offer_words(self._offer))
            self.take_button.say(deed_words(self._offer), _ICONS[self._offer])
        self.setVisible(bool(self._offer) and self._moment != self._answered)

    def _put_aside(self) -> None:
        self._answered = self._moment
        self.hide()

    def _take(self) -> None:
        self._put_aside()
        self.taken.emit(self._offer)
