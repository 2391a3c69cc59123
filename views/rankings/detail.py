"""One agency's score: the parts with what they were computed from, and the article."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from views.rankings.parts import (
    ARTICLE,
    NAMES,
    PARTS,
    change_of,
    channel_lines,
    counted,
    tickets_of,
    value_text,
)
from views.shell import theme
from views.shell.parts import Badge, Button, clear, label, row, rule
from views.shell.theme import UNIT


class _Bar(QWidget):
    """A part's value as a bar of 0–100."""

    def __init__(self, value: float, color: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._value, self._color = value, color
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A thin line."""
        return QSize(100, 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar on its track."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.colors().grey_soft))
        painter.drawRoundedRect(QRectF(self.rect()), 3, 3)
        painter.setBrush(QColor(self._color))
        painter.drawRoundedRect(QRectF(0, 0, self.width() * self._value / 100, self.height()), 3, 3)
        painter.end()


class ScorePanel(QFrame):
    """`opened()` when the agency's tickets are asked for."""

    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("单位得分")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4 * UNIT, 4 * UNIT, 4 * UNIT, 4 * UNIT)
        self._column.setSpacing(2 * UNIT)
        self._shown: tuple[Any, bool] | None = None

    def show_row(self, ranked: Any, *, links: bool) -> None:
        """Shows a ranked agency; None is nobody."""
        clear(self._column)
        self._shown = (ranked, links)
        if ranked is None:
            self._column.addWidget(
                label("选择一个单位，查看得分是怎样算出来的。", "secondary", self, wrap=True)
            )
            self._column.addStretch(1)
            return
        self._head(ranked)
        for (part, _), color in zip(PARTS, theme.colors().parts, strict=True):
            self._part(ranked.score, part, color, links=links)
        self._foot(ranked.score)
        self._column.addStretch(1)

    def recolor(self) -> None:
        """Draws in the colours of another scheme."""
        if self._shown is not None:
            self.show_row(self._shown[0], links=self._shown[1])

    def _head(self, ranked: Any) -> None:
        name = label(ranked.score.facts.agency, "lead", self, wrap=True)
        top = row(spacing=2)
        top.addWidget(name, 1)
        top.addWidget(Badge(f"第 {ranked.rank} 名", "accent", self), 0, Qt.AlignmentFlag.AlignTop)
        self._column.addLayout(top)
        self._column.addLayout(
            row(
                label(f"{ranked.score.composite:.2f}", "figure", self), label("综合评分", "small", self), None
            )
        )
        change = change_of(ranked)
        words = (
            "没有上期名次"
            if change is None
            else "与上期持平"
            if change == 0
            else f"比上期{'升' if change > 0 else '降'} {abs(change)} 名"
        )
        if change is not None:
            words += f"（上期第 {ranked.previous_rank} 名）"
        self._column.addWidget(label(words, "small", self))
        if ranked.score.small_sample:
            warn = label(
                f"小样本：只有 {ranked.score.facts.ratings} 条评价，名次仅供参考。", "amber", self, wrap=True
            )
            self._column.addWidget(warn)
        self._column.addWidget(rule(self))

    def _part(self, score: Any, part: str, color: str, *, links: bool) -> None:
        shown = getattr(score, part)
        self._column.addLayout(
            row(label(NAMES[part], "", self), None, label(value_text(shown.value), "strong", self))
        )
        if shown.value is not None:
            self._column.addWidget(_Bar(float(shown.value), color, self))
        said = counted(score, part)
        weight = f"× {shown.weight:.0%} = {shown.contribution:.2f}" if shown.value is not None else ""
        if part == "handling" and links and tickets_of(score):
            link = Button(said, kind="link", parent=self)
            link.setToolTip("打开这些工单")
            link.clicked.connect(self.opened)
            self._column.addLayout(row(link, None, label(weight, "small", self)))
        else:
            self._column.addLayout(row(label(said, "small", self), None, label(weight, "small", self)))
        if part == "coverage":
            for name, rated, cases in channel_lines(score):
                line = f"{name}　{rated:,} / {cases:,}　{rated * 100 / cases:.2f}%"
                self._column.addWidget(label(line, "small", self))
        self._column.addSpacing(UNIT)

    def _foot(self, score: Any) -> None:
        self._column.addWidget(rule(self))
        if not score.has_hall:
            self._column.addWidget(
                label("没有政务服务大厅，权重为 30%、30%、40%。", "small", self, wrap=True)
            )
        self._column.addWidget(label(ARTICLE, "small", self))
