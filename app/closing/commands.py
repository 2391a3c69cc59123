"""Closing a month and opening it again; the database decides, copies and notes."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, text

from app.changes import Changes, Kind
from app.closing.rows import LONGEST_NOTE
from app.errors import UserError

_CHANGES = Changes(Kind.CLOSING | Kind.TALLY)


def close(connection: Connection, month: date, *, note: str = "") -> Changes:
    """Freezes a month as it stands. Raises UserError: not over yet, closed already, no rule set, no right."""
    if len(note.strip()) > LONGEST_NOTE:
        raise UserError(f"封账说明至多{LONGEST_NOTE}字。", code="refused")
    connection.execute(text("SELECT pd.close_month(:month, :note)"), {"month": month, "note": note})
    return _CHANGES


def reopen(connection: Connection, month: date, *, reason: str) -> Changes:
    """Opens a closed month again. Raises UserError: no reason, not closed, its circular is issued, no right."""
    connection.execute(text("SELECT pd.reopen_month(:month, :reason)"), {"month": month, "reason": reason})
    return _CHANGES
