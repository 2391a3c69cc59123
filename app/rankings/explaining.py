"""Why an agency stands where it stands, and what would win it a rank: in words, each with what stands behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.rankings.queries import RankedRow, RankingView
from app.tickets.queries import AtClose, TicketFilter
from models.rules.lifecycle import State
from models.rules.scoring import AgencyFacts
from models.rules.whatif import Lever, Loss, Step, best_rank, handled, losses, steps

#: Where a ticket stands that is not handled yet.
_OPEN = frozenset({State.PENDING, State.DISPATCHED, State.RECTIFYING, State.SUBMITTED})


@dataclass(frozen=True, slots=True)
class Advice:
    """A way up, in a sentence; `tickets`: the filter of the tickets it speaks of, and how many were counted."""

    text: str
    tickets: TicketFilter | None = None
    counted: int = 0


@dataclass(frozen=True, slots=True)
class Explanation:
    """An agency's place. `above`: the one ranked just above, None for the first; `gap`: points between the two;
    `lost`: points to full marks; `losses`: the same by part."""

    agency: str
    rank: int
    above: RankedRow | None
    gap: Decimal
    lost: Decimal
    losses: tuple[Loss, ...]
    sentences: tuple[str, ...]
    advice: tuple[Advice, ...]


def explain(view: RankingView, agency: str) -> Explanation | None:
    """Why an agency stands where it stands; None for one that is not ranked."""
    row = next((r for r in view.rows if r.score.facts.agency == agency), None)
    if row is None:
        return None
    above = next((r for r in reversed(view.rows) if r.rank < row.rank), None)
    gap = Decimal(0) if above is None else above.score.composite - row.score.composite
    found = losses(row.score, None if above is None else above.score)
    return Explanation(
        agency=agency,
        rank=row.rank,
        above=above,
        gap=gap,
        lost=100 - row.score.composite,
        losses=found,
        sentences=tuple(_sentences(row, above, gap, found)),
        advice=tuple(_advice(view, row)),
    )


def _sentences(
    row: RankedRow, above: RankedRow | None, gap: Decimal, found: tuple[Loss, ...]
) -> Iterator[str]:
    most = max(found, key=lambda loss: loss.lost)
    lost = 100 - row.score.composite
    if not lost:
        yield "各项都是满分。"
    else:
        yield f"离满分差 {lost} 分，其中{most.part.label}差 {most.lost} 分，失分最多。"
    if above is None:
        yield "名次最前，没有排在前面的单位。"
    else:
        name = above.score.facts.agency
        yield f"比第 {above.rank} 名{name}少 {gap} 分：{'，'.join(_compared(found)) or '各项相差都不到 0.01 分'}。"
        if above.score.has_hall != row.score.has_hall:
            yield "两个单位一个有大厅、一个没有，各项权重不同。"


def _compared(found: tuple[Loss, ...]) -> Iterator[str]:
    for loss in sorted(found, key=lambda x: -(x.behind or 0)):
        if loss.behind:
            yield f"{loss.part.short}{'少' if loss.behind > 0 else '多'} {abs(loss.behind)} 分"


def _advice(view: RankingView, row: RankedRow) -> Iterator[Advice]:
    facts = row.score.facts
    # A ticket that waits for its answer comes first, however much of the rest would be the smaller part.
    found = sorted(
        steps(view.facts, facts.agency, view.rules), key=lambda step: step.lever is not Lever.TICKETS
    )
    for step in found:
        tickets = unhandled(view, facts) if step.lever is Lever.TICKETS else None
        yield Advice(_way(view, row, step), tickets, _counted(view, facts) if tickets else 0)
    if row.rank > 1:
        best = best_rank(view.facts, facts.agency, view.rules)
        if not found:
            yield Advice("单靠补齐某一项，名次不会提高。")
        if best is not None and best < row.rank and all(step.best != best for step in found):
            yield Advice(f"各项全部补齐：第 {row.rank} 名 → 第 {best} 名。")


def _way(view: RankingView, row: RankedRow, step: Step) -> str:
    verb = "提交整改" if view.rules.handled_means == "submitted" else "整改"
    done = {
        Lever.TICKETS: f"再{verb} {step.amount} 件差评工单",
        Lever.HALLS: f"再有 {step.amount} 个大厅有主动评价",
        Lever.RATED: f"{step.channel.label if step.channel else ''}再有 {step.amount:,} 件办件被主动评价",
    }[step.lever]
    further = ""
    if step.best < step.rank:
        unit = {Lever.TICKETS: "件", Lever.HALLS: "个", Lever.RATED: "件"}[step.lever]
        further = f"；全部 {step.possible:,} {unit}，第 {step.best} 名"
    return f"{done}：第 {row.rank} 名 → 第 {step.rank} 名{further}。"


def unhandled(view: RankingView, facts: AgencyFacts) -> TicketFilter:
    """The tickets that an agency could still handle.

    Where handing in is enough, a ticket that came back is handled as well, which its state does not tell: then all;
    the close of a month kept it, and tells.
    """
    rectified = view.rules.handled_means == "rectified"
    states = _OPEN if rectified and not view.closed else frozenset[State]()
    return TicketFilter(
        states=states,
        agency=facts.agency,
        month=view.period.first,
        last_month=view.period.last,
        counted=True,
        at_close=(AtClose.UNHANDLED if rectified else AtClose.UNSUBMITTED) if view.closed else None,
    )


def _counted(view: RankingView, facts: AgencyFacts) -> int:
    done, tickets = handled(facts, view.rules)
    told = view.closed or view.rules.handled_means == "rectified"
    return tickets - done if told else tickets
