"""A figure opened: the filter of its rows, and how many the figure counted."""

from __future__ import annotations

from dataclasses import dataclass

from app.tickets.queries import TicketFilter


@dataclass(frozen=True, slots=True)
class Drill:
    """The reader may see fewer rows than were counted; then the list says how many more there are."""

    filter: TicketFilter
    counted: int
