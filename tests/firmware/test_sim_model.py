"""The simulated board itself: does it behave as the chip's data sheet says?

Small programs of known behaviour; everything else here rests on this.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.firmware.sim import Run, compile_program, run_board

pytestmark = pytest.mark.avr
_PROGRAMS = Path(__file__).parent / "programs"


def _run(name: str, folder: Path, **options: object) -> Run:
    return run_board(compile_program(_PROGRAMS / f"{name}.c"), folder, **options)


def _scans(run: Run) -> np.ndarray:
    return np.frombuffer(run.output[: len(run.output) // 8 * 8], "<u2").reshape(-1, 4)


def test_a_result_read_late_is_still_that_of_its_own_channel(tmp_path: Path) -> None:
    volts = {0: "dc:2.5", 1: "dc:4.9999", 2: "dc:0.005", 3: "dc:7"}
    run = _run("scan_late_read", tmp_path, seconds=0.1, adc=volts)
    assert len(_scans(run)) >= 98
    assert (_scans(run) == [512, 1023, 1, 1023]).all()


@pytest.mark.parametrize(("volts", "code"), [(-1, 0), (0, 0), (0.00488, 0), (0.00489, 1),
                                             (2.4999, 511), (2.5, 512), (4.9951, 1022),
                                             (4.99512, 1023), (5.0, 1023)])  # fmt: skip
def test_code_is_the_floor_of_volts_over_reference(tmp_path: Path, volts: float, code: int) -> None:
    run = _run("scan_late_read", tmp_path, seconds=0.01, adc={"*": f"dc:{volts}"})
    assert (run.conversions["value"] == code).all()


def test_input_is_held_at_its_own_instant(tmp_path: Path) -> None:
    """A ramp of 1000 V/s shows the instant: from one code to the next it takes 4.9 us."""
    ramp = np.linspace(0, 5, 6, dtype=np.float32)
    ramp.tofile(tmp_path / "ramp.f32")
    run = _run("scan_late_read", tmp_path / "run", seconds=0.0052,
               adc={"*": f"file:{tmp_path / 'ramp.f32'},1000,1,0"})  # fmt: skip
    expected = np.floor(run.conversions["cycle"] / 16e6 * 1000 / 5 * 1024).clip(max=1023)
    assert (run.conversions["value"] == expected).all()
    assert len(expected) >= 19
    # 1.5 ADC clocks after an edge of the ADC clock, every conversion 14 clocks after the last
    assert set(np.diff(run.conversions["cycle"]).tolist()) >= {14 * 64}


def test_first_conversion_takes_25_clocks_and_is_marked(tmp_path: Path) -> None:
    run = _run("scan_late_read", tmp_path, seconds=0.01)
    first, second = run.conversions[:2]
    assert (first["flags"], second["flags"]) == (1, 0)
    # held after 13.5 of 25 clocks; the next begins a clock after the end and is held after 1.5
    assert second["cycle"] - first["cycle"] == (25 - 13.5 + 1 + 1.5) * 64


def test_a_played_file_is_interpolated_or_held(tmp_path: Path) -> None:
    np.array([1, 3], np.float32).tofile(tmp_path / "v.f32")
    pins = {0: f"file:{tmp_path / 'v.f32'},100,1,0", 1: f"file:{tmp_path / 'v.f32'},100,1,0,hold"}
    run = _run("scan_late_read", tmp_path / "run", seconds=0.03, adc=pins)
    linear = run.conversions[run.conversions["channel"] == 0]
    held = run.conversions[run.conversions["channel"] == 1]
    t_s = linear["cycle"] / 16e6
    assert (linear["value"] == np.floor((1 + 2 * np.minimum(t_s * 100, 1)) / 5 * 1024)).all()
    after = held["cycle"] >= 160_000
    assert (held["value"] == np.where(after, 614, 204)).all()


def test_noise_repeats_with_its_seed(tmp_path: Path) -> None:
    pins = {"*": "dc:2.5+noise:0.1"}
    runs = [
        _run("scan_late_read", tmp_path / str(i), seconds=0.5, adc=pins, seed=seed)
        for i, seed in enumerate([1, 1, 2])
    ]
    codes = [run.conversions["value"].astype(int) for run in runs]
    assert (codes[0] == codes[1]).all()
    assert not (codes[0] == codes[2]).all()
    assert np.std(codes[0]) * 5 / 1024 == pytest.approx(0.1, rel=0.1)
    assert np.mean(codes[0]) == pytest.approx(511.5, abs=2)


def test_bytes_take_ten_bits_and_follow_without_a_pause(tmp_path: Path) -> None:
    run = _run("scan_late_read", tmp_path, seconds=0.1)
    gaps = np.diff(run.wire["cycle"].astype(int))
    within_scan = gaps.reshape(-1)[: len(gaps) // 8 * 8].reshape(-1, 8)[:, :7]
    assert (within_scan == 10 * 32).all()
    assert run.sent == run.output
    assert run.stats["baud"] == 500_000


def test_receiver_holds_three_bytes_and_loses_the_third_to_the_fourth(tmp_path: Path) -> None:
    run = _run("late_reader", tmp_path, seconds=0.05,
               at=[(0.012, "send 010203040506"), (0.032, "send 0708")])  # fmt: skip
    assert run.output == bytes([1, 2, 6, 0xEE, 7, 8])
    assert run.stats["rx_overruns"] == 3


def test_bytes_at_a_wrong_rate_arrive_as_garbage_both_ways(tmp_path: Path) -> None:
    at = [(0.001 + 0.02 * i, "send 55") for i in range(50)]
    good = _run("late_reader", tmp_path / "good", seconds=1, at=at, host_baud=245_000)
    bad = _run("late_reader", tmp_path / "bad", seconds=1, at=at, host_baud=230_400)
    assert good.output == b"\x55" * 50
    assert bad.output.count(b"\x55") < 10
    assert set(bad.sent) != {0x55}


def test_timer_starts_the_converter_to_the_cycle_however_busy_the_program(tmp_path: Path) -> None:
    run = _run("auto_trigger", tmp_path, seconds=0.5)
    triggered = run.conversions[1:]
    assert len(triggered) >= 498
    assert (np.diff(triggered["cycle"].astype(int)) == 16_000).all()
    assert (triggered["flags"] == 2).all()


def test_a_slow_crystal_slows_the_samples_against_true_time(tmp_path: Path) -> None:
    run = _run("scan_late_read", tmp_path, seconds=10, crystal=0.995)
    assert len(run.conversions) / 4 == pytest.approx(9950, abs=2)


def test_faults_on_the_way_are_counted_and_marked(tmp_path: Path) -> None:
    run = _run("scan_late_read", tmp_path, seconds=2, at=[(0, "drop 0.01"), (0, "flip 0.02")])
    dropped, flipped = (run.wire["flags"] == 4), (run.wire["flags"] == 8)
    assert run.stats["dropped"] == dropped.sum() > 50
    assert run.stats["flipped"] == flipped.sum() > 100
    heard = np.frombuffer(run.output, np.uint8)
    kept = run.wire[~dropped]
    difference = heard ^ kept["value"].astype(np.uint8)
    assert (np.bitwise_count(difference) == (kept["flags"] == 8)).all()


@pytest.mark.parametrize(
    ("what", "complaint"), [("nosuch.elf", "cannot load"), ("", "cannot load")]
)
def test_what_is_no_program_is_refused(tmp_path: Path, what: str, complaint: str) -> None:
    program = tmp_path / what if what else Path(__file__)
    with pytest.raises(RuntimeError, match=complaint):
        run_board(program, tmp_path / "run", seconds=1)
