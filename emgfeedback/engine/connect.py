"""From a port's name to a fresh connection, again and again to the same device."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from emgfeedback.devices.brainflow_board import PREFIX as BRAINFLOW_PREFIX
from emgfeedback.devices.brainflow_board import BrainFlowSource
from emgfeedback.devices.connection import Connection
from emgfeedback.devices.lsl_inlet import PREFIX as LSL_PREFIX
from emgfeedback.devices.lsl_inlet import LslSource
from emgfeedback.devices.ports import PortInfo, list_ports
from emgfeedback.devices.registry import ANY, OURS, make_driver, make_drivers
from emgfeedback.devices.sample_source import SampleSource, SourceDriver, SourceLink
from emgfeedback.devices.serial_link import SerialLink
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.link import VirtualLink
from emgfeedback.devices.virtual.signal import NeckSignal

log = logging.getLogger(__name__)

DEMO = "demo"
"""The port name of the virtual board in this process."""
DEFAULT_DRIVER = OURS
"""Of the virtual board and of a replay."""

Connector = Callable[[], Connection]


class SerialConnector:
    """Connections to one serial device, found again by its USB identity if its path moves."""

    def __init__(self, path: str, driver: str = ANY) -> None:
        self._path = path
        self._driver = driver
        self._identity = self._find_identity()
        self._latest: Connection | None = None

    def __call__(self) -> Connection:
        """Return an unopened connection; a board once known is met with its own driver."""
        if self._latest is not None and self._latest.is_known:
            self._driver = self._latest.driver.name
        connection = Connection(SerialLink(self._present_path()), make_drivers(self._driver))
        self._latest = connection
        return connection

    def _find_identity(self) -> PortInfo | None:
        for port in list_ports():
            if port.path == self._path and port.serial_number:
                return port
        return None

    def _present_path(self) -> str:
        known = self._identity
        if known is None or Path(self._path).exists():
            return self._path
        for port in list_ports():
            if (port.vid, port.pid, port.serial_number) == (
                known.vid,
                known.pid,
                known.serial_number,
            ):
                log.info("%s is now at %s", self._path, port.path)
                return port.path
        return self._path


class DemoConnector:
    """Connections to one virtual board, which lives on between them as a real one would."""

    def __init__(self, board: VirtualBoard | None = None) -> None:
        self._link = VirtualLink(board or VirtualBoard(NeckSignal()))

    def __call__(self) -> Connection:
        """Return an unopened connection."""
        return Connection(self._link, make_driver(DEFAULT_DRIVER))


class SourceConnector:
    """Connections to what another library reads."""

    def __init__(self, make: Callable[[], SampleSource]) -> None:
        self._make = make

    def __call__(self) -> Connection:
        """Return an unopened connection."""
        source = self._make()
        return Connection(SourceLink(source), SourceDriver(source))


def connector(port: str, driver: str = ANY) -> Connector:
    """Return the connector for `port`: a serial path, `demo`, `lsl:NAME` or `brainflow:BOARD`.

    With `ANY` our own board is asked first, then the others are tried.

    Raises
    ------
    UsageError
        Unknown driver.
    """
    make_drivers(driver)
    if port.startswith(LSL_PREFIX):
        return SourceConnector(lambda: LslSource(port.removeprefix(LSL_PREFIX)))
    if port.startswith(BRAINFLOW_PREFIX):
        return SourceConnector(lambda: BrainFlowSource(port.removeprefix(BRAINFLOW_PREFIX)))
    return DemoConnector() if port == DEMO else SerialConnector(port, driver)
