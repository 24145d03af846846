"""The designs are those of scipy, hold the clinical tables, and refuse the impossible."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from emgfeedback.core.errors import SettingsError
from emgfeedback.dsp.design import (
    butter_sos,
    notch_sos,
    response,
    response_db,
    slowest_pole,
)

SCIPY_KIND = {"low": "lowpass", "high": "highpass", "band": "bandpass"}


@pytest.mark.parametrize("fs_hz", [500.0, 997.3, 1000.0, 2000.0, 4000.0])
@pytest.mark.parametrize("order", range(1, 13))
@pytest.mark.parametrize(
    ("kind", "cutoff_hz"),
    [
        ("low", 200.0),
        ("low", 30.0),
        ("high", 20.0),
        ("high", 30.0),
        ("high", 200.0),
        ("band", (20.0, 220.0)),
        ("band", (45.0, 55.0)),
    ],
)
def test_butterworth_equals_scipy(fs_hz, order, kind, cutoff_hz):
    theirs = signal.butter(order, cutoff_hz, SCIPY_KIND[kind], fs=fs_hz, output="sos")
    f_hz = np.linspace(0, fs_hz / 2, 801)[1:-1]
    _, expected = signal.sosfreqz(theirs, f_hz, fs=fs_hz)
    ours = butter_sos(order, kind, cutoff_hz, fs_hz)
    assert ours.shape == theirs.shape
    assert np.abs(response(ours, f_hz, fs_hz) - expected).max() < 1e-12


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_butterworth_of_an_envelope_equals_scipy(order):
    # Both sides lose digits to poles next to z = 1.
    f_hz = np.linspace(0.1, 400, 999)
    _, expected = signal.sosfreqz(signal.butter(order, 3, fs=2000, output="sos"), f_hz, fs=2000)
    assert np.abs(response(butter_sos(order, "low", 3, 2000), f_hz, 2000) - expected).max() < 1e-11


@pytest.mark.parametrize("fs_hz", [500.0, 1000.0, 2000.0])
@pytest.mark.parametrize("f0_hz", [49.8, 50.0, 60.0, 150.0])
@pytest.mark.parametrize("q", [10.0, 30.0])
def test_notch_equals_scipy(fs_hz, f0_hz, q):
    b, a = signal.iirnotch(f0_hz, q, fs=fs_hz)
    f_hz = np.linspace(1, fs_hz / 2 - 1, 999)
    _, expected = signal.freqz(b, a, f_hz, fs=fs_hz)
    assert np.abs(response(notch_sos(f0_hz, q, fs_hz), f_hz, fs_hz) - expected).max() < 1e-12


@given(
    order=st.integers(1, 12),
    kind=st.sampled_from(["low", "high"]),
    share=st.floats(0.001, 0.499),
    fs_hz=st.floats(100, 8000),
)
def test_any_design_is_stable_and_halves_the_power_at_the_cutoff(order, kind, share, fs_hz):
    sos = butter_sos(order, kind, share * fs_hz, fs_hz)
    assert slowest_pole(sos) < 1
    # Vector 6.
    assert response_db(sos, share * fs_hz, fs_hz) == pytest.approx(-3.0103, abs=0.01)


@pytest.mark.parametrize(
    ("order", "cutoff_hz", "table"),
    [
        (2, 20, {1: -52.1, 2: -40.0, 5: -24.1, 10: -12.3, 15: -6.2, 20: -3.01, 25: -1.49,
                 30: -0.78, 40: -0.26, 50: -0.11}),
        (4, 30, {5: -62.4, 10: -38.3, 15: -24.2, 20: -14.3, 25: -7.27, 30: -3.01, 40: -0.41,
                 50: -0.07}),
    ],
)  # fmt: skip
def test_highpass_tables(order, cutoff_hz, table):
    sos = butter_sos(order, "high", cutoff_hz, 1000)
    assert response_db(sos, list(table), 1000) == pytest.approx(list(table.values()), abs=0.05)


def test_zero_phase_doubles_the_decibels():
    sos = butter_sos(4, "high", 30, 1000)
    impulse = np.zeros(8192)
    impulse[4096] = 1
    both_ways = np.abs(np.fft.rfft(signal.sosfiltfilt(sos, impulse)))
    at = round(30 * 8192 / 1000)
    f_hz = at * 1000 / 8192
    assert 20 * np.log10(both_ways[at]) == pytest.approx(2 * response_db(sos, f_hz, 1000), abs=0.01)


def test_head_tremor_artefact_is_attenuated_as_stated():
    # Vector 31: 500 uV at 6 Hz.
    assert response_db(butter_sos(4, "high", 30, 1000), 6, 1000) == pytest.approx(-56.02, abs=0.05)
    assert response_db(butter_sos(4, "high", 20, 1000), 6, 1000) == pytest.approx(-41.87, abs=0.05)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: butter_sos(4, "low", 500, 1000), ("500 Hz", "half the sampling rate", "Lower")),
        (lambda: butter_sos(4, "low", 600, 1000), ("600 Hz", "500 Hz")),
        (lambda: butter_sos(4, "high", 0, 1000), ("0 Hz", "Raise")),
        (lambda: butter_sos(4, "high", -3, 1000), ("-3 Hz", "Raise")),
        (lambda: butter_sos(4, "high", float("nan"), 1000), ("nan", "Raise")),
        (lambda: butter_sos(0, "high", 30, 1000), ("order 0", "12", "Choose")),
        (lambda: butter_sos(13, "high", 30, 1000), ("order 13", "12")),
        (lambda: butter_sos(4, "band", (400, 20), 1000), ("400 Hz", "20 Hz", "Swap")),
        (lambda: butter_sos(4, "band", (20, 20), 1000), ("20 Hz", "Swap")),
        (lambda: butter_sos(4, "band", 20, 1000), ("cut-off",)),
        (lambda: butter_sos(4, "low", 20, 0), ("0 Hz", "rate")),
        (lambda: notch_sos(500, 30, 1000), ("500 Hz", "Lower")),
        (lambda: notch_sos(50, 0, 1000), ("quality 0", "Choose")),
    ],
)
def test_the_impossible_is_refused_in_one_line(call, words):
    with pytest.raises(SettingsError) as refused:
        call()
    assert "\n" not in str(refused.value)
    for word in words:
        assert word in str(refused.value)
