"""What every step of the first connection shares: a title, a sentence, and whether to go on."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from emgfeedback.core.montage import Side
from emgfeedback.core.quality import Level
from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.ui import theme
from emgfeedback.ui.widgets import marks
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_MARK_PX = 22


def label(text: str = "", role: str = "body", tone: str = "") -> QLabel:
    """Return words that wrap, in a type role."""
    made = QLabel(text)
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    theme.set_role(made, role)
    if tone:
        made.setProperty("tone", tone)
    return made


class Mark(FollowsLook, QWidget):
    """A side badge or a quality icon beside words that say the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Side | Level = Level.UNKNOWN
        self.setAccessibleName(self.tr("Mark"))
        self.setFixedSize(self.sizeHint())

    def show_mark(self, shown: Side | Level) -> None:
        """Show a side or a level."""
        if shown is not self._shown:
            self._shown = shown
            self.update()

    def look_changed(self) -> None:
        """Grow with the text."""
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """Return a square as high as a line."""
        return QSize(theme.px(_MARK_PX), theme.px(_MARK_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        del event
        painter = smooth_painter(self)
        rect = QRectF(self.rect())
        if isinstance(self._shown, Side):
            marks.draw_badge(painter, rect, self._shown)
        else:
            marks.draw_quality(painter, rect.adjusted(2, 2, -2, -2), self._shown)
        painter.end()


class Line(QFrame):
    """A mark, a bold line, what is to be done about it, and a figure at the end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.badge, self.quality = Mark(), Mark()
        self.title, self.remedy = label(role="card_title"), label(tone="second")
        self.figure = label(tone="second")
        self.figure.setWordWrap(False)
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addWidget(self.title)
        text.addWidget(self.remedy)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 6)
        row.setSpacing(10)
        row.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.quality, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(text, 1)
        row.addWidget(self.figure, 0, Qt.AlignmentFlag.AlignTop)

    def show_line(
        self, title: str, level: Level, remedy: str = "", figure: str = "", side: Side | None = None
    ) -> None:
        """Show these words; the remedy of what is bad stands out."""
        self.badge.setVisible(side is not None)
        if side is not None:
            self.badge.show_mark(side)
        self.quality.show_mark(level)
        for shown, text in ((self.title, title), (self.remedy, remedy), (self.figure, figure)):
            if shown.text() != text:
                shown.setText(text)
        self.remedy.setVisible(bool(remedy))
        theme.set_kind(self, "banner-bad" if level is Level.BAD else "plain")
        self.setAccessibleName(". ".join(part for part in (title, figure, remedy) if part))


class Lines(QWidget):
    """Lines below each other, made and dropped as needed."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.lines: list[Line] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def ask_for(self, count: int) -> list[Line]:
        """Return `count` lines to fill."""
        while len(self.lines) > count:
            line = self.lines.pop()
            line.hide()
            line.deleteLater()
        while len(self.lines) < count:
            line = Line()
            self.lines.append(line)
            self._column.addWidget(line)
        return self.lines


class StepPage(QWidget):
    """One thing to do.

    Attributes
    ----------
    name
        What it is called in the row of steps.
    ready
        Whether one may go on.
    next_text
        What the button that goes on says; empty for `Next`.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ""
        self.ready = False
        self.next_text = ""
        self.head, self.sentence = label(role="value"), label(tone="second")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(4, 4, 12, 4)
        self.column.setSpacing(10)
        self.column.addWidget(self.head)
        self.column.addWidget(self.sentence)

    def introduce(self, name: str, head: str, sentence: str) -> None:
        """Say what it is called, what stands over it, and what it is about."""
        self.name = name
        self.setAccessibleName(name)
        self.head.setText(head)
        self.sentence.setText(sentence)

    def enter(self) -> None:
        """Begin, as the step comes on the screen."""

    def leave(self) -> None:
        """End what the step began."""

    def refresh(self, snapshot: Snapshot, now_s: float) -> None:
        """Show what is new, some times a second."""
        raise NotImplementedError
