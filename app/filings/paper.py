"""备案报告: from a filing to the report that is printed. Numbers in texts are masked; nobody who rated is named."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy import Connection

from app.documents.model import (
    RULES,
    Annex,
    Block,
    Column,
    Document,
    EndBlock,
    Heading,
    Paragraph,
    Side,
    Signature,
    Table,
    facts_table,
)
from app.filings.queries import filing
from app.filings.rows import FilingDetail, Line
from app.filings.words import Field, Value, fields, outcome
from app.registry.queries import Body, BodyKind, body
from models.rules.filings import Kind
from models.rules.masking import mask_in_text
from models.rules.people import Group

NAME = "备案报告"
#: Columns whose text is read as a number or a day.
_CENTRED = ("序号", "评价日期", "决定日期", "整改完成", "评价等级")


def document(connection: Connection, number: int) -> Document:
    """The report of a filing. Raises UserError where this person may not see it."""
    return written(filing(connection, number, group=Group.BUREAU), body(connection, BodyKind.CENTRE))


def written(detail: FilingDetail, centre: Body) -> Document:
    """The report, with the centre's name and telephone as they are now."""
    row = detail.row
    return Document(
        title=f"关于报送{row.period}\n{row.subject}的备案报告",
        mark=centre.name,
        number=row.number,
        addressee=row.recipient,
        blocks=(
            Paragraph(_opening(detail)),
            Heading("总体情况"),
            *(Paragraph(said) for said in overall(detail)),
            *_words("有关说明", detail.note),
            *_words("重报说明", detail.explanation or ""),
            Heading("核验信息"),
            facts_table(_seal(detail)),
        ),
        signature=Signature(centre.name, row.filed_on),
        note=f"联系电话：{centre.phone}" if centre.phone else None,
        end=EndBlock((), centre.name, row.filed_on),
        annexes=(Annex(f"{row.title}明细表", (_table(detail),), landscape=True),),
    )


def _opening(detail: FilingDetail) -> str:
    row = detail.row
    you = "你局" if row.recipient.endswith("局") else "你单位"
    if row.kind is Kind.CORRECTIONS:
        about = f"经单位核实、中心决定，{row.period}共修正评价{row.lines:,}条"
        return f"根据{RULES}第二十五条，{about}，现报{you}备案。"
    return f"根据{RULES}第三条，现将{row.period}差评工单整改结果{row.lines:,}件报{you}备案。"


def overall(detail: FilingDetail) -> tuple[str, ...]:
    """The counts of the lines in sentences; they are counted from the lines that are filed."""
    lines = detail.lines
    agencies = Counter(line.said("agency") for line in lines)
    where = f"涉及{len(agencies):,}个单位：{_parts(agencies, '件')}。"
    if detail.row.kind is Kind.CORRECTIONS:
        findings = _parts(Counter(line.finding for line in lines), "条")
        results = _parts(Counter(line.correction for line in lines), "条")
        return f"修正的评价中，{findings}；{results}。", where
    states = _parts(Counter(line.ticket_state for line in lines), "件")
    calls = _parts(Counter(outcome(line) for line in lines), "件")
    return f"整改结果中，{states}。回访情况：{calls}。", where


def _parts(counts: Counter[str], unit: str) -> str:
    return "，".join(f"{name}{number:,}{unit}" for name, number in counts.items())


def _words(title: str, words: str) -> tuple[Block, ...]:
    lines = [line.strip() for line in mask_in_text(words).splitlines() if line.strip()]
    return (Heading(title), *(Paragraph(line) for line in lines)) if lines else ()


def _seal(detail: FilingDetail) -> tuple[tuple[str, str], ...]:
    head = f"第{detail.chain_no:,}环 {detail.chain_hash}" if detail.chain_hash else "报送前没有记录"
    return (
        ("报送内容", f"{detail.row.lines:,}条，报送时冻结"),
        ("内容校验码（SHA-256）", detail.lines_hash),
        ("报送时链头", head),
    )


def _table(detail: FilingDetail) -> Table:
    known = tuple(field for field in fields(detail.row.kind) if field.share)
    columns = tuple(Column(f.title, f.share, _side(f)) for f in known)
    return Table(columns, tuple(_cells(line, known) for line in detail.lines))


def _side(field: Field) -> Side:
    return Side.CENTRE if field.title in _CENTRED else Side.LEFT


def _cells(line: Line, known: tuple[Field, ...]) -> tuple[str, ...]:
    return tuple(_shown(field.value(line)) for field in known)


def _shown(value: Value) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return "—" if value in (None, "") else str(value)
