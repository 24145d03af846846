"""When to stop and whom to call."""

from __future__ import annotations

import pytest

from emgfeedback.home.contact import (
    Advice,
    PainRise,
    Sign,
    advice_for,
    advice_on_pain,
    pain_rise,
)


@pytest.mark.parametrize(
    ("signs", "advice"),
    [
        ((), Advice.GO_ON),
        ((Sign.UNWELL,), Advice.STOP_TODAY),
        ((Sign.PAIN,), Advice.STOP_AND_CALL),
        ((Sign.UNWELL, Sign.WEAKNESS), Advice.STOP_AND_CALL),
        ((Sign.PAIN, Sign.SWALLOWING, Sign.UNWELL), Advice.CALL_NOW),
    ],
)
def test_the_most_pressing_sign_decides(signs: tuple[Sign, ...], advice: Advice):
    assert advice_for(signs) is advice


@pytest.mark.parametrize(
    ("before", "after", "advice"),
    [
        (2, 4, Advice.GO_ON),
        (2, 5, Advice.STOP_AND_CALL),
        (5, 2, Advice.GO_ON),
        (None, 9, Advice.GO_ON),
        (2, None, Advice.GO_ON),
    ],
)
def test_pain_that_rises_ends_practice(before: int | None, after: int | None, advice: Advice):
    assert advice_on_pain(PainRise(before, after), stop_at=3) is advice


def test_an_unanswered_question_is_no_rise():
    assert PainRise(None, 3).points is None


@pytest.mark.parametrize(
    ("answers", "rise"),
    [
        ([], PainRise(None, None)),
        ([{"before": 1, "after": 4}, {"before": 9}], PainRise(1, 4)),
        ([{"after": 7}], PainRise(None, 7)),
        ([{"after": 7}, {}, {"before": 1, "after": 2}, {"after": 9}], PainRise(2, 7)),
        ([{"after": 7}, {"before": 0}], PainRise(0, 7)),
        ([{"before": 0}, {"after": 9}], PainRise(0, None)),
    ],
)
def test_what_was_not_told_before_is_taken_from_the_last_time(
    answers: list[dict[str, int]], rise: PainRise
):
    assert pain_rise(answers) == rise
