"""Where things lie in the data folder."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from emgfeedback.core.errors import RegisterError
from emgfeedback.core.files import SEALED_SUFFIX

REGISTER = "register.sqlite"


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The data folder of one installation.

    `recordings/` holds recordings and the summaries beside them, `photos/` pictures of electrode
    sites, `backups/` scheduled copies, `plans/` the therapist's own plans, `pairings/` keys shared
    with kits at home.
    """

    root: Path

    @property
    def register(self) -> Path:
        """The database of people and sessions."""
        return self.root / REGISTER

    @property
    def recordings(self) -> Path:
        """Recordings and session summaries."""
        return self.root / "recordings"

    @property
    def photos(self) -> Path:
        """Pictures of electrode sites."""
        return self.root / "photos"

    @property
    def backups(self) -> Path:
        """Scheduled copies."""
        return self.root / "backups"

    @property
    def keys(self) -> Path:
        """The wrapped keys; there only where a passphrase is set."""
        return self.root / "keys.json"

    @property
    def plans(self) -> Path:
        """The therapist's own plans."""
        return self.root / "plans"

    @property
    def pairings(self) -> Path:
        """Keys shared with a kit at home, or with the clinic: one file for each patient."""
        return self.root / "pairings"

    @property
    def settings(self) -> Path:
        """Where a clinic says that its register is on a server; usually there is none."""
        return self.root / "records.toml"

    @property
    def cache(self) -> Path:
        """What was derived from recordings and can be made again."""
        return self.root / "cache"

    def clear_cache(self) -> None:
        """Remove what was derived: it shows signal in the clear."""
        shutil.rmtree(self.cache, ignore_errors=True)

    def name_of(self, path: Path) -> str:
        """Return `path` as the register keeps it: relative, with forward slashes.

        Raises
        ------
        RegisterError
            It lies outside this folder.
        """
        try:
            return path.resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError as error:
            raise RegisterError(
                f"{path} is not in the data folder {self.root}.",
                f"Move it into {self.recordings} first.",
            ) from error

    def path_of(self, name: str) -> Path:
        """Return where the file the register calls `name` lies.

        A file that was encrypted or decrypted since the register heard of it is found under
        the name it has now.

        Raises
        ------
        RegisterError
            A name that leads out of the folder, which only a forged register holds.
        """
        pure = PurePosixPath(name)
        drive_or_stream = ":" in name or "\\" in name
        if not name or pure.is_absolute() or ".." in pure.parts or drive_or_stream:
            raise RegisterError(
                f"The register names a file outside its folder: {name!r}.",
                "Run `main.py data verify`, and restore a backup if it was changed.",
            )
        path = self.root / Path(*pure.parts)
        other = self.root / other_form(pure.as_posix())
        return other if other.is_file() and not path.exists() else path


def content_name(name: str) -> str:
    """Return a file's name without what encryption adds to it."""
    return name.removesuffix(SEALED_SUFFIX)


def other_form(name: str) -> str:
    """Return the name a file has encrypted where `name` is a plain one, and the other way round."""
    plain = content_name(name)
    return f"{name}{SEALED_SUFFIX}" if plain == name else plain
