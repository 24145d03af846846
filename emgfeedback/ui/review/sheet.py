"""The sheet a recording lies on: its facts, the strip, the lanes, the column beside them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from emgfeedback.review.views import Review
from emgfeedback.ui import theme, words
from emgfeedback.ui.review import review_words
from emgfeedback.ui.review.lanes import Lanes
from emgfeedback.ui.review.overview import Overview
from emgfeedback.ui.review.side_panel import SidePanel
from emgfeedback.ui.widgets.banner import Banner
from emgfeedback.ui.widgets.keyed_button import KeyedButton


class ReviewSheet(QWidget):
    """Lays the parts out; what they do is wired by `Looking`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.facts = QLabel(), QLabel()
        theme.set_role(self.title, "card_title")
        theme.set_role(self.facts, "second")
        self.facts.setProperty("tone", "second")
        for label in (self.title, self.facts):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.facts.setWordWrap(True)
        self._told = ""
        self.open_button = KeyedButton(self.tr("Open"), "search", "Ctrl+O")
        self.replay_button = KeyedButton(self.tr("Replay"), "play", self.tr("Space"))
        self.export_button = KeyedButton(self.tr("Export"), "export")
        self.close_button = KeyedButton(self.tr("Close"), "stop")
        self.replay_button.setToolTip(
            self.tr("Play it through the live screen, from the first cursor or the window on")
        )
        self.overview, self.lanes, self.panel = Overview(), Lanes(), SidePanel()
        self.banner = Banner()
        self._build()

    def _build(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.title)
        texts.addWidget(self.facts)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addLayout(texts, 1)
        for button in (self.open_button, self.replay_button, self.export_button, self.close_button):
            head.addWidget(button)
        strip, plot = QFrame(), QFrame()
        for frame, inside in ((strip, self.overview), (plot, self._scrolled())):
            frame.setProperty("kind", "card")
            column = QVBoxLayout(frame)
            column.setContentsMargins(2, 6, 2, 6)
            column.addWidget(inside)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(self.banner)
        left.addWidget(strip)
        left.addWidget(plot, 1)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addLayout(left, 1)
        row.addWidget(self.panel)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(10)
        page.addLayout(head)
        page.addLayout(row, 1)

    def _scrolled(self) -> QScrollArea:
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.lanes)
        return area

    def show_recording(self, review: Review, title: str) -> None:
        """Show a recording's name and facts, and nothing yet of its signals."""
        self.title.setText(title)
        self._told = review_words.recording_facts(review.recording)
        if review.recording.start is not None:
            self._told = f"{review_words.when(review.recording.start)} · {self._told}"
        self.facts.setText(self._told)
        self.overview.show_recording(review)
        self.lanes.show_recording(review)

    def show_progress(self, progress: float, quality_refused: str) -> None:
        """Tell how much is worked out."""
        told = self._told
        if progress < 1:
            share = words.number(100 * progress, 0)
            told = f"{told} · {self.tr('working it out, %1 %').replace('%1', share)}"
        elif quality_refused:
            told = f"{told} · {quality_refused}"
        if told != self.facts.text():
            self.facts.setText(told)
            self.facts.setToolTip(told)

    def fit(self) -> None:
        """Fit a new text size."""
        self.panel.fit()
