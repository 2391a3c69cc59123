"""明细: the rows that a figure counted, in the place of the ranking that it was opened from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.rankings import figures, staff_rows
from app.rankings.figures import BAD_LEVELS, SOURCES, Counted, Figure
from app.rankings.periods import period_text
from app.rankings.queries import GROUPS
from app.rankings.staff_rows import StaffFigure
from models.rules.lifecycle import State
from models.rules.ratings import Platform, Satisfaction
from views import dates
from views.rows.export import RowsExportBar
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


def _of_one(column: Column) -> bool:
    return column.id != "agency"


_ALL = (
    Column("at", "评价时间", 100, when, when_exactly, quiet=True),
    Column("level", "等级", 96, lambda r: Satisfaction(r.level).label, kind="level"),
    Column("agency", "单位", 120, lambda r: r.agency or "—", lambda r: r.agency or ""),
    Column("number", "计为", 60, lambda r: f"{r.number:,} 条", right=True),
    Column("item", "事项", 120, lambda r: r.item or "—", lambda r: r.item or "", stretch=True),
    Column("platform", "平台", 92, lambda r: Platform(r.platform).label),
    Column("place", "窗口、人员、大厅", 150, _place, _place, needs=860),
    Column("said", "标签和意见", 150, _said, _said, needs=1080),
    Column("source", "来源", 104, _given, _given, quiet=True),
    Column("case", "办件编号", 170, lambda r: r.case_number or "—", lambda r: r.case_number or "", needs=740),
    Column("state", "工单", 70, _ticket, lambda r: "按回车或双击，打开工单" if r.ticket_id else "", needs=980),
)  # fmt: skip
COLUMNS = tuple(filter(_of_one, _ALL))


def _ratings_said(figure: Figure, found: Counted) -> str:
    if figure.levels == BAD_LEVELS:
        return f"差评 {found.count:,} 条，按评价计（依据：细则第二十三条）。"
    return (
        f"计入 {found.count:,} 条（依据：细则{'第二十二条①' if len(figure.platforms) > 1 else '第六条'}）。"
    )


def _ratings_title(figure: Figure) -> str:
    if figure.levels == BAD_LEVELS:
        return "差评"
    if len(figure.platforms) == 1:
        return f"{Platform(figure.platforms[0]).label}的评价"
    return "计入服务质量的评价" if figure.platforms else "全部评价"


RATINGS = Listing(figures, COLUMNS, "条", _ratings_title, _ratings_said)
#: Over several agencies each row says whose it is.
RATINGS_OF_ALL = replace(
    RATINGS, columns=tuple(replace(one, needs=1280) if one.id == "place" else one for one in _ALL)
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
        self._lists: dict[type | None, tuple[Listing, PagedModel, ListCard]] = {}
        self._kinds: dict[type | None, Listing] = {
            None: RATINGS_OF_ALL,
            Figure: RATINGS,
            StaffFigure: STAFF,
            **LISTINGS,
        }
        self._show(Figure)
        self.export = RowsExportBar(session, self)
        self.save = Button("导出…", "save", parent=self)
        self.save.setToolTip("导出列出的全部明细（Excel 或 CSV，留痕）　Ctrl+Alt+X")
        self.save.clicked.connect(self.choose_export)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * UNIT)
        column.addLayout(row(self.back, self.title, None, self.save))
        column.addWidget(self.facts)
        column.addWidget(self._cards, 1)
        column.addWidget(self.export)
        for keys in ("Esc", "Alt+Left"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.left)

    def showEvent(self, event: QShowEvent) -> None:
        """The rows in sight are those that are exported; other pages have a panel of their own."""
        super().showEvent(event)
        self.session.registry.bind("rows.export", self.choose_export, self._can_export)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing in sight, nothing to export."""
        super().hideEvent(event)
        self.session.registry.unbind("rows.export", self.choose_export)

    def choose_export(self) -> None:
        """Asks where the rows go."""
        if self._can_export():
            self.export.ask(self.figure)

    def _can_export(self) -> bool:
        return self.isVisible() and bool(self.model.rows) and self.export.idle

    def _add(self, kind: type | None, listing: Listing) -> None:
        model = PagedModel(listing.columns, self._ask, self)
        empty = Empty("tickets", "没有您能查看的明细", "数字照常计入；明细只给经办的人看。", self)
        card = ListCard("明细", model, empty, self)
        model.loaded.connect(lambda _started: card.show_rows())
        self._cards.addWidget(card)
        card.table.activated.connect(self._open_ticket)
        self._lists[kind] = listing, model, card

    def _show(self, kind: type | None) -> None:
        if kind not in self._lists:
            self._add(kind, self._kinds[kind])
        self.listing, self.model, card = self._lists[kind]
        self.table = card.table
        self.setFocusProxy(self.table)
        self._cards.setCurrentWidget(card)

    def open(self, figure: Any) -> None:
        """Shows the rows of another figure."""
        self.figure = figure
        whose = figure.agency or GROUPS.get(getattr(figure, "group", None) or "", "全部单位")
        self._show(None if figure.agency is None else type(figure))
        self.title.setText(f"{whose}　{period_text(figure.period)}　{self.listing.title(figure)}")
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
        ticket_id = getattr(self.model.rows[index.row()], "ticket_id", None)
        if ticket_id is not None and self.session.registry.allowed("go.tickets"):
            self.session.go("tickets", ticket_id)
