"""The trend of one person: what to follow, the chart, and what it says in words."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from emgfeedback.core.montage import Side
from emgfeedback.measures.trend import Trend, trend_of
from emgfeedback.people.desk import Desk
from emgfeedback.ui import theme, words
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.person import person_words
from emgfeedback.ui.person.fields import heading, quiet, today
from emgfeedback.ui.person.person_now import Followed, PersonNow, Points, points_of
from emgfeedback.ui.person.trend_report import TrendReport
from emgfeedback.ui.settings_rows import Segments
from emgfeedback.ui.trend_chart import TrendChart
from emgfeedback.ui.widgets.keyed_button import KeyedButton

_FIRST = ("rest_of_reference", "rest", "success_fixed", "success")
"""What is shown first where it was measured."""
_SAME_AS = {"rest_of_reference": "rest", "let_go_of_reference": "let_go"}
"""Measures that differ by their unit alone share one entry."""


class TrendCard(QFrame):
    """Chooses and draws a trend.

    Signals
    -------
    session_asked
        The id of the session of a point.
    """

    session_asked = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._asking = Asking(desk, self)
        self._now: PersonNow | None = None
        self._wanted: Followed | None = None
        self._shown: Followed | None = None
        self.title = heading("")
        self.conditions = quiet(role="caption")
        self.measure_box = self._box(self.tr("Measure"))
        self.place_box = self._box(self.tr("Muscle and side"))
        self.unit = Segments(
            self.tr("Unit"),
            ((person_words.PERCENT, self.tr("% of reference")), (person_words.MICROVOLTS, "µV")),
        )
        self.unit.picked.connect(self._choose_unit)
        self._unit = person_words.PERCENT
        self.chart = TrendChart()
        self.chart.session_asked.connect(self.session_asked)
        self.band = quiet(role="caption")
        self.sentence = quiet(role="second_strong")
        self.report = TrendReport(desk)
        self.report.idle_again.connect(self._enable)
        self.report_button = KeyedButton(self.tr("Report"), "report")
        self.report_button.setAccessibleName(self.tr("Report of this trend"))
        self.report_button.clicked.connect(self.choose_report)
        self._build()

    def _build(self) -> None:
        self.measure_box.currentIndexChanged.connect(self._measure_chosen)
        self.place_box.currentIndexChanged.connect(self._ask)
        choices = QHBoxLayout()
        choices.setSpacing(12)
        choices.addWidget(self.measure_box, 3)
        choices.addWidget(self.place_box, 3)
        choices.addWidget(self.unit)
        choices.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 18, 12)
        column.setSpacing(6)
        column.addWidget(self.title)
        column.addLayout(choices)
        column.addWidget(self.conditions)
        column.addWidget(self.chart, 1)
        column.addWidget(self.band)
        line = QFrame()
        line.setFixedHeight(1)
        line.setProperty("kind", "rule")
        column.addWidget(line)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.sentence, 1)
        foot.addWidget(self.report_button)
        column.addLayout(foot)
        column.addWidget(self.report)
        self._enable()

    def _box(self, name: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.setMinimumHeight(theme.TARGET_PX)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(10)
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.set_role(box, "body")
        return box

    def show_person(self, now: PersonNow) -> None:
        """Offer what was measured, and go on following what was followed."""
        if self._now is not None and self._now.patient.id != now.patient.id:
            self.report.clear()
        self._now = now
        keys = {_SAME_AS.get(f.key, f.key) for f in now.followed}
        names = {person_words.measure(key): key for key in sorted(keys)}
        wanted = self._wanted.key if self._wanted is not None else ""
        first = next((key for key in (wanted, *_FIRST) if _SAME_AS.get(key, key) in keys), "")
        self._fill(self.measure_box, dict(sorted(names.items())), _SAME_AS.get(first, first))
        self._measure_chosen()

    def _fill(self, box: QComboBox, entries: dict[str, object], chosen: object) -> None:
        box.blockSignals(True)
        box.clear()
        for text, value in entries.items():
            box.addItem(text, value)
        if chosen in entries.values():
            box.setCurrentIndex(list(entries.values()).index(chosen))
        box.setVisible(bool(entries))
        box.blockSignals(False)

    def _measure_chosen(self) -> None:
        key = self.measure_box.currentData()
        places: dict[str, object] = {}
        for followed in self._now.followed if self._now is not None else ():
            if _SAME_AS.get(followed.key, followed.key) == key:
                name = _place_name(followed)
                places[name] = (followed.muscle, followed.side_name, followed.posture)
        before = self.place_box.currentData()
        self._fill(self.place_box, places, before)
        self.place_box.setVisible(len(places) > 1)
        self._ask()

    def _choose_unit(self, unit: object) -> None:
        self._unit = str(unit)
        self._ask()

    def _ask(self) -> None:
        now = self._now
        if now is None:
            return
        fitting = [
            followed
            for followed in now.followed
            if _SAME_AS.get(followed.key, followed.key) == self.measure_box.currentData()
            and (followed.muscle, followed.side_name, followed.posture)
            == self.place_box.currentData()
        ]
        units = {followed.unit: followed for followed in fitting}
        self.unit.setVisible(len(units) > 1)
        if not units:
            self._show(None, Points(()))
            return
        followed = units.get(self._unit) or fitting[0]
        self.unit.show_value(self._unit)
        self._wanted = followed
        patient_id = now.patient.id
        self._asking.ask(
            lambda register: points_of(register, patient_id, followed),
            lambda points: self._show(followed, points),
            topic="points",
        )

    def _show(self, followed: Followed | None, points: Points) -> None:
        injections: list[dt.date] = []
        if self._now is not None:
            injections = [injection.on for injection in self._now.injections]
        unit = followed.unit if followed is not None else person_words.PERCENT
        trend = trend_of(points.points, unit, injections)
        title = self.tr("Trend")
        side = Side.MIDLINE
        if followed is not None:
            place = _place_name(followed)
            title = " · ".join(p for p in (place, person_words.measure(followed.key)) if p)
            side = followed.side
        self.title.setText(title)
        self.title.setVisible(followed is None)
        self.conditions.setText(points.conditions)
        self.conditions.setVisible(bool(points.conditions))
        self.chart.show_trend(trend, injections, side, title, today())
        self.band.setText(person_words.chance(trend))
        self.band.setVisible(bool(self.band.text()))
        self.sentence.setText(self._said(trend))
        self._shown = followed if points.points else None
        self._enable()

    def choose_report(self) -> None:
        """Let the user say where the report of the measure shown goes."""
        if self._now is not None and self._shown is not None:
            self.report.choose(self._now.patient, self._shown)
            self._enable()

    def write_report(self, out: Path) -> None:
        """Write the report of the measure shown to the new file `out`, in the background."""
        if self._now is not None and self._shown is not None:
            self.report.write(self._now.patient.id, self._shown, out)
            self._enable()

    def _enable(self) -> None:
        self.report_button.setEnabled(self._shown is not None and not self.report.busy)

    def _said(self, trend: Trend) -> str:
        said = person_words.tendency(trend)
        if trend.breaks:
            broken = self.tr("Microvolts cannot be compared: new electrodes or settings since %1.")
            said = f"{said} {broken.replace('%1', person_words.day(trend.breaks[-1]))}"
        return said


def _place_name(followed: Followed) -> str:
    place = person_words.place(followed.muscle, followed.side) if followed.muscle else ""
    return ", ".join(part for part in (place, followed.posture) if part) or words.DASH
