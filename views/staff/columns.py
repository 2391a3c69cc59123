"""The columns of the list of staff, and its chip."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.rules.staffing import LEAST_PEOPLE, LEAST_RATINGS, MONTHS_IN_A_ROW, Standing
from views.tables.chips import ChipText
from views.tables.model import Column

#: What being last means, as hints and the panel say it.
BOTTOM_MEANS = (
    f"末位：本单位当月评价满 {LEAST_RATINGS} 条的至少 {LEAST_PEOPLE} 人，平均分最低（并列同为末位）；"
    f"连续 {MONTHS_IN_A_ROW} 个月，下达限期整改（依据：指南 8.2 a，人数、条数、月数由本系统定）"
)


def mark_chip(row: Any) -> ChipText:
    """连续末位 3 个月; else that the sample is small; else nothing."""
    if row.state is Standing.BOTTOM:
        return ChipText(f"连续末位 {row.run} 个月", "red")
    if row.run:
        return ChipText(f"末位 {row.run} 个月", "amber")
    return ChipText("小样本" if row.small else row.state.label, "grey")


def _level(level: int) -> Callable[[Any], str]:
    return lambda row: f"{row.counts.levels[level]:,}"


def _known(name: str) -> Callable[[Any], str]:
    def said(row: Any) -> str:
        number = getattr(row, name)
        return "—" if number is None else f"{number:,}"

    return said


def _mean_hint(row: Any) -> str:
    counts = row.counts
    return f"得分合计 {counts.points.normalize():f} / 评价 {counts.ratings:,} 条，申诉修正已计入\n依据：细则第六条"


COLUMNS = (
    Column("rank", "名次", 64, lambda r: f"{r.rank}/{r.ranked}" if r.rank else "—",
           lambda r: f"本单位有评价的 {r.ranked} 人中的名次，平均分相同的并列", right=True),
    Column("name", "姓名", 80, lambda r: r.name),
    Column("agency", "单位", 120, lambda r: r.agency, stretch=True),
    Column("mean", "平均分", 68, lambda r: f"{r.counts.mean}", _mean_hint, right=True),
    Column("ratings", "评价", 60, lambda r: f"{r.counts.ratings:,}", right=True),
    *(
        Column(f"level_{level}", name, 72, _level(level), right=True, needs=needs)
        for level, name, needs in ((5, "非常满意", 900), (4, "满意", 940), (3, "基本满意", 980))
    ),
    Column("level_2", "不满意", 60, _level(2), right=True),
    Column("level_1", "非常不满意", 84, _level(1), right=True),
    Column("appeals", "申诉", 48, _known("appeals"), lambda _r: "对这一时段评价提出的申诉", right=True, needs=700),
    Column("corrected", "修正", 48, _known("corrected"), lambda _r: "申诉成立、已修正的评价", right=True, needs=760),
    Column("orders", "整改", 48, _known("orders"), lambda _r: "对本人下达的限期整改", right=True, needs=820),
    Column("records", "追责", 48, _known("records"), lambda _r: "没有撤回的追责记录", right=True, needs=820),
    Column("mark", "提示", 116, lambda r: mark_chip(r).text, lambda _r: BOTTOM_MEANS, kind="chip", chip=mark_chip),
)  # fmt: skip
