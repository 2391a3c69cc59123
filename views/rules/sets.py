"""规则集: the list, and below it what the chosen one changes against the one before it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.rulesets import queries
from app.rulesets.queries import Entry
from views.rules.comparison import ComparisonView
from views.rules.panel import RuleSetPanel
from views.rules.words import Whole, set_columns
from views.shell.parts import Empty
from views.shell.session import Session
from views.tables.listed import ListCard
from views.tables.model import PagedModel


class RuleSetsView(QWidget):
    """A tab of the page; its panel is laid out by the page. `told(str)`: the facts in a line."""

    told = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.facts = ""
        self._entries: tuple[Entry, ...] = ()
        self.panel = RuleSetPanel(session)
        self.comparison = ComparisonView(session, self)
        self.panel.compared.connect(self.comparison.compare)
        self.panel.left.connect(self._show_chosen)
        self.panel.acted.connect(session.announce)
        self.model = PagedModel(set_columns(session.today), self._ask, self)
        self.model.loaded.connect(self._loaded)
        empty = Empty("rules", "没有规则集", "数据库没有装好，请联系管理员。", self)
        self.card = ListCard("规则集", self.model, empty, self)
        self.table = self.card.table
        self.table.chosen.connect(self._chosen)
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.setChildrenCollapsible(False)
        split.addWidget(self.card)
        split.addWidget(self.comparison)
        split.setSizes([180, 420])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)
        self.setFocusProxy(self.table)

    def reload(self) -> None:
        """Reads the sets and the months on which they can be compared."""
        self.model.refresh()

    def _ask(self, _key: Any, _limit: int) -> None:
        def read(connection: Any) -> Any:
            return queries.entries(connection), queries.comparable_months(connection)

        self.session.query(self, read, self._read, key="rule_sets", failed=self._not_read)

    def _read(self, found: Any) -> None:
        self._entries, months = found
        self.comparison.offer_months(months)
        self.comparison.offer_sets(tuple(e.rules for e in self._entries))
        frozen = sum(e.is_frozen for e in self._entries)
        self.facts = f"{len(self._entries)} 个规则集" + (f"，{frozen} 个已有月份按它封账" if frozen else "")
        self.told.emit(self.facts)
        self.model.arrived(Whole(self._entries[::-1]))

    def _not_read(self, error: Exception) -> None:
        self.model.failed()
        self.session.notice("error", str(error), "重试", self.reload)

    def _loaded(self, started: bool) -> None:
        self.card.show_rows()
        if self.panel.is_kept:
            return
        if self.table.current_id() is None and self.model.rows:
            self.table.choose_id(self.model.rows[0].id)
        else:
            self._show_chosen()

    def _chosen(self, entry: Entry | None) -> None:
        if entry is not None and not self.panel.is_kept and not self.model.merging:
            self._show(entry)

    def _show_chosen(self) -> None:
        wanted = self.table.current_id()
        entry = next((e for e in self._entries if e.id == wanted), None)
        if entry is not None:
            self._show(entry)

    def _show(self, entry: Entry) -> None:
        self.panel.show_entry(entry, self._entries)
        at = self._entries.index(entry)
        if at:
            self.comparison.compare(self._entries[at - 1].rules, entry.rules)
        else:
            self.comparison.compare_nothing()
            only = len(self._entries) == 1
            self.comparison.empty.say(
                "只有一个规则集" if only else "这是最早的规则集",
                "拟定新规则集时，在这里看它会怎样改变排名。"
                if only
                else "选后面的规则集，看它比前一个改变了哪些名次。",
            )
