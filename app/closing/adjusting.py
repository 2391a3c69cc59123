"""What was changed after a close: live figures beside the closed ones, and the rows behind the difference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from app.clock import next_month
from app.closing.queries import require
from app.closing.rows import ChangedRow, Close
from app.rankings.queries import GROUPS, History, Period, history
from models.rules.adjusting import Adjustment, adjustment
from models.rules.appeals import Effect, Finding
from models.rules.people import Group
from models.rules.ratings import Satisfaction
from models.rules.scoring import AgencyFacts, Score, rank
from models.rules.whatif import PartName

#: So many changed rows of a kind are listed; the rest is counted.
MOST = 200


@dataclass(frozen=True, slots=True)
class PartChange:
    """A part of the score as closed and as it would be now; value None where it does not apply."""

    part: PartName
    before: tuple[Decimal, int, Decimal | None]
    after: tuple[Decimal, int, Decimal | None]


@dataclass(frozen=True, slots=True)
class Adjusted:
    """An agency whose facts were changed since the close. Ranks and scores are None where it is not ranked."""

    agency: str
    group: str
    facts: Adjustment
    ranks: tuple[int | None, int | None]
    composites: tuple[Decimal | None, Decimal | None]
    parts: tuple[PartChange, ...]

    @property
    def id(self) -> str:
        """Its name."""
        return self.agency


@dataclass(frozen=True, slots=True)
class Adjustments:
    """All that was changed since a close. `rows` are None for who does not read them; `more`: not listed."""

    close: Close
    agencies: tuple[Adjusted, ...]
    rows: tuple[ChangedRow, ...] | None
    more: int = 0


@dataclass(frozen=True, slots=True)
class _Side:
    facts: dict[int, AgencyFacts]
    scores: dict[int, tuple[int, Score]]


def adjustments(connection: Connection, month: date, group: Group) -> Adjustments:
    """What was changed in a closed month since, by the rules of its close. Raises UserError where it is not closed."""
    close = require(connection, month)
    today: date = connection.execute(text("SELECT pd.today()")).scalar_one()
    closed = history(connection, Period.month(month))
    live = history(connection, Period.month(month), as_of=today)
    found = []
    for kind in GROUPS:
        before, after = (_side(counts, month, kind, close) for counts in (closed, live))
        for agency_id in dict.fromkeys((*before.facts, *after.facts)):
            one = _adjusted(agency_id, kind, before, after)
            if one.facts:
                found.append(one)
    rows, more = _changed_rows(connection, close) if group is Group.OFFICER else (None, 0)
    return Adjustments(close, tuple(found), rows, more)


def _side(counts: History, month: date, kind: str, close: Close) -> _Side:
    counted = counts.counted
    standing = month if month in counted.closed else None
    ids = [a[0] for a in counted.agencies[standing] if a[2] == kind]
    facts = dict(zip(ids, counted.facts(month, month, kind), strict=True))
    names = {f.agency: agency_id for agency_id, f in facts.items()}
    ranked = rank(facts.values(), close.rules).rows
    return _Side(facts, {names[r.score.facts.agency]: (r.rank, r.score) for r in ranked})


def _adjusted(agency_id: int, kind: str, before: _Side, after: _Side) -> Adjusted:
    known = before.facts.get(agency_id) or after.facts[agency_id]
    nothing = AgencyFacts(known.agency, known.order)
    old, new = before.scores.get(agency_id), after.scores.get(agency_id)
    return Adjusted(
        agency=known.agency,
        group=kind,
        facts=adjustment(before.facts.get(agency_id, nothing), after.facts.get(agency_id, nothing)),
        ranks=(old[0] if old else None, new[0] if new else None),
        composites=(old[1].composite if old else None, new[1].composite if new else None),
        parts=_part_changes(old[1], new[1]) if old and new else (),
    )


def _part_changes(before: Score, after: Score) -> tuple[PartChange, ...]:
    found = []
    for name in PartName:
        old, new = name.of(before), name.of(after)
        if (old.numerator, old.denominator, old.exact) != (new.numerator, new.denominator, new.exact):
            found.append(
                PartChange(
                    name,
                    (old.numerator, old.denominator, old.value),
                    (new.numerator, new.denominator, new.value),
                )
            )
    return tuple(found)


_TICKETS = text("""
    SELECT x.*, count(*) OVER () AS among FROM (
        SELECT t.id, coalesce(t.number, '工单 ' || t.id) AS number, a.name AS agency, concat_ws('，',
            CASE WHEN c.ticket_id IS NULL THEN '封账后新增' WHEN n.id IS NULL THEN '封账后不再计数' END,
            CASE WHEN c.agency_id <> n.holder_id THEN '由' || o.name || '改为' || a.name || '承办' END,
            CASE WHEN NOT c.submitted AND n.submitted_on IS NOT NULL THEN '已提交整改'
                 WHEN c.submitted AND n.submitted_on IS NULL THEN '不再是已提交' END,
            CASE WHEN NOT c.handled AND n.handled_on IS NOT NULL THEN '已审核通过'
                 WHEN c.handled AND n.handled_on IS NULL THEN '不再是审核通过' END,
            CASE WHEN NOT c.due AND n.due_on < pd.today() THEN '已过期限' END) AS what
        FROM (SELECT * FROM closed_ticket WHERE close_id = :close) c
        FULL JOIN (SELECT * FROM ticket WHERE state <> 'rejected' AND opened_at >= pd.local_midnight(:month)
                                          AND opened_at < pd.local_midnight(:past)) n ON n.id = c.ticket_id
        LEFT JOIN ticket t ON t.id = coalesce(n.id, c.ticket_id)
        LEFT JOIN agency a ON a.id = t.holder_id
        LEFT JOIN agency o ON o.id = c.agency_id) x
    WHERE x.what <> '' ORDER BY 1 LIMIT :most""")
_RATINGS = text("""
    SELECT r.case_number, a.name AS agency, r.batch_id = ANY (:later) AS is_new, before.level AS was, r.level, count(*) OVER () AS among
    FROM rating r JOIN agency a ON a.id = r.agency_id,
    LATERAL (SELECT coalesce((SELECT v.level FROM rating_revision v WHERE v.rating_id = r.id AND v.batch_id <> ALL (:later)
                              ORDER BY v.id DESC LIMIT 1), r.first_level) AS level) before
    WHERE r.rated_at >= pd.local_midnight(:month) AND r.rated_at < pd.local_midnight(:past)
      AND (r.batch_id = ANY (:later) OR EXISTS (SELECT FROM rating_revision v WHERE v.rating_id = r.id AND v.batch_id = ANY (:later)))
    ORDER BY r.id LIMIT :most""")
_CORRECTIONS = text("""
    SELECT k.case_number, a.name AS agency, '申诉〔' || p.year || '〕' || p.number || '号' AS appeal, k.finding, k.effect, r.level AS was, k.level,
           count(*) OVER () AS among
    FROM correction k JOIN rating r ON r.id = k.rating_id JOIN agency a ON a.id = r.agency_id JOIN appeal p ON p.id = k.appeal_id
    WHERE r.rated_at >= pd.local_midnight(:month) AND r.rated_at < pd.local_midnight(:past) AND k.decided_at > :at
    ORDER BY k.decided_at, r.id LIMIT :most""")
_CASES = text("""
    SELECT c.case_number, a.name AS agency, count(*) OVER () AS among FROM service_case c JOIN agency a ON a.id = c.agency_id
    WHERE c.finished_at >= pd.local_midnight(:month) AND c.finished_at < pd.local_midnight(:past) AND c.batch_id = ANY (:later)
    ORDER BY c.case_number LIMIT :most""")
_SUMMARIES = text("""
    SELECT a.name AS agency, count(*) OVER () AS among FROM agency a
    WHERE EXISTS (SELECT FROM summary_count s WHERE s.agency_id = a.id AND s.month = :month AND s.batch_id = ANY (:later))
    ORDER BY a.standing, a.id LIMIT :most""")


def _changed_rows(connection: Connection, close: Close) -> tuple[tuple[ChangedRow, ...], int]:
    """The first of each sort, and how many more there are."""
    later = connection.scalars(
        text("SELECT id FROM import_batch WHERE loaded_at > :at"), {"at": close.closed_at}
    )
    values = {
        "close": close.id,
        "month": close.month,
        "past": next_month(close.month),
        "later": list(later),
        "most": MOST,
        "at": close.closed_at,
    }
    found: list[ChangedRow] = []
    total = 0
    for statement, made in (
        (_TICKETS, _ticket),
        (_RATINGS, _rating),
        (_CORRECTIONS, _correction),
        (_CASES, _case),
        (_SUMMARIES, _summary),
    ):
        rows = connection.execute(statement, values).all()
        total += rows[0].among if rows else 0
        found += map(made, rows)
    return tuple(found), total - len(found)


def _correction(row: Any) -> ChangedRow:
    finding, effect = Finding(row.finding).label, Effect(row.effect)
    levels = f"{Satisfaction(row.was).label} → {Satisfaction(row.level).label}" if row.level else effect.label
    return ChangedRow(
        None, f"办件 {row.case_number} 的评价", row.agency, f"{row.appeal}修正（{finding}）：{levels}"
    )


def _ticket(row: Any) -> ChangedRow:
    return ChangedRow(row.id, row.number, row.agency, row.what)


def _rating(row: Any) -> ChangedRow:
    words = f"省平台更正：{Satisfaction(row.was).label} → {Satisfaction(row.level).label}"
    name = f"办件 {row.case_number} 的评价"
    return ChangedRow(None, name, row.agency, "封账后导入" if row.is_new else words)


def _case(row: Any) -> ChangedRow:
    return ChangedRow(None, f"办件 {row.case_number}", row.agency, "封账后导入或更正")


def _summary(row: Any) -> ChangedRow:
    return ChangedRow(None, "月度汇总", row.agency, "封账后导入")
