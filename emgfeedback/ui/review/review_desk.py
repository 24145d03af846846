"""The thread a recording under review belongs to; the screen asks and polls."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.errors import EmgFeedbackError
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.dsp.settings import ChainSettings
from emgfeedback.records.reader import open_recording
from emgfeedback.records.recording import Recording
from emgfeedback.review.pyramid import Extent
from emgfeedback.review.side_files import SideFiles
from emgfeedback.review.views import Review, WindowView

_log = logging.getLogger(__name__)

_ANEW_S = 0.3
"""A picture that is not final yet is asked for again this often while the rest is worked out."""
OVERVIEW_COLUMNS = 1600


@dataclass(frozen=True, slots=True)
class Wish:
    """A window the screen wants to draw."""

    first_s: float
    seconds: float
    columns: int
    filtered: bool


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """What the desk has for the screen; None: nothing new."""

    view: WindowView | None
    overview: Extent | None
    typical_uv: NDArray[np.float64] | None
    progress: float
    filter_refused: str
    quality_refused: str
    settings: ChainSettings | None
    failed: str


class ReviewDesk:
    """Opens `path` and answers for it; `close` lets it go.

    Attributes
    ----------
    review
        The open recording; its spans, moments and facts never change. None until it is open.
    refused
        Why it could not be opened, in words.
    """

    def __init__(
        self, path: Path, files: Files = PLAIN, side_files: SideFiles | None = None
    ) -> None:
        self.path = path
        self.review: Review | None = None
        self.refused = ""
        self._files, self._side_files = files, side_files
        self._changed = threading.Condition()
        self._closing = False
        self._wish: Wish | None = None
        self._settings: list[ChainSettings | None] = []
        self._view: WindowView | None = None
        self._overview: Extent | None = None
        self._failed = ""
        self._thread = threading.Thread(target=self._run, name="screen-review", daemon=True)
        self._thread.start()

    @property
    def opening(self) -> bool:
        """Whether it is not known yet whether it can be opened."""
        return self.review is None and not self.refused

    def ask(self, wish: Wish) -> None:
        """Ask for a window; only the newest wish is answered."""
        with self._changed:
            self._wish = wish
            self._changed.notify()

    def use(self, settings: ChainSettings | None) -> None:
        """Look through other filters from here on."""
        with self._changed:
            self._settings.append(settings)
            self._changed.notify()

    def news(self) -> News | None:
        """Take what is new; None until the recording is open."""
        review = self.review
        if review is None:
            return None
        with self._changed:
            view, self._view = self._view, None
            overview, self._overview = self._overview, None
        return News(
            view,
            overview,
            review.typical_uv if review.raw_exact else None,
            review.progress,
            review.filter_refused,
            review.quality.refused,
            review.settings,
            self._failed,
        )

    def close(self, timeout_s: float = 10.0) -> None:
        """Let go of the file."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            recording = open_recording(self.path, self._files)
        except EmgFeedbackError as error:
            self.refused = str(error)
            return
        except Exception:  # noqa: BLE001 - logged whole; the screen lives on
            _log.exception("A recording could not be opened by a bug")
            self.refused = f"{self.path} could not be opened. The log says more."
            return
        with recording:
            try:
                self._serve(recording)
            except EmgFeedbackError as error:
                self._fail(str(error))
            except Exception:  # noqa: BLE001 - logged whole; the screen lives on
                _log.exception("The review stopped by a bug")
                self._fail("The review stopped unexpectedly. Open the recording again.")

    def _fail(self, words: str) -> None:
        self._failed = words
        if self.review is None:
            self.refused = words

    def _serve(self, recording: Recording) -> None:
        review = Review(recording, side_files=self._side_files)
        more = not review.complete and review.step()
        self._show_overview(review)
        self.review = review
        last: Wish | None = None
        drawn_s = 0.0
        while True:
            with self._changed:
                if not (more or self._closing or self._wish or self._settings):
                    self._changed.wait()
                if self._closing:
                    return
                wish, self._wish = self._wish, None
                settings, self._settings = self._settings, []
            if settings:
                review.use(settings[-1])
                more, wish = True, wish or last
            due = more and time.monotonic() - drawn_s > _ANEW_S
            if wish is None and due:
                wish = last
            if wish is not None:
                self._answer(review, wish)
                last, drawn_s = wish, time.monotonic()
            if more:
                more = self._go_on(review, last)

    def _go_on(self, review: Review, last: Wish | None) -> bool:
        was_exact = review.raw_exact
        more = review.step()
        if review.raw_exact and not was_exact:
            self._show_overview(review)
        if not more and last is not None:
            self._answer(review, last)
        return more

    def _answer(self, review: Review, wish: Wish) -> None:
        view = review.window(wish.first_s, wish.seconds, wish.columns, filtered=wish.filtered)
        with self._changed:
            self._view = view

    def _show_overview(self, review: Review) -> None:
        overview = review.overview(OVERVIEW_COLUMNS)
        with self._changed:
            self._overview = overview
