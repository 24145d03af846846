"""The recordings before injections there are, or how to begin with one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from emgfeedback.people.values import Patient
from emgfeedback.ui import icons, theme
from emgfeedback.ui.person import person_words
from emgfeedback.ui.person.table import Column, Row, Table
from emgfeedback.ui.session.parts import words_label
from emgfeedback.ui.widgets.keyed_button import KeyedButton

if TYPE_CHECKING:
    from emgfeedback.ui.assess.loading import Listed

_PICTURE_PX = 56


class RecordingsList(QWidget):
    """A card with one sentence, one button, and what was recorded before.

    Signals
    -------
    opened
        The id of a session.
    record_asked
        To begin with a recording.
    people_asked
        To choose whose visit it is.
    """

    opened = Signal(str)
    record_asked = Signal()
    people_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.title, self.sentence = words_label("", "page_title"), words_label("", "body", "second")
        self.record_button = KeyedButton(self.tr("Record now"), "record")
        self.record_button.setProperty("kind", "primary")
        self.people_button = KeyedButton(self.tr("Choose a person"), "patients")
        for button in (self.record_button, self.people_button):
            button.setMinimumHeight(theme.PRIMARY_PX)
        self.record_button.clicked.connect(self.record_asked)
        self.people_button.clicked.connect(self.people_asked)
        self.heading = words_label("", "card_title")
        self.table = Table(
            self.tr("Recordings before injections"),
            (
                Column(self.tr("Date"), "body_strong"),
                Column(self.tr("Length")),
                Column(self.tr("Signed off"), stretch=True),
                Column(self.tr("Note"), stretch=True, optional=True),
            ),
            icon_column=2,
            whole=True,
        )
        self.table.opened.connect(lambda key: self.opened.emit(str(key)))
        self._build()
        self.show_list(None, ())

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addWidget(self.record_button)
        buttons.addWidget(self.people_button)
        buttons.addStretch(1)
        said = QVBoxLayout()
        said.setSpacing(8)
        said.addWidget(self.title)
        said.addWidget(self.sentence)
        said.addSpacing(6)
        said.addLayout(buttons)
        card = QFrame()
        card.setProperty("kind", "card")
        row = QHBoxLayout(card)
        row.setContentsMargins(28, 24, 28, 24)
        row.setSpacing(24)
        row.addWidget(self._picture)
        row.addLayout(said, 1)
        self.listed = QFrame()
        self.listed.setProperty("kind", "card")
        inside = QVBoxLayout(self.listed)
        inside.setContentsMargins(18, 12, 18, 12)
        inside.addWidget(self.heading)
        inside.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(card)
        column.addWidget(self.listed)
        column.addStretch(1)

    def show_list(self, patient: Patient | None, found: Sequence[Listed]) -> None:
        """Show the recordings of the visit's person; without a visit, those of nobody."""
        if patient is None:
            self.title.setText(self.tr("The recording before injections"))
        else:
            title = self.tr("The recording before injections of %1")
            self.title.setText(title.replace("%1", patient.pseudonym))
        begin = self.tr(
            "Eight to ten minutes: rest, the head let go, movements both ways, a trick, counting. "
            "Then a table of what each muscle did in each task, to read beside your examination. "
            "It informs; it selects no muscle and no dose."
        )
        first = self.tr("Choose whose visit it is first: then it is kept with the person.")
        self.sentence.setText(begin if patient is not None else f"{begin} {first}")
        self.people_button.setVisible(patient is None)
        heading = self.tr("Recorded before") if patient is not None else self.tr("Nobody's yet")
        self.heading.setText(heading)
        self.table.show_rows([self._row(one) for one in found])
        self.listed.setVisible(bool(found))
        self._draw_picture()

    def _row(self, one: Listed) -> Row:
        on = person_words.day(person_words.local(one.line.started_utc).date())
        signed = self.tr("not signed off")
        if one.signed is not None:
            said = self.tr("%1, %2").replace("%1", one.signed.signed_by)
            day = person_words.local(one.signed.signed_at).date()
            signed = said.replace("%2", person_words.day(day))
        icon = "quality-good" if one.signed is not None else ""
        length = person_words.minutes(one.line.duration_s)
        return Row(one.line.id, (on, length, signed, one.line.note), icon)

    def _draw_picture(self) -> None:
        size, ratio = theme.px(_PICTURE_PX), self.devicePixelRatioF()
        self._picture.setPixmap(icons.pixmap("assess", theme.tokens().accent, size, ratio))

    def changeEvent(self, event: QEvent) -> None:
        """Recolour the picture."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "listed"):
            self._draw_picture()
