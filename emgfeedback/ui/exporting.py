"""A recording for others, from any page: the format, what it may tell, and the writing of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QWidget,
)

from emgfeedback.core.files import Files
from emgfeedback.people.desk import Desk, DeskState
from emgfeedback.people.folder import DataFolder, content_name
from emgfeedback.people.values import RecordingFile
from emgfeedback.ui import theme
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.saving import Saving
from emgfeedback.ui.widgets.ask_dialog import AskDialog
from emgfeedback.ui.widgets.keyed_button import KeyedButton

if TYPE_CHECKING:
    from emgfeedback.exchange.sharing import Sharing
    from emgfeedback.people.register import Register

BIDS = "bids"


@dataclass(frozen=True, slots=True)
class ExportWish:
    """Where a copy goes and what it may tell.

    Attributes
    ----------
    name
        A format of `exchange.formats`; empty: by the suffix of `out`.
    """

    out: Path
    name: str = ""
    with_notes: bool = False


def format_choices() -> tuple[tuple[str, str, str], ...]:
    """Return each format: its name, its words, and the pattern of its files."""
    return (
        ("edf", QCoreApplication.translate("Export", "EDF+, for other programs"), "*.edf"),
        ("bdf", QCoreApplication.translate("Export", "BDF+, every count unchanged"), "*.bdf"),
        ("csv", QCoreApplication.translate("Export", "Table (CSV)"), "*.csv"),
        ("mat", QCoreApplication.translate("Export", "MATLAB"), "*.mat"),
        ("dcm", QCoreApplication.translate("Export", "DICOM waveform"), "*.dcm"),
        (BIDS, QCoreApplication.translate("Export", "BIDS folder, for a study"), ""),
    )


class ExportDialog(AskDialog):
    """Asks for the format and whether people's notes go along."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.name(self.tr("Export"))
        self.format = QComboBox()
        self.format.setAccessibleName(self.tr("Format"))
        for name, said, _ in format_choices():
            self.format.addItem(said, name)
        self.notes = QCheckBox(self.tr("With people's notes"))
        self.notes.setAccessibleDescription(
            self.tr("Markers and notes may hold names. Without them only their moments stay.")
        )
        label = QLabel(self.tr("Format"))
        label.setBuddy(self.format)
        self.line.setText(
            self.tr(
                "A pseudonym stands for the person, and a text that holds a part of the name is "
                "left out. Notes of people go along only if you tick it: they may hold other names."
            )
        )
        self.line.setMinimumWidth(theme.px(420))
        for part in (label, self.format, self.notes):
            theme.set_role(part, "body")
        self.save_button = KeyedButton(self.tr("Save as …"), "export")
        parts = (label, self.format, self.notes, self.line)
        self.fill(self.tr("Export"), parts, self.save_button)

    def ask(self, start: Path) -> ExportWish | None:
        """Return what the user wants, or None; `start` is a path without suffix to begin with."""
        if self.exec() != QDialog.DialogCode.Accepted:
            return None
        name, said, pattern = format_choices()[self.format.currentIndex()]
        wanted = str(start.with_name(f"{start.name}{pattern.removeprefix('*') or '-bids'}"))
        kinds = f"{said} ({pattern})" if pattern else said
        told, _ = QFileDialog.getSaveFileName(self.parentWidget(), said, wanted, kinds)
        if not told:
            return None
        out = Path(told)
        if pattern and not out.suffix:
            out = out.with_suffix(pattern.removeprefix("*"))
        return ExportWish(out, name, self.notes.isChecked())


class Exporting(QObject):
    """One export at a time, off the screen's thread, noted in the audit.

    Signals
    -------
    saved
        The path that was written.
    refused
        Why it was not, in words.
    """

    saved = Signal(object)
    refused = Signal(str)

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        self._saving = Saving(self)
        self._saving.saved.connect(self._end)
        self._saving.refused.connect(self.refused)
        self._noted: Callable[[], object] | None = None

    @property
    def busy(self) -> bool:
        """Whether one is running."""
        return self._saving.busy

    def start(
        self,
        path: Path,
        files: Files,
        wish: ExportWish,
        desk: Desk | None = None,
        row: RecordingFile | None = None,
    ) -> None:
        """Write the recording `path` as `wish` says.

        Parameters
        ----------
        desk
            Of the register that may know whose it is; None, or one that cannot be opened: there
            is none to ask.
        row
            How the register knows it; None: it is asked for by its path.
        """
        if self.busy:
            return
        self._noted = None
        if desk is None or desk.state is DeskState.FAILED:
            from emgfeedback.exchange.sharing import Sharing  # noqa: PLC0415 - only to export

            sharing = Sharing(with_notes=wish.with_notes)
            self._saving.start(partial(_write, path, files, wish, sharing))
            return
        asking = Asking(desk, self)

        def prepare(found: tuple[Sharing, RecordingFile | None]) -> Callable[[], Path]:
            sharing, known = found
            if known is not None:
                self._noted = lambda: asking.ask(
                    lambda register: _note(register, known, wish), lambda _none: None
                )
            return partial(_write, path, files, wish, sharing)

        self._saving.ask_and_start(
            asking,
            lambda register: _sharing_of(register, path, row, with_notes=wish.with_notes),
            prepare,
        )

    def _end(self, out: Path) -> None:
        if self._noted is not None:
            self._noted()
        self.saved.emit(out)


def _write(path: Path, files: Files, wish: ExportWish, sharing: Sharing) -> Path:
    from emgfeedback.exchange.formats import export_as  # noqa: PLC0415 - only to export
    from emgfeedback.records.reader import open_recording  # noqa: PLC0415 - as above

    with open_recording(path, files) as recording:
        export_as(recording, wish.out, sharing, name=wish.name)
    return wish.out


def _sharing_of(
    register: Register, path: Path, row: RecordingFile | None, *, with_notes: bool
) -> tuple[Sharing, RecordingFile | None]:
    """Return what may be told of a recording's person, and how the register knows the file."""
    from emgfeedback.exchange.session_export import Exporter  # noqa: PLC0415 - only to export
    from emgfeedback.exchange.sharing import Sharing  # noqa: PLC0415 - as above

    folder = DataFolder(register.database.data_dir)
    if row is None and path.resolve().is_relative_to(folder.root.resolve()):
        name = content_name(folder.name_of(path))
        rows = register.all_of(RecordingFile)
        row = next((r for r in rows if content_name(r.path) == name), None)
    if row is None:
        return Sharing(with_notes=with_notes), None
    return Exporter(register, folder).sharing(row.patient_id, with_notes=with_notes), row


def _note(register: Register, row: RecordingFile, wish: ExportWish) -> None:
    told = {"as": wish.name or wish.out.suffix.removeprefix("."), "recording": row.id}
    register.note("export", row.patient_id, told)
