"""A push button with an icon, words and the key that does the same."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton, QWidget

from emgfeedback.ui import icons, theme
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_ICON_PX = 18
_GAP_PX = 7


class KeyedButton(FollowsLook, QPushButton):
    """`text` beside the icon `icon_name`, and `key` in a small key cap."""

    def __init__(
        self, text: str, icon_name: str = "", key: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._icon_name = icon_name
        self._key = key
        self.setAccessibleName(text)
        theme.set_role(self, "body_strong")

    def say(self, text: str, icon_name: str, key: str = "") -> None:
        """Change words, icon and key; the accessible name follows."""
        if (text, icon_name, key) == (self.text(), self._icon_name, self._key):
            return
        self._icon_name, self._key = icon_name, key
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter for a press, as well as Space; held down it presses once."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.click()

    def _icon_px(self) -> float:
        return theme.px(_ICON_PX)

    def _key_px(self) -> float:
        if not self._key:
            return 0.0
        return QFontMetricsF(theme.font("caption_strong")).horizontalAdvance(self._key) + 12

    def _content_px(self) -> float:
        words = QFontMetricsF(self.font()).horizontalAdvance(self.text())
        icon = self._icon_px() + _GAP_PX if self._icon_name else 0
        key = self._key_px() + _GAP_PX + 2 if self._key else 0
        return icon + words + key

    def sizeHint(self) -> QSize:
        """Return the size the content needs."""
        beside = 12 if self.property("kind") == "rating" else 26
        return QSize(max(round(self._content_px()) + beside, theme.px(38)), theme.px(20) + 16)

    def minimumSizeHint(self) -> QSize:
        """Return the size hint: words are never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button of the style, then icon, words and key cap."""
        del event
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter = smooth_painter(self)
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        t = theme.tokens()
        colour = t.onaccent if self.property("kind") == "primary" else t.ink
        if not self.isEnabled():
            colour = t.ink3
        x, middle = (self.width() - self._content_px()) / 2, self.height() / 2
        if self._icon_name:
            size = self._icon_px()
            icons.draw(painter, self._icon_name, QRectF(x, middle - size / 2, size, size), colour)
            x += size + _GAP_PX
        painter.setFont(self.font())
        painter.setPen(colour)
        words_px = QFontMetricsF(self.font()).horizontalAdvance(self.text())
        line = QRectF(x, 0, words_px + 2, self.height())
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, left, self.text())
        if self._key:
            height = theme.px(20)
            cap = QRectF(x + words_px + _GAP_PX + 2, middle - height / 2, self._key_px(), height)
            painter.setPen(QPen(theme.faded(colour, 0.6), 1))
            painter.drawRoundedRect(cap, 4, 4)
            painter.setPen(colour)
            painter.setFont(theme.font("caption_strong"))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self._key)
        painter.end()
