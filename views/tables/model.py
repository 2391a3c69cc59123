"""A table read page by page: fetches by key when scrolled to, goes stale instead of resetting.

A reload reads as many rows as are shown and changes only what differs, so that the selection and the scroll
position stay where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

#: Rows of one page, and the most that a reload reads at once.
PAGE, MOST = 100, 1000
#: The row itself, and its chip, for delegates.
ROW_ROLE = Qt.ItemDataRole.UserRole + 1

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Column:
    """One column: `text(row)` is shown and copied; `hint(row)` on hover; `kind` picks the delegate.

    `width` in device-independent pixels; `stretch` takes what is left; `needs`: hidden in narrower tables;
    `mark`: a level's icon, or none.
    """

    id: str
    title: str
    width: int
    text: Callable[[Any], str]
    hint: Callable[[Any], str] | None = None
    kind: str = "text"
    right: bool = False
    quiet: bool = False
    stretch: bool = False
    needs: int = 0
    chip: Callable[[Any], Any] | None = None
    mark: Callable[[Any], str | None] | None = None


class PageLike(Protocol):
    """One page of rows and the key after which the next begins, None at the end."""

    rows: Sequence[Any]
    next: Any


class PagedModel(QAbstractTableModel):
    """Rows with an `id`, fetched by `ask(key, limit)`, which must answer through `arrived` or `failed`.

    `about_to_merge` before rows that are shown change; `loaded(fresh start)` once an answer is in place.
    """

    about_to_merge = Signal()
    loaded = Signal(bool)

    def __init__(
        self, columns: Sequence[Column], ask: Callable[[Any, int], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._ask = ask
        self._rows: list[Any] = []
        #: Where each id stands: asked for with every page, also when hundreds of thousands of rows are here.
        self._place: dict[Any, int] = {}
        self._next: Any = None
        self._asking: str | None = None
        self._fresh_start = True
        self.merging = False

    @property
    def rows(self) -> Sequence[Any]:
        """The rows fetched so far."""
        return self._rows

    @property
    def complete(self) -> bool:
        """Whether there are no more rows to fetch."""
        return self._next is None

    def row_of(self, row_id: Any) -> int | None:
        """Where the row with that id stands, or None."""
        return self._place.get(row_id)

    def restart(self) -> None:
        """Another filter or order: reads from the start."""
        self._fresh_start = True
        self._request("first", None, PAGE)

    def refresh(self) -> None:
        """Reads again what is shown, and changes only what differs."""
        self._request("first", None, min(max(PAGE, len(self._rows)), MOST))

    def _request(self, kind: str, key: Any, limit: int) -> None:
        self._asking = kind
        self._ask(key, limit)

    def arrived(self, page: PageLike) -> None:
        """Takes the page asked for."""
        self._next = page.next
        if self._asking == "more":
            self._append(page.rows)
        else:
            self.merging = True
            self.about_to_merge.emit()
            self._merge(list(page.rows))
            self.merging = False
        self._asking = None
        was_start, self._fresh_start = self._fresh_start, False
        self.loaded.emit(was_start)

    def failed(self) -> None:
        """The page did not come; it can be asked for again."""
        self._asking = None

    def canFetchMore(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        """Whether more rows are there and none are under way."""
        return not parent.isValid() and self._next is not None and self._asking is None

    def fetchMore(self, parent: Index = QModelIndex()) -> None:  # noqa: B008
        """Asks for the next page, once."""
        if self.canFetchMore(parent):
            self._request("more", self._next, PAGE)

    def _append(self, rows: Sequence[Any]) -> None:
        fresh = [row for row in rows if row.id not in self._place]
        if fresh:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
            self._rows.extend(fresh)
            self._place.update((row.id, at) for at, row in enumerate(fresh, first))
            self.endInsertRows()

    def _merge(self, rows: list[Any]) -> None:
        self._drop({row.id for row in rows})
        self._reorder(rows)
        self._insert(rows)
        self._rows[:] = rows
        self._place = {row.id: at for at, row in enumerate(rows)}
        if rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self.columns) - 1))

    def _drop(self, kept: set[Any]) -> None:
        end = len(self._rows)
        while end:
            if self._rows[end - 1].id in kept:
                end -= 1
                continue
            first = end - 1  # of a run: one by one, a long list would take seconds
            while first and self._rows[first - 1].id not in kept:
                first -= 1
            self.beginRemoveRows(QModelIndex(), first, end - 1)
            del self._rows[first:end]
            self.endRemoveRows()
            end = first

    def _reorder(self, rows: list[Any]) -> None:
        """Brings the rows that stay into their new order, with their selection."""
        now = {row.id: row for row in self._rows}
        wanted = [now[row.id] for row in rows if row.id in now]
        if [row.id for row in wanted] == [row.id for row in self._rows]:
            return
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        place = {row.id: i for i, row in enumerate(wanted)}
        moved = [self.index(place[self._rows[index.row()].id], index.column()) for index in held]
        self._rows[:] = wanted
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def _insert(self, rows: list[Any]) -> None:
        known = {row.id for row in self._rows}
        at = 0
        while at < len(rows):
            if rows[at].id in known:
                at += 1
                continue
            last = at
            while last + 1 < len(rows) and rows[last + 1].id not in known:
                last += 1
            self.beginInsertRows(QModelIndex(), at, last)
            self._rows[at:at] = rows[at : last + 1]
            self.endInsertRows()
            at = last + 1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Rows fetched so far."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, says on hover, and hands to its delegate."""
        if not index.isValid():
            return None
        column, row = self.columns[index.column()], self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.hint(row) if column.hint else column.text(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return row if role == ROW_ROLE else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The columns' titles."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.columns[section].right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None
