"""People and recordings from elsewhere, taken in by a menu or by dropping a file on the list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QEvent, QObject, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import (
    QDateEdit,
    QDialog,
    QFileDialog,
    QMenu,
    QWidget,
)

from emgfeedback.core.errors import EmgFeedbackError
from emgfeedback.core.files import Files
from emgfeedback.people.desk import Desk
from emgfeedback.people.folder import DataFolder
from emgfeedback.ui import theme, words
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.dropped import dropped_file
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.widgets.ask_dialog import AskDialog
from emgfeedback.ui.widgets.keyed_button import KeyedButton

if TYPE_CHECKING:
    from emgfeedback.people.register import Register

ARCHIVE_SUFFIX = ".zip"
RECORDING_SUFFIXES = (".bdf", ".edf", ".csv", ".tsv", ".txt")
_ENTRIES = 200
"""How far back the audit is read for the change just made."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What an import came to: counts, and the number that takes it back."""

    kind: str
    who: str = ""
    count: int = 0
    known: int = 0
    left_out: tuple[str, ...] = ()
    undo: int = 0


class ImportButton(KeyedButton):
    """Import, with a menu of what can be taken in.

    Attributes
    ----------
    patient_id
        Returns whose a recording is that is taken in now; empty: nobody's yet.

    Signals
    -------
    undoable
        A notice, and the number of the change that Undo takes back; 0: none.
    """

    undoable = Signal(object, int)

    def __init__(self, desk: Desk, folder: DataFolder, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Import"), parent=parent)
        self.patient_id: Callable[[], str] = lambda: ""
        self._desk, self._folder = desk, folder
        self._asking = Asking(desk, self)
        self.setAccessibleDescription(
            self.tr("A patient's archive, a table of scales, or a recording")
        )
        self.menu_of_kinds = QMenu(self)
        self.menu_of_kinds.setAccessibleName(self.tr("Import"))
        for said, choose in (
            (self.tr("A patient's archive …"), self.choose_archive),
            (self.tr("A table of scales …"), self.choose_scales),
            (self.tr("A recording …"), self.choose_recording),
        ):
            self.menu_of_kinds.addAction(said).triggered.connect(choose)
        self.clicked.connect(self._open_menu)

    def take_drops_on(self, widget: QWidget) -> None:
        """Take a file that is dropped on `widget`: an archive, a table of scales, a recording."""
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow files over a widget that takes drops."""
        kind = event.type()
        if kind not in (QEvent.Type.DragEnter, QEvent.Type.Drop):
            return super().eventFilter(watched, event)
        assert isinstance(event, QDropEvent)
        path = dropped_file(event)
        if path is None:
            return False
        event.acceptProposedAction()
        if kind == QEvent.Type.Drop:
            self.take(path)
        return True

    def take(self, path: Path) -> None:
        """Take in a file, as what it is."""
        if path.suffix.lower() == ARCHIVE_SUFFIX:
            self.take_archive(path)
        elif path.suffix.lower() in (".csv", ".tsv", ".txt") and _is_scales(path):
            self.take_scales(path)
        else:
            self.take_recording(path)

    def choose_archive(self) -> None:
        """Let the user choose an archive."""
        title = self.tr("A patient's archive")
        self._choose(title, self.tr("Archives (*.zip)"), self.take_archive)

    def choose_scales(self) -> None:
        """Let the user choose a table."""
        title = self.tr("A table of scales")
        self._choose(title, self.tr("Tables (*.csv *.tsv *.txt)"), self.take_scales)

    def choose_recording(self) -> None:
        """Let the user choose a recording."""
        patterns = " ".join(f"*{s} *{s.upper()}" for s in RECORDING_SUFFIXES)
        kinds = self.tr("Recordings (%1)").replace("%1", patterns)
        self._choose(self.tr("A recording"), kinds, self.take_recording)

    def take_archive(self, path: Path) -> None:
        """Take in a patient's archive."""
        folder = self._folder
        self._ask(path, lambda register, files: _take_archive(register, folder, path, files))

    def take_scales(self, path: Path) -> None:
        """Take in a table of scales; where it counts weeks, the date of week 0 is asked for."""
        week_zero = None
        if _counts_weeks(path):
            week_zero = WeekZero(self.window()).ask()
            if week_zero is None:
                return
        self._ask(path, lambda register, _files: _take_scales(register, path, week_zero))

    def take_recording(self, path: Path) -> None:
        """Take in a recording, for the person in sight or for nobody yet."""
        folder, whose = self._folder, self.patient_id()
        self._ask(
            path, lambda register, files: _take_recording(register, folder, path, whose, files)
        )

    def _choose(self, title: str, kinds: str, take: Callable[[Path], object]) -> None:
        everything = self.tr("All files (*)")
        told, _ = QFileDialog.getOpenFileName(
            self.window(), title, str(Path.home()), f"{kinds};;{everything}"
        )
        if told:
            take(Path(told))

    def _ask(self, path: Path, take: Callable[[Register, Files], TakenIn]) -> None:
        try:
            files = self._desk.files
        except EmgFeedbackError as error:
            self._refuse(str(error))
            return
        self.setEnabled(False)
        self.undoable.emit(Notice("info", self.tr("Importing …"), str(path)), 0)
        self._asking.ask(
            lambda register: take(register, files),
            self._tell,
            changes=True,
            refused=self._refuse,
        )

    def _tell(self, taken: TakenIn) -> None:
        self.setEnabled(True)
        said, more = self._words(taken)
        self.undoable.emit(Notice("info", said, more), taken.undo)

    def _words(self, taken: TakenIn) -> tuple[str, str]:
        if taken.kind == "archive":
            said = self.tr("%1 is here now, with %2 entries and files")
            return said.replace("%1", taken.who).replace("%2", words.whole(taken.count)), ""
        if taken.kind == "recording":
            if not taken.who:
                return self.tr("The recording is copied in; it is nobody's yet"), ""
            return self.tr("The recording is copied in, for %1").replace("%1", taken.who), ""
        said = self.tr("%1 totals of scales are imported").replace("%1", words.whole(taken.count))
        more = []
        if taken.known:
            known = self.tr("%1 were here already.")
            more.append(known.replace("%1", words.whole(taken.known)))
        if taken.left_out:
            left = self.tr("Columns left out: %1.")
            more.append(left.replace("%1", ", ".join(taken.left_out)))
        return said, " ".join(more)

    def _refuse(self, why: str) -> None:
        self.setEnabled(True)
        self.undoable.emit(Notice("bad", self.tr("Nothing was imported"), why), 0)

    def _open_menu(self) -> None:
        self.menu_of_kinds.popup(self.mapToGlobal(self.rect().bottomLeft()))


class WeekZero(AskDialog):
    """Asks for the date of week 0 of a table that counts weeks."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.name(self.tr("Week 0"))
        self.line.setText(
            self.tr("The table counts weeks. Its totals get the dates that follow from this one.")
        )
        self.date = QDateEdit(QDate.currentDate())
        self.date.setCalendarPopup(True)
        self.date.setAccessibleName(self.tr("Date of week 0"))
        theme.set_role(self.date, "body")
        self.import_button = KeyedButton(self.tr("Import"))
        self.fill(self.tr("When was week 0?"), (self.line, self.date), self.import_button)

    def ask(self) -> dt.date | None:
        """Return the date, or None."""
        if self.exec() != QDialog.DialogCode.Accepted:
            return None
        day = self.date.date()
        return dt.date(day.year(), day.month(), day.day())


def _take_archive(register: Register, folder: DataFolder, path: Path, files: Files) -> TakenIn:
    from emgfeedback.people.archive import take_in  # noqa: PLC0415 - loads the database

    report = take_in(register, folder, path, files)
    count = report.values + report.files
    return TakenIn("archive", report.patient.pseudonym, count, undo=_last_own(register))


def _take_scales(register: Register, path: Path, week_zero: dt.date | None) -> TakenIn:
    from emgfeedback.exchange.scales_csv import (  # noqa: PLC0415 - loads the database
        import_scales,
        read_scales,
    )

    before = _last_own(register)
    report = import_scales(register, read_scales(path, week_zero))
    undo = _last_own(register)
    undo = undo if undo != before else 0
    return TakenIn("scales", "", report.added, report.known, report.left_out, undo)


def _take_recording(
    register: Register, folder: DataFolder, path: Path, patient_id: str, files: Files
) -> TakenIn:
    from emgfeedback.exchange.take_recording import (  # noqa: PLC0415 - loads the database
        take_recording,
    )
    from emgfeedback.people.values import Patient  # noqa: PLC0415 - as above

    who = register.get(Patient, patient_id).pseudonym if patient_id else ""
    take_recording(register, folder, path, patient_id=patient_id, files=files)
    return TakenIn("recording", who, 1, undo=_last_own(register))


def _last_own(register: Register) -> int:
    """Return the number of the newest change by who asks; 0: none."""
    entries = register.audit(limit=_ENTRIES)
    return next((entry.number for entry in entries if entry.who == register.who), 0)


def _header(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            line = file.readline(4096)
    except OSError:
        return []
    for mark in ("\t", ";", ","):
        if mark in line:
            return [cell.strip().strip('"').casefold() for cell in line.split(mark)]
    return []


def _is_scales(path: Path) -> bool:
    """Whether the first line of a table names a scale."""
    from emgfeedback.measures.scales import SCALES  # noqa: PLC0415 - only to import

    return any(name in SCALES for name in _header(path))


def _counts_weeks(path: Path) -> bool:
    header = _header(path)
    return "week" in header and "date" not in header
