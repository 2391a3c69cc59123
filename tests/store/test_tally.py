"""The tally equals what counting the rows says, whatever happened; a ranking equals its lists."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from app.errors import UserError
from app.rankings import commands, counts, queries
from app.rankings.queries import Period
from app.tickets import queries as tickets
from app.tickets.queries import TicketFilter
from app.workspace import Workspace
from models.rules.lifecycle import Action
from models.rules.ratings import Platform
from tests.databases import MONDAY, Database
from tests.store.acting import MATERIAL, act

OCTOBER = Period.month(date(2026, 10, 1))


def test_the_kept_tally_is_the_rebuilt_one(sample: Workspace) -> None:
    with sample.write() as connection:
        assert commands.rebuild_tally(connection) == (1, 0)


def test_a_broken_tally_is_found_and_mended(database: Database) -> None:
    database.freeze(MONDAY)
    database.ticket()
    database.rows("UPDATE pd.tally_ticket SET tickets = 7")
    with database.store.write() as connection:
        assert commands.rebuild_tally(connection) == (1, 1)
        assert commands.rebuild_tally(connection) == (1, 0)


@pytest.mark.parametrize("group", ["township", "department"])
def test_every_number_of_the_ranking_equals_its_list(sample: Workspace, group: str) -> None:
    with sample.read() as connection:
        view = queries.ranking(connection, OCTOBER, group=group)
        for row in view.rows:
            score, agency = row.score, row.score.facts.agency
            wanted = TicketFilter(agency=agency, month=OCTOBER.first, counted=True)
            assert tickets.count(connection, wanted, person=sample.person) == score.handling.denominator
            levels = dict(
                connection.exec_driver_sql(
                    "SELECT level, count(*) FROM rating r JOIN agency a ON a.id = r.agency_id WHERE a.name = %s"
                    " AND r.platform = ANY (%s) GROUP BY level",
                    (agency, ["yueshengshi", "yueshangtong", "app", "portal", "hall"]),
                ).all()
            )
            points = sum({5: 10, 4: 8, 3: 6, 2: 3, 1: 0}[level] * n for level, n in levels.items())
            assert (score.quality.numerator, score.quality.denominator) == (points, sum(levels.values()))
            cases = connection.exec_driver_sql(
                "SELECT platform, sum(cases_rated), sum(cases) FROM summary_count s JOIN agency a ON a.id = s.agency_id"
                " WHERE a.name = %s AND platform IN ('portal', 'hall', 'app') GROUP BY platform",
                (agency,),
            ).all()
            assert {p: (r, n) for p, r, n in cases if n} == {
                p.value: pair for p, pair in score.channels.items()
            }
            mean = sum(Fraction(int(r), int(n)) for _, r, n in cases if n) / sum(1 for *_, n in cases if n)
            assert abs(Decimal(float(mean * 100)) - (score.coverage.value or 0)) <= Decimal("0.0051")


def test_a_liaison_gets_the_same_ranking(sample: Workspace) -> None:
    liaison = sample.become("liaison-07")
    with sample.read() as one, liaison.read() as two:
        mine = queries.ranking(one, OCTOBER, group="township", as_of=date(2026, 11, 30))
        theirs = queries.ranking(two, OCTOBER, group="township", as_of=date(2026, 11, 30))
    liaison.close(stop=False)
    assert mine == theirs


def test_handled_is_what_was_approved_by_the_cut_off(database: Database) -> None:
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    ticket = database.ticket(opened=MONDAY - timedelta(days=3))
    act(database, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    act(database, ticket, Action.ACKNOWLEDGE, login="liaison-01")
    act(database, ticket, Action.SUBMIT, login="liaison-01", payload=MATERIAL)
    database.freeze(MONDAY + timedelta(days=1))
    act(database, ticket, Action.APPROVE)

    def group(day: date) -> tuple[bool, bool]:
        with database.store.read() as connection:
            counted = counts.read(connection, OCTOBER.first, OCTOBER.last, counts.end_of(day))
        facts = counted.facts(OCTOBER.first, OCTOBER.last, "township")
        (found,) = facts[0].tickets
        return found.submitted, found.rectified

    assert group(date(2026, 11, 2)) == (True, False)
    assert group(date(2026, 11, 3)) == (True, True)
    act(database, ticket, Action.UNAPPROVE, reason="误点")
    assert group(date(2026, 11, 3)) == (True, False)


def test_a_rejected_ticket_counts_nowhere(database: Database) -> None:
    database.freeze(MONDAY)
    ticket = database.ticket()
    act(database, ticket, Action.REJECT, reason="重复")
    assert database.rows("SELECT * FROM pd.tally_ticket") == []
    act(database, ticket, Action.RESTORE, reason="误判")
    assert database.one("SELECT sum(tickets) FROM pd.tally_ticket") == 1


def test_a_month_before_any_rule_set_is_refused(sample: Workspace) -> None:
    with sample.read() as connection, pytest.raises(UserError, match="早于第一个规则集"):
        queries.ranking(connection, Period.month(date(2020, 11, 1)), group="township")


def test_an_empty_month_lists_all_apart(sample: Workspace) -> None:
    with sample.read() as connection:
        view = queries.ranking(connection, Period.month(date(2026, 9, 1)), group="township")
        span = queries.ranking(connection, Period(date(2026, 9, 1), date(2026, 10, 1)), group="township")
        month = queries.ranking(connection, OCTOBER, group="township")
    assert view.rows == () and {reason for _, reason in view.unranked} == {"缺办件数据"}
    assert [r.score.composite for r in span.rows] == [r.score.composite for r in month.rows]


def test_the_period_before_has_the_same_length() -> None:
    assert Period(date(2026, 1, 1), date(2026, 3, 1)).before == Period(date(2025, 10, 1), date(2025, 12, 1))
    assert Period.month(date(2026, 1, 1)).before == Period.month(date(2025, 12, 1))


def test_platforms_of_the_sample_are_known(sample: Workspace) -> None:
    with sample.read() as connection:
        kept = {p for (p,) in connection.exec_driver_sql("SELECT DISTINCT platform FROM rating")}
    assert kept <= {p.value for p in Platform}


def _rate(
    database: Database,
    case: str,
    number: int,
    level: int,
    day: int,
    *,
    default: bool = False,
    target: str = "item",
) -> None:
    agency, batch = database.agency("甲镇"), database.batch()
    database.rows(
        "INSERT INTO pd.rating (area_code, case_number, target, service_number, rating_number, agency_id, platform, level,"
        " first_level, is_default, first_default, rated_at, batch_id)"
        " VALUES ('440881000000', %s, %s, 1, %s, %s, 'hall', %s, %s, %s, %s,"
        " TIMESTAMPTZ '2026-10-01 09:00+08' + %s * INTERVAL '1 day', %s)",
        case, target, number, agency, level, level, default, default, day, batch,
    )  # fmt: skip
    database.rows("INSERT INTO pd.rating_cover VALUES ('2026-10-01', %s) ON CONFLICT DO NOTHING", agency)


def _october(database: Database) -> tuple[int, ...]:
    database.rows("SELECT pd.refresh_tally('{2026-10-01}')")
    return database.rows(
        "SELECT sum(level_5), sum(level_3), sum(level_2), sum(level_1), sum(defaults), sum(active) FROM pd.tally"
    )[0]


def test_a_follow_up_counts_as_the_rule_set_says(database: Database) -> None:
    """Art. 21: shown and kept; with `latest` it takes the first one's place, within 60 days."""
    _rate(database, "A", 1, 2, 0)
    _rate(database, "A", 2, 5, 5)
    _rate(database, "B", 1, 3, 0)
    _rate(database, "B", 2, 1, 61)
    _rate(database, "C", 1, 5, 0, default=True)
    _rate(database, "C", 2, 1, 3)
    _rate(database, "D", 2, 1, 3)  # its first one is not on file
    assert _october(database) == (1, 1, 1, 0, 1, 2)
    database.rows('UPDATE pd.rule_set SET parameters = parameters || \'{"follow_up_effect": "latest"}\'')
    assert _october(database) == (1, 1, 0, 1, 0, 3)


def test_staff_ratings_stand_apart(database: Database) -> None:
    """Art. 5: who served is rated beside the item; the mean of the agency is of its items."""
    _rate(database, "A", 1, 5, 0)
    _rate(database, "A", 1, 1, 0, target="staff")
    assert _october(database) == (1, 0, 0, 0, 0, 2)


def test_the_local_midnight_cuts_the_month(database: Database) -> None:
    _rate(database, "A", 1, 5, 0)
    database.rows("UPDATE pd.rating SET rated_at = TIMESTAMPTZ '2026-10-31 23:59:59+08'")
    assert _october(database)[0] == 1
    database.rows("UPDATE pd.rating SET rated_at = TIMESTAMPTZ '2026-11-01 00:00:00+08'")
    assert _october(database)[0] is None
