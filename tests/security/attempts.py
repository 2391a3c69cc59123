"""An attempt: who types what, and how it ends. Nothing may change by it, and nothing hidden may be shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import psycopg

from tests.security.county import County, hidden_from

#: How an attempt ends that is let through: what it reads is empty, zero or false.
NOTHING = "nothing"
#: … that is let through and shows something of its own, such as a plan or a catalogue.
HARMLESS = "harmless"
#: SQLSTATEs by name.
DENIED, RULE, STALE, NO_RIGHT = "42501", "PD001", "PD002", "PD003"


@dataclass(frozen=True)
class Attempt:
    """`statements` are typed one after the other in one session; `ends`: the first SQLSTATE, or as above."""

    who: str
    name: str
    ends: str
    statements: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.who}: {self.name}"


@dataclass
class Seen:
    """What came back over one session: rows, notices, errors with all their parts."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    error: psycopg.Error | None = None

    @property
    def ending(self) -> str:
        """The first error's SQLSTATE, else whether the last rows told anything."""
        if self.error is not None:
            return self.error.sqlstate or "connection"
        return NOTHING if not any(any(row) for row in self.rows) else HARMLESS


def attempts(who: str, ends: str, **named: str | tuple[str, ...]) -> list[Attempt]:
    """Attempts of one person that end alike: name → what is typed."""
    return [
        Attempt(who, name.replace("_", " "), ends, (typed,) if isinstance(typed, str) else typed)
        for name, typed in named.items()
    ]


def typed(county: County, who: str, *statements: str) -> Seen:
    """Types statements as somebody who goes on after an error."""
    seen = Seen()
    with psycopg.connect(county.database.conninfo(who), autocommit=True) as connection:
        connection.add_notice_handler(lambda said: _keep(seen, said))
        for statement in statements:
            try:
                seen.rows = _answer(connection, county.fill(statement))
                seen.words += [repr(seen.rows)]
            except psycopg.Error as error:
                seen.error = seen.error or error
                _keep(seen, error.diag)
    return seen


def check(county: County, attempt: Attempt) -> None:
    """Carries an attempt out and proves that it came to nothing."""
    county.note_the_server()
    seen = typed(county, attempt.who, *attempt.statements)
    changed = county.changed()
    assert not changed, f"{attempt} changed {changed}"
    told = " ".join(seen.words)
    asked = " ".join(attempt.statements)
    leaked = [word for word in hidden_from(attempt.who) if word in told and word not in asked]
    assert not leaked, f"{attempt} showed {leaked}"
    good = (NOTHING, HARMLESS) if attempt.ends == HARMLESS else (attempt.ends,)
    assert seen.ending in good, f"{attempt} ended with {seen.ending}: {seen.error or seen.rows}"


def _answer(connection: psycopg.Connection[Any], statement: str) -> list[tuple[Any, ...]]:
    if statement.startswith("COPY") and "STDOUT" in statement:
        with connection.cursor().copy(statement) as copy:  # type: ignore[arg-type]
            return [(bytes(part).decode(),) for part in copy]
    if statement.startswith("COPY") and "STDIN" in statement:
        with connection.cursor().copy(statement) as copy:  # type: ignore[arg-type]
            copy.write(b"")
        return []
    cursor = connection.execute(statement)  # type: ignore[arg-type]
    return cursor.fetchall() if cursor.description else []


def _keep(seen: Seen, said: psycopg.errors.Diagnostic) -> None:
    seen.words += [
        part for part in (said.message_primary, said.message_detail, said.message_hint, said.context) if part
    ]
