"""The files as docs/home.md describes them, read by that description alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import zipfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from emgfeedback.access.sealing import SealedFiles
from emgfeedback.home.kit import pack_results
from emgfeedback.home.pairing import clinic_pairing
from emgfeedback.home.plan_file import read_plan_file
from tests.home.two_places import CALL, NOW, Place, pair, practise


def test_plan_is_signed_and_numbered_as_described(clinic: Place, kit: Place, stick: Path):
    pair(clinic, kit, stick)
    envelope = json.loads((stick / "plan.emgplan").read_text(encoding="utf-8"))
    assert (envelope["format"], envelope["version"]) == ("emgfeedback home plan", 1)
    content = json.loads(envelope["content"])
    sign_key = base64.b64decode(content["sign_key"])
    signed = b"emgfeedback home plan 1\0" + envelope["content"].encode()
    Ed25519PublicKey.from_public_bytes(sign_key).verify(
        base64.b64decode(envelope["signature"]), signed
    )
    assert content["contact"] == CALL
    digits = int.from_bytes(hashlib.sha256(b"number\0" + sign_key).digest(), "big") % 10**16
    made = clinic_pairing(clinic.folder, content["patient_id"], clinic.files)
    assert made is not None
    assert json.loads(made.plan) == envelope, "the clinic keeps what it handed out"
    text = f"{digits:016d}"
    assert read_plan_file(stick / "plan.emgplan").clinic_number.replace(" ", "") == text


def test_results_are_signed_and_encrypted_as_described(
    clinic: Place, kit: Place, stick: Path, tmp_path: Path
):
    patient = pair(clinic, kit, stick)
    practise(kit, patient.id)
    pack_results(kit.register, kit.folder, stick / "1.emgresults", now_utc=NOW)
    whole = (stick / "1.emgresults").read_bytes()
    assert whole[:8] == b"EMGHOME\x01"
    length = int.from_bytes(whole[8:12], "big")
    head = json.loads(whole[12 : 12 + length])
    body, signature = whole[12 + length : -64], whole[-64:]
    kit_key, file_key = (base64.b64decode(head[name]) for name in ("kit_key", "file_key"))
    digest = hashlib.sha256(whole[:-64]).digest()
    signed = b"emgfeedback home results 1\0" + digest
    Ed25519PublicKey.from_public_bytes(kit_key).verify(signature, signed)
    pairing = clinic_pairing(clinic.folder, patient.id, clinic.files)
    assert pairing is not None
    proved = b"|".join((patient.id.encode(), str(head["number"]).encode(), kit_key, file_key))
    proof = hmac.digest(pairing.secret, proved, "sha256")
    assert base64.b64decode(head["proof"]) == proof
    mine = X25519PrivateKey.from_private_bytes(pairing.return_key)
    salt = hashlib.sha256(file_key + mine.public_key().public_bytes_raw()).digest()
    info = b"emgfeedback home results 1\0" + patient.id.encode()
    shared = mine.exchange(X25519PublicKey.from_public_bytes(file_key))
    key = HKDF(SHA256(), 32, salt, info).derive(shared)
    (tmp_path / "body").write_bytes(body)
    with SealedFiles(key).open(tmp_path / "body", "r") as sealed:
        package = zipfile.ZipFile(io.BytesIO(sealed.readall() or b""))
    assert {"manifest.json", "values.json"} < set(package.namelist())
    kinds = [value["kind"] for value in json.loads(package.read("values.json"))]
    assert kinds[0] == "Patient"
    assert {"Session", "CheckIn", "RecordingFile"} < set(kinds)
