"""The keys of the records: one random data key, opened by a passphrase or a recovery key.

The data key never changes and never touches the disk in the clear. It is wrapped by
AES-256-GCM twice: under a key that Argon2id makes of the passphrase, and under one that HKDF
makes of the recovery key. Keys of the database and of files are derived from it by HKDF, each
for its purpose.

Whoever has lost both passphrase and recovery key has lost the records: there is no other way in.
"""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from emgfeedback.access.key_file import (
    NONCE_BYTES,
    SALT_BYTES,
    Cost,
    KeyFile,
    Wrapped,
    read_key_file,
    write_key_file,
)
from emgfeedback.access.recovery import key_of, new_recovery_key, words_of
from emgfeedback.core.errors import AccessError, WrongPassphrase

__all__ = ["Cost", "Door", "KeyRing"]

KEY_BYTES = 32
MIN_PASSPHRASE = 8
MAX_PASSPHRASE = 1024
MAX_WAIT_S = 60.0


class KeyRing:
    """Keys that are open, until `lock`."""

    def __init__(self, path: Path, data_key: bytes) -> None:
        self.path = path
        self._data_key = bytearray(data_key)

    @classmethod
    def create(
        cls, path: Path, passphrase: str, *, cost: Cost | None = None
    ) -> tuple[KeyRing, str]:
        """Make `path`, which must not exist, and a new data key.

        Parameters
        ----------
        path
            As `data_dir/keys.json`; readable by its owner alone.
        passphrase
            8 to 1024 characters.
        cost
            Of each try to open it; None for the recommended one.

        Returns
        -------
        KeyRing, str
            The open keys, and the nine words of the recovery key: the one time they are told.

        Raises
        ------
        AccessError
            If the passphrase is too short or long, or the file exists or cannot be written.
        """
        cost = cost or Cost()
        data_key = os.urandom(KEY_BYTES)
        recovery = new_recovery_key()
        by_passphrase = _lock_by_passphrase(data_key, passphrase, cost)
        by_recovery = _lock_by_recovery(data_key, recovery)
        write_key_file(path, KeyFile(cost, by_passphrase, by_recovery), replace=False)
        return cls(path, data_key), words_of(recovery)

    @classmethod
    def unlock(cls, path: Path, secret: str) -> KeyRing:
        """Open `path` by its passphrase or its recovery key. `Door` also makes tries wait.

        Raises
        ------
        WrongPassphrase
            If `secret` is neither, or a recovery key with a slip of the pen.
        AccessError
            If the file is missing or damaged.
        """
        return cls(path, _unlocked(read_key_file(path), secret))

    @property
    def is_locked(self) -> bool:
        """Whether `lock` was called."""
        return not self._data_key

    @property
    def database_key(self) -> bytes:
        """32 bytes for the database. Raises AccessError when locked."""
        return self._derived(b"emgfeedback database 1")

    @property
    def files_key(self) -> bytes:
        """32 bytes for sealed files. Raises AccessError when locked."""
        return self._derived(b"emgfeedback files 1")

    def lock(self) -> None:
        """Forget the keys.

        What the program copied of them is freed, not wiped: Python offers no more. Files and
        databases opened before stay open until they are closed.
        """
        self._data_key[:] = bytes(len(self._data_key))
        self._data_key.clear()

    def change_passphrase(self, secret: str, new: str, *, cost: Cost | None = None) -> None:
        """Make `new` the passphrase; the recovery key stays.

        Records are not encrypted anew: whoever has an old copy of keys.json and the old
        passphrase can still open them.

        Parameters
        ----------
        secret
            The passphrase until now, or the recovery key.
        new
            8 to 1024 characters.
        cost
            Of each try from now on; None for the recommended one.

        Raises
        ------
        WrongPassphrase
            If `secret` does not open the file.
        AccessError
            If `new` is too short or long, or the file cannot be written; all is as before then.
        """
        cost = cost or Cost()
        keys = read_key_file(self.path)
        data_key = _unlocked(keys, secret)
        by_passphrase = _lock_by_passphrase(data_key, new, cost)
        write_key_file(self.path, KeyFile(cost, by_passphrase, keys.by_recovery), replace=True)

    def change_recovery_key(self, secret: str) -> str:
        """Make a new recovery key and return its words; the old one opens nothing from now on.

        Raises as `change_passphrase`; `secret` is the passphrase or the old recovery key.
        """
        keys = read_key_file(self.path)
        recovery = new_recovery_key()
        by_recovery = _lock_by_recovery(_unlocked(keys, secret), recovery)
        changed = KeyFile(keys.cost, keys.by_passphrase, by_recovery)
        write_key_file(self.path, changed, replace=True)
        return words_of(recovery)

    def _derived(self, purpose: bytes) -> bytes:
        if self.is_locked:
            raise AccessError("The records are locked.", "Enter the passphrase.")
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(bytes(self._data_key))


class Door:
    """Tries to open `path`; each wrong one makes the next wait longer, up to a minute.

    That slows somebody at this keyboard. A copy of the folder is slowed by Argon2id alone.
    Times are seconds of any clock that goes on while the program waits.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._n_wrong = 0
        self._open_at_s = 0.0

    def next_try_in_s(self, t_s: float) -> float:
        """Return how long to wait from `t_s` on; 0 where a try is welcome."""
        if not self._n_wrong:
            return 0.0
        # A clock that was set back must not lock anybody out for longer.
        self._open_at_s = min(self._open_at_s, t_s + self._wait_s)
        return max(self._open_at_s - t_s, 0.0)

    def unlock(self, secret: str, t_s: float) -> KeyRing:
        """Open the keys at the time `t_s`.

        Raises
        ------
        WrongPassphrase
            If it is the wrong one, or too early: then nothing was tried. `next_try_in_s` of
            the error says when the next try is welcome.
        AccessError
            If the file is missing or damaged.
        """
        wait_s = self.next_try_in_s(t_s)
        if wait_s:
            raise WrongPassphrase(
                f"{self._n_wrong} wrong tries.", f"Wait {wait_s:.0f} s before the next.", wait_s
            )
        try:
            ring = KeyRing.unlock(self.path, secret)
        except WrongPassphrase as error:
            self._n_wrong += 1
            self._open_at_s = t_s + self._wait_s
            raise WrongPassphrase(error.what, error.remedy, self._wait_s) from None
        self._n_wrong = 0
        return ring

    @property
    def _wait_s(self) -> float:
        return min(2.0 ** min(self._n_wrong - 1, 10), MAX_WAIT_S)


def _unlocked(keys: KeyFile, secret: str) -> bytes:
    """Return the data key."""
    misspelt = None
    try:
        recovery = key_of(secret)
        if recovery is not None:
            data_key = _opened(keys.by_recovery, _recovery_key(recovery, keys.by_recovery.salt))
            if data_key is not None:
                return data_key
    except WrongPassphrase as error:
        misspelt = error
    key = _passphrase_key(secret, keys.by_passphrase.salt, keys.cost)
    data_key = _opened(keys.by_passphrase, key)
    if data_key is not None:
        return data_key
    raise misspelt or WrongPassphrase(
        "This is neither the passphrase nor the recovery key.",
        "Check capitals and keyboard language, or use the nine words of the recovery key.",
    )


def _opened(part: Wrapped, key: bytes) -> bytes | None:
    try:
        return AESGCM(key).decrypt(part.nonce, part.wrapped, None)
    except InvalidTag:
        return None


def _lock_by_passphrase(data_key: bytes, passphrase: str, cost: Cost) -> Wrapped:
    n = len(unicodedata.normalize("NFC", passphrase))
    if not MIN_PASSPHRASE <= n <= MAX_PASSPHRASE:
        raise AccessError(
            f"The passphrase has {n} characters (limit {MIN_PASSPHRASE} to {MAX_PASSPHRASE}).",
            "Three or four words that belong to nobody else are easy to keep in mind.",
        )
    salt = os.urandom(SALT_BYTES)
    return _wrapped(data_key, _passphrase_key(passphrase, salt, cost), salt)


def _lock_by_recovery(data_key: bytes, recovery: bytes) -> Wrapped:
    salt = os.urandom(SALT_BYTES)
    return _wrapped(data_key, _recovery_key(recovery, salt), salt)


def _wrapped(data_key: bytes, key: bytes, salt: bytes) -> Wrapped:
    nonce = os.urandom(NONCE_BYTES)
    return Wrapped(salt, nonce, AESGCM(key).encrypt(nonce, data_key, None))


def _passphrase_key(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    # Keyboards write one letter in different ways; NFC makes them one.
    text = unicodedata.normalize("NFC", passphrase[: 4 * MAX_PASSPHRASE])
    return Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=cost.passes,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    ).derive(text.encode("utf-8", "surrogatepass"))


def _recovery_key(recovery: bytes, salt: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=salt, info=b"emgfeedback recovery 1").derive(recovery)
