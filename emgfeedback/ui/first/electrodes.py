"""The fourth step: where the electrodes go, the skin, and what must be unplugged before."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QCheckBox, QFrame, QVBoxLayout

from emgfeedback.core.power import on_mains
from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.ui import theme
from emgfeedback.ui.background import Background
from emgfeedback.ui.first.first_words import sites, skin_and_safety
from emgfeedback.ui.first.inquiry import Inquiry
from emgfeedback.ui.first.step_page import StepPage, label
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.widgets.banner import Banner
from emgfeedback.ui.widgets.neck_map import NeckMap

_LOOK_EVERY_S = 2.0
_BESIDE_FROM_PX = 640
_PICTURE_PX = 250


class Electrodes(StepPage):
    """The drawing with its sites, and a stop while the computer is on the mains."""

    def __init__(self, inquiry: Inquiry) -> None:
        super().__init__()
        self.introduce(
            self.tr("Electrodes"),
            self.tr("Where the electrodes go"),
            self.tr("Mirror view in front. The patient's left is on the left in both pictures."),
        )
        self._inquiry = inquiry
        self._look: Background[bool | None] | None = None
        self._looked_at_s = float("-inf")
        self._on_mains: bool | None = None
        self._looked = False
        self.banner = Banner()
        self.isolated = QCheckBox(
            self.tr("A medical-grade USB isolator is between board and computer")
        )
        self.isolated.setAccessibleName(self.isolated.text())
        theme.set_role(self.isolated, "body")
        self.picture = NeckMap()
        self.picture.whole = True
        self.picture.setMinimumHeight(_PICTURE_PX)
        self.picture.setAccessibleName(self.tr("Where the electrodes go, front and back"))
        self._cards = [_site_card(*site) for site in sites()]
        cards = QVBoxLayout()
        cards.setSpacing(10)
        for card in self._cards:
            cards.addWidget(card)
        cards.addStretch(1)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(16)
        self._row.addWidget(self.picture, 3)
        self._row.addLayout(cards, 2)
        self._lines = [label(line, "body") for line in skin_and_safety()]
        self.column.addWidget(self.banner)
        self.column.addWidget(self.isolated)
        self.column.addLayout(self._row, 1)
        for line in self._lines:
            self.column.addWidget(line)

    def enter(self) -> None:
        """Look at once whether the computer is on the mains."""
        self._looked_at_s, self._looked = float("-inf"), False

    def refresh(self, snapshot: Snapshot, now_s: float) -> None:
        """Watch the supply: nobody goes on with a charger in."""
        del snapshot
        beside = self.width() >= theme.px(_BESIDE_FROM_PX)
        side_by_side, below = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._row.setDirection(side_by_side if beside else below)
        if self._look is None:
            if now_s - self._looked_at_s >= _LOOK_EVERY_S:
                self._look = Background(on_mains)
        elif self._look.done:
            self._on_mains, self._looked = self._look.result(), True
            self._look, self._looked_at_s = None, now_s
        self._show_supply()

    def _show_supply(self) -> None:
        demo, mains = self._inquiry.is_demo, self._on_mains is True
        self.isolated.setVisible(mains and not demo)
        self.ready = self._looked and (demo or not mains or self.isolated.isChecked())
        if not self._looked:
            self.banner.show_notice(None)
        elif mains:
            self.banner.show_notice(
                Notice(
                    "bad",
                    self.tr("This computer runs on mains"),
                    self.tr(
                        "Unplug its charger before electrodes touch skin. A desktop computer needs "
                        "a medical-grade USB isolator between board and computer."
                    ),
                )
            )
        elif self._on_mains is None:
            self.banner.show_notice(
                Notice(
                    "check",
                    self.tr("Whether this computer runs on mains cannot be known"),
                    self.tr("Use its battery: charger and other mains cables unplugged."),
                )
            )
        else:
            self.banner.show_notice(
                Notice(
                    "info",
                    self.tr("On battery"),
                    self.tr("Leave the charger unplugged until the electrodes are off again."),
                )
            )


def _site_card(title: str, words: str) -> QFrame:
    card = QFrame()
    card.setProperty("kind", "note")
    card.setAccessibleName(title)
    column = QVBoxLayout(card)
    column.setContentsMargins(14, 10, 14, 10)
    column.setSpacing(2)
    column.addWidget(label(title, "body_strong"))
    column.addWidget(label(words, "second", "second"))
    column.addStretch(1)
    return card
