"""The signal chain: band-pass and notch, two moving RMS, linear envelope.

All causal, all streaming, and the same numbers whatever the block size, live or from a
file. What is not yet settled is marked, so no start-up transient is shown or scored.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.block import Block, GapReason, Unit, frozen
from emgfeedback.dsp.iir import BlockIir, impulse_response
from emgfeedback.dsp.settings import ChainSettings
from emgfeedback.dsp.settling import Settling
from emgfeedback.dsp.smooth import MovingRms

__all__ = ["Chain", "ChainOutput", "ChainSettings", "run_chain"]

Floats = NDArray[np.float64]

BRIDGE_S = 0.1
"""Gaps up to this long keep the filters running; over longer ones they start anew."""

CREDIBLE_UV = 1e9
"""Samples beyond a thousand volts, or not finite, are treated as missing."""


@dataclass(frozen=True, slots=True, eq=False)
class ChainOutput:
    """What the chain makes of one block. Row i is stream sample `first_sample + i`.

    Attributes
    ----------
    filtered
        Band-limited signal, microvolts, `(n, n_channels)`.
    control_uv, display_uv
        RMS over the control and the display window, `(n, n_channels)`.
    envelope_uv
        Low-passed rectified signal, `(n, n_channels)`; never below 0.
    valid
        bool `(n,)`: False where a start or a gap still shows; such rows are finite but
        must be neither shown nor scored.
    """

    first_sample: int
    filtered: Floats
    control_uv: Floats
    display_uv: Floats
    envelope_uv: Floats
    valid: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Mark all arrays read-only."""
        for array in (
            self.filtered,
            self.control_uv,
            self.display_uv,
            self.envelope_uv,
            self.valid,
        ):
            frozen(array)


class Chain:
    """Turn blocks in microvolts into filtered signal, RMS and envelope.

    At its first sample, after `reset`, and after a gap longer than `BRIDGE_S` the chain
    starts as if the first sample had stood for ever, so an electrode offset makes no step,
    and rows are not `valid` until filters and windows have settled to 1 %. Over a shorter
    gap a straight line keeps the filters running; the rows of the line are thrown away and
    rows stay not `valid` until the line's influence is below 1 % and out of the windows.
    A row with a sample that is not finite is a gap that starts the chain anew.

    Attributes
    ----------
    start_samples
        Rows not valid after a start.

    Raises
    ------
    SettingsError
        For filters or windows that cannot be at this rate.
    """

    def __init__(self, settings: ChainSettings, fs_hz: float, n_channels: int) -> None:
        self.settings = settings
        self.fs_hz = fs_hz
        self.n_channels = n_channels
        band_sos, envelope_sos = settings.band_sos(fs_hz), settings.envelope_sos(fs_hz)
        self._band = BlockIir(band_sos, n_channels)
        self._envelope = BlockIir(envelope_sos, n_channels)
        self._control = MovingRms(settings.control_window_s, fs_hz, n_channels)
        self._display = MovingRms(settings.display_window_s, fs_hz, n_channels)
        self._band_settling = Settling(impulse_response(band_sos))
        self._envelope_settling = Settling(impulse_response(envelope_sos))
        self.start_samples = self._muted_samples(None)
        self.reset()

    def reset(self) -> None:
        """Forget all samples; the next block starts the chain."""
        self._last: Floats | None = None
        self._offset = np.zeros(self.n_channels)
        self._next_sample = 0
        self._valid_from = 0

    def reconfigured(self, settings: ChainSettings) -> Chain:
        """Return a new chain with other settings, which begins by settling."""
        return Chain(settings, self.fs_hz, self.n_channels)

    def process(self, block_uv: Block) -> ChainOutput:
        """Process a block in microvolts; blocks come in stream order.

        Raises
        ------
        ValueError
            For a block that is not in microvolts.
        """
        if block_uv.unit is not Unit.UV:
            raise ValueError(f"expected microvolts, got {block_uv.unit.value}")
        x = np.asarray(block_uv.samples, dtype=np.float64)
        first = block_uv.first_sample
        # One cheap product tells that every sample is finite and credible.
        if np.vdot(x, x) <= CREDIBLE_UV**2:
            self._arrive(block_uv, x)
            return self._run(x, first)
        credible: NDArray[np.bool_] = np.all(np.abs(x) <= CREDIBLE_UV, axis=1)
        edges = np.flatnonzero(np.diff(credible)) + 1
        parts = []
        for rows in np.split(np.arange(len(x)), edges):
            run, run_first = x[rows], first + int(rows[0])
            if not credible[rows[0]]:
                self.reset()
                parts.append(self._nothing(len(run), run_first))
                continue
            if rows[0] == 0:
                self._arrive(block_uv, run)
            parts.append(self._run(run, run_first))
        return _joined(parts)

    def _arrive(self, block_uv: Block, x: Floats) -> None:
        """Bridge a short gap before the block or start anew after a long one."""
        if self._last is None or not len(x):
            return
        missing = block_uv.first_sample - self._next_sample
        gap = block_uv.gap_before
        if missing == 0 and gap is None:
            return
        estimated = gap is not None and gap.reason is GapReason.RECONNECT
        if estimated or not 0 < missing <= BRIDGE_S * self.fs_hz:
            self.reset()
            return
        share = np.arange(1, missing + 1)[:, None] / (missing + 1)
        self._run(self._last + share * (x[0] - self._last), self._next_sample)
        until = block_uv.first_sample + self._muted_samples(missing)
        self._valid_from = max(self._valid_from, until)

    def _run(self, x: Floats, first: int) -> ChainOutput:
        n = len(x)
        if not n:
            return self._nothing(0, first)
        if self._last is None:
            self._start(x[0], first)
        self._last = x[-1].copy()
        self._next_sample = first + n
        filtered = self._band.process(x - self._offset)
        envelope_uv = self._envelope.process(np.abs(filtered))
        return ChainOutput(
            first,
            filtered,
            self._control.process(filtered),
            self._display.process(filtered),
            # A Butterworth low-pass swings 4 % below zero after a burst.
            np.maximum(envelope_uv, 0.0, out=envelope_uv),
            np.arange(first, first + n) >= self._valid_from,
        )

    def _start(self, x0: Floats, first: int) -> None:
        # The high-pass takes a constant out anyway. Taking it out first is the settled state
        # for that constant, and keeps its rounding errors out of a signal far smaller.
        self._offset = np.zeros_like(x0) if self.settings.of_envelope else x0.copy()
        self._band.reset()
        self._envelope.reset()
        self._control.reset()
        self._display.reset()
        self._valid_from = first + self.start_samples

    def _muted_samples(self, n_unknown: int | None) -> int:
        """Return the rows to mute: first the filter settles, then what follows it."""
        band = self._band_settling.samples(n_unknown)
        after = self._envelope_settling.samples(None if n_unknown is None else n_unknown + band)
        return band + max(self._control.window, self._display.window, after)

    def _nothing(self, n: int, first: int) -> ChainOutput:
        zeros = np.zeros((n, self.n_channels))
        return ChainOutput(first, zeros, zeros, zeros, zeros, np.zeros(n, dtype=bool))


def run_chain(samples_uv: Floats, settings: ChainSettings, fs_hz: float) -> ChainOutput:
    """Run a whole gapless recording `(n_samples, n_channels)` through a new chain.

    The same code, and so the same numbers, as block by block.
    """
    n_channels = samples_uv.shape[1]
    block = Block(samples_uv, Unit.UV, fs_hz, 0, None, np.zeros(n_channels, dtype=bool))
    return Chain(settings, fs_hz, n_channels).process(block)


def _joined(parts: list[ChainOutput]) -> ChainOutput:
    return ChainOutput(
        parts[0].first_sample,
        np.concatenate([part.filtered for part in parts]),
        np.concatenate([part.control_uv for part in parts]),
        np.concatenate([part.display_uv for part in parts]),
        np.concatenate([part.envelope_uv for part in parts]),
        np.concatenate([part.valid for part in parts]),
    )
