import numpy as np
import pytest

from emgfeedback.measures.change import (
    Change,
    detectable_change,
    judge,
    own_sem,
    retest,
    sem_from_icc,
)


def test_detectable_change_of_a_known_error():
    assert detectable_change(1.0) == pytest.approx(2.7719, abs=1e-4)
    assert sem_from_icc(10.0, 0.84) == pytest.approx(4.0)


def test_own_scatter_finds_the_error_behind_a_slow_trend():
    rng = np.random.default_rng(3)
    found = [own_sem(list(20 - 0.05 * np.arange(400) + rng.normal(0, 2, 400))) for _ in range(5)]
    assert np.mean(found) == pytest.approx(2.0, rel=0.05)


def test_chance_is_called_a_change_in_one_case_of_twenty():
    rng = np.random.default_rng(4)
    pairs = rng.normal(0, 3, (20_000, 2))
    changed = [judge(a, b, 3.0) is not Change.WITHIN_CHANCE for a, b in pairs]
    assert np.mean(changed) == pytest.approx(0.05, abs=0.006)


def test_too_few_values_say_nothing():
    assert own_sem([1.0, 2.0, 3.0]) is None
    assert judge(1.0, 9.0, None) is Change.UNKNOWN


def test_direction_of_a_change():
    assert judge(10.0, 20.0, 1.0) is Change.HIGHER
    assert judge(20.0, 10.0, 1.0) is Change.LOWER


def test_retest_needs_a_fifth_and_more_than_chance():
    assert retest(10.0, 12.5, 0.5)
    assert not retest(10.0, 11.9, 0.5)
    assert not retest(10.0, 12.5, 2.0)
    assert not retest(10.0, 12.5, None)
