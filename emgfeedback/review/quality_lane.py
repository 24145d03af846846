"""The judgement on every channel for every second of a recording, as the live screen had it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.quality import Finding, Level, Verdict
from emgfeedback.measures.source import blocks_of
from emgfeedback.measures.tally import FileMonitor
from emgfeedback.records.recording import Recording

LOWEST_FS_HZ = 100.0
_RANKS = (Level.UNKNOWN, Level.GOOD, Level.CHECK, Level.BAD)
_FINDINGS = tuple(Finding)
_OPEN = 255
"""A second not yet judged."""


@dataclass(frozen=True, slots=True)
class QualityRun:
    """Seconds over which one judgement held; `level` None where there is none yet."""

    start_s: float
    end_s: float
    level: Level | None
    finding: Finding


class QualityLane:
    """Judges a recording from its first second to its last, a piece at each `step`.

    Attributes
    ----------
    codes
        The worst judgement of each second, uint8 `(n_seconds, n_channels)`.
    refused
        Why it cannot be judged, in words; empty if it can.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        n_seconds, n_channels = int(np.ceil(recording.duration_s)), len(recording.channels)
        self.codes: NDArray[np.uint8] = np.full((n_seconds, n_channels), _OPEN, dtype=np.uint8)
        self.done_s = 0.0
        self.refused = ""
        if recording.fs_hz < LOWEST_FS_HZ:
            self.refused = (
                f"Quality is not judged at {recording.fs_hz:g} Hz (limit {LOWEST_FS_HZ:g} Hz)."
            )
        self._steps = self._judge()

    @property
    def complete(self) -> bool:
        """Whether every second that can be judged is."""
        return bool(self.refused) or self.done_s >= self._recording.duration_s

    def step(self) -> bool:
        """Judge the next piece; return whether more is to do."""
        if not self.complete and next(self._steps, None) is None:
            self.codes[self.codes == _OPEN] = _code(Verdict(Level.UNKNOWN, Finding.SETTLING))
            self.done_s = self._recording.duration_s
        return not self.complete

    def fill(self, codes: NDArray[np.uint8]) -> None:
        """Take the codes of the whole recording, as they were kept before."""
        known = codes // len(_FINDINGS) < len(_RANKS)
        self.codes[:] = np.where(known, codes, _code(Verdict(Level.UNKNOWN, Finding.SETTLING)))
        self.done_s = self._recording.duration_s

    def runs(self, channel: int, from_s: float, to_s: float) -> list[QualityRun]:
        """Return what held in `from_s ... to_s`, equal seconds together, in order."""
        a, b = max(0, int(from_s)), min(len(self.codes), int(np.ceil(to_s)))
        codes = self.codes[a:b, channel]
        if not len(codes):
            return []
        starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])
        ends = np.r_[starts[1:], len(codes)]
        length_s = self._recording.duration_s
        return [
            QualityRun(float(a + i), min(float(a + j), length_s), *_verdict(int(codes[i])))
            for i, j in zip(starts, ends, strict=True)
        ]

    def _judge(self) -> Iterator[float]:
        recording = self._recording
        monitor = FileMonitor(
            recording.fs_hz,
            len(recording.channels),
            recording.lsb_uv,
            recording.full_scale_counts,
        )
        for block in blocks_of(recording, 0, recording.n_samples):
            for at, verdicts in monitor.judge(block):
                second = int(at / recording.fs_hz)
                new = np.array([_code(verdict) for verdict in verdicts], dtype=np.uint8)
                old = self.codes[second]
                self.codes[second] = np.where(old == _OPEN, new, np.maximum(old, new))
            self.done_s = min(block.end_sample / recording.fs_hz, recording.duration_s - 1e-9)
            yield self.done_s


def _code(verdict: Verdict) -> int:
    """Return a number that is higher for what is worse."""
    return _RANKS.index(verdict.level) * len(_FINDINGS) + _FINDINGS.index(verdict.finding)


def _verdict(code: int) -> tuple[Level | None, Finding]:
    if code == _OPEN:
        return None, Finding.SETTLING
    return _RANKS[code // len(_FINDINGS)], _FINDINGS[code % len(_FINDINGS)]
