"""What comes next: the step of the programme, and the plans given for clinic and home."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QFrame, QSizePolicy, QVBoxLayout, QWidget

from emgfeedback.core.errors import EmgFeedbackError
from emgfeedback.core.files import Files
from emgfeedback.people.desk import Desk
from emgfeedback.people.values import GivenPlan
from emgfeedback.training.plan import Plan, load_plan
from emgfeedback.training.programme import PROGRAMME, PlannedSession, Programme, load_programme
from emgfeedback.ui import theme, words
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.person import person_words
from emgfeedback.ui.person.fields import heading, quiet, today
from emgfeedback.ui.person.person_now import CLINIC, HOME, PersonNow
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

if TYPE_CHECKING:
    from emgfeedback.people.register import Register


@dataclass(frozen=True, slots=True)
class Offered:
    """A plan that can be given."""

    plan: Plan
    path: Path


def plan_text(path: Path, files: Files) -> str:
    """Return the text of a plan's file, decrypted where it is sealed. Raises OSError."""
    with files.open(path, "r") as file:
        return (file.readall() or b"").decode()


class Pills(FollowsLook, QWidget):
    """One mark per session of a phase: filled when done, edged when next."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._n_all = self._n_done = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_steps(self, n_done: int, n_all: int) -> None:
        """Show `n_done` of `n_all`."""
        self._n_done, self._n_all = n_done, n_all
        said = self.tr("%1 of %2 sessions done").replace("%1", words.whole(n_done))
        self.setAccessibleName(said.replace("%2", words.whole(n_all)))
        self.update()

    def sizeHint(self) -> QSize:
        """Return a row of marks."""
        return QSize(theme.px(200), theme.px(18))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the marks."""
        del event
        if not self._n_all:
            return
        t = theme.tokens()
        painter = smooth_painter(self)
        step = min(self.width() / self._n_all, theme.px(19))
        side = min(step - 3, theme.px(15))
        for place in range(self._n_all):
            done, following = place < self._n_done, place == self._n_done
            painter.setPen(QPen(t.accent if done or following else t.edge, 2 if following else 1))
            painter.setBrush(t.accent if done else t.surface)
            box = QRectF(place * step + 1, (self.height() - side) / 2, side, side)
            painter.drawRoundedRect(box, 4, 4)
        painter.end()


class NextCard(QFrame):
    """The next session, and the plans in force.

    Signals
    -------
    undoable
        A notice, and the number of the change that Undo takes back.
    """

    undoable = Signal(object, int)

    def __init__(
        self, desk: Desk, plans: Callable[[], Sequence[Path]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._asking = Asking(desk, self)
        self._paths = plans
        self._offered: list[Offered] | None = None
        self._programme: Programme | None = None
        self._now: PersonNow | None = None
        self.title = heading("", "page_title")
        self.line, self.phase = quiet(), quiet(role="second_strong")
        self.pills = Pills()
        self.clinic_box = self._box(self.tr("Plan in the clinic"))
        self.home_box = self._box(self.tr("Plan at home"))
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 18, 14)
        column.setSpacing(5)
        for widget in (self.phase, self.title, self.line, self.pills):
            column.addWidget(widget)
        for box in (self.clinic_box, self.home_box):
            label = quiet(box.accessibleName(), "caption_strong")
            label.setBuddy(box)
            column.addWidget(label)
            column.addWidget(box)
        self.clinic_box.activated.connect(lambda _: self._give(CLINIC, self.clinic_box))
        self.home_box.activated.connect(lambda _: self._give(HOME, self.home_box))

    def _box(self, name: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.setMinimumHeight(theme.TARGET_PX)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(14)
        theme.set_role(box, "body")
        return box

    @property
    def following(self) -> PlannedSession | None:
        """The session of the programme that comes next."""
        if self._programme is None or self._now is None:
            return None
        return self._programme.session_after(self._now.n_done)

    @property
    def next_plan(self) -> str:
        """Name of the plan of the next visit: the given one, or the programme's."""
        given = self._now.plan(CLINIC) if self._now is not None else None
        if given is not None:
            return given.name
        return self.following.plan if self.following is not None else ""

    def show_person(self, now: PersonNow) -> None:
        """Show what comes next for a person."""
        self._now = now
        self._read_plans()
        self._fill(self.clinic_box, self.tr("As the programme says"), now.plan(CLINIC))
        self._fill(self.home_box, self.tr("None yet"), now.plan(HOME))
        following = self.following
        titles = {offered.plan.name: offered.plan for offered in self._offered or ()}
        given = now.plan(CLINIC)
        if following is None:
            self.title.setText(self.tr("The programme is through"))
            self.phase.setText(self.tr("Next"))
            self.pills.hide()
        else:
            self._show_step(following, now.n_done)
        plan = titles.get(self.next_plan)
        said = given.title if given is not None else self.next_plan
        if plan is not None:
            minutes = person_words.minutes(plan.minutes * 60)
            said = f"{plan.title}, {minutes}"
        self.line.setText(said)
        self.line.setVisible(bool(said))

    def _show_step(self, following: PlannedSession, n_done: int) -> None:
        assert self._programme is not None
        sessions = self._programme.sessions()
        phase = [s.number for s in sessions if s.phase == following.phase]
        said = self.tr("Session %1 of %2").replace("%1", words.whole(phase.index(n_done + 1) + 1))
        self.title.setText(said.replace("%2", words.whole(len(phase))))
        self.pills.show_steps(phase.index(n_done + 1), len(phase))
        self.pills.show()
        self.phase.setText(self.tr("Next: %1").replace("%1", following.phase))

    def _read_plans(self) -> None:
        if self._offered is not None:
            return
        self._offered = []
        for path in self._paths():
            try:
                self._offered.append(Offered(load_plan(path, self._asking.desk.files), path))
            except EmgFeedbackError:  # the page of plans tells which one cannot be read
                continue
        try:
            self._programme = load_programme(PROGRAMME)
        except EmgFeedbackError:
            self._programme = None

    def _fill(self, box: QComboBox, none: str, given: GivenPlan | None) -> None:
        box.clear()
        box.addItem(none, None)
        for offered in self._offered or ():
            box.addItem(offered.plan.title, offered)
        if given is None:
            return
        names = [offered.plan.name for offered in self._offered or ()]
        if given.name in names:
            box.setCurrentIndex(names.index(given.name) + 1)
        else:
            box.addItem(given.title or given.name, None)
            box.setCurrentIndex(box.count() - 1)

    def _give(self, where: str, box: QComboBox) -> None:
        now, offered = self._now, box.currentData()
        if now is None or (offered is None and box.currentIndex() > 0):
            return
        before = [plan for plan in now.plans if plan.active and plan.where == where]
        if (before[0].name if before else None) == (offered.plan.name if offered else None):
            return
        values = [replace(plan, active=False) for plan in before]
        if offered is not None:
            values.append(
                GivenPlan(
                    patient_id=now.patient.id,
                    from_date=today(),
                    name=offered.plan.name,
                    title=offered.plan.title,
                    where=where,
                    toml=plan_text(offered.path, self._asking.desk.files),
                )
            )

        def keep(register: Register) -> int:
            register.put_all(values)
            return register.audit(now.patient.id, 1)[0].number

        said = self.tr("Plan given: %1").replace("%1", offered.plan.title if offered else "")
        if offered is None:
            said = self.tr("Plan taken back")
        self._asking.ask(
            keep,
            lambda number: self.undoable.emit(Notice("info", said, ""), number),
            changes=True,
            refused=lambda why: self.undoable.emit(
                Notice("bad", self.tr("That did not work"), why), 0
            ),
        )
