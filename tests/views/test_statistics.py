"""统计: one reading for three boards; numbers open their rows, an item goes over to an order, the month is copied."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.improvements.queries import Proposal
from app.rankings import figures as rated
from app.rankings.figures import Counted, Figure, FigureRow
from app.rankings.figures import Page as RatedPage
from app.rankings.queries import Period
from app.statistics import queries
from app.statistics.rows import AgencyRates, Figures, Repeated, Scope, StaffRates, TicketFigures, Times
from app.tickets.rows import Side
from models.rules.durations import Spread
from models.rules.rates import RateCounts, pareto
from models.rules.ratings import Platform
from tests.views.factories import MONTH, NOW, TODAY, Backend, Workspace, person
from tests.views.test_window import clipped, nameless
from views.operations import Operations
from views.shell.session import Session
from views.statistics.analysis import AnalysisTab
from views.statistics.rates import RatesBoard
from views.tickets.drill import Drill

COUNTS = RateCounts(
    ratings=800, good=790, defaults=200, tickets=12, answered=9, rectified=6, cases=900, cases_rated=600
)
NAMES = {
    "108": "在办事指南之外增加新的审批条件",
    "207": "没有提供材料样本",
    "3": "居住证申领",
    "9": "9时",
    "1": "周一",
}


def figures(scope: Scope, *, readable: bool = True) -> Figures:
    """A month with a dozen tickets."""
    sides = {side: pareto(counts, NAMES) for side, counts in (
        (Side.LABEL, {"108": 8, "207": 4}), (Side.ITEM, {"3": 12}), (Side.HOUR, {"9": 12}), (Side.WEEKDAY, {"1": 12}),
    )}  # fmt: skip
    found = TicketFigures(
        12, 5, whole=True, sides=sides, repeated=(Repeated("3", "居住证申领", 12, (4, 0, 1)),),
        times=Times(sign=Spread(12, Fraction(3, 2), 3, 4)), troubles={Side.OVERDUE: 2, Side.RETURNED: 0, Side.DECLINED: 1},
    )  # fmt: skip
    return Figures(
        scope=scope, cutoff=NOW, closed=(), small=30, total=COUNTS, before=None,
        agencies=(AgencyRates("罗州街道", "township", COUNTS),), platforms=((Platform.HALL, COUNTS),), staff=(), quiet=(),
        tickets=found if readable else None,
    )  # fmt: skip


class Desk:
    """The tab of an officer, what it asked for, and where it sent people."""

    def __init__(self, qtbot, monkeypatch) -> None:
        self.qtbot = qtbot
        self.asked: list[Scope] = []
        self.went: list[tuple[str, Any]] = []
        Backend().install(monkeypatch)
        monkeypatch.setattr(queries, "figures", self._figures)
        self.operations = Operations()
        self.session = Session(self.operations)
        self.session.open(Workspace(person()), TODAY)
        self.session.requested.connect(lambda page, argument: self.went.append((page, argument)))
        self.tab = AnalysisTab(self.session)
        qtbot.addWidget(self.tab)
        self.tab.resize(1150, 640)
        self.tab.show()
        self.tab.reload()
        self.settle()

    def _figures(self, _connection: Any, scope: Scope, _person: Any) -> Figures:
        self.asked.append(scope)
        return figures(scope)

    def settle(self) -> None:
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.operations.running == 0)


@pytest.fixture
def page(qtbot, monkeypatch):
    made = Desk(qtbot, monkeypatch)
    yield made
    made.operations.close()


def test_the_rates_open_the_tickets_that_they_counted(page):
    table = page.tab.rates.agencies
    cells = [cell.text for cell in table.figures.rows[0]]
    assert cells == ["罗州街道", "800", "98.75%", "25.32%", "12", "75.00%", "50.00%", "—", "66.67%"]
    table._pressed(table.figures.index(0, 4))
    where, drill = page.went[-1]
    assert (where, drill) == ("tickets", Drill(Scope(Period.month(MONTH), agency="罗州街道").tickets(), 12))
    assert "依据：指南第7.1.1条" in table.figures.data(table.figures.index(0, 2), Qt.ItemDataRole.ToolTipRole)


def test_staff_are_listed_to_the_last(qtbot):
    board = RatesBoard()
    qtbot.addWidget(board)
    many = tuple(StaffRates(f"{n}号", "罗州街道", COUNTS) for n in range(230))
    board.show_figures(replace(figures(Scope(Period.month(MONTH))), staff=many))
    listed = board.staff.figures.rows
    assert len(listed) == 100 and "还有 130 人" in board.more_staff.text()
    board.more_staff.click()
    board.more_staff.click()
    assert len(board.staff.figures.rows) == 230 and board.more_staff.isHidden()


def test_the_rates_open_the_ratings_that_they_counted(page, qtbot, monkeypatch):
    row = FigureRow(NOW, "rating", "1", 1, 2, "hall", False, "C1", "居住证申领", "大厅", None, None)
    monkeypatch.setattr(rated, "rows", lambda _c, _figure, *, after, limit: RatedPage((row,), None))
    monkeypatch.setattr(rated, "counted", lambda _c, _figure: Counted(800, 1, ()))
    table = page.tab.rates.agencies
    table._pressed(table.figures.index(0, 1))
    page.settle()
    assert page.tab.rows.figure == Figure("罗州街道", Period.month(MONTH))
    assert page.tab.rows.isVisible() and "计入 800 条" in page.tab.rows.facts.text()
    page.tab.reload()
    page.settle()
    assert page.tab.rows.isVisible()
    qtbot.keyClick(page.tab.rows.table, Qt.Key.Key_Escape)
    assert page.tab.rates.isVisible()
    platforms = page.tab.rates.platforms
    platforms._pressed(platforms.figures.index(0, 1))
    page.settle()
    shown = page.tab.rows.figure
    assert (shown.agency, shown.period, len(shown.platforms)) == (None, Period.month(MONTH), 1)
    qtbot.keyClick(page.tab.rows.table, Qt.Key.Key_Escape)
    page.tab.rates._figures[0].link.click()
    page.settle()
    assert page.tab.rows.figure == Figure(None, Period.month(MONTH))


def test_a_bar_and_a_trouble_open_their_rows(page, qtbot):
    page.tab.show_board("causes")
    causes = page.tab.causes
    causes.bars[Side.LABEL].setFocus()
    qtbot.keyClick(causes.bars[Side.LABEL], Qt.Key.Key_Down)
    qtbot.keyClick(causes.bars[Side.LABEL], Qt.Key.Key_Return)
    drill = page.went[-1][1]
    assert (drill.counted, drill.filter) == (8, page.tab.scope.of(Side.LABEL, "108", NAMES["108"]))
    causes.wrong._pressed(causes.wrong.figures.index(0, 1))
    assert page.went[-1][1] == Drill(page.tab.scope.troubled(Side.OVERDUE), 2)
    causes.whole.click()
    assert page.went[-1][1] == Drill(page.tab.scope.tickets(), 12)
    causes.again._pressed(causes.again.figures.index(0, 2))
    assert page.went[-1][1].filter.month == date(2026, 9, 1)


def test_a_hot_item_goes_over_to_an_order(page):
    page.tab.show_board("causes")
    page.tab.causes.propose.click()
    assert page.went[-1] == ("statistics", Proposal(None, "居住证申领", MONTH, MONTH))


def test_a_filter_is_read_once_for_all_boards(page):
    page.tab.groups["department"].click()
    page.settle()
    for board in ("causes", "briefing", "rates"):
        page.tab.show_board(board)
        page.settle()
    assert page.asked == [Scope(Period.month(MONTH)), Scope(Period.month(MONTH), "department")]
    names = [action.text() for action in page.tab.menu().actions()]
    assert names == ["单位", "业务平台", "", "清除全部筛选"]


def test_the_month_is_copied_as_text_and_shown_as_a_paper(page, monkeypatch):
    page.tab.session.registry.run("statistics.copy")
    assert page.tab.board == "briefing"
    assert (
        "本期差评工单12件，已回复9件，已整改6件；件数不足30，不计百分比" in QGuiApplication.clipboard().text()
    )


def test_who_reads_no_ticket_is_told_so(page):
    page.tab._read_done(((MONTH,), (), figures(Scope(Period.month(MONTH)), readable=False)))
    page.tab.show_board("causes")
    assert not page.tab.causes._area.isVisible()
    assert "由中心和承办单位查看" in page.tab.causes._empty.title.text()


def test_without_any_month_it_says_what_to_do(page):
    page.tab._read_done(((), (), None))
    assert page.tab._stack.currentIndex() == 0


@pytest.mark.parametrize("board", ["rates", "causes", "briefing"])
def test_nothing_is_clipped_or_nameless(page, board):
    page.tab.show_board(board)
    page.settle()
    QApplication.processEvents()
    assert clipped(page.tab) == []
    assert nameless(page.tab) == []
