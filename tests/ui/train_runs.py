"""Runs for the Train page, and what the page asked of them."""

from __future__ import annotations

from emgfeedback.training.now import Phase, RunNow, StepKind
from emgfeedback.ui.main_window import MainWindow
from tests.ui.patient import moments
from tests.ui.stage_session import deeds

RUNS: dict[str, RunNow] = {
    **{f"in {scene.value}": moments.playing(now) for scene, now in moments.INSIDE.items()},
    **moments.calm_moments(),
    "held": moments.held(moments.INSIDE[moments.Scene.WATER]),
    "offer": moments.playing(moments.water(), offer="rest", log=("Eased by 15 %.",)),
    "pain asked": moments.run(
        StepKind.CALIBRATION, Phase.REST, ratings=moments.QUESTIONS[:1], task="Hold"
    ),
}


class Recorder:
    """Stands where the run stands and writes down what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    def now(self) -> RunNow:
        return RUNS["ratings"]

    def __getattr__(self, name: str):
        return lambda *given, **named: self.asked.append((name, *given, *named.values()))


def asked(window: MainWindow) -> list[tuple[object, ...]]:
    """Return what the run was asked for, in order."""
    run = Recorder()
    for call in deeds(window):
        if call[0] == "run":
            call[1](run)
    return run.asked
