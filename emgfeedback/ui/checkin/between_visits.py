"""What is entered between visits, on one page of a person: the day, the factors, the head laser."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from emgfeedback.people.values import Patient
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.checkin.check_in_panel import CheckInPanel
from emgfeedback.ui.checkin.factor_panel import FactorChartPanel
from emgfeedback.ui.checkin.keeping import KeptPanel
from emgfeedback.ui.checkin.position_panel import PositionPanel
from emgfeedback.ui.person.scrolling import scrolled
from emgfeedback.ui.settings_rows import Segments


class BetweenVisits(QWidget):
    """The three panels, one at a time.

    Signals
    -------
    changed
        Something was kept or taken back.
    """

    changed = Signal()

    def __init__(self, asking: Asking, today: Callable[[], dt.date] = dt.date.today) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Between visits"))
        self.check_in = CheckInPanel(asking, "", today=today)
        self.factors = FactorChartPanel(asking, "", today=today)
        self.position = PositionPanel(asking, "", today=today)
        self._panels: tuple[tuple[KeptPanel, str], ...] = (
            (self.check_in, self.tr("Today")),
            (self.factors, self.tr("Factors")),
            (self.position, self.tr("Head laser")),
        )
        self._patient_id = ""
        self._stack = QStackedWidget()
        names = [(place, name) for place, (_, name) in enumerate(self._panels)]
        self.parts = Segments(self.tr("Between visits"), names)
        self.parts.show_value(0)
        self.parts.picked.connect(self.show_part)
        for panel, name in self._panels:
            panel.changed.connect(self.changed)
            self._stack.addWidget(scrolled(panel, name))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.parts)
        column.addWidget(self._stack, 1)

    def show_person(self, patient: Patient) -> None:
        """Show what a person has; asked for when a part comes into sight."""
        self._patient_id = patient.id
        self.show_part(self._stack.currentIndex())

    def show_part(self, place: object) -> None:
        """Show one of the three."""
        assert isinstance(place, int)
        self.parts.show_value(place)
        self._stack.setCurrentIndex(place)
        self._panels[place][0].show_patient(self._patient_id)
