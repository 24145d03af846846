"""Practice on the whole window: the patient's picture, and below it the ways out."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from emgfeedback.ui.kit.kit_page import KitButton
from emgfeedback.ui.patient.view import PatientView


class Practice(QWidget):
    """Holds the patient's view while a plan runs at home.

    Signals
    -------
    unwell_asked, end_asked, skip_asked
        Stop and tell why; stop for today; go past this step.
    """

    unwell_asked = Signal()
    end_asked = Signal()
    skip_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Practice"))
        self.view: PatientView | None = None
        self.unwell = KitButton(self.tr("I feel unwell"), "heart")
        self.skip = KitButton(self.tr("Skip this step"), "skip")
        self.end = KitButton(self.tr("End for today"), "stop")
        row = QHBoxLayout()
        row.setContentsMargins(32, 10, 32, 10)
        row.setSpacing(32)
        for button, asked in (
            (self.unwell, self.unwell_asked),
            (self.skip, self.skip_asked),
            (self.end, self.end_asked),
        ):
            button.fit(_SMALLER)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(asked)
            row.addWidget(button, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(row)

    def hold(self, view: PatientView, *, may_skip: bool) -> None:
        """Show `view` here; `may_skip` as the therapist allowed."""
        self.view = view
        self.skip.setVisible(may_skip)
        self._column.insertWidget(0, view, 1)
        view.show()
        view.button.setFocus()


_SMALLER = 0.9
