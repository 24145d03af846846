"""Annotations become the stretches and flags a person looks for."""

from __future__ import annotations

from emgfeedback.records.reader import open_recording
from emgfeedback.review.marks import Moment, Span, SpanKind, moments_of, spans_of
from tests.review.conftest import MakeRecording, emg_counts


def test_a_training_session_becomes_its_parts(make_recording: MakeRecording) -> None:
    notes = (
        (0.5, 0, "training plan Quiet neck"),
        (1, 0, "step 1 breathing"),
        (5, 0, "step 2 calibration"),
        (6, 0, "calibration rvc take 1 start"),
        (9, 0, "calibration rvc take 2 start"),
        (12, 0, "calibration rvc end"),
        (13, 0, "step 3 trials"),
        (14, 0, "trial 1 feedback start"),
        (15, 0, "mark M1"),
        (15.5, 0, "note: coughed"),
        (20, 0, "trial 1 end"),
        (22, 0, "trial 2 probe start"),
        (24, 0, "quality SCM L bad loose"),
        (25, 0, "training end"),
    )
    with open_recording(make_recording(emg_counts(30_000, 2), notes=notes)) as recording:
        assert spans_of(recording) == (
            Span(1, 5, SpanKind.STEP, "breathing", 1),
            Span(6, 9, SpanKind.CALIBRATION, "rvc", 1),
            Span(9, 12, SpanKind.CALIBRATION, "rvc", 2),
            Span(14, 20, SpanKind.TRIAL, "feedback", 1),
            Span(22, 25, SpanKind.PROBE, "probe", 2),
        )
        assert moments_of(recording) == (Moment(15, "M1"), Moment(15.5, "coughed"))


def test_what_other_programs_wrote_is_shown_as_it_stands(make_recording: MakeRecording) -> None:
    notes = (
        (1, 0, "task turn left"),
        (4, 2.5, "head tilt"),
        (8, 0, "Blink"),
        (9, 0, "task turn right"),
        (14, 20, "reaches past the end"),
    )
    with open_recording(make_recording(emg_counts(15_000, 2), notes=notes)) as recording:
        assert spans_of(recording) == (
            Span(1, 9, SpanKind.OTHER, "task turn left"),
            Span(4, 6.5, SpanKind.OTHER, "head tilt"),
            Span(9, 15, SpanKind.OTHER, "task turn right"),
            Span(14, 15, SpanKind.OTHER, "reaches past the end"),
        )
        assert moments_of(recording) == (Moment(8, "Blink"),)


def test_what_only_ends_a_task_begins_no_stretch(make_recording: MakeRecording) -> None:
    notes = (
        (1, 0, "task rotate-left 1 hold"),
        (4, 0, "task rotate-left again"),
        (6, 0, "task rotate-left 1 hold"),
        (9, 0, "task rotate-left 1 end"),
        (12, 0, "task rotate-left 2 hold"),
        (14, 0, "task rotate-left 2 end"),
    )
    with open_recording(make_recording(emg_counts(20_000, 2), notes=notes)) as recording:
        assert [(s.start_s, s.end_s) for s in spans_of(recording)] == [(1, 4), (6, 9), (12, 14)]
        assert moments_of(recording) == ()


def test_a_trial_that_was_cut_off_ends_with_the_file(make_recording: MakeRecording) -> None:
    notes = ((3, 0, "trial 1 feedback start"), (7, 0, "trial 2 feedback start"))
    with open_recording(make_recording(emg_counts(10_000, 2), notes=notes)) as recording:
        assert [(s.start_s, s.end_s) for s in spans_of(recording)] == [(3, 7), (7, 10)]
