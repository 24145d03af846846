"""What is alike in two assessments of one person, and how far their levels scatter by chance."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from emgfeedback.measures.change import BAND_FACTOR
from emgfeedback.measures.heart_ways import HEART_WAYS

FEWEST_STEPS = 3
"""Steps between repeats needed before their scatter says anything."""
REST_FACTS = ("rest_posture", "rest_support")
"""What a filed session's assessment tells of its rest."""
LEAST_CHANGE = math.log(1.2)
"""A fifth: what electrodes put on anew may do, whatever the repeats say."""
Told = Mapping[str, Any]
Both = tuple[Told, Told | None]
"""A channel now, and the same muscle and side then, where it was recorded."""


@dataclass(frozen=True, slots=True)
class Alike:
    """What stands between two visits.

    Attributes
    ----------
    channels
        Each channel of now with the one of then.
    pairs
        Name now, left and right channel, of muscles recorded on both sides.
    words
        Sentences, one for each thing that is not alike.
    why_not_anything
        Filters or the way around the heart differ: nothing is compared.
    why_not_rest
        Rest was taken otherwise.
    why_not_board
        Another board.
    """

    channels: tuple[Both, ...]
    pairs: tuple[tuple[str, Both, Both], ...]
    words: tuple[str, ...]
    why_not_anything: str
    why_not_rest: str
    why_not_board: str

    def why_not_ratios(self, before: Told | None) -> str:
        """Return why ratios of levels of one electrode cannot be compared, or empty."""
        return self.why_not_anything or ("" if before is not None else "then: not recorded")

    def why_not_of_reference(self, channel: Told, before: Told | None) -> str:
        """Return why percent of the reference contraction cannot be compared, or empty."""
        if why := self.why_not_ratios(before):
            return why
        assert before is not None
        now, then = channel["reference_method"], before["reference_method"]
        return "" if now == then else _other("reference contraction", then, now)

    def why_not_microvolts(self, channel: Told, before: Told | None) -> str:
        """Return why microvolts cannot be compared, or empty."""
        if why := self.why_not_ratios(before) or self.why_not_board:
            return why
        assert before is not None
        return _electrode(channel, before)


def between(now: Told, then: Told) -> Alike:
    """Return what is alike in two assessments, as `Assessment.as_dict` gives them."""
    places = {_place(channel): channel for channel in then["channels"]}
    channels = tuple((channel, places.get(_place(channel))) for channel in now["channels"])
    anything = _way(now, then)
    rest = _rest(now, then)
    boards = [told["device"].split(",", maxsplit=1)[0] for told in (then, now)]
    board = "" if boards[0] == boards[1] else _other("board", *boards)
    words = [_sentence(why) for why in (anything, rest, board) if why]
    for channel, before in channels:
        label = channel["label"]
        if before is None:
            words.append(f"{label} was not recorded then.")
            continue
        if why := _electrode(channel, before):
            words.append(f"{label}: {why}; microvolts cannot be compared.")
        old, new = before["reference_method"], channel["reference_method"]
        if old != new:
            words.append(f"{label}: {_other('reference contraction', old, new)}.")
    recorded = {_place(channel) for channel in now["channels"]}
    words += [f"{c['label']} was not recorded now." for p, c in places.items() if p not in recorded]
    return Alike(channels, tuple(_pairs(channels)), tuple(words), anything, rest, board)


def _place(channel: Told) -> tuple[str, str]:
    return channel["muscle"], channel["side"]


def _pairs(channels: Sequence[Both]) -> Iterable[tuple[str, Both, Both]]:
    """Return the muscles recorded on both sides, named as an assessment names its pairs."""
    sides = {_place(both[0]): both for both in channels}
    for left in channels:
        right = sides.get((left[0]["muscle"], "right"))
        if left[0]["side"] == "left" and right is not None:
            yield f"{left[0]['label']} / {right[0]['label']}", left, right


def _way(now: Told, then: Told) -> str:
    if now["heart_way"] != then["heart_way"]:
        old, new = (_title(told["heart_way"]) for told in (then, now))
        return _other("way around heartbeats", old, new)
    return "" if now["filters"] == then["filters"] else "other filters"


def _title(way: str) -> str:
    return HEART_WAYS[way].title if way in HEART_WAYS else way


def _rest(now: Told, then: Told) -> str:
    told = [
        ", ".join(part for part in (of["rest"], *map(of.get, REST_FACTS)) if part)
        for of in (now, then)
    ]
    return "" if told[0] == told[1] else _other("rest", told[1], told[0])


def _electrode(channel: Told, before: Told) -> str:
    changed = [
        name
        for key, name in (
            ("site", "electrode site"), ("spacing_mm", "electrode spacing"),
            ("sensor", "sensor"), ("gain", "gain"),
        )
        if channel[key] != before[key]
    ]  # fmt: skip
    return f"other {' and '.join(changed)}" if changed else ""


def _other(what: str, then: str, now: str) -> str:
    return f"other {what} ({then or 'none'} then, {now or 'none'} now)"


def _sentence(why: str) -> str:
    return f"{why[0].upper()}{why[1:]}."


def chance_of(now: Told, then: Told) -> dict[str, float]:
    """Return label -> standard error of the logarithm of one level, from repeats of both visits.

    Successive repeats of each task: root mean square of their differences over sqrt(2), which a
    slow drift hardly inflates. A muscle with too few steps takes that of all muscles.
    """
    steps: dict[str, list[float]] = {}
    places = {_place(channel): channel["label"] for channel in now["channels"]}
    for told in (now, then):
        names = {c["label"]: places.get(_place(c)) for c in told["channels"]}
        for segments in told["segments"].values():
            for label, name in names.items():
                if name is not None:
                    steps.setdefault(name, []).extend(_steps(segments, label))
    everything = [step for of_muscle in steps.values() for step in of_muscle]
    pooled = _scatter(everything)
    found = {}
    for label in places.values():
        own = _scatter(steps.get(label, ()))
        value = pooled if own is None else own
        if value is not None:
            found[label] = value
    return found


def _steps(segments: Sequence[Told], label: str) -> list[float]:
    levels = [segment["rms_uv"].get(label, {}).get("value") for segment in segments]
    known = [math.log(level) for level in levels if level]
    return [after - before for before, after in pairwise(known)]


def _scatter(steps: Sequence[float]) -> float | None:
    if len(steps) < FEWEST_STEPS:
        return None
    return math.sqrt(sum(step * step for step in steps) / len(steps) / 2)


def level_chance(now: float | None, then: float | None, chance: float | None) -> float | None:
    """Return the smallest change of a level, from `then` on towards `now`, that is no chance.

    Levels scatter in proportion: up it is more than down.
    """
    if now is None or not then or chance is None:
        return None
    reach = max(BAND_FACTOR * chance, LEAST_CHANGE)
    return then * (math.exp(reach) - 1) if now > then else then * (1 - math.exp(-reach))


def points_chance(points: Sequence[float | None], chance: Sequence[float | None]) -> float | None:
    """Return the smallest change of a difference 100 (L-R)/(L+R) that is no chance, in points.

    Parameters
    ----------
    points
        The difference in both visits, percent.
    chance
        Standard error of the logarithm of left and of right.
    """
    errors = [value for value in chance if value is not None]
    known = [value for value in points if value is not None]
    if len(errors) < 2 or len(known) < 2:
        return None
    both = math.hypot(*errors)
    return 1.96 * math.hypot(*(50 * (1 - (value / 100) ** 2) * both for value in known))


def ratio_chance(points: Sequence[float | None], chance: float | None) -> float | None:
    """Return the smallest change of an index 100 (1 - A/B) of two levels of a muscle, in points.

    Parameters
    ----------
    points
        The index in both visits, percent.
    chance
        Standard error of the logarithm of one level.
    """
    known = [value for value in points if value is not None]
    if chance is None or len(known) < 2:
        return None
    return 1.96 * math.hypot(*((100 - value) * chance * math.sqrt(2) for value in known))
