from __future__ import annotations

import json
import math

import numpy as np
import pytest
import scipy.signal

from emgfeedback.core.block import Gap, GapReason
from emgfeedback.core.errors import SettingsError, UsageError
from emgfeedback.core.montage import Channel, Side, neck_montage
from emgfeedback.dsp.chain import ChainSettings, run_chain
from emgfeedback.measures.analysis import analyze
from emgfeedback.measures.source import HeldSamples, Stretch
from tests.measures.signals import emg_like, flat_noise, recorded

FS_HZ = 1000.0
SCM = (Channel("SCM L", "scm", Side.LEFT, input=0), Channel("SCM R", "scm", Side.RIGHT, input=1))
LSB_UV = np.array([0.01, 0.01])


def held(*columns: np.ndarray, fs_hz: float = FS_HZ, **more) -> HeldSamples:
    channels = neck_montage(len(columns)).channels if len(columns) != 2 else SCM
    return HeldSamples(np.column_stack(columns), fs_hz, channels, **more)


def sine(f_hz: float, seconds: float, rms_uv: float, fs_hz: float = FS_HZ) -> np.ndarray:
    time_s = np.arange(round(seconds * fs_hz)) / fs_hz
    return math.sqrt(2) * rms_uv * np.sin(2 * np.pi * f_hz * time_s)


def test_the_contract():
    x = 20 * emg_like(np.random.default_rng(1), 5000, FS_HZ)
    result = analyze(held(x, x / 2, annotations=[Stretch(1.0, 2.0, "rest"), Stretch(3.0, 0, "m")]))
    json.dumps(result, allow_nan=False)
    assert {"fs_hz", "duration_s", "settings", "channels", "pairs", "segments", "gaps"} <= set(
        result
    )
    assert result["duration_s"] == 5
    channel = result["channels"][0]
    assert {
        "label",
        "muscle",
        "side",
        "rms_uv",
        "arv_uv",
        "envelope_p10_uv",
        "envelope_p50_uv",
        "envelope_p90_uv",
        "median_frequency_hz",
        "mean_frequency_hz",
        "quality",
    } <= set(channel)
    assert (channel["label"], channel["muscle"], channel["side"]) == ("SCM L", "scm", "left")
    assert channel["quality"] == "good"
    (pair,) = result["pairs"]
    assert {"muscle", "left_uv", "right_uv", "asymmetry_pct", "reason"} <= set(pair)
    assert pair["asymmetry_pct"] == pytest.approx(100 / 3)
    (segment,) = result["segments"]
    assert (segment["text"], segment["start_s"], segment["duration_s"]) == ("rest", 1, 2)
    assert segment["channels"][1]["rms_uv"] == pytest.approx(10, rel=0.15)


def test_gaussian_noise_as_recorded_and_through_the_filters():
    x = 10 * np.random.default_rng(2).standard_normal(200_000)
    channel = analyze(held(x + 1000))["channels"][0]
    recorded_uv = channel["as_recorded"]
    assert recorded_uv["mean_uv"] == pytest.approx(1000, abs=0.1)
    assert recorded_uv["rms_uv"] == pytest.approx(10, rel=0.0031)
    assert recorded_uv["arv_uv"] == pytest.approx(7.9788, rel=0.0033)
    assert recorded_uv["rectified_p10_uv"] == pytest.approx(1.2566, rel=0.01)
    assert recorded_uv["rectified_p50_uv"] == pytest.approx(6.7449, rel=0.01)
    assert recorded_uv["rectified_p90_uv"] == pytest.approx(16.4485, rel=0.01)
    assert channel["rms_uv"] == pytest.approx(0.980 * recorded_uv["rms_uv"], rel=0.005)
    rest = channel["rest_filter"]["rms_uv"]
    assert rest == pytest.approx(0.970 * recorded_uv["rms_uv"], rel=0.005)


@pytest.mark.parametrize("f_hz", [97, 101, 103])
def test_sine_is_exact_unfiltered_and_close_by_default(f_hz):
    source = held(sine(f_hz, 10, 100 / math.sqrt(2)))
    channel = analyze(source, filter_choice="none")["channels"][0]
    assert channel["rms_uv"] == pytest.approx(70.7107, rel=1e-4)
    assert channel["arv_uv"] == pytest.approx(63.6618, rel=1e-4)
    assert channel["as_recorded"]["rectified_p10_uv"] == pytest.approx(15.643, rel=0.01)
    filtered = analyze(source)["channels"][0]
    assert filtered["rms_uv"] == pytest.approx(70.7107, rel=0.01)
    assert filtered["arv_uv"] == pytest.approx(63.6618, rel=0.01)


def test_ten_points_a_cycle():
    channel = analyze(held(sine(100, 10, 100 / math.sqrt(2))), filter_choice="none")["channels"][0]
    assert channel["rms_uv"] == pytest.approx(70.710678, rel=1e-6)
    assert channel["arv_uv"] == pytest.approx(61.553671, rel=1e-6)


def test_frequencies_of_flat_noise_and_lines():
    noise = 20 * flat_noise(np.random.default_rng(3), 100_000, FS_HZ, 20, 450)
    lines = sine(60, 100, 10) + sine(120, 100, 20)
    flat, two = analyze(held(noise, lines))["channels"]
    assert flat["median_frequency_hz"] == pytest.approx(235, abs=2)
    assert flat["mean_frequency_hz"] == pytest.approx(235, abs=2)
    assert two["mean_frequency_hz"] == pytest.approx(108, abs=1e-6)
    assert two["median_frequency_hz"] == pytest.approx(120, abs=1)


def test_asymmetry_by_hand():
    left, right = sine(83, 10, 30), sine(83, 10, 10)
    (pair,) = analyze(held(left, right))["pairs"]
    assert pair["asymmetry_pct"] == pytest.approx(50, rel=1e-9)
    assert pair["ratio"] == pytest.approx(3)
    (swapped,) = analyze(held(right, left))["pairs"]
    assert swapped["asymmetry_pct"] == pytest.approx(-50, rel=1e-9)
    (same,) = analyze(held(left, left))["pairs"]
    assert same["asymmetry_pct"] == 0
    assert pair["reason"] is None


def test_two_silent_sides_are_not_equal():
    silent = np.zeros(5000)
    (pair,) = analyze(held(silent, silent))["pairs"]
    assert pair["asymmetry_pct"] is None
    assert pair["reason"] == "quality"


def test_two_sides_below_what_the_converter_resolves_are_not_compared():
    quiet = np.random.default_rng(4)
    columns = [1.6 * emg_like(quiet, 20_000, FS_HZ), 1.0 * emg_like(quiet, 20_000, FS_HZ)]
    lsb = 4.88
    codes = [np.rint(column / lsb) * lsb for column in columns]
    source = held(*codes, lsb_uv=np.array([lsb, lsb]), full_scale_counts=1024)
    (pair,) = analyze(source)["pairs"]
    assert pair["asymmetry_pct"] is None
    assert pair["reason"] in ("floor", "quality")


def test_head_tremor_in_the_baseline_is_filtered_out():
    tremor = 500 * np.sin(2 * np.pi * 6 * np.arange(20_000) / FS_HZ)
    channel = analyze(held(tremor))["channels"][0]
    assert channel["rest_filter"]["rms_uv"] == pytest.approx(0.79 / math.sqrt(2), rel=0.02)
    o2_gain = 10 ** (-20.96 / 20)
    assert channel["rms_uv"] == pytest.approx(500 * o2_gain / math.sqrt(2), rel=0.02)


def test_heartbeat_in_rest_filter():
    time_s = np.arange(60_000) / FS_HZ
    nearest = (time_s + 30 / 70) % (60 / 70) - 30 / 70
    qrs = 100 * np.exp(-0.5 * (nearest / 0.010) ** 2)
    channel = analyze(held(qrs))["channels"][0]
    assert channel["as_recorded"]["rms_uv"] == pytest.approx(np.std(qrs))
    highpass = scipy.signal.butter(4, 30, "high", fs=FS_HZ, output="sos")
    residual = scipy.signal.sosfilt(highpass, qrs)[2000:]
    assert np.abs(residual).max() == pytest.approx(13.1, rel=0.03)
    assert channel["rest_filter"]["rms_uv"] == pytest.approx(np.std(residual), rel=0.005)


def gapped(fill: float) -> tuple[HeldSamples, np.ndarray]:
    x = 20 * emg_like(np.random.default_rng(5), 30_000, FS_HZ)
    broken = x.copy()
    broken[10_000:10_030] = fill
    gap = Gap(10_000, 30, GapReason.LINK)
    return held(broken, broken, gaps=[gap]), x


def test_what_stands_in_a_gap_changes_nothing():
    near, far = analyze(gapped(0.0)[0]), analyze(gapped(1e5)[0])
    assert near == far
    assert near["lost_pct"] == pytest.approx(0.1)
    assert near["duration_s"] == 30
    assert near["measured_s"] == pytest.approx(29.97)
    assert near["gaps"] == [
        {"start_s": 10.0, "duration_s": 0.03, "n_samples": 30, "reason": "link"}
    ]


def test_rows_that_are_no_numbers_are_missing():
    source, x = gapped(math.nan)
    source.gaps = ()
    result = analyze(source)
    assert result["lost_pct"] == pytest.approx(0.1)
    assert result["channels"][0]["rms_uv"] == pytest.approx(
        analyze(held(x))["channels"][0]["rms_uv"], rel=0.02
    )


def test_too_short_is_null_with_a_reason():
    x = 20 * emg_like(np.random.default_rng(6), 1000, FS_HZ)
    result = analyze(held(x[:100]))
    channel = result["channels"][0]
    assert channel["rms_uv"] is None
    assert channel["envelope_p50_uv"] is None
    assert channel["median_frequency_hz"] is None
    assert any("too short" in note for note in result["notes"])
    assert any("frequencies" in note for note in result["notes"])
    assert channel["as_recorded"]["rms_uv"] == pytest.approx(np.std(x[:100]))


def test_a_stretch_is_the_same_file_cut_except_for_settling():
    x = 20 * emg_like(np.random.default_rng(7), 30_000, FS_HZ) + 300
    part = analyze(held(x), from_s=10.0, to_s=20.0)
    assert part["duration_s"] == 10
    assert part["from_s"] == 10
    settings = ChainSettings("activation", 20.0, 2, lowpass_hz=None)
    filtered = run_chain(x[:, None], settings, FS_HZ).filtered[10_000:20_000]
    assert part["channels"][0]["rms_uv"] == pytest.approx(np.sqrt(np.mean(filtered**2)), rel=1e-6)


def test_envelope_percentiles_of_two_levels():
    x = emg_like(np.random.default_rng(8), 60_000, FS_HZ)
    level = np.where(np.arange(60_000) < 30_000, 5.0, 50.0)
    channel = analyze(held(x * level))["channels"][0]
    assert channel["envelope_p10_uv"] == pytest.approx(5, rel=0.25)
    assert channel["envelope_p90_uv"] == pytest.approx(50, rel=0.3)


def test_task_markers_last_until_the_next():
    x = 20 * emg_like(np.random.default_rng(9), 10_000, FS_HZ)
    marks = [Stretch(1.0, 0.0, "task rest"), Stretch(4.0, 0.0, "task turn"), Stretch(5.0, 0.0, "x")]
    segments = analyze(held(x, annotations=marks))["segments"]
    told = [(s["text"], s["start_s"], s["duration_s"]) for s in segments]
    assert told == [("task rest", 1.0, 3.0), ("task turn", 4.0, 6.0)]


def test_a_bad_side_hides_the_difference():
    x = 20 * emg_like(np.random.default_rng(10), 20_000, FS_HZ)
    hum = x / 10 + sine(50, 20, 200)
    result = analyze(held(x, hum, lsb_uv=LSB_UV * 61, full_scale_counts=4096))
    assert [channel["quality"] for channel in result["channels"]] == ["good", "bad"]
    (pair,) = result["pairs"]
    assert (pair["asymmetry_pct"], pair["reason"]) == (None, "quality")
    assert pair["right_uv"] > 100


def test_a_recorded_muscle():
    real = recorded("biceps_bursts_1k16")
    source = HeldSamples(
        real.uv, real.fs_hz, SCM[:1], (), (), np.array([real.lsb_uv]), real.full_scale_counts
    )
    result = analyze(source)
    channel = result["channels"][0]
    assert channel["quality"] == "good"
    assert channel["as_recorded"]["rms_uv"] == pytest.approx(np.std(real.uv), rel=1e-9)
    assert 40 < channel["median_frequency_hz"] < 110
    assert channel["envelope_p10_uv"] < channel["envelope_p50_uv"] < channel["envelope_p90_uv"]
    assert result["pairs"] == []


def test_impossible_requests():
    x = np.zeros(1000)
    with pytest.raises(UsageError, match="holds no sample"):
        analyze(held(x), from_s=2.0)
    with pytest.raises(UsageError, match="holds no sample"):
        analyze(held(x), from_s=-1.0)
    with pytest.raises(SettingsError):
        analyze(held(x, fs_hz=30.0))
