"""What the screen asks of the running system. Every call returns at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from emgfeedback.core.montage import Side
from emgfeedback.engine.first_connection import FirstConnection, Surroundings
from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.engine.traces import TraceBuffer
from emgfeedback.training.plan import Plan
from emgfeedback.training.run import TrainingRun

DEMO_PORT = "demo"


class PortLine(Protocol):
    """One serial port of this computer."""

    @property
    def path(self) -> str:
        """What to open."""
        ...

    @property
    def description(self) -> str:
        """What the system says of it."""
        ...

    @property
    def likely(self) -> str:
        """The board its USB adapter hints at, or empty."""
        ...


class SessionPort(Protocol):
    """The engine as the screen sees it."""

    @property
    def traces(self) -> TraceBuffer | None:
        """The `TraceBuffer` the traces are drawn from."""
        ...

    @property
    def recordings_folder(self) -> Path:
        """Where recordings are saved."""
        ...

    def snapshot(self) -> Snapshot:
        """Return what to draw now."""
        ...

    def ports(self) -> Sequence[PortLine]:
        """List the serial ports without opening any; may take a moment."""
        ...

    def look_round(self) -> Surroundings:
        """Return ports, what keeps boards from being listed, and supply; may take a moment."""
        ...

    def first_connection(self, port: Any) -> FirstConnection:
        """Return what examines and flashes `port`, a line of `look_round` or a path."""
        ...

    def connect(self, port: str) -> None:
        """Begin to connect to `port`, or to the demo board."""
        ...

    def replay(self, path: Path, from_s: float = 0.0) -> None:
        """Play a recording from a second on as if a board sent it."""
        ...

    def disconnect(self) -> object:
        """Let go of the board, or give up connecting."""
        ...

    def start_recording(self) -> None:
        """Begin a new file."""
        ...

    def stop_recording(self) -> None:
        """Finish the file."""
        ...

    def mark(self, text: str = "") -> None:
        """Set a marker at the newest sample."""
        ...

    def set_threshold(self, channel: int, uv: float | None) -> None:
        """Set the threshold of a channel; None takes it off the target."""
        ...

    def start_baseline(self, seconds: float) -> None:
        """Measure the resting level and set the thresholds from it."""
        ...

    def start_target(self) -> None:
        """Start or resume the target."""
        ...

    def pause_target(self) -> None:
        """Pause the target."""
        ...

    def stop_target(self) -> None:
        """End the target."""
        ...

    def set_purpose(self, purpose: str) -> None:
        """Choose the filters: `rest` for down-training, or `activation`."""
        ...

    def plans(self) -> Sequence[Path]:
        """Return the files of the training plans."""
        ...

    def start_training(self, plan: Plan, overactive: Mapping[str, Side] | None = None) -> None:
        """Run `plan`, recorded; muscle -> overactive side where it asks for it."""
        ...

    def run(self, action: Callable[[TrainingRun], None]) -> None:
        """Do something to the training run."""
        ...

    def save_training(self) -> Path | None:
        """Write the summary of a finished run, once; return where."""
        ...

    def take_finished(self) -> list[tuple[Path | None, Path | None]]:
        """Return recording and summary of what ended since the last call; either may be None."""
        ...
