"""The verbs `deadline`, `ranking` and `rebuild-tally`."""

from __future__ import annotations

import argparse
import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from app import workspace
from app.errors import EnvironmentProblem, UserError
from app.outfiles import unwritable
from app.rankings import queries
from app.rankings.queries import GROUPS, Period, RankedRow, RankingView
from app.registry import calendars
from models.rules.scoring import Part
from models.rules.worktime import Calendar, OutOfCalendar
from views.console.answer import Answer, table
from views.console.places import folder, opened


def deadline(options: argparse.Namespace) -> Answer:
    """The end of the Nth working day after a day; needs no database."""
    calendar = _calendar(options)
    try:
        found = calendar.deadline(options.start, options.days)
        days = calendar.explain(options.start, options.days) if options.explain else ()
    except OutOfCalendar as error:
        raise UserError(f"{error}。", code="out_of_calendar") from error
    facts: dict[str, Any] = {"due": found.due.isoformat(), "provisional": found.provisional}
    if options.explain:
        facts["days"] = [{"date": d.day.isoformat(), "counts": d.counts, "why": d.why} for d in days]
    mark = "（暂定）" if found.provisional else ""
    explained = (
        table(("日期", "第几日", "说明"), [(d.day, d.number or "—", d.why) for d in days]) if days else []
    )
    return Answer(facts, [f"{found.due} 24:00{mark}", *explained])


def deadlines(options: argparse.Namespace) -> Answer:
    """`date,days` a line in, `date,days,due,true|false` a line out, in order."""
    calendar = _calendar(options)
    lines = []
    for number, row in enumerate(_batch(options.batch), start=1):
        try:
            start, days = date.fromisoformat(row[0].strip()), int(row[1])
            found = calendar.deadline(start, days)
        except OutOfCalendar as error:
            raise UserError(f"第 {number} 行：{error}。", code="out_of_calendar") from error
        except (ValueError, IndexError) as error:
            raise UserError(
                f"第 {number} 行应当是“日期,工作日数”，如 2026-11-02,10。", code="bad_line"
            ) from error
        lines.append(f"{start},{days},{found.due},{'true' if found.provisional else 'false'}")
    return Answer(None, lines)


def ranking(options: argparse.Namespace) -> Answer:
    """The ranking of a month or a span of months."""
    period = Period.month(options.month) if options.month else Period(options.first, options.last)
    with opened(options) as space, space.read() as connection:
        view = queries.ranking(connection, period, group=options.group, as_of=options.as_of)
    if options.picture:
        _draw(view, options.picture)
    if options.workbook:
        _reckon(view, options.workbook)
    return Answer(_facts(view), [*_lines(view, options.picture), *_told(options.workbook)])


def rebuild_tally(options: argparse.Namespace) -> Answer:
    """Recomputes every month's tally; `changed` is 0 when all is well."""
    from app.rankings import commands

    with opened(options) as space, space.write() as connection:
        months, changed = commands.rebuild_tally(connection)
    return Answer({"months": months, "changed": changed}, [f"已重算 {months} 个月，{changed} 行有出入。"])


def _calendar(options: argparse.Namespace) -> Calendar:
    if options.database or workspace.has_database(folder(options)):
        with opened(options) as space, space.read() as connection:
            return calendars.kept(connection)
    return calendars.shipped()


def _batch(path: Path) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [row for row in csv.reader(file) if row]
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"读不出“{path}”。", code="unreadable") from error


def _draw(view: RankingView, path: Path) -> None:
    from views.rankings.picture import render_picture

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        render_picture(view, path)
    except OSError as error:
        raise EnvironmentProblem(f"图片写不进“{path}”：{error.strerror}。", code="unwritable") from error


def _reckon(view: RankingView, path: Path) -> None:
    from app.rankings import workbook

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
    workbook.write(view, path)


def _told(path: Path | None) -> list[str]:
    return [f"排名表已保存到 {path}"] if path else []


def _facts(view: RankingView) -> dict[str, Any]:
    return {
        "from": f"{view.period.first:%Y-%m}",
        "to": f"{view.period.last:%Y-%m}",
        "group": view.group,
        "rule_set": view.rule_set,
        "cutoff": view.cutoff.isoformat(timespec="seconds"),
        "rows": [_row(r) for r in view.rows],
        "unranked": [{"agency": agency, "reason": reason} for agency, reason in view.unranked],
    }


def _row(row: RankedRow) -> dict[str, Any]:
    score = row.score
    return {
        "rank": row.rank,
        "agency": score.facts.agency,
        "has_hall": score.has_hall,
        "ratings": score.facts.ratings,
        "tickets": sum(g.count for g in score.facts.tickets),
        "quality": _value(score.quality),
        "handling": _value(score.handling),
        "hall_adoption": _value(score.hall_adoption),
        "coverage": _value(score.coverage),
        "composite": str(score.composite),
        "small_sample": score.small_sample,
        "parts": {
            "quality": {"points": _number(score.quality.numerator), "ratings": score.quality.denominator},
            "handling": {"handled": int(score.handling.numerator), "tickets": score.handling.denominator},
            "hall_adoption": {
                "active": int(score.hall_adoption.numerator),
                "halls": score.hall_adoption.denominator,
            },
            "coverage": {c.value: {"rated": r, "cases": n} for c, (r, n) in score.channels.items()},
        },
    }


def _value(part: Part) -> str | None:
    return None if part.value is None else str(part.value)


def _number(value: Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)


def _lines(view: RankingView, picture: Path | None) -> list[str]:
    first, last = f"{view.period.first:%Y-%m}", f"{view.period.last:%Y-%m}"
    when = first if first == last else f"{first} 至 {last}"
    heading = ("名次", "单位", "评价", "工单", "质量", "工单处理", "大厅推广", "覆盖度", "综合评分", "备注")
    rows = [
        (
            r.rank,
            r.score.facts.agency,
            r.score.facts.ratings,
            sum(g.count for g in r.score.facts.tickets),
            *(
                _value(p) or "—"
                for p in (r.score.quality, r.score.handling, r.score.hall_adoption, r.score.coverage)
            ),
            r.score.composite,
            "样本少" if r.score.small_sample else "",
        )
        for r in view.rows
    ]
    lines = [
        f"{GROUPS[view.group]} {when} 综合评分（规则集 {view.rule_set}，截至 {view.cutoff:%Y-%m-%d %H:%M}）",
        "",
    ]
    lines += table(heading, rows) if rows else ["没有可以排名的单位。"]
    lines += [f"不参加排名：{agency}（{reason}）" for agency, reason in view.unranked]
    return lines + ([f"图片已保存到 {picture}"] if picture else [])
