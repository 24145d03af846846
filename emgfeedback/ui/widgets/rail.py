"""The rail on the left: one button per page, Alt+1 to Alt+9."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainterPath, QPaintEvent, QPen, QShortcut
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QVBoxLayout, QWidget

from emgfeedback.ui import icons, theme
from emgfeedback.ui.widgets.painted import FollowsLook, ground_of, smooth_painter

_WIDTH_PX = 72


class _Logo(QWidget):
    """Two waves that mirror each other."""

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH_PX, 68)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = smooth_painter(self)
        pen = QPen(theme.tokens().accent, 2.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.translate(self.width() / 2 - 36, 0)
        path = QPainterPath()
        path.moveTo(22, 34)
        path.cubicTo(28, 34, 28, 22, 36, 22)
        path.cubicTo(44, 22, 44, 34, 50, 34)
        path.moveTo(22, 40)
        path.cubicTo(28, 40, 28, 46, 36, 46)
        path.cubicTo(44, 46, 44, 40, 50, 40)
        painter.drawPath(path)
        painter.end()


class RailButton(FollowsLook, QAbstractButton):
    """An icon over a word; the chosen page has a raised ground and a bar at its left."""

    def __init__(self, text: str, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        """Return a square of the rail's width."""
        return QSize(theme.px(_WIDTH_PX), theme.px(60))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, bar, icon and word."""
        del event
        t = theme.tokens()
        painter = smooth_painter(self)
        ground = QRectF(self.rect()).adjusted(8, 2, -8, -2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground_of(self, t.raised if self.isChecked() else t.sunken))
        painter.drawRoundedRect(ground, 10, 10)
        if self.isChecked():
            painter.setBrush(t.accent)
            painter.drawRoundedRect(QRectF(0, ground.top() + 8, 4, ground.height() - 16), 2, 2)
        colour = t.ink if self.isChecked() else t.ink2
        size = theme.px(22)
        icon = QRectF((self.width() - size) / 2, ground.top() + theme.px(7), size, size)
        icons.draw(painter, self._icon_name, icon, colour)
        painter.setFont(theme.font("caption_strong" if self.isChecked() else "caption"))
        painter.setPen(colour)
        line = QRectF(0, icon.bottom(), self.width(), ground.bottom() - icon.bottom())
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()


class Rail(QFrame):
    """The pages that exist; add one with `add_page`.

    Signals
    -------
    chosen
        The page's number, in the order of adding.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "rail")
        self.setAccessibleName(self.tr("Pages"))
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.idClicked.connect(self.chosen)
        self._keys: list[QShortcut] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 12)
        self._column.setSpacing(4)
        self._column.addWidget(_Logo())
        self._column.addStretch(1)

    def add_page(self, text: str, icon_name: str, *, at_foot: bool = False) -> int:
        """Add a page's button and its key Alt+n; return the page's number."""
        button = RailButton(text, icon_name)
        number = len(self._group.buttons())
        self._group.addButton(button, number)
        place = self._column.count() if at_foot else number + 1
        self._column.insertWidget(place, button)
        shortcut = QShortcut(QKeySequence(f"Alt+{number + 1}"), self)
        shortcut.activated.connect(button.click)
        self._keys.append(shortcut)
        button.setToolTip(f"Alt+{number + 1}")
        button.setChecked(number == 0)
        return number

    def choose(self, number: int) -> None:
        """Mark the page `number` as the one shown."""
        self._group.button(number).setChecked(True)

    def offer(self, numbers: Collection[int] | None) -> None:
        """Offer the pages `numbers` alone, to mouse and keyboard; None: all."""
        for number, key in enumerate(self._keys):
            wanted = numbers is None or number in numbers
            self._group.button(number).setVisible(wanted)
            key.setEnabled(wanted)
