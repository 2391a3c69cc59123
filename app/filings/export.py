"""The lines of a filing as a workbook: masked, no formula, noted in the log like every list that leaves the house."""

from __future__ import annotations

from pathlib import Path

from app.filings import queries
from app.filings.rows import FilingDetail
from app.filings.words import fields
from app.outfiles import digest, writing
from app.tickets import export as tickets
from app.tickets import sheets
from app.tickets.export import Exported, Opened


def export(space: Opened, path: Path, number: int) -> Exported:
    """Writes all lines of a filing. Raises EnvironmentProblem where it cannot be written."""
    sheets.check_suffix(path)
    with writing(path) as part:
        with space.read() as connection:
            detail = queries.filing(connection, number, group=space.person.group)
        _write(detail, part, path)
        found = digest(part)
        tickets.note(space, "filing", len(detail.lines), found)
    return Exported(path, len(detail.lines), found)


def _write(detail: FilingDetail, part: Path, path: Path) -> None:
    row, known = detail.row, fields(detail.row.kind)
    head = f"，报送时审计链第{detail.chain_no}环 {detail.chain_hash}" if detail.chain_hash else ""
    above = (
        f"{row.number}　{row.title}（依据：{row.kind.article}）",
        f"报送{row.recipient}，{row.filed_on:%Y-%m-%d}，{row.lines} 条，报送时冻结；现为“{row.state.label}”",
        f"内容校验码（SHA-256）{detail.lines_hash}{head}",
    )
    names, widths = [field.title for field in known], [field.width for field in known]
    with sheets.open_sheet(part, path.suffix.lower(), row.kind.label, above, names, widths) as sheet:
        for line in detail.lines:
            sheet.row([field.value(line) for field in known])
