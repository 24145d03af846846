"""The right column of the review: measures, what is left out, what is shown and how."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from emgfeedback.core.montage import Channel
from emgfeedback.dsp.settings import ChainSettings
from emgfeedback.review.spans import LONGEST_REASON, LeftOut, Measured
from emgfeedback.ui import theme, words
from emgfeedback.ui.review import review_words
from emgfeedback.ui.review.filter_choice import FilterChoice
from emgfeedback.ui.review.lanes_raster import Shown
from emgfeedback.ui.review.measure_table import MeasureTable, Quantity
from emgfeedback.ui.review.show_chip import ShowChip
from emgfeedback.ui.review.time_axis import length_words, time_words
from emgfeedback.ui.scales import DEFAULT_SCALE_UV, TRACE_SCALES_UV
from emgfeedback.ui.widgets.keyed_button import KeyedButton

SCALES_UV = (10.0, *TRACE_SCALES_UV, 1000.0, 2000.0, 5000.0)
WIDTH_PX = 288
_WIDEST_PX = 430
_HEADROOM = 1.2


def fitting_scale_uv(typical_uv: NDArray[np.float64]) -> float:
    """Return the step of `SCALES_UV` that holds what channels usually reach, `(n_channels,)`."""
    wanted = _HEADROOM * float(np.median(typical_uv))
    if not wanted:
        return DEFAULT_SCALE_UV
    return next((step for step in SCALES_UV if step >= wanted), SCALES_UV[-1])


class _Card(QFrame):
    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        label = QLabel(title)
        theme.set_role(label, "card_title")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 14, 16, 16)
        self.column.setSpacing(8)
        self.column.addWidget(label)


def _quiet(text: str = "") -> QLabel:
    label = QLabel(text)
    theme.set_role(label, "second")
    label.setProperty("tone", "second")
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


class MeasureCard(_Card):
    """What lies between A and B, in numbers with their unit, length and filter."""

    def __init__(self) -> None:
        super().__init__(self.tr("Between A and B"))
        self.conditions, self.notes = _quiet(), _quiet()
        self.table = MeasureTable()
        self._channels: Sequence[Channel] = ()
        self._measured: Sequence[Measured] = ()
        self._captions: Sequence[str] = ()
        self._group = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(0)
        names = (self.tr("RMS"), self.tr("ARV"), self.tr("Frequency"))
        places = ("first", "middle", "last")
        for i, (name, place) in enumerate(zip(names, places, strict=True)):
            button = QPushButton(name)
            button.setProperty("kind", "segment")
            button.setProperty("place", place)
            button.setCheckable(True)
            button.setAccessibleName(self.tr("Show %1").replace("%1", name))
            button.setChecked(i == 0)
            theme.set_role(button, "second")
            self._group.addButton(button, i)
            row.addWidget(button, 1)
        self._group.idClicked.connect(self._show)
        self.column.addWidget(self.conditions)
        self.column.addLayout(row)
        self.column.addWidget(self.table)
        self.column.addWidget(self.notes)

    @property
    def quantity(self) -> Quantity:
        """Which measure is read."""
        return tuple(Quantity)[self._group.checkedId()]

    def show_hint(self, channels: Sequence[Channel], hint: str) -> None:
        """Show dashes, and how to get numbers."""
        self._channels, self._measured = channels, ()
        self.conditions.setText(hint)
        self.notes.hide()
        self._show()

    def show_measured(
        self,
        channels: Sequence[Channel],
        measured: Sequence[Measured],
        settings: Sequence[ChainSettings | None],
    ) -> None:
        """Show what was measured under each of `settings`."""
        self._channels, self._measured = channels, measured
        self._captions = [review_words.short_filter(one) for one in settings]
        first = measured[0]
        length = length_words(abs(first.to_s - first.from_s))
        filters = self._captions[0] if len(measured) == 1 else self.tr("two filters")
        self.conditions.setText(f"{length} · {filters}")
        counted = [self.tr("%1 measured").replace("%1", length_words(first.measured_s))]
        if first.left_out_s:
            out = self.tr("%1 left out")
            counted.append(out.replace("%1", length_words(first.left_out_s)))
        else:
            counted.append(self.tr("nothing left out"))
        if first.lost_pct >= 0.005:
            lost = self.tr("%1 % lost")
            counted.append(lost.replace("%1", words.number(first.lost_pct, 2)))
        bad = [
            review_words.spoken(channel)
            for channel, one in zip(channels, first.channels, strict=True)
            if one.level.value == "bad"
        ]
        lines = [" · ".join(counted)]
        if bad:
            lines.append(self.tr("Not to be trusted: %1").replace("%1", ", ".join(bad)))
        self.notes.setText("\n".join([*lines, *map(review_words.note_words, first.notes)]))
        self.notes.show()
        self._show()

    def _show(self) -> None:
        self.table.show_measures(self._channels, self._measured, self.quantity, self._captions)


class LeftOutCard(_Card):
    """Spans that no measure counts.

    Signals
    -------
    add_asked, undo_asked
        Leave out A to B; take the last change back.
    chosen
        A `LeftOut` to go to, or None.
    named
        The reason of the chosen one.
    back_asked
        To take the chosen one back in.
    """

    add_asked = Signal()
    undo_asked = Signal()
    chosen = Signal(object)
    named = Signal(str)
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(self.tr("Left out of measures"))
        self._spans: tuple[LeftOut, ...] = ()
        self.add_button = KeyedButton(self.tr("Leave out A–B"), "quality-bad", "X")
        self.undo_button = KeyedButton(self.tr("Undo"), "undo", "Ctrl+Z")
        self.list = QComboBox()
        self.list.setAccessibleName(self.tr("Spans left out"))
        self.reason = QLineEdit()
        self.reason.setMaxLength(LONGEST_REASON)
        self.reason.setPlaceholderText(self.tr("Why? For example: coughing"))
        self.reason.setAccessibleName(self.tr("Why this span is left out"))
        self.back_button = KeyedButton(self.tr("Take back in"), "repeat")
        self.trouble = _quiet()
        self.trouble.setProperty("tone", "bad")
        for widget in (
            self.list,
            self.reason,
            self.add_button,
            self.back_button,
            self.undo_button,
            self.trouble,
        ):
            self.column.addWidget(widget)
        self.trouble.hide()
        self.add_button.clicked.connect(self.add_asked)
        self.undo_button.clicked.connect(self.undo_asked)
        self.back_button.clicked.connect(self.back_asked)
        self.list.activated.connect(self._pick)
        self.reason.editingFinished.connect(lambda: self.named.emit(self.reason.text()))

    def show_spans(
        self, spans: tuple[LeftOut, ...], chosen: LeftOut | None, *, can_add: bool, can_undo: bool
    ) -> None:
        """Show the spans and what can be done."""
        self._spans = spans
        self.list.clear()
        none = self.tr("%1 spans").replace("%1", words.whole(len(spans)))
        self.list.addItem(self.tr("1 span") if len(spans) == 1 else none)
        for span in spans:
            at = time_words(span.start_s)
            text = f"{at} · {length_words(span.end_s - span.start_s)}"
            self.list.addItem(f"{text} · {span.reason}" if span.reason else text)
        self.list.setCurrentIndex(spans.index(chosen) + 1 if chosen in spans else 0)
        self.list.setVisible(bool(spans))
        self.reason.setVisible(chosen is not None)
        self.back_button.setVisible(chosen is not None)
        if chosen is not None and not self.reason.hasFocus():
            self.reason.setText(chosen.reason)
        self.add_button.setEnabled(can_add)
        self.undo_button.setVisible(can_undo)

    def show_trouble(self, words_: str) -> None:
        """Say why something did not work; empty: nothing."""
        self.trouble.setText(words_)
        self.trouble.setVisible(bool(words_))

    def _pick(self, index: int) -> None:
        self.chosen.emit(self._spans[index - 1] if index else None)


class ShowCard(_Card):
    """Which signals are drawn, at which scale, through which filters.

    Signals
    -------
    shown_changed, scale_changed, filter_changed, rerun_changed
        After a choice.
    """

    shown_changed = Signal()
    scale_changed = Signal()
    filter_changed = Signal()
    rerun_changed = Signal()

    def __init__(self) -> None:
        super().__init__(self.tr("Show"))
        self.raw = ShowChip(self.tr("Raw"))
        self.level = ShowChip(self.tr("RMS line"))
        self.filtered = ShowChip(self.tr("Filtered"))
        chips = QGridLayout()
        chips.setSpacing(6)
        chips.setColumnStretch(2, 1)
        for i, chip in enumerate((self.raw, self.level, self.filtered)):
            chip.setChecked(chip is not self.filtered)
            chip.toggled.connect(self.shown_changed)
            chips.addWidget(chip, i // 2, i % 2, Qt.AlignmentFlag.AlignLeft)
        self.scale = QComboBox()
        self.scale.setAccessibleName(self.tr("Scale of all lanes"))
        for step_uv in SCALES_UV:
            self.scale.addItem(f"±{words.number(step_uv, 0)} µV", step_uv)
        self.show_scale(DEFAULT_SCALE_UV)
        self.scale.currentIndexChanged.connect(self.scale_changed)
        self.used = FilterChoice(self.tr("Settings used"), may_be_none=False)
        self.used.changed.connect(self.filter_changed)
        self.facts = _quiet()
        self.rerun_button = KeyedButton(self.tr("Re-run with others"), "repeat")
        self.rerun_button.setCheckable(True)
        self.other = FilterChoice(self.tr("Beside, for measures"), may_be_none=True)
        self.other.purpose.setCurrentIndex(1)
        self.other.hide()
        self.other.changed.connect(self.rerun_changed)
        self.rerun_button.toggled.connect(self._rerun)
        self.column.addLayout(chips)
        for widget in (self.scale, self.used, self.facts, self.rerun_button, self.other):
            self.column.addWidget(widget)

    @property
    def shown(self) -> Shown:
        """Which signals are drawn."""
        return Shown(self.raw.isChecked(), self.filtered.isChecked(), self.level.isChecked())

    @property
    def scale_uv(self) -> float:
        """What half a lane stands for."""
        return float(self.scale.currentData())

    def show_scale(self, scale_uv: float) -> None:
        """Choose a scale of `SCALES_UV`."""
        self.scale.setCurrentIndex(SCALES_UV.index(scale_uv))

    def show_settings(self, settings: ChainSettings | None, refused: str) -> None:
        """Show the filters in force, or why there are none."""
        told = refused or "\n".join(review_words.settings_lines(settings))
        if told != self.facts.text():
            self.facts.setText(told)
        for chip in (self.level, self.filtered):
            chip.setEnabled(not refused)

    def _rerun(self, on: bool) -> None:
        self.other.setVisible(on)
        self.rerun_changed.emit()


class SidePanel(QScrollArea):
    """The three cards, scrolled where they do not fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.measures, self.left_out, self.show_card = MeasureCard(), LeftOutCard(), ShowCard()
        inside = QWidget()
        inside.setProperty("kind", "page")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(12)
        for card in (self.measures, self.left_out, self.show_card):
            column.addWidget(card)
        column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Measures and settings of the review"))
        self.fit()

    def fit(self) -> None:
        """Fit a new text size."""
        self.setFixedWidth(min(theme.px(WIDTH_PX), _WIDEST_PX) + 18)
