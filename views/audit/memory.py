"""The last verification, kept on this computer and not in the database it speaks about.

Its head is held against the next one: so a cut end and a chain written anew show without any paper.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from PySide6.QtCore import QSettings

from models.rules.audit import Head
from views.audit.work import Verified


@dataclass(frozen=True)
class Remembered:
    """One verification: `first` tells the chain from another one, `why` what was broken, empty if nothing."""

    at: str
    head: str
    first: str
    links: int
    events: int
    why: str

    @property
    def when(self) -> datetime:
        """When it was."""
        return datetime.fromisoformat(self.at)


def recall(database: str) -> Remembered | None:
    """The last verification of the database of that name."""
    kept = QSettings().value(f"audit/{database}")
    try:
        made = Remembered(**{**kept, "links": int(kept["links"]), "events": int(kept["events"])})
        made.when.utcoffset()
    except (KeyError, TypeError, ValueError):
        return None
    return made


def keep(database: str, done: Verified) -> Remembered:
    """Remembers a verification. A broken chain leaves the head that held before."""
    verdict, before = done.verdict, recall(database)
    same = before is not None and before.first == (done.standing.first or "")
    head = str(verdict.head) if verdict.ok or not same or before is None else before.head
    made = Remembered(
        at=done.at.isoformat(),
        head=head,
        first=done.standing.first or "",
        links=verdict.links,
        events=verdict.events,
        why=verdict.broken.why if verdict.broken else "",
    )
    QSettings().setValue(f"audit/{database}", asdict(made))
    return made


def expected(database: str, first: str | None) -> tuple[Head, ...]:
    """The head that the next verification must find, where it is the same chain."""
    before = recall(database)
    if before is None or before.first != (first or ""):
        return ()
    return (Head.read(before.head),)
