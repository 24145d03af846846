"""Registers of every sort: a file, an encrypted file, a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from emgfeedback.people.database import Database
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import Patient
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
        pytest.importorskip("sqlcipher3", reason="needs requirements-secure.txt")
        key = KEY
    with Database.open(tmp_path / "data", url=url, key=key) as opened:
        yield opened


@pytest.fixture
def register(database: Database) -> Register:
    return Register(database, who="Dr A", role=Role.CLINICIAN)


@pytest.fixture
def patient(register: Register) -> Patient:
    return register.put(Patient(pseudonym="P-0417", name="Zoë Müller-Łoś", note="Cannot sit long"))
