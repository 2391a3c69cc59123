"""Samples: drawing one with a seed that is on record, and those that were drawn."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QSpinBox, QWidget

from app.callbacks import commands, samples
from app.callbacks.commands import MOST, Wish
from app.callbacks.rows import Ref, SampleFilter
from app.errors import PingdeskError
from models.rules import sampling
from models.rules.callbacks import Kind
from views import dates
from views.callbacks.columns import LINE_COLUMNS, SAMPLE_COLUMNS, STOCK_COLUMNS, settled_chip
from views.callbacks.listing import MonthField
from views.records.foot import Offer
from views.records.form import Form
from views.records.listing import RecordList
from views.records.panel import RecordPanel, Work
from views.shell.parts import Button, Empty, label, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.dispatch_form import CoAgencies
from views.tickets.forms import Choice, field_row
from views.tickets.lines import LineTable

#: Tickets of each agency that are proposed.
_USUAL = 5
#: Agencies named in a sentence.
_NAMED = 3
_SIZE, _SHARE = "size", "share"


class NoStep(StrEnum):
    """A sample is drawn once, and nothing is done with it afterwards."""


@dataclass(frozen=True, slots=True)
class Plan:
    """An agency's line of the preview; `whole`: it has not more than was asked for."""

    id: int
    name: str
    stock: int
    drawn: int

    @property
    def whole(self) -> bool:
        """Whether all of it would be drawn."""
        return 0 < self.stock == self.drawn


class DrawForm(Form):
    """Month, agencies, how many, the seed; below, what each agency has and would give."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("callback_draw", "抽取", parent, title="抽取回访样本（细则第二十四条）")
        self._session = session
        self._stock: tuple[Any, ...] = ()
        self.month = MonthField(session, self, whole="")
        self.agencies = CoAgencies(self)
        self.agencies.field.setPlaceholderText("不填为全部单位")
        self.agencies.field.setAccessibleName("添加单位")
        self.by = Choice({_SIZE: "每个单位抽几件", _SHARE: "按比例抽"}, self)
        self.by.setAccessibleName("抽多少")
        self.by.set_value(_SIZE)
        self.size = _number("件数", 1, MOST, _USUAL, " 件", self)
        self.share = _number("比例", 1, 100, 20, " %", self)
        self.seed = QLineEdit(self)
        self.seed.setAccessibleName("随机种子")
        self.seed.setMaxLength(40)
        again = Button("换一个", None, "link", self)
        again.clicked.connect(self._new_seed)
        seeds = QWidget(self)
        line = row(self.seed, again)
        line.setStretch(0, 1)
        seeds.setLayout(line)
        seeds.setFocusProxy(self.seed)
        self.table = LineTable("各单位可抽的工单", STOCK_COLUMNS, self)
        for name, field in (("月份", self.month), ("单位", self.agencies), ("抽多少", self.by)):
            self.column.addLayout(field_row(name, field, self))
        self.column.addLayout(row(19, self.size, self.share, None, spacing=0))
        self.column.addLayout(field_row("随机种子", seeds, self))
        note = "种子、全体名单和方法都记录在案，任何人都能重新抽出同样的结果。种子可以改填，如由各方共同给出的数。"
        self.column.addWidget(label(note, "small", self, wrap=True))
        self.column.addWidget(self.table)
        self._new_seed()
        self._connect()
        self._read_stock()

    def _connect(self) -> None:
        self.month.currentIndexChanged.connect(self._read_stock)
        self.by.edited.connect(self._plan)
        for number in (self.size, self.share):
            number.valueChanged.connect(self._plan)
        self.seed.textChanged.connect(self.edited)
        self.edited.connect(self._show_plan)

    def fields(self) -> dict[str, Any]:
        """Nothing is kept as a draft: a seed of yesterday is not a seed."""
        return {}

    def _new_seed(self) -> None:
        self.seed.setText(secrets.token_hex(8))

    def _read_stock(self) -> None:
        if (month := self.month.month) is not None:
            self._session.query(
                self, lambda c: samples.stock(c, month), self._stock_read, key="callback_stock"
            )

    def _stock_read(self, stock: tuple[Any, ...]) -> None:
        self._stock = stock
        self.agencies.offer(stock)
        self._plan()

    def _plan(self) -> None:
        self.size.setVisible(self.by.value() == _SIZE)
        self.share.setVisible(self.by.value() == _SHARE)
        self.edited.emit()

    def _chosen(self) -> tuple[Any, ...]:
        named = self.agencies.agencies()
        return tuple(one for one in self._stock if not named or one.name in named)

    def plan(self) -> tuple[Plan, ...]:
        """What each chosen agency has and would give."""
        wish = self.values()
        return tuple(
            Plan(one.agency, one.name, one.number,
                 sampling.size_of(one.number, size=wish.size, share=wish.share) if one.number else 0)
            for one in self._chosen()
        )  # fmt: skip

    def _show_plan(self) -> None:
        self.table.show_lines([one for one in self.plan() if one.stock or self.agencies.agencies()])

    def values(self) -> Wish:
        """What was asked for."""
        by_size = self.by.value() == _SIZE
        ids = tuple(one.agency for one in self._chosen()) if self.agencies.agencies() else ()
        return Wish(
            self.month.month,
            ids,
            self.size.value() if by_size else None,
            None if by_size else Decimal(self.share.value()) / 100,
            self.seed.text().strip(),
        )

    def problem(self) -> str | None:
        """What is missing, as a sentence."""
        wrong = self.values().problem()
        if wrong is None and self._stock and not any(one.stock for one in self.plan()):
            return "这个月没有可以抽查的工单：已整改、没有抽中过的才能抽。"
        return wrong

    def outcome(self) -> str:
        """How many of how many; whose whole stock is drawn, and who has none."""
        plan = self.plan()
        some = [one for one in plan if one.stock]
        said = f"将从 {len(some)} 个单位的 {sum(one.stock for one in some):,} 件中抽 {sum(one.drawn for one in some):,} 件"
        whole = [one.name for one in some if one.whole]
        if whole:
            said += f"；{'、'.join(whole[:_NAMED])}{'等' if len(whole) > _NAMED else ''}全部抽中"
        none = len(plan) - len(some)
        return said + (f"；{none} 个单位没有可抽的工单。" if none else "。")

    @property
    def touched(self) -> bool:
        """Whether agencies were named, which takes a while."""
        return bool(self.agencies.agencies())


def _number(name: str, least: int, most: int, usual: int, unit: str, parent: QWidget) -> QSpinBox:
    made = QSpinBox(parent)
    made.setAccessibleName(name)
    made.setRange(least, most)
    made.setValue(usual)
    made.setSuffix(unit)
    made.lineEdit().setTextMargins(2 * UNIT, 0, 0, 0)
    return made


_CHECK, _PRINT = "check", "print"


class SamplePanel(RecordPanel):
    """One sample; `paper_wanted(id)`: its sheet is to be shown."""

    paper_wanted = Signal(int)

    name, noun = "抽样记录", "这次抽样"
    nothing = ("scatter", "选择一次抽样", "在左边选一次抽样，这里显示种子、方法和抽中的工单。")
    key, page, shelf = "sample", "callbacks", " 抽样"
    steps = NoStep

    def make_parts(self) -> None:
        """How it was drawn, and what was drawn."""
        self._how = label("", "", self, wrap=True)
        self.checked = label("", "strong", self, wrap=True)
        self.table = LineTable("全体工单，按抽取次序", LINE_COLUMNS, self)
        self.table.activated.connect(self._open_line)
        for part in (self._how, self.checked, self.table):
            self.add(part)

    def read(self, connection: Any, number: int) -> Any:
        """A sample's detail."""
        return samples.sample(connection, number)

    def show_detail(self, detail: Any) -> None:
        """Whose, of when, how many; the seed and the method."""
        one = detail.row
        facts = (one.drawn_by, dates.exact(one.drawn_at), "细则第二十四条")
        self.say(f"{one.agency}　{dates.month(one.month)}", facts, settled_chip(one))
        whole = "，全部抽中" if one.whole else ""
        self._how.setText(
            f"可抽 {one.stock:,} 件，{one.asked}，抽中 {one.drawn:,} 件{whole}。\n随机种子 {one.seed}\n抽样方法 {one.method}"
        )
        self.checked.hide()
        self.table.show_lines(detail.lines)

    def _open_line(self, index: Any) -> None:
        """The call on a ticket that was drawn."""
        line = self.table.lines()[index.row()]
        if line.round is not None:
            self._session.go("callbacks", Ref(line.id, Kind.SPOT_CHECK, line.round))

    def more(self, detail: Any) -> tuple[Offer, ...]:
        """Drawing again, and the sheet on paper."""
        return (Offer(_CHECK, "重新抽取核对", "verify"), Offer(_PRINT, "打印抽样单…", "printer"))

    def run_more(self, offer: str) -> None:
        """Draws again, or shows the sheet."""
        number = self.detail.row.id
        if offer == _PRINT:
            self.paper_wanted.emit(number)
        else:
            self._session.query(self, lambda c: samples.check(c, number), self._show_check, key="sample_check",
                                failed=self._not_checked)  # fmt: skip

    def _show_check(self, found: Any) -> None:
        self.checked.setText(found.said)
        self.checked.show()
        self._session.notice("success" if found.same else "error", found.said)

    def _not_checked(self, error: Exception) -> None:
        known = isinstance(error, PingdeskError)
        self._session.notice("warning", str(error) if known else "程序出错了，详情已记入日志。")

    def chosen(self) -> bool:
        """Whether a sample is shown."""
        return self.isVisible() and self.detail is not None

    def check(self) -> None:
        """Draws the sample shown again."""
        self.run_more(_CHECK)

    def print(self) -> None:
        """Shows the sheet of the sample shown."""
        self.run_more(_PRINT)

    def begin_drawing(self) -> None:
        """Opens the form for a new sample."""
        if not self.recording:
            self.begin_new(lambda: DrawForm(self._session, self))

    def record(self, values: Any, command: UUID) -> Work:
        """A new sample of each agency."""
        return lambda c: commands.draw(c, values, command_id=command)

    def told(self, done: Any) -> tuple[int, str]:
        """How many of how many."""
        said = f"{len(done.samples)} 个单位，{done.stock:,} 件中抽取 {done.drawn:,} 件，已列入待回访。"
        return done.samples[0], said


class SampleList(RecordList):
    """The samples that were drawn."""

    name, hint, key = "抽样列表", "搜索单位、种子", "sample"
    columns, clocks = SAMPLE_COLUMNS, ()

    def __init__(self, session: Session, panel: SamplePanel, parent: QWidget | None = None) -> None:
        self.months = MonthField(session)
        self.draw = Button("抽取样本", "scatter", "primary")
        self.draw.clicked.connect(panel.begin_drawing)
        empty = Empty("scatter", "还没有抽样", "按“抽取样本”，从一个月已整改的差评工单中随机抽查。")
        super().__init__(session, panel, SampleFilter(), empty, self.months, self.draw, parent=parent)
        self.months.currentIndexChanged.connect(self._month_chosen)

    def read(self, connection: Any, wanted: Any, after: Any, limit: int) -> Any:
        """One page of samples."""
        return samples.page(connection, wanted, after=after, limit=limit)

    def count(self, connection: Any, wanted: Any) -> Any:
        """How many match."""
        return samples.counts(connection, wanted)

    def _month_chosen(self) -> None:
        self.change(replace(self.filter, month=self.months.month))
