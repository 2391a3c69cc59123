"""What statistics say of a period, as frozen rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from app.rankings.queries import GROUPS, Period
from app.tickets.rows import YES, AtClose, Facet, Side, TicketFilter
from models.rules.durations import Spread
from models.rules.rates import FIVE, Rate, RateCounts, Slice
from models.rules.ratings import Platform

#: Tickets are not counted apart by platform in the tally.
PLATFORM_RATES = ("good", "default_good", "participation")
#: Sides whose tickets were slow or sent back, in words.
TROUBLES = {Side.OVERDUE: "超期的", Side.RETURNED: "退回过的", Side.DECLINED: "退单过的"}


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted: a period, and, where given, one group, one agency (by name), one platform.

    `closed`: the months known to be closed, of the period or before; their tickets are those that the close counted.
    """

    period: Period
    group: str | None = None
    agency: str | None = None
    platform: Platform | None = None
    closed: tuple[date, ...] = ()

    def tickets(self, *more: Facet, period: Period | None = None) -> TicketFilter:
        """The tickets that were counted, further told apart by `more`."""
        when, sides = period or self.period, list(more)
        if self.platform is not None:
            sides.append(Facet(Side.PLATFORM, self.platform.value, self.platform.label))
        if self.group is not None:
            sides.append(Facet(Side.GROUP, self.group, GROUPS[self.group]))
        closed = any(when.first <= month <= when.last for month in self.closed)
        return TicketFilter(
            agency=self.agency, month=when.first, last_month=when.last, counted=True, facets=tuple(sides),
            at_close=AtClose.COUNTED if closed else None,
        )  # fmt: skip

    def of(self, side: Side, value: str, name: str) -> TicketFilter:
        """The tickets that a slice counted."""
        return self.tickets(Facet(side, value, name))

    def troubled(self, side: Side) -> TicketFilter:
        """The tickets that were overdue, returned or declined."""
        return self.of(side, YES, TROUBLES[side])


@dataclass(frozen=True, slots=True)
class AgencyRates:
    """The counts of one agency."""

    agency: str
    group: str
    counts: RateCounts


@dataclass(frozen=True, slots=True)
class MonthRates:
    """The counts of one month."""

    month: date
    counts: RateCounts


@dataclass(frozen=True, slots=True)
class StaffRates:
    """The ratings of one staff member, apart from the items' (Art. 5)."""

    staff: str
    agency: str
    counts: RateCounts


@dataclass(frozen=True, slots=True)
class Quiet:
    """Where too little is asked: enough cases, and a participation below that of all (Art. 3)."""

    agency: str
    platform: Platform
    rate: Rate


@dataclass(frozen=True, slots=True)
class Repeated:
    """An item with bad ratings again. `before`: tickets in the periods before, the nearest first."""

    key: str
    name: str
    number: int
    before: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """How long things took, in working days; None where nothing was measured."""

    sign: Spread | None = None
    rectify: Spread | None = None
    report: Spread | None = None


@dataclass(frozen=True, slots=True)
class TicketFigures:
    """What the tickets say that the reader may see; `whole`: that is all of them."""

    number: int
    before: int
    whole: bool
    sides: dict[Side, tuple[Slice, ...]] = field(default_factory=dict)
    repeated: tuple[Repeated, ...] = ()
    times: Times = Times()
    troubles: dict[Side, int] = field(default_factory=dict)

    def slices(self, side: Side) -> tuple[Slice, ...]:
        """The slices of a side: largest first; hours and weekdays in their order."""
        return self.sides.get(side, ())


@dataclass(frozen=True, slots=True)
class Figures:
    """A period in figures. `before`: the period of the same length just before, None where nothing was counted;
    `tickets`: None for who may see none; `small`: below so many, a share says little."""

    scope: Scope
    cutoff: datetime
    closed: tuple[date, ...]
    small: int
    total: RateCounts
    before: RateCounts | None
    agencies: tuple[AgencyRates, ...]
    platforms: tuple[tuple[Platform, RateCounts], ...]
    staff: tuple[StaffRates, ...]
    quiet: tuple[Quiet, ...]
    tickets: TicketFigures | None

    @property
    def rates(self) -> tuple[Rate, ...]:
        """The five, of all that is in scope; of one platform those that platforms have."""
        codes = PLATFORM_RATES if self.scope.platform else (*FIVE, "participation")
        return tuple(self.total.rate(code) for code in codes)
