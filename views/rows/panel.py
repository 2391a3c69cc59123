"""明细: the rows that a figure counted, in the place of the ranking that it was opened from."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.rankings import figures, staff_rows
from app.rankings.figures import SOURCES, Counted, Figure
from app.rankings.periods import period_text
from app.rankings.staff_rows import StaffFigure
from models.rules.lifecycle import State
from models.rules.ratings import Platform, Satisfaction
from views import dates
from views.rows.listings import LISTINGS, Listing, when, when_exactly
from views.shell.parts import Button, Empty, label, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tables.listed import ListCard
from views.tables.model import Column, PagedModel


def _given(one: Any) -> str:
    """What the row is; an own rating that was given by default says so."""
    default = one.source == "rating" and one.is_default
    return "超时默认好评" if default else SOURCES[one.source]


def _ticket(one: Any) -> str:
    return State(one.state).label if one.state else "—"


def _place(one: Any) -> str:
    """Counter, who served and the hall, as far as they are known; most agencies have one hall, so it comes last."""
    return " · ".join(part for part in (one.counter, one.staff, one.hall) if part) or "—"


def _said(one: Any) -> str:
    """The labels, then what was written."""
    labels = "、".join(one.labels)
    return "：".join(part for part in (labels, " ".join((one.words or "").split())) if part) or "—"


COLUMNS = (
    Column("at", "评价时间", 100, when, when_exactly, quiet=True),
    Column("level", "等级", 96, lambda r: Satisfaction(r.level).label, kind="level"),
    Column("number", "计为", 60, lambda r: f"{r.number:,} 条", right=True),
    Column("item", "事项", 120, lambda r: r.item or "—", lambda r: r.item or "", stretch=True),
    Column("platform", "平台", 92, lambda r: Platform(r.platform).label),
    Column("place", "窗口、人员、大厅", 150, _place, _place, needs=860),
    Column("said", "标签和意见", 150, _said, _said, needs=1080),
    Column("source", "来源", 104, _given, _given, quiet=True),
    Column("case", "办件编号", 170, lambda r: r.case_number or "—", lambda r: r.case_number or "", needs=740),
    Column("state", "工单", 70, _ticket, lambda r: "按回车或双击，打开工单" if r.ticket_id else "", needs=980),
)  # fmt: skip


def _ratings_said(figure: Figure, found: Counted) -> str:
    return f"计入 {found.count:,} 条（依据：细则{'第二十二条①' if figure.platforms else '第六条'}）。"


RATINGS = Listing(
    figures,
    COLUMNS,
    "条",
    lambda figure: "计入服务质量的评价" if figure.platforms else "全部评价",
    _ratings_said,
)


def _staff_said(_figure: StaffFigure, found: Counted) -> str:
    return f"对服务人员的评价 {found.count:,} 条（依据：细则第五条）。"


#: Who served is in the title, and a counter has no platform to tell.
STAFF = Listing(
    staff_rows,
    tuple(column for column in COLUMNS if column.id != "platform"),
    "条",
    lambda figure: f"{figure.staff}的评价",
    _staff_said,
)


class RowsPanel(QWidget):
    """`left` when the reader goes back to where the figure stands."""

    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None, *, home: str = "排名") -> None:
        """`home`: where the figure stands."""
        super().__init__(parent)
        self.session = session
        self.figure: Any = None
        self.back = Button(f"返回{home}", "previous", "link", self)
        self.back.setToolTip(f"返回{home}　Esc 或 Alt+←")
        self.back.clicked.connect(self.left)
        self.title = label("", "section", self)
        self.facts = label("", "secondary", self, wrap=True)
        self._cards = QStackedWidget(self)
        self._lists: dict[type, tuple[Listing, PagedModel, ListCard]] = {}
        for kind, listing in ({Figure: RATINGS, StaffFigure: STAFF} | LISTINGS).items():
            self._add(kind, listing)
        self._show(Figure)
        self.table.activated.connect(self._open_ticket)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * UNIT)
        column.addLayout(row(self.back, self.title, None))
        column.addWidget(self.facts)
        column.addWidget(self._cards, 1)
        for keys in ("Esc", "Alt+Left"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.left)

    def _add(self, kind: type, listing: Listing) -> None:
        model = PagedModel(listing.columns, self._ask, self)
        empty = Empty("tickets", "没有您能查看的明细", "数字照常计入；明细只给经办的人看。", self)
        card = ListCard("明细", model, empty, self)
        model.loaded.connect(lambda _started: card.show_rows())
        self._cards.addWidget(card)
        self._lists[kind] = listing, model, card

    def _show(self, kind: type) -> None:
        self.listing, self.model, card = self._lists[kind]
        self.table = card.table
        self.setFocusProxy(self.table)
        self._cards.setCurrentWidget(card)

    def open(self, figure: Any) -> None:
        """Shows the rows of another figure."""
        self.figure = figure
        self._show(type(figure))
        self.title.setText(f"{figure.agency}　{period_text(figure.period)}　{self.listing.title(figure)}")
        self.facts.setText("")
        self.model.restart()
        self._count()
        self.table.setFocus()

    def reload(self) -> None:
        """Reads rows and counts again."""
        self.model.refresh()
        self._count()

    def _ask(self, key: Any, limit: int) -> None:
        wanted, source = self.figure, self.listing.source
        if wanted is not None:
            self.session.query(
                self,
                lambda c: source.rows(c, wanted, after=key, limit=limit),
                self.model.arrived,
                key="figure_rows",
                failed=self._not_read,
            )

    def _count(self) -> None:
        wanted, source = self.figure, self.listing.source
        if wanted is not None:
            self.session.query(
                self, lambda c: source.counted(c, wanted), self._counted, key="figure", failed=self._not_read
            )

    def _not_read(self, error: Exception) -> None:
        self.model.failed()
        self.session.notice("error", str(error), "重试", self.reload)

    def _counted(self, found: Any) -> None:
        said = [self.listing.said(self.figure, found)]
        if found.hidden:
            said.append(f"其中 {found.hidden:,} {self.listing.unit}不在您的查看范围。")
        if found.closed:
            months = "、".join(dates.month(month) for month in found.closed)
            said.append(f"{months}已封账，按封账时的计数列出。")
        self.facts.setText("".join(said))

    def _open_ticket(self, index: QModelIndex) -> None:
        ticket_id = self.model.rows[index.row()].ticket_id
        if ticket_id is not None and self.session.registry.allowed("go.tickets"):
            self.session.go("tickets", ticket_id)
