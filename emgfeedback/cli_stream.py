"""The command `stream`: a board for other programs, without a recording."""

from __future__ import annotations

import argparse
import json
from typing import Any


def add_stream(commands: argparse._SubParsersAction[Any]) -> argparse.ArgumentParser:
    """Add `stream` to the command line, and return it for what every stream is asked."""
    stream: argparse.ArgumentParser = commands.add_parser(
        "stream", help="offer a board to other programs, until Ctrl-C"
    )
    stream.add_argument(
        "--port",
        required=True,
        help="serial port, demo, lsl:NAME, brainflow:BOARD, or a recording to play",
    )
    stream.add_argument("--driver", default="auto", help="protocol of the board; auto: find out")
    stream.add_argument("--seconds", type=float, help="stop after so many seconds")
    name_for_lsl(stream, required=True)
    stream.set_defaults(run=_run_stream)
    return stream


def name_for_lsl(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    """Add the option that offers the stream on the network."""
    parser.add_argument(
        "--lsl",
        default="",
        required=required,
        metavar="NAME",
        help="offer the stream by LSL: NAME raw, NAME envelope, NAME markers",
    )


def _run_stream(options: argparse.Namespace) -> int:
    from emgfeedback.headless_stream import stream  # noqa: PLC0415 - this command's alone

    print(json.dumps(stream(options)))
    return 0
