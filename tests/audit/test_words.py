"""Events in words: whatever the database writes down is said in Chinese, and nothing is left out."""

from __future__ import annotations

from typing import Any

import pytest

from app.audit import words
from app.audit.words import Names
from models.rules.rulesets import SHIPPED

NAMES = Names(
    people={"zhang": "张明", "admin": "陈静"},
    agencies={1: "甲镇", 2: "乙镇"},
    files={7: "评价明细.xlsx"},
    tickets={3: "HCP20261000003"},
)
DIGEST = "ab" * 32


@pytest.mark.parametrize(
    ("action", "ticket", "facts", "said"),
    [
        ("approve", 3, {}, "HCP20261000003"),
        ("approve", 4, {}, "工单 4"),
        ("person_changed", None, {"login": "zhang"}, "张明（zhang）"),
        ("password_reset", None, {"login": "gone"}, "gone"),
        ("import", None, {"batch": 7, "kind": "ratings"}, "评价明细.xlsx"),
        ("import", None, {"batch": 8}, "第 8 次导入"),
        ("configured", None, {"table": "rule_set"}, "评分规则"),
        ("export", None, {"kind": "audit"}, "审计记录"),
        ("calendar_imported", None, {"days": 3}, "工作日历"),
        ("month_closed", None, {"month": "2026-10-01", "close": 1, "ratings_hash": DIGEST}, "2026年10月"),
        ("upgraded", None, {}, "—"),
    ],
)
def test_the_subject_is_what_it_was_done_to(
    action: str, ticket: int | None, facts: dict[str, Any], said: str
) -> None:
    assert words.subject(action, ticket, facts, NAMES) == said


@pytest.mark.parametrize(
    ("source", "target", "facts", "said"),
    [
        ("pending", "dispatched", {"lead": 1, "co": [2], "due_on": "2026-11-16", "round": 1},
         "待核实 → 待签收；主办 甲镇；协办 乙镇；期限 2026年11月16日"),
        ("pending", "dispatched", {"lead": 9, "co": []}, "待核实 → 待签收；主办 单位 9"),
        (None, "pending", {"batch": 7, "rating": 5}, "待核实"),
        ("pending", "pending", {"from": "2026-11-16", "to": "2026-11-17"}, "原为 2026年11月16日；改为 2026年11月17日"),
        ("pending", "rejected", {"reason_code": "duplicate", "text_hash": DIGEST}, "待核实 → 不予转办；理由 重复"),
        (None, None, {"op": "update", "login": "zhang", "group": "liaison", "agency": 1, "head": False, "active": True},
         "操作 修改；类别 单位责任人；单位 甲镇；负责人 否；在用 是"),
        (None, None, {"what": "regroup", "login": "zhang", "by": "admin", "request": 2}, "申请 更改类别；申请人 陈静（admin）"),
        (None, None, {"kind": "ratings", "hash": DIGEST, "counts": {"rows": 10, "inserted": 8, "refused": 0}},
         "结果 数据行 10，新增 8"),
        (None, None, {"month": "2026-10-01", "rule_set": "2020-12-01", "ratings": 6000, "tickets": 20, "cases": 0},
         "规则集 2020年12月起；评价行数 6000；工单行数 20；办件行数 0"),
        (None, None, {"group": "of_tomorrow", "counts": [], "co": "x", "due_on": "some day"},
         "类别 of_tomorrow；协办 x；期限 some day"),
        ("of_yesterday", "pending", {}, "of_yesterday → 待核实"),
    ],
)  # fmt: skip
def test_a_line_says_what_matters(
    source: str | None, target: str | None, facts: dict[str, Any], said: str
) -> None:
    assert words.line(source, target, facts, NAMES) == said.replace(
        "理由 重复", f"理由 {words.REJECT_REASONS['duplicate']}"
    )


def test_the_particulars_leave_nothing_out() -> None:
    facts = {"lead": 1, "round": 2, "text_hash": DIGEST, "of_tomorrow": 5}
    said = words.particulars("pending", "dispatched", facts, NAMES)
    assert [(p.name, p.text, p.digest) for p in said] == [
        ("状态", "待核实 → 待签收", False),
        ("主办", "甲镇", False),
        ("轮次", "第 2 轮", False),
        ("文字校验值", DIGEST, True),
        ("其他（of_tomorrow）", "5", False),
    ]


def test_a_rule_set_is_said_in_full() -> None:
    found = words.particulars(None, None, {"month": "2026-12-01", "parameters": SHIPPED.to_json()}, NAMES)
    assert [p.name for p in found] == ["月份", "规则"]
    assert "无大厅单位的权重：政务服务质量 30%" in found[1].text and "整改期限：10 个工作日" in found[1].text
    assert words.particulars(None, None, {"parameters": {"points": 3}}, NAMES)[0].text == "{'points': 3}"
