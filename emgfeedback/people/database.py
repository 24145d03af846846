"""Where the register lies: a SQLite file in the data folder, or a PostgreSQL server."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError

from emgfeedback.core.errors import RegisterError
from emgfeedback.people import sqlite_file
from emgfeedback.people.plain import dumps
from emgfeedback.people.schema import AUDIT
from emgfeedback.people.upgrade import MIGRATIONS, form_of, is_current, upgrade

log = logging.getLogger(__name__)
FILE_NAME = "register.sqlite"
_UPGRADE_LOCK = 0x454D4746


class Database:
    """An open register, of the form this version of the app uses.

    Any thread may use it; writers wait for each other. Use it as a context manager, or close it.

    Attributes
    ----------
    data_dir : Path
        The data folder.
    path : Path or None
        The SQLite file; None where the register is on a server.
    """

    def __init__(self, engine: sa.Engine, data_dir: Path, path: Path | None, key: bytes | None):
        self.data_dir = data_dir
        self.path = path
        self._key = key
        self._engine = engine
        reading = (
            {} if path else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        self._reading = engine.execution_options(**reading)
        self._writing = engine.execution_options(writing=True)

    @classmethod
    def open(
        cls,
        data_dir: Path,
        *,
        url: str | None = None,
        key: bytes | None = None,
        migrations: Path = MIGRATIONS,
    ) -> Database:
        """Open the register, making it where there is none and upgrading an older one.

        Parameters
        ----------
        data_dir
            The data folder; made if need be, readable by its owner alone (on Windows with the
            rights of the folder it is made in: the profile's, by default).
        url
            A PostgreSQL server's database, as `postgresql://user@host/name`; None: the SQLite
            file `register.sqlite` in the data folder.
        key
            32 bytes that encrypt the SQLite file; None: it is not encrypted.
        migrations
            The folder of steps between forms.

        Raises
        ------
        RegisterError
            It is damaged, not a register, of a newer form, encrypted with another key, or out of
            reach. It is left as it was then.
        """
        with _told():
            data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            if url is not None:
                return cls._open_server(data_dir, url, key, migrations)
            return cls._open_file(data_dir, key, migrations)

    @classmethod
    def _open_file(cls, data_dir: Path, key: bytes | None, migrations: Path) -> Database:
        path = data_dir / FILE_NAME
        filled = sqlite_file.look_over(path, key)
        if not path.exists():
            sqlite_file.create_private(path)
        engine = _file_engine(path, key)
        try:
            with engine.connect() as connection:
                current = filled and is_current(connection, path.name, migrations)
                form = form_of(connection) if filled else None
            if filled and not current:
                copy = _free_name(path, form)
                sqlite_file.copy(path, copy, key)
                log.info("register of form %s copied to %s before its upgrade", form, copy.name)
            sqlite_file.write_ahead(path, key)
            if not current:
                with engine.execution_options(writing=True).begin() as connection:
                    # Another window may have done it while this one waited for its turn.
                    if not is_current(connection, path.name, migrations):
                        upgrade(connection, migrations)
                        mark = f"PRAGMA application_id = {sqlite_file.APPLICATION_ID}"
                        connection.exec_driver_sql(mark)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, data_dir, path, key)

    @classmethod
    def _open_server(
        cls, data_dir: Path, url: str, key: bytes | None, migrations: Path
    ) -> Database:
        if key is not None:
            raise RegisterError(
                "A passphrase encrypts the register's file, and a server has none.",
                "Let the server encrypt its disk, or remove database_url.",
            )
        engine = _server_engine(url)
        try:
            with engine.begin() as connection:
                lock = sa.select(sa.func.pg_advisory_xact_lock(_UPGRADE_LOCK))
                connection.execute(lock)
                if not is_current(connection, "The server's database", migrations):
                    upgrade(connection, migrations)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, data_dir, None, None)

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one unchanging state of the register."""
        with _told(), self._reading.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give the one writer's connection: all that is written in it is kept, or nothing.

        Raises
        ------
        RegisterError
            Another writer kept it for too long, the disk is full, or the server is gone.
        """
        with _told(), self._writing.begin() as connection:
            if self.path is None:
                connection.exec_driver_sql(f"LOCK TABLE {AUDIT.name} IN SHARE ROW EXCLUSIVE MODE")
            yield connection

    def copy_to(self, target: Path) -> None:
        """Copy the SQLite file while it is in use, with the same key, and read the copy back."""
        if self.path is None:
            raise RegisterError(
                "The register is on a server.", "Back it up there, as with pg_dump."
            )
        with _told():
            sqlite_file.copy(self.path, target, self._key)

    def compact(self) -> None:
        """Rewrite the file so that nothing of what was deleted is left in it or beside it."""
        with _told():
            if self.path is not None:
                sqlite_file.compact(self.path, self._key)
                return
            with self._engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.exec_driver_sql("VACUUM")

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _file_engine(path: Path, key: bytes | None) -> sa.Engine:
    engine = sa.create_engine(
        "sqlite://",
        module=sqlite_file.driver(key),
        creator=lambda: sqlite_file.connect(path, key),
        poolclass=sa.pool.QueuePool,
        json_serializer=dumps,
    )

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # A writer takes its turn at once: one that read first could be refused for good.
        immediate = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _server_engine(url: str) -> sa.Engine:
    try:
        parts = sa.make_url(url)
    except ArgumentError:
        parts = None
    if parts is None or parts.get_backend_name() != "postgresql":
        raise RegisterError(
            "database_url is not the address of a PostgreSQL database.",
            "Write it as postgresql://user@host/name.",
        )
    try:
        engine = sa.create_engine(
            parts.set(drivername="postgresql+psycopg"),
            json_serializer=dumps,
            pool_pre_ping=True,
            connect_args={"options": "-c timezone=UTC", "connect_timeout": 10},
        )
    except ImportError as error:
        raise RegisterError(
            "The register is on a server and the part that speaks to it is not installed.",
            "Install it: pip install emgfeedback[postgres].",
        ) from error
    return engine


def _free_name(path: Path, form: str | None) -> Path:
    stem = f"{path.stem}-of-form-{form}"
    names = (stem if n == 1 else f"{stem}-{n}" for n in range(1, 10_000))
    return next(file for name in names if not (file := path.with_name(name + path.suffix)).exists())


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Tell what a database refuses in the app's own words."""
    try:
        yield
    except DBAPIError as error:
        first = str(error.orig).strip().splitlines()
        reason = (first[0] if first else type(error.orig).__name__).rstrip(".")
        remedy = "Check that the server is reachable, and try again."
        if "locked" in reason:
            reason = "another window or program has been writing for too long"
            remedy = "Try again; close the other one if this stays."
        elif "full" in reason:
            remedy = "Free some space on the disk."
        elif "malformed" in reason or "not a database" in reason:
            remedy = "Close the app and restore a backup into a new folder."
        raise RegisterError(f"The register cannot be used: {reason}.", remedy) from error
    except OSError as error:
        raise RegisterError(
            f"{error.filename or 'The data folder'} cannot be used: {error.strerror or error}.",
            "Check the rights and the space, or choose another folder with --data-dir.",
        ) from error
