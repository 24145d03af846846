"""Registers of every sort: a file, an encrypted file, a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from emgfeedback.people.database import Database
from tests.people.postgres_server import PostgresServer, running_server

KEY = bytes(range(32))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with running_server() as server:
        yield server


@pytest.fixture(params=["file", "encrypted", "server"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty register of each sort."""
    url = key = None
    if request.param == "server":
        url = request.getfixturevalue("postgres").empty_database()
    elif request.param == "encrypted":
        pytest.importorskip("sqlcipher3")
        key = KEY
    with Database.open(tmp_path / "data", url=url, key=key) as opened:
        yield opened
