"""月报: a period in sentences beside its charts; copied as text, or shown as a paper to be printed and saved."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.clock import local
from app.statistics.briefing import briefing
from app.statistics.rows import Figures
from app.tickets.facets import Side
from views.shell.parts import Button, card, clear, label, row, scrolling
from views.shell.theme import UNIT
from views.statistics.charts import BarChart, ColumnChart

_MOST = 6
_NUMBERS = "一二三四五六"
_HOURS = tuple((str(hour), str(hour) if hour % 3 == 0 else "") for hour in range(24))


class BriefingBoard(QWidget):
    """`paper_wanted` when the paper is asked for; `copied` after the text was taken."""

    paper_wanted = Signal()
    copied = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(3 * UNIT)
        line.addWidget(self._words(), 3)
        line.addWidget(self._charts(), 2)

    def _words(self) -> QWidget:
        frame, column = card(self, margin=4)
        self._title = label("", "title", frame, wrap=True)
        self._cut = label("", "small", frame)
        self.copy = Button("复制文字", "copy", "link", frame)
        self.copy.clicked.connect(self.copy_text)
        self.paper = Button("打印预览", "printer", "link", frame)
        self.paper.clicked.connect(self.paper_wanted)
        column.addWidget(self._title)
        column.addLayout(row(self._cut, None, self.copy, 2, self.paper))
        body = QWidget(frame)
        self._sections = QVBoxLayout(body)
        self._sections.setContentsMargins(0, UNIT, 2 * UNIT, 0)
        self._sections.setSpacing(2 * UNIT)
        column.addWidget(scrolling(body, frame), 1)
        return frame

    def _charts(self) -> QWidget:
        frame, outer = card(self, margin=3)
        body = QWidget(frame)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, UNIT, 0)
        column.setSpacing(UNIT)
        self.labels = BarChart("差评标签", "次", body)
        self.items = BarChart("差评事项", "件", body)
        self.hours = ColumnChart("评价时间（时）", _HOURS, body)
        self._chart_names = []
        for chart in (self.labels, self.items, self.hours):
            name = label(chart.name, "section", body)
            self._chart_names.append(name)
            column.addWidget(name)
            column.addWidget(chart)
        self._none = label("没有可以成图的差评工单。", "secondary", body, wrap=True)
        column.addWidget(self._none)
        column.addStretch(1)
        outer.addWidget(scrolling(body, frame))
        return frame

    def show_figures(self, figures: Figures) -> None:
        """Shows what is to be said."""
        said = briefing(figures)
        self._text = said.text
        self._title.setText(said.title)
        self._cut.setText(f"数据截至 {local(figures.cutoff):%Y-%m-%d %H:%M}")
        clear(self._sections)
        for number, section in enumerate(said.sections):
            self._sections.addWidget(label(f"{_NUMBERS[number]}、{section.title}", "lead"))
            for paragraph in section.paragraphs:
                self._sections.addWidget(self._paragraph(paragraph))
        self._sections.addStretch(1)
        self._show_charts(figures)

    def _paragraph(self, text: str) -> QLabel:
        made = label(f"　　{text}", wrap=True)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return made

    def _show_charts(self, figures: Figures) -> None:
        found = figures.tickets
        any_ = found is not None and found.number > 0
        charts: tuple[tuple[Any, Side], ...] = (
            (self.labels, Side.LABEL), (self.items, Side.ITEM), (self.hours, Side.HOUR)
        )  # fmt: skip
        for (chart, side), name in zip(charts, self._chart_names, strict=True):
            slices = found.slices(side) if found is not None else ()
            chart.show_slices(slices if side is Side.HOUR else slices[:_MOST])
            for widget in (chart, name):
                widget.setVisible(bool(slices))
        self._none.setVisible(not any_)

    def copy_text(self) -> None:
        """The whole text to the clipboard."""
        QGuiApplication.clipboard().setText(self._text)
        self.copied.emit()
