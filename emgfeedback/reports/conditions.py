"""How the numbers were taken, complete enough to be reported (ISEK standards, Merletti 1999).

What nobody entered is named as not stated; it is never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emgfeedback.core.montage import Channel, Side
from emgfeedback.people.values import CalibrationResult, Placement
from emgfeedback.reports.page import Fact, Facts
from emgfeedback.reports.source import Source
from emgfeedback.reports.wording import filter_words, listed, muscle, number

PURPOSES = {"rest": "rest and letting go", "activation": "activation"}
METHODS = {
    "rest": "rest",
    "rvc_trapezius": "arms held out at 90°",
    "rvc_scm": "forehead into the palm, gently",
    "rvc_splenius": "back of the head into the hands, gently",
    "mvc": "maximal voluntary contraction",
}
ALWAYS_UNSTATED = "skin preparation, electrode material and size, input impedance, CMRR"
CROSS_TALK = (
    "not corrected: splenius may include levator scapulae and semispinalis; deep muscles cannot "
    "be seen from the skin"
)


def conditions(
    channels: Sequence[Channel],
    source: Source | None,
    filters: str,
    levels: str,
    references: str,
    posture: str = "",
) -> Facts:
    """Return electrodes, amplifier, converter, filters, levels and references as fine print."""
    unstated: list[str] = [] if posture else ["posture"]
    facts = [
        Fact("Electrodes", _electrodes(channels, unstated)),
        Fact("Amplifier", _amplifier(channels, source, unstated)),
        Fact("Converter", _converter(source, unstated)),
        Fact("Filters", filters or "not stated"),
        Fact("Levels", levels),
        Fact("Reference", references),
        Fact("Posture", posture),
        Fact("Cross-talk", CROSS_TALK),
        Fact("Not stated", ", ".join([*unstated, ALWAYS_UNSTATED])),
    ]
    facts = [fact for fact in facts if fact.value]
    return Facts(tuple(facts), title="How it was measured", small=True)


def with_placements(
    channels: Sequence[Channel], placements: Sequence[Placement]
) -> tuple[Channel, ...]:
    """Return the channels, what their montage leaves open filled from the newest placement."""
    newest: dict[tuple[str, Side], Placement] = {}
    for placement in sorted(placements, key=lambda p: p.on):
        newest[placement.muscle, placement.side] = placement
    return tuple(_placed(c, newest.get((c.muscle, c.side))) for c in channels)


def _placed(channel: Channel, placement: Placement | None) -> Channel:
    if placement is None:
        return channel
    return Channel(
        channel.label,
        channel.muscle,
        channel.side,
        channel.gain or placement.gain,
        channel.input,
        channel.site or placement.site,
        channel.spacing_mm or placement.spacing_mm,
        channel.sensor or placement.sensor,
    )


def reference_words(calibrations: Sequence[CalibrationResult]) -> str:
    """Return what percent is of: method, posture, takes and seconds, each named once."""
    words = []
    for method in dict.fromkeys(c.method for c in calibrations if c.method != "rest"):
        chosen = [c for c in calibrations if c.method == method]
        takes = max((len(c.result.get("takes_uv") or ()) for c in chosen), default=0)
        where = listed(dict.fromkeys(muscle(c.muscle) for c in chosen))
        spoken = f"{where}: {METHODS.get(method, method)}"
        words.append(f"{spoken}, {takes} take{'' if takes == 1 else 's'}")
    if not words:
        return "no reference contraction was taken; levels are microvolts, compared within a visit"
    return f"{'; '.join(words)}. Percent is of this person's own reference, same filter"


def posture_words(calibrations: Sequence[CalibrationResult]) -> str:
    """Return posture and head support of the calibrations."""
    told = []
    for taken in calibrations:
        support = {True: "head supported", False: "head unsupported"}.get(
            bool(taken.head_support), ""
        )
        parts = (taken.posture, "" if taken.head_support is None else support)
        told.append(", ".join(part for part in parts if part))
    return "; ".join(dict.fromkeys(filter(None, told)))


def filters_words(filters: Mapping[str, str]) -> str:
    """Return the filters of each purpose in full words; empty where none is known."""
    words = [
        f"{PURPOSES.get(purpose, purpose)}: {filter_words(facts)}"
        for purpose, facts in filters.items()
    ]
    return f"causal Butterworth; {'; '.join(words)}" if words else ""


def _electrodes(channels: Sequence[Channel], unstated: list[str]) -> str:
    spacings = sorted({c.spacing_mm for c in channels if c.spacing_mm})
    sensors = list(dict.fromkeys(c.sensor for c in channels if c.sensor))
    sites = {c.muscle: c.site for c in channels if c.site}
    if not spacings:
        unstated.append("electrode spacing")
    if not sites:
        unstated.append("electrode sites")
    parts = [
        "bipolar surface electrodes",
        listed(sensors),
        f"spacing {listed(f'{s:g}' for s in spacings)} mm" if spacings else "",
        "; ".join(f"{muscle(key)} at {site}" for key, site in sites.items()),
    ]
    return ", ".join(part for part in parts if part)


def _amplifier(channels: Sequence[Channel], source: Source | None, unstated: list[str]) -> str:
    gains = sorted({c.gain for c in channels if c.gain})
    hardware = source.told("hardware_filter") if source else ""
    if not gains:
        unstated.append("gain")
    if not hardware:
        unstated.append("filter of the amplifier")
    parts = [f"gain {listed(f'{g:g}' for g in gains)}" if gains else "", hardware]
    return ", ".join(part for part in parts if part)


def _converter(source: Source | None, unstated: list[str]) -> str:
    if source is None:
        unstated.append("converter")
        return ""
    rate = f"{source.fs_hz:g} Hz each"
    if source.measured_fs_hz:
        rate = f"{rate} (measured {source.measured_fs_hz:.6g} Hz)"
    steps = sorted({f"{number(step, 3)}" for step in source.lsb_uv})
    vref = source.told("vref_mv")
    parts = [
        source.told("board"),
        f"{source.bits} bits" if source.bits else "",
        f"reference {float(vref) / 1000:g} V" if vref.replace(".", "", 1).isdigit() else "",
        f"one step {listed(steps)} µV at the electrode" if steps else "",
        f"{len(source.channels)} channels, {rate}",
    ]
    return ", ".join(part for part in parts if part)
