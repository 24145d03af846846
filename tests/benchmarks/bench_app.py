"""The whole application live: processor time of its process, and whether it falls behind.

The board is in another process. Lag is the time from a packet's writing to its paint; its
median in the last quarter of the run beside that in the first tells whether it grows.
"""

from __future__ import annotations

import statistics

from tests.benchmarks.live_run import run_app
from tests.benchmarks.table import Row

SECONDS = 20.0
SHAPES = ((4, 1000, 25.0), (6, 2000, None))
GROWN_MS = 2.0
"""Medians over five seconds differ by this much from one to the next without any trend."""


def rows() -> list[Row]:
    return [row for shape in SHAPES for row in rows_of(*shape)]


def rows_of(n_channels: int, fs_hz: int, goal_pct: float | None) -> list[Row]:
    run = run_app(n_channels, fs_hz, SECONDS)
    delays_ms = [1e3 * delay_s for delay_s in run.delays_s()]
    quarter = len(delays_ms) // 4
    first_ms = statistics.median(delays_ms[:quarter])
    last_ms = statistics.median(delays_ms[-quarter:])
    seconds = run.painted[-1][0] - run.painted[0][0]
    return [
        Row(
            f"whole app live, {n_channels} ch x {fs_hz} Hz",
            f"{run.cpu_pct:.0f} % of a core",
            f"{len(run.painted) / seconds:.0f} paints/s",
            "",
            f"<= {goal_pct:g} %" if goal_pct else "",
            run.cpu_pct <= goal_pct if goal_pct else None,
        ),
        Row(
            "  lag at the end of the run",
            f"{last_ms:.1f} ms",
            f"{first_ms:.1f} ms at its beginning",
            "",
            "does not grow",
            last_ms <= first_ms + GROWN_MS,
        ),
        Row(
            "  samples lost",
            str(run.lost),
            f"of {run.received}",
            "",
            "0",
            run.lost == 0,
        ),
    ]
