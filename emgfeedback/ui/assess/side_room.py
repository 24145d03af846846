"""What is entered beside a recording: how the head stands, and the way around heartbeats."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from emgfeedback.ui import theme
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.assess.examination_form import ExaminationForm
from emgfeedback.ui.assess.heart_card import HeartCard
from emgfeedback.ui.assess.loading import Measured, Opened
from emgfeedback.ui.person.scrolling import scrolled

_NARROW_PX = 980


class SideRoom(QWidget):
    """Both cards beside each other; under each other where the room is short.

    Signals
    -------
    changed
        Something was kept that the page shows, or is measured by.
    """

    changed = Signal()

    def __init__(self, asking: Asking, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Posture and heartbeat"))
        self.examination, self.heart = ExaminationForm(asking), HeartCard(asking)
        inside = QWidget()
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, inside)
        self._columns.setContentsMargins(0, 0, 6, 0)
        self._columns.setSpacing(12)
        for panel, share in ((self.examination, 1), (self.heart, 1)):
            panel.changed.connect(self.changed)
            self._columns.addWidget(panel, share, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scrolled(inside, self.tr("Posture and heartbeat")))

    def show_measured(self, opened: Opened, measured: Measured) -> None:
        """Show what belongs to a session."""
        patient_id = opened.session.patient_id
        self.examination.show_session(patient_id, opened.session)
        self.heart.show_assessment(patient_id, measured.assessment)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the cards under each other where the room is short."""
        super().resizeEvent(event)
        narrow = self.width() < theme.px(_NARROW_PX)
        direction = QBoxLayout.Direction
        self._columns.setDirection(direction.TopToBottom if narrow else direction.LeftToRight)
