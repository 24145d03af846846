"""Fields of forms: a date as it is typed, and labels over what they name."""

from __future__ import annotations

import datetime as dt
import re

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from emgfeedback.core.errors import SettingsError
from emgfeedback.ui import theme
from emgfeedback.ui.person import person_words
from emgfeedback.ui.widgets.banner import Banner
from emgfeedback.ui.widgets.keyed_button import KeyedButton

_EARLIEST = 1900
_SHAPE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def read_date(text: str, name: str) -> dt.date | None:
    """Return the date a text names, as `2019`, `2019-05` or `2019-05-12`; None where empty.

    Raises
    ------
    SettingsError
        It is no date, before 1900 or in the future.
    """
    if not text.strip():
        return None
    found = _SHAPE.fullmatch(text.strip())
    try:
        on = dt.date(*(int(part or 1) for part in found.groups())) if found else None
    except ValueError:
        on = None
    today = dt.datetime.now().astimezone().date()
    if on is None or not on.year >= _EARLIEST or on > today:
        said = QCoreApplication.translate("Fields", "%1: “%2” is no day up to today.")
        raise SettingsError(
            said.replace("%1", name).replace("%2", text.strip()),
            QCoreApplication.translate("Fields", "Write it as 2019, 2019-05 or 2019-05-12."),
        )
    return on


def read_number(text: str, name: str, low: float, high: float) -> float | None:
    """Return the number a text names, with a point or a comma; None where empty.

    Raises
    ------
    SettingsError
        It is no number, or not between `low` and `high`.
    """
    plain = text.strip().replace(",", ".").replace("−", "-")
    if not plain:
        return None
    try:
        value = float(plain)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        said = QCoreApplication.translate("Fields", "%1: “%2” cannot be used.")
        remedy = QCoreApplication.translate("Fields", "Enter a number from %1 to %2.")
        raise SettingsError(
            said.replace("%1", name).replace("%2", text.strip()),
            remedy.replace("%1", f"{low:g}").replace("%2", f"{high:g}"),
        )
    return value


class TextField(QLineEdit):
    """A line of text with its name for a screen reader."""

    def __init__(self, name: str, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setMinimumHeight(theme.TARGET_PX)
        theme.set_role(self, "body")


class DateField(TextField):
    """A line for a date, or for a year where no more is known."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, QCoreApplication.translate("Fields", "2019-05-12"), parent)

    def show_date(self, on: dt.date | None) -> None:
        """Show `on`; None for not known."""
        self.setText(on.isoformat() if on is not None else "")

    def date(self) -> dt.date | None:
        """Return the date typed. Raises SettingsError where it is none."""
        return read_date(self.text(), self.name)


class Form(QWidget):
    """Labelled fields in columns, what is wrong with them, and the buttons that end it."""

    def __init__(self, save: str, columns: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = columns
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(10)
        for column in range(columns):
            self._grid.setColumnStretch(column, 1)
        self._place = 0
        self.first_field: QWidget = self
        self.banner = Banner()
        self.save_button = KeyedButton(save, "quality-good")
        self.save_button.setProperty("kind", "primary")
        self.cancel_button = KeyedButton(QCoreApplication.translate("Fields", "Cancel"))
        self.foot = QHBoxLayout()
        self.foot.setSpacing(12)
        self.foot.addWidget(self.save_button)
        self.foot.addWidget(self.cancel_button)
        self.foot.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addLayout(self._grid)
        whole.addWidget(self.banner)
        whole.addLayout(self.foot)

    def add(self, name: str, field: QWidget, *, span: int = 1) -> None:
        """Add a field under its name, `span` columns wide."""
        if self.first_field is self:
            self.first_field = field
        label = QLabel(name)
        label.setBuddy(field)
        theme.set_role(label, "second_strong")
        label.setProperty("tone", "second")
        if not field.accessibleName():
            field.setAccessibleName(name)
        pair = QVBoxLayout()
        pair.setSpacing(4)
        pair.addWidget(label)
        pair.addWidget(field)
        if self._place % self._columns + span > self._columns:
            self._place += self._columns - self._place % self._columns
        row, column = divmod(self._place, self._columns)
        self._grid.addLayout(pair, row, column, 1, span, Qt.AlignmentFlag.AlignTop)
        self._place += span


def heading(text: str, role: str = "card_title") -> QLabel:
    """Return a title."""
    label = QLabel(text)
    theme.set_role(label, role)
    return label


def quiet(text: str = "", role: str = "second") -> QLabel:
    """Return a line of second rank that wraps."""
    label = QLabel(text)
    theme.set_role(label, role)
    label.setProperty("tone", "second")
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def today() -> dt.date:
    """Return the clinic's day."""
    return person_words.local(dt.datetime.now(dt.UTC)).date()
