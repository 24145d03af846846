"""What the review draws is what the file holds, and what the live chain made of it."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.core.block import GapReason
from emgfeedback.core.quality import Level
from emgfeedback.dsp.chain import Chain, ChainSettings
from emgfeedback.measures.source import blocks_of
from emgfeedback.records.reader import open_recording
from emgfeedback.records.recording import Recording
from emgfeedback.review import views as module
from emgfeedback.review.pyramid import Extent
from emgfeedback.review.side_files import SideFiles
from emgfeedback.review.views import Review, WindowView
from tests.review.conftest import LSB_UV, MakeRecording, emg_counts

GAPS = ((30_000, 700, GapReason.LINK), (61_234, 3000, GapReason.RECONNECT))


@pytest.fixture
def long_file(make_recording: MakeRecording) -> Path:
    counts = emg_counts(150_000, 3)
    counts[77_777, 1] += 400
    return make_recording(counts, gaps=GAPS)


def worked_out(review: Review) -> Review:
    while review.step():
        pass
    return review


def brute(samples: np.ndarray, measured: np.ndarray, view: WindowView) -> Extent:
    lows, highs = [], []
    for a, b in itertools.pairwise(view.edges.tolist()):
        held = samples[a:b][measured[a:b]]
        n = samples.shape[1]
        lows.append(held.min(axis=0) if len(held) else np.full(n, np.inf))
        highs.append(held.max(axis=0) if len(held) else np.full(n, -np.inf))
    return Extent(np.array(lows, np.float32), np.array(highs, np.float32))


def live(recording: Recording, settings: ChainSettings) -> tuple[np.ndarray, ...]:
    """The whole file through one chain, as live: filtered, level, settled."""
    n, channels = recording.n_samples, len(recording.channels)
    filtered, level = np.zeros((n, channels)), np.zeros((n, channels))
    settled = np.zeros(n, dtype=bool)
    chain = Chain(settings, recording.fs_hz, channels)
    for block in blocks_of(recording, 0, n):
        told = chain.process(block)
        rows = slice(told.first_sample, told.first_sample + len(told.valid))
        filtered[rows], level[rows] = told.filtered, told.display_uv
        settled[rows] = told.valid
    return filtered, level, settled


@pytest.mark.parametrize("when", ["at once", "worked out"])
def test_any_window_at_any_width_equals_the_file(long_file: Path, when: str) -> None:
    with open_recording(long_file) as recording:
        review = Review(recording)
        if when == "worked out":
            worked_out(review)
        uv = recording.read_uv(0, recording.n_samples).astype(np.float32)
        measured = recording.valid(0, recording.n_samples)
        rng = np.random.default_rng(1)
        exact = 0
        for _ in range(150):
            first_s, seconds = rng.uniform(-5, 155), 10 ** rng.uniform(-3, 2.2)
            columns = int(rng.integers(1, 1500))
            view = review.window(first_s, seconds, columns, filtered=False)
            assert 1 <= len(view.edges) - 1 <= columns
            assert (np.diff(view.edges) > 0).all()
            if not view.exact:
                continue
            exact += 1
            wanted = brute(uv, measured, view)
            np.testing.assert_array_equal(view.raw.low, wanted.low)
            np.testing.assert_array_equal(view.raw.high, wanted.high)
        assert exact == 150 if when == "worked out" else exact > 30


def test_before_it_is_read_the_whole_is_guessed_and_says_so(
    long_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GLIMPSE_S", 0.05)
    with open_recording(long_file) as recording:
        review = Review(recording)
        review.step()
        view = review.window(0, 150, 100)
        assert not view.exact
        assert view.raw.measured.mean() > 0.9
        worked_out(review)
        view = review.window(0, 150, 100)
        assert view.exact
        spike = int(np.searchsorted(view.edges, 77_777, "right")) - 1
        assert np.argmax(view.raw.high[:, 1]) == spike
        assert review.progress == pytest.approx(1)


@pytest.mark.parametrize("window", [(40.0, 4.0, 400), (60.0, 8.0, 900), (0.0, 150.0, 300)])
def test_filtered_and_rms_are_those_of_the_live_chain(
    long_file: Path, window: tuple[float, float, int]
) -> None:
    with open_recording(long_file) as recording:
        settings = ChainSettings.for_purpose("rest", recording.fs_hz, notch_hz=50)
        review = worked_out(Review(recording, settings))
        view = review.window(*window)
        filtered, level, settled = live(recording, settings)
        for told, whole in ((view.filtered, filtered), (view.level, level)):
            assert told is not None
            wanted = brute(whole.astype(np.float32), settled, view)
            np.testing.assert_array_equal(told.measured, wanted.measured)
            shown = wanted.measured
            np.testing.assert_allclose(told.low[shown], wanted.low[shown], atol=0.01)
            np.testing.assert_allclose(told.high[shown], wanted.high[shown], atol=0.01)


def test_nothing_is_drawn_in_gaps_nor_while_the_filter_settles(long_file: Path) -> None:
    with open_recording(long_file) as recording:
        review = worked_out(Review(recording))
        view = review.window(61.0, 4.0, 400)
        lost = (view.edges[:-1] >= 61_234) & (view.edges[1:] <= 64_234)
        assert lost.sum() > 250
        assert not view.raw.measured[lost].any()
        assert view.raw.measured[~lost].all()
        assert view.filtered is not None
        after = (view.edges[:-1] >= 64_234) & (view.edges[1:] <= 64_234 + 250)
        assert after.any()
        assert not view.filtered.measured[after].any()


def test_other_filters_are_taken_at_once_and_leave_raw_alone(long_file: Path) -> None:
    with open_recording(long_file) as recording:
        review = worked_out(Review(recording))
        before = review.window(10, 5, 300)
        narrow = ChainSettings("activation", 100.0, 2, 200.0)
        review.use(narrow)
        assert not review.complete
        after = review.window(10, 5, 300)
        np.testing.assert_array_equal(after.raw.low, before.raw.low)
        assert before.level is not None
        assert after.level is not None
        assert after.level.high.mean() < 0.7 * before.level.high.mean()
        worked_out(review)
        whole = review.window(0, 150, 100).level
        assert whole is not None
        settled = whole.measured
        assert whole.high[settled].mean() < 0.75 * 20


def test_the_offset_of_each_channel_is_told(long_file: Path) -> None:
    with open_recording(long_file) as recording:
        review = worked_out(Review(recording))
        expected = 300 * np.arange(-1, 2) * LSB_UV
        np.testing.assert_allclose(review.offset_uv, expected, atol=5)
        overview = review.overview(200)
        assert overview.low.shape == (200, 1)
        assert -200 < overview.low.min() < 0 < overview.high.max() < 400


def test_a_rate_too_low_for_filters_shows_raw_and_says_why(make_recording: MakeRecording) -> None:
    path = make_recording(emg_counts(3000, 2), fs_hz=50.0)
    with open_recording(path) as recording:
        review = worked_out(Review(recording))
        view = review.window(0, 60, 500)
        assert view.filtered is None
        assert view.level is None
        assert view.raw.measured.all()
        assert "50 Hz" in review.filter_refused
        assert "50 Hz" in review.quality.refused
        assert review.complete


def test_a_csv_is_looked_at_like_any_other(tmp_path: Path) -> None:
    t_s = np.arange(20_000) / 1000
    uv = np.random.default_rng(0).normal(3, 10, (20_000, 2))
    cells = [f"{a:.3f},{b:.4f},{c:.4f}" for a, (b, c) in zip(t_s, uv, strict=True)]
    cells[5000] = "5.000,,"
    path = tmp_path / "two.csv"
    path.write_text("time_s,SCM L (uV),SCM R (uV)\n" + "\n".join(cells) + "\n")
    with open_recording(path) as recording:
        view = worked_out(Review(recording)).window(0, 20, 200)
        assert view.raw.measured.all()
        column = slice(int(view.edges[50]), int(view.edges[51]))
        held = np.delete(np.round(uv, 4), 5000, axis=0) if column.start <= 5000 else None
        assert held is not None
        low = uv[[i for i in range(column.start, column.stop) if i != 5000]].min(axis=0)
        np.testing.assert_allclose(view.raw.low[50], low, atol=1e-3)


def test_a_negative_scale_keeps_low_below_high(tmp_path: Path) -> None:
    import edfio

    data = np.random.default_rng(2).normal(0, 10, 40_000)
    signal = edfio.EdfSignal(data, 1000, label="SCM L", physical_dimension="uV")
    path = tmp_path / "turned.edf"
    edfio.Edf([signal]).write(path)
    content = bytearray(path.read_bytes())
    at = 256 + 16 + 80 + 8
    content[at : at + 8], content[at + 8 : at + 16] = (
        content[at + 8 : at + 16],
        content[at : at + 8],
    )
    path.write_bytes(content)
    with open_recording(path) as recording:
        assert recording.lsb_uv is not None
        assert recording.lsb_uv[0] < 0
        uv = recording.read_uv(0, 40_000).astype(np.float32)
        view = worked_out(Review(recording)).window(0, 40, 50)
        wanted = brute(uv, np.ones(40_000, dtype=bool), view)
        np.testing.assert_array_equal(view.raw.low, wanted.low)
        np.testing.assert_array_equal(view.raw.high, wanted.high)


def test_the_second_time_nothing_is_worked_out_anew(
    long_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    side_files = SideFiles(tmp_path / "side")
    with open_recording(long_file) as recording:
        first = worked_out(Review(recording, side_files=side_files))
        pictures = [first.window(0, 150, 90), first.window(50, 60, 30)]
    with open_recording(long_file) as recording:
        again = Review(recording, side_files=side_files)
        assert again.complete
        for old, new in zip(
            pictures, [again.window(0, 150, 90), again.window(50, 60, 30)], strict=True
        ):
            np.testing.assert_array_equal(new.raw.low, old.raw.low)
            assert new.level is not None
            assert old.level is not None
            np.testing.assert_array_equal(new.level.high, old.level.high)
            assert new.quality == old.quality
        np.testing.assert_array_equal(again.offset_uv, first.offset_uv)
        monkeypatch.setattr(module, "__version__", "another")
        assert not Review(recording, side_files=side_files).complete


def test_quality_comes_with_the_window(make_recording: MakeRecording) -> None:
    counts = emg_counts(40_000, 2)
    counts[15_000:25_000, 1] = 0
    with open_recording(make_recording(counts)) as recording:
        review = Review(recording)
        assert {run.level for run in review.window(0, 40, 100).quality[0]} == {None}
        worked_out(review)
        left, right = review.window(5, 30, 100).quality
        assert {run.level for run in left} == {Level.GOOD}
        bad = [run for run in right if run.level is Level.BAD]
        assert bad[0].start_s in (15.0, 16.0)
        assert 25 <= bad[-1].end_s <= 29
        assert right[0].start_s == 5
        assert right[-1].end_s == 35
