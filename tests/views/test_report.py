"""Reporting in the window: the workbook beside the confirmation, and the returned file before it is entered."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import UserError
from app.intake import commands as intake
from app.intake.results import AnswerRow
from app.tickets import reporting
from app.tickets.export import Exported
from app.tickets.reporting import Answered
from models.rules.lifecycle import Action, State
from models.rules.people import Group
from tests.views.factories import ticket
from tests.views.test_bulk import Many, press, select
from tests.views.test_tickets import Sitting


@pytest.fixture
def backend(monkeypatch):
    made = Many()
    made.rows += [
        ticket(22, State.APPROVED, days_left=3),
        ticket(30, State.REPORTED),
        ticket(31, State.REPORTED),
    ]
    made.install(monkeypatch)
    return made


@pytest.fixture
def officer(qtbot, backend):
    made = Sitting(qtbot, Group.OFFICER)
    yield made
    made.operations.close()


def test_the_workbook_is_written_and_then_each_is_reported(officer, backend, monkeypatch):
    written = []

    def write(_space, path, chosen):
        written.append(tuple(chosen))
        return Exported(path, len(chosen), "0" * 64)

    monkeypatch.setattr(reporting, "write", write)
    panel = select(officer, 20, 22)
    press(officer, "报送 2 件")
    panel.form.write("报送.xlsx")
    officer.settle()
    assert written == [(20, 22)]
    assert "已写出 2 件" in panel.form.written.text()
    press(officer, "确认报送")
    assert [(one, action) for one, action, _ in backend.acts] == [(20, Action.REPORT), (22, Action.REPORT)]


def test_a_workbook_that_fails_is_told_in_the_form(officer, monkeypatch):
    def write(_space, _path, _chosen):
        raise UserError("有 1 件还没有审核通过，不能写入报送表。")

    monkeypatch.setattr(reporting, "write", write)
    panel = select(officer, 20, 22)
    press(officer, "报送 2 件")
    panel.form.write("报送.xlsx")
    officer.settle()
    assert "还没有审核通过" in panel.form.written.text()


def test_a_returned_file_is_looked_at_and_entered(officer, backend, monkeypatch):
    answers = (
        AnswerRow(2, "A", None, "ZJ1", date(2026, 11, 1), None, None),
        AnswerRow(3, "B", None, None, None, "反馈不清楚", None),
        AnswerRow(4, "C", None, "ZJ3", date(2026, 11, 1), None, None),
    )
    monkeypatch.setattr(intake, "read_answers", lambda _path, *, cancelled: answers)

    def match(_connection, given):
        rows = (backend.rows[-2], backend.rows[-1], None)
        problems = (None, None, "没有这张工单")
        return tuple(Answered(*line) for line in zip(given, rows, problems, strict=True))

    monkeypatch.setattr(reporting, "match", match)
    officer.page.read_answers("返回.xlsx")
    officer.settle()
    panel = officer.page.bulk
    assert officer.page._side.currentWidget() is panel
    assert panel.title.text() == "登记12345结果 2 件"
    assert panel.form.said.text() == "第 4 行：没有这张工单"
    press(officer, "确认登记")
    assert [(one, action) for one, action, _ in backend.acts] == [
        (30, Action.CONFIRM_CLOSED), (31, Action.REPORT_REFUSED)
    ]  # fmt: skip
    assert panel.title.text() == "办成 2 件"


def test_another_file_is_refused_with_a_sentence(officer, monkeypatch):
    def read(_path, *, cancelled):
        raise UserError("这不像12345的返回文件。")

    monkeypatch.setattr(intake, "read_answers", read)
    officer.page.read_answers("a.xlsx")
    officer.settle()
    assert officer.notices[-1][:2] == ("warning", "这不像12345的返回文件。")
