"""The papers of a ticket: 转办单, 督办通知 and 办理档案, from facts to documents. Contacts are masked on all of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection, text

from app.changes import Changes, Kind
from app.clock import local_day
from app.documents.model import RULES, Document, EndBlock, Heading, Level, Paragraph, Signature, facts_table
from app.documents.numerals import day, paper_number
from app.errors import UserError
from app.registry.queries import body
from app.registry.rows import Body, BodyKind
from app.tickets.case_file import case_file
from app.tickets.detail import ticket
from app.tickets.paper_facts import rating_facts
from app.tickets.rows import TicketDetail
from models.rules.masking import mask_in_text
from models.rules.people import Group


class Paper(StrEnum):
    """A paper of a ticket."""

    DISPATCH = "dispatch"
    SUPERVISION = "supervise"
    FILE = "file"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"dispatch": "转办单", "supervise": "督办通知", "file": "办理档案"}[self.value]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A notice's number, the day it was taken, and the round it belongs to."""

    text: str
    day: date
    round: int
    words: str | None
    days_left: int


def why_not(paper: Paper, detail: TicketDetail, group: Group) -> str | None:
    """Why this person cannot have the paper of this ticket now; None where they can."""
    if paper is Paper.FILE:
        return None
    if group is not Group.OFFICER:
        return f"{paper.label}由中心打印。"
    if paper is Paper.DISPATCH and not any(r.current for r in detail.rounds):
        return "工单没有转办，还没有转办单。"
    if paper is Paper.SUPERVISION and not detail.notices:
        return "工单没有督办过。"
    return None


def number_dispatch(connection: Connection, ticket_id: int) -> Changes:
    """Gives the round's 转办单 its number, once; a command."""
    connection.execute(text("SELECT pd.number_dispatch(:id)"), {"id": ticket_id})
    return Changes(Kind.TICKETS, frozenset({ticket_id}))


def note_out(connection: Connection, pages: int, digest: str) -> None:
    """Notes that a paper was printed or saved: its pages and its sha256; a command."""
    facts = json.dumps({"rows": str(pages), "hash": digest})
    connection.execute(text("SELECT pd.log_export('paper', CAST(:facts AS jsonb))"), {"facts": facts})


def document(connection: Connection, ticket_id: int, paper: Paper, notice: int | None = None) -> Document:
    """The paper; `notice`: which of several, else the latest. Raises UserError where there is none."""
    detail, centre = ticket(connection, ticket_id), body(connection, BodyKind.CENTRE)
    if paper is Paper.FILE:
        return case_file(connection, detail, centre.name)
    numbered = _numbered(connection, ticket_id, paper, notice)
    make = _dispatch if paper is Paper.DISPATCH else _supervision
    return make(detail, centre, numbered)


def _numbered(connection: Connection, ticket_id: int, paper: Paper, notice: int | None) -> Numbered:
    """The number asked for, else the latest of the kind: of the round that runs, or of the last supervision."""
    found = connection.execute(
        text("""
            SELECT p.year, p.number, p.at, p.round, w.text,
                   pd.days_left(a.due_on, pd.local_day(p.at)) AS days_left
            FROM paper p LEFT JOIN event_text w ON w.event_id = p.event_id
            LEFT JOIN assignment a ON a.ticket_id = p.ticket_id AND a.round = p.round AND a.part = 'lead'
            WHERE p.ticket_id = :id AND p.kind = :kind AND p.id = coalesce(:notice, p.id)
            ORDER BY p.id DESC LIMIT 1"""),
        {"id": ticket_id, "kind": paper.value, "notice": notice},
    ).first()
    if found is None:
        raise UserError(f"这张工单还没有{paper.label}。", code="no_paper")
    word = "转办" if paper is Paper.DISPATCH else "督办"
    written = paper_number(word, found.year, found.number)
    return Numbered(written, local_day(found.at), found.round, found.text, found.days_left or 0)


def _dispatch(detail: TicketDetail, centre: Body, numbered: Numbered) -> Document:
    lead, co, due = _holders(detail, numbered.round)
    together = f"，由{'、'.join(co)}协办" if co else ""
    return Document(
        title="政务服务“好差评”差评工单转办单",
        mark=centre.name,
        number=numbered.text,
        addressee=lead,
        blocks=(
            Paragraph(
                f"根据{RULES}第二十三条，现将群众对政务服务的差评一件转请你单位主办{together}。"
                f"整改期限为{day(due)}24时。"
            ),
            Heading("工单情况"),
            facts_table(rating_facts(detail)),
            Heading("办理要求"),
            Paragraph("收到后及时签收；不属于本单位办理的，签收前写明理由退回。", Level.THIRD),
            Paragraph("核实差评情况是否属实、诉求是否合理，查明原因，落实整改措施。", Level.THIRD),
            Paragraph(
                "向评价人反馈办理结果；联系不上的，写明联系的次数。联系方式须写明理由后查阅，不得外传。",
                Level.THIRD,
            ),
            Paragraph(f"整改材料经单位审核人审核后，于{day(due)}前提交中心审核。", Level.THIRD),
        ),
        signature=Signature(centre.name, numbered.day),
        note=_contact(centre),
        end=EndBlock(co, centre.name, numbered.day),
    )


def _supervision(detail: TicketDetail, centre: Body, numbered: Numbered) -> Document:
    lead, co, due = _holders(detail, numbered.round)
    late = f"，至{day(numbered.day)}已超期{-numbered.days_left}个工作日" if numbered.days_left < 0 else ""
    return Document(
        title="政务服务“好差评”差评工单督办通知",
        mark=centre.name,
        number=numbered.text,
        addressee=lead,
        blocks=(
            Paragraph(
                f"你单位主办的差评工单（编号{detail.row.number or '不明'}），整改期限为{day(due)}24时{late}。"
                f"根据{RULES}，现予督办。"
            ),
            Heading("工单情况"),
            facts_table(rating_facts(detail)),
            Heading("督办要求"),
            Paragraph(mask_in_text(numbered.words or "请抓紧办理，按期提交整改材料。")),
        ),
        signature=Signature(centre.name, numbered.day),
        note=_contact(centre),
        end=EndBlock(co, centre.name, numbered.day),
    )


def _holders(detail: TicketDetail, number: int) -> tuple[str, tuple[str, ...], date]:
    """Lead, co-agencies and due day of a round; before a dispatch there are none."""
    mine = [r for r in detail.rounds if r.round == number]
    lead = next((r for r in mine if r.part == "lead"), None)
    if lead is None:
        raise UserError("工单没有转办，没有主办单位可以送达。", code="no_paper")
    return lead.agency, tuple(r.agency for r in mine if r.part == "co"), lead.due_on


def _contact(centre: Body) -> str | None:
    parts = [
        f"联系电话：{centre.phone}" if centre.phone else "",
        f"地址：{centre.address}" if centre.address else "",
    ]
    return "；".join(filter(None, parts)) or None
