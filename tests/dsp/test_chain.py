"""The chain: the clinical vectors, any blocks, starts, gaps and bad numbers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgfeedback.core.block import Block, Gap, GapReason, Unit
from emgfeedback.core.errors import SettingsError
from emgfeedback.dsp.chain import Chain, run_chain
from emgfeedback.dsp.iir import BlockIir
from emgfeedback.dsp.settings import ChainSettings

FS_HZ = 1000.0
REST = ChainSettings.for_purpose("rest", FS_HZ)
ACTIVATION = ChainSettings.for_purpose("activation", FS_HZ)
NOTCHED = replace(REST, notch_hz=50.0)
ARRAYS = ("filtered", "control_uv", "display_uv", "envelope_uv")


def noise(n, n_channels=2, seed=0, sigma=10.0):
    return np.random.default_rng(seed).normal(0, sigma, (n, n_channels))


def sine(f_hz, amplitude, n):
    return amplitude * np.sin(2 * np.pi * f_hz * np.arange(n)[:, None] / FS_HZ)


def block_of(x, first=0, gap=None):
    return Block(x, Unit.UV, FS_HZ, first, gap, np.zeros(x.shape[1], dtype=bool))


def stream(chain, x, cuts, first=0, gaps=()):
    """Feed `x` in blocks; rows inside `gaps` (start, n) never arrive."""
    outputs, done = [], 0
    while done < len(x):
        for n in cuts:
            end = min(done + n, len(x))
            gap = None
            for start, missing in gaps:
                if start == done:
                    done += missing
                    gap = Gap(first + start, missing, GapReason.LINK)
                    end = min(done + n, len(x))
                elif done < start < end:
                    end = start
            if done < end:
                outputs.append(chain.process(block_of(x[done:end], first + done, gap)))
                done = end
    return outputs


def rms(x):
    return np.sqrt(np.mean(np.square(x), axis=0))


def test_offset_is_gone_and_noise_is_kept():
    # Vector 7.
    x = noise(60_000, 1) + 1000
    for chosen, loss in ((ACTIVATION, 0.020), (REST, 0.030)):
        out = run_chain(x, replace(chosen, lowpass_hz=None), FS_HZ)
        settled = out.filtered[2000:]
        assert abs(settled.mean()) < 0.01
        assert rms(settled)[0] / rms(x[2000:] - 1000)[0] == pytest.approx(1 - loss, abs=0.005)


def test_a_constant_shows_nothing_from_the_first_sample():
    out = run_chain(np.full((3000, 2), 2500.0), NOTCHED, FS_HZ)
    for name in ARRAYS:
        assert np.abs(getattr(out, name)).max() < 1e-9


@pytest.mark.parametrize(("hum_hz", "left_uv"), [(50.0, 0.0), (49.9, 1.69), (49.5, 7.30)])
def test_notch_on_hum(hum_hz, left_uv):
    # Vector 8; 20 uV peak. The band's own loss at 50 Hz is divided out.
    x = sine(hum_hz, 20, 21_000)
    open_band = replace(NOTCHED, highpass_hz=1.0, highpass_order=2)
    left = rms(run_chain(x, open_band, FS_HZ).filtered[1000:])[0]
    if left_uv:
        assert left == pytest.approx(left_uv, rel=0.01)
    else:
        assert left < 14.14 / 100


def test_notch_spares_60_hz():
    x = sine(60, 20, 21_000)
    notched = rms(run_chain(x, NOTCHED, FS_HZ).filtered[1000:])[0]
    plain = rms(run_chain(x, REST, FS_HZ).filtered[1000:])[0]
    assert 20 * np.log10(notched / plain) > -0.1


def test_a_step_in_the_envelope():
    # Vector 14.
    for hz, t90_ms in ((3.0, 141), (5.0, 84)):
        sos = replace(REST, envelope_hz=hz).envelope_sos(FS_HZ)
        step = BlockIir(sos, 1).process(np.ones((1000, 1)))[:, 0]
        assert np.argmax(step >= 0.9) == pytest.approx(t90_ms, abs=2)
        assert 100 * (step.max() - 1) == pytest.approx(4.32, abs=0.05)


def test_envelope_of_a_burst_is_the_mean_rectified_and_never_negative():
    x = sine(103, 100, 8000)
    x[4000:] = 0
    envelope = run_chain(x, REST, FS_HZ).envelope_uv[:, 0]
    assert envelope[3500:4000].mean() == pytest.approx(63.66, rel=0.005)
    assert envelope.min() == 0


def test_heartbeats_at_rest():
    # Vector 29 for Gaussian beats of 100 uV, sd 10 ms, 70 a minute: what passes is the
    # pulse's spectrum times the ideal fourth-order high-pass, by Parseval.
    t = np.arange(60_000)[:, None] / FS_HZ
    beats_s = np.arange(0.5, 60, 60 / 70)
    x = sum(100 * np.exp(-((t - beat) ** 2) / 2 / 0.01**2) for beat in beats_s)
    f_hz = np.linspace(0, 499, 50_000)
    pulse = 100 * 0.01 * np.sqrt(2 * np.pi) * np.exp(-2 * (np.pi * f_hz * 0.01) ** 2)
    power = pulse**2 / (1 + (30 / np.maximum(f_hz, 1e-9)) ** 8)
    expected = np.sqrt(len(beats_s) / 60 * 2 * np.trapezoid(power, f_hz))
    found = run_chain(x, REST, FS_HZ).filtered
    assert rms(found)[0] == pytest.approx(expected, rel=0.03)
    assert rms(found)[0] < 2.16 * 1.03
    assert np.abs(found).max() == pytest.approx(13.1, rel=0.03)


def test_head_tremor_artefact():
    # Vector 31.
    for chosen, peak_uv in ((REST, 0.79), (replace(REST, highpass_hz=20.0), 4.03)):
        found = run_chain(sine(6, 500, 10_000), chosen, FS_HZ).filtered[2000:]
        assert np.abs(found).max() == pytest.approx(peak_uv, rel=0.02)


@pytest.mark.parametrize("chosen", [REST, NOTCHED, ACTIVATION], ids=["rest", "notched", "act"])
@given(
    cuts=st.lists(st.one_of(st.integers(1, 70), st.integers(1, 4096)), min_size=1, max_size=12),
    first_gap=st.integers(1, 3000),
    missing=st.integers(1, 300),
    bad_row=st.one_of(st.none(), st.integers(0, 7999)),
)
@settings(max_examples=30, deadline=None)
def test_block_sizes_do_not_matter(chosen, cuts, first_gap, missing, bad_row):
    # Vector 30, with a gap and a sample that is not a number.
    x = noise(8000) + np.array([2000.0, -300.0])
    if bad_row is not None:
        x[bad_row, 1] = np.nan
    gaps = ((first_gap, missing),)
    whole = stream(Chain(chosen, FS_HZ, 2), x, [8000], gaps=gaps)
    parts = stream(Chain(chosen, FS_HZ, 2), x, cuts, gaps=gaps)
    assert np.array_equal(
        np.concatenate([out.valid for out in parts]), np.concatenate([out.valid for out in whole])
    )
    for name in ARRAYS:
        one = np.concatenate([getattr(out, name) for out in whole])
        other = np.concatenate([getattr(out, name) for out in parts])
        assert np.abs(one - other).max() <= 1e-12 * np.abs(one).max()


def test_live_blocks_give_what_a_file_gives():
    x = noise(20_000) + 500
    file = run_chain(x, NOTCHED, FS_HZ)
    live = stream(Chain(NOTCHED, FS_HZ, 2), x, [10])
    for name in ARRAYS:
        found = np.concatenate([getattr(out, name) for out in live])
        assert found == pytest.approx(getattr(file, name), abs=1e-11)
    assert [out.first_sample for out in live] == list(range(0, 20_000, 10))


def test_rms_columns_follow_their_windows():
    out = run_chain(noise(3000, 1), REST, FS_HZ)
    for name, window in (("control_uv", 100), ("display_uv", 250)):
        expected = rms(out.filtered[2000 - window : 2000])
        assert getattr(out, name)[1999] == pytest.approx(expected)


@pytest.mark.parametrize("chosen", [REST, NOTCHED], ids=["rest", "notched"])
def test_a_start_is_not_valid_until_it_cannot_be_told_from_an_endless_past(chosen):
    x = noise(12_000) + sine(50, 20, 12_000) + 2000
    endless = run_chain(x, chosen, FS_HZ)
    chain = Chain(chosen, FS_HZ, 2)
    late = chain.process(block_of(x[8000:], 8000))
    assert late.valid.tolist() == [i >= chain.start_samples for i in range(4000)]
    assert 300 < chain.start_samples < 1500
    peak = np.abs(x - 2000).max()
    for name in ARRAYS:
        off = np.abs(getattr(late, name) - getattr(endless, name)[8000:])
        assert off[late.valid].max() < 0.02 * peak
        assert off[~late.valid].max() > 0.02 * peak


@pytest.mark.parametrize("chosen", [REST, NOTCHED], ids=["rest", "notched"])
@pytest.mark.parametrize("missing", [1, 3, 20, 100, 101, 700])
def test_a_gap_is_not_valid_until_it_cannot_be_seen_any_more(chosen, missing):
    x = noise(14_000) + sine(50, 20, 14_000) + 2000
    endless = run_chain(x, chosen, FS_HZ)
    chain = Chain(chosen, FS_HZ, 2)
    before, after = stream(chain, x, [14_000], gaps=((5000, missing),))
    assert before.valid[-1]
    assert after.first_sample == 5000 + missing
    muted = int(np.argmax(after.valid))
    assert not after.valid[:muted].any()
    assert after.valid[muted:].all()
    assert muted == chain.start_samples if missing > 100 else muted < chain.start_samples
    peak = np.abs(x - 2000).max()
    for name in ARRAYS:
        off = np.abs(getattr(after, name) - getattr(endless, name)[5000 + missing :])
        assert off[muted:].max() < 0.02 * peak


def test_a_lost_sample_costs_less_than_half_the_start_of_a_notch():
    chain = Chain(NOTCHED, FS_HZ, 2)
    _, after = stream(chain, noise(8000), [8000], gaps=((4000, 1),))
    assert np.argmax(after.valid) < chain.start_samples / 2


def test_an_estimated_gap_and_a_step_back_start_anew():
    x = noise(4000)
    for first, gap in ((2005, Gap(2000, 5, GapReason.RECONNECT)), (0, None)):
        chain = Chain(REST, FS_HZ, 2)
        chain.process(block_of(x[:2000]))
        after = chain.process(block_of(x[2000:], first, gap))
        assert np.argmax(after.valid) == chain.start_samples
        fresh = run_chain(x[2000:], REST, FS_HZ)
        assert np.array_equal(after.filtered, fresh.filtered)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e200])
def test_what_is_no_number_never_leaves_and_starts_anew(bad):
    x = noise(6000)
    x[3000:3010, 1] = bad
    chain = Chain(REST, FS_HZ, 2)
    out = chain.process(block_of(x))
    for name in ARRAYS:
        assert np.isfinite(getattr(out, name)).all()
        assert np.abs(getattr(out, name)).max() < 100
    valid = np.ones(6000, dtype=bool)
    valid[: chain.start_samples] = False
    valid[3000 : 3010 + chain.start_samples] = False
    assert np.array_equal(out.valid, valid)


def test_nothing_but_bad_numbers():
    out = Chain(REST, FS_HZ, 2).process(block_of(np.full((50, 2), np.nan)))
    assert not out.valid.any()
    assert not out.filtered.any()


def test_an_empty_block_changes_nothing():
    x = noise(2000)
    chain = Chain(REST, FS_HZ, 2)
    first = chain.process(block_of(x[:1000]))
    empty = chain.process(block_of(x[:0], 1000))
    assert empty.filtered.shape == (0, 2)
    second = chain.process(block_of(x[1000:], 1000))
    whole = run_chain(x, REST, FS_HZ)
    both = np.concatenate([first.filtered, second.filtered])
    assert both == pytest.approx(whole.filtered, abs=1e-12)
    assert second.valid.all()


def test_reset_and_reconfigured_begin_by_settling():
    x = noise(2000)
    chain = Chain(REST, FS_HZ, 2)
    first = chain.process(block_of(x))
    chain.reset()
    again = chain.process(block_of(x, 50_000))
    assert np.array_equal(again.filtered, first.filtered)
    assert np.array_equal(again.valid, first.valid)
    other = chain.reconfigured(NOTCHED)
    assert other.settings == NOTCHED
    assert other.start_samples > chain.start_samples
    assert not other.process(block_of(x[:100], 52_000)).valid.any()


def test_outputs_are_read_only_and_inputs_untouched():
    x = noise(500)
    before = x.copy()
    out = run_chain(x, REST, FS_HZ)
    assert np.array_equal(x, before)
    for name in (*ARRAYS, "valid"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(out, name)[0] = 0


def test_counts_and_impossible_filters_are_refused():
    counts = replace(block_of(noise(10)), unit=Unit.COUNTS)
    with pytest.raises(ValueError, match="microvolts"):
        Chain(REST, FS_HZ, 2).process(counts)
    with pytest.raises(SettingsError, match="400 Hz is not below 250 Hz"):
        Chain(REST, 500, 2)
