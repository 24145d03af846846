"""Where a recording will be: what can be done here, and the way to a file."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QLocale, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from emgfeedback.core.files import SEALED_SUFFIX
from emgfeedback.ui import icons, theme
from emgfeedback.ui.background import Background
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.review import review_words
from emgfeedback.ui.widgets.banner import Banner
from emgfeedback.ui.widgets.keyed_button import KeyedButton

_NEWEST = 6
_SUFFIXES = (".bdf", ".edf")
_PICTURE_PX = 64
_WIDTH_PX = 560


@dataclass(frozen=True, slots=True)
class Found:
    """A recording on disk."""

    path: Path
    at: dt.datetime
    size_mb: float


class EmptyReview(QFrame):
    """One sentence, one button, the newest recordings; and why a file was refused.

    Signals
    -------
    open_asked
        To choose a file.
    path_asked
        To open this path.
    """

    open_asked = Signal()
    path_asked = Signal(object)

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._folder = folder
        self._search: Background[list[Found]] | None = None
        self._picture = QLabel()
        title = QLabel(self.tr("Look at a recording again"))
        theme.set_role(title, "page_title")
        sentence = QLabel(
            self.tr(
                "See an hour at a glance, zoom to a millisecond, measure between two cursors and "
                "leave out what does not belong. Open any BDF, EDF or CSV file, or drop it here."
            )
        )
        sentence.setWordWrap(True)
        sentence.setProperty("tone", "second")
        theme.set_role(sentence, "body")
        self.open_button = KeyedButton(self.tr("Open a recording"), "search", "Ctrl+O")
        self.open_button.setProperty("kind", "primary")
        self.open_button.setProperty("large", "true")
        self.open_button.clicked.connect(self.open_asked)
        self.status = QLabel()
        theme.set_role(self.status, "body")
        self.banner = Banner()
        self._newest = QLabel(self.tr("Newest on this computer"))
        theme.set_role(self._newest, "second_strong")
        self._newest.hide()
        self.buttons: list[QPushButton] = []
        inside = QWidget()
        inside.setFixedWidth(min(theme.px(_WIDTH_PX), 760))
        self._column = QVBoxLayout(inside)
        self._column.setSpacing(12)
        for widget in (self._picture, title, sentence):
            self._column.addWidget(widget)
        self._column.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self.status)
        self._column.addWidget(self.banner)
        self._column.addWidget(self._newest)
        column = QVBoxLayout(self)
        column.setContentsMargins(48, 24, 48, 24)
        column.addStretch(2)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(inside)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(3)
        self._draw_picture()

    def look(self) -> None:
        """Look for recordings in the background; `refresh` shows them."""
        if self._search is None:
            folder = self._folder
            self._search = Background(lambda: newest(folder))

    def refresh(self) -> None:
        """Show what was found, if it was."""
        if self._search is None or not self._search.done:
            return
        found = self._search.result() or []
        self._search = None
        for button in self.buttons:
            button.deleteLater()
        self.buttons = []
        for one in found:
            when = review_words.when(one.at)
            size = QLocale().toString(one.size_mb, "f", 1)
            button = QPushButton(f"{one.path.name}   ·   {when}   ·   {size} MB")
            button.setAccessibleName(self.tr("Open %1").replace("%1", one.path.name))
            button.setProperty("kind", "flat")
            button.clicked.connect(lambda _=False, path=one.path: self.path_asked.emit(path))
            self._column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            self.buttons.append(button)
        self._newest.setVisible(bool(found))

    def show_opening(self, name: str) -> None:
        """Say that `name` is being opened; empty: nothing is."""
        opening = self.tr("Opening %1 …").replace("%1", name)
        self.status.setText(opening if name else "")
        self.status.setVisible(bool(name))

    def show_refused(self, words: str) -> None:
        """Say why a file could not be opened; empty: it was."""
        title = self.tr("This file was not opened")
        self.banner.show_notice(Notice("bad", title, words) if words else None)

    def _draw_picture(self) -> None:
        ratio = self.devicePixelRatioF()
        colour = theme.tokens().ink3
        self._picture.setPixmap(icons.pixmap("review", colour, theme.px(_PICTURE_PX), ratio))

    def changeEvent(self, event: QEvent) -> None:
        """Recolour in a new look."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._draw_picture()
        super().changeEvent(event)


def _bare_suffix(path: Path) -> str:
    return Path(path.name.removesuffix(SEALED_SUFFIX)).suffix.lower()


def newest(folder: Path) -> list[Found]:
    """Return the newest recordings in `folder`, newest first; none where it cannot be read."""
    found: list[Found] = []
    try:
        paths = [path for path in folder.iterdir() if _bare_suffix(path) in _SUFFIXES]
    except OSError:
        return found
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            continue
        at = dt.datetime.fromtimestamp(stat.st_mtime)
        found.append(Found(path, at, stat.st_size / 1e6))
    return sorted(found, key=lambda one: one.at, reverse=True)[:_NEWEST]
