"""What waits for me, in the order of what runs out first; every count opens exactly those rows.

Whatever state a ticket is in, it stands in the first lines once its deadline is near; the other lines follow the
order of the work, what a person has to do themselves before what lies with others.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Connection, text

from app.appeals import queries as appeals
from app.appeals.rows import AppealFilter
from app.callbacks import queries as callbacks
from app.callbacks.queries import CallFilter
from app.cases import queries as cases
from app.cases.queries import ReminderFilter
from app.clock import next_month
from app.filings import queries as filings
from app.filings.rows import FilingFilter
from app.improvements import queries as improvements
from app.improvements.queries import OrderFilter
from app.rankings.queries import Period, history
from app.registry.queries import rule_set
from app.tickets import queries
from app.tickets.queries import SavedFilter, TicketFilter, Waiting
from app.workspace import Person
from models.rules.appeals import State as AppealState
from models.rules.callbacks import Stand
from models.rules.filings import Kind as FilingKind
from models.rules.filings import State as FilingState
from models.rules.improvements import State as OrderState
from models.rules.people import Group
from models.rules.ratings import is_bad
from models.rules.rulesets import RuleSet
from models.rules.scoring import mean_points, shown

_CLOCKS = (Waiting.OVERDUE, Waiting.TODAY, Waiting.DUE_SOON)
_LINES = {
    Group.OFFICER: (
        *_CLOCKS,
        Waiting.VERIFY,
        Waiting.REVIEW,
        Waiting.REPORT,
        Waiting.SIGN,
        Waiting.RECTIFY,
    ),
    Group.LIAISON: (*_CLOCKS, Waiting.SIGN, Waiting.RECTIFY, Waiting.REVIEW),
}


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A line of the desk: how many wait, and the filter that lists them."""

    waiting: Waiting
    count: int
    filter: TicketFilter


@dataclass(frozen=True, slots=True)
class WatchedLine:
    """A saved filter that the person wants to be told of, and how many match now: more than they set."""

    saved: SavedFilter
    count: int


@dataclass(frozen=True, slots=True)
class OrderLine:
    """Orders to improve, or cases to remind of, that wait, and the filter that lists them; `means`: what to do."""

    name: str
    means: str
    count: int
    filter: OrderFilter | ReminderFilter


@dataclass(frozen=True, slots=True)
class DutyLine:
    """What else waits, on a page of its own: `filter` lists it there; `means`: what is to be done."""

    page: str
    name: str
    means: str
    count: int
    filter: object


@dataclass(frozen=True, slots=True)
class Trouble:
    """An agency with tickets that ran out, or most tickets open."""

    agency: str
    overdue: int
    open: int


@dataclass(frozen=True, slots=True)
class MonthStrip:
    """A month at a glance, or, where `closed`, as it was closed. `ratings`, `bad`: item ratings; `mean`: 0–10 to two decimals; `tickets`,
    `rectified`: as the statistics count them."""

    month: date
    ratings: int
    bad: int
    tickets: int
    rectified: int
    mean: Decimal | None
    troubled: tuple[Trouble, ...]
    closed: bool = False


def waiting(connection: Connection, *, person: Person) -> tuple[WaitingLine, ...]:
    """The lines of a person's desk."""
    lines = []
    for kind in _LINES.get(person.group, ()):
        wanted = TicketFilter(waiting=kind)
        lines.append(WaitingLine(kind, queries.count(connection, wanted, person=person), wanted))
    return tuple(lines)


def watched(connection: Connection, *, person: Person) -> tuple[WatchedLine, ...]:
    """The saved filters whose count is above what the person set; one not fully understood counts nothing."""
    lines = []
    for saved in queries.saved_filters(connection):
        if saved.above is None or not saved.known:
            continue
        count = queries.count(connection, saved.filter, person=person, order=saved.order)
        if count > saved.above:
            lines.append(WatchedLine(saved, count))
    return tuple(lines)


def orders(connection: Connection, *, person: Person) -> tuple[OrderLine, ...]:
    """Orders to improve that wait for the person: what ran out first, then what they have to do; a liaison's cases
    without a rating after 24 hours (Art. 20)."""
    if person.group not in _LINES:
        return ()
    counts = improvements.counts(connection, OrderFilter())
    lines = [OrderLine("整改超期", "单位还没有报告限期整改的情况", counts.overdue, OrderFilter(overdue=True))]
    if person.group is Group.OFFICER:
        state, name, means = OrderState.ANSWERED, "整改待核查", "单位已报告整改情况，等中心核查"
    else:
        state, name, means = OrderState.ISSUED, "限期整改", "中心要求限期整改，请在期限内报告"
    lines.append(OrderLine(name, means, counts.states.get(state, 0), OrderFilter(state=state)))
    if person.group is Group.LIAISON:
        silent = cases.counts(connection, ReminderFilter()).matching
        means = "办结超过24小时还没有评价，请提醒办事人（细则第二十条）"
        lines.append(OrderLine("24小时未评提醒", means, silent, ReminderFilter()))
    return tuple(lines)


def duties(connection: Connection, *, person: Person) -> tuple[DutyLine, ...]:
    """What waits for the person on other pages."""
    return (*_appeals(connection, person), *_calls(connection, person), *_filings(connection, person))


def _appeals(connection: Connection, person: Person) -> tuple[DutyLine, ...]:
    """Appeals to decide, or to verify and to supplement (Art. 25)."""
    if person.group not in _LINES:
        return ()
    states = appeals.counts(connection, AppealFilter()).states
    if person.group is Group.OFFICER:
        lines: tuple[tuple[AppealState, str, str], ...] = (
            (AppealState.UPHELD_BY_AGENCY, "申诉待决定", "单位认定申诉成立，请决定是否修正评价"),
        )
    else:
        lines = (
            (AppealState.FILED, "申诉待核实", "收到后 5 个工作日内核实并认定（细则第二十五条）"),
            (AppealState.RETURNED, "申诉待补正", "按退回意见补充后再提交"),
        )
    return tuple(
        DutyLine("appeals", name, means, states.get(state, 0), AppealFilter(state=state))
        for state, name, means in lines
    )


def _calls(connection: Connection, person: Person) -> tuple[DutyLine, ...]:
    """Calls to make, and people who are unsatisfied (Art. 3, 15, 24)."""
    if person.group not in _LINES:
        return ()
    officer = person.group is Group.OFFICER
    means = "12345热线的差评和抽查的工单，请人工回访" if officer else "已提交整改，请回访评价人是否满意"
    due = DutyLine("callbacks", "回访待办", means, callbacks.due(connection, person=person), CallFilter())
    if not officer:
        return (due,)
    unhappy = callbacks.undecided(connection, person=person)
    means = "回访不满意，请决定是否重新办理"
    return due, DutyLine("callbacks", "不满意待处理", means, unhappy, CallFilter(state=Stand.UNDECIDED))


def _filings(connection: Connection, person: Person) -> tuple[DutyLine, ...]:
    """Corrections that were not filed yet, and filings that the bureau returned (Art. 25)."""
    if person.group is not Group.OFFICER:
        return ()
    returned = filings.waiting(connection, group=person.group)
    means, why = "已修正的评价还没有报数据管理局备案", "数据管理局退回，请说明后重报"
    return (
        DutyLine("filings", "备案被退回", why, returned, FilingFilter(state=FilingState.RETURNED)),
        DutyLine("filings", "修正待备案", means, filings.unfiled(connection), FilingKind.CORRECTIONS),
    )


def latest_month(connection: Connection) -> date | None:
    """The latest month with figures."""
    return connection.execute(  # type: ignore[no-any-return]
        text("""
            SELECT date_trunc('month', greatest((SELECT max(day) FROM tally), (SELECT max(day) FROM tally_ticket)))::date""")
    ).scalar_one()


def month_strip(connection: Connection, month: date) -> MonthStrip:
    """The month's figures over all agencies, as ranking and statistics count them; a closed month as it was closed."""
    counted = history(connection, Period.month(month)).counted
    levels, tickets = Counter[int](), Counter[bool]()
    for one in counted.months.values():
        for given in one.levels.values():
            levels.update(given)
        for (handled, _, _), number in one.tickets.items():
            tickets[handled] += number
    closed = counted.closed.get(month)
    rules = closed.rules if closed else rule_set(connection, month)
    return MonthStrip(
        month,
        levels.total(),
        sum(number for level, number in levels.items() if is_bad(level)),
        tickets.total(),
        tickets[True],
        _mean(levels, rules),
        _troubled(connection, {"month": month, "end": next_month(month)}),
        closed is not None,
    )


def _mean(levels: Counter[int], rules: RuleSet | None) -> Decimal | None:
    if rules is None or not levels.total():
        return None
    points, ratings = mean_points(levels, rules)
    return shown(Fraction(points) / ratings)


def _troubled(connection: Connection, bounds: dict[str, date]) -> tuple[Trouble, ...]:
    rows = connection.execute(
        text("""
            SELECT a.name, coalesce(sum(k.tickets) FILTER (WHERE k.due_on < pd.today()), 0) AS overdue, sum(k.tickets)
            FROM tally_ticket k JOIN agency a ON a.id = k.agency_id
            WHERE k.day >= :month AND k.day < :end AND k.handled_on = DATE '9999-12-31'
            GROUP BY a.name, a.standing ORDER BY overdue DESC, 3 DESC, a.standing LIMIT 5"""),
        bounds,
    )
    return tuple(Trouble(r[0], int(r[1]), int(r[2])) for r in rows)
