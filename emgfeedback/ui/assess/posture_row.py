"""One posture to choose, with its side and the degrees where somebody measured them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QHBoxLayout, QLabel, QWidget

from emgfeedback.core.errors import SettingsError
from emgfeedback.core.montage import Side
from emgfeedback.people.values import PostureFinding
from emgfeedback.training.postures import Posture
from emgfeedback.ui import theme
from emgfeedback.ui.assess.examination_words import MOST_DEGREES, goes, posture_title
from emgfeedback.ui.person.fields import TextField, read_number
from emgfeedback.ui.settings_rows import Segments

_BESIDE_PX = 540
_NAME_PX = 270
_DEGREES_PX = 76
_INDENT_PX = 28


class PostureRow(QWidget):
    """A posture, chosen or not.

    Signals
    -------
    changed
        After anything was entered by hand.
    """

    changed = Signal()

    def __init__(self, posture: Posture) -> None:
        super().__init__()
        self.posture = posture
        self.title = posture_title(posture.key, posture.title)
        self.box = QCheckBox(self.title)
        theme.set_role(self.box, "body_strong")
        self.box.clicked.connect(self._chosen)
        self.side: Side | None = None
        sides = [(Side.LEFT, self.tr("Left")), (Side.RIGHT, self.tr("Right"))]
        self.sides = Segments(f"{self.title}, {goes(posture.key)}", sides)
        self.sides.picked.connect(self._pick_side)
        self.degrees = TextField(
            self.tr("%1, degrees").replace("%1", self.title), f"0–{MOST_DEGREES}"
        )
        self.degrees.setAccessibleDescription(self.tr("Empty where nobody measured them"))
        self.degrees.textEdited.connect(lambda _text: self.changed.emit())
        self.details = QWidget()
        inside = self._inside = QHBoxLayout(self.details)
        inside.setSpacing(8)
        if posture.sided:
            inside.addWidget(_quiet(goes(posture.key)))
            inside.addWidget(self.sides)
            inside.addSpacing(12)
        inside.addWidget(self.degrees)
        inside.addWidget(_quiet(self.tr("°")))
        inside.addStretch(1)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._row.addWidget(self.box)
        self._row.addWidget(self.details, 1)
        self.fit()
        self._show_details()

    @property
    def chosen(self) -> bool:
        """Whether the posture is there."""
        return self.box.isChecked()

    def finding(self) -> PostureFinding:
        """Return what was entered.

        Raises
        ------
        SettingsError
            Its side is missing, or the degrees are no number from 0 to 90.
        """
        if self.posture.sided and self.side is None:
            said = self.tr("%1: the side is missing.").replace("%1", self.title)
            raise SettingsError(said, self.tr("Choose left or right."))
        name = self.degrees.name
        degrees = read_number(self.degrees.text().rstrip("° "), name, 0, MOST_DEGREES)
        return PostureFinding(self.posture.key, self.side or Side.MIDLINE, degrees)

    def show_finding(self, finding: PostureFinding | None) -> None:
        """Show what was kept; None where the posture is not there."""
        self.box.setChecked(finding is not None)
        self.side = None
        self.sides.clear()
        if finding is not None and finding.side is not Side.MIDLINE:
            self.side = finding.side
            self.sides.show_value(finding.side)
        known = finding is not None and finding.degrees is not None
        self.degrees.setText(f"{finding.degrees:g}" if finding is not None and known else "")
        self._show_details()

    def fit(self) -> None:
        """Fit a new text size or width: the details go under the name where room is short."""
        beside = self.width() >= theme.px(_BESIDE_PX)
        direction = QBoxLayout.Direction
        self._row.setDirection(direction.LeftToRight if beside else direction.TopToBottom)
        self.box.setMinimumWidth(theme.px(_NAME_PX) if beside else 0)
        self.box.setMinimumHeight(theme.px(theme.TARGET_PX))
        self._inside.setContentsMargins(0 if beside else _INDENT_PX, 0, 0, 0)
        self.degrees.setFixedWidth(theme.px(_DEGREES_PX))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the width."""
        super().resizeEvent(event)
        self.fit()

    def _chosen(self) -> None:
        self._show_details()
        self.changed.emit()

    def _pick_side(self, side: Side) -> None:
        self.side = side
        self.changed.emit()

    def _show_details(self) -> None:
        self.details.setVisible(self.chosen)


def _quiet(text: str) -> QLabel:
    label = QLabel(text)
    theme.set_role(label, "second")
    label.setProperty("tone", "second")
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
