"""Streams of other people's boards: golden bytes, any chunking, losses counted, noise survived."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgfeedback.devices.bitalino import BitalinoDriver
from emgfeedback.devices.driver import Driver, StreamSettings
from emgfeedback.devices.registry import DRIVERS
from tests.devices import foreign_streams
from tests.devices.foreign_streams import STREAMS, Stream, codes, numbered, stream

GOLDEN = {
    "openeeg_p2": (7, [512, 515, 500, 1023, 0, 700], "A55A0207020002 0301F403FF000002BC01"),
    "openeeg_p3": (41, [512, 515, 500, 1023, 0, 700], "526D000344747F37003C85"),
    "chords": (200, [512, 515, 500, 1023, 0, 700], "C77CC80200020301F403FF000002BC01"),
    "elemyo": (0, [512, 515, 500, 1023, 0, 700], "000203 02F401FF030000BC02D403FFFF"),
    "cyton": (
        5,
        [4474, -4474, 0, 0, 0, 0, 0, 1],
        "A005 00117A FFEE86 000000 000000 000000 000000 000000 000001 000000000000 C0",
    ),
    "backyard_brains": (0, [512, 700], "8400053C"),
    "bitalino": (3, [512, 700, 3, 1023], "F0FF00BC02883F"),
    "text_lines": (0, [512, 700, 3], b"512,700,3\r\n".hex()),
    "myostack": (0, [2048, 2100, 3], b"2048;2100;3;-;-;-;-;-;-\r\n".hex()),
}
BITALINO_GOLDEN = {
    "00883A": [512],
    "BC028839": [512, 700],
    "C000BC02883F": [512, 700, 3],
    "9FFFFF00BC028832": [512, 700, 3, 1023, 62, 31],
}


def test_every_driver_but_our_own_has_a_stream() -> None:
    assert set(STREAMS) == set(DRIVERS) - {"emgfeedback"} == set(GOLDEN)


@pytest.mark.parametrize("name", GOLDEN)
def test_the_streams_are_those_of_the_documents(name: str) -> None:
    number, samples, packet = GOLDEN[name]
    assert STREAMS[name].packet(number, samples) == bytes.fromhex(packet)


@pytest.mark.parametrize(("packet", "samples"), BITALINO_GOLDEN.items())
def test_bitalino_packs_any_number_of_channels(packet: str, samples: list[int]) -> None:
    assert foreign_streams.bitalino(3, samples) == bytes.fromhex(packet)
    driver = BitalinoDriver()
    driver.settings_requests(StreamSettings(n_channels=len(samples)))
    sent = stream(foreign_streams.bitalino, np.tile(np.array(samples, np.int32), (6, 1)), 3)
    (frame,) = driver.feed(sent).frames
    assert frame.seq == 3
    of_six_bits = [code * 1023 // 63 for code in samples[4:]]
    assert frame.counts.tolist() == [samples[:4] + of_six_bits] * 6


def expected(kind: Stream, first: int, n: int, begin: int = 0) -> list[tuple[int, tuple[int, ...]]]:
    """Return the samples `begin ... n - 1` with their numbers, as a driver gives them."""
    samples = codes(n, kind.n_channels, kind.bits)[begin:]
    if kind.bits == 24:
        samples = (samples >> 1) + kind.zero
    numbers = kind.numbers or 2**31
    start = first + begin if kind.numbers else 0
    return [((start + i) % numbers, tuple(row)) for i, row in enumerate(samples.tolist())]


def fed(driver: Driver, sent: bytes, sizes: list[int]) -> list[tuple[int, tuple[int, ...]]]:
    frames = []
    at = 0
    for size in sizes:
        frames += driver.feed(sent[at : at + size]).frames
        at += size
    frames += driver.feed(sent[at:]).frames
    return numbered(frames, driver.seq_modulus)


def partial_beginning(name: str) -> int:
    """How many samples a driver needs to see before the first: text may begin in a line."""
    return 1 if name in ("text_lines", "myostack", "elemyo", "openeeg_p3") else 0


@pytest.mark.parametrize("name", STREAMS)
@settings(max_examples=12, deadline=None)
@given(sizes=st.lists(st.integers(0, 90), max_size=40), first=st.integers(0, 255))
def test_any_chunking_gives_the_same_samples(name: str, sizes: list[int], first: int) -> None:
    kind = STREAMS[name]
    sent = stream(kind.packet, codes(120, kind.n_channels, kind.bits), first)
    waits = 1 if name in ("backyard_brains",) else 0
    got = fed(kind.make(), sent, sizes)
    begin = partial_beginning(name)
    assert got == expected(kind, first, 120, begin)[: len(got)]
    assert len(got) >= 120 - begin - waits


@pytest.mark.parametrize("name", [name for name in STREAMS if STREAMS[name].numbers])
@pytest.mark.parametrize("lost", [1, 5, 14])
def test_lost_packets_are_told_by_the_numbers(name: str, lost: int) -> None:
    kind = STREAMS[name]
    samples = codes(120, kind.n_channels, kind.bits)
    sent = stream(kind.packet, samples[:60], 7)
    sent += stream(kind.packet, samples[60 + lost :], 7 + 60 + lost)
    begin = partial_beginning(name)
    got = fed(kind.make(), sent, [])
    whole = expected(kind, 7, 120, begin)
    assert got == whole[: 60 - begin] + whole[60 + lost - begin :]


@pytest.mark.parametrize("name", ["openeeg_p2", "openeeg_p3", "chords", "cyton"])
def test_a_damaged_number_moves_nothing(name: str) -> None:
    kind = STREAMS[name]
    samples = codes(60, kind.n_channels, kind.bits)
    packets = [kind.packet(i, row) for i, row in enumerate(samples.tolist())]
    packets[30] = kind.packet(30 + 17, samples[30].tolist())
    begin = partial_beginning(name)
    driver = kind.make()
    got = fed(driver, b"".join(packets), [])
    whole = expected(kind, 0, 60, begin)
    assert got == whole[: 30 - begin] + whole[31 - begin :]
    assert driver.counters.rejected == 1


@pytest.mark.parametrize("name", STREAMS)
def test_after_bytes_are_lost_at_most_two_samples_go_with_them(name: str) -> None:
    kind = STREAMS[name]
    samples = codes(100, kind.n_channels, kind.bits)
    packets = [kind.packet(i, row) for i, row in enumerate(samples.tolist())]
    whole = expected(kind, 0, 100, partial_beginning(name))
    for cut in range(1, len(packets[50])):
        damaged = [*packets[:50], packets[50][cut:], *packets[51:]]
        driver = kind.make()
        sent = b"".join(damaged)
        got = [row for _, row in fed(driver, sent, [1 if cut % 2 else len(sent)] * len(sent))]
        rows = [row for _, row in whole]
        kept = set(rows[:48]) | set(rows[53:97])
        assert kept <= set(got), cut
        assert len(set(got) - set(rows)) <= 1
        if driver.seq_modulus == 2**31 and len(got) < len(rows):
            numbers = [number for number, _ in fed(kind.make(), b"".join(damaged), [])]
            assert numbers[-1] >= len(numbers) - 1
