"""The weights as a tree: siblings sum to 1, said live; even shares and comparisons by pairs as an aid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.assessments.rows import WeightSet
from app.clock import next_month
from models.rules import indicators
from models.rules.indicators import INDICATORS, PARENTS, ROOT, children
from views import dates
from views.assessments.pairs import PairsPanel
from views.assessments.parts import percent
from views.shell.parts import Button, clear, label, restyle, row, rule, scrolling
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.forms import field_row, text_area

#: The narrowest tree, and how wide the side beside it may be.
_TREE = 110 * UNIT
#: Below this width the tree shows no shares.
_WIDE = 140 * UNIT
_SIDE = (60 * UNIT, 88 * UNIT)
#: Months ahead from which weights can be put in force.
_AHEAD = 13


class WeightsEditor(QWidget):
    """`wanted(month, weights, pairs, reason)` when weights are to be put in force."""

    wanted = Signal(object, object, object, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._standing: WeightSet | None = None
        self._pairs: dict[str, Mapping[tuple[str, str], Fraction]] = {}
        self.fields: dict[str, QLineEdit] = {}
        self._sums: dict[str, Any] = {}
        self._shares: dict[str, QTreeWidgetItem] = {}
        self._evens: list[Button] = []
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(3 * UNIT)
        frame = QFrame(self)
        frame.setProperty("card", "true")
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(UNIT, UNIT, UNIT, UNIT)
        self.tree = self._make_tree(frame)
        inner.addWidget(self.tree)
        frame.setMinimumWidth(_TREE)
        line.addWidget(frame, 3)
        line.addWidget(self._make_side(), 2)

    # making -----------------------------------------------------------------------------------------------

    def _make_tree(self, parent: QWidget) -> QTreeWidget:
        tree = QTreeWidget(parent)
        tree.setAccessibleName("指标权重")
        tree.setHeaderLabels(("指标", "权重", "占总分", "下级合计", ""))
        tree.setIndentation(4 * UNIT)
        tree.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        tree.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head = tree.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 80), (2, 76), (3, 92), (4, 132)):
            head.resizeSection(column, width)
        root = QTreeWidgetItem(tree, ["总分", "", "100.00%"])
        root.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._tools(tree, root, ROOT)
        for one in children(ROOT):
            self._add(tree, root, one.code)
        tree.expandAll()
        return tree

    def _add(self, tree: QTreeWidget, parent: QTreeWidgetItem, code: str) -> None:
        item = QTreeWidgetItem(parent, [INDICATORS[code].title])
        item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        field = QLineEdit(tree)
        field.setMaxLength(6)
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.setAccessibleName(f"{INDICATORS[code].title}的权重")
        field.textChanged.connect(self._judge)
        field.textEdited.connect(self._typed)
        field.setProperty("code", code)
        tree.setItemWidget(item, 1, field)
        self.fields[code], self._shares[code] = field, item
        if children(code):
            self._tools(tree, item, code)
        for one in children(code):
            self._add(tree, item, one.code)

    def _tools(self, tree: QTreeWidget, item: QTreeWidgetItem, parent: str) -> None:
        """The sum of those below, and the ways to set them together."""
        self._sums[parent] = label("", "small", tree)
        self._sums[parent].setContentsMargins(2 * UNIT, 0, 0, 0)
        tree.setItemWidget(item, 3, self._sums[parent])
        even = Button("均分", kind="link", parent=tree)
        pairs = Button("两两比较", kind="link", parent=tree)
        for button, run in ((even, self._even), (pairs, self._compare)):
            button.setProperty("parent_code", parent)
            button.setAccessibleName(f"{indicators.parent_name(parent)}：{button.text()}")
            button.clicked.connect(run)
            self._evens.append(button)
        holder = QWidget(tree)
        holder.setLayout(row(even, 2, pairs, None, margins=(2, 0, 0, 0)))
        tree.setItemWidget(item, 4, holder)

    def _make_side(self) -> QWidget:
        self.side = QStackedWidget(self)
        self.side.setMinimumWidth(_SIDE[0])
        self.side.setMaximumWidth(_SIDE[1])
        form = QFrame(self.side)
        form.setProperty("card", "true")
        self.month = QComboBox(form)
        self.month.setAccessibleName("施行月份")
        self.month.currentIndexChanged.connect(self._judge)
        self.reason = text_area("权重依据，例如会议、文件（至多500字）", form)
        self.reason.textChanged.connect(self._judge)
        self.said = label("", "secondary", form, wrap=True)
        self.confirm = Button("施行", "submit", "primary", form)
        self.confirm.clicked.connect(self._confirmed)
        self.cancel = Button("恢复原值", "recall", parent=form)
        self.cancel.clicked.connect(self.restore)
        self._history = QVBoxLayout()
        self._history.setSpacing(2 * UNIT)
        self._editing = QWidget(form)
        editing = QVBoxLayout(self._editing)
        editing.setContentsMargins(0, 0, 0, 0)
        editing.setSpacing(2 * UNIT)
        editing.addLayout(field_row("施行自", self.month, self._editing))
        editing.addWidget(self.reason)
        editing.addWidget(self.said)
        editing.addLayout(row(self.confirm, self.cancel, None))
        editing.addWidget(rule(self._editing))
        inner = QWidget(form)
        column = QVBoxLayout(inner)
        column.setContentsMargins(4 * UNIT, 3 * UNIT, 4 * UNIT, 3 * UNIT)
        column.setSpacing(2 * UNIT)
        self.told = label("", "secondary", inner, wrap=True)
        column.addWidget(self.told)
        column.addWidget(self._editing)
        column.addWidget(label("历次权重", "section", inner))
        column.addLayout(self._history)
        column.addStretch(1)
        outer = QVBoxLayout(form)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addWidget(scrolling(inner, form))
        self.pairs = PairsPanel(self.side)
        self.pairs.taken.connect(self._take)
        self.pairs.closed.connect(self._show_form)
        self.side.addWidget(form)
        self.side.addWidget(self.pairs)
        return self.side

    def resizeEvent(self, event) -> None:
        """Where room is scarce the names go before the shares."""
        super().resizeEvent(event)
        self.tree.setColumnHidden(2, self.tree.width() < _WIDE)

    # showing ----------------------------------------------------------------------------------------------

    @property
    def may_edit(self) -> bool:
        """Weights are the head's (a row of the rules of the house)."""
        return self._session.is_officer and self._session.person.is_head

    @property
    def touched(self) -> bool:
        """Whether weights or a reason were typed that must not be lost."""
        changed = self._standing is not None and self.weights() != dict(self._standing.weights)
        return changed or bool(self.reason.toPlainText().strip())

    def show_sets(self, sets: tuple[WeightSet, ...], free: date | None) -> None:
        """All weights there are, the last first; `free`: the first month that is not closed."""
        today = self._session.today.replace(day=1)
        keep = self.touched and self._standing is not None
        current = next((one for one in sets if one.effective_from <= today), sets[-1])
        self.told.setText(
            f"现行：自{dates.month(current.effective_from)}起。"
            + ("" if self.may_edit else "权重由中心负责人调整。")
        )
        self._editing.setVisible(self.may_edit)
        for field in self.fields.values():
            field.setReadOnly(not self.may_edit)
        for button in self._evens:
            button.setVisible(self.may_edit)
        self._offer_months(
            max(free or sets[-1].effective_from, today), frozenset(s.effective_from for s in sets)
        )
        self._show_history(sets)
        if not keep:
            self._standing = current
            self.restore()

    def _offer_months(self, first: date, taken: frozenset[date]) -> None:
        chosen = self.month.currentData()
        self.month.blockSignals(True)
        self.month.clear()
        month = first
        for _ in range(_AHEAD):
            known = "（替换这个月施行的一份）" if month in taken else ""
            self.month.addItem(f"{dates.month(month)}{known}", month)
            month = next_month(month)
        self.month.setCurrentIndex(max(0, self.month.findData(chosen)))
        self.month.blockSignals(False)

    def _show_history(self, sets: tuple[WeightSet, ...]) -> None:
        clear(self._history)
        for one in sets:
            view = Button(f"自{dates.month(one.effective_from)}起", kind="link", parent=self)
            view.setToolTip("在左边查看这份权重")
            view.clicked.connect(self._view)
            view.setProperty("month", one.effective_from)
            who = f"{one.put_by} {dates.exact_day(one.put_at.date())}" if one.put_by else ""
            self._history.addLayout(row(view, label(who, "small", self), None))
            self._history.addWidget(label(one.reason, "secondary", self, wrap=True))
        self._sets = sets

    def _view(self) -> None:
        wanted = self.sender().property("month")
        chosen = next(one for one in self._sets if one.effective_from == wanted)
        self._pairs = dict(chosen.pairs)
        self._fill(chosen.weights)

    def restore(self) -> None:
        """The weights in force, as they are."""
        if self._standing is not None:
            self._pairs = dict(self._standing.pairs)
            self.reason.clear()
            self._fill(self._standing.weights)

    def _fill(self, weights: Mapping[str, Decimal]) -> None:
        for code, weight in weights.items():
            self.fields[code].setText(indicators.plain(weight))
            self.fields[code].setCursorPosition(0)

    # editing ----------------------------------------------------------------------------------------------

    def weights(self) -> dict[str, Decimal]:
        """What is typed; what is no number is left out."""
        found = {code: _decimal(field.text()) for code, field in self.fields.items()}
        return {code: weight for code, weight in found.items() if weight is not None}

    def _typed(self) -> None:
        """Weights changed by hand no longer come from the comparisons."""
        self._pairs.pop(INDICATORS[self.sender().property("code")].parent, None)

    def _even(self) -> None:
        parent = self.sender().property("parent_code")
        self._pairs.pop(parent, None)
        self._fill(indicators.equal(parent))

    def _compare(self) -> None:
        parent = self.sender().property("parent_code")
        self.pairs.show_parent(parent, self._pairs.get(parent, {}))
        self.side.setCurrentWidget(self.pairs)
        self.pairs.setFocus()

    def _take(self, parent: str, pairs: Any) -> None:
        self._pairs[parent] = pairs
        self._fill(indicators.judged(parent, pairs).weights)
        self._show_form()

    def _show_form(self) -> None:
        self.side.setCurrentIndex(0)

    def problem(self) -> str | None:
        """What is missing or wrong, as a sentence."""
        weights = self.weights()
        unread = next((code for code in self.fields if code not in weights), None)
        if unread is not None:
            return f"“{INDICATORS[unread].title}”的权重应在0到1之间，至多四位小数。"
        if problem := indicators.weights_problem(weights):
            return problem
        reason = self.reason.toPlainText().strip()
        return None if 0 < len(reason) <= 500 else "请写明权重的依据（至多500字）。"

    def _judge(self) -> None:
        weights = self.weights()
        for parent in PARENTS:
            rest = indicators.left(weights, parent)
            self._sums[parent].setText(_sum_words(rest))
            restyle(self._sums[parent], "role", "red" if rest else "green")
        for code, item in self._shares.items():
            item.setText(2, percent(_share(code, weights)))
            restyle(self.fields[code], "wrong", "false" if code in weights else "true")
        problem = self.problem() or ""
        self.said.setText(problem)
        self.said.setVisible(bool(problem))
        self.confirm.setEnabled(not problem)
        self.confirm.setAccessibleDescription(problem)

    def _confirmed(self) -> None:
        if self.problem() is None:
            reason = self.reason.toPlainText().strip()
            self.wanted.emit(self.month.currentData(), self.weights(), dict(self._pairs), reason)

    def confirmation(self) -> Button | None:
        """What puts them in force, or takes the comparisons."""
        if self.side.currentWidget() is self.pairs:
            return self.pairs.confirm
        return self.confirm if self.may_edit else None

    def put(self) -> None:
        """They are in force: what is shown is what stands."""
        self.reason.clear()
        self._standing = None


def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    fits = found.is_finite() and 0 <= found <= 1 and found == found.quantize(indicators.STEP)
    return found if fits else None


def _sum_words(rest: Decimal) -> str:
    if not rest:
        return "合计 1"
    return f"还差 {indicators.plain(rest)}" if rest > 0 else f"多出 {indicators.plain(-rest)}"


def _share(code: str, weights: Mapping[str, Decimal]) -> Fraction:
    """What a node weighs in the whole."""
    part = Fraction(weights.get(code, Decimal(0)))
    above = INDICATORS[code].parent
    return part * _share(above, weights) if above else part
