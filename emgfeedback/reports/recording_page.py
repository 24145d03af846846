"""The page of a recording on its own: what `analyze` measured, with its conditions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from emgfeedback.core.montage import Channel, Side, pairs_of
from emgfeedback.people.values import Patient
from emgfeedback.reports.clinic import Clinic
from emgfeedback.reports.conditions import conditions
from emgfeedback.reports.page import Cell, Fact, Facts, Page, Row, Table, Tone, across
from emgfeedback.reports.session_charts import Shown, level_row
from emgfeedback.reports.session_page import identity, origin, subject
from emgfeedback.reports.source import Source
from emgfeedback.reports.wording import (
    clock_day,
    duration,
    finding,
    listed,
    muscle,
    number,
    percent,
    place,
    with_unit,
)

MOST_CHANNELS = 8
MOST_SEGMENTS = 14
BAD = "bad"


def recording_report(
    analysis: Mapping[str, Any],
    *,
    source: Source,
    started: dt.datetime | None = None,
    subject_code: str = "",
    clinic: Clinic | None = None,
    made: dt.datetime | None = None,
) -> Page:
    """Return the page of a recording.

    Parameters
    ----------
    analysis
        As `measures.analysis.analyze` returns it.
    started
        Moment of the first sample; None where the file does not say.
    subject_code
        The pseudonym in the file.
    """
    clinic = clinic or Clinic()
    person = Patient(pseudonym=subject_code) if subject_code else None
    channels = analysis["channels"]
    window_s = analysis["settings"]["envelope_window_s"]
    rows = [
        _where(analysis, facing=clinic.facing),
        across(_channel_table(channels, window_s)),
        *_segments(analysis),
        across(_quality(analysis, source)),
        across(
            conditions(
                source.channels,
                source,
                _filters(analysis["settings"]),
                f"RMS and ARV over the whole stretch; P10, P50, P90: RMS over {1000 * window_s:g} "
                "ms; left/right difference of RMS less the converter's noise; "
                + _spectrum(analysis["settings"]),
                "none; levels are microvolts, to be compared within this recording only",
            )
        ),
    ]
    return Page(
        title="Surface EMG recording",
        subtitle=" · ".join(
            part
            for part in (
                clock_day(started) if started is not None else "date not stated",
                duration(analysis["duration_s"]),
            )
            if part
        ),
        subject=subject(person, clinic),
        clinic=clinic,
        facts=(
            *identity(person, clinic),
            Fact("Recording", source.name),
            Fact("Measured", _stretch(analysis)),
            Fact("Board", source.told("board") or "not known"),
        ),
        sentence="",
        next_step="",
        rows=tuple(rows),
        origin=origin(source.told("app"), source.told("firmware"), source),
        made=made or dt.datetime.now(dt.UTC),
    )


def _stretch(analysis: Mapping[str, Any]) -> str:
    first = analysis["from_s"]
    return f"{first:g} s to {first + analysis['duration_s']:g} s"


def _where(analysis: Mapping[str, Any], *, facing: bool) -> Row:
    measured = list(analysis["channels"])
    columns = [_channel(one) for one in measured]
    told = {pair["left"]: pair for pair in analysis["pairs"]}
    pairs: list[tuple[tuple[Shown, ...], float | None]] = [
        (
            (_shown(measured[pair.left]), _shown(measured[pair.right])),
            told.get(measured[pair.left]["label"], {}).get("asymmetry_pct"),
        )
        for pair in pairs_of(columns)
    ]
    if not pairs:
        pairs = [((_shown(one),), None) for one in measured[:MOST_CHANNELS]]
    return level_row(pairs[:4], "uV", "µV RMS, whole stretch", "Left against right", facing=facing)


def _channel(one: Mapping[str, Any]) -> Channel:
    return Channel(one["label"], one["muscle"], Side(one["side"]))


def _shown(one: Mapping[str, Any]) -> Shown:
    return Shown(one["muscle"], Side(one["side"]), one["rms_uv"], bad=one["quality"] == BAD)


def _channel_table(channels: Sequence[Mapping[str, Any]], window_s: float) -> Table:
    return Table(
        title="Every channel",
        headings=("Channel", "RMS", "ARV", "P10", "P50", "P90", "Median freq.", "Mean freq.",
                  "Signal"),
        rows=tuple(_channel_row(one) for one in channels),
        widths=(1.7, 1.0, 1.0, 1.0, 1.0, 1.0, 1.1, 1.1, 1.7),
        numbers_to=7,
        condition=f"P10 to P90 of RMS over {1000 * window_s:g} ms",
    )  # fmt: skip


def _channel_row(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    known = one["muscle"] != "other"
    name = muscle(one["muscle"]) if known else one["label"]
    bad = one["quality"] == BAD
    words = finding(one["quality_finding"])
    levels = (one["arv_uv"], *(one[f"envelope_p{p}_uv"] for p in (10, 50, 90)))
    return (
        Cell(name, side=Side(one["side"])),
        Cell(with_unit(one["rms_uv"], "uV"), Tone.STRONG),
        *(Cell(with_unit(value, "uV")) for value in levels),
        Cell(with_unit(one["median_frequency_hz"], "Hz", 0)),
        Cell(with_unit(one["mean_frequency_hz"], "Hz", 0)),
        Cell(f"not usable: {words}" if bad else words, Tone.LEFT_OUT if bad else Tone.PLAIN),
    )


def _segments(analysis: Mapping[str, Any]) -> list[Row]:
    segments = analysis["segments"]
    if not segments:
        return []
    labels = [one["label"] for one in analysis["channels"]][:MOST_CHANNELS]
    rows = [_segment_row(segment, len(labels)) for segment in segments[:MOST_SEGMENTS]]
    more = len(segments) - MOST_SEGMENTS
    told = f"; {more} more in `main.py analyze`" if more > 0 else ""
    table = Table(
        title="By task",
        headings=("Annotated", "From", "Length", *labels),
        rows=tuple(rows),
        widths=(2.6, 0.8, 0.8, *[0.9] * len(labels)),
        condition=f"µV RMS of each channel{told}",
    )
    return [across(table)]


def _segment_row(segment: Mapping[str, Any], n_channels: int) -> tuple[Cell, ...]:
    text = segment["text"]
    shown = text if len(text) <= 48 else f"{text[:47]}…"
    return (
        Cell(shown),
        Cell(with_unit(segment["start_s"], "s"), Tone.QUIET),
        Cell(with_unit(segment["duration_s"], "s"), Tone.QUIET),
        *(
            Cell("left out", Tone.LEFT_OUT)
            if one["quality"] == BAD
            else Cell(number(one["rms_uv"]), Tone.STRONG)
            for one in segment["channels"][:n_channels]
        ),
    )


def _quality(analysis: Mapping[str, Any], source: Source) -> Facts:
    gaps = analysis["gaps"]
    lost_s = sum(gap["duration_s"] for gap in gaps)
    told = f"{len(gaps)} gaps, {lost_s:.2f} s ({percent(analysis['lost_pct'])})"
    bad = [
        f"{place(one['muscle'], Side(one['side'])) if one['muscle'] != 'other' else one['label']}: "
        f"{finding(one['quality_finding']).lower()}"
        for one in analysis["channels"]
        if one["quality"] == BAD
    ]
    facts = [
        Fact("Measured", duration(analysis["measured_s"])),
        Fact("Lost", told if gaps else "nothing"),
        Fact("Not usable", listed(bad) or "no channel"),
    ]
    if analysis["notes"]:
        facts.append(Fact("Not given", "; ".join(analysis["notes"])))
    return Facts(tuple(facts), title="Quality and what was left out")


def _filters(settings: Mapping[str, Any]) -> str:
    highpass_hz, order = settings["highpass_hz"], settings["highpass_order"]
    if highpass_hz is None:
        return "mean taken out, no filter beyond the recording's own band"
    return (
        f"{settings['highpass_kind']} high-pass {highpass_hz:g} Hz order {order} "
        f"({6 * order} dB/octave); upper edge is the recording's own band; no mains filter"
    )


def _spectrum(settings: Mapping[str, Any]) -> str:
    low, high = settings["spectrum_band_hz"]
    overlap = 100 * settings["spectrum_overlap"]
    return (
        f"frequencies: Welch, Hann window of {settings['spectrum_window_s']:g} s, "
        f"{overlap:g} % overlap, {low:g} to {high:g} Hz"
    )
