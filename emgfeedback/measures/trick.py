"""How much a sensory trick quiets a muscle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emgfeedback.measures.amplitude import noise_corrected
from emgfeedback.measures.found import Bools, Floats, epoch_rms, runs_of

LEAST_S = 2.0
"""Two quiet levels of less differ by a tenth and more by chance."""
MARKED_PCT, MARKED_S = 50.0, 5.0
"""The fall of Wissel and others 1999, and how long it must last (TWSTRS-2)."""
WINDOW_S = 0.5
FLOOR_FACTOR = 2.0


@dataclass(frozen=True, slots=True)
class TrickResult:
    """A trick test of one channel.

    Attributes
    ----------
    index_pct
        100 (1 - RMS with / RMS without), percent, over all trials; negative where the
        muscle works more with the trick.
    trials_pct
        The same of each trial; None where nothing could be scored.
    marked
        Some trial fell by 50 % or more for 5 s without a break.
    longest_marked_s
        The longest such stretch.
    reason
        Why there is no index, or empty. That no trick helps is a result, not a fault.
    """

    index_pct: float | None
    trials_pct: tuple[float | None, ...]
    marked: bool | None
    longest_marked_s: float | None
    reason: str = ""


def trick_index_pct(rms_with: float, rms_without: float) -> float | None:
    """Return 100 (1 - RMS with / RMS without), percent; None without activity."""
    return 100 * (1 - rms_with / rms_without) if rms_without > 0 else None


def trick_test(
    without: Floats,
    without_scored: Bools,
    trials: Sequence[tuple[Floats, Bools]],
    fs_hz: float,
    floor: float = 0.0,
) -> TrickResult:
    """Measure a trick test: about 10 s without, then trials of 10 s with the trick.

    Parameters
    ----------
    without, without_scored
        RMS levels without the trick, `(n,)`, and which to trust.
    trials
        The same of each trial, from the touch on.
    floor
        Noise floor in the same unit; taken out as power. Without the trick the level must
        reach twice the floor.
    """
    baseline = _rms(without, without_scored)
    if baseline is None:
        return _nothing(trials, "nothing scored without the trick")
    if np.count_nonzero(without_scored) < LEAST_S * fs_hz:
        return _nothing(trials, f"less than {LEAST_S:g} s scored without the trick")
    if baseline < FLOOR_FACTOR * floor or baseline == 0:
        return _nothing(trials, "already near the noise floor without the trick")
    quiet = noise_corrected(baseline, floor)
    of_trials: list[float | None] = []
    squares, n, longest_s = 0.0, 0, 0.0
    for level, scored in trials:
        rms_with = _rms(level, scored)
        if rms_with is None:
            of_trials.append(None)
            continue
        of_trials.append(trick_index_pct(noise_corrected(rms_with, floor), quiet))
        count = int(np.count_nonzero(scored))
        squares, n = squares + rms_with**2 * count, n + count
        longest_s = max(longest_s, _longest_fall_s(level, scored, fs_hz, quiet, floor))
    if not n:
        return _nothing(trials, "nothing scored with the trick")
    if n < LEAST_S * fs_hz:
        return _nothing(trials, f"less than {LEAST_S:g} s scored with the trick")
    overall = noise_corrected(float(np.sqrt(squares / n)), floor)
    return TrickResult(
        index_pct=trick_index_pct(overall, quiet),
        trials_pct=tuple(of_trials),
        marked=longest_s >= MARKED_S,
        longest_marked_s=longest_s,
    )


def _rms(level: Floats, scored: Bools) -> float | None:
    kept = level[scored]
    return float(np.sqrt(np.mean(np.square(kept)))) if len(kept) else None


def _longest_fall_s(
    level: Floats, scored: Bools, fs_hz: float, quiet: float, floor: float
) -> float:
    """Return the longest run of half seconds that fell by half, seconds."""
    size = max(1, round(WINDOW_S * fs_hz))
    n = len(level) // size
    fallen = np.zeros(n, dtype=bool)
    for i in range(n):
        rows = slice(i * size, (i + 1) * size)
        window = epoch_rms(level[rows, None], scored[rows], fs_hz, WINDOW_S)
        if len(window):
            index = trick_index_pct(noise_corrected(float(window[0, 0]), floor), quiet)
            fallen[i] = index is not None and index >= MARKED_PCT
    return max(((b - a) * size / fs_hz for a, b in runs_of(fallen)), default=0.0)


def _nothing(trials: Sequence[tuple[Floats, Bools]], reason: str) -> TrickResult:
    return TrickResult(None, (None,) * len(trials), None, None, reason)
