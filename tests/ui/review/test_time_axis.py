"""Windows stay inside the recording, and time is told as finely as it is looked at."""

from __future__ import annotations

import pytest

from emgfeedback.ui.review.time_axis import TimeScale, Window, length_words, time_words


@pytest.mark.parametrize(
    ("window", "within"),
    [
        (Window(-5, 10), Window(0, 10)),
        (Window(95, 10), Window(90, 10)),
        (Window(1e12, 10), Window(90, 10)),
        (Window(20, 1000), Window(0, 100)),
        (Window(50, 0), Window(50, 0.01)),
    ],
)
def test_a_window_is_moved_or_cut_into_the_recording(window: Window, within: Window) -> None:
    assert window.within(100.0) == within


def test_zooming_keeps_the_place_pointed_at() -> None:
    zoomed = Window(10, 20).zoomed(0.5, 15)
    assert zoomed == Window(12.5, 10)
    before = TimeScale(Window(10, 20), 100, 400)
    after = TimeScale(zoomed, 100, 400)
    assert before.x(15) == after.x(15)
    assert after.s(after.x(13.7)) == pytest.approx(13.7)


@pytest.mark.parametrize("seconds", [0.01, 0.3, 1, 7, 30, 100, 3600, 30_000, 300_000])
def test_ticks_are_round_and_far_enough_apart(seconds: float) -> None:
    scale = TimeScale(Window(123.4, seconds), 100, 800)
    step_s, ticks = scale.ticks()
    assert 1 <= len(ticks) <= 9
    assert all(123.4 - 1e-6 <= at_s <= 123.4 + seconds + 1e-6 for at_s in ticks)
    assert step_s / seconds * 800 >= 96
    assert len({time_words(at_s, step_s) for at_s in ticks}) == len(ticks)


def test_times_have_the_decimals_of_their_step() -> None:
    assert time_words(680.0) == "11:20"
    assert time_words(680.25, 0.05) == "11:20.25"
    assert time_words(59.999, 0.01) == "1:00.00"
    assert time_words(3723.0) == "1:02:03"
    assert time_words(1.1, 0.1) == "0:01.1"


def test_lengths_carry_their_unit() -> None:
    assert length_words(0.684) == "0.68 s"
    assert length_words(12.34) == "12.3 s"
    assert length_words(1864) == "31 min 04 s"
    assert length_words(3725) == "1 h 02 min"
