"""A table: what matters stays in sight where it is narrow, and the same thing stays chosen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from emgfeedback.ui.person.table import Column, Row, Table

COLUMNS = (
    Column("Person", "body_strong"),
    Column("Posture", stretch=True),
    Column("Last session"),
    Column("Note", optional=True),
    Column("Sessions", optional=True),
)


@pytest.fixture
def table(look, qtbot) -> Table:
    made = Table("People", COLUMNS)
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    made.show_rows([Row(n, (f"P-{n:04d}", "torticaput", "yesterday", "a note", "12"))
                    for n in range(6)])  # fmt: skip
    return made


def hidden(table: Table) -> list[str]:
    return [c.title for n, c in enumerate(COLUMNS) if table.isColumnHidden(n)]


def test_optional_columns_go_last_first(table: Table) -> None:
    seen = []
    for width in range(900, 200, -20):
        table.resize(width, 300)
        if not seen or seen[-1] != hidden(table):
            seen.append(hidden(table))
    assert seen == [[], ["Sessions"], ["Note", "Sessions"]]


def test_what_is_chosen_stays_chosen_in_another_order(table: Table) -> None:
    table.choose_row(2)
    table.show_rows(list(reversed(table.rows)))
    assert table.current_key == 2
    table.show_rows(table.rows[:2])
    assert table.current_key is None


def test_keys_walk_open_and_ask_for_removal(table: Table) -> None:
    opened, removed = [], []
    table.opened.connect(opened.append)
    table.removal_asked.connect(removed.append)
    table.choose_row(0)
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Return)
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert (opened, removed) == ([1], [1])


def test_words_of_its_columns_are_not_cut(table: Table) -> None:
    for place, column in enumerate(COLUMNS):
        if not column.stretch:
            index = table.model().index(0, place)
            assert table.columnWidth(place) >= table.sizeHintForIndex(index).width()
