"""Muting lasts exactly until no unknown past can be seen any more."""

import numpy as np
import pytest

from emgfeedback.dsp.design import notch_sos
from emgfeedback.dsp.iir import impulse_response
from emgfeedback.dsp.settling import SETTLED, Settling


def test_a_first_order_decay_by_hand():
    # h = 0.5^t: the tail from t is 2 * 0.5^t, so t = 8 is the first at or below 1 %.
    h = 0.5 ** np.arange(60)
    assert Settling(h).samples() == 8
    # One unknown sample: 0.5^t itself.
    assert Settling(h).samples(1) == 7


def test_a_notch_settles_as_its_bandwidth_says():
    # 1 % within about 0.9 s for Q 30 and a third of it for Q 10.
    for q, seconds in ((30, 0.93), (10, 0.31)):
        settling = Settling(impulse_response(notch_sos(50, q, 1000)))
        assert settling.samples() / 1000 == pytest.approx(seconds, rel=0.05)


@pytest.mark.parametrize("n_unknown", [1, 5, 40, 300])
def test_the_worst_past_is_just_invisible(n_unknown):
    h = impulse_response(notch_sos(50, 10, 1000))
    t = Settling(h).samples(n_unknown)
    # The past that does most harm at each moment has the signs of h.
    worst = [np.abs(h[k : k + n_unknown]).sum() for k in range(t - 1, len(h))]
    assert worst[0] > SETTLED
    assert max(worst[1:]) <= SETTLED + 1e-12


def test_more_unknown_never_settles_sooner():
    settling = Settling(impulse_response(notch_sos(50, 30, 1000)))
    times = [settling.samples(n) for n in (1, 2, 10, 100, 1000, 10_000)]
    assert times == sorted(times)
    assert times[-1] == settling.samples()
