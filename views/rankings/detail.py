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
    change_words,
    channel_lines,
    counted,
    explained,
    interval_text,
    shown_share,
    tied,
    value_text,
    weighed,
    weight_text,
)
from views.rankings.table import figure_count
from views.shell import theme
from views.shell.parts import Badge, Button, clear, label, row, rule
from views.shell.theme import UNIT

#: So many characters leave room for the weight beside them.
_BESIDE = 17


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
    """`figure_opened(figure)` when the rows behind one of the agency's numbers are asked for."""

    figure_opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("单位得分")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4 * UNIT, 3 * UNIT, 4 * UNIT, 4 * UNIT)
        self._column.setSpacing(2 * UNIT)
        self._shown: tuple[Any, Any, frozenset[str]] | None = None

    def show_row(self, view: Any, ranked: Any, *, links: frozenset[str]) -> None:
        """Shows an agency of a ranking; None is nobody. `links`: the figures whose rows can be opened."""
        clear(self._column)
        self._shown = (view, ranked, links)
        if ranked is None:
            advice = "选择一个单位，查看得分是怎样算出来的。"
            self._column.addWidget(label(advice, "secondary", self, wrap=True))
            self._column.addStretch(1)
            return
        self._head(ranked, view)
        for (part, _), color in zip(PARTS, theme.colors().parts, strict=True):
            self._part(ranked.score, part, color, links)
            if part == "quality" and (interval := interval_text(ranked.score, view.rules)):
                self._column.addWidget(label(interval, "small", self, wrap=True))
            if part == "coverage":
                self._channels(ranked.score, links)
            self._column.addSpacing(UNIT)
        self._foot(ranked.score)
        self._column.addStretch(1)

    def recolor(self) -> None:
        """Draws in the colours of another scheme."""
        if self._shown is not None:
            view, ranked, links = self._shown
            self.show_row(view, ranked, links=links)

    def _head(self, ranked: Any, view: Any) -> None:
        name = label(ranked.score.facts.agency, "lead", self, wrap=True)
        top = row(spacing=2)
        top.addWidget(name, 1)
        shared = ranked.rank in tied(view.rows)
        said = f"{'并列' if shared else ''}第 {ranked.rank} 名"
        top.addWidget(Badge(said, "accent", self), 0, Qt.AlignmentFlag.AlignTop)
        self._column.addLayout(top)
        score = label(f"{ranked.score.composite:.2f}", "figure", self)
        self._column.addLayout(row(score, label("综合评分", "small", self), None))
        self._column.addWidget(label(change_words(ranked), "small", self))
        if ranked.score.small_sample:
            said = f"小样本：只有 {ranked.score.facts.ratings} 条评价，名次仅供参考。"
            self._column.addWidget(label(said, "amber", self, wrap=True))
        self._column.addWidget(rule(self))

    def _part(self, score: Any, part: str, color: str, links: frozenset[str]) -> None:
        shown = getattr(score, part)
        name = label(NAMES[part], "", self)
        name.setToolTip(explained(score, part))
        self._column.addLayout(row(name, None, label(value_text(shown.value), "strong", self)))
        if shown.value is not None:
            self._column.addWidget(_Bar(float(shown.value), color, self))
        said = counted(score, part)
        if part in links and figure_count(score, part):
            shown_count: QWidget = self._link(said, part)
        else:
            shown_count = label(said, "small", self)
        weight = label(weighed(score, part), "small", self)
        if len(said) > _BESIDE:
            self._column.addLayout(row(shown_count, None))
            self._column.addLayout(row(None, weight))
        else:
            self._column.addLayout(row(shown_count, None, weight))

    def _open(self) -> None:
        self.figure_opened.emit(str(self.sender().property("figure")))

    def _channels(self, score: Any, links: frozenset[str]) -> None:
        for platform, (name, rated, cases) in zip(score.channels, channel_lines(score), strict=True):
            said = f"{name}　{rated:,} / {cases:,}　{shown_share(rated, cases)}"
            shown = self._link(said, f"coverage.{platform.value}") if "coverage" in links else None
            self._column.addLayout(row(shown or label(said, "small", self), None))

    def _link(self, text: str, figure: str) -> Button:
        """A number that opens its rows."""
        made = Button(text, kind="link", parent=self)
        made.setProperty("figure", figure)
        made.setToolTip("打开计入的明细")
        made.clicked.connect(self._open)
        return made

    def _foot(self, score: Any) -> None:
        self._column.addWidget(rule(self))
        if not score.has_hall:
            shares = "、".join(
                weight_text(getattr(score, part).share) for part, _ in PARTS if getattr(score, part).share
            )
            said = f"没有政务服务大厅，各项权重为 {shares}。"
            self._column.addWidget(label(said, "small", self, wrap=True))
        self._column.addWidget(label(ARTICLE, "small", self))
