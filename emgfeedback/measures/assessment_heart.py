"""Heartbeats in an assessment: how many, what they add at rest, and what each way would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emgfeedback.core.errors import SettingsError
from emgfeedback.measures.assessment_muscle import TOO_SHORT
from emgfeedback.measures.assessment_signal import LEAST_S, Prepared, Span, rms_of
from emgfeedback.measures.assessment_values import RestLevel
from emgfeedback.measures.found import Found, middle_of, missing
from emgfeedback.measures.heart_ways import HEART_WAYS

NO_REST = "no rest to look at"
AS_RECORDED = "as-recorded"


def longest(spans: Sequence[Span]) -> Span | None:
    """Return the longest stretch; None of none."""
    return max(spans, key=lambda span: span.end - span.first, default=None)


def heart_at_rest(signal: Prepared, column: int, rest: Sequence[Span]) -> tuple[Found, Found]:
    """Return the heart's rate at rest, and the RMS with heartbeats less that without."""
    span = longest(rest)
    if span is None:
        return missing(NO_REST), missing(NO_REST)
    beats = signal.beats(span)
    if beats.per_min is None:
        return missing(beats.reason), missing(beats.reason)
    why = signal.why_bad(span, column)
    usable = signal.filtered_uv[span.rows, column][signal.usable[span.rows, column]]
    away = signal.usable[span.rows, column] & signal.away_from_heart(span)
    kept = signal.filtered_uv[span.rows, column][away]
    if why or not len(kept):
        return Found(beats.per_min), missing(why or "no usable signal")
    return Found(beats.per_min), Found(rms_of(usable) - rms_of(kept))


def ways_at_rest(signal: Prepared, rest: Sequence[Span]) -> dict[str, dict[str, RestLevel]]:
    """Return channel label -> way -> RMS at rest, each with the filters of that way."""
    labels = [channel.label for channel in signal.channels]
    levels: dict[str, dict[str, Found]] = {label: {} for label in labels}
    for key in HEART_WAYS:
        found = _levels(signal, key, rest)
        for column, label in enumerate(labels):
            levels[label][key] = found[column]
    return {label: _changes(of_ways) for label, of_ways in levels.items()}


def _levels(signal: Prepared, way: str, rest: Sequence[Span]) -> list[Found]:
    columns = range(len(signal.channels))
    span = longest(rest)
    if span is None:
        return [missing(NO_REST)] * len(columns)
    try:
        other = signal.another_way(way, rest)
    except SettingsError:
        return [missing("the sampling rate leaves no band above the high-pass")] * len(columns)
    if other.way.subtracted:
        other.learn_resting_beat(span)
    return [_level(other, rest, column) for column in columns]


def _level(signal: Prepared, rest: Sequence[Span], column: int) -> Found:
    reasons = [signal.why_bad(span, column) for span in rest]
    kept = [signal.kept(s, column) for s, why in zip(rest, reasons, strict=True) if not why]
    if not kept:
        return missing(reasons[0])
    long = [x for x in kept if len(x) >= LEAST_S * signal.fs_hz]
    return middle_of([rms_of(x) for x in long], TOO_SHORT)


def _changes(levels: Mapping[str, Found]) -> dict[str, RestLevel]:
    before = levels[AS_RECORDED]
    found = {}
    for key, level in levels.items():
        if level.value is None or before.value is None:
            found[key] = RestLevel(level, missing(level.reason or before.reason))
        else:
            found[key] = RestLevel(level, Found(level.value - before.value))
    return found


def references_under(
    signal: Prepared, known_uv: Mapping[str, float], takes: Mapping[str, Sequence[Span]]
) -> dict[str, Found]:
    """Return label -> RMS of its reference contraction under this way's filters.

    References are taken with the filters of the live view. With others each is
    scaled by what that leaves of the same takes; where the takes are not marked there is none.
    """
    if signal.way.highpass_hz is None and signal.phase == "causal":
        return {label: Found(value) for label, value in known_uv.items()}
    spans = {span for of_label in takes.values() for span in of_label}
    takes_of_all = sorted(spans, key=lambda span: span.first)
    usual = signal.another_way(AS_RECORDED, takes_of_all, "causal")
    columns = {channel.label: c for c, channel in enumerate(signal.channels)}
    return {
        label: _scaled(value, signal, usual, columns[label], takes.get(label, ()))
        for label, value in known_uv.items()
        if label in columns
    }


def _scaled(
    value_uv: float, signal: Prepared, usual: Prepared, column: int, takes: Sequence[Span]
) -> Found:
    pairs = [(signal.kept(take, column), usual.kept(take, column)) for take in takes]
    shares = [rms_of(now) / rms_of(before) for now, before in pairs if len(now) and before.any()]
    share = middle_of(shares, "the reference contraction was taken with other filters")
    return share if share.value is None else Found(value_uv * share.value)
