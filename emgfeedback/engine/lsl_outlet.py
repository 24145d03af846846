"""The stream for other programs of the network, by the lab streaming layer (LSL).

Three streams under one name: `NAME raw`, `NAME envelope` and `NAME markers`. Handing over never
waits: each reader has a ring of its own in liblsl, and one that is too slow loses its oldest
samples.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.block import Block, GapReason
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import SettingsError
from emgfeedback.core.montage import Montage
from emgfeedback.devices.lsl_inlet import lsl
from emgfeedback.dsp.scale import Scaler

if TYPE_CHECKING:
    from emgfeedback.engine.acquisition import Acquisition
    from emgfeedback.engine.traces import TraceChunk

ENVELOPE_HZ = 50.0
"""About so often a value of the envelope is sent; exactly a whole part of the board's rate."""
KEPT_S = 60
"""What waits for a reader that does not read."""
FOLLOW_S = 1.0
"""Time constant with which the stamps follow the line of the rate."""
MOST_STRETCH = 0.05
"""So much may the spacing of stamps differ from the rate while they follow."""


class StampLine:
    """Even, ever rising times for numbered samples, following a line that is still being found.

    Parameters
    ----------
    fs_hz
        The board's declared rate.
    arrived_s
        When so many samples of the stream were here; None while unknown.
    """

    def __init__(self, fs_hz: float, arrived_s: Callable[[int], float | None]) -> None:
        self._arrived_s = arrived_s
        self._period_s = 1.0 / fs_hz
        self._next: tuple[int, float] | None = None

    def stamps(self, block: Block) -> NDArray[np.float64] | None:
        """Return a time for each row; lost samples before the block leave their time free.

        None where nothing is known of time yet.
        """
        n = block.n_samples
        first_s = self._arrived_s(block.first_sample + 1)
        end_s = self._arrived_s(block.end_sample + 1)
        start_s = self.at(block.first_sample)
        if first_s is not None and end_s is not None:
            self._period_s = (end_s - first_s) / n
            gap = block.gap_before
            if start_s is None or self._next is None:
                start_s = first_s
            elif gap is not None and gap.reason is GapReason.RECONNECT:
                start_s = max(first_s, self._next[1])
        if start_s is None:
            return None
        length_s = n * self._period_s
        if end_s is not None:
            late_s = (end_s - start_s - length_s) * min(1.0, length_s / FOLLOW_S)
            most_s = MOST_STRETCH * length_s
            length_s += max(-most_s, min(late_s, most_s))
        self._next = (block.end_sample, start_s + length_s)
        return np.asarray(start_s + np.arange(n) * (length_s / n))

    def at(self, sample: int) -> float | None:
        """Return the time of `sample` by the newest stamps; None before the first."""
        if self._next is None:
            return None
        return self._next[1] + (sample - self._next[0]) * self._period_s


class LslOutlet:
    """Offer one session's samples, envelope and markers.

    Used by one thread at a time.

    Parameters
    ----------
    name
        What the three streams' names begin with.
    info, montage
        The board and its channels in column order.
    arrived_s
        When (monotonic) so many samples of the stream were here; None while unknown.

    Raises
    ------
    EmgFeedbackError
        pylsl is missing.
    SettingsError
        The name is blank.
    """

    def __init__(
        self,
        name: str,
        info: DeviceInfo,
        montage: Montage,
        arrived_s: Callable[[int], float | None],
    ) -> None:
        if not name.strip():
            raise SettingsError("An LSL stream needs a name.", "Give one, as `--lsl neck`.")
        self._lsl = lsl()
        self._line = StampLine(info.fs_hz, arrived_s)
        self._scaler = Scaler(info, montage)
        self._every = max(1, round(info.fs_hz / ENVELOPE_HZ))
        self._to_lsl_s = _clock_offset_s(self._lsl.local_clock)
        self._raw = self._offer(name, "raw", info, montage, info.fs_hz)
        self._envelope = self._offer(name, "envelope", info, montage, info.fs_hz / self._every)
        source = f"{name}|{socket.gethostname()}|markers"
        markers = self._lsl.StreamInfo(
            f"{name} markers", "Markers", 1, self._lsl.IRREGULAR_RATE, self._lsl.cf_string, source
        )
        self._markers = self._lsl.StreamOutlet(markers, max_buffered=KEPT_S)

    def samples(self, block: Block, chunks: Sequence[TraceChunk]) -> None:
        """Offer a block of counts, and the envelope of what the pipeline made of it."""
        times_s = self._line.stamps(block)
        if times_s is None:
            return
        times_s += self._to_lsl_s
        self._push(self._raw, self._scaler.to_uv(block).samples, times_s)
        for chunk in chunks:
            rows = np.arange(-chunk.first_sample % self._every, len(chunk.valid), self._every)
            trusted = chunk.valid[rows, None] & ~chunk.muted
            level_uv = np.where(trusted, chunk.level_uv[rows], np.nan)
            self._push(
                self._envelope, level_uv, times_s[rows + chunk.first_sample - block.first_sample]
            )

    def note(self, text: str, sample: int) -> None:
        """Offer what happened at stream index `sample`; before the first sample it is now."""
        if self._markers is None:
            return
        at_s = self._line.at(sample)
        now_s = float(self._lsl.local_clock())
        self._markers.push_sample([text], now_s if at_s is None else at_s + self._to_lsl_s)

    def close(self) -> None:
        """End the three streams; closing twice is fine."""
        self._raw = self._envelope = self._markers = None

    def _offer(self, name: str, what: str, info: DeviceInfo, montage: Montage, fs_hz: float) -> Any:
        source = f"{name}|{socket.gethostname()}|{what}"
        stream = self._lsl.StreamInfo(
            f"{name} {what}", "EMG", montage.n_channels, fs_hz, self._lsl.cf_float32, source
        )
        _describe(stream.desc(), what, info, montage)
        return self._lsl.StreamOutlet(stream, max_buffered=KEPT_S)

    @staticmethod
    def _push(outlet: Any, samples: NDArray[Any], times_s: NDArray[np.float64]) -> None:
        if outlet is not None and len(samples):
            outlet.push_chunk(samples.astype(np.float32), times_s.tolist())


def outlet_of(acquisition: Acquisition, name: str) -> LslOutlet:
    """Return the outlet of an open board; see `LslOutlet`."""
    return LslOutlet(name, acquisition.info, acquisition.montage, acquisition.arrived_s)


def _describe(desc: Any, what: str, info: DeviceInfo, montage: Montage) -> None:
    """Write channels and board into a stream's description, by the names XDF readers know."""
    channels = desc.append_child("channels")
    for channel in montage.channels:
        told = channels.append_child("channel")
        told.append_child_value("label", channel.label)
        told.append_child_value("unit", "microvolts")
        told.append_child_value("type", "EMG")
        told.append_child_value("muscle", channel.muscle)
        told.append_child_value("side", channel.side.value)
        told.append_child_value("site", channel.site)
        told.append_child_value("resolution_uv", f"{info.lsb_uv(channel.gain):.6g}")
    acquisition = desc.append_child("acquisition")
    acquisition.append_child_value("model", info.board)
    acquisition.append_child_value("firmware", info.firmware)
    acquisition.append_child_value("lost_samples", info.loss_proof)
    values = "as converted, unfiltered, with the offset"
    if what == "envelope":
        values = "RMS of the 250 ms before, after the filters; not a number where not trusted"
    acquisition.append_child_value("values", values)


def _clock_offset_s(local_clock: Callable[[], float]) -> float:
    """Return what LSL's clock is ahead of `time.monotonic`, which may move in coarse steps."""
    end_s = local_clock() + min(time.get_clock_info("monotonic").resolution, 0.02)
    offset_s = local_clock() - time.monotonic()
    while local_clock() < end_s:
        offset_s = min(offset_s, local_clock() - time.monotonic())
    return float(offset_s)
