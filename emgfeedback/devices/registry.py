"""The drivers there are, by name."""

from __future__ import annotations

import difflib

from emgfeedback.core.errors import UsageError
from emgfeedback.devices.driver import Driver
from emgfeedback.devices.emgfeedback_driver import EmgFeedbackDriver

DRIVERS: dict[str, type[Driver]] = {driver.name: driver for driver in (EmgFeedbackDriver,)}
"""Add a board's driver here."""


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
        raise UsageError(f"No driver is named {name!r}.", f"{hint}There are: {', '.join(DRIVERS)}.")
    return driver()
