"""The live screen: traces, neck map, levels, differences, target."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from emgfeedback.core.device import LinkState
from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.engine.traces import TraceBuffer
from emgfeedback.ui import theme
from emgfeedback.ui.notices import notice
from emgfeedback.ui.scales import activity_share, bar_top_uv
from emgfeedback.ui.traces import LiveTraces
from emgfeedback.ui.widgets.banner import Banner
from emgfeedback.ui.widgets.channel_header import ChannelHeaders
from emgfeedback.ui.widgets.difference import DifferenceBars
from emgfeedback.ui.widgets.level_bars import BarPair, LevelBars
from emgfeedback.ui.widgets.neck_map import NeckMap
from emgfeedback.ui.widgets.scale_button import ScaleButton
from emgfeedback.ui.widgets.target_panel import TargetPanel

_BARS_EVERY_S = 1 / 30
_MAP_EVERY_S = 1 / 15
_FIGURES_EVERY_S = 1 / 4
_WIDE_FROM_PX = 1440
_SIDE_PX = 314
_WIDE_SIDE_PX = 400
_MOST_SIDE_SHARE = 0.36
_ASIDES_BELOW = 1.5


class Due:
    """Says when something that happens every `every_s` seconds is due."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._next_s = float("-inf")

    def __call__(self, now_s: float) -> bool:
        """Whether it is due at `now_s`; if so, the next time is set."""
        if now_s < self._next_s:
            return False
        self._next_s = now_s + self._every_s
        return True


def _card(title: str, aside: str) -> tuple[QFrame, QVBoxLayout, QLabel]:
    card = QFrame()
    card.setProperty("kind", "card")
    head, note = QLabel(title), QLabel(aside)
    theme.set_role(head, "body_strong")
    head.setProperty("tone", "second")
    theme.set_role(note, "caption")
    note.setProperty("tone", "quiet")
    row = QHBoxLayout()
    row.addWidget(head, 1)
    row.addWidget(note)
    column = QVBoxLayout(card)
    column.setContentsMargins(16, 8, 16, 8)
    column.setSpacing(6)
    column.addLayout(row)
    return card, column, note


class LivePage(QWidget):
    """Everything of a running stream.

    Signals
    -------
    threshold_asked
        Channel and threshold in microvolts, from the traces' flags.
    """

    threshold_asked = Signal(int, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scale_button = ScaleButton()
        self.scale_button.chosen.connect(self._rescale)
        self.headers = ChannelHeaders(self.scale_button)
        self.neck = NeckMap()
        self.differences = DifferenceBars()
        self.bars = LevelBars()
        self.banner = Banner()
        self.target = TargetPanel()
        self.traces = LiveTraces()
        self.traces.threshold_wanted.connect(self.threshold_asked)
        self.traces.scale_wanted.connect(self.scale_button.choose)
        self._scaled_labels: tuple[str, ...] = ()
        self._last = Snapshot()
        self._away_since_s: float | None = None
        self._bars_due, self._map_due = Due(_BARS_EVERY_S), Due(_MAP_EVERY_S)
        self._figures_due = Due(_FIGURES_EVERY_S)
        self._lay_out()

    def _lay_out(self) -> None:
        traces_card = QFrame()
        traces_card.setProperty("kind", "card")
        row = QHBoxLayout(traces_card)
        row.setContentsMargins(1, 4, 6, 4)
        row.setSpacing(0)
        row.addWidget(self.headers)
        row.addWidget(self.traces, 1)
        activity, column, over = _card(self.tr("Activity now"), self.tr("left/right over 1 s"))
        column.addWidget(self.neck, 1)
        column.addWidget(self.differences)
        levels, column, window = _card(self.tr("Level against target"), self.tr("250 ms RMS"))
        self._asides = (over, window)
        column.addWidget(self.bars, 1)
        self._side = QWidget()
        self._side.setAccessibleName(self.tr("Activity and level"))
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(12)
        side.addWidget(activity, 5)
        side.addWidget(levels, 4)
        side.addWidget(self.banner)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(traces_card, 1)
        top.addWidget(self._side)
        page = QWidget()
        page.setProperty("kind", "page")
        page.setAccessibleName(self.tr("Live"))
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addLayout(top, 1)
        column.addWidget(self.target)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setAccessibleName(self.tr("Live"))
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._scroll)
        self._fit_side()

    def _fit_side(self) -> None:
        wanted = theme.px(_WIDE_SIDE_PX if self.width() >= _WIDE_FROM_PX else _SIDE_PX)
        share = round(_MOST_SIDE_SHARE * self.width())
        self._side.setFixedWidth(max(min(wanted, share), self._side.minimumSizeHint().width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the right column more room in a wide window."""
        super().resizeEvent(event)
        self._fit_side()

    def apply_theme(self) -> None:
        """Fit the parts to a new text size."""
        for aside in self._asides:
            aside.setVisible(theme.text_factor() < _ASIDES_BELOW)
        self._fit_side()
        self.target.fit_text_size()

    def refresh(
        self, snapshot: Snapshot, traces: TraceBuffer | None, now_s: float, refused: str = ""
    ) -> None:
        """Draw `snapshot`, each part as often as it deserves.

        Parameters
        ----------
        traces
            What the pipeline has for drawing, or None.
        now_s
            A monotonic clock.
        refused
            Why the last command was refused, in words.
        """
        self._last = snapshot
        live = snapshot.link.state is LinkState.STREAMING
        figures = self._figures_due(now_s)
        if figures:
            self._show_figures(snapshot, now_s, refused, live=live)
        self._draw_traces(snapshot, traces)
        if figures or self._bars_due(now_s):
            self.bars.show_levels(
                self._bar_pairs(snapshot), snapshot.time_s, live=live, figures=figures
            )
        if self._map_due(now_s):
            shares = tuple(
                activity_share(c, self.scale_button.scale_uv(c.muscle)) for c in snapshot.channels
            )
            self.neck.show_activity(snapshot.channels, shares, live=live)

    def _show_figures(self, snapshot: Snapshot, now_s: float, refused: str, *, live: bool) -> None:
        if live or snapshot.link.state is LinkState.CLOSED:
            self._away_since_s = None
        elif self._away_since_s is None:
            self._away_since_s = now_s
        self.headers.show_channels(snapshot.channels, live=live)
        self.scale_button.show_muscles(tuple(dict.fromkeys(c.muscle for c in snapshot.channels)))
        self.differences.show_pairs(snapshot.pairs, live=live)
        self.target.show_now(snapshot, live=live)
        away_s = 0.0 if self._away_since_s is None else now_s - self._away_since_s
        self.banner.show_notice(notice(snapshot, away_s, refused))

    def _bar_pairs(self, snapshot: Snapshot) -> tuple[BarPair, ...]:
        made = []
        for pair in snapshot.pairs:
            left, right = snapshot.channels[pair.left], snapshot.channels[pair.right]
            thresholds = (left.threshold_uv, right.threshold_uv)
            top_uv = bar_top_uv(thresholds, self.scale_button.scale_uv(pair.muscle))
            made.append(BarPair(pair.muscle, left, right, top_uv))
        return tuple(made)

    def _draw_traces(self, snapshot: Snapshot, traces: TraceBuffer | None) -> None:
        self.traces.refresh(traces, snapshot)
        labels = tuple(channel.label for channel in snapshot.channels)
        if labels != self._scaled_labels:
            self._scaled_labels = labels
            for i, channel in enumerate(snapshot.channels):
                self.traces.set_scale_uv(i, self.scale_button.scale_uv(channel.muscle))

    def _rescale(self, muscle: str, scale_uv: float) -> None:
        for i, channel in enumerate(self._last.channels):
            if channel.muscle == muscle:
                self.traces.set_scale_uv(i, scale_uv)
