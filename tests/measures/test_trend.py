import csv
import datetime as dt
import statistics
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.measures.scales import SCALES, checked_total
from emgfeedback.measures.trend import Tendency, TrendPoint, trend_of, weeks_since

TABLE = Path(__file__).parents[1] / "data" / "scales" / "cdystonia.csv"
DAY = dt.date(2026, 1, 5)


def points(values, setup="a", start=DAY):
    return [TrendPoint(start + dt.timedelta(weeks=i), v, setup) for i, v in enumerate(values)]


def test_microvolts_break_where_the_setup_changes_and_percent_goes_on():
    later = points([9, 8], "b", DAY + dt.timedelta(weeks=10))
    both = points([12, 11, 12, 10]) + later
    assert trend_of(both, "uV").breaks == (later[0].on,)
    assert trend_of(both, "%").breaks == ()
    assert [len(s.points) for s in trend_of(both, "uV").stretches] == [4, 2]


def test_order_of_points_does_not_matter():
    given = points([5, 9, 7, 3, 6])
    assert trend_of(given[::-1], "uV") == trend_of(given, "uV")


def test_a_step_within_the_scatter_is_steady_and_one_beyond_it_is_told():
    rng = np.random.default_rng(1)
    quiet = list(10 + rng.normal(0, 0.5, 9))
    assert trend_of(points(quiet), "uV").tendency is Tendency.STEADY
    assert trend_of(points([*quiet, 5.0, 5.2, 4.9]), "uV").tendency is Tendency.LOWER
    assert trend_of(points([*quiet, 15.0, 15.2, 14.9]), "uV").tendency is Tendency.HIGHER


def test_steady_people_are_called_changed_in_about_one_case_of_twenty():
    rng = np.random.default_rng(2)
    found = [trend_of(points(rng.normal(10, 1, 24)), "uV").tendency for _ in range(800)]
    assert np.mean([t is not Tendency.STEADY for t in found]) == pytest.approx(0.06, abs=0.03)


def test_few_sessions_say_nothing_and_none_at_all_is_empty():
    assert trend_of(points([9, 3, 9]), "uV").tendency is Tendency.TOO_FEW
    assert trend_of(points([9, 3, 9]), "uV").chance is None
    empty = trend_of([], "uV")
    assert (empty.points, empty.centre) == ((), None)


def test_cycles_end_after_twelve_weeks_or_with_the_next_injection():
    second = DAY + dt.timedelta(weeks=10)
    cycles = trend_of([], "uV", [second, DAY]).cycles
    assert [(c.until - c.injected).days / 7 for c in cycles] == [10, 12]
    assert weeks_since(DAY - dt.timedelta(days=1), [DAY]) is None
    assert weeks_since(DAY + dt.timedelta(days=49), [DAY, second]) == 7


PRINTED = {
    "Placebo": [(43.58, 8.99, 36), (39.34, 11.83, 35), (42.91, 13.53, 34)],
    "5000U": [(46.42, 10.40, 36), (37.11, 15.31, 35), (44.91, 11.83, 35)],
    "10000U": [(46.92, 9.62, 37), (34.81, 12.19, 36), (48.89, 9.68, 36)],
}
"""Weeks 0, 4 and 16: mean, standard deviation, people."""


def test_the_public_trial_table_gives_its_printed_means_and_responders():
    with TABLE.open(newline="") as file:
        rows = list(csv.DictReader(file))
    totals = {
        (r["patient"], r["week"]): checked_total("twstrs", {}, float(r["twstrs"])) for r in rows
    }
    arm = {r["patient"]: r["treat"] for r in rows}
    for name, printed in PRINTED.items():
        for week, expected in zip(("0", "4", "16"), printed, strict=True):
            found = [v for (p, w), v in totals.items() if w == week and arm[p] == name]
            mean, spread = statistics.mean(found), statistics.stdev(found)
            assert (round(mean, 2), round(spread, 2), len(found)) == expected
    responders = {}
    for name in PRINTED:
        changes = [
            totals[patient, "4"] - totals[patient, "0"]
            for patient in arm
            if arm[patient] == name and (patient, "4") in totals
        ]
        noticed = sum(SCALES["twstrs"].noticed(change) for change in changes)
        responders[name] = (noticed, len(changes))
    assert responders == {"Placebo": (10, 35), "5000U": (19, 35), "10000U": (24, 36)}
