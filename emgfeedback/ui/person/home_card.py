"""Training at home, seen from the clinic: a plan goes out, results come in, and how it went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QFileDialog,
    QFrame,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from emgfeedback.core.errors import SettingsError
from emgfeedback.home.plan_file import SUFFIX, HomePlan
from emgfeedback.people.desk import Desk
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.values import Patient
from emgfeedback.ui import theme
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.person import person_words
from emgfeedback.ui.person.action_bar import ActionBar
from emgfeedback.ui.person.fields import heading, quiet, today
from emgfeedback.ui.person.home_form import HomeForm
from emgfeedback.ui.person.home_now import (
    HomeNow,
    TakenIn,
    home_now,
    make_plan,
    take_results,
)
from emgfeedback.ui.person.home_weeks import HomeWeeks
from emgfeedback.ui.person.home_words import practice_in_words, reports_notice, taken_notice
from emgfeedback.ui.widgets.ask_dialog import AskDialog
from emgfeedback.ui.widgets.banner import Banner
from emgfeedback.ui.widgets.keyed_button import KeyedButton

RESULTS_SUFFIX = ".emgresults"
_BESIDE_PX, _MARGIN_PX, _BETWEEN_PX = 760, 18, 8


class HomeCard(QFrame):
    """Makes plans for home, takes results in, and shows the weeks since the plan began.

    Parameters
    ----------
    desk, folder
        The register and its data folder.
    plans
        Returns the files of plans that can be given.
    clinic
        Returns the name of the clinic, or empty.

    Attributes
    ----------
    reported
        What the kit reported, for the head of the page; once closed it stays away until there
        is more, or the app starts anew.
    """

    def __init__(
        self,
        desk: Desk,
        folder: DataFolder,
        plans: Callable[[], Sequence[Path]],
        clinic: Callable[[], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.now: HomeNow | None = None
        self._asking, self._folder = Asking(desk, self), folder
        self._plans, self._clinic = plans, clinic
        self._patient_id = ""
        self.reported, self.outcome = ActionBar(), Banner()
        self.reported.close_button.clicked.connect(self._see)
        self._seen: set[str] = set()
        self.form = HomeForm()
        self.form.save_button.clicked.connect(self._choose_out)
        self.form.cancel_button.clicked.connect(self.leave_form)
        self.line, self.practice = quiet(), quiet(role="second_strong")
        self.weeks = HomeWeeks()
        self.legend = quiet(
            self.tr("A column is a week. Filled: a day with practice; empty: wished."), "caption"
        )
        self.number = QLabel()
        theme.set_role(self.number, "value")
        self.number.setAccessibleName(self.tr("Number of the clinic"))
        self.number.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.sheet = quiet()
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN_PX, 12, _MARGIN_PX, 14)
        column.setSpacing(8)
        column.addLayout(self._make_head())
        for part in (self.outcome, self.form, self.line):
            column.addWidget(part)
        column.addWidget(self._make_body())
        self.form.hide()
        self.body.hide()

    def _make_head(self) -> QBoxLayout:
        self.make_button = KeyedButton(self.tr("Make a plan for home"), "home")
        self.make_button.clicked.connect(self.begin)
        self.take_button = KeyedButton(self.tr("Take results in"), "report")
        self.take_button.clicked.connect(self._choose_results)
        self.new_button = KeyedButton(self.tr("New computer"), "undo")
        self.new_button.setAccessibleDescription(
            self.tr("Forget the patient's computer, so that the next plan may go to another one")
        )
        self.new_button.clicked.connect(self._ask_forget)
        self._buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._buttons.setSpacing(_BETWEEN_PX)
        for button in (self.make_button, self.take_button, self.new_button):
            button.setEnabled(False)
            self._buttons.addWidget(button)
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.setSpacing(8)
        self._head.addWidget(heading(self.tr("Training at home")), 1, Qt.AlignmentFlag.AlignTop)
        self._head.addLayout(self._buttons)
        return self._head

    def _make_body(self) -> QWidget:
        self.body = QWidget()
        went, number = QVBoxLayout(), QVBoxLayout()
        for layout, parts in (
            (went, (self.practice, self.weeks, self.legend)),
            (number, (quiet(self.tr("Number of the clinic"), "caption_strong"), self.number,
                      self.sheet)),
        ):  # fmt: skip
            layout.setSpacing(5)
            for part in parts:
                layout.addWidget(part)
            layout.addStretch(1)
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight, self.body)
        self._sides.setContentsMargins(0, 0, 0, 0)
        self._sides.setSpacing(24)
        self._sides.addLayout(went, 3)
        self._sides.addLayout(number, 2)
        return self.body

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put things one under the other where it is narrow."""
        super().resizeEvent(event)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        beside = self.width() >= theme.px(_BESIDE_PX)
        buttons = (self.make_button, self.take_button, self.new_button)
        inside = self.width() - 2 * _MARGIN_PX
        in_row = inside >= sum(each.sizeHint().width() + _BETWEEN_PX for each in buttons)
        self._head.setDirection(across if beside else down)
        self._sides.setDirection(across if beside else down)
        self._buttons.setDirection(across if in_row else down)

    # What is shown

    def show_person(self, patient: Patient) -> None:
        """Ask for training at home of a person."""
        if patient.id != self._patient_id:
            self._patient_id, self.now = patient.id, None
            self.outcome.show_notice(None)
            self.reported.clear()
            self.leave_form()
        patient_id, folder, desk = patient.id, self._folder, self._asking.desk
        self._asking.ask(
            lambda register: home_now(register, folder, desk.files, patient_id, today()),
            self._show,
            topic="home",
            refused=self._refuse,
        )

    def _show(self, now: HomeNow) -> None:
        self.now = now
        self.make_button.setEnabled(self.form.isHidden())
        self.take_button.setEnabled(True)
        self.new_button.setEnabled(now.paired)
        unseen = [report for report in now.reports if report.id not in self._seen]
        notice = reports_notice(unseen)
        if notice is None:
            self.reported.clear()
        else:
            self.reported.say(notice)
        plan = now.plan
        self.body.setVisible(plan is not None)
        if plan is None or now.adherence is None:
            self.line.setText(
                self.tr(
                    "Write a plan on a stick; the patient practises by it on their own computer "
                    "and brings or mails the results, encrypted."
                )
            )
            return
        self.line.setText(self._facts(now, plan))
        self.practice.setText(practice_in_words(plan, now.adherence, now.sessions))
        self.weeks.show_weeks(plan, now.adherence)
        self.number.setText(plan.clinic_number)
        self.sheet.setText(
            self.tr(
                "Write on the patient's sheet: “Clinic's number %1. Take the plan only if the "
                "screen shows the same.” They may also ask for it by telephone."
            ).replace("%1", plan.clinic_number)
        )

    def _see(self) -> None:
        if self.now is not None:
            self._seen.update(report.id for report in self.now.reports)

    def _facts(self, now: HomeNow, plan: HomePlan) -> str:
        said = self.tr("%1, %2 to %3.").replace("%1", plan.title)
        said = said.replace("%2", person_words.day(plan.first_day))
        said = said.replace("%3", person_words.day(plan.last_day))
        if not now.results_on:
            return f"{said} {self.tr('No results were taken in yet.')}"
        last = self.tr("Results last taken in on %1.")
        on = person_words.day(dt.date.fromisoformat(now.results_on))
        return f"{said} {last.replace('%1', on)}"

    # A plan goes out

    def begin(self) -> None:
        """Open the form of a plan for home."""
        if self.now is None:
            return
        self.outcome.show_notice(None)
        self.form.fill(self.now.plan, self._clinic(), self.now.training)
        self.form.show()
        self.make_button.setEnabled(False)
        self.form.contact.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave_form(self) -> None:
        """Close the form."""
        inside = self.form.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self.form.hide()
        self.make_button.setEnabled(self.now is not None)
        if inside:
            self.make_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def escape(self) -> bool:
        """Close the form; return whether it was open."""
        open_now = self.form.isVisible()
        if open_now:
            self.leave_form()
        return open_now

    def _choose_out(self) -> None:
        if self._wishes() is None or self.now is None:
            return
        name = f"{self.now.pseudonym}-{today().isoformat()}{SUFFIX}"
        kinds = self.tr("Plans (*%1)").replace("%1", SUFFIX)
        told, _ = QFileDialog.getSaveFileName(
            self,
            self.tr("Plan for home"),
            str(Path.home() / name),
            kinds,
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if told:
            out = Path(told)
            self.write_plan(out if out.suffix else out.with_suffix(SUFFIX))

    def write_plan(self, out: Path) -> None:
        """Write the plan that was entered to the new file `out`."""
        wished = self._wishes()
        if wished is None or not self.form.save_button.isEnabled():
            return
        self.form.save_button.setEnabled(False)
        patient_id, folder, desk = self._patient_id, self._folder, self._asking.desk
        plans, moment = tuple(self._plans()), dt.datetime.now(dt.UTC)
        self._asking.ask(
            lambda register: make_plan(
                register, folder, desk.files, patient_id, wished, plans, out, moment
            ),
            lambda plan: self._written(plan, out),
            changes=True,
            refused=self._not_written,
        )

    def _wishes(self) -> dict[str, object] | None:
        try:
            return self.form.entered(self._clinic())
        except SettingsError as error:
            self._not_written(str(error))
            return None

    def _written(self, plan: HomePlan, out: Path) -> None:
        if plan.patient_id != self._patient_id:
            return
        self.leave_form()
        said = self.tr("Plan for home written: %1").replace("%1", out.name)
        rest = self.tr("It runs to %1. Write the number below on the patient's sheet. File: %2")
        rest = rest.replace("%1", person_words.day(plan.last_day)).replace("%2", str(out))
        self.outcome.show_notice(Notice("info", said, rest))

    def _not_written(self, why: str) -> None:
        self.form.save_button.setEnabled(True)
        self.form.banner.show_notice(Notice("check", self.tr("Not written yet"), why))

    # Results come in

    def _choose_results(self) -> None:
        kinds = self.tr("Results (*%1)").replace("%1", RESULTS_SUFFIX)
        told, _ = QFileDialog.getOpenFileName(
            self, self.tr("Results of practice at home"), str(Path.home()), kinds
        )
        if told:
            self.take_in(Path(told))

    def take_in(self, path: Path) -> None:
        """Take the results in `path` into the register, all or nothing."""
        folder, desk = self._folder, self._asking.desk
        self.take_button.setEnabled(False)
        self._asking.ask(
            lambda register: take_results(register, folder, desk.files, path, today()),
            self._taken,
            changes=True,
            refused=self._not_taken,
        )

    def _taken(self, taken: TakenIn) -> None:
        self.take_button.setEnabled(True)
        self.outcome.show_notice(taken_notice(taken, self._patient_id))

    def _not_taken(self, why: str) -> None:
        self.take_button.setEnabled(True)
        self.outcome.show_notice(Notice("bad", self.tr("Nothing was taken in"), why))

    # Another computer

    def _ask_forget(self) -> None:
        dialog = ForgetDialog(self, self.now.pseudonym if self.now is not None else "")
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._forget()
        dialog.deleteLater()

    def _forget(self) -> None:
        patient_id, folder, desk = self._patient_id, self._folder, self._asking.desk

        def forget(_register: object) -> None:
            from emgfeedback.home.returned import forget_kit  # noqa: PLC0415 - loads the database

            forget_kit(folder, patient_id, desk.files)

        self._asking.ask(forget, lambda _: self._forgot(), changes=True, refused=self._refuse)

    def _forgot(self) -> None:
        said = self.tr("The patient's computer is forgotten")
        rest = self.tr("Make a plan for the new one; only its results will be taken in.")
        self.outcome.show_notice(Notice("info", said, rest))

    def _refuse(self, why: str) -> None:
        self.outcome.show_notice(Notice("bad", self.tr("That did not work"), why))


class ForgetDialog(AskDialog):
    """Asks before a patient's computer is forgotten."""

    def __init__(self, parent: QWidget, pseudonym: str) -> None:
        super().__init__(parent)
        self.name(self.tr("New computer"))
        self.line.setText(
            self.tr(
                "Results from the computer used so far will be refused, also those on their way: "
                "take them in first. What was taken in stays. Then make a new plan for the new "
                "computer."
            )
        )
        self.line.setMinimumWidth(theme.px(420))
        self.forget_button = KeyedButton(self.tr("Forget the computer"))
        title = self.tr("Does %1 have a new computer?").replace("%1", pseudonym)
        self.fill(title, (self.line,), self.forget_button)
