"""Files opened by docs/encryption.md alone: nothing of the package decrypts here."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import struct
import unicodedata
from io import BytesIO

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from emgfeedback.access.key_file import LOWEST
from emgfeedback.access.keys import KeyRing
from emgfeedback.access.sealed import SealedFile
from emgfeedback.access.sealing import seal_bytes

PASSPHRASE = "vier Worte fu\u0308r Anna"


def hkdf(key: bytes, salt: bytes | None, info: bytes, n: int = 32) -> bytes:
    return HKDF(SHA256(), n, salt=salt, info=info).derive(key)


def recovery_bytes(words: str) -> bytes:
    bits = ""
    for letter in words.replace(" ", ""):
        if letter in "aiou":
            bits += f"{'aiou'.index(letter):02b}"
        else:
            bits += f"{'bdfghjklmnprstvz'.index(letter):04b}"
    data = int(bits, 2).to_bytes(18, "big")
    assert hashlib.sha256(b"emgfeedback recovery key" + data[:16]).digest()[:2] == data[16:]
    return data[:16]


def data_keys(text: str, words: str) -> list[bytes]:
    """Return the data key as the passphrase and as the recovery key open it."""
    content = json.loads(text)
    told = content.pop("sha256")
    compact = json.dumps(content, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(compact.encode()).hexdigest() == told
    found = []
    for name in ("passphrase", "recovery"):
        salt, nonce, wrapped = (
            base64.b64decode(content[name][field]) for field in ("salt", "nonce", "wrapped")
        )
        cost = content["argon2id"]
        if name == "passphrase":
            secret = unicodedata.normalize("NFC", PASSPHRASE).encode()
            key = Argon2id(
                salt=salt,
                length=32,
                iterations=cost["passes"],
                lanes=cost["lanes"],
                memory_cost=cost["memory_kib"],
            ).derive(secret)
        else:
            key = hkdf(recovery_bytes(words), salt, b"emgfeedback recovery 1")
        found.append(AESGCM(key).decrypt(nonce, wrapped, None))
    return found


def unsealed(data: bytes, files_key: bytes) -> bytes:
    assert data[:12] == b"EMGSEAL\x1a\x01\x00\x00\x00"
    (chunk_bytes,), file_id = struct.unpack("<I", data[12:16]), data[16:32]
    own = hkdf(files_key, file_id, b"emgfeedback sealed file 1", 64)
    assert hmac.digest(own[32:], data[:32], "sha256") == data[32:64]
    aes = AESGCM(own[:32])
    roots = []
    for at in (512, 1024, 1536):
        if any(data[at : at + 84]):
            plain = aes.decrypt(data[at : at + 12], data[at + 12 : at + 84], b"root" + data[:64])
            roots.append(struct.unpack("<QQQ32s", plain))
    commit, length, n_slots, digest = max(roots)
    chosen: dict[int, tuple[int, bytes, bytes, bytes]] = {}
    for i in range(n_slots):
        slot = data[4096 + i * (chunk_bytes + 64) :][: chunk_bytes + 64]
        of, index, n, tag, nonce = struct.unpack("<QII16s12s", slot[:44])
        if 0 < of <= commit and of > chosen.get(index, (0,))[0]:
            more = b"chunk" + file_id + struct.pack("<QQI", index, of, n)
            chosen[index] = (of, tag, nonce + more, slot[48 : 48 + n + 16])
    n_chunks = -(-length // chunk_bytes)
    used = [chosen[i] for i in range(n_chunks)]
    assert hashlib.sha256(b"".join(tag for _, tag, _, _ in used)).digest() == digest
    content = b"".join(aes.decrypt(more[:12], sealed, more[12:]) for _, _, more, sealed in used)
    assert len(content) == length
    return content


def test_keys_open_by_the_description(tmp_path):
    ring, words = KeyRing.create(tmp_path / "keys.json", PASSPHRASE, cost=LOWEST)
    by_passphrase, by_recovery = data_keys((tmp_path / "keys.json").read_text(), words)
    assert by_passphrase == by_recovery
    assert hkdf(by_passphrase, None, b"emgfeedback files 1") == ring.files_key
    assert hkdf(by_passphrase, None, b"emgfeedback database 1") == ring.database_key


@pytest.mark.parametrize("n", [0, 1, 4096, 100_000, 300_000])
def test_sealed_content_opens_by_the_description(n):
    key, content = random.Random(n).randbytes(32), random.Random(n).randbytes(n)
    assert unsealed(seal_bytes(content, key), key) == content


def test_file_that_was_changed_often_opens_by_the_description():
    chance = random.Random(4)
    key, model, raw = chance.randbytes(32), bytearray(), BytesIO()
    file = SealedFile.create(raw, key, chunk_bytes=4096)
    for i in range(50):
        place, data = chance.randrange(len(model) + 1), chance.randbytes(chance.randrange(3000))
        model[place : place + len(data)] = data
        file.seek(place)
        file.write(data)
        if i % 20 == 19:
            del model[len(model) // 2 :]
            file.truncate(len(model))
        (file.fsync if i % 3 else file.flush)()
        assert unsealed(raw.getvalue(), key) == model
