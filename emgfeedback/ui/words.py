"""Words and numbers for people: translated tables and locale-aware figures.

The English words of the core are repeated here as literals, because the translator's
tool finds only literals; a test holds both to the same text.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QLocale

from emgfeedback.core.device import DeviceInfo, LinkHealth
from emgfeedback.core.montage import MUSCLES, Side
from emgfeedback.core.quality import WORDS, Finding, Words
from emgfeedback.engine.snapshot import ChannelNow, PairNow, TargetNow

_MINUS = "−"
DASH = "–"
"""Stands where a number is not known."""


def number(value: float, decimals: int = 1) -> str:
    """Return `value` in the user's locale with a true minus sign."""
    text = QLocale().toString(float(value), "f", decimals)
    return text.replace("-", _MINUS)


def microvolts(value_uv: float) -> str:
    """Return a level as text without its unit: one decimal below 100 µV, none above."""
    return number(value_uv, 1 if abs(value_uv) < 99.95 else 0)


def whole(value: int) -> str:
    """Return a whole number in the user's locale."""
    return QLocale().toString(value).replace("-", _MINUS)


def clock(seconds: float) -> str:
    """Return a duration as `12:43`, or `1:02:43` from an hour on."""
    total = int(max(0.0, seconds))
    hours, minutes, rest = total // 3600, total // 60 % 60, total % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def finding_words(finding: Finding) -> Words:
    """Return the name and the remedy of a finding in the user's language."""
    names = {
        Finding.SETTLING: (
            QCoreApplication.translate("Quality", "Settling"),
            QCoreApplication.translate("Quality", "A moment, the filters are settling."),
        ),
        Finding.LOST: (
            QCoreApplication.translate("Quality", "Data lost"),
            QCoreApplication.translate("Quality", "Check the cable and use another USB port."),
        ),
        Finding.LOOSE: (
            QCoreApplication.translate("Quality", "Loose electrode"),
            QCoreApplication.translate(
                "Quality", "Press both pads for 10 s, then the cable clips."
            ),
        ),
        Finding.FLAT: (
            QCoreApplication.translate("Quality", "Flat"),
            QCoreApplication.translate(
                "Quality", "No signal: check sensor power and the cable to the board."
            ),
        ),
        Finding.CLIPPING: (
            QCoreApplication.translate("Quality", "Clipping"),
            QCoreApplication.translate("Quality", "Lower the sensor's gain or check the pads."),
        ),
        Finding.MAINS: (
            QCoreApplication.translate("Quality", "Mains hum"),
            QCoreApplication.translate(
                "Quality", "Check the reference pad; unplug chargers nearby."
            ),
        ),
        Finding.MOVEMENT: (
            QCoreApplication.translate("Quality", "Movement"),
            QCoreApplication.translate(
                "Quality", "Tape the cables down so that they cannot swing."
            ),
        ),
        Finding.HEARTBEAT: (
            QCoreApplication.translate("Quality", "Heartbeat visible"),
            QCoreApplication.translate("Quality", "The 30 Hz filter keeps it out."),
        ),
        Finding.RESOLUTION: (
            QCoreApplication.translate("Quality", "Near the resolution limit"),
            QCoreApplication.translate(
                "Quality", "Quieter than this board can resolve; raise the sensor's gain."
            ),
        ),
        Finding.NONE: (QCoreApplication.translate("Quality", "Good"), ""),
    }
    if finding not in names:
        return WORDS[finding]
    name, remedy = names[finding]
    return Words(name, remedy)


def muscle_name(muscle: str) -> str:
    """Return the shown name of a muscle key."""
    names = {
        "scm": QCoreApplication.translate("Muscle", "SCM"),
        "trapezius": QCoreApplication.translate("Muscle", "Upper trapezius"),
        "splenius": QCoreApplication.translate("Muscle", "Splenius"),
        "levator": QCoreApplication.translate("Muscle", "Levator scapulae"),
        "other": QCoreApplication.translate("Muscle", "Other"),
    }
    return names.get(muscle) or MUSCLES.get(muscle, muscle)


def short_muscle_name(muscle: str) -> str:
    """Return a muscle's name where space is short."""
    if muscle == "trapezius":
        return QCoreApplication.translate("Muscle", "Trapezius")
    return muscle_name(muscle)


def side_letter(side: Side) -> str:
    """Return the letter on the side badge: L, R, or a dot for the midline."""
    return {
        Side.LEFT: QCoreApplication.translate("Side", "L"),
        Side.RIGHT: QCoreApplication.translate("Side", "R"),
        Side.MIDLINE: "·",
    }[side]


def channel_name(channel: ChannelNow) -> str:
    """Return a channel's short name, as `L SCM`; its label where no muscle is known."""
    if channel.muscle == "other" or channel.side is Side.MIDLINE:
        return channel.label
    return f"{side_letter(channel.side)} {muscle_name(channel.muscle)}"


def channel_title(channel: ChannelNow) -> str:
    """Return what stands beside the badge: the muscle, or the label where it has none."""
    return channel.label if channel.muscle == "other" else muscle_name(channel.muscle)


def spoken_channel(channel: ChannelNow) -> str:
    """Return a channel in words for a screen reader: `Left SCM, 6.4 microvolts, good`."""
    sides = {
        Side.LEFT: QCoreApplication.translate("Spoken", "Left %1"),
        Side.RIGHT: QCoreApplication.translate("Spoken", "Right %1"),
        Side.MIDLINE: "%1",
    }
    name = sides[channel.side].replace("%1", channel_title(channel))
    quality = finding_words(channel.verdict.finding).name.lower()
    if channel.level_uv is None or not channel.verdict.usable:
        return f"{name}, {QCoreApplication.translate('Spoken', 'no value')}, {quality}"
    value = QCoreApplication.translate("Spoken", "%1 microvolts").replace(
        "%1", microvolts(channel.level_uv)
    )
    return f"{name}, {value}, {quality}"


def hidden_difference(reason: str) -> str:
    """Return why a left/right difference is not shown, in words."""
    return {
        "floor": QCoreApplication.translate("Difference", "Not shown: both near the noise floor"),
        "quality": QCoreApplication.translate("Difference", "Not shown: one side cannot be used"),
        "settling": QCoreApplication.translate("Difference", "Not shown yet: a moment"),
    }.get(reason, QCoreApplication.translate("Difference", "Not shown"))


def difference(pair: PairNow) -> str:
    """Return the left/right difference in words, as `L higher, +41 %`."""
    if pair.asymmetry_pct is None:
        return hidden_difference(pair.reason)
    rounded = round(pair.asymmetry_pct)
    sign = "+" if rounded > 0 else ""
    if abs(pair.asymmetry_pct) <= EVEN_PCT:
        words = QCoreApplication.translate("Difference", "About even")
    elif pair.asymmetry_pct > 0:
        words = QCoreApplication.translate("Difference", "L higher")
    else:
        words = QCoreApplication.translate("Difference", "R higher")
    return f"{words}, {sign}{number(rounded, 0)} %"


EVEN_PCT = 10.0
"""Left and right count as even within this difference, percent either way."""


def pause_reason(target: TargetNow, channels: Sequence[ChannelNow]) -> str:
    """Return why the target is paused, in words, naming the channel where one is to blame."""
    if target.paused_reason == "quality":
        named = [i for i in target.paused_channels if i < len(channels)]
        if named:
            channel = channels[named[0]]
            trouble = finding_words(channel.verdict.finding).name
            return f"{channel_name(channel)}: {trouble[:1].lower()}{trouble[1:]}"
        return QCoreApplication.translate("Pause", "a signal cannot be used")
    return {
        "gap": QCoreApplication.translate("Pause", "data are missing"),
        "settling": QCoreApplication.translate("Pause", "the filters are settling"),
        "user": "",
    }.get(target.paused_reason, "")


def board_facts(device: DeviceInfo, link: LinkHealth, n_channels: int) -> str:
    """Return the board and its link in one line: `Uno · 6 ch · 1000 Hz · 0 lost`."""
    rate_hz = link.measured_fs_hz or link.nominal_fs_hz or device.fs_hz
    decimals = 0 if abs(rate_hz - round(rate_hz)) < 0.05 else 1
    parts = (
        device.board,
        QCoreApplication.translate("Link", "%1 ch").replace("%1", whole(n_channels)),
        f"{QLocale.c().toString(rate_hz, 'f', decimals)} Hz",
        QCoreApplication.translate("Link", "%1 lost").replace("%1", whole(link.lost)),
    )
    return " · ".join(parts)
