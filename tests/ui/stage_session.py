"""A session on a stage: real snapshots and a real trace buffer, calls written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from emgfeedback.core.device import DeviceInfo, LinkHealth, LinkState
from emgfeedback.core.errors import SettingsError
from emgfeedback.core.montage import Side, neck_montage
from emgfeedback.core.quality import Finding, Level, Verdict
from emgfeedback.engine.snapshot import (
    ChannelNow,
    PairNow,
    RecordingNow,
    RecordState,
    Snapshot,
)
from emgfeedback.engine.traces import TraceBuffer, TraceChunk
from emgfeedback.training.plan import Plan, shipped_plans
from emgfeedback.training.relax import TargetNow, TargetState
from emgfeedback.training.run import TrainingRun
from emgfeedback.ui.main_window import MainWindow

FS_HZ = 1000.0
GOOD = Verdict(Level.GOOD, Finding.NONE)
LOOSE = Verdict(Level.BAD, Finding.LOOSE)
HEARTBEAT = Verdict(Level.CHECK, Finding.HEARTBEAT)
UNO = DeviceInfo("emgfeedback", "Uno", "1.0", 6, FS_HZ, 1024, 5000.0, 1000.0)
LEVELS_UV = (6.4, 2.7, 4.4, 3.5, 3.0, 2.2)


def channels() -> tuple[ChannelNow, ...]:
    return tuple(
        ChannelNow(
            c.label,
            c.muscle,
            c.side,
            GOOD,
            level_uv=level_uv,
            control_uv=level_uv,
            floor_uv=0.9,
            threshold_uv=8.0,
            in_target=True,
        )
        for c, level_uv in zip(neck_montage().channels, LEVELS_UV, strict=True)
    )


def with_channel(snapshot: Snapshot, index: int, **changes: object) -> Snapshot:
    held = list(snapshot.channels)
    held[index] = replace(held[index], **changes)
    return replace(snapshot, channels=tuple(held))


def streaming(**changes: object) -> Snapshot:
    return replace(
        Snapshot(
            sequence=1,
            end_sample=3000,
            fs_hz=FS_HZ,
            link=LinkHealth(LinkState.STREAMING, received=3000, nominal_fs_hz=FS_HZ),
            device=UNO,
            port="/dev/ttyACM0",
            channels=channels(),
            pairs=(
                PairNow("scm", 0, 1, 6.4, 2.7, asymmetry_pct=41.0, ratio=2.4),
                PairNow("trapezius", 2, 3, 4.4, 3.5, asymmetry_pct=11.0, ratio=1.3),
                PairNow("splenius", 4, 5, reason="floor"),
            ),
            target=TargetNow(TargetState.RUNNING, True, 44.0, 60.0, 3.0),
            filter_facts="HP 30 Hz o4, LP 400 Hz o4, notch off",
        ),
        **changes,
    )


def link(state: LinkState) -> LinkHealth:
    return LinkHealth(state, received=3000, nominal_fs_hz=FS_HZ)


STATES = {
    "not connected": Snapshot(),
    "refused": Snapshot(port="COM3", link_message="COM3 is in use. Close the other program."),
    "opening": Snapshot(port="COM3", link=link(LinkState.OPENING)),
    "handshake": Snapshot(port="COM3", link=link(LinkState.HANDSHAKE)),
    "streaming": streaming(),
    "settling": with_channel(
        streaming(), 0, verdict=Verdict(Level.UNKNOWN, Finding.SETTLING), level_uv=None
    ),
    "loose": with_channel(streaming(), 5, verdict=LOOSE, level_uv=None, in_target=None),
    "heartbeat": with_channel(streaming(), 0, verdict=HEARTBEAT),
    "stalled": streaming(
        link=link(LinkState.STALLED),
        recording=RecordingNow(RecordState.WAITING, "a.bdf", 7.0),
        target=TargetNow(TargetState.PAUSED, None, 44.0, 60.0, 5.0, "gap"),
    ),
    "lost": streaming(link=link(LinkState.LOST)),
    "opening file": streaming(recording=RecordingNow(RecordState.STARTING, "a.bdf")),
    "recording": streaming(recording=RecordingNow(RecordState.RECORDING, "a.bdf", 763.0)),
    "saved": streaming(recording=RecordingNow(RecordState.SAVED, "a.bdf", 1864.0)),
    "recording failed": streaming(
        recording=RecordingNow(RecordState.FAILED, message="The disk is full. Free some space.")
    ),
    "baseline": streaming(target=TargetNow(TargetState.BASELINE, progress=0.4)),
    "paused for quality": with_channel(
        streaming(target=TargetNow(TargetState.PAUSED, None, 4.0, 6.0, 1.0, "quality", (3,))),
        3,
        verdict=LOOSE,
        level_uv=None,
        in_target=None,
    ),
    "target off": streaming(
        target=TargetNow(),
        channels=tuple(replace(c, threshold_uv=None, in_target=None) for c in channels()),
    ),
    "no pair": streaming(channels=channels()[:1], pairs=()),
    "eight channels": streaming(
        channels=(
            *channels(),
            ChannelNow("AUX 7", "other", Side.MIDLINE, GOOD, 1.0),
            ChannelNow("AUX 8", "other", Side.MIDLINE, GOOD, 1.0),
        )
    ),
}


@dataclass(frozen=True)
class Port:
    path: str
    description: str
    likely: bool


class StageSession:
    """Says what it is told to say; `calls` holds what the screen asked of it."""

    recordings_folder = Path("recordings")

    def __init__(self, snapshot: Snapshot) -> None:
        self.now = snapshot
        self.calls: list[tuple[object, ...]] = []
        self.refuse = False
        self.finished: list[tuple[Path | None, Path | None]] = []
        self.traces = TraceBuffer(FS_HZ)
        width = len(snapshot.channels)
        rng = np.random.default_rng(3)
        for first in range(0, 3000, 50):
            wave = rng.normal(size=(50, width))
            self.traces.append(
                TraceChunk(first, wave, np.abs(wave), np.ones(50, bool), np.zeros(width, bool))
            )

    def snapshot(self) -> Snapshot:
        return self.now

    def ports(self) -> list[Port]:
        return [Port("/dev/ttyS0", "", False), Port("/dev/ttyACM0", "Arduino Uno", True)]

    def _note(self, *call: object) -> None:
        self.calls.append(call)
        if self.refuse:
            raise SettingsError("A threshold of 0.1 µV is under 0.5 µV.", "Use more.")

    def connect(self, port: str) -> None:
        self._note("connect", port)

    def replay(self, path: Path, from_s: float = 0.0) -> None:
        self._note("replay", path, from_s)

    def disconnect(self) -> None:
        self._note("disconnect")

    def start_recording(self) -> None:
        self._note("start_recording")

    def stop_recording(self) -> None:
        self._note("stop_recording")

    def mark(self, text: str = "") -> None:
        self._note("mark", text)

    def set_threshold(self, channel: int, uv: float | None) -> None:
        self._note("set_threshold", channel, uv)

    def start_baseline(self, seconds: float) -> None:
        self._note("start_baseline", seconds)

    def start_target(self) -> None:
        self._note("start_target")

    def pause_target(self) -> None:
        self._note("pause_target")

    def stop_target(self) -> None:
        self._note("stop_target")

    def plans(self) -> tuple[Path, ...]:
        return shipped_plans()

    def start_training(self, plan: Plan, overactive: Mapping[str, Side] | None = None) -> None:
        self._note("start_training", plan.name, dict(overactive or {}))

    def run(self, action: Callable[[TrainingRun], None]) -> None:
        self._note("run", action)

    def save_training(self) -> Path:
        self._note("save_training")
        return self.recordings_folder / "a.session.json"

    def take_finished(self) -> list[tuple[Path | None, Path | None]]:
        taken, self.finished = self.finished, []
        return taken

    def set_purpose(self, purpose: str) -> None:
        self._note("set_purpose", purpose)


def deeds(window: MainWindow) -> list[tuple[object, ...]]:
    """Return what the window asked of its session, in order."""
    session = window._session
    assert isinstance(session, StageSession)
    return session.calls
