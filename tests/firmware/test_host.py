"""The portable core of the firmware, built on this computer, against our own encoding."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from emgfeedback.devices import wire
from emgfeedback.devices.wire import Ack, BoardStatus, Flag, Identity, JitterReport, Packet

FIRMWARE = Path(__file__).resolve().parents[2] / "firmware"
GOLDEN = FIRMWARE / "tests" / "golden"
CORE = FIRMWARE / "emgfeedback" / "src" / "core"
GOLDEN_NAMES = sorted(path.name for path in GOLDEN.glob("*.bin"))

HAS_TOOLS = all(map(shutil.which, ("g++", "make")))
needs_compiler = pytest.mark.skipif(not HAS_TOOLS, reason="needs apt-get install g++ make")

DEFAULT_IDENTITY = Identity(
    protocol_version=wire.PROTOCOL_VERSION,
    firmware_major=1,
    firmware_minor=0,
    firmware_patch=0,
    board_id=1,
    n_channels=6,
    max_channels=8,
    rate_hz=1000,
    oversample=1,
    samples_per_frame=4,
    full_scale_counts=1024,
    vref_mv=5000,
    sensor_gain=200,
    skew_tenth_us=1120,
    adc_clock_khz=125,
    baud=500000,
    streaming=0,
    test_signal=0,
)
DONE = {kind: wire.ack_packet(Ack(kind, 0)) for kind in Packet}


def make(*arguments: str) -> str:
    done = subprocess.run(
        ["make", "-s", "-C", str(FIRMWARE / "tests"), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def fresh_golden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("golden")
    make("golden", f"GOLDEN={folder}")
    return folder


def codes_of(numbers: NDArray[np.int64], n_channels: int) -> NDArray[np.int64]:
    return (7 * numbers[:, None] + 131 * np.arange(n_channels) + 5) % 1024


def frames(numbers: range, counts: NDArray[np.int64], rate_hz: int, flags: int) -> list[bytes]:
    """Packets of one unbroken run; `flags` stand in the first, the test flag in all."""
    size = rate_hz // 250
    out = []
    for at in range(0, len(numbers), size):
        first = numbers[at]
        own = flags if at == 0 else flags & Flag.TEST_SIGNAL
        out.append(
            wire.data_packet(first, first * 1_000_000 // rate_hz, own, counts[at : at + size])
        )
    return out


def stream(n: int, n_channels: int, rate_hz: int) -> list[bytes]:
    numbers = range(n)
    return frames(numbers, codes_of(np.arange(n), n_channels), rate_hz, Flag.FIRST)


def ramp(n: int, n_channels: int) -> NDArray[np.int64]:
    return (np.arange(n)[:, None] + 97 * np.arange(n_channels)) % 1024


def square(n: int, n_channels: int) -> NDArray[np.int64]:
    sign = np.where(np.arange(n) // 50 % 2 == 0, -1, 1)
    return 512 + sign[:, None] * 32 * (np.arange(n_channels) + 1)


def started_and_stopped(packets: list[bytes]) -> bytes:
    return DONE[Packet.START] + b"".join(packets) + DONE[Packet.STOP]


def status(next_seq: int, dropped: int, overruns: int, bad: int, high_water: int) -> bytes:
    return wire.status_packet(BoardStatus(next_seq, dropped, overruns, bad, high_water, 777))


def expected_identity() -> bytes:
    changed = replace(
        DEFAULT_IDENTITY,
        n_channels=4,
        rate_hz=2000,
        samples_per_frame=8,
        test_signal=2,
        skew_tenth_us=560,
        adc_clock_khz=250,
    )
    return (
        wire.identity_packet(DEFAULT_IDENTITY)
        + DONE[Packet.SET_TEST]
        + DONE[Packet.SET_RATE]
        + DONE[Packet.SET_CHANNELS]
        + wire.identity_packet(changed)
    )


def expected_refusals() -> bytes:
    by_name = {code.name: number for number, code in wire.codes().items()}
    answers = [
        (0x7E, "UNKNOWN_COMMAND"),
        (Packet.START, "BAD_LENGTH"),
        (Packet.SET_RATE, "BAD_RATE"),
        (Packet.SET_CHANNELS, "BAD_CHANNELS"),
        (Packet.SET_RATE, "BURST_TOO_LONG"),
        (Packet.SET_TEST, "BAD_TEST_SIGNAL"),
        (Packet.SET_RATE, "BAD_OVERSAMPLE"),
        (Packet.START, "OK"),
        (Packet.SET_TEST, "STREAMING"),
    ]
    return b"".join(wire.ack_packet(Ack(kind, by_name[name])) for kind, name in answers)


def expected_losses() -> bytes:
    def run(start: int, stop: int, flags: int) -> list[bytes]:
        numbers = range(start, stop)
        return frames(numbers, codes_of(np.arange(start, stop), 6), 1000, flags)

    held_by_ring = 16
    kept_until = 10 + held_by_ring
    packets = [
        *run(0, 5, Flag.FIRST),
        *run(7, kept_until, Flag.OVERRUN),
        *run(36, 40, Flag.DROPPED),
        status(40, 36 - kept_until, 2, 0, held_by_ring),
    ]
    return started_and_stopped(packets)


def expected_6ch() -> bytes:
    packets = stream(1002, 6, 1000)
    return started_and_stopped([*packets[:250], status(1000, 0, 0, 0, 1), *packets[250:]])


def expected_reports() -> bytes:
    report = JitterReport(123456, 43, 117, 12230, 6034)
    return status(0x01020304, 0, 17, 1, 0) + wire.jitter_packet(report)


def with_test_signal(n: int, counts: NDArray[np.int64], rate_hz: int) -> bytes:
    return started_and_stopped(
        frames(range(n), counts, rate_hz, Flag.FIRST | Flag.TEST_SIGNAL),
    )


EXPECTED = {
    "identity.bin": expected_identity,
    "refusals.bin": expected_refusals,
    "stream_6ch_1000hz.bin": expected_6ch,
    "stream_8ch_2000hz.bin": lambda: started_and_stopped(stream(83, 8, 2000)),
    "stream_1ch_250hz.bin": lambda: started_and_stopped(stream(5, 1, 250)),
    "ramp_6ch_500hz.bin": lambda: with_test_signal(40, ramp(40, 6), 500),
    "square_8ch_1000hz.bin": lambda: with_test_signal(204, square(204, 8), 1000),
    "losses.bin": expected_losses,
    "reports.bin": expected_reports,
}


@needs_compiler
def test_core_holds_under_the_sanitizers() -> None:
    said = make("test")
    assert int(re.search(r"core: (\d+) checks hold", said)[1]) > 50_000


@needs_compiler
@pytest.mark.parametrize("name", GOLDEN_NAMES)
def test_core_still_writes_the_golden_bytes(name: str, fresh_golden: Path) -> None:
    assert (fresh_golden / name).read_bytes() == (GOLDEN / name).read_bytes()


@needs_compiler
def test_no_golden_file_is_missing(fresh_golden: Path) -> None:
    assert sorted(path.name for path in fresh_golden.iterdir()) == GOLDEN_NAMES
    listed = (GOLDEN / "golden.csv").read_text(encoding="utf-8")
    assert [line.split(",")[0] for line in listed.splitlines()[1:]] == list(EXPECTED)
    assert sorted(EXPECTED) == GOLDEN_NAMES


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_golden_bytes_equal_our_own_encoding(name: str) -> None:
    assert (GOLDEN / name).read_bytes() == EXPECTED[name]()


def enumerators(name: str) -> dict[str, int]:
    header = (CORE / "wire.h").read_text(encoding="utf-8")
    body = re.search(rf"enum class {name} : uint8_t \{{(.*?)\}};", header, re.DOTALL)[1]
    return {word: int(value, 0) for word, value in re.findall(r"(\w+) = (\w+),", body)}


def test_error_codes_are_the_same_on_both_sides() -> None:
    assert enumerators("Code") == {code.name: n for n, code in wire.codes().items()}


def test_packet_types_are_the_same_on_both_sides() -> None:
    ours = {kind.name.title().replace("_", ""): int(kind) for kind in Packet}
    theirs = enumerators("Packet")
    assert theirs.pop("FirstCommand") == min(kind for kind in Packet if kind >= 0x40) - 1
    assert theirs == ours


def test_protocol_page_shows_true_bytes() -> None:
    page = (FIRMWARE / "PROTOCOL.md").read_text(encoding="utf-8")
    shown = {
        words: bytes.fromhex(digits)
        for words, digits in re.findall(r"^\| ([\w ,]+?) \| `((?:[0-9A-F]{2} ?)+)` \|", page, re.M)
    }
    assert shown == {
        "IDENTIFY": wire.packet(Packet.IDENTIFY),
        "START": wire.packet(Packet.START),
        "STOP": wire.packet(Packet.STOP),
        "SET_RATE 2000 Hz, oversample 1": wire.packet(Packet.SET_RATE, bytes((0xD0, 0x07, 1))),
        "SET_CHANNELS 4": wire.packet(Packet.SET_CHANNELS, b"\x04"),
        "SET_TEST 1": wire.packet(Packet.SET_TEST, b"\x01"),
        "GET_JITTER": wire.packet(Packet.GET_JITTER),
        "GET_STATUS": wire.packet(Packet.GET_STATUS),
        "ACK of START, done": wire.ack_packet(Ack(Packet.START, 0)),
        "DATA, first of a stream, 1 sample of 2 channels": wire.data_packet(
            0, 0, Flag.FIRST, np.array([[512, 1023]])
        ),
        "IDENTITY, Uno as it comes": wire.identity_packet(
            replace(DEFAULT_IDENTITY, max_channels=6)
        ),
    }
