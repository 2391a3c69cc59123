"""排名: period and group, bars and table row by row, and the chosen agency's score in full."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.changes import Kind
from app.clock import local
from app.errors import UserError
from app.rankings import queries
from app.tickets.queries import TicketFilter
from views import dates
from views.rankings.chart import RankChart
from views.rankings.detail import ScorePanel
from views.rankings.painting import BOTTOM, TOP
from views.rankings.parts import GROUPS, tickets_of
from views.rankings.table import RankTable
from views.shell.page import MARGIN, Page
from views.shell.parts import Button, Chip, Empty, card, icon_button, label, row, scrolling
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.drill import Drill

ROW = 27
SIDE = 67 * UNIT


class RankingsPage(Page):
    """The ranking of one group in one period."""

    title = "排名"
    shows = Kind.TALLY | Kind.TICKETS | Kind.REGISTRY

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._months: tuple[date, ...] = ()
        self._span: tuple[date, date] | None = None
        self._group = "township"
        self._view: Any = None
        self._wanted: str | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(MARGIN, 4 * UNIT, MARGIN, MARGIN)
        outer.setSpacing(3 * UNIT)
        outer.addLayout(self.header())
        outer.addLayout(self._bar())
        outer.addWidget(self._content(), 1)
        self.setFocusProxy(self.table)
        for command_id, run in (
            ("copy", self.copy_picture),
            ("png", self._save_png),
            ("svg", self._save_svg),
        ):
            session.registry.bind(f"ranking.{command_id}", run, self._has_rows)

    def _bar(self) -> QHBoxLayout:
        self._earlier = icon_button("previous", "前一个月", self)
        self._later = icon_button("next", "后一个月", self)
        self._period = Chip("月份", self, tone="accent", icon="month")
        self._period.clicked.connect(self._open_periods)
        self._earlier.clicked.connect(self._go_earlier)
        self._later.clicked.connect(self._go_later)
        self._groups: dict[str, Chip] = {}
        for group, name in GROUPS.items():
            chip = Chip(name, self, checkable=True)
            chip.setChecked(group == self._group)
            chip.clicked.connect(self._pick_group)
            self._groups[group] = chip
        copy = Button("复制图片", "copy", "link", self)
        copy.clicked.connect(self.copy_picture)
        png = Button("存为 PNG", "picture", "link", self)
        png.clicked.connect(self._save_png)
        svg = Button("存为 SVG", "vector", "link", self)
        svg.clicked.connect(self._save_svg)
        self._exports = (copy, png, svg)
        return row(
            self._earlier,
            self._period,
            self._later,
            2,
            *self._groups.values(),
            None,
            copy,
            3,
            png,
            3,
            svg,
            spacing=1,
        )

    def _content(self) -> QStackedWidget:
        self._stack = QStackedWidget(self)
        self._empty = Empty("ranking", "还没有可以排名的月份", "先导入评价明细或办件评价汇总。", self._stack)
        whole = QWidget(self._stack)
        line = QHBoxLayout(whole)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(3 * UNIT)
        line.addWidget(self._ranked(whole), 1)
        side, column = card(whole, margin=0)
        side.setFixedWidth(SIDE)
        self.panel = ScorePanel(side)
        self.panel.opened.connect(self._open_chosen)
        column.addWidget(scrolling(self.panel, side))
        line.addWidget(side)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(whole)
        return self._stack

    def _ranked(self, parent: QWidget) -> QFrame:
        frame = QFrame(parent)
        frame.setProperty("card", "true")
        outer = QVBoxLayout(frame)
        outer.setContentsMargins(UNIT, 2 * UNIT, UNIT, 2 * UNIT)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(2 * UNIT, 0, 2 * UNIT, 0)
        column.setSpacing(UNIT)
        self.chart = RankChart(inner, row_height=ROW)
        self.chart.chosen.connect(self._choose)
        self.table = RankTable(inner, row_height=ROW, head=TOP, foot=BOTTOM)
        self.table.chosen.connect(self._choose)
        self.table.opened.connect(self._open_row)
        side = QHBoxLayout()
        side.setSpacing(0)
        side.addWidget(self.chart, 1, Qt.AlignmentFlag.AlignTop)
        side.addWidget(self.table, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(side)
        self._apart = label("", "secondary", inner, wrap=True)
        self._small = label("* 小样本：评价不足 30 条，名次仅供参考。", "small", inner)
        column.addWidget(self._apart)
        column.addWidget(self._small)
        column.addStretch(1)
        outer.addWidget(scrolling(inner, frame))
        return frame

    # reading ----------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Reads the months that have figures, and the ranking of the one shown."""
        span, group = self._span, self._group

        def read(connection: Any) -> tuple[tuple[date, ...], Any]:
            months = tuple(queries.months(connection))
            if not months and span is None:
                return months, None
            first, last = span or (months[0], months[0])
            return months, queries.ranking(connection, queries.Period(first, last), group=group)

        self.session.query(self, read, self._show, key="ranking", failed=self._not_read)

    def _not_read(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._view = None
            self._empty.say("这个月不能排名", str(error))
            self._stack.setCurrentIndex(0)
        else:
            self.session.notice("error", str(error), "重试", self.reload)

    def _show(self, answer: tuple[tuple[date, ...], Any]) -> None:
        self._months, view = answer
        shown, self._view = self._view, view
        for button in self._exports:
            button.setEnabled(self._has_rows())
        if view is None:
            self._stack.setCurrentIndex(0)
            return
        self._span = (view.period.first, view.period.last)
        self._show_period()
        self.facts.setText(
            f"{GROUPS[view.group]} {len(view.rows)} 个 · 数据截至 {local(view.cutoff):%m-%d %H:%M}"
            f" · 规则集 {view.rule_set}"
        )
        if shown is not None and shown == replace(view, cutoff=shown.cutoff):
            self._choose_wanted()  # the bars, and the place in the table, stay as they are
            return
        if not view.rows and not view.unranked:
            self._empty.say("这个月没有可以排名的单位", "换一个月份，或者先导入这个月的数据。")
            self._stack.setCurrentIndex(0)
            return
        self._stack.setCurrentIndex(1)
        self.chart.show_rows(view.rows)
        self.table.show_rows(view.rows, links=True)
        self._apart.setText("未参加排名：" + "、".join(f"{a}（{why}）" for a, why in view.unranked))
        self._apart.setVisible(bool(view.unranked))
        self._small.setVisible(any(r.score.small_sample for r in view.rows))
        self._choose_wanted()

    def _show_period(self) -> None:
        first, last = self._span or (self.session.today, self.session.today)
        text = dates.month(first) if first == last else f"{dates.month(first)} 至 {dates.month(last)}"
        self._period.setText(text)
        self._period.setAccessibleName(f"期间：{text}")
        self._period.updateGeometry()
        single = first == last and first in self._months
        at = self._months.index(first) if single else -1
        self._earlier.setEnabled(single and at + 1 < len(self._months))
        self._later.setEnabled(single and at > 0)

    def _choose_wanted(self) -> None:
        rows = self._view.rows
        names = [r.score.facts.agency for r in rows]
        at = names.index(self._wanted) if self._wanted in names else 0
        if rows:
            self._choose(at)
        else:
            self.panel.show_row(None, links=False)

    def _has_rows(self) -> bool:
        return self._view is not None and bool(self._view.rows)

    # choosing ---------------------------------------------------------------------------------------------

    def _choose(self, number: int) -> None:
        ranked = self._view.rows[number]
        self._wanted = ranked.score.facts.agency
        self.chart.select(number)
        if self.table.currentIndex().row() != number:
            self.table.selectRow(number)
        self.panel.show_row(ranked, links=True)

    def _open_row(self, number: int) -> None:
        score, period = self._view.rows[number].score, self._view.period
        chosen = TicketFilter(
            agency=score.facts.agency, month=period.first, last_month=period.last, counted=True
        )
        self.session.go("tickets", Drill(chosen, tickets_of(score)))

    def _open_chosen(self) -> None:
        if self.chart.selected is not None:
            self._open_row(self.chart.selected)

    def _pick_group(self) -> None:
        for group, chip in self._groups.items():
            chip.setChecked(chip is self.sender())
            if chip is self.sender():
                self._group = group
        self.reload()

    def _go_earlier(self) -> None:
        self._step(1)

    def _go_later(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        if self._span is not None and self._span[0] in self._months:
            at = self._months.index(self._span[0]) + by
            if 0 <= at < len(self._months):
                self._set_span(self._months[at], self._months[at])

    def _set_span(self, first: date, last: date) -> None:
        self._span = (first, last)
        self.reload()

    def periods_menu(self) -> QMenu:
        """Each month with figures, and the spans that end with the latest."""
        menu = QMenu(self)
        for month in self._months[:24]:
            self._period_entry(menu, dates.month(month), month, month)
        menu.addSeparator()
        for count, name in ((3, "近三个月"), (6, "近半年"), (12, "近一年")):
            if len(self._months) >= 2 and len(self._months) >= count // 2:
                span = self._months[:count]
                self._period_entry(menu, name, span[-1], span[0])
        return menu

    def _period_entry(self, menu: QMenu, text: str, first: date, last: date) -> None:
        action = menu.addAction(text)
        action.setData((first, last))
        action.triggered.connect(self._picked_period)

    def _picked_period(self) -> None:
        self._set_span(*self.sender().data())

    def _open_periods(self) -> None:
        menu = self.periods_menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._period.mapToGlobal(self._period.rect().bottomLeft()))

    # pictures ---------------------------------------------------------------------------------------------

    def copy_picture(self) -> None:
        """Puts the picture on the clipboard."""
        from views.rankings.picture import picture

        if self._has_rows():
            QGuiApplication.clipboard().setImage(picture(self._view))
            self.session.notice("success", "排名图片已复制，可以直接粘贴到文档里。")

    def save_picture(self, path: Path) -> None:
        """Writes the picture to a file, PNG or SVG by its name."""
        from views.rankings.picture import render_picture

        try:
            render_picture(self._view, path)
        except OSError:
            self.session.notice("error", f"图片没有存成：{path} 不能写入，请换一个位置。")
        else:
            self.session.notice("success", f"图片已存为 {path.name}。")

    def _save_png(self) -> None:
        self._save("png")

    def _save_svg(self) -> None:
        self._save("svg")

    def _save(self, kind: str) -> None:
        from views.rankings.picture import title

        if not self._has_rows():
            return
        dialog = QFileDialog(self, "存为图片", f"{title(self._view)}.{kind}", f"图片 (*.{kind})")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(kind)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    def _file_chosen(self, name: str) -> None:
        self.save_picture(Path(name))

    def changeEvent(self, event: QEvent) -> None:
        """Another scheme: bars and panel are drawn in its colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._view is not None:
            QTimer.singleShot(0, self, self._recolor)

    def _recolor(self) -> None:
        """Apart from the event, which walks through the widgets that are exchanged here."""
        self.chart.recolor()
        self.panel.recolor()
