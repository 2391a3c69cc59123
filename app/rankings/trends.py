"""Rankings month after month: what a trend and a heat map show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.clock import next_month
from app.rankings.queries import History
from models.rules.scoring import Score, rank


@dataclass(frozen=True, slots=True)
class Cell:
    """How an agency stood in a month: its rank, and the score with what it was counted from."""

    rank: int
    score: Score

    @property
    def composite(self) -> Decimal:
        """The score as shown."""
        return self.score.composite

    @property
    def small_sample(self) -> bool:
        """Whether it rests on few ratings."""
        return self.score.small_sample


@dataclass(frozen=True, slots=True)
class Grid:
    """A group's months, oldest first. `cells`: (agency, month) → how it stood, nothing where it was not ranked."""

    group: str
    months: tuple[date, ...]
    agencies: tuple[str, ...]
    cells: Mapping[tuple[str, date], Cell]
    closed: frozenset[date]

    def line(self, agency: str) -> tuple[Cell | None, ...]:
        """An agency month by month."""
        return tuple(self.cells.get((agency, month)) for month in self.months)


def grid(history: History, group: str) -> Grid:
    """Each month of the history ranked by its own rules; agencies in the standing order of the last month."""
    months = tuple(_months(history.span.first, history.span.last))
    cells: dict[tuple[str, date], Cell] = {}
    agencies: dict[str, None] = dict.fromkeys(
        f.agency for f in history.counted.facts(months[-1], months[-1], group)
    )
    for month in reversed(months):
        if (rules := history.rules(month)) is None:
            continue
        for row in rank(history.counted.facts(month, month, group), rules).rows:
            agencies.setdefault(row.score.facts.agency)
            cells[row.score.facts.agency, month] = Cell(row.rank, row.score)
    return Grid(group, months, tuple(agencies), cells, frozenset(history.counted.closed))


def _months(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first = next_month(first)
