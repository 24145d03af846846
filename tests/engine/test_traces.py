"""The trace buffer hands out every chunk once and forgets old ones."""

from __future__ import annotations

import numpy as np

from emgfeedback.engine.traces import TraceBuffer, TraceChunk


def chunk(first: int, n: int) -> TraceChunk:
    ramp = np.arange(first, first + n, dtype=float)[:, None]
    return TraceChunk(first, ramp, ramp, np.ones(n, bool), np.zeros(1, bool))


def test_a_reader_sees_every_sample_once() -> None:
    buffer = TraceBuffer(1000.0)
    seen: list[float] = []
    cursor = 0
    first = 0
    for n in (3, 50, 1, 20, 400):
        buffer.append(chunk(first, n))
        first += n
        for new in buffer.since(cursor):
            seen.extend(new.filtered_uv[:, 0])
            cursor = new.end_sample
    assert seen == list(range(first))
    assert buffer.since(cursor) == []


def test_old_chunks_are_forgotten_and_gaps_stay_gaps() -> None:
    buffer = TraceBuffer(1000.0, keep_s=1.0)
    buffer.append(chunk(0, 100))
    buffer.append(chunk(500, 100))
    assert [c.first_sample for c in buffer.since(0)] == [0, 500]
    buffer.append(chunk(1100, 100))
    assert [c.first_sample for c in buffer.since(0)] == [500, 1100]


def test_whoever_asked_is_told_of_each_chunk_once_it_can_be_read() -> None:
    buffer = TraceBuffer(1000.0)
    seen: list[int] = []
    buffer.append(chunk(0, 10))
    buffer.on_new = lambda: seen.append(len(buffer.since(0)))
    buffer.append(chunk(10, 10))
    buffer.append(chunk(20, 10))
    assert seen == [2, 3]
