"""The one ticket chosen: what it says, where it stands, and what can be done with it now."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.errors import EnvironmentProblem, UserError
from app.tickets import commands, queries
from app.tickets.papers import Paper, why_not
from models.rules.lifecycle import BY_HAND, Action
from views.shell.parts import Button, Empty, icon_button, label, row, rule, scrolling
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.contact import ContactLine
from views.tickets.doubt import Doubt
from views.tickets.drafting import DraftKeeper
from views.tickets.foot import ActionFoot
from views.tickets.forms import ActionForm, ReasonForm, form_for
from views.tickets.head import TicketHead
from views.tickets.history import DayList, RectificationList, RoundList, TimeLine
from views.tickets.meanwhile import GONE, Meanwhile
from views.tickets.presence import PresenceLine
from views.tickets.sections import ClockBlock, RatingBox

#: Actions whose panel is open from the start, since everybody will want it.
AT_ONCE = frozenset({Action.VERIFY_AND_DISPATCH})
#: How an action is undone, with the reason written for it.
UNDO = {
    Action.VERIFY_AND_DISPATCH: (Action.RECALL, None),
    Action.REJECT: (Action.RESTORE, "误操作，恢复"),
    Action.APPROVE: (Action.UNAPPROVE, "误操作，撤回审核"),
}
#: Actions that ask for particulars; the others are done at once.
WITH_PANEL = frozenset(BY_HAND) - {Action.RECALL, Action.ACKNOWLEDGE}
#: The tab of what the agency handed in, shown once it has.
HANDED_IN = 1


class TicketPanel(QFrame):
    """`acted(Done)` after an action was taken; `paper_wanted(Paper)` when one is to be shown."""

    acted = Signal(object)
    paper_wanted = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "true")
        self.setAccessibleName("工单详情")
        self._session = session
        self.detail: Any = None
        #: The ticket asked for last; shown once it was read.
        self.ticket_id: int | None = None
        self._newer: Any = None
        self._gone = self._late = False
        self._shown_on: date | None = None
        self._form: ActionForm | None = None
        self._drafts = DraftKeeper(session, self)
        self._doubt = Doubt(session, self)
        self._doubt.happened.connect(self._happened)
        self._pending: tuple[int, Action, UUID] | None = None
        self._tried: tuple[tuple[Any, ...], UUID] | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._stack = QStackedWidget(self)
        self._presence = PresenceLine(session, self)
        outer.addWidget(self._presence)
        self._empty = Empty(
            "tickets", "选择一件工单", "在左边的列表中选一件，这里显示评价原文、期限和可以办理的事项。", self
        )
        self._stack.addWidget(self._empty)
        self._body = self._make_body()
        self._area = scrolling(self._body, self)
        self._stack.addWidget(self._area)
        outer.addWidget(self._stack, 1)
        self.meanwhile = Meanwhile(self)
        self.meanwhile.looked.connect(self._look)
        self.meanwhile.noted.connect(self._keep_as_note)
        outer.addWidget(self.meanwhile)
        self._foot_rule = rule(self)
        outer.addWidget(self._foot_rule)
        self._foot = ActionFoot(self)
        self._foot.pressed.connect(self._pressed)
        self._foot.cancelled.connect(self.close_form)
        self._foot.paper_wanted.connect(self.paper_wanted)
        outer.addWidget(self._foot)
        self.show_nothing()

    def _make_body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(5 * UNIT, UNIT, 5 * UNIT, 4 * UNIT)
        column.setSpacing(3 * UNIT)
        self._head = TicketHead(body)
        self._rating = RatingBox(self._session, body)
        self._rating.contact.recorded.connect(self._looked_at)
        self._clock = ClockBlock(body)
        self._form_title = label("", "section", body)
        self._form_close = icon_button("close", "收起", body)
        self._form_close.clicked.connect(self.close_form)
        self._form_holder = QWidget(body)
        form = QVBoxLayout(self._form_holder)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(2 * UNIT)
        form.addLayout(row(self._form_title, None, self._form_close))
        self._form_place = form
        for widget in (self._head, self._rating, self._clock, self._form_holder):
            column.addWidget(widget)
        self._make_tabs(body, column)
        return body

    def _make_tabs(self, body: QWidget, column: QVBoxLayout) -> None:
        self.tabs = QTabBar(body)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("工单资料")
        self.time_line, self.handed_in = TimeLine(body), RectificationList(self._session, body)
        self.days, self.rounds = DayList(body), RoundList(body)
        self._sheets = (self.time_line, self.handed_in, self.days, self.rounds)
        for name in ("办理过程", "整改材料", "期限说明", "承办记录"):
            self.tabs.addTab(name)
        self.tabs.currentChanged.connect(self._show_tab)
        holder = QVBoxLayout()
        holder.setSpacing(0)
        holder.addWidget(self.tabs)
        holder.addWidget(rule(body))
        column.addLayout(holder)
        for sheet in self._sheets:
            column.addWidget(sheet)
        column.addStretch(1)
        self._show_tab(0)

    def _show_tab(self, chosen: int) -> None:
        for number, sheet in enumerate(self._sheets):
            sheet.setVisible(number == chosen)

    # showing ----------------------------------------------------------------------------------------------

    def show_nothing(self) -> None:
        """No ticket is chosen."""
        self.detail = self.ticket_id = self._newer = None
        self._gone = False
        self._remove_form()
        self._presence.watch(None)
        self._stack.setCurrentWidget(self._empty)
        self._foot.hide()
        self._foot_rule.hide()

    @property
    def contact(self) -> ContactLine:
        """The line of the person who rated."""
        return self._rating.contact

    def _looked_at(self) -> None:
        if self.detail is not None:
            self.load(self.detail.row.id)

    @property
    def confirm(self) -> Button | None:
        """The button of the open form, None where none is open."""
        return self._foot.confirm if self._form is not None else None

    @property
    def typing(self) -> bool:
        """Whether something was written that must not be lost."""
        return self._form is not None and self._form.touched

    def load(self, ticket_id: int) -> None:
        """Reads a ticket and shows it."""
        self.ticket_id = ticket_id
        self._session.query(self, lambda connection: queries.ticket(connection, ticket_id), self._show,
                            key="ticket", failed=self._not_shown)  # fmt: skip

    def _not_shown(self, error: Exception) -> None:
        if isinstance(error, UserError):  # the database answers again
            self._doubt.ask()
        if getattr(error, "code", None) == "not_found" and self.ticket_id is not None:
            self._drafts.lost(self.ticket_id)
        same = self.detail is not None and self.detail.row.id == self.ticket_id
        if same and isinstance(error, UserError) and self.typing:
            self._gone = True
            self.meanwhile.say_gone()
            self._state_of_confirm()
            return
        if not (same and isinstance(error, EnvironmentProblem)):  # what is away for a moment stays on screen
            self.show_nothing()
        self._session.notice("warning" if isinstance(error, UserError) else "error", str(error))

    def _show(self, detail: Any) -> None:
        self._doubt.ask()
        same = self.detail is not None and self.detail.row.id == detail.row.id
        changed = not same or self.detail.row.version != detail.row.version
        if same and detail == self.detail and self._shown_on == self._session.today and not self._gone:
            return  # an open menu and the focus stay where they are
        if same and self._pending is not None:
            self._late = True  # most likely our own act, whose answer is on its way
            return
        if same and changed and self.typing:
            self._newer = detail
            self.meanwhile.say_changed(self.detail, detail)
            self._state_of_confirm()
            return
        if self._gone:
            self.meanwhile.hide()
        self._show_detail(detail)
        if changed or self._form is None:
            self._remove_form()
            self._open_at_once()
        self._show_all()
        if not same:
            self._area.verticalScrollBar().setValue(0)

    def _show_detail(self, detail: Any) -> None:
        self.detail, self._newer, self._gone = detail, None, False
        self._presence.watch(detail.row.id)
        self._head.show_detail(detail)
        self._shown_on = today = self._session.today
        self._rating.show_rating(detail)
        self._clock.show_detail(detail, today)
        self.time_line.show_entries(detail.time_line, today)
        self.days.show_clocks(detail.clocks, today)
        self.handed_in.show_detail(detail, today)
        self.tabs.setTabVisible(HANDED_IN, self.handed_in.has_content)
        self.rounds.show_rounds(detail.rounds, today)
        if self._form is not None:
            self._form.show_detail(detail)

    def _show_all(self) -> None:
        self._show_buttons()
        self._stack.setCurrentWidget(self._area)
        self._foot.show()
        self._foot_rule.show()

    def _open_at_once(self) -> None:
        at_once = next((a for a in self.detail.allowed if a in AT_ONCE), None)
        if at_once and not self.detail.row.declined:
            self._open_form(at_once, focus=False)

    def _look(self) -> None:
        """Shows what others did meanwhile, and keeps what was written."""
        if self._newer is None or self._form is None:
            return
        self._show_detail(self._newer)
        self.meanwhile.say_shown(self._form.action, self.detail, has_words=bool(self._form.words()))
        self.tabs.setCurrentIndex(0)
        self._show_all()
        self._area.ensureWidgetVisible(self._form_title)

    def _keep_as_note(self) -> None:
        words = self._form.words() if self._form is not None else ""
        self.begin(Action.ANNOTATE)
        if isinstance(self._form, ReasonForm):
            self._form.text.setPlainText(words)

    # acting -----------------------------------------------------------------------------------------------

    def begin(self, action: Action) -> None:
        """Opens the action's panel, or does it at once where nothing is to be said."""
        if self._newer is not None:
            self._show_detail(self._newer)
        if self.detail is None or action not in self.detail.allowed:
            return
        if action in WITH_PANEL:
            self._open_form(action)
            self._show_buttons()
        else:
            self._act(action, {})

    def close_form(self) -> None:
        """Puts the open panel away, and shows what happened meanwhile."""
        self._remove_form()
        if self._gone:
            self.show_nothing()
            return
        if self._newer is not None:
            self._show_detail(self._newer)
        self._open_at_once()
        self._show_buttons()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts the open panel away; what was typed is kept as a draft."""
        opened = self._form is not None and self._form.action not in AT_ONCE
        if event.key() == Qt.Key.Key_Escape and opened:
            self.close_form()
            self._area.setFocus()
            return
        super().keyPressEvent(event)

    def _open_form(self, action: Action, *, focus: bool = True) -> None:
        self._remove_form()
        self._form = form_for(action, self._session, self.detail, self._form_holder)
        if self._form is None:
            return
        self._form.edited.connect(self._form_edited)
        self._drafts.follow(self._form, self.detail.row.id)
        self._form_title.setText("转办" if action in AT_ONCE else action.label)
        self._form_close.setVisible(action not in AT_ONCE)
        self._form_place.addWidget(self._form)
        self._form_holder.show()
        if focus:
            self._form.nextInFocusChain().setFocus()
            self._area.ensureWidgetVisible(self._form_title)

    def _remove_form(self) -> None:
        self._drafts.leave()
        if self._form is not None:
            self._form_place.removeWidget(self._form)
            self._form.hide()
            self._form.deleteLater()
            self._form = None
        self.meanwhile.hide()
        self._form_holder.hide()
        self._presence.set_typing(False)

    def _form_edited(self) -> None:
        self._presence.set_typing(self._drafts.written)
        self._state_of_confirm()

    def _show_buttons(self) -> None:
        opened = self._form.action if self._form is not None else None
        if opened is not None and opened not in AT_ONCE:
            self._foot.show_confirm(opened)
        else:
            room = self.width() or self.minimumWidth()
            group = self._session.person.group
            self._foot.papers = tuple((paper, why_not(paper, self.detail, group)) for paper in Paper)
            self._foot.show_actions(
                self.detail.allowed, self.detail.refused, opened=opened, with_panel=WITH_PANEL, room=room
            )
        self._state_of_confirm()

    def _state_of_confirm(self) -> None:
        if self._form is not None:
            self._foot.show_problem(self._problem(), busy=self._pending is not None)

    def _problem(self) -> str | None:
        """What stands in the way of the open form's action."""
        if self._form is None or self._gone:
            return GONE
        if self._newer is not None:
            return "这张工单刚有变化，请先查看。"
        if self._form.action not in self.detail.allowed:
            return f"工单现为“{self.detail.row.state.label}”，不能{self._form.action.label}。"
        return self._form.problem()

    def _pressed(self, action: Action) -> None:
        if self._form is not None and self._form.action is action:
            if self._problem() is None:
                self._act(action, self._form.values())
        else:
            self.begin(action)

    def _act(self, action: Action, values: dict[str, Any]) -> None:
        if self._pending is not None:
            return
        ticket = self.detail.row
        command_id = self._command_id((ticket.id, ticket.version, action, repr(values)))
        self._pending = (ticket.id, action, command_id)
        self._doubt.end()
        self._drafts.keep()
        self._foot.setEnabled(False)

        def work(connection: Any) -> Any:
            return commands.act(
                connection, ticket.id, ticket.version, action, command_id=command_id, **values
            )

        self._session.command(self, work, self._done, failed=self._refused, again=True)

    def _command_id(self, what: tuple[Any, ...]) -> UUID:
        """The same for the same act tried again: after a lost connection it may have happened already."""
        if self._tried is None or self._tried[0] != what:
            self._tried = (what, uuid4())
        return self._tried[1]

    def _done(self, done: Any) -> None:
        action = self._pending[1] if self._pending is not None else Action.ANNOTATE
        self._tried = None
        self._drafts.done(done.ticket, action.value)
        self._settle()
        self._remove_form()
        self._tell(action, done)
        self.acted.emit(done)

    def _tell(self, action: Action, done: Any) -> None:
        item = self.detail.row.item or "工单" if self.detail else "工单"
        text = f"{item}：已{action.label}" + (
            f"，期限 {done.due_on.month}月{done.due_on.day}日。" if done.due_on and action in UNDO else "。"
        )
        undo = UNDO.get(action)
        if undo is None:
            self._session.notice("success", text)
        else:
            self._undoing = (done.ticket, done.version, *undo)
            self._session.notice("success", text, "撤回" if undo[0] is Action.RECALL else "撤销", self._undo)

    def _undo(self) -> None:
        ticket_id, version, action, reason = self._undoing
        command_id = uuid4()
        self._pending = (ticket_id, action, command_id)

        def work(connection: Any) -> Any:
            return commands.act(connection, ticket_id, version, action, command_id=command_id, reason=reason)

        self._session.command(self, work, self._done, failed=self._refused, again=True)

    def _happened(self, action: Action, done: Any) -> None:
        """The answer to an act came late, after the connection had broken."""
        shown = self.detail is not None and self.detail.row.id == done.ticket
        if shown and (self._form is None or self._form.action is action):
            self._pending = (done.ticket, action, uuid4())
            self._done(done)
            return
        self._drafts.done(done.ticket, action.value)
        self._session.notice("success", f"连接中断前的“{action.label}”已经办成。")
        self.acted.emit(done)

    def _refused(self, error: Exception) -> None:
        if self._pending is not None and isinstance(error, EnvironmentProblem):
            self._doubt.begin(*self._pending)
        self._settle()
        if isinstance(error, UserError):
            self._tried = None
            self._session.notice("warning", str(error))
            if error.code == "stale" and self.detail is not None:
                self.load(self.detail.row.id)
        else:
            known = hasattr(error, "message")
            self._session.notice(
                "error", str(error) if known else "程序出错了，详情已记入日志；您填写的内容还在。"
            )

    def _settle(self) -> None:
        self._pending = None
        late, self._late = self._late, False
        if late and self.ticket_id is not None:
            self.load(self.ticket_id)
        self._foot.setEnabled(True)
        self._state_of_confirm()
