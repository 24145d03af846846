"""What covers everything while the records are locked: the product, one field, one button."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from emgfeedback.core.errors import WrongPassphrase
from emgfeedback.people.desk import Answer, Desk
from emgfeedback.ui import icons, theme
from emgfeedback.ui.widgets.keyed_button import KeyedButton
from emgfeedback.ui.widgets.painted import FollowsLook

_LOOK_MS = 50
_CARD_PX = 460
_ICON_PX = 40


class LockPage(FollowsLook, QWidget):
    """Asks for the passphrase, or the recovery key, and opens the register with it.

    Parameters
    ----------
    desk
        What is unlocked.
    parent
        The window it covers.
    clock
        Seconds that go on while the program waits.

    Signals
    -------
    unlocked
        The register is open; True where the recovery key did it.
    """

    unlocked = Signal(bool)

    def __init__(
        self, desk: Desk, parent: QWidget, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._clock = clock
        self._answer: Answer[None] | None = None
        self._next_try_s = 0.0
        self._by_recovery = False
        self.setAccessibleName(self.tr("The records are locked"))
        outer = QVBoxLayout(self)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._make_card())
        row.addStretch(1)
        outer.addStretch(2)
        outer.addLayout(row)
        outer.addStretch(3)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self.look_changed()
        self._ask_for(by_recovery=False)
        self.hide()

    def _make_card(self) -> QFrame:
        self._card = QFrame()
        self._card.setProperty("kind", "card")
        self._icon = QLabel()
        product, state = QLabel(self.tr("emgfeedback")), QLabel(self.tr("The records are locked"))
        theme.set_role(product, "value")
        theme.set_role(state, "body")
        state.setProperty("tone", "second")
        self._name = QLabel()
        theme.set_role(self._name, "body_strong")
        self.field = QLineEdit()
        theme.set_role(self.field, "body")
        self._name.setBuddy(self.field)
        self.field.returnPressed.connect(self._try)
        self.field.textEdited.connect(self._typed)
        self.button = KeyedButton(self.tr("Unlock"), "")
        theme.set_kind(self.button, "primary")
        self.button.setMinimumHeight(theme.PRIMARY_PX)
        self.button.clicked.connect(self._try)
        self.other_way = KeyedButton("", "")
        theme.set_kind(self.other_way, "flat")
        self.other_way.clicked.connect(self._change_way)
        self.said = QLabel()
        self.final = QLabel(
            self.tr(
                "Without passphrase and recovery key nobody can open these records, the makers "
                "of this program included."
            )
        )
        for label in (self.said, self.final):
            label.setWordWrap(True)
            theme.set_role(label, "second")
        self.said.setProperty("tone", "bad")
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.final.setProperty("tone", "second")
        head = QHBoxLayout()
        head.setSpacing(14)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(product)
        words.addWidget(state)
        head.addWidget(self._icon)
        head.addLayout(words, 1)
        column = QVBoxLayout(self._card)
        column.setContentsMargins(28, 24, 28, 20)
        column.setSpacing(8)
        column.addLayout(head)
        column.addSpacing(12)
        for widget in (self._name, self.field, self.said, self.button, self.final):
            column.addWidget(widget)
        column.addWidget(self.other_way, 0, Qt.AlignmentFlag.AlignHCenter)
        return self._card

    def look_changed(self) -> None:
        """Recolour and measure anew."""
        size = theme.px(_ICON_PX)
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(icons.pixmap("lock", theme.tokens().accent, size, ratio))
        self._card.setFixedWidth(theme.px(_CARD_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the ground here: a window whose whole ground a child fills is never painted."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().window())
        painter.end()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin empty, with the keyboard in the field."""
        super().showEvent(event)
        self._ask_for(by_recovery=False)
        self._timer.start()

    def forget(self) -> None:
        """Keep nothing of what was typed."""
        self.field.clear()
        self._timer.stop()

    @property
    def busy(self) -> bool:
        """Whether it is opening."""
        return self._answer is not None

    def _ask_for(self, *, by_recovery: bool) -> None:
        self._by_recovery = by_recovery
        name = self.tr("Recovery key, nine words") if by_recovery else self.tr("Passphrase")
        self._name.setText(name)
        self.field.setAccessibleName(name)
        shown = QLineEdit.EchoMode.Normal if by_recovery else QLineEdit.EchoMode.Password
        self.field.setEchoMode(shown)
        self.field.clear()
        self.final.setVisible(by_recovery)
        self.other_way.say(
            self.tr("Use the passphrase") if by_recovery else self.tr("Use the recovery key"), ""
        )
        self._say("")
        self.field.setFocus()

    def _change_way(self) -> None:
        self._ask_for(by_recovery=not self._by_recovery)

    def _try(self) -> None:
        if self.busy or not self.field.text() or self._left_s():
            return
        self._answer = self._desk.unlock(self.field.text())
        self._say("")
        self._enable()

    def _look(self) -> None:
        answer = self._answer
        if answer is not None and answer.done:
            self._answer = None
            if answer.error:
                self._refused(answer)
            else:
                self.forget()
                self.unlocked.emit(self._by_recovery)
        self._enable()

    def _refused(self, answer: Answer[None]) -> None:
        refusal = answer.refusal
        if isinstance(refusal, WrongPassphrase):
            self._next_try_s = self._clock() + refusal.next_try_in_s
        self._say(answer.error)
        self.field.setFocus()
        self.field.selectAll()

    def _typed(self) -> None:
        if not self._left_s():
            self._say("")
        self._enable()

    def _say(self, text: str) -> None:
        self.said.setText(text)
        self.said.setVisible(bool(text))
        self.field.setAccessibleDescription(text)

    def _left_s(self) -> int:
        """Return the whole seconds until the next try is welcome."""
        return max(math.ceil(self._next_try_s - self._clock()), 0)

    def _enable(self) -> None:
        left_s = self._left_s()
        text = self.tr("Unlock")
        if self.busy:
            text = self.tr("Opening…")
        elif left_s:
            text = self.tr("Next try in %1 s").replace("%1", str(left_s))
        self.button.say(text, "")
        self.button.setEnabled(bool(self.field.text()) and not self.busy and not left_s)
        self.field.setReadOnly(self.busy)
        self.other_way.setEnabled(not self.busy)
