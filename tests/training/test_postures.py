from pathlib import Path

import pytest

from emgfeedback.core.errors import ConfigError
from emgfeedback.core.montage import Side
from emgfeedback.people.values import PostureFinding
from emgfeedback.training.postures import TABLE, Beside, beside, expected, load_postures
from tests.measures.short_patient import assessed


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


def rows_beside(*findings: PostureFinding) -> dict[tuple[str, Side], Beside]:
    rows = beside(findings, assessed())
    found = {(row.name, row.side): row for row in rows}
    assert len(found) == len(rows)
    return found


def test_expected_muscles_stand_beside_what_was_measured() -> None:
    found = rows_beside(PostureFinding("torticaput", Side.RIGHT, 30.0))
    told = assessed()["tasks"]["let-go"]["muscles"]
    scm = found["SCM", Side.LEFT]
    assert scm.postures == ("Head turned (torticaput)",)
    assert (scm.label, scm.seen, scm.source, scm.reason) == ("SCM L", "yes", "B", "")
    assert scm.of_rest == told["SCM L"]["of_rest"]["value"]
    assert scm.of_reference_pct == told["SCM L"]["of_reference_pct"]["value"]
    splenius = found["Splenius", Side.RIGHT]
    assert splenius.of_rest == told["SPL R"]["of_rest"]["value"]
    assert splenius.of_reference_pct is None
    deep = found["Obliquus capitis inferior", Side.RIGHT]
    assert (deep.of_rest, deep.reason) == (None, "too deep to be seen from the skin")
    assert found["Levator scapulae", Side.RIGHT].reason == "no electrode there"


def test_a_measured_muscle_nobody_expected_is_told_too() -> None:
    found = rows_beside(PostureFinding("torticaput", Side.RIGHT))
    right = found["SCM", Side.RIGHT]
    assert (right.postures, right.seen, right.source, right.label) == ((), "", "", "SCM R")
    assert right.of_rest is not None
    loose = found["Splenius", Side.LEFT]
    assert loose.of_rest is None
    assert loose.reason
    assert len(rows_beside()) == 6, "without a posture, what was measured"


def test_a_muscle_expected_in_two_postures_is_one_row_with_both_sources() -> None:
    found = rows_beside(
        PostureFinding("torticaput", Side.LEFT), PostureFinding("laterocaput", Side.RIGHT),
        PostureFinding("of a later table", Side.LEFT),
    )  # fmt: skip
    scm = found["SCM", Side.RIGHT]
    assert scm.postures == ("Head turned (torticaput)", "Head tilted (laterocaput)")
    assert scm.source == "B, A"


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
