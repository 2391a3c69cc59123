"""The proposed agency from what is on file: the registry, the counter, and what became of tickets like this one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.tickets.proposing import propose_dispatch
from app.tickets.rows import Proposal
from models.rules.lifecycle import Action
from tests.databases import MONDAY, Database
from tests.store.acting import act

ITEM = "居住证申领"


@pytest.fixture
def county(database: Database) -> Database:
    """Three agencies with a liaison each."""
    database.freeze(MONDAY)
    for number, agency in enumerate(("甲镇", "乙镇", "市公安局"), start=1):
        database.liaison(f"liaison-0{number}", agency)
    return database


def proposed(database: Database, ticket: int) -> Proposal:
    with database.store.read() as connection:
        return propose_dispatch(connection, ticket)


def send(database: Database, lead: str, count: int = 1, **given: object) -> list[int]:
    made = [database.ticket(item=ITEM, **given) for _ in range(count)]  # type: ignore[arg-type]
    for ticket in made:
        act(database, ticket, Action.VERIFY_AND_DISPATCH, lead=lead)
    return made


def test_registry_and_counter_speak_beside_the_agency_rated(county: Database) -> None:
    ticket = county.ticket(item=ITEM)
    county.rows("UPDATE pd.service_item SET agency_id = %s", county.agency("市公安局"))
    alone = proposed(county, ticket)
    assert (alone.agency, alone.why, alone.due_on) == ("甲镇", "被评价单位", date(2026, 11, 16))
    assert [(c.agency, c.why) for c in alone.others] == [("市公安局", "事项主管部门")]
    county.rows(
        "WITH h AS (INSERT INTO pd.hall (agency_id, name) VALUES (%s, '大厅') RETURNING id),"
        " r AS (INSERT INTO pd.rating (area_code, case_number, target, service_number, rating_number, agency_id, platform,"
        " level, first_level, is_default, first_default, rated_at, hall_id, batch_id)"
        " SELECT '1', 'R', 'item', 1, 1, %s, 'hall', 1, 1, false, false, pd.now(), h.id, 1 FROM h RETURNING id)"
        " UPDATE pd.ticket SET rating_id = r.id FROM r WHERE ticket.id = %s",
        county.agency("乙镇"), county.agency("甲镇"), ticket,
    )  # fmt: skip
    served = proposed(county, ticket)
    assert (served.agency, served.why) == ("乙镇", "评价窗口属于该单位")
    assert [c.agency for c in served.others] == ["甲镇", "市公安局"]


def test_who_kept_such_tickets_is_proposed_and_who_gave_them_back_is_not(county: Database) -> None:
    kept = send(county, "市公安局", 3)
    assert proposed(county, county.ticket(item=ITEM)).why == "同类工单 3 件由其承办"
    act(county, kept[0], Action.DECLINE, login="liaison-03", reason="不属于本单位")
    once = proposed(county, county.ticket(item=ITEM))
    assert (once.agency, once.why) == ("市公安局", "同类工单 2 件由其承办，退单或改派 1 件")
    act(county, kept[0], Action.VERIFY_AND_DISPATCH, lead="乙镇")
    act(county, kept[1], Action.REDISPATCH, lead="乙镇", reason="属乙镇")
    moved = proposed(county, county.ticket(item=ITEM))
    assert (moved.agency, moved.why) == ("乙镇", "同类工单 2 件由其承办")
    assert [c.agency for c in moved.others] == ["甲镇"]


def test_an_insisted_dispatch_counts_as_kept(county: Database) -> None:
    (ticket,) = send(county, "市公安局")
    act(county, ticket, Action.DECLINE, login="liaison-03", reason="不属于本单位")
    assert proposed(county, county.ticket(item=ITEM)).agency == "甲镇"
    act(county, ticket, Action.INSIST, reason="属公安局")
    assert proposed(county, county.ticket(item=ITEM)).why == "同类工单 1 件由其承办"


def test_other_items_other_agencies_rated_and_long_ago_say_nothing(county: Database) -> None:
    send(county, "市公安局", 2, agency="乙镇")
    send(county, "市公安局", 2, opened=MONDAY - timedelta(days=800))
    ticket = county.ticket(item="婚姻登记预约")
    act(county, ticket, Action.VERIFY_AND_DISPATCH, lead="市公安局")
    assert proposed(county, county.ticket(item=ITEM)).why == "被评价单位"
