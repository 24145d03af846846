"""The recommended filters, their bounds by the rate, and their words."""

from dataclasses import replace

import pytest

from emgfeedback.core.errors import SettingsError
from emgfeedback.dsp.design import response_db
from emgfeedback.dsp.settings import ChainSettings


def test_words_of_the_recommendations():
    rest = ChainSettings.for_purpose("rest", 1000)
    assert rest == ChainSettings()
    assert rest.facts() == (
        "HP 30 Hz o4, LP 400 Hz o4, notch off; RMS 100 ms / 250 ms; envelope LP 3 Hz"
    )
    activation = ChainSettings.for_purpose("activation", 2000, notch_hz=49.97)
    assert activation.facts() == (
        "HP 20 Hz o2, LP 400 Hz o4, notch 49.97 Hz Q30 and harmonics; "
        "RMS 100 ms / 250 ms; envelope LP 3 Hz"
    )
    assert replace(rest, lowpass_hz=None).facts().startswith("HP 30 Hz o4, no LP, notch off")


def test_a_slow_board_bounds_the_lowpass_and_the_words_say_so():
    slow = ChainSettings.for_purpose("rest", 500)
    assert slow.lowpass_hz == 225
    assert "LP 225 Hz o4 (bounded by the sampling rate)" in slow.facts()


def test_a_clock_slightly_slow_bounds_nothing():
    assert ChainSettings.for_purpose("rest", 990) == ChainSettings()


@pytest.mark.parametrize(
    ("fs_hz", "notch_hz", "expected_hz"),
    [
        (1000, None, ()),
        (1000, 60.0, (60, 120, 180, 240, 300, 360)),
        (500, 50.0, (50, 100, 150, 200)),
        (2000, 50.0, (50, 100, 150, 200, 250, 300, 350, 400)),
    ],
)
def test_harmonics_up_to_the_lowpass(fs_hz, notch_hz, expected_hz):
    chosen = ChainSettings.for_purpose("rest", fs_hz, notch_hz=notch_hz)
    assert chosen.notches_hz(fs_hz) == expected_hz
    for f_hz in expected_hz:
        assert response_db(chosen.band_sos(fs_hz), f_hz, fs_hz) < -150


def test_each_filter_stands_where_it_says():
    sos = ChainSettings.for_purpose("activation", 2000).band_sos(2000)
    assert response_db(sos, [20, 100, 400], 2000) == pytest.approx([-3.01, 0, -3.01], abs=0.02)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ChainSettings.for_purpose("sleep", 1000), ("'sleep'", "rest, activation")),
        (lambda: ChainSettings.for_purpose("rest", 100), ("100 Hz", "Sample at 133 Hz")),
        (lambda: ChainSettings.for_purpose("rest", float("nan")), ("nan Hz",)),
        (lambda: ChainSettings(lowpass_hz=500.0).band_sos(1000), ("500 Hz", "Lower")),
        (lambda: ChainSettings(highpass_hz=400.0).band_sos(1000), ("400 Hz", "Lower")),
        (lambda: ChainSettings(notch_hz=450.0).band_sos(1000), ("450 Hz", "50 or 60")),
        (lambda: ChainSettings(notch_hz=-50.0).band_sos(1000), ("-50 Hz", "50 or 60")),
        (lambda: ChainSettings(highpass_order=0).band_sos(1000), ("order 0",)),
        (lambda: ChainSettings(envelope_hz=600.0).envelope_sos(1000), ("600 Hz",)),
    ],
)
def test_the_impossible_is_refused(make, words):
    with pytest.raises(SettingsError) as refused:
        make()
    for word in words:
        assert word in str(refused.value)
