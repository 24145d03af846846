"""What the register keeps of a real session's summary."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from emgfeedback.core.montage import Side, neck_montage
from emgfeedback.people.filing import read_summary
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.session_values import RecordingFacts, session_of, setup_of, values_of
from emgfeedback.people.values import (
    CalibrationResult,
    MeasureTaken,
    RatingGiven,
    SessionKind,
    TrialResult,
)
from tests.people.recorded_session import record_session

CHANNELS = neck_montage(6).channels
FACTS = RecordingFacts(datetime(2026, 3, 9, tzinfo=UTC), 60.0, CHANNELS, "9.9", "1.0", "uno")


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> dict:
    folder = DataFolder(tmp_path_factory.mktemp("data"))
    _, path = record_session(folder)
    return read_summary(path)


def measures(summary: dict) -> dict[tuple[str, str, Side], MeasureTaken]:
    session = session_of("p" * 32, SessionKind.VISIT, summary, FACTS)
    return {
        (m.key, m.muscle, m.side): m
        for m in values_of(session, CHANNELS)
        if isinstance(m, MeasureTaken)
    }


def test_everything_in_the_summary_is_kept_once(summary: dict):
    session = session_of("p" * 32, SessionKind.VISIT, summary, FACTS)
    values = values_of(session, CHANNELS)
    assert {(v.patient_id, v.session_id) for v in values} == {("p" * 32, session.id)}
    trials = [v for v in values if isinstance(v, TrialResult)]
    assert [t.success_pct for t in trials] == [t["success_pct"] for t in summary["trials"]]
    taken = [v for v in values if isinstance(v, CalibrationResult)]
    assert len(taken) == sum(len(c["channels"]) for c in summary["calibrations"]) == 6
    ratings = {(v.when, v.key): v.value for v in values if isinstance(v, RatingGiven)}
    assert ratings["before", "pain"] == summary["ratings"]["before"]["pain"]
    assert session.success_pct == summary["success_pct"]


def test_resting_level_comes_in_microvolts_and_in_percent_of_the_reference(summary: dict):
    found = measures(summary)
    rest, contraction = (
        {c["label"]: c["value_uv"] for c in taken["channels"]} for taken in summary["calibrations"]
    )
    assert found["rest", "scm", Side.RIGHT].value == rest["SCM R"]
    share = found["rest_of_reference", "scm", Side.RIGHT]
    assert share.value == pytest.approx(100 * rest["SCM R"] / contraction["SCM R"])
    assert share.unit == "%"
    assert "HP 20 Hz" in share.conditions


def test_a_reference_taken_with_other_filters_gives_no_percentage(summary: dict):
    other = {**summary, "calibrations": [dict(taken) for taken in summary["calibrations"]]}
    other["calibrations"][1]["channels"] = [
        c | {"facts": c["facts"] | {"filter_facts": "HP 30 Hz o4"}}
        for c in other["calibrations"][1]["channels"]
    ]
    assert not any(key == "rest_of_reference" for key, _, _ in measures(other))


def test_the_side_that_is_higher_is_told_by_the_sign(summary: dict):
    index = measures(summary)["asymmetry_rest", "scm", Side.MIDLINE]
    levels = {c["label"]: c["corrected_uv"] for c in summary["calibrations"][0]["channels"]}
    left, right = levels["SCM L"], levels["SCM R"]
    assert index.value == pytest.approx(100 * (left - right) / (left + right))
    assert index.value < 0


def test_no_asymmetry_where_both_sides_lie_near_the_floor(summary: dict):
    quiet = {**summary, "calibrations": [dict(summary["calibrations"][0])]}
    quiet["calibrations"][0]["channels"] = [
        c | {"corrected_uv": 1.5, "floor_uv": 1.0} for c in summary["calibrations"][0]["channels"]
    ]
    assert not any(key == "asymmetry_rest" for key, _, _ in measures(quiet))


def test_a_recording_without_a_plan_is_a_session_without_numbers():
    session = session_of("", SessionKind.FREE, {}, FACTS, "first look")
    assert (session.success_pct, session.duration_s, session.note) == (None, 60.0, "first look")
    assert values_of(session, CHANNELS) == []


@pytest.mark.parametrize(
    "change", [{"site": "lower third"}, {"spacing_mm": 10.0}, {"sensor": "new"}, {"gain": 500.0}]
)
def test_setup_changes_with_whatever_microvolts_depend_on(change: dict):
    before = setup_of(CHANNELS, {"rest": "HP 30 Hz"}, "Uno, firmware 1.0.0")
    moved = (replace(CHANNELS[0], **change), *CHANNELS[1:])
    assert setup_of(moved, {"rest": "HP 30 Hz"}, "Uno, firmware 1.0.0") != before
    assert setup_of(CHANNELS, {"rest": "HP 20 Hz"}, "Uno, firmware 1.0.0") != before
    assert setup_of(CHANNELS, {"rest": "HP 30 Hz"}, "Mega, firmware 1.0.0") != before
    assert setup_of(CHANNELS, {"rest": "HP 30 Hz"}, "Uno, firmware 1.0.1") == before
