"""Two rule sets on the same month: both rankings side by side, with the places won and lost and what each part does."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.rankings.queries import GROUPS, Period, history
from app.rulesets import comparing
from app.rulesets.comparing import ComparedRow, Comparison
from models.rules.rulesets import RuleSet
from models.rules.whatif import PartName
from views import dates
from views.rules.words import Whole
from views.shell.parts import Chip, Empty, label, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tables.chips import ChipText
from views.tables.listed import ListCard
from views.tables.model import Column, PagedModel


class ComparisonView(QWidget):
    """What a set would change, on a month of one's choice."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._sets: tuple[RuleSet, RuleSet] | None = None
        self._group = "township"
        self._months: tuple[date, ...] = ()
        self.comparison: Comparison | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * UNIT)
        self._known: tuple[RuleSet, ...] = ()
        self.title = label("", "section", self)
        self.other = QComboBox(self)
        self.other.setAccessibleName("和哪个规则集比较")
        self.other.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.other.currentIndexChanged.connect(self._other_chosen)
        self.month = QComboBox(self)
        self.month.setAccessibleName("用哪个月的数比较")
        self.month.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.month.currentIndexChanged.connect(self._asked)
        self.groups = {group: Chip(name, self, checkable=True) for group, name in GROUPS.items()}
        for chip in self.groups.values():
            chip.clicked.connect(self._group_chosen)
        self.groups[self._group].setChecked(True)
        column.addLayout(
            row(
                self.other,
                self.title,
                None,
                label("用这个月的数", "secondary", self),
                self.month,
                *self.groups.values(),
            )
        )
        self.model = PagedModel(_columns(), self._ask, self)
        self.model.loaded.connect(self._loaded)
        self.empty = Empty("ranking", "只有一个规则集", "拟定新规则集时，在这里看它会怎样改变排名。", self)
        self.card = ListCard("两个规则集的排名", self.model, self.empty, self)
        self.card.table.setSelectionMode(self.card.table.SelectionMode.SingleSelection)
        column.addWidget(self.card, 1)
        self.said = label("", "small", self, wrap=True)
        column.addWidget(self.said)
        self._show_words()

    def offer_months(self, months: tuple[date, ...]) -> None:
        """The months that can be chosen, newest first; the one chosen stays."""
        chosen = self._month
        self._months = months
        self.month.blockSignals(True)
        self.month.clear()
        self.month.addItems([dates.month(m) for m in months])
        self.month.setCurrentIndex(months.index(chosen) if chosen in months else 0)
        self.month.blockSignals(False)

    def offer_sets(self, sets: tuple[RuleSet, ...]) -> None:
        """The sets that another can be held against, the earliest first."""
        self._known = sets

    @property
    def _month(self) -> date | None:
        at = self.month.currentIndex()
        return self._months[at] if 0 <= at < len(self._months) else None

    def compare(self, before: RuleSet, after: RuleSet) -> None:
        """Shows what `after` changes against `before`, or against another one that is chosen then."""
        self._sets = before, after
        self.other.blockSignals(True)
        self.other.clear()
        self.other.addItems([rules.name for rules in self._known])
        self.other.setCurrentIndex(self._known.index(before) if before in self._known else -1)
        self.other.blockSignals(False)
        self._asked()

    def _other_chosen(self, at: int) -> None:
        if self._sets is not None and 0 <= at < len(self._known):
            self._sets = self._known[at], self._sets[1]
            self._asked()

    def compare_nothing(self) -> None:
        """Nothing stands beside the set."""
        self._sets = self.comparison = None
        self.model.restart()

    def _group_chosen(self) -> None:
        pressed = self.sender()
        for group, chip in self.groups.items():
            chip.setChecked(chip is pressed)
            if chip is pressed:
                self._group = group
        self._asked()

    def _asked(self, *_what: object) -> None:
        self.model.restart()

    def _ask(self, _key: Any, _limit: int) -> None:
        month, sets, group = self._month, self._sets, self._group
        if sets is None or month is None:
            self._arrived(None)
            return

        def read(connection: Any) -> Comparison:
            return comparing.compare(history(connection, Period.month(month)), month, group, *sets)

        self._session.query(self, read, self._arrived, key="comparison", failed=self._not_read)

    def _arrived(self, found: Comparison | None) -> None:
        self.comparison = found
        self.model.arrived(Whole(found.rows if found else ()))

    def _not_read(self, error: Exception) -> None:
        self.model.failed()
        self._session.notice("error", str(error), "重试", self._asked)

    def _loaded(self, _started: bool) -> None:
        self.card.show_rows()
        self._show_words()

    def _show_words(self) -> None:
        found = self.comparison
        self.other.setVisible(found is not None)
        if found is None:
            self.title.setText("比较")
            self.said.setText("")
            return
        self.title.setText(f"→ {found.after.name}")
        moved = f"{found.moved} 个单位的名次会变" if found.moved else "名次都不变"
        words = [
            f"{dates.month(found.month)}{GROUPS[found.group]}：{moved}。名次和各项得分的变化都按显示的两位小数算。"
        ]
        if found.counts_differ:
            words.append("两个规则集对追加评价的算法不同，要施行后重新计数才看得出，这里没有算进去。")
        self.said.setText("".join(words))
        if not found.rows:
            self.empty.say("这个月没有可以排名的单位", "换一个月份，或者换一组单位。")


def _columns() -> tuple[Column, ...]:
    parts = tuple(
        Column(
            f"part_{name.value}",
            _SHORT[name],
            68,
            _part(name),
            _part_hint(name),
            right=True,
            quiet=True,
            needs=560,
        )
        for name in PartName
    )
    return (
        Column("agency", "单位", 110, lambda r: r.agency, stretch=True),
        Column("before", "原名次", 62, lambda r: _rank(r.before), right=True),
        Column("after", "新名次", 62, lambda r: _rank(r.after), right=True),
        Column("moved", "升降", 74, lambda r: _moved(r).text, kind="chip", chip=_moved),
        Column("composite", "新评分", 72, lambda r: "—" if r.after is None else f"{r.after.composite}", _was, right=True),
        Column("change", "变化", 68, lambda r: signed(r.change), right=True),
        *parts,
    )  # fmt: skip


_SHORT = {
    PartName.QUALITY: "质量",
    PartName.HANDLING: "工单处理",
    PartName.HALL_ADOPTION: "大厅推广",
    PartName.COVERAGE: "覆盖度",
}


def _rank(side: Any) -> str:
    return "—" if side is None else str(side.rank)


def _was(row: ComparedRow) -> str:
    return f"原评分 {row.before.composite}" if row.before else "按原规则集不参加排名"


def _moved(row: ComparedRow) -> ChipText:
    if row.before is None or row.after is None:
        return ChipText("新参加" if row.before is None else "不参加", "amber")
    if not row.moved:
        return ChipText("不变", "grey")
    return (
        ChipText(f"升 {row.moved} 位", "green") if row.moved > 0 else ChipText(f"降 {-row.moved} 位", "red")
    )


def _part(name: PartName) -> Any:
    return lambda row: signed(dict(row.parts).get(name))


def _part_hint(name: PartName) -> Any:
    def hint(row: ComparedRow) -> str:
        if row.before is None or row.after is None:
            return ""
        sides = dict(row.before.parts)[name], dict(row.after.parts)[name]
        return f"{name.label}计入总分 {sides[0]} → {sides[1]}（依据：{name.article}）"

    return hint


def signed(value: Decimal | None) -> str:
    """+1.25, −0.50, 0; — where there is none."""
    if value is None:
        return "—"
    return "0" if not value else f"{'+' if value > 0 else '−'}{abs(value)}"
