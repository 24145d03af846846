"""The console while a plan runs: steps, traces, what the patient sees, bars, controls."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from emgfeedback.core.block import Unit
from emgfeedback.core.device import LinkState
from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.engine.traces import TraceBuffer
from emgfeedback.training.now import RunNow
from emgfeedback.ui import theme
from emgfeedback.ui.live_page import Due
from emgfeedback.ui.notices import Notice, notice
from emgfeedback.ui.patient.view import PatientThumbnail
from emgfeedback.ui.scales import activity_share
from emgfeedback.ui.traces import LiveTraces
from emgfeedback.ui.train.control_panel import ControlPanel
from emgfeedback.ui.train.element_bars import ElementBars
from emgfeedback.ui.train.step_list import StepList
from emgfeedback.ui.widgets.banner import Banner
from emgfeedback.ui.widgets.channel_header import ChannelHeaders
from emgfeedback.ui.widgets.neck_map import NeckMap
from emgfeedback.ui.widgets.scale_button import ScaleButton

_FIGURES_EVERY_S = 1 / 4
_BARS_EVERY_S = 1 / 30
_MAP_EVERY_S = 1 / 15
_SIDE_PX = 270
_WIDE_SIDE_PX = 400
_WIDE_FROM_PX = 1440
_SIDE_GAP_PX = 10
_STEPS_PX = 196
_STEPS_FROM_PX = 1080
"""Narrower than this the steps are named in the top line only."""


class TrainConsole(QWidget):
    """Everything of a running plan.

    Signals
    -------
    threshold_asked
        Channel and its line, microvolts, from a flag.
    """

    threshold_asked = Signal(int, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figures_due, self._bars_due = Due(_FIGURES_EVERY_S), Due(_BARS_EVERY_S)
        self._map_due = Due(_MAP_EVERY_S)
        self._has_target = False
        self._labels: tuple[str, ...] = ()
        self._last = Snapshot()
        self._away_since_s: float | None = None
        self.scale_button = ScaleButton()
        self.scale_button.chosen.connect(self._rescale)
        self.headers = ChannelHeaders(self.scale_button)
        self.traces = LiveTraces()
        self.traces.threshold_wanted.connect(self.threshold_asked)
        self.traces.scale_wanted.connect(self.scale_button.choose)
        self.steps = StepList()
        self._step = -1
        self.neck = NeckMap()
        self.neck.shows_quality = True
        self.thumbnail = PatientThumbnail()
        self.bars = ElementBars()
        self.banner = Banner()
        self.panel = ControlPanel()
        self._lay_out()

    def _card(self, title: str, inside: QWidget) -> QFrame:
        card = QFrame()
        card.setProperty("kind", "card")
        head = QLabel(title)
        theme.set_role(head, "body_strong")
        head.setProperty("tone", "second")
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addWidget(head)
        column.addWidget(inside, 1)
        return card

    @staticmethod
    def _scrolled(layout: QLayout, name: str) -> QScrollArea:
        page = QWidget()
        page.setProperty("kind", "page")
        layout.setContentsMargins(0, 0, 0, 0)
        page.setLayout(layout)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setAccessibleName(name)
        area.setWidget(page)
        return area

    def _lay_out(self) -> None:
        steps = QVBoxLayout()
        steps.addWidget(self.steps)
        steps.addStretch(1)
        self.steps_area = self._scrolled(steps, self.steps.accessibleName())
        self.steps_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._steps_card = self._card(self.tr("Steps"), self.steps_area)
        traces = QFrame()
        traces.setProperty("kind", "card")
        row = QHBoxLayout(traces)
        row.setContentsMargins(1, 4, 6, 4)
        row.setSpacing(0)
        row.addWidget(self.headers)
        row.addWidget(self.traces, 1)
        self._side = QWidget()
        self._side.setAccessibleName(self.tr("Patient and level"))
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(_SIDE_GAP_PX)
        self._seen_card = self._card(self.tr("What the patient sees"), self.thumbnail)
        side.addWidget(self._seen_card, 4)
        self._neck_card = self._card(self.tr("Electrodes and activity"), self.neck)
        side.addWidget(self._neck_card, 3)
        self._bars_card = self._card(self.tr("Level against target"), self.bars)
        side.addWidget(self._bars_card, 4)
        side.addWidget(self.banner)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self._steps_card)
        top.addWidget(traces, 1)
        top.addWidget(self._side)
        self._scroll = self._scrolled(top, self.tr("Signals and steps"))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        whole.addWidget(self._scroll, 1)
        whole.addWidget(self.panel)
        self.fit()

    def fit(self) -> None:
        """Give the columns their room."""
        wide = _WIDE_SIDE_PX if self.width() >= _WIDE_FROM_PX else _SIDE_PX
        self._side.setFixedWidth(min(theme.px(wide), max(theme.px(160), self.width() // 3)))
        self._steps_card.setFixedWidth(theme.px(_STEPS_PX))
        self._steps_card.setVisible(self.width() >= theme.px(_STEPS_FROM_PX))
        self._fit_neck()

    def _fit_neck(self) -> None:
        """Show the neck map beside the bars where there is room, else where there are none."""
        self._bars_card.setVisible(self._has_target)
        cards = (self._seen_card, self._neck_card, self._bars_card)
        width = self._side.width()
        needed = sum(_least_height(card, width) for card in cards) + 2 * _SIDE_GAP_PX
        if self.banner.isVisibleTo(self):
            needed += _least_height(self.banner, width) + _SIDE_GAP_PX
        room = max(self._scroll.height(), self.headers.minimumSizeHint().height())
        self._neck_card.setVisible(needed <= room or not self._has_target)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the columns their room."""
        super().resizeEvent(event)
        self.fit()
        self.panel.fit_text_size()

    def refresh(
        self,
        snapshot: Snapshot,
        run: RunNow,
        traces: TraceBuffer | None,
        now_s: float,
        refused: str = "",
    ) -> None:
        """Draw a moment of `run`, each part as often as it deserves; see `LivePage.refresh`."""
        self._last = snapshot
        live = snapshot.link.state is LinkState.STREAMING
        self._draw_traces(snapshot, run, traces)
        labels = tuple(channel.label for channel in snapshot.channels)
        if labels != self._labels:
            self._labels = labels
            for i, channel in enumerate(snapshot.channels):
                self.traces.set_scale_uv(i, self.scale_button.scale_uv(channel.muscle))
        if self._map_due(now_s):
            shares = tuple(
                activity_share(c, self.scale_button.scale_uv(c.muscle)) for c in snapshot.channels
            )
            self.neck.show_activity(snapshot.channels, shares, live=live)
        figures = self._figures_due(now_s)
        if figures:
            self._show_figures(snapshot, run, now_s, refused, live=live)
        if figures or self._bars_due(now_s):
            elements = run.feedback.elements if run.feedback is not None else ()
            self._has_target = bool(elements)
            self.bars.show_elements(elements, run.unit, figures=figures)
            self.panel.strip.show_run(run)
            self.panel.show_movement(run.movement, still=self.thumbnail.look.reduced_motion)
            self.thumbnail.show_run(run)

    def _draw_traces(self, snapshot: Snapshot, run: RunNow, traces: TraceBuffer | None) -> None:
        """Draw the traces with the run's lines, which have microvolts whatever its unit."""
        shown = snapshot
        percents: tuple[float | None, ...] = ()
        if len(run.thresholds_uv) == len(snapshot.channels):
            lines = zip(snapshot.channels, run.thresholds_uv, strict=True)
            channels = tuple(replace(c, threshold_uv=uv) for c, uv in lines)
            shown = replace(snapshot, channels=channels)
            if run.unit is Unit.PCT:
                percents = tuple(
                    pct / uv if pct and uv else None
                    for pct, uv in zip(run.thresholds, run.thresholds_uv, strict=True)
                )
        self.traces.refresh(traces, shown, percents)

    def _show_figures(
        self, snapshot: Snapshot, run: RunNow, now_s: float, refused: str, *, live: bool
    ) -> None:
        if live:
            self._away_since_s = None
        elif self._away_since_s is None:
            self._away_since_s = now_s
        away_s = 0.0 if self._away_since_s is None else now_s - self._away_since_s
        self.headers.show_channels(snapshot.channels, live=live)
        self.scale_button.show_muscles(tuple(dict.fromkeys(c.muscle for c in snapshot.channels)))
        self.steps.show_run(run)
        if run.step != self._step:
            # Once a step, so that whoever looks further down is left there.
            self._step = run.step
            self.steps_area.ensureVisible(0, self.steps.middle_px(run.step), 0, theme.px(100))
        self.panel.show_run(run, snapshot.channels)
        told = notice(snapshot, away_s, refused)
        if run.cables and (told is None or told.kind != "bad"):
            remedy = self.tr("%1 Then press Back and take those tasks again.").replace(
                "%1", run.cables
            )
            told = Notice("check", self.tr("Check the cables"), remedy)
        self.banner.show_notice(told)
        self._fit_neck()

    def _rescale(self, muscle: str, scale_uv: float) -> None:
        for i, channel in enumerate(self._last.channels):
            if channel.muscle == muscle:
                self.traces.set_scale_uv(i, scale_uv)


def _least_height(card: QWidget, width: int) -> int:
    """Return the height under which a card of `width` is cut."""
    layout = card.layout()
    fitted = layout.minimumHeightForWidth(width) if layout is not None else 0
    return max(fitted, card.minimumSizeHint().height())
