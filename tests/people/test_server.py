"""A clinic says where its register is; a slip of the pen begins no second one."""

from __future__ import annotations

from pathlib import Path

import pytest

from emgfeedback.core.errors import ConfigError, RegisterError
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.opening import open_folder
from emgfeedback.people.server import database_url


def test_without_a_word_the_register_is_a_file(tmp_path: Path) -> None:
    assert database_url(DataFolder(tmp_path)) is None
    (tmp_path / "records.toml").write_text("version = 1\n")
    assert database_url(DataFolder(tmp_path)) is None


def test_the_address_is_taken_and_asked(tmp_path: Path) -> None:
    address = "postgresql://nobody@127.0.0.1:1/none"
    (tmp_path / "records.toml").write_text(f'version = 1\ndatabase_url = "{address}"\n')
    folder = DataFolder(tmp_path)
    assert database_url(folder) == address
    with pytest.raises(RegisterError, match=r"cannot be used|not installed"):
        open_folder(folder, who="test")
    assert not folder.register.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('version = 1\ndatabse_url = "x"\n', "unknown key `databse_url`.*database_url"),
        ("version = 1\ndatabase_url = 5\n", "database_url"),
        ("not toml at all", "not valid TOML"),
        ('version = 9\ndatabase_url = "x"\n', "version is 9"),
    ],
)
def test_a_slip_of_the_pen_opens_nothing(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "records.toml").write_text(text)
    folder = DataFolder(tmp_path)
    with pytest.raises(ConfigError, match=words):
        open_folder(folder, who="test")
    assert not folder.register.exists()


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "records.toml").write_text('version = 1\ndatabase_url = "mysql://x/y"\n')
    with pytest.raises(RegisterError, match="not the address of a PostgreSQL"):
        open_folder(DataFolder(tmp_path), who="test")
