"""Chips to switch on and off, side by side as far as there is room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from emgfeedback.ui import theme
from emgfeedback.ui.checkin.own_fonts import OwnFonts
from emgfeedback.ui.checkin.paper_slider import LARGE

_GAP_PX = 8
TICK = "✓"


class Chip(OwnFonts, QPushButton):
    """A word that is on, with a tick, or off."""

    def __init__(self, key: str, text: str, *, large: bool = False) -> None:
        super().__init__()
        self.key = key
        self._text = text
        self._scale = LARGE if large else 1.0
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setProperty("kind", "segment")
        self.toggled.connect(self._say)
        self.look_changed()

    def _say(self) -> None:
        self.setText(f"{TICK} {self._text}" if self.isChecked() else self._text)
        self.updateGeometry()

    def look_changed(self) -> None:
        """Fit the text size."""
        self.setFont(theme.sized_font(13.3 * self._scale, 500))
        self.setMinimumHeight(theme.px(theme.TARGET_PX * self._scale))
        self._say()


class Chips(OwnFonts, QWidget):
    """Several chips; with `single`, at most one of them is on.

    Signals
    -------
    chosen
        After a chip was switched by hand.
    """

    chosen = Signal()

    def __init__(
        self,
        name: str,
        choices: Sequence[tuple[str, str]],
        *,
        single: bool = False,
        large: bool = False,
    ) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._name, self._single, self._large = name, single, large
        self.chips: list[Chip] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for key, text in choices:
            self.add(key, text)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that are on."""
        return tuple(chip.key for chip in self.chips if chip.isChecked())

    def add(self, key: str, text: str) -> None:
        """Add a chip at the end."""
        chip = Chip(key, text, large=self._large)
        chip.setAccessibleDescription(self._name)
        chip.clicked.connect(lambda _=False, chip=chip: self._clicked(chip))
        chip.toggled.connect(self._place)
        self.chips.append(chip)
        chip.setParent(self)
        chip.setVisible(True)
        self._place()

    def show_keys(self, keys: Sequence[str]) -> None:
        """Switch exactly `keys` on; a key without a chip gets one."""
        known = {chip.key for chip in self.chips}
        for key in keys:
            if key not in known:
                self.add(key, key)
        for chip in self.chips:
            chip.setChecked(chip.key in keys)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the chips in the new width."""
        super().resizeEvent(event)
        self._place()

    def look_changed(self) -> None:
        """Place the chips in their new size."""
        self._place()

    def _place(self) -> None:
        x = y = high = 0
        for chip in self.chips:
            size = chip.sizeHint().expandedTo(chip.minimumSize())
            if x and x + size.width() > self.width():
                x, y, high = 0, y + high + _GAP_PX, 0
            chip.setGeometry(x, y, size.width(), size.height())
            x += size.width() + _GAP_PX
            high = max(high, size.height())
        self.setFixedHeight(y + high)

    def _clicked(self, chip: Chip) -> None:
        if self._single and chip.isChecked():
            for other in self.chips:
                if other is not chip:
                    other.setChecked(False)
        self.chosen.emit()
