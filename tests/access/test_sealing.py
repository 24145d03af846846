from __future__ import annotations

import os
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgfeedback.access import sealing
from emgfeedback.access.sealing import (
    SealedFiles,
    is_sealed,
    seal_bytes,
    seal_file,
    unseal_bytes,
    unseal_file,
    write_sealed,
)
from emgfeedback.core.errors import AccessError, FileFormatError
from emgfeedback.core.files import PLAIN, SEALED_MAGIC

KEY = bytes(range(32))
CONTENT = b"Anna Beispiel: torticaput\n" * 9000


@pytest.fixture
def plain(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def sealed(tmp_path):
    return tmp_path / "a.json.sealed"


@given(st.binary(max_size=20_000))
@settings(deadline=None, max_examples=50)
def test_bytes_come_back(data):
    kept = seal_bytes(data, KEY)
    assert kept.startswith(SEALED_MAGIC)
    assert unseal_bytes(kept, KEY) == data
    assert SealedFiles(KEY).unwrap(SealedFiles(KEY).wrap(data)) == data
    assert len(kept) < len(data) * 1.02 + 3 * 4096
    if len(set(data)) > 8:
        assert data not in kept


def test_bytes_of_another_key_or_none_are_refused():
    with pytest.raises(FileFormatError, match="another key"):
        unseal_bytes(seal_bytes(b"x", KEY), bytes(32))
    with pytest.raises(FileFormatError, match="no encrypted file"):
        unseal_bytes(b"{}", KEY)
    assert SealedFiles(KEY).unwrap(b"{}") == b"{}"


def test_too_much_is_not_decrypted_into_memory(monkeypatch):
    monkeypatch.setattr(sealing, "MAX_NOTE_BYTES", 100)
    assert unseal_bytes(seal_bytes(bytes(100), KEY), KEY) == bytes(100)
    with pytest.raises(FileFormatError, match=r"holds 101 bytes \(limit 100\)"):
        unseal_bytes(seal_bytes(bytes(101), KEY), KEY)


@pytest.mark.parametrize("content", [b"", b"x", CONTENT])
def test_file_there_and_back(tmp_path, plain, sealed, content):
    plain.write_bytes(content)
    os.utime(plain, ns=(10**18, 10**18))
    seal_file(plain, sealed, KEY)
    assert [p.name for p in tmp_path.iterdir()] == ["a.json.sealed"]
    assert is_sealed(sealed)
    assert b"Anna Beisp" not in sealed.read_bytes()
    assert sealed.stat().st_mtime_ns == 10**18
    assert sys.platform == "win32" or sealed.stat().st_mode & 0o077 == 0
    unseal_file(sealed, plain, KEY)
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]
    assert plain.read_bytes() == content


def test_another_file_of_that_name_is_not_overwritten(plain, sealed):
    sealed.write_bytes(b"something else")
    with pytest.raises(AccessError, match="exists already and holds something else"):
        seal_file(plain, sealed, KEY)
    assert plain.read_bytes() == CONTENT
    assert sealed.read_bytes() == b"something else"


def test_cut_off_run_is_finished_by_the_next(tmp_path, plain, sealed, monkeypatch):
    """Wherever it stops, one of both holds the content, and doing it again ends well."""
    steps = ["_copy", "_same_content", "put_in_place", "sync_folder"]
    for step in steps:
        plain.write_bytes(CONTENT)
        real = getattr(sealing, step)

        def cut(*arguments: object, real=real) -> None:
            real(*arguments)
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(sealing, step, cut)
            with pytest.raises(KeyboardInterrupt):
                seal_file(plain, sealed, KEY)
        assert plain.read_bytes() == CONTENT
        seal_file(plain, sealed, KEY)
        assert [p.name for p in tmp_path.iterdir()] == ["a.json.sealed"]
        assert unseal_bytes(sealed.read_bytes(), KEY) == CONTENT
        sealed.unlink()


def test_draft_of_a_killed_run_is_in_nobodys_way(tmp_path, plain, sealed):
    (tmp_path / ".a.json.sealed.part").write_bytes(b"half")
    seal_file(plain, sealed, KEY)
    assert [p.name for p in tmp_path.iterdir()] == ["a.json.sealed"]


def test_a_copy_that_differs_is_noticed_before_the_original_goes(plain, sealed, monkeypatch):
    real = sealing._copy

    def careless(source, draft, reading, writing) -> None:
        real(source, draft, reading, writing)
        data = bytearray(draft.read_bytes())
        data[5000] ^= 1
        draft.write_bytes(data)

    monkeypatch.setattr(sealing, "_copy", careless)
    with pytest.raises(FileFormatError, match="damaged"):
        seal_file(plain, sealed, KEY)
    assert plain.read_bytes() == CONTENT
    assert [p.name for p in plain.parent.iterdir()] == ["a.json"]


def test_a_file_that_grows_meanwhile_stays(plain, sealed, monkeypatch):
    real = sealing._same_content

    def slow(*arguments: object) -> bool:
        same = real(*arguments)
        with plain.open("ab") as file:
            file.write(b"more")
        return same

    monkeypatch.setattr(sealing, "_same_content", slow)
    with pytest.raises(AccessError, match="was changed meanwhile"):
        seal_file(plain, sealed, KEY)
    assert plain.read_bytes() == CONTENT + b"more"
    assert not sealed.exists()


def test_wrong_way_round_is_refused(tmp_path, plain, sealed):
    with pytest.raises(FileFormatError, match="is not encrypted"):
        unseal_file(plain, tmp_path / "b", KEY)
    seal_file(plain, sealed, KEY)
    with pytest.raises(FileFormatError, match="is encrypted already"):
        seal_file(sealed, tmp_path / "b", KEY)
    with pytest.raises(FileFormatError, match="another key"):
        unseal_file(sealed, plain, bytes(32))
    assert [p.name for p in tmp_path.iterdir()] == ["a.json.sealed"]


def test_missing_file_and_folder_are_told_in_one_line(tmp_path, plain):
    for source, target in ((tmp_path / "no", tmp_path / "x"), (plain, tmp_path / "no" / "x")):
        with pytest.raises(AccessError, match="cannot be encrypted: no such file") as told:
            seal_file(source, target, KEY)
        assert "\n" not in str(told.value)
    assert plain.read_bytes() == CONTENT


def test_small_content_is_written_whole_and_private(tmp_path):
    path = tmp_path / "s.json.sealed"
    write_sealed(path, b"Anna", KEY, replace=False)
    with pytest.raises(FileExistsError):
        write_sealed(path, b"Berta", KEY, replace=False)
    assert unseal_bytes(path.read_bytes(), KEY) == b"Anna"
    with SealedFiles(KEY).open(path, "r") as file:
        assert file.read() == b"Anna"


def test_opener_without_a_key_reads_plain_files_and_names_the_others(tmp_path, plain):
    with PLAIN.open(plain, "r") as file:
        assert file.read() == CONTENT
    path = tmp_path / "s"
    write_sealed(path, b"Anna", KEY, replace=False)
    for mode in ("r", "r+"):
        with pytest.raises(FileFormatError, match="is encrypted"):
            PLAIN.open(path, mode)
    with pytest.raises(FileExistsError):
        SealedFiles(KEY).open(path, "x+")
    assert path.exists()
