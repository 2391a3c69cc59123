"""Drafts in the window: kept while typing, put back with a line, cleared, gone with the act or the ticket."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from app.errors import UserError
from app.tickets import queries as tickets
from app.tickets.drafts import DraftBook
from models.rules.lifecycle import Action, State
from models.rules.people import Group
from tests.views.factories import Backend, ticket
from tests.views.test_tickets import Sitting
from views.shell.parts import Button


@pytest.fixture
def backend(monkeypatch):
    made = Backend()
    made.rows[0] = ticket(1, State.RECTIFYING, days_left=3)
    made.install(monkeypatch)
    return made


@pytest.fixture
def liaison(qtbot, backend):
    made = Sitting(qtbot, Group.LIAISON)
    yield made
    made.operations.close()


@pytest.fixture
def officer(qtbot, backend):
    made = Sitting(qtbot, Group.OFFICER)
    yield made
    made.operations.close()


def book(sitting) -> DraftBook:
    return DraftBook("本机", sitting.session.person.login)


def write(sitting):
    panel = sitting.choose(1)
    panel.begin(Action.SUBMIT)
    sitting.settle()
    form = panel._form
    form.found_true.set_value(False)
    form.cause_code.set_value("notice")
    form.cause.setPlainText("  没有\n告知 ")
    return panel


def note(panel):
    found = [b for b in panel._form.findChildren(Button) if b.accessibleName() == "清除已恢复的内容"]
    return found[0] if found else None


def test_what_was_typed_is_put_back_when_the_form_opens_again(liaison):
    panel = write(liaison)
    liaison.choose(2)
    assert book(liaison).get(1, "submit").values["cause"] == "  没有\n告知 "
    panel = liaison.choose(1)
    panel.begin(Action.SUBMIT)
    liaison.settle()
    form = panel._form
    assert (form.cause.toPlainText(), form.found_true.value()) == ("  没有\n告知 ", False)
    assert form.cause_code.value() == "notice"
    line = note(panel)
    assert line is not None and not line.hasFocus() and panel.isAncestorOf(QApplication.focusWidget())
    line.click()
    assert form.cause.toPlainText() == "" and form.found_true.value() is None
    assert book(liaison).get(1, "submit") is None


def test_it_is_written_a_moment_after_the_last_key(liaison):
    panel = write(liaison)
    liaison.qtbot.waitUntil(lambda: book(liaison).get(1, "submit") is not None)
    panel._form.cause.setPlainText("")
    panel._form.found_true.set_value(None)
    panel._form.cause_code.set_value(None)
    liaison.qtbot.waitUntil(lambda: book(liaison).get(1, "submit") is None)


def test_a_form_that_was_only_opened_leaves_no_draft(liaison, officer):
    panel = liaison.choose(1)
    panel.begin(Action.SUBMIT)
    liaison.settle()
    panel.close_form()
    officer.choose(3)
    officer.choose(4)
    assert not book(liaison).path.exists()
    assert not book(officer).path.exists()


def test_the_draft_of_a_dispatch_keeps_lead_and_co_agencies(officer):
    form = officer.choose(3)._form
    form.lead.setText("石城镇")
    form.co.add("安铺镇")
    officer.choose(4)
    form = officer.choose(3)._form
    assert (form.lead.agency, form.co.agencies()) == ("石城镇", ("安铺镇",))


def test_the_draft_is_gone_with_the_act(liaison, backend):
    panel = liaison.choose(1)
    panel.begin(Action.ANNOTATE)
    panel._form.text.setPlainText("已电话说明")
    liaison.qtbot.waitUntil(lambda: book(liaison).get(1, "annotate") is not None)
    liaison.confirm()
    assert backend.acts[-1][1] is Action.ANNOTATE
    assert book(liaison).get(1, "annotate") is None


def test_nothing_stays_of_a_ticket_that_is_no_longer_theirs(liaison, monkeypatch):
    panel = write(liaison)
    liaison.qtbot.waitUntil(lambda: book(liaison).get(1, "submit") is not None)

    def gone(*_args):
        raise UserError("没有这张工单，或您无权查看。", code="not_found")

    monkeypatch.setattr(tickets, "ticket", gone)
    panel.load(1)
    liaison.settle()
    assert book(liaison).get(1, "submit") is None
    assert panel._form.cause.toPlainText() == "  没有\n告知 "
    panel.close_form()
    assert book(liaison).get(1, "submit") is None
