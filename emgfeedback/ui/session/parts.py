"""Plain parts of a page that is read: a titled card, words that wrap, a table of words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from emgfeedback.ui import theme
from emgfeedback.ui.widgets.painted import FollowsLook


def words_label(text: str = "", role: str = "body", tone: str = "") -> QLabel:
    """Return a label of plain words that wraps and can be copied."""
    label = QLabel(text)
    theme.set_role(label, role)
    if tone:
        label.setProperty("tone", tone)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


class Section(QFrame):
    """A card with a title, an optional line that explains it, and what is added."""

    def __init__(self, title: str, line: str = "") -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.setAccessibleName(title)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(18, 14, 18, 16)
        self._column.setSpacing(8)
        self._column.addWidget(words_label(title, "card_title"))
        self.line = words_label(line, "second", "second")
        self._column.addWidget(self.line)
        self.line.setVisible(bool(line))

    def add(self, widget: QWidget, align: Qt.AlignmentFlag | None = None) -> None:
        """Add what stands under what was added before."""
        if align is None:
            self._column.addWidget(widget)
        else:
            self._column.addWidget(widget, 0, align)

    def say(self, line: str) -> None:
        """Change the line under the title; empty takes it away."""
        self.line.setText(line)
        self.line.setVisible(bool(line))


class WordTable(FollowsLook, QWidget):
    """Rows of words under headings; every cell wraps, nothing is cut.

    Parameters
    ----------
    name
        What it tells, for a screen reader.
    headings
        One for each column.
    shares
        How the width is shared out.
    """

    def __init__(self, name: str, headings: Sequence[str], shares: Sequence[int]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.rows: tuple[tuple[str, ...], ...] = ()
        self._cells: list[QLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 2, 0, 2)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(12)
        self._headings = tuple(headings)
        for column, (heading, share) in enumerate(zip(headings, shares, strict=True)):
            self._grid.setColumnStretch(column, share)
            self._grid.addWidget(words_label(heading, "second_strong", "second"), 0, column)

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show `rows`, each as long as the headings; the first cell of a row stands out."""
        self.rows = tuple(tuple(row) for row in rows)
        for label in self._cells:
            self._grid.removeWidget(label)
            label.deleteLater()
        self._cells = []
        for place, row in enumerate(self.rows, 1):
            for column, (heading, text) in enumerate(zip(self._headings, row, strict=True)):
                label = words_label(text, "body_strong" if column == 0 else "body")
                label.setAccessibleName(f"{heading}: {text}" if heading else text)
                self._grid.addWidget(label, place, column)
                self._cells.append(label)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a line above every row."""
        del event
        painter = QPainter(self)
        painter.setPen(theme.tokens().grid)
        for first in self._cells[:: len(self._headings)]:
            y = first.geometry().top() - self._grid.verticalSpacing() // 2
            painter.drawLine(0, y, self.width(), y)
        painter.end()
