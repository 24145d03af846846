from pathlib import Path

import pytest

from emgfeedback.core.errors import ConfigError
from emgfeedback.core.montage import Side
from emgfeedback.training.postures import TABLE, expected, load_postures


def sides(posture: str, side: Side | None) -> dict[str, set[Side]]:
    found: dict[str, set[Side]] = {}
    for row in expected(load_postures()[posture], side):
        found.setdefault(row.name, set()).add(row.side)
    return found


def test_a_head_turned_right_expects_the_left_scm_and_the_right_splenius() -> None:
    found = sides("torticaput", Side.RIGHT)
    assert found["SCM"] == {Side.LEFT}
    assert found["Splenius"] == {Side.RIGHT}
    assert sides("torticaput", Side.LEFT)["SCM"] == {Side.RIGHT}


def test_a_head_tilted_right_expects_the_right_side() -> None:
    assert set().union(*sides("laterocaput", Side.RIGHT).values()) == {Side.RIGHT}


def test_forward_and_backward_expect_both_sides() -> None:
    assert sides("retrocaput", None)["Splenius"] == {Side.LEFT, Side.RIGHT}


def test_deep_muscles_are_named_as_unseen() -> None:
    deep = [row for row in expected(load_postures()["anterocaput"], None) if row.seen == "no"]
    assert {row.name for row in deep} == {"Longus capitis and colli"}
    assert {row.muscle for row in deep} == {""}


def test_a_side_is_asked_for_where_there_is_one() -> None:
    with pytest.raises(ConfigError, match="none was chosen"):
        expected(load_postures()["torticaput"], None)


def test_no_word_of_the_table_recommends() -> None:
    text = TABLE.read_text(encoding="utf-8").lower().split("version = 1", 1)[1]
    assert not [w for w in ("inject", "dose", "recommend", "target", "diagnos") if w in text]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('muscle = "scm"', 'muscle = "scn"', "unknown muscle `scn`.*scm"),
        ('name = "Scaleni"', 'nme = "Scaleni"', "unknown key `nme`"),
        ("version = 1", "version = 7", "version"),
        ('seen = "yes"', 'seen = "maybe"', "seen"),
    ],
)
def test_a_broken_table_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / "table.toml"
    path.write_text(TABLE.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=words):
        load_postures(path)
