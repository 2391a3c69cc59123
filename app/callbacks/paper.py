"""回访抽样单: what a sample was drawn from, by which seed and method, so that anybody can draw it again. No contacts."""

from __future__ import annotations

from sqlalchemy import Connection

from app.callbacks.rows import SampleDetail, SampleLine
from app.callbacks.samples import sample
from app.clock import local, local_day
from app.documents.model import (
    RULES,
    Block,
    Column,
    Document,
    Heading,
    Paragraph,
    Side,
    Signature,
    Table,
    facts_table,
)
from app.documents.numerals import day
from app.registry.queries import Body, BodyKind, body

NAME = "回访抽样单"
#: Tickets of the stock that are printed one by one; of more only the drawn.
_MOST = 500
#: Digits of a hash that are printed.
_DIGITS = 16


def document(connection: Connection, sample_id: int) -> Document:
    """The sheet of a sample. Raises UserError where this person may not see it."""
    return written(sample(connection, sample_id), body(connection, BodyKind.CENTRE))


def written(detail: SampleDetail, centre: Body) -> Document:
    """The sheet, with the centre's name as it is now."""
    row = detail.row
    return Document(
        title=f"{row.agency}{row.month.year}年{row.month.month}月差评整改回访抽样单",
        blocks=(
            Paragraph(f"根据{RULES}第二十四条，对{row.agency}已整改的差评工单随机抽样回访。"),
            Heading("抽样情况"),
            facts_table(_facts(detail)),
            Heading("抽中的工单"),
            _table([line for line in detail.lines if line.drawn]),
            *_rest(detail),
            Heading("核对办法"),
            Paragraph(
                f"对全体工单逐一计算 SHA-256（种子、半角冒号、内部编号依次相连），按散列值由小到大取前{row.drawn}件。"
                "用同一种子和全体名单重新计算，结果相同。"
            ),
        ),
        signature=Signature(centre.name, local_day(row.drawn_at)),
    )


def _facts(detail: SampleDetail) -> tuple[tuple[str, str], ...]:
    row = detail.row
    whole = "，不足抽样数，全部抽中" if row.whole and row.size is not None and row.size > row.stock else ""
    return (
        ("单位", row.agency),
        ("月份", f"{row.month.year}年{row.month.month}月"),
        ("可抽工单", f"{row.stock:,} 件"),
        ("抽样数", row.asked),
        ("抽中", f"{row.drawn:,} 件{whole}"),
        ("随机种子", row.seed),
        ("抽样方法", row.method),
        ("抽样人", row.drawn_by),
        ("抽样时间", f"{day(local_day(row.drawn_at))} {local(row.drawn_at):%H:%M}"),
    )


def _rest(detail: SampleDetail) -> tuple[Block, ...]:
    rest = [line for line in detail.lines if not line.drawn]
    if not rest:
        return ()
    if len(rest) > _MOST:
        return (Paragraph(f"未抽中的工单{len(rest):,}件，名单存于系统。"),)
    return Heading("未抽中的工单"), _table(rest)


def _table(lines: list[SampleLine]) -> Table:
    columns = (
        Column("次序", 4, Side.RIGHT), Column("工单编号", 13), Column("事项", 17), Column("内部编号", 7, Side.RIGHT),
        Column(f"散列值前{_DIGITS}位", 12), Column("回访", 7),
    )  # fmt: skip
    return Table(columns, tuple(_cells(line) for line in lines))


def _cells(line: SampleLine) -> tuple[str, ...]:
    stands = line.stand.label if line.stand else "—"
    return (
        str(line.place), line.number or "—", line.item or "事项不明", str(line.id), line.hash[:_DIGITS], stands,
    )  # fmt: skip
