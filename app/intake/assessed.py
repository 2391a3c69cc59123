"""Assessed values of a third party, as its file says them (Guide annex A); read in the child process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app.errors import UserError
from app.intake import cells
from app.intake.lines import Layout
from app.intake.workbooks import OpenSheet

#: Values in one file: as many as can be entered at once.
MOST = 5_000
LAYOUT = Layout(
    headings={
        "agency": "单位 单位名称 被评单位 被评价单位 机构 机构名称 镇街 部门",
        "indicator": "指标 指标编号 指标名称 评价指标 三级指标",
        "period": "时段 评价时段 期间 评价期间 考核期 月份 评价月份",
        "value": "评价值 得分 分值 评分 分数 指标值",
        "numerator": "分子",
        "denominator": "分母",
        "evidence": "评价依据 依据 佐证 证据 说明 评价说明",
        "assessor": "评价人 评价机构 评价人或机构 第三方机构 机构人员 评估机构 评估人",
    },
    is_heading=lambda known: (
        {"agency", "indicator", "period"} <= known and bool(known & {"value", "numerator"})
    ),
    unknown=UserError(
        "这不像第三方评价表：要有单位、指标、时段，以及评价值（或分子、分母）。可以先下载模板再填。",
        code="not_assessed",
    ),
    too_many=UserError(f"评价表一次最多 {MOST:,} 行，请分开后再录入。", code="too_many_rows"),
    most=MOST,
)


def read(sheets: Sequence[OpenSheet]) -> Iterator[dict[str, Any]]:
    """The lines of all sheets that hold some, as texts; raises UserError."""
    for number, row in LAYOUT.read(sheets):
        yield {"row": number, **{field: cells.text(value) for field, value in row.items()}}
