"""What stands out in an assessment, by rules that are written beside each line.

The rules are this program's own round numbers, to say where to look first; no norm exists for
surface EMG of the neck. A line says what was measured, never what it means.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emgfeedback.core.montage import MUSCLES, Side
from emgfeedback.measures.assessment_values import Movement

OWN_POSTURE, NEUTRAL, REST = "let-go", "neutral", "rest-supported"
STILL = (OWN_POSTURE, NEUTRAL)
"""Tasks in which the head stays where it is, the more telling first."""
BURDENS = ("dual-task", "walk")
RAISED_TIMES = 2.0
PARADOXICAL_PCT = 20.0
TRICK_PCT = 20.0
SIDES_PCT = 20.0
BURDEN_TIMES = 1.5
_NAMED = 2
TOGETHER = (("scm", "splenius", True), ("scm", "trapezius", False))
"""Muscle, muscle, and whether the second is of the other side."""
_OTHER = {Side.LEFT.value: Side.RIGHT.value, Side.RIGHT.value: Side.LEFT.value}

Plain = Mapping[str, Any]
Known = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Notable:
    """One line of what stands out.

    Attributes
    ----------
    kind
        `together`, `raised`, `trick`, `tremor`, `mirrored`, `sides`, `paradoxical`, `burden` or
        `cables`.
    title
        What was measured, with its number.
    detail
        Where, and what it is compared with.
    rule
        When such a line is told.
    labels, task
        The channels it is about, and the task it was seen in.
    """

    kind: str
    title: str
    detail: str
    rule: str
    labels: tuple[str, ...] = ()
    task: str = ""


@dataclass(frozen=True, slots=True)
class LeftOutTasks:
    """A channel without a level in some tasks, and why; `whole`: in all of them."""

    label: str
    name: str
    reason: str
    tasks: tuple[str, ...]
    whole: bool


def what_stands_out(assessment: Plain, movements: Mapping[str, Movement]) -> list[Notable]:
    """Return what stands out in `Assessment.as_dict()`, most telling first.

    Channels whose cables seem to be elsewhere are not told of: their names would mislead.
    """
    found = _Reader(assessment, movements)
    lines = [
        *found.together(),
        *found.raised(),
        *found.trick(),
        *found.tremor(),
        *found.mirrored(),
        *found.sides(),
        *found.paradoxical(),
        *found.burdens(),
    ]
    return [*_of_cables(assessment), *lines]


def left_out(assessment: Plain) -> list[LeftOutTasks]:
    """Return where channels have no level, and why, in order of channels."""
    found: list[LeftOutTasks] = []
    for channel in assessment["channels"]:
        label = channel["label"]
        by_reason: dict[str, list[str]] = {}
        for task in assessment["tasks"].values():
            level = task["muscles"][label]["rms_uv"]
            if level["value"] is None:
                by_reason.setdefault(level["reason"], []).append(task["title"])
        whole = sum(map(len, by_reason.values())) == len(assessment["tasks"])
        found += [
            LeftOutTasks(label, name_of(channel), reason, tuple(titles), whole)
            for reason, titles in by_reason.items()
        ]
    return found


def name_of(channel: Plain) -> str:
    """Return a channel's name: `L SCM`, `R upper trapezius`, or its label."""
    muscle = MUSCLES.get(channel["muscle"], "")
    if channel["side"] not in _OTHER or channel["muscle"] == "other" or not muscle:
        return str(channel["label"])
    return f"{channel['side'][0].upper()} {muscle if muscle.isupper() else muscle.lower()}"


def _of_cables(assessment: Plain) -> list[Notable]:
    wrong = [cable["label"] for cable in assessment["cables"]["wrong"]]
    if not wrong:
        return []
    return [
        Notable(
            "cables",
            f"Nothing is told of {', '.join(wrong)}",
            "their cables seem to be elsewhere, so that the names would mislead",
            "told where a task of one muscle shows in another's channel",
            tuple(wrong),
        )
    ]


class _Reader:
    """Reads an assessment by task, channel and measure."""

    def __init__(self, assessment: Plain, movements: Mapping[str, Movement]) -> None:
        wrong = {cable["label"] for cable in assessment["cables"]["wrong"]}
        self._all, self._movements = assessment, movements
        self._tasks: Mapping[str, Plain] = assessment["tasks"]
        self._channels = {
            channel["label"]: channel
            for channel in assessment["channels"]
            if channel["label"] not in wrong
        }
        self._in_pairs: set[str] = set()

    def _value(self, task: str, label: str, measure: str) -> float | None:
        if task not in self._tasks:
            return None
        found = self._tasks[task]["muscles"].get(label, {}).get(measure)
        return None if found is None or found["value"] is None else float(found["value"])

    def _known(self, task: str, measure: str) -> dict[str, float]:
        values = {label: self._value(task, label, measure) for label in self._channels}
        return {label: value for label, value in values.items() if value is not None}

    def _name(self, label: str) -> str:
        return name_of(self._channels[label])

    def _title(self, task: str) -> str:
        return str(self._tasks[task]["title"]).lower()

    def _raised(self) -> dict[str, float]:
        """Return how many times their rest the raised muscles have in their own posture."""
        known = self._known(OWN_POSTURE, "of_rest")
        return {label: times for label, times in known.items() if times >= RAISED_TIMES}

    def together(self) -> Iterator[Notable]:
        """Tell of named pairs of which both are raised."""
        raised = self._raised()
        by_place = {(c["muscle"], c["side"]): label for label, c in self._channels.items()}
        for side, opposite in _OTHER.items():
            for one, other, crossed in TOGETHER:
                a = by_place.get((one, side), "")
                b = by_place.get((other, opposite if crossed else side), "")
                if a in raised and b in raised:
                    self._in_pairs |= {a, b}
                    times = f"{raised[a]:.1f} and {raised[b]:.1f} times their rest"
                    yield Notable(
                        "together",
                        f"{self._name(a)} and {self._name(b)} active together",
                        f"{self._title(OWN_POSTURE)}: {times}",
                        f"both {RAISED_TIMES:g} times their supported rest or more, head let go",
                        (a, b),
                        OWN_POSTURE,
                    )

    def raised(self) -> Iterator[Notable]:
        """Tell of raised muscles that are in no pair told before."""
        for label, times in self._raised().items():
            if label not in self._in_pairs:
                yield Notable(
                    "raised",
                    f"{self._name(label)} {times:.1f} times its rest",
                    self._title(OWN_POSTURE),
                    f"{RAISED_TIMES:g} times the supported rest or more, head let go",
                    (label,),
                    OWN_POSTURE,
                )

    def trick(self) -> Iterator[Notable]:
        """Tell of the muscle the trick changes most, either way."""
        tested = {
            label: trick
            for label, trick in self._all["trick"].items()
            if label in self._channels and trick["index_pct"]["value"] is not None
        }
        rule = f"{TRICK_PCT:g} % less or more with the trick; marked: halved for 5 s or more"
        for word, sign in (("less", 1), ("more", -1)):
            clear = {
                label: sign * trick["index_pct"]["value"]
                for label, trick in tested.items()
                if sign * trick["index_pct"]["value"] >= TRICK_PCT
            }
            if not clear:
                continue
            ranked = sorted(clear, key=lambda label: -clear[label])
            said = ", ".join(
                f"{clear[label]:.0f} % {word} in {self._name(label)}" for label in ranked[:_NAMED]
            )
            if len(ranked) > _NAMED:
                said += f", and {word} in {len(ranked) - _NAMED} more"
            detail = _marked([tested[label] for label in ranked]) if sign > 0 else ""
            yield Notable("trick", f"Sensory trick: {said}", detail, rule, tuple(ranked))

    def tremor(self) -> Iterator[Notable]:
        """Tell of a rhythm of raised muscles in the first still task that shows one."""
        for task in STILL:
            peaks, ratios = self._known(task, "tremor_hz"), self._known(task, "tremor_ratio")
            raised = self._known(task, "of_rest")
            told = [
                label
                for label in peaks
                if raised.get(label, 0.0) >= RAISED_TIMES and ratios.get(label, 0.0) > 0
            ]
            if not told:
                continue
            told.sort(key=lambda label: -ratios[label])
            first = told[0]
            alike = [label for label in told if abs(peaks[label] - peaks[first]) <= 0.5]
            decibels = 10 * math.log10(ratios[first])
            yield Notable(
                "tremor",
                f"Bursts at {peaks[first]:.1f} Hz: {', '.join(map(self._name, alike))}",
                f"{self._title(task)}; peak {decibels:.0f} dB over background",
                f"a peak of the envelope, 2-12 Hz, in a muscle {RAISED_TIMES:g} times its rest",
                tuple(alike),
                task,
            )
            return

    def mirrored(self) -> Iterator[Notable]:
        """Tell of movements both ways in which the working sides differ."""
        for tasks, muscles in self._all["mirrored"].items():
            left_task, right_task = tasks.split(" / ")
            for muscle, values in muscles.items():
                for side, word in (("away_pct", "away from"), ("towards_pct", "towards")):
                    line = self._mirrored(muscle, (left_task, right_task), word, values[side])
                    if line is not None:
                        yield line

    def _mirrored(
        self, muscle: str, tasks: tuple[str, str], word: str, found: Plain
    ) -> Notable | None:
        value = found["value"]
        sides = {c["side"]: label for label, c in self._channels.items() if c["muscle"] == muscle}
        if value is None or abs(value) < SIDES_PCT or set(sides) != set(_OTHER):
            return None
        away = word == "away from"
        at = dict(zip(_OTHER, tasks[::-1] if away else tasks, strict=True))
        needed = {(muscle, Side(side)) in self._movements[at[side]].active for side in _OTHER}
        levels = (self._value(at[side], sides[side], "of_rest") or 0.0 for side in _OTHER)
        if needed != {True} or max(levels) < RAISED_TIMES:
            return None
        return Notable(
            "mirrored",
            f"{_muscle(muscle)} differs in mirrored movements: {_more(value)}",
            f"{self._title(at['left'])} (L) against {self._title(at['right'])} (R)",
            f"sides at their work {SIDES_PCT:g} % or more apart, 100 (L-R)/(L+R), one of them "
            f"{RAISED_TIMES:g} times its rest or more",
            tuple(sides[side] for side in _OTHER),
            at["left"],
        )

    def sides(self) -> Iterator[Notable]:
        """Tell of left/right differences in the first still task that has them."""
        for name, pair in self._tasks.get(OWN_POSTURE, {"pairs": {}})["pairs"].items():
            value = pair.get("asymmetry_pct", {"value": None})["value"]
            labels = tuple(name.split(" / "))
            known = [label for label in labels if label in self._channels]
            if value is None or abs(value) < SIDES_PCT or len(known) < 2:
                continue
            times = self._known(OWN_POSTURE, "of_rest")
            if max(times.get(label, 0.0) for label in known) < RAISED_TIMES:
                continue
            yield Notable(
                "sides",
                f"{_muscle(self._channels[known[0]]['muscle'])}: {_more(value)}",
                f"{self._title(OWN_POSTURE)}; the higher side need not be the dystonic one",
                f"{SIDES_PCT:g} % or more apart, 100 (L-R)/(L+R), one side raised",
                labels,
                OWN_POSTURE,
            )

    def paradoxical(self) -> Iterator[Notable]:
        """Tell of muscles that stay active when the head moves away from their work."""
        for task in self._tasks:
            times = self._known(task, "of_rest")
            for label, value in self._known(task, "paradoxical_pct").items():
                if value >= PARADOXICAL_PCT and times.get(label, 0.0) >= RAISED_TIMES:
                    mirrored = self._movements[task].mirrored
                    yield Notable(
                        "paradoxical",
                        f"{self._name(label)} stays active: {value:.0f} %",
                        f"{self._title(task)}, of its level in {self._title(mirrored)}",
                        f"{PARADOXICAL_PCT:g} % or more of its work, and {RAISED_TIMES:g} times "
                        "its rest or more, moving away from it",
                        (label,),
                        task,
                    )

    def burdens(self) -> Iterator[Notable]:
        """Tell of raised muscles that rise with counting or walking."""
        still = self._known(NEUTRAL, "rms_uv")
        for task in BURDENS:
            raised = self._known(task, "of_rest")
            for label, level in self._known(task, "rms_uv").items():
                before = still.get(label, 0.0)
                if before <= 0 or raised.get(label, 0.0) < RAISED_TIMES:
                    continue
                if level >= BURDEN_TIMES * before:
                    yield Notable(
                        "burden",
                        f"{self._name(label)} {level / before:.1f} times held neutral",
                        self._title(task),
                        f"{BURDEN_TIMES:g} times held neutral or more",
                        (label,),
                        task,
                    )


def _marked(tricks: Sequence[Plain]) -> str:
    """Return in how many muscles a trick was marked, and for how long."""
    marked = [trick["longest_marked_s"] for trick in tricks if trick["marked"]]
    if not marked:
        return "not marked: halved for less than 5 s"
    where = f" in {len(marked)} of {len(tricks)}" if len(tricks) > 1 else ""
    return f"marked{where}, halved for {max(marked):.0f} s"


def _muscle(muscle: str) -> str:
    return MUSCLES.get(muscle, muscle)


def _more(asymmetry_pct: float) -> str:
    side = "L" if asymmetry_pct > 0 else "R"
    return f"{side} higher by {abs(asymmetry_pct):.0f} %"
