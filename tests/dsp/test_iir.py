"""The block filter is the cascade, whatever the block sizes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from emgfeedback.dsp.design import butter_sos, notch_sos
from emgfeedback.dsp.iir import BlockIir, impulse_response

FS_HZ = 2000.0
CASCADES = {
    "rest": np.vstack([butter_sos(4, "high", 30, FS_HZ), butter_sos(4, "low", 400, FS_HZ)]),
    "notched": np.vstack(
        [butter_sos(2, "high", 20, FS_HZ), butter_sos(4, "low", 400, FS_HZ)]
        + [notch_sos(50 * k, 30, FS_HZ) for k in range(1, 9)]
    ),
    "envelope": butter_sos(2, "low", 3, FS_HZ),
    "odd": butter_sos(3, "band", (20, 450), FS_HZ),
    "first": butter_sos(1, "high", 10, FS_HZ),
}
CUTS = st.lists(st.one_of(st.integers(1, 70), st.integers(1, 4096)), min_size=1, max_size=20)


def noise(n, n_channels=3, seed=0):
    return np.random.default_rng(seed).normal(0, 20, (n, n_channels))


def in_blocks(stage, x, cuts):
    out, done = [], 0
    while done < len(x):
        for n in cuts:
            out.append(stage.process(x[done : done + n]))
            done += n
    return np.concatenate(out)


@pytest.mark.parametrize("name", CASCADES)
@pytest.mark.parametrize("n", [1, 20, 64, 65, 511, 512, 30_000])
def test_equals_sosfilt(name, n):
    x = noise(n)
    expected = signal.sosfilt(CASCADES[name], x, axis=0)
    found = BlockIir(CASCADES[name], 3).process(x)
    assert np.abs(found - expected).max() <= 1e-11 * np.abs(expected).max()


@pytest.mark.parametrize("name", CASCADES)
@given(cuts=CUTS)
@settings(max_examples=30, deadline=None)
def test_block_sizes_do_not_matter(name, cuts):
    # Vector 30.
    x = noise(9000)
    whole = BlockIir(CASCADES[name], 3).process(x)
    found = in_blocks(BlockIir(CASCADES[name], 3), x, cuts)
    assert np.abs(found - whole).max() <= 1e-12 * np.abs(whole).max()


@pytest.mark.parametrize("n", [0, 1, 64, 3000])
def test_a_block_is_left_as_it_was(n):
    x = noise(n)
    before = x.copy()
    x.flags.writeable = False
    assert BlockIir(CASCADES["rest"], 3).process(x).shape == (n, 3)
    assert np.array_equal(x, before)


@pytest.mark.parametrize("name", CASCADES)
def test_a_constant_makes_no_step_once_settled_to(name):
    offset = np.array([2500.0, -3.0, 0.0])
    stage = BlockIir(CASCADES[name], 3)
    stage.process(noise(100))
    stage.settle_to(offset)
    found = stage.process(np.tile(offset, (2000, 1)))
    gain = 1.0 if name == "envelope" else 0.0
    assert np.abs(found - gain * offset).max() < 1e-8


def test_reset_forgets():
    stage = BlockIir(CASCADES["notched"], 3)
    x = noise(500)
    first = stage.process(x)
    stage.reset()
    assert np.array_equal(stage.process(x), first)


@pytest.mark.parametrize("block", [1, 20, 64, 700, 8192])
def test_silence_after_signal_ends_in_exact_zeros(block):
    stage = BlockIir(CASCADES["rest"], 3)
    stage.process(noise(1000))
    silence = np.zeros((block, 3))
    for _ in range(40_000 // block):
        out = stage.process(silence)
    assert np.array_equal(out, silence)


@pytest.mark.parametrize("block", [1, 20, 64])
def test_no_output_of_a_dying_filter_is_subnormal(block):
    stage = BlockIir(CASCADES["envelope"], 1)
    stage.process(np.ones((10, 1)))
    silence = np.zeros((block, 1))
    sizes = np.concatenate([np.abs(stage.process(silence)) for _ in range(40_000 // block)])
    assert not np.any((sizes > 0) & (sizes < np.finfo(float).tiny))


def test_impulse_response_is_that_of_the_cascade_and_ends_small():
    found = impulse_response(CASCADES["notched"], 1e-4)
    impulse = np.zeros(len(found))
    impulse[0] = 1
    assert found == pytest.approx(signal.sosfilt(CASCADES["notched"], impulse), abs=1e-13)
    assert np.abs(found[-50:]).max() < 1e-4
