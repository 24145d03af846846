"""Measures between the cursors, taken in a thread with a file of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from emgfeedback.core.errors import EmgFeedbackError
from emgfeedback.core.files import Files
from emgfeedback.dsp.settings import ChainSettings
from emgfeedback.records.reader import open_recording
from emgfeedback.review.spans import LeftOut, Measured, measure
from emgfeedback.ui.background import Background


@dataclass(frozen=True, slots=True)
class MeasureWish:
    """What is to be measured, under one or more settings."""

    path: Path
    files: Files
    from_s: float
    to_s: float
    settings: tuple[ChainSettings | None, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class MeasureAnswer:
    """What came of a wish: a result for each of its settings, or why there is none."""

    wish: MeasureWish
    measured: tuple[Measured, ...] = ()
    refused: str = ""


class Measuring:
    """Answers the newest wish; those passed over on the way are never begun."""

    def __init__(self) -> None:
        self._next: MeasureWish | None = None
        self._wish: MeasureWish | None = None
        self._work: Background[MeasureAnswer] | None = None

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._work is not None or self._next is not None

    def ask(self, wish: MeasureWish | None) -> None:
        """Measure `wish` as soon as the one before is done; None: nothing any more."""
        self._next = wish
        if wish is None:
            self._wish = None

    def answer(self) -> MeasureAnswer | None:
        """Return the answer to the newest wish, once; begin the next. Call it now and then."""
        found: MeasureAnswer | None = None
        work = self._work
        if work is not None and work.done:
            told, self._work = work.result(), None
            if self._wish is not None and self._next is None:
                found = told or MeasureAnswer(self._wish, refused=_failed_words())
        if self._work is None and self._next is not None:
            wish, self._next = self._next, None
            self._wish = wish
            self._work = Background(lambda: _measured(wish))
        return found


def _failed_words() -> str:
    return QCoreApplication.translate("Review", "Something went wrong inside; the log says more.")


def _measured(wish: MeasureWish) -> MeasureAnswer:
    try:
        with open_recording(wish.path, wish.files) as recording:
            found = tuple(
                measure(recording, wish.from_s, wish.to_s, settings, wish.left_out)
                for settings in wish.settings
            )
    except EmgFeedbackError as error:
        return MeasureAnswer(wish, refused=str(error))
    return MeasureAnswer(wish, found)
