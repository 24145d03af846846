"""Locking, handing over and copies, wired to the window they are about."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from emgfeedback.people.desk import Desk, DeskState
from emgfeedback.people.folder import DataFolder
from emgfeedback.ui.backup_card import BackupCard
from emgfeedback.ui.lock_guard import LockGuard
from emgfeedback.ui.look_file import ChoiceFile
from emgfeedback.ui.privacy_card import PrivacyCard
from emgfeedback.ui.session_port import SessionPort
from emgfeedback.ui.settings_page import SettingsPage

_LOOK_MS = 500


class PrivacyRoom(QObject):
    """What the window needs of privacy, in one place.

    Parameters
    ----------
    desk, folder
        The register and its data folder.
    session
        What runs.
    window
        What is covered while the records are locked.
    settings
        Gets the cards.
    file
        Keeps the choices.

    Signals
    -------
    unlocked
        The records were unlocked.
    handed_over
        To whom: a patient's id, or empty for the clinician again.
    """

    unlocked = Signal()
    handed_over = Signal(str)

    def __init__(
        self,
        desk: Desk,
        folder: DataFolder,
        session: SessionPort,
        window: QWidget,
        settings: SettingsPage,
        file: ChoiceFile,
    ) -> None:
        super().__init__(window)
        self._desk = desk
        self._file = file
        self._patient_id = ""
        chosen = file.choices.records
        self.guard = LockGuard(window, desk, folder.keys, session.snapshot, chosen.lock_minutes)
        self.card = PrivacyCard(desk, folder, chosen.lock_minutes)
        self.copies = BackupCard(desk, folder, chosen.backup_days)
        for card in (self.card, self.copies):
            settings.add_card(card)
        self.guard.unlocked.connect(self.unlocked)
        self.guard.unlocked.connect(self.card.show_state)
        self.card.lock_asked.connect(self.guard.lock)
        self.card.lock_minutes_chosen.connect(self._choose_minutes)
        self.copies.days_chosen.connect(self._choose_days)
        self._opened = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(_LOOK_MS)

    def stop(self) -> None:
        """Look no more; the window goes."""
        self._timer.stop()
        self.guard.stop()

    def _look(self) -> None:
        if self._desk.patient_id != self._patient_id and not self.guard.covering:
            self._patient_id = self._desk.patient_id
            self.handed_over.emit(self._patient_id)
            if self._patient_id:
                self.guard.say(
                    self.tr("Handed over: only what is this patient's own is shown"),
                    self.tr("Ctrl+L locks; the passphrase gives it back to you."),
                )
        if not self._opened and self._desk.state is DeskState.OPEN:
            self._opened = True
            self.card.show_state()
            self.copies.copy_if_due()

    def _choose_minutes(self, minutes: int) -> None:
        self._file.keep(replace(self._file.choices.records, lock_minutes=minutes))
        self.guard.lock_after(minutes)

    def _choose_days(self, days: int) -> None:
        self._file.keep(replace(self._file.choices.records, backup_days=days))
