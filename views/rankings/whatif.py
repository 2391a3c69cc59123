"""试算: counts of agencies or the weights changed, and the ranking that would come out beside the one that stands.

Nothing is saved, and there is no picture of it: what was tried must not pass for the ranking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from models.rules.ratings import Platform
from models.rules.rulesets import RuleSet, Weights
from models.rules.scoring import AgencyFacts, rank
from models.rules.whatif import Change, Move, PartName, bad_ratings, handled, moves, with_changes
from views.rankings.numbers import Number, Percent
from views.shell.parts import Badge, Button, clear, label, restyle, row, rule, scrolling
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tables.chips import ChipText
from views.tables.model import Column, PagedModel
from views.tables.view import TableView

_FIELDS = 63 * UNIT
_KINDS = (("with_hall", "有大厅的单位的权重"), ("without_hall", "没有大厅的单位的权重"))
_NOTE = (
    "新增评价的等级不知道，不改质量分。差评改等、剔除先取等级最低的，只算计入质量的平台；办件和工单不随之变。"
    "依据：细则第二十二条①、第二十五条。"
)
#: What may become of bad ratings: the count of the change, and its name.
_BAD = (("improved", "差评改为非常满意"), ("excluded", "差评剔除"))


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A line of the comparison; `changed`: the agency's own counts were changed."""

    id: str
    move: Move
    changed: bool


@dataclass(frozen=True, slots=True)
class _Page:
    rows: Sequence[MoveRow]
    next: None = None


def _rank(place: tuple[int, Decimal] | None) -> str:
    return "—" if place is None else str(place[0])


def _score(place: tuple[int, Decimal] | None) -> str:
    return "—" if place is None else f"{place[1]:.2f}"


def _moved(found: MoveRow) -> ChipText:
    gained = found.move.gained
    if gained:
        return ChipText(f"↑{gained}", "green") if gained > 0 else ChipText(f"↓{-gained}", "amber")
    return ChipText("不变", "grey")


def _difference(found: MoveRow) -> str:
    before, after = found.move.before, found.move.after
    if before is None or after is None or before[1] == after[1]:
        return "—"
    return f"{after[1] - before[1]:+.2f}"


COLUMNS = (
    Column("after", "试算名次", 66, lambda r: _rank(r.move.after), right=True),
    Column("agency", "单位", 100, lambda r: f"{r.id} *" if r.changed else r.id, stretch=True),
    Column("before", "现名次", 58, lambda r: _rank(r.move.before), right=True, quiet=True),
    Column("moved", "名次变化", 74, lambda r: _moved(r).text, kind="chip", chip=_moved),
    Column("score", "试算评分", 72, lambda r: _score(r.move.after), right=True),
    Column("was", "现评分", 62, lambda r: _score(r.move.before), right=True, quiet=True),
    Column("more", "评分变化", 72, _difference, right=True, needs=640),
)


class WhatIfBoard(QWidget):
    """`chosen(agency, None)`: a line was chosen. Knows no months: what is tried is the ranking in front."""

    chosen = Signal(str, object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view: Any = None
        self.grid: Any = None
        self.agency: str | None = None
        self.changes: dict[str, Change] = {}
        self.rules: RuleSet | None = None
        self._shown: tuple[Any, str | None] | None = None
        #: The fields of the agency in front, by what they change.
        self._numbers: dict[str, Number] = {}
        self._model = PagedModel(COLUMNS, lambda _key, _limit: None, self)
        line = QHBoxLayout(self)
        line.setContentsMargins(3 * UNIT, UNIT, 3 * UNIT, 0)
        line.setSpacing(4 * UNIT)
        line.addWidget(self._left())
        line.addLayout(self._right(), 1)
        session.registry.bind("ranking.reset", self.reset, lambda: self.altered)

    def _left(self) -> QWidget:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 2 * UNIT, 0)
        column.setSpacing(2 * UNIT)
        self._back = Button("恢复原数", "recall", "plain", inner)
        self._back.clicked.connect(self.reset)
        column.addLayout(row(Badge("试算，不改数据", "amber", inner), None, self._back))
        self._counts = QVBoxLayout()
        self._counts.setSpacing(2 * UNIT)
        column.addLayout(self._counts)
        column.addWidget(rule(inner))
        self._weights = QVBoxLayout()
        self._weights.setSpacing(2 * UNIT)
        column.addLayout(self._weights)
        column.addWidget(label(_NOTE, "small", inner, wrap=True))
        column.addStretch(1)
        area = scrolling(inner, self)
        area.setFixedWidth(_FIELDS)
        return area

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(2 * UNIT)
        self.said = label("", "", self, wrap=True)
        self.table = TableView("试算名次", self)
        self.table.show_model(self._model)
        self.table.setSelectionMode(TableView.SelectionMode.SingleSelection)
        self.table.chosen.connect(self._line_chosen)
        column.addWidget(self.said)
        column.addWidget(self.table, 1)
        return column

    # what is tried ----------------------------------------------------------------------------------------

    @property
    def altered(self) -> bool:
        """Whether anything was changed."""
        return bool(self.changes) or self.rules is not None or self._weighed

    @property
    def _weighed(self) -> bool:
        """Whether a field holds another weight than the rules, also where they make no score together."""
        kept = {kind: getattr(self.view.rules, kind) for kind, _ in _KINDS} if self.view is not None else {}
        return any(
            field.share != getattr(weights, part.value)
            for kind, weights in kept.items() for part, field in self._percents[kind].items()
        )  # fmt: skip

    def show_board(self, view: Any, grid: Any, agency: str | None) -> None:
        """Shows a ranking and the agency whose counts can be changed; another ranking begins afresh."""
        before, self.view = self.view, view
        if before is None or (before.period, before.group, before.rules) != (
            view.period,
            view.group,
            view.rules,
        ):
            self.changes, self.rules = {}, None
            self._show_weights()
        self.agency = agency
        if self._shown is None or self._shown[1] != agency or self._shown[0] != view.facts:
            self._shown = (view.facts, agency)
            self._show_counts()
        self._reckon()

    def reset(self) -> None:
        """Everything as it is counted."""
        self.changes, self.rules = {}, None
        self._show_counts()
        self._show_weights()
        self._reckon()

    def _facts(self) -> AgencyFacts | None:
        return next((f for f in self.view.facts if f.agency == self.agency), None)

    def _reckon(self) -> None:
        view, rules = self.view, self.rules or self.view.rules
        found = moves(rank(view.facts, view.rules), with_changes(view.facts, self.changes, rules))
        self._model.restart()
        self._model.arrived(_Page([MoveRow(m.agency, m, m.agency in self.changes) for m in found]))
        self._back.setEnabled(self.altered)
        self.said.setText(self._sentence(found))
        if self.agency is not None and self.table.current_id() != self.agency:
            self.table.choose_id(self.agency)

    def _sentence(self, found: tuple[Move, ...]) -> str:
        if not self.altered:
            return "改左边的数或权重，名次随即重算；选一行换单位。"
        moved = [m for m in found if m.gained]
        own = [
            f"{m.agency}第 {m.before[0]} 名 → 第 {m.after[0]} 名"
            for m in found if m.agency in self.changes and m.before and m.after
        ]  # fmt: skip
        many = f"{len(moved)} 个单位名次有变化" if moved else "名次都不变"
        return "；".join([*own, many]) + "。带 * 的单位改了数。" * bool(own)

    def _line_chosen(self, found: MoveRow | None) -> None:
        if found is not None and found.id != self.agency and not self._model.merging:
            self.chosen.emit(found.id, None)

    # counts -----------------------------------------------------------------------------------------------

    def _show_counts(self) -> None:
        clear(self._counts)
        self._numbers = {}
        facts = self._facts()
        if facts is None:
            self._counts.addWidget(label("选择一个单位，改它的数。", "secondary", self, wrap=True))
            return
        self._counts.addWidget(label(facts.agency, "section", self, wrap=True))
        change = self.changes.get(facts.agency, Change())
        done, tickets = handled(facts, self.view.rules)
        fields = _grid()
        self._field(fields, "已处理工单", "handled", done, change.handled, tickets)
        self._field(fields, "有主动评价的大厅", "halls", facts.halls[0], change.halls, facts.halls[1])
        for channel in self.view.rules.coverage_channels:
            rated, cases = facts.cases.get(channel, (0, 0))
            more = change.rated.get(channel, 0)
            self._field(fields, f"{channel.label}已评办件", channel.value, rated, more, cases)
        for what, name in _BAD:
            most = bad_ratings(facts, self.view.rules)
            self._field(fields, name, what, 0, getattr(change, what), most)
        self._counts.addLayout(fields)
        self._bound(change)

    def _bound(self, change: Change) -> None:
        """What is improved cannot be excluded as well."""
        for what, other in (("improved", change.excluded), ("excluded", change.improved)):
            if (number := self._numbers.get(what)) is not None:
                number.setMaximum(int(number.property("most")) - other)

    def _field(self, fields: QGridLayout, name: str, what: str, now: int, more: int, most: int) -> None:
        """A number from none to all there is; nothing where there is nothing."""
        if not most:
            return
        number = Number(name, 0, most, now + more, self)
        number.setSuffix(f" / {most:,}")
        number.setProperty("what", what)
        number.setProperty("now", now)
        number.setProperty("most", most)
        self._numbers[what] = number
        number.setToolTip(f"现为 {now:,}")
        number.valueChanged.connect(self._count_changed)
        _add(fields, label(name, "", self), number)

    def _count_changed(self, value: int) -> None:
        assert self.agency is not None  # there are fields only for one
        field = self.sender()
        what, more = str(field.property("what")), value - int(field.property("now"))
        change = _with(self.changes.get(self.agency, Change()), what, more)
        if change == Change():
            self.changes.pop(self.agency, None)
        else:
            self.changes[self.agency] = change
        self._bound(change)
        self._reckon()

    # weights ----------------------------------------------------------------------------------------------

    def _show_weights(self) -> None:
        clear(self._weights)
        self._percents: dict[str, dict[PartName, Percent]] = {}
        self._sums = {}
        for kind, name in _KINDS:
            weights = getattr(self.view.rules, kind)
            self._sums[kind] = label("", "small", self)
            self._weights.addLayout(row(label(name, "section", self), None, self._sums[kind]))
            fields = _grid()
            self._percents[kind] = {}
            for part in PartName:
                if kind == "without_hall" and part is PartName.HALL_ADOPTION:
                    continue  # without a hall there is nothing to weigh
                field = Percent(f"{name}：{part.label}", getattr(weights, part.value), self)
                field.valueChanged.connect(self._weight_changed)
                _add(fields, label(part.label, "", self), field)
                self._percents[kind][part] = field
            self._weights.addLayout(fields)
        self._say_sums()

    def _weights_of(self, kind: str) -> Weights | None:
        """The weights as they stand in the fields; None where they make no score."""
        shares: Mapping[PartName, Decimal] = {p: f.share for p, f in self._percents[kind].items()}
        try:
            return Weights(*(shares.get(part, Decimal(0)) for part in PartName))
        except ValueError:
            return None

    def _say_sums(self) -> None:
        for kind, said in self._sums.items():
            total = sum((f.share for f in self._percents[kind].values()), Decimal(0)) * 100
            wrong = self._weights_of(kind) is None
            said.setText(f"合计 {total.normalize():f}%")
            restyle(said, "role", "red" if wrong else "small")

    def _weight_changed(self) -> None:
        self._say_sums()
        found = {kind: self._weights_of(kind) for kind, _ in _KINDS}
        if None in found.values():
            self.said.setText("权重合计须为 100%，下表仍是上一次的试算。")
            self._back.setEnabled(True)
            return
        tried = replace(self.view.rules, **found)
        self.rules = None if tried == self.view.rules else tried
        self._reckon()


def _grid() -> QGridLayout:
    made = QGridLayout()
    made.setHorizontalSpacing(2 * UNIT)
    made.setVerticalSpacing(UNIT)
    made.setColumnStretch(1, 1)
    return made


def _add(fields: QGridLayout, name: QWidget, field: QWidget) -> None:
    line = fields.rowCount()
    fields.addWidget(name, line, 0)
    fields.addWidget(field, line, 1)


def _with(change: Change, what: str, more: int) -> Change:
    if what in ("handled", "halls", "improved", "excluded"):
        return replace(change, **{what: more})
    rated = {**change.rated, Platform(what): more}
    return replace(change, rated={channel: number for channel, number in rated.items() if number})
