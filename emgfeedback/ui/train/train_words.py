"""Words of the console: why a run is held, what the rules offer, levels with their unit."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from emgfeedback.core.block import Unit
from emgfeedback.engine.snapshot import ChannelNow
from emgfeedback.training.now import Hold, Phase, RunNow, StepKind, TrialKind
from emgfeedback.ui import words


def hold_words(run: RunNow, channels: Sequence[ChannelNow]) -> str:
    """Return why nothing is scored now, naming the channel to blame; empty if it is scored."""
    if run.paused:
        return QCoreApplication.translate("Train", "Paused. Recording goes on.")
    if run.hold is Hold.QUALITY:
        blamed = [channels[i] for i in run.hold_channels if i < len(channels)]
        if not blamed:
            return QCoreApplication.translate("Train", "Held: a signal cannot be used.")
        said = words.finding_words(blamed[0].verdict.finding)
        held = QCoreApplication.translate("Train", "Held: %1: %2. %3")
        for place, text in (
            ("%1", words.channel_name(blamed[0])),
            ("%2", said.name.lower()),
            ("%3", said.remedy),
        ):
            held = held.replace(place, text)
        return held
    return {
        Hold.GAP: QCoreApplication.translate("Train", "Held: data are missing."),
        Hold.SETTLING: QCoreApplication.translate("Train", "Held: the filters are settling."),
    }.get(run.hold, "")


def _with_hand(run: RunNow) -> bool:
    return run.movement is not None and run.movement.key == "hand-to-face"


def hint_words(run: RunNow) -> str:
    """Return the second line: the patient's, what to mark, or what comes next."""
    if run.kind is StepKind.TRICK and run.phase is Phase.WORK and _with_hand(run):
        return QCoreApplication.translate("Train", "A: the arm sets out. T: the hand touches.")
    if run.paused or run.phase is not Phase.DONE or run.step + 1 >= len(run.step_titles):
        return run.hint
    said = QCoreApplication.translate("Train", "Done. Press Next when ready for: %1")
    return said.replace("%1", run.step_titles[run.step + 1])


def offer_words(offer: str) -> str:
    """Return why something is offered, in a few words; empty for nothing."""
    hard = QCoreApplication.translate("Train", "Two hard trials in a row.")
    return {
        "ease": hard,
        "trick": hard,
        "rest": hard,
        "progress": QCoreApplication.translate("Train", "Three easy trials in a row."),
        "repeat": QCoreApplication.translate("Train", "More than half was left out."),
    }.get(offer, "")


def phase_words(run: RunNow) -> str:
    """Return what the patient does now, in one word or two."""
    if run.paused:
        return QCoreApplication.translate("Train", "Paused")
    return {
        Phase.READY: QCoreApplication.translate("Train", "Ready"),
        Phase.COUNTDOWN: QCoreApplication.translate("Train", "Starts in"),
        Phase.WORK: QCoreApplication.translate("Train", "Running"),
        Phase.REST: QCoreApplication.translate("Train", "Rest"),
        Phase.DONE: QCoreApplication.translate("Train", "Step done"),
        Phase.FINISHED: QCoreApplication.translate("Train", "Finished"),
    }[run.phase]


def trial_kind_words(kind: TrialKind) -> str:
    """Return the name of a trial without feedback; empty with feedback."""
    return {
        TrialKind.PROBE: QCoreApplication.translate("Train", "no feedback"),
        TrialKind.RETENTION: QCoreApplication.translate("Train", "no feedback"),
    }.get(kind, "")


def unit_words(unit: Unit) -> str:
    """Return the unit of a run's levels."""
    return "µV" if unit is Unit.UV else "%"


def percent(value_pct: float | None) -> str:
    """Return a share as text, or a dash where it is not known."""
    return words.DASH if value_pct is None else f"{words.number(value_pct, 0)} %"
