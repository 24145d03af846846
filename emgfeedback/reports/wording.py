"""Numbers, dates and names as a report writes them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable

from emgfeedback.core.montage import MUSCLES, Side
from emgfeedback.core.quality import WORDS, Finding

MISSING = "–"
BALANCED_PCT = 10.0
"""Band of the asymmetry index that is called balanced; a display band, no norm exists."""
UNITS = {"uV": "µV"}
_MONTHS = "January February March April May June July August September October November December"
SIDE_LETTER = {Side.LEFT: "L", Side.RIGHT: "R", Side.MIDLINE: ""}
REASONS = {
    "floor": "both sides are near the noise floor",
    "quality": "a signal was not usable",
    "settling": "too short for the filter",
}


def number(value: float | None, decimals: int | None = None) -> str:
    """Return a number with a true minus sign; below 100 one decimal, above none."""
    if value is None:
        return MISSING
    places = decimals if decimals is not None else (1 if abs(value) < 99.95 else 0)
    text = f"{value:.{places}f}"
    return text.replace("-", "−") if float(text) else text.replace("-", "")


def with_unit(value: float | None, unit: str, decimals: int | None = None) -> str:
    """Return a number and its unit; a dash where there is none."""
    if value is None:
        return MISSING
    return f"{number(value, decimals)}\u00a0{UNITS.get(unit, unit)}"


def percent(value: float | None) -> str:
    """Return a whole percentage."""
    return with_unit(value, "%", 0)


def signed(value: float, decimals: int = 0) -> str:
    """Return a number with its sign, also where it is above zero."""
    text = number(value, decimals)
    return f"+{text}" if float(text.replace("−", "-")) > 0 else text


def duration(seconds: float | None) -> str:
    """Return `27 min 03 s`, or `1 h 02 min` from an hour on, or `4 s`."""
    if seconds is None:
        return MISSING
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 60} min {whole % 60:02d} s" if whole >= 60 else f"{whole} s"


def day(on: dt.date) -> str:
    """Return `9 March 2026`."""
    return f"{on.day} {_MONTHS.split()[on.month - 1]} {on.year}"


def short_day(on: dt.date) -> str:
    """Return `9 Mar 2026`."""
    return f"{on.day} {_MONTHS.split()[on.month - 1][:3]} {on.year}"


def clock_day(at_utc: dt.datetime) -> str:
    """Return `9 March 2026, 08:07` in the time zone of this computer."""
    local = at_utc.astimezone()
    return f"{day(local.date())}, {local:%H:%M}"


def short_clock_day(at_utc: dt.datetime) -> str:
    """Return `9 Mar 2026, 08:07` in the time zone of this computer."""
    local = at_utc.astimezone()
    return f"{short_day(local.date())}, {local:%H:%M}"


def muscle(key: str) -> str:
    """Return the shown name of a muscle key."""
    return MUSCLES.get(key, key)


def place(key: str, side: Side) -> str:
    """Return `L SCM`, or the muscle alone for the midline."""
    return f"{SIDE_LETTER[side]} {muscle(key)}".strip()


def difference(asymmetry_pct: float | None, reason: str = "") -> str:
    """Return the left/right difference in words, or why it is not shown."""
    if asymmetry_pct is None:
        return f"difference not shown: {REASONS.get(reason, reason) or 'not measured'}"
    share = f"{signed(asymmetry_pct)}\u00a0%"
    if abs(asymmetry_pct) < BALANCED_PCT:
        return f"balanced, {share}"
    return f"{'L' if asymmetry_pct > 0 else 'R'} higher, {share}"


def finding(name: str) -> str:
    """Return a quality finding in words."""
    try:
        return WORDS[Finding(name)].name
    except ValueError:
        return name


def listed(words: Iterable[str]) -> str:
    """Return `a, b and c`."""
    items = list(words)
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def filter_words(facts: str) -> str:
    """Return the short filter facts of a recording in full words.

    An order of `n` falls by 6 n dB per octave.
    """
    words = re.sub(r"HP ([\d.]+) Hz o(\d)", _slope("high-pass"), facts)
    words = re.sub(r"(?<!envelope )LP ([\d.]+) Hz o(\d)", _slope("low-pass"), words)
    words = words.replace("no LP", "no low-pass").replace("notch off", "no mains filter")
    return words.split("; RMS", maxsplit=1)[0].replace("notch ", "mains notch ")


def _slope(kind: str) -> Callable[[re.Match[str]], str]:
    def written(found: re.Match[str]) -> str:
        order = int(found[2])
        return f"{kind} {found[1]} Hz order {order} ({6 * order} dB/octave)"

    return written
