"""The tables, one module a domain (SQLAlchemy 2, typed). Importing the package loads them all."""

from models.tables.appeals import (
    Appeal,
    AppealAdmission,
    AppealFile,
    AppealStep,
    AppealTransition,
    Correction,
)
from models.tables.assessments import Assessment, ImprovementOrder, ImprovementStep, IndicatorWeights
from models.tables.audit import Event, EventLink, EventQueue, EventText, Reveal
from models.tables.base import SCHEMA, Base
from models.tables.calendar import CalendarDay, CalendarYear, LocalDay, RuleSetRow
from models.tables.callbacks import Callback, CallbackSample, CallbackTry
from models.tables.cases import CaseCover, ServiceCase, StagingCase
from models.tables.circulars import Circular, CircularFile, CircularTemplate
from models.tables.closing import (
    ClosedAgency,
    ClosedStaff,
    ClosedTally,
    ClosedTicket,
    ClosedTicketCount,
    MonthClose,
)
from models.tables.filings import (
    Accountability,
    Filing,
    FilingLine,
    FilingStep,
    Referral,
    ReferralStep,
)
from models.tables.instance import Instance
from models.tables.intake import (
    ImportBatch,
    RatingCover,
    StagingRating,
    StagingRegistry,
    StagingSummary,
    StagingTicket,
)
from models.tables.lists import FilterNotice, Looking, SavedFilter
from models.tables.material import Attachment, AttachmentContent, AttachmentPart, CauseCode
from models.tables.papers import Body, Paper
from models.tables.people import AppUser, PersonRequest, PersonRequestSecret
from models.tables.ratings import LabelCode, Rater, Rating, RatingRevision
from models.tables.registry import Agency, Counter, Hall, ResponsibleOffice, ServiceItem, StaffMember
from models.tables.suggestions import (
    Suggestion,
    SuggestionContact,
    SuggestionStep,
    SuggestionTransition,
)
from models.tables.tally import SummaryCount, Tally, TallyCase, TallyStaff, TallyTicket
from models.tables.tickets import (
    Assignment,
    Change,
    CommandLog,
    Rectification,
    Ticket,
    TicketRevision,
    TicketTransition,
)

__all__ = [
    "SCHEMA",
    "Accountability",
    "Agency",
    "AppUser",
    "Appeal",
    "AppealAdmission",
    "AppealFile",
    "AppealStep",
    "AppealTransition",
    "Assessment",
    "Assignment",
    "Attachment",
    "AttachmentContent",
    "AttachmentPart",
    "Base",
    "Body",
    "CalendarDay",
    "CalendarYear",
    "Callback",
    "CallbackSample",
    "CallbackTry",
    "CaseCover",
    "CauseCode",
    "Change",
    "Circular",
    "CircularFile",
    "CircularTemplate",
    "ClosedAgency",
    "ClosedStaff",
    "ClosedTally",
    "ClosedTicket",
    "ClosedTicketCount",
    "CommandLog",
    "Correction",
    "Counter",
    "Event",
    "EventLink",
    "EventQueue",
    "EventText",
    "Filing",
    "FilingLine",
    "FilingStep",
    "FilterNotice",
    "Hall",
    "ImportBatch",
    "ImprovementOrder",
    "ImprovementStep",
    "IndicatorWeights",
    "Instance",
    "LabelCode",
    "LocalDay",
    "Looking",
    "MonthClose",
    "Paper",
    "PersonRequest",
    "PersonRequestSecret",
    "Rater",
    "Rating",
    "RatingCover",
    "RatingRevision",
    "Rectification",
    "Referral",
    "ReferralStep",
    "ResponsibleOffice",
    "Reveal",
    "RuleSetRow",
    "SavedFilter",
    "ServiceCase",
    "ServiceItem",
    "StaffMember",
    "StagingCase",
    "StagingRating",
    "StagingRegistry",
    "StagingSummary",
    "StagingTicket",
    "Suggestion",
    "SuggestionContact",
    "SuggestionStep",
    "SuggestionTransition",
    "SummaryCount",
    "Tally",
    "TallyCase",
    "TallyStaff",
    "TallyTicket",
    "Ticket",
    "TicketRevision",
    "TicketTransition",
]
