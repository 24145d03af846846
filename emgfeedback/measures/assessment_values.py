"""What an assessment holds: numbers with their unit, how they were had, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from emgfeedback.core.montage import Side
from emgfeedback.measures.assessment_spans import Edge
from emgfeedback.measures.found import Found
from emgfeedback.measures.spectrum import HIGH_HZ, band_hz

Values = Mapping[str, Found]
"""Name of a measure -> its value, or None with the reason."""


class Movement(Protocol):
    """A task, as far as its measures depend on it; `training.movements.MOVEMENTS` holds them."""

    @property
    def title(self) -> str:
        """Its name in tables."""

    @property
    def direction(self) -> Side | None:
        """The side the head goes to."""

    @property
    def mirrored(self) -> str:
        """The task that does the same to the other side, or empty."""

    @property
    def active(self) -> tuple[tuple[str, Side], ...]:
        """Muscles that usually work in it."""

    @property
    def moves(self) -> bool:
        """Whether the head goes somewhere and comes back."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a measure is: its unit, and the conditions it was taken under."""

    unit: str
    conditions: str


NO_RATIO = Found(None, "not measured at rest and in a task")


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """One channel over the whole recording.

    Attributes
    ----------
    site, spacing_mm, sensor, gain
        As the montage says.
    reference_uv, reference_method
        RMS of its reference contraction under this assessment's filters, and which one it was.
    snr_db
        20 log10 of its highest RMS in a task over that at rest.
    heart_per_min, heart_uv
        Heartbeats found at rest, and how much higher its RMS at rest is with them.
    excluded
        Why nothing of it was measured, or empty.
    """

    label: str
    muscle: str
    side: str
    site: str
    spacing_mm: float | None
    sensor: str
    gain: float | None
    reference_uv: Found
    reference_method: str
    heart_per_min: Found
    heart_uv: Found
    excluded: str = ""
    snr_db: Found = NO_RATIO


@dataclass(frozen=True, slots=True)
class RestLevel:
    """RMS at rest under one way around the heart, and what it differs from as recorded by."""

    rest_uv: Found
    change_uv: Found


@dataclass(frozen=True, slots=True)
class Segment:
    """One repeat of a task, in seconds from the first sample.

    Attributes
    ----------
    start_s, end_s
        All of it, with the way there and back.
    hold_start_s, hold_end_s
        What is measured.
    moved
        `start`, `end`: edges of the hold a person moved.
    rms_uv
        Channel label -> RMS of this hold alone.
    """

    start_s: float
    hold_start_s: float
    hold_end_s: float
    end_s: float
    moved: tuple[str, ...]
    rms_uv: Values


@dataclass(frozen=True, slots=True)
class TrickSegment:
    """One part of the trick test, in seconds from the first sample; from the touch if marked."""

    with_trick: bool
    start_s: float
    end_s: float
    touched: bool


@dataclass(frozen=True, slots=True)
class TaskMeasures:
    """One task.

    Attributes
    ----------
    repeats
        How often it was done to the end.
    held_s
        Seconds held, all repeats.
    muscles
        Channel label -> measures.
    pairs
        `SCM L / SCM R` -> measures.
    """

    title: str
    repeats: int
    held_s: float
    muscles: Mapping[str, Values]
    pairs: Mapping[str, Values]


@dataclass(frozen=True, slots=True)
class TrickMeasures:
    """The sensory trick on one channel; see `measures.trick.TrickResult`."""

    index_pct: Found
    marked: bool | None
    longest_marked_s: float | None
    trials_pct: tuple[float | None, ...]
    from_touch: bool
    """The hand's touch was marked, and the effect counts from there."""


@dataclass(frozen=True, slots=True)
class Cable:
    """A cable that seems to be at another muscle's electrode.

    Attributes
    ----------
    label, behaves_like
        Labels of the channel and of the one whose task it answers.
    words
        The same in a sentence.
    """

    label: str
    behaves_like: str
    words: str


@dataclass(frozen=True, slots=True)
class Cables:
    """What shrugging and turning against the palm tell of the cables.

    Attributes
    ----------
    wrong
        Cables that seem to be elsewhere; empty where none does.
    judged
        Labels that could be judged.
    reason
        Why some or all could not.
    """

    wrong: tuple[Cable, ...]
    judged: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SharedRhythm:
    """Coherence of two rectified channels while a task is held; see `measures.coherence`."""

    peak: Found
    peak_hz: Found
    limit: float | None
    segments: int
    crosstalk: bool | None


@dataclass(frozen=True, slots=True)
class Research:
    """For research alone: contested measures that no decision may rest on."""

    note: str
    drive_share_pct: Mapping[str, Values]
    """Task -> channel label -> CDF10, percent."""
    shared: Mapping[str, Mapping[str, SharedRhythm]]
    """Task -> pair -> coherence."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """All measures of a recording before injections: activity, not a diagnosis.

    Attributes
    ----------
    device
        The board, in its own words.
    rest
        Where rest was taken from, or why there is none.
    filters
        Those of the live view, causal; then the way around the heart, and what looks ahead.
    heart_way
        Key of `heart_ways.HEART_WAYS`.
    heart_ways
        Channel label -> way -> RMS at rest.
    edges
        Edges of holds moved by hand, with where the marks put them.
    segments
        Task -> repeats.
    meanings
        Name of a measure -> unit and conditions; the same for all tasks.
    mirrored
        `rotate-left / rotate-right` -> muscle -> measures.
    """

    fs_hz: float
    duration_s: float
    device: str
    rest: str
    filters: str
    heart_way: str
    meanings: Mapping[str, Meaning]
    channels: tuple[ChannelFacts, ...]
    tasks: Mapping[str, TaskMeasures]
    mirrored: Mapping[str, Mapping[str, Values]]
    trick: Mapping[str, TrickMeasures]
    cables: Cables
    heart_ways: Mapping[str, Mapping[str, RestLevel]]
    edges: tuple[Edge, ...]
    segments: Mapping[str, tuple[Segment, ...]]
    trick_segments: tuple[TrickSegment, ...]
    research: Research

    def as_dict(self) -> dict[str, Any]:
        """Return plain numbers, texts, lists and None, ready for JSON."""
        return asdict(self)


MEANINGS: dict[str, Meaning] = {
    "rms_uv": Meaning("uV", "RMS of the hold, heartbeats as heart_way says; median of repeats"),
    "arv_uv": Meaning("uV", "average rectified value of the hold, as rms_uv"),
    "of_reference_pct": Meaning("%", "rms_uv over the RMS of the reference contraction"),
    "of_rest": Meaning("", "rms_uv over rms_uv at rest"),
    "of_highest_pct": Meaning("%", "rms_uv over the muscle's highest rms_uv in this recording"),
    "onset_s": Meaning("s", "start of activity after the cue to move; median of repeats"),
    "offset_s": Meaning("s", "end of activity after the cue to come back; median of repeats"),
    "paradoxical_pct": Meaning(
        "%", "rms_uv over rms_uv of the mirrored task, of a muscle that only that task needs"
    ),
    "bursts_per_min": Meaning("/min", "activity of 0.05 s and more against rest, tasks held 10 s"),
    "burst_s": Meaning("s", "median duration of these bursts"),
    "burst_duty_pct": Meaning("%", "share of the time inside these bursts"),
    "tremor_hz": Meaning(
        "Hz", "peak of the envelope's spectrum, 2-12 Hz, heartbeats as heart_way says"
    ),
    "tremor_ratio": Meaning("", "power of that peak over the median of the band around it"),
    "median_frequency_hz": Meaning(
        "Hz", "Welch, Hann 1 s, 10-500 Hz, no high-pass, holds alone; heartbeats as for tremor"
    ),
    "mean_frequency_hz": Meaning("Hz", "as median_frequency_hz"),
    "fatigue_hz_per_min": Meaning("Hz/min", "slope of the median frequency of seconds, 30 s held"),
    "fatigue_error_hz_per_min": Meaning(
        "Hz/min", "standard error of that slope; a slope under twice of it is chance"
    ),
    "fatigue_index_ratio": Meaning(
        "", "FInsm5 (Dimitrov 2006) of seconds, last quarter of the hold over its first, "
        "30 s held; above 1 where the spectrum sinks",
    ),
    "turns_of_highest_pct": Meaning(
        "%", "turns over 20 uV a second, over those of the muscle's busiest task; needle limits "
        "do not apply",
    ),
    "asymmetry_pct": Meaning("%", "100 (L-R)/(L+R) of rms_uv less the converter's noise"),
    "cocontraction_pct": Meaning(
        "%", "Falconer and Winter, RMS of 0.5 s, each over its reference or its highest task"
    ),
    "likeness": Meaning("", "highest correlation of left and right envelopes (6 Hz) within 0.5 s"),
    "likeness_lag_s": Meaning("s", "lag of that correlation; positive: right later"),
    "away_pct": Meaning("%", "100 (L-R)/(L+R) of the sides turned away from, in mirrored tasks"),
    "towards_pct": Meaning("%", "100 (L-R)/(L+R) of the sides turned to, in mirrored tasks"),
    "index_pct": Meaning("%", "100 (1 - RMS with the trick / RMS without)"),
}  # fmt: skip


FULL_SPECTRA_HZ = 800.0
"""A slower recording cuts off so much of surface EMG that its frequencies read lower."""


def meanings_at(fs_hz: float) -> dict[str, Meaning]:
    """Return `MEANINGS` with the band that frequencies are read from at a sampling rate."""
    low_hz, high_hz = band_hz(fs_hz)
    if high_hz == HIGH_HZ:
        return MEANINGS
    words = f"Welch, Hann 1 s, {low_hz:g}-{high_hz:.0f} Hz, no high-pass, holds alone; "
    words += "heartbeats as for tremor"
    if fs_hz < FULL_SPECTRA_HZ:
        words += "; limited by the sampling rate, lower than at 1 kHz"
    frequencies = dict.fromkeys(("median_frequency_hz", "mean_frequency_hz"), Meaning("Hz", words))
    return MEANINGS | frequencies
