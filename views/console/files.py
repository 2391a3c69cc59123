"""The verb `import`."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from typing import Any

from app.cases.queries import CaseDifference
from app.intake import commands
from app.intake.results import ImportResult, Progress
from models.rules.ratings import Platform
from views.console.answer import Answer, table
from views.console.places import opened

_COUNTS = (
    ("rows", "数据行"),
    ("inserted", "新增"),
    ("updated", "更新"),
    ("unchanged", "不变"),
    ("repeated", "重复"),
    ("refused", "被拒"),
    ("tickets_opened", "新开工单"),
    ("tickets_joined", "并入工单"),
)
_SHOWN = 20


def load(options: argparse.Namespace) -> Answer:
    """Recognises a file and loads it."""
    with opened(options) as space:
        result = commands.load(
            space,
            options.file,
            profile=options.profile,
            complete=not options.partial,
            dry_run=options.dry_run,
            progress=None if options.json or not sys.stderr.isatty() else _progress,
            refused_to=options.refused,
        )
    for sentence, rows in result.warnings.items():
        print(f"提醒：{sentence}（{rows} 行）", file=sys.stderr)
    return Answer(_facts(result), _lines(result))


def _progress(progress: Progress) -> None:
    total = f"/{progress.total}" if progress.total else ""
    print(f"\r{progress.stage} {progress.done}{total}   ", end="", file=sys.stderr, flush=True)


def _facts(result: ImportResult) -> dict[str, Any]:
    facts: dict[str, Any] = {"kind": result.kind.value}
    facts |= {name: getattr(result, name) for name, _ in _COUNTS}
    facts["refusals"] = [asdict(r) for r in result.refusals]
    facts["refused_by_agency"] = dict(result.refused_by_agency)
    if result.moved:
        facts["moved"] = [
            {
                "ticket": m.ticket,
                "number": m.number,
                "from": m.old_due.isoformat(),
                "to": m.new_due.isoformat(),
            }
            for m in result.moved
        ]
    if result.differences:
        facts["differences"] = [_difference(one) for one in result.differences]
    return facts


def _difference(one: CaseDifference) -> dict[str, Any]:
    return {
        "month": f"{one.month:%Y-%m}",
        "agency": one.agency,
        "platform": Platform(one.platform).label,
        "detail": {"cases": one.detail_cases, "rated": one.detail_rated},
        "summary": {"cases": one.summary_cases, "rated": one.summary_rated},
    }


def _lines(result: ImportResult) -> list[str]:
    head = "试算（未写入）" if result.dry_run else "导入完成"
    counts = "，".join(f"{label} {getattr(result, name)}" for name, label in _COUNTS)
    lines = [f"{head}：{result.kind.label}，{counts}。"]
    if result.refusals:
        lines += [
            "",
            *table(("工作表", "行", "列", "内容", "原因"), [_refusal(r) for r in result.refusals[:_SHOWN]]),
        ]
    if result.refused > _SHOWN:
        lines.append(f"……共 {result.refused} 行被拒，用 --refused OUT.xlsx 取得全部。")
    lines += [one.said for one in result.differences]
    for moved in result.moved:
        lines.append(f"工单 {moved.number or moved.ticket} 的期限：{moved.old_due} → {moved.new_due}")
    return lines


def _refusal(refusal: Any) -> tuple[object, ...]:
    return refusal.sheet, refusal.row, refusal.column, refusal.value, refusal.reason
