"""What is shown of orders to improve. The database's policies decide which: a liaison reads the same way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

from app.documents.numerals import paper_number
from app.errors import UserError
from app.registry.queries import calendar
from models.rules import events
from models.rules.improvements import Figures, State, Step, allowed, following
from models.rules.people import Group
from models.rules.worktime import ExplainedDay


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """All given conditions hold at once; `overdue`: with the agency, past its due day; `soon`: due in two working days."""

    state: State | None = None
    overdue: bool = False
    soon: bool = False
    search: str = ""


@dataclass(frozen=True, slots=True)
class StaffSubject:
    """One of the staff whom an order is about (Guide 8.2 a); `subject`: how it is called until somebody words it."""

    id: int
    name: str
    subject: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an order is to be drawn up about, as the statistics hand it over: an agency, an item there, or somebody."""

    agency: str | None
    item: str | None
    first: date
    last: date
    staff: StaffSubject | None = None


@dataclass(frozen=True, slots=True)
class OrderRef:
    """The order that is to be opened."""

    id: int


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One line of the list. `days_left`: working days while it is with the agency; None once it was answered."""

    id: int
    year: int
    sequence: int
    agency: str
    item: str | None
    subject: str
    state: State
    version: int
    issued_on: date
    due_on: date
    provisional: bool
    days_left: int | None
    answered_on: date | None
    staff: str | None = None

    @property
    def number(self) -> str:
        """限改〔2026〕3号."""
        return paper_number("限改", self.year, self.sequence)

    @property
    def about(self) -> str:
        """The member of the staff, the item, or all items."""
        return f"窗口人员 {self.staff}" if self.staff else self.item or "全部事项"

    @property
    def is_late(self) -> bool:
        """Whether it was answered after its due day."""
        return self.answered_on is not None and self.answered_on > self.due_on


@dataclass(frozen=True, slots=True)
class Page:
    """Rows and the id after which the next page begins, None at the end."""

    rows: tuple[OrderRow, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class StepLine:
    """One thing that was done, in words for the screen; `actor`: the login."""

    at: datetime
    actor: str
    actor_name: str
    event: str
    action: str
    text: str | None


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """Everything about one. `basis`: the figures when it was issued; `after`: the same of the months that followed,
    None before they began, as counted up to `counted_to`; `labels`: code → its text."""

    row: OrderRow
    item_id: int | None
    proposal: str
    answer: str | None
    basis: Figures | None
    after: Figures | None
    counted_to: date
    labels: dict[str, str]
    days: tuple[ExplainedDay, ...]
    steps: tuple[StepLine, ...]
    allowed: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many match, how many stand in each state, how many are overdue or soon due."""

    matching: int
    states: dict[State, int]
    overdue: int
    soon: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """What an order would rest on, and when it would be due, each day explained."""

    figures: Figures | None
    labels: dict[str, str]
    due_on: date
    provisional: bool
    days: tuple[ExplainedDay, ...]


_ROW = """
    SELECT o.id, o.year, o.number AS sequence, a.name AS agency, i.name AS item, o.subject, o.state, o.version, o.issued_on,
           o.due_on, o.provisional, CASE WHEN o.state = 'issued' THEN pd.days_left(o.due_on, pd.today()) END AS days_left,
           o.answered_on, m.name AS staff
    FROM improvement_order o JOIN agency a ON a.id = o.agency_id LEFT JOIN service_item i ON i.id = o.item_id
    LEFT JOIN staff_member m ON m.id = o.staff_id"""
_SOON = "pd.due(pd.today(), pd.rule_number('due_soon_days', pd.today()))"
#: What a search looks in: the number with and without its year, then the words; brackets and spaces left out.
_WORDS = "lower(concat('限改', o.year, o.number, '号 限改', o.number, '号', o.subject, a.name, a.initials, i.name))"


def page(connection: Connection, wanted: OrderFilter, *, after: int | None = None, limit: int = 100) -> Page:
    """One page, the newest first."""
    where, values = _conditions(wanted)
    if after is not None:
        where.append("o.id < :after")
        values["after"] = after
    statement = f"{_ROW}{_where(where)} ORDER BY o.id DESC LIMIT :limit"
    found = connection.execute(text(statement), values | {"limit": limit + 1}).all()
    rows = tuple(_row(r) for r in found[:limit])
    return Page(rows, rows[-1].id if len(found) > limit else None)


def counts(connection: Connection, wanted: OrderFilter) -> Counts:
    """The counts behind the chips."""
    states = connection.execute(text("SELECT state, count(*) FROM improvement_order GROUP BY state"))
    return Counts(
        _count(connection, wanted),
        {State(state): int(number) for state, number in states},
        _count(connection, OrderFilter(overdue=True)),
        _count(connection, OrderFilter(soon=True)),
    )


def _count(connection: Connection, wanted: OrderFilter) -> int:
    where, values = _conditions(wanted)
    joined = (
        "improvement_order o JOIN agency a ON a.id = o.agency_id LEFT JOIN service_item i ON i.id = o.item_id"
    )
    return int(connection.execute(text(f"SELECT count(*) FROM {joined}{_where(where)}"), values).scalar_one())


def _conditions(wanted: OrderFilter) -> tuple[list[str], dict[str, Any]]:
    where: list[str] = []
    values: dict[str, Any] = {}
    if wanted.state:
        where.append("o.state = :state")
        values["state"] = wanted.state.value
    if wanted.overdue:
        where.append("o.state = 'issued' AND o.due_on < pd.today()")
    if wanted.soon:
        where.append(f"o.state = 'issued' AND o.due_on BETWEEN pd.today() AND {_SOON}")
    if sought := "".join(c for c in wanted.search.lower() if c not in "〔〕[]()（） 　第"):
        where.append(f"position(:search IN {_WORDS}) > 0")
        values["search"] = sought
    return where, values


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _row(found: Any) -> OrderRow:
    facts = dict(found._mapping)
    return OrderRow(**facts | {"state": State(facts["state"])})


def order(connection: Connection, order_id: int) -> OrderDetail:
    """One with all about it; raises UserError where there is none or this person may not see it."""
    found = connection.execute(text(f"{_ROW} WHERE o.id = :id"), {"id": order_id}).first()
    if found is None:
        raise UserError("没有这份限期整改通知，或您无权查看。", code="not_found")
    row = _row(found)
    more = connection.execute(
        text("""SELECT proposal, answer, basis, agency_id, item_id, staff_id, days, pd.my_group() AS mine, pd.today() AS today
                FROM improvement_order WHERE id = :id"""),
        {"id": order_id},
    ).one()
    basis = Figures.from_json(more.basis)
    after = _after(connection, more, basis)
    explained = calendar(connection, [(row.issued_on, more.days)]).explain(row.issued_on, more.days)
    return OrderDetail(
        row,
        more.item_id,
        more.proposal,
        more.answer,
        basis,
        after,
        more.today,
        _labels(connection, basis, after),
        explained,
        _steps(connection, order_id),
        allowed(row.state, Group(more.mine)),
    )


def _after(connection: Connection, kept: Any, basis: Figures | None) -> Figures | None:
    """The same figures of the months that followed, once they have begun."""
    if basis is None:
        return None
    first, last = following(basis.first, basis.last)
    if first > kept.today:
        return None
    if kept.staff_id is not None:
        return staff_figures(connection, kept.staff_id, first, last)
    return figures(connection, kept.agency_id, kept.item_id, first, last)


def figures(
    connection: Connection, agency_id: int, item_id: int | None, first: date, last: date
) -> Figures | None:
    """The figures that an order rests on and is measured by. Raises UserError for another agency's."""
    counted = connection.execute(
        text("SELECT pd.improvement_figures(:agency, :item, :first, :last)"),
        {"agency": agency_id, "item": item_id, "first": first, "last": last},
    ).scalar_one()
    return Figures.from_json(counted)


def staff_figures(connection: Connection, staff_id: int, first: date, last: date) -> Figures | None:
    """The figures of one of the staff. Raises UserError for another agency's."""
    counted = connection.execute(
        text("SELECT pd.staff_figures(:staff, :first, :last)"),
        {"staff": staff_id, "first": first, "last": last},
    ).scalar_one()
    return Figures.from_json(counted)


def _labels(connection: Connection, *shown: Figures | None) -> dict[str, str]:
    codes = sorted({code for one in shown if one is not None for code, _ in one.labels})
    rows = connection.execute(
        text("SELECT code, text FROM label_code WHERE code = ANY (:codes)"), {"codes": codes}
    )
    return {row.code: row.text for row in rows}


def _steps(connection: Connection, order_id: int) -> tuple[StepLine, ...]:
    rows = connection.execute(
        text("""
            SELECT p.at, p.actor, coalesce(u.name, p.actor) AS name, p.action, p.text
            FROM improvement_step p LEFT JOIN app_user u ON u.login = p.actor
            WHERE p.order_id = :id ORDER BY p.event_id"""),
        {"id": order_id},
    )
    return tuple(StepLine(r.at, r.actor, r.name, r.action, events.label(r.action), r.text) for r in rows)


def prepare(connection: Connection, proposal: Proposal, days: int) -> Prepared:
    """The figures and the due day of an order that would be issued today; without an agency only the day."""
    ids = connection.execute(
        text("""SELECT pd.today() AS today, (SELECT id FROM agency WHERE name = :agency) AS agency,
                       (SELECT id FROM service_item WHERE name = :item) AS item"""),
        {"agency": proposal.agency, "item": proposal.item},
    ).one()
    known = ids.agency is not None and (proposal.item is None or ids.item is not None)
    first, last = proposal.first, proposal.last
    if proposal.staff is not None:
        counted = staff_figures(connection, proposal.staff.id, first, last)
    else:
        counted = figures(connection, ids.agency, ids.item, first, last) if known else None
    days_of = calendar(connection, [(ids.today, days)])
    deadline = days_of.deadline(ids.today, days)
    explained = days_of.explain(ids.today, days)
    return Prepared(counted, _labels(connection, counted), deadline.due, deadline.provisional, explained)


def items_of(connection: Connection, agency: str | None, first: date, last: date) -> tuple[str, ...]:
    """The items of an agency's tickets in some months, the most frequent first."""
    rows = connection.execute(
        text("""
            SELECT i.name FROM ticket t JOIN service_item i ON i.id = t.item_id JOIN agency a ON a.id = t.holder_id
            WHERE a.name = :agency AND t.state <> 'rejected' AND t.opened_at >= pd.local_midnight(:first)
              AND t.opened_at < pd.local_midnight((CAST(:last AS date) + INTERVAL '1 month')::date)
            GROUP BY i.name ORDER BY count(*) DESC, i.name LIMIT 200"""),
        {"agency": agency, "first": first, "last": last},
    )
    return tuple(name for (name,) in rows)
