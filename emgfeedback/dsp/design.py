"""Design of the filters, as second-order sections.

Numpy alone: importing `scipy.signal` takes longer than the whole start of the
application. One section is a row `(b0, b1, b2, 1, a1, a2)`, the layout of
`scipy.signal.sosfilt`.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emgfeedback.core.errors import SettingsError

Floats = NDArray[np.float64]
Kind = Literal["low", "high", "band"]

MAX_ORDER = 12

_WORDS: dict[str, str] = {
    "low": "Low-pass cut-off",
    "high": "High-pass cut-off",
    "band": "Band edge",
}


def butter_sos(
    order: int, kind: Kind, cutoff_hz: float | tuple[float, float], fs_hz: float
) -> Floats:
    """Design a digital Butterworth filter by the bilinear transform with prewarping.

    Parameters
    ----------
    order
        Order of the low-pass prototype, 1 to `MAX_ORDER`; a band-pass has twice as many poles.
    cutoff_hz
        The -3.01 dB frequency, or both of them for a band-pass.
    fs_hz
        Sampling rate.

    Returns
    -------
    Floats
        `(n_sections, 6)`, the slowest poles last.

    Raises
    ------
    SettingsError
        For an order out of range, or cut-offs that do not lie between 0 and half the rate
        in rising order.
    """
    if not 1 <= order <= MAX_ORDER or order != int(order):
        raise SettingsError(
            f"Filter order {order} is not a whole number from 1 to {MAX_ORDER}.",
            "Choose an order of 2 or 4.",
        )
    edges_hz = (
        (float(cutoff_hz),) if isinstance(cutoff_hz, int | float) else tuple(map(float, cutoff_hz))
    )
    _check_edges(kind, edges_hz, fs_hz)
    edges = np.tan(np.pi * np.array(edges_hz) / fs_hz)
    prototype = np.exp(1j * np.pi * (2 * np.arange(order) + order + 1) / (2 * order))
    if kind == "low":
        s_poles, zeros, unity_at = edges[0] * prototype, (-1.0, -1.0), 1.0 + 0j
    elif kind == "high":
        s_poles, zeros, unity_at = edges[0] / prototype, (1.0, 1.0), -1.0 + 0j
    else:
        half = (edges[1] - edges[0]) / 2 * prototype
        centre = np.sqrt(edges[0] * edges[1])
        split = np.sqrt(half**2 - centre**2)
        s_poles = np.concatenate([half + split, half - split])
        zeros, unity_at = (1.0, -1.0), (1 + 1j * centre) / (1 - 1j * centre)
    z_poles = (1 + s_poles) / (1 - s_poles)
    return np.array([_section(pair, zeros, unity_at) for pair in _pole_pairs(z_poles)])


def notch_sos(f_hz: float, q: float, fs_hz: float) -> Floats:
    """Design a notch: a zero pair on the unit circle at `f_hz`, -3 dB bandwidth `f_hz / q`.

    The bilinear form of S. J. Orfanidis, Introduction to Signal Processing, section 11.3.

    Returns
    -------
    Floats
        `(1, 6)`.

    Raises
    ------
    SettingsError
        For a frequency outside 0 to half the rate, or a `q` that is not positive.
    """
    _check_edge("Notch frequency", f_hz, fs_hz)
    if not 0.5 <= q <= 1000:
        raise SettingsError(
            f"Notch quality {q:g} is outside 0.5 to 1000.", "Choose 30, or 10 to settle faster."
        )
    w0 = 2 * np.pi * f_hz / fs_hz
    gain = 1 / (1 + np.tan(w0 / q / 2))
    turn = -2 * np.cos(w0)
    return np.array([[gain, gain * turn, gain, 1.0, gain * turn, 2 * gain - 1]])


def response(sos: Floats, f_hz: ArrayLike, fs_hz: float) -> NDArray[np.complex128]:
    """Return the complex response of a cascade at `f_hz`, shaped like `f_hz`."""
    z1 = np.exp(-2j * np.pi * np.asarray(f_hz, dtype=float) / fs_hz)
    total = np.ones_like(z1)
    for b0, b1, b2, a0, a1, a2 in sos:
        total *= (b0 + z1 * (b1 + z1 * b2)) / (a0 + z1 * (a1 + z1 * a2))
    return total


def response_db(sos: Floats, f_hz: ArrayLike, fs_hz: float) -> Floats:
    """Return the gain of one causal pass at `f_hz`, decibels (exact zeros read -6000 dB)."""
    magnitude: Floats = np.abs(response(sos, f_hz, fs_hz))
    decibels: Floats = 20 * np.log10(np.maximum(magnitude, 1e-300))
    return decibels


def slowest_pole(sos: Floats) -> float:
    """Return the largest pole radius of a cascade: its free response falls as radius**n."""
    return max(float(np.max(np.abs(np.roots(section[3:])))) for section in sos)


def _check_edges(kind: Kind, edges_hz: tuple[float, ...], fs_hz: float) -> None:
    wanted = 2 if kind == "band" else 1
    if len(edges_hz) != wanted:
        raise SettingsError(
            f"A {kind}-pass filter takes {wanted} cut-off(s), not {len(edges_hz)}.",
            "Give a low and a high edge to a band-pass, one number to the others.",
        )
    for edge_hz in edges_hz:
        _check_edge(_WORDS[kind], edge_hz, fs_hz)
    if kind == "band" and edges_hz[0] >= edges_hz[1]:
        raise SettingsError(
            f"The lower band edge {edges_hz[0]:g} Hz is not below the upper, {edges_hz[1]:g} Hz.",
            "Swap or move the edges.",
        )


def _check_edge(what: str, edge_hz: float, fs_hz: float) -> None:
    if not 0 < fs_hz < np.inf:
        raise SettingsError(f"A sampling rate of {fs_hz:g} Hz cannot be.", "Give a rate above 0.")
    if not edge_hz > 0:
        raise SettingsError(f"{what} {edge_hz:g} Hz is not above 0 Hz.", "Raise it.")
    if not edge_hz < fs_hz / 2:
        raise SettingsError(
            f"{what} {edge_hz:g} Hz is not below {fs_hz / 2:g} Hz, half the sampling rate.",
            "Lower it or sample faster.",
        )


def _pole_pairs(poles: NDArray[np.complex128]) -> list[tuple[complex, ...]]:
    """Return conjugate pairs and paired (or single) real poles, the slowest last."""
    is_real = np.abs(poles.imag) < 1e-10
    pairs: list[tuple[complex, ...]] = [
        (complex(p), complex(p.conjugate())) for p in poles[~is_real & (poles.imag > 0)]
    ]
    reals = [complex(x) for x in sorted(poles[is_real].real)]
    pairs += [tuple(reals[i : i + 2]) for i in range(0, len(reals), 2)]
    return sorted(pairs, key=lambda pair: max(abs(pole) for pole in pair))


def _section(
    poles: tuple[complex, ...], zeros: tuple[float, float], unity_at: complex
) -> list[float]:
    """Return one section with gain 1 at the point `unity_at` of the unit circle."""
    b = np.poly(zeros[: len(poles)])
    a = np.poly(poles).real
    gain = abs(np.polyval(a, unity_at) / np.polyval(b, unity_at))
    b, a = (np.pad(side, (0, 3 - len(side))) for side in (b * gain, a))
    return [*b.tolist(), *a.tolist()]
