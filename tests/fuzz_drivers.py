"""Throw noise at every driver: `python -m tests.fuzz_drivers`, ten million bytes each.

Noise is random bytes, cut packets, packets with flipped bits and repeated marks. After each
burst a dozen true packets must come out, all but the first two. What a driver holds unread
may not grow. `--bytes`, `--seed` and names of drivers choose less.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator

import numpy as np

from emgfeedback.devices.driver import Driver
from emgfeedback.devices.registry import DRIVERS
from tests.devices.foreign_streams import STREAMS, Stream, codes, numbered, stream

MOST_HELD_BYTES = 100_000
TRUE_PACKETS = 12
MAY_GO = 2
CHUNK_BYTES = 4096


def noise(rng: np.random.Generator, kind: Stream) -> bytes:
    """Return a burst of a few hundred to a few thousand bytes."""
    good = stream(kind.packet, codes(40, kind.n_channels, kind.bits), int(rng.integers(256)))
    how = rng.integers(4)
    if how == 0:
        return rng.bytes(int(rng.integers(1, 6000)))
    if how == 1:
        cuts = np.sort(rng.integers(0, len(good), 8))
        return b"".join(good[a:b] for a, b in zip(cuts[::2], cuts[1::2], strict=True))
    if how == 2:
        damaged = bytearray(good)
        for at in rng.integers(0, len(good), 12):
            damaged[at] ^= 1 << int(rng.integers(8))
        return bytes(damaged)
    return kind.packet(0, codes(1, kind.n_channels, kind.bits)[0].tolist())[:3] * 100


def held_bytes(driver: Driver) -> int:
    """Return how many bytes the driver keeps, in whatever attribute."""
    kept = 0
    for value in vars(driver).values():
        if isinstance(value, bytes):
            kept += len(value)
        elif isinstance(value, list):
            kept += sum(len(item) for item in value if isinstance(item, (bytes, str)))
    return kept


def chunks(rng: np.random.Generator, data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        size = int(rng.integers(1, CHUNK_BYTES))
        yield data[at : at + size]
        at += size


def fuzz_known(name: str, n_bytes: int, seed: int) -> tuple[int, int]:
    """Fuzz a driver that knows its board; return how often it was led astray and back, samples."""
    kind = STREAMS[name]
    rng = np.random.default_rng(seed)
    driver = kind.make()
    before = driver.counters.bytes_received
    first = codes(TRUE_PACKETS, kind.n_channels, kind.bits)
    expected = (first >> 1) + kind.zero if kind.bits == 24 else first
    wanted = [tuple(row) for row in expected.tolist()]
    fed = bursts = samples = 0
    while fed < n_bytes:
        burst = noise(rng, kind)
        true = stream(kind.packet, first, int(rng.integers(256)))
        got = []
        for chunk in chunks(rng, burst + true):
            got += numbered(driver.feed(chunk).frames, driver.seq_modulus)
        tail = [row for _, row in got][-(TRUE_PACKETS - MAY_GO) :]
        assert tail == wanted[MAY_GO:], f"{name} seed {seed} burst {bursts}: {burst[-40:].hex()}"
        assert held_bytes(driver) <= MOST_HELD_BYTES, name
        fed += len(burst) + len(true)
        bursts += 1
        samples += len(got)
    assert driver.counters.bytes_received == before + fed
    return bursts, samples


def fuzz_unknown(name: str, n_bytes: int, seed: int) -> None:
    """Feed random bytes to a driver that has met nobody; it must neither raise nor hoard."""
    rng = np.random.default_rng(seed)
    driver = DRIVERS[name]()
    for at in range(0, n_bytes, CHUNK_BYTES):
        driver.feed(rng.bytes(CHUNK_BYTES))
        if at % (64 * CHUNK_BYTES) == 0:
            assert driver.listened(3.0) is None, name
        assert held_bytes(driver) <= MOST_HELD_BYTES, name


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(STREAMS))
    parser.add_argument("--bytes", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for name in options.names:
        began_s = time.monotonic()
        bursts, samples = fuzz_known(name, options.bytes, options.seed)
        fuzz_unknown(name, options.bytes, options.seed)
        took_s = time.monotonic() - began_s
        print(f"{name:16} {bursts} bursts, {samples} samples, {took_s:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
