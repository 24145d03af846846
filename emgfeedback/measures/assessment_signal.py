"""A recording ready to be assessed: filtered once, judged once, read by stretches."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from emgfeedback.core.block import Block
from emgfeedback.core.errors import UsageError
from emgfeedback.core.montage import Channel
from emgfeedback.core.quality import WORDS, Finding, Level
from emgfeedback.dsp.design import butter_sos
from emgfeedback.dsp.iir import BlockIir
from emgfeedback.dsp.zero_phase import zero_phase
from emgfeedback.measures.found import Bools, Floats, runs_of
from emgfeedback.measures.heart import Beats, average_beat, find_beats, gate, subtract_beats
from emgfeedback.measures.heart_ways import USUAL, heart_way
from emgfeedback.measures.quality import HOPS_PER_S
from emgfeedback.measures.source import Source, blocks_of
from emgfeedback.measures.tally import FileMonitor

SETTLE_S = 0.25
"""A 20 Hz high-pass has forgotten where it started."""
WINDOW_S = 1.0
"""A verdict is on the second before it."""
BAD_SHARE = 0.1
HEART_S = 8.0
ENVELOPE_HZ = 6.0
LEAD_S = 2.0
"""Filtered before a stretch, so that the filter has settled where it begins."""
LEAST_S = 0.5
"""Less usable signal than this gives no level."""


Phase = Literal["causal", "zero"]


@dataclass(frozen=True, slots=True)
class Span:
    """Samples `first ... end - 1`."""

    first: int
    end: int

    @property
    def rows(self) -> slice:
        """For indexing."""
        return slice(self.first, self.end)


def check_measurable(source: Source) -> None:
    """Refuse a recording whose numbers would mislead.

    Raises
    ------
    UsageError
        Its sensors sent an envelope, or two channels have the same label.
    """
    if source.envelope_only:
        raise UsageError(
            "The sensors of this recording sent an envelope, not the signal.",
            "Levels, onsets and spectra need a sensor with a raw output.",
        )
    labels = [channel.label for channel in source.channels]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise UsageError(
            f"Two channels are called {twice[0]!r}.", "Give each channel a label of its own."
        )


class Prepared:
    """All samples of a recording, once through the filters of the live view.

    Parameters
    ----------
    way
        Around heartbeats: a key of `heart_ways.HEART_WAYS`.
    phase
        `causal`, as the live view, or `zero`: through the filters both ways, without delay and
        with twice the attenuation.

    Attributes
    ----------
    raw_uv, filtered_uv
        `(n, n_channels)`; zero where nothing was measured.
    measured
        bool `(n,)`: measured, and the filter had settled.
    usable
        bool `(n, n_channels)`: measured, and the channel not judged bad.
    floors_uv
        The converter's noise, `(n_channels,)`.
    """

    def __init__(self, source: Source, way: str = USUAL, phase: Phase = "causal") -> None:
        n, n_channels = source.n_samples, len(source.channels)
        self.fs_hz = source.fs_hz
        self.channels: Sequence[Channel] = source.channels
        self.way, self.phase = heart_way(way), phase
        self.settings = self.way.settings(source.fs_hz)
        self.raw_uv: Floats = np.zeros((n, n_channels))
        self.filtered_uv: Floats = np.zeros((n, n_channels))
        self.measured: Bools = np.zeros(n, dtype=bool)
        self.usable: Bools = np.zeros((n, n_channels), dtype=bool)
        self._beats: dict[Span, Beats] = {}
        self._resting_beats: dict[int, Floats] = {}
        self._findings: list[list[tuple[int, int, Finding]]] = [[] for _ in range(n_channels)]
        lsb_uv = source.lsb_uv
        self.floors_uv: Floats = np.zeros(n_channels) if lsb_uv is None else lsb_uv / np.sqrt(12)
        self._read(source)

    def _read(self, source: Source) -> None:
        band = BlockIir(self.settings.band_sos(self.fs_hz), len(self.channels))
        monitor = FileMonitor(
            self.fs_hz, len(self.channels), source.lsb_uv, source.full_scale_counts
        )
        waiting = settle = round(SETTLE_S * self.fs_hz)
        started = False
        for block in blocks_of(source, 0, source.n_samples):
            rows = slice(block.first_sample, block.end_sample)
            samples = np.ascontiguousarray(block.samples, dtype=np.float64)
            if block.gap_before is not None or not started:
                band.settle_to(samples[0])
                waiting, started = settle, True
            self.measured[block.first_sample + waiting : block.end_sample] = True
            waiting = max(0, waiting - block.n_samples)
            self.raw_uv[rows] = samples
            self.filtered_uv[rows] = band.process(samples)
            self.usable[rows] = True
            self._judge(monitor, block)
        if self.phase == "zero":
            self._filter_both_ways()
        self.usable &= self.measured[:, None]

    def _filter_both_ways(self) -> None:
        """Filter every unbroken stretch without delay; its end has to settle too."""
        sos, settle = self.settings.band_sos(self.fs_hz), round(SETTLE_S * self.fs_hz)
        for settled, end in runs_of(self.measured):
            first = settled - settle
            self.filtered_uv[first:end] = zero_phase(sos, self.raw_uv[first:end])
            self.measured[max(settled, end - settle) : end] = False

    def _judge(self, monitor: FileMonitor, block: Block) -> None:
        window = round(WINDOW_S * self.fs_hz)
        hop = max(1, round(self.fs_hz / HOPS_PER_S))
        for at, verdicts in monitor.judge(block):
            end = min(at + hop, block.end_sample)
            for c, verdict in enumerate(verdicts):
                if verdict.level is Level.BAD:
                    first = max(end - window, 0)
                    self.usable[first:end, c] = False
                    self._findings[c].append((first, end, verdict.finding))
                elif verdict.level is Level.UNKNOWN:
                    self.usable[at:end, c] = False

    @cached_property
    def envelope_uv(self) -> Floats:
        """Rectified, low-passed at 6 Hz without delay, `(n, n_channels)`."""
        return zero_phase(butter_sos(2, "low", ENVELOPE_HZ, self.fs_hz), np.abs(self.filtered_uv))

    def why_bad(self, span: Span, channel: int) -> str:
        """Return what was found on a channel for a tenth of a stretch or more, or empty."""
        bad: Bools = np.zeros(span.end - span.first, dtype=bool)
        share: dict[Finding, int] = {}
        for first, end, finding in self._findings[channel]:
            a, b = max(first - span.first, 0), min(end, span.end) - span.first
            if a < b:
                bad[a:b] = True
                share[finding] = share.get(finding, 0) + b - a
        if not len(bad) or np.mean(bad) < BAD_SHARE:
            return ""
        return WORDS[max(share, key=lambda finding: share[finding])].name.lower()

    def beats(self, span: Span) -> Beats:
        """Return the heartbeats of a stretch: those of the channel that shows most of them.

        They are sought in at least eight seconds, around a stretch that is shorter.
        """
        held = self._beats.get(span)
        if held is None:
            spare = max(0, round(HEART_S * self.fs_hz) - span.end + span.first) // 2
            wide = Span(max(0, span.first - spare), min(len(self.measured), span.end + spare))
            found = [
                find_beats(self.raw_uv[wide.rows, c], self.fs_hz)
                for c in range(len(self.channels))
                if self.usable[wide.rows, c].all()
            ]
            none = Beats(np.zeros(0, dtype=np.int64), None, "no regular spikes")
            held = max(found, key=lambda beats: len(beats.places), default=none)
            places = held.places + (wide.first - span.first)
            inside = (places >= 0) & (places < span.end - span.first)
            held = Beats(places[inside], held.per_min, held.reason)
            self._beats[span] = held
        return held

    def away_from_heart(self, span: Span) -> Bools:
        """Return which samples of a stretch lie away from every heartbeat, `(n,)`."""
        return gate(self.beats(span), span.end - span.first, self.fs_hz)

    def kept(self, span: Span, channel: int) -> Floats:
        """Return the usable samples of a stretch as the way around the heart leaves them."""
        mask = self.usable[span.rows, channel]
        if self.way.gated:
            mask = mask & self.away_from_heart(span)
        if self.way.subtracted:
            return self.cleaned(span, channel)[mask]
        return self.filtered_uv[span.rows, channel][mask]

    def cleaned(self, span: Span, channel: int) -> Floats:
        """Return a stretch without its average heartbeat, where the way takes that, `(n,)`."""
        if not self.way.rhythm_subtracted:
            return self.filtered_uv[span.rows, channel]
        signal, beats = self.filtered_uv[span.rows, channel], self.beats(span)
        resting = self._resting_beats.get(channel) if self.way.subtracted else None
        return subtract_beats(signal, beats, self.fs_hz, resting)

    def raw_cleaned(self, span: Span, channel: int) -> Floats:
        """Return the same of the signal as recorded, for spectra: no high-pass, `(n,)`."""
        raw = self.raw_uv[span.rows, channel]
        if not self.way.rhythm_subtracted:
            return raw
        return subtract_beats(raw, self.beats(span), self.fs_hz)

    def learn_resting_beat(self, rest: Span) -> None:
        """Keep the average heartbeat of a rest, for stretches too short to have their own."""
        beats = self.beats(rest)
        for c in range(len(self.channels)):
            if self.usable[rest.rows, c].all():
                found = average_beat(self.filtered_uv[rest.rows, c], beats, self.fs_hz)
                if found is not None:
                    self._resting_beats[c] = found

    def another_way(self, way: str, spans: Sequence[Span], phase: Phase | None = None) -> Prepared:
        """Return the same signal with another way around the heart; `spans` alone are filtered.

        Parameters
        ----------
        phase
            None: that of this signal.

        Raises
        ------
        SettingsError
            The sampling rate leaves no band to look at.
        """
        other = copy.copy(self)
        other.__dict__.pop("envelope_uv", None)
        other.way, other.phase = heart_way(way), phase or self.phase
        other.settings = other.way.settings(self.fs_hz)
        other._resting_beats = {}
        if (other.settings, other.phase) == (self.settings, self.phase):
            return other
        other.filtered_uv = np.zeros_like(self.filtered_uv)
        sos = other.settings.band_sos(self.fs_hz)
        lead = round(LEAD_S * self.fs_hz)
        for span in spans:
            first = max(0, span.first - lead)
            if other.phase == "zero":
                filtered = zero_phase(sos, self.raw_uv[first : span.end + lead])
            else:
                band = BlockIir(sos, len(self.channels))
                band.settle_to(self.raw_uv[first])
                filtered = band.process(self.raw_uv[first : span.end])
            other.filtered_uv[span.rows] = filtered[span.first - first : span.end - first]
        return other

    def runs(self, span: Span, channel: int) -> list[Span]:
        """Return the usable parts of a stretch without a break."""
        return [
            Span(span.first + a, span.first + b)
            for a, b in runs_of(self.usable[span.rows, channel])
        ]


def rms_of(samples: Floats) -> float:
    """Return the RMS of `(n,)` samples."""
    # Not a product of BLAS: that waits for threads of a busy machine, milliseconds at a time.
    return float(np.sqrt(np.einsum("i,i->", samples, samples) / len(samples)))
