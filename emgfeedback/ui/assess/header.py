"""Whose assessment it is, what can be done with it, and who signed it off."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from emgfeedback.people.sign_off import Standing
from emgfeedback.ui import theme
from emgfeedback.ui.assess import assess_words
from emgfeedback.ui.widgets.keyed_button import KeyedButton
from emgfeedback.ui.widgets.one_line import OneLine

_TITLE_PX = 330


class AssessHeader(QWidget):
    """Title, facts and buttons of one assessment."""

    def __init__(self) -> None:
        super().__init__()
        self.back_button = KeyedButton(self.tr("All recordings"), "undo", "Esc")
        self.back_button.setProperty("kind", "flat")
        self.title, self.facts = OneLine(), OneLine()
        theme.set_role(self.title, "page_title")
        theme.set_role(self.facts, "second")
        self.facts.setProperty("tone", "second")
        self.traces_button = KeyedButton(self.tr("Traces"), "live")
        self.posture_button = KeyedButton(self.tr("Posture and heartbeat"), "heart")
        self.print_button = KeyedButton(self.tr("Print"), "report")
        self.print_button.setAccessibleDescription(
            self.tr("As PDF or HTML; as CSV or JSON for other programs")
        )
        self.sign_button = KeyedButton(self.tr("Sign off"))
        self.sign_button.setProperty("kind", "primary")
        said = QVBoxLayout()
        said.setSpacing(1)
        said.addWidget(self.title)
        said.addWidget(self.facts)
        name = QHBoxLayout()
        name.setSpacing(12)
        name.addWidget(self.back_button)
        name.addLayout(said, 1)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(12)
        for button in (
            self.traces_button,
            self.posture_button,
            self.print_button,
            self.sign_button,
        ):
            button.setMinimumHeight(theme.TARGET_PX)
            self._buttons.addWidget(button)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(12)
        self._row.addLayout(name, 1)
        self._row.addLayout(self._buttons)
        self.show_place("")

    def show_place(self, place: str) -> None:
        """Tell which page is in sight, `traces` or `side`: its button leads back to the table."""
        back = self.tr("Table")
        on_traces, on_side = place == "traces", place == "side"
        self.traces_button.say(
            back if on_traces else self.tr("Traces"), "assess" if on_traces else "live"
        )
        self.posture_button.say(
            back if on_side else self.tr("Posture and heartbeat"), "assess" if on_side else "heart"
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons under the title where the room is short."""
        super().resizeEvent(event)
        wanted = self.back_button.sizeHint().width() + theme.px(_TITLE_PX)
        wanted += self._buttons.sizeHint().width()
        direction = QBoxLayout.Direction
        narrow = self.width() < wanted
        self._row.setDirection(direction.TopToBottom if narrow else direction.LeftToRight)

    def show_standing(self, standing: Standing, *, may_sign: bool) -> None:
        """Offer to sign off where nobody did, or something changed since."""
        signed = standing.signed
        said = self.tr("Sign off")
        if signed is not None:
            said = self.tr("Signed off") if standing.holds else self.tr("Sign off anew")
        self.sign_button.say(said, "")
        told = assess_words.signed_told(standing)
        self.sign_button.setToolTip(told)
        self.sign_button.setAccessibleDescription(told)
        self.sign_button.setEnabled(may_sign and not standing.holds)
