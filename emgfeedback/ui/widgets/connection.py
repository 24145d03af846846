"""Choosing a port and connecting, with the error and its remedy in place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from emgfeedback.core.device import LinkState
from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.ui import theme
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.session_port import DEMO_PORT, PortLine
from emgfeedback.ui.widgets.banner import Banner
from emgfeedback.ui.widgets.keyed_button import KeyedButton

_TRYING = (LinkState.OPENING, LinkState.HANDSHAKE)


class ConnectionPanel(QWidget):
    """Port box, Connect, Demo board.

    Signals
    -------
    connect_asked
        With the port to open.
    cancel_asked
        To give up connecting.
    """

    connect_asked = Signal(str)
    cancel_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known: dict[str, str] = {}
        self._touched = False
        self._connecting = False
        label = QLabel(self.tr("Port of the board"))
        theme.set_role(label, "second_strong")
        self.port_box = QComboBox()
        self.port_box.setEditable(True)
        self.port_box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.port_box.setAccessibleName(self.tr("Port of the board"))
        self.port_box.setMinimumContentsLength(24)
        theme.set_role(self.port_box, "body")
        label.setBuddy(self.port_box)
        edit = QLineEdit()
        self.port_box.setLineEdit(edit)
        edit.setAccessibleName(self.tr("Port of the board"))
        edit.setPlaceholderText(self.tr("Plug the board in, or type a port"))
        edit.textEdited.connect(self._type)
        edit.returnPressed.connect(self._connect)
        edit.textChanged.connect(self._refresh_buttons)
        self.port_box.activated.connect(self._type)
        self.connect_button = KeyedButton(self.tr("Connect"), "connect")
        self.connect_button.setProperty("kind", "primary")
        self.connect_button.clicked.connect(self._connect)
        self.demo_button = KeyedButton(self.tr("Demo board"), "play")
        self.demo_button.setToolTip(self.tr("A simulated neck, to look around without a board"))
        self.demo_button.clicked.connect(self._connect_demo)
        self.cancel_button = KeyedButton(self.tr("Give up"), "stop")
        self.cancel_button.clicked.connect(self.cancel_asked)
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.status.setProperty("tone", "second")
        theme.set_role(self.status, "body")
        self.banner = Banner()
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        for button in (self.connect_button, self.demo_button, self.cancel_button):
            button.setMinimumHeight(theme.PRIMARY_PX)
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label)
        column.addWidget(self.port_box)
        column.addSpacing(8)
        column.addLayout(buttons)
        column.addWidget(self.status)
        column.addWidget(self.banner)
        self._refresh_buttons()
        self.show_link(Snapshot())

    @property
    def port(self) -> str:
        """The port in the box: the path behind a listed line, else the typed text."""
        text = self.port_box.currentText().strip()
        return self._known.get(text, text)

    def show_ports(self, ports: Sequence[PortLine]) -> None:
        """List `ports`, likely boards first; what the user typed or chose is kept."""
        ordered = sorted(ports, key=lambda port: not port.likely)
        known = {
            f"{p.path} · {p.description}" if p.description else p.path: p.path for p in ordered
        }
        if known == self._known:
            return
        kept = self.port_box.currentText()
        chosen = self.port if self._touched else ""
        self._known = known
        self.port_box.clear()
        self.port_box.addItems(list(known))
        if self._touched and kept:
            text = next((line for line, path in known.items() if path == chosen), kept)
            self.port_box.setEditText(text)
        elif not any(port.likely for port in ordered):
            self.port_box.setCurrentIndex(-1)
            self.port_box.setEditText("")
        self._refresh_buttons()

    def show_link(self, snapshot: Snapshot) -> None:
        """Show how connecting goes, or why it failed."""
        self._connecting = snapshot.link.state in _TRYING
        self.status.setText(
            {
                LinkState.OPENING: self.tr("Opening %1").replace("%1", snapshot.port),
                LinkState.HANDSHAKE: self.tr(
                    "Asking who is there. A board with our firmware answers within 4 s, "
                    "another may take 20 s."
                ),
            }.get(snapshot.link.state, "")
        )
        self.status.setVisible(self._connecting)
        failed = bool(snapshot.link_message) and not self._connecting
        self.banner.show_notice(
            Notice("bad", self.tr("Not connected"), snapshot.link_message) if failed else None
        )
        self._refresh_buttons()

    def _type(self) -> None:
        self._touched = True

    def _refresh_buttons(self) -> None:
        self.connect_button.setEnabled(bool(self.port) and not self._connecting)
        self.demo_button.setEnabled(not self._connecting)
        self.port_box.setEnabled(not self._connecting)
        self.cancel_button.setVisible(self._connecting)
        if self._connecting and self.focusWidget() in (self.connect_button, self.port_box):
            self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _connect_demo(self) -> None:
        self.connect_asked.emit(DEMO_PORT)

    def _connect(self) -> None:
        if self.port and not self._connecting:
            self.connect_asked.emit(self.port)
