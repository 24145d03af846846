"""The end of a session: a sentence for the patient, numbers for the therapist, where it is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from emgfeedback.training.now import RunNow
from emgfeedback.ui import theme
from emgfeedback.ui.widgets.keyed_button import KeyedButton


class Ending(QFrame):
    """What came of it.

    Signals
    -------
    back_asked
        To the plans.
    """

    back_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.title = QLabel()
        theme.set_role(self.title, "page_title")
        self.patient, self.therapist, self.saved = QLabel(), QLabel(), QLabel()
        for label, role in (
            (self.patient, "card_title"),
            (self.therapist, "body"),
            (self.saved, "second"),
        ):
            theme.set_role(label, role)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.saved.setProperty("tone", "second")
        self.back_button = KeyedButton(self.tr("Back to plans"), "undo", self.tr("Enter"))
        self.back_button.setProperty("kind", "primary")
        self.back_button.setMinimumHeight(theme.PRIMARY_PX)
        self.back_button.clicked.connect(self.back_asked)
        for key in ("Return", "Enter"):
            QShortcut(QKeySequence(key), self).activated.connect(self.back_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 32, 40, 32)
        column.setSpacing(18)
        column.addStretch(1)
        column.addWidget(self.title)
        for head, label in (
            (self.tr("For the patient"), self.patient),
            (self.tr("For the therapist"), self.therapist),
        ):
            caption = QLabel(head)
            theme.set_role(caption, "second_strong")
            caption.setProperty("tone", "second")
            column.addWidget(caption)
            column.addWidget(label)
        column.addWidget(self.saved)
        column.addSpacing(8)
        column.addWidget(self.back_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(2)

    def show_run(self, run: RunNow, saved_to: str, refused: str = "") -> None:
        """Show the end of `run`; `saved_to` is empty until the summary is on disk."""
        self.title.setText(self.tr("Done: %1").replace("%1", run.plan_title))
        self.patient.setText(run.patient_sentence)
        self.therapist.setText(run.therapist_line)
        said = self.tr("Saved to %1").replace("%1", saved_to) if saved_to else refused
        self.saved.setText(said or self.tr("Saving …"))
