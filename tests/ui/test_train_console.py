"""The console's parts: steps, offers, lines in percent, electrodes, the programme."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from emgfeedback.core.block import Unit
from emgfeedback.core.errors import UsageError
from emgfeedback.core.montage import Side
from emgfeedback.core.quality import Level
from emgfeedback.training.now import Phase, RunNow, StepState
from emgfeedback.training.programme import PROGRAMME, load_programme
from emgfeedback.ui.train import offers
from emgfeedback.ui.train.step_list import StepList
from emgfeedback.ui.widgets.one_line import OneLine
from tests.training.clinic import block, clinic, in_work, small_plan
from tests.ui.patient import moments
from tests.ui.pictures import grey_levels
from tests.ui.stage_session import STATES, deeds, streaming
from tests.ui.train_runs import asked

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

PLAYING = moments.playing(moments.water())


# --- steps ---


def test_every_state_of_a_step_has_its_own_shape_and_word(qtbot, look) -> None:
    pictures, said = [], []
    for state in StepState:
        steps = StepList()
        qtbot.addWidget(steps)
        steps.show_run(moments.run(step_titles=("A",), step=0, step_states=(state,)))
        steps.resize(steps.sizeHint())
        pictures.append(grey_levels(steps))
        said.append(steps.state_words(0))
    assert len(set(said)) == len(StepState)
    for i, one in enumerate(pictures):
        for other in pictures[i + 1 :]:
            assert (np.abs(one.astype(int) - other) > 40).sum() > 20


def test_back_works_by_key_only_where_there_is_a_step_to_go_back_to(train_on) -> None:
    window = train_on(streaming(training=PLAYING))
    button = window.train.console.panel.back_button
    assert not button.isEnabled()
    QTest.keyClick(window, Qt.Key.Key_B)
    window._session.now = streaming(training=replace(PLAYING, can_go_back=True))
    window.tick()
    assert button.isEnabled()
    for key in (Qt.Key.Key_B, Qt.Key.Key_Backspace):
        QTest.keyClick(window, key)
    assert asked(window) == [("back",), ("back",)]


# --- offers ---


@pytest.mark.parametrize("offer", list(offers.DEEDS))
def test_an_offer_is_a_button_in_plain_words_and_can_be_put_aside(train_on, offer: str) -> None:
    run = replace(PLAYING, offer=offer, phase=Phase.REST)
    window = train_on(streaming(training=run))
    row = window.train.console.panel.offer
    assert row.isVisible()
    assert row.take_button.text() == offers.deed_words(offer) != ""
    row.aside_button.click()
    window.tick()
    assert not row.isVisible()
    assert deeds(window) == []
    trial = replace(run.trial, results_pct=(*run.trial.results_pct, 20.0))
    window._session.now = streaming(training=replace(run, trial=trial))
    window.tick()
    assert row.isVisible(), "the next trial's offer is another one"


@pytest.mark.parametrize(("mode", "easier"), [("relax", 1.15), ("activate", 0.85)])
def test_making_it_easier_moves_every_line_to_its_easier_side(mode: str, easier: float) -> None:
    here = clinic(small_plan(block(mode)))
    here.until(in_work)
    before = here.run.now().thresholds
    offers.ease(here.run)
    after = here.run.now().thresholds
    moved = [b / a for a, b in zip(before, after, strict=True) if a is not None]
    assert moved == pytest.approx([easier] * len(moved))
    assert moved
    here.to_end()
    with pytest.raises(UsageError):
        offers.ease(here.run)


def test_the_trick_is_noted_and_the_next_task_comes_with_its_reason() -> None:
    here = clinic(small_plan(block(), block()))
    here.until(in_work)
    offers.try_trick(here.run)
    assert any("trick: sensory trick" in event.text for event in here.run.events)
    offers.progress(here.run)
    now = here.run.now()
    assert now.step == 1
    assert now.step_states[0] is StepState.SKIPPED
    assert "three easy trials" in " ".join(now.log)


def resting(window) -> tuple[list[float], RunNow]:
    """Take the offered rest on a clock of the test's own; return the clock and the run."""
    panel = window.train.console.panel
    clock = [100.0]
    panel.clock = lambda: clock[0]
    panel.offer.take_button.click()
    paused = replace(PLAYING, offer="rest", paused=True)
    window._session.now = streaming(training=paused)
    window.tick()
    return clock, paused


def test_a_minute_of_rest_ends_by_itself(train_on) -> None:
    window = train_on(streaming(training=replace(PLAYING, offer="rest")))
    clock, _ = resting(window)
    panel = window.train.console.panel
    assert "1:00" in panel.phase.text()
    clock[0] += 59
    window.tick()
    assert asked(window) == [("pause",)]
    clock[0] += 1
    window.tick()
    assert asked(window) == [("pause",), ("resume",)]
    assert not panel.resting


def test_escape_makes_a_rest_a_pause_that_waits(train_on) -> None:
    window = train_on(streaming(training=replace(PLAYING, offer="rest")))
    clock, _ = resting(window)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    clock[0] += 300
    window.tick()
    assert asked(window) == [("pause",)]


def test_whoever_goes_on_early_is_not_resumed_again(train_on) -> None:
    window = train_on(streaming(training=replace(PLAYING, offer="rest")))
    clock, paused = resting(window)
    QTest.keyClick(window, Qt.Key.Key_N)
    clock[0] += 10
    window._session.now = streaming(training=replace(paused, paused=False))
    window.tick()
    window._session.now = streaming(training=paused)
    clock[0] += 300
    window.tick()
    assert asked(window) == [("pause",), ("resume",)]


# --- answers, lines, electrodes ---


@pytest.mark.parametrize(
    ("key", "shift", "value"),
    [(Qt.Key.Key_7, False, 7), (Qt.Key.Key_X, False, 10), (Qt.Key.Key_0, True, 10)],
)
def test_every_answer_has_a_key(train_on, key: Qt.Key, shift: bool, value: int) -> None:
    window = train_on(streaming(training=moments.calm_moments()["ratings"]))
    modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(window, key, modifier)
    assert asked(window) == [("rate", {"pain": value})]


def test_a_line_in_percent_is_told_in_both_and_dragged_in_microvolts(train_on) -> None:
    run = replace(
        PLAYING,
        unit=Unit.PCT,
        thresholds=(30.0, None, None, None, None, None),
        thresholds_uv=(12.0, None, None, None, None, None),
    )
    window = train_on(streaming(training=run))
    flags = window.train.console.traces._flags
    assert flags[0].lines == ("30 %", "12 µV")
    assert "30 %" in flags[0].accessibleName()
    assert [flag.isVisible() for flag in flags] == [True, *[False] * 5]
    QTest.keyClick(flags[0], Qt.Key.Key_Up)
    assert asked(window) == [("set_threshold_uv", 0, 12.5)]


def test_the_neck_map_tells_the_quality_of_every_electrode(train_on) -> None:
    snapshot = replace(STATES["loose"], training=moments.calm_moments()["ratings"])
    window = train_on(snapshot)
    neck = window.train.console.neck
    assert neck.isVisible()
    assert neck.quality("splenius", Side.RIGHT) is Level.BAD
    assert neck.quality("scm", Side.LEFT) is Level.GOOD
    assert "loose electrode" in neck.accessibleDescription()


# --- the programme ---


def test_a_week_preselects_its_plan(train_on) -> None:
    window = train_on(streaming())
    chooser = window.train.chooser
    chooser.weeks_tab.click()
    assert chooser.weeks.isVisible()
    shown = {(plan.week, plan.plan_name) for plan in chooser.weeks.plans}
    programme = load_programme(PROGRAMME)
    assert shown == {(session.week, session.plan) for session in programme.sessions()}
    plan = next(p for p in chooser.weeks.plans if p.plan_name == "symmetry-midline")
    plan.click()
    assert chooser.plan is not None
    assert chooser.plan.name == "symmetry-midline"
    QTest.keyClick(plan, Qt.Key.Key_Return)
    assert deeds(window) == [("start_training", "symmetry-midline", {})]
    chooser.plans_tab.click()
    chooser.cards[0].click()
    assert not any(p.isChecked() for p in chooser.weeks.plans)


# --- words ---


def test_a_line_that_does_not_fit_ends_in_an_ellipsis_and_is_whole_in_its_tooltip(qtbot) -> None:
    label = OneLine()
    qtbot.addWidget(label)
    label.setText("Press your forehead gently into your palm")
    label.resize(120, 24)
    label.grab()
    assert label.shown().endswith("…")
    assert label.toolTip() == label.text()
    label.resize(900, 24)
    label.grab()
    assert label.shown() == label.text()
    assert label.toolTip() == ""


def test_the_present_step_of_a_long_plan_is_in_sight(train_on) -> None:
    titles = tuple(f"Turn to the left side, number {n}" for n in range(1, 25))
    long = replace(PLAYING, step=0, step_titles=titles, step_states=())
    window = train_on(streaming(training=long), 1280, 800)
    console = window.train.console

    def stands_at(step: int) -> bool:
        window._session.now = streaming(training=replace(long, step=step))
        for _ in range(2):
            window.tick()
            QApplication.processEvents()
        top = console.steps_area.verticalScrollBar().value()
        return top < console.steps.middle_px(step) < top + console.steps_area.viewport().height()

    assert all(stands_at(step) for step in (0, 7, 15, 23, 2))
    assert not console.steps_area.horizontalScrollBar().isVisible()
    assert console.steps.width() <= console.steps_area.viewport().width()
