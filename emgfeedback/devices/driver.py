"""What every board's driver offers: a pure push decoder and the requests the board understands.

A driver never touches a port. Bytes go in by `feed` in any chunks; runs of
samples and messages come out. It always makes progress and never holds more
than one packet of unread bytes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from emgfeedback.core.block import Frame
from emgfeedback.core.device import DeviceInfo, LinkCounters


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """What to ask of a board before it starts; None keeps the board's own."""

    fs_hz: int | None = None
    n_channels: int | None = None
    oversample: int | None = None
    test_signal: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The board's answer to the request `request`; `code` 0 is done."""

    request: int
    code: int


@dataclass(frozen=True, slots=True)
class BoardReport:
    """What the board itself counted since it started."""

    dropped_samples: int
    overruns: int
    facts: str = ""


@dataclass(frozen=True, slots=True)
class Misfit:
    """An answer in the driver's own protocol that it cannot work with, and the remedy."""

    what: str
    remedy: str


@dataclass(slots=True)
class Decoded:
    """What one `feed` brought out, in the order it came."""

    frames: list[Frame] = field(default_factory=list)
    messages: list[DeviceInfo | Answer | BoardReport | Misfit | object] = field(
        default_factory=list
    )


class Driver(ABC):
    """One board family's protocol.

    Attributes
    ----------
    name
        Key of the registry, as `emgfeedback`.
    bauds
        Rates to try, in order.
    seq_modulus
        The sample number of a frame wraps here.
    loss_proof
        What the protocol proves about lost samples, in a sentence for people.
    acknowledges
        Whether the board answers commands. One that does not is told and then believed.
    streams_unasked
        Whether it sends samples from power-up: it is known by what it sends.
    ask_every_s
        How long a question must be left alone before it is asked again.
    start_within_s
        How soon samples follow the request to start, where the request is not answered.
    quiet_after_s
        How long the board is busy with a request that it does not answer.
    counters
        What was received, skipped and refused so far.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    bauds: ClassVar[tuple[int, ...]]
    seq_modulus: ClassVar[int]
    loss_proof: ClassVar[str]
    acknowledges: ClassVar[bool] = True
    streams_unasked: ClassVar[bool] = False
    ask_every_s: ClassVar[float] = 0.25
    start_within_s: ClassVar[float] = 0.4
    quiet_after_s: ClassVar[float] = 0.0

    def __init__(self) -> None:
        self.counters = LinkCounters()

    @abstractmethod
    def identify_request(self) -> bytes:
        """Return the bytes that ask the board who it is; harmless when sent again and again."""

    def question(self) -> bytes:
        """Return what is sent while a board is sought; empty where listening is enough.

        A board that streams leaves the answer among data; stopping an idle one changes nothing.
        """
        return self.stop_request() + self.identify_request()

    def listened(self, seconds: float) -> DeviceInfo | None:
        """Return who sends the stream heard for `seconds` since the last `reset`, if it is plain.

        For boards that say nothing of themselves.
        """
        return None

    @property
    def hopeful(self) -> bool:
        """Whether what was heard since the last `reset` may be such a stream, so listen on."""
        return False

    def settled(self, settings: StreamSettings) -> DeviceInfo | None:
        """Return what a board that does not acknowledge is taken for after `settings`.

        None where the board is asked instead.
        """
        return None

    @abstractmethod
    def settings_requests(self, settings: StreamSettings) -> list[bytes]:
        """Return the requests that bring the board to `settings`, in order; each is answered."""

    @abstractmethod
    def start_request(self) -> bytes:
        """Return the bytes that start the stream."""

    @abstractmethod
    def stop_request(self) -> bytes:
        """Return the bytes that stop the stream."""

    def answers(self, answer: Answer, request: bytes) -> bool:
        """Tell whether `answer` belongs to `request`; True where a board does not say."""
        return True

    @abstractmethod
    def feed(self, data: bytes) -> Decoded:
        """Take any number of bytes and return all that they complete."""

    @abstractmethod
    def reset(self) -> None:
        """Forget unread bytes and the place in the stream; keep the counters."""
