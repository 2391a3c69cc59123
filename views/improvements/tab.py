"""限期整改, a tab of 统计: chips, search and list at the left, the chosen order or the form at the right."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.changes import Kind
from app.errors import PingdeskError
from app.improvements import paper, queries
from app.improvements.queries import OrderFilter, Proposal
from models.rules.improvements import State
from views.documents.preview import PaperPreview
from views.improvements.columns import COLUMNS
from views.improvements.panel import OrderPanel
from views.records.listing import RecordList
from views.shell.parts import Button, Empty
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tables.listed import divided


class OrderList(RecordList):
    """The orders a person may see."""

    name, hint, key = "限期整改列表", "搜索编号、事由、单位、事项", "improvement"
    columns, states = COLUMNS, State
    clocks = (("overdue", "超期", "red"), ("soon", "将到期", "amber"))

    def read(self, connection: Any, wanted: Any, after: Any, limit: int) -> Any:
        """One page of orders."""
        return queries.page(connection, wanted, after=after, limit=limit)

    def count(self, connection: Any, wanted: Any) -> Any:
        """How many by clock and state."""
        return queries.counts(connection, wanted)


class ImprovementsTab(QWidget):
    """Orders to improve (Guide 8.1.2), followed to their end."""

    title = "限期整改"
    shows = Kind.IMPROVEMENTS | Kind.CALENDAR | Kind.REGISTRY | Kind.TALLY | Kind.TICKETS

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.panel = OrderPanel(session, self)
        self.panel.place = self
        self.panel.paper_wanted.connect(self._show_paper)
        self.propose = Button("提出限期整改", "add", "primary", self)
        self.propose.clicked.connect(self._propose_anew)
        self.propose.setVisible(session.is_officer)
        empty = Empty("rectify", "没有限期整改通知", self._advice(), self)
        self.list = OrderList(session, self.panel, OrderFilter(), empty, self.propose, parent=self)
        self.list.layout().setContentsMargins(0, 0, 2 * UNIT, 0)
        self.list.counted.connect(self._counted)
        self.preview = PaperPreview(session, self)
        self.preview.left.connect(self._paper_left)
        self.split = divided(self.list, self.panel, self)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.split)
        outer.addWidget(self.preview)
        self.setFocusProxy(self.list.table)
        session.registry.bind("improvement.propose", self._propose_anew)
        session.registry.bind("improvement.print", self._print, self._can_print)

    def _advice(self) -> str:
        if self.session.is_officer:
            return "差评集中的事项，可以向单位提出限期整改：按“提出限期整改”，或在统计里从事项提出。"
        own = "给本单位" if self.session.person.agency else ""
        return f"中心下达{own}的限期整改通知会列在这里。"

    def confirmation(self) -> Button | None:
        """Of an order to be issued, or of a step."""
        return self.panel.confirm

    def reload(self) -> None:
        """Reads the list and the chosen one again."""
        self.list.reload()

    def _counted(self, counts: Any) -> None:
        mine = State.ANSWERED if self.session.is_officer else State.ISSUED
        self.session.counted.emit("statistics", counts.states.get(mine, 0), counts.overdue > 0)

    def open_with(self, argument: object) -> bool:
        """An order's id, a filter, or what an order is to be drawn up about; False for anything else."""
        if isinstance(argument, Proposal):
            self._leave_paper()
            self.panel.begin_issuing(argument)
        elif isinstance(argument, OrderFilter):
            self.list.open_filter(argument)
        elif isinstance(argument, queries.OrderRef):
            self._leave_paper()
            self.list.open_id(argument.id)
        else:
            return False
        return True

    def _propose_anew(self) -> None:
        self._leave_paper()
        self.session.go("statistics", self)
        self.panel.begin_issuing(None)

    # the notice on paper ----------------------------------------------------------------------------------

    def _can_print(self) -> bool:
        return self.panel.isVisible() and self.panel.detail is not None

    def _print(self) -> None:
        self._show_paper(self.panel.number or 0)

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
        self.list.table.setFocus()
