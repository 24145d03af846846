"""One file that holds many: backups and archives, each member with its size and SHA-256.

A ZIP file any program opens. Its manifest comes last and names every member; nothing is taken
out of a package that its manifest does not name, larger or other than it says.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import RawIOBase
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol, cast

from emgfeedback.access.private_files import private_file, put_in_place, sync_folder
from emgfeedback.core.errors import FileFormatError, RegisterError
from emgfeedback.core.files import PLAIN, Files, to_disk

MANIFEST = "manifest.json"
VERSION = 1
LARGEST_MANIFEST_BYTES = 64 << 20
_PIECE = 1 << 20
_STORED = (".sealed", ".zip", ".jpg", ".png")
"""Suffixes of what gains nothing from compression."""
_RESERVED = frozenset('<>:"|?*\\')


class Readable(Protocol):
    """A file of bytes, raw or buffered."""

    def read(self, size: int = -1, /) -> bytes | None:
        """Return at most `size` bytes."""
        ...


class PackageWriter:
    """Collects members. Use it as a context manager.

    At its end the manifest is written and all is on disk; after an error what was written means
    nothing. Whoever opened the file closes it.
    """

    def __init__(self, file: IO[bytes], kind: str, facts: Mapping[str, Any]) -> None:
        self._file = file
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._kind = kind
        self._facts = dict(facts)
        self.members: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> PackageWriter:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error is None:
            self._finish()
            return
        with contextlib.suppress(OSError, ValueError):
            self._zip.close()

    def add_file(self, name: str, path: Path) -> None:
        """Add a file's present content."""
        with path.open("rb") as source:
            self.add(name, source)

    def add_bytes(self, name: str, content: bytes) -> None:
        """Add a short content."""
        info = self._info(name)
        self._zip.writestr(info, content)
        self.members[name] = {
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }

    def _finish(self) -> None:
        manifest = {
            "format": "emgfeedback package",
            "version": VERSION,
            "kind": self._kind,
            "facts": self._facts,
            "members": self.members,
        }
        self._zip.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        self._zip.close()
        self._file.flush()
        to_disk(cast("RawIOBase", self._file))

    def _info(self, name: str) -> zipfile.ZipInfo:
        if name in self.members or name == MANIFEST:
            raise ValueError(f"member {name!r} is there already")
        info = zipfile.ZipInfo(name)
        stored = name.endswith(_STORED)
        info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        return info

    def add(self, name: str, source: Readable) -> None:
        """Add what can still be read from `source`."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(self._info(name), "w", force_zip64=True) as target:
            while piece := source.read(_PIECE):
                digest.update(piece)
                size += len(piece)
                target.write(piece)
        self.members[name] = {"bytes": size, "sha256": digest.hexdigest()}


@contextmanager
def new_package(out: Path, kind: str, facts: Mapping[str, Any]) -> Iterator[PackageWriter]:
    """Write a package to `out`, which is there whole and read back, or not at all.

    Raises
    ------
    RegisterError
        `out` exists, or cannot be written, or does not read back as it was written.
    """
    if out.exists():
        raise RegisterError(f"{out} exists.", "Choose another name.")
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        with (
            io.BufferedRandom(private_file(part)) as file,
            PackageWriter(file, kind, facts) as writer,
        ):
            yield writer
        with Package(part) as written:
            if written.members != writer.members:
                raise RegisterError(f"{out} does not read back as written.", "Check the disk.")
            written.check()
        put_in_place(part, out)
        sync_folder(out.parent)
    except OSError as error:
        raise RegisterError(
            f"{out} cannot be written: {error.strerror or error}.",
            "Free some space or choose another place.",
        ) from error
    finally:
        part.unlink(missing_ok=True)


class Package:
    """A package opened for reading. Use it as a context manager.

    Parameters
    ----------
    path
        Its name for messages, and where it lies unless `content` is given.
    content
        The package itself, where it does not lie plainly at `path`; whoever opened it closes it.

    Attributes
    ----------
    kind : str
        `backup`, `patient` or `home results`.
    facts : dict
        What the writer told.
    members : dict
        Name -> bytes and SHA-256.

    Raises
    ------
    FileFormatError
        It is no package of ours, damaged, or names files outside itself.
    """

    def __init__(self, path: Path, content: IO[bytes] | None = None) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path if content is None else content)
        except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
            raise self._refusal(f"is not a package ({error})") from error
        try:
            self._read_manifest()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @property
    def total_bytes(self) -> int:
        """Size of all members unpacked."""
        return sum(member["bytes"] for member in self.members.values())

    def check(self) -> None:
        """Read every member and hold it against the manifest. Raises FileFormatError."""
        for name in self.members:
            for _ in self.pieces(name):
                pass

    def read(self, name: str) -> bytes:
        """Return a member's content. Raises FileFormatError where it is not as told."""
        return b"".join(self.pieces(name))

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield a member's content in pieces of at most 1 MiB, checked at its end."""
        told = self.members[name]
        digest, size = hashlib.sha256(), 0
        try:
            with self._zip.open(name) as source:
                while piece := source.read(_PIECE):
                    size += len(piece)
                    if size > told["bytes"]:
                        raise self._refusal(f"holds more in {name!r} than it says")
                    digest.update(piece)
                    yield piece
        except (KeyError, EOFError, OSError, zipfile.BadZipFile, zlib.error) as error:
            raise self._refusal(f"is damaged at {name!r}") from error
        except (NotImplementedError, RuntimeError) as error:
            raise self._refusal(f"packs {name!r} in a way we never do") from error
        if size != told["bytes"] or digest.hexdigest() != told["sha256"]:
            raise self._refusal(f"is damaged at {name!r}: its content is not what was packed")

    def extract(self, name: str, target: Path, files: Files = PLAIN) -> None:
        """Write a member to `target`, which must not exist, readable by its owner alone.

        Raises
        ------
        FileFormatError
            It is not as told.
        OSError
            It cannot be written.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        with files.open(target, "x+") as raw:
            for piece in self.pieces(name):
                rest = memoryview(piece)
                while rest:
                    rest = rest[raw.write(rest) or 0 :]
            raw.flush()
            to_disk(raw)

    def need_space(self, folder: Path) -> None:
        """Refuse to unpack where the disk has too little room. Raises RegisterError."""
        free = shutil.disk_usage(folder).free
        if self.total_bytes > free:
            raise RegisterError(
                f"{self.path} unpacks to {self.total_bytes >> 20} MiB, {free >> 20} MiB are free.",
                "Free some space or choose another disk.",
            )

    def _read_manifest(self) -> None:
        try:
            info = self._zip.getinfo(MANIFEST)
        except KeyError as error:
            raise self._refusal("has no manifest") from error
        if info.file_size > LARGEST_MANIFEST_BYTES:
            raise self._refusal(f"has a manifest of {info.file_size} bytes")
        self.members: dict[str, dict[str, Any]] = {
            MANIFEST: {"bytes": info.file_size, "sha256": None}
        }
        try:
            with self._zip.open(info) as source:
                manifest = json.loads(source.read(LARGEST_MANIFEST_BYTES))
            if manifest["format"] != "emgfeedback package" or manifest["version"] != VERSION:
                raise self._refusal("is of a version this app does not know")
            self.kind, self.facts = str(manifest["kind"]), dict(manifest["facts"])
            self.members = {
                _checked_name(name): {
                    "bytes": int(told["bytes"]),
                    "sha256": str(told["sha256"]),
                }
                for name, told in manifest["members"].items()
            }
        except (
            AttributeError, EOFError, KeyError, NotImplementedError, OSError, RecursionError,
            RuntimeError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
        ) as error:  # fmt: skip
            raise self._refusal("has a manifest that cannot be read") from error
        in_zip = [name for name in self._zip.namelist() if name != MANIFEST]
        if sorted(in_zip) != sorted(self.members):
            raise self._refusal("does not hold exactly what its manifest names")

    def _refusal(self, why: str) -> FileFormatError:
        return FileFormatError(
            f"{self.path} {why}.", "Nothing was taken from it; use another copy."
        )


def _checked_name(name: str) -> str:
    pure = PurePosixPath(name)
    odd = not name or name != pure.as_posix() or pure.is_absolute() or ".." in pure.parts
    if odd or any(sign in _RESERVED or not sign.isprintable() for sign in name):
        raise ValueError(f"unsafe name {name!r}")
    return name
