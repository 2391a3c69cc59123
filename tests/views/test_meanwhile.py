"""Others change what somebody looks at or writes about: nothing jumps, and nothing written is lost."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from app.changes import EVERYTHING, Changes, Kind
from app.errors import EnvironmentProblem, UserError
from app.tickets import commands, queries
from app.tickets.queries import TicketFilter, Waiting
from models.rules.lifecycle import Action, State
from models.rules.people import Group
from tests.views.factories import TODAY, Backend, Workspace, detail, ticket
from tests.views.test_tickets import Sitting
from views.desk.page import DeskPage
from views.operations import Operations
from views.rankings.page import RankingsPage
from views.shell.session import Session


@pytest.fixture
def backend(monkeypatch):
    made = Backend()
    made.install(monkeypatch)
    return made


@pytest.fixture
def officer(qtbot, backend):
    made = Sitting(qtbot, Group.OFFICER)
    yield made
    made.operations.close()


@pytest.fixture
def liaison(qtbot, backend):
    made = Sitting(qtbot, Group.LIAISON)
    yield made
    made.operations.close()


def others(sitting: Sitting, backend: Backend, ticket_id: int, state: State) -> None:
    """Somebody else brings a ticket into another state, and the feed tells."""
    at = next(i for i, r in enumerate(backend.rows) if r.id == ticket_id)
    row = backend.rows[at]
    backend.rows[at] = replace(row, state=state, version=row.version + 1)
    hear(sitting, ticket_id)


def hear(sitting: Sitting, ticket_id: int) -> None:
    sitting.session.announce(Changes(Kind.TICKETS, frozenset({ticket_id})))
    sitting.settle()


# --- while somebody writes ----------------------------------------------------------------------------


def test_what_was_written_stays_and_the_change_is_said_quietly(officer, backend):
    panel = officer.choose(4)
    panel.begin(Action.RETURN_FOR_REWORK)
    panel._form.text.setPlainText("材料不全")
    others(officer, backend, 4, State.APPROVED)
    assert panel._form.text.toPlainText() == "材料不全"
    assert panel.meanwhile.isVisible()
    assert panel.meanwhile.text.text().startswith("这张工单刚有变化")
    assert panel.detail.row.state is State.SUBMITTED
    assert not panel._foot.confirm.isEnabled()
    assert panel._foot.confirm.toolTip() == "这张工单刚有变化，请先查看。"
    panel._pressed(Action.RETURN_FOR_REWORK)
    assert backend.acts == []
    assert officer.notices == []


def test_the_change_says_who_did_what(officer, backend, monkeypatch):
    panel = officer.choose(4)
    panel.begin(Action.ANNOTATE)
    entry = replace(panel.detail.time_line[0], actor_name="罗敏", action="签收")
    real = queries.ticket

    def longer(connection, ticket_id):
        found = real(connection, ticket_id)
        return replace(found, time_line=(*found.time_line, entry))

    monkeypatch.setattr(queries, "ticket", longer)
    others(officer, backend, 4, State.SUBMITTED)
    assert panel.meanwhile.text.text() == "这张工单刚有变化：罗敏 签收。"


def test_looked_at_it_is_confirmed_upon_the_newer_state(officer, backend):
    panel = officer.choose(4)
    panel.begin(Action.ANNOTATE)
    panel._form.text.setPlainText("电话已打")
    others(officer, backend, 4, State.APPROVED)
    panel.meanwhile.look.click()
    assert panel.detail.row.state is State.APPROVED
    assert panel._form.text.toPlainText() == "电话已打"
    assert "请核对" in panel.meanwhile.text.text()
    officer.confirm()
    assert backend.acts == [(4, Action.ANNOTATE, {"reason": "电话已打"})]
    assert not panel.meanwhile.isVisible()


def test_what_can_no_longer_be_done_is_kept_as_a_note(officer, backend):
    panel = officer.choose(4)
    panel.begin(Action.RETURN_FOR_REWORK)
    panel._form.text.setPlainText("材料不全")
    others(officer, backend, 4, State.APPROVED)
    panel.meanwhile.look.click()
    assert "不能再退回重办" in panel.meanwhile.text.text()
    assert not panel._foot.confirm.isEnabled()
    panel.meanwhile.note.click()
    assert panel._form.action is Action.ANNOTATE
    officer.confirm()
    assert backend.acts == [(4, Action.ANNOTATE, {"reason": "材料不全"})]


def test_a_second_change_is_said_too_and_closing_shows_the_newest(officer, backend):
    panel = officer.choose(4)
    panel.begin(Action.ANNOTATE)
    others(officer, backend, 4, State.APPROVED)
    others(officer, backend, 4, State.REPORTED)
    panel.close_form()
    assert panel.detail.row.state is State.REPORTED
    assert not panel.meanwhile.isVisible()


def test_another_action_begins_upon_the_newer_state(officer, backend):
    panel = officer.choose(3)
    panel._form.co.add("石城镇")
    others(officer, backend, 3, State.DISPATCHED)
    assert panel._form.co.agencies() == ("石城镇",)
    panel.begin(Action.REJECT)
    assert panel.detail.row.state is State.DISPATCHED


def test_a_dispatch_nobody_wrote_in_gives_way(officer, backend):
    panel = officer.choose(3)
    assert panel._form.action is Action.VERIFY_AND_DISPATCH
    assert not panel.typing
    others(officer, backend, 3, State.DISPATCHED)
    assert panel._form is None
    assert not panel.meanwhile.isVisible()
    assert panel.detail.row.state is State.DISPATCHED


def test_a_ticket_taken_away_leaves_what_was_written_to_be_copied(liaison, backend, monkeypatch):
    backend.rows[0] = ticket(1, State.RECTIFYING, days_left=3)
    panel = liaison.choose(1)
    panel.begin(Action.SUBMIT)
    panel._form.cause.setPlainText("没有一次性告知")

    def gone(_connection, _ticket):
        raise UserError("没有这张工单，或不在您可查看的范围。")

    monkeypatch.setattr(queries, "ticket", gone)
    backend.rows.pop(0)
    hear(liaison, 1)
    assert panel._form.cause.toPlainText() == "没有一次性告知"
    assert "已不由您办理" in panel.meanwhile.text.text()
    assert not panel._foot.confirm.isEnabled()
    assert liaison.page.table.current_id() is None
    panel.close_form()
    assert panel.detail is None


def test_a_ticket_given_back_can_be_worked_on(liaison, backend, monkeypatch):
    panel, real = liaison.choose(1), queries.ticket
    panel.begin(Action.SUBMIT)

    def gone(_connection, _ticket):
        raise UserError("没有这张工单，或不在您可查看的范围。")

    monkeypatch.setattr(queries, "ticket", gone)
    hear(liaison, 1)
    assert panel.meanwhile.isVisible()
    monkeypatch.setattr(queries, "ticket", real)
    hear(liaison, 1)
    assert not panel.meanwhile.isVisible()
    assert panel._form.action is Action.SUBMIT


def test_another_filter_begins_at_its_first_ticket(officer, backend):
    officer.choose(5)
    officer.page.open_with(TicketFilter(waiting=Waiting.ME))
    officer.settle()
    assert officer.page.table.current_id() == officer.page.panel.detail.row.id == 3


def test_what_others_wrote_is_shown_beside_what_is_being_written(liaison, backend):
    panel = liaison.choose(1)
    panel.begin(Action.SUBMIT)
    panel._form.cause.setPlainText("没有一次性告知")
    panel._form.measures.setPlainText("补发清单")
    assert panel._form.words() == "原因：没有一次性告知\n整改措施：补发清单"


def test_our_own_change_is_no_news(officer, backend, monkeypatch):
    """The feed may be faster than the answer to the act."""
    panel, gate, real = officer.choose(4), threading.Event(), commands.act

    def slow(*args, **options):
        done = real(*args, **options)
        gate.wait(10)
        return done

    monkeypatch.setattr(commands, "act", slow)
    panel.begin(Action.APPROVE)
    panel._form.found_true.set_value(True)
    panel._form.found_reasonable.set_value(True)
    panel._foot.confirm.click()
    officer.qtbot.waitUntil(lambda: bool(backend.acts))
    officer.session.announce(Changes(Kind.TICKETS))
    officer.qtbot.waitUntil(lambda: panel._late)
    assert not panel.meanwhile.isVisible()
    gate.set()
    officer.settle()
    assert panel.detail.row.state is State.APPROVED
    assert panel._form is None


# --- while somebody reads -----------------------------------------------------------------------------


def test_a_ticket_that_others_take_out_of_the_list_stays_in_view(officer, backend):
    officer.page.open_with(TicketFilter(waiting=Waiting.ME))
    officer.settle()
    officer.choose(4)
    others(officer, backend, 4, State.CLOSED)
    assert officer.page.panel.detail.row.id == 4
    assert officer.page.panel.detail.row.state is State.CLOSED
    assert officer.page.table.current_id() is None


def test_after_ones_own_act_the_next_ticket_comes_up(officer, backend):
    officer.page.open_with(TicketFilter(waiting=Waiting.ME))
    officer.settle()
    panel = officer.choose(6)
    panel.begin(Action.REPORT)
    panel.confirm.click()
    officer.settle()
    assert officer.page.model.row_of(6) is None
    assert officer.page.panel.detail.row.id == officer.page.table.current_id() != 6


def test_a_reload_does_not_bring_back_the_ticket_left_a_moment_ago(officer, backend):
    officer.choose(4)
    officer.page.table.choose_id(6)
    officer.session.announce(EVERYTHING)
    officer.settle()
    assert officer.page.panel.detail.row.id == officer.page.table.current_id() == 6


def test_an_open_menu_stays_where_nothing_changed(officer, backend):
    panel = officer.choose(1)
    menu = panel._foot.menu
    hear(officer, 5)
    assert panel._foot.menu is menu


def test_a_ticket_stays_on_screen_while_the_server_is_away(officer, backend, monkeypatch):
    officer.choose(4)

    def away(_connection, _ticket):
        raise EnvironmentProblem("连接已中断", code="disconnected")

    monkeypatch.setattr(queries, "ticket", away)
    hear(officer, 4)
    assert officer.page.panel.detail.row.id == 4
    assert officer.notices[-1][0] == "error"


def test_an_act_is_tried_again_while_the_server_is_away_and_says_so(officer, backend, monkeypatch):
    from app.database import retry

    monkeypatch.setattr(retry, "PAUSES", (0, 0))
    panel, refusals = officer.choose(6), [EnvironmentProblem("连接已中断", code="disconnected"), None]
    real = commands.act

    def act(*args, **options):
        backend.refusal = refusals.pop(0)
        return real(*args, **options)

    monkeypatch.setattr(commands, "act", act)
    panel.begin(Action.REPORT)
    panel.confirm.click()
    officer.settle()
    assert backend.commands[0] == backend.commands[1]
    assert [n[0] for n in officer.notices] == ["info", "success"]
    assert "自动重试" in officer.notices[0][1]


def test_detail_of_a_factory_equals_itself():
    """What the early end of showing rests on."""
    row = ticket(1)
    assert detail(row) == detail(row)


def test_the_desk_is_left_alone_where_nothing_changed(qtbot, backend):
    operations = Operations()
    session = Session(operations)
    session.open(Workspace(), TODAY)
    page = DeskPage(session)
    qtbot.addWidget(page)
    page.show()
    page.shown()
    qtbot.waitUntil(lambda: operations.running == 0)
    line = page._first.itemAt(0).widget()
    session.announce(Changes(Kind.TICKETS))
    qtbot.waitUntil(lambda: operations.running == 0)
    assert page._first.itemAt(0).widget() is line
    backend.rows.pop(0)
    session.announce(Changes(Kind.TICKETS))
    qtbot.waitUntil(lambda: operations.running == 0)
    assert page._first.itemAt(0).widget() is not line
    operations.close()


def test_the_ranking_is_left_alone_where_nothing_changed(qtbot, backend):
    operations = Operations()
    session = Session(operations)
    session.open(Workspace(), TODAY)
    page = RankingsPage(session)
    qtbot.addWidget(page)
    page.show()
    page.shown()
    qtbot.waitUntil(lambda: operations.running == 0)
    page._choose(2)
    resets = []
    page.table.model().modelReset.connect(lambda: resets.append(1))
    session.announce(Changes(Kind.TALLY))
    qtbot.waitUntil(lambda: operations.running == 0)
    assert resets == []
    assert page.chart.selected == 2
    operations.close()
