"""Why there is no signal: the cause by name, and what to do, from what was seen and tried."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from emgfeedback.core.errors import (
    BoardRefused,
    BoardRestarts,
    BoardSilent,
    ForeignBoard,
    LinkError,
    LinkLost,
    PortBusy,
    PortForbidden,
    PortMissing,
)
from emgfeedback.devices.ports import PortInfo
from emgfeedback.devices.strangers import UNKNOWN, describe
from emgfeedback.devices.usb import ADAPTERS, UsbDevice

STRAY_BYTES = 4
"""So few bytes may come from opening a port; more are somebody talking."""


_WHERE_USB_SHOWS = {
    "win32": "the Device Manager, under Other devices",
    "darwin": "System Information, under USB",
}


class Cause(Enum):
    """What keeps a board from being used."""

    NO_BOARD = "no board"
    DRIVER_MISSING = "driver missing"
    TAKEN_BY_BRLTTY = "taken by BRLTTY"
    BLUETOOTH = "Bluetooth port"
    PORT_MISSING = "no such port"
    PORT_BUSY = "port in use"
    PORT_FORBIDDEN = "no permission"
    PORT_GONE = "port went away"
    PORT_FAILS = "port fails"
    OTHER_FIRMWARE = "other firmware"
    WRONG_BAUD = "wrong rate"
    NO_FIRMWARE = "no firmware"
    SILENT = "silent"
    RESTARTS = "restarts"
    REFUSES = "board refuses"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A cause with its words; `port` is empty where it concerns none."""

    cause: Cause
    what: str
    remedy: str
    port: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found out about a port on which nobody answered.

    Attributes
    ----------
    heard
        Baud -> bytes that came unasked at that rate.
    boot_loader
        The chip whose boot loader answers, empty if none does, None if nobody tried.
    """

    heard: Mapping[int, bytes]
    boot_loader: str | None = None


def why_no_board(
    ports: Sequence[PortInfo],
    usb: Sequence[UsbDevice] | None,
    *,
    brltty: bool = False,
    system: str = sys.platform,
) -> list[Diagnosis]:
    """Return what keeps boards from being listed; empty if one is.

    Parameters
    ----------
    ports
        As `list_ports` returns them.
    usb
        As `usb_devices` returns them; None where the system does not show them.
    brltty
        Whether BRLTTY runs.
    system
        As `sys.platform`.
    """
    found = [
        _adapter_without_port(device, system, brltty=brltty)
        for device in usb or ()
        if device.lacks_port
    ]
    if not found and not any(port.likely for port in ports):
        found.append(_nothing_plugged_in(usb, system))
    found += [
        Diagnosis(
            Cause.BLUETOOTH,
            f"{port.path} belongs to Bluetooth and is not asked.",
            "Choose it by hand if a board is behind it.",
            port.path,
        )
        for port in ports
        if port.bluetooth
    ]
    return found


def why_refused(path: str, error: LinkError, evidence: Evidence | None = None) -> Diagnosis:
    """Return the cause behind `error` on port `path`.

    Parameters
    ----------
    evidence
        What was found out afterwards, for a board that did not answer as ours does.
    """
    plain: dict[type[LinkError], Cause] = {
        PortMissing: Cause.PORT_MISSING,
        PortBusy: Cause.PORT_BUSY,
        PortForbidden: Cause.PORT_FORBIDDEN,
        LinkLost: Cause.PORT_GONE,
        BoardRestarts: Cause.RESTARTS,
        BoardRefused: Cause.REFUSES,
    }
    for kind, cause in plain.items():
        if isinstance(error, kind):
            return Diagnosis(cause, error.what, error.remedy, path)
    if evidence is not None and isinstance(error, BoardSilent | ForeignBoard):
        found = _from_evidence(path, error, evidence)
        if found is not None:
            return found
    if isinstance(error, ForeignBoard):
        return Diagnosis(Cause.OTHER_FIRMWARE, error.what, error.remedy, path)
    if isinstance(error, BoardSilent):
        return Diagnosis(Cause.SILENT, error.what, error.remedy, path)
    return Diagnosis(Cause.PORT_FAILS, error.what, error.remedy, path)


def _from_evidence(path: str, error: LinkError, evidence: Evidence) -> Diagnosis | None:
    heard = {baud: data for baud, data in evidence.heard.items() if len(data) > STRAY_BYTES}
    for baud, data in heard.items():
        guess = describe(data)
        if not guess.startswith(UNKNOWN):
            return Diagnosis(
                Cause.OTHER_FIRMWARE,
                f"The board on {path} runs other firmware: at {baud} baud it sends {guess}.",
                "Flash the firmware that came with this app, or choose another port.",
                path,
            )
    if evidence.boot_loader:
        return Diagnosis(
            Cause.NO_FIRMWARE if isinstance(error, BoardSilent) else Cause.OTHER_FIRMWARE,
            f"A board with an {evidence.boot_loader} is on {path}: its boot loader answers, "
            "and its program is none known here, or was never put in.",
            "Flash the firmware that came with this app.",
            path,
        )
    if heard and isinstance(error, ForeignBoard):
        rates = f"{min(evidence.heard)} to {max(evidence.heard)}"
        return Diagnosis(
            Cause.WRONG_BAUD,
            f"Something on {path} sends, and makes sense at none of the rates from {rates} baud.",
            "Set its rate to 115200 baud, flash the firmware that came with this app, or choose "
            "another port.",
            path,
        )
    if evidence.boot_loader == "" and isinstance(error, BoardSilent):
        return Diagnosis(
            Cause.SILENT,
            f"Nothing answers on {path}: no program known here, and no boot loader of an Uno, "
            "Nano or Mega.",
            "Check that this is the board's port. If it is: take everything off the board, also "
            "from pins 0 and 1, press its reset button and try again; a board that keeps "
            "restarting has a short circuit or too much on its 5 V pin.",
            path,
        )
    return None


def _adapter_without_port(device: UsbDevice, system: str, *, brltty: bool) -> Diagnosis:
    adapter = device.adapter
    assert adapter is not None
    name = f"{device.name or adapter.name} ({device.vid:04x}:{device.pid:04x})"
    if "usbfs" in device.drivers or (brltty and adapter.linux_module == "ch341"):
        return Diagnosis(
            Cause.TAKEN_BY_BRLTTY,
            f"The board's adapter {name} is plugged in, and a program has taken it from the "
            "system, most likely BRLTTY, which serves Braille displays.",
            "If nobody here uses a Braille display: sudo apt remove brltty, then plug the board "
            "in anew.",
        )
    if system == "win32":
        return Diagnosis(
            Cause.DRIVER_MISSING,
            f"The board's adapter {name} is plugged in, and Windows has no driver that works "
            "with it.",
            f"Install the {adapter.name} driver from {adapter.driver_from}, then plug the board "
            "in anew.",
        )
    return Diagnosis(
        Cause.DRIVER_MISSING,
        f"The board's adapter {name} is plugged in, and the system made no port of it.",
        f"Run 'sudo modprobe {adapter.linux_module}' and plug it in anew; if there is no such "
        "module, install the kernel's extra modules (linux-modules-extra).",
    )


def _nothing_plugged_in(usb: Sequence[UsbDevice] | None, system: str) -> Diagnosis:
    if usb is not None:
        return Diagnosis(
            Cause.NO_BOARD,
            f"Among {len(usb)} USB devices there is no board.",
            "Plug the board in, with a cable that carries data: many only charge. Its lamp must "
            "be on, and a new device must appear here.",
        )
    drivers = ", ".join(f"{adapter.name} from {adapter.driver_from}" for adapter in ADAPTERS)
    where = _WHERE_USB_SHOWS.get(system, "the list of 'lsusb'")
    return Diagnosis(
        Cause.NO_BOARD,
        "No port of a board is there.",
        "Plug the board in, with a cable that carries data: many only charge. If its lamp is on "
        f"and it shows in {where}, its driver is missing: {drivers}.",
    )
