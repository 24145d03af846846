"""From electrode to feedback: real EMG at the pins of the compiled firmware, on screen and on disk.

The firmware runs in the AVR simulator behind a port; everything after it is the app as it is.
What the screen would show is held against a computation on the converter's own codes.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from emgfeedback.core.montage import Montage, neck_montage
from emgfeedback.devices.driver import StreamSettings
from emgfeedback.dsp.chain import ChainOutput, ChainSettings, run_chain
from emgfeedback.engine.connect import connector
from emgfeedback.engine.pipeline import RATE_TOLERANCE
from emgfeedback.engine.session import LiveSession, SessionSettings
from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.measures.symmetry import compare
from emgfeedback.records.reader import open_recording
from tests.firmware.sim import SimulatedBoard, build_firmware, missing_packages, split_scans

pytestmark = [
    pytest.mark.avr,
    pytest.mark.skipif(bool(missing_packages()), reason=f"needs {missing_packages()}"),
]
EMG = Path(__file__).resolve().parent / "data" / "emg" / "biceps_bursts_1k16.npz"
FS_HZ, SECONDS = 1000, 8
GAIN, REFERENCE_V = 1000.0, 5.0
STRENGTH = (0.5, 1.0, 0.9, 0.6, 0.8, 0.8)
"""Of each channel: SCM, trapezius and splenius, left and right by turns."""
THRESHOLD_UV = (30.0, 60.0)
"""For the two sides of SCM: between rest and contraction."""


@pytest.fixture
def pins(tmp_path: Path) -> dict[int | str, str]:
    """Put the same recorded EMG on all pins, amplified by 1000 and by each channel's strength."""
    with np.load(EMG) as fixture:
        volts = (fixture["adc"].astype(np.float64) / 65536 - 0.5) * 3e-3 * GAIN
    at_pins = REFERENCE_V / 2 + np.outer(volts, STRENGTH)
    path = tmp_path / "pins.f32"
    at_pins.astype(np.float32).tofile(path)
    return {pin: f"file:{path},{FS_HZ},6,{pin}" for pin in range(6)}


def montage() -> Montage:
    plain = neck_montage(6)
    return Montage("test", tuple(replace(channel, gain=GAIN) for channel in plain.channels))


def watch(session: LiveSession) -> list[Snapshot]:
    """Collect what the screen would show until enough is recorded."""
    shown: list[Snapshot] = []
    give_up_s = time.monotonic() + 60
    while not shown or shown[-1].recording.elapsed_s < SECONDS:
        snapshot = session.snapshot()
        if snapshot.sequence and (not shown or snapshot.sequence != shown[-1].sequence):
            shown.append(snapshot)
        assert time.monotonic() < give_up_s, snapshot
        time.sleep(0.01)
    return shown


def test_recorded_emg_from_the_pins_to_the_screen_and_the_file(
    tmp_path: Path, pins: dict[int | str, str]
) -> None:
    out = tmp_path / "r.bdf"
    settings = SessionSettings(StreamSettings(FS_HZ, 6, 1), montage())
    with SimulatedBoard(build_firmware("uno"), tmp_path, adc=pins) as board:
        session = LiveSession(board.path, connector(board.path), settings)
        session.start(record_to=out)
        session.wait_open()
        for channel, threshold_uv in enumerate(THRESHOLD_UV):
            session.set_threshold(channel, threshold_uv)
        session.start_target()
        shown = watch(session)
        session.mark("done")
        summary = session.close()

    assert summary is not None
    assert (summary.lost, summary.gaps) == (0, 0)
    sums, _ = split_scans(board.run.conversions, 6)
    with open_recording(out) as recording:
        counts = recording.read_counts(0, recording.n_samples)
        assert "mark done" in [annotation.text for annotation in recording.annotations]
        assert recording.lsb_uv is not None
        np.testing.assert_allclose(recording.lsb_uv, REFERENCE_V * 1e6 / 1024 / GAIN)
    assert len(counts) == summary.samples >= SECONDS * FS_HZ
    np.testing.assert_array_equal(counts, sums[: len(counts)])

    microvolts = (sums - 512) * (REFERENCE_V * 1e6 / 1024 / GAIN)
    truth = run_chain(microvolts, ChainSettings.for_purpose("rest", FS_HZ), FS_HZ)
    rates = [snapshot.link.measured_fs_hz or FS_HZ for snapshot in shown]
    true_rate = [abs(rate / FS_HZ - 1) < RATE_TOLERANCE for rate in rates]
    # From there on the filters would follow a rate that this busy machine has bent.
    shown = shown[: true_rate.index(False) if False in true_rate else None]
    assert shown[-1].end_sample > SECONDS / 2 * FS_HZ, "this machine is too slow to tell"
    assert {snapshot.filter_facts for snapshot in shown} == {shown[0].filter_facts}
    check_levels(shown, truth)
    check_pairs(shown, truth)
    check_target(shown, truth)


def check_levels(shown: list[Snapshot], truth: ChainOutput) -> None:
    compared = 0
    for snapshot in shown:
        last = snapshot.end_sample - 1
        for i, channel in enumerate(snapshot.channels):
            if channel.level_uv is not None:
                assert truth.valid[last]
                assert channel.level_uv == pytest.approx(truth.display_uv[last, i], rel=1e-9)
                assert channel.control_uv == pytest.approx(truth.control_uv[last, i], rel=1e-9)
                compared += 1
    assert compared > 6 * 100


def check_pairs(shown: list[Snapshot], truth: ChainOutput) -> None:
    compared = 0
    for snapshot in shown:
        window = truth.filtered[snapshot.end_sample - FS_HZ : snapshot.end_sample]
        for pair in snapshot.pairs:
            if pair.asymmetry_pct is None:
                assert pair.reason
                continue
            left_uv, right_uv = (
                float(np.sqrt(np.mean(np.square(window[:, i])))) for i in (pair.left, pair.right)
            )
            floors_uv = [snapshot.channels[i].floor_uv or 0.0 for i in (pair.left, pair.right)]
            expected = compare(left_uv, right_uv, *floors_uv)
            assert pair.left_uv == pytest.approx(left_uv, rel=1e-6)
            assert pair.right_uv == pytest.approx(right_uv, rel=1e-6)
            assert pair.asymmetry_pct == pytest.approx(expected.asymmetry_pct, abs=1e-4)
            if min(left_uv, right_uv) > 40:
                left, right = STRENGTH[pair.left], STRENGTH[pair.right]
                told = 100 * (left - right) / (left + right)
                assert pair.asymmetry_pct == pytest.approx(told, abs=2)
                compared += 1
    assert compared > 100


def check_target(shown: list[Snapshot], truth: ChainOutput) -> None:
    inside: NDArray[np.bool_] = (truth.control_uv[:, :2] < THRESHOLD_UV).all(axis=1)
    for snapshot in shown:
        if snapshot.target.in_target is not None:
            assert snapshot.target.in_target == inside[snapshot.end_sample - 1]
    # Scoring begins with the first verdict on the signal: when it has settled.
    settled = int(np.argmax(truth.valid))
    said = next(s.end_sample for s in shown if s.target.time_scored_s)
    assert any(scores_match(shown, inside, begin) for begin in range(settled, said + 1))
    last = shown[-1].target
    assert last.time_scored_s > shown[-1].end_sample / FS_HZ - 3.5
    assert 0 < last.time_in_target_s < last.time_scored_s, "it says nothing: always in, or never"


def scores_match(shown: list[Snapshot], inside: NDArray[np.bool_], begin: int) -> bool:
    """Tell whether all scores shown are those of `inside` from sample `begin` on."""
    before = np.concatenate(([0], np.cumsum(inside[begin:])))
    return all(
        round(s.target.time_in_target_s * FS_HZ) == before[round(s.target.time_scored_s * FS_HZ)]
        for s in shown
    )
