"""书面评价表: what was written on paper, typed in; checked as it is typed, entered with one press."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.errors import UserError
from app.intake import paper
from app.registry import queries as registry
from app.tickets.queries import TicketFilter
from models.rules.ratings import Satisfaction
from views.shell.flow import Flow
from views.shell.parts import Button, Chip, clear, label, row, rule, scrolling
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.dispatch_form import AgencyField
from views.tickets.forms import Choice, date_field, field_row, text_area

_LEVELS = {int(level): level.label for level in Satisfaction}
_MEND = "更正按省里修订的规则：以后录入的等级、标签和内容为准，原来的一份并列保留；单位和日期不变。"


class PaperPanel(QFrame):
    """One form. `left`: put away; `entered(Entered)` once it is in the database."""

    left = Signal()
    entered = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        self._session = session
        self._choices = paper.Choices((), (), (), ())
        self._on_file: Any = None
        self._busy = False
        self._make_fields()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(5 * UNIT, 4 * UNIT, 5 * UNIT, 4 * UNIT)
        outer.setSpacing(3 * UNIT)
        outer.addWidget(label("录入书面评价表", "lead", self))
        content = QWidget()
        self._lay_out(content)
        outer.addWidget(scrolling(content, self), 1)
        self._make_foot(outer)
        self._listen()
        self._judge()

    def _make_fields(self) -> None:
        self.case = _line("办件编号", "照办件回执填写", self)
        self.agency = AgencyField("被评价单位", self)
        self.item = _choice("事项", "事项名称或拼音首字母，可不填", self)
        self.hall = _choice("大厅", "可不填", self)
        self.counter = _choice("窗口", "可不填", self)
        self.staff = _choice("窗口人员", "可不填", self)
        self.target = Choice({False: "事项", True: "窗口人员"}, self)
        self.target.setAccessibleName("评价对象")
        self.target.set_value(False)
        self.level = Choice(_LEVELS, self)
        self.level.setAccessibleName("满意度")
        self.labels = QWidget(self)
        self.labels.setAccessibleName("评价标签")
        self._label_flow = Flow(self.labels)
        self.words = text_area("评价内容，照原文录入", self, lines=3)
        self.day = date_field("评价日期", self._session, self)
        self.name = _line("评价人", "可不填", self)
        self.phone = _line("联系方式", "可不填", self)

    def _lay_out(self, content: QWidget) -> None:
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, UNIT, 0)
        column.setSpacing(2 * UNIT)
        self._known = label("", "amber", content, wrap=True)
        self.mend = Chip("作为更正录入", content, checkable=True)
        column.addLayout(_pair(("办件编号", self.case), ("评价日期", self.day), content))
        column.addWidget(self._known)
        column.addLayout(row(self.mend, None))
        column.addLayout(_pair(("单位", self.agency), ("事项", self.item), content))
        column.addLayout(_pair(("大厅", self.hall), ("窗口", self.counter), content))
        column.addLayout(_pair(("窗口人员", self.staff), ("评价对象", self.target), content))
        column.addLayout(field_row("满意度", self.level, content))
        self._label_row = QWidget(content)
        inner = field_row("评价标签", self.labels, self._label_row)
        self._label_row.setLayout(inner)
        column.addWidget(self._label_row)
        column.addLayout(field_row("评价内容", self.words, content))
        column.addLayout(_pair(("评价人", self.name), ("联系方式", self.phone), content))
        note = "评价人和联系方式只存不显；以后查看须写明理由并留痕。"
        column.addWidget(label(note, "small", content, wrap=True))
        column.addStretch(1)

    def _make_foot(self, outer: QVBoxLayout) -> None:
        self.said = label("", "secondary", self, wrap=True)
        self.back = Button("返回", kind="plain", parent=self)
        self.save = Button("录入", "submit", "primary", self)
        outer.addWidget(rule(self))
        foot = row(self.said, self.back, self.save)
        foot.setStretch(0, 1)
        outer.addLayout(foot)

    def _listen(self) -> None:
        for field in (self.case, self.item, self.staff, self.name, self.phone):
            field.textChanged.connect(self._judge)
        self.words.textChanged.connect(self._judge)
        self.day.dateChanged.connect(self._judge)
        self.agency.textChanged.connect(self._agency_changed)
        self.hall.textChanged.connect(self._hall_changed)
        self.counter.textChanged.connect(self._judge)
        self.level.edited.connect(self._level_changed)
        self.target.edited.connect(self._look_on_file)
        self.case.editingFinished.connect(self._look_on_file)
        self.mend.clicked.connect(self._judge)
        self.back.clicked.connect(self.left)
        self.save.clicked.connect(self.enter)

    # showing ----------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Reads what can be named and waits for the first field."""
        self._session.query(self, registry.agencies, self.agency.offer, key="paper_agencies")
        self._session.query(self, paper.choices, self._offer, key="paper_choices")
        self._show_on_file(None)
        self.case.setFocus()

    def _offer(self, choices: Any) -> None:
        self._choices = choices
        self.item.offer(choices.items)
        self._agency_changed()
        self._level_changed()

    def _agency_changed(self) -> None:
        agency = self.agency.text().strip()
        halls = tuple(paper.Name(p.hall) for p in self._choices.places if p.agency == agency)
        self.hall.offer(halls)
        self.staff.offer(tuple(paper.Name(name) for of, name in self._choices.staff if of == agency))
        self._hall_changed()

    def _hall_changed(self) -> None:
        agency, hall = self.agency.text().strip(), self.hall.text().strip()
        places = (p for p in self._choices.places if (p.agency, p.hall) == (agency, hall))
        place = next(places, None)
        self.counter.offer(tuple(paper.Name(name) for name in place.counters) if place else ())
        self._judge()

    def _level_changed(self) -> None:
        """Only the labels of the chosen level can be ticked."""
        clear(self._label_flow)
        fitting = [one for one in self._choices.labels if one.level == self.level.value()]
        for one in fitting:
            chip = Chip(one.text, self.labels, checkable=True)
            chip.setProperty("code", one.code)
            chip.clicked.connect(self._judge)
            self._label_flow.addWidget(chip)
            chip.show()
        self._label_row.setVisible(bool(fitting))
        self.labels.updateGeometry()
        self._judge()

    def _look_on_file(self) -> None:
        case, of_staff = self.case.text().strip(), bool(self.target.value())
        if not case:
            self._show_on_file(None)
            return
        self._session.query(self, lambda c: paper.on_file(c, case, of_staff=of_staff), self._show_on_file,
                            key="paper_on_file")  # fmt: skip

    def _show_on_file(self, known: Any) -> None:
        self._on_file = known
        mendable = known is not None and known.platform == "paper"
        self.mend.setVisible(mendable)
        self.mend.setChecked(False)
        self._known.setVisible(known is not None)
        if known is not None:
            more = _MEND if mendable else "一件办件只评一次（依据：细则第十七条）。"
            self._known.setText(f"这件办件已有评价：{known.said}。{more}")
        self._judge()

    # entering ---------------------------------------------------------------------------------------------

    def form(self) -> paper.PaperForm:
        """What was typed."""
        return paper.PaperForm(
            case_number=self.case.text().strip(),
            agency=self.agency.text().strip(),
            level=int(self.level.value() or 0),
            rated_on=self.day.date().toPython(),
            item=_typed(self.item),
            hall=_typed(self.hall),
            counter=_typed(self.counter),
            staff=_typed(self.staff),
            of_staff=bool(self.target.value()),
            labels=tuple(self._ticked()),
            words=self.words.toPlainText().strip() or None,
            name=_typed(self.name),
            phone=_typed(self.phone),
        )

    def _ticked(self) -> list[str]:
        chips = (self._label_flow.itemAt(n).widget() for n in range(self._label_flow.count()))
        return [str(chip.property("code")) for chip in chips if chip.isChecked()]

    def problem(self) -> str | None:
        """What stands in the way, as a sentence."""
        if not self.case.text().strip():
            return "请填写办件编号。"
        wrong = paper.problem(self.form(), self._session.today)
        if wrong is None and self._on_file is not None and not self.mend.isChecked():
            wrong = "这件办件已有评价。"
        return wrong

    def _judge(self) -> None:
        if not hasattr(self, "save"):
            return
        wrong = self.problem()
        self.said.setText(wrong or "评价将计入统计；差评同时生成工单。")
        self.save.setEnabled(wrong is None and not self._busy)

    def enter(self) -> None:
        """Enters the form."""
        if self._busy or self.problem() is not None:
            return
        form, mend = self.form(), self.mend.isChecked()
        self._busy = True
        self._judge()
        self._session.command(
            self, lambda c: paper.enter(c, form, mend=mend), self._done, failed=self._failed
        )

    def _done(self, done: Any) -> None:
        self._busy = False
        tone, words = _outcome(done)
        made = done.tickets_opened or done.tickets_joined
        self._session.notice(tone, words, "查看工单" if made else "", self._open_tickets if made else None)
        self._start_anew()
        self.entered.emit(done)

    def _failed(self, error: Exception) -> None:
        self._busy = False
        if getattr(error, "code", "") == "on_file":
            self._look_on_file()
        self._judge()
        known = hasattr(error, "message")
        words = str(error) if known else "程序出错了，详情已记入日志；填写的内容还在。"
        self._session.notice("warning" if isinstance(error, UserError) else "error", words)

    def _open_tickets(self) -> None:
        self._session.go("tickets", TicketFilter())

    def _start_anew(self) -> None:
        """The next paper of the pile: agency, hall and day mostly stay the same."""
        for field in (self.case, self.item, self.counter, self.staff, self.name, self.phone):
            field.clear()
        self.words.clear()
        self.target.set_value(False)
        self.level.set_value(None)
        self._show_on_file(None)
        self.case.setFocus()


def _outcome(done: Any) -> tuple[str, str]:
    """Tone and sentence of what entering came to."""
    if done.inserted:
        tail = "，已生成差评工单" if done.tickets_opened else "，并入已有工单" if done.tickets_joined else ""
        return "success", f"书面评价已录入{tail}。"
    kept = "单位或日期与原来的不同，仍按原来的。" if done.unlike else ""
    if done.revised:
        return ("warning" if kept else "success"), f"更正已录入，以这一份为准，原来的一份保留。{kept}"
    return "info", f"与已录入过的一份相同，没有变化。{kept}"


def _line(name: str, hint: str, parent: QWidget) -> QLineEdit:
    made = QLineEdit(parent)
    made.setMaxLength(paper.LONGEST)
    made.setPlaceholderText(hint)
    made.setAccessibleName(name)
    return made


def _choice(name: str, hint: str, parent: QWidget) -> AgencyField:
    made = AgencyField(name, parent)
    made.setMaxLength(paper.LONGEST)
    made.setPlaceholderText(hint)
    return made


def _typed(field: QLineEdit) -> str | None:
    return field.text().strip() or None


def _pair(left: tuple[str, QWidget], right: tuple[str, QWidget], parent: QWidget) -> QHBoxLayout:
    """Two named fields side by side."""
    made = row(spacing=4)
    for name, field in (left, right):
        made.addLayout(field_row(name, field, parent), 1)
    return made
