"""From a port to numbered blocks, through silence, unplugging and reconnecting.

A synchronous object: the reader thread calls `step` in a loop, tests call it
directly with their own clock.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from emgfeedback.core.block import Block
from emgfeedback.core.device import DeviceInfo, LinkHealth, LinkState
from emgfeedback.core.errors import ConfigError, EmgFeedbackError, ForeignBoard, LinkError
from emgfeedback.core.montage import Montage, neck_montage
from emgfeedback.devices.connection import Connection
from emgfeedback.devices.driver import BoardReport, StreamSettings
from emgfeedback.devices.sequencer import Sequencer

log = logging.getLogger(__name__)

STALL_S = 0.7
"""Silence this long is told: within a second, as a patient would expect."""
RESTART_S = 2.0
"""Silence this long on an open port: the board may have been reset, so ask it to start again."""
RETRY_S = 0.25
"""Pause between attempts to open a port that went away."""


class Acquisition:
    """Open, configure, read and reopen one board.

    Parameters
    ----------
    connect
        Makes a fresh, unopened connection to the same device; called again for every
        attempt to get it back.
    settings
        What to ask of the board; None keeps its own settings.
    montage
        Channels to keep, in column order; None: every channel of the board as neck pairs.
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        settings: StreamSettings,
        montage: Montage | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect = connect
        self._settings = settings
        self._wanted_montage = montage
        self._clock = clock
        self._connection: Connection | None = None
        self._sequencer: Sequencer | None = None
        self._info: DeviceInfo | None = None
        self._state = LinkState.CLOSED
        self._last_data_s = 0.0
        self._last_attempt_s = 0.0
        self._reconnects = 0
        self._overruns = 0
        self._past_counters = (0, 0)
        self.message = ""
        """Why there is no data, in words with a remedy; empty when all is well."""

    @property
    def info(self) -> DeviceInfo:
        """The board as it was configured. Only after `open`."""
        assert self._info is not None
        return self._info

    @property
    def montage(self) -> Montage:
        """The channels kept. Only after `open`."""
        assert self._wanted_montage is not None
        return self._wanted_montage

    def open(self) -> DeviceInfo:
        """Connect, configure and start; return the board's identity.

        Raises
        ------
        LinkError
            The port cannot be opened, the board is silent, foreign or refuses the settings.
        ConfigError
            The montage needs an input the board does not have.
        """
        self._state = LinkState.OPENING
        connection = self._connect()
        self._connection = connection
        try:
            info = self._bring_up(connection)
            montage = self._wanted_montage or neck_montage(info.n_channels)
            highest = max(channel.input for channel in montage.channels)
            if highest >= info.n_channels:
                raise ConfigError(
                    f"The montage uses input {highest}, {info.board} sends inputs 0 to "
                    f"{info.n_channels - 1}.",
                    "Choose a montage with fewer channels.",
                )
            connection.start()
        except BaseException:
            self.close()
            raise
        self._info = info
        self._wanted_montage = montage
        self._sequencer = Sequencer(
            info, connection.driver.seq_modulus, [channel.input for channel in montage.channels]
        )
        self._state = LinkState.STREAMING
        self._last_data_s = self._clock()
        return info

    def step(self, timeout_s: float) -> list[Block]:
        """Return the blocks that arrived, waiting up to `timeout_s`; none while the link is away.

        Never raises for a link that is lost or silent: it says so in `health` and `message`
        and goes on trying to get the same device back.
        """
        if self._connection is None:
            self._try_reconnect()
            return []
        try:
            decoded = self._connection.read(timeout_s)
        except LinkError as error:
            self._lose(error)
            return []
        now = self._clock()
        for message in decoded.messages:
            if isinstance(message, BoardReport):
                self._overruns = message.overruns
        if not decoded.frames:
            self._notice_silence(now)
            return []
        self._last_data_s = now
        self._state = LinkState.STREAMING
        self.message = ""
        assert self._sequencer is not None
        return self._sequencer.blocks(decoded.frames, now)

    def health(self) -> LinkHealth:
        """Return a copy of everything counted so far."""
        if self._sequencer is None:
            return LinkHealth(state=self._state)
        crc_errors, resyncs = self._past_counters
        if self._connection is not None:
            counters = self._connection.driver.counters
            crc_errors += counters.crc_errors
            resyncs += counters.resyncs
        health = self._sequencer.health()
        return replace(
            health,
            state=self._state,
            crc_errors=crc_errors,
            resyncs=resyncs,
            overruns=self._overruns,
            reconnects=self._reconnects,
        )

    def arrived_s(self, n_samples: int) -> float | None:
        """Return when (monotonic) the stream's first `n_samples` were here, by the rate's line."""
        return self._sequencer.rate.arrived_s(n_samples) if self._sequencer is not None else None

    def cancel(self) -> None:
        """Wake a blocked `step` from another thread."""
        connection = self._connection
        if connection is not None:
            connection.cancel()

    def close(self) -> None:
        """Stop the board and close the port; closing twice is fine."""
        connection, self._connection = self._connection, None
        self._state = LinkState.CLOSED
        if connection is None:
            return
        try:
            connection.stop()
        except EmgFeedbackError as error:
            log.info("stop not answered on closing: %s", error)
        self._remember_counters(connection)
        connection.close()

    def _remember_counters(self, connection: Connection) -> None:
        counters = connection.driver.counters
        crc_errors, resyncs = self._past_counters
        self._past_counters = (crc_errors + counters.crc_errors, resyncs + counters.resyncs)

    def _bring_up(self, connection: Connection) -> DeviceInfo:
        self._state = LinkState.HANDSHAKE
        connection.open()
        return connection.configure(self._settings)

    def _notice_silence(self, now: float) -> None:
        silent_s = now - self._last_data_s
        if silent_s < STALL_S:
            return
        if self._state is LinkState.STREAMING:
            log.info("board silent for %.1f s", silent_s)
        self._state = LinkState.STALLED
        self.message = f"Board silent since {silent_s:.0f} s. Check its cable and power."
        if silent_s > RESTART_S and now - self._last_attempt_s > RESTART_S:
            self._last_attempt_s = now
            self._restart()

    def _restart(self) -> None:
        connection = self._connection
        assert connection is not None
        try:
            self._bring_up(connection)
            connection.start()
        except EmgFeedbackError as error:
            self._state = LinkState.STALLED
            log.info("restart of a silent board failed: %s", error)
            return
        self._resume()

    def _lose(self, error: LinkError) -> None:
        log.info("link lost: %s", error)
        connection, self._connection = self._connection, None
        assert connection is not None
        self._remember_counters(connection)
        connection.close()
        self._state = LinkState.LOST
        self.message = str(error)

    def _try_reconnect(self) -> None:
        now = self._clock()
        if self._state is LinkState.CLOSED or now - self._last_attempt_s < RETRY_S:
            time.sleep(min(RETRY_S, 0.02))
            return
        self._last_attempt_s = now
        connection = self._connect()
        try:
            info = self._bring_up(connection)
            self._refuse_other_board(info)
            connection.start()
        except EmgFeedbackError as error:
            connection.close()
            self._state = LinkState.LOST
            self.message = str(error)
            return
        self._connection = connection
        self._reconnects += 1
        self._resume()

    def _resume(self) -> None:
        assert self._sequencer is not None
        now = self._clock()
        self._sequencer.reconnected(now)
        self._last_data_s = now
        self._state = LinkState.STREAMING
        self.message = ""

    def _refuse_other_board(self, info: DeviceInfo) -> None:
        before = self.info
        if (info.driver, info.board, info.n_channels, info.full_scale_counts) != (
            before.driver,
            before.board,
            before.n_channels,
            before.full_scale_counts,
        ):
            raise ForeignBoard(
                f"Another board answers on the port: {info.board}, was {before.board}.",
                "Plug the first one back in, or stop and connect anew.",
            )
