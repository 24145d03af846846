"""Who is on a link: our own board is asked first, then others are listened for and asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import BoardSilent, ForeignBoard, LinkError
from emgfeedback.devices.driver import Driver, Misfit
from emgfeedback.devices.link import Link
from emgfeedback.devices.strangers import UNKNOWN, describe

TALK_BYTES = 64
"""So many bytes of no board of ours are somebody who sends unasked: others are tried sooner."""
LISTEN_S = 0.6
"""How long each baud is listened to for boards that send unasked."""
HOPE_S = 5.0
"""How long a baud is listened to while a driver still hopes."""
_KEPT_BYTES = 1024
_STRAY_BYTES = 4
"""So few bytes may come from opening the port; more are somebody talking."""
_TELLING_PACKETS = 3
_QUESTIONS, _ASK_S = 2, 1.5
"""How often a silent board is asked by each driver but the first, and for how long at least."""

_AGAIN_AND_AGAIN = 1_000_000

Attempt = tuple[float, int, list[Driver], int]
"""Seconds, baud, who listens, and how often the first of them may ask."""


class Search:
    """One search on one link. Bytes are only sent to a port that somebody chose.

    Drivers after the first listen together and ask one after another, so no board ever
    gets the questions of several at once.

    Parameters
    ----------
    drivers
        The first is asked alone and longest, at each of its bauds; the others follow.
    clock
        Monotonic seconds.
    go_on
        Called before each read; raises where the search is called off.
    """

    def __init__(
        self,
        link: Link,
        drivers: Sequence[Driver],
        clock: Callable[[], float],
        go_on: Callable[[], None],
    ) -> None:
        self._link = link
        self._drivers = drivers
        self._clock = clock
        self._go_on = go_on
        self._heard: dict[int, bytes] = {}
        self._n_heard = 0
        self._misfit: Misfit | None = None

    def run(self, try_s: Sequence[float]) -> tuple[Driver, DeviceInfo]:
        """Return the driver that knows the board, and the board.

        Parameters
        ----------
        try_s
            How long each baud of the first driver is tried, round by round.

        Raises
        ------
        BoardSilent
            Nothing answers.
        ForeignBoard
            Something answers that no driver understands.
        LinkLost
            The port went away.
        """
        rejected_before = self._drivers[0].counters.rejected
        for seconds, baud, listeners, questions in self._attempts(try_s):
            self._link.open(baud)
            found = self._listen(seconds, baud, listeners, questions)
            if found is not None:
                return found
        waited_s = sum(try_s) * len(self._drivers[0].bauds)
        raise self._why_nobody(self._drivers[0].counters.rejected - rejected_before, waited_s)

    def _attempts(self, try_s: Sequence[float]) -> Iterator[Attempt]:
        first, others = self._drivers[0], list(self._drivers[1:])
        for round_, seconds in enumerate(try_s):
            for baud in first.bauds:
                if round_ and others and self._somebody_talks:
                    yield from self._attempts_of(others)
                    others = []
                # Opening resets a board. The boot loader of a Mega leaves after 0.9 s, but if it
                # hears anything before that, only after 5 s of silence (run in the simulator). So
                # the first question comes before it is awake, and then there is quiet.
                questions = _AGAIN_AND_AGAIN if round_ else int(baud == first.bauds[0])
                yield max(seconds, first.ask_every_s), baud, [first], questions
        yield from self._attempts_of(others)

    def _attempts_of(self, drivers: list[Driver]) -> Iterator[Attempt]:
        """Yield the bauds to listen at, if anybody sends, and then each question at each baud."""
        bauds = dict.fromkeys(baud for driver in drivers for baud in driver.bauds)
        if self._n_heard:
            for baud in bauds:
                yield LISTEN_S, baud, [d for d in drivers if baud in d.bauds], 0
        for baud in bauds:
            for driver in drivers:
                if baud in driver.bauds and driver.identify_request():
                    questions = max(_QUESTIONS, round(_ASK_S / driver.ask_every_s))
                    yield questions * driver.ask_every_s, baud, [driver], questions

    @property
    def _somebody_talks(self) -> bool:
        return self._n_heard >= TALK_BYTES and not self._drivers[0].counters.rejected

    def _listen(
        self, seconds: float, baud: int, drivers: list[Driver], questions: int
    ) -> tuple[Driver, DeviceInfo] | None:
        """Listen at one baud, and ask so many times; return who is there, or None."""
        for driver in drivers:
            driver.reset()
        began_s = now_s = due_s = self._clock()
        end_s = began_s + seconds
        first_data_s: float | None = None
        while now_s < end_s:
            if questions and now_s >= due_s:
                self._link.write(drivers[0].question())
                due_s = now_s + drivers[0].ask_every_s
                questions -= 1
            self._go_on()
            next_s = min(due_s, end_s) if questions else end_s
            data = self._link.read(max(next_s - self._clock(), 0.0))
            now_s = self._clock()
            if not data and first_data_s is None:
                continue
            # What has piled up before says nothing of the time it took.
            first_data_s = first_data_s if first_data_s is not None else now_s
            self._keep(baud, data)
            found = self._whose(drivers, data, now_s - first_data_s)
            if found is not None:
                return found
            if any(driver.hopeful for driver in drivers):
                end_s = max(end_s, min(now_s + LISTEN_S, began_s + max(HOPE_S, seconds)))
        return None

    def _keep(self, baud: int, data: bytes) -> None:
        self._heard[baud] = (self._heard.get(baud, b"") + data)[-_KEPT_BYTES:]
        self._n_heard += len(data)

    def _whose(
        self, drivers: list[Driver], data: bytes, listened_s: float
    ) -> tuple[Driver, DeviceInfo] | None:
        """Return the driver to which the bytes so far say who is there.

        Raises
        ------
        ForeignBoard
            The board said twice that it speaks another version: no accident.
        """
        for driver in drivers:
            for message in driver.feed(data).messages:
                if isinstance(message, DeviceInfo):
                    return driver, message
                if isinstance(message, Misfit):
                    if self._misfit is not None:
                        raise ForeignBoard(message.what, message.remedy)
                    self._misfit = message
        for driver in drivers:
            info = driver.listened(listened_s)
            if info is not None:
                return driver, info
        return None

    def _why_nobody(self, data_packets: int, waited_s: float) -> LinkError:
        """Return the error that says most about what was heard in place of an identity."""
        path, first = self._link.path, self._drivers[0]
        if self._misfit is not None:
            return ForeignBoard(self._misfit.what, self._misfit.remedy)
        if data_packets >= _TELLING_PACKETS:
            return BoardSilent(
                f"The board on {path} sends data and hears no question.",
                "Press its reset button and connect again.",
            )
        alone = len(self._drivers) == 1
        heard = [data for data in self._heard.values() if len(data) >= _STRAY_BYTES]
        if heard:
            guesses = [describe(data) for data in heard]
            known = [guess for guess in guesses if not guess.startswith(UNKNOWN)]
            who = f"not the {first.title}" if alone else "no board known here"
            return ForeignBoard(
                f"What answers on {path} is {who}: it sends {(known or guesses)[0]}.",
                "Flash the firmware that came with this app, or choose another port.",
            )
        bauds = " or ".join(map(str, first.bauds))
        asked = f"in {waited_s:g} s at {bauds} baud" if alone else "in any protocol known here"
        return BoardSilent(
            f"No answer on {path} {asked}.",
            "Check that this is the board's port and that its firmware is flashed, "
            "press its reset button and try again.",
        )
