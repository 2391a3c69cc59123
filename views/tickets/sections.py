"""The parts of a ticket that are read: the rating as written, the clock, the history."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from models.rules.ratings import Platform, Satisfaction
from views import dates
from views.shell.flow import Flow
from views.shell.parts import Badge, Picture, clear, label, row
from views.shell.theme import UNIT


class RatingBox(QFrame):
    """What the person wrote, the labels they chose, and who they are, masked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("quote", "true")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4 * UNIT, 3 * UNIT, 4 * UNIT, 3 * UNIT)
        self._column.setSpacing(2 * UNIT)

    def show_rating(self, detail: Any) -> None:
        """Shows a ticket's rating, its later revisions and follow-ups."""
        clear(self._column)
        words = f"“{detail.reason}”" if detail.reason else "没有写明原因"
        text = label(words, "" if detail.reason else "secondary", self, wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._column.addWidget(text)
        if detail.label_texts:
            self._column.addWidget(self._labels(detail.label_texts))
        for revision in detail.revisions:
            said = f"省平台修订为{Satisfaction(revision.level).label}（{dates.exact(revision.at)}）"
            self._column.addWidget(label(said, "small", self, wrap=True))
        for follow_up in detail.follow_ups:
            said = f"追加评价：{Satisfaction(follow_up.level).label}" + (
                f"，“{follow_up.reason}”" if follow_up.reason else ""
            )
            self._column.addWidget(label(said, "small", self, wrap=True))
        contact = "　".join(part for part in (detail.contact_name, detail.contact_phone) if part)
        who = label(f"评价人　{contact or '未留联系方式'}", "small", self)
        who.setToolTip("联系方式已脱敏")
        self._column.addWidget(who)

    def _labels(self, texts: tuple[tuple[str, str], ...]) -> QWidget:
        holder = QWidget(self)
        flow = Flow(holder)
        for code, text in texts:
            badge = Badge(text or f"标签 {code}（已停用）", "grey", holder)
            badge.setToolTip(f"评价标签 {code}")
            flow.addWidget(badge)
        return holder


def facts_line(ticket: Any) -> str:
    """编号 · 单位 · 平台 · 时间."""
    platform = Platform(ticket.platform).label if ticket.platform else None
    parts = (
        ticket.number or "无省工单编号",
        ticket.rated_agency,
        platform,
        dates.short_moment(ticket.rated_at or ticket.opened_at),
    )
    return " · ".join(part for part in parts if part)


def place_line(detail: Any) -> str:
    """窗口 · 人员 · 办件编号 · 相似工单."""
    ticket = detail.row
    case = f"办件 {ticket.case_number}" if ticket.case_number else None
    similar = f"相似工单 {detail.similar} 件" if detail.similar else None
    return " · ".join(part for part in (ticket.counter, ticket.staff, case, similar) if part)


class ClockBlock(QWidget):
    """Who has it and until when."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(4 * UNIT)
        self._grid.setVerticalSpacing(UNIT)
        self._grid.setColumnStretch(1, 1)

    def show_detail(self, detail: Any, today: date) -> None:
        """Lead and co-agencies, the due dates that run, and what was declined."""
        clear(self._grid)
        ticket = detail.row
        lines: list[tuple[str, str, str]] = []
        if ticket.received_on or detail.rounds:
            lines.append(("主办", ticket.agency, "strong"))
        if ticket.co_agencies:
            lines.append(("协办", "、".join(ticket.co_agencies), ""))
        for name, day in (
            ("整改期限", ticket.due_on),
            ("重办期限", ticket.rework_due_on),
            ("报送期限", ticket.report_due_on),
        ):
            if day is not None:
                lines.append((name, *_due(ticket, day, today)))
        for at, (name, text, role) in enumerate(lines):
            self._grid.addWidget(label(name, "secondary", self), at, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(label(text, role, self, wrap=True), at, 1)
        self.setVisible(bool(lines))


def _due(ticket: Any, day: date, today: date) -> tuple[str, str]:
    text = dates.deadline(day, today)
    if ticket.runs_until != day:
        return text, "secondary"
    unsure = "　暂定" if ticket.provisional else ""
    if ticket.days_left is not None and ticket.days_left < 0:
        return f"{text}　已超期 {-ticket.days_left} 个工作日", "red"
    if ticket.days_left == 0:
        return f"{text}　今日到期{unsure}", "amber"
    left = f"　剩 {ticket.days_left} 个工作日" if ticket.days_left is not None else ""
    return f"{text}{left}{unsure}", "strong"


class TimeLine(QWidget):
    """办理过程: when, what, who, and what was said."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 2 * UNIT, 0, 0)
        self._column.setSpacing(2 * UNIT)

    def show_entries(self, entries: tuple[Any, ...], today: date) -> None:
        """Shows the entries in their order."""
        clear(self._column)
        for entry in entries:
            when = label(dates.moment(entry.at, today), "small", self)
            when.setFixedWidth(25 * UNIT)
            when.setToolTip(dates.exact(entry.at))
            line = row(
                when,
                label(entry.action, "strong", self),
                label(entry.actor_name or "系统", "secondary", self),
                None,
            )
            self._column.addLayout(line)
            if entry.text:
                said = row(27, spacing=0)
                said.addWidget(label(entry.text, "secondary", self, wrap=True), 1)
                self._column.addLayout(said)
        if not entries:
            self._column.addWidget(label("还没有办理记录。", "secondary", self))
        self._column.addStretch(1)


class DayList(QWidget):
    """期限说明: each day, whether it counts, and why."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 2 * UNIT, 0, 0)
        self._column.setSpacing(UNIT)

    def show_days(self, name: str, days: tuple[Any, ...], today: date) -> None:
        """Shows a deadline's days; without any, what there is to wait for."""
        clear(self._column)
        if not days:
            self._column.addWidget(
                label("还没有期限在走：转办后从收到之日的下一个工作日起算。", "secondary", self, wrap=True)
            )
        else:
            counted = sum(day.counts for day in days)
            begin, end = dates.plain_day(days[0].day, today), dates.deadline(days[-1].day, today)
            said = f"{name}：自 {begin}起 {counted} 个工作日，至 {end}"
            self._column.addWidget(label(said, "", self, wrap=True))
            self._column.addSpacing(UNIT)
            for day in days:
                self._column.addLayout(self._line(day, today))
            self._column.addWidget(label("依据：细则第二十三条、第二十五条", "small", self))
        self._column.addStretch(1)

    def _line(self, day: Any, today: date):
        role = "strong" if day.counts else "secondary"
        number = label(f"第 {day.number} 天" if day.number else "不计", role, self)
        number.setFixedWidth(13 * UNIT)
        when = label(dates.plain_day(day.day, today), role if day.counts else "secondary", self)
        when.setFixedWidth(20 * UNIT)
        mark = Picture(
            "success" if day.counts else "close", self, size=14, color="green" if day.counts else "secondary"
        )
        return row(mark, number, when, label(day.why, "secondary", self), None)


class RoundList(QWidget):
    """承办记录: who had it, from when, with what clock, and how it ended."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 2 * UNIT, 0, 0)
        self._column.setSpacing(UNIT)

    def show_rounds(self, rounds: tuple[Any, ...], today: date) -> None:
        """Shows the assignments, the current one first marked."""
        clear(self._column)
        for one in rounds:
            part = {"lead": "主办", "co": "协办"}.get(
                str(getattr(one.part, "value", one.part)), str(one.part)
            )
            badge = Badge("当前" if one.current else "已结束", "accent" if one.current else "grey", self)
            self._column.addLayout(
                row(
                    label(one.agency, "strong", self),
                    label(f"{part} · 第 {one.round} 轮", "small", self),
                    None,
                    badge,
                )
            )
            facts = [f"收到 {dates.day(one.received_on, today)}"]
            facts += [f"期限 {dates.plain_day(one.due_on, today)}"] if one.due_on else []
            facts.append(
                f"签收 {dates.moment(one.acknowledged_at, today)}" if one.acknowledged_at else "未签收"
            )
            facts += [f"{one.ended_by or '结束'} {dates.moment(one.ended_at, today)}"] if one.ended_at else []
            facts += [f"用时 {one.used_days} 个工作日"] if one.used_days is not None else []
            self._column.addWidget(label(" · ".join(facts), "small", self, wrap=True))
            self._column.addSpacing(UNIT)
        if not rounds:
            self._column.addWidget(label("还没有转办给单位。", "secondary", self))
        self._column.addStretch(1)
