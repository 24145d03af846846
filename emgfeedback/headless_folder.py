"""What `main.py analyze DIR --csv OUT` does: every recording of a folder in one table.

Files are measured in processes of their own; all rows of a file are written at once, so a
run that was stopped or killed goes on where it was. A file that cannot be measured has one
row, which says why.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emgfeedback import __version__
from emgfeedback.core.errors import EmgFeedbackError, UsageError
from emgfeedback.headless_table import BESIDE, LEVELS, WHOLE, Row, Seen, Table, Wish, cell, writing

log = logging.getLogger(__name__)

SUFFIXES = (".bdf", ".edf", ".csv")
POLL_S = 0.2
MOST_PROCESSES = 61
"""More than these Windows cannot wait for."""
PIECE_BYTES = 1 << 20
CRASHED = "The process that measured it ended; it may be too large for the memory."

Measure = Callable[[Path, Wish], list[Row]]


def measure_file(path: Path, wish: Wish) -> list[Row]:
    """Return the rows of one recording, without the columns that say which file it is.

    Raises
    ------
    EmgFeedbackError
        It cannot be read or measured.
    """
    from emgfeedback.measures.analysis import analyze  # noqa: PLC0415 - only where files are read
    from emgfeedback.records.reader import open_recording  # noqa: PLC0415 - the same

    choice: Any = wish.filter
    with open_recording(path) as recording:
        # The table has no rows for tasks, and measuring them takes longer than all the rest.
        recording.annotations = ()
        told = analyze(recording, from_s=wish.from_s, to_s=wish.to_s, filter_choice=choice)
    whole = {name: cell(told[name]) for name in WHOLE}
    notes = {"notes": "; ".join(told["notes"])}
    index = {}
    for pair in told["pairs"]:
        index[pair["left"]] = index[pair["right"]] = cell(pair["asymmetry_pct"])
    rows = []
    for i, channel in enumerate(told["channels"], 1):
        place = {"channels": str(len(told["channels"])), "channel": str(i)}
        place |= {name: channel[name] for name in ("label", "muscle", "side")}
        beside = {
            f"{part}_{name}": cell(channel[part][name])
            for part in ("rest_filter", "as_recorded")
            for name in ("rms_uv", "arv_uv", "mean_uv")
            if f"{part}_{name}" in BESIDE
        }
        levels = {name: cell(channel[name]) for name in LEVELS}
        of_pair = {"asymmetry_pct": index.get(channel["label"], "")}
        rows.append(place | whole | levels | beside | of_pair | notes)
    return rows


def _work(path: Path, wish: Wish, known: Seen | None, measure: Measure) -> list[Row] | None:
    """Return the rows of a file; None where it is still the one that is `known`.

    Runs in a process of its own. It never raises for what is wrong with a file.
    """
    who: Row = wish.cells | {"app_version": __version__}
    try:
        if path.is_file():
            size = str(path.stat().st_size)
            if known is not None and size != known.size_bytes:
                known = None
            who |= {"size_bytes": size, "sha256": _sha256(path)}
            if known is not None and who["sha256"] == known.sha256:
                return None
        rows = measure(path, wish)
    except (EmgFeedbackError, OSError, MemoryError) as error:
        words = " ".join(str(error).split()) or type(error).__name__
        return [who | {"channels": "0", "problem": words}]
    except Exception as error:  # one file must not stop the others
        log.exception("%s", path)
        where = traceback.extract_tb(error.__traceback__)[-1]
        words = f"A bug: {type(error).__name__} at {Path(where.filename).name}:{where.lineno}."
        return [who | {"channels": "0", "problem": words}]
    return [who | row for row in rows]


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def _begin_worker() -> None:
    """Leave Ctrl-C to the parent, and never outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: Any) -> None:
    parent.join()
    os._exit(1)


@dataclass(slots=True)
class Run:
    """A folder while it is measured.

    Attributes
    ----------
    measured, unchanged, problems
        Files with new rows; those whose rows stood already; of both, those that could not be
        measured.
    """

    folder: Path
    table: Table
    wish: Wish
    measure: Measure
    processes: int
    stop: threading.Event
    tell: Callable[[str], None]
    measured: int = 0
    unchanged: int = 0
    problems: int = 0
    files: list[str] = field(default_factory=list)
    _begun_s: float = field(default_factory=time.monotonic)

    def all(self) -> None:
        """Measure every file; one at whose turn processes died is tried once more, alone."""
        self.files = recordings_in(self.folder, self.table.path)
        suspects = self._pooled(self.files, self.processes)
        for name in suspects:
            if self.stop.is_set():
                return
            if self._pooled([name], 1):
                seen = {"channels": "0", "problem": CRASHED} | self.wish.cells
                self._take(name, [seen | {"app_version": __version__}])

    def _pooled(self, names: Sequence[str], processes: int) -> list[str]:
        """Measure files side by side; return those that a dying process left without an answer."""
        waiting, left = list(reversed(names)), []
        while waiting and not self.stop.is_set():
            with _pool(processes) as pool:
                running: dict[Future[list[Row] | None], str] = {}
                try:
                    while (waiting or running) and not self.stop.is_set():
                        while waiting and len(running) < processes:
                            future = self._submit(pool, waiting[-1])
                            running[future] = waiting.pop()
                        done, _ = wait(running, POLL_S, FIRST_COMPLETED)
                        for future in done:
                            name = running[future]
                            self._take(name, future.result())
                            del running[future]
                except BrokenProcessPool:
                    left += sorted(running.values())
        return left

    def _submit(self, pool: ProcessPoolExecutor, name: str) -> Future[list[Row] | None]:
        known = self.table.seen(name)
        return pool.submit(_work, self.folder / name, self.wish, known, self.measure)

    def _take(self, name: str, rows: list[Row] | None) -> None:
        if rows is None:
            self.unchanged += 1
            self.problems += bool(self.table.rows_of(name)[0]["problem"])
        else:
            self.table.add(name, rows)
            self.measured += 1
            self.problems += bool(rows[0].get("problem"))
        self.tell(self.progress())

    def progress(self) -> str:
        """Return how far it is, in one line."""
        done = self.measured + self.unchanged
        parts = [f"{done} of {len(self.files)} files"]
        if self.unchanged:
            parts.append(f"{self.unchanged} unchanged")
        if self.problems:
            parts.append(f"{self.problems} with a problem")
        left = len(self.files) - done
        if self.measured and left and not self.stop.is_set():
            each_s = (time.monotonic() - self._begun_s) / self.measured
            parts.append(f"about {_long(each_s * left)} left")
        return ", ".join(parts)

    def words(self) -> str:
        """Return what came of it, in one line."""
        text = f"{self.progress()}: {self.table.path}"
        if self.problems:
            text += " (its last column says what the problem is)"
        if self.stop.is_set():
            text += ". Stopped; the same command goes on from here"
        return f"{text}."


def _long(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


@contextlib.contextmanager
def _pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Open a pool; at its end the processes still at work are ended, not waited for."""
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        processes, multiprocessing.get_context("spawn"), initializer=_begin_worker
    )
    try:
        yield pool
    finally:
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()
        pool.shutdown(wait=True, cancel_futures=True)


def recordings_in(folder: Path, but: Path) -> list[str]:
    """Return the recordings in a folder and below, sorted, as paths in it with `/`.

    Folders that cannot be listed stand among them, so that somebody is told.
    """
    found = []
    forbidden: list[OSError] = []
    for root, _, names in os.walk(folder, onerror=forbidden.append):
        found += [Path(root, name) for name in names if Path(name).suffix.lower() in SUFFIXES]
    found += [Path(error.filename) for error in forbidden]
    skipped = but.resolve()
    return sorted(
        path.relative_to(folder).as_posix() for path in found if path.resolve() != skipped
    )


def analyze_folder(
    folder: Path,
    out: Path,
    wish: Wish,
    *,
    stop: threading.Event,
    tell: Callable[[str], None],
    measure: Measure = measure_file,
    processes: int | None = None,
) -> dict[str, Any]:
    """Measure every recording of `folder` into the table `out`; return what came of it.

    Parameters
    ----------
    stop
        Set it, and the run ends soon; the table then holds whole files only.
    tell
        Takes the progress in one line.
    measure
        What makes the rows of a file; it must be importable by its name.

    Raises
    ------
    UsageError
        `out` is something else, or no recording is there.
    RecordingError
        `out` cannot be written.
    """
    if out.suffix.lower() != ".csv":
        raise UsageError(f"{out} does not end in .csv.", "The table is a CSV file.")
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder.", "Leave --csv out for a single recording.")
    if not recordings_in(folder, out):
        raise UsageError(f"{folder} holds no BDF, EDF or CSV file.", "Choose another folder.")
    table = Table(out, wish)
    at_once = processes or os.cpu_count() or 1
    run = Run(folder, table, wish, measure, min(at_once, MOST_PROCESSES), stop, tell)
    run.all()
    with writing(out):
        table.sort()
    return {
        "folder": str(folder),
        "table": str(out),
        "files": len(run.files),
        "measured": run.measured,
        "unchanged": run.unchanged,
        "problems": run.problems,
        "stopped": stop.is_set(),
        "words": run.words(),
    }
