"""Pictures of tasks: no peak lost between columns, holds where they are, gaps as gaps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from emgfeedback.core.block import Gap, GapReason
from emgfeedback.core.montage import neck_montage
from emgfeedback.measures.assessment_traces import TRICK, TaskTrace, task_traces, top_uv
from emgfeedback.measures.found import Floats
from emgfeedback.measures.source import HeldSamples

FS_HZ = 1000.0
SINE_UV = 100.0


@dataclass
class Watched(HeldSamples):
    """Samples that keep count of how much is read at once."""

    read: list[int] = field(default_factory=list)

    def read_uv(self, first: int, end: int) -> Floats:
        self.read.append(end - first)
        return super().read_uv(first, end)


def source(seconds: float = 120.0, **given: Any) -> Watched:
    t = np.arange(round(seconds * FS_HZ)) / FS_HZ
    sine = SINE_UV * np.sin(2 * np.pi * 97.3 * t)
    return Watched(np.outer(sine, [1.0, 0.5]), FS_HZ, neck_montage(2).channels, **given)


def segment(start_s: float, hold_s: float, hold_end_s: float, end_s: float) -> dict[str, float]:
    return {
        "start_s": start_s, "hold_start_s": hold_s, "hold_end_s": hold_end_s, "end_s": end_s
    }  # fmt: skip


def assessed(*repeats: dict[str, float], trick: tuple[Any, ...] = ()) -> dict[str, Any]:
    return {
        "heart_way": "as-recorded",
        "segments": {"flex": repeats},
        "trick_segments": trick,
    }


def test_columns_hold_the_peaks_and_the_line_the_rms() -> None:
    (found,) = task_traces(source(), assessed(segment(10, 12, 17, 19)))
    assert (found.start_s, found.length_s) == (9, 11)
    assert found.holds_s == ((3, 8),)
    assert found.high_uv[:, 0] == pytest.approx(SINE_UV, rel=0.03)
    assert found.low_uv[:, 1] == pytest.approx(-SINE_UV / 2, rel=0.03)
    assert found.rms_uv[:, 0] == pytest.approx(SINE_UV / np.sqrt(2), rel=0.02)


def test_one_high_sample_is_seen_at_its_place() -> None:
    held = source()
    held.samples_uv = held.samples_uv.copy()
    held.samples_uv[15_000, 0] += 5000
    (found,) = task_traces(held, assessed(segment(10, 12, 17, 19)), columns=110)
    assert int(np.argmax(found.high_uv[:, 0])) == 60


def test_a_gap_has_no_columns_and_nothing_is_drawn_across_it() -> None:
    gap = Gap(13_000, 2000, GapReason.LINK)
    (found,) = task_traces(source(gaps=[gap]), assessed(segment(10, 12, 17, 19)), columns=110)
    missing = np.isnan(found.low_uv[:, 0])
    assert missing[40:60].all()
    assert not missing[:40].any()
    assert not missing[70:].any(), "the filter has settled again"
    assert np.array_equal(missing, np.isnan(found.rms_uv[:, 1]))


def test_a_span_left_out_looks_like_a_gap() -> None:
    held = source()
    (found,) = task_traces(
        held, assessed(segment(10, 12, 17, 19)), left_out=[(13, 15)], columns=110
    )
    assert np.isnan(found.low_uv[40:60]).all()
    assert not np.isnan(found.low_uv[:40]).any()


def test_a_long_recording_is_read_in_pieces() -> None:
    held = source(120.0)
    task_traces(held, assessed(segment(5, 6, 60, 61), segment(70, 71, 100, 101)))
    assert max(held.read) <= 8 * FS_HZ


def test_repeats_far_apart_show_the_last_alone() -> None:
    near, far = segment(5, 6, 8, 9), segment(110, 111, 113, 114)
    held = source(130.0)
    later = segment(126, 127, 128, 129)
    (found,) = task_traces(held, assessed(near, far))
    assert (found.shown, found.repeats, len(found.holds_s)) == (2, 2, 2)
    (found,) = task_traces(held, assessed(near, far, later))
    assert (found.shown, found.repeats, found.holds_s) == (1, 3, ((2.0, 3.0),))


def test_the_trick_shows_all_parts_and_marks_those_with_it() -> None:
    parts = (
        {"with_trick": False, "start_s": 20.0, "end_s": 30.0, "touched": False},
        {"with_trick": True, "start_s": 33.0, "end_s": 40.0, "touched": True},
    )
    *_, found = task_traces(source(), assessed(segment(5, 6, 8, 9), trick=parts))
    assert found.task == TRICK
    assert found.holds_s == ((14.0, 21.0),)


def test_a_picture_at_the_ends_stays_inside_the_recording() -> None:
    (found,) = task_traces(source(10.0), assessed(segment(0, 0.5, 9, 10)))
    assert (found.start_s, found.length_s) == (0, 10)
    assert np.isnan(found.low_uv[0]).all(), "the filter has not settled at the start"


def test_the_scale_keeps_out_single_spikes() -> None:
    high = np.full((1000, 1), 50.0)
    high[3] = 4000.0
    trace = TaskTrace("flex", 1, 1, 0.0, 10.0, (), ("SCM L",), -high / 2, high, high)
    assert top_uv([trace], "SCM L") == 50.0
    assert top_uv([], "SCM L") == 0.0
