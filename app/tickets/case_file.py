"""办理档案: all that is on record of a ticket, on paper, for whoever may see it on screen."""

from __future__ import annotations

from sqlalchemy import Connection, text

from app.clock import local, local_day
from app.documents.model import Block, Column, Document, Heading, Level, Paragraph, Side, Table, facts_table
from app.documents.numerals import chinese, day
from app.tickets.attachments import AttachmentRow
from app.tickets.contributions import Contribution
from app.tickets.paper_facts import moment, rating_facts
from app.tickets.rows import Clock, RectificationRow, Round, TicketDetail
from models.rules.masking import mask_in_text
from models.rules.ratings import Satisfaction

_ROUNDS = (
    Column("轮次", 4, Side.CENTRE),
    Column("单位", 8),
    Column("主协办", 4, Side.CENTRE),
    Column("收到", 6, Side.CENTRE),
    Column("到期", 6, Side.CENTRE),
    Column("结束", 8),
)
_TIME_LINE = (Column("时间", 8), Column("办理人", 5), Column("事项", 6), Column("内容", 13))
_CLOCKS = (Column("期限", 6), Column("起算日", 7), Column("到期日", 7), Column("说明", 8))
_RATINGS = (Column("时间", 8), Column("等级", 6), Column("原文", 14))
_CONTRIBUTIONS = (Column("协办单位", 6), Column("提供时间", 6), Column("协办意见", 10), Column("附件", 6))
_FILES = (Column("文件", 14), Column("单位", 7), Column("时间", 7))


def case_file(connection: Connection, detail: TicketDetail, centre: str) -> Document:
    """The file as it stands now, with the head of the log's chain, by which it can be checked later."""
    printed = connection.execute(
        text("""
            SELECT pd.now() AS at, (SELECT name FROM app_user WHERE login = session_user) AS name,
                   pd.audit_head() AS head""")
    ).one()
    head = printed.head
    blocks: tuple[Block, ...] = (
        Heading("评价情况"),
        facts_table((*rating_facts(detail), ("当前状态", detail.row.state.label))),
        *_ratings(detail),
        *_rounds(detail.rounds),
        *_rectifications(detail.rectifications),
        *_contributions(detail.contributions),
        *_files(detail.attachments),
        *_clocks(detail.clocks),
        Heading("办理过程"),
        Table(_TIME_LINE, tuple(_entry(e) for e in detail.time_line)),
        Paragraph(
            f"{printed.name}于{moment(printed.at)}从{centre}好差评工作台打印，联系方式已遮蔽。"
            f"日志链第{head['no']}环，散列{head['hash'][:16]}。"
        ),
    )
    return Document(title="政务服务“好差评”差评工单办理档案", blocks=blocks)


def _entry(entry: object) -> tuple[str, ...]:
    at, name, action, words = (getattr(entry, part) for part in ("at", "actor_name", "action", "text"))
    return f"{local_day(at):%Y-%m-%d} {local(at):%H:%M}", name, action, mask_in_text(words or "")


def _ratings(detail: TicketDetail) -> tuple[Block, ...]:
    """What the province corrected and what was added (Art. 21), where there is any."""
    rows = [(r.at, r.level, r.reason) for r in detail.revisions]
    rows += [(f.rated_at, f.level, f.reason) for f in detail.follow_ups]
    if not rows:
        return ()
    told = tuple(
        (moment(at), Satisfaction(level).label if level else "—", mask_in_text(reason or ""))
        for at, level, reason in rows
    )
    return Heading("更正和追加评价"), Table(_RATINGS, told)


def _rounds(rounds: tuple[Round, ...]) -> tuple[Block, ...]:
    if not rounds:
        return Heading("转办和承办"), Paragraph("尚未转办。")
    rows = tuple(_round(r) for r in sorted(rounds, key=lambda r: (r.round, r.part != "lead")))
    return Heading("转办和承办"), Table(_ROUNDS, rows)


def _round(part: Round) -> tuple[str, ...]:
    ended = "在办"
    if part.ended_at is not None:
        used = f"，用时{part.used_days}个工作日" if part.used_days is not None else ""
        ended = f"{local_day(part.ended_at)} {part.ended_by or ''}{used}"
    return (
        f"第{chinese(part.round)}轮" if part.round < 100 else str(part.round),
        part.agency,
        "主办" if part.part == "lead" else "协办",
        f"{part.received_on}",
        f"{part.due_on}",
        ended,
    )


def _rectifications(submitted: tuple[RectificationRow, ...]) -> tuple[Block, ...]:
    """Every submission, the first one first."""
    if not submitted:
        return ()
    blocks: list[Block] = [Heading("整改材料")]
    for row in reversed(submitted):
        blocks.append(Heading(f"{moment(row.submitted_at)}提交", Level.SECOND))
        blocks.append(facts_table(_rectification(row)))
    return tuple(blocks)


def _rectification(row: RectificationRow) -> tuple[tuple[str, str], ...]:
    cause = f"{row.cause_text}：{row.cause}" if row.cause_text else row.cause
    return (
        ("差评情况", "属实" if row.found_true else "不属实"),
        ("评价诉求", "合理" if row.found_reasonable else "不合理"),
        ("原因", mask_in_text(cause)),
        ("整改措施", mask_in_text(row.measures)),
        ("向评价人反馈", mask_in_text(row.feedback)),
        ("单位审核人", row.reviewed_by),
    )


def _contributions(parts: tuple[Contribution, ...]) -> tuple[Block, ...]:
    """What each co-agency said, the first round first; one that said nothing is named as such."""
    if not parts:
        return ()
    rows = tuple(
        (
            c.agency,
            f"{c.by} {moment(c.at)}" if c.at is not None else "—",
            mask_in_text(c.text) if c.given else "未提供",
            "、".join(f.name for f in c.files) or "—",
        )
        for c in sorted(parts, key=lambda c: c.round)
    )
    return Heading("协办意见"), Table(_CONTRIBUTIONS, rows)


def _files(files: tuple[AttachmentRow, ...]) -> tuple[Block, ...]:
    if not files:
        return ()
    rows = tuple((f.name, f.agency, f"{local_day(f.added_at)}") for f in files)
    return Heading("附件清单"), Table(_FILES, rows)


def _clocks(clocks: tuple[Clock, ...]) -> tuple[Block, ...]:
    if not clocks:
        return ()
    rows = tuple((c.name, day(c.start), day(c.due), _about(c)) for c in clocks)
    return Heading("期限"), Table(_CLOCKS, rows)


def _about(clock: Clock) -> str:
    counted = f"{sum(d.counts for d in clock.days)}个工作日"
    return f"{counted}，暂定" if clock.provisional else counted
