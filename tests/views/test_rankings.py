"""The ranking page, its table and pictures: every number says what it was counted from."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage

from app.errors import UserError
from app.tickets.queries import TicketFilter
from models.rules.people import Group
from tests.views.factories import MONTH, TODAY, Backend, Workspace, person, ranking_view
from views.operations import Operations
from views.rankings import picture
from views.rankings.page import RankingsPage
from views.rankings.parts import change_of, change_text, counted
from views.rankings.table import COLUMNS
from views.shell import theme
from views.shell.session import Session
from views.tickets.drill import Drill


@pytest.fixture
def backend(monkeypatch):
    made = Backend()
    made.install(monkeypatch)
    return made


@pytest.fixture
def page(qtbot, backend):
    operations = Operations()
    session = Session(operations)
    session.open(Workspace(person(Group.OFFICER)), TODAY)
    made = RankingsPage(session)
    made.asked = []
    session.requested.connect(lambda *what: made.asked.append(what))
    qtbot.addWidget(made)
    made.resize(1190, 760)
    made.show()
    made.shown()
    qtbot.waitUntil(lambda: operations.running == 0)
    yield made
    operations.close()


def settle(qtbot, page):
    qtbot.waitUntil(lambda: page.session.operations.running == 0)


def test_the_latest_month_is_shown_with_its_facts(page):
    assert page._period.text() == "2026年10月"
    assert "镇（街） 4 个" in page.facts.text()
    assert page._apart.text() == "未参加排名：安铺镇（缺办件数据）"
    assert page._small.isVisible()


def test_bars_and_table_stand_row_by_row(page):
    assert page.chart.height() == page.table.height()
    top = page.table.visualRect(page.table.model().index(2, 0)).top() + page.table.horizontalHeader().height()
    assert page.chart.row_at(top + 3) == 2
    assert page.chart.row_at(2) is None


def test_a_number_with_a_list_opens_it(page, qtbot):
    model = page.table.rank_model
    name = page._view.rows[0].score.facts.agency
    column = next(i for i, c in enumerate(COLUMNS) if c.title == "工单")
    at = next(i for i, r in enumerate(model.rows) if r.score.facts.agency == "罗州街道")
    assert model.opens(model.index(at, column))
    page.table.clicked.emit(model.index(at, column))
    chosen = TicketFilter(agency="罗州街道", month=MONTH, last_month=MONTH, counted=True)
    assert page.asked == [("tickets", Drill(chosen, 1))]
    quality = model.index(at, 0)
    assert not model.opens(quality)
    assert name


def test_no_link_where_there_is_no_ticket(page):
    model = page.table.rank_model
    at = next(i for i, r in enumerate(model.rows) if r.score.facts.agency == "城南街道")
    assert not any(model.opens(model.index(at, c)) for c in range(len(COLUMNS)))


def test_pressing_a_bar_chooses_the_agency(page, qtbot):
    qtbot.mouseClick(
        page.chart.viewport(), Qt.MouseButton.LeftButton, pos=QPointF(300, 36 + 27 * 2 + 5).toPoint()
    )
    assert page.chart.selected == 2
    shown = page.chart.grab().toImage()
    ratio = shown.devicePixelRatio()
    soft = [
        shown.pixelColor(int(2 * ratio), int((36 + 27 * row + 3) * ratio)).name().upper() for row in (0, 2)
    ]
    assert soft == [theme.colors().surface, theme.colors().accent_soft]
    assert page.table.currentIndex().row() == 2
    page._open_chosen()
    assert page.asked


def test_group_and_month_change(page, qtbot):
    page._groups["department"].click()
    settle(qtbot, page)
    assert page._view.group == "department"
    page._earlier.click()
    settle(qtbot, page)
    assert page._period.text() == "2026年9月"
    page._later.click()
    settle(qtbot, page)
    menu = page.periods_menu()
    menu.actions()[-1].trigger()
    settle(qtbot, page)
    assert page._view.period.first == date(2026, 9, 1)
    assert page._view.period.last == MONTH
    menu.deleteLater()


def test_a_month_before_any_rule_set_says_so(page, qtbot, backend):
    backend.refusal = UserError("2020年11月还没有规则集。")
    page.reload()
    settle(qtbot, page)
    assert page._empty.advice.text() == "2020年11月还没有规则集。"


def test_without_months_there_is_advice(page, qtbot, backend):
    backend.months = ()
    page._span = None
    page.reload()
    settle(qtbot, page)
    assert page._empty.isVisible()


def test_the_table_is_copied_for_a_spreadsheet(page):
    lines = page.table.rank_model.as_text().split("\n")
    assert lines[0].split("\t")[:3] == ["名次", "单位", "综合评分"]
    assert len(lines) == 5


def test_every_part_says_its_numerator_and_denominator():
    rows = {r.score.facts.agency: r for r in ranking_view().rows}
    assert counted(rows["罗州街道"].score, "quality") == "301 条评价，共 3,003 分"
    assert counted(rows["罗州街道"].score, "handling") == "1 / 1 件"
    assert counted(rows["城南街道"].score, "handling") == "没有工单，计满分"
    assert counted(rows["长山镇"].score, "hall_adoption") == "没有大厅，不计此项"
    assert counted(rows["石城镇"].score, "coverage") == "12 / 24 件办件"


def test_changes_of_rank_are_worded():
    row = ranking_view().rows[0]
    assert change_of(row) == 0
    assert change_text(row) == "—"


def test_hovering_a_bar_says_its_parts(page):
    assert "政务服务质量" in page.chart.tip(page._view.rows[0])
    assert "× 30%" in page.chart.tip(page._view.rows[0])


def test_the_picture_is_copied_and_saved(page, tmp_path):
    page.copy_picture()
    assert not QGuiApplication.clipboard().image().isNull()
    page.save_picture(tmp_path / "排名.png")
    assert QImage(str(tmp_path / "排名.png")).width() == 2 * picture.WIDTH
    told = []
    page.session.noticed.connect(lambda *what: told.append(what[0]))
    page.save_picture(tmp_path / "没有" / "排名.svg")
    assert told == ["error"]


def test_pictures_need_no_window(tmp_path, qapp):
    made = picture.render_picture(ranking_view(), tmp_path / "a.svg", dark=True)
    text = made.read_text(encoding="utf-8")
    assert "<svg" in text
    assert text.count("<path") + text.count("<rect") > 16
    dark = picture.picture(ranking_view(), dark=True)
    light = picture.picture(ranking_view())
    assert dark.pixelColor(1, 1) != light.pixelColor(1, 1)
