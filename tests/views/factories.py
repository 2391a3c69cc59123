"""Rows as the queries give them, and a database that is none: functions answer instead of PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.appeals import queries as appeals
from app.appeals.rows import Page as AppealsRead
from app.callbacks import queries as callbacks
from app.changes import Changes, Kind
from app.clock import SHANGHAI, next_month
from app.desk import queries as desk
from app.filings import queries as filings
from app.intake import commands as intake_commands
from app.intake import queries as intake
from app.intake.kinds import Kind as FileKind
from app.intake.results import ColumnMapping, ImportResult, Inspection, MovedDeadline, Refusal, SheetSeen
from app.rankings import counts
from app.rankings import queries as rankings
from app.referrals import queries as referrals
from app.registry import queries as registry
from app.suggestions import queries as suggestions
from app.tickets import commands, presence, similar
from app.tickets import queries as tickets
from app.workspace import Person
from models.rules import scoring
from models.rules.lifecycle import Action, State, allowed, target
from models.rules.people import Group
from models.rules.ratings import Platform
from models.rules.rulesets import SHIPPED
from models.rules.worktime import build

TODAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=SHANGHAI)
MONTH = date(2026, 10, 1)
CALENDAR = build((), range(2004, 2027))
AGENCIES = ("罗州街道", "城南街道", "石城镇", "安铺镇", "长山镇", "市公安局", "市不动产登记中心")
ITEMS = ("烟草专卖零售许可", "食品经营许可", "不动产转移登记", "城乡居民基本医疗保险参保登记", "居住证申领")


def person(group: Group = Group.OFFICER, **over: Any) -> Person:
    """Somebody of a group."""
    known = {
        Group.OFFICER: ("officer", "李伟", None, None),
        Group.LIAISON: ("liaison-01", "罗敏", 1, "罗州街道"),
    }
    login, name, agency_id, agency = known.get(group, (group.value, group.label, None, None))
    made = {
        "login": login,
        "name": name,
        "group": group,
        "agency_id": agency_id,
        "agency": agency,
        "is_head": False,
    }
    return Person(**{**made, **over})


def ticket(
    number: int = 1, state: State = State.PENDING, *, days_left: int | None = None, **over: Any
) -> Any:
    """A row of the list; `days_left` gives it a running clock."""
    until = None
    if days_left is not None:
        until = (
            CALENDAR.deadline(TODAY, days_left).due if days_left >= 0 else TODAY + timedelta(days=days_left)
        )
    made = dict(
        id=number, number=f"HCP202610{number:05}", case_number=f"44088120261{number:06}", state=state, declined=False,
        version=1, agency=AGENCIES[number % 5], rated_agency=AGENCIES[number % 5], co_agencies=(),
        item=ITEMS[number % 5], platform="hall" if number % 2 else "portal", level=1 + number % 2, labels=("207",),
        counter="3号窗口" if number % 2 else None, staff="林燕" if number % 2 else None,
        rated_at=NOW - timedelta(days=number), opened_at=NOW - timedelta(days=number),
        received_on=date(2026, 10, 20) if until else None, due_on=until, rework_due_on=None,
        report_due_on=until if state is State.APPROVED else None, runs_until=until, provisional=False,
        days_left=days_left,
    )  # fmt: skip
    return tickets.TicketRow(**{**made, **over})


def detail(row: Any, group: Group = Group.OFFICER, **over: Any) -> Any:
    """A ticket with everything about it."""
    days = CALENDAR.explain(row.received_on, 10) if row.received_on else ()
    clocks = (tickets.Clock("整改期限", row.received_on, row.due_on, False, days),) if days else ()
    rounds = (
        tickets.Round(
            agency=row.agency, part="lead", round=1, received_on=row.received_on, due_on=row.due_on,
            acknowledged_at=None, ended_at=None, ended_by=None, used_days=None, current=True,
        ),
    ) if row.received_on else ()  # fmt: skip
    actions = tuple(a for a in allowed(row.state, group) if a is not Action.INSIST or row.declined)
    made = dict(
        row=row, reason="到窗口又要求重新提交材料", label_texts=(("207", "没有提供材料样本"),), contact_name="杨**",
        contact_phone="133****2025", contact_refused=None, province_created_at=NOW, rounds=rounds,
        time_line=(tickets.TimeLineEntry(at=NOW, actor_name="李伟", action="导入", text="差评工单_2026-10.xlsx"),),
        revisions=(), follow_ups=(), rectifications=(), clocks=clocks, allowed=actions,
        refused=((Action.RECALL, "主办单位已签收，不能再撤回"),) if row.state is State.RECTIFYING else (),
    )  # fmt: skip
    return tickets.TicketDetail(**{**made, **over})


def proposal(agency: str = "罗州街道") -> Any:
    """A suggestion for the dispatch."""
    due = CALENDAR.deadline(TODAY, 10)
    return tickets.Proposal(agency=agency, why="被评单位", due_on=due.due, provisional=due.provisional,
                            days=CALENDAR.explain(TODAY, 10))  # fmt: skip


def agency_names() -> tuple[Any, ...]:
    """The registry's agencies."""
    initials = ("lzjd", "cnjd", "scz", "apz", "csz", "sgaj", "sbdcdjzx")
    kinds = ("township",) * 5 + ("department",) * 2
    return tuple(
        registry.AgencyName(id=n, name=name, kind=kinds[n - 1], initials=initials[n - 1], standing=n)
        for n, name in enumerate(AGENCIES, 1)
    )


def facts(agency: str, order: int, ratings: int, handled: bool | None = None, *, hall: bool = True) -> Any:
    """What a month counted for an agency."""
    groups = () if handled is None else (scoring.TicketGroup(1, handled, handled, True),)
    return scoring.AgencyFacts(
        agency, order, {Platform.HALL: {5: ratings, 2: 1}}, {Platform.HALL: (ratings, 2 * ratings)},
        (1, 1) if hall else (0, 0), groups, True,
    )  # fmt: skip


def ranking_view(period: Any = None, group: str = "township") -> Any:
    """A ranking of four, one of them without ticket, one small, one without hall; one is not ranked."""
    scored = scoring.rank(
        (facts("罗州街道", 1, 300, True), facts("城南街道", 2, 200), facts("石城镇", 3, 12, False),
         facts("长山镇", 4, 90, False, hall=False)), SHIPPED,
    )  # fmt: skip
    rows = tuple(
        rankings.RankedRow(rank=r.rank, previous_rank=r.rank % 3 or None, score=r.score) for r in scored.rows
    )
    return rankings.RankingView(period=period or rankings.Period(MONTH, MONTH), group=group, rule_set="2020-12",
                                cutoff=NOW, rows=rows, unranked=(("安铺镇", "缺办件数据"),))  # fmt: skip


def history(span: Any = None) -> Any:
    """The months of `ranking_view` as they were counted, each like the others."""
    span = span or rankings.Period(MONTH, MONTH)
    counted = (facts("罗州街道", 1, 300, True), facts("城南街道", 2, 200), facts("石城镇", 3, 12, False),
               facts("长山镇", 4, 90, False, hall=False), scoring.AgencyFacts("安铺镇", 5))  # fmt: skip
    months: dict[Any, Any] = {}
    month = span.first
    while month <= span.last:
        for known in counted:
            part = counts.MonthCounts(cased=known.cases_loaded)
            part.levels.update({p: Counter(levels) for p, levels in known.levels.items()})
            part.cases.update(known.cases)
            part.active.update({known.order} if known.halls[0] else ())
            part.tickets.update({(g.rectified, g.submitted, g.due): g.count for g in known.tickets})
            months[month, known.order] = part
        month = next_month(month)
    townships = [(f.order, f.agency, "township", f.order) for f in counted]
    halls = {(None, f.order): {f.order} for f in counted if f.halls[1]}
    made = counts.Counts(months, {}, {None: townships}, halls)
    return rankings.History(span, NOW, made, (SHIPPED,))


def inspection(kind: FileKind = FileKind.RATINGS) -> Inspection:
    """A file recognised."""
    columns = (
        ColumnMapping("办件编号", "case_number", "办件编号"), ColumnMapping("评价人员", "rater_name", "评价人"),
        ColumnMapping("联系方式", "rater_phone", "联系方式"),
    )  # fmt: skip
    rows = (("44088120261000001", "杨秀敏", "13384382025"),)
    headings = ("办件编号", "评价人员", "联系方式")
    return Inspection(
        kind, "county", "县级导出", (SheetSeen("明细", 3, 4, headings, columns, ("拟办意见",), rows),)
    )


def import_result(**over: Any) -> ImportResult:
    """What a file changes."""
    made: dict[str, Any] = dict(
        kind=FileKind.RATINGS, rows=10, inserted=7, updated=1, unchanged=0, repeated=1, refused=1, tickets_opened=2,
        refusals=(Refusal("明细", 7, "满意度", "9", "满意度不在 1 到 5 之间"),),
        changes=Changes(Kind.IMPORTS | Kind.TICKETS),
    )  # fmt: skip
    return ImportResult(**{**made, **over})


def moved() -> MovedDeadline:
    """A ticket whose due date a notice moves."""
    return MovedDeadline(3, "HCP20261000003", date(2027, 1, 4), date(2027, 1, 5))


@dataclass
class Workspace:
    """An open database that is none."""

    person: Person = field(default_factory=person)
    label: str = "本机数据库"
    embedded: bool = True
    closed: bool = False
    group: Group | None = None
    warning: str | None = None
    place: str = "本机"

    @contextmanager
    def read(self) -> Iterator[Workspace]:
        yield self

    @contextmanager
    def write(self) -> Iterator[Workspace]:
        yield self

    def people(self) -> tuple[Person, ...]:
        return person(), person(is_head=True, login="head", name="陈立新"), person(Group.LIAISON)

    def become(self, login: str) -> Workspace:
        return Workspace(next(p for p in self.people() if p.login == login))

    def today(self) -> date:
        return TODAY

    def mark(self) -> None:
        """Nobody else changes anything here."""

    def close(self, *, stop: bool = True) -> None:
        self.closed = True


class Backend:
    """Answers the queries from rows kept here, and carries out acts on them."""

    def __init__(self) -> None:
        self.rows = [
            ticket(1, State.RECTIFYING, days_left=-2), ticket(2, State.DISPATCHED, days_left=2),
            ticket(3, State.PENDING), ticket(4, State.SUBMITTED, days_left=5), ticket(5, State.CLOSED),
            ticket(6, State.APPROVED, days_left=3), ticket(7, State.REPORTED), ticket(8, State.REJECTED),
        ]  # fmt: skip
        self.acts: list[tuple[int, Action, dict[str, Any]]] = []
        self.commands: list[Any] = []
        self.loads: list[dict[str, Any]] = []
        self.refusal: Exception | None = None
        self.months: tuple[date, ...] = (MONTH, date(2026, 9, 1))
        self.filters: list[Any] = []
        self.saved: tuple[Any, ...] = ()
        self.orders: tuple[Any, ...] = ()
        self.duties: tuple[Any, ...] = ()
        self.result = import_result()
        self.onlookers: tuple[presence.Onlooker, ...] = ()
        #: Who looked at what: (ticket, typing); typing is None for looking away.
        self.looks: list[tuple[int, bool | None]] = []
        self.similar = similar.SimilarTickets(())

    def install(self, monkeypatch: Any) -> None:
        """Puts the answers where the views ask."""
        for module, names in (
            (tickets, ("page", "count", "ticket", "propose_dispatch", "causes", "saved_filters")), (commands, ("act",)),
            (desk, ("waiting", "watched", "orders", "duties", "month_strip", "latest_month")), (registry, ("agencies",)),
            (rankings, ("history", "months")), (intake, ("batches",)), (intake_commands, ("inspect", "load")),
            (presence, ("look", "look_away")), (similar, ("similar_tickets",)),
        ):  # fmt: skip
            for name in names:
                monkeypatch.setattr(module, name, getattr(self, f"_{name}"))
        monkeypatch.setattr(callbacks, "due", lambda _connection, *, person: 0)
        monkeypatch.setattr(filings, "waiting", lambda _connection, *, group: 0)
        monkeypatch.setattr(referrals, "concerns", lambda _connection: False)
        monkeypatch.setattr(suggestions, "page", lambda *_, **__: suggestions.Page((), None))
        monkeypatch.setattr(appeals, "page", lambda *_, **__: AppealsRead((), None))

    def _matching(self, chosen: Any) -> list[Any]:
        waiting = {
            tickets.Waiting.OVERDUE: lambda r: (r.days_left or 0) < 0,
            tickets.Waiting.DUE_SOON: lambda r: r.days_left is not None and 0 <= r.days_left <= 2,
            tickets.Waiting.VERIFY: lambda r: r.state is State.PENDING,
            tickets.Waiting.CALL_BACK: lambda r: r.is_called_back,
            tickets.Waiting.ME: lambda r: r.state in (State.PENDING, State.SUBMITTED, State.APPROVED),
        }
        fits = waiting.get(chosen.waiting, lambda _row: True)
        return [
            r for r in self.rows
            if fits(r) and (not chosen.states or r.state in chosen.states)
            and (not chosen.agency or r.agency == chosen.agency) and chosen.search in f"{r.item}{r.number}"
        ]  # fmt: skip

    def _page(
        self,
        _connection: Any,
        chosen: Any,
        *,
        person: Any,
        order: Any = None,
        after: Any = None,
        limit: int = 100,
    ) -> Any:
        self.filters.append(chosen)
        return tickets.Page(rows=tuple(self._matching(chosen)[:limit]), next=None)

    def _count(self, _connection: Any, chosen: Any, *, person: Any, order: Any = None) -> int:
        return len(self._matching(chosen))

    def _saved_filters(self, _connection: Any) -> Any:
        return self.saved

    def _watched(self, _connection: Any, *, person: Any) -> Any:
        counts = ((one, len(self._matching(one.filter))) for one in self.saved if one.above is not None)
        return tuple(desk.WatchedLine(one, count) for one, count in counts if count > one.above)

    def _ticket(self, connection: Any, ticket_id: int) -> Any:
        row = next(r for r in self.rows if r.id == ticket_id)
        return detail(row, connection.person.group)

    def _propose_dispatch(self, _connection: Any, _ticket_id: int) -> Any:
        return proposal()

    def _similar_tickets(self, _connection: Any, _ticket_id: int) -> Any:
        return self.similar

    def _causes(self, _connection: Any) -> dict[str, str]:
        return {"notice": "一次性告知不到位", "waiting": "排队等候时间长", "other": "其他"}

    def _agencies(self, _connection: Any) -> Any:
        return agency_names()

    def _act(
        self, connection: Any, ticket_id: int, version: int, action: Action, *, command_id: Any, **values: Any
    ) -> Any:
        self.acts.append((ticket_id, action, values))
        self.commands.append(command_id)
        if self.refusal is not None:
            raise self.refusal
        at = next(i for i, r in enumerate(self.rows) if r.id == ticket_id)
        state = target(action, self.rows[at].state, connection.person.group)
        self.rows[at] = replace(self.rows[at], state=state, version=version + 1)
        changes = Changes(Kind.TICKETS, frozenset({ticket_id}))
        return commands.Done(ticket=ticket_id, state=state, version=version + 1, due_on=None, changes=changes)

    def _look(self, _connection: Any, ticket_id: int, *, typing: bool) -> Any:
        self.looks.append((ticket_id, typing))
        if self.refusal is not None:
            raise self.refusal
        return self.onlookers

    def _look_away(self, _connection: Any, ticket_id: int) -> None:
        self.looks.append((ticket_id, None))

    def _waiting(self, connection: Any, *, person: Any) -> Any:
        kinds = (tickets.Waiting.OVERDUE, tickets.Waiting.DUE_SOON, tickets.Waiting.VERIFY)
        made = []
        for kind in kinds:
            chosen = tickets.TicketFilter(waiting=kind)
            made.append(desk.WaitingLine(waiting=kind, count=len(self._matching(chosen)), filter=chosen))
        return tuple(made)

    def _orders(self, _connection: Any, *, person: Any) -> Any:
        return self.orders

    def _duties(self, _connection: Any, *, person: Any) -> Any:
        return self.duties

    def _latest_month(self, _connection: Any) -> date | None:
        return self.months[0] if self.months else None

    def _month_strip(self, _connection: Any, month: date) -> Any:
        return desk.MonthStrip(month=month, ratings=6000, bad=19, tickets=20, rectified=3, mean=Decimal("9.92"),
                               troubled=(desk.Trouble(agency="城南街道", overdue=1, open=3),))  # fmt: skip

    def _months(self, _connection: Any) -> tuple[date, ...]:
        return self.months

    def _history(self, _connection: Any, span: Any, **_options: Any) -> Any:
        if self.refusal is not None:
            raise self.refusal
        return history(span)

    def _batches(self, _connection: Any, limit: int = 50) -> Any:
        return (
            intake.BatchRow(
                id=1, kind=FileKind.RATINGS, file_name="好差评评价明细_2026-10.xlsx", loaded_at=NOW, loaded_by="李伟",
                complete=False, months=(MONTH,), rows=10, inserted=8, updated=0, unchanged=0, repeated=1, refused=1,
                tickets_opened=2, tickets_joined=0,
            ),
        )  # fmt: skip

    def _inspect(self, path: Any, **_options: Any) -> Inspection:
        if self.refusal is not None:
            raise self.refusal
        return inspection()

    def _load(self, _workspace: Any, path: Any, **options: Any) -> ImportResult:
        self.loads.append(options)
        if self.refusal is not None:
            raise self.refusal
        return self.result
