"""为什么 and 试算 on the ranking page: what is lost, what would help, and a trial that changes nothing."""

from __future__ import annotations

import gc
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from PySide6.QtCore import Qt

from app.rankings import workbook
from models.rules.people import Group
from models.rules.ratings import Platform
from models.rules.scoring import composite
from models.rules.whatif import changed
from tests.rankings.test_explaining import COUNTY, agency, view
from tests.views.factories import TODAY, Backend, Workspace, person
from views.operations import Operations
from views.rankings.numbers import Number, Percent
from views.rankings.page import RankingsPage
from views.rankings.whatif import WhatIfBoard
from views.rankings.why import LossBars, WhyPanel
from views.shell.parts import Button
from views.shell.session import Session
from views.tickets.drill import Drill

LINKS = frozenset({"handling", "tickets"})


@pytest.fixture
def session(qtbot):
    operations = Operations()
    made = Session(operations)
    made.open(Workspace(person(Group.OFFICER)), TODAY)
    yield made
    operations.close()


# --- 为什么 --------------------------------------------------------------------------------------------


@pytest.fixture
def why(qtbot):
    made = WhyPanel()
    qtbot.addWidget(made)
    made.show()
    return made


def row_of(ranking, name):
    return next(r for r in ranking.rows if r.score.facts.agency == name)


def test_the_way_up_opens_its_tickets(why):
    ranking, asked = view(*COUNTY), []
    why.opened.connect(asked.append)
    why.show_row(ranking, row_of(ranking, "丁镇"), links=LINKS)
    (link,) = [b for b in why.findChildren(Button) if "工单" in b.text()]
    assert link.text() == "打开这 2 件工单"
    link.click()
    (drill,) = asked
    assert isinstance(drill, Drill)
    assert (drill.counted, drill.filter.agency, drill.filter.counted) == (2, "丁镇", True)


def test_who_reads_no_tickets_gets_the_words_without_the_link(why):
    ranking = view(*COUNTY)
    why.show_row(ranking, row_of(ranking, "丁镇"), links=frozenset())
    assert not [b for b in why.findChildren(Button) if "工单" in b.text()]


def test_bars_say_what_was_got_lost_and_what_the_one_above_has(why, qtbot):
    ranking = view(*COUNTY, agency("戊镇", 0, 0, halls=(0, 0), rated=50))
    why.show_row(ranking, row_of(ranking, "戊镇"), links=LINKS)
    said = why.findChild(LossBars).accessibleDescription()
    assert "差评工单处理率：得 30.00 分，满分 30，失 0.00 分；丁镇得 10.00 分" in said
    assert "大厅推广度：不计此项；丁镇得 20.00 分" in said
    assert not why.grab().isNull()


def test_it_is_reckoned_only_when_looked_at(why):
    ranking = view(*COUNTY)
    why.hide()
    why.show_row(ranking, row_of(ranking, "丁镇"), links=LINKS)
    assert why.findChild(LossBars) is None
    why.show()
    assert why.findChild(LossBars) is not None


# --- 试算 ----------------------------------------------------------------------------------------------


@pytest.fixture
def board(qtbot, session):
    made = WhatIfBoard(session)
    qtbot.addWidget(made)
    made.show_board(view(*COUNTY), None, "丁镇")
    made.resize(900, 600)
    made.show()
    return made


def field(board, name):
    """The newest of that name: those before are on their way out."""
    return [n for n in board.findChildren(Number) if n.accessibleName() == name][-1]


def places(board):
    return [(r.id, r.move.before[0], r.move.after[0]) for r in board.table.model().rows]


def test_counts_that_are_changed_move_ranks_and_the_ranking_stays(board):
    facts = board.view.facts
    field(board, "已处理工单").setValue(4)
    assert places(board)[:2] == [("甲镇", 1, 1), ("丁镇", 4, 1)]
    assert board.said.text() == "丁镇第 4 名 → 第 1 名；3 个单位名次有变化。带 * 的单位改了数。"
    assert board.view.facts is facts
    assert board.table.current_id() == "丁镇"
    board.show_board(board.view, None, "乙镇")
    field(board, "实体大厅已评办件").setValue(0)
    assert {n: c.rated or c.handled for n, c in board.changes.items()} == {
        "丁镇": 2,
        "乙镇": {Platform.HALL: -100},
    }
    board.show_board(board.view, None, "丁镇")
    assert field(board, "已处理工单").value() == 4


def test_bad_ratings_are_improved_or_excluded_but_none_twice(board):
    facts = [replace(f, levels={Platform.HALL: {5: 45, 2: 2, 1: 3}}) for f in board.view.facts]
    board.show_board(replace(board.view, facts=tuple(facts)), None, "丁镇")
    field(board, "差评改为非常满意").setValue(2)
    excluded = field(board, "差评剔除")
    assert excluded.maximum() == 3
    excluded.setValue(3)
    assert field(board, "差评改为非常满意").maximum() == 2
    change = board.changes["丁镇"]
    assert (change.improved, change.excluded) == (2, 3)
    tried = changed(board._facts(), change, board.view.rules)
    scores = {r.id: r.move.after[1] for r in board.table.model().rows}
    assert scores["丁镇"] == composite(tried, board.view.rules).composite
    board.show_board(board.view, None, "乙镇")
    assert "乙镇" not in board.changes and field(board, "差评剔除").value() == 0


def test_a_count_put_back_and_the_reset_leave_nothing(board, session):
    assert not session.registry.available("ranking.reset")
    number = field(board, "已处理工单")
    number.setValue(3)
    number.setValue(2)
    assert not board.altered
    field(board, "有大厅的单位的权重：政务服务质量").setValue(0)
    number.setValue(4)
    session.registry.run("ranking.reset")
    assert not board.altered
    assert places(board) == [(name, n, n) for n, name in enumerate(("甲镇", "乙镇", "丙镇", "丁镇"), 1)]
    assert field(board, "已处理工单").value() == 2


def test_weights_count_only_where_they_sum_to_a_whole(board):
    handling = field(board, "有大厅的单位的权重：差评工单处理率")
    handling.setValue(500_000)
    assert board.said.text() == "权重合计须为 100%，下表仍是上一次的试算。"
    assert board.rules is None
    assert board.altered
    field(board, "有大厅的单位的权重：政务服务质量").setValue(0)
    assert board.rules is not None
    assert board.rules.with_hall.handling == Decimal("0.5")
    scores = {r.id: r.move.after[1] for r in board.table.model().rows}
    assert scores == {f.agency: composite(f, board.rules).composite for f in board.view.facts}
    assert board.view.rules.with_hall.handling == Decimal("0.20")


def test_another_ranking_begins_afresh_and_the_same_read_again_does_not(board):
    field(board, "已处理工单").setValue(4)
    board.show_board(view(*COUNTY), None, "丁镇")
    assert board.altered
    board.show_board(replace(view(*COUNTY), group="department"), None, "丁镇")
    assert not board.altered


def test_a_line_that_is_chosen_is_the_agency_to_change(board, qtbot):
    with qtbot.waitSignal(board.chosen) as asked:
        board.table.choose_id("乙镇")
    assert asked.args == ["乙镇", None]


def test_a_percent_is_typed_with_or_without_its_sign(qtbot):
    made = Percent("权重", Decimal("0.3333"), None)
    qtbot.addWidget(made)
    assert made.text() == "33.33%"
    made.selectAll()
    qtbot.keyClicks(made, "12.5")
    qtbot.keyClick(made, Qt.Key.Key_Return)
    assert made.share == Decimal("0.125")
    assert [made.validate(t, 0)[0].name for t in ("101", "1.23456", "", "40 %")] == [
        "Invalid", "Invalid", "Intermediate", "Acceptable",
    ]  # fmt: skip


# --- on the page --------------------------------------------------------------------------------------


@pytest.fixture
def page(qtbot, monkeypatch, session):
    backend = Backend()
    backend.install(monkeypatch)
    made = RankingsPage(session)
    qtbot.addWidget(made)
    made.resize(1190, 760)
    made.show()
    made.shown()
    qtbot.waitUntil(lambda: session.operations.running == 0)
    return made


def test_the_panel_leads_to_the_trial_of_which_there_is_no_picture(page):
    page._tabs.setCurrentIndex(1)
    page.why.trial_wanted.emit()
    assert page.board == "whatif"
    assert page.plate() is None
    assert not page.session.registry.available("ranking.copy")
    assert page.boards["whatif"].agency == page._wanted


def test_the_table_goes_out_as_a_workbook(page, qtbot, tmp_path):
    assert page.session.registry.available("ranking.workbook")
    gc.collect()  # cycles of earlier tests hold timers, which must not end on the thread that writes
    told = []
    page.session.noticed.connect(lambda tone, text, *_: told.append((tone, text)))
    page.sheet.save(tmp_path / "排名.xlsx")
    qtbot.waitUntil(lambda: bool(told))
    assert told == [("success", "排名表已导出到 排名.xlsx，打开后可以改数复算。")]
    table = openpyxl.load_workbook(tmp_path / "排名.xlsx", data_only=True)[workbook.TABLE]
    assert table["B5"].value == page._view.rows[0].score.facts.agency
    page.sheet.save(tmp_path / "没有这个文件夹" / "排名.xlsx")
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told[1][0] == "error"
