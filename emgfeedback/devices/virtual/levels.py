"""How strong each part of the synthetic neck signal is, and what the patient does when."""

from __future__ import annotations

from dataclasses import dataclass, fields

from emgfeedback.core.errors import SettingsError

Six = tuple[float, float, float, float, float, float]
"""One number for each of SCM, upper trapezius and splenius, left then right."""

N_MUSCLES = 6
SILENT: Six = (0.0,) * 6


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the story.

    `tonic` scales the overactivity (and the jerks), `tremor` the tremor bursts;
    `voluntary_uv` is the RMS of a willed contraction.
    """

    name: str
    duration_s: float
    tonic: float
    tremor: float
    voluntary_uv: Six = SILENT


STORY = (
    Phase("overactive", 12.0, 1.0, 0.25),
    Phase("tremor", 8.0, 1.0, 1.0),
    Phase("relaxing", 14.0, 0.1, 0.0),
    Phase("head turned left", 4.0, 0.4, 0.1, (4.0, 110.0, 12.0, 6.0, 70.0, 8.0)),
    Phase("calm", 9.0, 0.06, 0.0),
    Phase("shoulders raised", 4.0, 0.2, 0.0, (10.0, 12.0, 150.0, 140.0, 30.0, 28.0)),
    Phase("calm", 9.0, 0.06, 0.0),
)
"""One minute: a spasm that turns to tremor, let go twice between two willed contractions."""


@dataclass(frozen=True, slots=True)
class NeckLevels:
    """Levels of the synthetic neck signal, in microvolts RMS unless said otherwise.

    The six numbers stand for SCM, upper trapezius and splenius, left then right. The
    default is a torticollis with the right SCM, left splenius and left trapezius overactive.

    Raises
    ------
    SettingsError
        For a level below zero, a number of channels other than six, a heart or mains
        frequency that is not positive, or an empty story.
    """

    rest_uv: Six = (2.0, 2.2, 2.5, 2.2, 2.0, 1.8)
    tonic_uv: Six = (4.0, 26.0, 14.0, 4.0, 10.0, 3.5)
    tremor_uv: Six = (0.0, 32.0, 14.0, 0.0, 10.0, 0.0)
    phasic_uv: Six = (0.0, 45.0, 18.0, 0.0, 14.0, 0.0)
    ecg_uv: Six = (24.0, 12.0, 18.0, 7.0, 5.0, 3.0)
    """Height of the R wave."""
    mains_uv: Six = (0.6, 0.8, 0.5, 0.7, 0.4, 0.5)
    """Amplitude of the fundamental."""
    motion_uv: float = 120.0
    """Spread (standard deviation) of the height of movement artefacts."""
    white_uv: float = 1.5
    crosstalk: float = 0.06
    """Share of a muscle's signal that its neighbours on the same side pick up."""
    mains_hz: float = 50.0
    heart_per_min: float = 72.0
    tremor_hz: float = 5.0
    jerks_per_s: float = 0.15
    motions_per_s: float = 0.02
    """Movement artefacts per second, each on one channel."""
    story: tuple[Phase, ...] = STORY

    def __post_init__(self) -> None:
        """Refuse what no neck could do."""
        if not self.story or any(phase.duration_s <= 0 for phase in self.story):
            raise SettingsError(
                "The story needs at least one phase, each longer than 0 s.", "Leave it out."
            )
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "story":
                continue
            numbers = value if isinstance(value, tuple) else (value,)
            if isinstance(value, tuple) and len(value) != N_MUSCLES:
                raise SettingsError(
                    f"{field.name} has {len(value)} numbers.", f"Give {N_MUSCLES}, one a channel."
                )
            if any(number < 0 for number in numbers):
                raise SettingsError(f"{field.name} is {min(numbers):g}.", "Use 0 or more.")
        for name in ("mains_hz", "heart_per_min"):
            if getattr(self, name) == 0:
                raise SettingsError(f"{name} is 0.", "Use more than 0.")


def steady(tonic: float = 1.0, tremor: float = 0.0, voluntary_uv: Six = SILENT) -> tuple[Phase]:
    """Return a story in which nothing ever changes, to measure by."""
    return (Phase("steady", 3600.0, tonic, tremor, voluntary_uv),)
