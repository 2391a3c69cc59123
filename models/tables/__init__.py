"""The tables, one module a domain (SQLAlchemy 2, typed). Importing the package loads them all."""

from models.tables.base import SCHEMA, Base
from models.tables.calendar import CalendarDay, CalendarYear, RuleSetRow
from models.tables.instance import Instance
from models.tables.intake import (
    ImportBatch,
    RatingCover,
    StagingRating,
    StagingRegistry,
    StagingSummary,
    StagingTicket,
)
from models.tables.people import AppUser
from models.tables.ratings import LabelCode, Rater, Rating, RatingRevision
from models.tables.registry import Agency, Counter, Hall, ResponsibleOffice, ServiceItem, StaffMember
from models.tables.tally import SummaryCount, Tally, TallyStaff, TallyTicket
from models.tables.tickets import (
    Assignment,
    Change,
    CommandLog,
    Event,
    EventText,
    Rectification,
    Ticket,
    TicketTransition,
)

__all__ = [
    "SCHEMA",
    "Agency",
    "AppUser",
    "Assignment",
    "Base",
    "CalendarDay",
    "CalendarYear",
    "Change",
    "CommandLog",
    "Counter",
    "Event",
    "EventText",
    "Hall",
    "ImportBatch",
    "Instance",
    "LabelCode",
    "Rater",
    "Rating",
    "RatingCover",
    "RatingRevision",
    "Rectification",
    "ResponsibleOffice",
    "RuleSetRow",
    "ServiceItem",
    "StaffMember",
    "StagingRating",
    "StagingRegistry",
    "StagingSummary",
    "StagingTicket",
    "SummaryCount",
    "Tally",
    "TallyStaff",
    "TallyTicket",
    "Ticket",
    "TicketTransition",
]
