"""Looks at a file, and imports it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, text

from app.cases.queries import CaseDifference, differences
from app.changes import Changes
from app.changes import Kind as Changed
from app.errors import UserError
from app.intake import loading
from app.intake.child import DONE, HEADER, Request
from app.intake.kinds import Kind
from app.intake.notices import import_notice
from app.intake.profiles import named
from app.intake.reading import CANCELLED, Reader
from app.intake.refusals import RefusedRows, check_writable
from app.intake.results import (
    AnswerRow,
    AssessedRow,
    ColumnMapping,
    ImportResult,
    Inspection,
    Progress,
    SheetSeen,
)

_CHANGED = {
    Kind.RATINGS: Changed.RATINGS | Changed.TICKETS | Changed.TALLY | Changed.REGISTRY | Changed.IMPORTS,
    Kind.TICKETS: Changed.TICKETS | Changed.TALLY | Changed.REGISTRY | Changed.IMPORTS,
    Kind.SUMMARY: Changed.TALLY | Changed.REGISTRY | Changed.IMPORTS,
    Kind.CASES: Changed.TALLY | Changed.REGISTRY | Changed.IMPORTS,
    Kind.REGISTRY: Changed.REGISTRY | Changed.TALLY | Changed.IMPORTS,
    Kind.CALENDAR: Changed.CALENDAR | Changed.TICKETS | Changed.IMPORTS,
}

_COUNTS = ("inserted", "updated", "unchanged", "repeated", "refused", "tickets_opened", "tickets_joined")

#: Said of rows of known ratings that name another agency, platform or time than is on file.
UNLIKE = "机构、平台或时间与已有记录不同，保留已有记录"


class Store(Protocol):
    """What an import needs of a workspace."""

    def read(self) -> AbstractContextManager[Connection]:
        """A connection to read with."""

    def write(self) -> AbstractContextManager[Connection]:
        """A transaction."""


class _TakenBackError(Exception):
    """Ends the transaction of a dry run without keeping anything."""


def inspect(
    path: Path, *, profile: str | None = None, cancelled: Callable[[], bool] | None = None
) -> Inspection:
    """Recognises a file without loading it. Raises UserError."""
    _check_profile(profile)
    with Reader(Request(str(path), 0, profile, look_only=True), cancelled) as reader:
        header = next(facts for frame, facts in reader.frames() if frame == HEADER)
    return Inspection(
        Kind(header["kind"]),
        header["profile"],
        header["profile_label"],
        tuple(map(_sheet_seen, header["sheets"])),
    )


def read_answers(path: Path, *, cancelled: Callable[[], bool] | None = None) -> tuple[AnswerRow, ...]:
    """The lines of a file that 12345 returned. Raises UserError."""
    with Reader(Request(str(path), 0, answers=True), cancelled) as reader:
        found = next(facts for frame, facts in reader.frames() if frame == DONE)
    return tuple(AnswerRow(**line | {"closed_on": _day(line["closed_on"])}) for line in found)


def read_assessed(path: Path, *, cancelled: Callable[[], bool] | None = None) -> tuple[AssessedRow, ...]:
    """The lines of a third party's file of assessed values. Raises UserError."""
    with Reader(Request(str(path), 0, assessed=True), cancelled) as reader:
        found = next(facts for frame, facts in reader.frames() if frame == DONE)
    return tuple(AssessedRow(**line) for line in found)


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _sheet_seen(sheet: Mapping[str, Any]) -> SheetSeen:
    return SheetSeen(
        sheet["name"],
        sheet["row"],
        sheet["rows"],
        tuple(sheet["texts"]),
        tuple(ColumnMapping(*column) for column in sheet["columns"]),
        tuple(sheet["unmapped"]),
        tuple(tuple(row) for row in sheet["first_rows"]),
    )


def load(
    workspace: Store,
    path: Path,
    *,
    profile: str | None = None,
    complete: bool = True,
    dry_run: bool = False,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    refused_to: Path | None = None,
) -> ImportResult:
    """Imports a file in one transaction; a dry run gives the same result and keeps nothing.

    `complete` (全量): the file holds all ratings of its months and agencies. `refused_to`: where the workbook
    of refused rows goes; it is written where the file is accepted and rows were refused. Raises UserError
    where the file is refused as a whole or the import is cancelled: then nothing has changed.
    """
    _check_profile(profile)
    if refused_to is not None:
        check_writable(refused_to)
    load_id = secrets.randbits(62)
    refused = RefusedRows(keep_all=refused_to is not None)
    first_month = _first_month(workspace)
    request = Request(str(path), load_id, profile, first_month, all_refused=refused_to is not None)
    with Reader(request, cancelled) as reader:
        arrival = loading.arrive(path, load_id, reader, refused, progress or (lambda _: None))
        counts = _in_transaction(workspace, arrival, complete=complete, dry_run=dry_run, cancelled=cancelled)
    if refused_to is not None and refused.first:
        refused.write(refused_to, {sheet["name"]: sheet["texts"] for sheet in arrival.header["sheets"]})
    return _result(arrival, counts, dry_run=dry_run)


def _check_profile(profile: str | None) -> None:
    if profile is not None:
        named(profile)


def _first_month(workspace: Store) -> date | None:
    with workspace.read() as connection:
        found: date | None = connection.scalar(text("SELECT min(effective_from) FROM pd.rule_set"))
    return found


def _in_transaction(
    workspace: Store,
    arrival: loading.Arrival,
    *,
    complete: bool,
    dry_run: bool,
    cancelled: Callable[[], bool] | None,
) -> dict[str, Any]:
    counts: dict[str, Any] = {}
    try:
        with workspace.write() as connection:
            if arrival.kind is Kind.CALENDAR:
                counts = import_notice(connection, arrival)
            else:
                counts = loading.load(connection, arrival, complete=complete)
            if arrival.kind in (Kind.CASES, Kind.SUMMARY):
                counts["differences"] = _differences(connection, counts["batch"])
            if cancelled is not None and cancelled():
                raise UserError(CANCELLED, code="cancelled")
            if dry_run:
                raise _TakenBackError
    except _TakenBackError:
        pass
    return counts


def _differences(connection: Connection, batch: int) -> tuple[CaseDifference, ...]:
    """Where the months of a batch have cases in detail and in summary, and these disagree."""
    months = text("SELECT months FROM pd.import_batch WHERE id = :batch")
    return differences(connection, connection.execute(months, {"batch": batch}).scalar_one())


def _result(arrival: loading.Arrival, counts: Mapping[str, Any], *, dry_run: bool) -> ImportResult:
    found = arrival.found
    warnings = dict(found["warnings"])
    if counts.get("unlike"):
        warnings[UNLIKE] = counts["unlike"]
    return ImportResult(
        kind=arrival.kind,
        rows=found["rows"],
        **{name: counts.get(name, 0) for name in _COUNTS},
        refusals=tuple(arrival.refused.first),
        refused_by_agency=dict(found["refused_by_agency"]),
        warnings=warnings,
        moved=tuple(counts.get("moved", ())),
        days=tuple(counts.get("days", ())),
        differences=tuple(counts.get("differences", ())),
        changes=Changes() if dry_run else Changes(_CHANGED[arrival.kind]),
        profile=arrival.header["profile"],
        dry_run=dry_run,
    )
