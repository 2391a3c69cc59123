"""封账: the months, and below a closed one what was changed since, agency by agency and part by part."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.closing import queries
from app.closing.adjusting import Adjusted, Adjustments, PartChange
from app.closing.rows import MonthRow, MonthState
from app.rankings.queries import GROUPS
from models.rules.rulewords import plain
from views import dates
from views.rules.comparison import signed
from views.rules.month_panel import MonthPanel
from views.rules.words import Whole, month_columns
from views.shell.parts import Empty, label
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tables.listed import ListCard
from views.tables.model import Column, PagedModel


@dataclass(frozen=True, slots=True)
class AdjustedPart:
    """A line of the adjustments: an agency and one part, or its composite (`part` None)."""

    agency: Adjusted
    part: PartChange | None

    @property
    def id(self) -> tuple[str, str]:
        """Agency and part."""
        return self.agency.agency, self.part.part.value if self.part else ""


class ClosingView(QWidget):
    """A tab of the page; its panel is laid out by the page. `told(str)`: the facts in a line."""

    told = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.facts = ""
        self._wanted: Any = None
        self.panel = MonthPanel(session)
        self.panel.acted.connect(session.announce)
        self.panel.adjusted.connect(self._show_adjustments)
        self.model = PagedModel(month_columns(session.today), self._ask, self)
        self.model.loaded.connect(self._loaded)
        empty = Empty("month", "还没有数据", "导入省里的评价明细或月度汇总以后，在这里逐月封账。", self)
        self.card = ListCard("月份", self.model, empty, self)
        self.table = self.card.table
        self.table.chosen.connect(self._chosen)
        self.changes = PagedModel(_columns(), self._nothing, self)
        self._make_adjustments()
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.setChildrenCollapsible(False)
        split.addWidget(self.card)
        split.addWidget(self._lower)
        split.setSizes([320, 280])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)
        self.setFocusProxy(self.table)

    def _make_adjustments(self) -> None:
        self._lower = QWidget(self)
        column = QVBoxLayout(self._lower)
        column.setContentsMargins(0, 2 * UNIT, 0, 0)
        column.setSpacing(2 * UNIT)
        self.heading = label("", "section", self._lower)
        column.addWidget(self.heading)
        self.unchanged = Empty("success", "封账以后没有变动", "各单位现在的数和封账时一样。", self._lower)
        self.change_card = ListCard("封账后的调整", self.changes, self.unchanged, self._lower)
        column.addWidget(self.change_card, 1)
        self._lower.hide()

    def reload(self) -> None:
        """Reads the months."""
        self.model.refresh()

    def show_month(self, month: Any) -> None:
        """Chooses a month once the list is read."""
        self._wanted = month
        if self.table.choose_id(month):
            self._wanted = None

    def _ask(self, _key: Any, _limit: int) -> None:
        self.session.query(self, queries.months, self._read, key="closed_months", failed=self._not_read)

    def _read(self, rows: tuple[MonthRow, ...]) -> None:
        counted = {state: sum(r.state is state for r in rows) for state in MonthState}
        self.facts = "，".join(f"{state.label} {number} 个月" for state, number in counted.items() if number)
        self.told.emit(self.facts)
        self.model.arrived(Whole(rows))

    def _not_read(self, error: Exception) -> None:
        self.model.failed()
        self.session.notice("error", str(error), "重试", self.reload)

    def _loaded(self, _started: bool) -> None:
        self.card.show_rows()
        if self.panel.is_kept:
            return
        wanted, self._wanted = self._wanted or self.table.current_id(), None
        known = [r for r in self.model.rows if r.id == wanted]
        if not known and self.model.rows:
            known = [
                next((r for r in self.model.rows if r.state is not MonthState.RUNNING), self.model.rows[0])
            ]
        if known:
            if self.table.current_id() == known[0].id:
                self.panel.show_month(known[0])
            else:
                self.table.choose_id(known[0].id)

    def _chosen(self, month: MonthRow | None) -> None:
        if month is not None and not self.panel.is_kept and not self.model.merging:
            self.panel.show_month(month)

    def _nothing(self, _key: Any, _limit: int) -> None:
        """All of them come at once."""

    def _show_adjustments(self, found: Adjustments | None) -> None:
        self._lower.setVisible(found is not None)
        if found is None:
            return
        rows = [AdjustedPart(a, part) for a in found.agencies for part in (*a.parts, None)]
        self.heading.setText(
            f"{dates.month(found.close.month)}封账后的调整（现在的数 − 封账的数，不改变封账和已印发的通报）"
        )
        self.changes.restart()
        self.changes.arrived(Whole(rows))
        self.change_card.show_rows()


def _columns() -> tuple[Column, ...]:
    return (
        Column("agency", "单位", 110, lambda r: r.agency.agency, lambda r: GROUPS[r.agency.group], stretch=True),
        Column("part", "项目", 116, lambda r: r.part.part.label if r.part else "综合评分", _basis),
        Column("counts_before", "封账计数", 104, lambda r: _counts(r.part.before) if r.part else "", right=True, quiet=True, needs=520),
        Column("before", "封账得分", 80, lambda r: _side(r, 0), right=True),
        Column("counts_after", "现在计数", 104, lambda r: _counts(r.part.after) if r.part else "", right=True, quiet=True, needs=520),
        Column("after", "现在得分", 80, lambda r: _side(r, 1), right=True),
        Column("change", "调整", 72, _change, right=True),
        Column("rank", "名次", 84, _ranks, right=True),
    )  # fmt: skip


def _basis(row: AdjustedPart) -> str:
    return f"依据：{row.part.part.article}" if row.part else "依据：细则第二十二条"


def _counts(side: tuple[Decimal, int, Decimal | None]) -> str:
    return f"{plain(side[0])}/{side[1]}"


def _values(row: AdjustedPart) -> tuple[Decimal | None, Decimal | None]:
    return (row.part.before[2], row.part.after[2]) if row.part else row.agency.composites


def _side(row: AdjustedPart, which: int) -> str:
    value = _values(row)[which]
    return "—" if value is None else str(value)


def _change(row: AdjustedPart) -> str:
    before, after = _values(row)
    return "—" if before is None or after is None else signed(after - before)


def _ranks(row: AdjustedPart) -> str:
    if row.part is not None:
        return ""
    before, after = ("—" if rank is None else str(rank) for rank in row.agency.ranks)
    return before if before == after else f"{before} → {after}"
