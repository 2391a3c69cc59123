"""The ranking page, its table, charts and pictures: every number says what it was counted from."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime

import pytest
from pypdfium2 import PdfDocument
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QImage,
    QMouseEvent,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QComboBox

from app.clock import SHANGHAI
from app.errors import UserError
from app.rankings import trends
from app.rankings.queries import Period
from app.tickets.queries import AtClose, TicketFilter
from models.rules.people import Group
from models.rules.rulesets import SHIPPED
from tests.views.factories import MONTH, TODAY, Backend, Workspace, history, person, ranking_view
from views.operations import Operations
from views.rankings import picture
from views.rankings.heat import HeatMap
from views.rankings.page import RankingsPage
from views.rankings.parts import change_of, change_text, counted, explained, interval_text
from views.rankings.periods import period_text, whole_periods
from views.rankings.scatter import Scatter
from views.rankings.table import COLUMNS
from views.rankings.trend import Trend
from views.shell import theme
from views.shell.parts import Chip
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


def column_of(title):
    return next(i for i, c in enumerate(COLUMNS) if c.title == title)


def test_the_latest_month_is_shown_with_its_facts(page):
    assert page.periods.chip.text() == "2026年10月"
    assert "镇（街） 4 个" in page.facts.text()
    assert page._apart.text() == "未参加排名：安铺镇（缺办件数据）"
    assert page._small.isVisible()
    assert page._closed.accessibleName() == "未封账"


def test_bars_and_table_stand_row_by_row(page):
    assert page.chart.height() == page.table.height()
    top = page.table.visualRect(page.table.model().index(2, 0)).top() + page.table.horizontalHeader().height()
    assert page.chart.row_at(top + 3) == 2
    assert page.chart.row_at(2) is None


def test_a_number_with_a_list_opens_it_by_mouse_and_by_enter(page, qtbot):
    model, column = page.table.rank_model, column_of("工单")
    at = next(i for i, r in enumerate(model.rows) if r.score.facts.agency == "罗州街道")
    assert model.opens(model.index(at, column))
    chosen = TicketFilter(agency="罗州街道", month=MONTH, last_month=MONTH, counted=True)
    page.table.clicked.emit(model.index(at, column))
    page.table.setCurrentIndex(model.index(at, column))
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert page.asked == [("tickets", Drill(chosen, 1))] * 2
    page._view = replace(page._view, closed=(MONTH,))
    page.table.clicked.emit(model.index(at, column))
    assert page.asked[2] == ("tickets", Drill(replace(chosen, at_close=AtClose.COUNTED), 1))
    without = next(i for i, r in enumerate(model.rows) if r.score.facts.agency == "城南街道")
    assert not model.opens(model.index(without, column))


def test_pressing_a_bar_chooses_the_agency(page, qtbot):
    qtbot.mouseClick(page.chart, Qt.MouseButton.LeftButton, pos=QPointF(300, 36 + 27 * 2 + 5).toPoint())
    assert page.chart.selected == 2
    shown = page.chart.grab().toImage()
    ratio = shown.devicePixelRatio()
    soft = shown.pixelColor(int(2 * ratio), int((36 + 27 * 2 + 3) * ratio)).name().upper()
    assert soft == theme.colors().accent_soft
    assert page.table.currentIndex().row() == 2


def test_another_period_or_group_is_shown_without_a_read_where_the_counts_are_at_hand(
    page, qtbot, monkeypatch
):
    page.counts.read_whole()
    settle(qtbot, page)
    monkeypatch.setattr(page.session, "query", None)
    qtbot.keyClick(page, Qt.Key.Key_Left)
    assert page.periods.chip.text() == "2026年9月"
    qtbot.keyClick(page.periods.chip, Qt.Key.Key_Right)
    assert page.periods.chip.text() == "2026年10月"
    page.show_period(Period(date(2026, 7, 1), date(2026, 9, 1)))
    assert page.periods.chip.text() == "2026年第三季度"
    page._groups["department"].click()
    assert page._empty.title.text() == "这一期没有可以排名的单位"
    page._groups["township"].click()
    assert page._view.period.length == 3
    page.show_period(Period.month(date(2022, 1, 1)))
    assert page._empty.advice.text().startswith("未参加排名：罗州街道（缺办件数据）")


def test_any_span_can_be_asked_for(page, qtbot):
    page.periods.ask_span()
    boxes = page.periods.findChildren(QComboBox)
    boxes[0].setCurrentIndex(1)
    page.periods.confirm.click()
    settle(qtbot, page)
    assert (page._view.period.first, page._view.period.last) == (date(2026, 9, 1), MONTH)
    menu = page.periods.menu()
    assert [a.text() for a in menu.actions() if a.text()] == [
        "月份", "季度", "半年", "全年", "近三个月", "近一年", "任意时段…",
    ]  # fmt: skip
    menu.deleteLater()


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ((2026, 10), (2026, 10), "2026年10月"),
        ((2026, 10), (2026, 12), "2026年第四季度"),
        ((2026, 7), (2026, 12), "2026年下半年"),
        ((2026, 1), (2026, 12), "2026年"),
        ((2026, 2), (2026, 4), "2026年2月至4月"),
        ((2025, 11), (2026, 2), "2025年11月至2026年2月"),
    ],
)
def test_periods_are_called_as_people_call_them(first, last, text):
    assert period_text(Period(date(*first, 1), date(*last, 1))) == text


def test_whole_periods_hold_a_month_with_figures():
    months = (date(2026, 10, 1), date(2026, 9, 1))
    assert [p.first for p in whole_periods(months, 3)] == [date(2026, 10, 1), date(2026, 7, 1)]
    assert [p.last for p in whole_periods(months, 12)] == [date(2026, 12, 1)]


def test_a_period_that_cannot_be_ranked_says_so(page, qtbot, backend):
    page.show_period(Period.month(date(2020, 11, 1)))
    settle(qtbot, page)
    assert page._empty.advice.text() == "2020年11月早于第一个规则集，不能评分。"
    assert page.plate() is None
    backend.refusal = UserError("换一个月份。")
    page.reload()
    settle(qtbot, page)
    assert page._empty.advice.text() == "换一个月份。"


def test_without_months_there_is_advice(page, qtbot, backend):
    backend.months = ()
    page._wanted_period = None
    page.reload()
    settle(qtbot, page)
    assert page._empty.isVisible()


def test_closed_months_say_so():
    view = replace(ranking_view(), period=Period(date(2026, 7, 1), MONTH))
    closed = replace(view, closed=(date(2026, 7, 1),), closed_at=datetime(2026, 8, 5, 10, tzinfo=SHANGHAI))
    assert picture.closed_text(view) == "未封账"
    assert picture.closed_text(closed) == "已封账：7月"
    assert (
        picture.closed_text(replace(closed, period=Period.month(date(2026, 7, 1)))) == "已封账（2026-08-05）"
    )


def test_every_board_answers_to_mouse_and_keys(page, qtbot):
    page.counts.read_whole()
    settle(qtbot, page)
    for name, spots in (("trend", 2), ("heat", 10), ("scatter", 4)):
        page._boards[name].click()
        settle(qtbot, page)
        canvas = page.boards[name].canvas
        assert len(canvas.spots()) >= spots
        canvas.setFocus()
        qtbot.keyClick(canvas, Qt.Key.Key_Down)
        assert canvas.accessibleDescription()
        assert page.plate().title.startswith("2026年9月至10月" if name != "scatter" else "2026年10月")
    page._boards["heat"].click()
    canvas = page.boards["heat"].canvas
    spot = next(s for s in canvas.spots() if s.month == date(2026, 9, 1) and s.agency == "石城镇")
    assert "条评价，共" in spot.said and "依据：细则第二十二条" in spot.said
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=spot.box.center().toPoint())
    assert (page.board, page._view.period.first) == ("bars", date(2026, 9, 1))
    assert page._view.rows[page.chart.selected].score.facts.agency == "石城镇"


def test_lines_are_added_and_taken_out(page, qtbot):
    page.counts.read_whole()
    settle(qtbot, page)
    page._boards["trend"].click()
    board = page.boards["trend"]
    for agency in ("石城镇", "长山镇", "石城镇"):
        board.add(agency)
    assert board.chart.agencies[-2:] == ("石城镇", "长山镇")
    for agency in board.grid.agencies:
        board.add(agency)
    page.resize(928, 640)  # the smallest window's
    settle(qtbot, page)
    chips = [chip for chip in board.findChildren(Chip) if chip.property("agency") in board.agencies]
    assert all(chip.geometry().right() <= chip.parentWidget().width() for chip in chips if chip.isVisible())
    board.remove("石城镇")
    assert "石城镇" not in board.chart.agencies
    assert "石城镇" in [a.text() for a in board.menu().actions()]


def test_nothing_is_clipped_or_covers_something_else_with_long_names(qtbot):
    names = [f"第{n}个名称很长很长的镇人民政府便民服务中心" for n in range(21)]
    grid = trends.grid(history(Period(date(2026, 1, 1), MONTH)), "township")
    cells = {
        (name, m): c for name, (_, m) in zip(names, grid.cells, strict=False) for c in grid.cells.values()
    }
    grid = replace(grid, agencies=tuple(names), cells=cells)
    rows = tuple(ranking_view().rows) * 5
    heat = HeatMap()
    heat.show_grid(grid, by_rank=True, agency=names[3], months=frozenset({MONTH}))
    qtbot.addWidget(heat)
    heat.resize(640, 480)
    assert all(0 <= s.box.left() and s.box.right() <= 640 for s in heat.spots())
    for chart in (heat, Trend(grid, tuple(names[:6]), False), Scatter(rows, 30, False, None)):
        drawn = QPixmap(640, 480)
        drawn.fill(theme.colors().surface)
        painter = QPainter(drawn)
        chart.draw(painter, drawn.size(), theme.colors())
        painter.end()
        image = drawn.toImage()
        edge = {image.pixelColor(image.width() - 1, y).name() for y in range(image.height())}
        assert edge == {theme.colors().surface.lower()}


def turned_to(page, qtbot, name):
    page.counts.read_whole()
    settle(qtbot, page)
    page._boards[name].click()
    plot = page.boards[name].canvas
    qtbot.waitUntil(lambda: plot.plane().box.width() > 100)
    return plot


def wheel(plot, place):
    event = QWheelEvent(
        QPointF(place), QPointF(plot.viewport().mapToGlobal(place)), QPoint(), QPoint(0, 240),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot.viewport(), event)


@pytest.mark.parametrize("name", ["trend", "scatter"])
def test_people_look_around_in_a_plot_by_wheel_drag_and_keys(page, qtbot, name):
    plot = turned_to(page, qtbot, name)
    whole = plot.plane()
    middle = plot.plane().box.center().toPoint()
    wheel(plot, middle)
    nearer = plot.plane()
    assert nearer.right - nearer.left < whole.right - whole.left
    port = plot.viewport()
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=middle)
    for away in (20, 40):
        move = QPointF(middle) + QPointF(away, 0)
        event = QMouseEvent(
            QMouseEvent.Type.MouseMove, move, port.mapToGlobal(move), Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        plot.sceneObj._lastMoveEventTime = 0  # moves within a hundredth of a second count for one
        QApplication.sendEvent(port, event)
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=middle + QPoint(40, 0))
    assert plot.plane().left < nearer.left
    page._show_board()
    assert plot.plane().left < nearer.left, "the same chart again leaves the place"
    qtbot.keyClick(plot, Qt.Key.Key_Home)
    assert plot.plane() == whole
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    qtbot.keyClick(plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert whole.left < plot.plane().left
    qtbot.mouseDClick(port, Qt.MouseButton.LeftButton, pos=whole.box.topLeft().toPoint())
    assert plot.plane() == whole


def test_a_point_says_what_was_counted_and_opens_what_it_stands_for(page, qtbot):
    plot = turned_to(page, qtbot, "scatter")
    spot = next(s for s in plot.spots() if s.agency == "石城镇")
    assert "评价覆盖 50.00：12 / 24 件办件" in spot.said
    assert spot.said.endswith("依据：细则第二十二条")
    qtbot.mouseMove(plot.viewport(), spot.box.center().toPoint())
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=spot.box.center().toPoint())
    assert page._view.rows[page.chart.selected].score.facts.agency == "石城镇"
    plot = turned_to(page, qtbot, "trend")
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot.accessibleDescription().startswith("石城镇　2026年9月\n第 3 名")
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert (page.board, page._view.period) == ("bars", Period.month(date(2026, 9, 1)))


def near(color: str, inks: set[str]) -> bool:
    """Whether something is drawn in a colour: a smoothed edge comes near to it."""
    wanted = QColor(color).getRgb()
    return any(sum(abs(a - b) for a, b in zip(QColor(i).getRgb(), wanted, strict=True)) < 40 for i in inks)


def test_a_plot_takes_another_scheme_at_once_and_keeps_its_place(page, qtbot):
    plot = turned_to(page, qtbot, "trend")
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    place = plot.plane()
    theme.toggle()
    shown = plot.grab().toImage()
    assert shown.pixelColor(1, 1).name() == theme.DARK.surface.lower()
    inks = {shown.pixelColor(x, y).name() for x in range(44, shown.width()) for y in range(shown.height())}
    assert near(theme.DARK.lines[0], inks) and not near(theme.LIGHT.lines[0], inks)
    assert plot.plane() == place


def test_the_page_opens_without_what_only_the_plots_need():
    asked = "import sys, views.rankings.page; sys.exit('pyqtgraph' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


def test_the_table_is_copied_for_a_spreadsheet(page):
    lines = page.table.rank_model.as_text().split("\n")
    assert lines[0].split("\t")[:3] == ["名次", "单位", "综合评分"]
    assert len(lines) == 5


def test_every_part_says_numerator_denominator_and_article():
    rows = {r.score.facts.agency: r for r in ranking_view().rows}
    assert counted(rows["罗州街道"].score, "quality") == "301 条评价，共 3,003 分"
    assert counted(rows["罗州街道"].score, "handling") == "1 / 1 件"
    assert counted(rows["城南街道"].score, "handling") == "没有工单，计满分"
    assert counted(rows["长山镇"].score, "hall_adoption") == "没有大厅，不计此项"
    assert counted(rows["石城镇"].score, "coverage") == "12 / 24 件办件"
    assert explained(rows["罗州街道"].score, "coverage").endswith("依据：细则第二十二条③")
    assert "± 0.46（平均值 95% 置信区间）" in interval_text(rows["罗州街道"].score, SHIPPED)
    assert interval_text(rows["罗州街道"].score, replace(SHIPPED, quality_mean="by_platform")) == ""


def test_changes_of_rank_are_worded():
    row = ranking_view().rows[0]
    assert change_of(row) == 0
    assert change_text(row) == "—"


def test_hovering_says_the_part_under_the_pointer(page, qtbot):
    row = page._view.rows[0]
    assert "依据：细则第六条、第二十二条①" in page.chart.tip(row, "quality")
    assert "× 30%" in page.chart.tip(row, "quality")
    few = next(r for r in page._view.rows if r.score.small_sample)
    assert "小样本" in page.chart.tip(few)
    qtbot.mouseMove(page.chart, QPointF(page.chart.width() / 3, 36 + 10).toPoint())


def test_one_agency_alone_and_all_tied_are_said_in_words(page):
    rows = page._view.rows
    page._view = replace(page._view, rows=rows[:1])
    page._show_notes()
    assert "只有一个单位参加排名" in page._small.text()
    page._view = replace(page._view, rows=tuple(replace(r, rank=1) for r in rows))
    page._show_notes()
    assert "全部单位评分相同" in page._small.text()
    page.chart.show_rows(page._view.rows, SHIPPED)
    assert "名次并列" in page.chart.tip(page._view.rows[0])


def test_the_picture_is_copied_saved_and_printed(page, tmp_path):
    page._copy.click()
    assert not QGuiApplication.clipboard().image().isNull()
    page.outlet.save(tmp_path / "排名.png")
    assert QImage(str(tmp_path / "排名.png")).width() == 2 * picture.WIDTH
    told = []
    page.session.noticed.connect(lambda *what: told.append(what[0]))
    page.outlet.save(tmp_path / "没有" / "排名.svg")
    assert told == ["error"]
    writer = QPdfWriter(str(tmp_path / "排名.pdf"))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    picture.print_plate(page.plate(), writer)
    with PdfDocument(tmp_path / "排名.pdf") as printed:
        assert (
            "未参加排名" in printed[0].get_textpage().get_text_range()
        )  # drawn and written, not a photograph


def test_pictures_need_no_window(tmp_path, qapp):
    made = picture.render_picture(ranking_view(), tmp_path / "a.svg", dark=True)
    text = made.read_text(encoding="utf-8")
    assert "<svg" in text
    assert text.count("<path") + text.count("<rect") > 16
    dark = picture.picture(ranking_view(), dark=True)
    light = picture.picture(ranking_view())
    assert dark.pixelColor(1, 1) != light.pixelColor(1, 1)


def test_the_parts_are_told_apart_without_colour():
    for colors in (theme.LIGHT, theme.DARK):
        grounds = (colors.surface, *reversed(colors.parts))
        steps = [theme.contrast(one, other) for one, other in zip(grounds, grounds[1:], strict=False)]
        assert min(steps) > 1.25


def test_who_reads_no_tickets_is_offered_no_list_of_them(page):
    page.session.registry.set_group(Group.BUREAU)
    assert page.links() == {"quality", "ratings", "hall_adoption", "coverage"}
