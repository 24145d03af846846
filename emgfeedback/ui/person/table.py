"""A list of things to choose from: one row each, read and chosen with keys as with the mouse."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from emgfeedback.ui import icons, theme
from emgfeedback.ui.widgets.painted import FollowsLook

_ROW_PX = 40
_PAD_PX = 30
_ICON_PX = 18
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Column:
    """A column; one that is `optional` goes where the room is short, the last first."""

    title: str
    role: str = "body"
    stretch: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what it stands for, its words, and the icon before the second column's words."""

    key: object
    cells: tuple[str, ...]
    icon: str = ""


class _Rows(QAbstractTableModel):
    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = columns
        self.icon_column = 0
        self.rows: list[Row] = []

    def show(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return row.cells[column]
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{self.columns[column].title}: {row.cells[column]}"
            case Qt.ItemDataRole.FontRole:
                return theme.font(self.columns[column].role)
            case Qt.ItemDataRole.ForegroundRole:
                strong = self.columns[column].role.endswith("strong")
                return theme.tokens().ink if strong else theme.tokens().ink2
            case Qt.ItemDataRole.DecorationRole if row.icon and column == self.icon_column:
                return icons.icon(row.icon, theme.tokens().ink2, theme.px(_ICON_PX))
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self.columns[section].title
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


class _RowPainter(QStyledItemDelegate):
    """Draws the line under a row, and the ring round the one the keyboard is on."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view = self.parent()
        option.state &= ~QStyle.StateFlag.State_HasFocus
        super().paint(painter, option, index)
        t = theme.tokens()
        box: QRect = option.rect
        painter.save()
        painter.setPen(t.grid)
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        assert isinstance(view, QTableView)
        if view.hasFocus() and view.currentIndex().row() == index.row():
            painter.setPen(QPen(t.focus, 2))
            inner = box.adjusted(0, 1, 0, -1)
            painter.drawLine(inner.topLeft(), inner.topRight())
            painter.drawLine(inner.bottomLeft(), inner.bottomRight())
        painter.restore()


class Table(FollowsLook, QTableView):
    """Rows under headed columns.

    Parameters
    ----------
    name
        What it lists, for a screen reader.
    columns
        Its columns.
    icon_column
        Where the icons of rows stand.
    whole
        Whether it grows with its rows instead of scrolling.

    Signals
    -------
    opened
        The key of the row that was clicked or entered.
    removal_asked
        The key of the row on which Delete was pressed.
    """

    opened = Signal(object)
    removal_asked = Signal(object)

    def __init__(
        self,
        name: str,
        columns: Sequence[Column],
        *,
        icon_column: int = 0,
        whole: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = _Rows(columns)
        self._model.icon_column = icon_column
        self._whole = whole
        self.setModel(self._model)
        self.setAccessibleName(name)
        self.setItemDelegate(_RowPainter(self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if whole:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(1)
        theme.set_role(header, "second_strong")
        self.clicked.connect(self._open)
        self.look_changed()

    @property
    def rows(self) -> list[Row]:
        """What is listed."""
        return self._model.rows

    @property
    def current_key(self) -> object | None:
        """What the row stands for that is chosen."""
        place = self.currentIndex().row()
        return self.rows[place].key if 0 <= place < len(self.rows) else None

    @property
    def chosen_keys(self) -> list[object]:
        """What the selected rows stand for, where several may be selected."""
        places = {index.row() for index in self.selectionModel().selectedRows()}
        return [self.rows[place].key for place in sorted(places)]

    def choose_several(self) -> None:
        """Let any number of rows be selected; a click adds or takes away."""
        self.setSelectionMode(QAbstractItemView.SelectionMode.MultiSelection)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """List `rows`; the same thing stays chosen."""
        if list(rows) == self.rows:
            return
        before = self.current_key
        self._model.show(rows)
        keys = [row.key for row in rows]
        if before in keys:
            self.setCurrentIndex(self._model.index(keys.index(before), 0))
        self._fit()

    def choose_row(self, place: int) -> None:
        """Put the choice on a row."""
        if 0 <= place < len(self.rows):
            self.setCurrentIndex(self._model.index(place, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter, ask for removal with Delete."""
        key = self.current_key
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and key is not None:
            self.opened.emit(key)
        elif event.key() == Qt.Key.Key_Delete and key is not None:
            self.removal_asked.emit(key)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: Any) -> None:
        """Begin at the first row."""
        super().focusInEvent(event)
        if self.current_key is None:
            self.choose_row(0)
        self.viewport().update()

    def focusOutEvent(self, event: Any) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room out again."""
        super().resizeEvent(event)
        self._fit()

    def look_changed(self) -> None:
        """Fit rows and columns to the text size."""
        self.verticalHeader().setDefaultSectionSize(theme.px(_ROW_PX))
        self._fit()

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self.rows[index.row()].key)

    def _fit(self) -> None:
        columns = self._model.columns
        if self._whole:
            head = self.horizontalHeader().sizeHint().height()
            self.setFixedHeight(head + len(self.rows) * theme.px(_ROW_PX) + 2)
        wanted = [self._wanted_px(place) for place in range(len(columns))]
        room = self.viewport().width()
        shown = list(range(len(columns)))
        for place in reversed(range(len(columns))):
            if sum(wanted[i] for i in shown) <= room:
                break
            if columns[place].optional:
                shown.remove(place)
        stretching = [place for place in shown if columns[place].stretch]
        spare = room - sum(wanted[i] for i in shown)
        for place in range(len(columns)):
            self.setColumnHidden(place, place not in shown)
            share = spare // len(stretching) if place in stretching and stretching else 0
            self.setColumnWidth(place, max(40, wanted[place] + share))

    def _wanted_px(self, place: int) -> int:
        column = self._model.columns[place]
        title = QFontMetricsF(theme.font("second_strong")).horizontalAdvance(column.title)
        if column.stretch:
            return round(max(title + _PAD_PX, theme.px(120)))
        font = QFontMetricsF(theme.font(column.role))
        cells = [font.horizontalAdvance(row.cells[place]) for row in self.rows]
        icon = theme.px(_ICON_PX) + 10 if place == self._model.icon_column and self._icons else 0
        return math.ceil(max([title, *(width + icon for width in cells)])) + _PAD_PX

    @property
    def _icons(self) -> bool:
        return any(row.icon for row in self.rows)
