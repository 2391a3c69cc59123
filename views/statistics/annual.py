"""年度: the year of each agency for the assessment office, and of the chosen one its months and its staff (Art. 26)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFileDialog, QFrame, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from app.changes import Kind
from app.errors import PingdeskError, UserError
from app.rankings.queries import GROUPS
from app.statistics import annual, annual_book
from app.tickets.queries import AtClose, TicketFilter
from views.shell.parts import Button, Chip, Empty, card, label, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tables.model import Column
from views.tables.view import ROW_HEIGHT
from views.tickets.lines import LineTable

#: A table shows at least its head and two lines, whatever else the window has to show.
_LEAST = 3 * ROW_HEIGHT


class _Line:
    """An agency's year as a line of the table."""

    def __init__(self, number: int, one: Any) -> None:
        self.id, self.one = number, one


def _rate(code: str) -> tuple[Any, Any]:
    """What a rate says, and what it was divided from."""

    def said(line: Any) -> str:
        rate = line.one.counts.rate(code)
        return "—" if rate.percent is None else f"{rate.percent}%"

    def hint(line: Any) -> str:
        rate = line.one.counts.rate(code)
        return f"{rate.name}：{rate.counted or rate.text}\n依据：{rate.article}"

    return said, hint


def _score(line: Any) -> str:
    return "—" if line.one.score is None else f"{line.one.score.composite}"


def _remark(line: Any) -> str:
    one = line.one
    return one.reason or ("小样本" if one.score is not None and one.score.small_sample else "")


COLUMNS = (
    Column("rank", "名次", 56, lambda r: str(r.one.rank or "—"), right=True),
    Column("agency", "单位", 130, lambda r: r.one.agency, stretch=True),
    Column("score", "综合评分", 84, _score, lambda _r: "全年计数合并后评分\n依据：细则第二十二条", right=True),
    Column("ratings", "评价", 76, lambda r: f"{r.one.counts.ratings:,}", right=True),
    Column("good", "好评率", 80, *_rate("good"), right=True),
    Column("default", "默认好评率", 92, *_rate("default_good"), right=True, needs=900),
    Column("participation", "参评率", 80, *_rate("participation"), right=True),
    Column("tickets", "差评工单", 84, lambda r: f"{r.one.counts.tickets:,}", right=True),
    Column("rectified", "整改率", 80, *_rate("rectified"), right=True),
    Column("satisfied", "回访满意率", 92, *_rate("satisfied"), right=True, needs=1000),
    Column("overdue", "超期未交", 84, lambda r: f"{r.one.overdue:,}", lambda _r: "到期没有提交整改的工单", right=True),
    Column("returned", "退回", 60, lambda r: "—" if r.one.returned is None else f"{r.one.returned:,}",
           lambda _r: "中心或12345退回重办过的工单", right=True),
    Column("remark", "备注", 84, _remark, quiet=True),
)  # fmt: skip


def _of_level(level: int) -> Any:
    return lambda line: f"{line.one.levels[level]:,}"


STAFF_COLUMNS = (
    Column("name", "姓名", 110, lambda r: r.one.name, stretch=True),
    *(
        Column(f"level_{level}", name, 84, _of_level(level), right=True)
        for level, name in ((5, "非常满意"), (4, "满意"), (3, "基本满意"), (2, "不满意"), (1, "非常不满意"))
    ),
    Column("ratings", "合计", 70, lambda r: f"{r.one.ratings:,}", right=True),
    Column("mean", "平均分", 76, lambda r: f"{r.one.mean}", lambda _r: "满分10分\n依据：细则第六条", right=True),
    Column("bad", "差评率", 80, lambda r: f"{r.one.bad_rate}%",
           lambda r: f"差评 {r.one.bad:,} / 合计 {r.one.ratings:,}", right=True),
)  # fmt: skip


class AnnualTab(QWidget):
    """A year, a group, its table; below it the chosen agency's months and staff."""

    title = "年度"
    shows = Kind.TALLY | Kind.TICKETS | Kind.CALLBACKS | Kind.RULES | Kind.CLOSING | Kind.REGISTRY

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._group = "township"
        self._agency: str | None = session.person.agency
        self.sheet: Any = None
        self.staff: Any = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * UNIT)
        column.addLayout(self._tools())
        self._empty = Empty("month", "还没有年度数据", "先导入评价明细或办件评价汇总。", self)
        self.split = QSplitter(Qt.Orientation.Vertical, self)
        self.split.setHandleWidth(3 * UNIT)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self._year_card())
        self.split.addWidget(self._agency_card())
        self.split.setStretchFactor(0, 4)
        self.split.setStretchFactor(1, 3)
        self.split.setSizes([400, 300])
        column.addWidget(self.split, 1)
        column.addWidget(self._empty, 1)
        self._empty.hide()
        self.setFocusProxy(self.table)
        session.registry.bind(
            "annual.export", self.ask_year, lambda: self.isVisible() and self.sheet is not None
        )
        session.registry.bind("annual.staff", self.ask_staff, lambda: self.isVisible() and self._has_staff)

    def _tools(self) -> QHBoxLayout:
        self.year = QComboBox(self)
        self.year.setAccessibleName("年度")
        self.year.currentIndexChanged.connect(self._changed)
        self._chips: dict[str, Chip] = {}
        for group, name in GROUPS.items():
            chip = Chip(name, self, checkable=True)
            chip.setChecked(group == self._group)
            chip.clicked.connect(self._group_picked)
            self._chips[group] = chip
        self.export = Button("导出考核表…", "save", "plain", self)
        self.export.setToolTip("送考核部门（细则第二十六条）；表内公式可以复算")
        self.export.clicked.connect(self.ask_year)
        return row(self.year, 2, *self._chips.values(), None, self.export, spacing=1)

    def _year_card(self) -> QFrame:
        frame, inner = card(self, margin=0, spacing=1)
        inner.setContentsMargins(1, UNIT, 1, 2 * UNIT)
        self.table = LineTable("年度考核表", COLUMNS, frame)
        self.table.chosen.connect(self._row_chosen)
        self.notes = label("", "small", frame, wrap=True)
        self.notes.setContentsMargins(3 * UNIT, UNIT, 3 * UNIT, 0)
        inner.addWidget(self.table, 1)
        inner.addWidget(self.notes)
        return frame

    def _agency_card(self) -> QFrame:
        frame, inner = card(self, margin=3)
        self.name = label("", "section", frame)
        self.staff_export = Button("导出窗口人员表…", "save", "plain", frame)
        self.staff_export.clicked.connect(self.ask_staff)
        self.tickets = Button("", "tickets", "link", frame)
        self.tickets.clicked.connect(self._open_tickets)
        inner.addLayout(row(self.name, self.tickets, None, self.staff_export))
        self.months = label("", "secondary", frame, wrap=True)
        self.people = LineTable("窗口人员", STAFF_COLUMNS, frame)
        self.people_said = label("", "small", frame, wrap=True)
        inner.addWidget(self.months)
        inner.addWidget(self.people, 1)
        inner.addWidget(self.people_said)
        inner.addStretch()
        return frame

    @property
    def _has_staff(self) -> bool:
        return self.staff is not None and bool(self.staff.rows)

    # reading ----------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Reads the years with figures, then the year chosen."""
        wanted, group, person = self.year.currentData(), self._group, self.session.person

        def read(connection: Any) -> tuple[tuple[int, ...], Any]:
            years = annual.years(connection)
            year = wanted if wanted in years else next(iter(years), None)
            found = None if year is None else annual.sheet(connection, year, group, person=person)
            return years, found

        self.session.query(self, read, self._show, key="annual", failed=self._failed)

    def _show(self, answer: tuple[tuple[int, ...], Any]) -> None:
        years, self.sheet = answer
        self._offer(years)
        self.split.setVisible(self.sheet is not None)
        self._empty.setVisible(self.sheet is None)
        self.export.setEnabled(self.sheet is not None)
        if self.sheet is None:
            return
        lines = [_Line(number, one) for number, one in enumerate(self.sheet.rows)]
        self.table.show_lines(lines)
        self.table.setMinimumHeight(_LEAST)
        self.notes.setText("".join(annual_book.notes(self.sheet)))
        chosen = next((line for line in lines if line.one.agency == self._agency), next(iter(lines), None))
        if chosen is not None:
            self.table.choose_id(chosen.id)
            self._show_agency(chosen.one)

    def _offer(self, years: tuple[int, ...]) -> None:
        self.year.blockSignals(True)
        self.year.clear()
        for year in years:
            self.year.addItem(f"{year}年", year)
        if self.sheet is not None:
            self.year.setCurrentIndex(self.year.findData(self.sheet.year))
        self.year.blockSignals(False)

    def _failed(self, error: Exception) -> None:
        known = isinstance(error, PingdeskError)
        said = str(error) if known else "程序出错了，详情已记入日志。"
        self.session.notice("warning" if isinstance(error, UserError) else "error", said)

    def _row_chosen(self, chosen: Any) -> None:
        if chosen is not None and chosen.one.agency != self._agency:
            self._show_agency(chosen.one)

    def _show_agency(self, one: Any) -> None:
        self._agency = one.agency
        self.name.setText(one.agency)
        self._show_tickets(one)
        stood = [f"{m.month}月 {s.composite}（第 {s.rank} 名）" for m, s in sorted(one.months.items())]
        self.months.setText(f"各月评分：{'、'.join(stood)}" if stood else "各月都没有可以排名的数据。")
        self.staff = None
        year, agency, person = self.sheet.year, one.agency, self.session.person
        allowed = annual.may_read_staff(person, agency)
        for part in (self.people, self.staff_export):
            part.setVisible(allowed)
        self.people_said.setText("" if allowed else "窗口人员的评价只给本单位和中心看。")
        if allowed:
            self.session.query(self, lambda c: annual.staff(c, year, agency, person=person), self._show_staff,
                               key="annual_staff", failed=self._failed)  # fmt: skip

    def _show_tickets(self, one: Any) -> None:
        """The way to the tickets that were counted, for who reads any of them."""
        number = one.counts.tickets
        mine = self.session.is_officer or one.agency == self.session.person.agency
        self.tickets.setVisible(bool(number) and mine and self.session.registry.allowed("go.tickets"))
        self.tickets.setText(f"打开差评工单（{number:,} 件）")

    def _open_tickets(self) -> None:
        period = self.sheet.view.period
        wanted = TicketFilter(
            agency=self._agency, month=period.first, last_month=period.last, counted=True,
            at_close=AtClose.COUNTED if self.sheet.view.closed else None,
        )  # fmt: skip
        self.session.go("tickets", wanted)

    def _show_staff(self, found: Any) -> None:
        if found.agency != self._agency:
            return
        self.staff = found
        self.people.show_lines([_Line(number, one) for number, one in enumerate(found.rows)])
        self.people.setMinimumHeight(_LEAST)
        self.people.setVisible(self._has_staff)
        self.staff_export.setEnabled(self._has_staff)
        self.people_said.setText("\n".join(annual_book.staff_notes(found)))
        self.table.scrollTo(self.table.currentIndex())  # the tables have made room for each other

    def _group_picked(self) -> None:
        self._group = next(group for group, chip in self._chips.items() if chip is self.sender())
        for group, chip in self._chips.items():
            chip.setChecked(group == self._group)
        self.reload()

    def _changed(self) -> None:
        self.reload()

    # out of the house -------------------------------------------------------------------------------------

    def ask_year(self) -> None:
        """Asks where to save the table of the year."""
        if self.sheet is not None:
            self._ask(f"年度考核表_{GROUPS[self._group]}_{self.sheet.year}.xlsx", self.save_year)

    def ask_staff(self) -> None:
        """Asks where to save the table of the staff."""
        if self._has_staff:
            self._ask(f"窗口人员评价_{self.staff.agency}_{self.staff.year}.xlsx", self.save_staff)

    def _ask(self, name: str, save: Any) -> None:
        dialog = QFileDialog(self, "导出", name, "Excel 工作簿 (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._save = save
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    def _file_chosen(self, name: str) -> None:
        self._save(Path(name))

    def save_year(self, path: Path) -> None:
        """Writes the table of the year."""
        space, year, group = self.session.workspace, self.sheet.year, self._group
        self._run(lambda _task: annual_book.export_year(space, path, year, group=group))

    def save_staff(self, path: Path) -> None:
        """Writes the table of the staff."""
        space, year, agency = self.session.workspace, self.staff.year, self.staff.agency
        self._run(lambda _task: annual_book.export_staff(space, path, year, agency=agency))

    def _run(self, work: Any) -> None:
        self.session.operations.command(self, work, self._written, failed=self._failed)

    def _written(self, done: Any) -> None:
        self.session.notice("success", f"已导出 {done.path.name}，{done.rows} 行。")
