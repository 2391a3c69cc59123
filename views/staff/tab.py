"""窗口人员, a tab of 统计: a period, an agency, chips and the list at the left, the chosen one at the right."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from app.changes import Kind
from app.errors import PingdeskError
from app.rankings.queries import Period
from app.staff import export, queries
from app.staff.rows import StaffFilter, StaffStep
from models.rules.staffing import MONTHS_IN_A_ROW, REPEATED
from views.rankings.periods import PeriodBar
from views.records.listing import RecordList
from views.rows.panel import RowsPanel
from views.shell.parts import Badge, Button, Empty, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.staff.columns import COLUMNS
from views.staff.panel import StaffPanel
from views.tables.listed import divided

_ALL = "全部单位"


class StaffList(RecordList):
    """The staff with ratings in the period, read whole; `arrived(Page)`."""

    arrived = Signal(object)

    name, hint, key = "窗口人员列表", "搜索姓名、单位", "staff"
    columns = COLUMNS
    clocks = (
        ("bottom", f"连续 {MONTHS_IN_A_ROW} 个月末位", "red"),
        ("repeated", f"差评 {REPEATED} 条以上", "amber"),
    )

    def read(self, connection: Any, wanted: Any, after: Any, limit: int) -> Any:
        """All that fit."""
        return queries.page(connection, wanted, self._session.person)

    def _ask(self, key: Any, limit: int) -> None:
        wanted = self.filter
        self._session.query(self, lambda c: self.read(c, wanted, key, limit), self._page_arrived,
                            key="staff_list", failed=self._not_read)  # fmt: skip

    def _page_arrived(self, page: Any) -> None:
        self.arrived.emit(page)
        self.model.arrived(page)
        self._show_counts(page.counts)

    def _read_counts(self) -> None:
        """They came with the page."""


class StaffTab(QWidget):
    """Ratings of the staff (Art. 5, Guide 8.2), each agency's apart."""

    title = "窗口人员"
    shows = (
        Kind.TALLY | Kind.RATINGS | Kind.APPEALS | Kind.STAFF | Kind.IMPROVEMENTS | Kind.CLOSING | Kind.RULES | Kind.REGISTRY
    )  # fmt: skip

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._writing = False
        self.panel = StaffPanel(session, self)
        self.panel.place = self
        empty = Empty(
            "people", "没有窗口人员的评价", "导入评价明细后，对窗口人员的评价按单位列在这里。", self
        )
        self.list = StaffList(
            session, self.panel, StaffFilter(agency=session.person.agency), empty, parent=self
        )
        self.list.layout().setContentsMargins(0, 0, 2 * UNIT, 0)
        self.list.model.loaded.connect(self._loaded)
        self.list.arrived.connect(self._arrived)
        self.rows = RowsPanel(session, self, home="窗口人员")
        self.rows.left.connect(self._show_list)
        self.panel.opened.connect(self._open_rows)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(divided(self.list, self.panel, self._stack))
        self._stack.addWidget(self.rows)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * UNIT)
        column.addWidget(self._make_bar())
        column.addWidget(self._stack, 1)
        self.setFocusProxy(self.list.table)
        session.registry.bind("staff.export", self.ask_path, self._can_export)
        for step in StaffStep:
            session.registry.bind(
                f"staff.{step.value}", partial(self.panel.begin, step), partial(self.panel.allows, step)
            )

    def _make_bar(self) -> QWidget:
        bar = QWidget(self)
        self.periods = PeriodBar(bar)
        self.periods.picked.connect(self._period_picked)
        self.agency = QComboBox(bar)
        self.agency.setAccessibleName("单位")
        self.agency.addItem(_ALL, None)
        self.agency.activated.connect(self._agency_picked)
        self.periods.hide()
        self.agency.hide()
        self._closed = Badge("", "grey", bar)
        self.save = Button("导出…", "save", parent=bar)
        self.save.setToolTip("导出列出的全部人员")
        self.save.clicked.connect(self.ask_path)
        bar.setLayout(row(self.periods, self.agency, self._closed, None, self.save, spacing=2))
        return bar

    # into a file ------------------------------------------------------------------------------------------

    def _can_export(self) -> bool:
        return self.isVisible() and bool(self.list.model.rows) and not self._writing

    def ask_path(self) -> None:
        """Asks where the list goes."""
        if not self._can_export():
            return
        name = f"窗口人员评价_{self.session.today:%Y%m%d}.xlsx"
        dialog = QFileDialog(self, "导出窗口人员评价", name, "工作簿 (*.xlsx);;CSV (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._path_chosen)
        dialog.open()

    def _path_chosen(self, name: str) -> None:
        self.write(Path(name))

    def write(self, path: Path) -> None:
        """Writes what is listed."""
        space, wanted = self.session.workspace, self.list.filter
        self._set_writing(True)
        self.session.operations.command(
            self, lambda _task: export.export(space, path, wanted), self._written, failed=self._not_written
        )

    def _set_writing(self, writing: bool) -> None:
        self._writing = writing
        self.save.setEnabled(self._can_export())

    def _written(self, done: Any) -> None:
        self._set_writing(False)
        self.session.notice("success", f"已导出 {done.rows:,} 人：{done.path.name}。")

    def _not_written(self, error: Exception) -> None:
        self._set_writing(False)
        known = isinstance(error, PingdeskError)
        said = str(error) if known else "程序出错了，详情已记入日志。"
        self.session.notice("warning" if known else "error", said)

    # what is listed ---------------------------------------------------------------------------------------

    def confirmation(self) -> Button | None:
        """Of a record, or of taking one back."""
        return self.panel.confirm

    def reload(self) -> None:
        """Reads the list and the chosen one again."""
        self.list.reload()
        if self._stack.currentWidget() is self.rows:
            self.rows.reload()

    def _arrived(self, page: Any) -> None:
        """What the list counted: the period is that of the panel too."""
        self.panel.period = page.period
        self.periods.setVisible(page.period is not None)
        self.agency.setVisible(page.period is not None and self.session.person.agency is None)
        if page.period is not None:
            self.periods.show_period(page.period, page.months)
        whole = page.period is not None and len(page.closed) == page.period.length
        self._closed.show_text("已封账" if whole else "部分月份已封账" if page.closed else "", "grey")
        chosen = self.list.filter.agency
        self.agency.blockSignals(True)
        self.agency.clear()
        self.agency.addItem(_ALL, None)
        for name in page.agencies:
            self.agency.addItem(name, name)
        self.agency.setCurrentIndex(max(0, self.agency.findData(chosen)))
        self.agency.blockSignals(False)

    def _period_picked(self, period: Period) -> None:
        self._change(replace(self.list.filter, period=period))

    def _agency_picked(self) -> None:
        self._change(replace(self.list.filter, agency=self.agency.currentData()))

    def _change(self, wanted: StaffFilter) -> None:
        """Another list: whom it does not hold is not shown beside it."""
        if self.panel.typing:
            self.session.notice("warning", "右边还有没有办完的内容，请先确认或取消。")
            self.list.reload()
            return
        self.panel.show_nothing()
        self._show_list()
        self.list.change(wanted)

    def _loaded(self, _started: bool) -> None:
        """Nobody is left at the right where nobody is listed."""
        self.save.setEnabled(self._can_export())
        if not self.list.model.rows and not self.panel.typing:
            self.panel.show_nothing()

    def open_with(self, argument: object) -> bool:
        """A filter; False for anything else."""
        if not isinstance(argument, StaffFilter):
            return False
        self._show_list()
        self.list.open_filter(argument)
        return True

    def _open_rows(self, figure: Any) -> None:
        self._stack.setCurrentWidget(self.rows)
        self.rows.open(figure)

    def _show_list(self) -> None:
        self._stack.setCurrentIndex(0)
