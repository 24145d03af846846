"""The one encrypted file a kit sends back.

    8 bytes   EMGHOME and 0x01
    4 bytes   length of the head, big-endian
    head      JSON: who sends, which number, the public key of this file, a proof of the pairing
    body      a package (`people.package`) in a sealed file (`access.sealed`)
    64 bytes  Ed25519 signature over the SHA-256 of all before

The body's key is made for the clinic alone, anew for each file. The head tells no name.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, cast

import msgspec

from emgfeedback.access.private_files import private_file, put_in_place, sync_folder
from emgfeedback.access.sealed import SealedFile
from emgfeedback.access.sealing import SealedFiles
from emgfeedback.core.errors import FileFormatError, RegisterError
from emgfeedback.home import keys
from emgfeedback.people.package import Package, PackageWriter

SUFFIX = ".emgresults"
MAGIC = b"EMGHOME\x01"
KIND = "home results"
LARGEST_HEAD_BYTES = 4096
_PURPOSE = b"emgfeedback home results 1"
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands before the encrypted part.

    Attributes
    ----------
    patient_id
        Of the pairing; says nothing outside the clinic's register.
    number
        Rises with every file of a kit.
    kit_key
        Public: what the signature is checked with.
    file_key
        Public: with the clinic's private key it opens the body.
    proof
        HMAC of both by the secret that came with the plan.
    """

    patient_id: str
    number: int
    kit_key: bytes
    file_key: bytes
    proof: bytes = b""

    @property
    def proved(self) -> bytes:
        """What `proof` is made of."""
        return b"|".join(
            (self.patient_id.encode(), str(self.number).encode(), self.kit_key, self.file_key)
        )


@contextmanager
def new_results(
    out: Path, *, patient_id: str, number: int, return_key: bytes, secret: bytes, sign_key: bytes
) -> Iterator[PackageWriter]:
    """Write results to `out`, which is there whole and signed, or not at all.

    Raises
    ------
    RegisterError
        `out` exists or cannot be written.
    """
    if out.exists():
        raise RegisterError(f"{out} exists.", "Choose another name.")
    file_key, body_key = keys.key_for(return_key, patient_id.encode())
    head = Head(
        patient_id=patient_id,
        number=number,
        kit_key=keys.public_sign_key(sign_key),
        file_key=file_key,
    )
    head = replace(head, proof=keys.proof(secret, head.proved))
    body = out.with_name(f".{out.name}.{secrets.token_hex(4)}.body")
    part = body.with_suffix(".part")
    try:
        with (
            SealedFiles(body_key).open(body, "x+") as sealed,
            PackageWriter(cast("IO[bytes]", sealed), KIND, {}) as writer,
        ):
            yield writer
        _join(part, msgspec.json.encode(head), body, sign_key)
        put_in_place(part, out)
        sync_folder(out.parent)
    except OSError as error:
        raise RegisterError(
            f"{out} cannot be written: {error.strerror or error}.",
            "Free some space or choose another place.",
        ) from error
    finally:
        for left in (body, part):
            with suppress(OSError):  # a stick that was pulled out; both are encrypted
                left.unlink(missing_ok=True)


def _join(part: Path, head: bytes, body: Path, sign_key: bytes) -> None:
    digest = hashlib.sha256()
    with io.BufferedWriter(private_file(part)) as target, body.open("rb") as source:
        begin = MAGIC + struct.pack(">I", len(head)) + head
        for piece in (begin, *iter(lambda: source.read(_PIECE), b"")):
            digest.update(piece)
            target.write(piece)
        target.write(keys.sign(sign_key, _PURPOSE, digest.digest()))
        target.flush()
        os.fsync(target.fileno())


class ResultsFile:
    """A results file on disk whose signature is good; who signed is for the caller to judge.

    Attributes
    ----------
    head
        What stands before the encrypted part.
    sha256
        Of the whole file, hexadecimal.

    Raises
    ------
    FileFormatError
        It cannot be read, is no results file, or was changed after it was signed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self.head, self._body_at = self._read_head(file)
                self._body_bytes = path.stat().st_size - self._body_at - keys.SIGNATURE_BYTES
                if self._body_bytes < 0:
                    raise self._refusal("is cut off")
                file.seek(0)
                digest = hashlib.sha256()
                for piece in _pieces(file, self._body_at + self._body_bytes):
                    digest.update(piece)
                signature = file.read(keys.SIGNATURE_BYTES)
        except OSError as error:
            raise FileFormatError(
                f"{path} cannot be read: {error.strerror or error}.",
                "Is the stick still plugged in?",
            ) from error
        if not keys.is_signed(self.head.kit_key, _PURPOSE, digest.digest(), signature):
            raise self._refusal("was cut off or changed after the kit signed it")
        self.sha256 = digest.hexdigest()

    @contextmanager
    def opened(self, return_key: bytes, folder: Path) -> Iterator[Package]:
        """Open the encrypted part by way of a copy of it, still encrypted, in `folder`.

        Raises
        ------
        FileFormatError
            It was encrypted for another clinic, or is damaged.
        RegisterError
            The copy cannot be written.
        """
        try:
            key = keys.key_from(return_key, self.head.file_key, self.head.patient_id.encode())
        except ValueError as error:
            raise self._refusal("holds a key that cannot be used") from error
        copy = folder / f".results-{secrets.token_hex(4)}.part"
        try:
            self._copy_body(copy)
            with SealedFiles(key).open(copy, "r") as body:
                if not isinstance(body, SealedFile):
                    raise self._refusal("is not encrypted")
                with Package(self.path, cast("IO[bytes]", body)) as package:
                    if package.kind != KIND:
                        raise self._refusal("does not hold results")
                    yield package
        finally:
            copy.unlink(missing_ok=True)

    def _copy_body(self, copy: Path) -> None:
        try:
            with self.path.open("rb") as source, io.BufferedWriter(private_file(copy)) as target:
                source.seek(self._body_at)
                for piece in _pieces(source, self._body_bytes):
                    target.write(piece)
        except OSError as error:
            raise RegisterError(
                f"{copy} cannot be written: {error.strerror or error}.", "Free some space."
            ) from error

    def _read_head(self, file: IO[bytes]) -> tuple[Head, int]:
        begin = file.read(len(MAGIC) + 4)
        if not begin.startswith(MAGIC) or len(begin) < len(MAGIC) + 4:
            raise self._refusal("holds no results of practice at home")
        (length,) = struct.unpack(">I", begin[len(MAGIC) :])
        if length > LARGEST_HEAD_BYTES:
            raise self._refusal(f"has a head of {length} bytes")
        try:
            return msgspec.json.decode(file.read(length), type=Head), len(begin) + length
        except (ValueError, RecursionError) as error:
            raise self._refusal("has a head that cannot be read") from error

    def _refusal(self, why: str) -> FileFormatError:
        return FileFormatError(
            f"{self.path.name} {why}.", "Nothing was taken from it; ask for it again."
        )


def _pieces(file: IO[bytes], n_bytes: int) -> Iterator[bytes]:
    while n_bytes > 0 and (piece := file.read(min(_PIECE, n_bytes))):
        n_bytes -= len(piece)
        yield piece
