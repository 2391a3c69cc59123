"""The contact line: masked, a reason first, then shown and noted."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.errors import UserError
from app.tickets import contacts
from models.rules.people import Group
from tests.views.test_tickets import Sitting, backend  # noqa: F401 - a fixture

WHY = "回访核实诉求"


@pytest.fixture
def asked(monkeypatch):
    """Reasons that were put on record."""
    reasons: list[tuple[int, str]] = []

    def record(_connection, ticket_id, reason):
        reasons.append((ticket_id, reason))
        return len(reasons)

    monkeypatch.setattr(contacts, "record", record)
    monkeypatch.setattr(
        contacts, "contact", lambda _connection, _number: contacts.Contact("杨秀敏", "13384382025")
    )
    return reasons


@pytest.fixture
def officer(qtbot, backend):  # noqa: F811
    made = Sitting(qtbot, Group.OFFICER)
    yield made
    made.operations.close()


def test_a_number_is_masked_until_a_reason_is_written(officer, asked, qtbot):
    line = officer.choose(1).contact
    assert "133****2025" in line.who.text() and "13384382025" not in line.who.text()
    assert officer.session.registry.run("ticket.contact")
    assert not line.confirm.isEnabled()
    line.reason.setText(WHY)  # as an input method does
    qtbot.keyClick(line.reason, Qt.Key.Key_Return)
    officer.settle()
    assert asked == [(1, WHY)]
    assert "13384382025" in line.who.text()
    assert not line.show_button.isVisible()


def test_another_ticket_is_masked_again(officer, asked, qtbot):
    line = officer.choose(1).contact
    line.ask()
    line.reason.setText(WHY)
    line.confirm.click()
    officer.settle()
    officer.choose(2)
    assert "13384382025" not in line.who.text() and line.show_button.isVisible()
    assert line.reason.text() == ""


def test_escape_puts_the_question_away(officer, asked, qtbot):
    line = officer.choose(1).contact
    line.ask()
    qtbot.keyClick(line.reason, Qt.Key.Key_Escape)
    assert line.show_button.isVisible() and asked == []


def test_a_refusal_is_told_and_nothing_shown(officer, asked, monkeypatch):
    def refuse(*_):
        raise UserError("没有这张工单，或您无权查看。", code="forbidden")

    monkeypatch.setattr(contacts, "record", refuse)
    line = officer.choose(1).contact
    line.ask()
    line.reason.setText(WHY)
    line.confirm.click()
    officer.settle()
    assert officer.notices[-1][1] == "没有这张工单，或您无权查看。"
    assert line.reason.text() == WHY and "13384382025" not in line.who.text()
