"""Montage files: what ships loads, and every mistake is named with its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from emgfeedback.config import CONFIGS, FilterSettings, load_montage, load_settings
from emgfeedback.core.errors import ConfigError
from emgfeedback.core.montage import Side, neck_montage

GOOD = """
version = 1
name = "n"
[[channel]]
label = "SCM L"
muscle = "scm"
side = "left"
gain = 1000
"""


MONTAGES = sorted(
    set(CONFIGS.glob("*.toml")) - {CONFIGS / "settings.toml", CONFIGS / "programme.toml"}
)


@pytest.mark.parametrize("path", MONTAGES, ids=lambda p: p.name)
def test_every_shipped_montage_loads_and_has_pairs(path: Path) -> None:
    montage = load_montage(path)
    assert montage.pairs
    assert [montage.channels[p.left].side for p in montage.pairs] == [Side.LEFT] * len(
        montage.pairs
    )


def test_neck_file_is_the_built_in_montage() -> None:
    plain = [
        (c.label, c.muscle, c.side, c.input) for c in load_montage(CONFIGS / "neck.toml").channels
    ]
    assert plain == [(c.label, c.muscle, c.side, c.input) for c in neck_montage().channels]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("muscle", "musle"), "Did you mean `muscle`"),
        (('"scm"', '"smc"'), "Did you mean `scm`"),
        (('"left"', '"port"'), "port"),
        (("1000", '"1000"'), "float"),
        (("1000", "0.5"), "1 to 1000000"),
        (("1000", "nan"), "1 to 1000000"),
        (("version = 1", "version = 9"), "version is 9"),
        (("version = 1", ""), "version is None"),
        (('"SCM L"', '"SCM links äußerst"'), "16 plain letters"),
        (("gain = 1000", "spacing_mm = 900"), "1 to 100"),
        (("gain = 1000", "input = -1"), "0 to 63"),
        (("[[channel]]", "[channel"), "not valid TOML"),
        (("[[channel]]", "[channel]"), "array"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    path = tmp_path / "m.toml"
    path.write_text(GOOD.replace(*change), encoding="utf-8")
    with pytest.raises(ConfigError, match=says) as caught:
        load_montage(path)
    assert "m.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_doubled_inputs_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    second = GOOD.split("[[channel]]")[1].replace("SCM L", "SCM R")
    path.write_text(GOOD + "[[channel]]" + second, encoding="utf-8")
    with pytest.raises(ConfigError, match="uses input 0 twice"):
        load_montage(path)


def test_missing_and_binary_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_montage(tmp_path / "none.toml")
    path = tmp_path / "b.toml"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(ConfigError, match="not valid TOML"):
        load_montage(path)


def test_shipped_settings_load_and_name_every_filter_key() -> None:
    path = CONFIGS / "settings.toml"
    settings = load_settings(path)
    assert settings.board.fs_hz == 1000
    assert settings.filter.changes() == {}
    text = path.read_text(encoding="utf-8")
    assert all(f"# {name} = " in text for name in FilterSettings.__dataclass_fields__)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version = 1\n[filter]\nhighpass = 30", "Did you mean `highpass_hz`"),
        ("version = 1\n[filters]\n", "Did you mean `filter`"),
        ('version = 1\n[filter]\nhighpass_hz = "30 Hz"', "Expected `float"),
        ("version = 1\nboard = 3", "Expected `object`"),
        ("version = 2", "version is 2"),
    ],
)
def test_mistakes_in_settings_are_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=says):
        load_settings(path)
