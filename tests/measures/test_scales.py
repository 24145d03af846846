import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgfeedback.core.errors import SettingsError
from emgfeedback.measures.scales import SCALES, checked_total

SEVERITY = SCALES["twstrs_severity"]
WORKED = {
    "rotation": 3,
    "laterocollis": 1,
    "anterocollis": 0,
    "lateral_shift": 1,
    "sagittal_shift": 0,
    "duration": 4,
    "tricks": 1,
    "shoulder": 2,
    "range_of_motion": 2,
    "neutral_time": 2,
}


def all_most(scale):
    most = {item.key: item.high for item in scale.items}
    for key in scale.exclusive[1:]:
        most.pop(key)
    return most


def test_severity_of_the_published_worked_case_is_20():
    assert SEVERITY.total(WORKED) == 20


def test_severity_reaches_35_only_because_duration_counts_twice():
    assert SEVERITY.total(all_most(SEVERITY)) == 35
    assert sum(all_most(SEVERITY).values()) == 30


def test_subscales_of_twstrs_reach_35_30_and_20():
    most = all_most(SCALES["twstrs"])
    assert SCALES["twstrs"].subtotals(most) == {"severity": 35, "disability": 30, "pain": 20}
    assert SCALES["twstrs"].total(most) == 85


def test_pain_counts_the_usual_pain_twice():
    levels = {"worst": 8, "best": 2, "usual": 4, "duration": 0, "disability": 0}
    pain = {f"pain_{key}": value for key, value in levels.items()}
    assert SCALES["twstrs"].subtotals(pain)["pain"] == pytest.approx((8 + 2 + 2 * 4) / 4)


@pytest.mark.parametrize("scale", SCALES.values(), ids=lambda s: s.key)
def test_every_scale_spans_its_range(scale):
    assert scale.total(all_most(scale)) == pytest.approx(scale.high)
    assert scale.total({item.key: item.low for item in scale.items}) == pytest.approx(scale.low)


def test_bending_forward_and_backward_share_one_place():
    with pytest.raises(SettingsError, match="share one place"):
        SEVERITY.total(WORKED | {"anterocollis": 1, "retrocollis": 2})


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ({"rotation": 5}, "Enter 0 to 4"),
        ({"rotation": 2.5}, "steps of 1"),
        ({"rotation": float("nan")}, "not on the scale"),
        ({"rotaton": 2}, "has no item 'rotaton'"),
    ],
)
def test_what_is_not_on_the_scale_is_refused_with_its_range(items, words):
    with pytest.raises(SettingsError, match=words):
        SEVERITY.check(items)


@given(st.sets(st.sampled_from(sorted(WORKED))))
def test_a_missing_item_gives_no_total(keys):
    kept = {key: WORKED[key] for key in keys}
    assert (SEVERITY.total(kept) is None) == (len(kept) < len(WORKED))


def test_a_total_alone_is_kept_and_a_contradiction_refused():
    assert checked_total("twstrs", {}, 43.0) == 43.0
    assert checked_total("twstrs_severity", WORKED) == 20
    with pytest.raises(SettingsError, match="add up to 20, the total says 21"):
        checked_total("twstrs_severity", WORKED, 21)
    with pytest.raises(SettingsError, match="not on the scale"):
        checked_total("twstrs", {}, 86)
    with pytest.raises(SettingsError, match="no scale 'twstr'"):
        checked_total("twstr", {})


def test_decimals_of_a_subscale_are_taken_whatever_their_binary_form():
    for value in (33.33, 0.07, 66.67, 99.99):
        SCALES["cdip58"].check({"sleep": value})
    with pytest.raises(SettingsError, match=r"steps of 0\.01"):
        SCALES["cdip58"].check({"sleep": 33.335})
