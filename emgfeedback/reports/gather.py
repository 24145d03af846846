"""The numbers of a session, channel by channel and pair by pair, out of its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emgfeedback.core.montage import Channel, pairs_of
from emgfeedback.people.values import CalibrationResult, MeasureTaken, SessionWhole
from emgfeedback.records.labels import guess_muscle_and_side
from emgfeedback.reports.source import Source


@dataclass(frozen=True, slots=True)
class ChannelNumbers:
    """What a session has of one channel; None: not taken."""

    channel: Channel
    rest: CalibrationResult | None = None
    reference: CalibrationResult | None = None
    rest_pct: float | None = None
    level: MeasureTaken | None = None
    bad: bool = False
    """The signal check ended without this channel."""
    checked: bool = False
    """There was a signal check of this channel."""


def channels_of(whole: SessionWhole, source: Source | None) -> tuple[Channel, ...]:
    """Return the montage: from the recording, else from the labels the summary names."""
    if source is not None:
        return source.channels
    told = [str(label) for label in whole.session.summary.get("channels", ())]
    known = {c.label: c for c in whole.calibrations}
    labels = dict.fromkeys([*told, *known])
    return tuple(
        Channel(label, known[label].muscle, known[label].side)
        if label in known
        else Channel(label, *guess_muscle_and_side(label))
        for label in labels
    )


def gather(whole: SessionWhole, channels: Sequence[Channel]) -> tuple[ChannelNumbers, ...]:
    """Return what was taken of every channel."""
    rests = {c.label: c for c in reversed(whole.calibrations) if c.method == "rest"}
    references = {
        c.label: c for c in whole.calibrations if c.method != "rest" and c.value_uv is not None
    }
    not_good = _not_good(whole)
    watched = {c.label for c in whole.calibrations} | {
        str(label)
        for step in whole.session.summary.get("steps", ())
        for label in (step.get("result") or {}).get("channels") or ()
        if isinstance(label, str)
    }
    return tuple(
        ChannelNumbers(
            channel=channel,
            rest=rests.get(channel.label),
            reference=references.get(channel.label),
            rest_pct=_value(whole.measures, "rest_of_reference", channel),
            level=_level(whole.measures, channel),
            bad=not_good is not None and channel.label in not_good,
            checked=not_good is not None and channel.label in watched,
        )
        for channel in channels
    )


def asymmetry_at_rest(whole: SessionWhole, muscle: str) -> float | None:
    """Return the index of a pair at rest, percent."""
    found = [m for m in whole.measures if m.key == "asymmetry_rest" and m.muscle == muscle]
    return found[0].value if found else None


def paired(numbers: Sequence[ChannelNumbers]) -> list[tuple[ChannelNumbers, ...]]:
    """Return the pairs, left first, then what has no partner."""
    channels = [n.channel for n in numbers]
    pairs = [(numbers[p.left], numbers[p.right]) for p in pairs_of(channels)]
    inside = {n.channel.label for pair in pairs for n in pair}
    alone = [(n,) for n in numbers if n.channel.label not in inside and _has_any(n)]
    return [*pairs, *alone]


def _has_any(numbers: ChannelNumbers) -> bool:
    return any(v is not None for v in (numbers.rest, numbers.reference, numbers.level))


def _not_good(whole: SessionWhole) -> frozenset[str] | None:
    """Return the labels the last signal check ended without; None where there was no check."""
    checks = [
        step["result"]
        for step in whole.session.summary.get("steps", ())
        if step.get("kind") == "quality" and not step.get("skipped")
    ]
    return frozenset(map(str, checks[-1].get("not_good") or ())) if checks else None


def _value(measures: Sequence[MeasureTaken], key: str, channel: Channel) -> float | None:
    found = _find(measures, key, channel)
    return found.value if found is not None else None


def _find(measures: Sequence[MeasureTaken], key: str, channel: Channel) -> MeasureTaken | None:
    place = (channel.muscle, channel.side)
    return next((m for m in measures if m.key == key and (m.muscle, m.side) == place), None)


def _level(measures: Sequence[MeasureTaken], channel: Channel) -> MeasureTaken | None:
    keys = dict.fromkeys(m.key for m in measures if m.key.startswith("level_"))
    found = (_find(measures, key, channel) for key in keys)
    return next((m for m in found if m is not None), None)
