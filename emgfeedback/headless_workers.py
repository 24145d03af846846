"""Where the files of a folder are measured: processes of this machine, or a Dask cluster.

Both are a `concurrent.futures.Executor`; what is done with it is the same.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path
from typing import Any, Protocol

from emgfeedback import __version__
from emgfeedback.core.errors import EmgFeedbackError, UsageError

MOST_PROCESSES = 61
"""More than these Windows cannot wait for."""
AT_ONCE = 2
"""Files given to a thread of a cluster at once: one at work, one on its way."""
PATIENCE_S = 15


class Workers(Protocol):
    """What measures files side by side."""

    at_once: int

    def opened(self, at_once: int) -> contextlib.AbstractContextManager[Executor]:
        """Open an executor for so many files at once; at its end nothing is waited for."""


class Processes:
    """Processes of this machine, `at_once` of them; None: as many as it has processors."""

    def __init__(self, at_once: int | None = None) -> None:
        self.at_once = min(at_once or os.cpu_count() or 1, MOST_PROCESSES)

    @contextlib.contextmanager
    def opened(self, at_once: int) -> Iterator[Executor]:
        """Open a pool; at its end the processes still at work are ended, not waited for."""
        others = set(multiprocessing.active_children())
        pool = ProcessPoolExecutor(
            at_once, multiprocessing.get_context("spawn"), initializer=_begin_worker
        )
        try:
            yield pool
        finally:
            for child in set(multiprocessing.active_children()) - others:
                child.terminate()
            pool.shutdown(wait=True, cancel_futures=True)


def _begin_worker() -> None:
    """Leave Ctrl-C to the parent, never outlive it, and calculate in one thread.

    numpy is not loaded yet: its threads would wait for each other where every processor has a
    file of its own.
    """
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: Any) -> None:
    parent.join()
    os._exit(1)


class Cluster:
    """The workers of a Dask cluster that see the same files under the same paths.

    Parameters
    ----------
    client
        A `distributed.Client`.
    """

    def __init__(self, client: Any, folder: Path) -> None:
        self._client = client
        threads = client.nthreads()
        self.at_once = AT_ONCE * sum(threads.values())
        if not threads:
            raise UsageError("The cluster has no worker.", "Start one, then this command again.")
        folder = folder.resolve()
        for worker, (version, sees) in client.run(_seen_from_here, folder).items():
            if version != __version__:
                raise UsageError(
                    f"{worker} has version {version} of this program, not {__version__}.",
                    "Install the same one on all workers.",
                )
            if not sees:
                raise UsageError(
                    f"{worker} does not see {folder}.", "Share the folder under the same path."
                )

    @contextlib.contextmanager
    def opened(self, at_once: int) -> Iterator[Executor]:
        """Open an executor; at its end files still at work are let go."""
        # The content of a file may change under its name: no result is taken from another run.
        executor: Executor = self._client.get_executor(pure=False)
        try:
            yield executor
        finally:
            executor.shutdown(wait=False)


def _seen_from_here(folder: Path) -> tuple[str, bool]:
    return __version__, folder.is_dir()


@contextlib.contextmanager
def cluster_at(address: str, folder: Path, patience_s: float = PATIENCE_S) -> Iterator[Cluster]:
    """Connect to the scheduler at `address`, as tcp://host:8786, for the files of `folder`.

    Raises
    ------
    UsageError
        The extra is not installed, or the workers cannot measure these files.
    EmgFeedbackError
        The cluster does not answer.
    """
    try:
        from distributed import Client  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(
            "A cluster needs the package distributed.",
            "Install it: pip install -r requirements-dask.txt.",
        ) from None
    connect: Any = Client
    try:
        client = connect(address, timeout=patience_s, set_as_default=False)
    except (OSError, ValueError) as error:
        raise EmgFeedbackError(
            f"No Dask cluster answers at {address}.",
            "Give the address its scheduler shows, as tcp://host:8786.",
        ) from error
    with client:
        try:
            cluster = Cluster(client, folder)
        except ImportError as error:
            raise UsageError(
                f"A worker cannot import {error.name or 'this program'}.",
                "Install this program with what it requires on all workers.",
            ) from error
        yield cluster
