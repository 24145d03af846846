"""One person: how it goes, what comes next, what was entered, and every visit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from emgfeedback.people.desk import Desk
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.values import Patient
from emgfeedback.ui import theme
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.person.fields import today
from emgfeedback.ui.person.injections_card import InjectionsCard
from emgfeedback.ui.person.next_card import NextCard
from emgfeedback.ui.person.person_now import PersonNow, person_now
from emgfeedback.ui.person.placements_card import PlacementsCard
from emgfeedback.ui.person.scales_card import ScalesCard
from emgfeedback.ui.person.scrolling import scrolled
from emgfeedback.ui.person.since_card import SinceCard
from emgfeedback.ui.person.trend_card import TrendCard
from emgfeedback.ui.person.visits_card import VisitsCard
from emgfeedback.ui.settings_rows import Segments
from emgfeedback.ui.widgets.keyed_button import KeyedButton
from emgfeedback.ui.widgets.painted import FollowsLook

_SIDE_PX = 312
_LEAST_TREND_PX = 520
_ANY_PX = 16_777_215
Plans = Callable[[], Sequence[Path]]


class Overview(FollowsLook, QWidget):
    """Trend, next step, what changed, and the visits; one under the other where it is narrow."""

    def __init__(self, desk: Desk, plans: Plans, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.trend = TrendCard(desk)
        self.next = NextCard(desk, plans)
        self.since = SinceCard()
        self.visits = VisitsCard()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(12)
        self._narrow: bool | None = None
        self._lay_out()

    def show_person(self, now: PersonNow) -> None:
        """Show a person."""
        for card in (self.trend, self.next, self.since, self.visits):
            card.show_person(now)

    def add_card(self, card: QWidget) -> None:
        """Add a card over the visits, as wide as the page."""
        self._grid.addWidget(card, 2, 0, 1, 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose between beside and below."""
        super().resizeEvent(event)
        self._lay_out()

    def look_changed(self) -> None:
        """Choose again at another text size."""
        self._lay_out()

    def _lay_out(self) -> None:
        side_px = theme.px(_SIDE_PX)
        narrow = self.width() < side_px + theme.px(_LEAST_TREND_PX)
        for side in (self.next, self.since):
            side.setMaximumWidth(_ANY_PX if narrow else side_px)
            side.setMinimumWidth(0 if narrow else side_px)
        if narrow == self._narrow:
            return
        self._narrow = narrow
        cards: tuple[QWidget, ...] = (self.trend, self.next, self.since, self.visits)
        for card in cards:
            self._grid.removeWidget(card)
        below = ((0, 0, 1, 2), (1, 0, 1, 1), (1, 1, 1, 1), (3, 0, 1, 2))
        beside = ((0, 0, 2, 1), (0, 1, 1, 1), (1, 1, 1, 1), (3, 0, 1, 2))
        for card, place in zip(cards, below if narrow else beside, strict=True):
            self._grid.addWidget(card, *place)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, int(narrow))
        self._grid.setRowStretch(4, 1)


class PersonPage(QWidget):
    """A person's page; `add_tab` adds what else belongs to a person.

    Signals
    -------
    edit_asked, visit_asked
        The `Patient` to change, or whose visit begins.
    session_asked
        The id of a session to open.
    undoable
        A notice, and the number of the change that Undo takes back.
    back_asked
        To the list.
    shown
        The `Patient` in sight, or None where there is none any more.
    """

    edit_asked = Signal(object)
    visit_asked = Signal(object)
    session_asked = Signal(str)
    undoable = Signal(object, int)
    back_asked = Signal()
    shown = Signal(object)

    def __init__(
        self, desk: Desk, folder: DataFolder, plans: Plans, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Person"))
        self._asking = Asking(desk, self)
        self._patient_id = ""
        self.patient: Patient | None = None
        self.overview = Overview(desk, plans)
        self.injections, self.scales = InjectionsCard(desk), ScalesCard(desk)
        self.placements = PlacementsCard(desk, folder)
        self._tabs = QStackedWidget()
        self._names: list[str] = []
        self._followers: list[Callable[[Patient], object]] = []
        self._leavers: list[Callable[[], bool]] = []
        self._segments: Segments | None = None
        self._build()
        self.add_tab(self.tr("Overview"), scrolled(self.overview, self.tr("Overview")))
        treatment = QWidget()
        column = QVBoxLayout(treatment)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.injections)
        column.addWidget(self.scales)
        column.addStretch(1)
        self.add_tab(self.tr("Injections and scales"), scrolled(treatment, self.tr("Treatment")))
        electrodes = QWidget()
        column = QVBoxLayout(electrodes)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.placements)
        column.addStretch(1)
        self.add_tab(self.tr("Electrodes"), scrolled(electrodes, self.tr("Electrodes")))
        self._connect_parts()

    def _build(self) -> None:
        self.back_button = KeyedButton(self.tr("All people"), "undo")
        self.back_button.setProperty("kind", "flat")
        self.back_button.clicked.connect(self.back_asked)
        self.edit_button = KeyedButton(self.tr("Edit"), "note")
        self.edit_button.clicked.connect(lambda: self.edit_asked.emit(self.patient))
        self.visit_button = KeyedButton(self.tr("Start visit"), "play")
        self.visit_button.setProperty("kind", "primary")
        self.visit_button.clicked.connect(lambda: self.visit_asked.emit(self.patient))
        for button in (self.edit_button, self.visit_button):
            button.setMinimumHeight(theme.TARGET_PX + 8)
            button.setEnabled(False)
        self._head = QHBoxLayout()
        self._head.setSpacing(12)
        self._head.addWidget(self.back_button)
        self._head.addStretch(1)
        self._head.addWidget(self.edit_button)
        self._head.addWidget(self.visit_button)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(self._head)
        column.addWidget(self._tabs, 1)

    def _connect_parts(self) -> None:
        self.overview.trend.session_asked.connect(self.session_asked)
        self.overview.visits.session_asked.connect(self.session_asked)
        self.overview.since.injection_asked.connect(lambda: self._enter(self.injections))
        self.overview.since.scale_asked.connect(lambda: self._enter(self.scales))
        for card in (self.overview.next, self.injections, self.scales, self.placements):
            card.undoable.connect(self.undoable)

    def add_tab(
        self, title: str, page: QWidget, show: Callable[[Patient], object] | None = None
    ) -> None:
        """Add a page of the person; `show` is called with each person shown."""
        self._names.append(title)
        self._tabs.addWidget(page)
        if show is not None:
            self._followers.append(show)
        if self._segments is not None:
            self._head.removeWidget(self._segments)
            self._segments.hide()
            self._segments.deleteLater()
        self._segments = Segments(self.tr("Parts of the page"), list(enumerate(self._names)))
        self._segments.picked.connect(self.show_tab)
        self._segments.show_value(self._tabs.currentIndex())
        self._head.insertWidget(1, self._segments)

    def add_card(
        self,
        card: QWidget,
        head: QWidget,
        show: Callable[[Patient], object],
        leave: Callable[[], bool],
    ) -> None:
        """Add a card to the overview.

        Parameters
        ----------
        head
            What it has to say first, over all parts of the page.
        show
            Called with each person shown.
        leave
            Closes what is open in it; returns whether something was.
        """
        self.overview.add_card(card)
        self._column.insertWidget(1, head)
        self._followers.append(show)
        self._leavers.append(leave)
        if self.patient is not None:
            show(self.patient)

    def show_tab(self, number: object) -> None:
        """Show a part of the page."""
        if isinstance(number, int) and self._segments is not None:
            self._tabs.setCurrentIndex(number)
            self._segments.show_value(number)

    def show_person(self, patient_id: str) -> None:
        """Show a person from the overview."""
        self.show_tab(0)
        self._patient_id = patient_id
        self.reload()
        self.visit_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def reload(self) -> None:
        """Ask again for the person shown."""
        patient_id, day = self._patient_id, today()
        if patient_id:
            self._asking.ask(
                lambda register: person_now(register, patient_id, day),
                self._show,
                topic="person",
                refused=lambda _: self._gone(),
            )

    def escape(self) -> None:
        """Close the form that is open, or go back to the list."""
        cards = (self.injections, self.scales, self.placements)
        inside = [card for card in cards if card.form.isVisible()]
        if inside:
            inside[0].leave_form()
        elif not any(leave() for leave in self._leavers):
            self.back_asked.emit()

    def _show(self, now: PersonNow) -> None:
        self.patient = now.patient
        for button in (self.edit_button, self.visit_button):
            button.setEnabled(True)
        self.overview.show_person(now)
        self.injections.show_entries(now.patient.id, now.injections)
        self.scales.show_entries(now.patient.id, now.scores)
        self.placements.show_entries(now.patient.id, now.placements)
        for show in self._followers:
            show(now.patient)
        self.shown.emit(now.patient)

    def _gone(self) -> None:
        self.patient, self._patient_id = None, ""
        self.shown.emit(None)

    def _enter(self, card: InjectionsCard | ScalesCard) -> None:
        self.show_tab(1)
        card.begin(None)
