"""Recordings played into the virtual board."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emgfeedback.core.errors import SettingsError
from emgfeedback.devices.virtual.source import Adc, SignalSource, Source

UNKNOWN_PEAK_UV = 1000.0


def _checked(samples: ArrayLike, fs_hz: float) -> NDArray[np.generic]:
    """Return `samples` as `(n_samples, n_channels)`, refusing what cannot be played."""
    array = np.asarray(samples)
    if array.ndim != 2 or 0 in array.shape:
        raise SettingsError(
            f"A signal of shape {array.shape} cannot be played.", "Give (n_samples, n_channels)."
        )
    if not fs_hz > 0:
        raise SettingsError(f"A rate of {fs_hz:g} Hz cannot be played.", "Give a rate above 0 Hz.")
    return array


class _Player:
    """Where in the recording each of the board's samples lies."""

    def __init__(self, n_recorded: int, recorded_hz: float, *, loop: bool) -> None:
        self.n_recorded = n_recorded
        self.recorded_hz = recorded_hz
        self.board_hz = recorded_hz
        self.loop = loop

    def places(
        self, first_sample: int, n_samples: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
        """Return the recorded sample before each, how far past it, and whether it is played."""
        numbers = np.arange(first_sample, first_sample + n_samples)
        if self.board_hz == self.recorded_hz:
            before = numbers
            past = np.zeros(n_samples)
        else:
            exact = numbers * self.recorded_hz / self.board_hz
            before = np.floor(exact).astype(np.int64)
            past = exact - before
        played = np.ones(n_samples, dtype=bool) if self.loop else before < self.n_recorded
        return before, past, played


class PlayedSignal(SignalSource):
    """A recording in microvolts at the electrode, played at the board's rate.

    At the recording's own rate its samples pass untouched; at another they are linearly
    interpolated, with no filter against aliases. Inputs without a recorded channel lie at
    0 uV, as an amplifier does with nothing connected; so do all after the end without `loop`.

    Parameters
    ----------
    samples_uv
        `(n_samples, n_channels)`, finite.
    fs_hz
        The recording's rate.
    loop
        Whether to begin again at the end.

    Raises
    ------
    SettingsError
        For samples that are not a table, or not finite, or a rate that is not positive.
    """

    def __init__(self, samples_uv: ArrayLike, fs_hz: float, *, loop: bool = True) -> None:
        self._samples_uv = _checked(samples_uv, fs_hz).astype(np.float64)
        bad = int(np.count_nonzero(~np.isfinite(self._samples_uv)))
        if bad:
            raise SettingsError(f"{bad} samples to play are not numbers.", "Fill or cut them.")
        self.n_channels = int(self._samples_uv.shape[1])
        self.fs_hz = fs_hz
        self.peak_uv = float(np.abs(self._samples_uv).max())
        self._player = _Player(len(self._samples_uv), fs_hz, loop=loop)
        self._board_channels = self.n_channels

    def restart(self, fs_hz: float, n_channels: int) -> None:
        """Play from the beginning."""
        self._player.board_hz = fs_hz
        self._board_channels = n_channels

    def take(self, first_sample: int, n_samples: int) -> NDArray[np.float64]:
        """Return `(n_samples, n_channels)` microvolts from `first_sample` on."""
        before, past, played = self._player.places(first_sample, n_samples)
        n_recorded = len(self._samples_uv)
        rows = self._samples_uv[before % n_recorded]
        if past.any():
            after = (before + 1) % n_recorded if self._player.loop else before + 1
            following = self._samples_uv[np.minimum(after, n_recorded - 1)]
            rows = rows + (following - rows) * past[:, None]
        shown = min(self.n_channels, self._board_channels)
        taken = np.zeros((n_samples, self._board_channels))
        taken[played, :shown] = rows[played, :shown]
        return taken


class PlayedCounts(Source):
    """A recording in the board's own codes, played bit for bit.

    At another rate than the recording's, the sample before is held, so every code sent was
    recorded. Inputs without a recorded channel, and all after the end without `loop`, lie at
    half scale.

    Parameters
    ----------
    counts
        `(n_samples, n_channels)` whole numbers of 0 or more.
    fs_hz
        The recording's rate.
    loop
        Whether to begin again at the end.

    Codes say nothing of the gain they were taken with: give the board the recording's `Adc`.

    Raises
    ------
    SettingsError
        For counts that are not a table of whole numbers of 0 or more, or a rate that is not
        positive. When played: for a code the board's converter cannot give.
    """

    def __init__(self, counts: ArrayLike, fs_hz: float, *, loop: bool = True) -> None:
        array = _checked(counts, fs_hz)
        if not np.issubdtype(array.dtype, np.integer) or int(array.min()) < 0:
            raise SettingsError(
                "Only whole numbers of 0 or more can be played as codes.", "Play microvolts."
            )
        self._counts = array.astype(np.int32)
        self._largest = int(array.max())
        self.n_channels = int(array.shape[1])
        self.fs_hz = fs_hz
        self.peak_uv = UNKNOWN_PEAK_UV
        self._player = _Player(len(self._counts), fs_hz, loop=loop)
        self._board_channels = self.n_channels

    def restart(self, fs_hz: float, n_channels: int) -> None:
        """Play from the beginning."""
        self._player.board_hz = fs_hz
        self._board_channels = n_channels

    def codes(self, first_sample: int, n_samples: int, adc: Adc) -> NDArray[np.int32]:
        """Return the recorded codes `(n_samples, n_channels)` from `first_sample` on."""
        if self._largest >= adc.full_scale_counts:
            raise SettingsError(
                f"The recording holds the code {self._largest}, "
                f"the board ends at {adc.full_scale_counts - 1}.",
                "Give the board the recording's resolution.",
            )
        before, _, played = self._player.places(first_sample, n_samples)
        codes = np.full(
            (n_samples, self._board_channels), adc.full_scale_counts // 2, dtype=np.int32
        )
        shown = min(self.n_channels, self._board_channels)
        codes[played, :shown] = self._counts[before[played] % len(self._counts), :shown]
        return codes
