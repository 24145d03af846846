"""`keys.json`: the data key, locked twice. Read with every bound checked, written whole.

It holds no secret in the clear, and without it the passphrase opens nothing: backups must
carry it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emgfeedback.access.private_files import write_private
from emgfeedback.core.errors import AccessError

VERSION = 1
MAX_FILE_BYTES = 1 << 16
SALT_BYTES = 16
NONCE_BYTES = 12
WRAPPED_BYTES = 32 + 16
"""A key of 32 bytes and the tag of AES-256-GCM."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one try of a passphrase costs: Argon2id's parameters (RFC 9106).

    The default is the second recommendation of RFC 9106, section 4: 64 MiB, 3 passes,
    4 lanes; about a fifth of a second.
    """

    memory_kib: int = 1 << 16
    passes: int = 3
    lanes: int = 4


LOWEST = Cost(memory_kib=1 << 13, passes=1, lanes=1)
HIGHEST = Cost(memory_kib=1 << 18, passes=10, lanes=16)
"""256 MiB: what a file that somebody else wrote may make us spend."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """The data key as one secret locks it: salt of the secret's key, nonce, ciphertext."""

    salt: bytes
    nonce: bytes
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The content of `keys.json`."""

    cost: Cost
    by_passphrase: Wrapped
    by_recovery: Wrapped


def read_key_file(path: Path) -> KeyFile:
    """Read `path`.

    Raises
    ------
    AccessError
        If it is missing, damaged, of a later version, or asks for more than `HIGHEST`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise AccessError(
            f"There are no keys at {path}.",
            "Restore keys.json from a backup; without it nothing encrypted can be opened.",
        ) from None
    except OSError as error:
        raise AccessError(
            f"{path} cannot be read: {(error.strerror or str(error)).lower()}.",
            "Check the permission.",
        ) from error
    try:
        return _decode(data, path)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise AccessError(
            f"{path} is damaged and opens nothing.", "Restore keys.json from a backup."
        ) from error


def write_key_file(path: Path, keys: KeyFile, *, replace: bool) -> None:
    """Write `path` whole, for its owner alone.

    Raises
    ------
    AccessError
        If it exists and is not to be replaced, or cannot be written; it is as before then.
    """
    content = _content(keys)
    content["sha256"] = _checksum(content)
    try:
        write_private(path, json.dumps(content, indent=1).encode(), replace=replace)
    except FileExistsError:
        raise AccessError(
            f"{path} exists already: the records have a passphrase.",
            "Change the passphrase instead.",
        ) from None
    except OSError as error:
        raise AccessError(
            f"{path} cannot be written: {(error.strerror or str(error)).lower()}.",
            "Check the space and the permission of the folder.",
        ) from error


def _content(keys: KeyFile) -> dict[str, Any]:
    return {
        "version": VERSION,
        "argon2id": {
            "memory_kib": keys.cost.memory_kib,
            "passes": keys.cost.passes,
            "lanes": keys.cost.lanes,
        },
        "passphrase": _packed(keys.by_passphrase),
        "recovery": _packed(keys.by_recovery),
    }


def _packed(part: Wrapped) -> dict[str, str]:
    fields = {"salt": part.salt, "nonce": part.nonce, "wrapped": part.wrapped}
    return {name: base64.b64encode(value).decode() for name, value in fields.items()}


def _checksum(content: dict[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _decode(data: bytes, path: Path) -> KeyFile:
    if len(data) > MAX_FILE_BYTES:
        raise ValueError("too long")
    content = json.loads(data)
    if not isinstance(content, dict):
        raise TypeError(content)
    told = content.pop("sha256")
    version = _whole(content["version"])
    if version != VERSION:
        raise AccessError(
            f"{path} is of version {version} (this program reads {VERSION}).",
            "Open the records with a newer emgfeedback.",
        )
    if told != _checksum(content):
        raise ValueError("checksum")
    told_cost = content["argon2id"]
    cost = Cost(*(_whole(told_cost[name]) for name in ("memory_kib", "passes", "lanes")))
    for name in ("memory_kib", "passes", "lanes"):
        low, value, high = (getattr(c, name) for c in (LOWEST, cost, HIGHEST))
        if not low <= value <= high:
            raise AccessError(
                f"{path} asks for {name} = {value} (limit {low} to {high}).",
                "It was not written by emgfeedback; restore keys.json from a backup.",
            )
    return KeyFile(cost, _unpacked(content["passphrase"]), _unpacked(content["recovery"]))


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError(value)
    return value


def _unpacked(part: dict[str, str]) -> Wrapped:
    sizes = {"salt": SALT_BYTES, "nonce": NONCE_BYTES, "wrapped": WRAPPED_BYTES}
    found = {name: base64.b64decode(part[name], validate=True) for name in sizes}
    if any(len(found[name]) != n for name, n in sizes.items()):
        raise ValueError("lengths")
    return Wrapped(**found)
