"""Settings: who can read the records. Passphrase, recovery key, locking, handing over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from emgfeedback.people.desk import Answer, Desk, DeskState
from emgfeedback.people.folder import DataFolder
from emgfeedback.ui.hand_over import HandOver, people_of
from emgfeedback.ui.look_file import LOCK_MINUTES
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.recovery_words import RecoveryWords
from emgfeedback.ui.secret_form import SecretForm
from emgfeedback.ui.settings_rows import Card, Segments, column_of, paragraph, row_of
from emgfeedback.ui.widgets.banner import Banner
from emgfeedback.ui.widgets.keyed_button import KeyedButton

_LOOK_MS = 100
_LEAST = 8


class PrivacyCard(Card):
    """Sets, changes and removes the passphrase, and tells honestly what that means.

    Parameters
    ----------
    desk, folder
        The register and its data folder.
    lock_minutes
        After how long the records lock now; 0: never.

    Signals
    -------
    lock_minutes_chosen
        After how long they lock from now on.
    lock_asked
        Lock now.
    """

    lock_minutes_chosen = Signal(int)
    lock_asked = Signal()

    def __init__(self, desk: Desk, folder: DataFolder, lock_minutes: int) -> None:
        super().__init__(self.tr("Privacy"))
        self._desk = desk
        self._folder = folder
        self._waiting: list[tuple[Answer[Any], Callable[[Any], object]]] = []
        self._progress: tuple[int, int] | None = None
        self.banner = Banner()
        self.add_wide(self.banner)
        self.plain = self._make_plain()
        self.protected = self._make_protected(lock_minutes)
        self.recovery = RecoveryWords()
        self.recovery.kept.connect(self.show_state)
        for part in (self.plain, self.protected, self.recovery):
            self.add_wide(part)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self.show_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Show how things stand."""
        super().showEvent(event)
        self.show_state()
        if self._desk.state is DeskState.OPEN and not self._desk.patient_id:
            self._await(self._desk.ask(people_of), self.hand_over.list_people)

    @property
    def busy(self) -> bool:
        """Whether something asked here is under way."""
        return bool(self._waiting)

    # What it is made of

    def _make_plain(self) -> QWidget:
        said = paragraph(
            self.tr(
                "The records are not encrypted: whoever gets at this computer's disk, or a copy "
                "of it, can read names, notes and recordings. With a passphrase everything is "
                "encrypted, also what is recorded from then on."
            )
        )
        self.set_form = SecretForm(
            (self.tr("New passphrase"), self.tr("Once more")),
            self.tr("Encrypt the records"),
            lambda typed: self._unfit(*typed),
            self.tr(
                "I know: without passphrase and recovery key nobody can open these records, "
                "the makers of this program included."
            ),
            can_leave=False,
        )
        self.set_form.sent.connect(lambda typed: self._set(typed[0]))
        return column_of(said, self.set_form)

    def _make_protected(self, lock_minutes: int) -> QWidget:
        rows = Card(self.tr("Encrypted with a passphrase"), bare=True)
        self.minutes = Segments(
            self.tr("Lock by itself"),
            tuple((m, self._minutes_words(m)) for m in LOCK_MINUTES),
        )
        self.minutes.show_value(lock_minutes)
        self.minutes.picked.connect(self.lock_minutes_chosen.emit)
        rows.add(
            self.tr("Lock by itself"),
            self.tr("When nobody touches anything. Never during a recording or a training."),
            self.minutes,
        )
        self.lock_button = KeyedButton(self.tr("Lock now"), "lock", "Ctrl+L")
        self.lock_button.clicked.connect(self.lock_asked)
        rows.add(
            self.tr("Lock"), self.tr("Covers everything until the passphrase."), self.lock_button
        )
        self.change_button = KeyedButton(self.tr("Change…"))
        self.remove_button = KeyedButton(self.tr("Remove…"))
        rows.add(
            self.tr("Passphrase"),
            self.tr("Copies made before open with the passphrase they were made under."),
            row_of(self.change_button, self.remove_button),
        )
        self.renew_button = KeyedButton(self.tr("Make a new one…"))
        rows.add(
            self.tr("Recovery key"),
            self.tr("Nine words that open the records too. A new one makes the old one useless."),
            self.renew_button,
        )
        self.hand_over = HandOver()
        self.hand_over.asked.connect(self._hand_over)
        rows.add(
            self.tr("Hand over to a patient"),
            self.tr("They see and add what is their own. Locking takes it back."),
            self.hand_over,
        )
        return column_of(rows, *self._make_forms())

    def _make_forms(self) -> list[QWidget]:
        now = self.tr("Passphrase now, or recovery key")
        self.change_form = SecretForm(
            (now, self.tr("New passphrase"), self.tr("Once more")),
            self.tr("Change the passphrase"),
            lambda typed: self._unfit(*typed[1:]),
        )
        self.remove_form = SecretForm(
            (now,),
            self.tr("Decrypt the records"),
            lambda _typed: "",
            self.tr("I know: whoever gets at the disk can read the records then."),
        )
        self.renew_form = SecretForm((now,), self.tr("Make a new recovery key"), lambda _typed: "")
        self.change_form.sent.connect(lambda typed: self._change(typed[0], typed[1]))
        self.remove_form.sent.connect(lambda typed: self._remove(typed[0]))
        self.renew_form.sent.connect(lambda typed: self._renew(typed[0]))
        self._forms = {
            self.change_button: self.change_form,
            self.remove_button: self.remove_form,
            self.renew_button: self.renew_form,
        }
        for button, form in self._forms.items():
            button.clicked.connect(form.begin)
            form.left.connect(form.hide)
            form.hide()
        self.change_button.clicked.connect(lambda: self._only(self.change_form))
        self.remove_button.clicked.connect(lambda: self._only(self.remove_form))
        self.renew_button.clicked.connect(lambda: self._only(self.renew_form))
        return list(self._forms.values())

    def _minutes_words(self, minutes: int) -> str:
        if not minutes:
            return self.tr("Never")
        return self.tr("%1 min").replace("%1", str(minutes))

    def _only(self, wanted: SecretForm) -> None:
        for form in self._forms.values():
            form.setVisible(form is wanted)

    def _unfit(self, new: str, again: str) -> str:
        if len(new) < _LEAST:
            return self.tr("At least %1 characters; a few words are easy to keep in mind.").replace(
                "%1", str(_LEAST)
            )
        if again and new != again:
            return self.tr("The two are not the same.")
        return ""

    # What it does

    def _set(self, passphrase: str) -> None:
        def work() -> str:
            from emgfeedback.people.protect import set_passphrase  # noqa: PLC0415 - slow to load

            return set_passphrase(self._folder, passphrase, progress=self._note_progress)

        self._begin(self.tr("Encrypting the records"))
        self._await(self._desk.rebuild(work, passphrase), self._show_words)

    def _remove(self, secret: str) -> None:
        def check(_register: object) -> None:
            from emgfeedback.access.keys import KeyRing  # noqa: PLC0415 - slow to load

            KeyRing.unlock(self._folder.keys, secret).lock()

        # A slip of the finger must not cost the open records.
        self._begin(self.tr("Decrypting the records"))
        self._await(self._desk.ask(check), lambda _: self._decrypt(secret))

    def _decrypt(self, secret: str) -> None:
        def work() -> None:
            from emgfeedback.people.protect import (  # noqa: PLC0415 - slow to load
                remove_passphrase,
            )

            remove_passphrase(self._folder, secret, progress=self._note_progress)

        self._await(
            self._desk.rebuild(work, secret),
            lambda _: self._say("info", self.tr("The records are not encrypted any more"), ""),
        )

    def _change(self, secret: str, new: str) -> None:
        def work(_register: object) -> None:
            from emgfeedback.access.keys import KeyRing  # noqa: PLC0415 - slow to load

            ring = KeyRing.unlock(self._folder.keys, secret)
            ring.change_passphrase(secret, new)

        self._begin(self.tr("Changing the passphrase"))
        self._await(
            self._desk.ask(work),
            lambda _: self._say(
                "info",
                self.tr("The passphrase is changed"),
                self.tr("The recovery key stays. Copies made before still need the old one."),
            ),
        )

    def _renew(self, secret: str) -> None:
        def work(_register: object) -> str:
            from emgfeedback.access.keys import KeyRing  # noqa: PLC0415 - slow to load

            return KeyRing.unlock(self._folder.keys, secret).change_recovery_key(secret)

        self._begin(self.tr("Making a new recovery key"))
        self._await(self._desk.ask(work), self._show_words)

    def _hand_over(self, patient_id: str) -> None:
        self._begin(self.tr("Handing over"))
        self._await(
            self._desk.hand_over(patient_id),
            lambda _: self._say(
                "info",
                self.tr("Handed over"),
                self.tr("Ctrl+L locks; the passphrase gives it back to you."),
            ),
        )

    def _show_words(self, words: str) -> None:
        self._say("", "", "")
        self.recovery.show_words(words)
        self.show_state()

    def show_state(self) -> None:
        """Show the part that fits: not encrypted, encrypted, or a recovery key to be kept."""
        has_keys = self._folder.keys.exists()
        showing = bool(self.recovery.words)
        self.recovery.setVisible(showing)
        self.plain.setVisible(not has_keys and not showing)
        self.protected.setVisible(has_keys and not showing)
        opened = self._desk.state is DeskState.OPEN and not self._desk.patient_id
        for part in (self.plain, self.protected):
            part.setEnabled(opened and not self.busy)
        self.lock_button.setEnabled(True)

    # Waiting

    def _note_progress(self, done: int, total: int) -> None:
        self._progress = (done, total)

    def _begin(self, what: str) -> None:
        self._progress = None
        self._what = what
        for form in self._forms.values():
            form.hide()
        self._say("info", what, self.tr("Please leave the program open."))

    def _await(self, answer: Answer[Any], then: Callable[[Any], object]) -> None:
        self._waiting.append((answer, then))
        self._timer.start()
        self.show_state()

    def _look(self) -> None:
        ready = [entry for entry in self._waiting if entry[0].done]
        self._waiting = [entry for entry in self._waiting if not entry[0].done]
        if self._progress is not None and self._waiting:
            done, total = self._progress
            told = self.tr("%1 of %2 files").replace("%1", str(done)).replace("%2", str(total))
            self._say("info", self._what, told)
        if not self._waiting:
            self._timer.stop()
        for answer, then in ready:
            if answer.error:
                refusal = answer.refusal
                what = refusal.what if refusal is not None else answer.error
                self._say("bad", what, refusal.remedy if refusal is not None else "")
            else:
                then(answer.value)
        if ready:
            self.show_state()

    def _say(self, kind: str, title: str, remedy: str) -> None:
        self.banner.show_notice(Notice(kind, title, remedy) if title else None)
