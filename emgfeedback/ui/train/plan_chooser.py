"""Choosing a plan: a card each, the overactive side where it matters, one Start."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from emgfeedback.core.errors import EmgFeedbackError
from emgfeedback.core.montage import Side
from emgfeedback.training.plan import Plan, load_plan
from emgfeedback.ui import icons, theme, words
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.widgets.banner import Banner
from emgfeedback.ui.widgets.keyed_button import KeyedButton
from emgfeedback.ui.widgets.painted import FollowsLook, draw_choice, smooth_painter

FIRST = "home-15-minutes"
"""The plan chosen before anybody chooses."""


class PlanCard(FollowsLook, QAbstractButton):
    """A plan: title, what it is for, steps and minutes; the chosen one is edged and ticked.

    Signals
    -------
    entered
        Enter was pressed on it.
    """

    entered = Signal()

    def __init__(self, plan: Plan, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plan = plan
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setText(plan.title)
        self.setAccessibleName(plan.title)
        self.setAccessibleDescription(f"{plan.summary} {self.facts}")

    @property
    def facts(self) -> str:
        """Steps and minutes."""
        said = self.tr("%1 steps · about %2 min")
        minutes = words.whole(max(1, round(self.plan.minutes)))
        return said.replace("%1", words.whole(len(self.plan.steps))).replace("%2", minutes)

    def sizeHint(self) -> QSize:
        """Return room for title, two lines and the facts."""
        return QSize(theme.px(300), theme.px(108))

    def minimumSizeHint(self) -> QSize:
        """Return the least room its words need."""
        return QSize(theme.px(240), theme.px(108))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter for more than Space: choose it and start."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            if not self.isChecked():
                self.click()
            self.entered.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        del event
        t = theme.tokens()
        painter = smooth_painter(self)
        inner = draw_choice(painter, self, chosen=self.isChecked())
        size = theme.px(20)
        if self.isChecked():
            tick = QRectF(inner.right() - size, inner.top(), size, size)
            icons.draw(painter, "quality-good", tick, t.accent)
        painter.setPen(t.ink)
        painter.setFont(theme.font("card_title"))
        left = Qt.AlignmentFlag.AlignLeft
        title = QRectF(inner.left(), inner.top(), inner.width() - size - 8, theme.px(22))
        shown = painter.fontMetrics().elidedText(
            self.plan.title, Qt.TextElideMode.ElideRight, int(title.width())
        )
        painter.drawText(title, left | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setPen(t.ink2)
        painter.setFont(theme.font("second"))
        body = QRectF(inner.left(), title.bottom() + 4, inner.width(), theme.px(36))
        painter.drawText(body, left | Qt.TextFlag.TextWordWrap, self.plan.summary)
        painter.setPen(t.ink3)
        painter.setFont(theme.font("caption"))
        painter.drawText(inner, left | Qt.AlignmentFlag.AlignBottom, self.facts)
        painter.end()


class PlanChooser(QWidget):
    """The plans there are.

    Signals
    -------
    start_asked
        The plan, and muscle -> overactive side.
    """

    start_asked = Signal(object, dict)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[PlanCard] = []
        self.side_boxes: dict[str, QComboBox] = {}
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(lambda _: self._chosen_changed())
        title = QLabel(self.tr("Choose a plan"))
        theme.set_role(title, "page_title")
        self._grid = QGridLayout()
        self._grid.setSpacing(14)
        inside = QWidget()
        inside.setProperty("kind", "page")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(4, 4, 4, 4)
        self._column.setSpacing(12)
        self._column.addWidget(title)
        self._column.addLayout(self._grid)
        self._sides = QHBoxLayout()
        self._sides.setSpacing(12)
        self._column.addLayout(self._sides)
        self.banner = Banner()
        self._column.addWidget(self.banner)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setAccessibleName(title.text())
        scroll.setWidget(inside)
        self.start_button = KeyedButton(self.tr("Start"), "play", self.tr("Enter"))
        self.start_button.setProperty("kind", "primary")
        self.start_button.setMinimumHeight(theme.PRIMARY_PX)
        self.start_button.setMinimumWidth(theme.px(200))
        self.start_button.clicked.connect(self._start)
        self.hint = QLabel(self.tr("It is recorded from the start."))
        theme.set_role(self.hint, "second")
        self.hint.setProperty("tone", "second")
        foot = QHBoxLayout()
        foot.setSpacing(16)
        foot.addWidget(self.start_button)
        foot.addWidget(self.hint, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addWidget(scroll, 1)
        whole.addLayout(foot)

    @property
    def plan(self) -> Plan | None:
        """The plan chosen."""
        return next((card.plan for card in self.cards if card.isChecked()), None)

    @property
    def first_control(self) -> QWidget:
        """What the keyboard goes to: Start, or what must be chosen before it."""
        unset = [box for box in self.side_boxes.values() if box.currentData() is None]
        return unset[0] if unset else self.start_button

    def show_plans(self, paths: Sequence[Path]) -> None:
        """Read and list the plans; one that cannot be read is told, the others stay."""
        trouble = []
        for path in paths:
            try:
                plan = load_plan(path)
            except EmgFeedbackError as error:
                trouble.append(str(error))
                continue
            card = PlanCard(plan)
            card.entered.connect(self._start)
            self._group.addButton(card)
            self.cards.append(card)
        self.cards.sort(key=lambda card: card.plan.name != FIRST)
        for place, card in enumerate(self.cards):
            self._grid.addWidget(card, *divmod(place, 2))
        if self.cards:
            self.cards[0].setChecked(True)
        self.show_trouble(" ".join(trouble))
        self._chosen_changed()

    def show_trouble(self, words_of_it: str) -> None:
        """Say why a plan could not be read or started; empty for no trouble."""
        notice = Notice("check", self.tr("That did not work"), words_of_it)
        self.banner.show_notice(notice if words_of_it else None)

    def _chosen_changed(self) -> None:
        while (item := self._sides.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.side_boxes = {}
        plan = self.plan
        for muscle in plan.asks_sides if plan is not None else ():
            said = self.tr("Overactive side of %1").replace("%1", words.muscle_name(muscle))
            label, box = QLabel(said), QComboBox()
            for text, side in (
                (self.tr("Choose"), None),
                (self.tr("Left"), Side.LEFT),
                (self.tr("Right"), Side.RIGHT),
            ):
                box.addItem(text, side)
            box.setAccessibleName(said)
            theme.set_role(label, "body_strong")
            theme.set_role(box, "body")
            label.setBuddy(box)
            box.currentIndexChanged.connect(self._refresh_start)
            self._sides.addWidget(label)
            self._sides.addWidget(box)
            box.show()
            self.side_boxes[muscle] = box
        self._sides.addStretch(1)
        self._refresh_start()

    def _refresh_start(self) -> None:
        missing = any(box.currentData() is None for box in self.side_boxes.values())
        self.start_button.setEnabled(self.plan is not None and not missing)
        self.hint.setText(
            self.tr("Choose the overactive side first.")
            if missing
            else self.tr("It is recorded from the start.")
        )

    def _start(self) -> None:
        plan = self.plan
        if not self.start_button.isEnabled():
            self.first_control.setFocus(Qt.FocusReason.OtherFocusReason)
        elif plan is not None:
            sides = {muscle: box.currentData() for muscle, box in self.side_boxes.items()}
            self.start_asked.emit(plan, sides)
