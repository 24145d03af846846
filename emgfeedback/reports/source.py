"""What a recording says of how it was made, for the conditions on a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from emgfeedback.core.montage import Channel
from emgfeedback.records.recording import Recording


@dataclass(frozen=True, slots=True)
class Source:
    """Facts of a recording; empty or None where the file does not say.

    Attributes
    ----------
    lsb_uv
        One count of each channel in microvolts at the electrode.
    lost
        Samples that were never measured, in `gaps` gaps.
    """

    name: str
    sha256: str
    channels: tuple[Channel, ...]
    fs_hz: float
    n_samples: int
    lost: int
    gaps: int
    lsb_uv: tuple[float, ...] = ()
    full_scale_counts: int | None = None
    measured_fs_hz: float | None = None
    facts: Mapping[str, object] | None = None

    @property
    def bits(self) -> int | None:
        """Bits of the converter."""
        counts = self.full_scale_counts
        return None if counts is None else max(counts - 1, 1).bit_length()

    def told(self, name: str) -> str:
        """Return a fact of the file as text, empty where there is none."""
        value = (self.facts or {}).get(name)
        return "" if value is None else str(value)


def source_of(recording: Recording, sha256: str = "") -> Source:
    """Return what `recording` says of itself; `sha256` is that of its content."""
    told = dict(recording.facts)
    rate = told.get("rate", {}).get("measured_fs_hz")
    return Source(
        name=recording.path.name,
        sha256=sha256,
        channels=recording.channels,
        fs_hz=recording.fs_hz,
        n_samples=recording.n_samples,
        lost=sum(gap.n_samples for gap in recording.gaps),
        gaps=len(recording.gaps),
        lsb_uv=() if recording.lsb_uv is None else tuple(map(float, recording.lsb_uv)),
        full_scale_counts=recording.full_scale_counts,
        measured_fs_hz=float(rate) if isinstance(rate, int | float) else None,
        facts=told.get("recording", {}),
    )
