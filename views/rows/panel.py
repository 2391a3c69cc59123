"""明细: the rows that a figure counted, in the place of the ranking that it was opened from."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.clock import local
from app.rankings import figures
from app.rankings.figures import SOURCES, Counted, Figure
from app.rankings.periods import period_text
from models.rules.lifecycle import State
from models.rules.ratings import Platform, Satisfaction
from views import dates
from views.shell.parts import Button, Empty, label, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tables.listed import ListCard
from views.tables.model import Column, PagedModel


def _when(one: Any) -> str:
    return dates.month(local(one.at)) if one.source in _WHOLE else dates.short_moment(one.at)


def _given(one: Any) -> str:
    """What the row is; an own rating that was given by default says so."""
    default = one.source == "rating" and one.is_default
    return "超时默认好评" if default else SOURCES[one.source]


def _ticket(one: Any) -> str:
    return State(one.state).label if one.state else "—"


#: Lines of counts, which belong to a month and to no moment.
_WHOLE = frozenset({"summary", "closed"})

COLUMNS = (
    Column("at", "评价时间", 110, _when, lambda r: _when(r) if r.source in _WHOLE else dates.exact(r.at), quiet=True),
    Column("level", "等级", 96, lambda r: Satisfaction(r.level).label, kind="level"),
    Column("number", "计为", 64, lambda r: f"{r.number:,} 条", right=True),
    Column("item", "事项", 150, lambda r: r.item or "—", lambda r: r.item or "", stretch=True),
    Column("platform", "平台", 110, lambda r: Platform(r.platform).label),
    Column("hall", "大厅", 140, lambda r: r.hall or "—", lambda r: r.hall or "", needs=860),
    Column("source", "来源", 160, _given, _given, quiet=True),
    Column("case", "办件编号", 170, lambda r: r.case_number or "—", lambda r: r.case_number or "", needs=740),
    Column("state", "工单", 90, _ticket, lambda r: "按回车或双击，打开工单" if r.ticket_id else "", needs=980),
)  # fmt: skip


class RowsPanel(QWidget):
    """`left` when the reader goes back to where the figure stands."""

    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.figure: Figure | None = None
        self.model = PagedModel(COLUMNS, self._ask, self)
        self.model.loaded.connect(self._loaded)
        self.back = Button("返回排名", "previous", "link", self)
        self.back.setToolTip("返回排名　Esc 或 Alt+←")
        self.back.clicked.connect(self.left)
        self.title = label("", "section", self)
        self.facts = label("", "secondary", self, wrap=True)
        empty = Empty("tickets", "没有您能查看的明细", "数字照常计入；明细只给经办的人看。", self)
        self._card = ListCard("明细", self.model, empty, self)
        self.table = self._card.table
        self.table.activated.connect(self._open_ticket)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * UNIT)
        column.addLayout(row(self.back, self.title, None))
        column.addWidget(self.facts)
        column.addWidget(self._card, 1)
        self.setFocusProxy(self.table)
        for keys in ("Esc", "Alt+Left"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.left)

    def open(self, figure: Figure) -> None:
        """Shows the rows of another figure."""
        self.figure = figure
        platforms = "计入服务质量的评价" if figure.platforms else "全部评价"
        self.title.setText(f"{figure.agency}　{period_text(figure.period)}　{platforms}")
        self.facts.setText("")
        self.model.restart()
        self._count()
        self.table.setFocus()

    def reload(self) -> None:
        """Reads rows and counts again."""
        self.model.refresh()
        self._count()

    def _ask(self, key: Any, limit: int) -> None:
        wanted = self.figure
        if wanted is not None:
            self.session.query(
                self,
                lambda c: figures.rows(c, wanted, after=key, limit=limit),
                self.model.arrived,
                key="figure_rows",
                failed=self._not_read,
            )

    def _count(self) -> None:
        wanted = self.figure
        if wanted is not None:
            self.session.query(
                self, lambda c: figures.counted(c, wanted), self._counted, key="figure", failed=self._not_read
            )

    def _not_read(self, error: Exception) -> None:
        self.model.failed()
        self.session.notice("error", str(error), "重试", self.reload)

    def _counted(self, found: Counted) -> None:
        article = "第二十二条①" if self.figure is not None and self.figure.platforms else "第六条"
        said = [f"计入 {found.count:,} 条（依据：细则{article}）。"]
        if found.hidden:
            said.append(f"其中 {found.hidden:,} 条不在您的查看范围。")
        if found.closed:
            months = "、".join(dates.month(month) for month in found.closed)
            said.append(f"{months}已封账，按封账时的计数列出。")
        self.facts.setText("".join(said))

    def _open_ticket(self, index: QModelIndex) -> None:
        ticket_id = self.model.rows[index.row()].ticket_id
        if ticket_id is not None and self.session.registry.allowed("go.tickets"):
            self.session.go("tickets", ticket_id)

    def _loaded(self, _started: bool) -> None:
        self._card.show_rows()
