"""Which serial ports there are, and who answers on one."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from serial.tools.list_ports import comports
from serial.tools.list_ports_common import ListPortInfo

from emgfeedback.core.device import DeviceInfo
from emgfeedback.devices.connection import Connection
from emgfeedback.devices.registry import ANY, make_drivers
from emgfeedback.devices.serial_link import SerialLink

# USB ids of the vendors' own driver files and the Linux kernel's tables.
_BOARD_OF_USB_ID = {
    (0x2341, 0x0001): "Arduino Uno",
    (0x2341, 0x0043): "Arduino Uno",
    (0x2341, 0x0243): "Arduino Uno",
    (0x2A03, 0x0043): "Arduino Uno",
    (0x2341, 0x0010): "Arduino Mega 2560",
    (0x2341, 0x0042): "Arduino Mega 2560",
    (0x2341, 0x0242): "Arduino Mega 2560",
    (0x2A03, 0x0042): "Arduino Mega 2560",
    (0x2341, 0x0036): "Arduino Leonardo (boot loader)",
    (0x2341, 0x8036): "Arduino Leonardo",
    (0x2A03, 0x0036): "Arduino Leonardo (boot loader)",
    (0x2A03, 0x8036): "Arduino Leonardo",
    (0x1A86, 0x7523): "Arduino Nano or clone (CH340)",
    (0x1A86, 0x5523): "Arduino Nano or clone (CH341)",
    (0x1A86, 0x55D4): "Arduino Nano or clone (CH9102)",
    (0x0403, 0x6001): "Arduino Nano (FT232R)",
    (0x0403, 0x6015): "Board with FTDI adapter (FT231X)",
    (0x10C4, 0xEA60): "Board with CP210x adapter",
}
_ARDUINO_VENDORS = {0x2341, 0x2A03}


@dataclass(frozen=True, slots=True)
class PortInfo:
    """What is known of a port without opening it."""

    path: str
    description: str
    vid: int | None = None
    pid: int | None = None
    serial_number: str = ""
    likely: str = ""
    """The board its USB adapter hints at, or empty."""
    bluetooth: bool = False
    """Opening one may wait half a minute for a telephone or headset: never asked unnamed."""


def list_ports() -> list[PortInfo]:
    """Return the serial ports there are, likely boards first. Opens none, so resets none."""
    ports = [
        PortInfo(
            path=port.device,
            description="" if port.description in (None, "n/a") else port.description,
            vid=port.vid,
            pid=port.pid,
            serial_number=port.serial_number or "",
            likely=likely_board(port.vid, port.pid),
            bluetooth=_is_bluetooth(port),
        )
        for port in comports()
    ]
    return sorted(
        ports,
        key=lambda port: (port.bluetooth, not port.likely, port.vid is None, port.path),
    )


def _is_bluetooth(port: ListPortInfo) -> bool:
    """Tell it by the names Windows, Linux and macOS give to such ports."""
    return (port.hwid or "").upper().startswith("BTHENUM") or any(
        word in port.device for word in ("/rfcomm", "Bluetooth")
    )


def likely_board(vid: int | None, pid: int | None) -> str:
    """Return the board that USB ids hint at, or an empty string."""
    if vid is None or pid is None:
        return ""
    board = _BOARD_OF_USB_ID.get((vid, pid), "")
    return board or ("Arduino board" if vid in _ARDUINO_VENDORS else "")


def identify(path: str, driver_name: str | None = None) -> DeviceInfo:
    """Open the port, find out who is there, and close the port.

    Opening resets many boards, and what is there gets questions it may not know: only for a
    port the user named, or one whose adapter is that of a board.

    Parameters
    ----------
    path
        The port.
    driver_name
        The driver to ask with; None tries each.

    Raises
    ------
    LinkError
        The port cannot be opened, or nobody on it is known to any driver asked.
    UsageError
        No such driver.
    """
    drivers = make_drivers(ANY if driver_name is None else driver_name)
    with closing(Connection(SerialLink(path), drivers)) as connection:
        return connection.open()
