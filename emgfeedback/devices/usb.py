"""USB devices as the system lists them: also those that have become no port.

Linux shows them as files; Windows is asked by PowerShell, which takes a second or two.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SYSFS = Path("/sys/bus/usb/devices")
_PROC = Path("/proc")
_POWERSHELL = (
    "Get-PnpDevice -PresentOnly | Where-Object { $_.InstanceId -like 'USB\\VID_*' } | "
    "ForEach-Object { $_.InstanceId + '|' + $_.Status + '|' + $_.FriendlyName }"
)
_POWERSHELL_S = 15.0
_WINDOWS_IDS = re.compile(r"USB\\VID_([0-9A-F]{4})&PID_([0-9A-F]{4})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Adapter:
    """A chip between USB and a board's serial line, and the driver it needs."""

    name: str
    linux_module: str
    driver_from: str
    """Whose driver it is, where the system brings none."""


_CH340 = Adapter("CH340", "ch341", "WCH (wch-ic.com)")
_FTDI = Adapter("FTDI", "ftdi_sio", "FTDI (ftdichip.com)")
_CP210X = Adapter("CP210x", "cp210x", "Silicon Labs (silabs.com)")
_ARDUINO = Adapter("Arduino", "cdc_acm", "Arduino (arduino.cc)")
# USB ids of the Linux kernel's own driver tables.
_BY_VENDOR = {0x1A86: _CH340, 0x0403: _FTDI, 0x2341: _ARDUINO, 0x2A03: _ARDUINO}
_BY_ID = {
    (0x10C4, 0xEA60): _CP210X,
    (0x10C4, 0xEA70): _CP210X,
    (0x067B, 0x2303): Adapter("PL2303", "pl2303", "Prolific (prolific.com.tw)"),
}
ADAPTERS = (_CH340, _CP210X, _FTDI)
"""Those whose driver is missing most often."""


@dataclass(frozen=True, slots=True)
class UsbDevice:
    """One USB device.

    Attributes
    ----------
    drivers
        Kernel drivers bound to its interfaces; `usbfs` is a program that has taken it.
    ports
        Names of its serial ports, as `ttyUSB0`; unknown on Windows.
    works
        Whether Windows says that it works; None elsewhere.
    """

    vid: int
    pid: int
    name: str
    drivers: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    works: bool | None = None

    @property
    def lacks_port(self) -> bool:
        """Whether it should have become a port and has not."""
        return self.adapter is not None and not (self.ports if self.works is None else self.works)

    @property
    def adapter(self) -> Adapter | None:
        """The adapter of a board it is, if any is known by its ids."""
        return _BY_ID.get((self.vid, self.pid)) or _BY_VENDOR.get(self.vid)


def usb_devices(root: Path = _SYSFS) -> list[UsbDevice] | None:
    """Return all USB devices; None where the system does not show them."""
    if sys.platform == "win32" and root == _SYSFS:
        return _ask_windows()
    if not root.is_dir():
        return None
    found = []
    for folder in sorted(root.iterdir()):
        vid, pid = _number(folder / "idVendor"), _number(folder / "idProduct")
        if vid is None or pid is None:
            continue
        interfaces = [one for one in folder.glob(f"{folder.name}:*") if one.is_dir()]
        drivers = [(one / "driver").resolve().name for one in interfaces
                   if (one / "driver").exists()]  # fmt: skip
        found.append(
            UsbDevice(
                vid=vid,
                pid=pid,
                name=_words(folder / "product"),
                drivers=tuple(dict.fromkeys(drivers)),
                ports=tuple(sorted({port for one in interfaces for port in _ports(one)})),
            )
        )
    return found


def devices_of_windows(told: str) -> list[UsbDevice]:
    """Return the devices in what `_POWERSHELL` printed: one a line, identity|status|name."""
    found = []
    for line in told.splitlines():
        identity, _, rest = line.partition("|")
        status, _, name = rest.partition("|")
        ids = _WINDOWS_IDS.match(identity.strip())
        if ids:
            works = status.strip().upper() == "OK"
            found.append(UsbDevice(int(ids[1], 16), int(ids[2], 16), name.strip(), works=works))
    return found


def _ask_windows() -> list[UsbDevice] | None:
    try:
        done = subprocess.run(
            ["powershell.exe", "-NoProfile", "-NonInteractive", "-Command", _POWERSHELL],
            check=True,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_POWERSHELL_S,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return devices_of_windows(done.stdout) or None


def brltty_runs(proc: Path = _PROC) -> bool:
    """Tell whether BRLTTY runs, which takes CH340 adapters for Braille displays."""
    return any(_words(path) == "brltty" for path in proc.glob("[0-9]*/comm"))


def _ports(interface: Path) -> Iterator[str]:
    """Yield the names of the serial ports below a USB interface."""
    for path in (*interface.glob("tty*"), *interface.glob("tty/tty*")):
        if path.name != "tty":
            yield path.name


def _number(path: Path) -> int | None:
    try:
        return int(_words(path), 16)
    except ValueError:
        return None


def _words(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
