"""One file for many: what was packed comes out, and nothing else ever does."""

from __future__ import annotations

import json
import random
import zipfile
from pathlib import Path

import pytest

from emgfeedback.core.errors import FileFormatError, RegisterError
from emgfeedback.people.package import MANIFEST, Package, new_package


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    source = tmp_path / "a.bdf"
    source.write_bytes(random.Random(1).randbytes(3_000_000))
    with new_package(tmp_path / "p.zip", "backup", {"made": "today"}) as package:
        package.add_file("recordings/a.bdf", source)
        package.add_bytes("values.json", b"{}")
    return tmp_path / "p.zip"


def forge(path: Path, members: dict[str, bytes], told: dict[str, dict]) -> Path:
    manifest = {"format": "emgfeedback package", "version": 1, "kind": "backup", "facts": {}}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as forged:
        for name, content in members.items():
            forged.writestr(name, content)
        forged.writestr(MANIFEST, json.dumps({**manifest, "members": told}))
    return path


def test_what_was_packed_comes_out(packed: Path, tmp_path: Path):
    with Package(packed) as package:
        assert (package.kind, package.facts) == ("backup", {"made": "today"})
        package.check()
        package.extract("recordings/a.bdf", tmp_path / "out" / "a.bdf")
    assert (tmp_path / "out" / "a.bdf").read_bytes() == (tmp_path / "a.bdf").read_bytes()


def test_nothing_is_overwritten(packed: Path, tmp_path: Path):
    with pytest.raises(RegisterError, match="exists"), new_package(packed, "backup", {}):
        pass
    (tmp_path / "there").write_text("mine")
    with Package(packed) as package, pytest.raises(FileExistsError):
        package.extract("values.json", tmp_path / "there")
    assert (tmp_path / "there").read_text() == "mine"


def test_an_interrupted_package_leaves_nothing(tmp_path: Path):
    def interrupted() -> None:
        with new_package(tmp_path / "p.zip", "backup", {}) as package:
            package.add_bytes("a", b"1")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("seed", range(40))
def test_a_changed_byte_is_noticed_or_changes_nothing(packed: Path, tmp_path: Path, seed: int):
    chance = random.Random(seed)
    content = bytearray(packed.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    broken = tmp_path / "broken.zip"
    broken.write_bytes(content)
    try:
        with Package(broken) as package:
            package.check()
            found = {name: package.read(name) for name in package.members}
    except FileFormatError:
        return
    with Package(packed) as package:
        assert found == {name: package.read(name) for name in package.members}


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_cut_package_is_refused(packed: Path, tmp_path: Path, share: float):
    content = packed.read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(FileFormatError, match="not a package"):
        Package(cut)


@pytest.mark.parametrize(
    "name", ["../x", "/etc/x", "a/../../x", "C:/x", "a\\x", "a//b", "", "a\nb", "x:stream"]
)
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str):
    path = forge(tmp_path / "f.zip", {name or "x": b""}, {name: {"bytes": 0, "sha256": ""}})
    with pytest.raises(FileFormatError, match="manifest"):
        Package(path)


def test_a_bomb_stops_at_the_size_it_told(tmp_path: Path):
    path = forge(
        tmp_path / "f.zip", {"a": bytes(50_000_000)}, {"a": {"bytes": 10, "sha256": "0" * 64}}
    )
    with Package(path) as package:
        pieces = package.pieces("a")
        with pytest.raises(FileFormatError, match="more in 'a' than it says"):
            next(pieces)


def test_members_the_manifest_does_not_name_are_refused(tmp_path: Path):
    with pytest.raises(FileFormatError, match="exactly"):
        Package(forge(tmp_path / "f.zip", {"a": b"", "b": b""}, {"a": {"bytes": 0, "sha256": ""}}))


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip", b"\0" * 4096])
def test_what_is_no_package_is_refused_and_left(tmp_path: Path, content: bytes):
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match="not a package"):
        Package(path)
    assert path.read_bytes() == content
