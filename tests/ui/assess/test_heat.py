"""The heat table holds the measures it is given, says which, and answers keys and mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from emgfeedback.core.montage import Side
from emgfeedback.ui import words
from emgfeedback.ui.assess.assess_words import cell_told, quality_lines
from emgfeedback.ui.assess.heat import ACTIVITY, MEASURES, OF_REST, ONSET, REFERENCE, RMS, heat_of
from emgfeedback.ui.assess.heat_card import HeatCard
from emgfeedback.ui.assess.heat_table import HeatTable
from emgfeedback.ui.theme import Scheme
from tests.measures.short_patient import assessed

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
LOOSE = ("splenius", Side.LEFT)


@pytest.fixture
def table(qtbot, look) -> HeatTable:
    made = HeatTable()
    qtbot.addWidget(made)
    made.resize(720, 300)
    made.show_heat(heat_of(assessed()))
    with qtbot.waitExposed(made):
        made.show()
    return made


def place(heat, task: str, label: str) -> tuple[int, int]:
    rows = [row.task for row in heat.rows]
    return rows.index(task), [column.label for column in heat.columns].index(label)


def test_columns_are_left_and_right_of_each_muscle_whatever_order_the_cables_have():
    told = assessed()
    told["channels"].reverse()
    heat = heat_of(told)
    assert [column.label for column in heat.columns] == [
        "SCM L", "SCM R", "UT L", "UT R", "SPL L", "SPL R",
    ]  # fmt: skip
    assert [row.task for row in heat.rows] == [
        "rest-supported", "let-go", "rotate-left", "rotate-right", "",
    ]  # fmt: skip


def test_activity_is_of_the_reference_where_there_is_one_else_of_rest_else_microvolts():
    told = assessed()
    heat = heat_of(told)
    assert [c.measure for c in heat.columns] == [REFERENCE] * 4 + [OF_REST] * 2
    assert heat.mixed
    assert {scale.measure for scale in heat.scales} == {REFERENCE, OF_REST}
    for task in told["tasks"].values():
        for values in task["muscles"].values():
            values[OF_REST] = {"value": None, "reason": "no rest to compare with"}
    assert [c.measure for c in heat_of(told).columns] == [REFERENCE] * 4 + [RMS] * 2


@pytest.mark.parametrize("measure", MEASURES)
def test_every_number_is_that_of_the_assessment_and_every_dash_has_its_reason(measure: str):
    told = assessed()
    heat = heat_of(told, measure)
    for row in heat.rows:
        for column, cell in zip(heat.columns, row.cells, strict=True):
            if not row.task:
                continue
            found = told["tasks"][row.task]["muscles"][column.label][column.measure]
            if found["value"] is None:
                assert cell.text == words.DASH
                assert cell.reason
                assert cell.share is None
            else:
                shown = float(cell.text.replace(words._MINUS, "-"))
                assert shown == pytest.approx(found["value"], abs=0.51)
                assert 0 <= cell.share <= 1
    top = [cell.share for row in heat.rows for cell in row.cells if cell.share is not None]
    if top:
        assert max(top) == pytest.approx(1)


def test_a_quiet_recording_looks_quiet():
    told = assessed()
    for task in told["tasks"].values():
        for values in task["muscles"].values():
            if values[REFERENCE]["value"] is not None:
                values[REFERENCE]["value"] = 5.0
    heat = heat_of(told, REFERENCE)
    assert {cell.share for row in heat.rows for cell in row.cells} == {0.25, None}
    assert [scale.top for scale in heat.scales] == [20.0]


def test_the_trick_has_a_row_of_changes_without_a_shade():
    told = assessed()
    trick = heat_of(told).rows[-1]
    index = told["trick"]["SCM L"]["index_pct"]["value"]
    assert trick.cells[0].text == f"{words._MINUS}{round(index)} %"
    assert {cell.share for cell in trick.cells} == {None}
    assert heat_of(told, "onset_s").rows[-1].task == "rotate-right"


def test_a_cell_in_words_tells_unit_window_filter_and_the_reason_of_a_dash():
    told = assessed()
    heat = heat_of(told)
    said, how = cell_told(told, heat, place(heat, "let-go", "SCM L"))
    uv = told["tasks"]["let-go"]["muscles"]["SCM L"][RMS]["value"]
    assert said.startswith("Left SCM, head let go: ")
    assert "% of own reference" in said
    assert f"{words.number(uv, 1)} µV" in said
    assert "Window: the hold, 12.0 s." in how
    assert "Filter: HP 20 Hz o2, LP 400 Hz o4, notch off" in how
    said, how = cell_told(told, heat, place(heat, "let-go", "SPL L"))
    reason = told["channels"][4]["excluded"]
    assert said == f"Left splenius, head let go: left out, {reason}"
    heat = heat_of(told, "paradoxical_pct")
    said, _ = cell_told(told, heat, place(heat, "let-go", "SCM L"))
    assert said == "Left SCM, head let go: no number, the task has no mirrored one"
    heat = heat_of(told)
    said, how = cell_told(told, heat, (len(heat.rows) - 1, 0))
    assert "marked: halved for" in said
    assert "From the start of the trick on." in how
    assert quality_lines(told) == [f"L splenius left out: {reason}."]


def test_channels_without_a_muscle_stand_apart_under_their_labels():
    told = assessed()
    for label in ("AUX 7", "AUX 8"):
        told["channels"].append(
            {**told["channels"][1], "label": label, "muscle": "other", "side": "midline"}
        )
        told["trick"][label] = told["trick"]["SCM R"]
        for task in told["tasks"].values():
            task["muscles"][label] = task["muscles"]["SCM R"]
    heat = heat_of(told)
    assert [column.group for column in heat.columns[-2:]] == ["AUX 7", "AUX 8"]
    assert heat.columns[-1].name == "AUX 8"


def test_arrows_move_the_cell_and_stop_at_the_edges(table: HeatTable, qtbot):
    seen: list[tuple[int, int]] = []
    table.moved.connect(lambda row, column: seen.append((row, column)))
    last = (len(table.heat.rows) - 1, len(table.heat.columns) - 1)
    keys = Qt.Key
    for key, at in (
        (keys.Key_Down, (1, 0)),
        (keys.Key_Right, (1, 1)),
        (keys.Key_Up, (0, 1)),
        (keys.Key_Up, (0, 1)),
        (keys.Key_End, (0, last[1])),
        (keys.Key_PageDown, last),
        (keys.Key_Right, last),
        (keys.Key_Home, (last[0], 0)),
        (keys.Key_PageUp, (0, 0)),
        (keys.Key_Left, (0, 0)),
    ):
        QTest.keyClick(table, key)
        assert table.at == at
    assert seen == [(1, 0), (1, 1), (0, 1), (0, last[1]), last, (last[0], 0), (0, 0)]


def test_the_mouse_finds_every_cell_and_a_title_its_row(table: HeatTable):
    for row in range(len(table.heat.rows)):
        for column in range(len(table.heat.columns)):
            rect = table.cell_rect(row, column)
            assert table.cell_at(rect.center()) == (row, column)
            assert 0 < rect.right() <= table.width()
    table.move_to(0, 2)
    middle = table.cell_rect(2, 0).center()
    middle.setX(4)
    assert table.cell_at(middle) == (2, 2)
    QTest.mouseMove(table, table.cell_rect(1, 1).center().toPoint())
    QTest.mouseClick(table, Qt.MouseButton.LeftButton, pos=table.cell_rect(1, 1).center().toPoint())
    assert table.at == (1, 1)


def test_left_out_is_hatched_and_current_is_ringed(table: HeatTable):
    image = table.grab().toImage()

    def colours(row: int, column: int) -> set[int]:
        rect = table.cell_rect(row, column).toRect()
        ratio = image.devicePixelRatio()
        return {
            image.pixel(round(x * ratio), round(y * ratio))
            for x in range(rect.left() + 2, rect.right() - 1)
            for y in range(rect.top() + 2, rect.bottom() - 1)
        }

    row, column = place(table.heat, "let-go", "SPL L")
    assert table.heat.rows[row].cells[column].left_out
    assert len(colours(row, column)) > 2 * len(colours(row, 3))


def test_the_card_speaks_of_the_current_cell_and_follows_the_measure(qtbot, look):
    card = HeatCard()
    qtbot.addWidget(card)
    rows: list[int] = []
    card.row_moved.connect(rows.append)
    card.show_assessment(assessed())
    assert card.table.accessibleDescription().startswith("Left SCM, rest, head supported: ")
    card.table.move_to(1, 0)
    card.table.move_to(1, 1)
    assert rows == [0, 1]
    assert "Right SCM, head let go" in card.told.text()
    card.measure.setCurrentIndex(MEASURES.index(RMS))
    assert "µV" in card.told.text()
    assert card.table.at == (1, 1)
    assert "µV" in card.legend.accessibleName()
    assert not card.table.heat.mixed
    assert card.chosen != ACTIVITY


def test_the_card_says_which_way_the_shades_go(qtbot, look):
    card = HeatCard()
    qtbot.addWidget(card)
    card.show_assessment(assessed())
    assert card.line.text() == "RMS · darker is more active"
    look.choose(Scheme.DARK, 100)
    assert card.line.text() == "RMS · brighter is more active"
    card.measure.setCurrentIndex(MEASURES.index(ONSET))
    assert card.line.text() == "brighter is later"
