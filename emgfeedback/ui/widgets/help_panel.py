"""F1: what is on this screen and which keys it knows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from emgfeedback.ui import theme
from emgfeedback.ui.person.scrolling import scrolled
from emgfeedback.ui.widgets.keyed_button import KeyedButton


class HelpPanel(QFrame):
    """Help on the live screen; opens over the right column."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self.setAccessibleName(self.tr("Help on this screen"))
        title = QLabel(self.tr("Help on this screen"))
        theme.set_role(title, "card_title")
        self.close_button = KeyedButton(self.tr("Close"), "", "F1")
        self.close_button.clicked.connect(self.hide)
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 18)
        column.setSpacing(12)
        column.addLayout(head)
        inside = QWidget()
        told = QVBoxLayout(inside)
        told.setContentsMargins(0, 0, 6, 0)
        told.setSpacing(12)
        for name, words in self._subjects():
            label = QLabel(f"<b>{name}</b><br>{words}")
            label.setWordWrap(True)
            theme.set_role(label, "second")
            told.addWidget(label)
        told.addLayout(self._make_keys())
        told.addStretch(1)
        area = scrolled(inside, self.tr("Help on this screen"))
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column.addWidget(area, 1)
        self.hide()

    def _subjects(self) -> tuple[tuple[str, str], ...]:
        return (
            (
                self.tr("Left is left"),
                self.tr(
                    "The patient's left is on the left everywhere: L in a square, blue. "
                    "Right is R in a disc, amber. The front picture is a mirror."
                ),
            ),
            (
                self.tr("Numbers"),
                self.tr(
                    "Microvolts over the last quarter of a second. A dash means that the "
                    "value is not known, never that the muscle is quiet."
                ),
            ),
            (
                self.tr("Target"),
                self.tr(
                    "Measure rest for 30 s, then stay below the line. Time with a bad signal "
                    "or missing data is left out, never counted as quiet."
                ),
            ),
            (
                self.tr("Train"),
                self.tr(
                    "Choose a plan and press Start. The time in target stands beside the same at "
                    "the fixed reference, which never moves. Dashed trials have no feedback."
                ),
            ),
            (
                self.tr("Assess"),
                self.tr(
                    "The recording before injections by task and muscle. It informs; it selects "
                    "no muscle and no dose."
                ),
            ),
            (
                self.tr("Hatched"),
                self.tr("Data are missing, or the signal could not be used."),
            ),
        )

    def _make_keys(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        keys = (
            ("M", self.tr("Mark this moment")),
            ("Ctrl+R", self.tr("Record, stop recording")),
            ("Esc", self.tr("Pause at once; else leave what is open")),
            ("N, R, S", self.tr("Train: start or next, repeat, skip with a reason")),
            ("V", self.tr("Train: the patient's view")),
            ("Ctrl+N", self.tr("Train: a note. People: somebody new")),
            ("B", self.tr("Train: back to the step before")),
            ("0 to 9, X", self.tr("Train: answer a question; X is ten")),
            ("A, T", self.tr("Train: trick, arm moves and hand touches")),
            ("Arrows, +, -", self.tr("Review: move, scale, zoom; 0 shows all")),
            ("A, B, X", self.tr("Review: cursors, leave out what lies between")),
            ("Arrows", self.tr("Assess: task and muscle, told below the table")),
            ("Tab", self.tr("Next control")),
            ("Alt+1 to Alt+7", self.tr("Pages")),
            ("F1", self.tr("This help")),
        )
        for row, (key, action) in enumerate(keys):
            cap, text = QLabel(key), QLabel(action)
            theme.set_role(cap, "second_strong")
            theme.set_role(text, "second")
            text.setProperty("tone", "second")
            text.setWordWrap(True)
            grid.addWidget(cap, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(text, row, 1)
        return grid

    def toggle(self) -> None:
        """Open or close the panel."""
        if self.isVisible():
            self.hide()
            return
        self.show()
        self.raise_()
        self.close_button.setFocus(Qt.FocusReason.OtherFocusReason)
