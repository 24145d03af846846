"""The measures of a recording: per channel, per left/right pair, per annotated stretch.

The numbers are those of the live stream, by the same code. What was not measured never
counts: gaps, the settling of filters after the start and after gaps; nothing is
interpolated. Saturated stretches count and are reported as quality. A number that cannot
be had is None, with its reason in `notes`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.block import Block
from emgfeedback.core.errors import SettingsError, UsageError
from emgfeedback.core.montage import pairs_of
from emgfeedback.core.quality import Level
from emgfeedback.dsp.chain import Chain, ChainSettings
from emgfeedback.dsp.smooth import MovingRms
from emgfeedback.measures.source import Source, Trimmed, blocks_of
from emgfeedback.measures.spectrum import (
    OVERLAP,
    WINDOW_S,
    WelchSum,
    band_hz,
    mean_frequency_hz,
    median_frequency_hz,
)
from emgfeedback.measures.symmetry import compare
from emgfeedback.measures.tally import AmplitudeTally, LevelHistogram, QualityTally
from emgfeedback.measures.tasks import only_ends

Floats = NDArray[np.float64]
FilterChoice = Literal["report", "rest", "none"]

EPOCH_S = 0.125
"""Window of the RMS whose percentiles are told, the one of the EMG gap literature."""
EPOCH_STEP_S = 0.025
PERCENTILES = (10, 50, 90)
LEAD_S = 2.0
"""Signal before a stretch that lets filters and quality settle."""
_FAST_ENVELOPE = 0.1
"""The chain's linear envelope is not used here; with a corner at this share of the rate it
adds nothing to the settling."""

HIGHPASS: dict[str, tuple[float, int]] = {"report": (20.0, 2), "rest": (30.0, 4)}


def analyze(
    source: Source,
    *,
    from_s: float = 0.0,
    to_s: float | None = None,
    filter_choice: FilterChoice | ChainSettings = "report",
    left_out: Sequence[tuple[float, float]] = (),
) -> dict[str, Any]:
    """Measure a recording.

    `rms_uv`, `arv_uv` and `envelope_*` follow `filter_choice`: `report` is a causal
    high-pass of 20 Hz, second order (De Luca and others 2010), with the recording's own band
    as upper edge: a low-pass of 400 Hz would take 12 % of the RMS of flat noise at 1 kHz, and
    a recording is no place for it. `rest` is 30 Hz, fourth order; `none` takes the mean out
    and nothing else. `as_recorded` and `rest_filter` are told beside, whatever the choice.
    Frequencies are always of the signal without its mean; an envelope has none, is not
    filtered, and keeps its mean, which is its level. With a `ChainSettings` the filters
    are those, its own low-pass and notch too.

    Parameters
    ----------
    source
        A recording or `HeldSamples`.
    from_s, to_s
        The stretch to measure, seconds from the first sample; default: all.
    left_out
        Start and end, seconds, of spans nothing is measured in: as if the recording had a
        pause there, so that nothing of an artefact rings on into what follows.

    Returns
    -------
    dict
        Plain numbers, texts, lists and None, ready for JSON.

    Raises
    ------
    UsageError
        For a stretch that holds no sample.
    SettingsError
        For a sampling rate too low for the chosen filter.
    """
    duration_s = source.n_samples / source.fs_hz
    stop_s = duration_s if to_s is None else min(to_s, duration_s)
    first, end = round(from_s * source.fs_hz), round(stop_s * source.fs_hz)
    if not 0 <= first < end:
        raise UsageError(
            f"From {from_s:g} s to {stop_s:g} s holds no sample (the recording is "
            f"{duration_s:g} s long).",
            "Choose a stretch inside it.",
        )
    if source.envelope_only:
        filter_choice = "none"
    measured = Trimmed(source, left_out) if left_out else source
    whole = _measure(measured, first, end, filter_choice)
    n_left_out = measured.count(first, end) if isinstance(measured, Trimmed) else 0
    n_lost = end - first - whole["measured_s"] * source.fs_hz - n_left_out
    return {
        "fs_hz": source.fs_hz,
        "duration_s": (end - first) / source.fs_hz,
        "lost_pct": 100 * n_lost / (end - first),
        "left_out_s": n_left_out / source.fs_hz,
        "from_s": first / source.fs_hz,
        "settings": _settings(source, filter_choice),
        **whole,
        "segments": [
            {"text": text, "start_s": a / source.fs_hz, "duration_s": (b - a) / source.fs_hz}
            | _measure(measured, a, b, filter_choice)
            for text, a, b in _stretches(source, first, end)
        ],
        "gaps": [
            {
                "start_s": gap.first_sample / source.fs_hz,
                "duration_s": gap.n_samples / source.fs_hz,
                "n_samples": gap.n_samples,
                "reason": gap.reason.value,
            }
            for gap in source.gaps
            if gap.first_sample < end and gap.first_sample + gap.n_samples > first
        ],
    }


def _settings(source: Source, choice: FilterChoice | ChainSettings) -> dict[str, Any]:
    chosen = None if choice == "none" else _filters(choice, source)
    return {
        "filter": "chosen" if isinstance(choice, ChainSettings) else choice,
        "highpass_hz": chosen and chosen.highpass_hz,
        "highpass_order": chosen and chosen.highpass_order,
        "highpass_kind": "causal Butterworth" if chosen else None,
        "lowpass_hz": chosen and chosen.lowpass_hz,
        "notch_hz": chosen and chosen.notch_hz,
        "rest_filter_highpass_hz": HIGHPASS["rest"][0],
        "rest_filter_highpass_order": HIGHPASS["rest"][1],
        "envelope": "moving RMS",
        "envelope_window_s": EPOCH_S,
        "envelope_step_s": EPOCH_STEP_S,
        "spectrum": "Welch, Hann window, mean removed, no filter",
        "spectrum_window_s": WINDOW_S,
        "spectrum_overlap": OVERLAP,
        "spectrum_band_hz": list(band_hz(source.fs_hz)),
        "asymmetry": "100 (L-R)/(L+R) of rms_uv less the converter's noise",
    }


def _stretches(source: Source, first: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield text, first and end of annotated stretches that lie at least partly in the span.

    An annotation without a duration whose text begins with `task` lasts until the next one;
    one that only ends a task, or begins it anew, begins no stretch.
    """
    fs_hz = source.fs_hz
    tasks = [m for m in source.annotations if not m.duration_s and m.text.startswith("task")]
    until = {id(m): n.onset_s for m, n in itertools.pairwise(tasks)}
    for mark in source.annotations:
        if mark.duration_s > 0:
            stop_s = mark.onset_s + mark.duration_s
        elif mark.text.startswith("task") and not only_ends(mark.text):
            stop_s = until.get(id(mark), source.n_samples / fs_hz)
        else:
            continue
        a, b = max(first, round(mark.onset_s * fs_hz)), min(end, round(stop_s * fs_hz))
        if a < b:
            yield mark.text, a, b


def _measure(
    source: Source, first: int, end: int, choice: FilterChoice | ChainSettings
) -> dict[str, Any]:
    """Return `channels`, `pairs`, `measured_s` and `notes` of samples `first ... end - 1`."""
    passing = _Pass(source, first, end, choice)
    for block in blocks_of(source, max(0, first - round(LEAD_S * source.fs_hz)), end):
        passing.add(block)
    channels = [passing.channel(i) for i in range(len(source.channels))]
    return {
        "measured_s": passing.recorded.n / source.fs_hz,
        "channels": channels,
        "pairs": _pairs(source, channels),
        "notes": passing.notes(),
    }


class _Pass:
    """All measures of one stretch, in one walk over its blocks."""

    def __init__(
        self, source: Source, first: int, end: int, choice: FilterChoice | ChainSettings
    ) -> None:
        n = len(source.channels)
        self._first, self._end, self._fs_hz = first, end, source.fs_hz
        self._mean = _mean(source, first, end)
        self._of_envelope = source.envelope_only
        self._centre = np.zeros_like(self._mean) if self._of_envelope else self._mean
        self._main = None if choice == "none" else _chain(_filters(choice, source), source)
        self._rest = None if self._of_envelope else _chain_or_none(source)
        self._moving = MovingRms(EPOCH_S, source.fs_hz, n)
        self._unfilled = self._moving.window - 1
        self._step = max(1, round(EPOCH_STEP_S * source.fs_hz))
        self.recorded, self._filtered, self._rested = (AmplitudeTally(n) for _ in range(3))
        self._rectified = LevelHistogram(n)
        self._envelope = LevelHistogram(n)
        self._welch = WelchSum(source.fs_hz, n)
        self._channels = source.channels
        self._quality = QualityTally(source.fs_hz, n, source.lsb_uv, source.full_scale_counts)
        self._knows_converter = source.lsb_uv is not None and source.full_scale_counts is not None
        self._any_envelope = False

    def add(self, block: Block) -> None:
        """Take the next block; what lies before the stretch only settles filters."""
        samples = np.asarray(block.samples, dtype=np.float64)
        at = np.arange(block.first_sample, block.end_sample)
        inside = at >= self._first
        self._quality.add(block, self._first)
        centred = samples - self._centre
        if self._rest is not None:
            rest = self._rest.process(block)
            self._rested.add(rest.filtered[inside & rest.valid])
        if self._main is not None:
            main = self._main.process(block)
            filtered, envelope_uv, valid = main.filtered, main.display_uv, main.valid
        else:
            filtered, envelope_uv, valid = self._unfiltered(block, centred)
        counted = inside & valid
        settled = counted if self._main is not None else inside
        self._filtered.add(filtered[settled])
        chosen = counted & (at % self._step == 0)
        self._any_envelope |= bool(chosen.any())
        self._envelope.add(envelope_uv[chosen])
        within = centred[inside]
        self.recorded.add(within)
        self._rectified.add(np.abs(within))
        if block.gap_before is not None:
            self._welch.gap()
        self._welch.add(within)

    def channel(self, i: int) -> dict[str, Any]:
        """Return the measures of channel `i`."""
        channel = self._channels[i]
        density = None if self._of_envelope else self._welch.density()
        band = band_hz(self._fs_hz)
        median = mean = None
        if density is not None:
            median = median_frequency_hz(self._welch.f_hz, density[:, i], band)
            mean = mean_frequency_hz(self._welch.f_hz, density[:, i], band)
        verdict = self._quality.verdict(i)
        return {
            "label": channel.label,
            "muscle": channel.muscle,
            "side": channel.side.value,
            "rms_uv": self._filtered.rms(i),
            "arv_uv": self._filtered.arv(i),
            **{f"envelope_p{p}_uv": self._envelope.percentile(i, p) for p in PERCENTILES},
            "median_frequency_hz": median,
            "mean_frequency_hz": mean,
            "quality": verdict.level.value,
            "quality_finding": verdict.finding.value,
            "quality_findings": self._quality.findings(i),
            "as_recorded": {
                "mean_uv": float(self._mean[i]) if self.recorded.n else None,
                "rms_uv": self.recorded.rms(i),
                "arv_uv": self.recorded.arv(i),
                **{f"rectified_p{p}_uv": self._rectified.percentile(i, p) for p in PERCENTILES},
            },
            "rest_filter": {"rms_uv": self._rested.rms(i), "arv_uv": self._rested.arv(i)},
        }

    def notes(self) -> list[str]:
        """Return why numbers are None, and what could not be judged."""
        notes = []
        if not self.recorded.n:
            notes.append("no sample of this stretch was measured")
        elif not self._filtered.n or not self._any_envelope:
            notes.append("too short: the filter had not settled, so levels are null")
        if not self._welch.n_windows:
            notes.append(f"no {WINDOW_S:g} s without a gap, so frequencies are null")
        if self._of_envelope:
            notes.append("the sensor made an envelope: no frequencies, no filters")
        elif self._rest is None:
            notes.append(f"{self._fs_hz:g} Hz is too slow for the rest filter")
        if not self._knows_converter:
            notes.append("converter not known: clipping and resolution were not judged")
        return notes

    def _unfiltered(
        self, block: Block, centred: Floats
    ) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        if block.gap_before is not None:
            self._moving.reset()
            self._unfilled = self._moving.window - 1
        valid = np.arange(len(centred)) >= self._unfilled
        self._unfilled = max(0, self._unfilled - len(centred))
        return centred, self._moving.process(centred), valid


def _filters(choice: FilterChoice | ChainSettings, source: Source) -> ChainSettings:
    fast_hz = _FAST_ENVELOPE * source.fs_hz
    if isinstance(choice, ChainSettings):
        return replace(choice, display_window_s=EPOCH_S, envelope_hz=fast_hz)
    highpass_hz, order = HIGHPASS[choice]
    return ChainSettings(
        purpose="rest" if choice == "rest" else "activation",
        highpass_hz=highpass_hz,
        highpass_order=order,
        lowpass_hz=None,
        display_window_s=EPOCH_S,
        envelope_hz=fast_hz,
    )


def _chain(settings: ChainSettings, source: Source) -> Chain:
    return Chain(settings, source.fs_hz, len(source.channels))


def _chain_or_none(source: Source) -> Chain | None:
    try:
        return _chain(_filters("rest", source), source)
    except SettingsError:
        return None


def _mean(source: Source, first: int, end: int) -> Floats:
    """Return the mean of the measured samples, `(n_channels,)`."""
    n, total = 0, np.zeros(len(source.channels))
    for block in blocks_of(source, first, end):
        n += block.n_samples
        total += np.asarray(block.samples, dtype=np.float64).sum(axis=0)
    return total / max(n, 1)


def _pairs(source: Source, channels: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return every left/right pair; the index is withheld with a reason, never guessed."""
    found = []
    for pair in pairs_of(source.channels):
        left, right = channels[pair.left], channels[pair.right]
        levels = left["rms_uv"], right["rms_uv"]
        floors = np.zeros(len(channels)) if source.lsb_uv is None else source.lsb_uv / np.sqrt(12)
        index, ratio, reason = None, None, ""
        if levels[0] is None or levels[1] is None:
            reason = "settling"
        elif Level.BAD.value in (left["quality"], right["quality"]):
            reason = "quality"
        else:
            told = compare(*levels, float(floors[pair.left]), float(floors[pair.right]))
            index, ratio, reason = told.asymmetry_pct, told.ratio, told.reason
        found.append(
            {
                "muscle": pair.muscle,
                "left": left["label"],
                "right": right["label"],
                "left_uv": levels[0],
                "right_uv": levels[1],
                "asymmetry_pct": index,
                "ratio": ratio,
                "reason": reason or None,
            }
        )
    return found
