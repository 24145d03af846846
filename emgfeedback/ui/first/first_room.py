"""First connection as a whole: the steps one after the other, from the box to a clean signal."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.ui import theme, words
from emgfeedback.ui.errands import Errands
from emgfeedback.ui.first.cables import Cables
from emgfeedback.ui.first.electrodes import Electrodes
from emgfeedback.ui.first.firmware import Firmware
from emgfeedback.ui.first.inquiry import Inquiry
from emgfeedback.ui.first.plug_in import PlugIn
from emgfeedback.ui.first.sides import Sides
from emgfeedback.ui.first.step_page import StepPage, label
from emgfeedback.ui.first.trust import Trust
from emgfeedback.ui.person.scrolling import scrolled
from emgfeedback.ui.session_port import SessionPort
from emgfeedback.ui.widgets.keyed_button import KeyedButton


class FirstRoom(QFrame):
    """One step at a time; `refresh` has to be called some times a second while it is shown.

    Parameters
    ----------
    session, errands
        The running system, and who does what takes a while.

    Signals
    -------
    left
        It was given up, or gone through to the end; `finished` says which.
    """

    left = Signal()

    def __init__(
        self, session: SessionPort, errands: Errands, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.setAccessibleName(self.tr("First connection"))
        self.finished = False
        self.inquiry = Inquiry(session)
        self.plug_in = PlugIn(session, self.inquiry)
        self.firmware, self.cables = Firmware(self.inquiry), Cables(self.inquiry)
        self.electrodes = Electrodes(self.inquiry)
        self.trust, self.sides = Trust(session, errands, self.inquiry), Sides(self.inquiry)
        self.steps: tuple[StepPage, ...] = (
            *(self.plug_in, self.firmware, self.cables),
            *(self.electrodes, self.trust, self.sides),
        )
        self._number = 0
        self._was_ready = False
        self.where = label(role="second_strong", tone="second")
        self.leave_button = KeyedButton(self.tr("Leave"), "skip")
        self.leave_button.setProperty("kind", "flat")
        self.leave_button.clicked.connect(self.leave)
        self.back_button = KeyedButton(self.tr("Back"), "undo")
        self.back_button.clicked.connect(self.go_back)
        self.next_button = KeyedButton(self.tr("Next"), "next")
        self.next_button.setProperty("kind", "primary")
        self.next_button.clicked.connect(self.go_on)
        self.stack = QStackedWidget()
        for step in self.steps:
            self.stack.addWidget(scrolled(step, step.name))
        self._lay_out()

    def _lay_out(self) -> None:
        top, foot = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.where, 1)
        top.addWidget(self.leave_button)
        foot.setSpacing(12)
        for button in (self.back_button, self.next_button):
            button.setMinimumHeight(theme.PRIMARY_PX)
        foot.addWidget(self.back_button)
        foot.addStretch(1)
        foot.addWidget(self.next_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 10, 20, 14)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.stack, 1)
        column.addLayout(foot)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll with the keys where a step is longer than the window."""
        area = self.stack.currentWidget()
        actions = {
            Qt.Key.Key_PageDown: QAbstractSlider.SliderAction.SliderPageStepAdd,
            Qt.Key.Key_PageUp: QAbstractSlider.SliderAction.SliderPageStepSub,
            Qt.Key.Key_Down: QAbstractSlider.SliderAction.SliderSingleStepAdd,
            Qt.Key.Key_Up: QAbstractSlider.SliderAction.SliderSingleStepSub,
        }
        action = actions.get(Qt.Key(event.key()))
        if action is not None and isinstance(area, QScrollArea):
            area.verticalScrollBar().triggerAction(action)
        else:
            super().keyPressEvent(event)

    @property
    def step(self) -> StepPage:
        """The step on the screen."""
        return self.steps[self._number]

    def begin(self) -> None:
        """Start with the first step."""
        self.finished = False
        self.inquiry.forget()
        self._show_step(0)

    def go_on(self) -> None:
        """Go to the next step, or end after the last."""
        if not self.step.ready:
            return
        if self._number + 1 == len(self.steps):
            self.finished = True
            self.leave()
        else:
            self._show_step(self._number + 1)

    def go_back(self) -> None:
        """Go to the step before."""
        if self._number and not self.inquiry.flashing:
            self._show_step(self._number - 1)

    def leave(self) -> None:
        """End what runs and close; a board that is being flashed is finished first."""
        if self.inquiry.flashing:
            return
        self.step.leave()
        self.inquiry.cancel()
        self.left.emit()

    def shutdown(self) -> None:
        """End whatever runs: the window goes."""
        self.inquiry.cancel()

    def _show_step(self, number: int) -> None:
        self.step.leave()
        self._number, self._was_ready = number, False
        step = self.step
        said = self.tr("First connection · step %1 of %2")
        said = said.replace("%1", words.whole(number + 1))
        self.where.setText(said.replace("%2", words.whole(len(self.steps))))
        self.where.setAccessibleName(f"{self.where.text()}: {step.name}")
        self.stack.setCurrentIndex(number)
        step.enter()
        self._show_buttons()
        ready = self.next_button.isEnabled()
        (self.next_button if ready else self.leave_button).setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, snapshot: Snapshot, now_s: float) -> None:
        """Show what is new.

        Parameters
        ----------
        now_s
            A monotonic clock.
        """
        self.inquiry.poll()
        self.step.refresh(snapshot, now_s)
        self._show_buttons()

    def _show_buttons(self) -> None:
        step, last = self.step, self._number + 1 == len(self.steps)
        flashing = self.inquiry.flashing
        self.back_button.setVisible(self._number > 0)
        self.back_button.setEnabled(not flashing)
        self.leave_button.setEnabled(not flashing)
        text = step.next_text or (self.tr("Done") if last else self.tr("Next"))
        self.next_button.say(text, "next")
        # What passes something by is offered, not urged.
        theme.set_kind(self.next_button, "large" if step.next_text else "primary")
        self.next_button.setEnabled(step.ready)
        if step.ready and not self._was_ready and not step.next_text:
            focused = self.window().focusWidget()
            if not isinstance(focused, QComboBox | QLineEdit):
                self.next_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self._was_ready = step.ready
