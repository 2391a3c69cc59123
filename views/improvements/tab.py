"""限期整改, a tab of 统计: chips, search and list at the left, the chosen order or the form at the right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QSplitter, QVBoxLayout, QWidget

from app.changes import Kind
from app.errors import PingdeskError
from app.improvements import paper, queries
from app.improvements.queries import OrderFilter, Proposal
from models.rules.improvements import State
from views.documents.preview import PaperPreview
from views.improvements.columns import COLUMNS
from views.improvements.panel import OrderPanel
from views.shell.flow import Flow
from views.shell.parts import Button, Chip, Empty, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tables.listed import PANEL_WIDTH, ListCard
from views.tables.model import PagedModel


class ImprovementsTab(QWidget):
    """Orders to improve (Guide 8.1.2), followed to their end."""

    title = "限期整改"
    shows = Kind.IMPROVEMENTS | Kind.CALENDAR | Kind.REGISTRY | Kind.TALLY | Kind.TICKETS

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.filter = OrderFilter()
        self.panel = OrderPanel(session, self)
        self.panel.acted.connect(self._acted)
        self.panel.paper_wanted.connect(self._show_paper)
        self.model = PagedModel(COLUMNS, self._ask, self)
        self.model.loaded.connect(self._loaded)
        self.preview = PaperPreview(session, self)
        self.preview.left.connect(self._paper_left)
        self._lay_out()
        self.setFocusProxy(self.table)
        session.registry.bind("improvement.propose", self._propose_anew)
        session.registry.bind("improvement.print", self._print, self._can_print)

    def _lay_out(self) -> None:
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        self.split.setHandleWidth(UNIT)
        self.split.setChildrenCollapsible(False)
        left = QWidget(self.split)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 2 * UNIT, 0)
        column.setSpacing(3 * UNIT)
        chips = QWidget(left)
        self._make_chips(chips)
        column.addWidget(chips)
        column.addLayout(self._tools(left))
        empty = Empty("rectify", "没有限期整改通知", self._advice(), left)
        self._card = ListCard("限期整改列表", self.model, empty, left)
        self.table = self._card.table
        self.table.chosen.connect(self._row_chosen)
        column.addWidget(self._card, 1)
        self.split.addWidget(left)
        self.split.addWidget(self.panel)
        self.panel.setMinimumWidth(80 * UNIT)
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 0)
        self.split.setSizes([800, PANEL_WIDTH])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.split)
        outer.addWidget(self.preview)

    def _tools(self, parent: QWidget) -> Any:
        self.search = QLineEdit(parent)
        self.search.setPlaceholderText("搜索编号、事由、单位、事项")
        self.search.setAccessibleName("搜索限期整改")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(40 * UNIT)
        self.search.textChanged.connect(self._searched)
        self.propose = Button("提出限期整改", "add", "primary", parent)
        self.propose.clicked.connect(self._propose_anew)
        self.propose.setVisible(self.session.is_officer)
        tools = row(self.search, self.propose)
        tools.setStretch(0, 1)
        return tools

    def _advice(self) -> str:
        if self.session.is_officer:
            return "差评集中的事项，可以向单位提出限期整改：按“提出限期整改”，或在统计里从事项提出。"
        own = "给本单位" if self.session.person.agency else ""
        return f"中心下达{own}的限期整改通知会列在这里。"

    def _make_chips(self, parent: QWidget) -> None:
        flow = Flow(parent)
        self.overdue = Chip("超期", parent, tone="red", checkable=True)
        self.soon = Chip("将到期", parent, tone="amber", checkable=True)
        for chip in (self.overdue, self.soon):
            chip.clicked.connect(self._clock_pressed)
            flow.addWidget(chip)
        self.states: dict[State, Chip] = {}
        for state in State:
            chip = Chip(state.label, parent, checkable=True)
            chip.clicked.connect(self._state_pressed)
            self.states[state] = chip
            flow.addWidget(chip)

    def confirmation(self) -> Button | None:
        """Of an order to be issued, or of a step."""
        return self.panel.confirm if self.panel.form is not None else None

    # reading ----------------------------------------------------------------------------------------------

    def _ask(self, key: Any, limit: int) -> None:
        wanted = self.filter
        self.session.query(self, lambda c: queries.page(c, wanted, after=key, limit=limit), self.model.arrived,
                           key="improvements", failed=self._not_read)  # fmt: skip

    def _not_read(self, error: Exception) -> None:
        self.model.failed()
        self.session.notice("error", str(error), "重试", self.reload)

    def reload(self) -> None:
        """Reads the listed rows, the counts and the chosen one again."""
        self.model.refresh()
        self._read_counts()
        if self.panel.order_id is not None:
            self.panel.load(self.panel.order_id)

    def _read_counts(self) -> None:
        wanted = self.filter
        self.session.query(
            self, lambda c: queries.counts(c, wanted), self._show_counts, key="improvement_counts"
        )

    def _show_counts(self, counts: Any) -> None:
        self.overdue.set_count(counts.overdue)
        self.soon.set_count(counts.soon)
        for state, chip in self.states.items():
            chip.set_count(counts.states.get(state, 0))
        mine = State.ANSWERED if self.session.is_officer else State.ISSUED
        self.session.counted.emit("statistics", counts.states.get(mine, 0), counts.overdue > 0)

    def _loaded(self, started: bool) -> None:
        self._card.show_rows()
        shown = self.panel.order_id
        if shown is not None and self.model.row_of(shown) is not None:
            self.table.choose_id(shown)
        elif started and self.model.rows and self.panel.form is None and shown is None:
            self.table.choose_id(self.model.rows[0].id)
        else:
            self.table.choose_nothing()

    # choosing ---------------------------------------------------------------------------------------------

    def open_with(self, argument: object) -> bool:
        """An order's id, a filter, or what an order is to be drawn up about; False for anything else."""
        if isinstance(argument, Proposal):
            self._leave_paper()
            self._begin(argument)
        elif isinstance(argument, OrderFilter):
            self.search.setText(argument.search)
            self._change(argument)
        elif isinstance(argument, queries.OrderRef):
            self._leave_paper()
            self.panel.load(argument.id)
        else:
            return False
        return True

    def _row_chosen(self, chosen: Any) -> None:
        if chosen is None or self.model.merging or self.panel.order_id == chosen.id:
            return
        if self.panel.typing:
            self.session.notice("warning", "右边还有没有办完的内容，请先确认或取消。")
            return
        self.panel.close_form()
        self.panel.load(chosen.id)

    def _clock_pressed(self) -> None:
        overdue = self.overdue.isChecked() and self.sender() is self.overdue
        soon = self.soon.isChecked() and self.sender() is self.soon
        self._change(replace(self.filter, overdue=overdue, soon=soon, state=None))

    def _state_pressed(self) -> None:
        pressed = next(state for state, chip in self.states.items() if chip is self.sender())
        state = None if self.filter.state is pressed else pressed
        self._change(replace(self.filter, overdue=False, soon=False, state=state))

    def _searched(self, text: str) -> None:
        self._change(replace(self.filter, search=text))

    def _change(self, wanted: OrderFilter) -> None:
        self.filter = wanted
        self.overdue.setChecked(wanted.overdue)
        self.soon.setChecked(wanted.soon)
        for state, chip in self.states.items():
            chip.setChecked(wanted.state is state)
        self.model.restart()
        self._read_counts()

    def _propose_anew(self) -> None:
        self._leave_paper()
        self.session.go("statistics", self)
        self._begin(None)

    def _begin(self, proposal: Proposal | None) -> None:
        self.panel.begin_issuing(proposal)
        if self.panel.order_id is None:
            self.table.choose_nothing()

    def _acted(self, done: Any) -> None:
        self.session.announce(done.changes)

    # the notice on paper ----------------------------------------------------------------------------------

    def _can_print(self) -> bool:
        return self.panel.isVisible() and self.panel.detail is not None

    def _print(self) -> None:
        self._show_paper(self.panel.order_id or 0)

    def _show_paper(self, order_id: int) -> None:
        self.session.query(self, lambda c: paper.document(c, order_id), self._paper_read, key="paper",
                           failed=self._paper_failed)  # fmt: skip

    def _paper_read(self, document: Any) -> None:
        self.split.hide()
        self.preview.show_document(document, paper.NAME)

    def _paper_failed(self, error: Exception) -> None:
        known = isinstance(error, PingdeskError)
        said = str(error) if known else "程序出错了，详情已记入日志。"
        self.session.notice("warning" if known else "error", said)

    def _leave_paper(self) -> None:
        if not self.preview.isHidden():
            self.preview.leave()

    def _paper_left(self) -> None:
        self.split.show()
        self.table.setFocus()
