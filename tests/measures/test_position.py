import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgfeedback.core.errors import SettingsError
from emgfeedback.measures.position import position_error, to_degrees


def test_seven_centimetres_at_ninety_are_four_and_a_half_degrees():
    assert to_degrees(71, 900) == pytest.approx(4.51, abs=0.01)


def test_repeats_become_mean_spread_and_side():
    result = position_error([50, 70, 60, 64], 900)
    assert result is not None
    angles = [math.degrees(math.atan(mm / 900)) for mm in (50, 70, 60, 64)]
    assert result.absolute_deg == pytest.approx(sum(angles) / 4)
    assert result.constant_deg == result.absolute_deg
    assert result.variable_deg == pytest.approx(0.535, abs=0.005)
    assert result.side == "right"


@given(st.lists(st.floats(-500, 500), min_size=1, max_size=12))
def test_mirrored_offsets_mirror_the_result(offsets):
    there, back = position_error(offsets, 900), position_error([-x for x in offsets], 900)
    assert there is not None
    assert back is not None
    assert there.absolute_deg == pytest.approx(back.absolute_deg)
    assert there.constant_deg == pytest.approx(-back.constant_deg)
    assert {there.side, back.side} in ({"left", "right"}, {""})


def test_scatter_round_the_mark_has_no_side_and_one_repeat_no_spread():
    result = position_error([-50, 48, -47, 50], 900)
    assert result is not None
    assert result.side == ""
    one = position_error([30], 900)
    assert one is not None
    assert one.variable_deg is None
    assert position_error([], 900) is None


def test_an_impossible_distance_is_refused_with_its_range():
    with pytest.raises(SettingsError, match="300 to 5000 mm"):
        position_error([10], 90)
