"""Where the review page will be: it is made when it is first looked at, not at the start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from emgfeedback.core.files import PLAIN, Files
from emgfeedback.people.desk import Desk
from emgfeedback.people.folder import DataFolder

if TYPE_CHECKING:
    from emgfeedback.ui.review_page import OpenRecording, ReviewPage


class ReviewPlace(QWidget):
    """Makes the page when it is needed.

    Parameters
    ----------
    recordings_folder
        Where recordings are. Pictures worked out are kept beside it for the next time, unless
        the data folder is encrypted.

    Attributes
    ----------
    files
        Returns what opens recordings; see `ReviewPage.files`.
    desk
        Returns the desk to ask whose a recording is; see `ReviewPage.desk`.

    Signals
    -------
    replay_asked
        Path, and the second to begin at.
    """

    replay_asked = Signal(object, float)

    def __init__(self, recordings_folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = recordings_folder
        self.files: Callable[[], Files] = lambda: PLAIN
        self.desk: Callable[[], Desk | None] = lambda: None
        self._page: ReviewPage | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setAccessibleName(self.tr("Review"))

    @property
    def page(self) -> ReviewPage:
        """The page, made at the first asking."""
        if self._page is None:
            from emgfeedback.review.side_files import (  # noqa: PLC0415 - not for the first picture
                SideFiles,
            )
            from emgfeedback.ui.review_page import ReviewPage  # noqa: PLC0415 - the same

            data = DataFolder(self._folder.parent)
            kept = None if data.keys.exists() else SideFiles(data.cache / "review")
            self._page = ReviewPage(self._folder, kept)
            self._page.files = self._files_now
            self._page.desk = self._desk_now
            self._page.replay_asked.connect(self.replay_asked)
            self._column.addWidget(self._page)
        return self._page

    def _desk_now(self) -> Desk | None:
        return self.desk()

    def _files_now(self) -> Files:
        return self.files()

    def open(self, asked: OpenRecording | Path) -> None:
        """Open a recording on the page."""
        self.page.open(asked)

    def showEvent(self, event: QShowEvent) -> None:
        """Make the page."""
        super().showEvent(event)
        self.page.show()

    def apply_theme(self) -> None:
        """Fit a new look."""
        if self._page is not None:
            self._page.apply_theme()

    def shutdown(self) -> None:
        """Let go of everything before the window goes."""
        if self._page is not None:
            self._page.shutdown()
