"""The keys a clinic and a kit at home share: who signed, and who can read.

Ed25519 signs (RFC 8032); X25519 with HKDF-SHA256 makes the key a result file is encrypted with
(RFC 7748, RFC 5869), so that a lost stick tells nobody anything.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
SIGNATURE_BYTES = 64
_GROUPS = 4


def new_sign_key() -> bytes:
    """Return a fresh Ed25519 key, 32 secret bytes."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def new_return_key() -> bytes:
    """Return a fresh X25519 key, 32 secret bytes."""
    return X25519PrivateKey.generate().private_bytes_raw()


def new_secret() -> bytes:
    """Return 32 bytes nobody can guess."""
    return secrets.token_bytes(KEY_BYTES)


def public_sign_key(private: bytes) -> bytes:
    """Return what others check the signatures of `private` with."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def public_return_key(private: bytes) -> bytes:
    """Return what others encrypt with for the holder of `private`."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def sign(private: bytes, purpose: bytes, content: bytes) -> bytes:
    """Return the signature of `content`, which is good for `purpose` alone."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(purpose + b"\0" + content)


def is_signed(public: bytes, purpose: bytes, content: bytes, signature: bytes) -> bool:
    """Whether the holder of the key of `public` signed `content` for `purpose`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, purpose + b"\0" + content)
    except (InvalidSignature, ValueError):
        return False
    return True


def key_for(public: bytes, context: bytes) -> tuple[bytes, bytes]:
    """Return a fresh public key to send along, and the key it shares with the holder of `public`.

    Raises
    ------
    ValueError
        `public` is no usable key.
    """
    once = X25519PrivateKey.generate()
    shared = once.exchange(X25519PublicKey.from_public_bytes(public))
    sent = once.public_key().public_bytes_raw()
    return sent, _derived(shared, sent, public, context)


def key_from(private: bytes, sent: bytes, context: bytes) -> bytes:
    """Return the key that `key_for` made for the holder of `private`.

    Raises
    ------
    ValueError
        `sent` is no usable key.
    """
    shared = X25519PrivateKey.from_private_bytes(private).exchange(
        X25519PublicKey.from_public_bytes(sent)
    )
    return _derived(shared, sent, public_return_key(private), context)


def proof(secret: bytes, content: bytes) -> bytes:
    """Return what only a holder of `secret` can say of `content`: HMAC-SHA256."""
    return hmac.digest(secret, content, hashlib.sha256)


def is_proof(secret: bytes, content: bytes, told: bytes) -> bool:
    """Whether a holder of `secret` said `told` of `content`."""
    return hmac.compare_digest(proof(secret, content), told)


def number_of(public: bytes) -> str:
    """Return the number two people compare by telephone, as `4821 9930 0172 6650`.

    16 decimal digits of the key's SHA-256: who wants another key with the same number tries
    10^16 of them.
    """
    digits = int.from_bytes(hashlib.sha256(b"number\0" + public).digest(), "big") % 10**16
    text = f"{digits:016d}"
    return " ".join(text[4 * i : 4 * i + 4] for i in range(_GROUPS))


def _derived(shared: bytes, sent: bytes, public: bytes, context: bytes) -> bytes:
    salt = hashlib.sha256(sent + public).digest()
    return HKDF(SHA256(), KEY_BYTES, salt, b"emgfeedback home results 1\0" + context).derive(shared)
