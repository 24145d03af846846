"""One muscle in one task: every measure that needs no other muscle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

import numpy as np

from emgfeedback.measures.assessment_signal import LEAST_S, Prepared, Span, rms_of
from emgfeedback.measures.assessment_spans import Repeat
from emgfeedback.measures.bursts import summarize, tremor_of
from emgfeedback.measures.found import Floats, Found, merged, middle_of, missing
from emgfeedback.measures.onset import METHODS
from emgfeedback.measures.spectrum import (
    WelchSum,
    band_hz,
    fatigue_index,
    mean_frequency_hz,
    median_frequency_hz,
    power_spectrum,
)
from emgfeedback.measures.turns import LEAST_SURFACE_UV, turns_per_s

BRIDGED_S = 0.2
"""Movements: activity that pauses for less goes on..."""
LEAST_ACTIVE_S = 0.5
"""...and is one from this length on; heartbeats and chance are shorter."""
BURST_S = 0.05
BURSTS_FROM_S = 10.0
THROUGHOUT_PCT = 95.0
LEAST_TURNS_PER_S = 10.0
"""The busiest task of a working muscle has many times more."""
FATIGUE_FROM_S = 30.0
TOO_QUIET = 2.0
LEAST_WORKING = 0.5
NO_ONSET = "not active for half of the hold"
STILL_ACTIVE = "still active when the movement was over"
NOT_SEEN = "part of the movement was not measured"
AROUND_S = 0.1
NO_REST = "no rest to compare with"
TOO_SHORT = "less than half a second of usable signal"

Spans = list[tuple[int, int]]


class Muscle:
    """One channel of a recording.

    Parameters
    ----------
    rest
        Stretches of rest.
    method
        Of `measures.onset.METHODS`.
    """

    def __init__(self, signal: Prepared, channel: int, rest: Sequence[Span], method: str) -> None:
        self.signal, self.channel = signal, channel
        self.rest = rest
        self._method = method
        self._active: Spans | None = None
        self._no_activity = ""

    def usable_holds(self, repeats: Sequence[Repeat]) -> tuple[list[Span], str]:
        """Return the holds with a usable signal, and why there is none."""
        reasons = [self.signal.why_bad(repeat.hold, self.channel) for repeat in repeats]
        kept = [r.hold for r, why in zip(repeats, reasons, strict=True) if not why]
        return kept, "" if kept else next(iter(reasons), "not recorded")

    def levels(self, holds: Sequence[Span]) -> tuple[Found, Found]:
        """Return RMS and average rectified value, the median over holds."""
        least = LEAST_S * self.signal.fs_hz
        samples = [self.signal.kept(hold, self.channel) for hold in holds]
        samples = [x for x in samples if len(x) >= least]
        if not samples:
            return missing(TOO_SHORT), missing(TOO_SHORT)
        rms_uv = median(rms_of(x) for x in samples)
        return Found(rms_uv), Found(median(float(np.mean(np.abs(x))) for x in samples))

    def level_of(self, repeat: Repeat) -> Found:
        """Return the RMS of one hold."""
        holds, why = self.usable_holds([repeat])
        return self.levels(holds)[0] if holds else missing(why)

    def timing(self, repeats: Sequence[Repeat]) -> tuple[Found, Found]:
        """Return onset after the cue to move and offset after the cue to come back, seconds."""
        active = self.active
        if self._no_activity:
            return missing(self._no_activity), missing(self._no_activity)
        fs_hz = self.signal.fs_hz
        active = merged(active, round(BRIDGED_S * fs_hz), round(LEAST_ACTIVE_S * fs_hz))
        onsets, offsets = [], []
        why_onset, why_offset = NO_ONSET, NO_ONSET
        for repeat in repeats:
            inside = [s for s in active if s[1] > repeat.whole.first and s[0] < repeat.back]
            if not self._works_in(repeat.hold, inside) or self.signal.why_bad(
                repeat.whole, self.channel
            ):
                continue
            on, off = inside[0][0], inside[-1][1]
            if self._all_usable(repeat.whole.first, on):
                onsets.append((on - repeat.whole.first) / fs_hz)
            else:
                why_onset = NOT_SEEN
            if off >= repeat.whole.end:
                why_offset = STILL_ACTIVE
            elif self._all_usable(repeat.back, off):
                offsets.append((off - repeat.back) / fs_hz)
            else:
                why_offset = NOT_SEEN
        onset = middle_of(onsets, why_onset)
        if onset.value is not None and onset.value <= 0:
            onset = missing("already active before the cue")
        return onset, middle_of(offsets, why_offset)

    def _works_in(self, hold: Span, active: Spans) -> bool:
        """Tell whether a muscle works in a hold, so that its onset and offset mean something."""
        held = sum(max(0, min(b, hold.end) - max(a, hold.first)) for a, b in active)
        return held >= LEAST_WORKING * (hold.end - hold.first)

    def _all_usable(self, cue: int, turn: int) -> bool:
        """Tell whether all was measured from a cue to where activity turned, and around both.

        Activity ends where the signal does, and begins where it comes back.
        """
        around = round(AROUND_S * self.signal.fs_hz)
        rows = slice(max(min(cue, turn) - around, 0), max(cue, turn) + around)
        return bool(self.signal.usable[rows, self.channel].all())

    @property
    def active(self) -> Spans:
        """When it was active in the recording, samples."""
        if self._active is None:
            self._active = self._find_activity()
        return self._active

    def _find_activity(self) -> Spans:
        runs = [run for span in self.rest for run in self.signal.runs(span, self.channel)]
        longest = max(runs, key=lambda run: run.end - run.first, default=None)
        if longest is None or longest.end - longest.first < self.signal.fs_hz:
            self._no_activity = NO_REST
            return []
        signal = self.signal.filtered_uv[:, self.channel]
        found = METHODS[self._method](signal, longest.rows, self.signal.fs_hz)
        self._no_activity = found.reason
        return list(found.spans)

    def bursts(self, holds: Sequence[Span]) -> dict[str, Found]:
        """Return rate, duration and duty of bursts in ten seconds and more of a hold."""
        fs_hz = self.signal.fs_hz
        runs = [
            [(run.first, run.end) for run in self.signal.runs(hold, self.channel)] for hold in holds
        ]
        long = [r for r in runs if sum(b - a for a, b in r) >= BURSTS_FROM_S * fs_hz]
        active = merged(self.active, round(BURST_S * fs_hz), round(BURST_S * fs_hz))
        why = self._no_activity or ("" if long else f"held less than {BURSTS_FROM_S:g} s")
        names = ("bursts_per_min", "burst_s", "burst_duty_pct")
        if why:
            return dict.fromkeys(names, missing(why))
        measured = [run for of_hold in long for run in of_hold]
        inside = [
            (max(a, first), min(b, end))
            for first, end in measured
            for a, b in active
            if min(b, end) > max(a, first)
        ]
        told = summarize(inside, sum(end - first for first, end in measured), fs_hz)
        assert told is not None
        if told.duty_pct >= THROUGHOUT_PCT:
            duty = {names[2]: Found(told.duty_pct)}
            return dict.fromkeys(names, missing("active throughout")) | duty
        burst = missing("no burst") if told.median_s is None else Found(told.median_s)
        values = (Found(told.per_min), burst, Found(told.duty_pct))
        return dict(zip(names, values, strict=True))

    def tremor(self, holds: Sequence[Span]) -> tuple[Found, Found]:
        """Return the envelope's rhythm in all holds: hertz, and how far it stands out."""
        parts = [
            (self.signal.cleaned(hold, self.channel), self.signal.usable[hold.rows, self.channel])
            for hold in holds
        ]
        found = tremor_of(parts, self.signal.fs_hz)
        peak = missing(found.reason) if found.peak_hz is None else Found(found.peak_hz)
        return peak, missing(found.reason) if found.ratio is None else Found(found.ratio)

    def frequencies(self, holds: Sequence[Span], rms_uv: float) -> tuple[Found, Found]:
        """Return median and mean frequency of the signal as recorded."""
        if rms_uv < TOO_QUIET * self.signal.floors_uv[self.channel]:
            return missing("too quiet"), missing("too quiet")
        welch = WelchSum(self.signal.fs_hz, 1)
        for hold in holds:
            raw_uv = self.signal.raw_cleaned(hold, self.channel)
            for run in self.signal.runs(hold, self.channel):
                welch.gap()
                welch.add(raw_uv[run.first - hold.first : run.end - hold.first][:, None])
        density = welch.density()
        if density is None:
            return missing("no second without a break"), missing("no second without a break")
        band = band_hz(self.signal.fs_hz)
        middle = median_frequency_hz(welch.f_hz, density[:, 0], band)
        mean = mean_frequency_hz(welch.f_hz, density[:, 0], band)
        return _or_silent(middle), _or_silent(mean)

    def fatigue(self, holds: Sequence[Span], rms_uv: float) -> dict[str, Found]:
        """Return how the spectrum changes over the longest hold.

        The slope of the median frequency, Hz per minute, with the standard error of the line
        through the seconds; and FInsm5 of the last quarter over that of the first.
        """
        names = ("fatigue_hz_per_min", "fatigue_error_hz_per_min", "fatigue_index_ratio")
        hold = max(holds, key=lambda span: span.end - span.first)
        second = round(self.signal.fs_hz)
        if hold.end - hold.first < FATIGUE_FROM_S * second:
            return dict.fromkeys(names, missing(f"held less than {FATIGUE_FROM_S:g} s"))
        if rms_uv < TOO_QUIET * self.signal.floors_uv[self.channel]:
            return dict.fromkeys(names, missing("too quiet"))
        raw_uv = self.signal.raw_cleaned(hold, self.channel)
        usable = self.signal.usable[hold.rows, self.channel]
        band = band_hz(self.signal.fs_hz)
        told = []
        for first in range(0, len(raw_uv) - second + 1, second):
            if not usable[first : first + second].all():
                continue
            f_hz, density = power_spectrum(raw_uv[first : first + second, None], self.signal.fs_hz)
            assert density is not None
            middle_hz = median_frequency_hz(f_hz, density[:, 0], band)
            index = fatigue_index(f_hz, density[:, 0], band)
            if middle_hz is not None and index is not None:
                told.append((first / self.signal.fs_hz, middle_hz, index))
        if len(told) < FATIGUE_FROM_S / 2:
            return dict.fromkeys(names, missing("too many seconds were left out"))
        times_s, middles_hz, indexes = np.array(told).T
        slope, error = _line(times_s, middles_hz)
        quarter = len(indexes) // 4
        ratio = float(np.median(indexes[-quarter:]) / np.median(indexes[:quarter]))
        values = (Found(60 * slope), Found(60 * error), Found(ratio))
        return dict(zip(names, values, strict=True))

    def turns_per_s(self, holds: Sequence[Span]) -> Found:
        """Return the turns over 20 µV a second, for comparison within the recording alone."""
        samples: Floats = np.concatenate([self.signal.kept(hold, self.channel) for hold in holds])
        return turns_per_s(samples, self.signal.fs_hz, LEAST_SURFACE_UV)


def muscle_measures(
    muscle: Muscle, repeats: Sequence[Repeat], *, moves: bool, reference_uv: Found
) -> dict[str, Found]:
    """Return the measures of a muscle in a task; all None with the reason where it was bad."""
    holds, why = muscle.usable_holds(repeats)
    rms_uv, arv_uv = muscle.levels(holds) if holds else (missing(why), missing(why))
    if rms_uv.value is None:
        return dict.fromkeys(OWN, missing(rms_uv.reason))
    cue = missing("no movement")
    onset_s, offset_s = muscle.timing(repeats) if moves else (cue, cue)
    tremor_hz, tremor_ratio = muscle.tremor(holds)
    median_hz, mean_hz = muscle.frequencies(holds, rms_uv.value)
    return {
        "rms_uv": rms_uv,
        "arv_uv": arv_uv,
        "of_reference_pct": _share(rms_uv.value, reference_uv, 100),
        "onset_s": onset_s,
        "offset_s": offset_s,
        **muscle.bursts(holds),
        "tremor_hz": tremor_hz,
        "tremor_ratio": tremor_ratio,
        "median_frequency_hz": median_hz,
        "mean_frequency_hz": mean_hz,
        **muscle.fatigue(holds, rms_uv.value),
        "turns_per_s": muscle.turns_per_s(holds),
    }


OWN = (
    *("rms_uv", "arv_uv", "of_reference_pct", "onset_s", "offset_s"),
    *("bursts_per_min", "burst_s", "burst_duty_pct", "tremor_hz", "tremor_ratio"),
    *("median_frequency_hz", "mean_frequency_hz"),
    *("fatigue_hz_per_min", "fatigue_error_hz_per_min", "fatigue_index_ratio", "turns_per_s"),
)


def relate(tasks: Mapping[str, dict[str, Found]], rest_uv: Found) -> None:
    """Add to one muscle's measures by task what compares them with each other and with rest."""
    highest = _highest(tasks, "rms_uv")
    busiest = _highest(tasks, "turns_per_s")
    if (busiest.value or 0.0) < LEAST_TURNS_PER_S:
        busiest = missing("hardly a turn in any task")
    for values in tasks.values():
        level, turns = values["rms_uv"], values.pop("turns_per_s")
        why = level.reason
        values["of_rest"] = missing(why) if why else _share(level.value, rest_uv, 1)
        values["of_highest_pct"] = missing(why) if why else _share(level.value, highest, 100)
        values["turns_of_highest_pct"] = (
            missing(why or turns.reason)
            if turns.value is None
            else _share(turns.value, busiest, 100)
        )


def _highest(tasks: Mapping[str, Mapping[str, Found]], name: str) -> Found:
    known = [v[name].value for v in tasks.values()]
    highest = max((value for value in known if value is not None), default=None)
    return Found(highest) if highest else missing("no activity in any task")


def _share(value: float | None, of: Found, times: float) -> Found:
    if value is None or not of.value:
        return missing(of.reason or "no activity")
    return Found(times * value / of.value)


def _or_silent(value: float | None) -> Found:
    return missing("no activity") if value is None else Found(value)


def _line(x: Floats, y: Floats) -> tuple[float, float]:
    """Return the slope of the least-squares line, and its standard error."""
    dx, dy = x - x.mean(), y - y.mean()
    slope = float(dx @ dy) / float(dx @ dx)
    left = dy - slope * dx
    return slope, float(np.sqrt(left @ left / (len(x) - 2) / (dx @ dx)))
