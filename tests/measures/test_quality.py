from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgfeedback.core.block import Gap, GapReason, Unit
from emgfeedback.core.quality import Finding, Level, Verdict
from emgfeedback.devices.virtual.levels import NeckLevels, steady
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.measures.quality import QualityMonitor
from tests.measures.signals import block_of, cut, emg_like, recorded

FS_HZ = 1000.0
FULL = 4096
LSB_UV = 0.61
STEP_S = 0.25
START_S, END_S, LENGTH_S = 8.0, 14.0, 20.0
TIME_S = np.arange(round(LENGTH_S * FS_HZ)) / FS_HZ
DURING = (TIME_S >= START_S) & (TIME_S < END_S)


def to_counts(uv: np.ndarray, lsb_uv: float = LSB_UV, full: int = FULL) -> np.ndarray:
    counts = np.floor(uv / lsb_uv + full / 2)
    return np.clip(counts, 0, full - 1).astype(np.int32).reshape(len(uv), -1)


def watch(
    counts: np.ndarray, fs_hz: float = FS_HZ, full: int = FULL, lsb_uv: float = LSB_UV
) -> tuple[list[tuple[Verdict, ...]], QualityMonitor]:
    """Return the verdicts after every quarter second, and the monitor."""
    monitor = QualityMonitor(fs_hz, counts.shape[1], full, lsb_uv)
    uv = (counts - full / 2) * lsb_uv
    seen = []
    for part in cut(len(counts), [round(STEP_S * fs_hz)]):
        monitor.process(
            block_of(counts[part], Unit.COUNTS, fs_hz, part.start),
            block_of(uv[part], Unit.UV, fs_hz, part.start),
        )
        seen.append(monitor.verdicts())
    return seen, monitor


def of_channel(seen: list[tuple[Verdict, ...]], channel: int = 0) -> list[Verdict]:
    return [verdicts[channel] for verdicts in seen]


def between(verdicts: list[Verdict], start_s: float, end_s: float) -> list[Verdict]:
    """Return the verdicts given after `start_s` and up to `end_s`."""
    return [v for i, v in enumerate(verdicts) if start_s < (i + 1) * STEP_S <= end_s]


def findings(verdicts: list[Verdict]) -> set[Finding]:
    return {verdict.finding for verdict in verdicts}


def rest_uv(rms_uv: float = 3.0, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rms_uv * emg_like(rng, len(TIME_S), FS_HZ) + 1.2 * rng.standard_normal(len(TIME_S))


def bursts_uv(peak_uv: float = 400.0) -> np.ndarray:
    """Return strong contractions of 2 s, each followed by 1 s of rest."""
    rng = np.random.default_rng(2)
    drive = np.clip(8 * np.sin(2 * np.pi * TIME_S / 3), 0, 1)
    return peak_uv * drive * emg_like(rng, len(TIME_S), FS_HZ) + rest_uv()


HUM = np.sin(2 * np.pi * 49.9 * TIME_S)
FAULTS = {
    "held value": lambda x: np.where(DURING, x[8000], x),
    "upper rail": lambda x: np.where(DURING, 5000.0, x),
    "lower rail": lambda x: np.where(DURING, -5000.0, x),
    "noise at the rail": lambda x: np.where(DURING, 1240 + 10 * x, x),
    "hum alone": lambda x: np.where(DURING, 100 * HUM + x / 10, x),
    "hum over everything": lambda x: np.where(DURING, x + 700 * HUM, x),
    "60 Hz and harmonics": lambda x: np.where(
        DURING,
        x / 10 + 300 * np.sin(2 * np.pi * 60.1 * TIME_S) + 90 * np.sin(2 * np.pi * 180.3 * TIME_S),
        x,
    ),
    "hum beyond both rails": lambda x: np.where(DURING, 4000 * HUM, x),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("signal", ["rest", "bursts"])
def test_a_fault_mutes_within_a_second_and_recovers_after_two(fault, signal):
    clean = rest_uv() if signal == "rest" else bursts_uv()
    verdicts = of_channel(watch(to_counts(FAULTS[fault](clean)))[0])
    assert all(v.usable for v in between(verdicts, 1, START_S))
    assert not any(v.usable for v in between(verdicts, START_S + 0.99, END_S + 0.99))
    assert all(v.usable for v in between(verdicts, END_S + 2.25, LENGTH_S))


@pytest.mark.parametrize(
    ("fault", "wanted"),
    [
        ("held value", {Finding.FLAT}),
        ("upper rail", {Finding.LOOSE}),
        ("lower rail", {Finding.LOOSE}),
        ("hum alone", {Finding.LOOSE}),
        ("60 Hz and harmonics", {Finding.LOOSE}),
    ],
)
def test_a_fault_is_named(fault, wanted):
    verdicts = of_channel(watch(to_counts(FAULTS[fault](rest_uv())))[0])
    assert findings(between(verdicts, START_S + 3, END_S)) == wanted


def test_an_input_that_wanders_freely_is_found_loose():
    rng = np.random.default_rng(4)
    steps = np.cumsum(rng.standard_normal(np.count_nonzero(DURING)) * 30)
    uv = rest_uv()
    uv[DURING] = steps + rng.standard_normal(len(steps))
    verdicts = of_channel(watch(to_counts(uv))[0])
    assert findings(between(verdicts, START_S + 4, END_S)) == {Finding.LOOSE}


def test_nothing_is_known_before_a_second():
    seen, _ = watch(to_counts(rest_uv()))
    assert [v.level for v in of_channel(seen)[:4]] == [Level.UNKNOWN] * 3 + [Level.GOOD]
    assert not of_channel(seen)[0].usable


@pytest.mark.parametrize("rms_uv", [3.0, 30.0, 300.0])
def test_muscle_from_rest_to_strong_contraction_is_good(rms_uv):
    uv = rms_uv * emg_like(np.random.default_rng(5), len(TIME_S), FS_HZ)
    assert Counter(v.level for v in of_channel(watch(to_counts(uv))[0])[3:]) == {Level.GOOD: 77}


def test_a_head_tremor_in_the_baseline_mutes_nothing():
    tremor = 500 * np.sin(2 * np.pi * 6 * TIME_S)
    verdicts = of_channel(watch(to_counts(rest_uv() + tremor))[0])[3:]
    assert all(v.usable for v in verdicts)
    assert findings(verdicts) == {Finding.MOVEMENT}


def test_a_single_movement_is_no_loose_electrode():
    since_s = np.maximum(TIME_S - START_S, 0)
    step = 150 * np.exp(-since_s / 0.4) * (TIME_S >= START_S)
    verdicts = of_channel(watch(to_counts(rest_uv() + step))[0])[3:]
    assert all(v.usable for v in verdicts)
    assert Finding.MOVEMENT in findings(verdicts)


def test_some_hum_is_worth_a_remark_only_where_it_shows():
    hum = 8 * HUM
    quiet = of_channel(watch(to_counts(rest_uv(2) + hum))[0])[3:]
    assert findings(quiet) == {Finding.MAINS}
    assert {v.level for v in quiet} == {Level.CHECK}
    strong = of_channel(watch(to_counts(rest_uv(60) + hum))[0])[3:]
    assert Finding.MAINS not in findings(strong)


def test_mains_value_is_the_signal_to_hum_in_decibels():
    uv = 20 * emg_like(np.random.default_rng(6), len(TIME_S), FS_HZ) + 14.142 * math.sqrt(2) * HUM
    last = of_channel(watch(to_counts(uv))[0])[-1]
    assert last.finding is Finding.MAINS
    assert last.value == pytest.approx(3.0, abs=0.6)


def test_a_cut_off_top_short_of_the_converter_is_clipping():
    uv = np.clip(bursts_uv(), -500, 500)
    verdicts = of_channel(watch(to_counts(uv))[0])
    assert Finding.CLIPPING in findings(verdicts)
    assert Level.BAD in {v.level for v in verdicts}


def test_a_slow_wave_with_round_tops_is_not_clipping():
    uv = 400 * np.sin(2 * np.pi * 4 * TIME_S) + rest_uv(20)
    counts = to_counts(uv, lsb_uv=4.88, full=1024)
    verdicts = of_channel(watch(counts, full=1024, lsb_uv=4.88)[0])
    assert Finding.CLIPPING not in findings(verdicts)


def test_quiet_muscle_on_coarse_steps_is_near_the_resolution_not_flat():
    uv = rest_uv(2.0)
    verdicts = of_channel(watch(to_counts(uv, 4.88, 1024), full=1024, lsb_uv=4.88)[0])[3:]
    assert findings(verdicts) == {Finding.RESOLUTION}
    assert {v.level for v in verdicts} == {Level.CHECK}


def test_steps_too_coarse_to_see_anything_are_flat_never_quiet():
    verdicts = of_channel(
        watch(to_counts(rest_uv(2.0) + 60, 122.0, 256), full=256, lsb_uv=122.0)[0]
    )
    assert {(v.level, v.finding) for v in verdicts[3:]} == {(Level.BAD, Finding.FLAT)}


def test_heartbeat_shows_in_a_quiet_muscle_and_not_without_one():
    calm = NeckLevels(motions_per_s=0, ecg_uv=(30.0, 0.0, 0.0, 0.0, 0.0, 0.0), story=steady(0.0))
    source = NeckSignal(calm, seed=4)
    source.restart(FS_HZ, 6)
    seen, _ = watch(to_counts(source.take(0, 20_000)))
    with_heart = of_channel(seen, 0)[24:]
    assert findings(with_heart) == {Finding.HEARTBEAT}
    assert {v.level for v in with_heart} == {Level.CHECK}
    assert [v.value for v in with_heart] == pytest.approx([72] * len(with_heart), abs=6)
    for channel in range(1, 6):
        assert Finding.HEARTBEAT not in findings(of_channel(seen, channel))


def losing(share: float) -> list[Verdict]:
    """Return the verdicts of a clean stream that loses a packet of 10 now and then."""
    monitor = QualityMonitor(FS_HZ, 1, FULL, LSB_UV)
    counts = to_counts(rest_uv())
    uv = (counts - FULL / 2) * LSB_UV
    every = round(10 / share)
    seen, at, since = [], 0, 0
    gap = None
    while at < len(counts) - 20:
        monitor.process(
            block_of(counts[at : at + 10], Unit.COUNTS, FS_HZ, at, gap),
            block_of(uv[at : at + 10], Unit.UV, FS_HZ, at, gap),
        )
        seen.append(monitor.verdicts()[0])
        at, since, gap = at + 10, since + 10, None
        if since >= every:
            gap = Gap(at, 10, GapReason.LINK)
            at, since = at + 10, 0
    return seen


def test_lost_samples():
    assert findings(losing(0.0009)[800:]) == {Finding.NONE, Finding.LOST}
    some = losing(0.005)[800:]
    assert {(v.level, v.finding) for v in some} == {(Level.CHECK, Finding.LOST)}
    many = losing(0.03)[800:]
    assert {(v.level, v.finding) for v in many} == {(Level.BAD, Finding.LOST)}
    assert np.mean([v.value for v in many]) == pytest.approx(3, abs=0.3)


def test_after_a_reconnect_everything_is_unknown_and_nothing_counts_as_lost():
    monitor = QualityMonitor(FS_HZ, 1, FULL, LSB_UV)
    counts = to_counts(rest_uv())[:5000]
    uv = (counts - FULL / 2) * LSB_UV

    def feed(first: int, gap: Gap | None, n: int) -> bool:
        return monitor.process(
            block_of(counts[:n], Unit.COUNTS, FS_HZ, first, gap),
            block_of(uv[:n], Unit.UV, FS_HZ, first, gap),
        )

    feed(0, None, 5000)
    assert monitor.verdicts()[0].level is Level.GOOD
    assert feed(9000, Gap(5000, 4000, GapReason.RECONNECT), 10)
    assert monitor.verdicts()[0].level is Level.UNKNOWN
    feed(9010, None, 990)
    assert monitor.verdicts()[0] == Verdict(Level.GOOD, Finding.NONE)


def test_floor_is_the_converters_or_the_noises_whichever_is_higher():
    silent = np.random.default_rng(7).standard_normal(len(TIME_S))
    _, fine = watch(to_counts(silent))
    assert fine.floors_uv()[0] == pytest.approx(0.93, abs=0.15)
    coarse = 4.88
    _, coarse_monitor = watch(to_counts(silent, coarse, 1024), full=1024, lsb_uv=coarse)
    assert coarse_monitor.floors_uv()[0] >= coarse / math.sqrt(12)


def test_muscle_that_never_lets_go_is_not_taken_for_noise():
    tonic = 45 * emg_like(np.random.default_rng(8), len(TIME_S), FS_HZ)
    _, monitor = watch(to_counts(tonic))
    assert monitor.floors_uv()[0] <= 3.0


def test_recorded_contractions_are_usable_throughout():
    bursts = recorded("biceps_bursts_1k16")
    seen, _ = watch(bursts.counts, bursts.fs_hz, bursts.full_scale_counts, bursts.lsb_uv)
    assert {v.level for v in of_channel(seen)[3:]} == {Level.GOOD}
    tired = recorded("biceps_fatigue_last30_1k12")
    seen, _ = watch(tired.counts, tired.fs_hz, tired.full_scale_counts, tired.lsb_uv)
    assert all(v.usable for v in of_channel(seen)[3:])
    assert findings(of_channel(seen)[3:]) == {Finding.NONE, Finding.CLIPPING}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("adductor_clipped_1k16", Finding.CLIPPING),
        ("adductor_8bit_1k", Finding.RESOLUTION),
        ("ecg_lead2_1k16", Finding.HEARTBEAT),
    ],
)
def test_known_troubles_of_recordings_are_found(name, wanted):
    real = recorded(name)
    seen, _ = watch(real.counts, real.fs_hz, real.full_scale_counts, real.lsb_uv)
    assert wanted in findings(of_channel(seen))


def test_the_demo_neck_is_usable_throughout():
    source = NeckSignal(seed=9)
    source.restart(FS_HZ, 6)
    seen, _ = watch(to_counts(source.take(0, 60_000)))
    assert all(v.usable for verdicts in seen[3:] for v in verdicts)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 4096), min_size=1, max_size=6))
def test_verdicts_do_not_depend_on_the_block_sizes(sizes):
    counts = np.hstack([to_counts(FAULTS["hum alone"](bursts_uv())), to_counts(rest_uv())])
    uv = (counts - FULL / 2) * LSB_UV
    ends, monitor = {}, QualityMonitor(FS_HZ, 2, FULL, LSB_UV)
    whole, _ = watch(counts)
    for part in cut(len(counts), sizes):
        monitor.process(
            block_of(counts[part], Unit.COUNTS, FS_HZ, part.start),
            block_of(uv[part], Unit.UV, FS_HZ, part.start),
        )
        ends[part.stop] = monitor.verdicts()
    for stop, verdicts in ends.items():
        hops = int(stop / FS_HZ / STEP_S)
        if hops:
            assert verdicts == whole[hops - 1]
