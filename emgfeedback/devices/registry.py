"""The drivers there are, by name."""

from __future__ import annotations

import difflib

from emgfeedback.core.errors import UsageError
from emgfeedback.devices.backyard_brains import BackyardBrainsDriver
from emgfeedback.devices.bitalino import BitalinoDriver
from emgfeedback.devices.chords import ChordsDriver
from emgfeedback.devices.cyton import CytonDriver
from emgfeedback.devices.driver import Driver
from emgfeedback.devices.elemyo import ElemyoDriver, MyostackDriver
from emgfeedback.devices.emgfeedback_driver import EmgFeedbackDriver
from emgfeedback.devices.openeeg_p2 import OpenEegP2Driver
from emgfeedback.devices.openeeg_p3 import OpenEegP3Driver
from emgfeedback.devices.text_lines import TextLinesDriver

DRIVERS: dict[str, type[Driver]] = {
    driver.name: driver
    for driver in (
        EmgFeedbackDriver,
        ChordsDriver,
        OpenEegP2Driver,
        OpenEegP3Driver,
        BackyardBrainsDriver,
        CytonDriver,
        BitalinoDriver,
        ElemyoDriver,
        MyostackDriver,
        TextLinesDriver,
    )
}
"""Add a board's driver here. Our own is asked first; where two could read a stream, the one
that is harder to please stands before the other."""
OURS = EmgFeedbackDriver.name
ANY = "auto"
"""The name that stands for all of them."""


def make_driver(name: str) -> Driver:
    """Return a fresh driver.

    Raises
    ------
    UsageError
        There is no driver of this name; the message gives the nearest one.
    """
    driver = DRIVERS.get(name)
    if driver is None:
        near = difflib.get_close_matches(name.lower(), DRIVERS, n=1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise UsageError(
            f"No driver is named {name!r}.", f"{hint}There are: {', '.join((ANY, *DRIVERS))}."
        )
    return driver()


def make_drivers(name: str = ANY) -> list[Driver]:
    """Return fresh drivers to try in order: the one of this name, or all for `ANY`.

    Raises
    ------
    UsageError
        There is no driver of this name.
    """
    return [make_driver(each) for each in (DRIVERS if name == ANY else (name,))]
