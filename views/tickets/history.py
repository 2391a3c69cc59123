"""The tabs of a ticket: what happened, what was handed in, how days were counted, who had it."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from views import dates
from views.shell.parts import Badge, Picture, clear, label, row
from views.shell.theme import UNIT


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

    def show_clocks(self, clocks: tuple[Any, ...], today: date) -> None:
        """Shows the clocks on record, the running one first; without any, when one begins."""
        clear(self._column)
        for clock in reversed(clocks):
            self._add(clock.name, clock.days, today)
        if not clocks:
            self._column.addWidget(
                label("还没有期限在走：转办后从收到之日的下一个工作日起算。", "secondary", self, wrap=True)
            )
        self._column.addStretch(1)

    def show_days(self, name: str, days: tuple[Any, ...], today: date) -> None:
        """Shows one deadline's days."""
        clear(self._column)
        self._add(name, days, today)
        self._column.addStretch(1)

    def _add(self, name: str, days: tuple[Any, ...], today: date) -> None:
        if days:
            counted = sum(day.counts for day in days)
            begin, end = dates.plain_day(days[0].day, today), dates.deadline(days[-1].day, today)
            said = f"{name}：自 {begin}起 {counted} 个工作日，至 {end}"
            self._column.addWidget(label(said, "", self, wrap=True))
            self._column.addSpacing(UNIT)
            for day in days:
                self._column.addLayout(self._line(day, today))
            self._column.addWidget(label("依据：细则第二十三条", "small", self))
            self._column.addSpacing(2 * UNIT)

    def _line(self, day: Any, today: date) -> QHBoxLayout:
        role = "strong" if day.counts else "secondary"
        number = label(f"第 {day.number} 天" if day.number else "不计", role, self)
        number.setFixedWidth(13 * UNIT)
        when = label(dates.plain_day(day.day, today), role if day.counts else "secondary", self)
        when.setFixedWidth(20 * UNIT)
        mark = Picture(
            "success" if day.counts else "close", self, size=14, color="green" if day.counts else "secondary"
        )
        line = row(mark, number, when)
        line.addWidget(label(day.why, "secondary", self, wrap=True), 1)
        return line


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


class RectificationList(QWidget):
    """整改材料: what the agency found, did and told the person, the latest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 2 * UNIT, 0, 0)
        self._column.setSpacing(UNIT)

    def show_rectifications(self, handed_in: tuple[Any, ...], today: date) -> None:
        """Shows them."""
        clear(self._column)
        for one in handed_in:
            found = (
                f"{'属实' if one.found_true else '不属实'}、{'合理' if one.found_reasonable else '不合理'}"
            )
            when = label(dates.moment(one.submitted_at, today), "strong", self)
            self._column.addLayout(row(when, label(found, "", self), None))
            texts = (
                ("原因", one.cause),
                ("措施", one.measures),
                ("反馈", one.feedback),
                ("审核人", one.reviewed_by),
            )
            for name, text in texts:
                word = label(name, "secondary", self)
                word.setFixedWidth(13 * UNIT)
                line = row(word, spacing=2)
                line.addWidget(label(text, "", self, wrap=True), 1)
                self._column.addLayout(line)
            self._column.addSpacing(2 * UNIT)
        self._column.addStretch(1)
