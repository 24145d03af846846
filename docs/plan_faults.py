"""What was not as it should be while a plan was photographed, and what came of the session."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyedflib
from PySide6.QtCore import QtMsgType, qInstallMessageHandler

from emgfeedback.records.reader import open_recording
from emgfeedback.records.repair import unfinished
from emgfeedback.training.plan import Plan


class _Listener(logging.Handler):
    """Notes what the log warns of."""

    def __init__(self, told: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._told = told

    def emit(self, record: logging.LogRecord) -> None:
        self._told.append(f"log: {record.getMessage()}")


@dataclass
class Faults:
    """What was not as it should be: of the log, of Qt, of any slot, and of the results."""

    told: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Collect warnings and errors from here on."""
        logging.getLogger("emgfeedback").addHandler(_Listener(self.told))
        qInstallMessageHandler(self._qt)
        sys.excepthook = lambda kind, error, trace: self.told.append(f"{kind.__name__}: {error}")

    def demand(self, holds: object, words: str) -> None:
        """Tell `words` unless it `holds`."""
        if not holds:
            self.told.append(words)

    def _qt(self, kind: QtMsgType, context: object, message: str) -> None:
        del context
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg):
            self.told.append(f"Qt: {message}")


def judge(folder: Path, plan: Plan, names: list[str], faults: Faults) -> dict[str, Any]:
    """Return what came of the session on disk; tell what is not as it should be."""
    summaries, recordings = list(folder.glob("*.session.json")), list(folder.glob("*.bdf"))
    faults.demand(len(summaries) == len(recordings) == 1, f"files: {summaries} {recordings}")
    if not (summaries and recordings):
        return {}
    summary = json.loads(summaries[0].read_text(encoding="utf-8"))
    steps = summary["steps"]
    pictured = {int(name[:2]) for name in names if name[:2] != "00"}
    faults.demand(summary["finished"] and not summary["stopped"], "not finished")
    faults.demand(len(steps) == len(plan.steps), f"{len(steps)} of {len(plan.steps)} steps")
    faults.demand(pictured == set(range(1, len(plan.steps) + 1)), f"pictures of {pictured} only")
    skipped = [step["title"] for step in steps if step["skipped"]]
    faults.demand(not skipped, f"skipped: {skipped}")
    odd = set(summary["paused_reasons"]) - {"settling"}
    faults.demand(not odd, f"held for {odd}")
    faults.demand(not unfinished(folder), "the recording was left unfinished")
    with open_recording(recordings[0]) as recording:
        recorded_s, gaps = recording.duration_s, recording.gaps
        texts = [annotation.text for annotation in recording.annotations]
    faults.demand(not gaps, f"gaps in the recording: {gaps}")
    apart_s = abs(recorded_s - summary["elapsed_s"])
    faults.demand(apart_s < 1, f"{recorded_s:.1f} s recorded of {summary['elapsed_s']:.1f} s")
    faults.demand("training end" in texts, "the recording lacks the training's end")
    with pyedflib.EdfReader(str(recordings[0])) as reader:
        samples = int(reader.getNSamples()[0])
    success = [trial["success_pct"] for trial in summary["trials"]]
    return {
        "elapsed_s": round(summary["elapsed_s"], 1),
        "steps": len(steps),
        "trials": len(summary["trials"]),
        "success_pct": summary["success_pct"] and round(summary["success_pct"], 1),
        "trial_success_pct": [pct if pct is None else round(pct) for pct in success],
        "excluded_pct": summary["excluded_pct"] and round(summary["excluded_pct"], 2),
        "recorded_s": round(recorded_s, 1),
        "recorded_samples": samples,
        "sentence": summary["patient_sentence"] + " " + summary["next_step"],
        "therapist_line": summary["therapist_line"],
    }
