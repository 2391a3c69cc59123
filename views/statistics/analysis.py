"""分析, a tab of 统计: one period, one filter, one reading for 评价率, 差评分析 and 月报."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.callbacks.rows import CallFilter
from app.changes import Kind
from app.errors import PingdeskError
from app.rankings import queries as rankings
from app.rankings.figures import Figure
from app.rankings.queries import GROUPS, Period
from app.rankings.staff_rows import StaffFigure
from app.registry import queries as registry
from app.registry.queries import body
from app.registry.rows import BodyKind
from app.statistics import queries
from app.statistics.briefing import document
from app.statistics.rows import Figures, Scope
from models.rules.people import Group
from models.rules.ratings import Platform
from views.documents.preview import PaperPreview
from views.rankings.periods import PeriodBar
from views.rows.panel import RowsPanel
from views.shell.parts import Badge, Chip, Empty, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.statistics.briefing import BriefingBoard
from views.statistics.causes import CausesBoard
from views.statistics.rates import RatesBoard

#: What can be shown of a period, and the command that shows it.
BOARDS = (("rates", "评价率"), ("causes", "差评分析"), ("briefing", "月报"))
_ALL = "全部"


class AnalysisTab(QWidget):
    """The figures of a period (Guide 7.1.1, 8.1.2)."""

    shows = Kind.TALLY | Kind.TICKETS | Kind.CALLBACKS | Kind.REGISTRY | Kind.CLOSING

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.scope: Scope | None = None
        self.figures: Figures | None = None
        self._months: tuple[date, ...] = ()
        self._agencies: tuple[registry.AgencyName, ...] = ()
        self._drawn: set[str] = set()
        self.preview = PaperPreview(session, self)
        self.preview.left.connect(self._paper_left)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(3 * UNIT)
        self._bar = QWidget(self)
        self._fill_bar()
        outer.addWidget(self._bar)
        outer.addWidget(self._content(), 1)
        outer.addWidget(self.preview, 1)
        self._bind()

    def _fill_bar(self) -> None:
        self.periods = PeriodBar(self._bar)
        self.periods.picked.connect(self._period_picked)
        self.groups = {
            key: Chip(name, self._bar, checkable=True) for key, name in {"": _ALL, **GROUPS}.items()
        }
        self.chips = {
            key: Chip("", self._bar, checkable=True, closable=True) for key in ("agency", "platform")
        }
        self._closed = Badge("", "grey", self._bar)
        self.more = Chip("筛选", self._bar, icon="filter")
        self.boards = {board: Chip(name, self._bar, checkable=True) for board, name in BOARDS}
        self.boards["rates"].setChecked(True)
        for key, chip in self.groups.items():
            chip.clicked.connect(partial(self._group_picked, key))
        for key, chip in self.chips.items():
            chip.closed.connect(partial(self._drop, key))
            chip.clicked.connect(partial(chip.setChecked, True))
        for board, chip in self.boards.items():
            chip.clicked.connect(partial(self.show_board, board))
        self.more.clicked.connect(self._open_menu)
        line: QHBoxLayout = row(
            self.periods,
            self._closed,
            2,
            *self.groups.values(),
            *self.chips.values(),
            self.more,
            None,
            *self.boards.values(),
            spacing=1,
        )
        self._bar.setLayout(line)

    def _content(self) -> QStackedWidget:
        self._stack = QStackedWidget(self)
        self._empty = Empty(
            "statistics", "还没有可以统计的月份", "先导入评价明细或办件评价汇总。", self._stack
        )
        self._stack.addWidget(self._empty)
        officer = self.session.person.group is Group.OFFICER
        self.rates = RatesBoard(self._stack)
        self.rates.links = self.session.registry.allowed("go.tickets")
        self.causes = CausesBoard(self._stack, proposes=officer)
        self.briefing = BriefingBoard(self._stack)
        for board in (self.rates, self.causes, self.briefing):
            self._stack.addWidget(board)
        self.rows = RowsPanel(self.session, self._stack, home="统计")
        self.rows.left.connect(self._show_board)
        self._stack.addWidget(self.rows)
        self.rates.opened.connect(self._open)
        self.causes.opened.connect(partial(self.session.go, "tickets"))
        self.causes.proposed.connect(partial(self.session.go, "statistics"))
        self.briefing.paper_wanted.connect(self.show_paper)
        self.briefing.copied.connect(self._copied)
        return self._stack

    def _open(self, what: object) -> None:
        """Tickets and calls in their lists, ratings in place of the boards."""
        if isinstance(what, Figure | StaffFigure):
            self._stack.setCurrentWidget(self.rows)
            self.rows.open(what)
        else:
            self.session.go("callbacks" if isinstance(what, CallFilter) else "tickets", what)

    def _bind(self) -> None:
        bind = self.session.registry.bind
        bind("statistics.period", self.periods.open_menu, self._has_figures)
        bind("statistics.filter", self._open_menu, self._has_figures)
        bind("statistics.copy", self._copy, self._has_figures)
        bind("statistics.print", self.show_paper, self._has_figures)
        for board, _ in BOARDS:
            bind(f"statistics.{board}", partial(self.show_board, board), self._has_figures)

    def _has_figures(self) -> bool:
        return self.figures is not None

    # reading ----------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Reads the months with figures, and the figures of the scope."""
        self._read(self.scope)

    def _read(self, wanted: Scope | None) -> None:
        person = self.session.person

        def read(connection: Any) -> Any:
            months, agencies = rankings.months(connection), registry.agencies(connection)
            scope = wanted or (Scope(Period.month(months[0])) if months else None)
            found = None if scope is None else queries.figures(connection, scope, person)
            return months, agencies, found

        self.session.query(self, read, self._read_done, key="statistics", failed=self._not_read)

    def _not_read(self, error: Exception) -> None:
        known = isinstance(error, PingdeskError)
        said = str(error) if known else "程序出错了，详情已记入日志。"
        self.session.notice("warning" if known else "error", said, "重试", self.reload)

    def _read_done(self, answer: Any) -> None:
        self._months, self._agencies, self.figures = answer
        self._drawn.clear()
        if self.figures is None:
            self._stack.setCurrentIndex(0)
            return
        self.scope = self.figures.scope
        self.periods.show_period(self.scope.period, self._months)
        self._show_scope(self.scope)
        self._show_closed(self.figures)
        opened = self.rows.figure if self._stack.currentWidget() is self.rows else None
        if opened is not None and opened.period == self.scope.period:
            self.rows.reload()  # changed from outside: the reader stays with the rows
        else:
            self._show_board()

    def _show_scope(self, scope: Scope) -> None:
        for key, chip in self.groups.items():
            chip.setChecked(key == (scope.group or ""))
        words = {"agency": scope.agency or "", "platform": scope.platform.label if scope.platform else ""}
        for key, chip in self.chips.items():
            chip.setText(words[key])
            chip.setAccessibleName(f"{words[key]}，按删除键去掉")
            chip.setChecked(True)
            chip.setVisible(bool(words[key]))
            chip.updateGeometry()

    def _show_closed(self, figures: Figures) -> None:
        """What closed months count is what their close did; how its tickets stand is as of now."""
        whole = len(figures.closed) == figures.scope.period.length
        text = "已封账" if whole else f"{len(figures.closed)}个月已封账" if figures.closed else ""
        self._closed.show_text(text, "green" if whole else "amber")
        self._closed.setToolTip("评价率和计入的工单按封账时；用时和办理情况按工单现在的情况")

    # choosing ---------------------------------------------------------------------------------------------

    def show_scope(self, scope: Scope) -> None:
        """Shows another scope."""
        self.scope = scope
        self._show_scope(scope)
        self._read(scope)

    def _period_picked(self, period: Period) -> None:
        self.show_scope(Scope(period) if self.scope is None else replace(self.scope, period=period))

    def _group_picked(self, key: str) -> None:
        if self.scope is not None:
            self.show_scope(replace(self.scope, group=key or None, agency=None))

    def _drop(self, key: str) -> None:
        if self.scope is not None:
            self.show_scope(
                replace(self.scope, agency=None) if key == "agency" else replace(self.scope, platform=None)
            )

    def menu(self) -> QMenu:
        """Agencies of the group, and platforms."""
        menu = QMenu(self)
        scope = self.scope
        agencies, platforms = menu.addMenu("单位"), menu.addMenu("业务平台")
        for one in self._agencies:
            if scope is not None and scope.group in (None, one.kind):
                self._entry(
                    agencies, one.name, replace(scope, agency=one.name), checked=scope.agency == one.name
                )
        for platform in Platform:
            if scope is not None:
                chosen = replace(scope, platform=platform)
                self._entry(platforms, platform.label, chosen, checked=scope.platform is platform)
        menu.addSeparator()
        if scope is not None:
            self._entry(menu, "清除全部筛选", Scope(scope.period), checked=False)
        return menu

    def _entry(self, menu: QMenu, text: str, scope: Scope, *, checked: bool) -> None:
        action = menu.addAction(text)
        action.setCheckable(checked)
        action.setChecked(checked)
        action.triggered.connect(partial(self._scope_picked, scope))

    def _scope_picked(self, scope: Scope, _checked: object = None) -> None:
        self.show_scope(scope)

    def _open_menu(self) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    @property
    def board(self) -> str:
        """Which of the boards is in front."""
        return next(board for board, chip in self.boards.items() if chip.isChecked())

    def show_board(self, board: str, _checked: object = None) -> None:
        """Brings a board to the front."""
        for name, chip in self.boards.items():
            chip.setChecked(name == board)
        self.session.go("statistics", self)
        self._show_board()

    def _show_board(self) -> None:
        """Only the board in front is drawn."""
        if self.figures is None:
            return
        number = [board for board, _ in BOARDS].index(self.board)
        self._stack.setCurrentIndex(number + 1)
        if self.board not in self._drawn:
            self._drawn.add(self.board)
            shown: Any = (self.rates, self.causes, self.briefing)[number]
            shown.show_figures(self.figures)

    # the briefing ----------------------------------------------------------------------------------------

    def _copy(self) -> None:
        self.show_board("briefing")
        self.briefing.copy_text()

    def _copied(self) -> None:
        self.session.notice("success", "月报文字已复制。")

    def show_paper(self) -> None:
        """The briefing as a paper, with the printer, PDF and Word."""
        figures, today = self.figures, self.session.today
        if figures is None:
            return
        self.session.go("statistics", self)

        def read(connection: Any) -> Any:
            centre, trend = body(connection, BodyKind.CENTRE).name, queries.trend(connection, figures.scope)
            return document(figures, centre, today, trend=trend)

        self.session.query(self, read, self._paper_read, key="paper", failed=self._not_read)

    def _paper_read(self, paper: Any) -> None:
        for widget in (self._bar, self._stack):
            widget.hide()
        self.preview.show_document(paper, "月报")

    def _paper_left(self) -> None:
        for widget in (self._bar, self._stack):
            widget.show()
        self.boards[self.board].setFocus()

    def changeEvent(self, event: QEvent) -> None:
        """In another scheme the links have another colour."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.figures is not None:
            self._drawn.clear()
            self._show_board()
