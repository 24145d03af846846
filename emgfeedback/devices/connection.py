"""Asking a board who it is, what to do, and to begin: requests and answers over one link."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import BoardRefused, BoardSilent, LinkError
from emgfeedback.devices import wire
from emgfeedback.devices.driver import Answer, Decoded, Driver, StreamSettings
from emgfeedback.devices.link import Link
from emgfeedback.devices.search import Search

log = logging.getLogger(__name__)

TRY_S = (0.75, 0.5, 2.75)
"""How long each baud is tried: quietly while boot loaders listen, briefly, then as long as a
board may need to boot.

Boot loaders swallow what comes before the firmware runs, so the question is repeated."""
ANSWER_S = 0.4
TRIES = 4


class Connection:
    """One board on one link, spoken to by its driver.

    Synchronous: all methods are called from one thread, but for `cancel`.

    Parameters
    ----------
    link
        Not yet open.
    driver
        Fresh, for this connection alone; or several to try, the most likely first.
    clock
        Monotonic seconds.

    Attributes
    ----------
    driver
        The one that knows the board, once `open` has found out.
    """

    def __init__(
        self,
        link: Link,
        driver: Driver | Sequence[Driver],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.link = link
        self._drivers = (driver,) if isinstance(driver, Driver) else tuple(driver)
        self.driver = self._drivers[0]
        self._clock = clock
        self._info: DeviceInfo | None = None
        self._pending = Decoded()
        self._cancelled = False

    @property
    def info(self) -> DeviceInfo:
        """The board as it last described itself.

        Raises
        ------
        LinkError
            Before `open`.
        """
        if self._info is None:
            raise LinkError(f"No board is known on {self.link.path}.", "Connect first.")
        return self._info

    @property
    def is_known(self) -> bool:
        """Whether `open` has found a board."""
        return self._info is not None

    def open(self) -> DeviceInfo:
        """Open the link, find the baud, stop a board that streams, and return who it is.

        Raises
        ------
        PortMissing, PortBusy, PortForbidden, LinkLost
            The link's own reasons.
        BoardSilent
            Nothing answers; one driver with two bauds gives up within 8 s.
        ForeignBoard
            Something answers that no driver here understands.
        """
        self._cancelled = False
        search = Search(self.link, self._drivers, self._clock, self._refuse_if_cancelled)
        self.driver, info = search.run(TRY_S)
        log.info("%s %s on %s", info.board, info.firmware, self.link.path)
        self._pending = Decoded()
        if self.driver.acknowledges:
            self._request(self.driver.stop_request())
        elif self.driver.counters.frames:
            self._tell(self.driver.stop_request())
        self._info = info
        return info

    def configure(self, settings: StreamSettings) -> DeviceInfo:
        """Bring the board to `settings` and return how it describes itself then.

        Raises
        ------
        BoardRefused
            The board cannot do it, with its reason; or it says yes and then reports otherwise.
        BoardSilent
            It does not answer.
        """
        if not self.driver.acknowledges:
            return self._configure_unheard(settings)
        for _ in range(2):
            self._apply(settings)
            info = self._ask_identity()
            if _fits(info, settings):
                self._info = info
                return info
        raise BoardRefused(
            0,
            f"The board reports {info.n_channels} channels at {info.fs_hz:g} Hz, "
            f"x{info.oversample}, and was asked for {_in_words(settings)}.",
            "Press its reset button and connect again.",
        )

    def start(self) -> None:
        """Start the stream; data count as the answer if the answer itself is lost.

        Raises
        ------
        BoardRefused, BoardSilent
            The board cannot start, or does not answer.
        """
        self.driver.reset()
        self._pending = Decoded()
        if self.driver.acknowledges:
            self._request(self.driver.start_request(), data_will_do=True)
        else:
            self._start_unheard()

    def read(self, timeout_s: float) -> Decoded:
        """Return what arrived, waiting up to `timeout_s` for the first byte.

        Raises
        ------
        LinkLost
            The port went away.
        """
        if not (self._pending.frames or self._pending.messages):
            self._pump(timeout_s)
        decoded, self._pending = self._pending, Decoded()
        return decoded

    def stop(self) -> None:
        """Stop the stream. What arrived before the board's answer is left for `read`.

        A board that does not answer is left alone: it may be one that was just switched off.
        So is one that never told who it is.

        Raises
        ------
        LinkLost
            The port went away.
        """
        if self._info is None:
            return
        request = self.driver.stop_request()
        if not self.driver.acknowledges:
            self.link.write(request)
            return
        for _ in range(TRIES):
            self.link.write(request)
            if self._await_answer(request) is not None:
                return
        log.info("no answer to stop on %s", self.link.path)

    def close(self) -> None:
        """Close the link; closing twice is fine."""
        self.link.close()

    def cancel(self) -> None:
        """Wake a blocked `read` and end a running `open`; any thread may call it."""
        self._cancelled = True
        self.link.cancel()

    def _configure_unheard(self, settings: StreamSettings) -> DeviceInfo:
        """Tell a board that does not answer what to do, and believe it."""
        for request in self.driver.settings_requests(settings):
            self._tell(request)
        info = self.driver.settled(settings) or self.info
        self._info = replace(info, cautions=(*_unheeded(info, settings), *info.cautions))
        return self._info

    def _start_unheard(self) -> None:
        """Start a board that does not answer: its samples are the answer."""
        for _ in range(2):
            self.link.write(self.driver.start_request())
            end_s = self._clock() + self.driver.start_within_s
            while (left_s := end_s - self._clock()) > 0:
                self._refuse_if_cancelled()
                self._pump(left_s)
                if self._pending.frames:
                    return
        raise self._silent("sends no samples")

    def _tell(self, request: bytes) -> None:
        """Send what is not answered, and throw away what comes while the board is busy with it."""
        if not request:
            return
        self.link.write(request)
        end_s = self._clock() + self.driver.quiet_after_s
        while (left_s := end_s - self._clock()) > 0:
            self._refuse_if_cancelled()
            self._pump(left_s)
        self._pending = Decoded()

    def _apply(self, settings: StreamSettings) -> None:
        """Send the settings; a board that refuses one gets back those it had before."""
        before = self.info
        try:
            for request in self.driver.settings_requests(settings):
                self._request(request)
        except BoardRefused as error:
            former = StreamSettings(round(before.fs_hz), before.n_channels, before.oversample)
            for request in self.driver.settings_requests(former):
                self._request(request)
            what = f"{error.what.rstrip('.')} (asked for {_in_words(settings)})."
            raise BoardRefused(error.code, what, error.remedy) from error

    def _ask_identity(self) -> DeviceInfo:
        for _ in range(TRIES):
            self._pending.messages.clear()
            self.link.write(self.driver.identify_request())
            info = self._await_identity(self._clock() + ANSWER_S)
            if info is not None:
                return info
        raise self._silent("does not say who it is any more")

    def _request(self, request: bytes, *, data_will_do: bool = False) -> None:
        """Send `request` until it is answered.

        Raises
        ------
        BoardRefused
            The answer is an error code.
        BoardSilent
            There is none.
        """
        if not request:
            return
        for _ in range(TRIES):
            self._refuse_if_cancelled()
            self.link.write(request)
            answer = self._await_answer(request, data_will_do=data_will_do)
            if answer is not None and answer.code:
                raise _refusal(answer.code)
            if answer is not None or (data_will_do and self._pending.frames):
                return
        raise self._silent("does not answer a command")

    def _await_answer(self, request: bytes, *, data_will_do: bool = False) -> Answer | None:
        """Return the answer to `request`, or None when time is up or data came instead."""
        end_s = self._clock() + ANSWER_S
        while True:
            for message in self._pending.messages:
                if isinstance(message, Answer) and self.driver.answers(message, request):
                    self._pending.messages.remove(message)
                    return message
            left_s = end_s - self._clock()
            if left_s <= 0 or (data_will_do and self._pending.frames):
                return None
            self._pump(left_s)

    def _await_identity(self, end_s: float) -> DeviceInfo | None:
        """Return the board's identity if it comes before `end_s`."""
        while (left_s := end_s - self._clock()) > 0:
            self._refuse_if_cancelled()
            self._pump(left_s)
            messages, self._pending.messages = self._pending.messages, []
            for message in messages:
                if isinstance(message, DeviceInfo):
                    return message
        return None

    def _pump(self, timeout_s: float) -> None:
        """Read once, decode, and keep the outcome until it is asked for."""
        data = self.link.read(timeout_s)
        if data:
            decoded = self.driver.feed(data)
            self._pending.frames += decoded.frames
            self._pending.messages += decoded.messages

    def _refuse_if_cancelled(self) -> None:
        if self._cancelled:
            raise LinkError("Connecting was cancelled.", "Connect again when ready.")

    def _silent(self, what: str) -> BoardSilent:
        return BoardSilent(
            f"The board on {self.link.path} {what}.", "Press its reset button and connect again."
        )


def _refusal(code: int) -> BoardRefused:
    row = wire.codes().get(code)
    if row is None:
        what = f"The board refused with code {code}, which this app does not know."
        return BoardRefused(code, what, "Flash the firmware that came with this app.")
    return BoardRefused(code, row.what, row.remedy)


def _fits(info: DeviceInfo, settings: StreamSettings) -> bool:
    """Tell whether the board describes itself as it was asked to be."""
    return (
        settings.fs_hz in (None, info.fs_hz)
        and settings.n_channels in (None, info.n_channels)
        and settings.oversample in (None, info.oversample)
    )


def _unheeded(info: DeviceInfo, settings: StreamSettings) -> tuple[str, ...]:
    """Tell what was asked of a board that has its own rate and inputs."""
    told = []
    if settings.fs_hz not in (None, info.fs_hz):
        told.append(f"It has its own rate: {settings.fs_hz} Hz cannot be asked of it.")
    if settings.n_channels is not None and settings.n_channels > info.n_channels:
        told.append(f"It has {info.n_channels} inputs; {settings.n_channels} were asked for.")
    return tuple(told)


def _in_words(settings: StreamSettings) -> str:
    asked = {
        "channels": settings.n_channels,
        "Hz": settings.fs_hz,
        "conversions per sample": settings.oversample,
    }
    return ", ".join(f"{value} {unit}" for unit, value in asked.items() if value is not None)
