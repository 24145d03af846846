"""The fifth step: whether each signal can be trusted, live, with the remedy in words."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from emgfeedback.core.device import LinkState
from emgfeedback.core.quality import Level
from emgfeedback.engine.snapshot import ChannelNow, Snapshot
from emgfeedback.ui import theme, words
from emgfeedback.ui.errands import Errands
from emgfeedback.ui.first.inquiry import Inquiry
from emgfeedback.ui.first.step_page import Line, Lines, StepPage, label
from emgfeedback.ui.session_port import SessionPort
from emgfeedback.ui.widgets.neck_map import NeckMap

_PICTURE_FROM_PX = 640
_CONNECTED = (LinkState.STREAMING, LinkState.STALLED, LinkState.LOST)
_TRYING = (LinkState.OPENING, LinkState.HANDSHAKE)


class Trust(StepPage):
    """Connects, and follows the verdict on every channel."""

    def __init__(self, session: SessionPort, errands: Errands, inquiry: Inquiry) -> None:
        super().__init__()
        self.introduce(
            self.tr("Signal"),
            self.tr("Can each signal be trusted?"),
            self.tr("Sit quietly, jaw loose, shoulders down."),
        )
        self._session, self._errands, self._inquiry = session, errands, inquiry
        self.whole = Line()
        self.channels = Lines(self.tr("Quality of each channel"))
        self.picture = NeckMap()
        self.picture.shows_quality = True
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.channels)
        column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self.picture, 2)
        row.addLayout(column, 3)
        self.column.addWidget(self.whole)
        self.column.addLayout(row, 1)
        self.facts = label(role="caption", tone="quiet")
        self.column.addWidget(self.facts)

    def enter(self) -> None:
        """Connect to the board that was found, where it is not connected yet."""
        port = self._inquiry.port
        now = self._session.snapshot()
        if now.link.state in (*_CONNECTED, *_TRYING) and now.port == port:
            return
        self._errands.send(lambda: self._session.connect(port))

    def refresh(self, snapshot: Snapshot, now_s: float) -> None:
        """Show each channel's verdict and its remedy."""
        del now_s
        live = snapshot.link.state is LinkState.STREAMING and bool(snapshot.channels)
        self.picture.setVisible(self.width() >= theme.px(_PICTURE_FROM_PX))
        channels = snapshot.channels
        self.picture.show_activity(channels, (None,) * len(channels), live=live)
        for line, channel in zip(self.channels.ask_for(len(channels)), channels, strict=True):
            self._show_channel(line, channel, live=live)
        facts = self.tr("Levels: RMS over 250 ms at the electrode; %1")
        self.facts.setText(facts.replace("%1", snapshot.filter_facts) if live else "")
        usable = sum(channel.verdict.usable for channel in channels) if live else 0
        settling = any(channel.verdict.level is Level.UNKNOWN for channel in channels)
        self.ready = live and not settling
        self.next_text = ""
        if not live:
            self._show_link(snapshot)
        elif settling:
            self.whole.show_line(self.tr("A moment: looking at the signals"), Level.UNKNOWN)
        elif usable == len(channels):
            self.whole.show_line(self.tr("All signals can be trusted"), Level.GOOD)
        else:
            said = self.tr("%1 of %2 channels can be trusted")
            said = said.replace("%1", words.whole(usable)).replace("%2", words.whole(len(channels)))
            self.whole.show_line(
                said, Level.CHECK, self.tr("Mend what is marked: this follows by itself.")
            )
            self.next_text = self.tr("Go on without them")

    def _show_link(self, snapshot: Snapshot) -> None:
        state = snapshot.link.state
        if state in _TRYING:
            self.whole.show_line(self.tr("Connecting"), Level.UNKNOWN, snapshot.port)
        elif snapshot.link_message:
            self.whole.show_line(self.tr("Not connected"), Level.BAD, snapshot.link_message)
        elif state in _CONNECTED:
            self.whole.show_line(
                self.tr("The board has fallen silent"),
                Level.BAD,
                self.tr("Check its cable. It is looked for again by itself."),
            )
        else:
            self.whole.show_line(self.tr("Connecting"), Level.UNKNOWN)

    def _show_channel(self, line: Line, channel: ChannelNow, *, live: bool) -> None:
        said = words.finding_words(channel.verdict.finding)
        level = channel.verdict.level if live else Level.UNKNOWN
        title = f"{words.channel_title(channel)} · {said.name if live else words.DASH}"
        shown = live and channel.verdict.usable and channel.level_uv is not None
        figure = self.tr("%1 µV now").replace("%1", words.microvolts(channel.level_uv or 0.0))
        line.show_line(
            title,
            level,
            said.remedy if live else "",
            figure if shown else words.DASH,
            channel.side,
        )
