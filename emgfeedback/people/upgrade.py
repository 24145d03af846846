"""Bring a database to the form this version of the app uses."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError

from emgfeedback.core.errors import RegisterError
from emgfeedback.people.schema import METADATA

MIGRATIONS = Path(__file__).parent / "migrations"


def _scripts(migrations: Path) -> tuple[Config, ScriptDirectory]:
    # "%" would be read as an interpolation by the configuration's parser.
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config, ScriptDirectory.from_config(config)


def form_of(connection: sa.Connection) -> str | None:
    """Return the number of the form a database has, None: it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def newest_form(migrations: Path = MIGRATIONS) -> str:
    """Return the number of the form this version of the app uses."""
    head = _scripts(migrations)[1].get_current_head()
    assert head is not None
    return head


def is_current(connection: sa.Connection, name: str, migrations: Path = MIGRATIONS) -> bool:
    """Tell whether a database has the newest form.

    Raises
    ------
    RegisterError
        A newer version of the app has made it.
    """
    form = form_of(connection)
    scripts = _scripts(migrations)[1]
    head = scripts.get_current_head()
    if form is None or form == head:
        return form == head
    try:
        scripts.get_revision(form)
    except RevisionError as error:
        raise RegisterError(
            f"{name} has form {form}, and this version of emgfeedback knows forms up to {head}.",
            "Install the newer version that made it; the register was left as it is.",
        ) from error
    return False


def upgrade(connection: sa.Connection, migrations: Path = MIGRATIONS) -> None:
    """Take every step from a database's form to the newest, in the connection's transaction."""
    config, scripts = _scripts(migrations)

    def steps(revision: object, _context: object) -> list[object]:
        return list(scripts._upgrade_revs("head", revision))  # type: ignore[arg-type]

    with EnvironmentContext(config, scripts, fn=steps, destination_rev="head") as environment:
        environment.configure(
            connection=connection, target_metadata=METADATA, transactional_ddl=True
        )
        environment.run_migrations()
