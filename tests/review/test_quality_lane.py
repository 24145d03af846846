"""The quality lane says what the live screen said."""

from __future__ import annotations

import numpy as np

from emgfeedback.core.block import GapReason
from emgfeedback.core.quality import Finding, Level
from emgfeedback.measures.source import blocks_of
from emgfeedback.measures.tally import QualityTally
from emgfeedback.records.reader import open_recording
from emgfeedback.review.quality_lane import QualityLane
from tests.review.conftest import MakeRecording, emg_counts


def judged(lane: QualityLane) -> QualityLane:
    while lane.step():
        pass
    return lane


def test_a_loose_electrode_shows_where_it_was(make_recording: MakeRecording) -> None:
    counts = emg_counts(60_000, 3)
    counts[20_000:30_000, 2] = 4095
    with open_recording(make_recording(counts)) as recording:
        lane = judged(QualityLane(recording))
        assert lane.complete
        assert [run.level for run in lane.runs(0, 2, 60)] == [Level.GOOD]
        runs = lane.runs(2, 2, 60)
        bad = [run for run in runs if run.level is not Level.GOOD]
        assert {run.level for run in bad} == {Level.BAD}
        assert {run.finding for run in bad} <= {Finding.LOOSE, Finding.FLAT, Finding.CLIPPING}
        assert (runs[0].level, runs[0].end_s) == (Level.GOOD, 20)
        assert 30 < bad[-1].end_s <= 34
        assert (runs[-1].level, runs[-1].start_s) == (Level.GOOD, bad[-1].end_s)


def test_its_worst_is_the_tally_of_the_measures(make_recording: MakeRecording) -> None:
    counts = emg_counts(40_000, 2)
    counts[::7, 1] = 0
    with open_recording(make_recording(counts)) as recording:
        lane = judged(QualityLane(recording))
        tally = QualityTally(1000, 2, recording.lsb_uv, recording.full_scale_counts)
        for block in blocks_of(recording, 0, 40_000):
            tally.add(block, 0)
        for channel in range(2):
            (only,) = lane.runs(channel, 3, 40)
            assert (only.level, only.finding) == (
                tally.verdict(channel).level,
                tally.verdict(channel).finding,
            )
        assert lane.runs(1, 3, 40)[0].level is Level.BAD


def test_within_a_long_gap_nothing_is_judged(make_recording: MakeRecording) -> None:
    gaps = ((10_000, 15_000, GapReason.RECONNECT),)
    with open_recording(make_recording(emg_counts(40_000, 2), gaps=gaps)) as recording:
        lane = judged(QualityLane(recording))
        inside = lane.runs(0, 11, 24)
        assert [run.level for run in inside] == [Level.UNKNOWN]
        assert lane.runs(0, 28, 40)[0].level is Level.GOOD


def test_codes_of_an_older_file_cannot_break_it(make_recording: MakeRecording) -> None:
    with open_recording(make_recording(emg_counts(5000, 2))) as recording:
        lane = QualityLane(recording)
        lane.fill(np.full_like(lane.codes, 254))
        assert {run.level for run in lane.runs(0, 0, 5)} == {Level.UNKNOWN}
