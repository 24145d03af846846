"""The rows over the traces of a recording: which task is shown, and what the edge in hand does."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from emgfeedback.ui import theme, words
from emgfeedback.ui.assess import edge_words
from emgfeedback.ui.assess.edge_editing import EdgeEditing
from emgfeedback.ui.assess.edges import Holds
from emgfeedback.ui.review.side_panel import SCALES_UV
from emgfeedback.ui.session.parts import words_label
from emgfeedback.ui.traces_raster import LEVEL_SHARE
from emgfeedback.ui.widgets.keyed_button import KeyedButton

_HEADROOM = 1.2


def first_scale_uv(assessment: Mapping[str, Any]) -> float | None:
    """Return the step of `SCALES_UV` whose RMS line holds the loudest muscle of half the tasks.

    None where nothing was measured. Chosen once: a scale never changes by itself.
    """
    loudest = []
    for task in assessment["tasks"].values():
        levels = [found["rms_uv"]["value"] for found in task["muscles"].values()]
        loudest.append(max((level for level in levels if level is not None), default=0.0))
    wanted_uv = _HEADROOM * median(loudest) / LEVEL_SHARE if loudest else 0.0
    if not wanted_uv:
        return None
    return next((step for step in SCALES_UV if step >= wanted_uv), SCALES_UV[-1])


class TaskBar(QWidget):
    """Chooses the task and the scale.

    Signals
    -------
    task_asked
        Key of a task.
    step_asked
        1 for the next task, -1 for the one before.
    whole_asked
        To show the whole recording.
    scale_asked
        What half a lane stands for, microvolts.
    """

    task_asked = Signal(str)
    step_asked = Signal(int)
    whole_asked = Signal()
    scale_asked = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.tasks, self.scale = QComboBox(), QComboBox()
        self.tasks.setAccessibleName(self.tr("Task"))
        self.scale.setAccessibleName(self.tr("Scale of all lanes"))
        for step_uv in SCALES_UV:
            self.scale.addItem(f"±{words.number(step_uv, 0)} µV", step_uv)
        for box in (self.tasks, self.scale):
            theme.set_role(box, "body")
            box.setMinimumHeight(theme.TARGET_PX)
        self.previous_button = KeyedButton(self.tr("Previous task"), "", self.tr("PgUp"))
        self.next_button = KeyedButton(self.tr("Next task"), "next", self.tr("PgDn"))
        self.whole_button = KeyedButton(self.tr("Whole recording"), "", "0")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.previous_button)
        row.addWidget(self.tasks, 1)
        for widget in (self.next_button, self.whole_button, self.scale):
            row.addWidget(widget)
        self.tasks.activated.connect(lambda at: self.task_asked.emit(self.tasks.itemData(at)))
        self.scale.currentIndexChanged.connect(
            lambda at: self.scale_asked.emit(float(self.scale.itemData(at)))
        )
        self.previous_button.clicked.connect(lambda: self.step_asked.emit(-1))
        self.next_button.clicked.connect(lambda: self.step_asked.emit(1))
        self.whole_button.clicked.connect(self.whole_asked)

    def show_tasks(self, holds: Holds, task: str) -> None:
        """List the tasks, and which of them is shown."""
        named = edge_words.task_names(holds)
        if list(named) != [self.tasks.itemData(at) for at in range(self.tasks.count())]:
            self.tasks.clear()
            for key, name in named.items():
                self.tasks.addItem(name, key)
        for at, name in enumerate(named.values()):
            self.tasks.setItemText(at, name)
        place = list(named).index(task) if task in named else -1
        self.tasks.setCurrentIndex(place)
        self.previous_button.setEnabled(place > 0)
        self.next_button.setEnabled(0 <= place < len(named) - 1)

    def show_scale(self, scale_uv: float) -> None:
        """Choose a scale of `SCALES_UV`."""
        self.scale.setCurrentIndex(SCALES_UV.index(scale_uv))

    def change_scale(self, steps: int) -> None:
        """Let a lane stand for more (1) or less (-1)."""
        last = self.scale.count() - 1
        self.scale.setCurrentIndex(min(max(0, self.scale.currentIndex() + steps), last))


class EdgeBar(QWidget):
    """Tells of the edge in hand, and takes back.

    Signals
    -------
    back_asked, undo_asked
        To put the edge in hand back; to undo the last change.
    """

    back_asked = Signal()
    undo_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.back_button = KeyedButton(self.tr("Put back"), "repeat", self.tr("Del"))
        self.back_button.setToolTip(self.tr("Put this edge back where the marks have it"))
        self.undo_button = KeyedButton(self.tr("Undo"), "undo", self.tr("Ctrl+Z"))
        self.edge_line = words_label("", "body_strong")
        self.limits_line = words_label("", "second", "second")
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(self.edge_line)
        said.addWidget(self.limits_line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(said, 1)
        for button in (self.back_button, self.undo_button):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.back_button.clicked.connect(self.back_asked)
        self.undo_button.clicked.connect(self.undo_asked)

    def show_editing(self, editing: EdgeEditing, task: str) -> None:
        """Show the edge in hand; without one, the task and how edges are moved."""
        self.back_button.setEnabled(editing.can_put_back)
        self.undo_button.setEnabled(editing.can_undo)
        hold, key = editing.active_hold, editing.active
        if hold is None or key is None:
            self.edge_line.setText(edge_words.task_line(editing.holds, task))
            self.limits_line.setText(edge_words.hint() if editing.may_change else "")
        else:
            self.edge_line.setText(edge_words.edge_line(editing.holds, hold, key))
            self.limits_line.setText(edge_words.limits(editing.holds, key))
