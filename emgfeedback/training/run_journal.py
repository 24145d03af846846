"""What a run keeps as it goes: its time, decisions, notes, and texts for the recording."""

from __future__ import annotations

from dataclasses import dataclass, field

SHOWN_LINES = 200
"""So many of the newest decisions are shown; the summary keeps all."""
AFTER = "after"
"""Kind of what was noted or marked when the session was over."""


@dataclass(frozen=True, slots=True)
class RunEvent:
    """Something to be written beside the samples: what, and at which stream index."""

    sample: int
    text: str


@dataclass(slots=True)
class Journal:
    """The time of a run and what was said in it.

    Attributes
    ----------
    first, at, end
        Stream index of the first sample, one past the newest, and where the session ended;
        None before the first sample, and before the end.
    events
        Texts for the recording; who writes them clears the list.
    log
        Decisions as (seconds, words).
    notes
        What people said, as (seconds, kind, words).
    samples
        Name of a phase -> samples it took, lost ones too.
    """

    fs_hz: float
    first: int | None = None
    at: int = 0
    end: int | None = None
    events: list[RunEvent] = field(default_factory=list)
    log: list[tuple[float, str]] = field(default_factory=list)
    notes: list[tuple[float, str, str]] = field(default_factory=list)
    samples: dict[str, int] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        """Whether the session is over."""
        return self.end is not None

    @property
    def elapsed_s(self) -> float:
        """Time from the first sample to the newest or the end."""
        return self._seconds_to(self.at if self.end is None else self.end)

    @property
    def seconds(self) -> dict[str, float]:
        """Time of each phase."""
        return {phase: n / self.fs_hz for phase, n in self.samples.items()}

    @property
    def shown(self) -> tuple[str, ...]:
        """The newest decisions in words."""
        return tuple(words for _, words in self.log[-SHOWN_LINES:])

    def count(self, phase: str, n_samples: int) -> None:
        """Add `n_samples` to the time of `phase`."""
        self.samples[phase] = self.samples.get(phase, 0) + n_samples

    def say(self, words: str) -> None:
        """Put a decision into the log."""
        self.log.append((self.elapsed_s, words))

    def event(self, text: str) -> None:
        """Put a text beside the newest sample."""
        self.events.append(RunEvent(self.at, text))

    def note(self, kind: str, text: str) -> None:
        """Keep what somebody said or marked; after the end the kind goes into the words."""
        if self.finished:
            kind, text = AFTER, text if kind == "note" else f"{kind}: {text}"
        self.notes.append((self._seconds_to(self.at), kind, text))

    def close(self) -> None:
        """End the session here."""
        self.event("training end")
        self.end = self.at

    def _seconds_to(self, sample: int) -> float:
        return 0.0 if self.first is None else (sample - self.first) / self.fs_hz
