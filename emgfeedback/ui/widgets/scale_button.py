"""The scale of the traces, chosen per pair from fixed steps."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from emgfeedback.ui import theme, words
from emgfeedback.ui.scales import DEFAULT_SCALE_UV, TRACE_SCALES_UV
from emgfeedback.ui.widgets.keyed_button import KeyedButton


class ScaleButton(KeyedButton):
    """Opens a menu of muscles and steps; both sides of a pair always share one.

    Signals
    -------
    chosen
        Muscle key and its scale in microvolts.
    """

    chosen = Signal(str, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "settings", "", parent)
        self._scales_uv: dict[str, float] = {}
        self.menus: list[QMenu] = []
        """One menu of steps per muscle."""
        self._menu = QMenu(self)
        self._menu.setAccessibleName(self.tr("Scale of the traces"))
        self._menu.triggered.connect(self._pick)
        self.setToolTip(self.tr("Scale of the traces, the same for both sides"))
        self.clicked.connect(self._open)
        theme.set_role(self, "second")
        self._say()

    def scale_uv(self, muscle: str) -> float:
        """Return the scale of a muscle's rows: plus and minus so many microvolts."""
        return self._scales_uv.get(muscle, DEFAULT_SCALE_UV)

    def show_muscles(self, muscles: tuple[str, ...]) -> None:
        """Offer a scale for each of `muscles`."""
        if muscles == tuple(self._scales_uv):
            return
        self._scales_uv = {muscle: self.scale_uv(muscle) for muscle in muscles}
        for menu in self.menus:
            menu.deleteLater()
        self._menu.clear()
        self.menus = [self._make_steps(muscle) for muscle in muscles]
        for menu in self.menus:
            self._menu.addMenu(menu)
        self._say()

    def _make_steps(self, muscle: str) -> QMenu:
        menu = QMenu(words.muscle_name(muscle), self._menu)
        menu.setAccessibleName(words.muscle_name(muscle))
        group = QActionGroup(menu)
        for step_uv in TRACE_SCALES_UV:
            action = QAction(f"±{words.number(step_uv, 0)} µV", group)
            action.setCheckable(True)
            action.setChecked(step_uv == self.scale_uv(muscle))
            action.setData((muscle, step_uv))
            menu.addAction(action)
        return menu

    def _pick(self, action: QAction) -> None:
        self.choose(*action.data())

    def choose(self, muscle: str, step_uv: float) -> None:
        """Put a scale in force for both sides of `muscle`."""
        self._scales_uv[muscle] = step_uv
        for menu in self.menus:
            for action in menu.actions():
                if action.data() == (muscle, step_uv):
                    action.setChecked(True)
        self._say()
        self.chosen.emit(muscle, step_uv)

    def _say(self) -> None:
        steps = set(self._scales_uv.values()) or {DEFAULT_SCALE_UV}
        text = self.tr("Scales")
        if len(steps) == 1:
            text = f"±{words.number(steps.pop(), 0)} µV"
        self.say(text, "settings")
        self.setAccessibleName(self.tr("Scale of the traces: %1").replace("%1", text))

    def _open(self) -> None:
        above = QPoint(0, -self._menu.sizeHint().height() - 4)
        self._menu.popup(self.mapToGlobal(above))
