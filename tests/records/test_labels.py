from __future__ import annotations

import pytest

from emgfeedback.core.montage import Side
from emgfeedback.records.labels import guess_muscle_and_side

L, R, M = Side.LEFT, Side.RIGHT, Side.MIDLINE


@pytest.mark.parametrize(
    ("label", "muscle", "side"),
    [
        ("SCM L", "scm", L),
        ("L SCM", "scm", L),
        ("LSCM", "scm", L),
        ("SCMr", "scm", R),
        ("scm_right", "scm", R),
        ("Sternocleido-R", "scm", R),
        ("L UT", "trapezius", L),
        ("UT-R", "trapezius", R),
        ("Trapezius right", "trapezius", R),
        ("TRAP_L", "trapezius", L),
        ("EMG M. trapezius links", "trapezius", L),
        ("Splenius re", "splenius", R),
        ("LevScap L", "levator", L),
        ("SCM", "scm", M),
        ("SCM L-R", "scm", M),
        ("Biceps", "other", M),
        ("Output", "other", M),
        ("Battery", "other", M),
        ("", "other", M),
    ],
)
def test_muscle_and_side_from_a_label(label, muscle, side):
    assert guess_muscle_and_side(label) == (muscle, side)
