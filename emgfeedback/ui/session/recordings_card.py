"""The recordings of a session: where they are, what they hold, and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from emgfeedback.ui import theme, words
from emgfeedback.ui.session import session_words
from emgfeedback.ui.session.loading import RecordingPlace
from emgfeedback.ui.session.parts import Section, words_label
from emgfeedback.ui.widgets.keyed_button import KeyedButton


class RecordingRow(QFrame):
    """One recording with its buttons."""

    def __init__(self, place: RecordingPlace) -> None:
        super().__init__()
        self.place = place
        name = place.row.path.rsplit("/", maxsplit=1)[-1]
        self.setProperty("kind", "note")
        self.setAccessibleName(name)
        self.review_button = KeyedButton(self.tr("Review"), "review")
        self.export_button = KeyedButton(self.tr("Export"), "export")
        for button, said in (
            (self.review_button, self.tr("Review %1")),
            (self.export_button, self.tr("Export %1")),
        ):
            button.setAccessibleName(said.replace("%1", name))
            button.setEnabled(place.path is not None)
        said_of = QVBoxLayout()
        said_of.setSpacing(2)
        said_of.addWidget(words_label(name, "body_strong"))
        self.facts = words_label(self._facts(), "second", "second")
        said_of.addWidget(self.facts)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 12, 10)
        row.setSpacing(12)
        row.addLayout(said_of, 1)
        row.addWidget(self.review_button)
        row.addWidget(self.export_button)

    def _facts(self) -> str:
        row = self.place.row
        if self.place.path is None:
            gone = self.tr("The file is missing on disk. Put it back, or restore a backup.")
            return self.place.why_missing or gone
        parts = []
        if row.fs_hz:
            parts.append(session_words.seconds(row.n_samples / row.fs_hz))
            parts.append(f"{words.number(row.fs_hz, 0)} Hz")
        n_channels = self.tr("%1 channels").replace("%1", words.whole(len(row.labels)))
        lost = self.tr("%1 samples lost").replace("%1", words.whole(row.lost))
        parts += [n_channels, lost if row.lost else self.tr("nothing lost")]
        parts.append(f"{QLocale().toString(row.size_bytes / 1e6, 'f', 1)} MB")
        return " · ".join(parts)


class RecordingsCard(Section):
    """All recordings of a session.

    Signals
    -------
    review_asked, export_asked
        The `RecordingPlace`.
    """

    review_asked = Signal(object)
    export_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__(self.tr("Recordings"))
        self.rows: list[RecordingRow] = []
        self._none = words_label(self.tr("This session was not recorded."), "body", "second")
        self.add(self._none)

    def show_places(self, places: Sequence[RecordingPlace]) -> None:
        """Show recordings."""
        for row in self.rows:
            row.setParent(None)
            row.deleteLater()
        self.rows = [RecordingRow(place) for place in places]
        for row in self.rows:
            place = row.place
            row.review_button.clicked.connect(
                lambda _=False, place=place: self.review_asked.emit(place)
            )
            row.export_button.clicked.connect(
                lambda _=False, place=place: self.export_asked.emit(place)
            )
            self.add(row)
        self._none.setVisible(not places)


class Header(QWidget):
    """Title, facts and what can be done with the session as a whole."""

    def __init__(self) -> None:
        super().__init__()
        self.back_button = KeyedButton(self.tr("Back"), "undo", "Esc")
        self.back_button.setProperty("kind", "flat")
        self.title = words_label(role="page_title")
        self.facts = words_label(role="second", tone="second")
        self.report_button = KeyedButton(self.tr("Report"), "report")
        self.report_button.setProperty("kind", "primary")
        self.report_button.setMinimumHeight(theme.PRIMARY_PX)
        self.report_button.setAccessibleDescription(self.tr("As PDF or as HTML"))
        self.assess_button = KeyedButton(self.tr("Assessment"), "assess")
        self.give_button = KeyedButton(self.tr("Give to …"), "patients")
        self.remove_button = KeyedButton(self.tr("Remove"))
        self.give_button.setAccessibleName(self.tr("Give the session to a person"))
        self.remove_button.setAccessibleName(self.tr("Remove the session"))
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(self.title)
        said.addWidget(self.facts)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.back_button)
        row.addLayout(said, 1)
        for button in (
            self.assess_button,
            self.give_button,
            self.remove_button,
            self.report_button,
        ):
            row.addWidget(button)
