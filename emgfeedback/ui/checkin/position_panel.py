"""The head laser: eyes closed, back to the mark; millimetres on the wall become degrees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
)

from emgfeedback.measures.position import (
    LEAST_DISTANCE_MM,
    MOST_DISTANCE_MM,
    PositionResult,
    position_error,
)
from emgfeedback.measures.trend import TrendPoint, trend_of
from emgfeedback.people.values import PositionError
from emgfeedback.ui import theme, words
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.checkin import keeping, position_words
from emgfeedback.ui.checkin.keeping import Entries, KeptPanel
from emgfeedback.ui.checkin.position_drawing import ErrorPoint, ErrorTrend, WallDrawing
from emgfeedback.ui.person import person_words
from emgfeedback.ui.session.parts import Section, WordTable, words_label
from emgfeedback.ui.settings_rows import Segments
from emgfeedback.ui.widgets.keyed_button import KeyedButton

if TYPE_CHECKING:
    from emgfeedback.people.register import Register

USUAL_DISTANCE_MM = 900.0
FARTHEST_MM = 1500.0
_SHOWN = 8
_BESIDE_PX = 760
_UNIT = "deg"


class _Offset(QDoubleSpinBox):
    """Takes Enter for adding; keeps the field ready for the next repeat."""

    def __init__(self, add: Callable[[], object]) -> None:
        super().__init__()
        self._add = add

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Add with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.interpretText()
            self._add()
            self.selectAll()
        else:
            super().keyPressEvent(event)


class PositionPanel(KeptPanel):
    """Repeats of one movement, kept as one measurement; see `KeptPanel`."""

    def __init__(
        self, asking: Asking, patient_id: str, *, today: Callable[[], dt.date] = dt.date.today
    ) -> None:
        super().__init__(asking, patient_id, today)
        self.setAccessibleName(self.tr("Head laser"))
        self.movement = position_words.MOVEMENTS[0]
        self.offsets_mm: list[float] = []
        self._sign = 1
        self._entries: Entries[PositionError] = Entries((), may_change=True)
        self._build()
        self.choose_movement(self.movement)
        self.reload()

    # Parts

    def _build(self) -> None:
        choices = [(key, position_words.movement(key)) for key in position_words.MOVEMENTS]
        self.movements = Segments(self.tr("Movement"), choices)
        self.movements.show_value(self.movement)
        self.movements.picked.connect(self.choose_movement)
        self.distance = self._field(self.tr("Distance from the eyes to the wall"))
        self.distance.setRange(LEAST_DISTANCE_MM, MOST_DISTANCE_MM)
        self.distance.setSingleStep(50)
        self.distance.setValue(USUAL_DISTANCE_MM)
        self.distance.valueChanged.connect(lambda _value: self._show_repeats())
        self.sides = QHBoxLayout()
        self._side_segments: dict[bool, Segments] = {}
        for upright in (False, True):
            key = position_words.UPRIGHT[0] if upright else position_words.MOVEMENTS[0]
            low, high = position_words.ends(key)
            segments = Segments(self.tr("Side of the mark"), [(-1, low), (1, high)])
            segments.show_value(1)
            segments.picked.connect(self._choose_side)
            self._side_segments[upright] = segments
            self.sides.addWidget(segments)
        self.offset = _Offset(self.add_repeat)
        self._dress(self.offset, self.tr("Offset of the spot from the mark"))
        self.offset.setRange(0, FARTHEST_MM)
        self.add_button = KeyedButton(self.tr("Add"), "", self.tr("Enter"))
        self.add_button.clicked.connect(self.add_repeat)
        self.repeats = words_label()
        self.take_back_button = KeyedButton(self.tr("Take the last back"), "undo")
        self.take_back_button.clicked.connect(self.take_back)
        self.results = {
            key: words_label(role="body_strong") for key in ("error", "drift", "spread")
        }
        self.wall = WallDrawing()
        self.keep_button = KeyedButton(self.tr("Keep this measurement"), "quality-good")
        self.keep_button.setProperty("kind", "primary")
        self.keep_button.clicked.connect(self.keep_measurement)
        self.column.addWidget(self._entry_card())
        self.column.addWidget(self._history_card())
        self.column.addStretch(1)

    def _dress(self, field: QDoubleSpinBox, name: str) -> None:
        field.setAccessibleName(name)
        field.setDecimals(0)
        field.setSuffix(" mm")
        field.setMinimumWidth(theme.px(120))
        theme.set_role(field, "body")

    def _field(self, name: str) -> QDoubleSpinBox:
        field = QDoubleSpinBox()
        self._dress(field, name)
        return field

    def _entry_card(self) -> Section:
        card = Section(
            self.tr("Back to the mark"),
            self.tr(
                "A laser on the head, eyes closed: move, come back, stop where it feels straight. "
                "Measure how far the spot is from the mark; six repeats tell more than three."
            ),
        )
        card.add(self.movements)
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._beside.setContentsMargins(0, 0, 0, 0)
        self._beside.setSpacing(24)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(10)
        grid.addWidget(_name(self.tr("Distance to the wall")), 0, 0)
        grid.addWidget(self.distance, 0, 1, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(_name(self.tr("Spot beside the mark")), 1, 0)
        add = QHBoxLayout()
        add.setSpacing(8)
        add.addWidget(self.offset)
        add.addLayout(self.sides)
        add.addWidget(self.add_button)
        add.addStretch(1)
        grid.addLayout(add, 1, 1)
        grid.addWidget(_name(self.tr("Repeats")), 2, 0)
        grid.addWidget(self.repeats, 2, 1)
        grid.addWidget(self.take_back_button, 3, 1, Qt.AlignmentFlag.AlignLeft)
        for row, (name, label) in enumerate(
            (
                (self.tr("Error, mean"), self.results["error"]),
                (self.tr("Drifts"), self.results["drift"]),
                (self.tr("Spread"), self.results["spread"]),
            ),
            4,
        ):
            grid.addWidget(_name(name), row, 0)
            grid.addWidget(label, row, 1)
        grid.setColumnStretch(1, 1)
        left = QVBoxLayout()
        left.addLayout(grid)
        left.addSpacing(6)
        left.addWidget(self.keep_button, 0, Qt.AlignmentFlag.AlignLeft)
        left.addStretch(1)
        self._beside.addLayout(left, 3)
        self._beside.addWidget(self.wall, 1)
        inside = QFrame()
        inside.setLayout(self._beside)
        card.add(inside)
        return card

    def _history_card(self) -> Section:
        self.history = Section(self.tr("Over time"))
        self.trend = ErrorTrend()
        headings = (
            self.tr("Day"),
            self.tr("Error, mean"),
            self.tr("Drifts"),
            self.tr("Spread"),
            self.tr("Taken with"),
        )
        self.table = WordTable(self.tr("Measured before"), headings, (2, 2, 3, 2, 3))
        self.history.add(self.trend)
        self.history.add(self.table)
        return self.history

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the picture under the entry where the room is short."""
        super().resizeEvent(event)
        narrow = self.width() < theme.px(_BESIDE_PX)
        direction = QBoxLayout.Direction
        self._beside.setDirection(direction.TopToBottom if narrow else direction.LeftToRight)

    # Entering

    def choose_movement(self, movement: str) -> None:
        """Begin another movement; repeats of the one before that were not kept are dropped."""
        if movement != self.movement:
            self.offsets_mm = []
        self.movement = movement
        upright = movement in position_words.UPRIGHT
        for of_upright, segments in self._side_segments.items():
            segments.setVisible(of_upright == upright)
        self._choose_side(1)
        self._show_repeats()
        self._show_history()

    def _choose_side(self, sign: object) -> None:
        self._sign = 1 if sign == 1 else -1
        for segments in self._side_segments.values():
            segments.show_value(self._sign)

    def add_repeat(self) -> None:
        """Add the offset that stands in the field, on the side chosen."""
        value = self._sign * self.offset.value()
        self.offsets_mm.append(value or 0.0)
        self.offset.setValue(0)
        self.offset.setFocus()
        self.offset.selectAll()
        self._show_repeats()

    def take_back(self) -> None:
        """Drop the repeat added last."""
        if self.offsets_mm:
            self.offsets_mm.pop()
            self._show_repeats()

    def result(self) -> PositionResult | None:
        """Return the error of the repeats entered."""
        return position_error(self.offsets_mm, self.distance.value())

    def _show_repeats(self) -> None:
        result = self.result()
        none = self.tr("none yet")
        told = position_words.offsets(self.offsets_mm, self.movement)
        self.repeats.setText(told or f"{words.DASH} ({none})")
        self.take_back_button.setEnabled(bool(self.offsets_mm))
        self.keep_button.setEnabled(bool(self.offsets_mm) and self._entries.may_change)
        if result is None:
            for label in self.results.values():
                label.setText(words.DASH)
        else:
            n = self.tr("%1 (n = %2)").replace("%1", position_words.degrees(result.absolute_deg))
            self.results["error"].setText(n.replace("%2", words.whole(result.n)))
            self.results["drift"].setText(position_words.drift(result, self.movement))
            self.results["spread"].setText(position_words.spread(result))
        self.wall.show_offsets(self.offsets_mm, self.distance.value(), self.movement)

    # What is kept

    def question(self, register: Register) -> Entries[PositionError]:
        """Return all measurements; runs on the desk's thread."""
        return keeping.load(register, PositionError, self.patient_id)

    def show_answer(self, answer: Entries[PositionError]) -> None:
        """Show what was measured before."""
        self._entries = answer
        self._show_repeats()
        self._show_history()

    def forget_typed(self) -> None:
        """Begin anew."""
        self.offsets_mm = []

    def keep_measurement(self) -> None:
        """Keep the repeats as one measurement of today."""
        if not self.offsets_mm:
            return
        value = PositionError(
            patient_id=self.patient_id,
            on=self.today(),
            movement=self.movement,
            distance_mm=self.distance.value(),
            offsets_mm=tuple(self.offsets_mm),
        )
        said = self.tr("Kept: %1, %2.").replace("%1", position_words.movement(self.movement))
        said = said.replace("%2", position_words.conditions(value))
        self.keep_by(lambda register: keeping.keep(register, value), said)

    def _show_history(self) -> None:
        mine = [entry for entry in self._entries.values if entry.movement == self.movement]
        found = [
            (entry, result)
            for entry in mine
            if (result := position_error(entry.offsets_mm, entry.distance_mm)) is not None
        ]
        points = [ErrorPoint(entry.on, result) for entry, result in reversed(found)]
        trend = trend_of([TrendPoint(p.on, p.result.absolute_deg) for p in points], _UNIT)
        self.trend.show_points(points, trend.centre, trend.chance)
        self.trend.setVisible(len(points) > 1)
        self.table.show_rows([self._row(*pair) for pair in found[:_SHOWN]])
        self.table.setVisible(bool(found))
        named = position_words.movement(self.movement)
        if not found:
            self.history.say(self.tr("%1: not measured yet.").replace("%1", named))
            return
        said = [self.tr("%1: mean error, with the spread of the repeats.").replace("%1", named)]
        if len(points) > 1:
            said.append(self.tr("Dashed: 4.5°, the usual bound after full turns at 900 mm."))
        if trend.chance is not None:
            half = position_words.degrees(trend.chance)
            said.append(self.tr("Hatched: may be chance (±%1).").replace("%1", half))
        self.history.say(" ".join(said))

    def _row(self, entry: PositionError, result: PositionResult) -> tuple[str, ...]:
        return (
            person_words.day(entry.on),
            position_words.degrees(result.absolute_deg),
            position_words.drift(result, entry.movement),
            position_words.spread(result),
            position_words.conditions(entry),
        )


def _name(text: str) -> QLabel:
    label = QLabel(text)
    theme.set_role(label, "second_strong")
    label.setProperty("tone", "second")
    return label
