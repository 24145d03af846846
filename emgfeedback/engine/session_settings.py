"""What a session starts with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from emgfeedback.core.montage import Montage
from emgfeedback.devices.driver import StreamSettings


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """What a session starts with."""

    stream: StreamSettings = field(default_factory=StreamSettings)
    montage: Montage | None = None
    purpose: str = "rest"
    filter_changes: Mapping[str, float | int] = field(default_factory=dict)
    """Fields of `ChainSettings` that differ from the recommendation for the purpose."""
    subject: str = "X"
    """Pseudonym written into recordings; never a name."""
    lsl: str = ""
    """Name under which the stream is offered to other programs by LSL; empty: it is not."""
