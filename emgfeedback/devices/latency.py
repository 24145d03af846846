"""How long an FTDI adapter holds bytes back: 16 ms as it comes, which makes feedback lag.

The Linux driver ftdi_sio shows it as `latency_timer` in milliseconds, and sets 1 ms on a port
that asks for low latency (`SerialLink` does); Windows keeps it in the port's advanced settings.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

GOOD_MS = 1
_SYSFS = Path("/sys/bus/usb-serial/devices")
_FTDI_VENDOR = 0x0403
_RULE = 'ACTION=="add", SUBSYSTEM=="usb-serial", DRIVER=="ftdi_sio", ATTR{latency_timer}="1"'


@dataclass(frozen=True, slots=True)
class Latency:
    """The latency of a port's adapter.

    Attributes
    ----------
    ms
        Now; None where it cannot be read.
    was_ms
        Before it was set here; None where it was not.
    remedy
        What the user can do; empty where nothing is left to do.
    """

    ms: int | None
    was_ms: int | None = None
    remedy: str = ""


def settle_latency(path: str, vid: int | None, root: Path = _SYSFS) -> Latency | None:
    """Bring the adapter of port `path` to 1 ms where this user may; None if it has no such timer.

    Parameters
    ----------
    path
        The port, as `/dev/ttyUSB0`; a link to it will do.
    vid
        USB vendor of the adapter; tells an FTDI where the system shows no timer.
    """
    if not sys.platform.startswith("linux") and root == _SYSFS:
        return _elsewhere() if vid == _FTDI_VENDOR else None
    timer = root / Path(path).resolve().name / "latency_timer"
    before = _read_ms(timer)
    if before is None:
        return None
    if before <= GOOD_MS:
        return Latency(before)
    try:
        timer.write_text(f"{GOOD_MS}\n", encoding="ascii")
    except OSError:
        return Latency(
            before,
            remedy=(
                f"Its adapter holds bytes back for {before} ms. Put this line into "
                f"/etc/udev/rules.d/71-ftdi-latency.rules and plug the board in anew: {_RULE}"
            ),
        )
    return Latency(_read_ms(timer), was_ms=before)


def _elsewhere() -> Latency:
    if sys.platform == "win32":
        remedy = (
            "In the Device Manager, open the port's properties, Port Settings, Advanced, and "
            f"set the latency timer to {GOOD_MS} ms."
        )
    else:
        remedy = "Its adapter may hold bytes back for 16 ms; this app cannot change that here."
    return Latency(None, remedy=remedy)


def _read_ms(timer: Path) -> int | None:
    try:
        return int(timer.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
