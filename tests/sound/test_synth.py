"""The stream of sound: soft, level, never over its cap, never a click, silent when it should."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgfeedback.core.errors import SettingsError
from emgfeedback.sound.synth import MUTE_S, FeedbackSound
from emgfeedback.sound.voice import a_weight
from emgfeedback.sound.wish import SILENCE, SoundMode, SoundWish

RATE_HZ = 48000
CAP = 0.25
MS = RATE_HZ // 1000
TICK = 20 * MS
"""Wishes come this often in these tests, as from a screen."""
INSIDE = SoundWish(inside=True, distance=0.0)


def outside(
    distance: float, left: float | None = None, right: float | None = None, **more: SoundMode
) -> SoundWish:
    return SoundWish(inside=False, distance=distance, left=left, right=right, **more)


def hold(sound: FeedbackSound, wish: SoundWish, ticks: int) -> np.ndarray:
    made = []
    for _ in range(ticks):
        sound.wish(wish)
        made.append(sound.render(TICK))
    return np.concatenate(made)


def fundamental_hz(x: np.ndarray) -> float:
    amplitude = np.abs(np.fft.rfft(x * np.hanning(len(x)), 8 * len(x)))
    return float(np.argmax(amplitude) * RATE_HZ / (8 * len(x)))


def envelope(x: np.ndarray) -> np.ndarray:
    """Peak level over one period of the lowest note, every millisecond."""
    span = RATE_HZ // 220
    mono = np.abs(x).max(axis=1)
    return np.array([mono[max(0, at - span) : at + 1].max() for at in range(0, len(x), MS)])


def random_wishes(seed: int, n: int) -> list[tuple[SoundWish, bool]]:
    """A nervous patient: everything that may change does, with and without warning."""
    rng = np.random.default_rng(seed)
    made: list[tuple[SoundWish, bool]] = []
    while len(made) < n:
        inside = [True, False, False, None][rng.integers(4)]
        left, right = rng.uniform(0, 2, 2)
        wish = SoundWish(
            list(SoundMode)[rng.integers(3)],
            inside,
            float(rng.choice([0.0, max(left, right), 2.0])),
            float(left) if rng.random() < 0.8 else None,
            float(right) if rng.random() < 0.8 else None,
            bool(rng.random() < 0.1),
        )
        made += [(wish, bool(rng.random() < 0.1))] * int(rng.integers(1, 15))
    return made[:n]


def play(wishes: Sequence[tuple[SoundWish, bool]], sound: FeedbackSound) -> np.ndarray:
    made = []
    for wish, chime in wishes:
        sound.wish(wish)
        if chime:
            sound.chime()
        made.append(sound.render(TICK))
    return np.concatenate(made)


def test_silence_inside_is_truly_zero() -> None:
    sound = FeedbackSound(RATE_HZ, CAP)
    assert not np.any(hold(sound, INSIDE, 20))
    assert np.any(hold(sound, outside(1.0), 20))
    hold(sound, INSIDE, 7)
    assert not np.any(hold(sound, INSIDE, 20))
    assert not np.any(FeedbackSound(RATE_HZ, CAP).render_int16(1000))


@pytest.mark.parametrize(
    ("distance", "f_hz"), [(0.01, 221.2), (0.5, 289.5), (1.0, 381.1), (2.0, 660.0), (7.0, 660.0)]
)
@pytest.mark.parametrize("mode", [SoundMode.SILENCE_INSIDE, SoundMode.PROPORTIONAL])
def test_outside_the_pitch_follows_the_distance(
    mode: SoundMode, distance: float, f_hz: float
) -> None:
    made = hold(FeedbackSound(RATE_HZ, CAP), outside(distance, mode=mode), 40)
    assert fundamental_hz(made[RATE_HZ // 4 :, 0]) == pytest.approx(f_hz, rel=0.003)


def test_the_other_modes_sound_inside() -> None:
    tone = FeedbackSound(RATE_HZ, CAP)
    inside = SoundWish(SoundMode.TONE_INSIDE, inside=True, distance=0.0)
    assert fundamental_hz(hold(tone, inside, 40)[:, 0]) == pytest.approx(330.0, rel=0.003)
    hold(tone, outside(0.5, mode=SoundMode.TONE_INSIDE), 7)
    assert not np.any(hold(tone, outside(0.5, mode=SoundMode.TONE_INSIDE), 10))
    proportional = SoundWish(SoundMode.PROPORTIONAL, inside=True, distance=0.0)
    made = hold(FeedbackSound(RATE_HZ, CAP), proportional, 40)
    assert fundamental_hz(made[:, 0]) == pytest.approx(220.0, rel=0.003)


def test_a_change_of_distance_is_followed_within_150_ms() -> None:
    sound = FeedbackSound(RATE_HZ, CAP)
    hold(sound, outside(0.3), 20)
    hold(sound, outside(0.6), 8)
    wanted_hz = 220.0 * 3 ** (0.6 / 2)
    assert fundamental_hz(hold(sound, outside(0.6), 5)[:, 0]) == pytest.approx(wanted_hz, rel=0.01)


def test_the_attack_takes_at_least_40_ms() -> None:
    made = hold(FeedbackSound(RATE_HZ, CAP), outside(2.0), 10)
    level = envelope(made) / envelope(made).max()
    assert np.argmax(level > 0.9) - np.argmax(level > 0.1) >= 40


@pytest.mark.parametrize(
    "reason", [SILENCE, SoundWish(), SoundWish(SoundMode.PROPORTIONAL, muted=True)], ids=str
)
def test_a_mute_fades_over_50_ms_and_is_done_within_60(reason: SoundWish) -> None:
    sound = FeedbackSound(RATE_HZ, CAP)
    hold(sound, outside(1.0, mode=reason.mode), 20)
    level = envelope(hold(sound, reason, 5))
    assert np.argmax(level < 0.1 * level.max()) >= 0.6 * 1000 * MUTE_S
    assert not np.any(level[60:])


def test_a_mute_ends_a_chime_for_good() -> None:
    sound = FeedbackSound(RATE_HZ, CAP)
    sound.chime()
    assert np.any(hold(sound, SoundWish(), 8))
    hold(sound, SILENCE, 3)
    assert not np.any(hold(sound, SoundWish(), 60))
    sound.chime()
    assert not np.any(hold(sound, SILENCE, 3)), "a chime rings through a mute"
    assert not np.any(hold(sound, SoundWish(), 60)), "a muted chime rings late"


def test_a_mute_that_is_lifted_in_the_middle_does_not_bring_the_chime_back() -> None:
    sound = FeedbackSound(RATE_HZ, CAP)
    sound.chime()
    hold(sound, SoundWish(), 8)
    hold(sound, SILENCE, 1)
    hold(sound, SoundWish(), 3)
    assert not np.any(hold(sound, SoundWish(), 60))


def test_a_chime_rings_once_and_falls_silent() -> None:
    sound = FeedbackSound(RATE_HZ, CAP)
    sound.chime()
    assert np.abs(hold(sound, SoundWish(), 5)).max() > 0.1 * CAP
    sound.chime()
    hold(sound, SoundWish(), 60)
    assert not np.any(hold(sound, SoundWish(), 60))


def test_without_fresh_wishes_all_falls_silent() -> None:
    sound = FeedbackSound(RATE_HZ, CAP)
    hold(sound, outside(1.0), 20)
    assert np.any(sound.render(200 * MS)[-5 * MS :])
    sound.render(110 * MS)
    assert not np.any(sound.render(RATE_HZ))


@pytest.mark.parametrize("seed", range(6))
def test_the_cap_is_never_exceeded(seed: int) -> None:
    for cap in (0.02, CAP, 1.0):
        made = play(random_wishes(seed, 300), FeedbackSound(RATE_HZ, cap))
        assert 0.3 * cap < np.abs(made).max() <= cap


def clicks(x: np.ndarray) -> float:
    """The loudest thing above 6 kHz in any 10 ms, against the cap; the voice ends at 2.7 kHz."""
    size = 10 * MS
    window = np.hanning(size)
    high = np.fft.rfftfreq(size, 1 / RATE_HZ) > 6000
    frames = np.lib.stride_tricks.sliding_window_view(x, size, axis=0)[:: size // 2]
    bins = np.fft.rfft(frames * window, axis=2)[:, :, high]
    return float(np.sqrt(np.sum(np.abs(bins) ** 2, axis=2)).max() / window.sum() * 2 / CAP)


@pytest.mark.parametrize("seed", range(6))
def test_nothing_the_patient_does_clicks(seed: int) -> None:
    sound = FeedbackSound(RATE_HZ, CAP)
    rng = np.random.default_rng(seed)
    made = []
    for wishes in np.array_split(np.array(random_wishes(seed, 300), dtype=object), 10):
        sound.volume(float(rng.choice([0.0, 0.3, 1.0])))
        made.append(play([(wish, chime) for wish, chime in wishes], sound))
    x = np.concatenate(made)
    assert clicks(x) < 1e-3
    steepest = np.abs(np.diff(x, axis=0)).max()
    assert steepest < CAP * 2 * np.pi * 2 * 660 / RATE_HZ, "steeper than a tone of 1320 Hz"
    planted = x.copy()
    planted[len(x) // 2 :] += 0.02 * CAP
    assert clicks(planted) > 1e-3, "the measure would not see a click"


def levels_db(x: np.ndarray) -> np.ndarray:
    """A-weighted level of each ear in windows of 50 ms, each 25 ms on."""
    size = 50 * MS
    weight = a_weight(np.fft.rfftfreq(size, 1 / RATE_HZ)) * np.sqrt(2)
    frames = np.lib.stride_tricks.sliding_window_view(x, size, axis=0)[:: size // 2]
    bins = np.abs(np.fft.rfft(frames * np.hanning(size), axis=2)) * weight
    return np.asarray(10 * np.log10(np.sum(bins**2, axis=2) + 1e-30))


@pytest.mark.parametrize("seed", range(4))
def test_while_it_sounds_no_loudness_step_is_over_3_db(seed: int) -> None:
    sound = FeedbackSound(RATE_HZ, CAP)
    wishes = [
        (outside(w.distance or 0.0, w.left, w.right), False) for w, _ in random_wishes(seed, 200)
    ]
    level = levels_db(play(wishes, sound)[RATE_HZ // 5 :])
    assert np.abs(np.diff(level, axis=0)).max() <= 3.0
    both = 10 * np.log10(np.sum(10 ** (level / 10), axis=1))
    assert np.ptp(both) <= 3.0, "louder for being worse"


def test_volume_moves_without_steps_over_3_db_and_zero_is_silence() -> None:
    sound = FeedbackSound(RATE_HZ, CAP)
    hold(sound, outside(1.0), 20)
    loud = hold(sound, outside(1.0), 5)
    sound.volume(0.5)
    level = levels_db(hold(sound, outside(1.0), 60))
    assert np.abs(np.diff(level, axis=0)).max() <= 3.0
    half = hold(sound, outside(1.0), 5)
    assert 20 * np.log10(np.abs(half).max() / np.abs(loud).max()) == pytest.approx(-20.0, abs=0.2)
    sound.volume(0.0)
    hold(sound, outside(1.0), 4)
    assert not np.any(hold(sound, outside(1.0), 20))


def ear_db(wish: SoundWish) -> float:
    """How much louder the right ear is."""
    made = hold(FeedbackSound(RATE_HZ, CAP), wish, 40)[RATE_HZ // 4 :]
    left, right = np.sqrt(np.mean(made**2, axis=0))
    return float(20 * np.log10(right / left))


def test_the_side_is_heard_on_its_side_and_never_in_one_ear_alone() -> None:
    assert ear_db(outside(1.0)) == pytest.approx(0.0, abs=0.01)
    assert ear_db(outside(1.0, 1.0, 1.0)) == pytest.approx(0.0, abs=0.01)
    assert ear_db(outside(1.0, 1.0, 0.0)) == pytest.approx(-9.8, abs=0.1)
    assert ear_db(outside(1.0, 0.0, 1.0)) == pytest.approx(9.8, abs=0.1)
    assert ear_db(outside(1.0, 0.5, None)) == pytest.approx(-9.8, abs=0.1)
    assert 0 < ear_db(outside(1.0, 0.4, 0.6)) < 3.0


def test_a_new_tone_begins_on_its_own_pitch_and_side() -> None:
    sound = FeedbackSound(RATE_HZ, CAP)
    hold(sound, outside(2.0, 2.0, 0.0), 30)
    hold(sound, INSIDE, 20)
    made = hold(sound, outside(0.01, 0.0, 0.01), 3)
    assert fundamental_hz(made[:, 1]) == pytest.approx(221.2, rel=0.02)
    assert np.abs(made[:, 1]).max() > 2.5 * np.abs(made[:, 0]).max()


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 3 * TICK), min_size=1, max_size=12),
    seed=st.integers(0, 10_000),
    rate_hz=st.sampled_from([44100, 48000]),
)
def test_the_sound_does_not_depend_on_the_size_of_blocks(
    sizes: list[int], seed: int, rate_hz: int
) -> None:
    whole, pieces = FeedbackSound(rate_hz, CAP), FeedbackSound(rate_hz, CAP)
    turn = 0
    for wish, chime in random_wishes(seed, 10):
        for sound in (whole, pieces):
            sound.wish(wish)
            if chime:
                sound.chime()
        parts, left = [], TICK
        while left:
            take = min(left, sizes[turn % len(sizes)])
            turn += 1
            parts.append(pieces.render(take))
            left -= take
        assert np.array_equal(np.concatenate(parts), whole.render(TICK))


def test_integers_are_the_same_sound() -> None:
    wishes = random_wishes(3, 50)
    made = play(wishes, FeedbackSound(RATE_HZ, CAP))
    sound = FeedbackSound(RATE_HZ, CAP)
    integers = []
    for wish, chime in wishes:
        sound.wish(wish)
        if chime:
            sound.chime()
        integers.append(sound.render_int16(TICK))
    assert np.concatenate(integers) / 32767 == pytest.approx(made, abs=0.51 / 32767)
    assert integers[0].dtype == np.int16


@pytest.mark.parametrize(("rate_hz", "cap"), [(0, 0.2), (1_000_000, 0.2), (48000, 0.0), (48000, 2)])
def test_impossible_rates_and_caps_are_refused_with_their_limit(rate_hz: int, cap: float) -> None:
    with pytest.raises(SettingsError, match="outside"):
        FeedbackSound(rate_hz, cap)


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_impossible_volumes_are_refused(share: float) -> None:
    with pytest.raises(SettingsError, match="outside 0 to 1"):
        FeedbackSound().volume(share)
