"""The paged table: fetches by key, goes stale without losing selection or place, copies safely."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.modeltest import ModelTester

from models.rules.lifecycle import State
from views.tables.chips import deadline_chip, level_tone, state_chip, time_left
from views.tables.model import PAGE, ROW_ROLE, Column, PagedModel
from views.tables.view import TableView, plain_cell
from views.tickets import sections


@dataclass(frozen=True)
class Row:
    id: int
    name: str = ""
    level: int | None = 2


@dataclass(frozen=True)
class Page:
    rows: tuple[Row, ...]
    next: int | None


COLUMNS = (
    Column("id", "编号", 80, lambda r: str(r.id), right=True),
    Column("name", "名称", 100, lambda r: r.name, lambda r: f"全名 {r.name}", stretch=True),
    Column("level", "等级", 80, lambda r: str(r.level), kind="level", needs=2000),
)


class Source:
    """Rows in order; counts how often it is asked."""

    def __init__(self, count: int) -> None:
        self.rows = [Row(n, f"第{n}行") for n in range(count)]
        self.asked: list[tuple[int | None, int]] = []
        self.model: PagedModel | None = None
        self.answers = True

    def ask(self, key: int | None, limit: int) -> None:
        self.asked.append((key, limit))
        if self.answers:
            self.answer()

    def answer(self) -> None:
        key, limit = self.asked[-1]
        rest = [r for r in self.rows if key is None or r.id > key]
        page = tuple(rest[:limit])
        self.model.arrived(Page(page, page[-1].id if len(rest) > limit else None))


@pytest.fixture
def source(qapp):
    made = Source(250)
    made.model = PagedModel(COLUMNS, made.ask)
    made.tester = ModelTester(None)
    made.tester.check(made.model, force_py=True)
    return made


@pytest.fixture
def view(qtbot, source):
    made = TableView("试表")
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show_model(source.model)
    made.show()
    source.model.restart()
    return made


def test_pages_are_fetched_by_key_until_the_end(source):
    source.model.restart()
    while source.model.canFetchMore():
        source.model.fetchMore()
    assert source.asked == [(None, PAGE), (99, PAGE), (199, PAGE)]
    assert source.model.rowCount() == 250
    assert source.model.complete


def test_a_page_under_way_is_not_asked_for_again(source):
    source.model.restart()
    source.answers = False
    for _ in range(5):
        source.model.fetchMore()
    assert len(source.asked) == 2
    source.model.failed()
    assert source.model.canFetchMore()


def test_refreshing_keeps_selection_and_place(source, view):
    view.choose_id(40)
    bar = view.verticalScrollBar()
    place = bar.value()
    source.rows[3:5] = []
    source.rows.insert(20, Row(1000, "新"))
    source.rows[40] = replace(source.rows[40], name="改了")
    source.rows.sort(key=lambda r: r.id == 7)
    source.model.refresh()
    assert view.currentIndex().data(ROW_ROLE).id == 40
    assert [i.data(ROW_ROLE).id for i in view.selectionModel().selectedRows()] == [40]
    assert abs(bar.value() - place) <= 3 * 32
    assert [r.id for r in source.model.rows[:PAGE]] == [r.id for r in source.rows[:PAGE]]


def test_rows_that_come_and_go_above_leave_those_in_sight_where_they_stand(source, view):
    view.verticalScrollBar().setValue(50 * 32 + 7)
    first = view.rowAt(0)
    seen, top = source.model.rows[first].id, view.rowViewportPosition(first)
    source.rows[0:0] = [Row(1000 + n, "新") for n in range(5)]
    source.rows[20:22] = []
    source.model.refresh()
    assert view.rowViewportPosition(source.model.row_of(seen)) == top
    assert view.rowAt(0) == first + 3
    del source.rows[source.rows.index(next(r for r in source.rows if r.id == seen))]
    source.model.refresh()
    assert view.rowViewportPosition(source.model.row_of(seen + 1)) == top + 32


def test_a_list_at_its_beginning_shows_what_comes_in(source, view):
    source.rows.insert(0, Row(1000, "新"))
    source.model.refresh()
    assert source.model.rows[view.rowAt(0)].id == 1000


def test_no_row_need_be_the_current_one(source, view):
    view.choose_id(5)
    assert view.current_id() == 5
    view.choose_nothing()
    assert view.current_id() is None
    assert not view.selectionModel().selectedRows()


def test_refreshing_reads_as_much_as_is_shown(source):
    source.model.restart()
    source.model.fetchMore()
    source.model.refresh()
    assert source.asked[-1] == (None, 200)
    assert source.model.rowCount() == 200


def test_a_reversed_order_moves_rows_with_their_selection(source, view):
    view.choose_id(10)
    source.rows = source.rows[:PAGE][::-1]
    source.answers = False
    source.model.refresh()
    source.model.arrived(Page(tuple(source.rows), None))
    assert view.currentIndex().data(ROW_ROLE).id == 10
    assert view.currentIndex().row() == PAGE - 11


def test_rows_that_vanish_take_only_their_own_selection(source, view):
    view.choose_id(10)
    source.rows = []
    source.model.refresh()
    assert source.model.rowCount() == 0
    assert not view.currentIndex().isValid()
    assert not view.choose_id(10)


def test_choosing_tells_the_row(source, view, qtbot):
    told = []
    view.chosen.connect(told.append)
    assert view.choose_id(5)
    assert told[-1].id == 5


def test_copying_gives_tab_separated_text_that_no_spreadsheet_runs(source, view):
    source.rows[0] = Row(0, "=1+1\n第二行")
    source.model.refresh()
    view.choose_id(0)
    text = view.copy_selected()
    assert text == "编号\t名称\n0\t'=1+1 第二行"
    assert QGuiApplication.clipboard().text() == text
    assert plain_cell("@SUM(A1)") == "'@SUM(A1)"


def test_widths_are_kept_and_the_rest_is_given_away(source, view, qtbot):
    assert view.isColumnHidden(2)
    assert view.columnWidth(0) + view.columnWidth(1) == view.viewport().width()
    view.setColumnWidth(0, 123)
    again = TableView("试表")
    qtbot.addWidget(again)
    again.show_model(PagedModel(COLUMNS, source.ask, again))
    assert again.columnWidth(0) == 123


def test_cells_say_what_they_mean(source):
    source.model.restart()
    index = source.model.index(1, 1)
    assert index.data() == "第1行"
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "全名 第1行"
    assert source.model.headerData(1, Qt.Orientation.Horizontal) == "名称"
    assert source.model.headerData(1, Qt.Orientation.Vertical) is None


@dataclass(frozen=True)
class Clock:
    state: State = State.RECTIFYING
    declined: bool = False
    rework_due_on: date | None = None
    report_due_on: date | None = None
    runs_until: date | None = date(2026, 11, 13)
    provisional: bool = False
    days_left: int | None = 9


@pytest.mark.parametrize(
    ("row", "text", "tone"),
    [
        (Clock(), "剩 9 个工作日", "grey"),
        (Clock(days_left=3), "剩 3 个工作日", "grey"),
        (Clock(days_left=2), "剩 2 个工作日", "amber"),
        (Clock(days_left=2, provisional=True), "剩 2 个工作日", "amber"),
        (Clock(days_left=0), "今日到期", "amber"),
        (Clock(days_left=-3), "超期 3 天", "red"),
        (Clock(provisional=True, runs_until=date(2027, 1, 4)), "暂定 1月4日", "grey"),
        (Clock(State.SUBMITTED, report_due_on=date(2026, 11, 13), days_left=3), "报送剩 3 天", "grey"),
        (Clock(State.APPROVED, report_due_on=date(2026, 11, 13), days_left=-1), "报送超期 1 天", "red"),
        (Clock(rework_due_on=date(2026, 11, 13), days_left=1), "重办剩 1 天", "amber"),
        (Clock(State.PENDING, days_left=None, runs_until=None), "待核实", "accent"),
        (Clock(State.PENDING, declined=True, days_left=None, runs_until=None), "退单待核实", "amber"),
        (Clock(State.CLOSED, days_left=None, runs_until=None), "已办结", "green"),
        (Clock(State.REJECTED, days_left=None, runs_until=None), "不予转办", "grey"),
    ],
)
def test_the_chip_says_which_clock_runs_and_what_is_left(row, text, tone):
    chip = deadline_chip(row)
    assert (chip.text, chip.tone) == (text, tone)


@pytest.mark.parametrize("left", [-12, -1, 0, 1, 2, 3, 10])
def test_the_panel_says_what_the_chip_says(left):
    """One function words what is left: the panel only adds the day."""
    row = Clock(days_left=left)
    words, role = sections._due(row, row.runs_until, date(2026, 11, 2))
    chip = deadline_chip(row)
    assert words.endswith(time_left(left).text) and chip.text == time_left(left, brief=left < 0).text
    assert {"red": "red", "amber": "amber", "grey": "strong"}[chip.tone] == role


def test_state_chips_and_level_tones():
    assert state_chip(Clock(State.REPORTED)).text == "待12345办结"
    assert [level_tone(level) for level in (1, 2, 5, None)] == ["red", "amber", "green", "grey"]
