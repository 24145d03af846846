"""A recording of envelopes has levels and no frequencies."""

from __future__ import annotations

import numpy as np
import pytest

from emgfeedback.core.montage import neck_montage
from emgfeedback.measures.analysis import analyze
from emgfeedback.measures.source import HeldSamples


@pytest.mark.parametrize("choice", ["report", "rest", "none"])
def test_an_envelope_keeps_its_level_and_has_no_spectrum(choice: str) -> None:
    rng = np.random.default_rng(11)
    samples_uv = np.array([40.0, 20.0]) + rng.normal(0, 1, (3000, 2))
    channels = neck_montage(2).channels
    told = analyze(
        HeldSamples(samples_uv, 100.0, channels, envelope_only=True), filter_choice=choice
    )
    assert [c["rms_uv"] for c in told["channels"]] == pytest.approx([40.0, 20.0], rel=0.01)
    assert [c["median_frequency_hz"] for c in told["channels"]] == [None, None]
    assert [c["mean_frequency_hz"] for c in told["channels"]] == [None, None]
    assert [c["rest_filter"]["rms_uv"] for c in told["channels"]] == [None, None]
    assert told["settings"]["filter"] == "none"
    assert "the sensor made an envelope: no frequencies, no filters" in told["notes"]
