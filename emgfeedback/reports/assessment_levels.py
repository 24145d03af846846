"""What each muscle did in each task, as an assessment has it, on the scales of one page.

A muscle is told in percent of its reference where both its sides have one, else in
microvolts; columns of one unit share one scale, so that a ground or a bar means the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emgfeedback.core.montage import Side
from emgfeedback.reports.page import HeatGroup
from emgfeedback.reports.wording import muscle, with_unit

OWN_POSTURE = "let-go"
PERCENT, MICROVOLTS = "%", "uV"
UNIT_WORDS = {PERCENT: "% of reference", MICROVOLTS: "µV RMS"}
KEYS = {PERCENT: "of_reference_pct", MICROVOLTS: "rms_uv"}
MOST_TASKS = 12
MOST_CHANNELS = 8
CABLE_TASKS = ("shrug-left", "shrug-right", "palm-left", "palm-right")
"""Tasks that tell cables apart; the first to go where a page has no room for all."""


@dataclass(frozen=True, slots=True)
class Site:
    """A channel as the page names it."""

    label: str
    muscle: str
    side: Side

    @property
    def name(self) -> str:
        """The muscle; the label where none is known."""
        return muscle(self.muscle) if self.muscle != "other" else self.label


@dataclass(frozen=True, slots=True)
class Level:
    """A muscle's level in a task: a number in the muscle's unit, or why there is none."""

    value: float | None
    unit: str
    share: float
    reason: str = ""

    @property
    def words(self) -> str:
        """The number with its unit, or the reason."""
        if self.value is None:
            return self.reason
        return with_unit(self.value, self.unit, 0 if self.unit == PERCENT else None)


class Levels:
    """Levels of the tasks a page shows.

    Attributes
    ----------
    groups
        Channels of a muscle, left before right.
    tasks
        Keys of the tasks that are shown, in the order they were done.
    no_room
        What had no room, in words, or empty.
    tops
        Unit -> the highest level shown in it.
    """

    def __init__(self, assessment: Mapping[str, Any]) -> None:
        self._tasks: Mapping[str, Any] = assessment["tasks"]
        channels = assessment["channels"]
        self.groups = _grouped(channels)
        self._units = _units(channels)
        names = list(self._tasks)
        if len(names) > MOST_TASKS:
            names = [name for name in names if name not in CABLE_TASKS]
        self.tasks = names[:MOST_TASKS]
        more = {"task": len(self._tasks) - len(self.tasks),
                "channel": len(channels) - len(self.sites)}  # fmt: skip
        self.no_room = _no_room(more)
        self.tops: dict[str, float] = {}
        for site in self.sites:
            unit = self.unit(site)
            known = [self._value(task, site) for task in self.tasks]
            highest = max((value for value in known if value is not None), default=0.0)
            self.tops[unit] = max(self.tops.get(unit, 0.0), highest)

    @property
    def sites(self) -> list[Site]:
        """All channels, in the order of the table's columns."""
        return [site for group in self.groups for site in group]

    @property
    def own_posture(self) -> str:
        """The task that shows the posture as it comes; without it the first one."""
        return OWN_POSTURE if OWN_POSTURE in self._tasks else next(iter(self._tasks))

    def title(self, task: str) -> str:
        """Return a task's name."""
        return str(self._tasks[task]["title"])

    def unit(self, site: Site) -> str:
        """Return `%` or `uV`, the same for both sides of a muscle."""
        return self._units[site.label]

    def heads(self) -> tuple[HeatGroup, ...]:
        """Return the headings of the columns."""
        return tuple(
            HeatGroup(group[0].name, UNIT_WORDS[self.unit(group[0])], tuple(s.side for s in group))
            for group in self.groups
        )

    def of(self, task: str, site: Site) -> Level:
        """Return a muscle's level in a task."""
        unit = self.unit(site)
        value = self._value(task, site)
        if value is None:
            return Level(None, unit, 0.0, self._found(task, site, "rms_uv")["reason"])
        top = self.tops.get(unit) or 1.0
        return Level(value, unit, min(value / top, 1.0))

    def _value(self, task: str, site: Site) -> float | None:
        value: float | None = self._found(task, site, KEYS[self.unit(site)])["value"]
        return value

    def _found(self, task: str, site: Site, key: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._tasks[task]["muscles"][site.label][key]
        return found


def _grouped(channels: Sequence[Mapping[str, Any]]) -> tuple[tuple[Site, ...], ...]:
    found: dict[str, list[Site]] = {}
    for one in channels[:MOST_CHANNELS]:
        site = Site(one["label"], one["muscle"], Side(one["side"]))
        found.setdefault(_muscle_of(one), []).append(site)
    order = [Side.LEFT, Side.MIDLINE, Side.RIGHT]
    return tuple(tuple(sorted(g, key=lambda s: order.index(s.side))) for g in found.values())


def _units(channels: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    without = {_muscle_of(one) for one in channels if one["reference_uv"]["value"] is None}
    return {one["label"]: MICROVOLTS if _muscle_of(one) in without else PERCENT for one in channels}


def _muscle_of(channel: Mapping[str, Any]) -> str:
    """Return what both sides of a muscle have in common; without a muscle the label."""
    return str(channel["muscle"] if channel["muscle"] != "other" else channel["label"])


def _no_room(more: Mapping[str, int]) -> str:
    told = [f"{n} {what}{'' if n == 1 else 's'}" for what, n in more.items() if n]
    return f"No room here for {' and '.join(told)}: see the .json of this report." if told else ""
