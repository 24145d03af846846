"""Runs of samples onto the stream's time axis: numbers unwrapped, losses found and named."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.block import ESTIMATED_LOSS, Block, Frame, Gap, GapReason, Unit
from emgfeedback.core.device import DeviceInfo, LinkHealth
from emgfeedback.devices.rate import RateMeter
from emgfeedback.devices.wire import Flag

log = logging.getLogger(__name__)

_BOARD_LOSS = int(Flag.DROPPED | Flag.OVERRUN)
_FIRST = int(Flag.FIRST)
_COUNTER_FROM_START = 2**24
"""A sample counter at least this long starts from 0 with the stream and hardly ever wraps."""
_START_LOSS_S = 10.0
_DOUBT_S = 0.25
"""Late by less than this, a short counter need not have gone round: links deliver in bursts."""
_UNEXPLAINED_JUMP_S = 60.0


@dataclass(slots=True)
class _OpenBlock:
    """Contiguous frames of one call on their way to a block."""

    first_sample: int
    gap_before: Gap | None
    frames: list[Frame]


class Sequencer:
    """Number samples so that lost ones count, pick the montage's columns, mark saturation.

    Parameters
    ----------
    info
        The board as configured.
    seq_modulus
        Where the board's sample number wraps.
    columns
        The board's inputs to keep, in the order wanted.
    """

    def __init__(self, info: DeviceInfo, seq_modulus: int, columns: Sequence[int]) -> None:
        self._fs_hz = info.fs_hz
        self._modulus = seq_modulus
        self._upper_rail = info.full_scale_counts - info.oversample
        self._columns = np.array(columns, np.intp)
        self._keeps_all = list(columns) == list(range(info.n_channels))
        self._end_sample = 0
        self._next_seq: int | None = None
        self._last_arrival_s: float | None = None
        self._starts_anew = False
        self.rate = RateMeter(info.fs_hz, settable=info.max_channels > 0)
        self.received = 0
        self.lost = 0
        self.gaps = 0
        self.board_dropped = 0

    def blocks(self, frames: Sequence[Frame], t_host_s: float) -> list[Block]:
        """Return the blocks `frames` make up, contiguous frames merged.

        Parameters
        ----------
        frames
            In the order they came.
        t_host_s
            Monotonic time of their arrival.

        Returns
        -------
        list of Block
            Counts, `(n_samples, len(columns))`, each with the gap before it.
        """
        open_blocks: list[_OpenBlock] = []
        waiting = sum(frame.counts.shape[0] for frame in frames)
        resumed = False
        for frame in frames:
            n_samples = frame.counts.shape[0]
            gap = self._gap_before(frame, waiting, t_host_s)
            waiting -= n_samples
            if gap is not None:
                self._count(gap)
                resumed |= gap.reason is GapReason.RECONNECT
            if gap is not None or not open_blocks:
                open_blocks.append(_OpenBlock(self._end_sample, gap, [frame]))
            else:
                open_blocks[-1].frames.append(frame)
            self._end_sample += n_samples
            self._next_seq = (frame.seq + n_samples) % self._modulus
            self.received += n_samples
        if frames:
            self._last_arrival_s = t_host_s
            if resumed:
                self.rate.resume()
            self.rate.add(self._end_sample, t_host_s)
        return [self._block(open_block) for open_block in open_blocks]

    def reconnected(self, t_host_s: float) -> None:
        """Expect the board's numbers to start anew; the clock tells how long it was away.

        The gap runs to the first sample that arrives, not to `t_host_s`: only two arrivals
        are late by the same amount.
        """
        if self._last_arrival_s is not None:
            log.info("board is back after %.2f s", t_host_s - self._last_arrival_s)
            self._starts_anew = True

    def host_dropped(self, block: Block) -> Gap:
        """Count a block this computer had no room for as lost, and return the gap it leaves."""
        self.received -= block.n_samples
        gap = Gap(block.first_sample, block.n_samples, GapReason.HOST)
        self._count(gap, moves_on=False)
        if block.gap_before is None:
            return gap
        before = block.gap_before
        return Gap(before.first_sample, before.n_samples + gap.n_samples, GapReason.HOST)

    def health(self) -> LinkHealth:
        """Return what is known here of the link: samples, gaps, rate, warnings."""
        warning = self.rate.warning
        return LinkHealth(
            received=self.received,
            lost=self.lost,
            gaps=self.gaps,
            board_dropped=self.board_dropped,
            nominal_fs_hz=self._fs_hz,
            measured_fs_hz=self.rate.measured_fs_hz,
            jitter_ms=self.rate.jitter_ms,
            warnings=(warning,) if warning else (),
        )

    def _gap_before(self, frame: Frame, waiting: int, t_host_s: float) -> Gap | None:
        """Return the gap between the samples so far and `frame`.

        Parameters
        ----------
        waiting
            Samples of this arrival from `frame` on.
        """
        if self._starts_anew:
            self._starts_anew = False
            return self._gap_by_clock(waiting, t_host_s)
        reason = GapReason.BOARD if frame.flags & _BOARD_LOSS else GapReason.LINK
        if frame.flags & ESTIMATED_LOSS:
            reason = GapReason.ESTIMATED
        long_counter = self._modulus >= _COUNTER_FROM_START
        if self._next_seq is None:
            missing = frame.seq if long_counter else 0
            at_start = 0 < missing <= _START_LOSS_S * self._fs_hz
            return Gap(0, missing, reason) if at_start else None
        missing = (frame.seq - self._next_seq) % self._modulus
        elapsed = self._samples_elapsed(t_host_s)
        if long_counter:
            restarted = frame.flags & _FIRST and frame.seq == 0
            allowed = 2 * max(elapsed, 0.0) + _UNEXPLAINED_JUMP_S * self._fs_hz
            if restarted or missing > allowed:
                return self._gap_by_clock(waiting, t_host_s)
        else:
            late = elapsed - waiting - missing
            wraps = round(late / self._modulus) if late > _DOUBT_S * self._fs_hz else 0
            if wraps > 0:
                missing += self._modulus * wraps
                reason = GapReason.ESTIMATED
        return Gap(self._end_sample, missing, reason) if missing else None

    def _gap_by_clock(self, waiting: int, t_host_s: float) -> Gap:
        """Return the gap of a board that was away; it was, so it is at least one sample."""
        missing = max(1, round(self._samples_elapsed(t_host_s)) - waiting)
        return Gap(self._end_sample, missing, GapReason.RECONNECT)

    def _samples_elapsed(self, t_host_s: float) -> float:
        """Return how many samples the time since the last arrival holds."""
        since_s = t_host_s - self._last_arrival_s if self._last_arrival_s is not None else 0.0
        return since_s * (self.rate.measured_fs_hz or self._fs_hz)

    def _count(self, gap: Gap, *, moves_on: bool = True) -> None:
        self.gaps += 1
        self.lost += gap.n_samples
        if gap.reason is GapReason.BOARD:
            self.board_dropped += gap.n_samples
        if moves_on:
            self._end_sample += gap.n_samples

    def _block(self, open_block: _OpenBlock) -> Block:
        parts = [frame.counts for frame in open_block.frames]
        counts: NDArray[np.int32] = parts[0] if len(parts) == 1 else np.concatenate(parts)
        samples = counts if self._keeps_all else counts.take(self._columns, axis=1)
        saturated = (samples.min(axis=0) <= 0) | (samples.max(axis=0) >= self._upper_rail)
        samples.flags.writeable = False
        saturated.flags.writeable = False
        return Block(
            samples=samples,
            unit=Unit.COUNTS,
            fs_hz=self._fs_hz,
            first_sample=open_block.first_sample,
            gap_before=open_block.gap_before,
            saturated=saturated,
        )
