"""The list's way into a file: what is asked for, how far it is, and what is told at the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from app.errors import EnvironmentProblem
from app.tickets import export
from app.tickets.export import CANCELLED, Exported, Wish
from app.tickets.queries import TicketFilter, Waiting
from models.rules.people import Group
from tests.views.factories import Backend
from tests.views.test_tickets import Sitting


@pytest.fixture
def officer(qtbot, monkeypatch):
    backend = Backend()
    backend.install(monkeypatch)
    made = Sitting(qtbot, Group.OFFICER)
    yield made
    made.operations.close()


@pytest.fixture
def wishes(monkeypatch):
    seen: list[Wish] = []

    def write(_space, path, wish, *, tell, cancelled):
        seen.append(wish)
        tell(export.Progress(export.STAGE, 1, 2))
        if path.name == "full.xlsx":
            raise EnvironmentProblem("磁盘空间不够", code="disk_full")
        if path.name == "stopped.xlsx":
            raise CANCELLED
        if path.name == "bug.xlsx":
            raise ZeroDivisionError
        return Exported(path, 8, "0" * 64)

    monkeypatch.setattr(export, "export", write)
    return seen


def test_what_is_listed_is_asked_for_and_told(officer, wishes):
    officer.page.open_with(TicketFilter(waiting=Waiting.VERIFY))
    officer.settle()
    assert officer.session.registry.run("tickets.export")
    dialog = officer.page.window().findChild(QFileDialog)
    dialog.fileSelected.emit("a.xlsx")
    dialog.close()
    officer.settle()
    assert wishes == [Wish(TicketFilter(waiting=Waiting.VERIFY))]
    assert officer.notices[-1][:2] == ("success", "已导出 8 件到 a.xlsx，并已留痕。")
    assert officer.page.export.isHidden()


@pytest.mark.parametrize(
    ("name", "tone"), [("full.xlsx", "error"), ("stopped.xlsx", "info"), ("bug.xlsx", "error")]
)
def test_what_goes_wrong_is_told(officer, wishes, name, tone, caplog):
    officer.page.export.write(Path(name), Wish())
    officer.settle()
    assert officer.notices[-1][0] == tone
    assert officer.page.export.idle
    caplog.clear()


def test_the_chosen_ones_are_asked_for(officer, monkeypatch):
    seen = []
    monkeypatch.setattr(officer.page.export, "ask", seen.append)
    officer.page.table.selectAll()
    officer.page.bulk.export.click()
    assert seen[0].chosen == tuple(row.id for row in officer.page.model.rows)
