"""The top of every page: title, link, help, record button."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from emgfeedback.engine.snapshot import RecordState, Snapshot
from emgfeedback.ui import theme
from emgfeedback.ui.widgets.keyed_button import KeyedButton
from emgfeedback.ui.widgets.link_chip import LinkChip
from emgfeedback.ui.widgets.record_button import RecordButton


class TopBar(QWidget):
    """Always in sight, so that a running recording never goes unseen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Top bar"))
        self.on_live, self._said = True, ""
        self._title, self._second = QLabel(self.tr("Live")), QLabel()
        theme.set_role(self._title, "page_title")
        theme.set_role(self._second, "second")
        self._second.setProperty("tone", "second")
        self._second.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.link_chip = LinkChip()
        self.help_button = KeyedButton(self.tr("Help"), "help", "F1")
        self.help_button.setProperty("kind", "flat")
        self.record_button = RecordButton()
        self.caption = QLabel()
        self.caption.setAlignment(Qt.AlignmentFlag.AlignRight)
        theme.set_role(self.caption, "caption")
        self.caption.setProperty("tone", "second")
        upper, lower = QHBoxLayout(), QHBoxLayout()
        upper.setSpacing(12)
        upper.addWidget(self._title, 1, Qt.AlignmentFlag.AlignBottom)
        for widget in (self.link_chip, self.help_button, self.record_button):
            upper.addWidget(widget)
        self._upper = upper
        lower.setSpacing(12)
        lower.addWidget(self._second, 1)
        lower.addWidget(self.caption)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(upper)
        column.addLayout(lower)
        self.show_snapshot(Snapshot(), connected=False)

    def add_chip(self, chip: QWidget) -> None:
        """Put `chip` before the link."""
        self._upper.insertWidget(1, chip)

    def show_title(self, title: str, *, live: bool, second: str = "") -> None:
        """Show the page's title; under that of the live page stand the filters."""
        self._title.setText(title)
        self.on_live, self._said = live, second
        if not live:
            self._second.setText(second)

    def show_snapshot(self, snapshot: Snapshot, *, connected: bool) -> None:
        """Show link and recording of `snapshot`."""
        self.link_chip.show_link(snapshot)
        self.link_chip.setVisible(connected)
        self.record_button.show_recording(snapshot.recording)
        self.record_button.setEnabled(connected or self.record_button.running)
        filters = self._purpose(snapshot) if connected else ""
        self._second.setText(filters if self.on_live else self._said)
        caption = self._caption(snapshot)
        if caption != self.caption.text():
            self.caption.setText(caption)
            self.caption.setToolTip(snapshot.recording.path)

    def _purpose(self, snapshot: Snapshot) -> str:
        named = {"rest": self.tr("Rest"), "activation": self.tr("Activation")}
        words = named.get(snapshot.purpose, snapshot.purpose)
        return f"{words} · {snapshot.filter_facts}" if snapshot.filter_facts else words

    def _caption(self, snapshot: Snapshot) -> str:
        recording = snapshot.recording
        name = PurePath(recording.path.replace("\\", "/")).name
        if recording.state in (RecordState.RECORDING, RecordState.WAITING):
            return self.tr("saving to %1").replace("%1", name)
        if recording.state is RecordState.SAVED:
            return self.tr("saved to %1").replace("%1", name)
        if recording.state is RecordState.FAILED:
            return self.tr("Not recording: the file failed")
        return self.tr("Not recording")
