"""`main.py analyze`: one recording, or every one of a folder in one table."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from typing import Any

from emgfeedback.core.errors import UsageError
from emgfeedback.headless import show_share, stop_on_signal
from emgfeedback.headless_folder import analyze_folder
from emgfeedback.headless_measure import (
    Assessed,
    assessed,
    assessed_rows,
    assessment_lines,
    heard,
    level_rows,
)
from emgfeedback.headless_table import Levels
from emgfeedback.headless_workers import Processes, Workers, cluster_at
from emgfeedback.measures.analysis import analyze as levels_of
from emgfeedback.measures.heart_ways import heart_way
from emgfeedback.measures.onset import METHODS
from emgfeedback.records.reader import open_recording

OF_LEVELS = ("filter", "from_s", "to_s")
OF_ASSESSMENT = ("heart", "onset", "phase")


def wish_of(options: argparse.Namespace) -> Levels | Assessed:
    """Return what is asked for; what is not given stays as it usually is.

    Raises
    ------
    UsageError
        Options that do not go together, or the name of no way or method.
    """
    names: tuple[str, ...] = OF_LEVELS
    others: tuple[str, ...] = OF_ASSESSMENT
    if options.assess:
        names, others = others, names
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    for name in others:
        if getattr(options, name) is not None:
            option = f"--{name.removesuffix('_s')}"
            verb = "does not go" if options.assess else "goes only"
            raise UsageError(f"{option} {verb} with --assess.", "Leave one of them out.")
    if not options.assess:
        return Levels(**given, mains=options.mains)
    wish = Assessed(**given, mains=options.mains)
    heart_way(wish.heart)
    if wish.onset not in METHODS:
        raise UsageError(f"Onset method {wish.onset!r} is unknown.", f"One of {list(METHODS)}.")
    return wish


def analyze(options: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    """Return the measures of a recording ready for JSON, and as lines for a terminal."""
    if options.cluster is not None:
        raise UsageError("--cluster goes only with a folder and --csv.", "Leave it out.")
    wish = wish_of(options)
    with open_recording(options.file) as recording:
        if isinstance(wish, Assessed):
            assessment, hum = assessed(recording, wish)
            told = {"file": str(options.file), "onset_method": wish.onset, "phase": wish.phase}
            told["mains"] = hum
            lines = [Path(options.file).name, *assessment_lines(assessment, hum)]
            return told | assessment.as_dict(), lines
        source, hum = heard(recording, wish.mains)
        choice: Any = wish.filter
        measured = levels_of(source, from_s=wish.from_s, to_s=wish.to_s, filter_choice=choice)
    measured["settings"]["mains"] = hum
    result = {"file": str(options.file), **measured}
    return result, _lines(result)


def analyze_all(options: argparse.Namespace) -> dict[str, Any]:
    """Measure a folder into one table; return what came of it."""
    wish = wish_of(options)
    with contextlib.ExitStack() as stack:
        workers: Workers = Processes()
        if options.cluster is not None:
            workers = stack.enter_context(cluster_at(options.cluster, options.file))
        told = analyze_folder(
            options.file,
            options.csv,
            wish,
            stop=stack.enter_context(stop_on_signal()),
            tell=show_share,
            measure=assessed_rows if options.assess else level_rows,
            workers=workers,
        )
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return told


def _lines(result: dict[str, Any]) -> list[str]:
    """Return levels as text for a terminal."""
    lines = [
        f"{Path(result['file']).name}: {result['duration_s']:.1f} s at {result['fs_hz']:g} Hz",
        f"{'channel':<16} {'RMS µV':>8} {'ARV µV':>8} {'P50 µV':>8} {'MDF Hz':>7}  quality",
    ]
    for channel in result["channels"]:
        cells = [
            _cell(channel["rms_uv"], 8),
            _cell(channel["arv_uv"], 8),
            _cell(channel["envelope_p50_uv"], 8),
            _cell(channel["median_frequency_hz"], 7),
        ]
        lines.append(f"{channel['label']:<16} {' '.join(cells)}  {channel['quality']}")
    for pair in result["pairs"]:
        share = pair["asymmetry_pct"]
        words = f"{share:+.1f} %" if share is not None else f"not shown: {pair.get('reason', '')}"
        lines.append(f"{pair['muscle']} left/right difference: {words}")
    return lines


def _cell(value: float | None, width: int) -> str:
    return f"{'-' if value is None else format(value, '.2f'):>{width}}"
