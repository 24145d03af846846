"""Two assessments of one person side by side: what changed, by more than chance or not.

What stands between two visits decides what may be compared. Microvolts need the same electrode
sites, sensors, gains, board and filters; percent of the person's own reference contraction crosses
all but the filters (CEDE consensus, Besomi and others 2019, 2020). Nothing is compared across
another way around heartbeats.

Chance is told from this person's own repeats: the scatter of the logarithm of a muscle's level
over the repeats of every movement in both visits gives the standard error of one level, and the
minimal detectable change is 1.96 sqrt(2) of it (Weir 2005). Electrodes put on anew add to that,
so that no change of a level under a fifth counts, however alike the repeats were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emgfeedback.core.errors import UsageError
from emgfeedback.measures.assessment_likeness import (
    Alike,
    between,
    chance_of,
    level_chance,
    points_chance,
    ratio_chance,
)
from emgfeedback.measures.change import Change

REST, LET_GO = "rest-supported", "let-go"
TITLES = {REST: "Rest, head supported", LET_GO: "Head let go"}
OF_REFERENCE, LEVEL = "level, of own reference", "level"
DIFFERENCE, TRICK, TREMOR = "left/right difference", "quieter with the trick", "tremor"
TREMOR_STEP_HZ = 1.0
"""The main lobe of the Hann windows of 4 s a tremor is sought in."""
Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Compared:
    """One number of two visits.

    Attributes
    ----------
    title
        What it is, as `level, of own reference`.
    task
        Key of the task, or empty: the trick.
    label
        Channel, or `SCM L / SCM R`.
    then, now, change
        In `unit`; `change` is None where they cannot be compared.
    detectable
        The smallest change in this direction that chance does not explain; None: not known.
    verdict
        Value of `measures.change.Change`.
    reason
        Why a number, the change or the verdict is missing, or empty.
    """

    title: str
    task: str
    label: str
    unit: str
    then: float | None
    now: float | None
    change: float | None
    detectable: float | None
    verdict: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two visits.

    Attributes
    ----------
    cannot
        Sentences: what stands between the visits.
    notes
        Sentences: how chance was told.
    """

    rows: tuple[Compared, ...]
    cannot: tuple[str, ...]
    notes: tuple[str, ...]


def compare(now: Told, then: Told) -> Comparison:
    """Return what changed from an assessment to a later one of the same person.

    Parameters
    ----------
    now, then
        As `Assessment.as_dict` gives them, or JSON gives them back.

    Raises
    ------
    UsageError
        One of them is no whole assessment.
    """
    try:
        return _compared(now, then)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UsageError(
            f"One of the two is no whole assessment ({error!r}).", "Measure the recording again."
        ) from error


def _compared(now: Told, then: Told) -> Comparison:
    alike = between(now, then)
    sides = _Sides(now, then, alike, chance_of(now, then))
    rows = [
        *(row for task in (LET_GO, REST) for row in sides.levels(task)),
        *(row for task in (LET_GO, REST) for row in sides.differences(task)),
        *sides.tricks(),
        *sides.tremors(),
    ]
    return Comparison(tuple(rows), alike.words, NOTES)


NOTES = (
    "Chance is told from the scatter of repeats within both visits (1.96 sqrt 2 standard errors); "
    "electrodes put on anew add to it, so no change of a level under a fifth counts.",
    "Tremors less than 1 Hz apart are not told apart.",
)


class _Sides:
    """Both visits, and what stands between them."""

    def __init__(self, now: Told, then: Told, alike: Alike, chance: Mapping[str, float]) -> None:
        self._now, self._then = now, then
        self._alike, self._chance = alike, chance

    def levels(self, task: str) -> list[Compared]:
        """Return a muscle's level in a task: percent of its reference, else microvolts."""
        rows = []
        for channel, before in self._alike.channels:
            label = channel["label"]
            found = self._muscle(task, label, before)
            why = self._alike.why_not_of_reference(channel, before)
            percents = [values.get("of_reference_pct", _NOTHING) for values in found]
            if not why and all(value["value"] is not None for value in percents):
                rows.append(self._level(OF_REFERENCE, task, label, "%", percents, ""))
            else:
                levels = [values.get("rms_uv", _NOTHING) for values in found]
                whole = self._alike.why_not_microvolts(channel, before)
                rows.append(self._level(LEVEL, task, label, "uV", levels, whole))
        return rows

    def _level(
        self, title: str, task: str, label: str, unit: str, found: list[Told], why: str
    ) -> Compared:
        why = why or (self._alike.why_not_rest if task == REST else "")
        # A share of a reference scatters by both.
        chance = self._chance.get(label)
        chance = chance * 2**0.5 if chance is not None and title == OF_REFERENCE else chance
        now, then = (value["value"] for value in found)
        detectable = level_chance(now, then, chance)
        return _row(title, task, label, unit, found, detectable, why)

    def differences(self, task: str) -> list[Compared]:
        """Return the left/right difference of each muscle in a task."""
        rows = []
        for name, left, right in self._alike.pairs:
            old = " / ".join((before or channel)["label"] for channel, before in (left, right))
            found = [
                _pair(told, task, at, "asymmetry_pct")
                for told, at in ((self._now, name), (self._then, old))
            ]
            why = self._alike.why_not_rest if task == REST else ""
            for channel, before in (left, right):
                why = why or self._alike.why_not_microvolts(channel, before)
            scatter = [self._chance.get(channel["label"]) for channel, _ in (left, right)]
            points = [value["value"] for value in found]
            rows.append(
                _row(DIFFERENCE, task, name, "%", found, points_chance(points, scatter), why)
            )
        return rows

    def tricks(self) -> list[Compared]:
        """Return the trick's effect on each muscle, where it was tested in either visit."""
        rows = []
        for channel, before in self._alike.channels:
            label = channel["label"]
            old = label if before is None else before["label"]
            effects = [self._now["trick"].get(label), self._then["trick"].get(old)]
            if effects == [None, None]:
                continue
            found: list[Told] = [
                _NO_TRICK if effect is None else effect["index_pct"] for effect in effects
            ]
            points = [value["value"] for value in found]
            detectable = ratio_chance(points, self._chance.get(label))
            rows.append(
                _row(TRICK, "", label, "%", found, detectable, self._alike.why_not_ratios(before))
            )
        return rows

    def tremors(self) -> list[Compared]:
        """Return the tremor's frequency with the head let go, where either visit shows one."""
        rows = []
        for channel, before in self._alike.channels:
            found = [
                values.get("tremor_hz", _NOTHING)
                for values in self._muscle(LET_GO, channel["label"], before)
            ]
            if any(value["value"] is not None for value in found):
                why = self._alike.why_not_ratios(before)
                rows.append(
                    _row(TREMOR, LET_GO, channel["label"], "Hz", found, TREMOR_STEP_HZ, why)
                )
        return rows

    def _muscle(self, task: str, label: str, before: Told | None) -> list[Told]:
        """Return the measures of a muscle in a task, now and then."""
        old = label if before is None else before["label"]
        return [
            told["tasks"].get(task, {}).get("muscles", {}).get(at, {})
            for told, at in ((self._now, label), (self._then, old))
        ]


_NOTHING: Told = {"value": None, "reason": "not recorded"}
_NO_TRICK: Told = {"value": None, "reason": "the trick was not tested"}


def _pair(told: Told, task: str, name: str, measure: str) -> Told:
    pairs: Told = told["tasks"].get(task, {}).get("pairs", {})
    found: Told = pairs.get(name, {}).get(measure, _NOTHING)
    return found


def _row(
    title: str,
    task: str,
    label: str,
    unit: str,
    found: list[Told],
    detectable: float | None,
    why: str,
) -> Compared:
    now, then = (value["value"] for value in found)
    gaps = [
        f"{when}: {value['reason']}"
        for when, value in zip(("now", "then"), found, strict=True)
        if value["value"] is None
    ]
    reason = "; ".join(gaps) or why
    if reason:
        return Compared(
            title, task, label, unit, then, now, None, None, Change.UNKNOWN.value, reason
        )
    change = now - then
    if detectable is None:
        reason, verdict = "no repeats to tell chance by", Change.UNKNOWN
    elif abs(change) <= detectable:
        verdict = Change.WITHIN_CHANCE
    else:
        verdict = Change.HIGHER if change > 0 else Change.LOWER
    return Compared(title, task, label, unit, then, now, change, detectable, verdict.value, reason)
