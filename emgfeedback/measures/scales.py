"""Clinical scales as numbers: ranges, subscales and totals, never the wording of an item.

Ranges and sums: TWSTRS after Consky and Lang 1994 (severity 35, disability 30, pain 20),
Tsui and others 1986 (25), CDQ-24 after Müller and others 2004, CDIP-58 after Cano and others
2004 (both entered as subscales of 0 to 100), a numeric rating of pain and the patient's global
impression of change.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from emgfeedback.core.errors import SettingsError

Items = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Item:
    """One number of a scale.

    `name` is a short label of ours. `weight` is how often it counts in a sum, or the number
    of questions behind a subscale.
    """

    key: str
    name: str
    low: float
    high: float
    weight: float = 1.0
    step: float = 1.0
    subscale: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale: its items, its total, and what a change means.

    Attributes
    ----------
    sum_up
        Items (all present, in range) to the total.
    noticeable
        The smallest change patients notice, in points; None: not known.
    exclusive
        Items of which at most one may be above its lowest value.
    """

    key: str
    name: str
    items: tuple[Item, ...]
    low: float
    high: float
    sum_up: Callable[[Items], float]
    lower_is_better: bool = True
    noticeable: float | None = None
    exclusive: tuple[str, ...] = ()

    def check(self, items: Items) -> None:
        """Refuse unknown items, numbers out of range and numbers between steps.

        Raises
        ------
        SettingsError
            With the item, its value and its range.
        """
        known = {item.key: item for item in self.items}
        for key, value in items.items():
            item = known.get(key)
            if item is None:
                raise SettingsError(
                    f"{self.name} has no item {key!r}.", f"Its items are {', '.join(known)}."
                )
            whole = math.isfinite(value) and math.isclose(
                value / item.step, round(value / item.step), abs_tol=1e-6
            )
            if not whole or not item.low <= value <= item.high:
                raise SettingsError(
                    f"{self.name}, {item.name}: {value:g} is not on the scale.",
                    f"Enter {item.low:g} to {item.high:g} in steps of {item.step:g}.",
                )
        raised = [key for key in self.exclusive if items.get(key, 0) > 0]
        if len(raised) > 1:
            names = " and ".join(known[key].name.lower() for key in raised)
            raise SettingsError(
                f"{self.name}: {names} share one place, both were entered.",
                "Keep the one that is stronger.",
            )

    def total(self, items: Items) -> float | None:
        """Return the total; None while an item is missing (one of exclusive items suffices).

        Raises
        ------
        SettingsError
            A number is not on the scale.
        """
        self.check(items)
        given = set(items)
        if self.exclusive and given & set(self.exclusive):
            given |= set(self.exclusive)
        if not {item.key for item in self.items} <= given:
            return None
        return self.sum_up({item.key: items.get(item.key, item.low) for item in self.items})

    def noticed(self, change: float) -> bool:
        """Tell whether a change of so many points is an improvement that patients notice.

        In trials three of ten people improve by as much without any treatment, so this says
        nothing of its cause.
        """
        better = -change if self.lower_is_better else change
        return self.noticeable is not None and better >= self.noticeable

    def subtotals(self, items: Items) -> dict[str, float | None]:
        """Return the weighted sum of each named subscale; None where an item is missing."""
        self.check(items)
        sums: dict[str, float | None] = {}
        for name in dict.fromkeys(item.subscale for item in self.items if item.subscale):
            members = tuple(item for item in self.items if item.subscale == name)
            exclusive = tuple(k for k in self.exclusive if k in {m.key for m in members})
            part = Scale(self.key, self.name, members, 0, 0, _weighted(members), True, None,
                         exclusive)  # fmt: skip
            sums[name] = part.total(
                {k: v for k, v in items.items() if k in {m.key for m in members}}
            )
        return sums


def _weighted(items: tuple[Item, ...]) -> Callable[[Items], float]:
    return lambda given: sum(item.weight * given[item.key] for item in items)


def _mean_of_subscales(items: tuple[Item, ...]) -> Callable[[Items], float]:
    questions = sum(item.weight for item in items)
    return lambda given: sum(item.weight * given[item.key] for item in items) / questions


_SEVERITY = (
    Item("rotation", "Rotation", 0, 4, subscale="severity"),
    Item("laterocollis", "Tilt", 0, 3, subscale="severity"),
    Item("anterocollis", "Forward bend", 0, 3, subscale="severity"),
    Item("retrocollis", "Backward bend", 0, 3, subscale="severity"),
    Item("lateral_shift", "Shift to a side", 0, 1, subscale="severity"),
    Item("sagittal_shift", "Shift forward or back", 0, 1, subscale="severity"),
    Item("duration", "Duration, counts twice", 0, 5, weight=2, subscale="severity"),
    Item("tricks", "Effect of tricks", 0, 2, subscale="severity"),
    Item("shoulder", "Shoulder", 0, 3, subscale="severity"),
    Item("range_of_motion", "Range of motion", 0, 4, subscale="severity"),
    Item("neutral_time", "Time in neutral", 0, 4, subscale="severity"),
)
_DISABILITY = tuple(
    Item(key, name, 0, 5, subscale="disability")
    for key, name in (
        ("work", "Work"),
        ("daily_living", "Daily living"),
        ("driving", "Driving"),
        ("reading", "Reading"),
        ("television", "Television"),
        ("outside", "Outside home"),
    )
)
_PAIN = (
    Item("pain_worst", "Pain, worst", 0, 10, weight=0.25, step=0.5, subscale="pain"),
    Item("pain_best", "Pain, best", 0, 10, weight=0.25, step=0.5, subscale="pain"),
    Item("pain_usual", "Pain, usual, counts twice", 0, 10, weight=0.5, step=0.5, subscale="pain"),
    Item("pain_duration", "Pain, duration", 0, 5, subscale="pain"),
    Item("pain_disability", "Pain, disability", 0, 5, subscale="pain"),
)
_TSUI = (
    Item("rotation", "Rotation", 0, 3),
    Item("tilt", "Tilt", 0, 3),
    Item("ante_retro", "Forward or backward bend", 0, 3),
    Item("duration", "Duration: intermittent 1, constant 2", 1, 2),
    Item("shoulder", "Shoulder elevation", 0, 3),
    Item("tremor", "Tremor severity", 0, 2),
    Item("tremor_duration", "Tremor: occasional 1, continuous 2", 1, 2),
)
_CDQ = tuple(
    Item(key, name, 0, 100, questions, step=0.01)
    for key, name, questions in (
        ("stigma", "Stigma", 6),
        ("emotional", "Emotional well-being", 5),
        ("pain", "Pain", 3),
        ("daily_living", "Daily living", 6),
        ("social", "Social and family life", 4),
    )
)
_CDIP = tuple(
    Item(key, name, 0, 100, questions, step=0.01)
    for key, name, questions in (
        ("head_neck", "Head and neck", 6),
        ("pain", "Pain and discomfort", 5),
        ("upper_limb", "Upper limb activities", 9),
        ("walking", "Walking", 9),
        ("sleep", "Sleep", 4),
        ("annoyance", "Annoyance", 8),
        ("mood", "Mood", 7),
        ("psychosocial", "Psychosocial functioning", 10),
    )
)


def _tsui_total(given: Items) -> float:
    amplitude = given["rotation"] + given["tilt"] + given["ante_retro"]
    tremor = given["tremor"] * given["tremor_duration"]
    return amplitude * given["duration"] + given["shoulder"] + tremor


def _single(key: str, name: str, low: float, high: float) -> Scale:
    item = Item("value", name, low, high)
    return Scale(key, name, (item,), low, high, lambda given: given["value"])


_TWSTRS = _SEVERITY + _DISABILITY + _PAIN
SCALES = {
    scale.key: scale
    for scale in (
        Scale(
            "twstrs", "TWSTRS", _TWSTRS, 0, 85, _weighted(_TWSTRS),
            noticeable=8.0, exclusive=("anterocollis", "retrocollis"),
        ),
        Scale(
            "twstrs_severity", "TWSTRS severity", _SEVERITY, 0, 35, _weighted(_SEVERITY),
            exclusive=("anterocollis", "retrocollis"),
        ),
        Scale("tsui", "Tsui", _TSUI, 0, 25, _tsui_total),
        Scale("cdq24", "CDQ-24", _CDQ, 0, 100, _mean_of_subscales(_CDQ)),
        Scale("cdip58", "CDIP-58", _CDIP, 0, 100, _mean_of_subscales(_CDIP)),
        _single("nrs_pain", "Pain, 0 to 10", 0, 10),
        _single("pgic", "Change in all, 1 much better to 7 much worse", 1, 7),
    )
}  # fmt: skip
"""Scale key -> scale. TWSTRS: a change of 8 points is noticed (Dashtipour and others 2019)."""


def checked_total(scale: str, items: Items, total: float | None = None) -> float | None:
    """Return the total of `items`, or `total` where no items are known.

    Raises
    ------
    SettingsError
        Unknown scale; a number off the scale; a total that the items contradict.
    """
    known = SCALES.get(scale)
    if known is None:
        raise SettingsError(f"There is no scale {scale!r}.", f"Known are {', '.join(SCALES)}.")
    summed = known.total(items)
    if total is None:
        return summed
    if not known.low <= total <= known.high:
        raise SettingsError(
            f"{known.name}: a total of {total:g} is not on the scale.",
            f"Enter {known.low:g} to {known.high:g}.",
        )
    if summed is not None and abs(summed - total) > 0.005:
        raise SettingsError(
            f"{known.name}: the items add up to {summed:g}, the total says {total:g}.",
            "Correct one of them, or leave the total empty.",
        )
    return total
