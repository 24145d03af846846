"""Whether this computer draws from the mains: with electrodes on, it must not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

MAINS_WARNING = (
    "This computer runs on mains. Unplug its charger before electrodes touch skin, or put a "
    "medical-grade USB isolator between board and computer."
)
_LINUX_SUPPLIES = Path("/sys/class/power_supply")
_LINUX_CHASSIS = Path("/sys/class/dmi/id/chassis_type")
_STATIONARY_CHASSIS = {3, 4, 5, 6, 7, 13, 15, 16, 17, 23, 24, 35, 36}
"""Desktop, tower, all-in-one, server and the like (SMBIOS specification, chassis types)."""
_ASK_S = 5.0


def on_mains() -> bool | None:
    """Tell whether this computer draws from the mains; None where that cannot be known."""
    if sys.platform.startswith("linux"):
        return linux_on_mains()
    if sys.platform == "win32":
        return _windows_on_mains()
    if sys.platform == "darwin":
        return _mac_on_mains()
    return None


def linux_on_mains(supplies: Path = _LINUX_SUPPLIES, chassis: Path = _LINUX_CHASSIS) -> bool | None:
    """Tell it from the kernel's power supplies, or from the computer's case.

    Parameters
    ----------
    supplies
        Folder of the power supplies: type, online, status and scope of each.
    chassis
        File that holds the kind of case.
    """
    folders = sorted(supplies.iterdir()) if supplies.is_dir() else []
    has_battery = has_charger = False
    for folder in folders:
        if _word(folder / "scope") == "Device":
            # The battery of a mouse says nothing of the computer.
            continue
        if _word(folder / "type") == "Battery":
            has_battery = True
            if _word(folder / "status") in {"Charging", "Full", "Not charging"}:
                return True
        elif _word(folder / "online"):
            has_charger = True
            if _word(folder / "online") != "0":
                return True
    if has_battery or has_charger:
        return False
    kind = _word(chassis)
    return True if kind.isdecimal() and int(kind) in _STATIONARY_CHASSIS else None


def mac_on_mains(told: str) -> bool | None:
    """Tell it from what `pmset -g batt` printed."""
    first = told.partition("\n")[0]
    if "AC Power" in first:
        return True
    return False if "Battery Power" in first else None


def windows_on_mains(ac_line_status: int) -> bool | None:
    """Tell it from ACLineStatus of Windows' SYSTEM_POWER_STATUS: 0, 1, or 255 for unknown."""
    return {0: False, 1: True}.get(ac_line_status)


def _windows_on_mains() -> bool | None:
    import ctypes  # noqa: PLC0415 - on Windows alone

    # SYSTEM_POWER_STATUS is 12 bytes long and begins with ACLineStatus.
    status = (ctypes.c_ubyte * 12)()
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - there is none elsewhere
    return windows_on_mains(status[0]) if kernel.GetSystemPowerStatus(status) else None


def _mac_on_mains() -> bool | None:
    try:
        done = subprocess.run(
            ["/usr/bin/pmset", "-g", "batt"],
            check=False,
            capture_output=True,
            text=True,
            timeout=_ASK_S,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return mac_on_mains(done.stdout)


def _word(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""
