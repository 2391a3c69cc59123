"""What was recognised in a file, what loading it would change, and what it has changed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.intake.kinds import Kind
from models.rules.masking import mask_name, mask_phone
from views import dates
from views.intake.refusals import RefusalTable
from views.shell.flow import Flow
from views.shell.parts import Badge, Button, Chip, clear, label, restyle, row, rule
from views.shell.theme import UNIT

#: First rows shown, and columns of them.
ROWS, COLUMNS = 3, 8
#: Differences between detail and summary that are told one by one.
_DIFFERING = 4
#: Counts of a result with their names and the role of the figure.
FIGURES = (
    ("rows", "数据行"),
    ("inserted", "新增"),
    ("updated", "更新"),
    ("unchanged", "未变"),
    ("repeated", "重复"),
    ("refused", "退回"),
)


#: What a whole file and a part of one mean.
_SCOPES = {
    Kind.RATINGS: (
        "文件含这个月的全部评价，各级评价数以它为准",
        "文件只含一部分评价（例如只有差评），评价数仍以汇总为准",
    ),
    Kind.CASES: (
        "文件含这个月办结的全部办件，办件数和参评数以它为准",
        "文件只含一部分办件，办件数仍以汇总为准",
    ),
}


class Figures(QWidget):
    """The numbers of a dry run or of a load."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6 * UNIT)
        self._values: dict[str, Any] = {}
        for name, title in FIGURES:
            column = QVBoxLayout()
            column.setSpacing(0)
            self._values[name] = label("—", "figure", self)
            column.addWidget(label(title, "small", self))
            column.addWidget(self._values[name])
            line.addLayout(column, 1)

    def show_result(self, result: Any) -> None:
        """Shows a result's counts; None is not yet known."""
        for name, value in self._values.items():
            number = getattr(result, name, None)
            value.setText("—" if number is None else f"{number:,}")
            restyle(value, "role", "figure-red" if name == "refused" and number else "figure")


class Preview(QFrame):
    """A file under way. Signals: `load_wanted`, `again_wanted`, `save_wanted`, `tickets_wanted`."""

    load_wanted = Signal()
    again_wanted = Signal()
    save_wanted = Signal()
    tickets_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * UNIT, 4 * UNIT, 5 * UNIT, 4 * UNIT)
        column.setSpacing(3 * UNIT)
        self.kind = Badge("", "accent", self)
        self.name = label("", "lead", self, wrap=True)
        top = QHBoxLayout()
        top.addWidget(self.name, 1)
        top.addWidget(self.kind)
        column.addLayout(top)
        self.said = label("", "secondary", self, wrap=True)
        column.addWidget(self.said)
        self.figures = Figures(self)
        column.addWidget(self.figures)
        column.addWidget(rule(self))
        self._make_recognised(column)
        self.refusals = RefusalTable(self)
        self._refused_title = label("", "section", self)
        self.save = Button("退回行另存为工作簿", "save", "link", self)
        self.save.clicked.connect(self.save_wanted)
        self._refused_head = QWidget(self)
        head = QHBoxLayout(self._refused_head)
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self._refused_title)
        head.addStretch(1)
        head.addWidget(self.save)
        column.addWidget(self._refused_head)
        column.addWidget(self.refusals, 1)
        self._moved = label("", "amber", self, wrap=True)
        self._warned = label("", "amber", self, wrap=True)
        self._room = QWidget(self)
        column.addWidget(self._moved)
        column.addWidget(self._warned)
        column.addWidget(self._room, 1)
        self._make_foot(column)

    def _make_recognised(self, column: QVBoxLayout) -> None:
        self._mapping = QWidget(self)
        self._mapping_flow = Flow(self._mapping)
        self._mapping_title = label("认出的列", "section", self)
        self._rows_title = label("前几行", "section", self)
        self._rows = QFrame(self)
        self._rows.setProperty("quote", "true")
        self._rows_grid = QGridLayout(self._rows)
        self._rows_grid.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
        self._rows_grid.setHorizontalSpacing(4 * UNIT)
        self._rows_grid.setVerticalSpacing(UNIT)
        for widget in (self._mapping_title, self._mapping, self._rows_title, self._rows):
            column.addWidget(widget)

    def _make_foot(self, column: QVBoxLayout) -> None:
        self.complete = Chip("全量", self, checkable=True)
        self.partial = Chip("部分", self, checkable=True)
        self.complete.setChecked(True)
        self.complete.clicked.connect(self._pick_complete)
        self.partial.clicked.connect(self._pick_partial)
        self._whole = label("文件范围", "secondary", self)
        self.load = Button("导入", "intake", "primary", self)
        self.load.clicked.connect(self.load_wanted)
        self.again = Button("换一个文件", kind="plain", parent=self)
        self.again.clicked.connect(self.again_wanted)
        self.tickets = Button("查看工单", "tickets", "plain", self)
        self.tickets.clicked.connect(self.tickets_wanted)
        column.addWidget(rule(self))
        column.addLayout(
            row(self._whole, self.complete, self.partial, None, self.tickets, self.again, self.load)
        )

    def _pick_complete(self) -> None:
        self.complete.setChecked(True)
        self.partial.setChecked(False)

    def _pick_partial(self) -> None:
        self.complete.setChecked(False)
        self.partial.setChecked(True)

    def show_inspection(self, name: str, inspection: Any) -> None:
        """Shows what a file is; the numbers follow."""
        self.name.setText(name)
        self.kind.show_text(inspection.kind_label, "accent")
        self.said.setText("已认出文件，正在试算会新增、更新多少…")
        self.figures.show_result(None)
        for widget in (self._whole, self.complete, self.partial):
            widget.setVisible(inspection.kind.holds_all_or_part)
        whole, part = _SCOPES.get(inspection.kind, ("", ""))
        self.complete.setToolTip(whole)
        self.partial.setToolTip(part)
        self._pick_complete()
        self._show_mapping(inspection)
        self._show_rows(inspection)
        self._show_refusals(())
        self._moved.hide()
        self._warned.hide()
        self.tickets.hide()
        self.again.setText("换一个文件")
        self.load.show()
        self.load.setEnabled(False)

    def _show_mapping(self, inspection: Any) -> None:
        clear(self._mapping_flow)
        for column in inspection.mapping:
            if column.heading != column.field_label:
                words = f"{column.heading} → {column.field_label}"
                self._mapping_flow.addWidget(Badge(words, "grey", self._mapping))
        for heading in inspection.unmapped:
            badge = Badge(f"{heading}：不导入", "amber", self._mapping)
            self._mapping_flow.addWidget(badge)
        self._mapping_title.setText(f"认出 {len(inspection.mapping)} 列")
        self._recognised_visible(True)
        self._mapping.setVisible(self._mapping_flow.count() > 0)

    def _recognised_visible(self, visible: bool) -> None:
        for widget in (self._mapping_title, self._mapping, self._rows_title, self._rows):
            widget.setVisible(visible)

    def _show_rows(self, inspection: Any) -> None:
        clear(self._rows_grid)
        headings = inspection.headings[:COLUMNS]
        fields = {column.heading: column.field for column in inspection.mapping}
        for at, heading in enumerate(headings):
            self._rows_grid.addWidget(label(heading or "（无标题）", "small", self._rows), 0, at)
        for down, cells in enumerate(inspection.first_rows[:ROWS], 1):
            for at, (heading, cell) in enumerate(zip(headings, cells, strict=False)):
                shown = _masked(fields.get(heading, ""), str(cell))
                text = label(_short(shown), "", self._rows)
                text.setToolTip(shown)
                self._rows_grid.addWidget(text, down, at)
        self._rows_grid.setColumnStretch(len(headings), 1)

    def show_trial(self, result: Any) -> None:
        """Shows what loading would change."""
        self.figures.show_result(result)
        changing = result.inserted + result.updated
        if changing:
            tail = f"，生成 {result.tickets_opened} 件工单" if result.tickets_opened else ""
            self.said.setText(
                f"导入后新增 {result.inserted:,}、更新 {result.updated:,}{tail}。现在还没有写入。"
            )
        else:
            self.said.setText("这个文件的内容都已在库中，再导入不会有变化。")
        self.load.setEnabled(True)
        self._show_refusals(result.refusals, result.refused)
        self._show_moved(result, "将改变")
        self._show_warnings(result)

    def show_result(self, result: Any) -> None:
        """Shows what loading has changed."""
        self.figures.show_result(result)
        parts = [f"新增 {result.inserted:,}", f"更新 {result.updated:,}"]
        parts += [f"新生成工单 {result.tickets_opened} 件"] if result.tickets_opened else []
        parts += [f"并入已有工单 {result.tickets_joined} 件"] if result.tickets_joined else []
        self.said.setText("导入完成：" + "，".join(parts) + "。")
        self._recognised_visible(False)
        self._show_refusals(result.refusals, result.refused)
        self._show_moved(result, "已改变")
        self._show_warnings(result)
        for widget in (self._whole, self.complete, self.partial):
            widget.hide()
        self.load.hide()
        self.tickets.setVisible(bool(result.tickets_opened or result.tickets_joined))
        self.again.setText("再导入一个文件")

    def _show_refusals(self, refusals: tuple[Any, ...], total: int = 0) -> None:
        for widget in (self._refused_head, self.refusals):
            widget.setVisible(bool(refusals))
        self._room.setVisible(not refusals)
        more = f"（列出前 {len(refusals):,} 行）" if total > len(refusals) else ""
        self._refused_title.setText(f"退回 {max(total, len(refusals)):,} 行{more}，改正后可以再导入")
        self.refusals.show_refusals(tuple(refusals))

    def _show_warnings(self, result: Any) -> None:
        lines = [f"{sentence}：{rows:,} 行" for sentence, rows in result.warnings.items()]
        lines += [
            f"{agency}：{count} 条差评没有标签也没有原因（细则第七条）"
            for agency, count in result.refused_by_agency.items()
        ]
        lines += _differing(result.differences)
        self._warned.setText("\n".join(lines[:6]))
        self._warned.setVisible(bool(lines))

    def _show_moved(self, result: Any, verb: str) -> None:
        moved = result.moved
        self._moved.setVisible(bool(moved))
        lines = [_moved_line(one) for one in moved[:8]]
        more = [f"……共 {len(moved)} 件"] if len(moved) > len(lines) else []
        self._moved.setText(f"{verb} {len(moved)} 件工单的期限：\n" + "\n".join(lines + more))


def _differing(differences: tuple[Any, ...]) -> list[str]:
    """What detail and summary say of cases, where they disagree."""
    head = f"办件明细和月度汇总有 {len(differences)} 处不一致，按明细计："
    lines = [one.said for one in differences[:_DIFFERING]]
    return [head, *lines] if differences else []


def _short(cell: object) -> str:
    text = str(cell)
    return text if len(text) <= 14 else text[:13] + "…"


def _masked(field: str, text: str) -> str:
    """Personal data stays masked also before it is loaded (Guide 4.2)."""
    if field in ("rater_phone", "rater_identity", "phone"):
        return mask_phone(text)
    return mask_name(text) if field == "rater_name" else text


def _moved_line(moved: Any) -> str:
    number = moved.number or "无省工单编号"
    return f"{number}　{dates.exact_day(moved.old_due)} → {dates.exact_day(moved.new_due)}"
