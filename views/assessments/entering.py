"""Values typed in as in a table: one agency, one period, one source, the nineteen indicators below each other."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QTableView, QVBoxLayout, QWidget

from app.assessments.rows import Draft, Entry
from app.rankings.queries import Period
from models.rules import indicators
from models.rules.indicators import ASSESSED, Indicator, Source
from models.rules.scoring import shown
from views.shell import theme
from views.shell.parts import Button, label, row
from views.shell.theme import UNIT
from views.tables.view import ROW_HEIGHT
from views.tickets.forms import Choice, field_row

Index = QModelIndex | QPersistentModelIndex
NAME, NUMERATOR, DENOMINATOR, VALUE, EVIDENCE = range(5)
_TITLES = ("指标", "分子", "分母", "评价值", "评价依据")


class EntryModel(QAbstractTableModel):
    """Texts as they are typed. `touched`: the rows that differ from what stands."""

    edited = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._texts: dict[str, list[str]] = {}
        self._standing: dict[str, list[str]] = {}
        self.start(())

    def start(self, standing: tuple[Entry, ...]) -> None:
        """Begins with what stands for the source."""
        self.beginResetModel()
        found = {entry.indicator: entry for entry in standing}
        self._standing = {one.code: _texts(found.get(one.code)) for one in ASSESSED}
        self._texts = {code: list(texts) for code, texts in self._standing.items()}
        self.endResetModel()
        self.edited.emit()

    def touched(self) -> tuple[Indicator, ...]:
        """The indicators typed at."""
        return tuple(one for one in ASSESSED if self._texts[one.code] != self._standing[one.code])

    def texts(self, code: str) -> list[str]:
        """Numerator, denominator, value and evidence as typed."""
        return self._texts[code]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One for each assessed indicator."""
        return 0 if parent.isValid() else len(ASSESSED)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Name, counts, value, evidence."""
        return 0 if parent.isValid() else len(_TITLES)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The titles."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        return _TITLES[section] if role == Qt.ItemDataRole.DisplayRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Counts only where the indicator is a ratio; its value is computed once they are given."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if self._can_edit(index) else flags

    def _can_edit(self, index: Index) -> bool:
        one = ASSESSED[index.row()]
        if index.column() in (NUMERATOR, DENOMINATOR):
            return one.counts is not None
        if index.column() == VALUE:
            return not any(self._texts[one.code][:2])
        return index.column() == EVIDENCE

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What was typed, or what comes of the counts."""
        one = ASSESSED[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._shown(one, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{one.title}：{one.counts[0]} ÷ {one.counts[1]}" if one.counts else one.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(index.column())
        if role == Qt.ItemDataRole.ForegroundRole:
            quiet = index.column() != NAME and not self._can_edit(index)
            return theme.color("secondary" if quiet else "text")
        return None

    def _shown(self, one: Indicator, column: int) -> str:
        if column == NAME:
            return one.title
        text = self._texts[one.code][column - 1]
        if column in (NUMERATOR, DENOMINATOR) and one.counts is None:
            return "—"
        if column == VALUE and any(self._texts[one.code][:2]):
            return _of_counts(*self._texts[one.code][:2])
        return text

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Takes what was typed."""
        if role != Qt.ItemDataRole.EditRole or not self._can_edit(index):
            return False
        texts = self._texts[ASSESSED[index.row()].code]
        texts[index.column() - 1] = str(value).strip()
        if index.column() in (NUMERATOR, DENOMINATOR) and any(texts[:2]):
            texts[VALUE - 1] = ""
        self.dataChanged.emit(self.index(index.row(), 0), self.index(index.row(), EVIDENCE))
        self.edited.emit()
        return True


def _side(column: int) -> Qt.AlignmentFlag:
    """Figures at the right, words at the left."""
    side = Qt.AlignmentFlag.AlignRight if NAME < column < EVIDENCE else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _texts(entry: Entry | None) -> list[str]:
    if entry is None:
        return ["", "", "", ""]
    if entry.numerator is None or entry.denominator is None:
        return ["", "", f"{entry.value:f}", entry.evidence]
    return [str(entry.numerator), str(entry.denominator), "", entry.evidence]


def _of_counts(numerator: str, denominator: str) -> str:
    count, all_ = _whole(numerator), _whole(denominator)
    if count is None or not all_ or not 0 <= count <= all_:
        return "—"
    value = indicators.rate(ASSESSED[0], count, all_)
    return "—" if value is None else f"{shown(value.exact):.2f}"


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() else None


class EntryTable(QTableView):
    """Takes a block from a spreadsheet where the cursor stands."""

    def keyPressEvent(self, event) -> None:
        """Pastes with the usual keys."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste(QGuiApplication.clipboard().text())
            return
        super().keyPressEvent(event)

    def paste(self, text: str) -> None:
        """Puts tab-separated lines into the cells from the current one on."""
        start, model = self.currentIndex(), self.model()
        for down, line in enumerate(text.rstrip("\n").split("\n")):
            for right, cell in enumerate(line.split("\t")):
                index = model.index(start.row() + down, start.column() + right)
                if index.isValid():
                    model.setData(index, cell)


class EntryForm(QWidget):
    """`wanted(tuple[Draft, ...])` when the values are to be entered, `closed` when not."""

    wanted = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._agency_id, self._period = 0, None
        self._entries: tuple[Entry, ...] = ()
        self.title = label("", "lead", self)
        self.source = Choice({source: source.label for source in Source}, self)
        self.source.setAccessibleName("评价来源")
        self.assessor = QLineEdit(self)
        self.assessor.setMaxLength(60)
        self.assessor.setPlaceholderText("评议组、检查组或第三方机构的名称")
        self.assessor.setAccessibleName("评价人或机构")
        self.evidence = QLineEdit(self)
        self.evidence.setMaxLength(1000)
        self.evidence.setPlaceholderText("各项相同的写在这里；某一项不同的，写在表里那一行")
        self.evidence.setAccessibleName("共同的评价依据")
        self.model = EntryModel(self)
        self.table = self._make_table()
        self.said = label("", "secondary", self, wrap=True)
        self.confirm = Button("录入", "submit", "primary", self)
        self.cancel = Button("取消", parent=self)
        self._lay_out()
        for signal in (self.model.edited, self.assessor.textChanged, self.evidence.textChanged):
            signal.connect(self._judge)
        self.source.edited.connect(self._source_chosen)
        self.confirm.clicked.connect(self._confirmed)
        self.cancel.clicked.connect(self.closed)

    def _make_table(self) -> EntryTable:
        table = EntryTable(self)
        table.setAccessibleName("评价值")
        table.setModel(self.model)
        table.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        head = table.horizontalHeader()
        head.setHighlightSections(False)
        for column, width in ((NAME, 190), (NUMERATOR, 76), (DENOMINATOR, 76), (VALUE, 80)):
            table.setColumnWidth(column, width)
        head.setSectionResizeMode(EVIDENCE, QHeaderView.ResizeMode.Stretch)
        return table

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * UNIT, 3 * UNIT, 5 * UNIT, 3 * UNIT)
        column.setSpacing(2 * UNIT)
        column.addWidget(self.title)
        for name, field in (("来源", self.source), ("评价人", self.assessor), ("评价依据", self.evidence)):
            column.addLayout(field_row(name, field, self))
        column.addWidget(self.table, 1)
        note = "评价值 0 到 100，至多两位小数；比例类指标填分子、分母即可。可以从表格软件整块粘贴。改过的行才会录入。"
        column.addWidget(label(note, "small", self, wrap=True))
        column.addWidget(self.said)
        column.addLayout(row(self.confirm, self.cancel, None))

    # filling in -------------------------------------------------------------------------------------------

    def begin(self, agency_id: int, agency: str, period: Period, said: str) -> None:
        """Opens the form for an agency; `said`: the period in words."""
        self._agency_id, self._period = agency_id, period
        self._entries = ()
        self.title.setText(f"录入评价值　{agency}　{said}")
        self.assessor.clear()
        self.evidence.clear()
        self.source.set_value(Source.REVIEW)

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """What stands already, as long as nothing was typed."""
        self._entries = tuple(entry for entry in entries if entry.counts)
        if not self.touched:
            self._source_chosen()

    def _source_chosen(self) -> None:
        self.model.start(tuple(e for e in self._entries if e.source is self.source.value()))
        self.table.setCurrentIndex(self.model.index(0, VALUE))

    @property
    def touched(self) -> bool:
        """Whether something was typed that must not be lost."""
        return bool(self.model.touched())

    def drafts(self) -> tuple[Draft, ...] | str:
        """What was typed; a sentence where it cannot be entered."""
        found = []
        for one in self.model.touched():
            draft = self._draft(one)
            problem = draft if isinstance(draft, str) else draft.problem()
            if problem is not None or isinstance(draft, str):
                return f"{one.title}：{problem}"
            found.append(draft)
        return tuple(found) or "请在表里填写评价值。"

    def _draft(self, one: Indicator) -> Draft | str:
        numerator, denominator, value, evidence = self.model.texts(one.code)
        counts = (_whole(numerator), _whole(denominator))
        if (numerator and counts[0] is None) or (denominator and counts[1] is None):
            return "分子、分母应为整数。"
        try:
            number = Decimal(value) if value else None
        except InvalidOperation:
            return "评价值不是数字。"
        if number is not None and not number.is_finite():
            return "评价值不是数字。"
        source = self.source.value()
        said = evidence or self.evidence.text().strip()
        return Draft(
            self._agency_id,
            self._period,
            one.code,
            source,
            said,
            self.assessor.text().strip(),
            number,
            *counts,
        )

    def _judge(self) -> None:
        found = self.drafts()
        problem = found if isinstance(found, str) else ""
        number = len(self.model.touched())
        self.confirm.setText(f"录入 {number} 项" if number else "录入")
        self.confirm.setEnabled(not problem)
        self.confirm.setAccessibleDescription(problem)
        self.said.setText(problem)
        self.said.setVisible(bool(problem))

    def _confirmed(self) -> None:
        found = self.drafts()
        if not isinstance(found, str):
            self.wanted.emit(found)
