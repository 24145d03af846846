"""The relaxation target: threshold, baseline, start and pause, time in target."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from emgfeedback.engine.snapshot import ChannelNow, Snapshot, TargetNow, TargetState
from emgfeedback.ui import theme, words
from emgfeedback.ui.widgets.keyed_button import KeyedButton

BASELINE_S = 30.0
_MOST_UV = 1000.0
_STEP_UV = 0.5
_STACKED_FROM = 1.25


class ShareBar(QWidget):
    """A pill filled by a share: of the baseline taken, or of the time in target."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Time in target"))

    def show_share(self, share: float | None) -> None:
        """Fill to `share` (0 to 1); None leaves the pill empty."""
        rounded = None if share is None else round(share * 500) / 500
        if rounded != self._share:
            self._share = rounded
            self.update()

    def sizeHint(self) -> QSize:
        """Return a slim pill."""
        return QSize(240, 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pill and its fill."""
        del event
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pill = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        radius = pill.height() / 2
        painter.setPen(QPen(t.edge, 1))
        painter.setBrush(t.sunken)
        painter.drawRoundedRect(pill, radius, radius)
        if self._share:
            full = QRectF(pill)
            full.setWidth(max(pill.height(), pill.width() * min(1.0, self._share)))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(t.accent)
            painter.drawRoundedRect(full, radius, radius)
        painter.end()


class TargetPanel(QFrame):
    """What the patient works on, and the controls of whoever runs it.

    Signals
    -------
    threshold_asked
        Channel and its new threshold in microvolts, or None for no threshold.
    baseline_asked
        With its length in seconds.
    start_asked, pause_asked, stop_asked, mark_asked
        The buttons.
    purpose_asked
        `rest` or `activation`.
    """

    threshold_asked = Signal(int, object)
    baseline_asked = Signal(float)
    start_asked = Signal()
    pause_asked = Signal()
    stop_asked = Signal()
    mark_asked = Signal()
    purpose_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._target = TargetNow()
        self._channels: tuple[ChannelNow, ...] = ()
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._halves.setContentsMargins(18, 10, 16, 10)
        self._halves.addLayout(self._make_score(), 1)
        self._halves.addLayout(self._make_controls())
        self.fit_text_size()
        self.show_now(Snapshot(), live=False)

    def _make_score(self) -> QVBoxLayout:
        self.title = QLabel(self.tr("Relaxation target"))
        theme.set_role(self.title, "card_title")
        self.sentence = QLabel()
        theme.set_role(self.sentence, "body")
        self.sentence.setProperty("tone", "second")
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.bar = ShareBar()
        self.share = QLabel()
        theme.set_role(self.share, "page_title")
        self.facts = QLabel()
        theme.set_role(self.facts, "second")
        self.facts.setProperty("tone", "second")
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.title)
        head.addWidget(self.sentence, 1)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addWidget(self.share)
        foot.addWidget(self.facts, 1)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addStretch(1)
        column.addLayout(head)
        column.addWidget(self.bar)
        column.addLayout(foot)
        column.addStretch(1)
        return column

    def _make_controls(self) -> QGridLayout:
        self.baseline_button = KeyedButton(self.tr("Measure rest, 30 s"), "rest")
        self.baseline_button.setToolTip(
            self.tr("Sit still for 30 s. The threshold of every muscle is set from it.")
        )
        self.baseline_button.clicked.connect(self._ask_baseline)
        self.run_button = KeyedButton(self.tr("Start"), "play")
        self.run_button.setProperty("kind", "primary")
        self.run_button.clicked.connect(self._run_or_pause)
        self.stop_button = KeyedButton(self.tr("End"), "stop")
        self.stop_button.clicked.connect(self.stop_asked)
        self.mark_button = KeyedButton(self.tr("Mark"), "mark", "M")
        self.mark_button.clicked.connect(self.mark_asked)
        first, second = QHBoxLayout(), QHBoxLayout()
        for layout in (first, second):
            layout.setSpacing(12)
        first.addWidget(self.baseline_button)
        first.addWidget(self.run_button, 1)
        first.addWidget(self.stop_button)
        first.addWidget(self.mark_button)
        second.addLayout(self._make_threshold(), 1)
        second.addLayout(self._make_purpose())
        grid = QGridLayout()
        grid.setVerticalSpacing(10)
        grid.addLayout(first, 0, 0)
        grid.addLayout(second, 1, 0)
        return grid

    def _make_threshold(self) -> QHBoxLayout:
        self.channel_box = QComboBox()
        self.channel_box.setAccessibleName(self.tr("Muscle whose threshold is shown"))
        self.channel_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.channel_box.currentIndexChanged.connect(self._show_threshold)
        self.threshold_box = QDoubleSpinBox()
        self.threshold_box.setRange(0.0, _MOST_UV)
        self.threshold_box.setSingleStep(_STEP_UV)
        self.threshold_box.setDecimals(1)
        self.threshold_box.setSuffix(self.tr(" µV"))
        self.threshold_box.setSpecialValueText(self.tr("no threshold"))
        self.threshold_box.setAccessibleName(self.tr("Threshold in microvolts"))
        self.threshold_box.setKeyboardTracking(False)
        self.threshold_box.lineEdit().setTextMargins(8, 0, 0, 0)
        self.threshold_box.setMinimumWidth(theme.px(118))
        self.threshold_box.valueChanged.connect(self._ask_threshold)
        label = QLabel(self.tr("Threshold"))
        label.setProperty("tone", "second")
        label.setBuddy(self.threshold_box)
        for widget, role in (
            (label, "second"),
            (self.channel_box, "body"),
            (self.threshold_box, "body"),
        ):
            theme.set_role(widget, role)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label)
        row.addWidget(self.channel_box, 1)
        row.addWidget(self.threshold_box)
        return row

    def _make_purpose(self) -> QHBoxLayout:
        self._purposes = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(0)
        choices = (
            ("rest", self.tr("Rest"), self.tr("Filters for resting and letting go (from 30 Hz)")),
            (
                "activation",
                self.tr("Activation"),
                self.tr("Filters for using a muscle (from 20 Hz)"),
            ),
        )
        for place, (key, text, tip) in zip(("first", "last"), choices, strict=True):
            button = QPushButton(text)
            button.setCheckable(True)
            button.setProperty("kind", "segment")
            button.setProperty("place", place)
            button.setProperty("purpose", key)
            button.setToolTip(tip)
            button.setAccessibleName(text)
            button.setAccessibleDescription(tip)
            theme.set_role(button, "body")
            self._purposes.addButton(button)
            row.addWidget(button)
        self._purposes.buttonClicked.connect(self._ask_purpose)
        return row

    def show_now(self, snapshot: Snapshot, *, live: bool) -> None:
        """Show the target of `snapshot`; without a live board the controls rest."""
        self._target = snapshot.target
        self._show_channels(snapshot.channels)
        for button in self._purposes.buttons():
            button.setChecked(button.property("purpose") == snapshot.purpose)
            button.setEnabled(live)
        state = snapshot.target.state
        has_threshold = any(c.threshold_uv is not None for c in snapshot.channels)
        self.baseline_button.setEnabled(live and state is not TargetState.BASELINE)
        startable = live and (state is not TargetState.OFF or has_threshold)
        self.run_button.setEnabled(startable or self.pausable)
        self.run_button.setToolTip(
            "" if has_threshold else self.tr("Measure rest first, or set a threshold.")
        )
        if self.pausable:
            self.run_button.say(self.tr("Pause"), "pause", "Esc")
        elif state is TargetState.PAUSED:
            self.run_button.say(self.tr("Go on"), "play")
        else:
            self.run_button.say(self.tr("Start"), "play")
        self.stop_button.setEnabled(state is not TargetState.OFF)
        self.mark_button.setEnabled(live)
        self.channel_box.setEnabled(live)
        self.threshold_box.setEnabled(live)
        self._show_score(has_threshold=has_threshold)

    @property
    def pausable(self) -> bool:
        """Whether the target runs, or is held up by something other than the user."""
        state = self._target.state
        held = state is TargetState.PAUSED and self._target.paused_reason != "user"
        return held or state in (TargetState.RUNNING, TargetState.BASELINE)

    def _show_score(self, *, has_threshold: bool) -> None:
        target = self._target
        self.sentence.setText(self._sentence(has_threshold=has_threshold))
        share_pct = target.in_target_pct
        if target.state is TargetState.BASELINE:
            self.bar.show_share(target.progress)
            left_s = words.whole(round(BASELINE_S * (1 - target.progress)))
            self.share.setText(self.tr("%1 s").replace("%1", left_s))
            self.facts.setText(self.tr("left"))
            return
        self.bar.show_share(None if share_pct is None else share_pct / 100)
        self.share.setText(words.DASH if share_pct is None else f"{words.number(share_pct, 0)} %")
        facts = self.tr("of the time in target")
        if share_pct is not None:
            spent = self.tr("in target, %1 of %2")
            facts = spent.replace("%1", words.clock(target.time_in_target_s)).replace(
                "%2", words.clock(target.time_scored_s)
            )
        if target.time_excluded_s >= 1:
            out = self.tr("left out %1").replace("%1", words.clock(target.time_excluded_s))
            facts = f"{facts} · {out}"
        self.facts.setText(facts)

    def _sentence(self, *, has_threshold: bool) -> str:
        target = self._target
        if target.state is TargetState.BASELINE:
            return self.tr("Measuring rest. Sit still and breathe.")
        if target.state is TargetState.RUNNING:
            if target.in_target:
                return self.tr("In target. Let it stay quiet.")
            return self.tr("Stay below the line.")
        if target.state is TargetState.PAUSED:
            reason = words.pause_reason(target, self._channels)
            if not reason:
                return self.tr("Paused.")
            return self.tr("Paused: %1").replace("%1", reason)
        if has_threshold:
            return self.tr("Off. Press Start.")
        return self.tr("Measure rest first, or set a threshold.")

    def _show_channels(self, channels: tuple[ChannelNow, ...]) -> None:
        names = [words.channel_name(channel) for channel in channels]
        shown = [self.channel_box.itemText(i) for i in range(self.channel_box.count())]
        before = self._channels
        self._channels = channels
        if names != shown:
            self.channel_box.blockSignals(True)
            self.channel_box.clear()
            self.channel_box.addItems(names)
            self.channel_box.blockSignals(False)
        if [c.threshold_uv for c in channels] != [c.threshold_uv for c in before]:
            self._show_threshold()

    def _show_threshold(self) -> None:
        index = self.channel_box.currentIndex()
        if not 0 <= index < len(self._channels) or self.threshold_box.lineEdit().isModified():
            return
        self.threshold_box.blockSignals(True)
        self.threshold_box.setValue(self._channels[index].threshold_uv or 0.0)
        self.threshold_box.blockSignals(False)

    def _ask_threshold(self, value_uv: float) -> None:
        index = self.channel_box.currentIndex()
        if index >= 0:
            self.threshold_asked.emit(index, value_uv or None)

    def _ask_baseline(self) -> None:
        self.baseline_asked.emit(BASELINE_S)

    def _run_or_pause(self) -> None:
        (self.pause_asked if self.pausable else self.start_asked).emit()

    def _ask_purpose(self, button: QPushButton) -> None:
        self.purpose_asked.emit(button.property("purpose"))

    def fit_text_size(self) -> None:
        """Set score and controls beside each other, or one over the other in large text."""
        large = theme.text_factor() >= _STACKED_FROM
        directions = QBoxLayout.Direction
        self._halves.setDirection(directions.TopToBottom if large else directions.LeftToRight)
        self._halves.setSpacing(10 if large else 24)
        self.threshold_box.setMinimumWidth(theme.px(118))
