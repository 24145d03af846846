"""Lines of numbers: what is concluded from them, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from emgfeedback.core.device import DeviceInfo
from emgfeedback.devices.text_lines import TextLinesDriver

RATE_HZ = 500
RNG = np.random.default_rng(9)
RAW = np.rint(RNG.normal(512, 60, (1500, 3))).astype(int)


def heard(lines: list[str], seconds: float = 2.5) -> tuple[TextLinesDriver, DeviceInfo | None]:
    """Return a driver that heard these lines evenly in `seconds`, and what it concluded."""
    driver = TextLinesDriver()
    driver.feed(b"17,23\n")
    driver.listened(0.0)
    driver.feed("".join(f"{line}\r\n" for line in lines).encode())
    return driver, driver.listened(seconds)


def counts_of(driver: TextLinesDriver, lines: list[str]) -> tuple[list[int], np.ndarray]:
    """Return number and counts of each sample of the lines that follow."""
    driver.reset()
    driver.feed(b"\n")
    frames = driver.feed("".join(f"{line}\n" for line in lines).encode()).frames
    numbers = [frame.seq + i for frame in frames for i in range(len(frame.counts))]
    return numbers, np.concatenate([frame.counts for frame in frames])


@pytest.mark.parametrize("separator", [",", ";", "\t", " ", ", "])
def test_the_separator_is_found(separator: str) -> None:
    driver, info = heard([separator.join(map(str, row)) for row in RAW[:1250].tolist()])
    assert info is not None
    assert (info.n_channels, info.fs_hz, info.full_scale_counts) == (3, 500.0, 1024)
    assert not info.envelope_only
    _, counts = counts_of(driver, [separator.join(map(str, row)) for row in RAW[:9].tolist()])
    np.testing.assert_array_equal(counts, RAW[:9])


@pytest.mark.parametrize(
    ("lines", "labels"),
    [
        ([f"left:{a},right:{b}" for a, b, _ in RAW[:1250].tolist()], "left, right"),
        (["SCM L,SCM R", *[f"{a},{b}" for a, b, _ in RAW[:1250].tolist()]], "SCM L, SCM R"),
        ([f"{a},{b}" for a, b, _ in RAW[:1250].tolist()], "column 1, column 2"),
    ],
)
def test_labels_are_learned(lines: list[str], labels: str) -> None:
    _, info = heard(lines)
    assert info is not None
    assert info.board == f"Text lines ({labels})"


def test_lines_that_came_at_once_and_then_silence_are_no_stream() -> None:
    driver = TextLinesDriver()
    driver.feed("".join(f"{a},{b}\n" for a, b, _ in RAW[:100].tolist()).encode())
    assert driver.listened(0.0) is None
    assert driver.listened(2.5) is None


def test_a_counter_tells_of_lines_that_never_came() -> None:
    lines = [f"{i},{1000 + 2 * i},{a}" for i, (a, _, _) in enumerate(RAW[:1250].tolist())]
    driver, info = heard(lines)
    assert info is not None
    assert info.n_channels == 1, "the counter and the clock are no signals"
    assert "counts" in info.loss_proof
    numbers, counts = counts_of(driver, [*lines[:5], *lines[9:12]])
    assert numbers == [0, 1, 2, 3, 4, 9, 10, 11]
    assert counts[:, 0].tolist() == RAW[[0, 1, 2, 3, 4, 9, 10, 11], 0].tolist()


def test_a_damaged_line_is_a_gap_of_one() -> None:
    lines = [",".join(map(str, row)) for row in RAW[:1250].tolist()]
    driver, _ = heard(lines)
    numbers, _ = counts_of(driver, [*lines[:4], "51#,5", *lines[5:8]])
    assert numbers == [0, 1, 2, 3, 5, 6, 7]


def test_an_envelope_beside_its_signal_is_left_out() -> None:
    signed = np.rint(RNG.normal(0, 80, 1250)).astype(int)
    _, info = heard([f"{x},{abs(x) // 2 + 3}" for x in signed.tolist()])
    assert info is not None
    assert (info.n_channels, info.envelope_only) == (1, False)
    assert "Left out because they are not raw samples: column 2." in info.cautions


def test_an_envelope_alone_is_told_as_one_and_kept_as_it_comes() -> None:
    levels = np.rint(np.abs(RNG.normal(12, 4, (150, 2)))).astype(int)
    lines = [",".join(map(str, row)) for row in levels.tolist()]
    driver, info = heard(lines)
    assert info is not None
    assert info.envelope_only
    assert info.fs_hz == 60.0
    _, counts = counts_of(driver, lines[:20])
    microvolts = (counts - info.midpoint_counts) * info.lsb_uv()
    np.testing.assert_allclose(microvolts / info.lsb_uv(), levels[:20])


def test_fractions_keep_three_decimals() -> None:
    volts = RNG.normal(0, 0.4, 1250)
    driver, info = heard([f"{x:.3f}" for x in volts])
    assert info is not None
    _, counts = counts_of(driver, [f"{x:.3f}" for x in volts[:9]])
    np.testing.assert_allclose((counts[:, 0] - info.midpoint_counts) / 1000, volts[:9], atol=5.1e-4)


@pytest.mark.parametrize(
    "lines",
    [
        ["StartUp!", "ready", "hello world"] * 50,
        ["1,2", "1,2,3", "1,2,3,4", "x"] * 40,
        [],
        ["nan,inf", "inf,nan"] * 60,
    ],
)
def test_words_and_changing_shapes_are_no_board(lines: list[str]) -> None:
    _, info = heard(lines)
    assert info is None


def test_two_seconds_are_heard_before_anything_is_said() -> None:
    lines = [",".join(map(str, row)) for row in RAW[:900].tolist()]
    _, info = heard(lines, seconds=1.9)
    assert info is None
