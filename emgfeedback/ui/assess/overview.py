"""One assessment at a glance: the table, the neck, what stands out, the visit before."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from emgfeedback.ui import theme
from emgfeedback.ui.assess.cards import FindingsCard, NeckCard, ReadCard
from emgfeedback.ui.assess.compare_card import CompareCard
from emgfeedback.ui.assess.expected_card import ExpectedCard
from emgfeedback.ui.assess.heat_card import HeatCard
from emgfeedback.ui.assess.loading import Measured
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.widgets.banner import Banner

_SIDE_PX = 350
_NARROW_PX = 900
_LEAST_NECK_PX, _LEAST_LINES_PX = 170, 170
_NARROW_TALLER = 1.5
_COMPARED_PX, _NOT_COMPARED_PX = (152, 200), (72, 72)
"""Least and most height of the card below the table."""


class Overview(QScrollArea):
    """Two columns; under each other, and scrolled, where the room is short.

    Signals
    -------
    posture_asked
        To enter how the head stands.
    """

    posture_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Assessment"))
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.cables = Banner()
        self.heat, self.compared = HeatCard(), CompareCard()
        self.neck, self.findings, self.read = NeckCard(), FindingsCard(), ReadCard()
        self.expected = ExpectedCard()
        self.told = QStackedWidget()
        self.told.addWidget(self.findings)
        self.told.addWidget(self.expected)
        self.findings.expected_asked.connect(lambda: self.told.setCurrentWidget(self.expected))
        self.expected.findings_asked.connect(lambda: self.told.setCurrentWidget(self.findings))
        self.expected.posture_asked.connect(self.posture_asked)
        self.heat.row_moved.connect(self.neck.show_row)
        self._build()

    def _build(self) -> None:
        main = QVBoxLayout()
        main.setSpacing(12)
        main.addWidget(self.heat, 1)
        main.addWidget(self.compared)
        self.side = QWidget()
        side = QVBoxLayout(self.side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(12)
        side.addWidget(self.neck, 5)
        side.addWidget(self.told, 6)
        side.addWidget(self.read)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(12)
        self._columns.addLayout(main, 1)
        self._columns.addWidget(self.side)
        inside = QWidget()
        inside.setProperty("kind", "page")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.cables)
        column.addLayout(self._columns, 1)
        self.setWidget(inside)
        self._fit()

    def show_measured(self, measured: Measured) -> None:
        """Show an assessment with what it is compared with."""
        told = measured.assessment
        self._show_cables(measured)
        self.neck.show_assessment(told)
        self.heat.show_assessment(told)
        self.findings.show_lines(measured.notable)
        self.expected.show_rows(measured.beside, measured.beside_refused)
        self.read.show_assessment(told)
        self.compared.show_comparison(told, measured.before, measured.comparison)
        self._fit()

    def _show_cables(self, measured: Measured) -> None:
        wrong = measured.assessment["cables"]["wrong"]
        if not wrong:
            self.cables.show_notice(None)
            return
        labels = ", ".join(cable["label"] for cable in wrong)
        title = self.tr("Cables at other muscles: %1").replace("%1", labels)
        told: dict[frozenset[str], str] = {}
        for cable in wrong:
            # Two that change places are one sentence.
            told.setdefault(frozenset((cable["label"], cable["behaves_like"])), cable["words"])
        more = self.tr("The table names channels as they were plugged in.")
        self.cables.show_notice(Notice("bad", title, f"{' '.join(told.values())} {more}"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the columns under each other where the room is short."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        narrow = self.width() < theme.px(_NARROW_PX)
        direction = QBoxLayout.Direction
        self._columns.setDirection(direction.TopToBottom if narrow else direction.LeftToRight)
        self.side.setMinimumWidth(0 if narrow else theme.px(_SIDE_PX))
        self.side.setMaximumWidth(16777215 if narrow else theme.px(_SIDE_PX))
        taller = _NARROW_TALLER if narrow else 1.0
        self.neck.setMinimumHeight(theme.px(_LEAST_NECK_PX * taller))
        self.told.setMinimumHeight(theme.px(_LEAST_LINES_PX * taller))
        least, most = _COMPARED_PX if self.compared.compares else _NOT_COMPARED_PX
        self.compared.setMinimumHeight(theme.px(least))
        self.compared.setMaximumHeight(theme.px(most))
