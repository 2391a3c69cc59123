"""Months with their closes, what to know before one, and what was changed after one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

from app.cases.queries import differences as case_differences
from app.clock import SHANGHAI, next_month
from app.closing.rows import (
    Checked,
    Close,
    Counted,
    Figures,
    Fingerprint,
    MonthRow,
    MonthState,
    Readiness,
)
from app.errors import UserError
from app.intake.queries import differences
from app.rankings import queries as rankings
from app.rankings.queries import History, Period
from models.rules.people import Group
from models.rules.ratings import is_bad
from models.rules.rulesets import RuleSet, in_force

#: So many agencies are named in a warning; the rest is counted.
_NAMED = 4

_CLOSES = text("""
    SELECT c.id, c.month, c.closed_at, coalesce(u.name, c.closed_by), c.note, c.rule_set_name, c.rule_set, c.parameters,
           c.ratings, encode(c.ratings_hash, 'hex'), c.tickets, encode(c.tickets_hash, 'hex'), c.cases, encode(c.cases_hash, 'hex'),
           c.chain_no, coalesce(encode(c.chain_hash, 'hex'), repeat('0', 64)), c.issued_at, c.reopened_at,
           coalesce(r.name, c.reopened_by), c.reopen_reason
    FROM month_close c LEFT JOIN app_user u ON u.login = c.closed_by LEFT JOIN app_user r ON r.login = c.reopened_by
    ORDER BY c.month DESC, c.id DESC""")


def closes(connection: Connection) -> tuple[Close, ...]:
    """Every close there ever was, the newest month and close first."""
    return tuple(_close(*row) for row in connection.execute(_CLOSES))


def _close(*row: Any) -> Close:
    id_, month, at, by, note, name, since, parameters, *rest = row
    prints = tuple(Fingerprint(of, *rest[2 * n : 2 * n + 2]) for n, of in enumerate(Counted) if n < 3)
    no, hash_, issued, *reopened = rest[6:]
    rules = RuleSet.from_json(name, since, parameters)
    return Close(id_, month, at, by, note, rules, prints, f"{no}:{hash_}", issued, *reopened)


def standing(connection: Connection, month: date) -> Close | None:
    """The close of a month that stands."""
    return next((c for c in closes(connection) if c.month == month and c.reopened_at is None), None)


def months(connection: Connection) -> tuple[MonthRow, ...]:
    """Months with figures or a close, newest first."""
    found: dict[date, list[Close]] = defaultdict(list)
    for close in closes(connection):
        found[close.month].append(close)
    known = sorted({*rankings.months(connection), *found}, reverse=True)
    if not known:
        return ()
    history = rankings.history(connection, Period(known[-1], known[0]))
    figures, today = _figures(history), history.cutoff.date()
    return tuple(
        _row(m, found[m], figures[m], today) for m in known if in_force(history.rule_sets, m) is not None
    )


def _row(month: date, its: Sequence[Close], figures: Figures, today: date) -> MonthRow:
    close = next((c for c in its if c.reopened_at is None), None)
    if close is not None:
        state = MonthState.CLOSED
    elif next_month(month) > today:
        state = MonthState.RUNNING
    else:
        state = MonthState.REOPENED if its else MonthState.OPEN
    return MonthRow(month, state, figures, close, tuple(c for c in its if c is not close))


def _figures(history: History) -> dict[date, Figures]:
    sums: dict[date, list[int]] = defaultdict(lambda: [0] * 5)
    for (month, _), part in history.counted.months.items():
        rules = history.rules(month)
        by_submission = rules is not None and rules.handled_means == "submitted"
        levels = [(n, level) for by_level in part.levels.values() for level, n in by_level.items()]
        figures = (
            sum(n for n, _ in levels),
            sum(n for n, level in levels if is_bad(level)),
            part.tickets.total(),
            sum(
                n for (done, handed, _), n in part.tickets.items() if not (handed if by_submission else done)
            ),
            sum(number for _, number in part.cases.values()),
        )
        sums[month] = [a + b for a, b in zip(sums[month], figures, strict=True)]
    return defaultdict(Figures, {month: Figures(*five) for month, five in sums.items()})


def _now(connection: Connection) -> datetime:
    now: datetime = connection.execute(text("SELECT pd.now()")).scalar_one()
    return now.astimezone(SHANGHAI)


# before a close ---------------------------------------------------------------------------------------------

_LACKING = text("""
    SELECT array_agg(a.name ORDER BY a.standing, a.id) FILTER (WHERE NOT s.any AND v.month IS NULL),
           array_agg(a.name ORDER BY a.standing, a.id) FILTER (WHERE NOT s.any AND k.month IS NULL)
    FROM agency a
    LEFT JOIN rating_cover v ON v.agency_id = a.id AND v.month = :month
    LEFT JOIN case_cover k ON k.agency_id = a.id AND k.month = :month,
    LATERAL (SELECT EXISTS (SELECT FROM summary_count c WHERE c.agency_id = a.id AND c.month = :month) AS any) s
    WHERE a.registered""")
_OPEN_TICKETS = text("""
    SELECT count(*) FILTER (WHERE state = 'pending'), count(*) FILTER (WHERE runs_until < pd.today()),
           count(*) FILTER (WHERE provisional AND runs_until IS NOT NULL)
    FROM ticket WHERE state <> 'rejected' AND opened_at >= pd.local_midnight(:month) AND opened_at < pd.local_midnight(:past)""")
_PARTIAL = text("""
    SELECT file_name FROM import_batch
    WHERE kind = 'ratings' AND NOT complete AND months @> ARRAY[CAST(:month AS date)] ORDER BY id""")


def readiness(connection: Connection, month: date, group: Group) -> Readiness:
    """What to know before closing a month: for officers also of tickets, files and single differences."""
    warnings = _lacking(connection, month) + _cases_differ(connection, month)
    if _now(connection).date() < _rated_until(month):
        until = _rated_until(month)
        warnings.append(
            f"月末办结的办件还在评价期内，{until.month}月{until.day}日以前的评价仍会提高覆盖度（细则第二十条）。"
        )
    if group is not Group.OFFICER:
        return Readiness(tuple(warnings), ())
    for (name,) in connection.execute(_PARTIAL, {"month": month}):
        warnings.append(f"“{name}”只含一部分评价，评价数按月度汇总计。")
    waiting, overdue, provisional = connection.execute(
        _OPEN_TICKETS, {"month": month, "past": next_month(month)}
    ).one()
    warnings += [f"{waiting} 件差评工单还没有核实转办。"] * bool(waiting)
    warnings += [f"{overdue} 件差评工单已经超期。"] * bool(overdue)
    warnings += [f"{provisional} 件差评工单的期限是暂定的：放假安排还没有公布。"] * bool(provisional)
    found = differences(connection, month)
    warnings += [f"评价明细和月度汇总有 {len(found)} 处不一致，按明细计。"] * bool(found)
    return Readiness(tuple(warnings), found)


def _cases_differ(connection: Connection, month: date) -> list[str]:
    found = case_differences(connection, [month])
    names = list(dict.fromkeys(one.agency for one in found))
    if not found:
        return []
    more = f"等 {len(names)} 个单位" if len(names) > _NAMED else ""
    return [f"{'、'.join(names[:_NAMED])}{more}的办件明细和月度汇总有 {len(found)} 处不一致，按明细计。"]


def _rated_until(month: date) -> date:
    """The eighth day of the month after: ratings of its last cases are at hand then (Art. 20)."""
    return next_month(month).replace(day=8)


def _lacking(connection: Connection, month: date) -> list[str]:
    rated, cased = connection.execute(_LACKING, {"month": month}).one()
    sentences = []
    for names, what in ((rated, "没有评价数据"), (cased, "没有办件数据，不参加排名")):
        if names:
            more = f"等 {len(names)} 个单位" if len(names) > _NAMED else ""
            sentences.append(f"{'、'.join(names[:_NAMED])}{more}{what}。")
    return sentences


# after it ---------------------------------------------------------------------------------------------------


def check(connection: Connection, month: date) -> tuple[Checked, ...]:
    """Whether the rows counted still are those, and the kept counts what the log says. Raises UserError."""
    rows = connection.execute(text("SELECT * FROM pd.check_close(:month)"), {"month": month})
    return tuple(Checked(Counted(what), was, now, same) for what, was, now, same in rows)


def require(connection: Connection, month: date) -> Close:
    """The close of a month that stands; raises UserError where there is none."""
    found = standing(connection, month)
    if found is None:
        raise UserError(f"{month.year}年{month.month}月没有封账。", code="not_closed")
    return found
