"""The heat table with the choice of its measure, its scale, and the current cell in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from emgfeedback.ui import theme
from emgfeedback.ui.assess import assess_words
from emgfeedback.ui.assess.heat import (
    ACTIVITY,
    LEVELS,
    MEASURES,
    ONSET,
    Heat,
    Scale,
    heat_of,
    measure_title,
    number,
    short_unit,
    unit_words,
)
from emgfeedback.ui.assess.heat_table import HeatTable
from emgfeedback.ui.session.parts import words_label
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_STEPS = 12
_BAR_PX, _HIGH_PX = 84, 9
_APART_PX = 10


class HeatLegend(FollowsLook, QWidget):
    """What the lightest and the darkest shade stand for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scales: tuple[Scale, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_scales(self, scales: tuple[Scale, ...]) -> None:
        """Show the scales of a table."""
        self.scales = scales
        said = "; ".join(f"0 – {self._top(scale)} {scale.words}" for scale in scales)
        self.setAccessibleName(self.tr("Shades: %1").replace("%1", said))
        self.updateGeometry()
        self.update()

    def _top(self, scale: Scale) -> str:
        return f"{number(scale.top, scale.measure)} {short_unit(scale.measure)}"

    def _wide_px(self, scale: Scale) -> float:
        metrics = QFontMetricsF(theme.font("caption"))
        return max(theme.px(_BAR_PX), metrics.horizontalAdvance(f"0   {self._top(scale)}"))

    def sizeHint(self) -> QSize:
        """Return room for every scale beside the other."""
        wide = sum(self._wide_px(scale) + _APART_PX for scale in self.scales)
        return QSize(round(wide), theme.px(_HIGH_PX + 17))

    def minimumSizeHint(self) -> QSize:
        """Return the size hint."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a bar for each scale, its ends under it."""
        del event
        painter = smooth_painter(self)
        painter.setFont(theme.font("caption"))
        x, high = 0.0, float(theme.px(_HIGH_PX))
        for scale in self.scales:
            wide = self._wide_px(scale)
            for step in range(_STEPS):
                box = QRectF(x + step * wide / _STEPS, 0, wide / _STEPS + 0.5, high)
                painter.fillRect(box, theme.heat_colours((step + 0.5) / _STEPS)[0])
            painter.setPen(theme.tokens().ink2)
            line = QRectF(x, high, wide, self.height() - high)
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft, "0")
            painter.drawText(line, Qt.AlignmentFlag.AlignRight, self._top(scale))
            x += wide + _APART_PX
        painter.end()


class HeatCard(FollowsLook, QFrame):
    """Activity by task and muscle.

    Signals
    -------
    row_moved
        The row the current cell is in.
    """

    row_moved = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._assessment: Mapping[str, Any] | None = None
        self._row = -1
        title = words_label(self.tr("Activity by task and muscle"), "card_title")
        self.line = words_label("", "second", "second")
        self.measure = QComboBox()
        theme.set_role(self.measure, "body")
        self.measure.setAccessibleName(self.tr("Measure"))
        for key in MEASURES:
            self.measure.addItem(measure_title(key), key)
        self.legend, self.table = HeatLegend(), HeatTable()
        self.told, self.how = words_label("", "second_strong"), QLabel()
        theme.set_role(self.how, "caption")
        self.how.setProperty("tone", "second")
        self.how.setWordWrap(True)
        self.how.setTextFormat(Qt.TextFormat.PlainText)
        said = QVBoxLayout()
        said.setSpacing(1)
        said.addWidget(title)
        said.addWidget(self.line)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addLayout(said, 1)
        head.addWidget(self.legend)
        head.addWidget(self.measure)
        self._foot = QWidget()
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(0)
        foot.addWidget(self.told)
        foot.addWidget(self.how, 1, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 18, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        column.addWidget(self._foot)
        self.measure.currentIndexChanged.connect(self._show_measure)
        self.table.moved.connect(self._tell)

    def show_assessment(self, assessment: Mapping[str, Any]) -> None:
        """Show the measures of `Assessment.as_dict()`."""
        self._assessment = assessment
        self._show_measure()

    @property
    def chosen(self) -> str:
        """The measure shown, of `heat.MEASURES`."""
        return str(self.measure.currentData())

    def _show_measure(self) -> None:
        if self._assessment is None:
            return
        heat = heat_of(self._assessment, self.chosen)
        self._row = -1
        self.legend.show_scales(heat.scales)
        self.line.setText(self._line(heat))
        self.table.show_heat(heat)

    def look_changed(self) -> None:
        """Say which way the shades go in this look."""
        if self._assessment is not None:
            self.line.setText(self._line(self.table.heat))

    def _line(self, heat: Heat) -> str:
        """Return what the shades mean, and the unit where it is one for all."""
        dark = theme.tokens().dark
        if self.chosen == ONSET:
            return self.tr("brighter is later") if dark else self.tr("darker is later")
        if self.chosen not in LEVELS:
            return self.tr("brighter is higher") if dark else self.tr("darker is higher")
        more = self.tr("brighter is more active") if dark else self.tr("darker is more active")
        if self.chosen != ACTIVITY or not heat.columns:
            return more
        unit = "" if heat.mixed else f", {unit_words(heat.columns[0].measure)}"
        return f"RMS{unit} · {more}"

    def _tell(self, row: int, column: int) -> None:
        assert self._assessment is not None
        told, how = assess_words.cell_told(self._assessment, self.table.heat, (row, column))
        self.told.setText(told)
        self.how.setText(how)
        self.how.setToolTip(how)
        self.table.say(f"{told} {how}")
        if row != self._row:
            self._row = row
            self.row_moved.emit(row)
