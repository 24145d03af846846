"""Where the page of assessments will be: it is made when it is first looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from emgfeedback.people.folder import DataFolder
from emgfeedback.reports.clinic import Clinic
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.person.visit import Visit

if TYPE_CHECKING:
    from emgfeedback.ui.assess.assess_page import AssessPage


class AssessPlace(QWidget):
    """Makes the page when it is needed.

    Attributes
    ----------
    clinic
        Returns whose reports these are.

    Signals
    -------
    record_asked, people_asked
        See `AssessPage`.
    """

    record_asked = Signal()
    people_asked = Signal()

    def __init__(
        self, asking: Asking, folder: DataFolder, visit: Visit, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Assess"))
        self.clinic: Callable[[], Clinic] = Clinic
        self._asking, self._folder, self._visit = asking, folder, visit
        self._page: AssessPage | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    @property
    def page(self) -> AssessPage:
        """The page, made at the first asking."""
        if self._page is None:
            from emgfeedback.ui.assess.assess_page import (  # noqa: PLC0415 - not for the first picture
                AssessPage,
            )

            self._page = AssessPage(self._asking, self._folder, self._visit)
            self._page.clinic = self._whose
            self._page.record_asked.connect(self.record_asked)
            self._page.people_asked.connect(self.people_asked)
            self._column.addWidget(self._page)
        return self._page

    def _whose(self) -> Clinic:
        return self.clinic()

    def open(self, session_id: str) -> None:
        """Show the assessment of a session."""
        self.page.show_session(session_id)

    def escape(self) -> bool:
        """Go back one step; return whether the page is in sight."""
        if self._page is None or not self.isVisible():
            return False
        self._page.escape()
        return True

    def showEvent(self, event: QShowEvent) -> None:
        """Make the page."""
        super().showEvent(event)
        self.page.show()

    def shutdown(self) -> None:
        """Let go of everything before the window goes."""
        if self._page is not None:
            self._page.shutdown()
