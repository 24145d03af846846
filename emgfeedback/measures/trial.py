"""All measures of one trial in one table, ready for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from emgfeedback.core.montage import Pair
from emgfeedback.measures.apdf import apdf
from emgfeedback.measures.cocontraction import falconer_winter_pct, likeness, rudolph
from emgfeedback.measures.found import Bools, Floats, Found, epoch_rms, runs_of
from emgfeedback.measures.holds import (
    exceedances,
    longest_hold_s,
    time_in_target_pct,
    time_to_relax_s,
)
from emgfeedback.measures.rest_time import rest_time
from emgfeedback.measures.symmetry import compare

CO_CONTRACTION_WINDOW_S = 0.5
SECOND_S = 1.0


def trial_measures(
    level: Floats,
    inside: Bools,
    scored: Bools,
    fs_hz: float,
    *,
    labels: Mapping[int, str],
    floors: Sequence[float],
    rest_thresholds: Sequence[float],
    ceilings: Mapping[int, float] | None = None,
    pairs: Sequence[Pair] = (),
) -> dict[str, Any]:
    """Return the measures of a trial. A missing number is None, its reason in `notes`.

    Parameters
    ----------
    level
        RMS levels over 100 ms, `(n, n_channels)`, in the run's unit.
    inside, scored
        bool `(n,)`: confirmed in target; confirmed at all.
    labels
        Columns to tell of, and their names.
    floors, rest_thresholds
        Of every column, in the run's unit: noise; level under which the muscle rests.
    ceilings
        Columns to be relaxed after the trial's start, and the levels to fall under.
    pairs
        Pairs of columns to compare; both must be in `labels`.
    """
    notes: dict[str, str] = {}
    bursts = exceedances(inside, scored, fs_hz)
    if bursts is None:
        notes["exceedances"] = "nothing scored"
    table: dict[str, Any] = {
        "in_target_pct": _told(notes, "in_target_pct", time_in_target_pct(inside, scored)),
        "longest_hold_s": _told(notes, "longest_hold_s", longest_hold_s(inside, scored, fs_hz)),
        "exceedances": None if bursts is None else asdict(bursts),
        "channels": {},
        "pairs": {},
        "notes": notes,
    }
    for column, label in labels.items():
        ceiling = (ceilings or {}).get(column)
        table["channels"][label] = _channel(
            level[:, column], scored, fs_hz, rest_thresholds[column], ceiling, label, notes
        )
    for pair in pairs:
        name = f"{labels[pair.left]} / {labels[pair.right]}"
        table["pairs"][name] = _pair(level, scored, fs_hz, pair, floors, name, notes)
    return table


def _told(notes: dict[str, str], name: str, found: Found) -> float | None:
    if found.reason:
        notes[name] = found.reason
    return found.value


def _channel(
    level: Floats,
    scored: Bools,
    fs_hz: float,
    rest_threshold: float,
    ceiling: float | None,
    label: str,
    notes: dict[str, str],
) -> dict[str, float | None]:
    kept = level[scored]
    rest = rest_time(level, scored, fs_hz, rest_threshold)
    spread = apdf(level, scored)
    if spread.reason:
        notes[label] = spread.reason
    entry: dict[str, float | None] = {
        "mean": float(kept.mean()) if len(kept) else None,
        "p10": spread.p10,
        "p50": spread.p50,
        "p90": spread.p90,
        "rest_pct": rest.rest_pct,
        "gaps_per_min": rest.gaps_per_min,
        "mean_gap_s": rest.mean_gap_s,
        "goal_pct": rest.goal_pct,
    }
    if ceiling is not None:
        relaxed = time_to_relax_s(level, scored, fs_hz, ceiling)
        entry["time_to_relax_s"] = _told(notes, f"{label} time_to_relax_s", relaxed)
    return entry


def _pair(
    level: Floats,
    scored: Bools,
    fs_hz: float,
    pair: Pair,
    floors: Sequence[float],
    name: str,
    notes: dict[str, str],
) -> dict[str, float | None]:
    both = level[:, [pair.left, pair.right]]
    seconds = epoch_rms(both, scored, fs_hz, SECOND_S)
    entry: dict[str, float | None] = {"asymmetry_pct": None, "ratio": None}
    if len(seconds):
        left, right = (seconds**2).mean(axis=0).tolist()
        of_pair = compare(left**0.5, right**0.5, floors[pair.left], floors[pair.right])
        entry = {"asymmetry_pct": of_pair.asymmetry_pct, "ratio": of_pair.ratio}
        if of_pair.reason:
            notes[f"{name} asymmetry_pct"] = of_pair.reason
    else:
        notes[f"{name} asymmetry_pct"] = "no whole second scored"
    epochs = epoch_rms(both, scored, fs_hz, CO_CONTRACTION_WINDOW_S)
    found = {
        "falconer_winter_pct": falconer_winter_pct(epochs[:, 0], epochs[:, 1]),
        "rudolph": rudolph(epochs[:, 0], epochs[:, 1]),
    }
    stretches = runs_of(scored)
    if stretches:
        a, b = max(stretches, key=lambda run: run[1] - run[0])
        found["likeness"], found["likeness_lag_s"] = likeness(both[a:b, 0], both[a:b, 1], fs_hz)
    else:
        found["likeness"] = found["likeness_lag_s"] = Found(None, "nothing scored")
    for key, measure in found.items():
        entry[key] = _told(notes, f"{name} {key}", measure)
    return entry
