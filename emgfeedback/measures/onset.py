"""When a muscle begins and ends: three published detectors, each with its own parameters.

All of them work on one channel of a whole recording and need a stretch of rest.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgfeedback.dsp.design import butter_sos
from emgfeedback.dsp.zero_phase import zero_phase
from emgfeedback.measures.found import Floats, merged, runs_of

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Activity:
    """When a muscle was active.

    Attributes
    ----------
    spans
        (onset, offset) in samples, offset exclusive.
    method, parameters
        What found them, to be told beside every number.
    reason
        Why nothing could be said, or empty.
    """

    spans: tuple[Span, ...]
    method: str
    parameters: str
    reason: str = ""


def hodges_bui(
    emg_uv: Floats,
    rest: slice,
    fs_hz: float,
    *,
    window_s: float = 0.05,
    k: float = 3.0,
    lowpass_hz: float = 50.0,
) -> Activity:
    """Detect by the mean of a window against rest (Hodges and Bui 1996).

    The signal is rectified and low-passed without delay (order 2); the muscle is on from the
    first sample of a window whose mean exceeds the mean of rest by `k` standard deviations of
    the same signal, and off from the first sample of a window whose mean does not. So a strong
    onset reads early by up to a window. Of the windows they tried, 25 and 50 ms at 2 and 3 standard
    deviations were the best; the longer one takes fewer single units before a recorded contraction
    for its onset.

    Parameters
    ----------
    emg_uv
        High-passed EMG of one channel, `(n,)`.
    rest
        Samples of rest in it.
    """
    level = zero_phase(butter_sos(2, "low", lowpass_hz, fs_hz), np.abs(emg_uv))
    told = f"window {1000 * window_s:g} ms, mean + {k:g} SD, low-pass {lowpass_hz:g} Hz order 2"
    mean = _forward_mean(level, max(1, round(window_s * fs_hz)))
    return _above_rest("Hodges and Bui", told, mean, _limit(level, rest, k), 1)


def teager_kaiser(
    emg_uv: Floats,
    rest: slice,
    fs_hz: float,
    *,
    k: float = 15.0,
    lowpass_hz: float = 50.0,
    least_s: float = 0.025,
) -> Activity:
    """Detect by the Teager-Kaiser energy against rest (Li 2007, Solnik 2010).

    The signal is band-passed 30 to 300 Hz (order 3, no delay), its energy operator rectified
    and low-passed; the muscle is on while that exceeds the mean of rest by `k` standard
    deviations, both taken from the operator's own output, for at least `least_s`.
    """
    high_hz = min(300.0, 0.45 * fs_hz)
    band = zero_phase(butter_sos(3, "band", (30.0, high_hz), fs_hz), emg_uv)
    energy = np.abs(energy_operator(band))
    level = zero_phase(butter_sos(2, "low", lowpass_hz, fs_hz), energy)
    told = (
        f"band 30-{high_hz:g} Hz, mean + {k:g} SD of the operator, low-pass {lowpass_hz:g} Hz, "
        f"at least {1000 * least_s:g} ms"
    )
    least = max(1, round(least_s * fs_hz))
    return _above_rest("Teager-Kaiser", told, level, _limit(level, rest, k), least)


def double_threshold(
    emg_uv: Floats,
    rest: slice,
    fs_hz: float,
    *,
    m: int = 5,
    r0: int = 1,
    false_alarm: float = 0.05,
    least_s: float = 0.03,
) -> Activity:
    """Detect by two thresholds on pairs of whitened samples (Bonato and others 1998).

    A linear predictor of rest (order 8) makes rest white; pairs of samples become
    z = x1^2 + x2^2, chi-squared with two degrees of freedom. The muscle is on where at least
    `r0` of `m` successive z exceed a threshold chosen for `false_alarm` in each m; stretches and
    breaks shorter than `least_s` are passed over. Meant for signal-to-noise above 8 dB.
    """
    told = f"m {m}, r0 {r0}, false alarm {100 * false_alarm:g} %, at least {1000 * least_s:g} ms"
    if len(emg_uv[rest]) < fs_hz / 2 or not np.any(emg_uv[rest]):
        return Activity((), "double threshold", told, "less than half a second of rest")
    white = _whitened(emg_uv, emg_uv[rest])
    variance = float(np.var(white[rest][16:]))
    pairs = len(white) // 2
    z = np.square(white[: 2 * pairs]).reshape(pairs, 2).sum(axis=1)
    single = _solve(lambda p: _at_least(r0, m, p) - false_alarm)
    zeta = -2 * variance * math.log(single)
    exceeded = np.convolve(z > zeta, np.ones(m), "full")[m - 1 :][:pairs] >= r0
    on = np.repeat(exceeded, 2)
    least = max(1, round(least_s * fs_hz))
    spans = merged(runs_of(on), least, least)
    # A window is on as soon as its last pair is: the onset lies at the first pair beyond zeta.
    exact = tuple(
        (2 * (a // 2 + int(np.argmax(z[a // 2 : a // 2 + m] > zeta))), b) for a, b in spans
    )
    return Activity(exact, "double threshold", told)


METHODS: dict[str, Callable[[Floats, slice, float], Activity]] = {
    "hodges-bui": hodges_bui,
    "teager-kaiser": teager_kaiser,
    "double-threshold": double_threshold,
}


def energy_operator(x: Floats) -> Floats:
    """Return x(n)^2 - x(n-1) x(n+1), `(n,)`; a sine A gives A^2 sin^2(2 pi f/fs). Ends repeat."""
    if len(x) < 3:
        return np.zeros(len(x))
    inner = np.square(x[1:-1]) - x[:-2] * x[2:]
    return np.concatenate([inner[:1], inner, inner[-1:]])


def _limit(level: Floats, rest: slice, k: float) -> float | None:
    """Return mean + `k` standard deviations of rest; None without rest."""
    quiet = level[rest]
    return float(np.mean(quiet) + k * np.std(quiet)) if len(quiet) else None


def _above_rest(method: str, told: str, level: Floats, limit: float | None, least: int) -> Activity:
    if limit is None:
        return Activity((), method, told, "no rest to compare with")
    return Activity(tuple(merged(runs_of(level > limit), least, least)), method, told)


def _forward_mean(level: Floats, size: int) -> Floats:
    """Return the mean of the `size` samples from each one on; the last windows are shorter."""
    total = np.concatenate([[0.0], np.cumsum(level)])
    ends = np.minimum(np.arange(len(level)) + size, len(level))
    starts = np.arange(len(level))
    mean: Floats = (total[ends] - total[starts]) / (ends - starts)
    return mean


def _whitened(x: Floats, rest: Floats, order: int = 8) -> Floats:
    """Return what a linear predictor of `rest` leaves of `x` (autocorrelation method)."""
    centred = rest - rest.mean()
    lags = np.array([centred[: len(centred) - k] @ centred[k:] for k in range(order + 1)])
    lags[0] *= 1 + 1e-9
    places = np.abs(np.subtract.outer(np.arange(order), np.arange(order)))
    weights = np.linalg.solve(lags[places], lags[1:])
    taps = np.concatenate([[1.0], -weights])
    white: NDArray[np.float64] = np.convolve(x - rest.mean(), taps, "full")[: len(x)]
    return white


def _at_least(r0: int, m: int, p: float) -> float:
    return sum(math.comb(m, k) * p**k * (1 - p) ** (m - k) for k in range(r0, m + 1))


def _solve(rising: Callable[[float], float]) -> float:
    low, high = 1e-12, 1 - 1e-12
    for _ in range(80):
        middle = math.sqrt(low * high) if high < 1e-2 else (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2
