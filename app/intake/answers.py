"""What 12345 answers to reported tickets, as its returned file says it; read in the child process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app.errors import UserError
from app.intake import cells
from app.intake.cells import Bad
from app.intake.lines import Layout
from app.intake.workbooks import OpenSheet

#: Answers in one file: as many as can be taken on at once.
MOST = 5_000
LAYOUT = Layout(
    headings={
        "number": "工单编号 工单号 差评工单编号 差评工单号 省工单编号 工单流水号 orderNo",
        "case_number": "办件编号 办件号 办件流水号 业务流水号 受理编号",
        "receipt": "回执编号 回执号 办结回执 办结回执号 办结回执编号 12345回执编号 12345回执号 12345编号 12345工单号",
        "closed_on": "办结日期 办结时间 12345办结时间 12345办结日期 回复日期 结案日期 结案时间",
        "refusal": "退回原因 退回理由 退回意见 不予办结原因 12345退回原因 12345退回理由 驳回原因",
    },
    is_heading=lambda known: bool(known & {"number", "case_number"} and known & {"receipt", "refusal"}),
    unknown=UserError(
        "这不像12345的返回文件：要有工单编号（或办件编号），以及回执编号和办结日期，或退回原因。",
        code="not_answers",
    ),
    too_many=UserError(f"返回文件一次最多 {MOST:,} 行，请分开后再登记。", code="too_many_rows"),
    most=MOST,
)


def read(sheets: Sequence[OpenSheet]) -> Iterator[dict[str, Any]]:
    """The answers of all sheets that hold some; raises UserError."""
    for number, row in LAYOUT.read(sheets):
        yield {"row": number, **_answer(row)}


def _answer(row: dict[str, Any]) -> dict[str, Any]:
    """Texts and a day; `problem`: why the line cannot be taken."""
    read = {
        "number": cells.code(row.get("number")),
        "case_number": cells.code(row.get("case_number")),
        "receipt": cells.code(row.get("receipt")),
        "closed_on": cells.day(row.get("closed_on")),
        "refusal": cells.text(row.get("refusal")),
    }
    bad = next((value.reason for value in read.values() if isinstance(value, Bad)), None)
    kept = {field: None if isinstance(value, Bad) else value for field, value in read.items()}
    return {**kept, "problem": bad or _problem(kept)}


def _problem(answer: dict[str, Any]) -> str | None:
    if not (answer["number"] or answer["case_number"]):
        return "没有工单编号"
    if answer["refusal"] and answer["receipt"]:
        return "既有回执编号，又有退回原因"
    if not answer["refusal"] and not answer["receipt"]:
        return "既没有回执编号，也没有退回原因"
    return "没有办结日期" if answer["receipt"] and not answer["closed_on"] else None
