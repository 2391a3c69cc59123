"""提醒名单: what waits for a rating is listed, searched, counted and taken along; cases are a kind of file to load."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from app.cases import export, queries
from app.cases.queries import Counts, Key, Reminder, ReminderFilter
from app.errors import EnvironmentProblem
from app.intake.kinds import Kind
from app.tickets.export import Exported
from models.rules.people import Group
from tests.views.factories import NOW, TODAY, Backend, Workspace, detail, inspection, person, ticket
from views.cases.tab import RemindersTab, left_chip
from views.intake.preview import Preview
from views.operations import Operations
from views.shell.session import Session
from views.statistics.page import TABS
from views.tickets.sections import RatingBox


def line(number: int, hours: int) -> Reminder:
    """A case that waits."""
    done = NOW - timedelta(hours=180 - hours)
    return Reminder(f"C{number}", "440881000000", "石城镇", None, "hall", "石城镇大厅", done, NOW + timedelta(hours=hours),
                    hours)  # fmt: skip


class Waiting:
    """The tab of an officer, over cases kept here."""

    def __init__(self, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        Backend().install(monkeypatch)
        self.rows = [line(1, 3), line(2, 50)]
        self.asked: list[ReminderFilter] = []
        for name in ("reminders", "counts"):
            monkeypatch.setattr(queries, name, getattr(self, name))
        self.operations = Operations()
        self.session = Session(self.operations)
        self.session.open(Workspace(person()), TODAY)
        self.said: list[tuple[str, str]] = []
        self.session.noticed.connect(lambda kind, said, *_: self.said.append((kind, said)))
        self.tab = RemindersTab(self.session)
        qtbot.addWidget(self.tab)
        self.tab.show()
        self.tab.reload()
        qtbot.waitUntil(lambda: "评价数据" in self.tab.facts.text() and bool(self.tab.model.rows))

    def reminders(
        self, _c: Any, wanted: ReminderFilter, *, after: Key | None = None, limit: int = 100
    ) -> Any:
        self.asked.append(wanted)
        rows = [r for r in self.rows if not wanted.urgent or r.hours_left < 24]
        return queries.Page([r for r in rows if wanted.search in r.case_number], None)

    def counts(self, _c: Any, _wanted: ReminderFilter) -> Counts:
        return Counts(len(self.rows), 1, date(2026, 10, 31))


def test_what_is_left_is_said_in_days_and_hours() -> None:
    assert [(left_chip(line(1, h)).text, left_chip(line(1, h)).tone) for h in (0, 23, 24, 167)] == [
        ("剩 0 小时", "amber"), ("剩 23 小时", "amber"), ("剩 1 天 0 小时", "grey"), ("剩 6 天 23 小时", "grey"),
    ]  # fmt: skip


@pytest.fixture
def waiting(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Waiting]:
    """The tab, closed afterwards."""
    made = Waiting(qtbot, monkeypatch)
    yield made
    made.operations.close()


def test_the_list_is_narrowed_by_chip_and_words(qtbot: Any, waiting: Waiting) -> None:
    tab = waiting.tab
    assert "2 件，评价数据到2026年10月31日" in tab.facts.text() and "第二十条" in tab.facts.text()
    assert tab.save.isEnabled()
    tab.urgent.click()
    qtbot.waitUntil(lambda: [r.case_number for r in tab.model.rows] == ["C1"])
    tab.search.setText("C2")
    qtbot.waitUntil(lambda: not tab.model.rows and not tab.save.isEnabled())
    assert waiting.asked[-1] == ReminderFilter(urgent=True, search="C2")
    assert not tab.open_with("别的") and tab.open_with(ReminderFilter(search="C2"))
    qtbot.waitUntil(lambda: [r.case_number for r in tab.model.rows] == ["C2"])
    assert not tab.urgent.isChecked()


def test_what_is_listed_goes_into_a_file(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch, waiting: Waiting, tmp_path: Path
) -> None:
    wishes: list[ReminderFilter] = []

    def write(_space: Any, path: Path, wanted: ReminderFilter) -> Exported:
        wishes.append(wanted)
        if len(wishes) > 1:
            raise EnvironmentProblem("磁盘已满。", code="disk")
        return Exported(path, 2, "0" * 64)

    monkeypatch.setattr(export, "export", write)
    for told in (("success", "已导出 2 件：名单.xlsx。"), ("warning", "磁盘已满。")):
        waiting.tab.write(tmp_path / "名单.xlsx")
        assert not waiting.tab.save.isEnabled()
        qtbot.waitUntil(lambda told=told: told in waiting.said)
        assert waiting.tab.save.isEnabled()
    assert wishes == [ReminderFilter()] * 2


def test_the_tab_is_there_for_who_may_read_the_list() -> None:
    (entry,) = (entry for entry in TABS if entry.title == RemindersTab.title)
    assert entry.groups == {Group.OFFICER, Group.LIAISON}


def test_a_file_of_cases_may_be_whole_or_a_part(qtbot: Any) -> None:
    preview = Preview()
    qtbot.addWidget(preview)
    preview.show_inspection("办件.xlsx", inspection(Kind.CASES))
    assert not preview.partial.isHidden() and "办件数仍以汇总为准" in preview.partial.toolTip()
    preview.show_inspection("汇总.xlsx", inspection(Kind.SUMMARY))
    assert preview.partial.isHidden()


def test_a_ticket_says_for_which_cases_its_rating_counts_too(qtbot: Any, waiting: Waiting) -> None:
    box = RatingBox(waiting.session)
    qtbot.addWidget(box)
    box.show_rating(detail(ticket(), counted_too=("C2", "C3", "C4", "C5")))
    (said,) = (line.text() for line in box.findChildren(QLabel) if "一件事" in line.text())
    assert said.startswith("同批或同一“一件事”的 4 件办件也按这条评价计：C2、C3、C4 等（")
