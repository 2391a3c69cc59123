"""Rows as COPY's text format takes them, and the order of columns of each staging table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

#: Stands for null; a character that no sheet's text holds.
NULL = "\x7f"

COLUMNS: dict[str, tuple[str, ...]] = {
    "staging_rating": (
        "load_id",
        "line",
        "area_code",
        "case_number",
        "target",
        "service_number",
        "rating_number",
        "agency",
        "item",
        "item_code",
        "platform",
        "channel",
        "hall",
        "counter",
        "staff",
        "level",
        "is_default",
        "lacks_reason",
        "labels",
        "reason",
        "rated_at",
        "accepted_at",
        "finished_at",
        "case_type",
        "rater_name",
        "rater_phone",
        "rater_identity",
    ),
    "staging_ticket": (
        "load_id",
        "line",
        "number",
        "case_number",
        "agency",
        "item",
        "platform",
        "level",
        "labels",
        "reason",
        "rated_at",
        "created_at",
        "rater_name",
        "rater_phone",
    ),
    "staging_summary": (
        "load_id",
        "line",
        "month",
        "agency",
        "platform",
        "hall",
        "cases",
        "cases_rated",
        "level_5",
        "level_4",
        "level_3",
        "level_2",
        "level_1",
        "defaults",
    ),
    "staging_case": (
        "load_id",
        "line",
        "area_code",
        "case_number",
        "agency",
        "item",
        "item_code",
        "platform",
        "hall",
        "status",
        "case_type",
        "accepted_at",
        "finished_at",
        "batch_number",
        "theme_number",
    ),
    "staging_registry": ("load_id", "line", "kind", "facts"),
}

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
#: Bytes that COPY or the database would take for something else; tab and new line are counted instead.
_SPECIAL = bytes(b for b in range(0x20) if b not in b"\t\n") + b"\\"


def copy_statement(table: str) -> str:
    """The COPY that takes what `encode` makes."""
    return f"COPY pd.{table} ({', '.join(COLUMNS[table])}) FROM STDIN (NULL '\x7f')"


def written(value: Any) -> str:
    """A value as COPY's text, not yet escaped; naive times are local (+08)."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime):
        return value.isoformat(" ") + "+08"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return array(value)
    return str(value)


def array(codes: Iterable[str]) -> str:
    """An array of codes; anything but letters and digits is left out of each."""
    return "{" + ",".join(re.sub(r"\W", "", code) for code in codes) + "}"


def encode(rows: Sequence[Sequence[str]], width: int) -> bytes:
    """Rows of written values as COPY lines.

    Escaping is done only where a chunk holds something to escape: a look at the whole is far cheaper.
    """
    if not rows:
        return b""
    whole = "\n".join(["\t".join(row) for row in rows])
    lines = whole.encode("utf-8", "replace")
    separators = whole.count("\t") == len(rows) * (width - 1) and whole.count("\n") == len(rows) - 1
    if not separators or len(lines.translate(None, _SPECIAL)) != len(lines):
        whole = "\n".join("\t".join([_escaped(cell) for cell in row]) for row in rows)
        lines = whole.encode("utf-8", "replace")
    return lines + b"\n"


def _escaped(cell: str) -> str:
    if cell == NULL:
        return cell
    clean = _CONTROL.sub("", cell)
    return clean.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
