"""Similar and repeated tickets: what counts as like, in which order, and that nobody learns of others' tickets."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from app.errors import UserError
from app.tickets.similar import SHOWN, Kind, SimilarTickets, similar_tickets
from models.rules.lifecycle import Action
from tests.databases import MONDAY, Database
from tests.store.acting import act

WORDS = "窗口人员态度不好，材料反复补交，跑了三趟"
PERSON = "SELECT pd.tickets_of_same_person(%s)"


@pytest.fixture
def county(database: Database) -> Database:
    """Two agencies with a liaison each."""
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    database.liaison("liaison-02", "乙镇")
    return database


def rated(
    database: Database,
    agency: str = "甲镇",
    *,
    item: str = "社会保障卡申领",
    phone: str | None = None,
    words: str = "无",
    case: str | None = None,
    days_ago: int = 0,
) -> int:
    """A pending ticket by somebody of its own, unless `phone` says who."""
    made = database.ticket(agency, item=item, opened=MONDAY - timedelta(days=days_ago))
    number = phone or f"139{made:08}"
    database.rows("UPDATE pd.rater SET phone = %s WHERE ticket_id = %s", number, made)
    database.rows(
        "UPDATE pd.ticket SET contact_phone = pd.mask_phone(%s), reason = %s, case_number = coalesce(%s, case_number)"
        " WHERE id = %s",
        number, words, case, made,
    )  # fmt: skip
    return made


def send(database: Database, agency: str, *tickets: int, co: tuple[str, ...] = ()) -> None:
    for ticket in tickets:
        act(database, ticket, Action.VERIFY_AND_DISPATCH, lead=agency, co=co)


def found(database: Database, ticket: int, login: str = "officer") -> SimilarTickets:
    store = database.person(login)
    try:
        with store.read() as connection:
            return similar_tickets(connection, ticket)
    finally:
        store.close()


def chips(similar: SimilarTickets) -> list[tuple[int, tuple[str, ...]]]:
    return [(one.row.id, one.chips) for one in similar.found]


def test_each_kind_says_why_and_the_strongest_comes_first(county: Database) -> None:
    this = rated(county, phone="13384382025", words=WORDS, case="C1")
    words = rated(county, "乙镇", item="居住证申领", words=WORDS.replace("三趟", "两趟"), days_ago=9)
    place = rated(county, days_ago=3)
    person = rated(county, "乙镇", item="居住证申领", phone="13384382025", days_ago=700)
    case = rated(county, "乙镇", item="居住证申领", case="C1", days_ago=5)
    both = rated(county, phone="13384382025", words=WORDS, days_ago=1)
    rated(county, "乙镇", item="居住证申领", phone="13399992025")  # masked alike, and another person
    rated(county, days_ago=91)  # the same item and place, too long ago
    similar = found(county, this)
    assert chips(similar) == [
        (case, ("同一办件",)),
        (both, ("同一评价人", "同一事项同一单位", "相似 100 %")),
        (person, ("同一评价人",)),
        (place, ("同一事项同一单位",)),
    ]
    assert (similar.suspected, similar.more, similar.total) == (2, 0, 4)
    # Alike words count with the same agency or item: 乙镇 comes near once it holds the ticket.
    send(county, "乙镇", this)
    assert chips(found(county, this))[-1] == (words, ("相似 95 %",))


def test_the_same_counter_is_the_narrowest_place(county: Database) -> None:
    tickets = [rated(county, days_ago=n) for n in range(3)]
    hall = county.one(
        "INSERT INTO pd.hall (agency_id, name) VALUES (%s, '大厅') RETURNING id", county.agency("甲镇")
    )
    counters = [
        county.one("INSERT INTO pd.counter (hall_id, name) VALUES (%s, %s) RETURNING id", hall, name)
        for name in ("1号", "2号")
    ]
    for ticket, counter in zip(tickets, (counters[0], counters[0], counters[1]), strict=True):
        county.rows(
            "WITH r AS (INSERT INTO pd.rating (area_code, case_number, target, service_number, rating_number, agency_id,"
            " platform, level, first_level, is_default, first_default, rated_at, hall_id, counter_id, batch_id)"
            " VALUES ('1', %s, 'item', 1, 1, %s, 'hall', 1, 1, false, false, %s, %s, %s, 1) RETURNING id)"
            " UPDATE pd.ticket SET rating_id = r.id FROM r WHERE ticket.id = %s",
            f"R{ticket}", county.agency("甲镇"), MONDAY, hall, counter, ticket,
        )  # fmt: skip
    assert [one.chips for one in found(county, tickets[0]).found] == [
        ("同一事项同一窗口",),
        ("同一事项同一大厅",),
    ]


def test_one_put_aside_repeats_nothing_and_many_are_counted_not_shown(county: Database) -> None:
    this, other = rated(county, case="C1"), rated(county, case="C1")
    act(county, other, Action.REJECT, reason="重复", payload={"reason_code": "duplicate"})
    assert found(county, this).suspected == 0
    county.rows(
        "INSERT INTO pd.ticket (case_number, agency_id, holder_id, opened_at, batch_id)"
        " SELECT 'C1', agency_id, holder_id, opened_at, batch_id FROM pd.ticket, generate_series(1, %s) WHERE id = %s",
        SHOWN + 8, this,
    )  # fmt: skip
    similar = found(county, this)
    assert (len(similar.found), similar.more) == (SHOWN, similar.total - SHOWN)
    assert all(Kind.CASE in one.kinds for one in similar.found)


def test_a_liaison_finds_those_that_the_own_agency_holds_now_and_no_others(county: Database) -> None:
    same = {"phone": "13384382025", "case": "C1", "words": WORDS}
    this, own, theirs, nobodys, former = (rated(county, days_ago=n, **same) for n in range(5))
    helped = rated(county, "乙镇", days_ago=6, **same)
    send(county, "甲镇", this, own, former)
    send(county, "乙镇", theirs)
    send(county, "乙镇", helped, co=("甲镇",))
    act(county, former, Action.REDISPATCH, lead="乙镇", reason="不属于甲镇")
    assert {one.row.id for one in found(county, this, "liaison-01").found} == {own, helped}
    assert {one.row.id for one in found(county, this).found} == {own, theirs, nobodys, former, helped}
    for ticket in (theirs, nobodys, former, 999_999):
        with pytest.raises(UserError, match="无权查看"):
            found(county, ticket, "liaison-01")


def test_the_door_compares_and_never_tells(county: Database) -> None:
    """Ids of tickets that whoever asks sees; one sentence for others' tickets and for none."""
    this, own, theirs = (rated(county, phone="13384382025", days_ago=n) for n in range(3))
    send(county, "甲镇", this, own)
    send(county, "乙镇", theirs)
    assert county.raw("officer", PERSON, this) == [(own,), (theirs,)]
    assert county.raw("liaison-01", PERSON, this) == [(own,)]
    said = set()
    for ticket in (theirs, 999_999, None):
        with pytest.raises(psycopg.Error) as refused:
            county.raw("liaison-01", PERSON, ticket)
        said.add((refused.value.sqlstate, str(refused.value)))
    assert len(said) == 1
    for login in ("admin", "auditor", "bureau"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            county.raw(login, PERSON, this)


def test_the_rows_read_for_a_liaison_do_not_tell_what_others_hold(county: Database) -> None:
    """Where the server's counters of the own transaction cannot be kept from a login, they count own rows only."""
    counters = (
        "SELECT relname, seq_scan, seq_tup_read, idx_scan, idx_tup_fetch FROM pg_stat_xact_user_tables"
        " WHERE relname IN ('ticket', 'assignment', 'rater', 'rating') ORDER BY 1"
    )
    county.rows(
        "DO $$ DECLARE f regprocedure; BEGIN FOR f IN SELECT oid::regprocedure FROM pg_proc"
        " WHERE proname ~ '^pg_stat_get_xact' LOOP EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', f); END LOOP; END $$"
    )
    this = rated(county, phone="13384382025")
    send(county, "甲镇", this, rated(county))

    def counted() -> list[tuple[object, ...]]:
        with psycopg.connect(county.conninfo("liaison-01")) as connection:
            connection.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
            connection.execute(PERSON, (this,))
            return connection.execute(counters).fetchall()

    before = counted()
    send(county, "乙镇", *(rated(county, "乙镇", phone="13384382025", days_ago=n) for n in range(3)))
    assert counted() == before


def test_without_a_number_on_file_nobody_is_the_same_person(county: Database) -> None:
    this, _ = rated(county, phone="13384382025"), rated(county, phone="13384382025", days_ago=200)
    assert len(found(county, this).found) == 1
    for nothing in (" ", None):
        county.rows("UPDATE pd.rater SET phone = %s", nothing)
        assert found(county, this).found == ()
