"""`main.py train`: a whole training plan without a window, live or from a recording."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Event
from typing import Any

from emgfeedback.core.block import Block
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import ConfigError, LinkLost, UsageError
from emgfeedback.core.montage import MUSCLES, Montage, Side
from emgfeedback.devices.connection import Connection
from emgfeedback.devices.registry import make_driver
from emgfeedback.devices.virtual.link import VirtualLink
from emgfeedback.engine.acquisition import Acquisition
from emgfeedback.engine.connect import DEFAULT_DRIVER, DEMO, Connector, connector
from emgfeedback.engine.demo_patient import DemoPatient
from emgfeedback.engine.pipeline import Pipeline
from emgfeedback.engine.replay import BLOCK_S, Replay
from emgfeedback.headless import session_settings, show_progress, stop_on_signal
from emgfeedback.records.reader import open_recording
from emgfeedback.toml_file import nearest
from emgfeedback.training.now import Phase, RunNow, StepKind
from emgfeedback.training.plan import PLANS, load_plan
from emgfeedback.training.run import TrainingRun

READ_S = 0.05
ASSUMED_PAIN = 0
LONGEST_WAIT_S = 180.0
"""A step that waits longer for good signal or an answer is skipped."""
PROGRESS_EVERY_S = 10.0
LONGEST_AWAY_S = 60.0
"""A board that stays away longer ends the session."""


def train(options: argparse.Namespace) -> dict[str, Any]:
    """Run a plan to its end, or to the end of the recording; return the session summary.

    Nobody is asked: every step starts at once, ratings stay open, and the pain question of a
    calibration is taken as 0, which the summary says.

    Raises
    ------
    EmgFeedbackError
        The plan, the source or the sides cannot be used.
    """
    plan = load_plan(plan_path(options.plan))
    sides = parse_sides(options.overactive)
    patient = DemoPatient()
    with ExitStack() as stack, stop_on_signal() as stop:
        info, montage, blocks = _source(options, stack, patient)
        settings = session_settings(options)
        pipeline = Pipeline(info, montage, info.fs_hz, settings.purpose, settings.filter_changes)
        facts = f"{info.board}, firmware {info.firmware or 'unknown'}"
        pipeline.start_run(plan, sides, facts)
        run = pipeline.run
        assert run is not None
        if options.file is not None:
            blocks = _paced(blocks, info.fs_hz, options.speed)
        _run_through(pipeline, run, blocks, stop, patient)
    return {"source": _source_name(options), **run.summary()}


def plan_path(wanted: str) -> Path:
    """Return the plan file `wanted`: a path, or the name of a shipped plan.

    Raises
    ------
    ConfigError
        Neither.
    """
    path = Path(wanted)
    shipped = PLANS / f"{wanted}.toml"
    if path.is_file() or path.suffix:
        return path
    if shipped.is_file():
        return shipped
    names = [known.stem for known in sorted(PLANS.glob("*.toml"))]
    raise ConfigError(f"There is no plan {wanted!r}.", nearest(wanted, names))


def parse_sides(texts: Iterable[str]) -> dict[str, Side]:
    """Return `muscle=side` texts as muscle -> overactive side.

    Raises
    ------
    UsageError
        Another form, muscle or side.
    """
    sides = {}
    for text in texts:
        muscle, _, side = text.partition("=")
        if muscle not in MUSCLES or side not in ("left", "right"):
            raise UsageError(
                f"--overactive {text!r} is not a muscle and its side.",
                f"Write as scm=right; muscles are {', '.join(MUSCLES)}.",
            )
        sides[muscle] = Side(side)
    return sides


def _source(
    options: argparse.Namespace, stack: ExitStack, patient: DemoPatient
) -> tuple[DeviceInfo, Montage, Iterator[Block]]:
    given = [options.file is not None, bool(options.port), bool(options.demo)]
    if sum(given) != 1:
        raise UsageError("Give exactly one of --port, --demo and --file.", "")
    if options.file is not None:
        replay = Replay(stack.enter_context(open_recording(options.file)))
        return replay.info, replay.montage, replay.blocks()
    settings = session_settings(options)
    connect = _connector(options, patient)
    acquisition = Acquisition(connect, settings.stream, settings.montage)
    stack.enter_context(closing(acquisition))
    info = acquisition.open()
    return info, acquisition.montage, _live_blocks(acquisition)


def _connector(options: argparse.Namespace, patient: DemoPatient) -> Connector:
    if options.port and options.port != DEMO:
        if options.speed not in (None, 1.0):
            raise UsageError(
                f"--speed {options.speed:g} is not for a board, which has its own.",
                "Use it with --demo or --file.",
            )
        return connector(options.port)
    board = patient.board()
    if options.speed == 0:
        link = VirtualLink(board, step_s=BLOCK_S)
    else:
        link = VirtualLink(board, speed=options.speed or 1.0)
    return lambda: Connection(link, make_driver(DEFAULT_DRIVER))


def _live_blocks(acquisition: Acquisition) -> Iterator[Block]:
    away_since = None
    while True:
        blocks = acquisition.step(READ_S)
        yield from blocks
        if blocks or not acquisition.message:
            away_since = None
        elif away_since is None:
            away_since = time.monotonic()
        elif time.monotonic() - away_since > LONGEST_AWAY_S:
            raise LinkLost(
                f"The board stayed away for {LONGEST_AWAY_S:g} s. {acquisition.message}", ""
            )


def _paced(blocks: Iterator[Block], fs_hz: float, speed: float | None) -> Iterator[Block]:
    """Let a recording take its time: `speed` 0 is as fast as it goes, None real time."""
    if speed == 0:
        yield from blocks
        return
    begun_s = time.monotonic()
    for block in blocks:
        yield block
        wait_s = block.end_sample / fs_hz / (speed or 1.0) - (time.monotonic() - begun_s)
        if wait_s > 0:
            time.sleep(wait_s)


def _run_through(
    pipeline: Pipeline,
    run: TrainingRun,
    blocks: Iterator[Block],
    stop: Event,
    patient: DemoPatient,
) -> None:
    told_s = 0.0
    operator = _Operator()
    for block in blocks:
        pipeline.process(block)
        pipeline.events.clear()
        operator.attend(run)
        patient.listen(run.now())
        if run.elapsed_s - told_s >= PROGRESS_EVERY_S:
            told_s = run.elapsed_s
            now = run.now()
            show_progress(f"{told_s:6.0f} s  {now.step_titles[now.step]}")
        if stop.is_set():
            run.stop()
        if run.finished:
            return
    run.stop("the recording ended")


class _Operator:
    """Does what somebody at the screen would: goes on, and answers what must be answered."""

    def __init__(self) -> None:
        self._place: tuple[int, Phase] | None = None
        self._since_s = 0.0

    def attend(self, run: TrainingRun) -> None:
        """Look at the run and push it on where it waits for somebody."""
        now = run.now()
        if run.finished:
            return
        place = (now.step, now.phase)
        if place != self._place:
            self._place, self._since_s = place, now.elapsed_s
        if now.ratings:
            self._answer(run, now)
        elif now.phase in (Phase.READY, Phase.DONE):
            run.next()
        if now.countdown_s is None and now.elapsed_s - self._since_s > LONGEST_WAIT_S:
            run.skip(f"it waited {LONGEST_WAIT_S:g} s for something that did not come")

    def _answer(self, run: TrainingRun, now: RunNow) -> None:
        if now.kind is not StepKind.CALIBRATION:
            run.skip("nobody was there to answer")
            return
        run.answer_pain(ASSUMED_PAIN)
        run.note(f"pain taken as {ASSUMED_PAIN}: nobody was asked")


def _source_name(options: argparse.Namespace) -> str:
    return str(options.file or options.port or DEMO)


def as_lines(summary: dict[str, Any]) -> str:
    """Return a session summary as text for a terminal."""
    lines = [f"{summary['plan_title']}: {summary['elapsed_s']:.0f} s"]
    for trial in summary["trials"]:
        success = trial["success_pct"]
        share = "-" if success is None else f"{success:.0f} %"
        lines.append(
            f"  {trial['title']} {trial['number']} ({trial['mode']}, {trial['kind']}): "
            f"{share} in target, {trial['excluded_pct']:.0f} % left out"
        )
    return "\n".join([*lines, summary["patient_sentence"], summary["therapist_line"]])
