"""Where a hold begins and ends: as marked, as moved by hand, and told for every repeat."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgfeedback.core.errors import UsageError
from emgfeedback.core.montage import neck_montage
from emgfeedback.measures.assessment import assess
from emgfeedback.measures.assessment_spans import Edge, repeats_of, trick_spans, with_edges
from emgfeedback.measures.assessment_values import Assessment, Segment
from emgfeedback.measures.source import HeldSamples, Stretch
from emgfeedback.training.movements import MOVEMENTS
from tests.measures.signals import emg_like

FS_HZ = 1000.0
CHANNELS = neck_montage(4).channels
SECONDS = 30
MARKS = (
    (2.0, "calibration rest take 1 start"), (8.0, "calibration rest end"),
    (9.0, "task rotate-left 1 out"), (10.0, "task rotate-left 1 hold"),
    (14.0, "task rotate-left 1 back"), (15.0, "task rotate-left 1 end"),
    (16.0, "task rotate-left 2 out"), (17.0, "task rotate-left 2 hold"),
    (21.0, "task rotate-left 2 back"), (22.0, "task rotate-left 2 end"),
    (23.0, "trick without start"), (25.0, "trick end"),
    (25.0, "trick with start"), (26.0, "mark touch"), (29.0, "trick end"),
)  # fmt: skip


@cache
def source() -> HeldSamples:
    """All channels alike: 2 uV at rest, 20 from 10 to 12 s and from 17 to 21, 60 from 12 to 14."""
    rng = np.random.default_rng(2)
    n = SECONDS * round(FS_HZ)
    t_s = np.arange(n) / FS_HZ
    level = np.select(
        [(t_s >= 12) & (t_s < 14), (t_s >= 10) & (t_s < 12), (t_s >= 17) & (t_s < 21)],
        [60.0, 20.0, 20.0],
        2.0,
    )
    noise = np.column_stack([emg_like(rng, n, FS_HZ) for _ in CHANNELS])
    marks = [Stretch(at_s, 0.0, text) for at_s, text in MARKS]
    return HeldSamples(noise * level[:, None], FS_HZ, CHANNELS, annotations=marks)


@cache
def with_edge(*edges: Edge) -> Assessment:
    return assess(source(), MOVEMENTS, edges=edges)


def rms_uv(segment: Segment, label: str = "SCM R") -> float:
    found = segment.rms_uv[label]
    assert found.value is not None
    return found.value


def test_every_repeat_is_told_with_its_level() -> None:
    told = with_edge()
    assert set(told.segments) == {"rest-supported", "rotate-left"}
    one, two = told.segments["rotate-left"]
    assert (one.start_s, one.hold_start_s, one.hold_end_s, one.end_s) == (9.0, 10.0, 14.0, 15.0)
    assert (two.start_s, two.hold_start_s, two.hold_end_s, two.end_s) == (16.0, 17.0, 21.0, 22.0)
    (rest,) = told.segments["rest-supported"]
    assert (rest.hold_start_s, rest.hold_end_s, rest.moved) == (2.0, 8.0, ())
    assert rms_uv(one) == pytest.approx(np.sqrt((20**2 + 60**2) / 2), rel=0.1)
    assert rms_uv(two) == pytest.approx(20, rel=0.1)
    middle = told.tasks["rotate-left"].muscles["SCM R"]["rms_uv"].value
    assert middle == pytest.approx((rms_uv(one) + rms_uv(two)) / 2)


def test_the_trick_s_parts_are_told() -> None:
    without, with_it = with_edge().trick_segments
    assert (without.with_trick, without.start_s, without.end_s) == (False, 23.0, 25.0)
    assert (with_it.with_trick, with_it.start_s, with_it.end_s) == (True, 26.0, 29.0)
    assert (without.touched, with_it.touched) == (False, True)
    assert len(trick_spans(source())) == 2


def test_a_moved_edge_changes_what_is_measured_and_is_named() -> None:
    told = with_edge(Edge("rotate-left", 0, "end", 12.0))
    assert told.edges == (Edge("rotate-left", 0, "end", 12.0, was_s=14.0),)
    one, two = told.segments["rotate-left"]
    assert (one.hold_end_s, one.end_s, one.moved, two.moved) == (12.0, 15.0, ("end",), ())
    assert rms_uv(one) == pytest.approx(20, rel=0.15)
    assert rms_uv(two) == rms_uv(with_edge().segments["rotate-left"][1])
    assert with_edge().edges == ()
    value = told.tasks["rotate-left"].muscles["SCM R"]["rms_uv"].value
    assert value == pytest.approx(20, rel=0.15)
    assert told.tasks["rotate-left"].held_s == pytest.approx(6)


def test_both_edges_of_a_hold_and_the_rest_of_a_calibration() -> None:
    told = with_edge(
        Edge("rotate-left", 0, "start", 12.2), Edge("rotate-left", 0, "end", 13.8),
        Edge("rest-supported", 0, "start", 3.0),
    )  # fmt: skip
    one = told.segments["rotate-left"][0]
    assert (one.moved, rms_uv(one)) == (("start", "end"), pytest.approx(60, rel=0.1))
    assert told.segments["rest-supported"][0].hold_start_s == 3.0
    assert [edge.was_s for edge in told.edges] == [10.0, 14.0, 2.0]


def test_the_cue_to_come_back_stays() -> None:
    """Activity ends at 14 s and the cue came at 14 s, wherever the hold's end was moved."""
    plain = with_edge().tasks["rotate-left"].muscles["SCM R"]["offset_s"].value
    moved = with_edge(Edge("rotate-left", 0, "end", 12.0)).tasks["rotate-left"]
    assert moved.muscles["SCM R"]["offset_s"].value == plain


def test_of_two_moves_of_an_edge_the_later_holds() -> None:
    edges = [Edge("rotate-left", 1, "end", at_s) for at_s in (18.0, 20.0)]
    _, told = with_edges(source(), repeats_of(source()), edges)
    assert told == (Edge("rotate-left", 1, "end", 20.0, was_s=21.0),)


@pytest.mark.parametrize(
    ("edge", "words"),
    [
        (Edge("rotate-left", 2, "end", 20.0), "no end of hold 3 of 'rotate-left'"),
        (Edge("rotate-left", -1, "end", 20.0), "no end of hold 0"),
        (Edge("walk", 0, "start", 20.0), "no start of hold 1 of 'walk'"),
        (Edge("rotate-left", 0, "start", 14.0), "would end before it starts"),
        (Edge("rotate-left", 0, "end", 9.0), "would end before it starts"),
    ],
)
def test_an_edge_that_cannot_be_is_refused(edge: Edge, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        assess(source(), MOVEMENTS, edges=[edge])


@given(
    st.lists(
        st.builds(
            Edge,
            st.just("rotate-left"),
            st.integers(0, 1),
            st.sampled_from(["start", "end"]),
            st.floats(-5, SECONDS + 5),
        ),
        max_size=4,
    )
)
def test_however_edges_are_moved_a_hold_lies_inside_its_repeat(edges: list[Edge]) -> None:
    before = repeats_of(source())
    try:
        after, told = with_edges(source(), before, edges)
    except UsageError:
        return
    for old, new in zip(before["rotate-left"], after["rotate-left"], strict=True):
        assert 0 <= new.whole.first <= new.hold.first < new.hold.end <= new.whole.end
        assert new.whole.end <= source().n_samples
        assert new.back == old.back
    untouched = {0, 1} - {edge.repeat for edge in told}
    assert all(after["rotate-left"][k] == before["rotate-left"][k] for k in untouched)
