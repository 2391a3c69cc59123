"""Two windows on one database: each sees what the other does, without a click."""

from __future__ import annotations

import threading
from pathlib import Path

import psycopg
from PySide6.QtGui import QGuiApplication

from app.database import embedded
from app.tickets.queries import TicketFilter, Waiting
from models.rules.lifecycle import Action, State
from views.shell.window import Window
from views.tickets import presence

#: Milliseconds after which a test gives up; a change takes a fraction of a second.
SOON = 20_000


def settle(qtbot, window: Window) -> None:
    qtbot.waitUntil(lambda: window.operations.running == 0, timeout=SOON)


def tickets(qtbot, window: Window, wanted: TicketFilter | None = None):
    window.show_page("tickets", wanted or TicketFilter())
    settle(qtbot, window)
    return window.pages["tickets"]


def database(folder: Path, statement: str, *values: object) -> list:
    conninfo = embedded.running(folder).conninfo(embedded.SUPERUSER)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        cursor = connection.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def choose(qtbot, window: Window, page, ticket: int) -> None:
    assert page.table.choose_id(ticket)
    qtbot.waitUntil(lambda: page.panel.detail and page.panel.detail.row.id == ticket, timeout=SOON)
    settle(qtbot, window)


def dispatch(qtbot, window: Window, page) -> tuple[int, str]:
    ticket = page.model.rows[0].id
    choose(qtbot, window, page, ticket)
    lead = page.panel.detail.row.agency
    qtbot.waitUntil(lambda: page.panel._form and page.panel._form.problem() is None, timeout=SOON)
    page.panel._pressed(Action.VERIFY_AND_DISPATCH)
    return ticket, lead


def liaison_of(folder: Path, agency: str) -> str:
    statement = "SELECT login FROM pd.app_user u JOIN pd.agency a ON a.id = u.agency_id WHERE a.name = %s"
    return database(folder, statement, agency)[0][0]


def test_what_one_does_stands_on_the_others_screen(qtbot, opened, folder: Path) -> None:
    officer, other = opened("officer"), opened("head")
    page = tickets(qtbot, officer, TicketFilter(waiting=Waiting.VERIFY))
    theirs = tickets(qtbot, other, TicketFilter(waiting=Waiting.VERIFY))
    ticket = page.model.rows[0].id
    choose(qtbot, other, theirs, ticket)
    liaison = opened(liaison_of(folder, theirs.panel.detail.row.rated_agency))
    mine = tickets(qtbot, liaison)
    assert mine.model.row_of(ticket) is None

    dispatch(qtbot, officer, page)
    qtbot.waitUntil(lambda: mine.model.row_of(ticket) is not None, timeout=SOON)
    qtbot.waitUntil(lambda: theirs.model.row_of(ticket) is None, timeout=SOON)
    qtbot.waitUntil(lambda: theirs.panel.detail.row.state is State.DISPATCHED, timeout=SOON)
    assert theirs.panel.detail.row.id == ticket

    choose(qtbot, liaison, mine, ticket)
    mine.panel._pressed(Action.ACKNOWLEDGE)
    qtbot.waitUntil(lambda: theirs.panel.detail.row.state is State.RECTIFYING, timeout=SOON)


def open_form(qtbot, window: Window, page, action: Action):
    page.panel.begin(action)
    settle(qtbot, window)
    return page.panel._form


def hand_in(form, measures: str) -> None:
    """Fills in the rectification."""
    for choice, value in (
        (form.found_true, True),
        (form.found_reasonable, False),
        (form.reached, True),
        (form.how, "电话"),
    ):
        choice.set_value(value)
    form.cause_code.set_value(next(iter(form.cause_code._causes)))
    for field, text in ((form.cause, "告知不全"), (form.measures, measures), (form.said, "表示满意")):
        field.setPlainText(text)
    form.reviewed_by.setText("钟娟洋")
    assert form.problem() is None


def deaf(window: Window) -> None:
    """The feed is slower than this person's next act."""
    window.session.incoming.changed.disconnect(window.session.announce)


def notes_of(folder: Path, ticket: int) -> list[str]:
    statement = (
        "SELECT w.text FROM pd.event e JOIN pd.event_text w ON w.event_id = e.id"
        " WHERE e.ticket_id = %s AND e.action = 'annotate' ORDER BY e.id"
    )
    return [text for (text,) in database(folder, statement, ticket)]


def test_the_second_to_dispatch_sees_both_and_keeps_theirs_as_a_note(qtbot, opened, folder: Path) -> None:
    officer, other = opened("officer"), opened("head")
    page = tickets(qtbot, officer, TicketFilter(waiting=Waiting.VERIFY))
    theirs = tickets(qtbot, other, TicketFilter(waiting=Waiting.VERIFY))
    choose(qtbot, other, theirs, page.model.rows[0].id)
    panel = theirs.panel
    qtbot.waitUntil(lambda: panel._form.problem() is None, timeout=SOON)
    lead = panel._form.lead.agency
    co = next(name for name in panel._form.lead.names if name != lead)
    panel._form.co.add(co)
    deaf(other)
    ticket, _ = dispatch(qtbot, officer, page)
    settle(qtbot, officer)
    panel._pressed(Action.VERIFY_AND_DISPATCH)
    qtbot.waitUntil(panel.versions.isVisible, timeout=SOON)
    assert not panel.versions.again_button.isEnabled()
    panel.versions.note_button.click()
    assert panel.detail.row.state is State.DISPATCHED
    panel._pressed(Action.ANNOTATE)
    qtbot.waitUntil(lambda: bool(notes_of(folder, ticket)), timeout=SOON)
    assert notes_of(folder, ticket) == [f"主办：{lead}\n协办：{co}"]


def test_a_submission_outlives_another_and_the_loss_of_its_ticket(qtbot, opened, folder: Path) -> None:
    """Two windows of one agency; then the ticket goes to another agency while one of them writes."""
    officer = opened("officer")
    page = tickets(qtbot, officer, TicketFilter(waiting=Waiting.VERIFY))
    ticket, agency = dispatch(qtbot, officer, page)
    settle(qtbot, officer)
    login = liaison_of(folder, agency)
    first, second = opened(login), opened(login)
    quick, slow = tickets(qtbot, first), tickets(qtbot, second)
    choose(qtbot, first, quick, ticket)
    quick.panel._pressed(Action.ACKNOWLEDGE)
    qtbot.waitUntil(lambda: quick.panel.detail.row.state is State.RECTIFYING, timeout=SOON)
    choose(qtbot, second, slow, ticket)
    qtbot.waitUntil(lambda: slow.panel.detail.row.state is State.RECTIFYING, timeout=SOON)
    hand_in(open_form(qtbot, first, quick, Action.SUBMIT), "补发清单")
    hand_in(open_form(qtbot, second, slow, Action.SUBMIT), "培训窗口人员")
    quick.panel._pressed(Action.SUBMIT)
    qtbot.waitUntil(slow.panel.meanwhile.isVisible, timeout=SOON)
    slow.panel.meanwhile.look.click()
    assert not slow.panel.versions.again_button.isEnabled()

    choose(qtbot, officer, tickets(qtbot, officer), ticket)
    form = open_form(qtbot, officer, officer.pages["tickets"], Action.RETURN_FOR_REWORK)
    form.text.setPlainText("措施不具体")
    officer.pages["tickets"].panel._pressed(Action.RETURN_FOR_REWORK)
    qtbot.waitUntil(slow.panel.versions.again_button.isEnabled, timeout=SOON)
    slow.panel.versions.again_button.click()
    assert slow.panel._form.measures.toPlainText() == "培训窗口人员"
    assert slow.panel._problem() is None

    form = open_form(qtbot, officer, officer.pages["tickets"], Action.REDISPATCH)
    form.lead.setText(next(name for name in form.lead.names if name != agency))
    form.reason.setPlainText("不属于该单位")
    deaf(second)
    officer.pages["tickets"].panel._pressed(Action.REDISPATCH)
    settle(qtbot, officer)
    slow.panel._pressed(Action.SUBMIT)
    qtbot.waitUntil(lambda: slow.panel._gone and slow.panel.versions.isVisible(), timeout=SOON)
    slow.panel.versions.copy_button.click()
    for words in (
        "差评情况：属实",
        "评价诉求：不合理",
        "整改措施：培训窗口人员",
        "反馈方式：电话",
        "单位审核人：钟娟洋",
    ):
        assert words in QGuiApplication.clipboard().text()
    handed_in = database(folder, "SELECT measures FROM pd.rectification WHERE ticket_id = %s", ticket)
    assert handed_in == [("补发清单",)]


def test_each_sees_that_the_other_looks_and_writes_until_they_leave(
    qtbot, opened, folder: Path, monkeypatch
) -> None:
    monkeypatch.setattr(presence, "EVERY", 200)
    officer, other = opened("officer"), opened("head")
    page = tickets(qtbot, officer, TicketFilter(waiting=Waiting.VERIFY))
    theirs = tickets(qtbot, other, TicketFilter(waiting=Waiting.VERIFY))
    ticket = page.model.rows[0].id
    choose(qtbot, officer, page, ticket)
    choose(qtbot, other, theirs, ticket)
    line, name = page.panel._presence, other.session.person.name
    qtbot.waitUntil(lambda: line.accessibleName() == f"{name} 正在查看", timeout=SOON)
    theirs.panel.begin(Action.ANNOTATE)
    theirs.panel._form.text.setPlainText("电话已打")
    qtbot.waitUntil(lambda: line.accessibleName() == f"{name} 正在填写", timeout=SOON)
    other.presence.lock()
    qtbot.waitUntil(lambda: line.onlookers == (), timeout=SOON)
    other.close()
    officer.close()
    assert database(folder, "SELECT login FROM pd.looking") == []


def test_a_lost_connection_shows_at_the_foot_and_comes_back_by_itself(qtbot, opened, folder: Path) -> None:
    window = opened("officer")
    page = tickets(qtbot, window, TicketFilter(waiting=Waiting.VERIFY))
    ticket, states = page.model.rows[0].id, []
    window.session.incoming.connected.connect(states.append)
    choose(qtbot, window, page, ticket)
    database(
        folder,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'pingdesk%%'"
        " AND usename = %s",
        "officer",
    )
    qtbot.waitUntil(lambda: "正在重连" in window.navigation.foot.accessibleName(), timeout=SOON)
    database(folder, "UPDATE pd.ticket SET version = version + 1 WHERE id = %s", ticket)
    qtbot.waitUntil(lambda: "已连接" in window.navigation.foot.accessibleName(), timeout=SOON)
    assert states == [False, True]
    qtbot.waitUntil(lambda: page.panel.detail.row.version > 1, timeout=SOON)


def test_a_window_at_work_holds_at_most_three_connections(qtbot, opened, folder: Path) -> None:
    window = opened("head")
    page, held, over = tickets(qtbot, window), [], threading.Event()

    def count() -> None:
        while not over.is_set():
            found = database(
                folder, "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND datname = %s",
                "head", embedded.DATABASE,
            )  # fmt: skip
            held.append(found[0][0])

    counting = threading.Thread(target=count)
    counting.start()
    try:
        choose(qtbot, window, page, page.model.rows[-1].id)
        for number in range(10):
            page.panel._act(Action.ANNOTATE, {"reason": f"电话已打 {number}"})
            window.reload()
            settle(qtbot, window)
    finally:
        over.set()
        counting.join(20)
    assert 2 <= max(held) <= 3


def test_another_person_at_the_desk_hears_as_themselves(qtbot, opened, folder: Path) -> None:
    window = opened("officer")
    settle(qtbot, window)
    before = window.session.incoming._feed
    with qtbot.waitSignal(window.ready, timeout=SOON):
        window.presence.become("auditor")
    settle(qtbot, window)
    assert window.session.incoming._feed is not before
    assert before._stopped.is_set()
    assert "auditor" in window.session.incoming._feed._conninfo
