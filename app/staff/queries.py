"""What is shown of the staff. The database's policies decide whose: a liaison reads the own agency's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, text

from app.documents.numerals import paper_number
from app.errors import UserError
from app.rankings.queries import Period
from app.staff import counting
from app.staff.counting import Counted
from app.staff.rows import (
    AppealLine,
    BadRating,
    Counts,
    MonthLine,
    OrderLine,
    Page,
    Record,
    StaffDetail,
    StaffFilter,
    StaffRow,
    StaffStep,
    StepLine,
)
from app.workspace import Person
from models.rules import appeals, improvements
from models.rules.people import Group
from models.rules.referrals import EVENTS, Ground
from models.rules.staffing import at_bottom

#: Bad ratings of a person that are listed.
MOST_BAD = 50


def page(connection: Connection, wanted: StaffFilter, person: Person) -> Page:
    """The staff with ratings in the period, by agency in standing order and rank."""
    months = counting.rated_months(connection)
    period = wanted.period or (Period.month(months[0]) if months else None)
    if period is None:
        return Page((), None, (), (), (), _counts([], 0))
    counted = counting.count(connection, period, wanted.agency)
    listed = _known(connection, _rows(counted, wanted.agency), period, person)
    fitting = tuple(row for row in listed if _fits(row, wanted))
    closed = tuple(sorted(m for m in counted.closed if period.first <= m <= period.last))
    return Page(fitting, period, months, counting.agencies(connection), closed, _counts(listed, len(fitting)))


def _counts(listed: list[StaffRow], matching: int) -> Counts:
    marked = sum(row.state is row.state.BOTTOM for row in listed)
    return Counts(matching, marked, sum(row.is_repeated for row in listed), {})


def _fits(row: StaffRow, wanted: StaffFilter) -> bool:
    marked = row.state is row.state.BOTTOM
    return (
        (not wanted.bottom or marked)
        and (not wanted.repeated or row.is_repeated)
        and wanted.search.strip() in f"{row.name} {row.agency}"
    )


def _agencies(counted: Counted) -> tuple[str, ...]:
    standing = {one.agency: one.standing for one in counted.members.values()}
    return tuple(sorted(standing, key=lambda name: standing[name]))


def _rows(counted: Counted, agency: str | None) -> list[StaffRow]:
    made: list[StaffRow] = []
    for name in _agencies(counted) if agency is None else (agency,):
        people, in_a_row = counted.of_period(name), counted.runs(name)
        ranks = counted.ranked(people)
        rows = [
            StaffRow(
                who, counted.members[who].name, name, one, ranks.get(who), len(ranks),
                one.ratings < counted.rules.small_sample, in_a_row.get(who, 0),
            )
            for who, one in people.items()
        ]  # fmt: skip
        made += sorted(rows, key=lambda row: (row.rank or 0, row.name))
    return made


def _known(connection: Connection, rows: list[StaffRow], period: Period, person: Person) -> list[StaffRow]:
    """With appeals, records and orders, as far as this person may know."""
    reads = person.group in (Group.OFFICER, Group.LIAISON, Group.BUREAU)
    orders = _numbers(connection, _ORDERS, period) if reads else None
    if person.group not in (Group.OFFICER, Group.LIAISON):
        return [replace(row, orders=None if orders is None else orders.get(row.id, 0)) for row in rows]
    filed, corrected = _numbers(connection, _FILED, period), _numbers(connection, _CORRECTED, period)
    records = _numbers(connection, _RECORDS, period)
    return [
        replace(
            row, appeals=filed.get(row.id, 0), corrected=corrected.get(row.id, 0), records=records.get(row.id, 0),
            orders=(orders or {}).get(row.id, 0),
        )
        for row in rows
    ]  # fmt: skip


_FILED = """
    SELECT staff_id, count(*) FROM appeal WHERE staff_id IS NOT NULL AND rated_at >= pd.local_midnight(:first)
    AND rated_at < pd.local_midnight(:past) GROUP BY 1"""
_CORRECTED = _FILED.replace(" GROUP BY", " AND state IN ('corrected', 'recorded') GROUP BY")
_ORDERS = "SELECT staff_id, count(*) FROM improvement_order WHERE staff_id IS NOT NULL GROUP BY 1"
_RECORDS = "SELECT staff_id, count(*) FROM accountability WHERE withdrawn_at IS NULL GROUP BY 1"


def _numbers(connection: Connection, statement: str, period: Period) -> dict[int, int]:
    given = {"first": period.first, "past": period.end} if ":first" in statement else {}
    return {int(who): int(number) for who, number in connection.execute(text(statement), given)}


def member(connection: Connection, staff_id: int, period: Period, person: Person) -> StaffDetail:
    """One with all about them; raises UserError where there is nobody or this person may not see them."""
    agency = connection.scalar(
        text("SELECT a.name FROM staff_member m JOIN agency a ON a.id = m.agency_id WHERE m.id = :id"),
        {"id": staff_id},
    )
    counted = counting.count(connection, period, agency)
    row = next((one for one in _rows(counted, agency) if one.id == staff_id), None)
    if agency is None or row is None:
        raise UserError("这名工作人员在这一时段没有评价，或您无权查看。", code="not_found")
    row = _known(connection, [row], period, person)[0]
    orders = () if row.orders is None else _orders(connection, staff_id)
    handles = row.records is not None
    records = _records(connection, staff_id) if handles else ()
    steps = _steps(connection, staff_id) if handles else ()
    return StaffDetail(
        replace(row, version=len(steps) + len(orders)),
        period,
        _months(counted, agency, staff_id),
        _bad(connection, staff_id, counted) if handles else (),
        _appeals(connection, staff_id) if handles else (),
        orders,
        records,
        steps,
        _allowed(person, records),
        next(reversed(counted.ended()), None),
    )


def _allowed(person: Person, records: tuple[Record, ...]) -> tuple[StaffStep, ...]:
    if person.group is not Group.OFFICER:
        return ()
    standing = any(one.withdrawn is None for one in records)
    return tuple(step for step in StaffStep if standing or step is not StaffStep.WITHDRAW)


def _months(counted: Counted, agency: str, staff_id: int) -> tuple[MonthLine, ...]:
    made = []
    for month in counted.shown_months():
        people = counted.month(month, agency)
        ranks = counted.ranked(people)
        if staff_id in people:
            made.append(
                MonthLine(
                    month, people[staff_id], ranks.get(staff_id), len(ranks), staff_id in at_bottom(people),
                    month in counted.closed,
                )
            )  # fmt: skip
    return tuple(made)


def _bad(connection: Connection, staff_id: int, counted: Counted) -> tuple[BadRating, ...]:
    rows = connection.execute(
        text("""
            SELECT r.rated_at, r.level, i.name AS item, r.reason, r.ticket_id,
                   ARRAY(SELECT coalesce(l.text, given.code) FROM unnest(r.labels) AS given (code) LEFT JOIN label_code l USING (code)) AS labels
            FROM counted_rating r LEFT JOIN service_item i ON i.id = r.item_id
            WHERE r.staff_id = :staff AND r.target = 'staff' AND r.rating_number = 1 AND r.level <= 2
              AND r.rated_at >= pd.local_midnight(:first) AND r.rated_at < pd.local_midnight(:past)
            ORDER BY r.rated_at DESC LIMIT :most"""),
        {
            "staff": staff_id,
            "first": counted.period.first,
            "past": counted.period.end,
            "most": MOST_BAD,
        },
    )
    return tuple(BadRating(r.rated_at, r.level, r.item, _words(r), r.ticket_id) for r in rows)


def _words(row: Any) -> str:
    return "：".join(part for part in ("、".join(row.labels), " ".join((row.reason or "").split())) if part)


def _appeals(connection: Connection, staff_id: int) -> tuple[AppealLine, ...]:
    rows = connection.execute(
        text("SELECT id, year, number, state, filed_at FROM appeal WHERE staff_id = :staff ORDER BY id DESC"),
        {"staff": staff_id},
    )
    return tuple(
        AppealLine(r.id, paper_number("申诉", r.year, r.number), appeals.State(r.state), r.filed_at)
        for r in rows
    )


def _orders(connection: Connection, staff_id: int) -> tuple[OrderLine, ...]:
    rows = connection.execute(
        text("""SELECT id, year, number, subject, state, issued_on FROM improvement_order
                WHERE staff_id = :staff ORDER BY id DESC"""),
        {"staff": staff_id},
    )
    return tuple(
        OrderLine(
            r.id, paper_number("限改", r.year, r.number), r.subject, improvements.State(r.state), r.issued_on
        )
        for r in rows
    )


def _records(connection: Connection, staff_id: int) -> tuple[Record, ...]:
    rows = connection.execute(
        text("""SELECT c.id, c.ground, c.facts, c.measure, c.decided_on, coalesce(u.name, c.recorded_by) AS recorded_by,
                       c.withdraw_reason
                FROM accountability c LEFT JOIN app_user u ON u.login = c.recorded_by
                WHERE c.staff_id = :staff ORDER BY c.id DESC"""),
        {"staff": staff_id},
    )
    return tuple(
        Record(r.id, Ground(r.ground), r.facts, r.measure, r.decided_on, r.recorded_by, r.withdraw_reason)
        for r in rows
    )


def _steps(connection: Connection, staff_id: int) -> tuple[StepLine, ...]:
    """What was recorded and taken back, the earliest first."""
    rows = connection.execute(
        text("""
            SELECT x.at, coalesce(u.name, x.actor) AS actor, x.action, x.ground, x.said FROM (
                SELECT recorded_at AS at, recorded_by AS actor, 'accountability_recorded' AS action, ground,
                       concat(facts, '；处理：', measure) AS said
                FROM accountability WHERE staff_id = :staff
                UNION ALL
                SELECT withdrawn_at, withdrawn_by, 'accountability_withdrawn', ground, withdraw_reason
                FROM accountability WHERE staff_id = :staff AND withdrawn_at IS NOT NULL) x
            LEFT JOIN app_user u ON u.login = x.actor ORDER BY x.at, x.action"""),
        {"staff": staff_id},
    )
    return tuple(
        StepLine(r.at, r.actor, EVENTS[r.action], f"{Ground(r.ground).label}：{r.said}") for r in rows
    )
