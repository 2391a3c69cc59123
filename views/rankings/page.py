"""排名: period and group; bars and table row by row, trend, heat map or scatter; the chosen agency in full."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.changes import Kind
from app.clock import local
from app.errors import UserError
from app.rankings.queries import Period
from app.tickets.queries import AtClose, TicketFilter
from views import dates
from views.rankings.boards import Board, HeatBoard, ScatterBoard, TrendBoard
from views.rankings.chart import RankChart
from views.rankings.counts import Counts
from views.rankings.detail import ScorePanel
from views.rankings.outlet import PictureOutlet
from views.rankings.painting import BOTTOM, TOP
from views.rankings.parts import GROUPS
from views.rankings.periods import PeriodBar
from views.rankings.picture import Plate, apart, closed_text, ranking_plate
from views.rankings.sheet import SheetOutlet
from views.rankings.table import RankTable, figure_count
from views.rankings.whatif import WhatIfBoard
from views.rankings.why import WhyPanel
from views.rows.listings import figure_of
from views.rows.panel import RowsPanel
from views.shell.page import MARGIN, Page
from views.shell.parts import Badge, Button, Chip, Empty, card, label, row, scrolling
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.drill import Drill

ROW = 27
SIDE = 67 * UNIT
#: What can be shown of a ranking, and the command that shows it.
BOARDS = (("bars", "名次"), ("trend", "走势"), ("heat", "热力图"), ("scatter", "散点"), ("whatif", "试算"))


class RankingsPage(Page):
    """The ranking of one group in one period."""

    title = "排名"
    shows = Kind.TALLY | Kind.TICKETS | Kind.REGISTRY | Kind.CLOSING | Kind.RULES

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._wanted_period: Period | None = None
        self._group = "township"
        self._view: Any = None
        self._wanted: str | None = None
        self.counts = Counts(session, self)
        self.counts.group = self._group
        self.counts.arrived.connect(self._arrived)
        self.counts.grids_arrived.connect(self._show_board)
        self.counts.failed.connect(self._not_read)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(MARGIN, 4 * UNIT, MARGIN, MARGIN)
        outer.setSpacing(3 * UNIT)
        outer.addLayout(self.header())
        outer.addLayout(self._bar())
        outer.addWidget(self._content(), 1)
        self.setFocusProxy(self.table)
        self.outlet = PictureOutlet(session, self, self.plate)
        self.sheet = SheetOutlet(session, self, lambda: self._view)
        self._bind()

    def _bind(self) -> None:
        self._stack.currentChanged.connect(lambda _number: self._show_exports())
        registry = self.session.registry
        registry.bind("ranking.earlier", self.periods.go_earlier, self.periods.earlier.isEnabled)
        registry.bind("ranking.later", self.periods.go_later, self.periods.later.isEnabled)
        registry.bind("ranking.period", self.periods.open_menu, self._has_months)
        for board, chip in self._boards.items():
            registry.bind(f"ranking.{board}", chip.click, self._has_view)

    def _bar(self) -> QHBoxLayout:
        self.periods = PeriodBar(self)
        self.periods.picked.connect(self.show_period)
        self._groups = {group: Chip(name, self, checkable=True) for group, name in GROUPS.items()}
        self._groups[self._group].setChecked(True)
        self._boards = {board: Chip(name, self, checkable=True) for board, name in BOARDS}
        self._boards["bars"].setChecked(True)
        for chip in self._groups.values():
            chip.clicked.connect(self._pick_group)
        for chip in self._boards.values():
            chip.clicked.connect(self._pick_board)
        self._closed = Badge("", "grey", self)
        self._copy = Button("复制图片", "copy", "link", self)
        self._copy.clicked.connect(self._copy_picture)
        self._export = Button("导出", "save", "link", self)
        self._export.clicked.connect(self._open_exports)
        groups, boards = self._groups.values(), self._boards.values()
        return row(
            self.periods, self._closed, 2, *groups, 3, *boards, None, self._copy, 2, self._export, spacing=1
        )

    def _content(self) -> QStackedWidget:
        self._stack = QStackedWidget(self)
        self._empty = Empty("ranking", "还没有可以排名的月份", "先导入评价明细或办件评价汇总。", self._stack)
        whole = QWidget(self._stack)
        line = QHBoxLayout(whole)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(3 * UNIT)
        frame, column = card(whole, margin=0)
        column.setContentsMargins(UNIT, 2 * UNIT, UNIT, 2 * UNIT)
        self._shown_board = QStackedWidget(frame)
        self._shown_board.addWidget(self._ranked(frame))
        self.boards: dict[str, Board] = {
            "trend": TrendBoard(frame), "heat": HeatBoard(frame), "scatter": ScatterBoard(frame),
            "whatif": WhatIfBoard(self.session, frame),
        }  # fmt: skip
        for board in self.boards.values():
            board.chosen.connect(self._spot_chosen)
            self._shown_board.addWidget(board)
        column.addWidget(self._shown_board)
        line.addWidget(frame, 1)
        line.addWidget(self._side(whole))
        self._stack.addWidget(self._empty)
        self._stack.addWidget(whole)
        self.rows = RowsPanel(self.session, self._stack)
        self.rows.left.connect(self._close_rows)
        self._stack.addWidget(self.rows)
        return self._stack

    def _side(self, parent: QWidget) -> QFrame:
        """What is said of the chosen agency; each panel takes `show_row(view, ranked, links=…)` and `recolor()`."""
        side, column = card(parent, margin=0, spacing=0)
        side.setFixedWidth(SIDE)
        self.panel = ScorePanel(side)
        self.panel.figure_opened.connect(self._open_chosen)
        self.why = WhyPanel(side)
        self.why.opened.connect(self._open_drill)
        self.why.trial_wanted.connect(self._boards["whatif"].click)
        self.panels: tuple[tuple[str, Any], ...] = (("得分", self.panel), ("为什么", self.why))
        self._tabs, self._panels = QTabBar(side), QStackedWidget(side)
        self._tabs.setAccessibleName("单位情况")
        self._tabs.setDrawBase(False)
        for name, panel in self.panels:
            self._tabs.addTab(name)
            self._panels.addWidget(scrolling(panel, side))
        self._tabs.currentChanged.connect(self._panels.setCurrentIndex)
        self._tabs.setVisible(len(self.panels) > 1)
        column.addWidget(self._tabs)
        column.addWidget(self._panels, 1)
        return side

    def _ranked(self, parent: QWidget) -> QWidget:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(2 * UNIT, 0, 2 * UNIT, 0)
        column.setSpacing(UNIT)
        self.chart = RankChart(inner, row_height=ROW)
        self.chart.chosen.connect(self._choose)
        self.table = RankTable(inner, row_height=ROW, head=TOP, foot=BOTTOM)
        self.table.chosen.connect(self._choose)
        self.table.figure_opened.connect(self._open_row)
        side = QHBoxLayout()
        side.setSpacing(0)
        side.addWidget(self.chart, 1, Qt.AlignmentFlag.AlignTop)
        side.addWidget(self.table, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(side)
        self._apart = label("", "secondary", inner, wrap=True)
        self._small = label("", "small", inner, wrap=True)
        column.addWidget(self._apart)
        column.addWidget(self._small)
        column.addStretch(1)
        return scrolling(inner, parent)

    # reading ----------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Reads the months that have figures, and what was counted in the period shown and the one before."""
        self.counts.read_again(self._wanted_period)
        if self._stack.currentWidget() is self.rows:
            self.rows.reload()

    def _not_read(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._refuse(error)
        else:
            self.session.notice("error", str(error), "重试", self.reload)

    def _arrived(self, period: Period | None) -> None:
        if period is None:
            self._view = None
            self._show_nothing("还没有可以排名的月份", "先导入评价明细或办件评价汇总。")
        else:
            self._show(period)

    # showing ----------------------------------------------------------------------------------------------

    def show_period(self, period: Period) -> None:
        """Shows another period: at once where its counts are at hand."""
        self._wanted_period = period
        if self.counts.covers(period):
            self._show(period)
        else:
            self.counts.read(period)

    def _show(self, period: Period) -> None:
        history = self.counts.history
        assert history is not None  # shown only what was read
        self._wanted_period = period
        self.periods.show_period(period, self.counts.months)
        try:
            view = history.ranking(period, self._group)
        except UserError as error:
            self._refuse(error)
            return
        shown, self._view = self._view, view
        self._show_facts()
        if shown is not None and shown == replace(view, cutoff=shown.cutoff) and self._stack.currentIndex():
            self._choose_wanted()  # the bars, and the place in the table, stay as they are
            return
        if not view.rows:
            self._show_nothing("这一期没有可以排名的单位", apart(view) or "换一个时段，或者先导入数据。")
            return
        if not self._still_open(view):
            self._stack.setCurrentIndex(1)
        self.chart.show_rows(view.rows, view.rules)
        self.table.show_rows(view.rows, links=self.links())
        self._show_notes()
        self._choose_wanted()
        self._show_board()

    def _refuse(self, error: UserError) -> None:
        self._view = None
        self._show_nothing("这个时段不能排名", str(error))

    def _show_nothing(self, title: str, advice: str) -> None:
        self._empty.say(title, advice)
        self._stack.setCurrentIndex(0)
        self._closed.show_text("", "grey")
        self.facts.setText("")
        self._show_exports()

    def _show_exports(self) -> None:
        self._copy.setEnabled(self.outlet.can())
        self._export.setEnabled(self._has_rows())

    def _show_facts(self) -> None:
        view = self._view
        self._show_exports()
        self.facts.setText(
            f"{GROUPS[view.group]} {len(view.rows)} 个 · 数据截至 {local(view.cutoff):%m-%d %H:%M}"
            f" · 规则集 {view.rule_set}"
        )
        whole = len(view.closed) == view.period.length
        self._closed.show_text(closed_text(view), "green" if whole else "amber" if view.closed else "grey")
        months = "、".join(dates.month(month) for month in view.closed)
        self._closed.setToolTip(f"已封账：{months}" if months else "封账以前，数据还会变动")

    def _show_notes(self) -> None:
        view = self._view
        self._apart.setText(apart(view))
        self._apart.setVisible(bool(view.unranked))
        few = any(r.score.small_sample for r in view.rows)
        notes = [f"* 小样本：评价不足 {view.rules.small_sample} 条，名次仅供参考。"] if few else []
        if len(view.rows) == 1:
            notes.append("只有一个单位参加排名，名次没有比较意义。")
        elif view.rows and view.rows[0].rank == view.rows[-1].rank:
            notes.append("全部单位评分相同，名次并列。")
        self._small.setText("　".join(notes))
        self._small.setVisible(bool(notes))

    def _choose_wanted(self) -> None:
        rows = self._view.rows
        names = [r.score.facts.agency for r in rows]
        at = names.index(self._wanted) if self._wanted in names else 0
        if rows:
            self._choose(at)
        else:
            self._show_panels(None)

    def _has_rows(self) -> bool:
        return self._view is not None and bool(self._view.rows)

    def _has_view(self) -> bool:
        return self._view is not None

    def _has_months(self) -> bool:
        return bool(self.counts.months)

    # choosing ---------------------------------------------------------------------------------------------

    def _choose(self, number: int) -> None:
        ranked = self._view.rows[number]
        self._wanted = ranked.score.facts.agency
        self.chart.select(number)
        if self.table.currentIndex().row() != number:
            self.table.setCurrentIndex(
                self.table.model().index(number, max(0, self.table.currentIndex().column()))
            )
        self._show_panels(ranked)

    def _show_panels(self, ranked: Any) -> None:
        for _, panel in self.panels:
            panel.show_row(self._view, ranked, links=self.links())

    def _spot_chosen(self, agency: str, month: date | None) -> None:
        """A place in a chart: the agency is chosen, and the month opened as bars."""
        self._wanted = agency
        if month is None:
            self._choose_wanted()
            self._show_board()
        else:
            self._boards["bars"].click()
            self.show_period(Period.month(month))

    def links(self) -> frozenset[str]:
        """The figures whose rows this person can open."""
        tickets = self.session.registry.allowed("go.tickets")
        return frozenset(
            {"quality", "ratings", "hall_adoption", "coverage"}
            | ({"handling", "tickets"} if tickets else set())
        )

    def _open_row(self, figure: str, number: int) -> None:
        """Opens the rows that a figure of an agency counted."""
        score, period = self._view.rows[number].score, self._view.period
        if (counted := figure_of(figure, score.facts.agency, period, self._view.rules)) is not None:
            self._stack.setCurrentWidget(self.rows)
            self.rows.open(counted)
            return
        chosen = TicketFilter(
            agency=score.facts.agency, month=period.first, last_month=period.last, counted=True,
            at_close=AtClose.COUNTED if self._view.closed else None,
        )  # fmt: skip
        self.session.go("tickets", Drill(chosen, figure_count(score, figure)))

    def _still_open(self, view: Any) -> bool:
        """Whether the rows in front belong to a ranking, which is shown behind them."""
        opened = self.rows.figure
        return (
            self._stack.currentWidget() is self.rows
            and opened is not None
            and opened.period == view.period
            and any(ranked.score.facts.agency == opened.agency for ranked in view.rows)
        )

    def _close_rows(self) -> None:
        self._stack.setCurrentIndex(1)
        self.table.setFocus()

    def _open_chosen(self, figure: str) -> None:
        if self.chart.selected is not None:
            self._open_row(figure, self.chart.selected)

    def _open_drill(self, drill: Drill) -> None:
        self.session.go("tickets", drill)

    def _pick_group(self) -> None:
        for group, chip in self._groups.items():
            chip.setChecked(chip is self.sender())
            if chip is self.sender():
                self._group = self.counts.group = group
        if self.counts.history is not None and self._wanted_period is not None:
            self._show(self._wanted_period)

    def _pick_board(self) -> None:
        self._stack.setCurrentIndex(1)
        for chip in self._boards.values():
            chip.setChecked(chip is self.sender())
        self._show_board()

    @property
    def board(self) -> str:
        """Which of the boards is in front."""
        return next(board for board, chip in self._boards.items() if chip.isChecked())

    def _show_board(self) -> None:
        """Only the board in front is drawn."""
        number = [board for board, _ in BOARDS].index(self.board)
        self._shown_board.setCurrentIndex(number)
        self._show_exports()
        if self.board != "bars" and self._view is not None:
            grid = None if self.board == "scatter" else self.counts.grid()
            self.boards[self.board].show_board(self._view, grid, self._wanted)

    def keyPressEvent(self, event) -> None:
        """← and → go to the period before and after, where nothing else takes them."""
        keys = {Qt.Key.Key_Left: self.periods.go_earlier, Qt.Key.Key_Right: self.periods.go_later}
        if event.key() in keys and not event.modifiers():
            keys[event.key()]()
            return
        super().keyPressEvent(event)

    # pictures ---------------------------------------------------------------------------------------------

    def plate(self) -> Plate | None:
        """What is in front as a picture, None where there is nothing, or rows."""
        if not self._has_rows() or self._stack.currentWidget() is self.rows:
            return None
        if self.board == "bars":
            return ranking_plate(self._view)
        board = self.boards[self.board]
        ready = board.view is not None and (board.grid is not None or self.board == "scatter")
        return board.plate() if ready else None

    def _copy_picture(self) -> None:
        self.outlet.copy()

    def exports(self) -> QMenu:
        """Ways out of the house."""
        menu = QMenu(self)
        menu.addAction("导出排名表").triggered.connect(self.sheet.ask)
        for text, run in (
            ("存为 PNG", self.outlet.ask_png),
            ("存为 SVG", self.outlet.ask_svg),
            ("打印", self.outlet.ask_printer),
        ):
            entry = menu.addAction(text)
            entry.triggered.connect(run)
            entry.setEnabled(self.outlet.can())
        return menu

    def _open_exports(self) -> None:
        menu = self.exports()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._export.mapToGlobal(self._export.rect().bottomLeft()))

    def changeEvent(self, event: QEvent) -> None:
        """Another scheme: the panels are drawn in its colours; the charts paint with those in force."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._view is not None:
            QTimer.singleShot(0, self, self._recolor)

    def _recolor(self) -> None:
        """Apart from the event, which walks through the widgets that are exchanged here."""
        for _, panel in self.panels:
            panel.recolor()
