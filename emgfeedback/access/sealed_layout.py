"""The bytes of a sealed file: header, roots and slots, and what encrypts them.

::

    0      header: magic, version, size of a chunk, file id, HMAC of all that
    512    three roots of one sector each
    4096   slots of one size: head, encrypted chunk, tag

A root names one state of the whole file: its length, and a digest of the tags of all its
chunks. So no chunk can be swapped, dropped or put back to an older state unnoticed.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from emgfeedback.core.errors import FileFormatError
from emgfeedback.core.files import SEALED_MAGIC

VERSION = 1
KEY_BYTES = 32
FILE_ID_BYTES = 16
HEADER_BYTES = 64
ROOT_PLACES = (512, 1024, 1536)
SLOTS_AT = 4096
MIN_CHUNK_BYTES = 1 << 12
MAX_CHUNK_BYTES = 1 << 20
NONCE_BYTES = 12
TAG_BYTES = 16

_HEADER = struct.Struct("<8sHHI16s")
_ROOT = struct.Struct("<QQQ32s")
_HEAD = struct.Struct("<QII16s12s4x")
_PLACE = struct.Struct("<QQI")
ROOT_BYTES = NONCE_BYTES + _ROOT.size + TAG_BYTES
HEAD_BYTES = _HEAD.size


@dataclass(frozen=True, slots=True)
class Root:
    """One state of the file.

    Attributes
    ----------
    commit
        Rises with each state.
    length
        Bytes of content.
    n_slots
        Slots this state may use.
    digest
        SHA-256 of the tags of all chunks, in order.
    """

    commit: int
    length: int
    n_slots: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before an encrypted chunk; nothing in it is believed before a root agrees."""

    commit: int
    index: int
    length: int
    tag: bytes
    nonce: bytes


class FileCipher:
    """Encrypt and decrypt the parts of one file, with a key that is this file's own.

    Parameters
    ----------
    key
        32 bytes, shared by all files.
    file_id
        16 random bytes.
    chunk_bytes
        A power of two from 4 KiB to 1 MiB.
    """

    def __init__(self, key: bytes, file_id: bytes, chunk_bytes: int) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key of {len(key)} bytes (needs {KEY_BYTES})")
        fields = _HEADER.pack(SEALED_MAGIC, VERSION, 0, chunk_bytes, file_id)
        info = b"emgfeedback sealed file 1"
        own = HKDF(SHA256(), length=64, salt=file_id, info=info).derive(key)
        self._aes = AESGCM(own[:32])
        self._file_id = file_id
        self.chunk_bytes = chunk_bytes
        self.slot_bytes = HEAD_BYTES + chunk_bytes + TAG_BYTES
        self.header = fields + hmac.digest(own[32:], fields, "sha256")

    def seal_root(self, root: Root) -> bytes:
        """Return `root` encrypted."""
        nonce = os.urandom(NONCE_BYTES)
        plain = _ROOT.pack(root.commit, root.length, root.n_slots, root.digest)
        return nonce + self._aes.encrypt(nonce, plain, b"root" + self.header)

    def open_root(self, sealed: bytes) -> Root | None:
        """Return the root, None where there is none or it was changed."""
        if len(sealed) != ROOT_BYTES:
            return None
        try:
            nonce = sealed[:NONCE_BYTES]
            plain = self._aes.decrypt(nonce, sealed[NONCE_BYTES:], b"root" + self.header)
        except InvalidTag:
            return None
        return Root(*_ROOT.unpack(plain))

    def seal_chunk(self, index: int, commit: int, plain: bytes | bytearray) -> tuple[Head, bytes]:
        """Return (head, bytes of the slot) for the chunk `index`."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._aes.encrypt(nonce, plain, self._place(index, commit, len(plain)))
        head = Head(commit, index, len(plain), sealed[-TAG_BYTES:], nonce)
        return head, encode_head(head) + sealed

    def open_chunk(self, head: Head, slot: bytes) -> bytes | None:
        """Return the content of the chunk that `head` names; None if `slot` is not it."""
        sealed = memoryview(slot)[HEAD_BYTES : HEAD_BYTES + head.length + TAG_BYTES]
        if sealed[-TAG_BYTES:] != head.tag:
            return None
        try:
            place = self._place(head.index, head.commit, head.length)
            return self._aes.decrypt(head.nonce, sealed, place)
        except InvalidTag:
            return None

    def _place(self, index: int, commit: int, length: int) -> bytes:
        return b"chunk" + self._file_id + _PLACE.pack(index, commit, length)


def cipher_of(header: bytes, key: bytes, name: str) -> FileCipher:
    """Return the cipher of the file that begins with `header`.

    Raises
    ------
    FileFormatError
        If it is no sealed file, of a later version, damaged, or sealed with another key.
    """
    if len(header) < HEADER_BYTES or not header.startswith(SEALED_MAGIC):
        raise FileFormatError(
            f"{name} is no encrypted file of emgfeedback.", "Choose another file."
        )
    _, version, _, chunk_bytes, file_id = _HEADER.unpack_from(header)
    if version != VERSION:
        raise FileFormatError(
            f"{name} is an encrypted file of version {version} (this program reads {VERSION}).",
            "Open it with a newer emgfeedback, or restore it from a backup.",
        )
    cipher = FileCipher(key, file_id, chunk_bytes)
    if not hmac.compare_digest(cipher.header, header[:HEADER_BYTES]):
        raise FileFormatError(
            f"{name} was encrypted with another key, or its header is damaged.",
            "Unlock the records it belongs to, or restore it from a backup.",
        )
    return cipher


def encode_head(head: Head) -> bytes:
    """Return the bytes of `head`."""
    return _HEAD.pack(head.commit, head.index, head.length, head.tag, head.nonce)


def decode_head(data: bytes) -> Head | None:
    """Return the head, None where the slot is empty or not there."""
    if len(data) < HEAD_BYTES:
        return None
    head = Head(*_HEAD.unpack_from(data))
    return head if head.commit else None


def digest_of(tags: bytes | bytearray) -> bytes:
    """Return what a root says of the tags of all chunks."""
    return hashlib.sha256(tags).digest()
