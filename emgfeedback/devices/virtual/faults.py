"""Faults to order: what goes wrong with the virtual board, how much, and when.

Times count from the first start of the stream, in seconds, by the world's clock.
"""

from __future__ import annotations

import difflib
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.errors import UsageError
from emgfeedback.devices.virtual.source import Adc

FORM = "KIND[=VALUE][@START[+SECONDS]]"


class FaultKind(Enum):
    """What can go wrong, and what its value means."""

    DROP = "drop"
    """Bytes on the line vanish; the value is the share, as 1e-4."""
    FLIP = "flip"
    """One bit of a byte flips; the value is the share of bytes hit."""
    STALL = "stall"
    """The line is silent both ways; what was sent meanwhile is lost."""
    UNPLUG = "unplug"
    """The port goes away; the board comes back as after power-on."""
    LOOSE = "loose"
    """An electrode comes off; the value is the channel, 1 the first."""
    SATURATE = "saturate"
    """An amplifier sits at its rail; the value is the channel, 1 the first."""
    RATE = "rate"
    """The board's clock is off; the value is its speed, as 0.995."""
    GAP = "gap"
    """The board drops samples and says so; the value is how many."""


KINDS = ", ".join(kind.value for kind in FaultKind)
VALUE_RANGE = {
    FaultKind.DROP: (0.0, 0.5),
    FaultKind.FLIP: (0.0, 0.5),
    FaultKind.LOOSE: (1, 16),
    FaultKind.SATURATE: (1, 16),
    FaultKind.RATE: (0.9, 1.1),
    FaultKind.GAP: (1, 1_000_000),
}
"""Kinds that need a value, and its limits."""
WHOLE = (FaultKind.LOOSE, FaultKind.SATURATE, FaultKind.GAP)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: from `start_s` for `duration_s` (without end: infinity)."""

    kind: FaultKind
    value: float = 0.0
    start_s: float = 0.0
    duration_s: float = math.inf

    @property
    def end_s(self) -> float:
        """When it is over."""
        return self.start_s + self.duration_s

    def active(self, time_s: float) -> bool:
        """Whether it is on at `time_s`."""
        return self.start_s <= time_s < self.end_s


def parse_fault(text: str) -> Fault:
    """Read `KIND[=VALUE][@START[+SECONDS]]`, as `loose=3@4+5` or `drop=1e-4`.

    Raises
    ------
    UsageError
        For an unknown kind, a missing, superfluous or impossible value, or a bad time.
    """
    what, at, when = text.strip().partition("@")
    name, equals, value_text = what.partition("=")
    kind = _kind(name)
    value = _value(kind, value_text if equals else None, text)
    start_s, duration_s = 0.0, math.inf
    if at:
        start_text, plus, length_text = when.partition("+")
        start_s = _number(start_text, "start", text)
        if plus:
            duration_s = _number(length_text, "length", text)
            if duration_s == 0:
                raise UsageError(f"The length in fault {text!r} is 0 s.", "Use more than 0 s.")
    if kind is FaultKind.GAP and duration_s != math.inf:
        raise UsageError(
            f"Fault {text!r} has a length; a gap's length is its value.", "Write gap=250@3."
        )
    return Fault(kind, value, start_s, duration_s)


def _kind(name: str) -> FaultKind:
    for kind in FaultKind:
        if kind.value == name:
            return kind
    near = difflib.get_close_matches(name, [kind.value for kind in FaultKind], n=1, cutoff=0.4)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    raise UsageError(f"There is no fault {name!r}.", f"{hint}The kinds are {KINDS}.")


def _value(kind: FaultKind, value_text: str | None, text: str) -> float:
    if kind not in VALUE_RANGE:
        if value_text is not None:
            raise UsageError(
                f"Fault {text!r} has a value; {kind.value} takes none.", f"Write {kind.value}@5+2."
            )
        return 0.0
    low, high = VALUE_RANGE[kind]
    if value_text is None:
        raise UsageError(
            f"Fault {text!r} has no value.", f"Write {kind.value}=VALUE, from {low:g} to {high:g}."
        )
    value = _number(value_text, "value", text)
    if not low <= value <= high or (kind in WHOLE and value != int(value)):
        number = "a whole number" if kind in WHOLE else "a number"
        raise UsageError(
            f"The value in fault {text!r} is {value_text}.",
            f"Use {number} from {low:g} to {high:g}.",
        )
    return value


def _number(number_text: str, what: str, text: str) -> float:
    try:
        number = float(number_text)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise UsageError(
            f"The {what} in fault {text!r} is {number_text!r}, not a number of 0 or more.",
            f"Write {FORM}.",
        )
    return number


class LineNoise:
    """Drops or flips single bytes at random places, the same however the stream is cut."""

    def __init__(self, share: float, kind: FaultKind, rng: np.random.Generator) -> None:
        self._share = share
        self._kind = kind
        self._rng = rng
        self.hits = 0
        self._until_hit = self._draw()

    def _draw(self) -> int:
        return int(self._rng.geometric(self._share)) - 1 if self._share > 0 else -1

    def pass_on(self, data: bytes) -> bytes:
        """Return what is left of `data`."""
        if self._until_hit < 0:
            return data
        if self._until_hit >= len(data):
            self._until_hit -= len(data)
            return data
        damaged = bytearray()
        start = 0
        while self._until_hit < len(data) - start:
            hit = start + self._until_hit
            damaged += data[start:hit]
            if self._kind is FaultKind.FLIP:
                damaged.append(data[hit] ^ (1 << int(self._rng.integers(8))))
            self.hits += 1
            start = hit + 1
            self._until_hit = self._draw()
        self._until_hit -= len(data) - start
        return bytes(damaged + data[start:])


class FaultPlan:
    """All faults of one board, seeded.

    Parameters
    ----------
    faults
        The faults, or their texts (see `parse_fault`).
    seed
        Chooses the bytes that are hit and how a loose electrode floats.
    """

    def __init__(self, faults: Iterable[Fault | str] = (), *, seed: int = 1) -> None:
        self.faults = tuple(parse_fault(f) if isinstance(f, str) else f for f in faults)
        streams = np.random.SeedSequence(seed).spawn(len(self.faults))
        self._rngs = [np.random.default_rng(stream) for stream in streams]
        self._noises = [
            (fault, LineNoise(fault.value, fault.kind, rng))
            for fault, rng in zip(self.faults, self._rngs, strict=True)
            if fault.kind in (FaultKind.DROP, FaultKind.FLIP)
        ]
        self.bad_channels = any(
            fault.kind in (FaultKind.LOOSE, FaultKind.SATURATE) for fault in self.faults
        )
        self._stalls = self.of(FaultKind.STALL)
        self._world_s, self._clock_s = _clock_map(self.of(FaultKind.RATE))

    def of(self, kind: FaultKind) -> list[Fault]:
        """Return the faults of one kind in the order they begin."""
        return sorted((f for f in self.faults if f.kind is kind), key=lambda fault: fault.start_s)

    def clock_s(self, world_s: float) -> float:
        """Return what the board's clock has counted at `world_s`, both 0 at the start."""
        return _map(world_s, self._world_s, self._clock_s)

    def world_s(self, clock_s: float) -> float:
        """Return when the board's clock shows `clock_s`."""
        return _map(clock_s, self._clock_s, self._world_s)

    def world_times_s(self, clocks_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `world_s` of every clock reading."""
        if len(self._world_s) == 2:
            return clocks_s * (self._world_s[1] / self._clock_s[1])
        return np.array([self.world_s(float(clock_s)) for clock_s in clocks_s])

    def silent(self, world_s: float) -> bool:
        """Whether the line is stalled."""
        return any(fault.active(world_s) for fault in self._stalls)

    def on_line(self, data: bytes, world_s: float) -> bytes:
        """Return what the host receives of `data`, sent at `world_s`."""
        for fault, noise in self._noises:
            if fault.active(world_s):
                data = noise.pass_on(data)
        return data

    @property
    def bytes_hit(self) -> int:
        """Bytes dropped or flipped so far."""
        return sum(noise.hits for _, noise in self._noises)

    def on_codes(
        self, codes: NDArray[np.int32], world_s: NDArray[np.float64], adc: Adc
    ) -> NDArray[np.int32]:
        """Return `codes` `(n_samples, n_channels)`, sampled at `world_s`, with bad channels."""
        for fault, rng in zip(self.faults, self._rngs, strict=True):
            if fault.kind not in (FaultKind.LOOSE, FaultKind.SATURATE):
                continue
            channel = int(fault.value) - 1
            hit = (world_s >= fault.start_s) & (world_s < fault.end_s)
            if channel >= codes.shape[1] or not hit.any():
                continue
            if fault.kind is FaultKind.SATURATE:
                codes[hit, channel] = adc.max_code
            else:
                since_s = world_s[hit] - fault.start_s
                codes[hit, channel] = _floating(since_s, adc, rng)
        return codes


def _floating(
    since_s: NDArray[np.float64], adc: Adc, rng: np.random.Generator
) -> NDArray[np.int32]:
    """Return the codes of an open input: strong hum, drifting into the upper rail."""
    full = adc.full_scale_counts
    drift = 0.55 * full * -np.expm1(-since_s / 1.5)
    hum = 0.22 * full * np.sin(2 * np.pi * 50.0 * since_s)
    noise = 0.01 * full * rng.standard_normal(len(since_s))
    codes = np.floor(full / 2 + drift + hum + noise)
    return np.clip(codes, 0, adc.max_code).astype(np.int32)


def _clock_map(rates: Sequence[Fault]) -> tuple[list[float], list[float]]:
    """Return world times and clock times of the corners; a pair past the last gives the slope."""
    edges = {0.0}
    for fault in rates:
        edges |= {fault.start_s, fault.end_s} - {math.inf}
    world = sorted(edges)
    world.append(world[-1] + 1.0)
    clock = [0.0]
    for start, end in itertools.pairwise(world):
        speed = math.prod(fault.value for fault in rates if fault.active(start))
        clock.append(clock[-1] + (end - start) * speed)
    return world, clock


def _map(x: float, xs: list[float], ys: list[float]) -> float:
    """Map `x` along the straight lines through the corners, the last one going on for ever."""
    i = len(xs) - 2
    while i > 0 and x < xs[i]:
        i -= 1
    return ys[i] + (x - xs[i]) * (ys[i + 1] - ys[i]) / (xs[i + 1] - xs[i])
