"""What smoothing does to a step and to flat noise: the numbers levels are chosen by."""

from __future__ import annotations

import numpy as np
import pytest

from emgfeedback.dsp.design import butter_sos
from emgfeedback.dsp.iir import BlockIir
from emgfeedback.dsp.smooth import MovingRms
from emgfeedback.measures.found import epoch_rms

FS_HZ = 1000.0


@pytest.mark.parametrize(("cutoff_hz", "t90_ms"), [(3.0, 141.0), (5.0, 84.0)])
def test_a_step_in_the_linear_envelope(cutoff_hz: float, t90_ms: float) -> None:
    stage = BlockIir(butter_sos(2, "low", cutoff_hz, FS_HZ), 1)
    level = stage.process(np.full((2000, 1), 100.0))[:, 0]
    assert np.argmax(level >= 90.0) == pytest.approx(t90_ms, abs=2)
    assert level.max() - 100 == pytest.approx(4.32, abs=0.02)


def test_a_step_in_a_moving_rms() -> None:
    level = MovingRms(0.25, FS_HZ, 1).process(np.full((400, 1), 100.0))[:, 0]
    assert level[124] == pytest.approx(70.71, abs=0.01)
    assert np.argmax(level >= 90.0) + 1 == pytest.approx(0.81 * 250, abs=1)
    assert np.argmax(level >= 100.0) + 1 == 250


def test_scatter_of_the_rms_of_flat_noise() -> None:
    n = 1_000_000
    rng = np.random.default_rng(4)
    spectrum = np.fft.rfft(rng.normal(size=n))
    f_hz = np.fft.rfftfreq(n, 1 / FS_HZ)
    spectrum[(f_hz < 20) | (f_hz > 450)] = 0
    noise = np.fft.irfft(spectrum, n)[:, None]
    levels = epoch_rms(noise, np.ones(n, dtype=bool), FS_HZ, 0.25)
    assert 100 * levels.std() / levels.mean() == pytest.approx(4.8, abs=0.5)
