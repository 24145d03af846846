"""What a posture lets expect beside what was measured: for reading, never a recommendation."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from emgfeedback.core.montage import Side
from emgfeedback.training.postures import Beside
from emgfeedback.ui import words
from emgfeedback.ui.assess.cards import card_with, fill, in_the_room_left, kept_together
from emgfeedback.ui.session.parts import words_label
from emgfeedback.ui.widgets.keyed_button import KeyedButton


class ExpectedCard(QWidget):
    """A line for each muscle: expected or not, measured or not, to be seen from the skin or not.

    Signals
    -------
    findings_asked
        To see what stands out instead.
    posture_asked
        To enter how the head stands.
    """

    findings_asked = Signal()
    posture_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        card, column, _ = card_with(self.tr("Expected from the posture"))
        self.lines: list[QWidget] = []
        self.none = words_label("", "second", "second")
        self.sources = words_label(
            self.tr(
                "A: Reichel 2011, Jost 2020 (COL-CAP). B: textbooks. C: SENIAM. To read beside "
                "the table; it recommends no muscle."
            ),
            "caption",
            "quiet",
        )
        inside = QWidget()
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(0, 0, 6, 0)
        self._list.setSpacing(5)
        self._list.addWidget(self.none)
        self._list.addWidget(self.sources)
        self._list.addStretch(1)
        area = in_the_room_left(inside, self.tr("Expected from the posture"))
        column.addWidget(area, 1)
        self.back_button = KeyedButton(self.tr("What stands out"))
        self.posture_button = KeyedButton(self.tr("Enter the posture"))
        foot = QHBoxLayout()
        foot.setSpacing(4)
        for button, signal in (
            (self.back_button, self.findings_asked),
            (self.posture_button, self.posture_asked),
        ):
            button.setProperty("kind", "flat")
            button.clicked.connect(signal)
            foot.addWidget(button)
        foot.addStretch(1)
        column.addLayout(foot)
        fill(self, card)

    def show_rows(self, rows: Sequence[Beside], refused: str = "") -> None:
        """Show rows in the order of the table; `refused` tells why there are none."""
        for line in self.lines:
            line.hide()
            line.deleteLater()
        self.lines = [self._line(row) for row in rows]
        for place, line in enumerate(self.lines):
            self._list.insertWidget(place, line)
        self.none.setText(refused or self.tr("No posture is entered for this recording yet."))
        self.none.setVisible(not rows)
        self.sources.setVisible(bool(rows))

    def _line(self, row: Beside) -> QWidget:
        line = QWidget()
        column = QVBoxLayout(line)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        title, told = self._title(row), kept_together(self._told(row))
        column.addWidget(words_label(title, "second_strong"))
        column.addWidget(words_label(told, "second", "second"))
        line.setAccessibleName(f"{title}. {told}")
        return line

    def _title(self, row: Beside) -> str:
        letter = "" if row.side is Side.MIDLINE else f"{words.side_letter(row.side)} "
        name = row.name if row.name.isupper() else row.name[:1].lower() + row.name[1:]
        if not row.postures:
            return self.tr("%1: not in the table").replace("%1", f"{letter}{name}")
        weight = f" ({row.weight})" if row.weight else ""
        said = self.tr("%1: expected%2").replace("%1", f"{letter}{name}").replace("%2", weight)
        return f"{said} [{row.source}]"

    def _told(self, row: Beside) -> str:
        parts = []
        if row.of_rest is not None:
            times = self.tr("head let go %1 times rest")
            parts.append(times.replace("%1", words.number(row.of_rest, 1)))
        if row.of_reference_pct is not None:
            share = self.tr("%1 % of own reference")
            parts.append(share.replace("%1", words.number(row.of_reference_pct, 0)))
        if not parts:
            parts.append(self.tr("not measured: %1").replace("%1", row.reason))
        seen = {
            "yes": self.tr("seen from the skin"),
            "partly": self.tr("partly seen from the skin"),
            "no": self.tr("not seen from the skin"),
        }.get(row.seen, "")
        if seen and (row.label or row.seen != "no"):
            parts.append(seen)
        return " · ".join(parts)
