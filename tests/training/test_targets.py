"""Every mode: what is in, what is out, how far, in whatever pieces it comes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgfeedback.core.errors import ConfigError, SettingsError
from emgfeedback.core.montage import neck_montage
from emgfeedback.training.targets import (
    Balance,
    Contrast,
    FollowPath,
    HoldBand,
    Judged,
    StayAbove,
    StayBelow,
    Target,
    TargetJudge,
    ramps,
)

FS_HZ = 100.0
MONTAGE = neck_montage()
BELOW = StayBelow(channels=(0, 1), high=(10.0, 12.0))
ABOVE = StayAbove(channels=(2,), low=(20.0,))
BAND = HoldBand(channels=(2,), low=(20.0,), high=(30.0,))
CONTRAST = Contrast(channels=(0,), low=(20.0,), quiet=(1,), quiet_high=(8.0,))
PATH = FollowPath(channels=(0,), points=ramps(40.0, repeats=1), tolerance=5.0)
BALANCE = Balance(channels=(0, 1), task="midline")
ALL_MODES = (BELOW, ABOVE, BAND, CONTRAST, PATH, BALANCE)


def levels(n: int = 200, **by_column: float) -> np.ndarray:
    rows = np.full((n, 6), 5.0)
    for name, value in by_column.items():
        rows[:, int(name[1:])] = value
    return rows


def judged(target: Target, rows: np.ndarray, floors: Sequence[float] | None = None) -> Judged:
    judge = TargetJudge(target, FS_HZ, MONTAGE, floors)
    return judge.judge(rows, np.arange(len(rows)) / FS_HZ)


@pytest.mark.parametrize(
    ("target", "inside", "outside", "distance"),
    [
        (BELOW, {"c0": 9.9, "c1": 11.9}, {"c0": 15.0, "c1": 5.0}, 0.5),
        (ABOVE, {"c2": 20.0}, {"c2": 5.0}, 0.75),
        (BAND, {"c2": 25.0}, {"c2": 12.0}, 0.8),
        (BAND, {"c2": 29.9}, {"c2": 36.0}, 0.6),
        (CONTRAST, {"c0": 25.0, "c1": 7.0}, {"c0": 25.0, "c1": 12.0}, 0.5),
        (CONTRAST, {"c0": 20.0, "c1": 7.0}, {"c0": 10.0, "c1": 7.0}, 0.5),
    ],
)
def test_in_out_and_how_far(target: Target, inside: dict, outside: dict, distance: float) -> None:
    found = judged(target, levels(**inside))
    assert found.within.all()
    assert found.inside.all()
    assert (found.distance == 0).all()
    found = judged(target, levels(**outside))
    assert not found.within.any()
    assert not found.inside.any()
    assert found.distance == pytest.approx(distance)


def test_contrast_wants_both_at_once() -> None:
    working, quiet = levels(c0=25.0, c1=20.0), levels(c0=5.0, c1=5.0)
    assert not judged(CONTRAST, working).within.any()
    assert not judged(CONTRAST, quiet).within.any()
    ceiling = Contrast(channels=(0,), low=(20.0,), high=(40.0,), quiet=(1,), quiet_high=(8.0,))
    assert judged(ceiling, levels(c0=39.0)).within.all()
    assert not judged(ceiling, levels(c0=41.0)).within.any()


def test_sides_have_their_own_distance() -> None:
    found = judged(BELOW, levels(c0=15.0, c1=24.0))
    assert found.distance_left == pytest.approx(0.5)
    assert found.distance_right == pytest.approx(1.0)
    assert judged(ABOVE, levels(c2=5.0)).distance_right is None
    assert judged(BELOW, levels(c0=1e6)).distance.max() == 2.0


def test_a_way_is_followed_within_its_tolerance() -> None:
    t_s = np.arange(1100) / FS_HZ
    wanted = np.interp(t_s, [0, 2, 4, 9, 11], [0, 0, 40, 40, 0])
    rows = levels(1100)
    for offset, within in ((0.0, True), (4.9, True), (-4.9, True), (5.1, False), (-5.1, False)):
        rows[:, 0] = wanted + offset
        assert judged(PATH, rows).within.all() == within
        assert judged(PATH, rows).within.any() == within
    assert PATH.wanted(3.0) == pytest.approx(20.0)
    assert PATH.duration_s == 11.0
    ahead = [(-2.0, 0.0), (-1.0, 0.0), (1.0, 40.0), (6.0, 40.0), (8.0, 0.0)]
    assert np.allclose(PATH.path(3.0), ahead)


def test_hysteresis_steadies_the_picture_and_not_the_score() -> None:
    rows = levels(400)
    rows[:, 0] = np.repeat([9.0, 10.5, 11.5, 10.5], 100)
    found = judged(BELOW, rows)
    assert found.within.tolist() == [True] * 100 + [False] * 300
    assert found.inside.tolist() == [True] * 200 + [False] * 200
    assert (found.distance[100:200] == 0).all()


def test_a_minimum_hold_delays_the_picture_and_not_the_score() -> None:
    target = StayBelow(channels=(0,), high=(10.0,), min_hold_s=0.5)
    rows = levels(200)
    rows[:40, 0] = 20.0
    judge = TargetJudge(target, FS_HZ, MONTAGE)
    found = judge.judge(rows, np.arange(200) / FS_HZ)
    assert np.flatnonzero(found.within)[0] == 40
    assert np.flatnonzero(found.inside)[0] == 90
    assert (found.distance[40:] == 0).all()
    assert judge.held_s == 1.6


def test_balance_takes_a_whole_second_without_noise() -> None:
    floors = [3.0] * 6
    level = {"c0": float(np.hypot(31, 3)), "c1": float(np.hypot(20, 3))}
    judge = TargetJudge(BALANCE, FS_HZ, MONTAGE, floors)
    found = judge.judge(levels(**level), np.arange(200) / FS_HZ)
    assert not found.known[:99].any()
    assert found.known[99:].all()
    assert judge.balance_pct == pytest.approx(100 * 11 / 51)
    assert not found.within.any()
    assert np.isnan(found.distance[:99]).all()
    closer = judged(BALANCE, levels(c0=29.0, c1=20.0))
    assert closer.within[99:].all()
    uneven = judged(BALANCE, levels(c0=60.0, c1=20.0))
    assert uneven.distance[-1] == pytest.approx(1.5)
    assert uneven.distance_left is not None
    assert uneven.distance_left[-1] == pytest.approx(1.5)
    assert uneven.distance_right is not None
    assert uneven.distance_right[-1] == 0.0


def test_both_sides_in_the_noise_have_no_index() -> None:
    rows, floors = levels(c0=4.0, c1=5.0), [3.0] * 6
    judge = TargetJudge(BALANCE, FS_HZ, MONTAGE, floors)
    assert judge.judge(rows, np.zeros(200)).within[99:].all()
    assert judge.balance_pct is None
    bowed = Balance(channels=(0, 1), task="flexion")
    assert not judged(bowed, rows, floors).within.any()


@pytest.mark.parametrize("task", ["rotation", "tilt", "free", ""])
def test_balance_is_no_target_where_one_side_leads(task: str) -> None:
    with pytest.raises(ConfigError, match="mirrored tasks"):
        Balance(channels=(0, 1), task=task)


@pytest.mark.parametrize("target", ALL_MODES, ids=lambda t: t.mode.value)
def test_what_cannot_be_trusted_is_not_in_target(target: Target) -> None:
    rows = levels(c0=0.0, c1=0.0, c2=25.0)
    judge = TargetJudge(target, FS_HZ, MONTAGE)
    found = judge.judge(rows, np.zeros(200), np.zeros(200, dtype=bool))
    assert not (found.within | found.inside | found.known).any()
    assert np.isnan(found.distance).all()
    assert judge.held_s == 0.0


@settings(max_examples=40)
@given(
    st.sampled_from(ALL_MODES),
    st.lists(st.integers(1, 300), min_size=1, max_size=30),
    st.integers(0, 1000),
)
def test_pieces_change_nothing(target: Target, cuts: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 1500
    rows = 15 + np.cumsum(rng.normal(0, 1, (n, 6)), axis=0) % 25
    valid = np.repeat(rng.random(15) < 0.8, 100)
    t_s = np.arange(n) / FS_HZ
    floors = [2.0] * 6
    whole = TargetJudge(target, FS_HZ, MONTAGE, floors).judge(rows, t_s, valid)
    judge = TargetJudge(target, FS_HZ, MONTAGE, floors)
    edges = sorted({0, n, *(np.cumsum(cuts) % n).tolist()})
    parts = [judge.judge(rows[a:b], t_s[a:b], valid[a:b]) for a, b in itertools.pairwise(edges)]
    for name in ("inside", "within", "known", "distance", "distance_left", "distance_right"):
        expected = getattr(whole, name)
        if expected is None:
            continue
        got = np.concatenate([getattr(part, name) for part in parts])
        assert np.array_equal(got, expected, equal_nan=name.startswith("distance"))


def test_elements_tell_what_to_draw() -> None:
    row = levels(1, c0=25.0, c1=float("nan"))[0]
    main, quiet = TargetJudge(CONTRAST, FS_HZ, MONTAGE).elements(row, 0.0)
    assert (main.role, main.level, main.low, main.high) == ("main", 25.0, 20.0, None)
    assert (main.side.value, main.muscle, main.inside) == ("left", "scm", True)
    assert (quiet.role, quiet.level, quiet.low, quiet.high) == ("quiet", None, None, 8.0)
    assert quiet.inside is None
    assert main.full > 25.0
    judge = TargetJudge(CONTRAST, FS_HZ, MONTAGE)
    assert judge.elements(row, 0.0, scored=False)[0].inside is None


def test_shaped_values_move_what_the_mode_shapes() -> None:
    assert BELOW.with_bound(1, 9.0).high == (10.0, 9.0)
    assert CONTRAST.with_bound(1, 6.0).quiet_high == (6.0,)
    assert (BAND.shaped, BAND.with_shaped((3.0,)).low) == ((5.0,), (22.0,))
    assert PATH.with_shaped((7.0,)).tolerance == 7.0
    assert BALANCE.with_shaped((15.0,)).limit_pct == 15.0
    with pytest.raises(SettingsError, match="no line"):
        CONTRAST.with_bound(0, 30.0)
    floors, least = [0.5, 4.0, 0.5, 1, 1, 1], [3.0] * 6
    assert BELOW.shaped_range(floors, least)[0] == (3.0, 8.0)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: StayBelow(channels=(), high=()), "no channel"),
        (lambda: StayBelow(channels=(0, 0), high=(1.0, 1.0)), "twice"),
        (lambda: StayBelow(channels=(0,), high=(0.0,)), "above 0"),
        (lambda: StayBelow(channels=(0,), high=(float("nan"),)), "above 0"),
        (lambda: StayBelow(channels=(0, 1), high=(3.0,)), "do not fit"),
        (lambda: StayAbove(channels=(0,), low=(-1.0,)), "above 0"),
        (lambda: HoldBand(channels=(0,), low=(5.0,), high=(5.0,)), "not below"),
        (lambda: Contrast(channels=(0,), low=(5.0,)), "stays quiet"),
        (lambda: FollowPath(channels=(0,), points=((1.0, 2.0), (1.0, 3.0)), tolerance=1), "grow"),
        (lambda: FollowPath(channels=(0,), points=((0.0, -1.0),), tolerance=1), "followed"),
        (lambda: Balance(channels=(0,), task="rest"), "two channels"),
        (lambda: Balance(channels=(0, 1), task="rest", limit_pct=90), "5 to 60"),
        (lambda: StayBelow(channels=(0,), high=(1.0,), hysteresis_pct=80), "0 to 50"),
        (lambda: StayBelow(channels=(0,), high=(1.0,), min_hold_s=-1), "0 to 30"),
        (lambda: ramps(10, repeats=0), "at least one"),
        (lambda: TargetJudge(StayBelow(channels=(6,), high=(1.0,)), FS_HZ, MONTAGE), "channel 7"),
    ],
)
def test_impossible_targets_are_refused(make, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as caught:
        make()
    assert "\n" not in str(caught.value)
