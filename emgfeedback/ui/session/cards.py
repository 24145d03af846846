"""The cards of a session that are read: plain words, trials, levels, ratings, tricks, left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from emgfeedback.people.values import CalibrationResult, SessionWhole, TrialResult
from emgfeedback.ui import words
from emgfeedback.ui.session import session_words
from emgfeedback.ui.session.parts import Section, WordTable, words_label
from emgfeedback.ui.session.trials_chart import TrialsChart, TrialsLegend

Row = tuple[str, ...]


class PlainWordsCard(Section):
    """What came of it: for the patient in a sentence, for the therapist in a line."""

    def __init__(self) -> None:
        super().__init__(self.tr("In plain words"))
        self.sentence = words_label(role="card_title")
        self.next_step = words_label()
        self.therapist = words_label(role="second", tone="second")
        self._for_therapist = words_label(self.tr("For the therapist"), "second_strong", "second")
        for label in (self.sentence, self.next_step, self._for_therapist, self.therapist):
            self.add(label)

    def show_session(self, whole: SessionWhole) -> None:
        """Show the words of a session; a recording without a plan says that it has none."""
        summary = whole.session.summary
        without = self.tr("A recording without a plan: nothing was scored.")
        self.sentence.setText(str(summary.get("patient_sentence") or without))
        step = str(summary.get("next_step") or "")
        self.next_step.setText(step)
        self.next_step.setVisible(bool(step))
        line = str(summary.get("therapist_line") or "")
        self.therapist.setText(line)
        for label in (self._for_therapist, self.therapist):
            label.setVisible(bool(line))


class TrialsCard(Section):
    """Trial by trial; the one chosen is told in full under the picture."""

    def __init__(self) -> None:
        super().__init__(self.tr("Trials"), self.tr("Share of the scored time, each trial"))
        self.chart = TrialsChart()
        self.legend = TrialsLegend()
        self.told = words_label(role="second", tone="second")
        for widget in (self.legend, self.chart, self.told):
            self.add(widget)
        self.chart.chosen.connect(self._tell)

    def show_session(self, whole: SessionWhole) -> None:
        """Show the trials of a session; hidden where it has none."""
        trials = sorted(whole.trials, key=lambda t: (t.step, t.number))
        self.chart.show_trials(trials)
        self.told.setText(self.tr("Point at a trial, or choose it with the arrow keys."))
        self.setVisible(bool(trials))

    def _tell(self, trial: TrialResult) -> None:
        self.told.setText(session_words.trial_told(trial))


class LevelsCard(Section):
    """Resting levels and references: how each was taken, on what, and how well it repeated."""

    def __init__(self) -> None:
        super().__init__(self.tr("Levels that were taken"))
        self.tables: list[WordTable] = []
        self._inside: QWidget | None = None
        self._none = words_label(self.tr("No level was taken in this session."), "body", "second")
        self.add(self._none)

    def show_session(self, whole: SessionWhole) -> None:
        """Show one table for each calibration."""
        if self._inside is not None:
            self._inside.setParent(None)
            self._inside.deleteLater()
        self._inside = QWidget()
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.tables = []
        groups: dict[tuple[str, str], list[CalibrationResult]] = {}
        for taken in whole.calibrations:
            key = (taken.method, session_words.calibration_conditions(taken))
            groups.setdefault(key, []).append(taken)
        for (method, conditions), group in groups.items():
            if self.tables:
                column.addSpacing(10)
            column.addWidget(words_label(session_words.method(method), "body_strong"))
            column.addWidget(words_label(conditions, "caption", "quiet"))
            table = self._table(session_words.method(method))
            table.show_rows([level_row(taken) for taken in group])
            self.tables.append(table)
            column.addWidget(table)
        self.add(self._inside)
        self._inside.setVisible(bool(groups))
        self._none.setVisible(not groups)
        self.setVisible(bool(groups) or bool(whole.session.summary))

    def _table(self, name: str) -> WordTable:
        headings = (
            self.tr("Muscle"),
            self.tr("Level, RMS"),
            self.tr("Noise floor"),
            self.tr("Spread of takes"),
        )
        return WordTable(name, headings, (3, 3, 2, 2))


def level_row(taken: CalibrationResult) -> Row:
    """Return muscle, level, noise floor and spread of a level."""
    spread = taken.result.get("spread_pct")
    return (
        session_words.place(taken.muscle, taken.side, taken.label),
        session_words.why_no_level(taken),
        session_words.microvolts(taken.result.get("floor_uv")),
        f"{words.number(spread, 1)} %" if isinstance(spread, int | float) else words.DASH,
    )


class RatingsCard(Section):
    """How it felt, before and after."""

    def __init__(self) -> None:
        super().__init__(self.tr("How it felt"), self.tr("0 = none, 10 = the most"))
        headings = ("", self.tr("Before"), self.tr("After"), self.tr("Change"))
        self.table = WordTable(self.tr("Ratings"), headings, (3, 2, 2, 2))
        self._none = words_label(self.tr("No rating was asked for."), "body", "second")
        self.add(self.table)
        self.add(self._none)

    def show_session(self, whole: SessionWhole) -> None:
        """Show the ratings of a session."""
        given: dict[str, dict[str, int | None]] = {}
        for one in whole.ratings:
            given.setdefault(one.key, {})[one.when] = one.value
        self.table.show_rows([rating_row(key, values) for key, values in given.items()])
        self.table.setVisible(bool(given))
        self._none.setVisible(not given)
        self.setVisible(bool(given) or bool(whole.session.summary))


def rating_row(key: str, values: Mapping[str, int | None]) -> Row:
    """Return a rating before and after, and its change in points."""
    before, after = values.get("before"), values.get("after")
    change = words.DASH
    if before is not None and after is not None:
        sign = "+" if after > before else ""
        change = f"{sign}{words.whole(after - before)}"
    told = [words.DASH if value is None else words.whole(value) for value in (before, after)]
    return (session_words.rating(key), *told, change)


class TricksCard(Section):
    """What a sensory trick changed, channel by channel."""

    def __init__(self) -> None:
        super().__init__(
            self.tr("Sensory trick"),
            self.tr("Activity with the trick against without; noise taken out"),
        )
        headings = (self.tr("Muscle"), self.tr("With the trick"), self.tr("Lasting"))
        self.table = WordTable(self.tr("Effect of the trick"), headings, (3, 4, 3))
        self.add(self.table)

    def show_session(self, whole: SessionWhole) -> None:
        """Show the tricks tested; hidden where none was."""
        tested = [t for t in whole.session.summary.get("tricks", ()) if t.get("channels")]
        self.table.show_rows([row for trick in tested for row in self._rows(trick)])
        self.setVisible(bool(self.table.rows))

    def _rows(self, trick: Mapping[str, Any]) -> Iterable[Row]:
        name = str(trick.get("trick") or "")
        for label, effect in zip(trick["channels"], trick.get("effect", ()), strict=False):
            yield (f"{label} · {name}" if name else str(label), self._effect(effect),
                   self._lasting(effect))  # fmt: skip

    def _effect(self, effect: Mapping[str, Any]) -> str:
        index = effect.get("index_pct")
        if index is None:
            return session_words.missing(str(effect.get("reason") or ""))
        said = self.tr("%1 quieter") if index >= 0 else self.tr("%1 more active")
        return said.replace("%1", session_words.percent(abs(index)))

    def _lasting(self, effect: Mapping[str, Any]) -> str:
        longest_s = effect.get("longest_marked_s")
        if longest_s is None:
            return words.DASH
        said = self.tr("halved for %1") if effect.get("marked") else self.tr("halved only %1")
        if not longest_s:
            return self.tr("never halved")
        return said.replace("%1", session_words.seconds(float(longest_s)))


class LeftOutCard(Section):
    """What does not count, and why."""

    def __init__(self) -> None:
        super().__init__(self.tr("Left out"))
        headings = (self.tr("What"), self.tr("How much"), self.tr("Why"))
        self.table = WordTable(self.tr("Left out"), headings, (3, 2, 5))
        self._none = words_label(self.tr("Nothing was left out."), "body", "second")
        self.add(self.table)
        self.add(self._none)

    def show_session(self, whole: SessionWhole) -> None:
        """Show what a session left out."""
        rows = [*self._scored(whole), *self._steps(whole), *self._recorded(whole)]
        self.table.show_rows(rows)
        self.table.setVisible(bool(rows))
        self._none.setVisible(not rows)

    def _scored(self, whole: SessionWhole) -> Iterable[Row]:
        summary = whole.session.summary
        excluded_s = summary.get("excluded_s")
        if excluded_s:
            share = session_words.percent(whole.session.excluded_pct)
            why = session_words.reasons(summary.get("paused_reasons") or {})
            much = f"{session_words.seconds(float(excluded_s))}, {share}"
            yield (self.tr("Of the trials"), much, why or words.DASH)
        if summary.get("stopped"):
            yield (self.tr("The rest of the session"), words.DASH, str(summary["stopped"]))

    def _steps(self, whole: SessionWhole) -> Iterable[Row]:
        for step in whole.session.summary.get("steps", ()):
            if step.get("skipped"):
                yield (str(step.get("title", "")), self.tr("whole step"), str(step["skipped"]))
            elif step.get("repeated"):
                yield (str(step.get("title", "")), self.tr("whole step"),
                       self.tr("done again later"))  # fmt: skip

    def _recorded(self, whole: SessionWhole) -> Iterable[Row]:
        for row in whole.recordings:
            for start_s, end_s, why in row.left_out:
                span = self.tr("Recording, %1 to %2").replace("%1", words.clock(start_s))
                much = session_words.seconds(end_s - start_s)
                reason = why or self.tr("marked as artefact")
                yield (span.replace("%2", words.clock(end_s)), much, reason)
            if row.lost and row.fs_hz:
                lost = session_words.seconds(row.lost / row.fs_hz)
                yield (self.tr("Recording"), lost, self.tr("never arrived; marked as gaps"))
