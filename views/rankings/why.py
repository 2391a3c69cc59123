"""为什么: what an agency loses by part, against full marks and the one above, and what would win it a rank."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from app.rankings import explaining
from app.rankings.explaining import Advice, Explanation
from models.rules.scoring import Score
from models.rules.whatif import Loss
from views.rankings.parts import ARTICLE, weight_text
from views.shell import theme
from views.shell.parts import Badge, Button, clear, label, row, rule
from views.shell.theme import UNIT
from views.tickets.drill import Drill

_LINE, _BAR = 42, 12
_NOTE = "只推算件数：新增评价的等级不知道，不计在内。"


class LossBars(QWidget):
    """A bar for each part, as long as its weight: what was got is filled, what was lost is hatched, and a line marks
    where the one above stands."""

    def __init__(self, score: Score, above: Score | None, losses: tuple[Loss, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self._score, self._above, self._losses = score, above, losses
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("各项失分")
        self.setAccessibleDescription("；".join(self.said(loss) for loss in losses))
        self.setMouseTracking(True)

    def said(self, loss: Loss) -> str:
        """A part's bar in words."""
        part = loss.part.of(self._score)
        words = (
            f"{loss.part.label}：得 {part.contribution} 分，满分 {shown_share(part.share)}，失 {loss.lost} 分"
        )
        if part.exact is None:
            words = f"{loss.part.label}：不计此项"
        if self._above is None:
            return words
        return f"{words}；{self._above.facts.agency}得 {loss.part.of(self._above).contribution} 分"

    def sizeHint(self) -> QSize:
        """Two lines for each part: words and bar."""
        return QSize(200, _LINE * len(self._losses))

    def mouseMoveEvent(self, event) -> None:
        """Says the part under the pointer."""
        at = int(event.position().y() // _LINE)
        if 0 <= at < len(self._losses):
            loss = self._losses[at]
            self.setToolTip(f"{self.said(loss)}\n依据：{loss.part.article}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Words above each bar."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for at, (loss, color) in enumerate(zip(self._losses, self._colors(), strict=True)):
            self._paint_words(painter, loss, at * _LINE)
            self._paint_bar(painter, loss, color, at * _LINE + 22)
        painter.end()

    def _colors(self) -> list[str]:
        order = list(type(self._losses[0].part))
        return [theme.colors().parts[order.index(loss.part)] for loss in self._losses]

    def _paint_words(self, painter: QPainter, loss: Loss, top: float) -> None:
        c = theme.colors()
        box = QRectF(0, top, self.width(), 20)
        painter.setFont(theme.font())
        painter.setPen(QColor(c.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, loss.part.short)
        lost = (
            f"−{loss.lost}"
            if loss.lost
            else "满分"
            if loss.part.of(self._score).exact is not None
            else "不计"
        )
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.setFont(theme.font(bold=True))
        painter.drawText(box, right, lost)
        if loss.behind:
            box.setRight(box.right() - QFontMetrics(theme.font(bold=True)).horizontalAdvance(lost) - 2 * UNIT)
            painter.setFont(theme.font(theme.SMALL))
            painter.setPen(QColor(c.secondary))
            painter.drawText(box, right, f"比上一名{'少' if loss.behind > 0 else '多'} {abs(loss.behind)}")

    def _paint_bar(self, painter: QPainter, loss: Loss, color: str, top: float) -> None:
        c, scale = theme.colors(), (self.width() - 2) / self._most()
        part = loss.part.of(self._score)
        got, full = float(part.contribution) * scale, float(part.share * 100) * scale
        painter.setPen(QPen(QColor(c.secondary), 1))
        painter.setBrush(QColor(c.secondary))
        painter.setBrush(Qt.BrushStyle.BDiagPattern)
        if full > got:
            painter.drawRect(QRectF(got, top, full - got, _BAR))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        painter.drawRect(QRectF(0, top, got, _BAR))
        if self._above is not None:
            at = max(1.0, float(loss.part.of(self._above).contribution) * scale)
            painter.setPen(QPen(QColor(c.text), 2))
            painter.drawLine(QPointF(at, top - 3), QPointF(at, top + _BAR + 3))

    def _most(self) -> float:
        """The longest bar's points; one scale for all, so that lengths can be compared."""
        scores = [s for s in (self._score, self._above) if s is not None]
        return float(max(max(loss.part.of(s).share for s in scores) for loss in self._losses) * 100)


def shown_share(share: Any) -> str:
    """30 for a share of 30%."""
    return weight_text(share).rstrip("%")


class WhyPanel(QFrame):
    """`opened(Drill)` when tickets are asked for; `trial_wanted()` when one wants to try."""

    opened = Signal(object)
    trial_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("名次的由来")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4 * UNIT, 3 * UNIT, 4 * UNIT, 4 * UNIT)
        self._column.setSpacing(2 * UNIT)
        self._wanted: tuple[Any, Any, frozenset[str]] | None = None
        self._stale = False

    def show_row(self, view: Any, ranked: Any, *, links: frozenset[str]) -> None:
        """Shows an agency of a ranking; None is nobody. Reckoned once somebody looks."""
        self._wanted, self._stale = (view, ranked, links), True
        if self.isVisible():
            self._build()

    def showEvent(self, event) -> None:
        """What was asked for meanwhile is reckoned now."""
        super().showEvent(event)
        if self._stale:
            self._build()

    def recolor(self) -> None:
        """Bars are painted in the colours in force."""
        self.update()

    def _build(self) -> None:
        assert self._wanted is not None  # stale only with something wanted
        view, ranked, links = self._wanted
        self._stale = False
        clear(self._column)
        found = None if ranked is None else explaining.explain(view, ranked.score.facts.agency)
        if found is None:
            words = "选择一个单位，查看名次的由来。"
            self._column.addWidget(label(words, "secondary", self, wrap=True))
        else:
            self._show(view, ranked, found, links)
        self._column.addStretch(1)

    def _show(self, view: Any, ranked: Any, found: Explanation, links: frozenset[str]) -> None:
        top = row(spacing=2)
        top.addWidget(label(found.agency, "lead", self, wrap=True), 1)
        top.addWidget(Badge(f"第 {found.rank} 名", "accent", self), 0, Qt.AlignmentFlag.AlignTop)
        self._column.addLayout(top)
        for sentence in found.sentences:
            self._column.addWidget(label(sentence, "", self, wrap=True))
        self._column.addWidget(rule(self))
        above = None if found.above is None else found.above.score
        self._column.addWidget(LossBars(ranked.score, above, found.losses, self))
        self._column.addWidget(label(_legend(found), "small", self, wrap=True))
        self._column.addWidget(rule(self))
        self._ways(view, found, links)

    def _ways(self, view: Any, found: Explanation, links: frozenset[str]) -> None:
        self._column.addWidget(label("怎样提高名次", "section", self))
        if len(view.closed) == view.period.length:
            self._column.addWidget(label("已封账，名次不再变动；以下供今后参考。", "amber", self, wrap=True))
        if not found.advice:
            words = "已是第 1 名。" if found.rank == 1 else "没有可以推算的办法。"
            self._column.addWidget(label(words, "", self, wrap=True))
        for advice in found.advice:
            self._way(advice, can_open="tickets" in links)
        if found.advice:
            self._column.addWidget(label(_NOTE, "small", self, wrap=True))
        trial = Button("改数试算", "balance", "plain", self)
        trial.clicked.connect(self.trial_wanted)
        self._column.addLayout(row(trial, None))
        self._column.addWidget(label(ARTICLE, "small", self))

    def _way(self, advice: Advice, *, can_open: bool) -> None:
        self._column.addWidget(label(advice.text, "", self, wrap=True))
        if advice.tickets is not None and can_open:
            link = Button(f"打开这 {advice.counted} 件工单", "tickets", "link", self)
            link.setProperty("drill", Drill(advice.tickets, advice.counted))
            link.clicked.connect(self._open)
            self._column.addLayout(row(link, None))

    def _open(self) -> None:
        self.opened.emit(self.sender().property("drill"))


def _legend(found: Explanation) -> str:
    marks = "实心为得分，斜线为失分，条长为该项满分"
    if found.above is None:
        return f"{marks}。"
    behind = sum(loss.behind or 0 for loss in found.losses)
    rounding = "；各项四舍五入，合计与总差可差 0.01" if behind != found.gap else ""
    return f"{marks}，竖线为{found.above.score.facts.agency}的得分{rounding}。"
