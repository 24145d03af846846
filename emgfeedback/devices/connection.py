"""Asking a board who it is, what to do, and to begin: requests and answers over one link."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import BoardRefused, BoardSilent, ForeignBoard, LinkError
from emgfeedback.devices import wire
from emgfeedback.devices.driver import Answer, Decoded, Driver, Misfit, StreamSettings
from emgfeedback.devices.link import Link
from emgfeedback.devices.strangers import UNKNOWN, describe

log = logging.getLogger(__name__)

ASK_EVERY_S = 0.25
"""Boot loaders swallow what comes before the firmware runs, so the question is repeated."""
TRY_S = (0.5, 3.0)
"""How long each baud is asked: all briefly, then all as long as a board needs to boot."""
ANSWER_S = 0.4
TRIES = 4
_KEPT_BYTES = 1024
_STRAY_BYTES = 4
"""So few bytes may come from opening the port; more are somebody talking."""
_TELLING_PACKETS = 3


class Connection:
    """One board on one link, spoken to by its driver.

    Synchronous: all methods are called from one thread, but for `cancel`.

    Parameters
    ----------
    link
        Not yet open.
    driver
        Fresh, for this connection alone.
    clock
        Monotonic seconds.
    """

    def __init__(
        self, link: Link, driver: Driver, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.link = link
        self.driver = driver
        self._clock = clock
        self._info: DeviceInfo | None = None
        self._pending = Decoded()
        self._heard: dict[int, bytes] = {}
        self._misfit: Misfit | None = None
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

    def open(self) -> DeviceInfo:
        """Open the link, find the baud, stop a board that streams, and return who it is.

        Raises
        ------
        PortMissing, PortBusy, PortForbidden, LinkLost
            The link's own reasons.
        BoardSilent
            Nothing answers, within 7 s for two bauds.
        ForeignBoard
            Something answers that this driver does not understand.
        """
        self._cancelled = False
        self._heard.clear()
        self._misfit = None
        rejected_before = self.driver.counters.rejected
        for seconds in TRY_S:
            for baud in self.driver.bauds:
                self.link.open(baud)
                info = self._seek_identity(baud, seconds)
                if info is not None:
                    log.info("%s %s on %s", info.board, info.firmware, self.link.path)
                    self._request(self.driver.stop_request())
                    self._info = info
                    return info
        raise self._why_no_identity(self.driver.counters.rejected - rejected_before)

    def configure(self, settings: StreamSettings) -> DeviceInfo:
        """Bring the board to `settings` and return how it describes itself then.

        Raises
        ------
        BoardRefused
            The board cannot do it, with its reason; or it says yes and then reports otherwise.
        BoardSilent
            It does not answer.
        """
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
        self._request(self.driver.start_request(), data_will_do=True)

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
        for _ in range(TRIES):
            self.link.write(request)
            if not request or self._await_answer(request) is not None:
                return
        log.info("no answer to stop on %s", self.link.path)

    def close(self) -> None:
        """Close the link; closing twice is fine."""
        self.link.close()

    def cancel(self) -> None:
        """Wake a blocked `read` and end a running `open`; any thread may call it."""
        self._cancelled = True
        self.link.cancel()

    def _seek_identity(self, baud: int, seconds: float) -> DeviceInfo | None:
        """Ask again and again at this baud; return the answer, or None after `seconds`."""
        self.driver.reset()
        self._pending = Decoded()
        # A board that streams leaves the answer among data; stopping an idle one changes nothing.
        question = self.driver.stop_request() + self.driver.identify_request()
        end_s = self._clock() + seconds
        while (now_s := self._clock()) < end_s:
            self.link.write(question)
            info = self._await_identity(min(now_s + ASK_EVERY_S, end_s), baud)
            if info is not None:
                return info
        return None

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

    def _await_identity(self, end_s: float, baud: int | None = None) -> DeviceInfo | None:
        """Return the board's identity if it comes before `end_s`, noting what else is heard.

        Raises
        ------
        ForeignBoard
            The board said twice that it speaks another version: no accident.
        """
        while (left_s := end_s - self._clock()) > 0:
            self._refuse_if_cancelled()
            data = self._pump(left_s)
            if baud is not None:
                self._heard[baud] = (self._heard.get(baud, b"") + data)[-_KEPT_BYTES:]
            messages, self._pending.messages = self._pending.messages, []
            for message in messages:
                if isinstance(message, DeviceInfo):
                    return message
                if isinstance(message, Misfit):
                    if self._misfit is not None:
                        raise ForeignBoard(message.what, message.remedy)
                    self._misfit = message
        return None

    def _pump(self, timeout_s: float) -> bytes:
        """Read once, decode, and keep the outcome until it is asked for; return the bytes."""
        data = self.link.read(timeout_s)
        if data:
            decoded = self.driver.feed(data)
            self._pending.frames += decoded.frames
            self._pending.messages += decoded.messages
        return data

    def _refuse_if_cancelled(self) -> None:
        if self._cancelled:
            raise LinkError("Connecting was cancelled.", "Connect again when ready.")

    def _why_no_identity(self, data_packets: int) -> LinkError:
        """Return the error that says most about what was heard in place of an identity."""
        path = self.link.path
        if self._misfit is not None:
            return ForeignBoard(self._misfit.what, self._misfit.remedy)
        if data_packets >= _TELLING_PACKETS:
            return self._silent("sends data and hears no question")
        heard = [data for data in self._heard.values() if len(data) >= _STRAY_BYTES]
        if heard:
            guesses = [describe(data) for data in heard]
            known = [guess for guess in guesses if not guess.startswith(UNKNOWN)]
            return ForeignBoard(
                f"What answers on {path} is not the {self.driver.title}: "
                f"it sends {(known or guesses)[0]}.",
                "Flash the firmware that came with this app, or choose another port.",
            )
        bauds = " or ".join(map(str, self.driver.bauds))
        seconds = sum(TRY_S) * len(self.driver.bauds)
        return BoardSilent(
            f"No answer on {path} in {seconds:g} s at {bauds} baud.",
            "Check that this is the board's port and that its firmware is flashed, "
            "press its reset button and try again.",
        )

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


def _in_words(settings: StreamSettings) -> str:
    asked = {
        "channels": settings.n_channels,
        "Hz": settings.fs_hz,
        "conversions per sample": settings.oversample,
    }
    return ", ".join(f"{value} {unit}" for unit, value in asked.items() if value is not None)
