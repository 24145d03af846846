"""A folder measured by a Dask cluster gives the table processes give."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emgfeedback.core.errors import EmgFeedbackError, UsageError
from emgfeedback.headless_folder import Measure, analyze_folder
from emgfeedback.headless_measure import Assessed, assessed_rows
from emgfeedback.headless_table import Row
from emgfeedback.headless_workers import Cluster, Processes, Workers, cluster_at
from tests.assessable import write_assessable

EXTRA = "the extra of requirements-dask.txt is not installed"
dask = pytest.importorskip("dask", reason=EXTRA)
distributed = pytest.importorskip("distributed", reason=EXTRA)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Run a scheduler and a worker process that give up on a task at the first death."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as local,
    ):
        yield local


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "in"
    root.mkdir()
    write_assessable(root / "a.bdf")
    (root / "b.edf").write_bytes(b"x")
    (root / "c.csv").write_text("time_s,SCM L (uV)\n0.000,1\n0.001,2\n", encoding="utf-8")
    return root


def run(
    folder: Path, table: Path, workers: Workers, measure: Measure = assessed_rows
) -> dict[str, Any]:
    return analyze_folder(
        folder,
        table,
        Assessed(),
        stop=threading.Event(),
        tell=lambda line, share: None,
        measure=measure,
        workers=workers,
    )


def test_the_table_is_the_one_of_processes_and_goes_on_where_it_stopped(
    cluster: Any, folder: Path, tmp_path: Path
) -> None:
    here, there = tmp_path / "here.csv", tmp_path / "there.csv"
    run(folder, here, Processes(1))
    with cluster_at(cluster.scheduler_address, folder) as workers:
        told = run(folder, there, workers)
        assert (told["measured"], told["problems"]) == (3, 2)
        assert run(folder, there, workers)["unchanged"] == 3
    assert there.read_bytes() == here.read_bytes()


def die_on_a(path: Path, wish: Assessed) -> list[Row]:
    """Measure, but end the worker at one file."""
    if path.name == "a.bdf":
        os._exit(9)
    return assessed_rows(path, wish)


def test_a_file_its_worker_dies_of_stops_no_other(
    cluster: Any, folder: Path, tmp_path: Path, expected_log: list[str]
) -> None:
    table = tmp_path / "all.csv"
    expected_log.append("but all those workers died while running it")
    with cluster_at(cluster.scheduler_address, folder) as workers:
        told = run(folder, table, workers, die_on_a)
        assert (told["measured"], told["problems"]) == (3, 3)
        row = table.read_text(encoding="utf-8").splitlines()[1]
        assert row.startswith("a.bdf")
        assert "The process that measured it ended" in row
        again = run(folder, table, workers)
    assert (again["measured"], again["unchanged"]) == (1, 2), "it was not judged"


def test_what_a_cluster_must_have(cluster: Any, folder: Path) -> None:
    with (
        pytest.raises(UsageError, match="does not see"),
        cluster_at(cluster.scheduler_address, folder / "elsewhere"),
    ):
        pass
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(EmgFeedbackError, match="No Dask cluster"), cluster_at(address, folder, 0.3):
        pass

    class Empty:
        def nthreads(self) -> dict[str, int]:
            return {}

    with pytest.raises(UsageError, match="no worker"):
        Cluster(Empty(), folder)
