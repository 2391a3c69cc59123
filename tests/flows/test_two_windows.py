"""Two windows on one database: each sees what the other does, without a click."""

from __future__ import annotations

import threading
from pathlib import Path

import psycopg

from app.database import embedded
from app.tickets.queries import TicketFilter, Waiting
from models.rules.lifecycle import Action, State
from views.shell.window import Window

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


def test_what_is_being_written_outlives_anothers_act(qtbot, opened, folder: Path) -> None:
    officer, other = opened("officer"), opened("head")
    page = tickets(qtbot, officer, TicketFilter(waiting=Waiting.VERIFY))
    theirs = tickets(qtbot, other, TicketFilter(waiting=Waiting.VERIFY))
    choose(qtbot, other, theirs, page.model.rows[0].id)
    theirs.panel.begin(Action.REJECT)
    theirs.panel._form.text.setPlainText("与另一件重复")
    dispatch(qtbot, officer, page)
    qtbot.waitUntil(lambda: theirs.panel.meanwhile.isVisible(), timeout=SOON)
    assert theirs.panel._form.text.toPlainText() == "与另一件重复"
    theirs.panel.meanwhile.look.click()
    assert theirs.panel.detail.row.state is State.DISPATCHED
    assert theirs.panel._form.text.toPlainText() == "与另一件重复"


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
