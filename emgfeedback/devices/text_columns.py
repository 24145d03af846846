"""What the columns of a text stream are: samples, a counter, a clock, an envelope."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_CENTRES = {512: (10, 5000.0), 2048: (12, 3300.0), 8192: (14, 5000.0), 32768: (16, 3300.0)}
"""Half scale of a converter -> its bits, and the reference usual for such a board, mV."""
_NEAR_CENTRE = 0.35
_COUNTS = 0.9
"""A column that grows by one this often is a counter, which may wrap or miss a line."""
_SIGNED_BITS = 16
_FRACTION_BITS = 22
_FRACTION = 1000
_PLAIN_VREF_MV, _PLAIN_CODES = 5000.0, 1024
"""Of the board most sketches are written for: a number is taken for one of its counts."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that holds samples."""

    index: int
    label: str


@dataclass(frozen=True, slots=True)
class Columns:
    """What was concluded.

    Attributes
    ----------
    channels
        Columns of samples, in order.
    counter
        The column that counts lines, if there is one.
    envelope
        Whether the samples are an envelope: never below zero and resting there.
    scale, zero_counts, full_scale_counts, vref_mv
        A number `x` becomes `round(x * scale) + zero_counts`.
    cautions
        What a user must know of the conclusions.
    """

    channels: tuple[Column, ...]
    counter: int | None
    envelope: bool
    scale: float
    zero_counts: int
    full_scale_counts: int
    vref_mv: float
    cautions: tuple[str, ...]

    def counts(self, rows: Floats) -> NDArray[np.int32]:
        """Return samples in counts, `(n, n_channels)`, held at the rails."""
        samples = rows[:, [column.index for column in self.channels]]
        counts = np.rint(samples * self.scale) + self.zero_counts
        held: Floats = np.clip(counts, 0, self.full_scale_counts - 1)
        return held.astype(np.int32)


def conclude(rows: Floats, labels: list[str]) -> Columns:
    """Conclude from `rows` `(n_lines, n_columns)` what each column is."""
    steps = np.diff(rows, axis=0)
    counters = [i for i in range(rows.shape[1]) if np.mean(steps[:, i] == 1.0) >= _COUNTS]
    growing = [i for i in range(rows.shape[1]) if np.all(steps[:, i] > 0)]
    samples = [i for i in range(rows.shape[1]) if i not in (*growing, *counters)]
    centred = [i for i in samples if _bits(rows[:, i])]
    signed = [i for i in samples if rows[:, i].min() < 0]
    cautions = [
        "Text does not tell units or gain: microvolts hold at the board's pin; "
        "give the amplifier's gain in the montage."
    ]
    kept = centred or signed or samples
    left_out = [labels[i] for i in samples if i not in kept]
    if left_out:
        cautions.append(f"Left out because they are not raw samples: {', '.join(left_out)}.")
    channels = tuple(Column(i, labels[i]) for i in kept)
    counter = counters[0] if counters else None
    if centred:
        bits, vref_mv = max(_bits(rows[:, i]) or (0, 0.0) for i in centred)
        cautions.append(f"Taken for raw codes of {bits} bits at {vref_mv:g} mV, by their middle.")
        return Columns(channels, counter, False, 1.0, 0, 1 << bits, vref_mv, tuple(cautions))
    whole = bool(np.all(rows[:, kept] == np.rint(rows[:, kept]))) if kept else True
    scale, bits = (1.0, _SIGNED_BITS) if whole else (float(_FRACTION), _FRACTION_BITS)
    envelope = not signed
    if envelope:
        cautions.append(
            "These columns are an envelope: no filters, no spectra, no hum check, "
            "and no comparison with raw recordings."
        )
    else:
        cautions.append("These columns are a signal that was filtered before it was sent.")
    full_scale = 1 << bits
    vref_mv = _PLAIN_VREF_MV / _PLAIN_CODES * full_scale / scale
    half = full_scale // 2
    return Columns(channels, counter, envelope, scale, half, full_scale, vref_mv, tuple(cautions))


def _bits(samples: Floats) -> tuple[int, float] | None:
    """Return bits and reference of the converter in whose middle the samples lie, or None."""
    if samples.min() < 0 or np.any(samples != np.rint(samples)):
        return None
    middle = float(np.median(samples))
    for centre, (bits, vref_mv) in _CENTRES.items():
        if abs(middle / centre - 1) <= _NEAR_CENTRE and samples.max() < 2 * centre:
            return bits, vref_mv
    return None
