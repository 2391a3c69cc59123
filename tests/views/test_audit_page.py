"""The auditor's page: the log in words, its filters, one event with its link, verifying and exporting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from app.audit import commands, queries
from app.audit.queries import (
    EventDetail,
    EventFilter,
    EventPage,
    EventRow,
    LinkRow,
    Particular,
    Somebody,
    Standing,
)
from app.audit.rows import Exported, Progress
from app.errors import EnvironmentProblem, UserError
from models.rules.audit import Broken, Fault, Head, Verdict
from models.rules.events import Matter
from models.rules.people import Group
from tests.views.factories import NOW, TODAY, Workspace, person
from tests.views.test_window import clipped, nameless
from views.audit import memory
from views.audit.filters import spans
from views.audit.page import AuditPage
from views.operations import Operations
from views.shell.session import Session

HASH = "3f" * 32
HEAD = Head(64, HASH)


def event(number: int, action: str = "approve", what: str = "审核通过", **over: Any) -> EventRow:
    made = EventRow(
        id=number, at=NOW, actor="officer", name="李伟", action=action, what=what, ticket=15, subject="工单 15",
        particulars="待审核 → 待报送", link=number,
    )  # fmt: skip
    return replace(made, **over)


class Log:
    """Answers the page's questions from rows kept here."""

    def __init__(self) -> None:
        self.rows = [
            event(5, "reveal_contact", "查看联系方式", particulars="电话回访"),
            event(4), event(3, "person_changed", "人员变动", ticket=None, subject="张明（zhang）", actor="admin", name="陈静"),
            event(2, "upgraded", "升级数据库", ticket=None, subject="—", actor="postgres", name="postgres", particulars=""),
            event(1, "import", "导入", ticket=None, subject="评价明细.xlsx", link=None),
        ]  # fmt: skip
        self.filters: list[EventFilter] = []
        self.heads: list[tuple[Head, ...]] = []
        self.exports: list[Path] = []
        self.standing = Standing(HEAD, "aa" * 32)
        self.verdict = Verdict(64, 99, HEAD)
        self.refusal: Exception | None = None

    def install(self, monkeypatch: Any) -> None:
        for name in ("page", "count", "event", "people", "verify"):
            monkeypatch.setattr(queries, name, getattr(self, f"_{name}"))
        monkeypatch.setattr(queries, "standing", lambda _connection: self.standing)
        monkeypatch.setattr(commands, "export", self._export)

    def _page(
        self, _connection: Any, wanted: EventFilter, *, after: Any = None, limit: int = 100
    ) -> EventPage:
        self.filters.append(wanted)
        if self.refusal is not None:
            raise self.refusal
        return EventPage(tuple(self._matching(wanted)), None)

    def _matching(self, wanted: EventFilter) -> list[EventRow]:
        return [
            r for r in self.rows
            if (wanted.matter is None or r.action in wanted.matter.actions)
            and wanted.action in (None, r.action) and wanted.actor in (None, r.actor)
            and wanted.ticket in (None, r.ticket) and wanted.search in f"{r.what}{r.subject}"
        ]  # fmt: skip

    def _count(self, _connection: Any, wanted: EventFilter) -> int:
        return len(self._matching(wanted))

    def _event(self, _connection: Any, number: int) -> EventDetail:
        row = next(r for r in self.rows if r.id == number)
        reveal = row.action == "reveal_contact"
        link = LinkRow(row.link, NOW, row.link, "0d" * 32, HASH) if row.link else None
        facts = (Particular("状态", "待审核 → 待报送"), Particular("文字校验值", "b1" * 32, True))
        return EventDetail(
            row,
            facts if row.particulars else (),
            "电话回访" if reveal else None,
            True if reveal else None,
            link,
        )

    def _people(self, _connection: Any) -> tuple[Somebody, ...]:
        return Somebody("officer", "李伟"), Somebody("admin", "陈静")

    def _verify(self, _read: Any, *, heads: Any, progress: Any, cancelled: Any) -> Verdict:
        self.heads.append(tuple(heads))
        progress(Progress("正在核验", 32, 64))
        if self.refusal is not None:
            raise self.refusal
        return self.verdict

    def _export(self, _workspace: Any, path: Path, *, progress: Any, cancelled: Any) -> Exported:
        self.exports.append(path)
        if self.refusal is not None:
            raise self.refusal
        return Exported(path, HASH, self.verdict)


@dataclass
class Opened(Workspace):
    """The workspace of the others, with a clock."""

    def now(self) -> Any:
        return NOW


@pytest.fixture
def log(monkeypatch):
    made = Log()
    made.install(monkeypatch)
    return made


class Sitting:
    """The page in the auditor's session."""

    def __init__(self, qtbot: Any) -> None:
        self.qtbot = qtbot
        self.operations = Operations()
        self.session = Session(self.operations)
        self.session.open(Opened(person(Group.AUDITOR)), TODAY)
        self.notices: list[tuple[Any, ...]] = []
        self.session.noticed.connect(lambda *told: self.notices.append(told))
        self.page = AuditPage(self.session)
        qtbot.addWidget(self.page)
        self.page.resize(1194, 768)
        self.page.show()
        self.page.shown()
        self.settle()

    def settle(self) -> None:
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.operations.running == 0)

    def choose(self, number: int) -> list[str]:
        assert self.page.table.choose_id(number)
        self.settle()
        return self.said()

    def said(self) -> list[str]:
        QApplication.processEvents()
        return [w.text() for w in self.page.panel.findChildren(QLabel) if w.isVisible()]


@pytest.fixture
def auditor(qtbot, log):
    made = Sitting(qtbot)
    yield made
    made.operations.close()


def test_the_log_is_listed_and_the_newest_chosen(auditor):
    assert auditor.page.facts.text() == "5 条记录"
    assert auditor.page.panel.detail.row.id == 5
    assert auditor.page.strip.no.text() == "链头 第 64 环"
    texts = [[c.text(r) for c in auditor.page.model.columns] for r in auditor.page.model.rows]
    assert texts[0] == ["2026-11-02 09:00", "李伟", "查看联系方式", "工单 15", "电话回访", "5"]
    assert texts[3][3:5] == ["—", "—"] and texts[4][5] == "—"
    hints = [[c.hint(r) for c in auditor.page.model.columns if c.hint] for r in auditor.page.model.rows]
    assert hints[0][1:] == ["李伟（officer）", "在审计链的第 5 环"]
    assert hints[3][1] == "postgres"


def test_one_event_is_told_whole(auditor):
    said = auditor.said()
    assert {"电话回访", "与入链时的文字一致", "待审核 → 待报送", "第 5 环，同环共 5 条"} <= set(said)
    assert f"{'b1' * 6}…" in said
    auditor.choose(2)
    assert "没有更多内容。" in auditor.said()
    assert any("不在任何一环里" in text for text in auditor.choose(1))
    assert not auditor.page.panel._ticket.isVisible()


def test_words_that_were_changed_are_shown_as_such(auditor):
    detail = auditor.page.panel.detail
    auditor.page.panel.show_event(replace(detail, words_hold=False), TODAY)
    assert "与入链时的文字不同，已被改动" in auditor.said()


def test_the_link_and_the_head_are_copied(auditor):
    auditor.page.panel._copy()
    assert QGuiApplication.clipboard().text() == f"5:{HASH}"
    auditor.page.strip.copy.click()
    assert QGuiApplication.clipboard().text() == str(HEAD)
    assert [n[0] for n in auditor.notices] == ["info", "info"]


def test_chips_words_and_menu_make_one_filter(auditor, log):
    bar = auditor.page.filters
    bar._matters[Matter.PEOPLE].click()
    auditor.settle()
    assert [r.id for r in auditor.page.model.rows] == [3]
    assert auditor.page.panel.detail.row.id == 3
    bar._matters[Matter.PEOPLE].click()
    menu = bar.menu()
    days, whats, people = (a.menu() for a in menu.actions()[:3])
    days.actions()[0].trigger()
    auditor.settle()
    assert (log.filters[-1].since, log.filters[-1].until) == (TODAY, TODAY)
    assert bar._set["days"].text() == "今天"
    next(a for a in people.actions() if "陈静" in a.text()).trigger()
    contact = whats.actions()[1].menu()
    contact.actions()[0].trigger()
    auditor.settle()
    assert log.filters[-1] == EventFilter(action="reveal_contact", actor="admin", since=TODAY, until=TODAY)
    assert auditor.page._card.empty.isVisible() and auditor.page.panel.detail is None
    bar._set["actor"].closed.emit()
    auditor.settle()
    assert [r.id for r in auditor.page.model.rows] == [5]
    bar._set["days"].click()
    assert bar._set["days"].isChecked()
    days.actions()[0].trigger()
    next(a for a in menu.actions() if a.text() == "清除全部筛选").trigger()
    auditor.settle()
    assert log.filters[-1] == EventFilter()
    menu.deleteLater()


def test_words_are_looked_for_and_forgotten(auditor, log):
    search = auditor.page.filters.search
    search.setText("导入")
    search.returnPressed.emit()
    auditor.settle()
    assert [r.id for r in auditor.page.model.rows] == [1]
    search.clear()
    auditor.settle()
    assert len(auditor.page.model.rows) == 5
    search.setText("没有")
    search.returnPressed.emit()
    auditor.settle()
    auditor.page._card.empty.button.click()
    auditor.settle()
    assert search.text() == "" and len(auditor.page.model.rows) == 5


def test_one_ticket_and_one_person_are_followed(auditor, log):
    auditor.page.panel._ticket.click()
    auditor.settle()
    assert log.filters[-1] == EventFilter(ticket=15)
    assert auditor.page.filters._set["ticket"].text() == "工单 15"
    auditor.page.panel._person.click()
    auditor.settle()
    assert log.filters[-1] == EventFilter(ticket=15, actor="officer")
    assert auditor.page.filters._set["actor"].text() == "李伟"
    auditor.page.open_with(7)
    auditor.settle()
    assert log.filters[-1].ticket == 7


def test_days_that_have_no_name_are_written_out(auditor):
    bar = auditor.page.filters
    bar._change(EventFilter(since=date(2026, 10, 5), until=date(2026, 10, 7)))
    assert bar._set["days"].text() == "10月5日 至 10月7日"


def test_stretches_of_days_meet_the_month_before():
    named = {span.name: (span.since, span.until) for span in spans(date(2026, 3, 1))}
    assert named["上月"] == (date(2026, 2, 1), date(2026, 2, 28))
    assert named["最近 7 天"] == (date(2026, 2, 23), date(2026, 3, 1))
    assert named["今年"][0] == date(2026, 1, 1)


def test_an_intact_chain_is_told_and_remembered(auditor, log):
    assert "还没有核验过" in auditor.page.strip.last.text()
    assert auditor.session.registry.run("audit.verify") is True
    auditor.settle()
    assert log.heads == [()]
    assert auditor.page.strip.last.text() == "今天 09:00 核验完好：64 环，99 条事件。"
    assert auditor.notices[-1][:2] == ("success", "审计链完好，共 64 环。")
    auditor.page.verify()
    auditor.settle()
    assert log.heads[-1] == (HEAD,)


def test_a_broken_chain_is_told_in_red_and_keeps_the_head_that_held(auditor, log):
    auditor.page.verify()
    auditor.settle()
    log.verdict = Verdict(
        9, 12, Head(9, "00" * 32), Broken(10, Fault.CONTENT, "第 10 环：事件 12 的内容与入链时不同")
    )
    auditor.page.verify()
    auditor.settle()
    assert auditor.notices[-1][0] == "error" and "保全数据库" in auditor.notices[-1][1]
    assert "审计链已断：第 10 环" in auditor.page.strip.last.text()
    assert auditor.page.strip.last.property("role") == "red"
    assert memory.expected("本机数据库", log.standing.first) == (HEAD,)


def test_another_chain_is_not_held_against_this_one(auditor, log):
    auditor.page.verify()
    auditor.settle()
    log.standing = Standing(Head(3, "bb" * 32), "cc" * 32)
    auditor.page.reload()
    auditor.settle()
    auditor.page.verify()
    auditor.settle()
    assert log.heads[-1] == ()


def test_what_was_remembered_badly_is_forgotten(qapp):
    for kept in ("nonsense", {"at": "x"}, None):
        QSettings().setValue("audit/x", kept)
        assert memory.recall("x") is None


def test_a_head_from_paper_is_held_against_the_chain(auditor, log):
    auditor.page.strip.printed.setText("64:xyz")
    auditor.page.verify()
    assert auditor.notices[-1][0] == "warning" and log.heads == []
    assert auditor.page.strip.printed.property("wrong") == "true"
    auditor.page.strip.printed.setText(f"12:{HASH[:16]}")
    assert auditor.page.strip.printed.property("wrong") == "false"
    auditor.page.verify()
    auditor.settle()
    assert log.heads == [(Head(12, HASH[:16]),)]


def test_nothing_is_begun_twice_and_what_runs_is_cancelled(auditor, log):
    auditor.page.verify()
    assert not auditor.page.strip.verify.isEnabled()
    assert not auditor.session.registry.available("audit.export")
    auditor.page.verify()
    auditor.page.choose_export()
    auditor.page.export(Path("x"))
    auditor.page.bar.stop.click()
    auditor.settle()
    assert len(log.heads) <= 1 and log.exports == []
    assert auditor.page.strip.verify.isEnabled() and not auditor.page.bar.isVisible()
    auditor.page._cancel()


@pytest.mark.parametrize(
    ("error", "tone", "word"),
    [
        (UserError("已取消。", code="cancelled"), "info", "已取消"),
        (UserError("您没有这项操作的权限。", code="forbidden"), "warning", "权限"),
        (EnvironmentProblem("连不上数据库。"), "error", "连不上"),
    ],
)
def test_what_fails_is_said(auditor, log, error, tone, word):
    log.refusal = error
    auditor.page.verify()
    auditor.settle()
    assert auditor.notices[-1][0] == tone and word in auditor.notices[-1][1]
    assert auditor.page.strip.verify.isEnabled()


def test_a_bug_is_said_too(auditor, log, caplog):
    log.refusal = ZeroDivisionError()
    auditor.page.verify()
    auditor.settle()
    assert "日志" in auditor.notices[-1][1]
    caplog.clear()


def test_the_log_is_exported_and_read_again(auditor, log, tmp_path):
    auditor.page.strip.export.click()
    dialog = auditor.page.findChild(QFileDialog)
    assert dialog.selectedFiles()[0].endswith("审计记录_2026-11-02.jsonl")
    dialog.fileSelected.emit(str(tmp_path / "a.jsonl"))
    dialog.reject()
    auditor.settle()
    assert log.exports == [tmp_path / "a.jsonl"]
    assert auditor.notices[-1][0] == "success" and "a.jsonl" in auditor.notices[-1][1]
    log.verdict = Verdict(9, 12, Head(9, "00" * 32), Broken(10, Fault.LINK, "第 10 环"))
    auditor.page.export(tmp_path / "b.jsonl")
    auditor.settle()
    assert auditor.notices[-1][0] == "error" and "已断" in auditor.notices[-1][1]


def test_a_list_that_cannot_be_read_offers_a_retry(auditor, log):
    log.refusal = EnvironmentProblem("数据库没有应答。")
    auditor.page.reload()
    auditor.settle()
    assert auditor.notices[-1][2] == "重试"
    assert auditor.page.model.rowCount() == 5


def test_an_empty_chain_and_a_verification_of_last_year_read_well(auditor):
    strip = auditor.page.strip
    strip.show_head(Head(0, "00" * 32))
    assert strip.no.text() == "审计链还没有环" and not strip.copy.isEnabled()
    last = memory.Remembered((NOW - timedelta(days=400)).isoformat(), str(HEAD), "", 0, 0, "缺第 1 环")
    strip.show_last(last, TODAY)
    assert strip.last.text() == "2025年9月28日 核验，审计链已断：缺第 1 环。"


@pytest.mark.parametrize("width", [1194, 728])
def test_everything_fits_and_has_a_name(auditor, width):
    auditor.page.resize(width, 560)
    QApplication.processEvents()
    assert clipped(auditor.page) == []
    assert nameless(auditor.page) == []
