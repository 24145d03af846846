"""A recording as every reader offers it, whatever the file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.block import Gap
from emgfeedback.core.errors import FileFormatError
from emgfeedback.core.montage import Channel


@dataclass(frozen=True, slots=True)
class Annotation:
    """A text at a time of the recording, seconds from its first sample; duration 0: a moment."""

    onset_s: float
    duration_s: float
    text: str


class Recording(ABC):
    """Samples on one time axis, with what the file says of them. Close it after use.

    Attributes
    ----------
    channels
        Montage of the columns; muscle and side guessed from the label where the file is not
        ours.
    n_samples
        Length of the time axis; gaps are inside, padding is not.
    annotations
        What people and programs marked, in time order; gaps and facts are told elsewhere.
    gaps
        Samples that were never measured. Reading gives the last value before them.
    facts
        (subject, values) as `records.header.facts_texts` wrote them; empty in other files.
    lsb_uv
        One count in microvolts for each channel; None where the file has no counts.
    full_scale_counts
        One more than the largest code; None where the file does not say.
    start
        Local date and time of the first sample, None where not known.
    """

    path: Path
    fs_hz: float
    channels: tuple[Channel, ...]
    n_samples: int
    annotations: tuple[Annotation, ...]
    gaps: tuple[Gap, ...]
    facts: tuple[tuple[str, Mapping[str, object]], ...] = ()
    lsb_uv: NDArray[np.float64] | None = None
    full_scale_counts: int | None = None
    start: datetime | None = None
    subject: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the columns."""
        return tuple(channel.label for channel in self.channels)

    @property
    def envelope_only(self) -> bool:
        """Whether the sensors made an envelope of the signal, as far as the file says."""
        return any(
            values.get("envelope_only") is True
            for subject, values in self.facts
            if subject == "recording"
        )

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.n_samples / self.fs_hz

    def valid(self, first: int, end: int) -> NDArray[np.bool_]:
        """Return which of the samples `first ... end - 1` were measured, bool `(n_samples,)`."""
        mask = np.ones(end - first, dtype=bool)
        for gap in self.gaps:
            a = max(gap.first_sample - first, 0)
            mask[a : max(gap.first_sample + gap.n_samples - first, 0)] = False
        return mask

    @abstractmethod
    def read_counts(self, first: int, end: int) -> NDArray[np.int32]:
        """Return the counts of samples `first ... end - 1`, `(n_samples, n_channels)`.

        Raises
        ------
        FileFormatError
            If the file holds no counts, or changed since it was opened.
        IndexError
            If the span is not inside the recording.
        """

    @abstractmethod
    def read_uv(self, first: int, end: int) -> NDArray[np.float64]:
        """Return microvolts of samples `first ... end - 1`, `(n_samples, n_channels)`.

        Raises as `read_counts`, but every file has microvolts.
        """

    def uv_of(self, counts: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the microvolts of `counts`, `(..., n_channels)`, as `read_uv` gives them.

        Raises
        ------
        FileFormatError
            If the file holds no counts.
        """
        raise FileFormatError(
            f"{self.path} holds voltages, not the counts of a converter.",
            "Use a BDF or EDF file where counts are needed.",
        )

    def close(self) -> None:
        """Let go of the file; closing twice is fine."""
        return

    def check_span(self, first: int, end: int) -> None:
        """Raise IndexError unless `first ... end` lies in the recording."""
        if not 0 <= first <= end <= self.n_samples:
            raise IndexError(f"samples {first} to {end} of a recording of {self.n_samples}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
