"""Choosing a plan: a card each, the overactive side where it matters, one Start."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from emgfeedback.core.errors import EmgFeedbackError
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.core.montage import Side
from emgfeedback.training.plan import Plan, load_plan
from emgfeedback.training.programme import PROGRAMME, load_programme
from emgfeedback.ui import icons, theme, words
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.train.programme_weeks import ProgrammeWeeks
from emgfeedback.ui.widgets.banner import Banner
from emgfeedback.ui.widgets.choice_button import ChoiceButton
from emgfeedback.ui.widgets.keyed_button import KeyedButton
from emgfeedback.ui.widgets.painted import draw_choice, smooth_painter

_TICK_PX = 20
_WRAPPED = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
FIRST = "home-15-minutes"
"""The plan chosen before anybody chooses."""


class PlanCard(ChoiceButton):
    """A plan: title, what it is for, steps and minutes; the chosen one is edged and ticked."""

    def __init__(self, plan: Plan, parent: QWidget | None = None) -> None:
        super().__init__(plan.title, parent)
        self.plan = plan
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
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
        return QSize(theme.px(300), self.heightForWidth(theme.px(300)))

    def minimumSizeHint(self) -> QSize:
        """Return the least room its words need."""
        return QSize(theme.px(240), theme.px(96))

    def hasHeightForWidth(self) -> bool:
        """Return true: its words wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height at which no word is cut."""
        title, body = self._lines(width - 36.0)
        facts = QFontMetricsF(theme.font("caption")).height()
        return round(max(title + body + facts + 48.0, theme.px(108)))

    def _lines(self, width: float) -> tuple[float, float]:
        """Return the heights of title and summary in a card with `width` of room inside."""
        room = QRectF(0, 0, width, 10_000)
        beside = QRectF(0, 0, width - theme.px(_TICK_PX) - 8, 10_000)
        title = QFontMetricsF(theme.font("card_title"))
        body = QFontMetricsF(theme.font("second"))
        return (
            title.boundingRect(beside, _WRAPPED, self.plan.title).height(),
            body.boundingRect(room, _WRAPPED, self.plan.summary).height(),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        del event
        t = theme.tokens()
        painter = smooth_painter(self)
        inner = draw_choice(painter, self, chosen=self.isChecked())
        size = theme.px(_TICK_PX)
        if self.isChecked():
            tick = QRectF(inner.right() - size, inner.top(), size, size)
            icons.draw(painter, "quality-good", tick, t.accent)
        title_px, body_px = self._lines(inner.width())
        painter.setPen(t.ink)
        painter.setFont(theme.font("card_title"))
        title = QRectF(inner.left(), inner.top(), inner.width() - size - 8, title_px)
        painter.drawText(title, _WRAPPED, self.plan.title)
        painter.setPen(t.ink2)
        painter.setFont(theme.font("second"))
        body = QRectF(inner.left(), title.bottom() + 6, inner.width(), body_px)
        painter.drawText(body, _WRAPPED, self.plan.summary)
        painter.setPen(t.ink3)
        painter.setFont(theme.font("caption"))
        painter.drawText(
            inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, self.facts
        )
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
        self._preferred = ""
        self.side_boxes: dict[str, QComboBox] = {}
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._card_chosen)
        self._grid = QGridLayout()
        self._grid.setSpacing(14)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.weeks = ProgrammeWeeks()
        self.weeks.chosen.connect(self._choose_named)
        self.weeks.start_asked.connect(self._start)
        self._plans = QWidget()
        self._plans.setLayout(self._grid)
        self._sides = QHBoxLayout()
        self._sides.setSpacing(12)
        self.banner = Banner()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addLayout(self._make_head())
        whole.addWidget(self._make_lists(), 1)
        whole.addLayout(self._sides)
        whole.addWidget(self.banner)
        whole.addLayout(self._make_foot())

    def _make_head(self) -> QHBoxLayout:
        title = QLabel(self.tr("Choose a plan"))
        theme.set_role(title, "page_title")
        self.plans_tab = QPushButton(self.tr("Plans"))
        self.weeks_tab = QPushButton(self.tr("Week by week"))
        tabs = QButtonGroup(self)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(title, 1)
        self.weeks.hide()
        for tab, place, page in (
            (self.plans_tab, "first", self._plans),
            (self.weeks_tab, "last", self.weeks),
        ):
            tab.setProperty("kind", "segment")
            tab.setProperty("place", place)
            tab.setAccessibleName(tab.text())
            tab.setCheckable(True)
            theme.set_role(tab, "body_strong")
            tab.toggled.connect(page.setVisible)
            tabs.addButton(tab)
            head.addWidget(tab)
        self.plans_tab.setChecked(True)
        return head

    def _make_lists(self) -> QScrollArea:
        inside = QWidget()
        inside.setProperty("kind", "page")
        column = QVBoxLayout(inside)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self._plans)
        column.addWidget(self.weeks)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setAccessibleName(self.tr("Choose a plan"))
        scroll.setWidget(inside)
        return scroll

    def _make_foot(self) -> QHBoxLayout:
        self.start_button = KeyedButton(self.tr("Start"), "play", self.tr("Enter"))
        self.start_button.setProperty("kind", "primary")
        self.start_button.setMinimumHeight(theme.PRIMARY_PX)
        self.start_button.setMinimumWidth(theme.px(200))
        self.start_button.clicked.connect(self._start)
        self.hint = QLabel()
        theme.set_role(self.hint, "second")
        self.hint.setProperty("tone", "second")
        self.hint.setWordWrap(True)
        foot = QHBoxLayout()
        foot.setSpacing(16)
        foot.addWidget(self.start_button)
        foot.addWidget(self.hint, 1)
        return foot

    @property
    def plan(self) -> Plan | None:
        """The plan chosen."""
        return next((card.plan for card in self.cards if card.isChecked()), None)

    @property
    def first_control(self) -> QWidget:
        """What the keyboard goes to: Start, or what must be chosen before it."""
        unset = [box for box in self.side_boxes.values() if box.currentData() is None]
        return unset[0] if unset else self.start_button

    def show_plans(self, paths: Sequence[Path], files: Files = PLAIN) -> None:
        """Read and list the plans; one that cannot be read is told, the others stay."""
        trouble = []
        for card in self.cards:
            self._group.removeButton(card)
            card.hide()
            card.deleteLater()
        self.cards.clear()
        for path in paths:
            try:
                plan = load_plan(path, files)
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
        self._choose_named(self._preferred)
        try:
            titles = {card.plan.name: card.plan.title for card in self.cards}
            self.weeks.show_programme(load_programme(PROGRAMME), titles)
        except EmgFeedbackError as error:
            trouble.append(str(error))
        self.show_trouble(" ".join(trouble))
        self._chosen_changed()

    def prefer(self, name: str) -> None:
        """Choose the plan `name`, now or as soon as the plans are listed; empty for none."""
        self._preferred = name
        self._choose_named(name)

    def show_trouble(self, words_of_it: str) -> None:
        """Say why a plan could not be read or started; empty for no trouble."""
        notice = Notice("check", self.tr("That did not work"), words_of_it)
        self.banner.show_notice(notice if words_of_it else None)

    def _card_chosen(self) -> None:
        self.weeks.clear_choice()
        self._chosen_changed()

    def _choose_named(self, name: str) -> None:
        for card in self.cards:
            if card.plan.name == name and not card.isChecked():
                card.setChecked(True)
                self._chosen_changed()

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
        said = self.tr("%1 It is recorded from the start.")
        if missing:
            said = self.tr("%1 Choose the overactive side first.")
        title = self.plan.title if self.plan is not None else ""
        closed = title if title[-1:] in ("?", "!", ".", "") else f"{title}."
        self.hint.setText(said.replace("%1", closed).strip())

    def _start(self) -> None:
        plan = self.plan
        if not self.start_button.isEnabled():
            self.first_control.setFocus(Qt.FocusReason.OtherFocusReason)
        elif plan is not None:
            sides = {muscle: box.currentData() for muscle, box in self.side_boxes.items()}
            self.start_asked.emit(plan, sides)
