"""回访: the calls with their sheet, and for the centre a second tab with the samples."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.callbacks import paper
from app.callbacks.rows import CallFilter, Ref
from app.changes import Kind
from app.errors import PingdeskError
from models.rules.callbacks import Step
from views.callbacks.listing import CallList
from views.callbacks.panel import CallPanel
from views.callbacks.sampling import SampleList, SamplePanel
from views.documents.preview import PaperPreview
from views.shell.actions import callback_command
from views.shell.page import Page
from views.shell.parts import Button, rule
from views.shell.session import Session
from views.tables.listed import beside

CALLS, SAMPLES = range(2)


class CallbacksPage(Page):
    """People are asked whether the remedy was one (Art. 3, 15, 24)."""

    title = "回访"
    shows = Kind.CALLBACKS | Kind.TICKETS | Kind.REGISTRY

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.calls = CallPanel(session, self)
        self.samples = SamplePanel(session, self)
        self.samples.place = self
        self.samples.paper_wanted.connect(self._show_paper)
        self.list = CallList(session, self.calls, self)
        self.list.counted.connect(self._counted)
        self.sample_list = SampleList(session, self.samples, self)
        self.sample_list.counted.connect(self._show_facts)
        self._told = ["", ""]
        self._panels, self._lists = QStackedWidget(self), QStackedWidget(self)
        for panel, listed in ((self.calls, self.list), (self.samples, self.sample_list)):
            self._panels.addWidget(panel)
            self._lists.addWidget(listed)
        column, self.split = beside(self, self._panels)
        column.addLayout(self._make_tabs())
        column.addWidget(self._lists, 1)
        self.preview = PaperPreview(session, self)
        self.preview.left.connect(self._paper_left)
        self.layout().addWidget(self.preview)
        self.setFocusProxy(self.list.table)
        self._bind()

    def _make_tabs(self) -> QVBoxLayout:
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("回访的各部分")
        for name in ("回访", "抽样"):
            self.tabs.addTab(name)
        self.tabs.currentChanged.connect(self._tab_chosen)
        holder = QVBoxLayout()
        holder.setSpacing(0)
        line = rule(self)
        for part in (self.tabs, line):
            holder.addWidget(part)
            part.setVisible(self.session.is_officer)
        return holder

    def _bind(self) -> None:
        bind, calls, samples = self.session.registry.bind, self.calls, self.samples
        for step in Step:
            bind(callback_command(step), partial(calls.begin, step), partial(calls.allows, step))
        bind("callback.next", self.list.next, self._may_go_on)
        bind("callback.contact", calls.contact.ask, self._allows_contact)
        bind("callback.export", self.list.ask_path, self.list.can_export)
        bind("callback.draw", self.begin_drawing)
        bind("callback.check", samples.check, samples.chosen)
        bind("callback.print", samples.print, samples.chosen)

    def _may_go_on(self) -> bool:
        return self.list.isVisible() and bool(self.list.model.rows) and not self.calls.typing

    def _allows_contact(self) -> bool:
        return self.calls.isVisible() and self.calls.contact.allows()

    # tabs -------------------------------------------------------------------------------------------------

    @property
    def _at(self) -> int:
        return self.tabs.currentIndex()

    def _listed(self) -> Any:
        return (self.list, self.sample_list)[self._at]

    def _tab_chosen(self, tab: int) -> None:
        self._lists.setCurrentIndex(tab)
        self._panels.setCurrentIndex(tab)
        self.setFocusProxy(self._listed().table)
        self.facts.setText(self._told[tab])
        self._listed().reload()

    def begin_drawing(self) -> None:
        """Opens the form for a new sample."""
        self._leave_paper()
        self.session.go("callbacks", None)
        self.tabs.setCurrentIndex(SAMPLES)
        self.samples.begin_drawing()

    def confirmation(self) -> Button | None:
        """Of what is being filled in."""
        return (self.calls, self.samples)[self._at].confirm

    def reload(self) -> None:
        """Reads the tab in front again."""
        self._listed().reload()

    def open_with(self, argument: object) -> None:
        """A call, or a filter."""
        if argument is self:
            self.tabs.setCurrentIndex(SAMPLES)
        elif isinstance(argument, (Ref, CallFilter)):
            self._leave_paper()
            self.tabs.setCurrentIndex(CALLS)
            if isinstance(argument, Ref):
                self.list.open_id(argument.number)
            else:
                self.list.open_filter(argument)

    def _counted(self, counts: Any) -> None:
        self._say(CALLS, f"{counts.matching:,} 件")
        self.session.counted.emit("callbacks", counts.due, False)

    def _show_facts(self, counts: Any) -> None:
        self._say(SAMPLES, f"{counts.matching:,} 次抽样")

    def _say(self, tab: int, text: str) -> None:
        self._told[tab] = text
        if tab == self._at:
            self.facts.setText(text)

    # the sheet on paper -----------------------------------------------------------------------------------

    def _show_paper(self, sample_id: int) -> None:
        self.session.query(self, lambda c: paper.document(c, sample_id), self._paper_read, key="paper",
                           failed=self._paper_failed)  # fmt: skip

    def _paper_read(self, document: Any) -> None:
        self.split.hide()
        self.preview.show_document(document, paper.NAME)

    def _paper_failed(self, error: Exception) -> None:
        known = isinstance(error, PingdeskError)
        self.session.notice(
            "warning" if known else "error", str(error) if known else "程序出错了，详情已记入日志。"
        )

    def _leave_paper(self) -> None:
        if not self.preview.isHidden():
            self.preview.leave()

    def _paper_left(self) -> None:
        self.split.show()
        self._listed().table.setFocus()
