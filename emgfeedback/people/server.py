"""Where a clinic with several rooms says that all of them share one register.

`records.toml` in the data folder of each room:

    version = 1
    database_url = "postgresql://emg@server/emgfeedback"
"""

from __future__ import annotations

from dataclasses import dataclass

from emgfeedback.people.folder import DataFolder
from emgfeedback.toml_file import convert, read_toml, refuse_unknown, refuse_version

EXAMPLE = "docs/records.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settings:
    version: int
    database_url: str | None = None


def database_url(folder: DataFolder) -> str | None:
    """Return the address of the server the register is on; None: it is a file in the folder.

    Raises
    ------
    ConfigError
        `records.toml` cannot be used. Nothing else is opened then: a room must not begin a
        register of its own because of a slip of the pen.
    """
    path = folder.settings
    if not path.exists():
        return None
    table = read_toml(path, EXAMPLE)
    refuse_version(table, path, EXAMPLE)
    refuse_unknown(table, _Settings, str(path))
    return convert(table, _Settings, str(path), EXAMPLE).database_url or None
