"""What the auditor's page shows of the log, as frozen rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from models.rules.audit import Head, Verdict
from models.rules.events import Matter


@dataclass(frozen=True, slots=True)
class EventFilter:
    """All given conditions hold at once. `actor`: a login; `since`, `until`: local days, both included;
    `ticket`: a ticket's id; `search`: words for names, actions, numbers and facts."""

    matter: Matter | None = None
    action: str | None = None
    actor: str | None = None
    since: date | None = None
    until: date | None = None
    ticket: int | None = None
    search: str = ""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line of the log. `subject`: what it was done to; `particulars`: the rest in one line; `link`: the
    number of the link that holds it, None where none is found."""

    id: int
    at: datetime
    actor: str
    name: str
    action: str
    what: str
    ticket: int | None
    subject: str
    particulars: str
    link: int | None


@dataclass(frozen=True, slots=True)
class EventPage:
    """Rows, newest first, and the id after which the next page begins, None at the end."""

    rows: tuple[EventRow, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class Particular:
    """One fact of an event in words; a `digest` is long and says nothing to a person."""

    name: str
    text: str
    digest: bool = False


@dataclass(frozen=True, slots=True)
class LinkRow:
    """The link that holds an event, with how many others."""

    no: int
    at: datetime
    events: int
    digest: str
    hash: str


@dataclass(frozen=True, slots=True)
class EventDetail:
    """One event whole. `words`: what was written with it, where the reader may see it; `words_hold`: whether
    they are still those whose hash the event keeps, None without words."""

    row: EventRow
    particulars: tuple[Particular, ...]
    words: str | None
    words_hold: bool | None
    link: LinkRow | None


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person to look for in the log, also one who was disabled."""

    login: str
    name: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the chain stands: its head, and the first link's hash, by which a chain is known from another."""

    head: Head
    first: str | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a walk is: a stage in Chinese, what is done, of how many."""

    stage: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written: its sha256, and what a reading of it found."""

    path: Path
    sha256: str
    verdict: Verdict
