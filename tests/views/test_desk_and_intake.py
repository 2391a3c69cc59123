"""工作台 and 数据导入."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from app.cases.queries import ReminderFilter
from app.errors import UserError
from app.intake.results import Progress
from app.rankings import figures
from app.rankings.figures import Counted, Figure, Page
from app.rankings.queries import Period
from app.tickets.queries import TicketFilter, Waiting
from models.rules.lifecycle import RECTIFIED
from models.rules.people import Group
from tests.views.factories import MONTH, TODAY, Backend, Workspace, import_result, moved, person
from views.desk.lines import AgencyLine, CountButton, TicketLine
from views.desk.page import OPEN, DeskPage
from views.intake.dropping import file_of
from views.intake.loading import LoadBar
from views.intake.page import IntakePage
from views.operations import Operations
from views.shell.session import Session
from views.tickets.drill import Drill

FILE = Path("好差评评价明细_2026-10.xlsx")


@pytest.fixture
def backend(monkeypatch):
    made = Backend()
    made.install(monkeypatch)
    return made


@pytest.fixture
def session(qapp):
    operations = Operations()
    made = Session(operations)
    made.open(Workspace(person(Group.OFFICER)), TODAY)
    made.asked, made.told = [], []
    made.requested.connect(lambda *what: made.asked.append(what))
    made.noticed.connect(lambda *what: made.told.append(what))
    yield made
    operations.close()


def show(qtbot, page):
    qtbot.addWidget(page)
    page.resize(1190, 760)
    page.show()
    page.shown()
    settle(qtbot, page)
    return page


def settle(qtbot, page):
    for _ in range(3):
        qtbot.waitUntil(lambda: page.session.operations.running == 0)


def test_each_count_opens_exactly_what_it_counts(qtbot, backend, session):
    page = show(qtbot, DeskPage(session))
    line = page.findChildren(CountButton)[0]
    line.click()
    assert session.asked == [("tickets", TicketFilter(waiting=Waiting.OVERDUE))]
    assert page.grab().toImage().pixelColor(5, 5).isValid()


def test_tickets_and_agencies_open(qtbot, backend, session):
    page = show(qtbot, DeskPage(session))
    page.findChildren(TicketLine)[0].click()
    page.findChildren(AgencyLine)[0].click()
    page.strip._open.click()
    assert session.asked[0][1] in {r.id for r in backend.rows}
    assert session.asked[1] == ("tickets", TicketFilter(agency="城南街道", month=MONTH, states=OPEN))
    assert session.asked[2][1] == Drill(TicketFilter(month=MONTH, counted=True), 20)


def test_each_figure_of_the_month_opens_what_it_counted(qtbot, backend, session, monkeypatch):
    asked = []
    monkeypatch.setattr(figures, "rows", lambda _c, figure, **_: asked.append(figure) or Page((), None))
    monkeypatch.setattr(figures, "counted", lambda *_: Counted(19, 19, ()))
    page = show(qtbot, DeskPage(session))
    every = Figure(None, Period.month(MONTH))
    for figure, wanted in (
        (page.strip.ratings, every),
        (page.strip.bad, replace(every, levels=(2, 1))),
        (page.strip.mean, every),
    ):
        figure.word.click()
        settle(qtbot, page)
        assert asked[-1] == wanted and page.rows.isVisible()
        qtbot.keyClick(page.rows.table, Qt.Key.Key_Escape)
        assert not page.rows.isVisible() and page.strip.isVisible()
    page.strip.rectified.word.click()
    done = TicketFilter(month=MONTH, counted=True, states=frozenset(RECTIFIED))
    assert session.asked[-1] == ("tickets", Drill(done, 3))
    page._open_filter(ReminderFilter())
    assert session.asked[-1] == ("statistics", ReminderFilter())


def test_an_empty_desk_says_what_to_expect(qtbot, backend, session):
    backend.rows.clear()
    backend.months = ()
    page = show(qtbot, DeskPage(session))
    assert page.strip._month.text() == "还没有数据"
    assert not page.findChildren(CountButton)


@pytest.fixture
def intake(qtbot, backend, session):
    return show(qtbot, IntakePage(session))


def test_a_file_is_tried_before_anything_is_written(qtbot, backend, intake):
    intake.take(FILE)
    settle(qtbot, intake)
    assert [o["dry_run"] for o in backend.loads] == [True]
    assert "现在还没有写入" in intake.preview.said.text()
    assert intake.preview.refusals.model().rowCount() == 1
    assert intake.preview.load.isEnabled()


def test_names_and_numbers_are_masked_in_the_preview(qtbot, backend, intake):
    intake.take(FILE)
    settle(qtbot, intake)
    grid = intake.preview._rows_grid
    shown = [grid.itemAtPosition(1, c).widget().text() for c in range(3)]
    assert shown[1:] == ["杨**", "133****2025"]


def test_loading_says_what_it_did(qtbot, backend, intake, session):
    changed = []
    session.changed.connect(changed.append)
    intake.take(FILE)
    settle(qtbot, intake)
    intake.preview.partial.click()
    intake.preview.load.click()
    settle(qtbot, intake)
    assert backend.loads[-1]["complete"] is False
    assert "导入完成" in intake.preview.said.text()
    assert changed == [backend.result.changes]
    intake.preview.tickets.click()
    assert session.asked[-1][0] == "tickets"
    intake.preview.again.click()
    assert intake.stack.currentWidget() is intake.zone


def test_the_same_file_again_changes_nothing(qtbot, backend, intake):
    backend.result = import_result(inserted=0, updated=0, unchanged=8, refusals=(), refused=0)
    intake.take(FILE)
    settle(qtbot, intake)
    assert "不会有变化" in intake.preview.said.text()
    assert not intake.preview.refusals.isVisible()


def test_a_notice_shows_which_due_dates_move(qtbot, backend, intake):
    backend.result = import_result(
        moved=(moved(),), warnings={"评价早于受理": 3}, refused_by_agency={"石城镇": 1}
    )
    intake.take(FILE)
    settle(qtbot, intake)
    assert "2027年1月4日（周一） → 2027年1月5日（周二）" in intake.preview._moved.text()
    assert "石城镇" in intake.preview._warned.text()


@pytest.mark.parametrize("code", ["cancelled", "refused"])
def test_a_refused_or_cancelled_file_leaves_the_page_ready(qtbot, backend, intake, session, code):
    backend.refusal = UserError("这不是工作簿。", code=code)
    intake.take(FILE)
    settle(qtbot, intake)
    assert session.told[-1][0] == ("info" if code == "cancelled" else "warning")
    assert intake.stack.currentWidget() is intake.zone
    assert not intake.bar.isVisible()


def test_a_second_file_waits(qtbot, backend, intake, session):
    intake._under_way = object()
    intake.take(FILE)
    assert session.told[-1][0] == "warning"
    intake._under_way = None


def test_refused_rows_are_saved(qtbot, backend, intake, session, tmp_path):
    intake.take(FILE)
    settle(qtbot, intake)
    intake.save_refused(tmp_path / "退回.xlsx")
    settle(qtbot, intake)
    assert backend.loads[-1] | {"progress": None, "cancelled": None} == {
        "complete": True, "dry_run": True, "refused_to": tmp_path / "退回.xlsx", "progress": None, "cancelled": None,
    }  # fmt: skip
    assert session.told[-1][0] == "success"


def test_a_dropped_file_is_taken(qtbot, intake):
    got = []
    intake.zone.dropped.disconnect()
    intake.zone.dropped.connect(got.append)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/tmp/a.xlsx")])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    intake.zone.dragEnterEvent(QDragEnterEvent(QPoint(5, 5), copy, data, left, none))
    intake.zone.dropEvent(QDropEvent(QPointF(5, 5), copy, data, left, none))
    assert got == [Path("/tmp/a.xlsx")]
    data.setUrls([QUrl.fromLocalFile("/tmp/a.pdf")])
    assert file_of(data) is None


def test_progress_shows_what_remains_and_stops_once(qtbot, monkeypatch):
    from views.intake import loading

    now = [100.0]
    monkeypatch.setattr(loading.time, "monotonic", lambda: now[0])
    bar = LoadBar()
    qtbot.addWidget(bar)
    bar.begin("正在导入…")
    bar.progress(Progress("正在写入", 0, 1000))
    now[0] = 110.0
    bar.progress(Progress("正在写入", 250, 1000))
    assert bar.rest.text() == "250 / 1,000　还需约 30 秒"
    bar.progress(Progress("正在读取", 20, None))
    assert bar.rest.text() == "20 行"
    with qtbot.waitSignal(bar.cancelled):
        bar.stop.click()
    assert not bar.stop.isEnabled()
