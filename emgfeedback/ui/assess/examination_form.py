"""How the head stands, entered at the visit: postures, the larynx, and what was injected before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPlainTextEdit, QWidget

from emgfeedback.core.errors import SettingsError
from emgfeedback.people.roles import Role
from emgfeedback.people.values import Examination, Injection, PostureFinding, Session
from emgfeedback.training.postures import load_postures
from emgfeedback.ui import theme
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.assess.examination_words import (
    MIDLINE,
    NOT_LOOKED,
    TURNED,
    injected_before,
    larynx_against,
    larynx_line,
)
from emgfeedback.ui.assess.posture_row import PostureRow
from emgfeedback.ui.checkin import keeping
from emgfeedback.ui.checkin.chips import Chips
from emgfeedback.ui.checkin.keeping import KeptPanel
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.person import person_words
from emgfeedback.ui.session.parts import Section, words_label
from emgfeedback.ui.widgets.keyed_button import KeyedButton

if TYPE_CHECKING:
    from emgfeedback.people.register import Register

_NOTE_LINES = 2
_NOT_LOOKED_KEY = "not-looked"


@dataclass(frozen=True, slots=True)
class ExaminationKnown:
    """What the register has: the examination of a session, and the treatments before."""

    kept: Examination | None
    injections: tuple[Injection, ...]
    may_change: bool


def load(register: Register, patient_id: str, session_id: str) -> ExaminationKnown:
    """Return what is known; an examination of no session is that of the day."""
    of_patient = register.all_of(Examination, patient_id)
    kept = next((one for one in of_patient if one.session_id == session_id), None)
    injections = tuple(register.all_of(Injection, patient_id))
    return ExaminationKnown(kept, injections, register.role is Role.CLINICIAN)


class ExaminationForm(KeptPanel):
    """The examination that belongs to a session; kept by its button or Ctrl+Enter.

    Parameters
    ----------
    asking
        Asks the desk.
    patient_id
        Whose head it is; empty until `show_session`.
    session
        The recording it belongs to; its day is the day of the examination.
    """

    def __init__(
        self,
        asking: Asking,
        patient_id: str = "",
        session: Session | None = None,
        *,
        today: Callable[[], dt.date] = dt.date.today,
    ) -> None:
        super().__init__(asking, patient_id, today)
        self.session = session
        self.kept: Examination | None = None
        self._may_change, self._drop_typed = True, False
        self.setAccessibleName(self.tr("How the head stands"))
        self.rows = [PostureRow(posture) for posture in load_postures().values()]
        self.larynx = Chips(
            self.tr("Larynx"),
            [
                (MIDLINE, self.tr("In the middle")),
                (TURNED, self.tr("Turned with the chin")),
                (_NOT_LOOKED_KEY, self.tr("Not looked at")),
            ],
            single=True,
        )
        self.larynx_note = words_label("", "second_strong")
        self.note = QPlainTextEdit()
        self.days, self.injected = words_label("", "body_strong"), words_label("", "second")
        self.keep_button = KeyedButton("", "quality-good")
        self.keep_button.setToolTip(self.tr("Ctrl+Enter"))
        self.leave_button = KeyedButton(self.tr("Leave as it was"))
        self._build()
        self._show(None)
        self.reload()

    def _build(self) -> None:
        card = Section(
            self.tr("How the head stands"),
            self.tr(
                "With the head let go. Choose all that fit; degrees where somebody measured them."
            ),
        )
        card.add(self._injection_box())
        for row in self.rows:
            row.changed.connect(self._edited)
            card.add(row)
        card.add(_name(self.tr("Larynx")))
        card.add(self.larynx)
        card.add(words_label(larynx_line(), "second", "second"))
        card.add(self.larynx_note)
        self.larynx.chosen.connect(self._larynx_chosen)
        card.add(_name(self.tr("Note")))
        self.note.setAccessibleName(self.tr("Note on the examination"))
        self.note.setPlaceholderText(self.tr("Shift, tremor, pain, what eases it"))
        self.note.setTabChangesFocus(True)
        self.note.document().setDocumentMargin(8)
        theme.set_role(self.note, "body")
        self.note.textChanged.connect(self._edited)
        card.add(self.note)
        self.keep_button.setProperty("kind", "primary")
        self.keep_button.clicked.connect(self.keep_examination)
        self.leave_button.setProperty("kind", "flat")
        self.leave_button.clicked.connect(lambda: self._show(self.kept))
        foot = QWidget()
        buttons = QHBoxLayout(foot)
        buttons.setContentsMargins(0, 4, 0, 0)
        buttons.setSpacing(12)
        buttons.addWidget(self.keep_button)
        buttons.addWidget(self.leave_button)
        buttons.addStretch(1)
        card.add(foot)
        self.column.insertWidget(0, card)
        self.column.addStretch(1)
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.keep_examination)
        self._fit_note()

    def _injection_box(self) -> QFrame:
        box = QFrame()
        box.setProperty("kind", "note")
        grid = QGridLayout(box)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.setHorizontalSpacing(16)
        grid.setColumnStretch(1, 1)
        for line, (name, label) in enumerate(
            (
                (self.tr("Since the last injection"), self.days),
                (self.tr("Injected, as entered"), self.injected),
            )
        ):
            titled = _name(name)
            grid.addWidget(titled, line, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label, line, 1)
            label.setAccessibleName(name)
        self._injected_name = titled
        return box

    # What is shown

    @property
    def on(self) -> dt.date:
        """The day of the examination: that of the recording."""
        if self.session is None:
            return self.today()
        return person_words.local(self.session.started_utc).date()

    def show_session(self, patient_id: str, session: Session) -> None:
        """Show the examination of a session; what was typed for another one is dropped."""
        if self.session is None or session.id != self.session.id:
            self.session = session
            self._show(None)
        self.show_patient(patient_id)

    def question(self, register: Register) -> tuple[str, ExaminationKnown]:
        """Return what the register has of the session; runs on the desk's thread."""
        session_id = self.session.id if self.session is not None else ""
        return session_id, load(register, self.patient_id, session_id)

    def show_answer(self, answer: tuple[str, ExaminationKnown]) -> None:
        """Show what is kept, unless something else was typed meanwhile."""
        session_id, known = answer
        if session_id != (self.session.id if self.session is not None else ""):
            return
        typed = self.changed_by_hand and not self._drop_typed
        self.kept, self._drop_typed = known.kept, False
        if not typed:
            self._show(known.kept)
        injected = injected_before(known.injections, self.on)
        self.days.setText(injected.days)
        self.injected.setText(injected.what)
        for label in (self.injected, self._injected_name):
            label.setVisible(bool(injected.what))
        for part in (*self.rows, self.larynx, self.note):
            part.setEnabled(known.may_change)
        self._may_change = known.may_change
        self._edited()

    def forget_typed(self) -> None:
        """Let the next answer of the register stand in place of what was typed."""
        self._drop_typed = True

    def _show(self, kept: Examination | None) -> None:
        self.kept = kept
        found = {one.key: one for one in kept.postures} if kept is not None else {}
        for row in self.rows:
            row.show_finding(found.get(row.posture.key))
        self._show_larynx(kept.larynx if kept is not None else NOT_LOOKED)
        self.note.setPlainText(kept.note if kept is not None else "")
        self._edited()

    # What is entered

    @property
    def larynx_found(self) -> str:
        """What was seen of the larynx, as an `Examination` keeps it."""
        keys = self.larynx.keys
        return keys[0] if keys and keys[0] != _NOT_LOOKED_KEY else NOT_LOOKED

    def _show_larynx(self, found: str) -> None:
        self.larynx.show_keys((found or _NOT_LOOKED_KEY,))

    def _larynx_chosen(self) -> None:
        if not self.larynx.keys:
            self._show_larynx(NOT_LOOKED)
        self._edited()

    def entered(self) -> Examination:
        """Return what was entered.

        Raises
        ------
        SettingsError
            A side is missing, or degrees are no number from 0 to 90.
        """
        postures = tuple(row.finding() for row in self.rows if row.chosen)
        return replace(self._empty(), postures=postures)

    def _empty(self) -> Examination:
        before = self.kept or Examination(
            patient_id=self.patient_id,
            session_id=self.session.id if self.session is not None else "",
            examined_on=self.on,
        )
        note = self.note.toPlainText().strip()
        return replace(before, larynx=self.larynx_found, note=note)

    @property
    def changed_by_hand(self) -> bool:
        """Whether something stands here that was not kept."""
        chosen = [row for row in self.rows if row.chosen]
        kept: tuple[PostureFinding, ...] = self.kept.postures if self.kept is not None else ()
        was = (self.kept.larynx, self.kept.note) if self.kept is not None else (NOT_LOOKED, "")
        now = self._empty()
        if (now.larynx, now.note) != was or len(chosen) != len(kept):
            return True
        try:
            return {row.finding() for row in chosen} != set(kept)
        except SettingsError:
            return True

    def _edited(self) -> None:
        changed = self.changed_by_hand
        said = self.tr("Keep the changes") if self.kept else self.tr("Keep the examination")
        self.keep_button.say(said, "quality-good")
        self.keep_button.setEnabled(changed and self._may_change and bool(self.patient_id))
        self.leave_button.setVisible(changed and self._may_change)
        chosen = [row.posture.key for row in self.rows if row.chosen]
        against = larynx_against(self.larynx_found, chosen)
        self.larynx_note.setText(against)
        self.larynx_note.setVisible(bool(against))

    def keep_examination(self) -> None:
        """Keep what was entered; what is wrong with it is told."""
        if not self.keep_button.isEnabled():
            return
        try:
            value = self.entered()
        except SettingsError as error:
            self.bar.say(Notice("check", self.tr("Not kept yet"), str(error)))
            return
        self.keep_button.setEnabled(False)
        said = self.tr("The examination of %1 is kept.").replace("%1", person_words.day(self.on))
        self.keep_by(lambda register: keeping.keep(register, value), said)

    # Look

    def _fit_note(self) -> None:
        line = self.note.fontMetrics().lineSpacing()
        self.note.setFixedHeight(_NOTE_LINES * line + 22)
        for row in self.rows:
            row.fit()

    def changeEvent(self, event: QEvent) -> None:
        """Fit a new text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "note"):
            self._fit_note()


def _name(text: str) -> QLabel:
    label = QLabel(text)
    theme.set_role(label, "second_strong")
    label.setProperty("tone", "second")
    return label
