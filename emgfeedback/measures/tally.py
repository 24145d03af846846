"""Sums over a file of any length: memory stays the same from a second to a night."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.block import Block, Unit
from emgfeedback.core.quality import Finding, Level, Verdict
from emgfeedback.measures.quality import HOPS_PER_S, QualityMonitor

Floats = NDArray[np.float64]


class AmplitudeTally:
    """RMS and ARV of all samples added."""

    def __init__(self, n_channels: int) -> None:
        self.n = 0
        self._squares = np.zeros(n_channels)
        self._rectified = np.zeros(n_channels)

    def add(self, samples: Floats) -> None:
        """Take zero-mean samples, `(n_samples, n_channels)`."""
        self.n += len(samples)
        self._squares += np.einsum("ij,ij->j", samples, samples)
        self._rectified += np.abs(samples).sum(axis=0)

    def rms(self, channel: int) -> float | None:
        """Return the RMS of a channel; None without samples."""
        return float(np.sqrt(self._squares[channel] / self.n)) if self.n else None

    def arv(self, channel: int) -> float | None:
        """Return the average rectified value of a channel; None without samples."""
        return float(self._rectified[channel] / self.n) if self.n else None


class LevelHistogram:
    """Percentiles of values above 0, to 0.1 % of the value.

    Bins are equally wide on a logarithmic scale, from 1e-6 to 1e9; what is smaller counts
    as 0.
    """

    _LOWEST, _HIGHEST, _WIDTH = 1e-6, 1e9, 1e-3

    def __init__(self, n_channels: int) -> None:
        self._bins = int(np.log(self._HIGHEST / self._LOWEST) / self._WIDTH) + 2
        self._held = np.zeros((n_channels, self._bins), dtype=np.int64)

    def add(self, values: Floats) -> None:
        """Take values of 0 and more, `(n_samples, n_channels)`."""
        with np.errstate(divide="ignore"):
            place = np.log(values / self._LOWEST) / self._WIDTH + 1
        index = np.clip(place, 0, self._bins - 1).astype(np.int64)
        for channel in range(values.shape[1]):
            self._held[channel] += np.bincount(index[:, channel], minlength=self._bins)

    def percentile(self, channel: int, percent: float) -> float | None:
        """Return a percentile of a channel; None without values."""
        total = np.cumsum(self._held[channel])
        if not total[-1]:
            return None
        place = int(np.searchsorted(total, max(percent / 100 * total[-1], 1)))
        if place == 0:
            return 0.0
        return float(self._LOWEST * np.exp((place - 0.5) * self._WIDTH))


class FileMonitor:
    """The quality monitor of the live stream, fed with the microvolts of a recording.

    Parameters
    ----------
    lsb_uv, full_scale_counts
        The converter, or None where it is not known; then neither clipping nor resolution
        is judged.
    """

    _FINE_UV, _FINE_FULL_SCALE = 0.1, 1 << 24

    def __init__(
        self,
        fs_hz: float,
        n_channels: int,
        lsb_uv: Floats | None,
        full_scale_counts: int | None,
    ) -> None:
        if lsb_uv is None or full_scale_counts is None:
            lsb_uv, full_scale_counts = np.full(n_channels, self._FINE_UV), self._FINE_FULL_SCALE
        self._lsb_uv, self._full = lsb_uv, full_scale_counts
        self._monitor = QualityMonitor(fs_hz, n_channels, full_scale_counts, lsb_uv)
        self._step = max(1, round(fs_hz / HOPS_PER_S))

    def judge(self, block_uv: Block) -> Iterator[tuple[int, tuple[Verdict, ...]]]:
        """Take the next block in microvolts; yield the verdicts after every quarter second.

        Each comes with the stream index of the first sample it was given after.
        """
        samples = np.asarray(block_uv.samples, dtype=np.float64)
        counts = np.rint(samples / self._lsb_uv + self._full / 2)
        codes = np.clip(counts, 0, self._full - 1).astype(np.int32)
        for start in range(0, len(samples), self._step):
            rows = slice(start, start + self._step)
            at = block_uv.first_sample + start
            gap = block_uv.gap_before if start == 0 else None
            end = block_uv.saturated
            self._monitor.process(
                Block(codes[rows], Unit.COUNTS, block_uv.fs_hz, at, gap, end),
                Block(samples[rows], Unit.UV, block_uv.fs_hz, at, gap, end),
            )
            yield at, self._monitor.verdicts()


class QualityTally:
    """Which verdicts held for how much of a recording; parameters as of `FileMonitor`."""

    _SHARE_THAT_COUNTS = 0.1

    def __init__(
        self,
        fs_hz: float,
        n_channels: int,
        lsb_uv: Floats | None,
        full_scale_counts: int | None,
    ) -> None:
        self._monitor = FileMonitor(fs_hz, n_channels, lsb_uv, full_scale_counts)
        self._seen: list[Counter[tuple[Level, Finding]]] = [Counter() for _ in range(n_channels)]

    def add(self, block_uv: Block, first: int) -> None:
        """Take the next block in microvolts; verdicts count from stream index `first` on."""
        for at, verdicts in self._monitor.judge(block_uv):
            if at >= first:
                for seen, verdict in zip(self._seen, verdicts, strict=True):
                    seen[verdict.level, verdict.finding] += 1

    def verdict(self, channel: int) -> Verdict:
        """Return the worst judgement that held for a tenth of the judged time.

        Anything bad for less than that still asks for a look.
        """
        seen = self._judged(channel)
        total = sum(seen.values())
        if not total:
            return Verdict(Level.UNKNOWN, Finding.SETTLING)
        for level in (Level.BAD, Level.CHECK):
            of_level = {finding: n for (held, finding), n in seen.items() if held is level}
            if sum(of_level.values()) >= self._SHARE_THAT_COUNTS * total:
                return Verdict(level, max(of_level, key=lambda finding: of_level[finding]))
        bad = {finding: n for (held, finding), n in seen.items() if held is Level.BAD}
        if bad:
            return Verdict(Level.CHECK, max(bad, key=lambda finding: bad[finding]))
        return Verdict(Level.GOOD, Finding.NONE)

    def findings(self, channel: int) -> list[dict[str, object]]:
        """Return what was found: finding, level, share of the judged time in percent."""
        seen = self._judged(channel)
        total = sum(seen.values())
        return [
            {"finding": finding.value, "level": level.value, "share_pct": 100 * n / total}
            for (level, finding), n in seen.most_common()
            if level is not Level.GOOD
        ]

    def _judged(self, channel: int) -> Counter[tuple[Level, Finding]]:
        seen = self._seen[channel]
        return Counter({key: n for key, n in seen.items() if key[0] is not Level.UNKNOWN})
