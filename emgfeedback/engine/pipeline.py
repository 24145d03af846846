"""Blocks in counts become what the screen shows and the target is held against.

A synchronous object: the pipeline thread feeds it, tests feed it directly, and
the result is the same whatever the block sizes.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from emgfeedback.core.block import Block
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import SettingsError
from emgfeedback.core.montage import Montage, Side
from emgfeedback.core.quality import Finding, Level, Verdict
from emgfeedback.dsp.chain import Chain, ChainOutput, ChainSettings
from emgfeedback.dsp.mains import HumTracker
from emgfeedback.dsp.scale import Scaler
from emgfeedback.engine.snapshot import ChannelNow, PairNow
from emgfeedback.engine.traces import TraceBuffer, TraceChunk
from emgfeedback.measures.quality import QualityMonitor
from emgfeedback.measures.symmetry import PairMonitor
from emgfeedback.training.levels import Levels
from emgfeedback.training.now import RunNow
from emgfeedback.training.plan import Plan
from emgfeedback.training.relax import RelaxTarget, TargetState
from emgfeedback.training.run import TrainingRun

log = logging.getLogger(__name__)

PURPOSES = ("rest", "activation")
RATE_TOLERANCE = 0.002
"""A crystal or resonator this far off moves a corner by less than 1 Hz: no break."""


@dataclass(frozen=True, slots=True)
class PipelineEvent:
    """Something to be written beside the samples: what, and at which stream index."""

    sample: int
    text: str


class Pipeline:
    """Scale, filter, judge, compare and hold against the target.

    Parameters
    ----------
    info
        The board, for microvolts per count.
    montage
        Channels in column order.
    fs_hz
        The rate the filters are designed at: the measured one where known.
    purpose
        `rest` (30 Hz high-pass) or `activation` (20 Hz).
    filter_changes
        Fields of `ChainSettings` that differ from the recommendation for the purpose.

    Raises
    ------
    SettingsError
        A filter that cannot be at this rate.
    """

    def __init__(
        self,
        info: DeviceInfo,
        montage: Montage,
        fs_hz: float,
        purpose: str = "rest",
        filter_changes: Mapping[str, Any] | None = None,
    ) -> None:
        self.montage = montage
        self.fs_hz = fs_hz
        self.purpose = purpose
        self._designed_fs_hz = fs_hz
        self.target = RelaxTarget(fs_hz, montage.n_channels)
        self.traces = TraceBuffer(fs_hz)
        self.end_sample = 0
        self.events: list[PipelineEvent] = []
        self.run: TrainingRun | None = None
        """The training run in progress, or the last one."""
        self._ended: tuple[TrainingRun, RunNow] | None = None
        self._of_envelope = info.envelope_only
        self._scaler = Scaler(info, montage)
        self._lsb_uv = np.array([info.lsb_uv(c.gain) for c in montage.channels])
        self._quality = QualityMonitor(
            fs_hz, montage.n_channels, info.full_scale_counts, self._lsb_uv
        )
        self._hum = HumTracker(fs_hz, montage.n_channels)
        self._pairs = PairMonitor(montage.pairs, fs_hz)
        self._verdicts: tuple[Verdict, ...] = self._quality.verdicts()
        self._usable = np.array([v.usable for v in self._verdicts])
        self._bad = np.zeros(montage.n_channels, dtype=bool)
        self._floors_uv = self._quality.floors_uv()
        self._last: ChainOutput | None = None
        self._filter_changes = dict(filter_changes or {})
        self._use(self._recommended(purpose))

    @property
    def settings(self) -> ChainSettings:
        """The filters in use."""
        return self._settings

    def set_purpose(self, purpose: str) -> None:
        """Change between `rest` and `activation`; the filters settle anew."""
        if purpose != self.purpose:
            settings = self._recommended(purpose)
            self.purpose = purpose
            self._use(replace(settings, notch_hz=self._settings.notch_hz))

    def follow_rate(self, measured_fs_hz: float) -> None:
        """Redesign the filters where the board's true rate is off by more than 0.2 %."""
        if abs(measured_fs_hz / self._designed_fs_hz - 1) <= RATE_TOLERANCE:
            return
        self._designed_fs_hz = measured_fs_hz
        self._hum.follow_rate(measured_fs_hz)
        try:
            settings = self._recommended(self.purpose)
            self._use(replace(settings, notch_hz=self._settings.notch_hz))
        except SettingsError as error:
            # So far off that no filter fits: what was designed before is still the nearest.
            log.warning("filters cannot follow %.2f Hz: %s", measured_fs_hz, error)
            return
        text = f"filter {self._settings.facts()}, designed for {measured_fs_hz:.2f} Hz"
        self.events.append(PipelineEvent(self.end_sample, text))

    def process(self, block: Block) -> None:
        """Take the next block of counts; blocks come in order, each once.

        The block is cut wherever something is decided: a quality verdict, the notch, the end
        of a phase. So what follows does not depend on how the signal came in blocks.
        """
        while block.n_samples:
            rows = min(
                self._rows_under_verdict(block),
                self._hum.rows_to_estimate(block),
                self._rows_of_phase(block),
            )
            self._process(block.rows(0, rows))
            block = block.rows(rows, block.n_samples)

    def _rows_under_verdict(self, block: Block) -> int:
        # A verdict holds for the piece it comes with, so that piece is one row in any blocks.
        return max(1, self._quality.rows_to_verdict(block) - 1)

    def _rows_of_phase(self, block: Block) -> int:
        left = self.run.samples_left if self.run is not None else None
        return block.n_samples if left is None else max(1, left)

    def _process(self, block: Block) -> None:
        if block.gap_before is not None:
            self.target.gap(block.gap_before.n_samples)
        block_uv = self._scaler.to_uv(block)
        output = self._chain.process(block_uv)
        if self._quality.process(block, block_uv):
            self._take_verdicts(block.end_sample)
        if self._hum.process(block_uv):
            self._follow_hum(block.end_sample)
        self._pairs.process(output.filtered, output.valid, self._usable, self._floors_uv)
        self._run_target(output)
        self._feed_run(output)
        self.end_sample = block.end_sample
        self._last = output
        self.traces.append(
            TraceChunk(
                output.first_sample,
                output.filtered,
                output.display_uv,
                output.valid,
                self._bad,
            )
        )

    def channels(self) -> tuple[ChannelNow, ...]:
        """Return every channel as it stands."""
        last = self._last
        settled = last is not None and bool(last.valid[-1])
        thresholds = self._thresholds_uv()
        now = self.target.now()
        channels = []
        for i, channel in enumerate(self.montage.channels):
            verdict = self._verdicts[i]
            shown = last if settled and verdict.usable else None
            level = float(shown.display_uv[-1, i]) if shown is not None else None
            control = float(shown.control_uv[-1, i]) if shown is not None else None
            threshold = thresholds[i]
            held = now.state is TargetState.RUNNING and threshold is not None
            channels.append(
                ChannelNow(
                    label=channel.label,
                    muscle=channel.muscle,
                    side=channel.side,
                    verdict=verdict,
                    level_uv=level,
                    control_uv=control,
                    floor_uv=float(self._floors_uv[i]),
                    lsb_uv=float(self._lsb_uv[i]),
                    threshold_uv=threshold,
                    in_target=control < threshold
                    if held and control is not None and threshold is not None
                    else None,
                )
            )
        return tuple(channels)

    def pairs(self) -> tuple[PairNow, ...]:
        """Return every pair as it stands."""
        return tuple(
            PairNow(
                muscle=pair.muscle,
                left=pair.left,
                right=pair.right,
                left_uv=level.left_uv,
                right_uv=level.right_uv,
                asymmetry_pct=level.asymmetry_pct,
                ratio=level.ratio,
                reason=level.reason,
            )
            for pair, level in zip(self.montage.pairs, self._pairs.levels(), strict=True)
        )

    def training(self) -> RunNow | None:
        """Return the run as it stands; that of a finished one is worked out once."""
        run = self.run
        if run is None or not run.finished:
            return run.now() if run is not None else None
        if self._ended is None or self._ended[0] is not run:
            self._ended = (run, run.now())
        return self._ended[1]

    def start_run(self, plan: Plan, overactive: Mapping[str, Side], device_facts: str) -> None:
        """Begin to run `plan`; the live page's target stops.

        Raises
        ------
        ConfigError
            The montage lacks a channel of the plan, or a side was not chosen.
        """
        self.run = TrainingRun(
            plan,
            self.montage,
            self.fs_hz,
            overactive=overactive,
            device_facts=device_facts,
            filter_facts={name: self._recommended(name).facts() for name in PURPOSES},
            floors_uv=self._floors_uv,
            lsb_uv=self._lsb_uv,
        )
        self.target.stop()
        self.run.judged(self._usable, self._floors_uv)

    @property
    def run_over(self) -> bool:
        """Whether a training run has come to its end."""
        return self.run is not None and self.run.finished

    def take_run_events(self) -> None:
        """Put what the run wants written among the events."""
        if self.run is not None:
            self.events.extend(PipelineEvent(e.sample, e.text) for e in self.run.events)
            self.run.events.clear()

    def start_baseline(self, seconds: float, channels: Sequence[int]) -> None:
        """Measure the resting level of `channels`; see `RelaxTarget.start_baseline`."""
        self.target.start_baseline(seconds, tuple(channels))

    def _recommended(self, purpose: str) -> ChainSettings:
        settings = ChainSettings.for_purpose(
            purpose, self._designed_fs_hz, of_envelope=self._of_envelope
        )
        return replace(settings, **self._filter_changes)

    def _use(self, settings: ChainSettings) -> None:
        # The chain refuses what cannot be, and then the settings told are still those in use.
        self._chain = Chain(settings, self._designed_fs_hz, self.montage.n_channels)
        self._settings = settings

    def _run_target(self, output: ChainOutput) -> None:
        before = self.target.now().state
        self.target.process(output.control_uv, output.valid, self._usable)
        after = self.target.now().state
        if before is not after:
            self.events.append(PipelineEvent(output.first_sample, f"target {after.value}"))

    def _feed_run(self, output: ChainOutput) -> None:
        run = self.run
        if run is None:
            return
        levels = Levels(
            output.first_sample,
            output.control_uv,
            output.display_uv,
            output.filtered,
            output.valid,
            self._usable,
            purpose=self.purpose,
        )
        was_finished = run.finished
        run.process(levels)
        if not was_finished:
            self.set_purpose(run.wanted_purpose)
        self.take_run_events()

    def _thresholds_uv(self) -> tuple[float | None, ...]:
        run = self.run
        if run is None or run.finished:
            return self.target.thresholds_uv
        return run.thresholds_uv

    def _take_verdicts(self, sample: int) -> None:
        verdicts = self._quality.verdicts()
        for channel, old, new in zip(self.montage.channels, self._verdicts, verdicts, strict=True):
            if (old.level, old.finding) != (new.level, new.finding):
                self.events.append(PipelineEvent(sample, quality_text(channel.label, new)))
        self._verdicts = verdicts
        self._usable = np.array([v.usable for v in verdicts])
        self._bad = np.array([v.level is Level.BAD for v in verdicts])
        self._floors_uv = self._quality.floors_uv()
        was = self.target.now().state
        self.target.judged(self._usable, self._floors_uv)
        if self.run is not None:
            self.run.judged(self._usable, self._floors_uv)
        if was is TargetState.BASELINE and self.target.now().state is TargetState.RUNNING:
            self.events.append(PipelineEvent(sample, thresholds_text(self.montage, self.target)))

    def _follow_hum(self, sample: int) -> None:
        notch_hz = self._hum.notch_hz
        fixed = self._of_envelope or "notch_hz" in self._filter_changes
        if notch_hz == self._settings.notch_hz or fixed:
            return
        self._use(replace(self._settings, notch_hz=notch_hz))
        self.events.append(PipelineEvent(sample, f"filter {self._settings.facts()}"))


def quality_text(label: str, verdict: Verdict) -> str:
    """Return the annotation of a channel's new verdict."""
    if verdict.level is Level.GOOD or verdict.finding is Finding.NONE:
        return f"quality {label} good"
    return f"quality {label} {verdict.level.value} {verdict.finding.value}"


def thresholds_text(montage: Montage, target: RelaxTarget) -> str:
    """Return the annotation of the thresholds in force."""
    parts: list[str] = []
    for channel, threshold in zip(montage.channels, target.thresholds_uv, strict=True):
        if threshold is not None:
            parts.append(f"{channel.label} {threshold:.2f} uV")
    return "target thresholds " + ", ".join(parts)
