"""The live path beside plain scipy: decode, filter and RMS in blocks of 10 ms.

The baseline does the same job with the public interface anybody would use:
`scipy.signal.sosfilt` with the sections combined and its state carried, and a moving RMS
by cumulative sums in numpy. It is given our decoder too, so the ratio is the signal's alone.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from emgfeedback.core.block import Block, Unit
from emgfeedback.dsp.chain import Chain, ChainSettings
from emgfeedback.dsp.design import butter_sos, notch_sos
from emgfeedback.dsp.iir import BlockIir
from emgfeedback.dsp.smooth import MovingRms
from tests.benchmarks import bench_decode
from tests.benchmarks.table import Row, medians_s

Floats = NDArray[np.float64]
WINDOW_S = 0.1
BLOCK_S = 0.010
SECONDS = 5


def band_and_notch(fs_hz: float) -> Floats:
    """Return the filters all sides use: 20-450 Hz of eight poles and a 50 Hz notch."""
    return np.vstack([butter_sos(4, "band", (20, 450), fs_hz), notch_sos(50, 30, fs_hz)])


class ScipyStream:
    """`sosfilt` for all channels at once, then moving RMS from a carried window."""

    def __init__(self, sos: Floats, fs_hz: float, n_channels: int) -> None:
        self._sos = sos
        self._state = np.zeros((len(sos), 2, n_channels))
        self._window = round(WINDOW_S * fs_hz)
        self._past = np.zeros((self._window, n_channels))

    def process(self, x: Floats) -> Floats:
        y, self._state = signal.sosfilt(self._sos, x, axis=0, zi=self._state)
        squares = np.concatenate((self._past, y * y))
        self._past = squares[-self._window :]
        sums = np.cumsum(squares, axis=0)
        power = (sums[self._window :] - sums[: -self._window]) / self._window
        return np.sqrt(np.maximum(power, 0))


class ScipyStreamPerChannel:
    """The same with a loop over channels."""

    def __init__(self, sos: Floats, fs_hz: float, n_channels: int) -> None:
        self._channels = [ScipyStream(sos, fs_hz, 1) for _ in range(n_channels)]

    def process(self, x: Floats) -> Floats:
        columns = [stage.process(x[:, i : i + 1]) for i, stage in enumerate(self._channels)]
        return np.concatenate(columns, axis=1)


def our_filter_and_rms(sos: Floats, fs_hz: float, n_channels: int) -> Callable[[Floats], Floats]:
    """Return our stages for the same job as the baselines."""
    band, rms = BlockIir(sos, n_channels), MovingRms(WINDOW_S, fs_hz, n_channels)
    return lambda x: rms.process(band.process(x))


def rows() -> list[Row]:
    n_channels, fs_hz = bench_decode.N_CHANNELS, float(bench_decode.FS_HZ)
    n = round(BLOCK_S * fs_hz)
    packets, counts = bench_decode.stream(round(SECONDS * fs_hz) // bench_decode.PER_PACKET)
    data = b"".join(packets)
    ends = [round(len(data) * (i + 1) * n / len(counts)) for i in range(len(counts) // n)]
    chunks = [data[a:b] for a, b in zip([0, *ends], ends, strict=False)]
    x = counts.astype(float)
    parts = [x[i : i + n] for i in range(0, len(x), n)]
    sos = band_and_notch(fs_hz)
    ours = our_filter_and_rms(sos, fs_hz, n_channels)
    plain = ScipyStream(sos, fs_hz, n_channels)
    looped = ScipyStreamPerChannel(sos, fs_hz, n_channels)
    worst = max(float(np.abs(ours(part) - plain.process(part)).max() / 20) for part in parts[:100])
    assert worst < 1e-9, worst

    def decoded_into(process: Callable[[Floats], Floats]) -> Callable[[], None]:
        def run() -> None:
            driver = bench_decode.ours()
            for chunk in chunks:
                for frame in driver.feed(chunk).frames:
                    process(frame.counts.astype(float))

        return run

    def plain_path() -> None:
        parser = bench_decode.PerByteParser(n_channels)
        for chunk in chunks:
            parser.feed(chunk)
            if parser.samples:
                plain.process(np.array(parser.samples, float))
                parser.samples.clear()

    chain = Chain(ChainSettings.for_purpose("rest", fs_hz, notch_hz=50), fs_hz, n_channels)
    saturated = np.zeros(n_channels, dtype=bool)
    blocks = [Block(part, Unit.UV, fs_hz, i * n, None, saturated) for i, part in enumerate(parts)]

    def whole_chain() -> None:
        chain.reset()
        for block in blocks:
            chain.process(block)

    taken = medians_s(
        {
            "ours": decoded_into(ours),
            "scipy": decoded_into(plain.process),
            "plain path": plain_path,
            "our signal": lambda: [ours(part) for part in parts],
            "scipy signal": lambda: [plain.process(part) for part in parts],
            "scipy looped": lambda: [looped.process(part) for part in parts],
            "chain": whole_chain,
        }
    )
    us = {name: 1e6 * spent_s / len(parts) for name, spent_s in taken.items()}
    core_pct = 100 * taken["ours"] / SECONDS
    shape = f"{n_channels} ch x {fs_hz:g} Hz, {1000 * BLOCK_S:g} ms blocks"
    return [
        Row(
            f"decode + filter + RMS, {shape}",
            f"{us['ours']:.0f} us/block",
            f"{us['scipy']:.0f} us/block, scipy sosfilt",
            f"{us['ours'] / us['scipy']:.2f}",
            "<= 0.33",
            us["ours"] <= us["scipy"] / 3,
        ),
        Row("  the same, share of a core", f"{core_pct:.2f} %", "", "", "<= 1 %", core_pct <= 1),
        Row(
            "  the same, a per-byte parser before scipy",
            f"{us['ours']:.0f} us/block",
            f"{us['plain path']:.0f} us/block",
            f"{us['ours'] / us['plain path']:.2f}",
        ),
        Row(
            "  filter + RMS alone",
            f"{us['our signal']:.0f} us/block",
            f"{us['scipy signal']:.0f} us/block, scipy sosfilt",
            f"{us['our signal'] / us['scipy signal']:.2f}",
        ),
        Row(
            "  filter + RMS alone, channel by channel",
            f"{us['our signal']:.0f} us/block",
            f"{us['scipy looped']:.0f} us/block, scipy sosfilt",
            f"{us['our signal'] / us['scipy looped']:.2f}",
        ),
        Row(
            "  whole chain: 8 notches, 2 RMS, envelope",
            f"{us['chain']:.0f} us/block",
            f"{BLOCK_S / us['chain'] * 1e6:.0f}x real time",
        ),
    ]
