"""Sessions on the virtual board: its bytes, the wire's decoder, the pipeline, a patient."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

from emgfeedback.core.block import Block
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import Montage, Side
from emgfeedback.devices.connection import Connection
from emgfeedback.devices.driver import StreamSettings
from emgfeedback.devices.registry import make_driver
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.faults import FaultPlan
from emgfeedback.devices.virtual.levels import SILENT, NeckLevels, Six, steady
from emgfeedback.devices.virtual.link import VirtualLink
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.engine.acquisition import Acquisition
from emgfeedback.engine.pipeline import Pipeline, PipelineEvent
from emgfeedback.training.now import Mode, Phase, RunNow, StepKind
from emgfeedback.training.plan import Plan
from emgfeedback.training.plan_steps import Calibration
from emgfeedback.training.run import TrainingRun
from emgfeedback.training.run_trick import WITH_TASK

OVERACTIVE = {"scm": Side.RIGHT}
TONIC = 0.3
QUIETED = 0.1
CONTRACTIONS: dict[str, Six] = {
    "rvc_trapezius": (0.0, 0.0, 90.0, 80.0, 0.0, 0.0),
    "rvc_scm": (80.0, 90.0, 0.0, 0.0, 0.0, 0.0),
    "rvc_splenius": (0.0, 0.0, 0.0, 0.0, 60.0, 65.0),
}
TURNED_RIGHT: Six = (70.0, 0.0, 0.0, 0.0, 0.0, 0.0)
"""The left SCM turns the head to the right; the right one stays low."""

UPRIGHT: Six = (12.0, 12.0, 8.0, 8.0, 0.0, 0.0)
AS_IT_COMES = StreamSettings()


class Session:
    """A plan on a virtual board, as far as it got.

    Parameters
    ----------
    plan
        Run to its end.
    faults
        Of the board.
    piece_s
        The board's time between two reads.
    stream
        Rate and channels asked of the board.
    """

    def __init__(
        self,
        plan: Plan,
        *faults: str,
        piece_s: float = 0.25,
        stream: StreamSettings = AS_IT_COMES,
    ) -> None:
        self.neck = NeckSignal(NeckLevels(story=steady(TONIC)))
        self.board = VirtualBoard(self.neck, faults=FaultPlan(faults))
        self.plan = plan
        self.events: list[PipelineEvent] = []
        self._stream = stream
        self._link = VirtualLink(self.board, step_s=piece_s)

    def to_end(
        self,
        watch: Callable[[RunNow, float], None] = lambda now, time_s: None,
        started: Callable[[DeviceInfo, Montage], None] = lambda info, montage: None,
        record: Callable[[Block], None] = lambda block: None,
    ) -> TrainingRun:
        """Run the plan; `watch` sees every state with the time, `record` every block."""
        acquisition = Acquisition(
            lambda: Connection(self._link, make_driver("emgfeedback")), self._stream, None
        )
        with closing(acquisition):
            info = acquisition.open()
            started(info, acquisition.montage)
            pipeline = Pipeline(info, acquisition.montage, info.fs_hz)
            pipeline.start_run(self.plan, OVERACTIVE, info.board)
            run = pipeline.run
            assert run is not None
            self.plan = run.plan
            while not run.finished:
                for block in acquisition.step(0.05):
                    record(block)
                    pipeline.process(block)
                    now = run.now()
                    watch(now, pipeline.end_sample / info.fs_hz)
                    operate(run, now)
                    self.obey(now)
                self.events += pipeline.events
                pipeline.events.clear()
        self.events += [PipelineEvent(event.sample, event.text) for event in run.events]
        return run

    def obey(self, now: RunNow) -> None:
        """Let the patient do what the screen asks."""
        tonic, voluntary_uv = self.reaction(now)
        self.neck.levels = replace(self.neck.levels, story=steady(tonic, voluntary_uv=voluntary_uv))

    def reaction(self, now: RunNow) -> tuple[float, Six]:
        """Return the share of the overactivity, and what is contracted."""
        if now.phase is not Phase.WORK:
            return TONIC, SILENT
        step = self.plan.steps[now.step]
        if isinstance(step, Calibration):
            return TONIC, CONTRACTIONS.get(step.method, SILENT)
        if now.kind is StepKind.TRICK:
            return (QUIETED if now.task == WITH_TASK else 1.0), SILENT
        if now.feedback is not None and now.feedback.mode is Mode.CONTRAST:
            return QUIETED, TURNED_RIGHT
        if now.feedback is not None and now.feedback.mode is Mode.BALANCE:
            return 0.0, UPRIGHT
        return QUIETED, SILENT


def operate(run: TrainingRun, now: RunNow) -> None:
    """Do what somebody at the screen does: answer, and go on after three seconds."""
    reads = now.kind is StepKind.PROMPT and now.countdown_s is None
    waits = reads or now.phase is Phase.READY
    if now.ratings and now.kind is StepKind.CALIBRATION:
        run.answer_pain(0)
    elif now.ratings:
        run.rate({asked.key: 2 for asked in now.ratings})
    elif now.phase is Phase.DONE or (waits and now.elapsed_s > 3):
        run.next()
