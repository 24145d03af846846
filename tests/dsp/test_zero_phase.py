import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from emgfeedback.dsp.design import butter_sos
from emgfeedback.dsp.zero_phase import zero_phase

FILTERS = [
    butter_sos(2, "high", 20.0, 1000.0),
    butter_sos(4, "low", 400.0, 1000.0),
    butter_sos(3, "band", (30.0, 300.0), 1000.0),
]


@settings(max_examples=30, deadline=None)
@given(st.integers(40, 3000), st.sampled_from(range(3)), st.integers(0, 99))
def test_it_is_what_scipy_does(n, which, seed):
    x = np.random.default_rng(seed).normal(5, 20, (n, 2))
    sos = FILTERS[which]
    reach = min(n - 1, 3 * (2 * len(sos) + 1))
    expected = signal.sosfiltfilt(sos, x, axis=0, padlen=reach)
    assert np.abs(zero_phase(sos, x) - expected).max() < 1e-8 * np.abs(x).max()


def test_the_cut_off_falls_by_six_decibels_and_nothing_moves():
    t = np.arange(20_000) / 1000.0
    x = np.sin(2 * np.pi * 20.0 * t)
    y = zero_phase(FILTERS[0], x)[5000:-5000]
    assert 20 * np.log10(np.std(y) / np.std(x)) == pytest.approx(-6.0206, abs=0.05)
    lag = np.argmax(np.correlate(x[5000:-5000], y, "full")) - (len(y) - 1)
    assert lag == 0


def test_backwards_in_is_backwards_out():
    x = np.random.default_rng(1).normal(size=2000).cumsum()
    there, back = zero_phase(FILTERS[1], x), zero_phase(FILTERS[1], x[::-1])[::-1]
    inner = slice(200, -200)
    assert np.abs(there - back)[inner].max() < 1e-6 * np.abs(x).max()


@pytest.mark.parametrize("n", [0, 1])
def test_too_little_signal_gives_zeros(n):
    assert zero_phase(FILTERS[0], np.ones((n, 3))).tolist() == [[0.0] * 3] * n
