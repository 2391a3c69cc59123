"""The tabs of a ticket: what happened, what was handed in, how days were counted, who had it."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from views import dates
from views.shell.parts import Badge, Button, Picture, clear, label, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.attachments import AttachmentList
from views.tickets.contributions import ContributionList
from views.tickets.diff import DiffLabel


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


#: Why a ticket has so many days.
_BASIS = "依据：细则第二十三条"


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

    def show_days(self, name: str, days: tuple[Any, ...], today: date, *, basis: str = _BASIS) -> None:
        """Shows one deadline's days."""
        clear(self._column)
        self._add(name, days, today, basis)
        self._column.addStretch(1)

    def _add(self, name: str, days: tuple[Any, ...], today: date, basis: str = _BASIS) -> None:
        if days:
            counted = sum(day.counts for day in days)
            begin, end = dates.plain_day(days[0].day, today), dates.deadline(days[-1].day, today)
            said = f"{name}：自 {begin}起 {counted} 个工作日，至 {end}"
            self._column.addWidget(label(said, "", self, wrap=True))
            self._column.addSpacing(UNIT)
            for day in days:
                self._column.addLayout(self._line(day, today))
            self._column.addWidget(label(basis, "small", self))
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
    """整改材料: what the agency found, did and told the person, the latest first; what changed between versions."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: tuple[Any, date] | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 2 * UNIT, 0, 0)
        self._column.setSpacing(UNIT)
        self._differing: set[int] = set()

    def show_detail(self, detail: Any, today: date) -> None:
        """Shows them, each with the lead's files; then what co-agencies said and brought."""
        handed_in = detail.rectifications
        if self._shown is None or self._shown[0].rectifications != handed_in:
            self._differing.clear()
        self._shown = (detail, today)
        clear(self._column)
        brought = {f.id for c in detail.contributions for f in c.files}
        own = [f for f in detail.attachments if f.id not in brought]
        for one, before in zip(handed_in, (*handed_in[1:], None), strict=False):
            self._add(one, before, today, tuple(f for f in own if f.version == one.id))
        if detail.contributions:
            self._column.addWidget(label("协办意见", "strong", self))
            said = ContributionList(self._session, self)
            said.show_parts(detail.contributions)
            self._column.addWidget(said)
        self._column.addStretch(1)

    def _add(self, one: Any, before: Any, today: date, files: tuple[Any, ...]) -> None:
        when = label(dates.moment(one.submitted_at, today), "strong", self)
        head = row(when, label(found_words(one), "", self), None)
        differing = before is not None and one.id in self._differing
        if before is not None:
            switch = Button("只看现文" if differing else "与上次对照", kind="link", parent=self)
            switch.clicked.connect(partial(self._switch, one.id))
            head.addWidget(switch)
        self._column.addLayout(head)
        for name, text, earlier in _texts(one, before if differing else None):
            word = label(name, "secondary", self)
            word.setFixedWidth(13 * UNIT)
            line = row(word, spacing=2)
            line.setAlignment(word, Qt.AlignmentFlag.AlignTop)
            shown = label(text, "", self, wrap=True) if earlier is None else DiffLabel(earlier, text, self)
            line.addWidget(shown, 1)
            self._column.addLayout(line)
        if files:
            listed = AttachmentList(self._session, self)
            listed.show_files(files)
            self._column.addWidget(listed)
        self._column.addSpacing(2 * UNIT)

    def _switch(self, version: int) -> None:
        self._differing ^= {version}
        if self._shown is not None:
            self.show_detail(*self._shown)


def anything_handed_in(detail: Any) -> bool:
    """Whether the lead or a co-agency has given something."""
    return bool(detail.rectifications or any(c.given or c.files for c in detail.contributions))


def found_words(one: Any) -> str:
    """属实、合理."""
    return f"{'属实' if one.found_true else '不属实'}、{'合理' if one.found_reasonable else '不合理'}"


def _texts(one: Any, before: Any) -> list[tuple[str, str, str | None]]:
    """Name, text, and the text that stood before where both are compared."""

    def told(what: Any) -> tuple[tuple[str, str], ...]:
        return (
            *((("认定", found_words(what)),) if before is not None else ()),
            ("原因", "：".join(part for part in (what.cause_text, what.cause) if part)),
            ("措施", what.measures),
            ("反馈", what.feedback),
            ("审核人", what.reviewed_by),
        )

    earlier = [text for _, text in told(before)] if before is not None else [None] * 4
    return [(name, text, old) for (name, text), old in zip(told(one), earlier, strict=True)]
