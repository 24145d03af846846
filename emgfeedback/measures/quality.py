"""Signal quality of each channel, in words, about four times a second.

A window of the newest second of raw signal is looked at; a fault shows within
about a second, and its verdict stays until the signal has been clean for about
two. Hum is weighed over four seconds before it is worth a remark, a heartbeat
is sought in five.

Limits without a source are design choices, tuned on recorded EMG and on signals
with known faults.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emgfeedback.core.block import Block, Gap, GapReason
from emgfeedback.core.quality import UNSEEN, Finding, Level, Verdict
from emgfeedback.measures.evidence import (
    HEART_S,
    PartsOfSpectrum,
    Rails,
    Shares,
    heart_rate_per_min,
    rails,
)

Floats = NDArray[np.float64]

HOPS_PER_S = 4
RECOVERY_HOPS = 4
"""Clean verdicts in a row before a better one is shown. The first clean window ends a
second after the fault, so about two seconds in all."""
RESTART_GAP_S = 0.25
"""After a longer gap the past says nothing of the present."""
LOSS_WINDOW_S = 4
HEART_FOUND, HEART_SEARCHES = 2, 4
"""A heartbeat is taken as seen when so many of the newest searches, one a second, found it."""
HUM_WINDOW_S = 4
FLOOR_HISTORY_S = 600
FLOOR_PERCENTILE = 5
HIGHEST_TRACKED_FLOOR_UV = 3.0
"""Steady activity of a muscle that never lets go looks like noise from here; electrodes and
amplifiers worth measuring with stay under this, so no more is ever taken for noise."""

SHARE_BAD, SHARE_CHECK = 0.01, 0.001
"""Clipped or lost samples: more than 1 % is bad, from 0.1 % on look."""
HUM_CHECK_DB = 9.0
"""Signal-to-hum under which hum is worth a remark (Mewett 2004 removes it from there on)."""
HUM_BAD_DB = -10.0
HUM_BAD_UV = 15.0
HUM_LOOSE_DB = -20.0
HUM_LOOSE_UV = 50.0
HUM_MAIN_UV = 50.0
"""Hum above this is bad as soon as it is stronger than the signal."""
STILL_CHANGES = 0.005
"""Fewer changes per sample over a second are a flat line, more a quiet signal on coarse steps."""
LIVELY_CHANGES = 0.05
"""A signal that changed this often cannot stay on one code for a quarter second by chance."""
STUCK_SHARE = 0.5
OFFSET_SHARE = 0.8
DRIFT_FACTOR = 10.0
DRIFT_SHARE, DRIFT_UV = 0.2, 1000.0
"""Drift ten times the signal and over this share of half the full scale, or over 1 mV."""
WANDER_FACTOR, WANDER_UV = 2.0, 100.0
WANDER_HOPS, WANDER_OF_HOPS = 12, 16
"""Milder drift means a floating input where it goes on; a single movement is over sooner."""
IMPLAUSIBLE_UV = 3000.0
"""RMS no surface EMG reaches."""
MOVEMENT_UV = 20.0
RESOLVED_LSB = 1.0
"""A signal whose RMS is under one step of the converter is near its resolution."""

_RANK = {Level.UNKNOWN: -1, Level.GOOD: 0, Level.CHECK: 1, Level.BAD: 2}


@dataclass(frozen=True, slots=True)
class _Second:
    """One channel over the newest second."""

    clipped: float
    stuck: float
    offset: float
    changes: float
    still: bool
    lively: bool
    drift: float
    wanders: bool
    low: float
    emg: float
    hum: float
    slow_spr_db: float
    beats_per_min: float | None


class QualityMonitor:
    """Judge every channel from raw counts and microvolts, and track the noise floors.

    Parameters
    ----------
    fs_hz
        Sampling rate, at least 100 Hz.
    full_scale_counts
        One more than the largest code.
    lsb_uv
        One count in microvolts at the electrode, for all channels or `(n_channels,)`.
    """

    def __init__(
        self, fs_hz: float, n_channels: int, full_scale_counts: int, lsb_uv: ArrayLike
    ) -> None:
        self.n_channels = n_channels
        self._full_scale_counts = full_scale_counts
        self._lsb_uv: Floats = np.broadcast_to(np.asarray(lsb_uv, dtype=float), n_channels).copy()
        self._fs_hz = fs_hz
        self._parts = PartsOfSpectrum(fs_hz)
        self._window = self._parts.n
        self._hop = max(1, self._window // HOPS_PER_S)
        self._keep = round(HEART_S * fs_hz)
        self._counts = np.zeros((2 * self._keep, n_channels), dtype=np.int32)
        self._uv = np.zeros((2 * self._keep, n_channels))
        self._noise: deque[Floats] = deque(maxlen=FLOOR_HISTORY_S)
        self._floors_uv = self._lsb_uv / math.sqrt(12)
        self._losses: deque[tuple[int, int]] = deque()
        self._lost_share = 0.0
        self.reset()

    def reset(self) -> None:
        """Forget the signal; the noise floors stay, they belong to board and electrodes."""
        self._end = 0
        self._seen = 0
        self._shown = [UNSEEN] * self.n_channels
        self._better = [0] * self.n_channels
        self._was_lively = np.zeros(self.n_channels, dtype=bool)
        self._heart: deque[list[float | None]] = deque(maxlen=HEART_SEARCHES)
        self._drifts: deque[NDArray[np.bool_]] = deque(maxlen=WANDER_OF_HOPS)
        self._hums: deque[tuple[Floats, Floats]] = deque(maxlen=HUM_WINDOW_S * HOPS_PER_S)

    def process(self, block_counts: Block, block_uv: Block) -> bool:
        """Take the next block, as counts and as microvolts.

        Returns
        -------
        bool
            Whether `verdicts` may have changed.
        """
        fresh = self._take_gap(block_counts)
        done = 0
        while done < block_counts.n_samples:
            rows = min(self._hop - self._seen % self._hop, block_counts.n_samples - done)
            self._append(block_counts, block_uv, done, rows)
            done += rows
            if self._seen % self._hop == 0:
                self._count_losses(block_counts.first_sample + done)
                if self._seen >= self._window:
                    self._evaluate()
                fresh = True
        return fresh

    def rows_to_verdict(self, block: Block) -> int:
        """Return after how many rows of `block` the verdicts may change.

        Cut there, and what follows from them does not depend on how the signal came in blocks.
        """
        seen = 0 if self._restarts(block.gap_before) else self._seen
        return self._hop - seen % self._hop

    def verdicts(self) -> tuple[Verdict, ...]:
        """Return the judgement on every channel; unknown until a second has been seen."""
        share = self._lost_share
        if share < SHARE_CHECK:
            return tuple(self._shown)
        level = Level.BAD if share > SHARE_BAD else Level.CHECK
        lost = Verdict(level, Finding.LOST, 100 * share)
        return tuple(
            lost if 0 <= _RANK[shown.level] < _RANK[level] else shown for shown in self._shown
        )

    def floors_uv(self) -> Floats:
        """Return the RMS below which a level is no measurement, microvolts, `(n_channels,)`.

        The higher one of the converter's step, `lsb / sqrt(12)`, and the noise tracked so
        far: the 5th percentile over seconds of the white noise seen at the upper end of the
        band, never more than `HIGHEST_TRACKED_FLOOR_UV`.
        """
        return self._floors_uv.copy()

    def _take_gap(self, block: Block) -> bool:
        gap = block.gap_before
        if gap is None:
            return False
        if gap.reason is not GapReason.RECONNECT:
            self._losses.append((gap.first_sample + gap.n_samples, gap.n_samples))
        if self._restarts(gap):
            self.reset()
            return True
        return False

    def _restarts(self, gap: Gap | None) -> bool:
        """Tell whether all is judged anew after `gap`."""
        return gap is not None and (
            gap.reason is GapReason.RECONNECT or gap.n_samples > RESTART_GAP_S * self._fs_hz
        )

    def _count_losses(self, end_sample: int) -> None:
        span = LOSS_WINDOW_S * self._fs_hz
        while self._losses and self._losses[0][0] <= end_sample - span:
            self._losses.popleft()
        self._lost_share = min(sum(n for _, n in self._losses) / span, 1.0)

    def _append(self, counts: Block, uv: Block, start: int, rows: int) -> None:
        if self._end + rows > len(self._counts):
            for buffer in (self._counts, self._uv):
                buffer[: self._keep] = buffer[self._end - self._keep : self._end].copy()
            self._end = self._keep
        new = slice(self._end, self._end + rows)
        self._counts[new] = counts.samples[start : start + rows]
        self._uv[new] = uv.samples[start : start + rows]
        self._end += rows
        self._seen += rows

    def _evaluate(self) -> None:
        window = slice(self._end - self._window, self._end)
        codes = rails(self._counts[window], self._full_scale_counts, self._hop)
        parts = self._parts.split(self._uv[window])
        self._hums.append((parts.emg**2, parts.hum**2))
        self._drifts.append(parts.drift > np.maximum(WANDER_FACTOR * parts.emg, WANDER_UV))
        wanders = np.count_nonzero(self._drifts, axis=0) >= WANDER_HOPS
        whole_second = self._seen // self._hop % HOPS_PER_S == 0
        if whole_second and self._seen >= self._keep:
            newest = self._uv[self._end - self._keep : self._end]
            self._heart.append(heart_rate_per_min(newest, self._fs_hz))
        emg2, hum2 = (np.sum(part, axis=0) for part in zip(*self._hums, strict=True))
        for c in range(self.n_channels):
            second = self._second(c, codes, parts, _power_db(emg2[c], hum2[c]), wanders)
            self._show(c, judge(second, float(self._lsb_uv[c]), self._full_scale_counts))
        self._was_lively = (codes.changes >= LIVELY_CHANGES) | (self._was_lively & codes.still)
        if whole_second:
            self._track_floors(parts)

    def _second(
        self, c: int, codes: Rails, parts: Shares, slow_spr_db: float, wanders: NDArray[np.bool_]
    ) -> _Second:
        return _Second(
            clipped=float(codes.clipped[c]),
            stuck=float(codes.stuck[c]),
            offset=float(codes.offset[c]),
            changes=float(codes.changes[c]),
            still=bool(codes.still[c]),
            lively=bool(self._was_lively[c]),
            drift=float(parts.drift[c]),
            wanders=bool(wanders[c]),
            low=float(parts.low[c]),
            emg=float(parts.emg[c]),
            hum=float(parts.hum[c]),
            slow_spr_db=slow_spr_db,
            beats_per_min=self._heart_rate(c),
        )

    def _heart_rate(self, c: int) -> float | None:
        found = [rates[c] for rates in self._heart if rates[c] is not None]
        return found[-1] if len(found) >= HEART_FOUND else None

    def _show(self, c: int, new: Verdict) -> None:
        old = self._shown[c]
        if _RANK[new.level] > _RANK[old.level] or (new.level, new.finding) == (
            old.level,
            old.finding,
        ):
            self._shown[c], self._better[c] = new, 0
            return
        self._better[c] += 1
        if self._better[c] >= RECOVERY_HOPS:
            self._shown[c], self._better[c] = new, 0

    def _track_floors(self, parts: Shares) -> None:
        usable = np.array([shown.usable for shown in self._shown])
        self._noise.append(np.where(usable, np.minimum(parts.noise, parts.emg), np.nan))
        seen = np.array(self._noise)
        for c in np.flatnonzero(~np.isnan(seen).all(axis=0)):
            tracked = float(np.nanpercentile(seen[:, c], FLOOR_PERCENTILE))
            resolution = float(self._lsb_uv[c]) / math.sqrt(12)
            self._floors_uv[c] = max(resolution, min(tracked, HIGHEST_TRACKED_FLOOR_UV))


def judge(second: _Second, lsb_uv: float, full_scale_counts: int) -> Verdict:
    """Return the worst finding of one channel's newest second."""
    half_scale_uv = lsb_uv * full_scale_counts / 2
    return (
        _bad(second, half_scale_uv) or _check(second, lsb_uv) or Verdict(Level.GOOD, Finding.NONE)
    )


def too_much_hum(emg_uv: float, hum_uv: float) -> bool:
    """Tell whether hum alone makes a channel bad: its electrode or reference needs mending."""
    spr_db = _power_db(emg_uv**2, hum_uv**2)
    return (hum_uv > HUM_BAD_UV and spr_db < HUM_BAD_DB) or (hum_uv > HUM_MAIN_UV and spr_db < 0)


def _bad(s: _Second, half_scale_uv: float) -> Verdict | None:
    spr_db = _power_db(s.emg**2, s.hum**2)
    if s.stuck > STUCK_SHARE:
        return Verdict(Level.BAD, Finding.LOOSE, 100 * s.stuck)
    if s.changes < STILL_CHANGES or (s.still and s.lively):
        return Verdict(Level.BAD, Finding.FLAT)
    if s.hum > HUM_LOOSE_UV and spr_db < HUM_LOOSE_DB:
        return Verdict(Level.BAD, Finding.LOOSE, spr_db)
    if s.offset > OFFSET_SHARE:
        return Verdict(Level.BAD, Finding.LOOSE, 100 * s.offset)
    if s.wanders or s.drift > max(DRIFT_FACTOR * s.emg, min(DRIFT_SHARE * half_scale_uv, DRIFT_UV)):
        return Verdict(Level.BAD, Finding.LOOSE, s.drift)
    if too_much_hum(s.emg, s.hum):
        return Verdict(Level.BAD, Finding.MAINS, spr_db)
    if s.clipped > SHARE_BAD:
        return Verdict(Level.BAD, Finding.CLIPPING, 100 * s.clipped)
    if s.emg > IMPLAUSIBLE_UV:
        return Verdict(Level.BAD, Finding.LOOSE, s.emg)
    return None


def _check(s: _Second, lsb_uv: float) -> Verdict | None:
    if s.clipped >= SHARE_CHECK:
        return Verdict(Level.CHECK, Finding.CLIPPING, 100 * s.clipped)
    if s.hum > max(1.0, lsb_uv / 2) and s.slow_spr_db < HUM_CHECK_DB:
        return Verdict(Level.CHECK, Finding.MAINS, s.slow_spr_db)
    if s.beats_per_min is not None:
        return Verdict(Level.CHECK, Finding.HEARTBEAT, s.beats_per_min)
    if s.low > max(s.emg, MOVEMENT_UV):
        return Verdict(Level.CHECK, Finding.MOVEMENT, s.low)
    if s.emg < RESOLVED_LSB * lsb_uv:
        return Verdict(Level.CHECK, Finding.RESOLUTION, s.emg / lsb_uv)
    return None


def _power_db(power: float, other: float) -> float:
    """Return 10 log10(power/other), held within +-99 dB."""
    if other <= 0:
        return 99.0
    if power <= 0:
        return -99.0
    return max(-99.0, min(99.0, 10 * math.log10(power / other)))
