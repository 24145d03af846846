"""Commands about ports and boards: what is there, what is wrong, and our firmware into a board."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emgfeedback.core.errors import EmgFeedbackError

if TYPE_CHECKING:
    from emgfeedback.devices.examine import Step
    from emgfeedback.devices.ports import PortInfo
    from emgfeedback.flashing.flasher import Progress


def add_commands(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `ports`, `boards`, `doctor` and `flash` to the command line."""
    ports = commands.add_parser("ports", help="list serial ports")
    ports.add_argument("--json", action="store_true", help="print JSON")
    ports.add_argument("--identify", action="store_true", help="open each port and ask who it is")
    ports.set_defaults(run=_run_ports)

    boards = commands.add_parser("boards", help="list the boards that can be read")
    boards.add_argument("--json", action="store_true", help="print JSON")
    boards.set_defaults(run=_run_boards)

    doctor = commands.add_parser("doctor", help="find out why a board does not work")
    doctor.add_argument(
        "--port", help="this port alone; otherwise each that a board's adapter made"
    )
    doctor.add_argument("--json", action="store_true", help="print JSON")
    doctor.set_defaults(run=_run_doctor)

    flash = commands.add_parser("flash", help="put our firmware into an Uno, Nano or Mega")
    flash.add_argument("--port", required=True, help="serial port")
    flash.add_argument("--board", required=True, help="uno, nano, nano-old or mega")
    flash.add_argument("--image", type=Path, help="another program (Intel HEX) in place of ours")
    flash.add_argument("--json", action="store_true", help="print JSON")
    flash.set_defaults(run=_run_flash)


def _run_ports(options: argparse.Namespace) -> int:
    from emgfeedback.devices.ports import identify, list_ports  # noqa: PLC0415 - this command's alone
    from emgfeedback.devices.registry import ANY, OURS  # noqa: PLC0415 - this command's alone

    rows = []
    for port in list_ports():
        row = _port_row(port)
        if options.identify and port.bluetooth:
            row["problem"] = "A Bluetooth port: not asked."
        elif options.identify:
            try:
                # What hangs on no board's adapter gets no other protocol's questions.
                info = identify(port.path, ANY if port.likely else OURS)
                row["board"], row["firmware"] = info.board, info.firmware
            except EmgFeedbackError as error:
                row["problem"] = str(error)
        rows.append(row)
    if options.json:
        print(json.dumps(rows))
        return 0
    for row in rows:
        print("  ".join(str(value) for value in row.values() if value))
    if not rows:
        print("No serial port found. Plug the board in with a data cable, or give its path.")
    return 0


def _run_boards(options: argparse.Namespace) -> int:
    from emgfeedback.devices.registry import DRIVERS  # noqa: PLC0415 - this command's alone

    rows = [
        {
            "driver": driver.name,
            "board": driver.title,
            "bauds": list(driver.bauds),
            "streams_unasked": driver.streams_unasked,
            "loss_proof": driver.loss_proof,
        }
        for driver in DRIVERS.values()
    ]
    if options.json:
        print(json.dumps(rows))
        return 0
    for row in rows:
        print(f"{row['driver']:16}  {row['board']}")
        print(f"{'':16}  {row['loss_proof']}")
    return 0


def _port_row(port: PortInfo) -> dict[str, Any]:
    return {
        "path": port.path,
        "description": port.description,
        "likely": port.likely,
        "vid": port.vid,
        "pid": port.pid,
        "serial_number": port.serial_number,
    }


def _run_doctor(options: argparse.Namespace) -> int:
    from emgfeedback.headless_doctor import as_lines, examine  # noqa: PLC0415 - this command's alone

    told = examine(options, _show_step)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    print(json.dumps(told) if options.json else as_lines(told))
    return 0


def _run_flash(options: argparse.Namespace) -> int:
    from emgfeedback.devices.ports import identify  # noqa: PLC0415 - this command's alone
    from emgfeedback.devices.registry import OURS  # noqa: PLC0415 - this command's alone
    from emgfeedback.engine.first_connection import FirstConnection  # noqa: PLC0415 - this command's alone
    from emgfeedback.flashing.boards import find_board  # noqa: PLC0415 - this command's alone
    from emgfeedback.flashing.images import bundled_image, image_of  # noqa: PLC0415 - this command's alone

    board = find_board(options.board)
    image = image_of(options.image, board) if options.image else bundled_image(board)
    done = FirstConnection(options.port).flash(board, image, _show_progress)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    told: dict[str, Any] = {
        "port": options.port, "board": board.title, "program": image.name,
        "bytes": done.n_bytes, "verified": True,
    }  # fmt: skip
    if image.version:
        info = identify(options.port, OURS)
        told["answers"], told["firmware"] = info.board, info.firmware
    if options.json:
        print(json.dumps(told))
        return 0
    print(f"{done.n_bytes} bytes of {image.name} written and read back: {board.title}.")
    if image.version:
        print(f"The board answers: {told['answers']}, firmware {told['firmware']}.")
    return 0


def _show_step(port: str, step: Step) -> None:
    """Say on a terminal what is being done: all together may take half a minute."""
    if sys.stderr.isatty():
        print(f"\r{port}: {step.value}      ", end="", file=sys.stderr, flush=True)


def _show_progress(step: Progress) -> None:
    """Keep one line on a terminal up to date."""
    if sys.stderr.isatty():
        share = step.done_bytes / step.total_bytes
        print(f"\r{step.stage.value} {share:4.0%}   ", end="", file=sys.stderr, flush=True)
