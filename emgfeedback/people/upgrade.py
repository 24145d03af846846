"""Bring a database to the form this version of the app uses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from emgfeedback.core.errors import RegisterError
from emgfeedback.people.schema import METADATA

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).parent / "migrations"
NEWEST_FORM = "0003"
"""The form `schema` describes: the last step in `migrations`."""


def form_of(connection: sa.Connection) -> str | None:
    """Return the number of the form a database has, None: it is empty."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    form: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return form


def is_current(connection: sa.Connection, name: str, migrations: Path = MIGRATIONS) -> bool:
    """Tell whether a database has the newest form.

    Parameters
    ----------
    connection
        To the database.
    name
        What to call it in an error.
    migrations
        The folder of steps between forms.

    Raises
    ------
    RegisterError
        A newer version of the app has made it.
    """
    form = form_of(connection)
    if form is None or (form == NEWEST_FORM and migrations == MIGRATIONS):
        return form is not None
    scripts = _scripts(migrations)[1]
    head = scripts.get_current_head()
    if form not in {step.revision for step in scripts.walk_revisions()}:
        raise RegisterError(
            f"{name} has form {form}, and this version of emgfeedback knows forms up to {head}.",
            "Install the newer version that made it; the register was left as it is.",
        )
    return form == head


def upgrade(connection: sa.Connection, migrations: Path = MIGRATIONS) -> None:
    """Take every step from a database's form to the newest, in the connection's transaction."""
    from alembic.runtime.environment import (  # noqa: PLC0415 - slow, and rarely needed
        EnvironmentContext,
    )

    config, scripts = _scripts(migrations)

    def steps(revision: Any, _context: object) -> list[object]:
        return list(scripts._upgrade_revs("head", revision))

    with EnvironmentContext(config, scripts, fn=steps, destination_rev="head") as environment:
        environment.configure(
            connection=connection, target_metadata=METADATA, transactional_ddl=True
        )
        environment.run_migrations()


def _scripts(migrations: Path) -> tuple[Config, ScriptDirectory]:
    from alembic.config import Config  # noqa: PLC0415 - slow, and rarely needed
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    config = Config()
    # "%" would be read as an interpolation by the configuration's parser.
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config, ScriptDirectory.from_config(config)
