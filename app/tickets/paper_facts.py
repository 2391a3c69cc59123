"""What papers say of a rating. Contacts are masked."""

from __future__ import annotations

from datetime import datetime

from app.clock import local, local_day
from app.documents.numerals import day
from app.tickets.rows import TicketDetail
from models.rules.masking import mask_in_text
from models.rules.ratings import Platform, Satisfaction


def rating_facts(detail: TicketDetail) -> tuple[tuple[str, str], ...]:
    """The rating as it stands: what papers and the file say of it."""
    row = detail.row
    place = " ".join(filter(None, (row.counter, row.staff)))
    contact = " ".join(filter(None, (detail.contact_name, detail.contact_phone)))
    facts = (
        ("工单编号", row.number or "—"),
        ("办件编号", row.case_number or "—"),
        ("评价事项", row.item or "事项不明"),
        ("评价渠道", Platform(row.platform).label if row.platform else "—"),
        ("被评单位", row.rated_agency),
        ("窗口、人员", place),
        ("评价时间", moment(row.rated_at)),
        ("评价等级", Satisfaction(row.level).label if row.level else "—"),
        ("差评标签", "、".join(words for _, words in detail.label_texts)),
        ("评价原文", mask_in_text(detail.reason or "没有填写")),
        ("评价人", contact or "未留联系方式"),
    )
    return tuple((name, said) for name, said in facts if said)


def moment(when: datetime | None) -> str:
    """2026年11月2日 09:00, in the county's time."""
    if when is None:
        return "—"
    return f"{day(local_day(when))} {local(when):%H:%M}"
