"""The cards beside the heat table: the neck of a task, what stands out, the visit before."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from emgfeedback.core.montage import Side
from emgfeedback.core.quality import Finding, Level, Verdict
from emgfeedback.engine.snapshot import ChannelNow
from emgfeedback.measures.assessment_notable import Notable
from emgfeedback.ui import icons, theme
from emgfeedback.ui.assess import assess_words
from emgfeedback.ui.assess.heat import ACTIVITY, Heat, heat_of
from emgfeedback.ui.person.scrolling import scrolled
from emgfeedback.ui.session.parts import words_label
from emgfeedback.ui.widgets.keyed_button import KeyedButton
from emgfeedback.ui.widgets.neck_map import NeckMap
from emgfeedback.ui.widgets.painted import FollowsLook

_DOT_PX = 8
_GOOD = Verdict(Level.GOOD, Finding.NONE)
_BAD = Verdict(Level.BAD, Finding.LOOSE)


def card_with(title: str) -> tuple[QFrame, QVBoxLayout, QLabel]:
    """Return a card, its column and its title."""
    card = QFrame()
    card.setProperty("kind", "card")
    card.setAccessibleName(title)
    column = QVBoxLayout(card)
    column.setContentsMargins(18, 10, 18, 10)
    column.setSpacing(4)
    head = words_label(title, "card_title")
    column.addWidget(head)
    return card, column, head


class NeckCard(QWidget):
    """The neck from the front, as in a mirror, and from the back, lit by a row of the table."""

    def __init__(self) -> None:
        super().__init__()
        card, column, self.title = card_with(self.tr("Neck"))
        self.neck = NeckMap()
        column.addWidget(self.neck, 1)
        said = self.tr("The picture follows the row you are on.")
        column.addWidget(words_label(said, "caption", "quiet"))
        fill(self, card)
        self._heat = Heat()

    def show_assessment(self, assessment: Mapping[str, Any]) -> None:
        """Take the levels of every task."""
        self._heat = heat_of(assessment, ACTIVITY)

    def show_row(self, row: int) -> None:
        """Light the muscles as they were in a task; the trick's row lights none."""
        if not self._heat.rows:
            return
        shown = self._heat.rows[min(row, len(self._heat.rows) - 1)]
        pairs = list(zip(self._heat.columns, shown.cells, strict=True))
        channels = tuple(
            ChannelNow(c.label, c.muscle, c.side, _BAD if cell.left_out else _GOOD)
            for c, cell in pairs
        )
        self.title.setText(assess_words.row_title(shown))
        self.neck.show_activity(channels, tuple(cell.share for _, cell in pairs), live=True)
        told = "; ".join(
            f"{c.name}: {cell.text}{' %' if cell.share is None and not cell.reason else ''}"
            for c, cell in pairs
            if c.side is not Side.MIDLINE
        )
        self.neck.setAccessibleDescription(f"{shown.title}. {told}")


class Bullet(FollowsLook, QWidget):
    """One line that stands out: what, where, and on request by which rule."""

    def __init__(self, line: Notable) -> None:
        super().__init__()
        self.line = line
        self._dot = QLabel()
        self._dot.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.rule = words_label(f"{self.tr('Told when:')} {line.rule}", "caption", "quiet")
        self.rule.hide()
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(words_label(kept_together(line.title), "second_strong"))
        if line.detail:
            said.addWidget(words_label(kept_together(line.detail), "second", "second"))
        said.addWidget(self.rule)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 4)
        row.setSpacing(8)
        row.addWidget(self._dot)
        row.addLayout(said, 1)
        self.setAccessibleName(f"{line.title}. {line.detail}")
        self.setAccessibleDescription(line.rule)
        self.look_changed()

    def look_changed(self) -> None:
        """Recolour the dot."""
        t = theme.tokens()
        ratio = self.devicePixelRatioF()
        if self.line.kind == "cables":
            self._dot.setPixmap(icons.pixmap("quality-check", t.warn, theme.px(14), ratio))
            return
        size = theme.px(_DOT_PX)
        dot = QPixmap(round(size * ratio), round(2 * size * ratio))
        dot.setDevicePixelRatio(ratio)
        dot.fill(Qt.GlobalColor.transparent)
        painter = QPainter(dot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.accent)
        painter.drawEllipse(QRectF(0, 0.9 * size, size, size).adjusted(0.5, 0, -0.5, -1))
        painter.end()
        self._dot.setPixmap(dot)


class FindingsCard(QWidget):
    """What stands out, each line with its rule.

    Signals
    -------
    expected_asked
        To see what the posture lets expect instead.
    """

    expected_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        card, column, _ = card_with(self.tr("What stands out"))
        self.rules_button = KeyedButton(self.tr("By which rules"))
        self.rules_button.setProperty("kind", "flat")
        self.rules_button.setCheckable(True)
        self.rules_button.toggled.connect(self._show_rules)
        self.expected_button = KeyedButton(self.tr("Expected from the posture"))
        self.expected_button.setProperty("kind", "flat")
        self.expected_button.clicked.connect(self.expected_asked)
        self.bullets: list[Bullet] = []
        self._none = words_label("", "second", "second")
        inside = QWidget()
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(0, 0, 6, 0)
        self._list.setSpacing(4)
        self._list.addWidget(self._none)
        self._list.addStretch(1)
        column.addWidget(in_the_room_left(inside, self.tr("What stands out")), 1)
        foot = QHBoxLayout()
        foot.setSpacing(4)
        foot.addWidget(self.rules_button)
        foot.addWidget(self.expected_button)
        foot.addStretch(1)
        column.addLayout(foot)
        fill(self, card)

    def show_lines(self, lines: Sequence[Notable]) -> None:
        """Show lines, the most telling first."""
        for bullet in self.bullets:
            bullet.hide()
            bullet.deleteLater()
        self.bullets = [Bullet(line) for line in lines]
        for place, bullet in enumerate(self.bullets):
            self._list.insertWidget(place, bullet)
        self._none.setText(self.tr("Nothing stands out by the rules of this page."))
        self._none.setVisible(not lines)
        self.rules_button.setVisible(bool(lines))
        self._show_rules(self.rules_button.isChecked())

    def _show_rules(self, shown: bool) -> None:
        for bullet in self.bullets:
            bullet.rule.setVisible(shown)


class ReadCard(QWidget):
    """How to read the page, and what is left out of it."""

    def __init__(self) -> None:
        super().__init__()
        card, column, _ = card_with(self.tr("How to read this"))
        self.words = words_label(
            self.tr(
                "Activity, not diagnosis. The more active side is not necessarily the dystonic "
                "one. Deep muscles cannot be seen from the skin. This page supports a decision; "
                "it never picks a muscle or a dose."
            ),
            "second",
            "second",
        )
        self.quality = words_label("", "second_strong", "bad")
        column.addWidget(self.words)
        self.signed = words_label("", "second", "second")
        self.signed.hide()
        column.addWidget(self.quality)
        column.addWidget(self.signed)
        column.addStretch(1)
        fill(self, card)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def show_assessment(self, assessment: Mapping[str, Any]) -> None:
        """Tell what is left out."""
        lines = assess_words.quality_lines(assessment)
        self.quality.setText(" ".join(lines) or self.tr("Nothing left out."))
        tone = "bad" if lines else "second"
        if self.quality.property("tone") != tone:
            self.quality.setProperty("tone", tone)
            self.quality.style().polish(self.quality)

    def show_signed(self, told: str) -> None:
        """Tell who signed off; empty: nobody."""
        self.signed.setText(told)
        self.signed.setVisible(bool(told))


def kept_together(text: str) -> str:
    """Return `text` in which no unit is torn from its number."""
    return re.sub(r"(?<=\d) (?=%|Hz|dB|s\b|times\b)", "\u00a0", text)


def in_the_room_left(inside: QWidget, name: str) -> QScrollArea:
    """Return `inside` scrolled, in whatever height the card leaves it; arrows scroll it."""
    area = scrolled(inside, name)
    area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
    return area


def fill(widget: QWidget, card: QWidget) -> None:
    """Let `card` be all of `widget`."""
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(card)
