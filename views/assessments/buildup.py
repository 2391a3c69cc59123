"""One agency's total as a tree: value × weight = points, down to every indicator and what was entered for it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from app.assessments.rows import AgencyTotal, Entry
from models.rules import indicators
from models.rules.indicators import INDICATORS, Source, children
from views import dates
from views.assessments.parts import RULE, explained, figure, missing_words, percent
from views.shell import theme
from views.shell.parts import Badge, Button, clear, label, row, scrolling
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.forms import text_area

HEADINGS = ("指标", "权重", "占总分", *(source.label for source in Source), "评价值", "得分")
_WIDTHS = (0, 60, 68, 76, 76, 70, 70, 64)
_CODE = Qt.ItemDataRole.UserRole
#: The rates whose denominator are tickets.
_OF_TICKETS = ("answered", "rectified")
#: Below this width the columns of the sources are left out.
_WIDE = 160 * UNIT
#: Lines of what was entered that are in sight at once.
_LINES = 4


class Buildup(QWidget):
    """`withdrawal(id, reason)` when an entered value is to be taken back, `opened(count)` for the tickets of a rate."""

    withdrawal = Signal(int, str)
    opened = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.row: AgencyTotal | None = None
        self._entries: tuple[Entry, ...] = ()
        self._taking: Entry | None = None
        self.name = label("", "lead", self)
        self.total = label("", "figure", self)
        self.state = Badge("", parent=self)
        self.tree = self._make_tree()
        self.said = label("", "secondary", self, wrap=True)
        self.link = Button("", "tickets", "link", self)
        self.link.clicked.connect(self._open)
        inner = QWidget(self)
        self._list = QVBoxLayout(inner)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(UNIT)
        self._scroll = scrolling(inner, self)
        self._form = self._withdraw_form()
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * UNIT, 3 * UNIT, 5 * UNIT, 3 * UNIT)
        column.setSpacing(2 * UNIT)
        column.addLayout(row(self.name, self.state, None, self.total))
        column.addWidget(self.tree, 1)
        said = row(self.said, self.link)
        said.setStretch(0, 1)
        column.addLayout(said)
        column.addWidget(self._scroll)
        column.addWidget(self._form)
        column.addWidget(label(RULE, "small", self, wrap=True))

    def _make_tree(self) -> QTreeWidget:
        tree = QTreeWidget(self)
        tree.setAccessibleName("总分的构成")
        tree.setHeaderLabels(HEADINGS)
        tree.setUniformRowHeights(True)
        tree.setIndentation(4 * UNIT)
        head = tree.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in enumerate(_WIDTHS[1:], 1):
            head.resizeSection(column, width)
            tree.headerItem().setTextAlignment(
                column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            )
        tree.currentItemChanged.connect(self._chosen)
        return tree

    def _withdraw_form(self) -> QWidget:
        form = QWidget(self)
        self.reason = text_area("为什么撤回（至多200字）", form, lines=2)
        self.confirm = Button("撤回评价值", "recall", "primary", form)
        self.confirm.clicked.connect(self._confirmed)
        self.reason.textChanged.connect(self._judge)
        cancel = Button("取消", parent=form)
        cancel.clicked.connect(self.close_form)
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.reason)
        column.addLayout(row(self.confirm, cancel, None))
        form.hide()
        return form

    @property
    def typing(self) -> bool:
        """Whether a reason was begun that must not be lost."""
        return not self._form.isHidden() and bool(self.reason.toPlainText().strip())

    def resizeEvent(self, event) -> None:
        """Where room is scarce the names go before the sources, which stand below the tree as well."""
        super().resizeEvent(event)
        for column in range(3, 3 + len(Source)):
            self.tree.setColumnHidden(column, self.width() < _WIDE)
        self.tree.setColumnHidden(1, self.width() < _WIDE * 2 // 3)

    # showing ----------------------------------------------------------------------------------------------

    def show_total(self, total: AgencyTotal, *, ranked: bool) -> None:
        """Shows an agency; the indicator chosen stays chosen."""
        chosen = self.chosen_code()
        open_ = {code for code in INDICATORS if self._is_open(code)}
        fresh = self.row is None
        if self.row is not None and self.row.id != total.id:
            self._entries = ()
            self.close_form()
        self.row = total
        self.name.setText(total.agency)
        self.total.setText(figure(total.evaluation.total))
        self.total.setAccessibleName(f"总分 {figure(total.evaluation.total)}")
        place = f"第 {total.rank} 名 · " if total.rank else "不排名 · " if ranked else ""
        self.state.show_text(f"{place}{missing_words(total)}", "grey" if total.evaluation.whole else "amber")
        self.tree.clear()
        for one in children(indicators.ROOT):
            self._add(one.code, self.tree.invisibleRootItem())
        for item in self._items():
            code = item.data(0, _CODE)
            item.setExpanded((fresh and "." not in code) or code in open_)
            if code == chosen:
                self.tree.setCurrentItem(item)
        if self.tree.currentItem() is None:
            self.tree.setCurrentItem(self.tree.topLevelItem(0))

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """What was entered for the agency shown, the newest first."""
        self._entries = entries
        self._show_list()

    def _add(self, code: str, parent: QTreeWidgetItem) -> None:
        assert self.row is not None
        node = self.row.evaluation.nodes[code]
        item = QTreeWidgetItem(parent)
        item.setData(0, _CODE, code)
        item.setSizeHint(0, QSize(0, 6 * UNIT))
        sources = {e.source: figure(e.value) for e in self.row.counted if e.indicator == code}
        texts = [node.indicator.title, indicators.plain(node.weight), percent(node.share) if node.share else "—",
                 *(sources.get(source, "—" if "." in code else "") for source in Source),
                 figure(node.value), figure(node.points)]  # fmt: skip
        for column, text in enumerate(texts):
            item.setText(column, text)
            item.setToolTip(column, explained(node, self.row))
            if column:
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if node.exact is None:
                item.setForeground(column, theme.color("secondary"))
        if children(code):
            for column in (0, len(texts) - 1):
                item.setFont(column, theme.font(bold=True))
        for one in children(code):
            self._add(one.code, item)

    def _items(self) -> list[QTreeWidgetItem]:
        found: list[QTreeWidgetItem] = []
        rest = [self.tree.topLevelItem(n) for n in range(self.tree.topLevelItemCount())]
        while rest:
            item = rest.pop(0)
            found.append(item)
            rest = [item.child(n) for n in range(item.childCount())] + rest
        return found

    def _is_open(self, code: str) -> bool:
        return any(i.data(0, _CODE) == code and i.isExpanded() for i in self._items())

    def chosen_code(self) -> str | None:
        """The indicator chosen in the tree."""
        item = self.tree.currentItem()
        return None if item is None else str(item.data(0, _CODE))

    def choose(self, code: str) -> None:
        """Chooses an indicator and opens what is above it."""
        for item in self._items():
            if item.data(0, _CODE) == code:
                self.tree.setCurrentItem(item)
                self.tree.scrollToItem(item)

    def _chosen(self) -> None:
        code = self.chosen_code()
        if code is None or self.row is None:
            return
        self.said.setText(explained(self.row.evaluation.nodes[code], self.row))
        number = self._tickets()
        self.link.setVisible(bool(number))
        self.link.setText(f"打开这 {number} 件工单")
        self._show_list()

    def _tickets(self) -> int:
        """How many tickets the rate chosen was divided by, where somebody may list them."""
        code = self.chosen_code()
        value = self.row.values.get(code) if self.row is not None and code in _OF_TICKETS else None
        may = self._session.registry.allowed("go.tickets")
        return (value.denominator or 0) if value is not None and may else 0

    def _open(self) -> None:
        self.opened.emit(self._tickets())

    def _show_list(self) -> None:
        clear(self._list)
        code = self.chosen_code()
        found = [one for one in self._entries if one.indicator == code]
        for entry in found:
            self._list.addLayout(self._line(entry))
        self._list.addStretch(1)
        self._scroll.setFixedHeight(min(len(found), _LINES) * 7 * UNIT)
        self._scroll.setVisible(bool(found))

    def _line(self, entry: Entry) -> Any:
        when = dates.moment(entry.entered_at, self._session.today)
        facts = f"{entry.source.label} {figure(entry.value)}　{entry.evidence}　——{entry.assessor}（{entry.entered_by} {when}录入）"
        if entry.withdrawn_at is not None:
            facts += f"　已由{entry.withdrawn_by}撤回：{entry.withdraw_reason}"
        elif not entry.counts:
            facts += "　已被后来的代替"
        words = label(facts, "" if entry.counts else "secondary", self, wrap=True)
        line = row(words)
        line.setStretch(0, 1)
        if self._session.is_officer and entry.withdrawn_at is None:
            take = Button("撤回", "recall", "link", self)
            take.setAccessibleName(f"撤回{entry.source.label} {figure(entry.value)}")
            take.setProperty("entry", entry.id)
            take.clicked.connect(self._begin)
            line.addWidget(take, 0, Qt.AlignmentFlag.AlignTop)
        return line

    # taking back ------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        wanted = self.sender().property("entry")
        self._taking = next(entry for entry in self._entries if entry.id == wanted)
        self._form.show()
        self._judge()
        self.reason.setFocus()
        QTimer.singleShot(0, self, self._keep_in_sight)

    def _keep_in_sight(self) -> None:
        """The form took room from the tree."""
        if self.tree.currentItem() is not None:
            self.tree.scrollToItem(self.tree.currentItem())

    def _judge(self) -> None:
        text = self.reason.toPlainText().strip()
        self.confirm.setEnabled(0 < len(text) <= 200)
        self.confirm.setAccessibleDescription(
            "" if self.confirm.isEnabled() else "请写明为什么撤回（至多200字）。"
        )

    def _confirmed(self) -> None:
        if self._taking is not None:
            self.withdrawal.emit(self._taking.id, self.reason.toPlainText().strip())

    def close_form(self) -> None:
        """Puts the form away."""
        self._taking = None
        self.reason.clear()
        self._form.hide()

    def confirmation(self) -> Button | None:
        """What takes the value back, while that is being written."""
        return None if self._form.isHidden() else self.confirm
