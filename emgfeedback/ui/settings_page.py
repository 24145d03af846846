"""Settings: colours, text size, where recordings go."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from emgfeedback.ui import theme
from emgfeedback.ui.look_file import LookChoice
from emgfeedback.ui.theme import Scheme
from emgfeedback.ui.widgets.keyed_button import KeyedButton

_WIDEST_PX = 900


class Segments(QWidget):
    """A row of buttons of which one is chosen.

    Signals
    -------
    picked
        The value of the chosen button.
    """

    picked = Signal(object)

    def __init__(self, name: str, choices: tuple[tuple[object, str], ...]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._values = [value for value, _ in choices]
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._pick)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for number, (_, text) in enumerate(choices):
            button = QPushButton(text)
            button.setCheckable(True)
            button.setAccessibleName(f"{name}: {text}")
            button.setProperty("kind", "segment")
            ends = {0: "first", len(choices) - 1: "last"}
            button.setProperty("place", ends.get(number, "middle"))
            theme.set_role(button, "body")
            self._group.addButton(button, number)
            row.addWidget(button)
        row.addStretch(1)

    def show_value(self, value: object) -> None:
        """Mark `value` as chosen."""
        self._group.button(self._values.index(value)).setChecked(True)

    def _pick(self, number: int) -> None:
        self.picked.emit(self._values[number])


class SettingsPage(QWidget):
    """What the user may set.

    Signals
    -------
    look_chosen
        A `LookChoice`.
    """

    look_chosen = Signal(object)

    def __init__(self, choice: LookChoice, recordings_folder: Path) -> None:
        super().__init__()
        self._choice = choice
        self._folder = recordings_folder
        self.scheme = Segments(
            self.tr("Colours"),
            (
                (Scheme.SYSTEM, self.tr("As the system")),
                (Scheme.LIGHT, self.tr("Light")),
                (Scheme.DARK, self.tr("Dark")),
            ),
        )
        self.scheme.show_value(choice.scheme)
        self.scheme.picked.connect(self._pick_scheme)
        self.text_size = Segments(
            self.tr("Text size"), tuple((pct, f"{pct} %") for pct in theme.TEXT_PCTS)
        )
        self.text_size.show_value(choice.text_pct)
        self.text_size.picked.connect(self._pick_text)
        inner = QWidget()
        inner.setMaximumWidth(_WIDEST_PX)
        inner.setAccessibleName(self.tr("Settings"))
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(inner, 1)
        outer.addStretch(0)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(
            self._card(
                self.tr("Look"),
                (
                    (self.tr("Colours"), self.scheme),
                    (self.tr("Text size"), self.text_size),
                ),
            )
        )
        column.addWidget(self._card(self.tr("Recordings"), (("", self._make_folder()),)))
        column.addStretch(1)

    def _card(self, title: str, rows: tuple[tuple[str, QWidget], ...]) -> QFrame:
        card = QFrame()
        card.setProperty("kind", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(18, 14, 18, 18)
        column.setSpacing(8)
        head = QLabel(title)
        theme.set_role(head, "card_title")
        column.addWidget(head)
        for name, widget in rows:
            if name:
                label = QLabel(name)
                label.setProperty("tone", "second")
                theme.set_role(label, "second")
                column.addWidget(label)
            column.addWidget(widget)
        return card

    def _make_folder(self) -> QWidget:
        box = QWidget()
        box.setAccessibleName(self.tr("Recordings"))
        path = QLabel(str(self._folder))
        path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        path.setWordWrap(True)
        theme.set_role(path, "body")
        button = KeyedButton(self.tr("Open folder"), "export")
        button.clicked.connect(self._open_folder)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(path, 1)
        row.addWidget(button)
        return box

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))

    def _pick_scheme(self, scheme: Scheme) -> None:
        self._choose(LookChoice(scheme, self._choice.text_pct))

    def _pick_text(self, text_pct: int) -> None:
        self._choose(LookChoice(self._choice.scheme, text_pct))

    def _choose(self, choice: LookChoice) -> None:
        self._choice = choice
        self.look_chosen.emit(choice)
