"""The page of recordings before injections: the list, one assessment, its traces, its report."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from emgfeedback.core.errors import EmgFeedbackError
from emgfeedback.core.files import Files
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.sign_off import Standing
from emgfeedback.reports.clinic import Clinic
from emgfeedback.review.spans import LeftOut
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.assess import assess_words, loading, printing
from emgfeedback.ui.assess.header import AssessHeader
from emgfeedback.ui.assess.loading import Measured, Opened
from emgfeedback.ui.assess.measuring import Measuring
from emgfeedback.ui.assess.overview import Overview
from emgfeedback.ui.assess.recordings_list import RecordingsList
from emgfeedback.ui.assess.side_room import SideRoom
from emgfeedback.ui.assess.traces_sheet import TracesSheet
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.person import person_words
from emgfeedback.ui.person.action_bar import ActionBar
from emgfeedback.ui.person.scrolling import scrolled
from emgfeedback.ui.person.visit import Visit
from emgfeedback.ui.review.looking import OpenRecording
from emgfeedback.ui.saving import Saving, tell_saved
from emgfeedback.ui.session.loading import RecordingPlace
from emgfeedback.ui.session.parts import words_label
from emgfeedback.ui.widgets.keyed_button import KeyedButton

if TYPE_CHECKING:
    from emgfeedback.people.register import Register


class Working(QWidget):
    """Says that it is measured, and lets one give up.

    Signals
    -------
    cancel_asked
    """

    cancel_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setMaximumWidth(420)
        self.bar.setAccessibleName(self.tr("Measuring"))
        self.cancel_button = KeyedButton(self.tr("Give up"), "", "Esc")
        self.cancel_button.clicked.connect(self.cancel_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 40, 28, 24)
        column.setSpacing(12)
        column.addWidget(words_label(self.tr("Measuring every task"), "page_title"))
        said = self.tr(
            "A recording of ten minutes takes some seconds. It is kept, so that the next time is "
            "quick."
        )
        column.addWidget(words_label(said, "body", "second"))
        column.addWidget(self.bar)
        column.addWidget(self.cancel_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)


class AssessPage(QWidget):
    """Shows the recordings before injections of the visit's person, and any one of them.

    Parameters
    ----------
    asking
        Asks the desk; the page asks through one of its own.
    visit
        Whose visit it is.

    Signals
    -------
    record_asked
        To begin a recording before injections.
    people_asked
        To choose a person.
    """

    record_asked = Signal()
    people_asked = Signal()

    def __init__(
        self, asking: Asking, folder: DataFolder, visit: Visit, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Assess"))
        self._asking, self._visit = Asking(asking.desk, self), visit
        self._saving = Saving(self)
        self._measuring = Measuring(self._asking, folder, self)
        self.clinic: Callable[[], Clinic] = Clinic
        """Whose reports these are."""
        self.opened: Opened | None = None
        self.measured: Measured | None = None
        self.standing = Standing()
        self._build()
        self._connect_parts()
        self._show_page(self._list_area)

    def _build(self) -> None:
        self.header, self.bar = AssessHeader(), ActionBar()
        self.list, self.working, self.overview = RecordingsList(), Working(), Overview()
        self.traces, self.side = TracesSheet(self._asking), SideRoom(self._asking)
        self._list_area = scrolled(self.list, self.tr("Recordings before injections"))
        self.stack = QStackedWidget()
        for page in (self._list_area, self.working, self.overview, self.traces, self.side):
            self.stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.header)
        column.addWidget(self.bar)
        column.addWidget(self.stack, 1)

    def _connect_parts(self) -> None:
        header, measuring = self.header, self._measuring
        header.back_button.clicked.connect(self.show_list)
        header.traces_button.clicked.connect(partial(self._toggle, self.traces))
        header.posture_button.clicked.connect(partial(self._toggle, self.side))
        header.print_button.clicked.connect(self.choose_report)
        header.sign_button.clicked.connect(self.sign_off)
        self.list.opened.connect(self.show_session)
        self.list.record_asked.connect(self.record_asked)
        self.list.people_asked.connect(self.people_asked)
        self.working.cancel_asked.connect(self.show_list)
        self.overview.posture_asked.connect(partial(self._toggle, self.side))
        self.traces.changed.connect(self.measure_anew)
        self.side.changed.connect(self.measure_anew)
        measuring.opened.connect(self._show_opened)
        measuring.measured.connect(self._show_measured)
        measuring.stood.connect(self._show_standing)
        measuring.refused.connect(self._tell_refused)
        self._saving.saved.connect(partial(tell_saved, self.bar))
        self._saving.refused.connect(self._tell_refused)
        self._visit.changed.connect(self._visit_changed)

    # Lists

    def showEvent(self, event: QShowEvent) -> None:
        """List what is there now."""
        super().showEvent(event)
        if self.stack.currentWidget() is self._list_area:
            self._list_anew()

    def _visit_changed(self) -> None:
        if self._visit.patient is not None or self.opened is None:
            self.show_list()

    def show_list(self) -> None:
        """Show the recordings of the visit's person; what was open is let go."""
        self._measuring.cancel()
        self.traces.close_recording()
        self.opened = self.measured = None
        self.bar.clear()
        self._show_page(self._list_area)
        if self.isVisible():
            self._list_anew()

    def _list_anew(self) -> None:
        patient = self._visit.patient
        of = patient.id if patient is not None else ""
        self._asking.ask(
            lambda register: loading.recordings_of(register, of),
            lambda found: self.list.show_list(patient, found),
            topic="list",
            refused=self._tell_refused,
        )

    def _show_page(self, page: QWidget) -> None:
        self.header.setVisible(page not in (self._list_area, self.working))
        self.header.show_place({self.traces: "traces", self.side: "side"}.get(page, ""))
        self.stack.setCurrentWidget(page)

    def _toggle(self, page: QWidget) -> None:
        """Show a page beside the overview, or go back from it."""
        back = self.stack.currentWidget() is page
        self._show_page(self.overview if back else page)
        if page is self.traces and not back:
            self._open_traces()
            self.traces.lanes.setFocus(Qt.FocusReason.OtherFocusReason)

    def escape(self) -> None:
        """Go back one step."""
        if self.stack.currentWidget() in (self.traces, self.side):
            self._show_page(self.overview)
        elif self.stack.currentWidget() is not self._list_area:
            self.show_list()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Escape, where the window does not take it."""
        if event.key() == Qt.Key.Key_Escape:
            self.escape()
        else:
            super().keyPressEvent(event)

    # One assessment

    def show_session(self, session_id: str) -> None:
        """Open a session and show its assessment, measured now where none is kept."""
        self.traces.close_recording()
        self.opened = self.measured = None
        self.bar.clear()
        self._show_page(self.working)
        self._measuring.begin(session_id)

    def measure_anew(self) -> None:
        """Measure the session shown again, after an edge or the way around the heart changed."""
        if self.opened is not None:
            self.bar.say(Notice("info", self.tr("Measuring anew …"), ""))
            self._measuring.begin(self.opened.session.id)

    def _show_opened(self, opened: Opened) -> None:
        self.opened = opened
        whose = opened.patient.pseudonym if opened.patient is not None else self.tr("nobody's yet")
        title = self.tr("%1 · recording before injections").replace("%1", whose)
        self.header.title.setText(title)
        self.header.facts.setText(person_words.day(opened.day))

    def _show_measured(self, measured: Measured) -> None:
        opened = self.opened
        if opened is None:
            return
        again, self.measured = self.measured is not None, measured
        injected = opened.injections[0].on if opened.injections else None
        facts = assess_words.facts(injected, opened.day, measured.assessment)
        self.header.facts.setText(facts)
        self.overview.show_measured(measured)
        self.side.show_measured(opened, measured)
        if again:
            self.bar.clear()
            self.traces.show_measured(measured.assessment)
        else:
            self._show_page(self.overview)
            self.overview.heat.table.setFocus(Qt.FocusReason.OtherFocusReason)
            readable = self._place() is not None
            self.header.traces_button.setEnabled(readable)
            self.header.print_button.setEnabled(readable)
        self._show_standing(Standing())
        self.header.sign_button.setEnabled(False)

    def _place(self) -> RecordingPlace | None:
        """Return the recording that was measured; None where it is not on disk."""
        if self.opened is None or self.measured is None:
            return None
        place = self.opened.place_of(self.measured.assessment)
        return place if place is not None and place.path is not None else None

    def _files(self) -> Files | None:
        """Return what opens the recordings; None, and told why, while they are locked."""
        try:
            return self._asking.desk.files
        except EmgFeedbackError as error:
            self._tell_refused(str(error))
            return None

    def _open_traces(self) -> None:
        """Open the recording on the sheet of traces, when it is first looked at."""
        opened, measured, place = self.opened, self.measured, self._place()
        if self.traces.editing is not None or opened is None or measured is None:
            return
        if place is None or place.path is None:
            return
        left_out = tuple(LeftOut(*span) for span in place.row.left_out)
        files = self._files()
        if files is None:
            return
        asked = OpenRecording(place.path, left_out=left_out, files=files)
        self.traces.show_assessment(asked, opened.session, measured.assessment)

    def _show_standing(self, standing: Standing) -> None:
        self.standing = standing
        opened = self.opened
        self.header.show_standing(standing, may_sign=opened is not None and opened.may_change)
        self.overview.read.show_signed(assess_words.signed_told(standing))
        signed = standing.signed
        if signed is not None and not standing.holds:
            title = self.tr("Changed since %1 signed it off").replace("%1", signed.signed_by)
            remedy = self.tr("Look at it again, and sign off anew.")
            self.bar.say(Notice("check", title, remedy))

    # Signing off

    def sign_off(self) -> None:
        """Keep that whoever is at the screen has read the assessment, with Undo."""
        measured = self.measured
        if measured is None or not self.header.sign_button.isEnabled():
            return
        self.header.sign_button.setEnabled(False)
        self._asking.ask(
            lambda register: loading.sign(register, measured),
            lambda number: self._signed(measured, number),
            changes=True,
            refused=self._tell_refused,
        )

    def _signed(self, measured: Measured, number: int) -> None:
        said = Notice("info", self.tr("Signed off"), "")
        self.bar.say(said, self.tr("Undo"), partial(self._undo, measured, number))
        self._stand_anew(measured)

    def _undo(self, measured: Measured, number: int) -> None:
        self._asking.ask(
            lambda register: register.undo(number),
            lambda _: self._stand_anew(measured),
            changes=True,
            refused=self._tell_refused,
        )

    def _stand_anew(self, measured: Measured) -> None:
        def standing(register: Register) -> Standing:
            from emgfeedback.people import sign_off  # noqa: PLC0415 - loads the database

            return sign_off.standing(
                register, str(measured.assessment["session_id"]), measured.assessment
            )

        def told(found: Standing) -> None:
            if self.measured is measured:
                self._show_standing(found)

        self._asking.ask(standing, told, refused=self._tell_refused)

    # The report

    def choose_report(self) -> None:
        """Let the user say where the report goes; the ending chooses its format."""
        if self.opened is None:
            return
        kinds = (
            self.tr("PDF, for the chart (*.pdf)"),
            self.tr("HTML, for a browser (*.html)"),
            self.tr("CSV, every number a line (*.csv)"),
            self.tr("JSON, for other programs (*.json)"),
        )
        patient = self.opened.patient
        stem = f"{patient.pseudonym if patient else 'assessment'}-{self.opened.day:%Y-%m-%d}"
        start = str(Path.home() / f"{stem}-assessment.pdf")
        told, _ = QFileDialog.getSaveFileName(self, self.tr("Report"), start, ";;".join(kinds))
        if told:
            self.write_report(Path(told))

    def write_report(self, out: Path) -> None:
        """Write the report to the new file `out`, in the background."""
        opened, measured = self.opened, self.measured
        if opened is None or measured is None or self._saving.busy:
            return
        place, files = self._place(), self._files()
        if files is None:
            return
        if place is None:
            self._tell_refused(self.tr("The recording is missing on disk."))
            return
        signed = self.standing.signed if self.standing.holds else None
        printed = printing.Printed(opened, measured, place, self.clinic(), signed)
        self.bar.say(Notice("info", self.tr("Writing the report …"), str(out)))
        self._saving.start(lambda: printing.write(printed, out, files))

    def _tell_refused(self, why: str) -> None:
        if self.stack.currentWidget() is self.working:
            self._show_page(self._list_area)
            self._list_anew()
        self.bar.say(Notice("check", self.tr("That did not work"), why))

    def shutdown(self) -> None:
        """Let go of everything before the window goes."""
        self._measuring.cancel()
        self.traces.close_recording()
