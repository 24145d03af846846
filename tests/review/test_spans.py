"""What is left out never counts, every change can be undone, and the file keeps what it holds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.core.block import GapReason
from emgfeedback.core.errors import FileFormatError, UsageError
from emgfeedback.core.quality import Level
from emgfeedback.dsp.settings import ChainSettings
from emgfeedback.measures.analysis import analyze
from emgfeedback.records.reader import open_recording
from emgfeedback.review.spans import (
    LeftOut,
    LeftOutList,
    left_out_path,
    load_left_out,
    measure,
    save_left_out,
)
from tests.review.conftest import LSB_UV, MakeRecording, emg_counts

REST = ChainSettings.for_purpose("rest", 1000)


@pytest.fixture
def coughed(make_recording: MakeRecording) -> Path:
    """A minute of 20 uV with two seconds at 400 uV on both channels, more on the left."""
    counts = emg_counts(60_000, 2)
    burst = np.random.default_rng(9).normal(0, 400 / LSB_UV, (2000, 2)) * [1.0, 0.5]
    counts[30_000:32_000] = np.clip(counts[30_000:32_000] + burst, 0, 4095)
    return make_recording(counts, gaps=((50_000, 500, GapReason.LINK),))


def rms_of(path: Path, spans: tuple[LeftOut, ...] = (), from_s: float = 5, to_s: float = 45):
    with open_recording(path) as recording:
        return measure(recording, from_s, to_s, REST, spans)


def test_a_span_left_out_takes_its_artefact_with_it(coughed: Path) -> None:
    calm = rms_of(coughed, (), 5, 25)
    spoiled = rms_of(coughed)
    cleaned = rms_of(coughed, (LeftOut(29.9, 32.1, "coughed"),))
    for i in range(2):
        assert spoiled.channels[i].rms_uv > 2 * calm.channels[i].rms_uv
        assert cleaned.channels[i].rms_uv == pytest.approx(calm.channels[i].rms_uv, rel=0.02)
        assert cleaned.channels[i].arv_uv == pytest.approx(calm.channels[i].arv_uv, rel=0.02)
    assert abs(spoiled.pairs[0].asymmetry_pct) > 10 > abs(cleaned.pairs[0].asymmetry_pct)
    assert cleaned.left_out_s == pytest.approx(2.2)
    assert cleaned.measured_s == pytest.approx(40 - 2.2)
    assert cleaned.lost_pct == 0
    assert cleaned.channels[0].level is Level.GOOD


def test_it_is_as_if_the_span_had_been_a_pause(make_recording: MakeRecording) -> None:
    counts = emg_counts(30_000, 2)
    whole = make_recording(counts, name="whole.bdf")
    paused = make_recording(counts, gaps=((10_000, 3000, GapReason.RECONNECT),), name="paused.bdf")
    with open_recording(whole) as a, open_recording(paused) as b:
        left_out = analyze(a, filter_choice=REST, left_out=[(10.0, 13.0)])
        gap = analyze(b, filter_choice=REST)
    for one, other in zip(left_out["channels"], gap["channels"], strict=True):
        assert one == other
    assert left_out["lost_pct"] == pytest.approx(0, abs=1e-9)
    assert gap["lost_pct"] == pytest.approx(10)
    assert left_out["left_out_s"] == 3
    assert gap["left_out_s"] == 0


def test_spans_may_overlap_touch_gaps_and_reach_past_the_ends(coughed: Path) -> None:
    spans = (
        LeftOut(-3, 6),
        LeftOut(29, 31),
        LeftOut(30, 33),
        LeftOut(49.8, 50.2),
        LeftOut(59, 99),
    )
    told = rms_of(coughed, spans, 0, 60)
    # 6 + 4 + 0.4 + 1 s, of which 0.2 s was lost anyway.
    assert told.left_out_s == pytest.approx(11.2)
    assert told.lost_pct == pytest.approx(100 * 0.5 / 60)
    assert told.measured_s == pytest.approx(60 - 11.2 - 0.5)


def test_with_everything_left_out_there_is_no_number_and_a_reason(coughed: Path) -> None:
    told = rms_of(coughed, (LeftOut(0, 60),))
    assert told.channels[0].rms_uv is None
    assert told.pairs[0].asymmetry_pct is None
    assert told.measured_s == 0
    assert told.notes


def test_other_settings_give_other_numbers_and_say_so(coughed: Path) -> None:
    with open_recording(coughed) as recording:
        narrow = ChainSettings("activation", 100.0, 2, 200.0)
        told = [measure(recording, 25, 5, s) for s in (REST, narrow, None)]
    rms = [one.channels[0].rms_uv for one in told]
    assert rms[1] < 0.7 * rms[0] < 0.9 * rms[2]
    assert told[0].filter_words == "HP 30 Hz o4, LP 400 Hz o4, notch off"
    assert told[1].filter_words == "HP 100 Hz o2, LP 200 Hz o4, notch off"
    assert "unfiltered" in told[2].filter_words
    assert (told[0].from_s, told[0].to_s) == (5, 25)
    # Frequencies are of the unfiltered signal, whatever the filters.
    assert len({one.channels[0].median_frequency_hz for one in told}) == 1


def test_rms_of_flat_noise_is_what_the_band_lets_through(make_recording: MakeRecording) -> None:
    with open_recording(make_recording(emg_counts(60_000, 2, level_uv=50))) as recording:
        told = measure(recording, 0, 60, REST)
    # Flat to 500 Hz; 30 to 400 Hz of it pass (equivalent noise band of both slopes).
    assert told.channels[0].rms_uv == pytest.approx(50 * np.sqrt(370 / 500), rel=0.03)


def test_every_change_can_be_undone() -> None:
    left_out = LeftOutList(60.0)
    a = left_out.add(20, 10, "  coughed\n twice ")
    assert a == LeftOut(10, 20, "coughed twice")
    b = left_out.add(-5, 3)
    assert left_out.spans == (LeftOut(0, 3), a)
    named = left_out.name(b, "talked")
    left_out.remove(a)
    assert left_out.spans == (named,)
    for expected in ((named, a), (b, a), (a,), ()):
        assert left_out.can_undo
        left_out.undo()
        assert left_out.spans == expected
    assert not left_out.can_undo
    left_out.undo()
    assert left_out.spans == ()


def test_nothing_and_what_lies_outside_cannot_be_left_out() -> None:
    left_out = LeftOutList(60.0)
    for a, b in ((5, 5.001), (60, 90), (-2, 0)):
        with pytest.raises(UsageError, match="10 ms"):
            left_out.add(a, b)
    assert not left_out.can_undo


def test_spans_are_kept_beside_the_recording(coughed: Path) -> None:
    before = coughed.read_bytes()
    assert load_left_out(coughed) == ()
    save_left_out(coughed, ())
    assert not left_out_path(coughed).exists()
    spans = (LeftOut(1, 2, "geräuspert"), LeftOut(3.25, 4, ""))
    save_left_out(coughed, spans)
    assert load_left_out(coughed) == spans
    save_left_out(coughed, ())
    assert load_left_out(coughed) == ()
    assert coughed.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\x00",
        b"[]",
        b'{"version": 2, "left_out": []}',
        b'{"version": 1, "left_out": [[2, 1, ""]]}',
        b'{"version": 1, "left_out": [[1, NaN, ""]]}',
        b'{"version": 1, "left_out": [["a", 2, ""]]}',
        b'{"version": 1, "left_out": ' + b"[" * 100_000,
        json.dumps({"version": 1, "left_out": [[0, 1, ""]] * 10_001}).encode(),
    ],
)
def test_what_cannot_be_read_is_refused_and_never_overwritten(
    coughed: Path, content: bytes
) -> None:
    left_out_path(coughed).write_bytes(content)
    with pytest.raises(FileFormatError, match="cannot be read"):
        load_left_out(coughed)
    with pytest.raises(FileFormatError, match="cannot be read"):
        save_left_out(coughed, (LeftOut(1, 2),))
    assert left_out_path(coughed).read_bytes() == content
