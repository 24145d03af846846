"""The note of a session, changed where it stands; and what was noted while it ran."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from emgfeedback.people.values import Session
from emgfeedback.ui import theme, words
from emgfeedback.ui.session.parts import Section, WordTable
from emgfeedback.ui.widgets.keyed_button import KeyedButton

_LINES = 4


class NoteCard(Section):
    """A field that is kept by its button or Ctrl+Enter.

    Signals
    -------
    keep_asked
        The new note.
    """

    keep_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__(self.tr("Notes"))
        self._kept = ""
        self.field = QPlainTextEdit()
        self.field.setAccessibleName(self.tr("Note on this session"))
        self.field.setPlaceholderText(self.tr("What the numbers do not say"))
        self.field.setTabChangesFocus(True)
        self.field.document().setDocumentMargin(8)
        theme.set_role(self.field, "body")
        self.keep_button = KeyedButton(self.tr("Keep the note"), "note", self.tr("Ctrl+Enter"))
        self.keep_button.clicked.connect(self._keep)
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(key), self.field)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(self._keep)
        self.leave_button = KeyedButton(self.tr("Leave as it was"))
        self.leave_button.setProperty("kind", "flat")
        self.leave_button.clicked.connect(lambda: self.field.setPlainText(self._kept))
        self.field.textChanged.connect(self._show_changed)
        self._buttons = QWidget()
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.keep_button)
        row.addWidget(self.leave_button)
        row.addStretch(1)
        self.during = WordTable(
            self.tr("Noted during the session"),
            (self.tr("At"), self.tr("Noted during the session")),
            (1, 6),
        )
        for widget in (self.field, self._buttons, self.during):
            self.add(widget)

    @property
    def changed(self) -> bool:
        """Whether something stands here that was not kept."""
        return self.field.toPlainText() != self._kept

    def show_session(self, session: Session, *, may_change: bool) -> None:
        """Show the notes of a session; what was typed and not kept for the same one stays."""
        typed = self.field.toPlainText() if self.changed else None
        self._kept = session.note
        self.field.setPlainText(session.note if typed is None else typed)
        self.field.setReadOnly(not may_change)
        line = self.field.fontMetrics().lineSpacing()
        self.field.setFixedHeight(_LINES * line + 22)
        noted = [
            (words.clock(float(note.get("at_s") or 0)), str(note.get("text") or ""))
            for note in session.summary.get("notes", ())
            if note.get("text")
        ]
        self.during.show_rows(noted)
        self.during.setVisible(bool(noted))
        self._show_changed()

    def forget(self) -> None:
        """Drop what was typed, before another session is shown."""
        self._kept = ""
        self.field.setPlainText("")

    def _show_changed(self) -> None:
        self._buttons.setVisible(self.changed)

    def _keep(self) -> None:
        if self.changed:
            self.keep_asked.emit(self.field.toPlainText())
