"""What the screen draws now. Latest wins: the screen polls it on its repaint timer."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from emgfeedback.core.device import DeviceInfo, LinkHealth
from emgfeedback.core.montage import Side
from emgfeedback.core.quality import UNSEEN, Verdict
from emgfeedback.training.now import RunNow
from emgfeedback.training.relax import TargetNow, TargetState

__all__ = [
    "ChannelNow",
    "MarkNow",
    "PairNow",
    "RecordState",
    "RecordingNow",
    "Snapshot",
    "TargetNow",
    "TargetState",
]


@dataclass(frozen=True, slots=True)
class ChannelNow:
    """One channel. A value is None, never 0, where it is not known or not to be trusted."""

    label: str
    muscle: str
    side: Side
    verdict: Verdict = UNSEEN
    level_uv: float | None = None
    """RMS over the display window (250 ms), microvolts at the electrode."""
    control_uv: float | None = None
    """RMS over the control window (100 ms): what the target is held against."""
    floor_uv: float | None = None
    """Noise or resolution floor, whichever is higher; below it is not a measurement."""
    lsb_uv: float = 0.0
    threshold_uv: float | None = None
    in_target: bool | None = None
    """None while the target is off or paused for this channel."""


@dataclass(frozen=True, slots=True)
class PairNow:
    """Left against right over the last second. `reason` says why `asymmetry_pct` is None."""

    muscle: str
    left: int
    """Index into `Snapshot.channels`."""
    right: int
    left_uv: float | None = None
    right_uv: float | None = None
    asymmetry_pct: float | None = None
    """100 (L-R)/(L+R): positive means left higher."""
    ratio: float | None = None
    """Higher over lower side, at least 1."""
    reason: str = ""
    """Key of the reason why the difference is hidden: `floor`, `quality`, `settling` or empty."""


class RecordState(Enum):
    """States of the record button."""

    READY = "ready"
    STARTING = "starting"
    RECORDING = "recording"
    WAITING = "waiting"
    """Recording goes on while the link is lost or silent; the gap is being marked."""
    SAVED = "saved"
    FAILED = "failed"


RECORDS = (RecordState.STARTING, RecordState.RECORDING, RecordState.WAITING)
"""States in which a file grows."""


@dataclass(frozen=True, slots=True)
class RecordingNow:
    """The recording. `message` is set when it failed, in words with a remedy."""

    state: RecordState = RecordState.READY
    path: str = ""
    elapsed_s: float = 0.0
    lost_samples: int = 0
    message: str = ""


@dataclass(frozen=True, slots=True)
class MarkNow:
    """A marker somebody set."""

    number: int
    sample: int
    text: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything but the traces, at one moment."""

    sequence: int = 0
    """Grows with every pipeline step; equal means nothing new."""
    end_sample: int = 0
    fs_hz: float = 0.0
    link: LinkHealth = field(default_factory=LinkHealth)
    device: DeviceInfo | None = None
    port: str = ""
    link_message: str = ""
    """Why there is no link, in words with a remedy; empty when all is well."""
    channels: tuple[ChannelNow, ...] = ()
    pairs: tuple[PairNow, ...] = ()
    target: TargetNow = field(default_factory=TargetNow)
    recording: RecordingNow = field(default_factory=RecordingNow)
    marks: tuple[MarkNow, ...] = ()
    training: RunNow | None = None
    """The training run, also after its end; None where none was started."""
    purpose: str = "rest"
    """`rest` (30 Hz high-pass, down-training) or `activation` (20 Hz)."""
    recovered: tuple[str, ...] = ()
    """What was done at start about recordings that were cut off, one sentence each."""
    filter_facts: str = ""
    """The filters in use in words, as `HP 30 Hz o4, LP 400 Hz o4, notch off`."""

    @property
    def time_s(self) -> float:
        """Stream time of the newest sample, seconds."""
        return self.end_sample / self.fs_hz if self.fs_hz else 0.0
