"""From a packet's bytes written to a pseudo-terminal to the end of the paint that shows it.

The board is in another process; in between lie the reader's thread, the pipeline's and the
screen's. The X server's or compositor's own time is not in it.
"""

from __future__ import annotations

import statistics

from tests.benchmarks.live_run import Run, run_app
from tests.benchmarks.table import Row, percentile

SHAPES = ((6, 2000), (4, 1000))
SECONDS = 8.0
ROUNDS = 3
GOAL_MEDIAN_MS, GOAL_P99_MS, GOAL_RECORDING = 6, 15, 1.5


def rows() -> list[Row]:
    return [row for n_channels, fs_hz in SHAPES for row in rows_of(n_channels, fs_hz)]


def rows_of(n_channels: int, fs_hz: int) -> list[Row]:
    """Return the rows of one shape; runs with and without recording take turns."""
    watching: list[Run] = []
    recording: list[Run] = []
    for _ in range(ROUNDS):
        watching.append(run_app(n_channels, fs_hz, SECONDS))
        recording.append(run_app(n_channels, fs_hz, SECONDS, recording=True))
    median_ms, p99_ms = figures_ms(watching)
    rec_median_ms, rec_p99_ms = figures_ms(recording)
    what = f"pty write to end of paint, {n_channels} ch x {fs_hz} Hz"
    return [
        Row(
            f"{what}, median",
            f"{median_ms:.1f} ms",
            "",
            "",
            f"<= {GOAL_MEDIAN_MS} ms",
            median_ms <= GOAL_MEDIAN_MS,
        ),
        Row("  p99", f"{p99_ms:.1f} ms", "", "", f"<= {GOAL_P99_MS} ms", p99_ms <= GOAL_P99_MS),
        Row(
            "  while recording, median",
            f"{rec_median_ms:.1f} ms",
            f"{median_ms:.1f} ms, not recording",
            f"{rec_median_ms / median_ms:.2f}",
            f"<= {GOAL_RECORDING}",
            rec_median_ms <= GOAL_RECORDING * median_ms,
        ),
        Row(
            "  while recording, p99",
            f"{rec_p99_ms:.1f} ms",
            f"{p99_ms:.1f} ms, not recording",
            f"{rec_p99_ms / p99_ms:.2f}",
            f"<= {GOAL_RECORDING}",
            rec_p99_ms <= GOAL_RECORDING * p99_ms,
        ),
    ]


def figures_ms(runs: list[Run]) -> tuple[float, float]:
    """Return median and p99, each the median over the runs."""
    medians = [1e3 * statistics.median(run.delays_s()) for run in runs]
    tails = [1e3 * percentile(run.delays_s(), 0.99) for run in runs]
    return statistics.median(medians), statistics.median(tails)
