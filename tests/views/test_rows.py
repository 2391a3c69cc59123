"""明细 in the place of the ranking: opened from a number, read in pages, left by Esc and Alt+←."""

from __future__ import annotations

from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from app.clock import SHANGHAI
from app.rankings import case_rows, export, figures, hall_rows
from app.rankings.case_rows import CaseCount, CaseFigure, CasePage, CaseRow
from app.rankings.figures import BAD_LEVELS, Counted, Figure, FigureRow, Page
from app.rankings.hall_rows import HallCount, HallFigure, HallPage, HallRow
from app.rankings.queries import Period
from app.tickets.export import Exported
from models.rules.rulesets import SHIPPED
from tests.views.factories import MONTH
from tests.views.test_rankings import backend, column_of, page, settle  # noqa: F401 - the page's fixtures

_AT = datetime(2026, 10, 8, 9, 30, tzinfo=SHANGHAI)


@pytest.fixture
def asked(monkeypatch):
    """The figures whose rows were read."""
    found: list[Figure] = []

    def rows(_connection, figure, *, after, limit):
        found.append(figure)
        own = FigureRow(_AT, "rating", "1", 1, 2, "hall", False, "C1", "居住证申领", "大厅", 7, "closed",
                        "3号窗口", "李娟", ("办理时间长", "服务态度差"), "等了\n很久")  # fmt: skip
        return Page(
            (own, FigureRow(_AT, "summary", "2", 40, 5, "portal", False, None, None, None, None, None)), None
        )

    monkeypatch.setattr(figures, "rows", rows)
    monkeypatch.setattr(figures, "counted", lambda _connection, _figure: Counted(1234, 41, (MONTH,)))
    return found


@pytest.mark.parametrize("keys", [(Qt.Key.Key_Escape,), (Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)])
def test_a_number_opens_its_rows_and_a_key_goes_back(page, asked, qtbot, keys):  # noqa: F811
    page.window().activateWindow()
    page.table.setCurrentIndex(page.table.rank_model.index(0, column_of("评价")))
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    settle(qtbot, page)
    agency = page.table.rank_model.rows[0].score.facts.agency
    assert asked == [Figure(agency, Period.month(MONTH))]
    assert page.rows.isVisible() and page.rows.title.text().startswith(f"{agency}　2026年10月")
    said = page.rows.facts.text()
    assert "计入 1,234 条（依据：细则第六条）" in said and "其中 1,193 条不在您的查看范围" in said
    assert "2026年10月已封账" in said
    cells = [[c.text(row) for c in page.rows.model.columns] for row in page.rows.model.rows]
    assert cells[0][:3] == ["10-08 09:30", "不满意", "1 条"] and cells[1][0] == "2026年10月"
    assert cells[0][5:7] == ["3号窗口 · 李娟 · 大厅", "办理时间长、服务态度差：等了 很久"] and cells[1][
        5:7
    ] == ["—", "—"]
    page.reload()
    settle(qtbot, page)
    assert page.rows.isVisible() and len(asked) == 2
    page.rows.table.setCurrentIndex(page.rows.model.index(0, 0))
    qtbot.keyClick(page.rows.table, Qt.Key.Key_Return)
    assert page.asked == [("tickets", 7)] and cells[0][-1] == "已办结"
    qtbot.keyClick(page.rows.table, *keys)
    assert not page.rows.isVisible() and page.table.isVisible()


def test_the_quality_opens_the_platforms_that_it_counts_and_another_period_leaves_them(page, asked, qtbot):  # noqa: F811
    page.panel.figure_opened.emit("quality")
    settle(qtbot, page)
    assert set(asked[0].platforms) == {p.value for p in SHIPPED.quality_platforms}
    assert "第二十二条①" in page.rows.facts.text()
    page.show_period(page._view.period.before)
    settle(qtbot, page)
    assert not page.rows.isVisible()


def _lists(monkeypatch):
    """One hall, one case and one line of counts; the figures that were asked for."""
    found = []
    hall = HallRow(1, "罗州大厅", 12)
    case = CaseRow(_AT, "case", "1", 1, 1, "hall", "C1", "居住证申领", "罗州大厅", _AT.date())
    line = CaseRow(_AT, "closed", "2", 40, 5, "portal", None, None, None, None)
    for module, whole in ((hall_rows, HallPage((hall,), None)), (case_rows, CasePage((case, line), None))):
        monkeypatch.setattr(
            module, "rows", lambda _c, figure, whole=whole, **_: found.append(figure) or whole
        )
    monkeypatch.setattr(hall_rows, "counted", lambda *_: HallCount(3, 1, ()))
    monkeypatch.setattr(case_rows, "counted", lambda *_: CaseCount(1234, 6, 41, (MONTH,)))
    return found


def test_halls_and_cases_open_from_the_table_and_from_the_score(page, monkeypatch, qtbot):  # noqa: F811
    asked = _lists(monkeypatch)
    agency, month = page.table.rank_model.rows[0].score.facts.agency, Period.month(MONTH)
    page.table.setCurrentIndex(page.table.rank_model.index(0, column_of("推广")))
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    settle(qtbot, page)
    assert asked == [HallFigure(agency, month)] and page.rows.table.isVisible()
    assert "3 个，其中 1 个有主动评价（依据：细则第二十二条②）" in page.rows.facts.text()
    cells = [[c.text(row) for c in page.rows.model.columns] for row in page.rows.model.rows]
    assert cells == [["罗州大厅", "12 条", "有主动评价"]]
    assert page.plate() is None and not page._copy.isEnabled()
    qtbot.keyClick(page.rows.table, Qt.Key.Key_Escape)
    assert page._copy.isEnabled()
    links = {one.property("figure"): one for one in page.panel.findChildren(QPushButton)}
    links["coverage"].click()
    settle(qtbot, page)
    assert asked[1] == CaseFigure(agency, month, tuple(p.value for p in SHIPPED.coverage_channels))
    said = page.rows.facts.text()
    assert "其中 6 件有主动评价（依据：细则第二十二条③）" in said and "1,193 件不在您的查看范围" in said
    assert [page.rows.model.columns[1].text(row) for row in page.rows.model.rows] == ["10-08 评价", "5 件"]
    page._close_rows()
    links["coverage.hall"].click()
    settle(qtbot, page)
    assert asked[2].platforms == ("hall",) and "实体大厅的办件" in page.rows.title.text()


def test_rows_of_all_agencies_name_them_and_go_into_a_file(page, asked, monkeypatch, qtbot, tmp_path):  # noqa: F811
    registry = page.session.registry
    assert not registry.available("rows.export")
    page.panel.figure_opened.emit("quality")
    page.rows.open(Figure(None, Period.month(MONTH), levels=BAD_LEVELS))
    settle(qtbot, page)
    assert page.rows.title.text() == "全部单位　2026年10月　差评" and "按评价计" in page.rows.facts.text()
    assert "单位" in [column.title for column in page.rows.model.columns]
    written = []
    monkeypatch.setattr(
        export,
        "export",
        lambda _space, path, figure, **_: written.append(figure) or Exported(path, 2, "0" * 64),
    )
    assert registry.available("rows.export")
    page.rows.export.write(tmp_path / "a.csv", page.rows.figure)
    settle(qtbot, page)
    assert written == [page.rows.figure]
    page.rows.left.emit()
    assert not registry.available("rows.export")
