"""The link in one line, and a panel with its details behind it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from emgfeedback.core.device import LinkState
from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.ui import icons, theme, words
from emgfeedback.ui.widgets.keyed_button import KeyedButton


class LinkPanel(QFrame):
    """Who the board is and how the link does; closes when something else is clicked.

    Signals
    -------
    disconnect_asked
        To let go of the board.
    """

    disconnect_asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("kind", "panel")
        self.setAccessibleName(self.tr("Connection"))
        self._values: list[QLabel] = []
        title = QLabel(self.tr("Connection"))
        theme.set_role(title, "card_title")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        for row, name in enumerate(self._names()):
            label, value = QLabel(name), QLabel()
            label.setProperty("tone", "second")
            theme.set_role(label, "second")
            theme.set_role(value, "second_strong")
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setAccessibleName(name)
            value.setWordWrap(True)
            value.setMinimumWidth(48 * value.fontMetrics().averageCharWidth())
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(value, row, 1)
            self._values.append(value)
        button = KeyedButton(self.tr("Disconnect"), "disconnect")
        button.clicked.connect(self._leave)
        self._button = button
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(12)
        column.addWidget(title)
        column.addLayout(self._grid)
        column.addWidget(button)

    def _names(self) -> tuple[str, ...]:
        return (
            self.tr("Board"),
            self.tr("Firmware"),
            self.tr("Port"),
            self.tr("Rate, stated"),
            self.tr("Rate, measured"),
            self.tr("Samples received"),
            self.tr("Samples lost"),
            self.tr("Gaps"),
            self.tr("Damaged packets"),
            self.tr("Reconnected"),
            self.tr("Filters"),
            self.tr("Protocol"),
            self.tr("Proof of losses"),
            self.tr("Keep in mind"),
        )

    def show_link(self, snapshot: Snapshot) -> None:
        """Show the facts of `snapshot`."""
        device, link = snapshot.device, snapshot.link
        stated = link.nominal_fs_hz or (device.fs_hz if device else 0.0)
        measured = link.measured_fs_hz
        facts = (
            device.board if device else words.DASH,
            device.firmware if device else words.DASH,
            snapshot.port or words.DASH,
            self.tr("%1 Hz").replace("%1", words.number(stated, 0)) if stated else words.DASH,
            self.tr("%1 Hz").replace("%1", words.number(measured, 2))
            if measured is not None
            else self.tr("not known yet"),
            words.whole(link.received),
            self.tr("%1 (%2 %)")
            .replace("%1", words.whole(link.lost))
            .replace("%2", words.number(link.lost_pct, 3)),
            words.whole(link.gaps),
            words.whole(link.crc_errors),
            words.whole(link.reconnects),
            snapshot.filter_facts or words.DASH,
            device.driver if device else words.DASH,
            (device.loss_proof if device else "") or words.DASH,
            ("\n".join(device.cautions) if device else "") or words.DASH,
        )
        for label, text in zip(self._values, facts, strict=True):
            if label.text() != text:
                label.setText(text)

    def fit(self) -> None:
        """Take the height that all lines need; `adjustSize` would cut it on a small screen."""
        width = self.sizeHint().width()
        self.resize(width, self.heightForWidth(width))

    def _leave(self) -> None:
        self.close()
        self.disconnect_asked.emit()

    def open_under(self, chip: QWidget) -> None:
        """Open below `chip`, right edges in line."""
        self.fit()
        corner = chip.mapToGlobal(QPoint(chip.width() - self.width(), chip.height() + 6))
        self.move(corner)
        self.show()
        self._button.setFocus(Qt.FocusReason.PopupFocusReason)


class LinkChip(QPushButton):
    """Board, channels, rate and losses; press for more.

    Signals
    -------
    disconnect_asked
        To let go of the board.
    """

    disconnect_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trouble: bool | None = None
        self.setProperty("kind", "chip")
        theme.set_role(self, "second")
        self.panel = LinkPanel(self)
        self.panel.disconnect_asked.connect(self.disconnect_asked)
        self.clicked.connect(self._open)
        self.setToolTip(self.tr("Details of the connection"))
        self.show_link(Snapshot())

    def show_link(self, snapshot: Snapshot) -> None:
        """Show the link of `snapshot`."""
        state = snapshot.link.state
        if snapshot.device is not None and state is LinkState.STREAMING:
            text = words.board_facts(snapshot.device, snapshot.link, len(snapshot.channels))
        else:
            text = self._state_words(state)
        if text != self.text():
            self.setText(text)
        self.setAccessibleName(self.tr("Connection: %1").replace("%1", text))
        self._show_trouble(trouble=state in (LinkState.STALLED, LinkState.LOST))
        if self.panel.isVisible():
            self.panel.show_link(snapshot)
        self._snapshot = snapshot

    def _state_words(self, state: LinkState) -> str:
        return {
            LinkState.CLOSED: self.tr("Not connected"),
            LinkState.OPENING: self.tr("Opening the port"),
            LinkState.HANDSHAKE: self.tr("Asking the board"),
            LinkState.STREAMING: self.tr("Connected"),
            LinkState.STALLED: self.tr("Board silent"),
            LinkState.LOST: self.tr("Board unplugged"),
        }[state]

    def _show_trouble(self, *, trouble: bool) -> None:
        if trouble == self._trouble:
            return
        self._trouble = trouble
        self._draw_icon()

    def _draw_icon(self) -> None:
        t = theme.tokens()
        if self._trouble:
            self.setIcon(icons.icon("quality-bad", t.bad))
        else:
            self.setIcon(icons.icon("connect", t.ink2))

    def changeEvent(self, event: QEvent) -> None:
        """Recolour the icon in a new look."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._draw_icon()
        super().changeEvent(event)

    def _open(self) -> None:
        self.panel.show_link(self._snapshot)
        self.panel.open_under(self)
