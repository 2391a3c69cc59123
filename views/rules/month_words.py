"""What the panel of a month says: figures, close, warnings before one, changes after one, fingerprints."""

from __future__ import annotations

from datetime import date

from app.closing.adjusting import Adjustments
from app.closing.rows import Checked, Close, MonthRow, MonthState, Readiness
from app.intake.queries import Counts, Difference
from models.rules.ratings import Platform
from views import dates

#: So many differences and changed rows are listed; the rest is counted.
MOST = 20


def month_lines(month: MonthRow, today: date) -> list[tuple[str, str]]:
    """What a month counts, and how it was closed."""
    f = month.figures
    lines = [
        (
            f"评价 {f.ratings:,} 条，其中差评 {f.bad:,} 条；差评工单 {f.tickets:,} 件，未处理 {f.unhandled:,} 件；办件 {f.cases:,} 件。",
            "",
        )
    ]
    if month.state is MonthState.RUNNING:
        lines.append(("这个月还没有结束，不能封账。", "small"))
    if month.close is not None:
        lines += close_lines(month.close, today)
    for past in month.past:
        lines.append((
            f"{dates.moment(past.closed_at, today)} {past.closed_by}封账，{dates.moment(past.reopened_at, today)}"
            f" {past.reopened_by}重新开账：{past.reopen_reason}", "small",
        ))  # fmt: skip
    return lines


def close_lines(close: Close, today: date) -> list[tuple[str, str]]:
    """Who closed a month, by which rules, with which fingerprints."""
    note = f"说明：{close.note}" if close.note else ""
    lines = [
        (
            f"{dates.moment(close.closed_at, today)} {close.closed_by}封账，按规则集“{close.rules.name}”计分。{note}",
            "",
        )
    ]
    if close.issued_at is not None:
        lines.append(
            (
                f"{dates.moment(close.issued_at, today)} 通报已经印发，不能重新开账；之后的变动作为调整列出。",
                "small",
            )
        )
    lines.append(("指纹", "section"))
    for one in close.fingerprints:
        rows = f"{one.rows:,} 行" if one.rows else "没有明细"
        lines.append((f"{one.of.label} {rows}　{one.hash[:8]}…{one.hash[-8:]}", ""))
    number, _, hash_ = close.chain.partition(":")
    lines.append((f"封账前的日志链头　第 {number} 环 {hash_[:8]}…{hash_[-8:]}", "small"))
    return lines


def print_lines(close: Close) -> list[str]:
    """The fingerprints in full, to be kept elsewhere."""
    lines = [f"{dates.month(close.month)}封账　{dates.exact(close.closed_at)}　规则集 {close.rules.name}"]
    lines += [f"{one.of.label}　{one.rows} 行　{one.hash}" for one in close.fingerprints]
    return [*lines, f"日志链头　{close.chain}"]


def ready_lines(found: Readiness) -> list[tuple[str, str]]:
    """What to know before closing."""
    lines = [("封账前请核对", "section")]
    lines += [(f"· {warning}", "") for warning in found.warnings] or [("没有发现问题。", "")]
    for one in found.differences[:MOST]:
        lines.append(
            (
                f"{one.agency} {place(one)}：好评差评各级明细 {levels(one.detail)}，汇总 {levels(one.summary)}",
                "small",
            )
        )
    if len(found.differences) > MOST:
        lines.append((f"另有 {len(found.differences) - MOST} 处", "small"))
    return lines


def place(difference: Difference) -> str:
    """Platform and hall."""
    return Platform(difference.platform).label + (f" {difference.hall}" if difference.hall else "")


def levels(counted: Counts) -> str:
    """The five levels, best first."""
    return "/".join(str(getattr(counted, f"level_{level}")) for level in (5, 4, 3, 2, 1))


def changed_lines(found: Adjustments) -> list[tuple[str, str]]:
    """What is said above the rows that count otherwise than at the close."""
    lines = [("封账以后的变动", "section")]
    if found.rows is None:
        said = f"{len(found.agencies)} 个单位的数有变动，" if found.agencies else "各单位的数都没有变动，"
        return [*lines, (f"{said}变动的每一行由中心责任人查阅。", "")]
    if not found.rows and not found.agencies:
        return [*lines, ("没有变动。", "")]
    more = len(found.rows) - MOST + found.more
    if more > 0:
        lines.append((f"前 {MOST} 行如下，另有 {more} 行", "small"))
    if not found.rows:
        lines.append(("没有变动的行；名录里的单位、大厅有变动。", ""))
    return lines


def checked_lines(found: tuple[Checked, ...] | None) -> list[tuple[str, str]]:
    """What the check of the fingerprints said."""
    if found is None:
        return []
    lines = [("核对指纹", "section")]
    for one in found:
        if one.was is None:
            said = "与日志所记一致" if one.same else "与日志所记不一致：封账后被人改动"
        elif one.same:
            said = f"{one.was:,} 行，仍是原来的那些" if one.was else "没有明细，月度汇总没有变"
        else:
            said = f"封账时 {one.was:,} 行，现在 {one.now:,} 行，已有变动"
        lines.append((f"{'✓' if one.same else '✗'} {one.of.label}：{said}", "" if one.same else "red"))
    return lines
