"""Holds of the tasks as they are measured, and how far their edges may go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Literal

from emgfeedback.people.values import MovedEdge

EdgeName = Literal["start", "end"]
START: EdgeName = "start"
END: EdgeName = "end"
SHORTEST_HOLD_S = 0.5
SAME_S = 0.005
"""Edges nearer than this stand at the same place."""
_DECIMALS = 2
"""An edge stands on hundredths of a second, so that what is kept is what was shown."""


@dataclass(frozen=True, slots=True)
class EdgeKey:
    """One edge of one hold; repeats count from 0."""

    task: str
    repeat: int
    edge: EdgeName

    @classmethod
    def of(cls, moved: MovedEdge) -> EdgeKey:
        """Return the edge that was moved."""
        return cls(moved.task, moved.repeat, START if moved.edge == START else END)


@dataclass(frozen=True, slots=True)
class Hold:
    """A repeat of a task: all of it from `from_s` to `to_s`, its hold from `start_s` to `end_s`."""

    task: str
    title: str
    repeat: int
    repeats: int
    from_s: float
    to_s: float
    start_s: float
    end_s: float

    def at(self, edge: EdgeName) -> float:
        """Return where an edge stands."""
        return self.start_s if edge == START else self.end_s

    def moved(self, edge: EdgeName, at_s: float) -> Hold:
        """Return the hold with an edge elsewhere."""
        if edge == START:
            return replace(self, start_s=at_s)
        return replace(self, end_s=at_s)


class Bound(Enum):
    """What an edge cannot go past."""

    RECORDING = "recording"
    NEIGHBOUR = "neighbour"
    SHORTEST = "shortest"


@dataclass(frozen=True, slots=True)
class Limits:
    """How far an edge may go, seconds, and what ends its way on either side."""

    low_s: float
    high_s: float
    low: Bound
    high: Bound

    def within(self, at_s: float) -> float:
        """Return the nearest allowed place."""
        return min(max(at_s, self.low_s), max(self.low_s, self.high_s))


class Holds:
    """All holds of a recording in order of time, with the edges a person moved.

    Parameters
    ----------
    assessment
        As `Assessment.as_dict` gives it.
    duration_s
        Of the recording.
    moved
        Edges moved so far, as the register has them.
    """

    def __init__(
        self, assessment: Mapping[str, Any], duration_s: float, moved: Sequence[MovedEdge] = ()
    ) -> None:
        self._duration_s = duration_s
        self._marked = {hold_key(hold): hold for hold in _marked(assessment)}
        self.holds: tuple[Hold, ...] = ()
        self.moved: dict[EdgeKey, MovedEdge] = {}
        self._places_s: dict[EdgeKey, float] = {}
        self.show_moved(moved)

    def show_moved(self, moved: Sequence[MovedEdge]) -> None:
        """Take over the edges moved as the register has them."""
        self.moved = {EdgeKey.of(edge): edge for edge in moved}
        self._places_s = {key: edge.at_s for key, edge in self.moved.items()}
        self._place()

    def expect(self, key: EdgeKey, at_s: float) -> None:
        """Have an edge where it is about to be kept, until the register has told."""
        self._places_s[key] = at_s
        self._place()

    def _place(self) -> None:
        holds = dict(self._marked)
        for key, at_s in self._places_s.items():
            hold = holds.get((key.task, key.repeat))
            if hold is not None:
                holds[key.task, key.repeat] = hold.moved(key.edge, at_s)
        self.holds = tuple(sorted(holds.values(), key=lambda hold: (hold.start_s, hold.end_s)))

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks in order of time."""
        return tuple(dict.fromkeys(hold.task for hold in self.holds))

    def of_task(self, task: str) -> tuple[Hold, ...]:
        """Return the holds of a task, in order of time."""
        return tuple(hold for hold in self.holds if hold.task == task)

    def has(self, key: EdgeKey) -> bool:
        """Return whether there is such a hold."""
        return (key.task, key.repeat) in self._marked

    def hold(self, key: EdgeKey) -> Hold:
        """Return the hold of an edge. Raises KeyError where there is none."""
        for hold in self.holds:
            if hold_key(hold) == (key.task, key.repeat):
                return hold
        raise KeyError(key)

    def at_s(self, key: EdgeKey) -> float:
        """Return where an edge stands."""
        return self.hold(key).at(key.edge)

    def marked_s(self, key: EdgeKey) -> float:
        """Return where the marks of the recording put an edge."""
        kept = self.moved.get(key)
        return kept.was_s if kept is not None else self._marked[key.task, key.repeat].at(key.edge)

    def marks_moved_from(self, task: str) -> tuple[float, ...]:
        """Return where the marks put the edges of a task that were moved."""
        return tuple(edge.was_s for key, edge in self.moved.items() if key.task == task)

    def limits(self, key: EdgeKey) -> Limits:
        """Return how far an edge may go: not past its neighbours, and the hold keeps 0.5 s."""
        hold = self.hold(key)
        place = self.holds.index(hold)
        if key.edge == START:
            before = self.holds[place - 1].end_s if place else None
            low = (0.0, Bound.RECORDING) if before is None else (before, Bound.NEIGHBOUR)
            high = (hold.end_s - SHORTEST_HOLD_S, Bound.SHORTEST)
        else:
            last = place + 1 == len(self.holds)
            after_s = self._duration_s if last else self.holds[place + 1].start_s
            low = (hold.start_s + SHORTEST_HOLD_S, Bound.SHORTEST)
            high = (after_s, Bound.RECORDING if last else Bound.NEIGHBOUR)
        return Limits(low[0], high[0], low[1], high[1])

    def allowed(self, key: EdgeKey, at_s: float) -> float:
        """Return the place nearest to `at_s` where an edge may stand, in hundredths."""
        return self.limits(key).within(round(at_s, _DECIMALS))


def hold_key(hold: Hold) -> tuple[str, int]:
    """Return what names a hold."""
    return hold.task, hold.repeat


def _marked(assessment: Mapping[str, Any]) -> list[Hold]:
    """Return the holds as the recording's marks put them, whatever was moved when measured."""
    was_s = {
        (edge["task"], edge["repeat"], edge["edge"]): edge["was_s"]
        for edge in assessment.get("edges", ())
        if edge["was_s"] is not None
    }
    found = []
    for task, segments in assessment["segments"].items():
        title = assessment["tasks"].get(task, {}).get("title", task)
        for repeat, told in enumerate(segments):
            found.append(
                Hold(
                    task=task,
                    title=title,
                    repeat=repeat,
                    repeats=len(segments),
                    from_s=told["start_s"],
                    to_s=told["end_s"],
                    start_s=was_s.get((task, repeat, START), told["hold_start_s"]),
                    end_s=was_s.get((task, repeat, END), told["hold_end_s"]),
                )
            )
    return found
