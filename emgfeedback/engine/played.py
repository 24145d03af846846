"""A recording played to the live screen: the virtual board with the file at its inputs.

Everything after the electrodes is as with a real board: packets, numbering, filters, quality,
target. Memory follows what is played at the moment, not the file.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.errors import SettingsError, UsageError
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.core.montage import Channel, Montage
from emgfeedback.devices.connection import Connection
from emgfeedback.devices.registry import make_driver
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.faults import Fault, FaultKind, FaultPlan
from emgfeedback.devices.virtual.limits import MAX_CHANNELS, board_clock_hz, nearest_rate_hz
from emgfeedback.devices.virtual.link import VirtualLink
from emgfeedback.devices.virtual.source import GAINS, Adc, SignalSource
from emgfeedback.engine.connect import DEFAULT_DRIVER, Connector
from emgfeedback.records.header import ascii_text
from emgfeedback.records.reader import open_recording
from emgfeedback.records.recording import Recording

Floats = NDArray[np.float64]

_LOOKS, _LOOK_S, _HEADROOM = 64, 0.25, 2.0
_FINE_BITS = 16
_LARGEST_GAP = 1_000_000


class RecordedSource(SignalSource):
    """The samples of an open recording from `first` on, at the board's rate.

    At the recording's own rate they pass untouched; at another they are linearly
    interpolated. The recording is closed, and `on_end` called once, where it ends; after
    that all inputs lie at 0 uV.
    """

    def __init__(
        self, recording: Recording, first: int, n_channels: int, on_end: Callable[[], object]
    ) -> None:
        self._recording, self._first, self._on_end = recording, first, on_end
        self.n_channels = n_channels
        self.fs_hz = board_clock_hz(recording.fs_hz)
        self._board_hz, self._board_channels = float(nearest_rate_hz(self.fs_hz)), n_channels
        self._ended = False
        self.peak_uv = _peak_uv(recording)

    def restart(self, fs_hz: float, n_channels: int) -> None:
        """Play from the beginning."""
        self._board_hz, self._board_channels = fs_hz, n_channels

    def take(self, first_sample: int, n_samples: int) -> Floats:
        """Return `(n_samples, n_channels)` microvolts from `first_sample` on."""
        numbers = np.arange(first_sample, first_sample + n_samples)
        places = self._first + numbers * (self.fs_hz / self._board_hz)
        before = np.floor(places).astype(np.int64)
        taken = np.zeros((n_samples, self._board_channels))
        played = before < self._recording.n_samples
        if not self._ended and played.any():
            rows = self._rows(before[played], (places - before)[played])
            shown = min(rows.shape[1], self._board_channels)
            taken[played, :shown] = rows[:, :shown]
        if not played.all() and not self._ended:
            self._ended = True
            self._recording.close()
            self._on_end()
        return taken

    def _rows(self, before: NDArray[np.int64], past: Floats) -> Floats:
        first = int(before[0])
        end = min(int(before[-1]) + 2, self._recording.n_samples)
        held = self._recording.read_uv(first, end)
        rows: Floats = held[before - first]
        if past.any():
            after = held[np.minimum(before - first + 1, len(held) - 1)]
            rows = rows + (after - rows) * past[:, None]
        return rows


class Played:
    """The virtual board that plays a recording, and what a session needs of it.

    Parameters
    ----------
    from_s
        Second of the recording to begin at.
    on_end
        Called once where the recording ends, in the thread that reads.

    Attributes
    ----------
    name
        What stands where a port's name does.
    montage
        The recording's channels, as many as a board has inputs.

    Raises
    ------
    FileFormatError
        If it cannot be read.
    UsageError
        If it ends before `from_s`.
    SettingsError
        If no board could send it.
    """

    def __init__(
        self, path: Path, from_s: float, on_end: Callable[[], object], files: Files = PLAIN
    ) -> None:
        self._recording = recording = open_recording(path, files)
        try:
            first = round(from_s * recording.fs_hz)
            if not 0 <= first < recording.n_samples:
                raise UsageError(
                    f"{path.name} is {recording.duration_s:g} s long; it has no second {from_s:g}.",
                    "Choose an earlier one.",
                )
            n_channels = min(len(recording.channels), MAX_CHANNELS)
            source = RecordedSource(recording, first, n_channels, on_end)
            board = _board(source, recording, FaultPlan(_gaps(recording, first)))
            self.name = path.name
            self.montage = _montage(path.name, recording.channels[:n_channels], board.adc)
            self._link = VirtualLink(board)
        except BaseException:
            recording.close()
            raise

    @property
    def connector(self) -> Connector:
        """Makes connections to the board."""
        return lambda: Connection(self._link, make_driver(DEFAULT_DRIVER))

    def close(self) -> None:
        """Let go of the file."""
        self._recording.close()


def _peak_uv(recording: Recording) -> float:
    """Return the highest voltage of a few looks."""
    n = max(1, round(_LOOK_S * recording.fs_hz))
    firsts = np.linspace(0, max(0, recording.n_samples - n), _LOOKS).astype(int)
    seen = np.concatenate(
        [recording.read_uv(int(a), min(int(a) + n, recording.n_samples)) for a in firsts]
    )
    return float(np.abs(seen).max())


def _board(source: RecordedSource, recording: Recording, plan: FaultPlan) -> VirtualBoard:
    """Return a board with the converter of the recording, or a fine one that it fits into."""
    same = same_board(source, recording, plan)
    if same is not None:
        return same
    half_reference_uv = Adc().vref_mv * 500.0
    wanted_uv = max(source.peak_uv * _HEADROOM, 1.0)
    gain = next((g for g in GAINS if wanted_uv * g < half_reference_uv), 1)
    fine = Adc(bits=_FINE_BITS, gain=gain, oversample=1)
    return VirtualBoard(source, adc=fine, faults=plan)


def same_board(source: SignalSource, recording: Recording, plan: FaultPlan) -> VirtualBoard | None:
    """Return a board with the converter of `recording`; None where no board has it."""
    if recording.lsb_uv is None or recording.full_scale_counts is None:
        return None
    for adc in Adc.that_gave(recording.full_scale_counts, float(recording.lsb_uv.max())):
        with contextlib.suppress(SettingsError):
            return VirtualBoard(source, adc=adc, faults=plan)
    return None


def _gaps(recording: Recording, first: int) -> list[Fault]:
    """Return the recording's gaps as samples the board drops, seconds from the start."""
    return [
        Fault(
            FaultKind.GAP,
            float(min(gap.n_samples, _LARGEST_GAP)),
            (gap.first_sample - first) / recording.fs_hz,
        )
        for gap in recording.gaps
        if gap.first_sample > first
    ]


def _montage(name: str, channels: tuple[Channel, ...], adc: Adc) -> Montage:
    """Return the channels under labels a montage takes, each its own."""
    taken: set[str] = set()
    made = []
    for i, channel in enumerate(channels):
        label = ascii_text(channel.label, 16) or f"CH {i + 1}"
        if label in taken:
            label = f"{label[:12]} {i + 1}"
        taken.add(label)
        made.append(replace(channel, label=label, input=i, gain=float(adc.gain)))
    return Montage(name, tuple(made))
