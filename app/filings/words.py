"""The columns of what is filed, the same on paper and in the workbook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from app.clock import local_day
from app.filings.rows import Line
from models.rules.callbacks import Outcome
from models.rules.filings import Kind
from models.rules.masking import mask_in_text

#: What stands in a cell: a day stays one, so that a workbook sorts it.
Value = str | int | date | None


@dataclass(frozen=True, slots=True)
class Field:
    """A column: heading, share of the paper's width (0: it is in the workbook only), width there in characters, and
    what stands in it."""

    title: str
    share: int
    width: int
    value: Callable[[Line], Value]


_COMMON = (
    Field("单位", 7, 20, lambda line: line.said("agency")),
    Field("事项", 9, 30, lambda line: line.said("item") or "事项不明"),
    Field("评价日期", 10, 12, lambda line: local_day(line.rated_at) if line.rated_at else None),
    Field("评价等级", 5, 12, lambda line: line.level),
)
_CORRECTIONS = (
    Field("序号", 3, 6, lambda line: line.id),
    Field("申诉编号", 11, 18, lambda line: line.reference),
    *_COMMON,
    Field("单位认定", 5, 12, lambda line: line.finding),
    Field("修正", 7, 16, lambda line: line.correction),
    Field("中心决定", 14, 40, lambda line: mask_in_text(line.said("decided_text"))),
    Field("决定日期", 10, 12, lambda line: line.day("decided_on")),
)
_RECTIFICATIONS = (
    Field("序号", 3, 6, lambda line: line.id),
    Field("工单编号", 9, 20, lambda line: line.reference),
    *_COMMON,
    Field("整改期限", 0, 12, lambda line: line.day("due_on")),
    Field("整改完成", 10, 12, lambda line: line.day("handled_on")),
    Field("整改措施", 14, 40, lambda line: measures(line)),
    Field("状态", 6, 12, lambda line: line.ticket_state),
    Field("回访", 6, 12, lambda line: outcome(line)),
)


def fields(kind: Kind) -> tuple[Field, ...]:
    """The columns of a kind of filing."""
    return _CORRECTIONS if kind is Kind.CORRECTIONS else _RECTIFICATIONS


def measures(line: Line) -> str:
    """The cause and what was done about it."""
    said = (line.said("cause"), line.said("measures"))
    return mask_in_text("：".join(part for part in said if part)) or "没有填写"


def outcome(line: Line) -> str:
    """What the call after the remedy came to."""
    given = line.facts.get("callback")
    return Outcome(given).label if given else "未回访"
