"""What changes figures."""

from __future__ import annotations

from sqlalchemy import Connection, text


def rebuild_tally(connection: Connection) -> tuple[int, int]:
    """Recomputes the tally of every month; returns (months, rows that differed)."""
    answer = connection.execute(text("SELECT pd.rebuild_tally()")).scalar_one()
    return int(answer["months"]), int(answer["changed"])
