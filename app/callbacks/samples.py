"""Samples as they were drawn, and drawn again: by `models.rules.sampling`, from the stock on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from app.callbacks.rows import (
    SampleCounts,
    SampleDetail,
    SampleFilter,
    SampleLine,
    SamplePage,
    SampleRow,
    StepLine,
    Stock,
)
from app.errors import UserError
from models.rules import events, sampling
from models.rules.callbacks import Decision, Outcome, Stand, stand

_ROW = """
    SELECT s.id, s.month, a.name AS agency, s.size, s.share, s.seed, s.method, cardinality(s.stock) AS stock,
           cardinality(s.drawn) AS drawn,
           (SELECT count(*) FROM callback c WHERE c.sample_id = s.id AND c.outcome IS NOT NULL) AS settled, s.drawn_at,
           coalesce((SELECT u.name FROM app_user u WHERE u.login = s.drawn_by), s.drawn_by) AS drawn_by
    FROM callback_sample s JOIN agency a ON a.id = s.agency_id"""


def page(
    connection: Connection, wanted: SampleFilter, *, after: int | None = None, limit: int = 100
) -> SamplePage:
    """One page of samples, the latest first."""
    where, values = _conditions(wanted)
    if after is not None:
        where.append("s.id < :after")
        values["after"] = after
    found = connection.execute(
        text(f"{_ROW}{_where(where)} ORDER BY s.id DESC LIMIT :limit"), values | {"limit": limit + 1}
    ).all()
    rows = tuple(SampleRow(**one._mapping) for one in found[:limit])
    return SamplePage(rows, rows[-1].id if len(found) > limit else None)


def counts(connection: Connection, wanted: SampleFilter) -> SampleCounts:
    """How many samples match."""
    where, values = _conditions(wanted)
    statement = f"SELECT count(*) FROM callback_sample s JOIN agency a ON a.id = s.agency_id{_where(where)}"
    return SampleCounts(int(connection.execute(text(statement), values).scalar_one()), {})


def _conditions(wanted: SampleFilter) -> tuple[list[str], dict[str, Any]]:
    where: list[str] = []
    values: dict[str, Any] = {}
    if wanted.month:
        where.append("s.month = :month")
        values["month"] = wanted.month
    if sought := wanted.search.strip().lower():
        where.append("position(:sought IN lower(concat(a.name, ' ', a.initials, ' ', s.seed))) > 0")
        values["sought"] = sought
    return where, values


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def sample(connection: Connection, sample_id: int) -> SampleDetail:
    """One sample with its stock in the order of the draw; raises UserError where there is none."""
    found = connection.execute(text(f"{_ROW} WHERE s.id = :id"), {"id": sample_id}).first()
    if found is None:
        raise UserError("没有这次抽样，或您无权查看。", code="not_found")
    row = SampleRow(**found._mapping)
    stock, drawn = connection.execute(
        text("SELECT stock, drawn FROM callback_sample WHERE id = :id"), {"id": sample_id}
    ).one()
    made = StepLine(row.drawn_at, row.drawn_by, events.label("callback_drawn"), None)
    return SampleDetail(row, tuple(stock), tuple(drawn), _lines(connection, row, stock, drawn), (made,))


def _lines(
    connection: Connection, row: SampleRow, stock: list[int], drawn: list[int]
) -> tuple[SampleLine, ...]:
    rows = connection.execute(
        text("""
            SELECT t.id, t.number, (SELECT i.name FROM service_item i WHERE i.id = t.item_id) AS item, c.outcome, c.decision, c.round
            FROM ticket t LEFT JOIN callback c ON c.ticket_id = t.id AND c.sample_id = :sample
            WHERE t.id = ANY (CAST(:stock AS bigint[]))"""),
        {"stock": stock, "sample": row.id},
    )
    known, chosen = {one.id: one for one in rows}, set(drawn)
    ordered = sampling.draw(stock, len(stock), row.seed)
    return tuple(
        SampleLine(
            ticket, place, sampling.rank(row.seed, ticket).hex(), ticket in chosen,
            known[ticket].number if ticket in known else None, known[ticket].item if ticket in known else None,
            _stand(known.get(ticket)) if ticket in chosen else None, known[ticket].round if ticket in known else None,
        )
        for place, ticket in enumerate(ordered, 1)
    )  # fmt: skip


def _stand(found: Any) -> Stand | None:
    if found is None:
        return None
    outcome, decision = found.outcome, found.decision
    return stand(Outcome(outcome) if outcome else None, Decision(decision) if decision else None)


@dataclass(frozen=True, slots=True)
class Checked:
    """What drawing again came to."""

    same: bool
    drawn: tuple[int, ...]

    @property
    def said(self) -> str:
        """In a sentence."""
        if self.same:
            return f"重新抽取 {len(self.drawn):,} 件，与记录一致。"
        return "重新抽取的结果与记录不一致，请核对抽样记录。"


def check(connection: Connection, sample_id: int) -> Checked:
    """Draws again from the stock and the seed on record, outside of the database, and compares."""
    one = sample(connection, sample_id)
    if one.row.method != sampling.METHOD:
        raise UserError(f"抽样方法“{one.row.method}”不是这个版本所知道的，不能核对。", code="unknown_method")
    number = sampling.size_of(len(one.stock), size=one.row.size, share=one.row.share)
    again = sampling.draw(one.stock, number, one.row.seed)
    return Checked(again == one.drawn, again)


def stock(connection: Connection, month: date) -> tuple[Stock, ...]:
    """Each agency in standing order, and how many of its tickets of a month can be drawn."""
    rows = connection.execute(
        text(
            """SELECT a.id, a.name, a.initials, cardinality(pd.sample_stock(a.id, :month)) FROM agency a ORDER BY a.standing, a.id"""
        ),
        {"month": month},
    )
    return tuple(Stock(*row) for row in rows)
