"""Others change what somebody looks at or writes about: nothing jumps, and nothing written is lost."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.changes import EVERYTHING, Changes, Kind
from app.errors import EnvironmentProblem, UserError
from app.tickets import commands, queries
from app.tickets.queries import TicketFilter, Waiting
from models.rules.lifecycle import Action, State
from models.rules.people import Group
from tests.views.factories import NOW, TODAY, Backend, Workspace, detail, ticket
from tests.views.test_contributions import told
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


def with_entry(monkeypatch, entry) -> None:
    """The tickets read from now on have one more thing on their time line."""
    real = queries.ticket

    def longer(connection, ticket_id):
        found = real(connection, ticket_id)
        return replace(found, time_line=(*found.time_line, entry))

    monkeypatch.setattr(queries, "ticket", longer)


SIGNED = queries.TimeLineEntry(at=NOW, actor_name="罗敏", action="签收", text=None)


def test_the_change_says_who_did_what(officer, backend, monkeypatch):
    panel = officer.choose(2)
    panel.begin(Action.ANNOTATE)
    with_entry(monkeypatch, SIGNED)
    others(officer, backend, 2, State.RECTIFYING)
    assert panel.meanwhile.text.text() == "这张工单刚有变化：罗敏 签收。"


def test_what_only_adds_to_the_ticket_does_not_stand_in_the_way(officer, backend, monkeypatch):
    panel = officer.choose(4)
    panel.begin(Action.RETURN_FOR_REWORK)
    panel._form.text.setPlainText("材料不全")
    with_entry(monkeypatch, replace(SIGNED, action="批注", text="先等电话"))
    others(officer, backend, 4, State.SUBMITTED)
    assert panel.meanwhile.text.text() == "刚刚更新：罗敏 批注。您填写的内容不受影响。"
    officer.page.reload()  # F5
    officer.settle()
    assert panel._form.text.toPlainText() == "材料不全" and panel._form.text.hasFocus()
    officer.confirm()
    assert backend.acts == [(4, Action.RETURN_FOR_REWORK, {"reason": "材料不全"})]


def test_the_same_act_by_somebody_else_is_seen_first(officer, backend, monkeypatch):
    panel = officer.choose(2)
    panel.begin(Action.SUPERVISE)
    panel._form.text.setPlainText("请三日内报送")
    with_entry(monkeypatch, replace(SIGNED, actor_name="陈立新", action="督办", text="请尽快办理"))
    others(officer, backend, 2, State.DISPATCHED)
    assert not panel._foot.confirm.isEnabled()
    panel.meanwhile.look.click()
    assert told(panel.versions.theirs)[1::2] == ["陈立新 督办", "请尽快办理"]
    assert panel.versions.again_button.isEnabled()


def test_both_versions_stand_side_by_side_and_mine_goes_on_upon_the_newest(officer, backend, monkeypatch):
    panel = officer.choose(2)
    panel.begin(Action.SUPERVISE)
    panel._form.text.setPlainText("请三日内报送")
    with_entry(monkeypatch, SIGNED)
    others(officer, backend, 2, State.RECTIFYING)
    panel.meanwhile.look.click()
    theirs, mine = told(panel.versions.theirs), told(panel.versions.mine)
    assert theirs == ["最新情况", "罗敏 签收", "今天 09:00", "状态", "待签收 → 整改中"]
    assert mine == ["您填写的", "拟督办（未提交）", "督办要求", "请三日内报送"]
    assert panel.versions.again_button.hasFocus()
    assert not panel._foot.isVisible()
    panel.versions.again_button.click()
    assert panel.detail.row.state is State.RECTIFYING
    assert panel._form.text.toPlainText() == "请三日内报送" and panel._form.text.hasFocus()
    assert "请核对" in panel.meanwhile.text.text()
    officer.confirm()
    assert backend.acts == [(2, Action.SUPERVISE, {"reason": "请三日内报送"})]
    assert not panel.meanwhile.isVisible()


def test_the_second_to_save_is_shown_both_at_once(officer, backend):
    panel = officer.choose(4)
    panel.begin(Action.RETURN_FOR_REWORK)
    panel._form.text.setPlainText("材料不全")
    backend.rows[3] = replace(backend.rows[3], state=State.APPROVED, version=2)  # the feed was slower
    backend.refusal = UserError("这张工单刚被别人办理。", code="stale")
    officer.confirm()
    assert panel.versions.isVisible()
    assert not panel.versions.again_button.isEnabled()
    assert "不能再退回重办" in panel.versions.again_button.toolTip()
    officer.qtbot.keyClick(panel.versions, Qt.Key.Key_Escape)
    assert panel._form.text.toPlainText() == "材料不全" and panel._form.text.hasFocus()
    assert panel.meanwhile.isVisible() and not panel._foot.confirm.isEnabled()


def test_what_can_no_longer_be_done_is_kept_as_a_note(officer, backend):
    panel = officer.choose(3)
    panel.begin(Action.ANNOTATE)
    panel._form.text.setPlainText("已电话核实")  # a note begun before is not written over
    panel.begin(Action.REJECT)
    panel._form.codes.set_value("duplicate")
    panel._form.text.setPlainText("与另一件重复")
    others(officer, backend, 3, State.DISPATCHED)
    panel.meanwhile.look.click()
    panel.versions.note_button.click()
    assert panel._form.action is Action.ANNOTATE
    officer.confirm()
    kept = "已电话核实\n原因：重复\n具体说明：与另一件重复"
    assert backend.acts == [(3, Action.ANNOTATE, {"reason": kept})]


def test_mine_is_copied_given_up_and_taken_back(officer, backend):
    panel = officer.choose(4)
    panel.begin(Action.ANNOTATE)
    panel._form.text.setPlainText("电话已打")
    others(officer, backend, 4, State.APPROVED)
    panel.meanwhile.look.click()
    assert not panel.versions.note_button.isVisible()
    panel.versions.copy_button.click()
    assert QGuiApplication.clipboard().text() == "电话已打"
    panel.versions.drop_button.click()
    assert panel._form is None and panel.detail.row.state is State.APPROVED
    assert panel._foot.isVisible() and not panel.versions.isVisible()
    officer.session.requested.connect(lambda _page, ticket: officer.page.open_with(ticket))
    assert officer.notices[-1][1:3] == ("已放弃未提交的内容。", "恢复")
    officer.notices[-1][3]()
    officer.settle()
    assert panel._form.text.toPlainText() == "电话已打"


def test_an_action_whose_form_is_open_leads_back_to_it(officer):
    panel = officer.choose(4)
    panel.begin(Action.APPROVE)
    form, first = panel._form, panel.focusWidget()
    form.found_true.set_value(True)
    officer.page.table.setFocus()
    panel.begin(Action.APPROVE)
    assert panel._form is form and form.found_true.value() is True
    assert first.hasFocus() and form.found_true.isAncestorOf(first)


def test_leaving_a_ticket_says_that_the_draft_is_kept_and_leads_back(officer):
    panel = officer.choose(4)
    panel.begin(Action.RETURN_FOR_REWORK)
    officer.choose(5)
    assert officer.notices == []  # nothing was written
    panel = officer.choose(4)
    panel.begin(Action.RETURN_FOR_REWORK)
    panel._form.text.setPlainText("材料不全")
    officer.choose(5)
    assert officer.notices[-1][:3] == ("info", "未提交的内容已存为草稿。", "回到该工单")
    officer.session.requested.connect(lambda _page, ticket: officer.page.open_with(ticket))
    officer.notices[-1][3]()
    officer.settle()
    assert panel.detail.row.id == 4 and panel._form.action is Action.RETURN_FOR_REWORK
    assert panel._form.text.toPlainText() == "材料不全"


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
    panel.meanwhile.look.click()
    ways = (panel.versions.again_button, panel.versions.note_button)
    assert not any(way.isEnabled() for way in ways) and panel.versions.copy_button.hasFocus()
    monkeypatch.undo()
    backend.install(monkeypatch)
    liaison.choose(2)  # another ticket comes up: the text outlives that too
    assert liaison.notices[-1][2] == "复制我填写的"
    liaison.notices[-1][3]()
    assert QGuiApplication.clipboard().text() == "没有一次性告知"


def test_a_ticket_taken_away_and_put_away_is_gone(liaison, backend, monkeypatch):
    panel = liaison.choose(1)
    panel.begin(Action.SUBMIT)

    def gone(_connection, _ticket):
        raise UserError("没有这张工单，或不在您可查看的范围。")

    monkeypatch.setattr(queries, "ticket", gone)
    hear(liaison, 1)
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


def test_an_undo_is_tried_again_under_the_same_command_also_when_pressed_again(officer, backend, monkeypatch):
    from app.database import retry

    monkeypatch.setattr(retry, "PAUSES", (0,))
    panel = officer.choose(3)
    officer.qtbot.waitUntil(lambda: panel._form.problem() is None)
    officer.confirm()
    undo = officer.notices[-1][3]
    backend.refusal = EnvironmentProblem("连接已中断", code="disconnected")
    undo()
    officer.settle()
    assert officer.notices[-1][:3] == ("error", "连接已中断", "重试")
    backend.refusal = None
    officer.notices[-1][3]()
    officer.settle()
    assert [a[1] for a in backend.acts[1:]] == [Action.RECALL] * 3
    assert len(set(backend.commands[1:])) == 1
    assert officer.notices[-1][1].endswith("：已撤回。")
    undo()  # pressed once more: nothing is left to take back
    officer.settle()
    assert len(backend.acts) == 4


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
