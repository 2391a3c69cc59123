"""The log as it stands in the database: its chain, who reads it, and what a verification of it finds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from app.audit import commands, queries, verifying
from app.audit.queries import EventFilter
from app.audit.rows import Exported, Progress
from app.database import embedded
from app.database.engine import Store
from app.errors import EnvironmentProblem, UserError
from models.rules.audit import Fault, Head, Verdict
from models.rules.events import Matter
from models.rules.lifecycle import Action
from tests.databases import MONDAY, Database
from tests.store.acting import MATERIAL, act


@pytest.fixture
def auditor(database: Database) -> Iterator[Store]:
    """The database as its auditor sees it, on a Monday."""
    database.freeze(MONDAY)
    store = database.person("auditor")
    yield store
    store.close()


def worked(database: Database) -> int:
    """A ticket that went from the centre to an agency and back, seven events in all."""
    ticket = database.ticket()
    database.liaison("liaison-a", "甲镇")
    act(database, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    act(database, ticket, Action.ACKNOWLEDGE, login="liaison-a")
    act(database, ticket, Action.ANNOTATE, reason="已电话联系")
    act(database, ticket, Action.SUBMIT, login="liaison-a", payload=MATERIAL)
    act(database, ticket, Action.APPROVE)
    act(database, ticket, Action.REPORT)
    return ticket


def head_of(store: Store) -> Head:
    with store.read() as connection:
        return queries.standing(connection).head


def broken(verdict: Verdict) -> tuple[Fault, int | None]:
    assert verdict.broken is not None
    return verdict.broken.fault, verdict.broken.no


# --- the chain ----------------------------------------------------------------------------------------


def test_a_fresh_and_a_worked_database_are_intact(database: Database, auditor: Store) -> None:
    before = head_of(auditor)
    assert verifying.verify(auditor.read).ok
    worked(database)
    said: list[Progress] = []
    verdict = verifying.verify(auditor.read, heads=(before,), progress=said.append)
    assert verdict.broken is None
    assert verdict.links == verdict.head.no == said[-1].done == said[-1].total
    assert verdict.events == database.one("SELECT count(*) FROM pd.event")
    assert verdict.head == head_of(auditor)


def test_a_long_chain_is_read_in_many_transactions(
    database: Database, auditor: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked(database)
    monkeypatch.setattr(verifying, "_LINKS", 3)
    verdict = verifying.verify(auditor.read)
    assert verdict.ok and verdict.links == head_of(auditor).no > 6


def test_acts_at_the_same_time_make_one_chain(database: Database, auditor: Store) -> None:
    tickets = [database.ticket() for _ in range(8)]

    def annotate(ticket: int) -> None:
        for number in range(5):
            act(database, ticket, Action.ANNOTATE, reason=f"第{number}次")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(annotate, tickets))
    verdict = verifying.verify(auditor.read)
    assert verdict.ok
    assert database.one("SELECT count(*) FROM pd.event WHERE action = 'annotate'") == 40


#: What somebody might do who has the database in hand, and what is found at which of the worked ticket's links.
DEEDS = {
    "one byte of a fact": ("UPDATE pd.event SET facts = jsonb_set(facts, '{{due_on}}', '\"2026-11-17\"') WHERE id = {event}", Fault.CONTENT),
    "the actor": ("UPDATE pd.event SET actor = 'head' WHERE id = {event}", Fault.CONTENT),
    "the time by a microsecond": ("UPDATE pd.event SET at = at + INTERVAL '1 microsecond' WHERE id = {event}", Fault.CONTENT),
    "a row removed": ("DELETE FROM pd.event WHERE id = {event}", Fault.EVENTS),
    "two rows swapped": (
        "UPDATE pd.event a SET (actor, action, source, target, facts) = (SELECT b.actor, b.action, b.source, b.target, b.facts"
        " FROM pd.event b WHERE b.id = {event} + {next} - a.id) WHERE a.id IN ({event}, {next})", Fault.CONTENT),
    "a link removed": ("DELETE FROM pd.event_link WHERE no = {link}", Fault.NUMBER),
    "a link removed and the rest renumbered": (
        "DELETE FROM pd.event_link WHERE no = {link}; UPDATE pd.event_link SET no = -no WHERE no > {link};"
        "UPDATE pd.event_link SET no = -no - 1 WHERE no < 0", Fault.LINK),
    "two links swapped": (
        "UPDATE pd.event_link SET no = -no WHERE no IN ({link}, {link} + 1);"
        "UPDATE pd.event_link SET no = 2 * {link} + 1 + no WHERE no < 0", Fault.LINK),
    "an event slipped into a link": ("UPDATE pd.event_link SET events = events || 999999::bigint WHERE no = {link}", Fault.EVENTS),
    "the digest": ("UPDATE pd.event_link SET digest = sha256('x') WHERE no = {link}", Fault.CONTENT),
    "the hash": ("UPDATE pd.event_link SET hash = sha256('x') WHERE no = {link}", Fault.LINK),
    "the link's time": ("UPDATE pd.event_link SET at = at + INTERVAL '1 day' WHERE no = {link}", Fault.LINK),
}  # fmt: skip


@pytest.mark.parametrize("deed", DEEDS)
def test_what_is_done_behind_its_back_is_found(database: Database, auditor: Store, deed: str) -> None:
    ticket = worked(database)
    statement, fault = DEEDS[deed]
    event, following = (
        number
        for (number,) in database.rows(
            "SELECT id FROM pd.event WHERE ticket_id = %s ORDER BY id LIMIT 2", ticket
        )
    )
    link = database.one("SELECT no FROM pd.event_link WHERE %s = ANY (events)", event)
    # Foreign keys and triggers do not stop somebody who has the files.
    database.rows(
        "SET session_replication_role = replica;" + statement.format(event=event, next=following, link=link)
    )
    verdict = verifying.verify(auditor.read)
    assert broken(verdict) == (fault, link)
    assert verdict.links == link - 1


def test_a_cut_tail_is_found_by_the_printed_head(database: Database, auditor: Store) -> None:
    worked(database)
    head = head_of(auditor)
    database.rows("DELETE FROM pd.event_link WHERE no = %s", head.no)
    assert broken(verifying.verify(auditor.read)) == (Fault.UNLINKED, None)
    database.rows(
        "SET session_replication_role = replica; DELETE FROM pd.event WHERE id = (SELECT max(id) FROM pd.event)"
    )
    assert verifying.verify(auditor.read).ok
    assert broken(verifying.verify(auditor.read, heads=(head,))) == (Fault.CUT, head.no)
    act(database, database.ticket(), Action.ANNOTATE, reason="之后")
    assert broken(verifying.verify(auditor.read, heads=(head,))) == (Fault.HEAD, head.no)


def test_an_event_beside_the_chain_and_one_in_it_twice_are_found(database: Database, auditor: Store) -> None:
    worked(database)
    database.rows(
        "SET session_replication_role = replica;"
        "INSERT INTO pd.event (at, actor, action) VALUES (pd.now(), 'officer', 'export')"
    )
    assert broken(verifying.verify(auditor.read)) == (Fault.UNLINKED, None)
    stray = database.one("SELECT max(id) FROM pd.event")
    for _ in range(2):
        database.rows(f"SELECT pd.add_link(ARRAY[{stray}])")
    assert broken(verifying.verify(auditor.read)) == (Fault.TWICE, None)


def test_changed_words_are_found_and_erased_ones_are_not_missed(database: Database, auditor: Store) -> None:
    worked(database)
    ticket = database.ticket()
    with database.store.write() as connection:
        connection.exec_driver_sql(f"SELECT pd.reveal_contact({ticket}, '电话回访')")
    reveal = database.one("SELECT max(event_id) FROM pd.event_text")
    assert verifying.verify(auditor.read).ok
    database.rows("UPDATE pd.event_text SET text = '其他' WHERE event_id = %s", reveal)
    assert broken(verifying.verify(auditor.read)) == (Fault.WORDS, None)
    database.rows("DELETE FROM pd.event_text")
    assert verifying.verify(auditor.read).ok


def test_the_newest_links_alone_are_verified_at_a_glance(database: Database, auditor: Store) -> None:
    worked(database)
    assert verifying.verify(auditor.read, newest=3).links == 3
    assert verifying.verify(auditor.read, newest=10_000).links == head_of(auditor).no
    database.rows("UPDATE pd.event_link SET hash = sha256('x') WHERE no = %s", head_of(auditor).no - 4)
    assert verifying.verify(auditor.read, newest=3).ok
    assert not verifying.verify(auditor.read, newest=4).ok


def test_a_verification_can_be_cancelled(database: Database, auditor: Store) -> None:
    worked(database)
    with pytest.raises(UserError) as refused:
        verifying.verify(auditor.read, cancelled=lambda: True)
    assert refused.value.code == "cancelled"


@pytest.mark.parametrize("login", ["officer", "admin", "bureau"])
def test_others_may_not_verify_but_know_the_head(database: Database, auditor: Store, login: str) -> None:
    store = database.person(login)
    try:
        with pytest.raises(UserError) as refused:
            verifying.verify(store.read)
        assert refused.value.code == "forbidden"
        assert head_of(store) == head_of(auditor)
    finally:
        store.close()


def test_the_administrator_of_the_server_may_verify(database: Database, auditor: Store) -> None:
    store = Store(database.conninfo(embedded.SUPERUSER))
    try:
        assert verifying.verify(store.read).ok
    finally:
        store.close()


# --- the export ---------------------------------------------------------------------------------------


def test_an_export_is_verified_without_the_database(
    database: Database, auditor: Store, tmp_path: Path
) -> None:
    worked(database)
    head = head_of(auditor)
    path = tmp_path / "审计.jsonl"
    done = commands.export(auditor, path)
    assert done == Exported(path, done.sha256, verifying.verify_file(path, heads=(head,)))
    assert done.verdict.ok and done.verdict.head == head
    assert list(tmp_path.iterdir()) == [path]
    lines = path.read_bytes().split(b"\n")
    assert json.loads(lines[0]) == {"pingdesk-audit": 1, "from": f"0:{'0' * 64}", "head": str(head)}
    assert len(lines) == head.no + 2
    noted = database.rows("SELECT actor, facts FROM pd.event WHERE action = 'export'")
    assert noted == [("auditor", {"kind": "audit", "rows": done.verdict.events, "hash": done.sha256})]
    changed = path.read_bytes().replace(b"officer", b"0fficer", 1)
    path.write_bytes(changed)
    assert not verifying.verify_file(path).ok


def test_a_broken_chain_is_exported_as_it_is(database: Database, auditor: Store, tmp_path: Path) -> None:
    worked(database)
    database.rows("UPDATE pd.event SET actor = 'head' WHERE id = (SELECT max(id) FROM pd.event)")
    done = commands.export(auditor, tmp_path / "a.jsonl")
    assert broken(done.verdict)[0] is Fault.CONTENT and done.path.exists()


def test_what_cannot_be_written_or_read_leaves_nothing(
    database: Database, auditor: Store, tmp_path: Path
) -> None:
    with pytest.raises(EnvironmentProblem):
        commands.export(auditor, tmp_path / "none" / "a.jsonl")
    (tmp_path / "folder").mkdir()
    with pytest.raises(EnvironmentProblem):
        commands.export(auditor, tmp_path / "folder")
    with pytest.raises(UserError) as refused:
        commands.export(auditor, tmp_path / "a.jsonl", cancelled=lambda: True)
    assert refused.value.code == "cancelled"
    with pytest.raises(UserError) as forbidden:
        commands.export(database.store, tmp_path / "a.jsonl")
    assert forbidden.value.code == "forbidden"
    with pytest.raises(UserError):
        verifying.verify_file(tmp_path / "a.jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


# --- what is shown ------------------------------------------------------------------------------------


def shown(store: Store, **wanted: object) -> list[str]:
    with store.read() as connection:
        chosen = EventFilter(**wanted)  # type: ignore[arg-type]
        page = queries.page(connection, chosen)
        assert queries.count(connection, chosen) == len(page.rows)
        return [row.what for row in page.rows]


def test_the_log_reads_in_words(database: Database, auditor: Store) -> None:
    ticket = worked(database)
    with auditor.read() as connection:
        page = queries.page(connection, EventFilter(ticket=ticket))
    assert [row.what for row in page.rows] == ["报送", "审核通过", "提交整改", "批注", "签收", "核实转办"]
    dispatch = page.rows[-1]
    assert dispatch.particulars == "待核实 → 待签收；主办 甲镇；期限 2026年11月16日"
    assert (dispatch.actor, dispatch.link) == (
        "officer",
        page.rows[-2].link - 1 if page.rows[-2].link else None,
    )
    assert page.next is None


def test_no_fact_of_a_day_at_work_is_left_without_words(database: Database, auditor: Store) -> None:
    worked(database)
    with auditor.read() as connection:
        whole = queries.page(connection, EventFilter(), limit=1000)
        said = [p for row in whole.rows for p in queries.event(connection, row.id).particulars]
    assert not [p for p in said if p.name.startswith("其他")]
    assert all(len(p.text) < 60 for p in said if not p.digest)


def test_pages_go_by_key(database: Database, auditor: Store) -> None:
    worked(database)
    with auditor.read() as connection:
        whole = queries.page(connection, EventFilter(), limit=1000)
        first = queries.page(connection, EventFilter(), limit=4)
        second = queries.page(connection, EventFilter(), after=first.next, limit=4)
    assert [r.id for r in (*first.rows, *second.rows)] == [r.id for r in whole.rows[:8]]
    assert len({r.link for r in whole.rows}) > 6 and all(r.link for r in whole.rows)


def test_filters_and_words_narrow(database: Database, auditor: Store) -> None:
    ticket = worked(database)
    assert shown(auditor, action="approve") == ["审核通过"]
    assert shown(auditor, actor="liaison-a") == ["提交整改", "签收"]
    assert set(shown(auditor, matter=Matter.PEOPLE)) == {"人员变动"}
    assert shown(auditor, matter=Matter.EXPORTS) == []
    assert shown(auditor, search="批注") == ["批注"]
    assert shown(auditor, search="甲镇责任人 签收") == ["签收"]
    assert shown(auditor, search="没有这个词") == []
    assert len(shown(auditor, search=str(ticket), matter=Matter.TICKETS)) == 6
    assert len(shown(auditor, since=date(2026, 11, 2), until=date(2026, 11, 2), ticket=ticket)) == 6
    assert shown(auditor, until=date(2026, 11, 1), ticket=ticket) == []
    assert shown(auditor, since=date(2026, 11, 3), until=date.max, ticket=ticket) == []


def test_one_event_shows_its_facts_and_its_link(database: Database, auditor: Store) -> None:
    ticket = worked(database)
    with auditor.read() as connection:
        row = queries.page(connection, EventFilter(ticket=ticket)).rows[-1]
        detail = queries.event(connection, row.id)
        named = {p.name: p.text for p in detail.particulars}
        assert named == {
            "状态": "待核实 → 待签收",
            "主办": "甲镇",
            "期限": "2026年11月16日",
            "轮次": "第 1 轮",
        }
        assert detail.link is not None and (detail.link.no, detail.link.events) == (row.link, 1)
        assert detail.words is None and detail.words_hold is None
        with pytest.raises(UserError):
            queries.event(connection, 0)


def test_the_reason_of_a_reveal_is_shown_and_held_against_its_hash(
    database: Database, auditor: Store
) -> None:
    ticket = database.ticket()
    with database.store.write() as connection:
        connection.exec_driver_sql(f"SELECT pd.reveal_contact({ticket}, '电话回访，核实情况')")
    with auditor.read() as connection:
        row = queries.page(connection, EventFilter(matter=Matter.CONTACT)).rows[0]
        detail = queries.event(connection, row.id)
        assert (detail.words, detail.words_hold) == ("电话回访，核实情况", True)
    database.rows("UPDATE pd.event_text SET text = '其他' WHERE event_id = %s", row.id)
    with auditor.read() as connection:
        assert queries.event(connection, row.id).words_hold is False


def test_people_of_the_log_are_offered(database: Database, auditor: Store) -> None:
    with auditor.read() as connection:
        people = {somebody.login for somebody in queries.people(connection)}
        standing = queries.standing(connection)
    assert {"officer", "auditor"} <= people
    assert standing.first == database.one("SELECT encode(hash, 'hex') FROM pd.event_link WHERE no = 1")
