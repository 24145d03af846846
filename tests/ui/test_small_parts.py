"""Rows, scales, the kept look, errands and background work."""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace

import pytest

from emgfeedback.core.errors import SettingsError
from emgfeedback.ui.background import Background
from emgfeedback.ui.errands import Errands
from emgfeedback.ui.rows import AXIS_HEIGHT_PX, row_edges
from emgfeedback.ui.scales import activity_share, bar_top_uv
from tests.ui.stage_session import LOOSE, channels


@pytest.mark.parametrize("height_px", [44, 300, 571, 1000])
@pytest.mark.parametrize("n_rows", [1, 5, 6, 8])
def test_rows_share_the_height_above_the_axis(height_px: int, n_rows: int) -> None:
    edges = row_edges(height_px, n_rows)
    assert len(edges) == n_rows + 1
    assert (edges[0], edges[-1]) == (0, height_px - AXIS_HEIGHT_PX)
    heights = [b - a for a, b in itertools.pairwise(edges)]
    assert max(heights) - min(heights) <= 1


def test_a_full_bar_is_at_least_twice_the_higher_threshold() -> None:
    assert bar_top_uv((8.0, 6.0), 70.0) == 20.0
    assert bar_top_uv((None, 2.5), 70.0) == 5.0
    assert bar_top_uv((900.0, None), 70.0) == 1800.0


def test_without_a_threshold_a_full_bar_is_half_the_scale() -> None:
    assert bar_top_uv((None, None), 70.0) == 35.0


def test_a_muscle_lights_fully_at_twice_its_threshold_and_not_in_the_floor() -> None:
    channel = replace(channels()[0], threshold_uv=8.0, floor_uv=1.0)
    assert activity_share(replace(channel, level_uv=4.0), 70.0) == pytest.approx(0.25)
    assert activity_share(replace(channel, level_uv=99.0), 70.0) == 1.0
    assert activity_share(replace(channel, level_uv=0.9), 70.0) == 0.0
    free = replace(channel, level_uv=7.0, threshold_uv=None)
    assert activity_share(free, 70.0) == pytest.approx(0.2)


def test_a_muscle_without_a_trusted_level_has_no_share() -> None:
    assert activity_share(replace(channels()[0], level_uv=None), 70.0) is None
    assert activity_share(replace(channels()[0], verdict=LOOSE), 70.0) is None


def test_errands_run_in_order_off_the_screens_thread() -> None:
    errands, done = Errands(), []
    for i in range(20):
        errands.send(lambda i=i: done.append((i, threading.current_thread() is not main)))
    main = threading.main_thread()
    errands.close()
    assert done == [(i, True) for i in range(20)]


def test_a_refusal_waits_for_the_screen_until_the_next_command() -> None:
    def refuse() -> None:
        raise SettingsError("Too low.", "Use more.")

    errands = Errands()
    errands.do_now(refuse)
    assert errands.refused == "Too low. Use more."
    errands.do_now(lambda: None)
    assert errands.refused == ""
    errands.close()


def test_a_bug_in_a_command_is_logged_and_the_next_still_runs(expected_log) -> None:
    expected_log.append("A command of the screen failed")
    errands, done = Errands(), []
    errands.send(lambda: 1 / 0)
    errands.send(lambda: done.append(1))
    errands.close()
    assert done == [1]


def test_background_work_is_asked_for_its_result() -> None:
    gate = threading.Event()
    work = Background(lambda: gate.wait(10))
    assert not work.done
    assert work.result() is None
    gate.set()
    work._thread.join(10)
    assert work.done
    assert work.result() is True
