"""Which input of the board looks at which muscle.

A montage is plain data; `emgfeedback.config` reads it from TOML and refuses
what it does not know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from emgfeedback.core.errors import ConfigError


class Side(Enum):
    """The patient's side."""

    LEFT = "left"
    RIGHT = "right"
    MIDLINE = "midline"


MUSCLES = {
    "scm": "SCM",
    "trapezius": "Upper trapezius",
    "splenius": "Splenius",
    "levator": "Levator scapulae",
    "other": "Other",
}
"""Muscle key -> the name shown. The neck map draws the first three."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One input: the muscle it looks at and how it is wired."""

    label: str
    """At most 16 ASCII characters: it becomes the signal label of the recording."""
    muscle: str
    """A key of `MUSCLES`."""
    side: Side
    gain: float | None = None
    """Gain of the amplifier in front of the pin; None: what the board says."""
    input: int = 0
    """Position among the board's channels, 0-based (A0 is 0)."""
    site: str = ""
    """Electrode site in words, as `sternal third of the SCM belly`."""
    spacing_mm: float | None = None
    sensor: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two channels on the same muscle, left and right, as columns of a block."""

    muscle: str
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Montage:
    """All channels of a recording, in column order.

    Raises
    ------
    ConfigError
        For no channel, a doubled label or input, or a label that no recording can carry.
    """

    name: str
    channels: tuple[Channel, ...]

    def __post_init__(self) -> None:
        """Refuse what could not be recorded or told apart."""
        if not self.channels:
            raise ConfigError("The montage has no channel.", "Give it at least one [[channel]].")
        labels = [channel.label for channel in self.channels]
        for label in labels:
            if not label.isascii() or not 1 <= len(label) <= 16 or not label.isprintable():
                raise ConfigError(
                    f"Channel label {label!r} cannot be stored.",
                    "Use 1 to 16 plain letters, digits and spaces.",
                )
        _refuse_doubled("label", labels)
        _refuse_doubled("input", [channel.input for channel in self.channels])

    @property
    def n_channels(self) -> int:
        """Number of channels."""
        return len(self.channels)

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Left/right pairs in the order of their left channel."""
        return pairs_of(self.channels)


def pairs_of(channels: Sequence[Channel]) -> tuple[Pair, ...]:
    """Return the left/right pairs among `channels` in the order of their left channel."""
    right = {c.muscle: i for i, c in enumerate(channels) if c.side is Side.RIGHT}
    return tuple(
        Pair(channel.muscle, i, right[channel.muscle])
        for i, channel in enumerate(channels)
        if channel.side is Side.LEFT and channel.muscle in right
    )


def _refuse_doubled(what: str, values: Sequence[str | int]) -> None:
    seen: set[str | int] = set()
    for value in values:
        if value in seen:
            raise ConfigError(
                f"The montage uses {what} {value!r} twice.", "Give every channel its own."
            )
        seen.add(value)


def neck_montage(n_channels: int = 6) -> Montage:
    """Return the shipped montage: SCM, upper trapezius and splenius, left then right.

    Inputs past the sixth become `AUX 7` and so on, muscle `other`.
    """
    muscles = (("scm", "SCM"), ("trapezius", "UT"), ("splenius", "SPL"))
    channels = [
        Channel(
            label=f"{short} {side.name[0]}",
            muscle=muscle,
            side=side,
            input=2 * i + j,
        )
        for i, (muscle, short) in enumerate(muscles)
        for j, side in enumerate((Side.LEFT, Side.RIGHT))
    ]
    channels += [
        Channel(label=f"AUX {i + 1}", muscle="other", side=Side.MIDLINE, input=i)
        for i in range(6, n_channels)
    ]
    return Montage("Neck, three pairs", tuple(channels[:n_channels]))
