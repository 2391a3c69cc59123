"""What a correction changes in the figures: before → after, in a few lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from app.appeals.preview import Preview
from app.rankings.queries import Period, period_text
from models.rules.appeals import Effect
from models.rules.ratings import Satisfaction
from views.shell.parts import clear, label
from views.shell.theme import UNIT

_PARTS = (
    ("quality", "政务服务质量"),
    ("handling", "差评工单处理率"),
    ("hall_adoption", "大厅推广度"),
    ("coverage", "办事评价覆盖度"),
)


class EffectTable(QFrame):
    """Figures of the agency and of the person, before and after."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("quote", "true")
        self.setAccessibleName("修正对统计的影响")
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * UNIT, 3 * UNIT, 4 * UNIT, 3 * UNIT)
        column.setSpacing(UNIT)
        self.said = label("", "small", self, wrap=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(4 * UNIT)
        self._grid.setVerticalSpacing(UNIT)
        column.addWidget(self.said)
        column.addLayout(self._grid)

    def wait(self) -> None:
        """A trial is under way."""
        clear(self._grid)
        self.said.setText("正在试算对统计的影响……")

    def fail(self, error: Exception) -> None:
        """The trial did not come to an end; the decision may be taken all the same."""
        clear(self._grid)
        self.said.setText(f"没有试算出来：{error}")

    def show_preview(self, told: Preview) -> None:
        """What comes of it."""
        clear(self._grid)
        effect = "不计入" if told.effect is Effect.EXCLUDE else f"按“{Satisfaction(told.level or 0).label}”计"
        month = period_text(Period.month(told.month))
        notes = [f"这条评价{effect}。"]
        if not told.counted:
            notes.append(f"{told.agency}{month}按省里的月度汇总计数，修正不改变统计。")
        if told.closed:
            notes.append(f"{month}已封账，封账的数不变，下面的变化列为调整。")
        if not told.changes:
            notes.append("统计没有变化。")
        self.said.setText("".join(notes))
        for place, text in enumerate(("", "修正前", "修正后")):
            self._put(0, place, text, "small")
        for line, (name, before, after) in enumerate(_lines(told), 1):
            self._put(line, 0, name, "secondary")
            self._put(line, 1, before, "")
            self._put(line, 2, after, "strong" if before != after else "")

    def _put(self, line: int, place: int, text: str, role: str) -> None:
        self._grid.addWidget(label(text, role, self), line, place)


def _lines(told: Preview) -> list[tuple[str, str, str]]:
    before, after = told.before, told.after
    lines = [(f"{told.agency}评价", f"{before.ratings:,} 条", f"{after.ratings:,} 条"),
             ("平均分", _number(before.mean), _number(after.mean))]  # fmt: skip
    for key, name in _PARTS:
        pair = before.parts.get(key), after.parts.get(key)
        if pair != (None, None):
            lines.append((name, _number(pair[0]), _number(pair[1])))
    lines.append(("综合评分", _number(before.composite), _number(after.composite)))
    lines.append(("名次", _rank(before.rank), _rank(after.rank)))
    if told.staff is not None:
        lines.append(("本人评价", f"{told.staff[0].ratings:,} 条", f"{told.staff[1].ratings:,} 条"))
        lines.append(("本人平均分", _number(told.staff[0].mean), _number(told.staff[1].mean)))
    return lines


def _number(value: Decimal | None) -> str:
    return "—" if value is None else str(value)


def _rank(value: Any) -> str:
    return "不排名" if value is None else f"第 {value} 名"
