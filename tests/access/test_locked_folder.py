"""A copy of the data folder, taken while locked, tells nothing of anybody in any byte."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.access.key_file import LOWEST
from emgfeedback.access.keys import KeyRing
from emgfeedback.access.private_files import private_folder
from emgfeedback.access.sealing import SealedFiles, seal_file, unseal_bytes, write_sealed
from emgfeedback.records.reader import open_recording
from tests.access.recorded import N_CHANNELS, NOTE, SUBJECT, append, record, start, truth

NAMES = ("Zyxgrünwald", "Müller-Ostrowski", "Friederike Zyxgrünwald")
PASSPHRASE = "vier Worte für Anna"
SUMMARY = {"patient": SUBJECT, "note": NOTE, "calibration": {"rest_uv": 3.14159265358979}}
N_SAMPLES = 9000


def fill_database(path: Path, key: bytes) -> None:
    """Write names and notes, and leave the write-ahead log unmerged as a crash does."""
    sqlcipher = pytest.importorskip("sqlcipher3", reason="needs requirements-secure.txt")
    writing = sqlcipher.connect(str(path))
    reading = sqlcipher.connect(str(path))
    for connection in (writing, reading):
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    writing.execute("PRAGMA journal_mode = WAL")
    writing.execute("CREATE TABLE patient (name TEXT, note TEXT)")
    writing.executemany("INSERT INTO patient VALUES (?, ?)", [(name, NOTE) for name in NAMES])
    writing.commit()
    reading.execute("BEGIN")
    assert reading.execute("SELECT count(*) FROM patient").fetchone() == (3,)
    writing.execute("UPDATE patient SET note = note || name")
    writing.commit()
    for name in ("", "-wal", "-shm"):
        file = path.with_name(path.name + name)
        shutil.copyfile(file, file.with_name(file.name + ".kept"))
    reading.close()
    writing.close()
    for name in ("", "-wal", "-shm"):
        file = path.with_name(path.name + name)
        file.with_name(file.name + ".kept").replace(file)


@pytest.fixture
def folder(tmp_path) -> Path:
    """A data folder with everything in it, locked: a recording was killed a moment ago."""
    data = private_folder(tmp_path / "data")
    recordings = private_folder(data / "recordings")
    ring, _ = KeyRing.create(data / "keys.json", PASSPHRASE, cost=LOWEST)
    fill_database(data / "register.sqlite", ring.database_key)
    files = SealedFiles(ring.files_key)
    record(recordings / "1.bdf.sealed", N_SAMPLES, files)
    plain = record(recordings / "2.bdf", N_SAMPLES)
    seal_file(plain, recordings / "2.bdf.sealed", ring.files_key)
    text = json.dumps(SUMMARY, ensure_ascii=False).encode()
    write_sealed(recordings / "1.session.json.sealed", text, ring.files_key, replace=False)
    writer = start(recordings / "3.bdf.sealed", files)
    append(writer, 0, N_SAMPLES)
    ring.lock()
    copy = tmp_path / "copy"
    shutil.copytree(data, copy)
    writer.finish()
    return copy


def forms_of(text: str) -> set[bytes]:
    """Return `text` as any program may have written it."""
    escaped = json.dumps(text).strip('"')
    ascii_only = text.encode("ascii", "replace").decode().replace("?", "u")
    forms = {text, text.upper(), text.lower(), escaped, ascii_only}
    encodings = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "latin-1")
    return {form.encode(encoding) for form in forms for encoding in encodings}


def runs_of_signal() -> list[bytes]:
    """Return short runs of each channel's samples, as 16, 24 and 32 bits and as text."""
    samples = truth(0, N_SAMPLES)
    runs = []
    for column in range(N_CHANNELS):
        for first in range(0, N_SAMPLES - 8, 250):
            run = samples[first : first + 8, column] - 512  # counts around the middle, too
            for values in (run, run + 512):
                le32 = values.astype("<i4").tobytes()
                runs.append(le32)
                runs.append(values.astype("<i2").tobytes())
                runs.append(b"".join(le32[i : i + 3] for i in range(0, len(le32), 4)))
    for first in range(0, N_SAMPLES - 3, 250):
        runs.append(samples[first : first + 2].astype("<i4").tobytes())
        runs.append(",".join(map(str, samples[first])).encode())
    return runs


def all_bytes(folder: Path) -> bytes:
    return b"\x00\x00".join(path.read_bytes() for path in sorted(folder.rglob("*.*")))


def found(needles: set[bytes] | list[bytes], data: bytes) -> list[bytes]:
    return [needle for needle in needles if needle in data]


def test_search_finds_what_is_not_encrypted(tmp_path):
    """The search itself: in plain files it finds name, note and signal."""
    record(tmp_path / "a.bdf", N_SAMPLES)
    (tmp_path / "a.json").write_text(json.dumps(SUMMARY), encoding="utf-8")
    data = all_bytes(tmp_path)
    assert len(found(runs_of_signal(), data)) >= N_CHANNELS * (N_SAMPLES - 8) // 250
    for text in (SUBJECT, NOTE):
        assert found(forms_of(text), data)


def test_copy_tells_no_name_note_or_signal(folder):
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")}
    assert files == {
        "keys.json",
        "register.sqlite",
        "register.sqlite-wal",
        "register.sqlite-shm",
        "recordings/1.bdf.sealed",
        "recordings/1.session.json.sealed",
        "recordings/2.bdf.sealed",
        "recordings/3.bdf.sealed",
        "recordings/3.bdf.sealed.recording",
    }
    data = all_bytes(folder)
    words = {word for text in (*NAMES, SUBJECT, NOTE) for word in re.findall(r"\w{5,}", text)}
    others = {"patient", "CREATE TABLE", "SQLite format", "BIOSEMI", "rest_uv", "3.14159265358979"}
    for text in (*NAMES, SUBJECT, NOTE, PASSPHRASE, *words, *others - {"patient"}):
        assert not found(forms_of(text), data), text
    assert not found(runs_of_signal(), data)


def test_encrypted_files_look_like_noise(folder):
    """Every file but keys.json: all byte values alike, beyond headers and unused room."""
    for path in folder.rglob("*.*"):
        data = np.frombuffer(path.read_bytes(), np.uint8)
        data = data[data != 0]
        if path.suffix not in (".sealed", ".sqlite") or len(data) < 20_000:
            continue
        counts = np.bincount(data, minlength=256)[1:]
        expected = len(data) / 255
        chi2 = float(((counts - expected) ** 2 / expected).sum())
        # 254 degrees of freedom: mean 254, deviation 22.5.
        assert chi2 < 254 + 8 * 22.5, f"{path.name}: {chi2:.0f}"


def test_passphrase_opens_the_copy_whole(folder):
    ring = KeyRing.unlock(folder / "keys.json", PASSPHRASE)
    files = SealedFiles(ring.files_key)
    for name in ("1", "2"):
        with open_recording(folder / "recordings" / f"{name}.bdf.sealed", files) as recording:
            counts = recording.read_counts(0, N_SAMPLES)
            np.testing.assert_array_equal(counts, truth(0, N_SAMPLES))
            assert NOTE in [annotation.text for annotation in recording.annotations]
    summary = folder / "recordings" / "1.session.json.sealed"
    assert json.loads(unseal_bytes(summary.read_bytes(), ring.files_key)) == SUMMARY
    sqlcipher = pytest.importorskip("sqlcipher3", reason="needs requirements-secure.txt")
    connection = sqlcipher.connect(str(folder / "register.sqlite"))
    connection.execute(f"PRAGMA key = \"x'{ring.database_key.hex()}'\"")
    rows = connection.execute("SELECT name, note FROM patient").fetchall()
    connection.close()
    assert rows == [(name, NOTE + name) for name in NAMES]


def test_every_file_is_for_its_owner_alone(tmp_path, folder):
    from emgfeedback.access.private_files import is_private

    data = tmp_path / "data"
    ours = [path for path in (data, *data.rglob("*")) if "register" not in path.name]
    assert len(ours) >= 7
    assert [path for path in ours if not is_private(path)] == []
