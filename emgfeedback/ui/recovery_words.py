"""The recovery key on screen: shown once, to be printed or written down."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QTextDocument
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from emgfeedback.ui import theme
from emgfeedback.ui.settings_rows import paragraph, row_of
from emgfeedback.ui.widgets.keyed_button import KeyedButton


class RecoveryWords(QWidget):
    """The recovery key, shown once: to be printed or written down.

    Signals
    -------
    kept
        It was put away; it is not shown again.
    """

    kept = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        title = QLabel(self.tr("Recovery key: write it down now, it is shown this once"))
        theme.set_role(title, "body_strong")
        said = paragraph(
            self.tr(
                "These nine words open the records when the passphrase is forgotten. Keep them "
                "on paper, away from this computer. If both are lost, the records are lost."
            )
        )
        self.lines = QLabel()
        theme.set_role(self.lines, "value")
        self.lines.setAccessibleName(self.tr("Recovery key"))
        self.print_button = KeyedButton(self.tr("Print…"), "report")
        self.copy_button = KeyedButton(self.tr("Copy"))
        self.done_button = KeyedButton(self.tr("I have put it away"), "quality-good")
        theme.set_kind(self.done_button, "primary")
        self.print_button.clicked.connect(self._print)
        self.copy_button.clicked.connect(self._copy)
        self.done_button.clicked.connect(self._done)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (title, said, self.lines):
            column.addWidget(widget)
        column.addWidget(row_of(self.print_button, self.copy_button, self.done_button))

    def show_words(self, words: str) -> None:
        """Show `words`, three to a line."""
        self.words = words
        cells = [f"<td>{n}&nbsp;{word}&nbsp;&nbsp;</td>" for n, word in enumerate(words.split(), 1)]
        rows = ["".join(cells[first : first + 3]) for first in range(0, len(cells), 3)]
        self.lines.setText(f"<table><tr>{'</tr><tr>'.join(rows)}</tr></table>")
        self.lines.setAccessibleDescription(words)
        self.done_button.setFocus()

    def document(self) -> QTextDocument:
        """Return the page that is printed."""
        page = QTextDocument()
        head = self.tr("Recovery key of the emgfeedback records")
        said = self.tr(
            "It opens the records without the passphrase. Keep this paper where nobody else "
            "finds it."
        )
        page.setHtml(
            f"<h2>{head}</h2><p>{said}</p>"
            f"<p style='font-size: 18pt'>{self.words.replace(' ', '<br>')}</p>"
        )
        return page

    def _print(self) -> None:
        from PySide6.QtPrintSupport import (  # noqa: PLC0415 - only where something is printed
            QPrintDialog,
            QPrinter,
        )

        printer = QPrinter()
        if QPrintDialog(printer, self).exec():
            self.document().print_(printer)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.words)
        self.copy_button.say(self.tr("Copied"), "quality-good")

    def _done(self) -> None:
        self.words = ""
        self.lines.clear()
        self.lines.setAccessibleDescription("")
        self.copy_button.say(self.tr("Copy"), "")
        self.kept.emit()
