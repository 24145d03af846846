"""The report of the trend in sight: asked of the register, written off the screen's thread."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from emgfeedback import __version__
from emgfeedback.people.desk import Desk
from emgfeedback.people.values import Injection, Patient, ScaleScore
from emgfeedback.reports.clinic import Clinic
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.person.action_bar import ActionBar
from emgfeedback.ui.person.fields import today
from emgfeedback.ui.person.person_now import Followed
from emgfeedback.ui.saving import Saving
from emgfeedback.ui.session.loading import write_report

if TYPE_CHECKING:
    from emgfeedback.people.register import Register
    from emgfeedback.reports.page import Page


class TrendReport(ActionBar):
    """Writes the report of a trend and tells in one line what came of it.

    Signals
    -------
    saved
        The path that was written.
    idle_again
        Another report may be asked for.
    """

    saved = Signal(object)
    idle_again = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.clinic: Callable[[], Clinic] = Clinic
        """Whose reports these are."""
        self._asking, self._saving = Asking(desk, self), Saving(self)
        self._saving.saved.connect(self._tell_saved)
        self._saving.refused.connect(self._tell_refused)

    @property
    def busy(self) -> bool:
        """Whether one is being written."""
        return self._saving.busy

    def choose(self, patient: Patient, followed: Followed) -> None:
        """Let the user say where the report goes; the ending chooses PDF or HTML."""
        kinds = (
            self.tr("PDF, for the chart (*.pdf)"),
            self.tr("HTML, for a browser (*.html)"),
        )
        start = str(Path.home() / f"{patient.pseudonym}-trend-{today().isoformat()}.pdf")
        told, _ = QFileDialog.getSaveFileName(self, self.tr("Report"), start, ";;".join(kinds))
        if told:
            self.write(patient.id, followed, Path(told))

    def write(self, patient_id: str, followed: Followed, out: Path) -> None:
        """Write the report of the measure `followed` to the new file `out`, in the background."""
        if self.busy:
            return
        clinic = self.clinic()
        self.say(Notice("info", self.tr("Writing the report …"), str(out)))
        self._saving.ask_and_start(
            self._asking,
            lambda register: trend_page(register, patient_id, followed, clinic),
            lambda page: partial(write_report, page, out),
        )

    def _tell_saved(self, out: Path) -> None:
        url = QUrl.fromLocalFile(str(out))
        self.say(
            Notice("info", self.tr("Saved"), str(out)),
            self.tr("Open"),
            lambda: QDesktopServices.openUrl(url),
            "report",
        )
        self.idle_again.emit()
        self.saved.emit(out)

    def _tell_refused(self, why: str) -> None:
        self.say(Notice("check", self.tr("That did not work"), why))
        self.idle_again.emit()


def trend_page(register: Register, patient_id: str, followed: Followed, clinic: Clinic) -> Page:
    """Return the page of one measure over a patient's sessions.

    Raises
    ------
    EmgFeedbackError
        The register cannot be read, or no session has the measure any more.
    """
    from emgfeedback.reports.content import trend_report  # noqa: PLC0415 - only for a report

    return trend_report(
        register.get(Patient, patient_id),
        register.trend(patient_id, followed.key, followed.muscle, followed.side, followed.posture),
        injections=register.all_of(Injection, patient_id),
        scores=register.all_of(ScaleScore, patient_id),
        clinic=clinic,
        app_version=__version__,
        made=dt.datetime.now(dt.UTC),
    )
