"""The last step: a shrug and a turn tell whether each sensor is on the muscle it is named by."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout

from emgfeedback.core.device import LinkState
from emgfeedback.core.quality import Level
from emgfeedback.engine.cable_check import CableCheck
from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.training.movements import MOVEMENTS
from emgfeedback.training.now import MovementNow
from emgfeedback.ui import theme, words
from emgfeedback.ui.first.inquiry import Inquiry
from emgfeedback.ui.first.step_page import Lines, StepPage, label
from emgfeedback.ui.movement.picture import MovementPicture
from emgfeedback.ui.widgets.keyed_button import KeyedButton

_PERCENT = 100
_PICTURE_PX = 220


class Sides(StepPage):
    """Asks for one task at a time, started by whoever does it, and names swapped cables."""

    def __init__(self, inquiry: Inquiry) -> None:
        super().__init__()
        self.introduce(
            self.tr("Left and right"),
            self.tr("Which cable is which?"),
            self.tr(
                "One muscle works alone in each of these. The channel that answers tells where its "
                "cable is. Gently is enough; skip it where it hurts."
            ),
        )
        self._inquiry = inquiry
        self._check: CableCheck | None = None
        self._number = 0
        self._holding = False
        self._last = Snapshot()
        self.task = label(role="value")
        self.task.setMinimumHeight(theme.px(30))
        self.picture = MovementPicture()
        self.picture.setMinimumSize(_PICTURE_PX, _PICTURE_PX)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.bar.setRange(0, _PERCENT)
        self.bar.setAccessibleName(self.tr("How long to hold"))
        self.start = KeyedButton(self.tr("Start"), "play")
        self.start.setMinimumHeight(theme.PRIMARY_PX)
        self.start.clicked.connect(self._start)
        self.found = Lines(self.tr("What was found"))
        buttons = QHBoxLayout()
        buttons.addWidget(self.start)
        buttons.addStretch(1)
        beside = QVBoxLayout()
        beside.setSpacing(10)
        beside.addWidget(self.task)
        beside.addWidget(self.bar)
        beside.addLayout(buttons)
        beside.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(20)
        row.addWidget(self.picture)
        row.addLayout(beside, 1)
        self.column.addLayout(row)
        self.column.addWidget(self.found)
        self.column.addStretch(1)

    def enter(self) -> None:
        """Begin with the first task."""
        self._check, self._number, self._holding = None, 0, False
        self.found.ask_for(0)

    def _start(self) -> None:
        check = self._check
        if check is None or self._holding:
            return
        if self._number >= len(check.tasks):
            self.enter()
            return
        self._holding = True
        check.begin(check.tasks[self._number], self._last.time_s)
        self._show()

    def refresh(self, snapshot: Snapshot, now_s: float) -> None:
        """Follow the task that is held."""
        del now_s
        live = snapshot.link.state is LinkState.STREAMING and bool(snapshot.channels)
        self._last = snapshot
        held = self._holding or self._check is None
        if self._check is None and live:
            self._check = CableCheck(snapshot.channels)
        check = self._check
        if check is not None and self._holding:
            done = check.add(snapshot) if live else 0.0
            self.bar.setValue(round(_PERCENT * done))
            if done >= 1.0:
                self._holding = False
                self._number += 1
                if self._number == len(check.tasks):
                    self._show_found(check)
            elif not live:
                self._holding = False
        self.start.setEnabled(live and not self._holding)
        self._show()
        if held and self.start.isEnabled() and self.next_text:
            self.start.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self) -> None:
        check = self._check
        if check is None:
            self.task.setText(self.tr("Waiting for the signal"))
            self.picture.show_movement(None)
            self.ready, self.next_text = True, self.tr("Skip this")
            return
        over = self._number >= len(check.tasks)
        self.ready = not self._holding
        self.next_text = "" if over else self.tr("Skip this")
        self.bar.setVisible(self._holding)
        self.start.setVisible(not self._holding)
        if over:
            self.start.say(self.tr("Once more"), "repeat")
            self.start.setVisible(bool(check.tasks))
            self.picture.show_movement(None)
            none = self.tr("No channel here can be told by a task")
            self.task.setText(self.tr("Done") if check.tasks else none)
            return
        key = check.tasks[self._number]
        self.picture.show_movement(MovementNow(key, "hold", 1.0))
        if self._holding:
            self.task.setText(MOVEMENTS[key].hold)
            return
        said = self.tr("%1 of %2: %3").replace("%1", words.whole(self._number + 1))
        said = said.replace("%2", words.whole(len(check.tasks)))
        self.task.setText(said.replace("%3", MOVEMENTS[key].hold))
        self.start.say(self.tr("Start"), "play")

    def _show_found(self, check: CableCheck) -> None:
        cables = check.outcome()
        told: list[tuple[str, Level]] = [(cable.words, Level.BAD) for cable in cables.wrong]
        if cables.judged and not cables.wrong:
            said = self.tr("Right where they are named: %1")
            told.append((said.replace("%1", ", ".join(cables.judged)), Level.GOOD))
        if self._inquiry.is_demo:
            said = self.tr("The demo board's muscles do not follow what is asked here.")
            told.append((said, Level.CHECK))
        elif cables.reason:
            said = self.tr("Not told: %1.").replace("%1", cables.reason)
            told.append((said, Level.CHECK))
        for line, (text, level) in zip(self.found.ask_for(len(told)), told, strict=True):
            line.show_line(text, level)
