"""The foot of the console: what the patient does, trials, decisions, and the controls."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from emgfeedback.engine.snapshot import ChannelNow
from emgfeedback.training.now import MovementNow, Phase, RunNow, StepKind, TrialNow
from emgfeedback.training.run import TrainingRun
from emgfeedback.ui import theme, words
from emgfeedback.ui.movement.picture import MovementPicture
from emgfeedback.ui.train import train_words
from emgfeedback.ui.train.offers import DEEDS, REST_S, OfferRow
from emgfeedback.ui.train.questions import LineRow, RatingRow
from emgfeedback.ui.train.trial_strip import TrialStrip
from emgfeedback.ui.widgets.keyed_button import KeyedButton
from emgfeedback.ui.widgets.one_line import OneLine

Command = Callable[[TrainingRun], None]
_LOG_LINES = 2
_LAST_ROW = 2
"""Of the buttons: voice or targets, sound, and the patient's window."""
_STACKED_FROM = 1.5
_PAUSE_BY_S = 2.0
"""So long a pause may take to be seen."""


class ControlPanel(QFrame):
    """Task, trials and controls.

    Signals
    -------
    commanded
        What to do to the run: a function of it.
    mark_asked, patient_asked, sound_asked, voice_asked
        The buttons that concern more than the run.
    """

    commanded = Signal(object)
    mark_asked = Signal()
    patient_asked = Signal()
    sound_asked = Signal()
    voice_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.clock = time.monotonic
        self._run: RunNow | None = None
        self._resting_until_s: float | None = None
        self._voice, self._voice_icon = ("", "", True), "sound-off"
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._halves.setContentsMargins(16, 8, 16, 10)
        self._halves.addLayout(self._make_words(), 1)
        self._halves.addLayout(self._make_buttons())
        self._add_keys()
        self.fit_text_size()

    def _label(self, role: str, tone: str = "", *, wraps: bool = False) -> QLabel:
        label = QLabel() if wraps else OneLine()
        theme.set_role(label, role)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        label.setWordWrap(wraps)
        if tone:
            label.setProperty("tone", tone)
        return label

    def _make_words(self) -> QHBoxLayout:
        self.task = self._label("card_title", wraps=True)
        self.phase = self._label("body_strong")
        self.hint, self.score = self._label("second", "second"), self._label("second")
        self.held = self._label("body_strong", wraps=True)
        self.log = self._label("caption", "second", wraps=True)
        self.phase.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.strip = TrialStrip()
        self.movement = MovementPicture()
        self.marks = self._make_marks()
        self.offer = OfferRow()
        self.offer.taken.connect(self._take_offer)
        self.rating = RatingRow()
        self.rating.answered.connect(self._rate)
        self.reason = LineRow(self.tr("Why skip this step?"), self.tr("Skip"))
        self.reason.given.connect(lambda text: self.commanded.emit(lambda run: run.skip(text)))
        self.note = LineRow(self.tr("Note for the record"), self.tr("Keep"))
        self.note.given.connect(self._keep_note)
        self.ending = LineRow(self.tr("Why end here? May stay empty."), self.tr("End session"))
        self.ending.given.connect(self._end)
        for line in (self.reason, self.note, self.ending):
            line.given.connect(self._focus_next)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.task, 1)
        head.addWidget(self.phase, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(head)
        for widget in (self.hint, self.held, self.strip, self.score, self.offer, self.rating):
            column.addWidget(widget)
        for row in (self.marks, self.reason, self.note, self.ending):
            column.addWidget(row)
        column.addWidget(self.log)
        column.addStretch(1)
        beside = QHBoxLayout()
        beside.setSpacing(16)
        beside.addWidget(self.movement)
        beside.addLayout(column, 1)
        return beside

    def _make_marks(self) -> QWidget:
        """Make the two large buttons of the trick test."""
        self.arm_button = self._button(self.tr("Arm moves"), "mark", "A", lambda: self.trick("arm"))
        self.touch_button = self._button(self.tr("Hand touches"), "mark", "T", self._touch)
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(12)
        for button in (self.arm_button, self.touch_button):
            button.setProperty("kind", "large")
            row.addWidget(button, 1)
        box.hide()
        return box

    def _button(self, text: str, icon: str, key: str, deed: Callable[[], None]) -> KeyedButton:
        button = KeyedButton(text, icon, key)
        button.clicked.connect(deed)
        return button

    def _make_buttons(self) -> QGridLayout:
        self.next_button = self._button(self.tr("Start"), "next", "N", self.go_on)
        self.next_button.setProperty("kind", "primary")
        self.pause_button = self._button(
            self.tr("Pause"), "pause", self.tr("Esc"), self.pause_or_resume
        )
        self.back_button = self._button(self.tr("Back"), "undo", "B", self.go_back)
        self.repeat_button = self._button(self.tr("Repeat"), "repeat", "R", self.repeat)
        self.skip_button = self._button(
            self.tr("Skip"), "skip", "S", lambda: self._open(self.reason)
        )
        self.end_button = self._button(
            self.tr("End session"), "stop", "", lambda: self._open(self.ending)
        )
        self.mark_button = self._button(self.tr("Mark"), "mark", "M", self.mark_asked.emit)
        self.note_button = self._button(
            self.tr("Note"), "note", self.tr("Ctrl+N"), lambda: self._open(self.note)
        )
        self.hold_button = self._button(self.tr("Hold targets"), "lock", "", self._freeze)
        self.patient_button = self._button(
            self.tr("Patient view"), "patient-view", "V", self.patient_asked.emit
        )
        self.sound_button = self._button(
            self.tr("Sound off"), "sound-off", "", self.sound_asked.emit
        )
        self.voice_button = self._button(
            self.tr("Voice on"), "sound-off", "", self.voice_asked.emit
        )
        self._grid = grid = QGridLayout()
        grid.setSpacing(8)
        rows: Sequence[Sequence[QPushButton]] = (
            (self.pause_button, self.back_button, self.repeat_button, self.next_button),
            (self.mark_button, self.note_button, self.skip_button, self.end_button),
        )
        for i, row in enumerate(rows):
            for j, button in enumerate(row):
                grid.addWidget(button, i, j)
        grid.addWidget(self.hold_button, _LAST_ROW, 0)
        grid.addWidget(self.sound_button, _LAST_ROW, 2)
        grid.addWidget(self.patient_button, _LAST_ROW, 3)
        grid.setRowStretch(_LAST_ROW + 1, 1)
        self._place_voice(trials=False)
        return grid

    def _place_voice(self, *, trials: bool) -> None:
        """Let the voice have the room of the targets where a step has none."""
        self.hold_button.setVisible(trials)
        self._grid.addWidget(self.voice_button, _LAST_ROW, int(trials), 1, 1 if trials else 2)

    def _add_keys(self) -> None:
        for key, action in (
            ("N", self.go_on),
            ("R", self.repeat),
            ("B", self.go_back),
            ("Backspace", self.go_back),
            ("V", self.patient_asked.emit),
            ("Ctrl+N", lambda: self._open(self.note)),
            ("S", lambda: self._open(self.reason)),
            ("A", lambda: self.trick("arm")),
            ("T", self._touch),
        ):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.activated.connect(action)
            shortcut.setAutoRepeat(False)

    # What is seen

    def show_run(self, run: RunNow, channels: Sequence[ChannelNow]) -> None:
        """Show a moment of the run."""
        self._run = run
        self.task.setText(run.task)
        self.hint.setText(train_words.hint_words(run))
        self.phase.setText(self._phase(run))
        self._follow_rest(run)
        held = train_words.hold_words(run, channels)
        if self.resting:
            held = self.tr("A minute of rest. It goes on by itself; recording goes on.")
        self.offer.show_run(run)
        self.held.setText(held)
        self.held.setVisible(bool(held))
        self.strip.setVisible(run.trial is not None)
        self.strip.show_run(run)
        self.score.setVisible(run.trial is not None)
        if run.trial is not None:
            self.score.setText(self._score(run.trial))
        self.rating.ask(run.ratings[0] if run.ratings and not run.paused else None)
        self.log.setText("\n".join(run.log[-_LOG_LINES:]))
        self._make_room()
        self.log.setToolTip("\n".join(run.log))
        self._show_buttons(run)

    def _phase(self, run: RunNow) -> str:
        said = train_words.phase_words(run)
        if self._resting_until_s is not None:
            left = words.clock(self._resting_until_s - self.clock() + 0.999)
            return self.tr("Rest %1").replace("%1", left)
        left_s = run.countdown_s
        return said if left_s is None else f"{said} {words.clock(left_s + 0.999)}"

    def _score(self, trial: TrialNow) -> str:
        said = self.tr("Trial %1 of %2 · time in target %3 · at the fixed reference %4")
        for place, text in (
            ("%1", words.whole(trial.number)),
            ("%2", words.whole(trial.of)),
            ("%3", train_words.percent(trial.success_pct)),
            ("%4", train_words.percent(trial.fixed_pct)),
        ):
            said = said.replace(place, text)
        return said

    def _show_buttons(self, run: RunNow) -> None:
        starts = run.phase is Phase.READY
        self.next_button.say(self.tr("Start") if starts else self.tr("Next"), "next", "N")
        self.next_button.setEnabled(not run.paused)
        if run.paused:
            self.pause_button.say(self.tr("Go on"), "play", "N")
        else:
            self.pause_button.say(self.tr("Pause"), "pause", self.tr("Esc"))
        self.back_button.setEnabled(run.can_go_back)
        trials = run.kind is StepKind.TRIALS
        if trials != self.hold_button.isVisibleTo(self):
            self._place_voice(trials=trials)
        self._name_voice()
        held = self.tr("Release targets") if run.frozen else self.tr("Hold targets")
        self.hold_button.say(held, "lock")
        self.marks.setVisible(run.kind is StepKind.TRICK)

    def show_movement(self, now: MovementNow | None, *, still: bool) -> None:
        """Show what the patient is to do now, where there is room; `still` without movement."""
        self.movement.still = still
        self.movement.show_movement(None if theme.text_factor() >= _STACKED_FROM else now)

    def show_voice(self, state: str, *, on: bool, there: bool) -> None:
        """Show what the voice says of itself; without one there is nothing to switch."""
        self._voice = (state, self.tr("No voice"), there)
        self._voice_icon = "sound" if on else "sound-off"
        self.voice_button.setEnabled(there)
        self._name_voice()

    def _name_voice(self) -> None:
        """Name the voice's state, shortly where there is little room."""
        said, short, there = self._voice
        trials = self.hold_button.isVisibleTo(self)
        self.voice_button.say(short if trials and not there else said, self._voice_icon)
        self.voice_button.setToolTip(said)

    def show_sound(self, state: str, *, on: bool) -> None:
        """Show what the sound says of itself."""
        self.sound_button.say(state, "sound" if on else "sound-off")

    # What is asked

    @property
    def pausable(self) -> bool:
        """Whether there is something to pause."""
        run = self._run
        return run is not None and not run.paused and run.phase is not Phase.FINISHED

    def go_on(self) -> None:
        """Go on after a pause; else start, push on, or take the next step."""
        if self._run is not None and self._run.paused:
            self.commanded.emit(lambda run: run.resume())
        else:
            self.commanded.emit(lambda run: run.next())

    def pause_or_resume(self) -> None:
        """Pause at once, or go on."""
        if self.pausable:
            self.commanded.emit(lambda run: run.pause())
        else:
            self.commanded.emit(lambda run: run.resume())

    def go_back(self) -> None:
        """Take the step before again."""
        if self._run is not None and self._run.can_go_back:
            self.commanded.emit(lambda run: run.back())

    @property
    def resting(self) -> bool:
        """Whether a rest that was offered is taken."""
        return self._resting_until_s is not None

    def end_rest(self) -> None:
        """Let the rest become a pause: it goes on only when somebody says so."""
        self._resting_until_s = None

    def _take_offer(self, offer: str) -> None:
        self.commanded.emit(DEEDS[offer])
        if offer == "rest":
            self._resting_until_s = self.clock() + REST_S

    def _follow_rest(self, run: RunNow) -> None:
        if self._resting_until_s is None:
            return
        if self.clock() >= self._resting_until_s:
            self.end_rest()
            if run.paused:
                self.commanded.emit(lambda run: run.resume())
        elif not run.paused and self._resting_until_s - self.clock() < REST_S - _PAUSE_BY_S:
            self.end_rest()

    def repeat(self) -> None:
        """Take the trial or the step again."""
        self.commanded.emit(lambda run: run.repeat())

    def trick(self, mark: str) -> None:
        """Mark a moment of the trick test: `arm` or `touch`."""
        if self._run is not None and self._run.kind is StepKind.TRICK:
            self.commanded.emit(lambda run: run.mark(mark))

    def _open(self, line: LineRow) -> None:
        self.close_lines()
        line.open()
        self._make_room()

    def _make_room(self) -> None:
        """Let what is asked stand where the hint and the log stood, so that nothing jumps."""
        rating = self.rating.isVisibleTo(self)
        typing = any(row.isVisibleTo(self) for row in (self.reason, self.note, self.ending))
        offered = self.offer.isVisibleTo(self)
        large = theme.text_factor() >= _STACKED_FROM
        self.hint.setVisible(not rating and not self.held.text())
        self.log.setVisible(not typing and not offered and not large)
        self.log.setMinimumHeight(theme.px(36))

    def fit_text_size(self) -> None:
        """Set words and buttons beside each other, or one over the other in large text."""
        large = theme.text_factor() >= _STACKED_FROM
        directions = QBoxLayout.Direction
        self._halves.setDirection(directions.TopToBottom if large else directions.LeftToRight)
        self._halves.setSpacing(8 if large else 20)
        self._make_room()

    def close_lines(self) -> None:
        """Hide what waits for words."""
        for row in (self.reason, self.note, self.ending):
            row.hide()

    def _focus_next(self) -> None:
        self.next_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _touch(self) -> None:
        self.trick("touch")

    def _rate(self, key: str, value: int) -> None:
        self.commanded.emit(lambda run: run.rate({key: value}))

    def _keep_note(self, text: str) -> None:
        if text:
            self.commanded.emit(lambda run: run.note(text))

    def _end(self, text: str) -> None:
        self.commanded.emit(lambda run: run.stop(text or "stopped by hand"))

    def _freeze(self) -> None:
        frozen = self._run is not None and self._run.frozen
        self.commanded.emit(lambda run: run.freeze(frozen=not frozen))
