"""Tickets like another one, each with why: the same case, person, item and place, or words that are alike.

Everything is read under the reader's own rights. A liaison's search begins at the assignments of the own agency and
stays among the nearest of them, since the database compares texts only on rows that the reader may see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, text

from app.errors import UserError
from app.tickets.rows import TicketRow
from app.tickets.selection import EACH, ROW, row_of
from models.rules.lifecycle import State
from models.rules.people import Group

#: At most so many are shown; of the others only how many there are.
SHOWN = 50
#: Words count as alike from so many percent, where both texts have so many characters: “差” is like “差”.
ALIKE, FEWEST_CHARACTERS = 65, 6
#: The same item at the same place counts within so many days, alike words within so many.
PLACE_DAYS, WORDS_DAYS = 90, 180
#: At most so many candidates are compared by their words, half by the item and half by the agency.
COMPARED = 500
#: Looked through for the item: at most so many tickets before this one, and as many after it.
_NEAR = 10_000


class Kind(StrEnum):
    """Why two tickets are alike, the strongest first."""

    CASE = "case"
    PERSON = "person"
    PLACE = "place"
    WORDS = "words"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _LABELS[self.value]


_LABELS = {"case": "同一办件", "person": "同一评价人", "place": "同一事项同一地点", "words": "文字相近"}
#: A stronger kind outweighs all weaker ones together.
_WEIGHT = {kind: 2**power for power, kind in enumerate(reversed(Kind))}


@dataclass(frozen=True, slots=True)
class Similar:
    """A ticket like another. `place`: 窗口, 大厅 or 单位, the narrowest that is the same; `likeness`: percent."""

    row: TicketRow
    reason: str | None
    kinds: tuple[Kind, ...]
    place: str
    likeness: int

    @property
    def chips(self) -> tuple[str, ...]:
        """Each kind with its reason."""
        said = {Kind.PLACE: f"同一事项同一{self.place}", Kind.WORDS: f"相似 {self.likeness} %"}
        return tuple(said.get(kind, kind.label) for kind in self.kinds)

    @property
    def suspected(self) -> bool:
        """疑似重复."""
        return is_suspected(self.kinds, self.row.state)


@dataclass(frozen=True, slots=True)
class SimilarTickets:
    """The strongest first, then the newest; `more` are not shown; `suspected` counts all that may be the same."""

    found: tuple[Similar, ...]
    more: int = 0
    suspected: int = 0

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.found) + self.more


@dataclass(frozen=True, slots=True)
class _Judged:
    """A candidate, as the query found it, and what was made of it."""

    facts: Any
    kinds: tuple[Kind, ...]
    likeness: int

    @property
    def order(self) -> tuple[Any, ...]:
        return sum(_WEIGHT[kind] for kind in self.kinds), self.likeness, self.facts.opened_at, self.facts.id

    @property
    def suspected(self) -> bool:
        return is_suspected(self.kinds, State(self.facts.state))


def is_suspected(kinds: tuple[Kind, ...], state: State) -> bool:
    """The same case, or the same person about the same thing; one that was put aside itself repeats nothing."""
    same = Kind.CASE in kinds or (Kind.PERSON in kinds and len(kinds) > 1)
    return same and state is not State.REJECTED


def similar_tickets(connection: Connection, ticket_id: int) -> SimilarTickets:
    """What is like this ticket; raises UserError where this person may not see it."""
    found = _facts(connection, {ticket_id})
    if not found:
        raise UserError("没有这张工单，或您无权查看。", code="not_found")
    this = found[0]
    persons = set(
        connection.execute(text("SELECT pd.tickets_of_same_person(:id)"), {"id": ticket_id}).scalars()
    )
    others = _facts(connection, (persons | _candidates(connection, this)) - {ticket_id})
    judged = _judge(this, others, persons)
    return SimilarTickets(
        _shown(connection, this, judged[:SHOWN]),
        max(len(judged) - SHOWN, 0),
        sum(one.suspected for one in judged),
    )


def _facts(connection: Connection, ids: set[int]) -> Sequence[Any]:
    return connection.execute(
        text(f"""
            SELECT t.id, t.state, t.case_number, t.agency_id, t.holder_id, t.item_id, t.opened_at, t.reason,
                   (SELECT hall_id FROM rating r WHERE r.id = t.rating_id) AS hall_id,
                   (SELECT counter_id FROM rating r WHERE r.id = t.rating_id) AS counter_id
            FROM {EACH}"""),
        {"ids": list(ids)},
    ).all()


def _candidates(connection: Connection, this: Any) -> set[int]:
    """Ids of what may be like it: its case; its item and its agency near it in time."""
    liaison = connection.execute(text("SELECT pd.my_group()")).scalar_one() == Group.LIAISON
    values = {
        "case": this.case_number,
        "item": this.item_id,
        "agency": this.agency_id,
        "holders": [this.agency_id, this.holder_id],
        "at": this.opened_at,
        "days": WORDS_DAYS,
        "near": _NEAR,
        "half": COMPARED // 2,
    }
    statements = _OWN if liaison else _ALL
    return {one for said in statements for one in connection.execute(text(said), values).scalars()}


#: A liaison's: the assignments of the own agency alone, nearest in time; no condition on a ticket's text, which the
#: database would ask of every ticket.
_OWN = tuple(
    f"""
    SELECT ticket_id FROM assignment WHERE current AND agency_id = (SELECT pd.my_agency()) AND {when}
    ORDER BY opened_at {direction} LIMIT :half"""
    for when, direction in (
        ("opened_at <= :at AND opened_at > :at - :days * INTERVAL '1 day'", "DESC"),
        ("opened_at > :at AND opened_at < :at + :days * INTERVAL '1 day'", "ASC"),
    )
)
#: An officer's.
_ALL = (
    "SELECT id FROM ticket WHERE case_number = :case LIMIT 50",
    # Whatever the number of tickets, so many are looked through: there is no index by item.
    """
    WITH near AS (
        (SELECT id, item_id, agency_id, opened_at FROM ticket
         WHERE opened_at <= :at AND opened_at > :at - :days * INTERVAL '1 day' ORDER BY opened_at DESC LIMIT :near)
        UNION ALL
        (SELECT id, item_id, agency_id, opened_at FROM ticket
         WHERE opened_at > :at AND opened_at < :at + :days * INTERVAL '1 day' ORDER BY opened_at LIMIT :near))
    SELECT id FROM near WHERE item_id = :item
    ORDER BY agency_id = :agency DESC, greatest(opened_at - :at, :at - opened_at) LIMIT :half""",
    """
    SELECT id FROM ticket
    WHERE holder_id = ANY (:holders) AND opened_at > :at - :days * INTERVAL '1 day'
      AND opened_at < :at + :days * INTERVAL '1 day'
    ORDER BY opened_at DESC LIMIT :half""",
)


def _judge(this: Any, others: Sequence[Any], persons: set[int]) -> list[_Judged]:
    """The candidates that are like it, the strongest first, then the newest."""
    alike = _likenesses(this, others)
    judged = [_Judged(o, _kinds(this, o, persons, alike.get(o.id, 0)), alike.get(o.id, 0)) for o in others]
    return sorted((one for one in judged if one.kinds), key=lambda one: one.order, reverse=True)


def _likenesses(this: Any, others: Sequence[Any]) -> dict[int, int]:
    """How alike the words are, percent, of those that are alike and near in time."""
    words = _words(this)
    choices = {o.id: _words(o) for o in others if _days(this, o) <= WORDS_DAYS}
    comparable = {one: said for one, said in choices.items() if len(said) >= FEWEST_CHARACTERS}
    if len(words) < FEWEST_CHARACTERS or not comparable:
        return {}
    found = process.extract(words, comparable, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=None)
    return {one: int(score) for _, score, one in found}


def _words(facts: Any) -> str:
    return "".join((facts.reason or "").split())


def _days(this: Any, other: Any) -> int:
    return int(abs(this.opened_at - other.opened_at).days)


def _kinds(this: Any, other: Any, persons: set[int], likeness: int) -> tuple[Kind, ...]:
    holds = {
        Kind.CASE: this.case_number is not None and this.case_number == other.case_number,
        Kind.PERSON: other.id in persons,
        Kind.PLACE: this.item_id is not None
        and (this.item_id, this.agency_id) == (other.item_id, other.agency_id)
        and _days(this, other) <= PLACE_DAYS,
        Kind.WORDS: likeness > 0,
    }
    return tuple(kind for kind in Kind if holds[kind])


def _place(this: Any, other: Any) -> str:
    """The narrowest place that both have in common, given that the agency is the same."""
    if this.counter_id is not None and this.counter_id == other.counter_id:
        return "窗口"
    return "大厅" if this.hall_id is not None and this.hall_id == other.hall_id else "单位"


def _shown(connection: Connection, this: Any, judged: Sequence[_Judged]) -> tuple[Similar, ...]:
    ids = [one.facts.id for one in judged]
    found = connection.execute(text(f"{ROW} FROM {EACH}"), {"ids": ids})
    rows = {row.id: row_of(row) for row in found}
    return tuple(
        Similar(rows[j.facts.id], j.facts.reason, j.kinds, _place(this, j.facts), j.likeness) for j in judged
    )
