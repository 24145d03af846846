"""What stands on a page, and what is not claimed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emgfeedback.core.errors import UsageError
from emgfeedback.core.montage import Channel, Side
from emgfeedback.measures.analysis import analyze
from emgfeedback.measures.source import HeldSamples
from emgfeedback.people.values import Placement
from emgfeedback.reports.clinic import Clinic
from emgfeedback.reports.conditions import with_placements
from emgfeedback.reports.content import Source, recording_report, session_report, trend_report
from emgfeedback.reports.page import Facts, Figure, Page, SideChart, Table
from emgfeedback.reports.wording import difference, filter_words, number, with_unit
from tests.reports.pages import (
    INJECTIONS,
    MADE,
    PATIENT,
    session,
    session_page,
    taken,
    texts,
    trend_page,
)


def table(page: Page, title: str) -> Table:
    blocks = [b for row in page.rows for column in row.columns for b in column]
    return next(b for b in blocks if isinstance(b, Table) and b.title.startswith(title))


def fact(page: Page, name: str) -> str:
    blocks = [b for row in page.rows for column in row.columns for b in column]
    facts = [*page.facts, *(one for b in blocks if isinstance(b, Facts) for one in b.facts)]
    return next(one.value for one in facts if one.name == name)


def test_the_name_stands_only_where_it_was_asked_for() -> None:
    assert not any("Ößwald" in text for text in texts(session_page()))
    named = session_page(clinic=Clinic(show_name=True))
    assert named.subject == "P-0417, Jürgen Ößwald"


def test_the_session_page_has_the_numbers_of_the_session() -> None:
    whole = session()[0]
    page = session_page()
    shown = {cell.text for row in table(page, "Every muscle").rows for cell in row}
    for taken_level in whole.calibrations:
        assert with_unit(taken_level.value_uv, "uV") in shown
    performance = table(page, "Target performance").rows[0]
    assert performance[2].text == with_unit(whole.session.success_pct, "%", 0)
    assert performance[3].text == with_unit(whole.session.fixed_pct, "%", 0)
    assert page.sentence == whole.session.summary["patient_sentence"]


def test_levels_of_trials_are_not_said_to_be_near_the_noise_floor() -> None:
    whole = session()[0]
    page = session_page(replace(whole, calibrations=()))
    charts = [
        chart
        for row in page.rows
        for block in (one for column in row.columns for one in column)
        if isinstance(block, Figure)
        for chart in block.charts
        if isinstance(chart, SideChart)
    ]
    assert [[bar.value for bar in pair.bars] for chart in charts for pair in chart.pairs] == [
        [m.value for m in whole.measures if m.key == "level_relax"]
    ]
    (pair,) = charts[0].pairs
    assert pair.difference == "difference not shown: taken at rest only"


def test_a_window_nobody_told_is_not_guessed() -> None:
    whole = session()[0]
    told = table(session_page(), "Every muscle").condition
    untold = replace(whole, session=replace(whole.session, settings={}))
    assert told == "RMS over 100 ms; medians"
    assert table(session_page(untold), "Every muscle").condition == (
        "RMS, window not stated; medians"
    )


def test_conditions_tell_filters_and_name_what_nobody_entered() -> None:
    page = session_page()
    assert "high-pass 20 Hz order 2 (12 dB/octave)" in fact(page, "Filters")
    assert "12 bits" in fact(page, "Converter")
    assert "1000 Hz" in fact(page, "Converter")
    assert "gain 2000" in fact(page, "Amplifier")
    assert "forehead into the palm" in fact(page, "Reference")
    assert "electrode spacing" in fact(page, "Not stated")


def test_placements_fill_what_the_montage_leaves_open() -> None:
    channel = Channel("SCM L", "scm", Side.LEFT, spacing_mm=10.0)
    placement = Placement(
        patient_id="p", on=MADE.date(), muscle="scm", side=Side.LEFT, site="lower third",
        spacing_mm=20.0,
    )  # fmt: skip
    (placed,) = with_placements([channel], [placement])
    assert (placed.site, placed.spacing_mm) == ("lower third", 10.0)


def test_microvolts_of_another_set_up_are_not_subtracted() -> None:
    rows = {row[0].text: row[3].text for row in table(session_page(), "Beside").rows}
    assert rows["L Upper trapezius at rest"] == "new set-up: none"
    assert rows["Time in the fixed target"] == "0.0 points"


def test_no_signal_check_is_not_called_good() -> None:
    whole = session()[0]
    assert not [s for s in whole.session.summary["steps"] if s["kind"] == "quality"]
    assert "Signal check" not in table(session_page(), "Every muscle").headings


def test_a_channel_the_signal_check_ended_without_is_named() -> None:
    whole, source = session()
    check = {"kind": "quality", "skipped": None, "title": "", "result": {"not_good": ["SCM R"]}}
    summary = {**whole.session.summary, "steps": [*whole.session.summary["steps"], check]}
    page = session_report(
        replace(whole, session=replace(whole.session, summary=summary)), source=source, made=MADE
    )
    cells = [row[-1].text for row in table(page, "Every muscle").rows]
    assert cells == ["good", "not good", "good", "good"]


def test_a_session_without_anything_is_still_a_page() -> None:
    whole, _ = session()
    bare = replace(
        whole, session=replace(whole.session, summary={}, settings={}), trials=(),
        calibrations=(), ratings=(), measures=(),
    )  # fmt: skip
    told = list(texts(session_report(bare, made=MADE)))
    assert "No rating was given." in told
    assert not any("0.0 µV" in text for text in told)


def test_the_trend_says_what_is_chance_and_what_cannot_be_compared() -> None:
    page = trend_page()
    # ups and downs of 1 µV: scatter 1/sqrt(2), detectable change 1.96 sqrt(2) times it
    assert "±2.0 µV" in fact(page, "May be chance")
    assert "24 November 2025" in fact(page, "Not comparable")
    assert page.sentence.startswith("A steady pattern")
    setups = [row[3].text for row in table(page, "Sessions").rows]
    assert setups == ["as now"] * 8 + ["other"] * 8
    assert table(page, "Scales").rows[0][3].text == "−9 (noticeable)"
    assert fact(page, "Last injection").startswith("5 January 2026, 63 days (week 10)")


def test_percent_crosses_a_break() -> None:
    page = trend_report(PATIENT, taken(unit="%"), injections=INJECTIONS, made=MADE)
    assert "Not comparable" not in list(texts(page))


def test_a_trend_is_of_one_measure_and_of_at_least_one_session() -> None:
    with pytest.raises(UsageError):
        trend_report(PATIENT, [])
    with pytest.raises(UsageError):
        trend_report(PATIENT, [*taken(2), *taken(2, unit="%")])


def test_the_page_of_a_recording_has_what_analysis_found() -> None:
    rng = np.random.default_rng(5)
    channels = (Channel("SCM L", "scm", Side.LEFT), Channel("SCM R", "scm", Side.RIGHT))
    samples = rng.normal(0, (10, 20), (8000, 2))
    found = analyze(HeldSamples(samples, 1000.0, channels))
    page = recording_report(
        found, source=Source("a.bdf", "cd" * 32, channels, 1000.0, 8000, 0, 0), made=MADE
    )
    rows = table(page, "Every channel").rows
    for row, channel in zip(rows, found["channels"], strict=True):
        assert row[1].text == with_unit(channel["rms_uv"], "uV")
        assert row[2].text == with_unit(channel["arv_uv"], "uV")
        assert row[6].text == with_unit(channel["median_frequency_hz"], "Hz", 0)
    assert "cd" * 32 in page.origin


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "–"), (0.0, "0.0"), (-0.04, "0.0"), (-3.25, "−3.2"), (99.94, "99.9"), (99.96, "100")],
)
def test_numbers_have_a_true_minus_and_missing_is_no_zero(value: float, words: str) -> None:
    assert number(value) == words


def test_differences_name_the_higher_side_or_why_they_are_not_shown() -> None:
    assert difference(41.0) == "L higher, +41\u00a0%"
    assert difference(-50.0) == "R higher, −50\u00a0%"
    assert difference(-4.0).startswith("balanced")
    assert "near the noise floor" in difference(None, "floor")


def test_filters_are_told_with_their_slope() -> None:
    told = filter_words("HP 30 Hz o4, no LP, notch 50 Hz Q30 and harmonics; RMS 100 ms / 250 ms")
    assert told == (
        "high-pass 30 Hz order 4 (24 dB/octave), no low-pass, mains notch 50 Hz Q30 and harmonics"
    )
