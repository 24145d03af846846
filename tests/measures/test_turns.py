"""Turns of known signals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgfeedback.measures.turns import (
    NEEDLE_THRESHOLD_UV,
    surface_threshold_uv,
    turns_per_s,
)

FS_HZ = 1000.0


def sine(amplitude_uv: float, f_hz: float = 100.0, phase: float = 0.3) -> np.ndarray:
    t_s = np.arange(10_000) / FS_HZ
    return amplitude_uv * np.sin(2 * np.pi * f_hz * t_s + phase)


def test_a_sine_turns_twice_a_cycle_if_it_is_high_enough() -> None:
    high = turns_per_s(sine(60.0), FS_HZ, NEEDLE_THRESHOLD_UV).value
    assert high == pytest.approx(200, abs=1)
    assert turns_per_s(sine(40.0), FS_HZ, NEEDLE_THRESHOLD_UV).value == 0.0


def test_ripple_under_the_threshold_adds_no_turn() -> None:
    rippled = sine(100.0, 10.0) + 5 * np.where(np.arange(10_000) % 2, 1.0, -1.0)
    assert turns_per_s(rippled, FS_HZ, 20.0).value == pytest.approx(20, abs=0.2)


def test_tops_held_for_samples_turn_once() -> None:
    steps = np.tile(np.repeat([0.0, 50.0], 10), 50)
    assert turns_per_s(steps, FS_HZ, 20.0).value == pytest.approx(99, abs=1)


@given(st.floats(1.0, 500.0), st.floats(5.0, 200.0))
def test_turns_depend_on_the_ratio_alone(amplitude_uv: float, threshold_uv: float) -> None:
    noise = np.random.default_rng(1).normal(size=2000)
    one = turns_per_s(noise * amplitude_uv, FS_HZ, threshold_uv).value
    other = turns_per_s(-noise * 4 * amplitude_uv, FS_HZ, 4 * threshold_uv).value
    assert one == other


def test_short_signals_and_the_surface_threshold() -> None:
    assert turns_per_s(np.zeros(2), FS_HZ, 20.0).reason == "too short"
    assert turns_per_s(np.zeros(200), FS_HZ, 20.0).value == 0.0
    assert (surface_threshold_uv(3.0), surface_threshold_uv(10.0)) == (20.0, 30.0)
