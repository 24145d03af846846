"""The command line: opens the window, or runs one headless command.

Exit codes: 0 it worked, 1 it failed (one line on stderr says why), 2 wrong use.
Handlers import what they need themselves, so that the window's start does not
pay for the commands.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from emgfeedback import __version__
from emgfeedback.cli_boards import add_commands
from emgfeedback.cli_home import add_options as add_home_options
from emgfeedback.cli_report import add_options as add_report_options
from emgfeedback.cli_stream import add_stream, name_for_lsl
from emgfeedback.core.errors import EmgFeedbackError, UsageError
from emgfeedback.logs import set_up_logging

if TYPE_CHECKING:
    from emgfeedback.headless_records import Told
    from emgfeedback.records.reader import Recording

log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command in `argv` (default: the process's own) and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = _parser().parse_args(argv)
    log_path = set_up_logging()
    try:
        code = int(options.run(options))
        sys.stdout.flush()
        return code
    except UsageError as error:
        _complain(error)
        return 2
    except EmgFeedbackError as error:
        log.info("command failed: %s", error)
        _complain(error)
        return 1
    except BrokenPipeError:
        # Who read our output has left; without this, Python complains when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception:
        log.exception("command stopped by a bug")
        where = f" Details are in {log_path}." if log_path else ""
        print(f"emgfeedback: stopped unexpectedly; this is a bug.{where}", file=sys.stderr)
        return 1


def _complain(error: object) -> None:
    """Tell of a failure in one line, whatever line breaks the user's own words hold."""
    print("emgfeedback:", " ".join(str(error).split()), file=sys.stderr)


class _Parser(argparse.ArgumentParser):
    """A parser that tells of wrong use in one line."""

    def error(self, message: str) -> NoReturn:
        """Tell what is wrong and where help is; exit code 2."""
        _complain(f"{message}. See `{self.prog} --help`.")
        sys.exit(2)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="main.py", description="Surface EMG biofeedback for the neck.")
    parser.add_argument("--version", action="version", version=f"emgfeedback {__version__}")
    parser.add_argument("--demo", action="store_true", help="connect to the virtual board")
    parser.add_argument("--port", help="connect to this serial port at start")
    parser.add_argument("--data-dir", type=Path, help="folder for recordings")
    _stream_options(parser)
    parser.set_defaults(run=_run_window)
    commands = parser.add_subparsers(title="headless commands", metavar="COMMAND")

    add_commands(commands)

    record = commands.add_parser("record", help="record headless to BDF+")
    record.add_argument(
        "--port", required=True, help="serial port, demo, lsl:NAME, brainflow:BOARD"
    )
    record.add_argument("--out", required=True, type=Path, help="the new .bdf file")
    record.add_argument("--seconds", type=_positive, help="stop after so many seconds")
    record.add_argument("--driver", default="auto", help="protocol of the board; auto: find out")
    name_for_lsl(record)
    _stream_options(record)
    record.set_defaults(run=_run_record)
    _stream_options(add_stream(commands))

    simulate = commands.add_parser("simulate", help="a virtual board on a pseudo-terminal (POSIX)")
    simulate.add_argument("--link", type=Path, help="also reachable by this symbolic link")
    simulate.add_argument("--file", type=Path, help="play this recording (BDF, EDF, CSV)")
    simulate.add_argument("--seconds", type=_positive, help="end after so many seconds")
    simulate.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="KIND[=VALUE][@START[+LENGTH]]",
        help="order a fault, as drop=1e-4, loose=3@4+5, unplug@5+2; may be repeated",
    )
    simulate.set_defaults(run=_run_simulate)

    _analyze_options(commands.add_parser("analyze", help="measures of a recording, or of a folder"))

    train = commands.add_parser("train", help="run a training plan without a window")
    train.add_argument("--plan", required=True, help="plan file, or the name of a shipped plan")
    train.add_argument("--port", help="serial port, or demo")
    train.add_argument("--demo", action="store_true", help="on the virtual board")
    train.add_argument("--file", type=Path, help="replay this recording through the plan")
    train.add_argument(
        "--speed", type=_seconds, help="times real time; 0: as fast as it goes (demo and file)"
    )
    train.add_argument(
        "--overactive",
        action="append",
        default=[],
        metavar="MUSCLE=SIDE",
        help="the overactive side, as scm=right; may be repeated",
    )
    train.add_argument("--json", action="store_true", help="print JSON")
    _stream_options(train)
    train.set_defaults(run=_run_train)

    _repair_command(commands.add_parser("repair", help="make a cut-off recording valid again"))

    export = commands.add_parser("export", help="write a recording for others, without names")
    _export_options(export)
    export.set_defaults(run=_run_export)

    report = commands.add_parser("report", help="the report of a recording, a session or a visit")
    add_report_options(report)
    report.set_defaults(run=_run_report)
    _data_commands(commands.add_parser("data", help="check, back up, move and erase the records"))
    home = commands.add_parser("home", help="plans for training at home, and their results")
    add_home_options(home)
    home.set_defaults(run=_run_home)
    return parser


def _analyze_options(analyze: argparse.ArgumentParser) -> None:
    analyze.add_argument("file", type=Path, help="a recording, or with --csv a folder of them")
    analyze.add_argument(
        "--csv", type=Path, metavar="OUT", help="of a folder: one table; goes on where it stopped"
    )
    analyze.add_argument(
        "--cluster", metavar="ADDRESS", help="measure the folder on a Dask cluster, tcp://host:8786"
    )
    analyze.add_argument("--json", action="store_true", help="print JSON")
    analyze.add_argument("--from", dest="from_s", type=_seconds, metavar="S")
    analyze.add_argument("--to", dest="to_s", type=_seconds, metavar="S")
    analyze.add_argument(
        "--filter",
        choices=("report", "rest", "none"),
        help="report: 20 Hz high-pass; rest: 30 Hz; none: as recorded",
    )
    analyze.add_argument(
        "--mains",
        choices=("keep", "subtract"),
        default="keep",
        help="subtract: mains hum and harmonics by regression, where there is any",
    )
    analyze.add_argument(
        "--assess", action="store_true", help="the recording before injections: muscle by task"
    )
    analyze.add_argument("--heart", metavar="WAY", help="of --assess: the way around heartbeats")
    analyze.add_argument("--onset", metavar="METHOD", help="of --assess: how onsets are found")
    analyze.add_argument(
        "--phase",
        choices=("causal", "zero"),
        help="of --assess: zero filters both ways, without delay",
    )
    analyze.set_defaults(run=_run_analyze)


def _data_commands(data: argparse.ArgumentParser) -> None:
    actions = data.add_subparsers(dest="action", metavar="ACTION", required=True)
    verify = actions.add_parser("verify", help="check every row and every file")
    backup = actions.add_parser("backup", help="write everything into one new file")
    restore = actions.add_parser("restore", help="unpack a backup into a new or empty folder")
    erase = actions.add_parser("erase", help="erase a patient for good")
    archive = actions.add_parser("archive", help="write one patient into one new file")
    take_in = actions.add_parser("take-in", help="take in a patient's archive")
    scales = actions.add_parser("import-scales", help="take in a table of clinical scales (CSV)")
    scales.add_argument(
        "--week-zero", type=_date, metavar="DATE", help="date of week 0, where it counts weeks"
    )
    recording = actions.add_parser("take-recording", help="copy a recording in, as a session")
    recording.add_argument("--patient", metavar="PATIENT", help="pseudonym or id; else nobody's")
    recording.add_argument("--kind", choices=("visit", "home", "free"), default="free")
    fhir = actions.add_parser("fhir", help="write a session as FHIR, without the name")
    fhir.add_argument("session", metavar="SESSION", help="its id")
    for action in (restore, take_in, scales, recording):
        action.add_argument("file", type=Path)
    for action in (erase, archive):
        action.add_argument("patient", metavar="PATIENT", help="pseudonym or id")
    for action in (backup, archive, fhir):
        action.add_argument("--out", required=True, type=Path, help="the new file")
    erase.add_argument("--yes", action="store_true", help="do not ask on a terminal")
    for action in (verify, backup, restore, erase, archive, take_in, scales, recording, fhir):
        # Left out here, it stays what was given before the command.
        action.add_argument(
            "--data-dir", type=Path, default=argparse.SUPPRESS, help="folder of the records"
        )
        action.add_argument("--json", action="store_true", help="print JSON")
    data.set_defaults(run=_run_data)


def _export_options(export: argparse.ArgumentParser) -> None:
    export.add_argument("file", type=Path)
    export.add_argument(
        "--out", required=True, type=Path, help="the new .csv, .edf, .bdf, .mat or .dcm file"
    )
    export.add_argument("--format", default="", help="where not the suffix says it; bids: a folder")
    export.add_argument("--subject", help="pseudonym to write in place of the recording's own")
    export.add_argument("--notes", action="store_true", help="keep markers and notes of people")
    export.add_argument("--task", default="recording", help="what was done, for a BIDS folder")


def _stream_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--montage", type=Path, help="montage file (TOML)")
    parser.add_argument("--settings", type=Path, help="board and filter settings file (TOML)")
    parser.add_argument("--rate", type=_count, help="samples per second: 250, 500, 1000 or 2000")
    parser.add_argument("--channels", type=_count, help="number of channels to sample")
    parser.add_argument("--oversample", type=_count, help="1, or 4 to sum four conversions")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _positive(text: str) -> float:
    value = _number(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date as 2026-03-09") from None


def _seconds(text: str) -> float:
    value = _number(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a time of 0 s or more")
    return value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _run_window(options: argparse.Namespace) -> int:
    from platformdirs import user_config_path  # noqa: PLC0415 - for the window alone

    from emgfeedback.engine.connect import DEMO  # noqa: PLC0415 - for the window alone
    from emgfeedback.headless import session_settings  # noqa: PLC0415 - for the window alone
    from emgfeedback.headless_records import data_folder  # noqa: PLC0415 - for the window alone
    from emgfeedback.ui.app import run_window  # noqa: PLC0415 - Qt only where a window is wanted

    if options.demo and options.port:
        raise UsageError("--demo and --port cannot go together.", "Choose one.")
    return run_window(
        session_settings(options),
        data_folder(options.data_dir),
        user_config_path("emgfeedback", appauthor=False) / "preferences.toml",
        DEMO if options.demo else options.port,
    )


def _run_record(options: argparse.Namespace) -> int:
    from emgfeedback.headless import record  # noqa: PLC0415 - this command's alone

    print(json.dumps(record(options)))
    return 0


def _run_simulate(options: argparse.Namespace) -> int:
    from emgfeedback.headless import simulate  # noqa: PLC0415 - this command's alone

    return simulate(options)


def _run_analyze(options: argparse.Namespace) -> int:
    from emgfeedback.headless_analyze import analyze, analyze_all  # noqa: PLC0415 - this command's alone

    if options.csv is not None:
        told = analyze_all(options)
        print(json.dumps(told) if options.json else told["words"])
        return 130 if told["stopped"] else 0
    result, lines = analyze(options)
    print(json.dumps(result, allow_nan=False) if options.json else "\n".join(lines))
    return 0


def _run_train(options: argparse.Namespace) -> int:
    from emgfeedback.headless_train import as_lines, train  # noqa: PLC0415 - this command's alone

    summary = train(options)
    print(json.dumps(summary, allow_nan=False) if options.json else as_lines(summary))
    return 0


def _run_repair(options: argparse.Namespace) -> int:
    from emgfeedback.records.repair import repair  # noqa: PLC0415 - this command's alone

    report = repair(options.file)
    print(report.words())
    return 0


def _run_export(options: argparse.Namespace) -> int:
    from emgfeedback.exchange.formats import export_as  # noqa: PLC0415 - this command's alone
    from emgfeedback.exchange.sharing import Sharing  # noqa: PLC0415 - this command's alone

    sharing = Sharing(options.subject, with_notes=options.notes)
    with _open(options.file) as recording:
        export_as(recording, options.out, sharing, name=options.format, task=options.task)
    print(options.out)
    return 0


def _repair_command(repair: argparse.ArgumentParser) -> None:
    repair.add_argument("file", type=Path)
    repair.set_defaults(run=_run_repair)


def _run_report(options: argparse.Namespace) -> int:
    from emgfeedback.headless_report import report  # noqa: PLC0415 - this command's alone

    print(report(options))
    return 0


def _run_home(options: argparse.Namespace) -> int:
    from emgfeedback.headless_home import run  # noqa: PLC0415 - this command's alone

    return _tell(run(options), options)


def _run_data(options: argparse.Namespace) -> int:
    from emgfeedback.headless_data import run  # noqa: PLC0415 - this command's alone

    return _tell(run(options), options)


def _tell(told: Told, options: argparse.Namespace) -> int:
    print(json.dumps(told.report) if options.json else "\n".join(told.lines))
    if told.failure:
        raise EmgFeedbackError(told.failure)
    return 0


def _open(path: Path) -> Recording:
    from emgfeedback.records.reader import open_recording  # noqa: PLC0415 - where a file is read

    return open_recording(path)
