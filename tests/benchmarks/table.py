"""One form for every benchmark: measure in turns, compare, print rows of one table."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

Job = Callable[[], object]
HEADS = ("what", "ours", "baseline", "ratio", "goal", "met")


@dataclass(frozen=True)
class Row:
    """One line of the table. `met` is None where there is no goal."""

    what: str
    ours: str
    baseline: str = ""
    ratio: str = ""
    goal: str = ""
    met: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        met = {None: "", True: "yes", False: "NO"}[self.met]
        return (self.what, self.ours, self.baseline, self.ratio, self.goal, met)


def medians_s(
    jobs: dict[str, Job], rounds: int = 9, clock: Callable[[], float] = time.process_time
) -> dict[str, float]:
    """Return the median time of each job, run in turns after one unmeasured turn.

    Processor time by default: other programs on the machine then disturb little.
    """
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for job in jobs.values():
        job()
    gc.collect()
    for _ in range(rounds):
        for name, job in jobs.items():
            begin = clock()
            job()
            taken[name].append(clock() - begin)
    return {name: statistics.median(times) for name, times in taken.items()}


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value that `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def memory_mib() -> float:
    """Return the resident memory of this process, MiB; its peak where only that is told."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def print_rows(rows: list[Row], *, markdown: bool = False) -> None:
    """Print the table, aligned for a terminal or as Markdown."""
    lines = [HEADS, *(row.cells for row in rows)]
    if markdown:
        lines.insert(1, tuple("---" for _ in HEADS))
        for cells in lines:
            print("| " + " | ".join(cells) + " |")
        return
    widths = [max(len(cells[i]) for cells in lines) for i in range(len(HEADS))]
    for cells in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)))
