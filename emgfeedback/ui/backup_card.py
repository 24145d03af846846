"""Settings: copies of everything, by schedule and now; a look whether all is as it was kept."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QDate, QLocale, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QLabel

from emgfeedback.people.desk import Answer, Desk, DeskState
from emgfeedback.people.folder import DataFolder
from emgfeedback.ui import theme
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.look_file import BACKUP_DAYS
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.settings_rows import Card, Segments, row_of
from emgfeedback.ui.widgets.banner import Banner
from emgfeedback.ui.widgets.keyed_button import KeyedButton

if TYPE_CHECKING:
    from emgfeedback.people.backup import BackupReport
    from emgfeedback.people.register import Register
    from emgfeedback.people.verify import VerifyReport

T = TypeVar("T")
_LOOK_AGAIN_MS = 10 * 60 * 1000


class BackupCard(Card):
    """Makes scheduled copies while the app runs, and one where the user wants it.

    Parameters
    ----------
    desk, folder
        The register and its data folder.
    every_days
        Days between scheduled copies; 0: none.

    Signals
    -------
    days_chosen
        Days between scheduled copies from now on.
    """

    days_chosen = Signal(int)

    def __init__(self, desk: Desk, folder: DataFolder, every_days: int) -> None:
        super().__init__(self.tr("Backup"))
        self._desk = desk
        self._folder = folder
        self._every_days = every_days
        self._asking = Asking(desk, self)
        self.banner = Banner()
        self.add_wide(self.banner)
        self._add_rows(every_days)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.copy_if_due)
        self._timer.start(_LOOK_AGAIN_MS)

    def _add_rows(self, every_days: int) -> None:
        self.days = Segments(
            self.tr("Copy by itself"),
            tuple(
                zip(
                    BACKUP_DAYS,
                    (
                        self.tr("Never"),
                        self.tr("Daily"),
                        self.tr("Weekly"),
                        self.tr("Monthly"),
                    ),
                    strict=True,
                )
            ),
        )
        self.days.show_value(every_days)
        self.days.picked.connect(self._choose_days)
        self.add(
            self.tr("Copy by itself"),
            self.tr("While the app is open; the newest four are kept, each read back first."),
            self.days,
        )
        self.last = QLabel()
        self.last.setWordWrap(True)
        self.last.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        theme.set_role(self.last, "body")
        self.add_wide(self.last)
        self.now_button = KeyedButton(self.tr("Back up now…"), "export")
        self.now_button.clicked.connect(self._choose_file)
        self.check_button = KeyedButton(self.tr("Check everything"), "quality-good")
        self.check_button.clicked.connect(self._check)
        self.add_wide(row_of(self.now_button, self.check_button))
        restore = QLabel(
            self.tr(
                "A copy on the same disk is lost with the disk: keep one elsewhere. To restore, "
                "close the app and run `main.py data restore FILE --data-dir FOLDER` with a new "
                "folder; nothing is overwritten. Encrypted records stay encrypted in a copy and "
                "open with the passphrase of that day."
            )
        )
        restore.setWordWrap(True)
        restore.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        theme.set_role(restore, "second")
        restore.setProperty("tone", "second")
        self.add_wide(restore)

    def showEvent(self, event: QShowEvent) -> None:
        """Tell which copies there are."""
        super().showEvent(event)
        self._show_last()

    def copy_if_due(self) -> None:
        """Make the scheduled copy if it is time and the register is open."""
        desk = self._desk
        if not self._every_days or desk.state is not DeskState.OPEN or desk.patient_id:
            return
        folder, every_days = self._folder, self._every_days

        def work(register: Register) -> BackupReport | None:
            from emgfeedback.people.backup import due_backup  # noqa: PLC0415 - slow to load

            today = dt.datetime.now().astimezone().date()
            return due_backup(register.database, folder, today, every_days=every_days)

        self._asking.wait_for(
            self._aside(work), lambda _: self._show_last(), topic="due", refused=self._refused
        )

    def back_up(self, out: Path) -> None:
        """Copy everything into the new file `out`."""
        folder = self._folder

        def work(register: Register) -> BackupReport:
            from emgfeedback.people.backup import backup  # noqa: PLC0415 - slow to load

            return backup(register.database, folder, out)

        self._wait(self._aside(work), self.tr("Copying everything"), self._made)

    def _aside(self, work: Callable[[Register], T]) -> Answer[T]:
        """Do what may take minutes in a thread of its own, so that the register stays at hand."""
        answer: Answer[T] = Answer()

        def begin(register: Register) -> None:
            threading.Thread(
                target=answer.settle,
                args=(lambda: work(register),),
                name="records-aside",
                daemon=True,
            ).start()

        self._asking.ask(begin, lambda _: None, refused=self._refused)
        return answer

    def _wait(self, answer: Answer[T], what: str, then: Callable[[T], object]) -> None:
        self._say("info", what, self.tr("Please leave the program open."))
        self._asking.wait_for(answer, then, topic="wanted", refused=self._refused)

    def _choose_file(self) -> None:
        day = dt.datetime.now().astimezone().date().isoformat()
        name = f"emgfeedback-backup-{day}.zip"
        out, _ = QFileDialog.getSaveFileName(
            self, self.tr("Back up now"), str(Path.home() / name), self.tr("Backups (*.zip)")
        )
        if out:
            self.back_up(Path(out))

    def _made(self, report: BackupReport) -> None:
        size = QLocale().formattedDataSize(report.total_bytes)
        said = self.tr("%1 files, %2, in %3.").replace("%1", str(report.files))
        said = said.replace("%2", size).replace("%3", str(report.path))
        if report.left_out:
            left = self.tr("Still being recorded and left out: %1.")
            said = f"{said} {left.replace('%1', ', '.join(report.left_out))}"
        self._say("info", self.tr("Copied, and read back"), said)

    def _check(self) -> None:
        folder, desk = self._folder, self._desk

        def work(register: Register) -> VerifyReport:
            from emgfeedback.people.verify import verify  # noqa: PLC0415 - slow to load

            return verify(register, folder, desk.files)

        self._wait(self._aside(work), self.tr("Reading every row and every file"), self._checked)

    def _checked(self, report: VerifyReport) -> None:
        if report.problems:
            n = len(report.problems)
            title = self.tr("Problems found: %1").replace("%1", str(n))
            self._say("bad", title, " ".join(report.problems[:3]))
            return
        said = self.tr("%1 rows and %2 files.").replace("%1", str(report.rows))
        said = said.replace("%2", str(report.files))
        self._say("info", self.tr("Everything is as it was kept"), said)

    def _choose_days(self, days: int) -> None:
        self._every_days = days
        self.days_chosen.emit(days)
        self.copy_if_due()

    def _show_last(self) -> None:
        from emgfeedback.people.backup import scheduled  # noqa: PLC0415 - slow to load

        copies = scheduled(self._folder)
        where = str(self._folder.backups)
        if copies:
            made = copies[-1][0]
            date = QDate(made.year, made.month, made.day)
            day = QLocale().toString(date, QLocale.FormatType.ShortFormat)
            said = self.tr("Last copy: %1, in %2").replace("%1", day).replace("%2", where)
        else:
            said = self.tr("No copy yet. They will be in %1").replace("%1", where)
        self.last.setText(said)

    def _refused(self, reason: str) -> None:
        self._say("bad", self.tr("That did not work"), reason)

    def _say(self, kind: str, title: str, remedy: str) -> None:
        self.banner.show_notice(Notice(kind, title, remedy))
