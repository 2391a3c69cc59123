"""The one filing chosen, or the one being put together."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal

from app.filings import commands, queries
from models.rules.filings import State, Step, allowed
from models.rules.people import Group
from views import dates
from views.filings.columns import LINE_COLUMNS, state_chip
from views.filings.forms import FilingForm, form_for
from views.records.foot import Offer
from views.records.form import Form
from views.records.panel import RecordPanel, Work
from views.shell.actions import command, filing_command
from views.shell.parts import label
from views.tickets.lines import LineTable

#: Why a step of the other side is greyed.
_OTHERS = {Group.OFFICER: "由中心办理", Group.BUREAU: "由数据管理局办理"}
_DONE = {State.FILED: 1, State.RETURNED: 1, State.CANCELLED: 1, State.RECEIVED: 2, State.ANSWERED: 3}
_PAPER, _BOOK = "paper", "book"
#: Digits of a hash in sight; the whole of it on hover and on paper.
_DIGITS = 16


class FilingPanel(RecordPanel):
    """Its lines, what was said, the hash of its lines and the head of the log; `paper_wanted`, `book_wanted`: its id."""

    paper_wanted = Signal(int)
    book_wanted = Signal(int)

    name, noun = "备案详情", "这份备案"
    nothing = ("filing", "选择一份备案", "在左边选一份，这里显示报送的内容、校验码和办理经过。")
    key, page, shelf = "filing", "filings", " 备案"
    steps = Step
    undoing = frozenset({Step.CANCEL})
    way = ("报送", "接收", "备案")
    #: A step has no command id: the version tells that it happened.
    repeats = False

    def make_parts(self) -> None:
        """Note, remark, lines, and by what they can be checked."""
        self._note, self._remark = label("", "", self, wrap=True), label("", "", self, wrap=True)
        self.table = LineTable("报送的内容", LINE_COLUMNS, self)
        self.seal = label("", "small", self, wrap=True)
        for part in (self._note, self._remark, self.table, self.seal):
            self.add(part)

    def read(self, connection: Any, number: int) -> Any:
        """A filing's detail."""
        return queries.filing(connection, number, group=self._session.person.group)

    def show_detail(self, detail: Any) -> None:
        """Number, months, to whom; what was said; the lines and their seal."""
        one = detail.row
        facts = (
            f"{one.title}（{one.kind.article}）", f"报送{one.recipient}", dates.exact_day(one.filed_on),
            f"报送人 {one.filed_by}", f"{one.lines:,} 条",
        )  # fmt: skip
        self.say(one.number, facts, state_chip(one))
        _show(self._note, "说明", detail.note)
        returned = one.state is State.RETURNED
        _show(self._remark, "退回意见" if returned else "重报说明",
              detail.remark if returned else detail.explanation)  # fmt: skip
        self.table.show_lines(detail.lines)
        self._show_seal(detail)

    def _show_seal(self, detail: Any) -> None:
        """What the lines hash to, whether they still do, and where the log stood."""
        state = "核对一致，报送后没有改动" if detail.intact else "与内容不一致，请向管理员报告"
        chain = (
            f"第 {detail.chain_no:,} 环 {detail.chain_hash[:_DIGITS]}…"
            if detail.chain_hash
            else "报送前没有记录"
        )
        self.seal.setText(f"内容校验码 {detail.lines_hash[:_DIGITS]}…（{state}）\n报送时审计链 {chain}")
        self.seal.setToolTip(f"{detail.lines_hash}\n{detail.chain_hash or ''}".strip())

    def standing(self, detail: Any) -> tuple[int, str | None]:
        """Filed, received, answered; returned or cancelled it went no further."""
        state = detail.row.state
        ended = state.label if state in (State.RETURNED, State.CANCELLED) else None
        return _DONE[state], ended

    def icon(self, step: Any) -> str | None:
        """As its command has it."""
        return command(filing_command(step)).icon

    def refused(self, detail: Any) -> tuple[tuple[Any, str], ...]:
        """The steps that the other side takes now."""
        mine = self._session.person.group
        return tuple(
            (step, why)
            for group, why in _OTHERS.items() if group is not mine
            for step in allowed(detail.row.state, group)
        )  # fmt: skip

    def more(self, detail: Any) -> tuple[Offer, ...]:
        """The report on paper, and its lines in a workbook."""
        return (Offer(_PAPER, "备案报告…", "printer"), Offer(_BOOK, "存为 Excel…", "save"))

    def run_more(self, offer: str) -> None:
        """Asks for the paper or the workbook."""
        (self.paper_wanted if offer == _PAPER else self.book_wanted).emit(self.detail.row.id)

    def chosen(self) -> bool:
        """Whether a filing is shown."""
        return self.isVisible() and self.detail is not None

    def print(self) -> None:
        """Shows the report of the filing shown."""
        self.run_more(_PAPER)

    def save(self) -> None:
        """Writes the lines of the filing shown."""
        self.run_more(_BOOK)

    def begin_filing(self) -> None:
        """Opens the form for a new one; what was being typed stays."""
        self.begin_new(lambda: FilingForm(self._session, self))

    def form_for(self, step: Any) -> Form | None:
        """Words, where there must be some."""
        return form_for(step, self)

    def take(self, step: Any, values: Any, _command: UUID) -> Work:
        """One step."""
        one = self.detail.row
        return lambda c: commands.act(c, one.id, one.version, step, words=values)

    def record(self, values: Any, command_id: UUID) -> Work:
        """A new one."""
        return lambda c: commands.make(c, values, command_id=command_id)

    def told(self, done: Any) -> tuple[int, str]:
        """Its number and state now."""
        return done.filing, f"{done.number}（{done.lines:,} 条）现为“{done.state.label}”。"

    def failed(self, error: Exception) -> None:
        """Some of it was filed meanwhile: what there is to file is read again, the note stays."""
        super().failed(error)
        if isinstance(self.form, FilingForm):
            self.form.look_again()


def _show(part: Any, name: str, words: str | None) -> None:
    part.setText(f"{name}：{words}" if words else "")
    part.setVisible(bool(words))
