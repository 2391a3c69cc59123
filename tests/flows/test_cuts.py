"""The connection is cut at every step of a submission: the act is there once or not at all, and it is told which."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import Connection, text

from app.database import embedded, feed, guard, retry, schema
from app.database.engine import Store
from app.errors import EnvironmentProblem, UserError
from app.registry import seeding
from app.tickets import attachments, commands, files, queries
from app.tickets.commands import Done
from app.tickets.drafts import DraftBook
from app.tickets.queries import TicketFilter
from app.workspace import Workspace
from models.rules.lifecycle import Action, State
from tests.databases import MONDAY, Database
from tests.files import pdf
from tests.flows import clients
from tests.flows.cutting import Cut, Knife, Line, Message, answer_to, line_to, nth, saying
from tests.servers import SUPERUSER, Server, new_server
from tests.store.acting import MATERIAL
from views.shell.opening import Opened
from views.shell.window import Window
from views.tickets.panel import TicketPanel

T = TypeVar("T")
LIAISON = "liaison-01"


@dataclass(frozen=True)
class Reached:
    """How people reach a server of the test's own."""

    server: Server
    secret: str

    def conninfo(self, login: str, database: str = embedded.DATABASE, **more: str) -> str:
        password = None if login == SUPERUSER else self.secret
        return self.server.conninfo(
            login, password, database, sslmode="disable", gssencmode="disable", **more
        )


@pytest.fixture(scope="module")
def central() -> Iterator[Database]:
    """A central database with an officer and the liaison of 甲镇."""
    with new_server() as server:
        reached = Reached(server, "Yunshan-2026")
        server.rows(f"CREATE DATABASE {embedded.DATABASE}")
        with schema.administration(reached.conninfo(SUPERUSER)) as connection:
            schema.migrate(connection)
            seeding.seed(connection)
            seeding.add_people(connection, secret=reached.secret)
        database = Database(reached, embedded.DATABASE, Store(reached.conninfo("officer")))
        database.freeze(MONDAY)
        database.liaison(LIAISON, "甲镇")
        yield database
        database.store.close()


@pytest.fixture
def line(central: Database) -> Iterator[Line]:
    with line_to(central.cluster.server.port) as made:
        yield made


@pytest.fixture
def store(central: Database, line: Line) -> Iterator[Store]:
    """The liaison's, at the other end of the line."""
    made = Store(central.cluster.conninfo(LIAISON, port=str(line.entrance)))
    with made.read():
        pass
    yield made
    made.close()


@pytest.fixture(scope="module")
def rectifying(central: Database) -> Iterator[int]:
    """As many tickets that 甲镇 rectifies as are asked for."""

    def made() -> Iterator[int]:
        while True:
            tickets = clients.open_tickets(central, 150)
            central.rows(  # the next ones are numbered from 1 again
                "UPDATE pd.ticket SET number = 'HCP-' || id, search = 'hcp-' || id, grams = pd.grams('hcp-' || id)"
            )
            for login, action in (("officer", "verify_and_dispatch"), (LIAISON, "acknowledge")):
                with psycopg.connect(central.conninfo(login)) as person:
                    person.execute(
                        "SELECT pd.act(t.id, t.version, %s, jsonb_build_object('lead', t.agency_id), gen_random_uuid())"
                        " FROM pd.ticket t WHERE id = ANY (%s)",
                        [action, tickets],
                    )
            yield from tickets

    return made()


def cuts(line: Line, store: Store, wheres: tuple[Cut, ...], *, connected: bool) -> Iterator[None]:
    """Arms the line at each message in turn, until the work is done before it comes so far."""
    for where in wheres:
        for number in count():
            store.close()
            if connected:
                with store.read():
                    pass
            before, line.knife = line.cuts, nth(number, where)
            yield
            if line.cuts == before:
                break


def told(line: Line, work: Callable[[], T]) -> T | EnvironmentProblem:
    """What comes of one attempt: an answer, or what the person is told, and never anything else."""
    try:
        return work()
    except EnvironmentProblem as problem:
        assert problem.code in retry.PASSING, problem
        assert "没有丢失" in problem.message, problem
        return problem
    finally:
        line.knife = None


def number(central: Database, statement: str, ticket: int) -> int:
    return int(central.one(f"SELECT count(*) FROM {statement} AND ticket_id = %s", ticket))


def unit(store: Store, work: Callable[[Connection], T]) -> T:
    with store.write() as connection:
        return work(connection)


def test_a_submission_cut_at_any_message_happens_once_and_it_is_told_whether(
    central: Database, line: Line, store: Store, rectifying: Iterator[int]
) -> None:
    ways: Counter[tuple[bool, int]] = Counter()
    for _ in cuts(line, store, tuple(Cut), connected=False):
        ticket, command_id = next(rectifying), uuid4()

        def submit(connection: Connection, ticket: int = ticket, command_id: UUID = command_id) -> Done:
            return commands.act(connection, ticket, 3, Action.SUBMIT, command_id=command_id, payload=MATERIAL)

        answer = told(line, partial(unit, store, submit))
        known = unit(store, partial(commands.answer_of, ticket_id=ticket, command_id=command_id))
        happened = number(central, "pd.event WHERE action = 'submit'", ticket)
        assert (known is not None) == bool(happened)
        assert answer == known or isinstance(answer, EnvironmentProblem)
        ways[isinstance(answer, Done), happened] += 1
        assert unit(store, submit).state is State.SUBMITTED
        assert number(central, "pd.event WHERE action = 'submit'", ticket) == 1
        assert number(central, "pd.rectification WHERE true", ticket) == 1
    assert ways[False, 0] > 50, "nearly every message comes before the end of the transaction"
    assert ways[False, 1], "and some after it: it was done, and nobody heard"


def test_a_file_cut_at_any_message_is_there_once_or_not_at_all(
    central: Database, line: Line, store: Store, rectifying: Iterator[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = files.prepare("培训签到表.pdf", pdf())
    monkeypatch.setattr(attachments, "PART", len(file.content) // 2 - 1)  # in three parts
    ways: Counter[int] = Counter()
    for _ in cuts(line, store, (Cut.BEFORE, Cut.AFTER), connected=True):
        ticket = next(rectifying)
        attach = partial(attachments.attach, ticket_id=ticket, file=file)
        told(line, partial(unit, store, attach))
        with store.write() as connection:  # as the form reads it again: what lies ready stands in it
            connection.execute(text("SELECT pd.answer_of(:ticket, gen_random_uuid())"), {"ticket": ticket})
            there = len(attachments.of_ticket(connection, ticket))
        ways[there] += 1
        if there:
            with pytest.raises(UserError, match="内容相同的附件已经添加过"):
                unit(store, attach)
        else:
            unit(store, attach)
        assert number(central, "pd.attachment WHERE true", ticket) == 1
        assert number(central, "pd.event WHERE action = 'attached'", ticket) == 1
    assert ways[0] > 50 and ways[1] > 1
    assert central.one("SELECT count(*) FROM pd.attachment_part") == 0


def test_reading_cut_at_any_message_is_told_and_never_half_read(
    line: Line, store: Store, rectifying: Iterator[int]
) -> None:
    ticket = next(rectifying)
    unit(store, lambda c: commands.act(c, ticket, 3, Action.SUBMIT, command_id=uuid4(), payload=MATERIAL))

    def read() -> queries.TicketDetail:
        with store.read() as connection:
            return queries.ticket(connection, ticket)

    whole, broken = read(), 0
    for _ in cuts(line, store, (Cut.BEFORE,), connected=True):
        broken += isinstance(told(line, read), EnvironmentProblem)
    assert broken > 50
    assert read() == whole


# --- in the window -----------------------------------------------------------------------------------

WORDS = "已补齐一次性告知清单，并向评价人当面致歉"


def acting(words: bytes, inner: Knife) -> Knife:
    """Cuts as `inner` does, from the message on in which the client asks for what the words say."""
    asked = threading.Event()

    def knife(message: Message) -> Cut | None:
        if message.asked and words in message.raw:
            asked.set()
        return inner(message) if asked.is_set() else None

    return knife


PLACES = {
    "the act is asked for": (saying(b"pd.act(", Cut.BEFORE), 0),
    "the act is answered": (answer_to(b"pd.act("), 0),
    "the end is asked for": (acting(b"pd.act(", saying(b"COMMIT", Cut.BEFORE)), 0),
    "the end is half said": (acting(b"pd.act(", saying(b"COMMIT", Cut.WITHIN)), 0),
    "the end is answered": (acting(b"pd.act(", answer_to(b"COMMIT")), 1),
}


@pytest.fixture
def window(qtbot, central: Database, line: Line, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    """The liaison's window at the end of a line that stays down once it is cut; few and short attempts."""
    line.stays_down = True
    monkeypatch.setattr(retry, "PAUSES", (0.01, 0.01))
    monkeypatch.setattr(feed, "BACK_OFF", (0.02,))
    monkeypatch.setattr(random, "random", lambda: 0.0)
    workspace = Workspace.open_server(central.cluster.conninfo(LIAISON, port=str(line.entrance)))
    opened = Opened(workspace, workspace.today(), workspace.mark())
    guard.forbid_this_thread()
    made = Window(login=LIAISON)
    made.show()
    made._take(opened)
    yield made
    made.close()
    made.deleteLater()
    guard.allow_every_thread()


def settle(qtbot, window: Window) -> None:
    qtbot.waitUntil(lambda: window.operations.running == 0, timeout=20_000)


def write_up(qtbot, window: Window, ticket: int) -> TicketPanel:
    """The form of a submission, filled in."""
    window.show_page("tickets", TicketFilter(search=f"HCP-{ticket}"))
    panel = window.pages["tickets"].panel
    settle(qtbot, window)
    panel.load(ticket)
    qtbot.waitUntil(lambda: panel.detail is not None and panel.detail.row.id == ticket, timeout=20_000)
    settle(qtbot, window)
    panel.begin(Action.SUBMIT)
    settle(qtbot, window)
    form = panel._form
    form.found_true.set_value(True)
    form.found_reasonable.set_value(True)
    form.cause_code.set_value("notice")
    form.cause.setPlainText("窗口没有一次说清")
    form.measures.setPlainText(WORDS)
    form.reached.set_value(True)
    form.how.set_value("电话")
    form.said.setPlainText("表示满意")
    form.reviewed_by.setText("钟娟洋")
    assert form.problem() is None
    return panel


def drafts(window: Window) -> DraftBook:
    workspace = window.session.workspace
    return DraftBook(workspace.place, workspace.person.login)


@pytest.mark.parametrize("place", PLACES)
def test_what_is_typed_is_there_and_the_person_is_told_whether_it_was_handed_in(
    qtbot, central: Database, line: Line, rectifying: Iterator[int], window: Window, place: str
) -> None:
    ticket, (line_knife, happened) = next(rectifying), PLACES[place]
    panel = write_up(qtbot, window, ticket)
    line.knife = line_knife
    panel._pressed(Action.SUBMIT)
    settle(qtbot, window)
    assert line.cuts == 1
    assert "已填写的内容没有丢失" in window.notices.text.text()
    assert panel._form.measures.toPlainText() == WORDS
    assert drafts(window).get(ticket, "submit").values["measures"] == WORDS

    line.mend()
    said = (
        "已提交整改" if happened else "刚才的“提交整改”因连接中断没有办成；您填写的内容还在，请再确认一次。"
    )
    qtbot.waitUntil(lambda: said in window.notices.text.text(), timeout=20_000)
    settle(qtbot, window)
    assert number(central, "pd.event WHERE action = 'submit'", ticket) == happened
    if not happened:
        assert panel._form.measures.toPlainText() == WORDS
        panel._pressed(Action.SUBMIT)
        qtbot.waitUntil(lambda: "已提交整改" in window.notices.text.text(), timeout=20_000)
        settle(qtbot, window)
    assert number(central, "pd.event WHERE action = 'submit'", ticket) == 1
    assert panel._form is None
    assert drafts(window).get(ticket, "submit") is None


def test_a_file_cut_on_its_way_is_told_and_comes_when_it_is_added_again(
    qtbot, tmp_path, central: Database, line: Line, rectifying: Iterator[int], window: Window
) -> None:
    ticket, file = next(rectifying), tmp_path / "签到表.pdf"
    file.write_bytes(pdf())
    panel = write_up(qtbot, window, ticket)
    files_of = panel._form.files
    line.knife = acting(b"pd.attach_part(", saying(b"pd.attach(", Cut.BEFORE))
    files_of.take(file)
    settle(qtbot, window)
    assert line.cuts == 1
    assert "已中断" in files_of.said.text()
    assert panel._form.measures.toPlainText() == WORDS
    line.mend()
    qtbot.waitUntil(lambda: "已连接" in window.navigation.foot.accessibleName(), timeout=20_000)
    settle(qtbot, window)
    files_of.take(file)
    qtbot.waitUntil(lambda: [f.name for f in files_of.list.files] == ["签到表.pdf"], timeout=20_000)
    assert panel._form.measures.toPlainText() == WORDS
    assert number(central, "pd.attachment WHERE true", ticket) == 1


def test_a_reload_cut_after_the_act_leaves_what_was_told(
    qtbot, central: Database, line: Line, rectifying: Iterator[int], window: Window
) -> None:
    ticket = next(rectifying)
    panel = write_up(qtbot, window, ticket)
    line.knife = acting(b"pd.act(", acting(b"COMMIT", saying(b"FROM ticket", Cut.BEFORE)))
    panel._pressed(Action.SUBMIT)
    settle(qtbot, window)
    assert line.cuts == 1
    line.mend()
    rows = window.pages["tickets"].model
    qtbot.waitUntil(lambda: rows.rows[rows.row_of(ticket)].state is State.SUBMITTED, timeout=20_000)
    settle(qtbot, window)
    assert panel.detail is None or panel.detail.row.id != ticket or panel.detail.row.state is State.SUBMITTED
    assert number(central, "pd.event WHERE action = 'submit'", ticket) == 1
    assert drafts(window).get(ticket, "submit") is None
