"""Pitch, loudness, place and chime of the voice, against known answers."""

from __future__ import annotations

import numpy as np
import pytest

from emgfeedback.sound import voice

RATE_HZ = 48000


def spectrum(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.fft.rfftfreq(len(x), 1 / RATE_HZ), np.abs(np.fft.rfft(x * np.hanning(len(x))))


def test_equal_distances_are_equal_intervals_from_220_to_660_hz() -> None:
    assert voice.pitch_hz(0.0) == pytest.approx(220.0)
    assert voice.pitch_hz(1.0) == pytest.approx(np.sqrt(220.0 * 660.0))
    assert voice.pitch_hz(2.0) == pytest.approx(660.0)
    assert voice.pitch_hz(9.0) == pytest.approx(660.0)
    assert voice.pitch_hz(-1.0) == pytest.approx(220.0)


def test_a_weighting_matches_the_table_of_iec_61672() -> None:
    table_db = {31.5: -39.4, 100: -19.1, 250: -8.6, 500: -3.2, 1000: 0.0, 2000: 1.2, 8000: -1.1}
    for f_hz, level_db in table_db.items():
        assert 20 * np.log10(voice.a_weight(f_hz)) == pytest.approx(level_db, abs=0.15)


def test_the_voice_is_equally_loud_at_every_pitch_and_never_over_full() -> None:
    t_s = np.arange(RATE_HZ) / RATE_HZ
    loud_db = []
    for f_hz in np.linspace(220.0, 660.0, 12):
        gain = voice.even_loudness(f_hz)
        assert gain <= 1.0
        sound = voice.wave(f_hz * t_s) * gain
        assert np.abs(sound).max() <= 1.0
        f, amplitude = spectrum(sound)
        loud_db.append(10 * np.log10(np.sum((amplitude * voice.a_weight(f)) ** 2)))
    assert np.ptp(loud_db) < 0.1


def test_pan_keeps_the_power_and_both_ears() -> None:
    pans = np.linspace(-voice.WIDEST_PAN, voice.WIDEST_PAN, 25)
    gains = voice.pan_gains(pans)
    assert np.sum(gains**2, axis=1) == pytest.approx(1.0)
    assert gains[12] == pytest.approx(np.sqrt(0.5))
    assert np.all(np.diff(gains[:, 1]) > 0)
    assert gains == pytest.approx(gains[::-1, ::-1])
    # The far ear keeps the sound at less than 12 dB under the near one.
    assert 20 * np.log10(gains.min() / gains.max()) > -12.0


def test_the_chime_is_two_notes_that_begin_and_end_in_silence() -> None:
    chime = voice.chime(RATE_HZ)
    assert len(chime) < 1.3 * RATE_HZ
    assert chime[0] == 0.0
    assert abs(chime[-1]) < 1e-6
    quarter = RATE_HZ // 4
    for part, wanted_hz in ((chime[:quarter], 392.0), (chime[quarter : 4 * quarter], 523.25)):
        f, amplitude = spectrum(np.pad(part, (0, RATE_HZ)))
        assert f[np.argmax(amplitude)] == pytest.approx(wanted_hz, rel=0.01)


def test_the_chime_is_as_loud_as_the_voice_within_3_db() -> None:
    t_s = np.arange(RATE_HZ // 20) / RATE_HZ

    def loudest_db(x: np.ndarray) -> float:
        f = np.fft.rfftfreq(len(t_s), 1 / RATE_HZ)
        frames = [x[at : at + len(t_s)] for at in range(0, len(x) - len(t_s) + 1, len(t_s) // 4)]
        powers = [
            np.sum((np.abs(np.fft.rfft(x * np.hanning(len(x)))) * voice.a_weight(f)) ** 2)
            for x in frames
        ]
        return float(10 * np.log10(max(powers)))

    difference = loudest_db(voice.chime(RATE_HZ)) - loudest_db(voice.wave(220.0 * t_s))
    assert abs(difference) < 3.0
