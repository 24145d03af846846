"""`doctor`: what is there, who answers, and if nobody does, why and what to do."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from emgfeedback.core.power import MAINS_WARNING
from emgfeedback.devices.diagnosis import Diagnosis
from emgfeedback.devices.examine import Examination, Step
from emgfeedback.devices.ports import PortInfo
from emgfeedback.engine.first_connection import FirstConnection, look_round, newer_firmware


def examine(
    options: argparse.Namespace, tell: Callable[[str, Step], None] = lambda port, step: None
) -> dict[str, Any]:
    """Examine the port named in `options`, or each port that a board's adapter made.

    Parameters
    ----------
    tell
        Called with the port and what is being done there.
    """
    there = look_round()
    named = options.port
    causes = [] if named else list(there.causes)
    chosen = there.worth_asking
    if named:
        chosen = tuple(port for port in there.ports if port.path == named) or (PortInfo(named, ""),)
    boards = []
    for port in chosen:
        found = _examine_port(port, tell)
        if found.diagnosis is not None:
            causes.append(found.diagnosis)
        else:
            boards.append(_board(found))
    return {
        "ready": any(not board["problems"] for board in boards),
        "on_mains": there.on_mains,
        "ports": [{"path": port.path, "likely": port.likely} for port in there.ports],
        "boards": boards,
        "causes": [_cause(diagnosis) for diagnosis in causes],
    }


def as_lines(told: dict[str, Any]) -> str:
    """Return the outcome of `examine` in words."""
    lines = []
    for board in told["boards"]:
        lines.append(f"{board['port']}: {board['board']}, firmware {board['firmware']}")
        lines += [f"  {words}" for words in board["channels"]]
        if board["fs_hz"] is not None:
            lines.append(
                f"  {board['fs_hz']:.1f} samples a second by this computer's clock; "
                f"{board['nominal_fs_hz']:g} were asked for"
            )
        if board["latency_ms"] is not None:
            lines.append(f"  its adapter holds bytes back for {board['latency_ms']} ms")
        if board["firmware_offered"]:
            lines.append(f"  this app brings firmware {board['firmware_offered']}: see `flash`")
        lines += [f"  To mend: {problem}" for problem in board["problems"]]
    for cause in told["causes"]:
        lines += [f"{cause['cause'].capitalize()}: {cause['what']}", f"  {cause['remedy']}"]
    if told["on_mains"]:
        lines.append(MAINS_WARNING)
    elif told["on_mains"] is None:
        lines.append("Whether this computer runs on mains cannot be known: use its battery.")
    lines.append("Ready." if told["ready"] else "No board is ready.")
    return "\n".join(lines)


def _examine_port(port: PortInfo, tell: Callable[[str, Step], None]) -> Examination:
    def told(step: Step) -> None:
        tell(port.path, step)

    return FirstConnection(port).examine(told)


def _board(found: Examination) -> dict[str, Any]:
    assert found.info is not None
    test, latency = found.test, found.latency
    problems = list(test.problems) if test else []
    return {
        "port": found.port,
        "board": found.info.board,
        "firmware": found.info.firmware,
        "tested": test is not None,
        "channels": [verdict.words for verdict in test.channels] if test else [],
        "nominal_fs_hz": test.nominal_fs_hz if test else found.info.fs_hz,
        "fs_hz": test.fs_hz if test else None,
        "lost_samples": test.lost_samples if test else None,
        "latency_ms": latency.ms if latency else None,
        "firmware_offered": newer_firmware(found.info),
        "problems": problems + ([latency.remedy] if latency and latency.remedy else []),
    }


def _cause(diagnosis: Diagnosis) -> dict[str, str]:
    return {
        "cause": diagnosis.cause.value,
        "port": diagnosis.port,
        "what": diagnosis.what,
        "remedy": diagnosis.remedy,
    }
