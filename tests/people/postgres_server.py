"""A private PostgreSQL server from the system's package, gone when the tests are."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ACCOUNTS = ("postgres", "nobody")


def programs() -> Path:
    """Return the folder of the server's programs, or skip the test with the reason."""
    if os.name != "posix":
        pytest.skip("the private server needs a POSIX system")
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed (requirements-postgres.txt)")
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[4])
    )
    if not found:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    return found[-1].parent


def account() -> str | None:
    """Return the account to run the server as: it refuses to be run by root."""
    if os.getuid() != 0:
        return None
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    found = next((name for name in ACCOUNTS if name in names), None)
    if found is None:
        pytest.skip("PostgreSQL refuses root, and there is no account to run it as")
    return found


class PostgresServer:
    """A running server that makes databases."""

    def __init__(self, bin_dir: Path, folder: Path, user: str | None) -> None:
        self._bin = bin_dir
        self._folder = folder
        self._user = user

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs, and wait for it."""
        log = self._folder / "log"
        with (self._folder / "out").open("a") as out:
            done = subprocess.run(
                [self._bin / program, *arguments],
                cwd=self._folder,
                user=self._user,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                check=False,
            )
        said = (self._folder / "out").read_text() + (log.read_text() if log.exists() else "")
        assert done.returncode == 0, said

    def empty_database(self) -> str:
        """Empty the one database of the tests and return its URL."""
        import psycopg

        address = f"host={self._folder} user=clinic dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        return f"postgresql://clinic@/postgres?host={self._folder}"


@contextlib.contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Start a server on a socket in a folder of its own, and take both away at the end."""
    bin_dir, user = programs(), account()
    folder = Path(tempfile.mkdtemp(prefix="emgfeedback-pg-"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        server = PostgresServer(bin_dir, folder, user)
        data = folder / "data"
        server.run("initdb", "-D", str(data), "-U", "clinic", "-A", "trust", "--no-sync",
                   "--locale=C.UTF-8", "-E", "UTF8")  # fmt: skip
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        server.run("pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-w", "-o", options,
                   "start")  # fmt: skip
        try:
            yield server
        finally:
            server.run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
