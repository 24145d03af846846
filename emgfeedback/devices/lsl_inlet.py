"""A stream of the network as a board, by the lab streaming layer: port `lsl:NAME`."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import EmgFeedbackError, ForeignBoard, LinkLost, PortMissing
from emgfeedback.devices.sample_source import (
    FULL_SCALE_COUNTS,
    STEP_CAUTION,
    VREF_MV,
    Samples,
    SampleSource,
    counts_of_uv,
)

PREFIX = "lsl:"
FIND_S = 3.0
PULL = 4096
DOUBT_S = 0.25
"""Stamps that come in bursts: only a hole longer than this is taken for a loss."""
EVEN_SHARE, EVEN_PERIODS = 0.995, 0.25
"""Stamps are even where so many are so near their time; then one lost sample is seen."""
_JUDGED = 1000
_JUDGED_FROM = 200
_UV = {"microvolts": 1.0, "microvolt": 1.0, "uv": 1.0, "\u00b5v": 1.0, "\u03bcv": 1.0,
       "millivolts": 1e3, "millivolt": 1e3, "mv": 1e3,
       "volts": 1e6, "volt": 1e6, "v": 1e6, "nanovolts": 1e-3, "nv": 1e-3}  # fmt: skip
LOSS_PROOF = (
    "Nothing is numbered: holes in the stamps are counted as lost, their length an estimate. "
    "Where stamps are uneven, holes below 0.25 s are not seen."
)


def lsl() -> Any:
    """Return the package pylsl.

    Raises
    ------
    EmgFeedbackError
        It, or the library below it, is not there; says what to install.
    """
    try:
        import pylsl  # noqa: PLC0415 - an extra; loads a library of the system
    except (ImportError, RuntimeError, OSError) as error:
        raise EmgFeedbackError(
            "LSL streams need the package pylsl.", "Run `pip install -r requirements-lsl.txt`."
        ) from error
    return pylsl


class StampNumbers:
    """Number samples by their stamps, so that a hole in time counts as lost samples."""

    def __init__(self, fs_hz: float) -> None:
        self._period_s = 1.0 / fs_hz
        self._last: tuple[int, float] | None = None
        self._off: deque[float] = deque(maxlen=_JUDGED)

    def numbers(self, stamps_s: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the numbers of samples with these stamps, `(n,)`."""
        before = (-1, stamps_s[0] - self._period_s) if self._last is None else self._last
        steps = np.diff(stamps_s, prepend=before[1]) / self._period_s
        missing = np.maximum(np.round(steps).astype(np.int64) - 1, 0)
        self._off.extend(np.abs(steps - 1.0 - missing).tolist())
        least = 1 if self._even else max(1.0, DOUBT_S / self._period_s)
        missing[missing < least] = 0
        numbers = np.asarray(before[0] + np.cumsum(missing + 1), dtype=np.int64)
        self._last = (int(numbers[-1]), float(stamps_s[-1]))
        return numbers

    @property
    def _even(self) -> bool:
        if len(self._off) < _JUDGED_FROM:
            return False
        return bool(np.quantile(np.array(self._off), EVEN_SHARE) < EVEN_PERIODS)


class LslSource(SampleSource):
    """The stream of that name; its values are taken for microvolts at the electrode."""

    losses_estimated = True

    def __init__(self, name: str) -> None:
        self.path = PREFIX + name
        self._name = name
        self._inlet: Any = None

    def open(self) -> None:
        """Find the stream and open it.

        Raises
        ------
        PortMissing
            There is no such stream.
        ForeignBoard
            It carries no samples at a rate.
        EmgFeedbackError
            pylsl is missing.
        """
        self._lsl = lsl()
        found = self._lsl.resolve_byprop("name", self._name, timeout=FIND_S)
        if not found:
            raise PortMissing(
                f"No LSL stream is named {self._name!r} (looked for {FIND_S:g} s).",
                "Start the program that sends it, and let both through the firewall.",
            )
        described = found[0]
        fs_hz = float(described.nominal_srate())
        if fs_hz <= 0 or described.channel_format() == self._lsl.cf_string:
            raise ForeignBoard(
                f"The LSL stream {self._name!r} has no samples at a rate.",
                "Choose the one with the signal, as `lsl:neck raw`.",
            )
        inlet = self._lsl.StreamInlet(described, recover=False, as_numpy=True)
        try:
            full = inlet.info(timeout=FIND_S)
            inlet.open_stream(timeout=FIND_S)
        except (self._lsl.util.LostError, self._lsl.util.TimeoutError) as error:
            raise LinkLost(f"{self.path} does not open.", "Start its program again.") from error
        self._inlet = inlet
        self._numbers = StampNumbers(fs_hz)
        units = _units(full)
        self._to_uv = np.array([_UV.get(unit, 1.0) for unit in units])
        unknown = sorted({unit or "none" for unit in units if unit not in _UV})
        told = (f"Unit {', '.join(unknown)} taken for microvolts.",) if unknown else ()
        self.info = DeviceInfo(
            driver="lsl",
            board=f"LSL stream {self._name}",
            firmware="",
            n_channels=int(described.channel_count()),
            fs_hz=fs_hz,
            full_scale_counts=FULL_SCALE_COUNTS,
            vref_mv=VREF_MV,
            sensor_gain=1.0,
            loss_proof=LOSS_PROOF,
            cautions=(*told, STEP_CAUTION, "Band and filters are those of the sender."),
        )

    def take(self) -> Samples | None:
        """Return what has come; rows that hold no number count as lost. Raises LinkLost."""
        if self._inlet is None:
            raise LinkLost(f"{self.path} is closed.", "Connect again.")
        try:
            values, stamps_s = self._inlet.pull_chunk(timeout=0.0, max_samples=PULL)
        except self._lsl.util.LostError as error:
            raise LinkLost(f"{self.path} has ended.", "Start its program again.") from error
        if not len(stamps_s):
            return None
        numbers = self._numbers.numbers(np.asarray(stamps_s, dtype=np.float64))
        whole = np.isfinite(values).all(axis=1)
        values_uv = np.asarray(values, dtype=np.float64)[whole] * self._to_uv
        return Samples(numbers[whole], counts_of_uv(values_uv))

    def close(self) -> None:
        """Close; closing twice is fine."""
        inlet, self._inlet = self._inlet, None
        if inlet is not None:
            inlet.close_stream()


def _units(described: Any) -> list[str]:
    """Return each channel's unit in lower case; empty where the description has none."""
    channel = described.desc().child("channels").child("channel")
    units = []
    for _ in range(described.channel_count()):
        units.append(channel.child_value("unit").strip().lower())
        channel = channel.next_sibling("channel")
    return units
