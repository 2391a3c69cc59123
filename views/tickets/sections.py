"""The parts of a ticket that are read: the rating as written, the clock, the history."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from app.tickets.contributions import said_count
from models.rules.ratings import Platform, Satisfaction
from views import dates
from views.shell.flow import Flow
from views.shell.parts import Badge, clear, label
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tables.chips import time_left
from views.tickets.contact import ContactLine

#: How the panel writes what is left, by the tone that it has everywhere.
_ROLES = {"red": "red", "amber": "amber", "grey": "strong"}


#: Cases named in a line, and in its hint.
_NAMED, _HINTED = 3, 30


class RatingBox(QFrame):
    """What the person wrote, the labels they chose, and who they are, masked."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("quote", "true")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(4 * UNIT, 3 * UNIT, 4 * UNIT, 3 * UNIT)
        outer.setSpacing(2 * UNIT)
        self._column = QVBoxLayout()
        self._column.setSpacing(2 * UNIT)
        outer.addLayout(self._column)
        self.contact = ContactLine(session, self)
        outer.addWidget(self.contact)

    def show_rating(self, detail: Any) -> None:
        """Shows a ticket's rating, its later revisions and follow-ups."""
        clear(self._column)
        words = f"“{detail.reason}”" if detail.reason else "没有写明原因"
        text = label(words, "" if detail.reason else "secondary", self, wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._column.addWidget(text)
        if detail.label_texts:
            self._column.addWidget(self._labels(detail.label_texts))
        for before, revision in zip(detail.revisions, detail.revisions[1:], strict=False):
            self._column.addWidget(label(_correction(before, revision), "small", self, wrap=True))
        for follow_up in detail.follow_ups:
            said = f"追加评价：{Satisfaction(follow_up.level).label}" + (
                f"，“{follow_up.reason}”" if follow_up.reason else ""
            )
            self._column.addWidget(label(said, "small", self, wrap=True))
        if detail.counted_too:
            self._column.addWidget(self._counted_too(detail.counted_too))
        self.contact.show_contact(detail)

    def _counted_too(self, cases: tuple[str, ...]) -> QWidget:
        """The other cases of the batch or themed service; all of them on hover."""
        named = "、".join(cases[:_NAMED]) + (" 等" if len(cases) > _NAMED else "")
        said = f"同批或同一“一件事”的 {len(cases)} 件办件也按这条评价计：{named}（细则第十八、十九条）"
        line = label(said, "small", self, wrap=True)
        line.setToolTip("\n".join(cases[:_HINTED]))
        line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return line

    def _labels(self, texts: tuple[tuple[str, str], ...]) -> QWidget:
        holder = QWidget(self)
        flow = Flow(holder)
        for code, text in texts:
            badge = Badge(text or f"标签 {code}（已停用）", "grey", holder)
            badge.setToolTip(f"评价标签 {code}")
            flow.addWidget(badge)
        return holder


def _correction(before: Any, after: Any) -> str:
    """What the province changed and when, with the words that stood before."""
    what = "评价内容"
    if before.level != after.level:
        was, now = (Satisfaction(r.level).label if r.level else "无等级" for r in (before, after))
        what = f"{was} → {now}"
    said = f"省平台更正：{what}（{dates.exact(after.at)}）"
    if before.reason and before.reason != after.reason:
        said += f"，更正前：“{before.reason}”"
    return said


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
    """窗口 · 人员 · 办件编号."""
    ticket = detail.row
    case = f"办件 {ticket.case_number}" if ticket.case_number else None
    return " · ".join(part for part in (ticket.counter, ticket.staff, case) if part)


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
        if said := said_count(detail.contributions):
            lines.append(("协办意见", said, ""))
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
    if ticket.days_left is None:
        return f"{text}{unsure}", "strong"
    left = time_left(ticket.days_left)
    # What is over is over, whatever a later notice says.
    unsure = "" if ticket.days_left < 0 else unsure
    return f"{text}　{left.text}{unsure}", _ROLES[left.tone]
