"""考核: the ranking of totals at the left, one agency's build-up at the right; the weights behind a tab."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QMenu,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from app.assessments import commands, queries
from app.assessments.rows import AgencyTotal, Totals
from app.changes import Kind
from app.clock import local
from app.errors import PingdeskError, UserError
from app.rankings import queries as rankings
from app.rankings.queries import GROUPS, Period
from app.tickets.queries import TicketFilter
from views import dates
from views.assessments.buildup import Buildup
from views.assessments.entering import EntryForm
from views.assessments.filing import FilePreview, exporting, reading, templating
from views.assessments.parts import figure, missing_words
from views.assessments.weights import WeightsEditor
from views.rankings.periods import PeriodBar, period_text
from views.shell.page import MARGIN, Page
from views.shell.parts import Button, Chip, Empty, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tables.model import Column
from views.tickets.drill import Drill
from views.tickets.lines import LineTable

_LIST = 82 * UNIT
TOTALS, WEIGHTS = 0, 1
UNSAVED = "右边还有没有录入的内容，请先录入或取消。"

COLUMNS = (
    Column("rank", "名次", 52, lambda r: str(r.rank) if r.rank else "—", right=True),
    Column("agency", "单位", 110, lambda r: r.agency, stretch=True),
    Column("total", "总分", 68, lambda r: figure(r.evaluation.total), right=True),
    Column("missing", "评价值", 84, missing_words,
           lambda r: "没有值：" + "、".join(one.title for one in r.evaluation.missing) if r.evaluation.missing else "齐全",
           quiet=True),
)  # fmt: skip


class AssessmentsPage(Page):
    """Totals of the Guide's evaluation, per agency and period."""

    title = "考核"
    shows = (
        Kind.ASSESSMENTS
        | Kind.RULES
        | Kind.TALLY
        | Kind.TICKETS
        | Kind.CALLBACKS
        | Kind.REGISTRY
        | Kind.CLOSING
    )

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.period: Period | None = None
        self._group = "township"
        self._totals: Totals | None = None
        self._wanted: int | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(MARGIN, 4 * UNIT, MARGIN, MARGIN)
        outer.setSpacing(3 * UNIT)
        outer.addLayout(self.header())
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("考核")
        for name in ("总分", "指标权重"):
            self.tabs.addTab(name)
        outer.addWidget(self.tabs)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._totals_side())
        self.weights = WeightsEditor(session, self._stack)
        self.weights.wanted.connect(self._put_weights)
        self._stack.addWidget(self.weights)
        outer.addWidget(self._stack, 1)
        self.tabs.currentChanged.connect(self._stack.setCurrentIndex)
        self.setFocusProxy(self.table)
        self._bind()

    def _bind(self) -> None:
        for what, run, when in (
            ("enter", self.begin_entering, lambda: self.chosen is not None),
            ("file", self.choose_file, None),
            ("template", self.choose_template, lambda: self.period is not None),
            ("export", self.choose_export, lambda: bool(self._totals and self._totals.rows)),
            ("weights", self._show_weights, None),
            ("period", self.bar.open_menu, lambda: self.period is not None),
        ):
            self.session.registry.bind(f"assessment.{what}", run, when)

    def _totals_side(self) -> QWidget:
        whole = QWidget(self)
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * UNIT)
        column.addLayout(self._tools(whole))
        self._where = QStackedWidget(whole)
        self._empty = Empty(
            "assessment", "还没有可以计算的时段", "先导入评价明细或办件评价汇总。", self._where
        )
        split = QSplitter(Qt.Orientation.Horizontal, self._where)
        split.setHandleWidth(3 * UNIT)
        split.setChildrenCollapsible(False)
        split.addWidget(self._list_card(split))
        split.addWidget(self._side_card(split))
        split.setStretchFactor(1, 1)
        split.setSizes([_LIST, 800])
        self._where.addWidget(self._empty)
        self._where.addWidget(split)
        column.addWidget(self._where, 1)
        return whole

    def _tools(self, parent: QWidget) -> QHBoxLayout:
        self.bar = PeriodBar(parent)
        self.bar.picked.connect(self._period_picked)
        self._chips: dict[str, Chip] = {}
        for group, name in GROUPS.items():
            chip = Chip(name, parent, checkable=True)
            chip.setChecked(group == self._group)
            chip.clicked.connect(self._group_picked)
            self._chips[group] = chip
        line = row(self.bar, 2, *self._chips.values(), None, spacing=1)
        if self.session.is_officer:
            self.enter = Button("录入评价值", "edit", "primary", parent)
            self.enter.clicked.connect(self.begin_entering)
            file = Button("第三方评价表", "intake", "plain", parent)
            file.setMenu(self._file_menu(file))
            line.addWidget(self.enter)
            line.addSpacing(UNIT)
            line.addWidget(file)
            line.addSpacing(UNIT)
        export = Button("导出", "save", "plain", parent)
        export.setToolTip("导出总分和构成，表内公式可以复算")
        export.clicked.connect(self.choose_export)
        line.addWidget(export)
        return line

    def _file_menu(self, parent: QWidget) -> QMenu:
        menu = QMenu(parent)
        menu.addAction("导入第三方评价表…").triggered.connect(self.choose_file)
        menu.addAction("下载模板…").triggered.connect(self.choose_template)
        return menu

    def _list_card(self, parent: QWidget) -> QFrame:
        frame = _card(parent)
        self.table = LineTable("总分排名", COLUMNS, frame)
        self.table.chosen.connect(self._row_chosen)
        frame.layout().addWidget(self.table)
        frame.setMinimumWidth(70 * UNIT)
        return frame

    def _side_card(self, parent: QWidget) -> QFrame:
        frame = _card(parent)
        self.side = QStackedWidget(frame)
        self.buildup = Buildup(self.session, self.side)
        self.buildup.withdrawal.connect(self._withdraw)
        self.buildup.opened.connect(self._open_tickets)
        self.form = EntryForm(self.side)
        self.preview = FilePreview(self.side)
        for panel in (self.form, self.preview):
            panel.wanted.connect(self._enter)
            panel.closed.connect(self._close_form)
        for panel in (self.buildup, self.form, self.preview):
            self.side.addWidget(panel)
        frame.layout().addWidget(self.side)
        return frame

    def confirmation(self) -> Button | None:
        """Of values, a file, a withdrawal, or weights."""
        if self.tabs.currentIndex() == WEIGHTS:
            return self.weights.confirmation()
        panel = self.side.currentWidget()
        return self.buildup.confirmation() if panel is self.buildup else panel.confirm

    # reading ----------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> AgencyTotal | None:
        """The agency chosen."""
        return next((r for r in self.table.lines() if r.id == self._wanted), None)

    def reload(self) -> None:
        """Reads the months, the totals of the period, and the weights again."""
        wanted, group = self.period, self._group

        def read(connection: Any) -> Any:
            months = rankings.months(connection)
            entered = queries.periods(connection) if wanted is None else ()
            period = wanted or next(iter(entered), None) or (Period.month(months[0]) if months else None)
            if period is None:
                return months, None
            found = queries.totals(connection, period, group=group)
            if not found.rows and not found.ranked:  # a liaison's agency is of the other group
                found = queries.totals(connection, period, group=next(g for g in GROUPS if g != group))
            return months, found

        self.session.query(self, read, self._show, key="totals", failed=self._not_read)
        self.session.query(
            self,
            lambda c: (queries.weight_sets(c), queries.first_free(c)),
            self._show_weight_sets,
            key="weights",
        )

    def _show_weight_sets(self, found: Any) -> None:
        self.weights.show_sets(*found)

    def _not_read(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._empty.say("这个时段不能计算总分", str(error))
            self._where.setCurrentIndex(0)
        else:
            self.session.notice("error", str(error), "重试", self.reload)

    def _show(self, answer: tuple[tuple[Any, ...], Totals | None]) -> None:
        months, found = answer
        self._totals = found
        if found is None:
            self._where.setCurrentIndex(0)
            return
        self.period, self._group = found.period, found.group
        for chip in self._chips.values():
            chip.setVisible(found.ranked)
        self.bar.show_period(found.period, months or (found.period.last,))
        known, possible = queries.assessed_count(found.rows)
        self.facts.setText(
            f"{GROUPS[found.group]} {len(found.rows)} 个 · 已录评价值 {known:,}／{possible:,}"
            f" · 权重自{dates.month(found.weights.effective_from)}起 · 数据截至 {local(found.cutoff):%m-%d %H:%M}"
        )
        if not found.rows:
            self._empty.say("这一组没有您能看的单位", "换另一组单位看看。")
            self._where.setCurrentIndex(0)
            return
        self._where.setCurrentIndex(1)
        self.table.show_lines(found.rows)
        wanted = self._wanted if any(r.id == self._wanted for r in found.rows) else found.rows[0].id
        self._wanted = wanted
        self.table.choose_id(wanted)
        self._show_chosen()

    def _show_chosen(self) -> None:
        chosen = self.chosen
        if chosen is None or self._totals is None:
            return
        self.buildup.show_total(chosen, ranked=self._totals.ranked)
        self._read_entries()

    def _read_entries(self) -> None:
        agency, period = self._wanted, self.period
        if agency is not None and period is not None:
            self.session.query(
                self,
                lambda c: (agency, queries.entries(c, period, agency)),
                self._show_entries,
                key="entries",
            )

    def _show_entries(self, found: Any) -> None:
        agency, entries = found
        if agency == self._wanted:
            self.buildup.show_entries(entries)
            self.form.show_entries(entries)

    # choosing ---------------------------------------------------------------------------------------------

    def open_with(self, argument: object) -> None:
        """A period."""
        if isinstance(argument, Period):
            self._period_picked(argument)

    @property
    def typing(self) -> bool:
        """Whether something was typed at the right that must not be lost."""
        return (self.side.currentWidget() is self.form and self.form.touched) or self.buildup.typing

    def _row_chosen(self, chosen: Any) -> None:
        if chosen is None or chosen.id == self._wanted:
            return
        if self.typing:
            self.session.notice("warning", UNSAVED)
            self.table.choose_id(self._wanted)
            return
        self._wanted = chosen.id
        self._show_chosen()
        if self.side.currentWidget() is self.form:
            self.begin_entering()

    def _period_picked(self, period: Period) -> None:
        if self.typing:
            self.session.notice("warning", UNSAVED)
            return
        self._close_form()
        self.period = period
        self.reload()

    def _group_picked(self) -> None:
        picked = next(group for group, chip in self._chips.items() if chip is self.sender())
        if self.typing:
            self.session.notice("warning", UNSAVED)
            picked = self._group
        for group, chip in self._chips.items():
            chip.setChecked(group == picked)
        if picked != self._group:
            self._close_form()
            self._group = picked
            self.reload()

    def _show_weights(self) -> None:
        self.tabs.setCurrentIndex(WEIGHTS)

    def _open_tickets(self, counted: int) -> None:
        chosen, period = self.chosen, self.period
        if chosen is not None and period is not None:
            wanted = TicketFilter(
                agency=chosen.agency, month=period.first, last_month=period.last, counted=True
            )
            self.session.go("tickets", Drill(wanted, counted))

    # entering ---------------------------------------------------------------------------------------------

    def begin_entering(self) -> None:
        """Opens the table of values for the agency chosen."""
        chosen = self.chosen
        if chosen is None or self.period is None:
            return
        self.tabs.setCurrentIndex(TOTALS)
        if not self.typing:
            self.form.begin(chosen.id, chosen.agency, self.period, period_text(self.period))
            self._read_entries()
        self.side.setCurrentWidget(self.form)
        self.form.table.setFocus()

    def _close_form(self) -> None:
        self.form.model.start(())
        self.buildup.close_form()
        self.side.setCurrentWidget(self.buildup)

    def _enter(self, drafts: Any) -> None:
        self.side.setEnabled(False)
        self.session.command(
            self, lambda c: commands.assess(c, drafts), self._entered, failed=self._failed, again=True
        )

    def _entered(self, done: Any) -> None:
        self.side.setEnabled(True)
        same = done.given - done.made
        more = f"，{same} 条与已有的相同" if same else ""
        self.session.notice("success", f"已录入 {done.made} 条评价值{more}。")
        self._close_form()
        self.session.announce(done.changes)

    def _withdraw(self, entry: int, reason: str) -> None:
        self.side.setEnabled(False)
        self.session.command(
            self, lambda c: commands.withdraw(c, entry, reason), self._withdrawn, failed=self._failed
        )

    def _withdrawn(self, changes: Any) -> None:
        self.side.setEnabled(True)
        self.buildup.close_form()
        self.session.notice("success", "评价值已撤回，原来的记录留着。")
        self.session.announce(changes)

    def _put_weights(self, month: Any, weights: Any, pairs: Any, reason: str) -> None:
        self.weights.setEnabled(False)
        self.session.command(
            self, lambda c: commands.put_weights(c, month, weights, pairs, reason=reason), self._weights_put,
            failed=self._failed,
        )  # fmt: skip

    def _weights_put(self, changes: Any) -> None:
        self.weights.setEnabled(True)
        self.weights.put()
        self.session.notice("success", "指标权重已定，从所选的月份起施行。")
        self.session.announce(changes)

    def _failed(self, error: Exception) -> None:
        self.side.setEnabled(True)
        self.weights.setEnabled(True)
        known = isinstance(error, PingdeskError)
        words = str(error) if known else "程序出错了，详情已记入日志；您填写的内容还在。"
        self.session.notice("warning" if isinstance(error, UserError) else "error", words)

    # files ------------------------------------------------------------------------------------------------

    def choose_file(self) -> None:
        """Asks for a third party's file."""
        dialog = QFileDialog(self.window(), "导入第三方评价表", "", "表格 (*.xlsx *.xls *.csv)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        _open(dialog, self.read_file)

    def read_file(self, name: str) -> None:
        """Reads it and shows what each line comes to."""
        path = Path(name)
        self.session.operations.query(
            self, reading(self.session.workspace, path), self._file_read, key="file", failed=self._failed
        )
        self._file = path.name

    def _file_read(self, lines: Any) -> None:
        if self.typing:
            self.session.notice("warning", UNSAVED)
            return
        self.tabs.setCurrentIndex(TOTALS)
        self.preview.show_lines(self._file, lines)
        self.side.setCurrentWidget(self.preview)
        self.preview.table.setFocus()

    def choose_template(self) -> None:
        """Asks where the empty form goes."""
        self._ask_where("下载第三方评价表模板", "第三方评价表.xlsx", self.write_template)

    def write_template(self, name: str) -> None:
        """Writes it."""
        if self.period is not None:
            self._write(templating(self.session.workspace, Path(name), self.period))

    def choose_export(self) -> None:
        """Asks where the workbook goes."""
        if self._totals is not None and self.period is not None:
            name = f"政务服务评价总分_{GROUPS[self._group]}_{period_text(self.period)}.xlsx"
            self._ask_where("导出总分", name, self.export)

    def export(self, name: str) -> None:
        """Writes the totals shown."""
        if self.period is not None:
            self._write(exporting(self.session.workspace, Path(name), self.period, self._group))

    def _ask_where(self, title: str, name: str, run: Any) -> None:
        dialog = QFileDialog(self.window(), title, name, "工作簿 (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        _open(dialog, run)

    def _write(self, work: Any) -> None:
        self.session.operations.query(self, work, self._written, key="write", failed=self._failed)

    def _written(self, done: Any) -> None:
        number = f"，{done.rows} 个单位，并已留痕" if done.rows else ""
        self.session.notice("success", f"已存为 {done.path.name}{number}。")


def _open(dialog: QFileDialog, run: Any) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(run)
    dialog.open()


def _card(parent: QWidget) -> QFrame:
    frame = QFrame(parent)
    frame.setProperty("card", "true")
    column = QVBoxLayout(frame)
    column.setContentsMargins(1, UNIT, 1, UNIT)
    return frame
