"""What `main.py analyze DIR --csv OUT` does: every recording of a folder in one table.

Files are measured in processes of their own; all rows of a file are written at once, so a
run that was stopped or killed goes on where it was. A file that cannot be measured has one
row, which says why.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emgfeedback import __version__
from emgfeedback.core.errors import EmgFeedbackError, UsageError
from emgfeedback.headless_table import Row, Seen, Table, Wish, writing
from emgfeedback.headless_workers import Processes, Workers

log = logging.getLogger(__name__)

SUFFIXES = (".bdf", ".edf", ".csv")
POLL_S = 0.2
PIECE_BYTES = 1 << 20
CRASHED = "The process that measured it ended; it may be too large for the memory."

Measure = Callable[[Path, Any], list[Row]]
"""Makes the rows of a file for a wish, without the columns that say which file it is."""


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
        return [who | {wish.count: "0", "problem": words}]
    except Exception as error:  # one file must not stop the others
        log.exception("%s", path)
        where = traceback.extract_tb(error.__traceback__)[-1]
        words = f"A bug: {type(error).__name__} at {Path(where.filename).name}:{where.lineno}."
        return [who | {wish.count: "0", "problem": words}]
    return [who | row for row in rows]


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()


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
    workers: Workers
    stop: threading.Event
    tell: Callable[[str, float], None]
    measured: int = 0
    unchanged: int = 0
    problems: int = 0
    files: list[str] = field(default_factory=list)
    _begun_s: float = field(default_factory=time.monotonic)

    def all(self) -> None:
        """Measure every file; one at whose turn processes died is tried once more, alone."""
        self.files = recordings_in(self.folder, self.table.path)
        suspects = self._side_by_side(self.files, self.workers.at_once)
        for name in suspects:
            if self.stop.is_set():
                return
            for words in self._side_by_side([name], 1).values():
                seen = {self.wish.count: "0", "problem": words} | self.wish.cells
                self._take(name, [seen | {"app_version": __version__}])

    def _side_by_side(self, names: Sequence[str], at_once: int) -> dict[str, str]:
        """Measure files; return those without an answer because processes died, and why."""
        waiting, left = list(reversed(names)), dict[str, str]()
        while waiting and not self.stop.is_set():
            with self.workers.opened(at_once) as executor:
                running: dict[Future[list[Row] | None], str] = {}
                try:
                    while (waiting or running) and not self.stop.is_set():
                        while waiting and len(running) < at_once:
                            future = self._submit(executor, waiting[-1])
                            running[future] = waiting.pop()
                        done, _ = wait(running, POLL_S, FIRST_COMPLETED)
                        for future in done:
                            left |= self._answered(future, running[future])
                            del running[future]
                except BrokenProcessPool:
                    left |= dict.fromkeys(sorted(running.values()), CRASHED)
        return left

    def _submit(self, executor: Executor, name: str) -> Future[list[Row] | None]:
        known = self.table.seen(name)
        path = (self.folder / name).resolve()
        return executor.submit(_work, path, self.wish, known, self.measure)

    def _answered(self, future: Future[list[Row] | None], name: str) -> dict[str, str]:
        """Take the answer on a file; return the file and why, where its worker died."""
        try:
            rows = future.result()
        except BrokenProcessPool:
            raise
        except CancelledError as error:
            raise EmgFeedbackError(
                "The cluster was lost.", "The same command goes on from here."
            ) from error
        except Exception as error:  # noqa: BLE001 - `_work` raises nothing: its worker failed
            log.warning("%s: %s", name, error)
            return {name: f"{CRASHED} {type(error).__name__}."}
        self._take(name, rows)
        return {}

    def _take(self, name: str, rows: list[Row] | None) -> None:
        if rows is None:
            self.unchanged += 1
            self.problems += bool(self.table.rows_of(name)[0]["problem"])
        else:
            self.table.add(name, rows)
            self.measured += 1
            self.problems += bool(rows[0].get("problem"))
        share = (self.measured + self.unchanged) / len(self.files)
        self.tell(self.progress(), share)

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
    tell: Callable[[str, float], None],
    measure: Measure,
    workers: Workers | None = None,
) -> dict[str, Any]:
    """Measure every recording of `folder` into the table `out`; return what came of it.

    Parameters
    ----------
    stop
        Set it, and the run ends soon; the table then holds whole files only.
    tell
        Takes the progress in one line, and the share that is done, 0 to 1.
    measure
        What makes the rows of a file; it must be importable by its name.
    workers
        Where they are made; None: processes of this machine.

    Raises
    ------
    UsageError
        `out` is something else, or no recording is there.
    RecordingError
        `out` cannot be written.
    EmgFeedbackError
        The cluster was lost.
    """
    if out.suffix.lower() != ".csv":
        raise UsageError(f"{out} does not end in .csv.", "The table is a CSV file.")
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder.", "Leave --csv out for a single recording.")
    if not recordings_in(folder, out):
        raise UsageError(f"{folder} holds no BDF, EDF or CSV file.", "Choose another folder.")
    table = Table(out, wish)
    run = Run(folder, table, wish, measure, workers or Processes(), stop, tell)
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
