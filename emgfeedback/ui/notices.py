"""What the banner says: the one thing that most needs somebody now, with its remedy."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from emgfeedback.core.device import LinkState
from emgfeedback.core.quality import Finding, Level
from emgfeedback.engine.snapshot import RecordState, Snapshot
from emgfeedback.ui import words


@dataclass(frozen=True, slots=True)
class Notice:
    """A name and a remedy. `kind` is `bad`, `check` or `info`."""

    kind: str
    title: str
    remedy: str


def notice(snapshot: Snapshot, away_s: float, refused: str = "") -> Notice | None:
    """Return what to say now, worst first; None when all is well.

    Parameters
    ----------
    away_s
        How long the link has been silent or lost, seconds.
    refused
        Why the last command was refused, in words; empty if it was not.
    """
    recording = snapshot.recording
    if recording.state is RecordState.FAILED:
        return Notice(
            "bad", QCoreApplication.translate("Notice", "Not recording"), recording.message
        )
    if (away := _link_notice(snapshot, away_s)) is not None:
        return away
    if refused:
        return Notice("check", QCoreApplication.translate("Notice", "That did not work"), refused)
    if (trouble := _channel_notice(snapshot)) is not None:
        return trouble
    if snapshot.link.warnings:
        return Notice(
            "check", QCoreApplication.translate("Notice", "Look at this"), snapshot.link.warnings[0]
        )
    if snapshot.link_message:
        return Notice(
            "check", QCoreApplication.translate("Notice", "The board"), snapshot.link_message
        )
    return None


def _link_notice(snapshot: Snapshot, away_s: float) -> Notice | None:
    state = snapshot.link.state
    recording = snapshot.recording.state in (RecordState.RECORDING, RecordState.WAITING)
    goes_on = QCoreApplication.translate("Notice", "Recording goes on; the gap is marked.")
    if state is LinkState.STALLED:
        seconds = words.whole(max(1, math.ceil(away_s)))
        title = QCoreApplication.translate("Notice", "Board silent since %1 s").replace(
            "%1", seconds
        )
        return Notice(
            "bad",
            title,
            goes_on if recording else QCoreApplication.translate("Notice", "Check the cable."),
        )
    if state is LinkState.LOST:
        wait = QCoreApplication.translate("Notice", "Plug it back in: it goes on by itself.")
        remedy = f"{wait} {goes_on}" if recording else wait
        return Notice("bad", QCoreApplication.translate("Notice", "Board unplugged"), remedy)
    return None


def _channel_notice(snapshot: Snapshot) -> Notice | None:
    bad = [c for c in snapshot.channels if c.verdict.level is Level.BAD]
    check = [
        c
        for c in snapshot.channels
        if c.verdict.level is Level.CHECK and c.verdict.finding is not Finding.HEARTBEAT
    ]
    for kind, troubled in (("bad", bad), ("check", check)):
        if not troubled:
            continue
        first = troubled[0]
        said = words.finding_words(first.verdict.finding)
        title = f"{words.channel_name(first)}: {said.name[:1].lower()}{said.name[1:]}"
        if len(troubled) > 1:
            more = QCoreApplication.translate("Notice", "and %1 more").replace(
                "%1", words.whole(len(troubled) - 1)
            )
            title = f"{title}, {more}"
        off = QCoreApplication.translate("Notice", "Feedback from it is off.")
        return Notice(kind, title, f"{off} {said.remedy}" if kind == "bad" else said.remedy)
    return None
