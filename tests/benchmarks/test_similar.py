"""Similar tickets and the proposed agency among a city's tickets, for an officer and a liaison (`bootstrap.py bench`)."""

from __future__ import annotations

from statistics import median
from time import perf_counter
from typing import Any

from app.tickets.proposing import propose_dispatch
from app.tickets.similar import similar_tickets
from tests.benchmarks.scale import fill_tickets
from tests.databases import MONDAY, Database

MOST_MILLISECONDS = 50


def test_similar_tickets_are_found_at_once(database: Database, benchmark: Any, tickets: int) -> None:
    database.freeze(MONDAY)
    fill_tickets(database, tickets)
    database.liaison("liaison-01", "单位7")
    _tell_apart(database)
    own = database.rows(
        "SELECT a.ticket_id FROM pd.assignment a JOIN pd.agency g ON g.id = a.agency_id WHERE g.name = '单位7'"
        " AND a.opened_at > '2026-08-01' ORDER BY md5(a.ticket_id::text) LIMIT 20"
    )
    some = [one for (one,) in own]
    took = {login: _median(database, login, some, similar_tickets) for login in ("officer", "liaison-01")}
    took["proposal"] = _median(database, "officer", some, propose_dispatch)
    benchmark.pedantic(lambda: None, rounds=1)
    print("\n" + ", ".join(f"{name}: {value * 1000:.1f} ms" for name, value in took.items()))
    assert max(took.values()) * 1000 <= MOST_MILLISECONDS


def _tell_apart(database: Database) -> None:
    """Words and raters that differ from ticket to ticket; three tickets share a person, two a case."""
    database.rows(
        """
        UPDATE pd.ticket SET
            reason = (ARRAY['窗口人员态度不好，', '材料反复补交跑了三趟，', '排队等候超过两小时，', '系统打不开无法预约，'])[1 + id % 4]
                || (ARRAY['问了也不解释', '没有一次性告知', '希望尽快整改', '电话一直没有人接'])[1 + id / 7 % 4] || id % 1000,
            case_number = '440881' || id / 2, contact_name = '杨**',
            contact_phone = pd.mask_phone((13300000000 + id / 3 * 7919 % 99999989)::text)
        WHERE opened_at > '2024-11-01'"""
    )
    database.rows(
        "INSERT INTO pd.rater (ticket_id, name, phone) SELECT id, '杨秀敏', (13300000000 + id / 3 * 7919 % 99999989)::text"
        " FROM pd.ticket WHERE contact_phone IS NOT NULL"
    )
    for table in ("ticket", "rater"):
        database.rows(f"VACUUM ANALYZE pd.{table}")


def _median(database: Database, login: str, chosen: list[int], find: Any) -> float:
    """Seconds of one look, warm."""
    store = database.person(login)
    times = []
    with store.read() as connection:
        for one in (*chosen[:3], *chosen):
            begin = perf_counter()
            find(connection, one)
            times.append(perf_counter() - begin)
    store.close()
    return median(times[3:])
