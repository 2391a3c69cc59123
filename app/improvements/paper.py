"""限期整改通知: from an order to the document that is printed. Contacts are masked."""

from __future__ import annotations

from sqlalchemy import Connection

from app.documents.model import (
    RULES,
    Block,
    Document,
    EndBlock,
    Heading,
    Level,
    Paragraph,
    Signature,
    facts_table,
)
from app.documents.numerals import day
from app.improvements import words
from app.improvements.queries import OrderDetail, order
from app.registry.queries import Body, BodyKind, body
from models.rules.improvements import Figures
from models.rules.masking import mask_in_text

NAME = "限期整改通知"


def document(connection: Connection, order_id: int) -> Document:
    """The notice of an order. Raises UserError where this person may not see it."""
    return written(order(connection, order_id), body(connection, BodyKind.CENTRE))


def written(detail: OrderDetail, centre: Body) -> Document:
    """The notice, with the centre's name and telephone as they are now."""
    row = detail.row
    demands = [line.strip() for line in mask_in_text(detail.proposal).splitlines() if line.strip()]
    return Document(
        title=f"关于{row.subject}的限期整改通知",
        mark=centre.name,
        number=row.number,
        addressee=row.agency,
        blocks=(
            Paragraph(_opening(detail)),
            *_basis(detail),
            Heading("整改要求"),
            *(Paragraph(line, Level.THIRD if len(demands) > 1 else None) for line in demands),
            Heading("整改期限"),
            Paragraph(
                f"自{day(row.issued_on)}起{len([d for d in detail.days if d.counts])}个工作日，至{day(row.due_on)}24时。"
                "请在期限内书面报告整改情况，由中心核查。"
            ),
        ),
        signature=Signature(centre.name, row.issued_on),
        note=f"联系电话：{centre.phone}" if centre.phone else None,
        end=EndBlock((), centre.name, row.issued_on),
    )


def _opening(detail: OrderDetail) -> str:
    guide = "《政务服务评价工作指南》（GB/T 39735-2020）"
    if detail.row.staff:
        return f"根据{RULES}和{guide}8.2，现就你单位窗口人员{detail.row.staff}的服务评价问题，要求限期整改。"
    about = f"办理“{detail.row.item}”" if detail.row.item else "政务服务"
    return f"根据{RULES}和{guide}8.1.2，现就你单位{about}的差评问题，要求限期整改。"


def _basis(detail: OrderDetail) -> tuple[Block, ...]:
    if detail.basis is None:
        return ()
    return Heading("有关情况"), facts_table(_facts(detail.basis, detail))


def _facts(basis: Figures, detail: OrderDetail) -> tuple[tuple[str, str], ...]:
    facts = (
        ("统计时段", words.months(basis.first, basis.last)),
        ("窗口人员", detail.row.staff) if detail.row.staff else ("事项", detail.row.item or "全部事项"),
        ("评价条数", f"{basis.ratings:,}" if basis.ratings else "没有评价数据"),
        ("差评条数", f"{basis.bad:,}" if basis.ratings else ""),
        ("差评率", f"{basis.bad_rate}%（差评条数÷评价条数）" if basis.ratings else ""),
        ("差评工单", f"{basis.tickets:,} 件"),
        ("反映较多的", words.labelled(basis, detail.labels)),
    )
    return tuple((name, said) for name, said in facts if said)
