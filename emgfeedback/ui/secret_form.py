"""A few hidden fields, one button: how a passphrase is given, chosen and confirmed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from emgfeedback.ui import theme
from emgfeedback.ui.widgets.keyed_button import KeyedButton

_FIELD_PX = 320


class SecretForm(QWidget):
    """Asks for secrets; keeps none after it was sent or left.

    Parameters
    ----------
    names
        One field each.
    action
        The words of the button.
    refuse
        What is typed, in order -> why it cannot be sent; empty where it can.
    agree
        A sentence to be ticked before; empty for none.

    Signals
    -------
    sent
        What was typed, in order.
    left
        Cancelled.
    """

    sent = Signal(list)
    left = Signal()

    def __init__(
        self,
        names: Sequence[str],
        action: str,
        refuse: Callable[[list[str]], str],
        agree: str = "",
        *,
        can_leave: bool = True,
    ) -> None:
        super().__init__()
        self._refuse = refuse
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(2, 1)
        self.fields = [self._add_field(grid, row, name) for row, name in enumerate(names)]
        row = len(self.fields)
        self.shown = QCheckBox(self.tr("Show what I type"))
        self.shown.toggled.connect(self._show_typed)
        grid.addWidget(self.shown, row, 1)
        self.agreed = QCheckBox(agree)
        self.agreed.setVisible(bool(agree))
        self.agreed.setChecked(not agree)
        self.agreed.toggled.connect(self._check)
        for box in (self.shown, self.agreed):
            theme.set_role(box, "body")
            box.setMinimumHeight(theme.TARGET_PX)
        grid.addWidget(self.agreed, row + 1, 0, 1, 3)
        self.button = KeyedButton(action)
        theme.set_kind(self.button, "primary")
        self.button.clicked.connect(self._send)
        self.leave_button = KeyedButton(self.tr("Cancel"))
        self.leave_button.clicked.connect(self._leave)
        self.leave_button.setVisible(can_leave)
        self.said = QLabel()
        self.said.setWordWrap(True)
        theme.set_role(self.said, "second")
        self.said.setProperty("tone", "second")
        foot = QHBoxLayout()
        foot.setSpacing(12)
        for widget in (self.button, self.leave_button):
            foot.addWidget(widget)
        foot.addWidget(self.said, 1)
        grid.addLayout(foot, row + 2, 0, 1, 3)
        self._check()

    def _add_field(self, grid: QGridLayout, row: int, name: str) -> QLineEdit:
        label, field = QLabel(name), QLineEdit()
        for widget in (label, field):
            theme.set_role(widget, "body")
        field.setAccessibleName(name)
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setMinimumWidth(_FIELD_PX)
        field.textEdited.connect(self._check)
        field.returnPressed.connect(self._send)
        label.setBuddy(field)
        grid.addWidget(label, row, 0)
        grid.addWidget(field, row, 1)
        return field

    def begin(self) -> None:
        """Show it empty, with the keyboard in the first field."""
        self.clear()
        self.show()
        self.fields[0].setFocus()

    def clear(self) -> None:
        """Keep nothing of what was typed."""
        for field in self.fields:
            field.clear()
        self.shown.setChecked(False)
        self._check()

    def _show_typed(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        for field in self.fields:
            field.setEchoMode(mode)

    def _typed(self) -> list[str]:
        return [field.text() for field in self.fields]

    def _check(self) -> None:
        typed = self._typed()
        reason = self._refuse(typed) if any(typed) else ""
        self.said.setText(reason)
        self.button.setEnabled(all(typed) and not reason and self.agreed.isChecked())

    def _send(self) -> None:
        self._check()
        if self.button.isEnabled():
            typed = self._typed()
            self.clear()
            self.sent.emit(typed)

    def _leave(self) -> None:
        self.clear()
        self.left.emit()
