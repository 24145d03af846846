"""Taking the therapist's plan: choose the file, compare the clinic's number, done."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from emgfeedback.core.errors import EmgFeedbackError
from emgfeedback.home.plan_file import SUFFIX, HomePlan, read_plan_file
from emgfeedback.ui.kit.kit_page import KitPage
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.person import person_words


class TakePlan(KitPage):
    """The way a plan comes to this computer.

    Signals
    -------
    taken
        The file, and the clinic's number as it was compared.
    left
        Back, without a plan.
    """

    taken = Signal(object, str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setAccessibleName(self.tr("Your therapist's plan"))
        self.setAcceptDrops(True)
        self._path: Path | None = None
        self._plan: HomePlan | None = None
        self._first = True
        self.head = self.title(self.tr("Your therapist's plan"))
        self.words = self.line()
        self.number = self.digits()
        self.banner = self.notices()
        self.choose = self.button(self.tr("Choose the plan file"), "report", primary=True)
        self.same = self.button(self.tr("The numbers are the same"), "next", primary=True)
        self.other = self.button(self.tr("They are different"), "stop")
        self.back = self.button(self.tr("Back"), "undo")
        self.choose.clicked.connect(self._choose)
        self.same.clicked.connect(self._take)
        self.other.clicked.connect(self._refuse)
        self.back.clicked.connect(self.left)
        self.column.addStretch(2)
        for label in (self.head, self.words, self.number):
            self.column.addWidget(label)
        self.column.addWidget(self.banner)
        self.column.addSpacing(16)
        self.column.addLayout(self.button_row(self.choose, self.same, self.other, self.back))
        self.column.addStretch(3)
        self.begin(first=True)

    def begin(self, *, first: bool) -> None:
        """Ask for a file; `first` where no clinic is known yet."""
        self._first = first
        self._path = self._plan = None
        self.banner.show_notice(None)
        self._ask_for_file()

    def look_at(self, path: Path) -> None:
        """Show what a plan file says, or why it cannot be used."""
        self._path = self._plan = None
        try:
            self._plan, self._path = read_plan_file(path), path
        except EmgFeedbackError as error:
            self.refuse(str(error))
            return
        self.banner.show_notice(None)
        plan = self._plan
        if not self._first:
            self._take()
            return
        said = self.tr("%1, until %2. Compare this number with the one on your therapist's sheet:")
        title = plan.title if not plan.clinic else f"{plan.clinic}: {plan.title}"
        day = person_words.day(plan.last_day)
        self.words.setText(said.replace("%1", title).replace("%2", day))
        self.number.setText(plan.clinic_number)
        self._show_buttons()

    def refuse(self, why: str) -> None:
        """Tell why a plan was not taken; another can be chosen."""
        self._path = self._plan = None
        self.banner.show_notice(Notice("bad", self.tr("This plan was not taken"), why))
        self._ask_for_file()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a file that is dropped here."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Look at the file."""
        self.look_at(Path(event.mimeData().urls()[0].toLocalFile()))

    def _choose(self) -> None:
        kind = self.tr("Plans (*%1)").replace("%1", SUFFIX)
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Your therapist's plan"), "", kind)
        if name:
            self.look_at(Path(name))

    def _take(self) -> None:
        if self._path is not None and self._plan is not None:
            self.taken.emit(self._path, self._plan.clinic_number)

    def _refuse(self) -> None:
        self.refuse(
            self.tr(
                "It may not come from your clinic. Ask your therapist, at the number you know, "
                "for the plan and its number."
            )
        )

    def _ask_for_file(self) -> None:
        self.words.setText(
            self.tr("It is a file that ends in %1, on a stick or in a mail.").replace("%1", SUFFIX)
        )
        self._show_buttons()

    def _show_buttons(self) -> None:
        comparing = self._plan is not None and self._first
        self.number.setVisible(comparing)
        self.same.setVisible(comparing)
        self.other.setVisible(comparing)
        self.choose.setVisible(not comparing)
        self.begin_at(self.hear(self.number, self.words.text()) if comparing else self.choose)
