"""审计: the chain above, chips and list at the left, the chosen event at the right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.audit import queries
from app.audit.queries import Standing
from app.changes import EVERYTHING
from app.errors import PingdeskError
from views.audit import memory
from views.audit.columns import COLUMNS
from views.audit.filters import EventFilters
from views.audit.panel import EventPanel
from views.audit.strip import ChainStrip
from views.audit.work import Verified, exporting, verifying
from views.intake.loading import LoadBar
from views.operations import Cancelled, Operation
from views.shell.page import Page
from views.shell.parts import Empty
from views.shell.session import Session
from views.tables.listed import ListCard, beside
from views.tables.model import PagedModel


class AuditPage(Page):
    """What happened, for who looks over the others' shoulders."""

    title = "审计"
    #: Whatever is changed leaves an event.
    shows = EVERYTHING.kinds

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._standing: Standing | None = None
        self._under_way: Operation | None = None
        self._make_parts()
        self._lay_out()
        self.setFocusProxy(self.table)
        session.registry.bind("audit.verify", self.verify, self._idle)
        session.registry.bind("audit.export", self.choose_export, self._idle)

    def _make_parts(self) -> None:
        self.strip = ChainStrip(self)
        self.strip.verify_wanted.connect(self.verify)
        self.strip.export_wanted.connect(self.choose_export)
        self.strip.told.connect(self._tell)
        self.bar = LoadBar(self)
        self.bar.bar.setAccessibleName("核验进度")
        self.bar.cancelled.connect(self._cancel)
        self.filters = EventFilters(self)
        self.filters.changed.connect(self._filter_changed)
        self.model = PagedModel(COLUMNS, self._ask, self)
        self.model.loaded.connect(self._loaded)
        self.panel = EventPanel(self)
        self.panel.told.connect(self._tell)
        self.panel.ticket_wanted.connect(self._only_ticket)
        self.panel.person_wanted.connect(self._only_person)

    def _lay_out(self) -> None:
        column, _ = beside(self, self.panel)
        empty = Empty("empty", "没有符合条件的记录", "去掉一些筛选条件，或者换一段时间。", self)
        empty.offer("清除全部筛选", "filter").clicked.connect(self.filters.clear)
        self._card = ListCard("审计记录", self.model, empty, self)
        self.table = self._card.table
        self.table.chosen.connect(self._row_chosen)
        for part in (self.strip, self.bar, self.filters):
            column.addWidget(part)
        column.addWidget(self._card, 1)

    # reading ----------------------------------------------------------------------------------------------

    def _ask(self, key: Any, limit: int) -> None:
        chosen = self.filters.filter

        def read(connection: Any) -> Any:
            return queries.page(connection, chosen, after=key, limit=limit)

        self.session.query(self, read, self._page_read, key="page", failed=self._not_read)

    def _page_read(self, page: Any) -> None:
        self.model.arrived(page)

    def _not_read(self, error: Exception) -> None:
        self.model.failed()
        self.session.notice("error", str(error), "重试", self.reload)

    def reload(self) -> None:
        """Reads the listed events, their number and the head of the chain again."""
        self.model.refresh()
        self._read_count()
        self.session.query(self, queries.standing, self._show_standing, key="standing")
        self.session.query(self, queries.people, self._offer, key="people")

    def _read_count(self) -> None:
        chosen = self.filters.filter
        self.session.query(self, lambda connection: queries.count(connection, chosen), self._show_count,
                           key="count")  # fmt: skip

    def _show_count(self, count: int) -> None:
        self.facts.setText(f"{count:,} 条记录")

    def _show_standing(self, standing: Standing) -> None:
        self._standing = standing
        self.strip.show_head(standing.head)
        self.strip.show_last(memory.recall(self.session.workspace.label), self.session.today)

    def _offer(self, people: Any) -> None:
        self.filters.offer(people, self.session.today)

    # choosing ---------------------------------------------------------------------------------------------

    def open_with(self, argument: object) -> None:
        """A ticket's id: only its events."""
        if isinstance(argument, int):
            self._only_ticket(argument, f"工单 {argument}")

    def _only_ticket(self, ticket: int, name: str) -> None:
        self.filters.narrow(ticket=(ticket, name))

    def _only_person(self, login: str) -> None:
        self.filters.narrow(actor=login)

    def _filter_changed(self, _chosen: object) -> None:
        self.model.restart()
        self._read_count()

    def _loaded(self, started: bool) -> None:
        self._card.show_rows()
        if not self.model.rows:
            self.panel.show_nothing()
        elif started and self.table.currentIndex().row() < 0:
            self.table.choose_id(self.model.rows[0].id)

    def _row_chosen(self, chosen: Any) -> None:
        if chosen is None or (self.panel.detail is not None and self.panel.detail.row.id == chosen.id):
            return
        self.session.query(self, lambda connection: queries.event(connection, chosen.id), self._show_event,
                           key="event")  # fmt: skip

    def _show_event(self, detail: Any) -> None:
        # While rows are dropped from the list, the next one is chosen for a moment.
        if self.model.row_of(detail.row.id) is None:
            return
        self.panel.show_event(detail, self.session.today)

    # verifying and exporting ------------------------------------------------------------------------------

    def verify(self) -> None:
        """Walks the chain; it must hold, and contain the head typed and the one this computer remembers."""
        typed = self.strip.heads()
        if typed is None:
            self.session.notice("warning", "抄录的链头写作“编号:校验值”，校验值至少写前 16 位。")
            return
        if self._idle() and self._standing is not None:
            remembered = memory.expected(self.session.workspace.label, self._standing.first)
            self._begin("正在核验…", verifying(self.session.workspace, (*typed, *remembered)), self._verified)

    def _verified(self, done: Verified) -> None:
        self._settle()
        last = memory.keep(self.session.workspace.label, done)
        self.strip.show_head(done.standing.head)
        self.strip.show_last(last, self.session.today)
        if done.verdict.broken is None:
            self.session.notice("success", f"审计链完好，共 {done.verdict.links:,} 环。")
        else:
            self.session.notice("error", f"审计链已断：{done.verdict.broken.why}。请保全数据库并报告负责人。")

    def choose_export(self) -> None:
        """Asks where the file goes."""
        if not self._idle():
            return
        name = f"审计记录_{self.session.today:%Y-%m-%d}.jsonl"
        dialog = QFileDialog(self, "导出审计记录", name, "审计记录 (*.jsonl)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("jsonl")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._export_chosen)
        dialog.open()

    def _export_chosen(self, name: str) -> None:
        self.export(Path(name))

    def export(self, path: Path) -> None:
        """Writes the chain to a file that can be verified without the database."""
        if self._idle():
            self._begin("正在导出…", exporting(self.session.workspace, path), self._exported)

    def _exported(self, done: Any) -> None:
        self._settle()
        if done.verdict.broken is None:
            said = f"已导出到 {done.path.name}，{done.verdict.events:,} 条事件，重新读过，链完好。"
            self.session.notice("success", said)
        else:
            said = f"已导出到 {done.path.name}，但审计链已断：{done.verdict.broken.why}。"
            self.session.notice("error", said)
        self.reload()

    def _begin(self, stage: str, work: Any, done: Any) -> None:
        self.bar.begin(stage)
        self.strip.set_busy(busy=True)
        self._under_way = self.session.operations.command(self, work, done, failed=self._failed,
                                                          progressed=self.bar.progress)  # fmt: skip

    def _failed(self, error: Exception) -> None:
        self._settle()
        if isinstance(error, Cancelled) or getattr(error, "code", "") == "cancelled":
            self.session.notice("info", "已取消。")
        elif isinstance(error, PingdeskError):
            self.session.notice("warning" if error.exit_code == 1 else "error", str(error))
        else:
            self.session.notice("error", "程序出错了，详情已记入日志。")

    def _settle(self) -> None:
        self._under_way = None
        self.bar.hide()
        self.strip.set_busy(busy=False)

    def _cancel(self) -> None:
        if self._under_way is not None:
            self._under_way.cancel()

    def _idle(self) -> bool:
        return self._under_way is None

    def _tell(self, text: str) -> None:
        self.session.notice("info", text)
