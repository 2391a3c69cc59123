"""提醒名单, a tab of 统计: cases that wait for a rating, before the default one is given (Art. 20)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QVBoxLayout, QWidget

from app.cases import export, queries
from app.cases.queries import URGENT_HOURS, ReminderFilter
from app.changes import Kind
from app.errors import PingdeskError
from models.rules.ratings import Platform
from views import dates
from views.shell.parts import Button, Chip, Empty, label, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tables.chips import ChipText
from views.tables.listed import ListCard
from views.tables.model import Column, PagedModel


def left_chip(one: Any) -> ChipText:
    """剩 5 小时, 剩 3 天 2 小时."""
    days, hours = divmod(one.hours_left, 24)
    said = f"剩 {days} 天 {hours} 小时" if days else f"剩 {hours} 小时"
    return ChipText(said, "amber" if one.hours_left < URGENT_HOURS else "grey")


COLUMNS = (
    Column("left", "离默认好评", 124, lambda r: left_chip(r).text,
           lambda r: f"{dates.exact(r.default_at)} 起按默认好评计（细则第二十条）", kind="chip", chip=left_chip),
    Column("agency", "单位", 140, lambda r: r.agency),
    Column("item", "事项", 180, lambda r: r.item or "—", lambda r: r.item or "", stretch=True),
    Column("hall", "大厅", 150, lambda r: r.hall or "—", lambda r: r.hall or "", needs=720),
    Column("platform", "平台", 110, lambda r: Platform(r.platform).label, quiet=True, needs=860),
    Column("case", "办件编号", 190, lambda r: r.case_number, needs=600),
    Column("finished", "办结时间", 110, lambda r: dates.short_moment(r.finished_at),
           lambda r: dates.exact(r.finished_at), quiet=True),
)  # fmt: skip


class RemindersTab(QWidget):
    """A chip, a search and the list; all that match into a file."""

    title = "提醒名单"
    shows = Kind.TALLY | Kind.RATINGS | Kind.REGISTRY

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.filter = ReminderFilter()
        self._busy = False
        self.model = PagedModel(COLUMNS, self._ask, self)
        self.model.loaded.connect(self._loaded)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * UNIT)
        column.addLayout(self._tools())
        self.facts = label("", "secondary", self, wrap=True)
        column.addWidget(self.facts)
        empty = Empty(
            "remind",
            "没有要提醒的办件",
            "导入办件明细后，办结超过 24 小时还没有评价的办件会列在这里。",
            self,
        )
        self._card = ListCard("提醒名单", self.model, empty, self)
        self.table = self._card.table
        column.addWidget(self._card, 1)
        self.setFocusProxy(self.table)
        session.registry.bind("reminders.export", self.ask_path, self._can_export)

    def _tools(self) -> Any:
        self.urgent = Chip(f"{URGENT_HOURS} 小时内", self, tone="amber", checkable=True)
        self.urgent.setToolTip("一天之内就按默认好评计")
        self.urgent.clicked.connect(self._urgent_pressed)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("搜索单位、事项、大厅、办件编号")
        self.search.setAccessibleName("搜索提醒名单")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(40 * UNIT)
        self.search.textChanged.connect(self._searched)
        self.save = Button("导出…", "save", parent=self)
        self.save.setToolTip("导出列出的全部办件，用来打电话或发短信提醒")
        self.save.clicked.connect(self.ask_path)
        self.save.setEnabled(False)
        tools = row(self.urgent, self.search, self.save)
        tools.setStretch(1, 1)
        return tools

    # reading ----------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Reads the listed rows and the counts again."""
        self.model.refresh()
        self._read_counts()

    def _ask(self, key: Any, limit: int) -> None:
        wanted = self.filter
        self.session.query(self, lambda c: queries.reminders(c, wanted, after=key, limit=limit), self.model.arrived,
                           key="reminders", failed=self._not_read)  # fmt: skip

    def _not_read(self, error: Exception) -> None:
        self.model.failed()
        self.session.notice("error", str(error), "重试", self.reload)

    def _read_counts(self) -> None:
        wanted = self.filter
        self.session.query(
            self, lambda c: queries.counts(c, wanted), self._show_counts, key="reminder_counts"
        )

    def _show_counts(self, counts: Any) -> None:
        self.urgent.set_count(counts.urgent)
        until = f"，评价数据到{dates.exact_day(counts.rated_until)}为止" if counts.rated_until else ""
        self.facts.setText(
            f"办结超过 24 小时、还没有评价的 {counts.matching:,} 件{until}。办结后第 7 日 24:00 未评价的按默认好评计"
            "（依据：细则第二十条）。"
        )

    def _loaded(self, _started: bool) -> None:
        self._card.show_rows()
        self.save.setEnabled(self._can_export())

    # choosing ---------------------------------------------------------------------------------------------

    def open_with(self, argument: object) -> bool:
        """A filter; False for anything else."""
        if not isinstance(argument, ReminderFilter):
            return False
        self.search.setText(argument.search)
        self._change(argument)
        return True

    def _urgent_pressed(self) -> None:
        self._change(replace(self.filter, urgent=self.urgent.isChecked()))

    def _searched(self, text: str) -> None:
        self._change(replace(self.filter, search=text))

    def _change(self, wanted: ReminderFilter) -> None:
        self.filter = wanted
        self.urgent.setChecked(wanted.urgent)
        self.model.restart()
        self._read_counts()

    # into a file ------------------------------------------------------------------------------------------

    def _can_export(self) -> bool:
        return self.isVisible() and bool(self.model.rows) and not self._busy

    def ask_path(self) -> None:
        """Asks where the list goes."""
        if not self._can_export():
            return
        name = f"提醒名单_{self.session.today:%Y%m%d}.xlsx"
        dialog = QFileDialog(self, "导出提醒名单", name, "工作簿 (*.xlsx);;CSV (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._path_chosen)
        dialog.open()

    def _path_chosen(self, name: str) -> None:
        self.write(Path(name))

    def write(self, path: Path) -> None:
        """Writes what is listed, all pages of it."""
        space, wanted = self.session.workspace, self.filter
        self._set_busy(True)
        self.session.operations.command(
            self, lambda _task: export.export(space, path, wanted), self._written, failed=self._not_written
        )

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.save.setEnabled(self._can_export())

    def _written(self, done: Any) -> None:
        self._set_busy(False)
        self.session.notice("success", f"已导出 {done.rows:,} 件：{done.path.name}。")

    def _not_written(self, error: Exception) -> None:
        self._set_busy(False)
        known = isinstance(error, PingdeskError)
        said = str(error) if known else "程序出错了，详情已记入日志。"
        self.session.notice("warning" if known else "error", said)
