"""Where edges of holds may go, whatever was moved before."""

from __future__ import annotations

from emgfeedback.people.values import MovedEdge
from emgfeedback.ui.assess import edge_words
from emgfeedback.ui.assess.edges import END, START, Bound, EdgeKey, Holds
from tests.ui.assess import recorded

SECOND_START = EdgeKey("rotate-left", 1, START)
SECOND_END = EdgeKey("rotate-left", 1, END)


def moved(key: EdgeKey, at_s: float, was_s: float) -> MovedEdge:
    return MovedEdge(
        patient_id="p",
        session_id="s",
        task=key.task,
        repeat=key.repeat,
        edge=key.edge,
        at_s=at_s,
        was_s=was_s,
    )


def test_holds_stand_in_order_of_time_as_the_marks_put_them(measured):
    holds = Holds(measured, recorded.SECONDS)
    assert holds.tasks == ("rest-supported", "rotate-left", "rotate-right", "let-go")
    for task, places in recorded.HOLDS_S.items():
        assert [(h.start_s, h.end_s) for h in holds.of_task(task)] == places
    assert [h.title for h in holds.of_task("rotate-left")] == ["Turn left"] * 2


def test_an_edge_stops_at_its_neighbours_the_shortest_hold_and_the_ends(measured):
    holds = Holds(measured, recorded.SECONDS)
    second = holds.limits(SECOND_START)
    assert (second.low_s, second.high_s) == (15.0, 21.5)
    assert (second.low, second.high) == (Bound.NEIGHBOUR, Bound.SHORTEST)
    assert holds.allowed(SECOND_START, 3.0) == 15.0
    assert holds.allowed(SECOND_START, 30.0) == 21.5
    assert holds.allowed(SECOND_START, 19.123) == 19.12
    first = holds.limits(EdgeKey("rest-supported", 0, START))
    assert (first.low_s, first.low) == (0.0, Bound.RECORDING)
    last = holds.limits(EdgeKey("let-go", 0, END))
    assert (last.high_s, last.high) == (recorded.SECONDS, Bound.RECORDING)


def test_a_neighbour_that_was_moved_counts_where_it_is(measured):
    holds = Holds(measured, recorded.SECONDS, [moved(EdgeKey("rotate-left", 0, END), 17.0, 15.0)])
    assert holds.limits(SECOND_START).low_s == 17.0
    holds.expect(SECOND_START, 18.0)
    assert holds.at_s(SECOND_START) == 18.0
    assert holds.limits(EdgeKey("rotate-left", 0, END)).high_s == 18.0
    holds.show_moved(())
    assert holds.at_s(SECOND_START) == 19.0
    assert holds.limits(SECOND_START).low_s == 15.0


def test_the_place_of_the_marks_is_known_after_measuring_with_moved_edges(measured_again):
    put_back = Holds(measured_again, recorded.SECONDS)
    assert put_back.at_s(SECOND_START) == put_back.marked_s(SECOND_START) == 19.0
    kept = Holds(measured_again, recorded.SECONDS, [moved(SECOND_START, 19.4, 19.0)])
    assert (kept.at_s(SECOND_START), kept.marked_s(SECOND_START)) == (19.4, 19.0)


def test_an_edge_is_told_with_its_seconds_its_marks_and_its_limits(measured):
    holds = Holds(measured, recorded.SECONDS)
    hold = holds.hold(SECOND_END).moved(END, 22.5)
    told = edge_words.edge_line(holds, hold, SECOND_END)
    assert told == "Turn left, 2 of 2: end of the hold · 22.50 s · marked at 22.00 s (+0.50 s)"
    limits = edge_words.limits(holds, SECOND_END)
    assert (
        limits == "May stand from 19.50 s (a hold lasts 0.5 s or more) to 26.00 s (the next hold)."
    )
    hold = holds.hold(SECOND_END).moved(END, 26.0)
    assert edge_words.edge_line(holds, hold, SECOND_END).endswith("as far as it goes")
