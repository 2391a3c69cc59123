"""The one ticket chosen: what it says, where it stands, and what can be done with it now."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from app.errors import EnvironmentProblem, UserError
from app.referrals.queries import Source
from app.tickets import queries
from app.tickets.papers import Paper, why_not
from models.rules.lifecycle import BY_HAND, Action
from views.shell.parts import Button, Empty, rule, scrolling
from views.shell.session import Session
from views.shell.tabbing import TabsAsLaidOut
from views.shell.theme import UNIT
from views.tickets.acting import Acting
from views.tickets.behind import LeftBehind
from views.tickets.contact import ContactLine
from views.tickets.drafting import DraftKeeper, said
from views.tickets.foot import ActionFoot
from views.tickets.form_place import FormPlace
from views.tickets.forms import ActionForm, ReasonForm, RejectForm, form_for
from views.tickets.head import TicketHead
from views.tickets.meanwhile import GONE, Meanwhile, Mine, Versions, only_beside
from views.tickets.presence import PresenceLine
from views.tickets.sections import ClockBlock, RatingBox
from views.tickets.sheets import TicketSheets
from views.tickets.similar import SuspectLine
from views.tickets.undoing import Told

#: Actions whose panel is open from the start, since everybody will want it.
AT_ONCE = frozenset({Action.VERIFY_AND_DISPATCH})
#: Actions that ask for particulars; the others are done at once.
WITH_PANEL = frozenset(BY_HAND) - {Action.RECALL, Action.ACKNOWLEDGE}
#: Refusals that come of what others did meanwhile.
OVERTAKEN = frozenset({"stale", "forbidden", "not_found"})


class TicketPanel(TabsAsLaidOut, QFrame):
    """`acted(Done)` after an action was taken; `paper_wanted(Paper, id)` when one is to be shown."""

    acted = Signal(object)
    paper_wanted = Signal(object, object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "true")
        self.setAccessibleName("工单详情")
        self._session = session
        self.detail: Any = None
        #: The ticket asked for last; shown once it was read.
        self.ticket_id: int | None = None
        self._newer: Any = None
        self._gone = self._late = self._compare_at_once = False
        self._shown_on: date | None = None
        self._form: ActionForm | None = None
        self._drafts = DraftKeeper(session, self)
        self._behind = LeftBehind(session, self._drafts, self)
        self._told = Told(session, self)
        self._told.undone.connect(self.acted)
        self.acting = Acting(session, self)
        self.acting.done.connect(self._done)
        self.acting.late.connect(self._happened)
        self.acting.refused.connect(self._refused)
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
        self.versions = Versions(self)
        self._stack.addWidget(self.versions)
        for chosen, way in (
            (self.versions.again, self._go_on),
            (self.versions.noted, self._keep_as_note),
            (self.versions.copied, self._copy),
            (self.versions.given_up, self._give_up),
            (self.versions.back, self._back),
        ):
            chosen.connect(way)
        self.meanwhile = Meanwhile(self)
        self.meanwhile.looked.connect(self._compare)
        outer.addWidget(self.meanwhile)
        self._foot_rule = rule(self)
        outer.addWidget(self._foot_rule)
        self._foot = ActionFoot(self)
        self._foot.pressed.connect(self._pressed)
        self._foot.cancelled.connect(self.close_form)
        self._foot.paper_wanted.connect(self.paper_wanted)
        self._foot.refers = session.is_officer
        self._foot.refer_wanted.connect(self.refer)
        outer.addWidget(self._foot)
        self.show_nothing()

    def _make_body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(5 * UNIT, UNIT, 5 * UNIT, 4 * UNIT)
        column.setSpacing(3 * UNIT)
        self._head = TicketHead(body)
        self._head.call_back.clicked.connect(self.show_calls)
        self._rating = RatingBox(self._session, body)
        self._rating.contact.recorded.connect(self._looked_at)
        self._clock = ClockBlock(body)
        self._form_holder = FormPlace(body)
        self._form_holder.closed.connect(self.close_form)
        self.sheets = TicketSheets(self._session, body)
        self._suspects = SuspectLine(self.sheets.similar, body)
        self._suspects.looked.connect(self.show_similar)
        self.sheets.similar.duplicate.connect(self._reject_as_duplicate)
        above = (self._head, self._rating, self._suspects, self._clock)
        for widget in (*above, self._form_holder, self.sheets):
            column.addWidget(widget)
        column.addStretch(1)
        return body

    # showing ----------------------------------------------------------------------------------------------

    def show_nothing(self) -> None:
        """No ticket is chosen."""
        self._leave_behind()
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

    def show_similar(self) -> None:
        """Turns to what is like the ticket."""
        self.sheets.show_similar()
        self._area.ensureWidgetVisible(self.sheets.tabs)

    def can_refer(self) -> bool:
        """Whether a ticket stands here that a hint of misconduct may come from."""
        return self.isVisible() and self.detail is not None

    def refer(self) -> None:
        """Opens the form for a hint of misconduct in the ticket (Guide 8.2)."""
        one = self.detail.row
        self._session.go("referrals", Source(f"工单 {one.number or one.case_number}", ticket=one.id))

    def show_calls(self) -> None:
        """Turns to the callbacks of the ticket."""
        self.sheets.turn_to(self.sheets.calls)
        self._area.ensureWidgetVisible(self.sheets.tabs)

    def _reject_as_duplicate(self, name: str) -> None:
        self.begin(Action.REJECT)
        if isinstance(self._form, RejectForm):
            self._form.name_duplicate(name)

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
            self.acting.ask()
        if getattr(error, "code", None) == "not_found" and self.ticket_id is not None:
            self._drafts.lost(self.ticket_id)
        same = self.detail is not None and self.detail.row.id == self.ticket_id
        if same and isinstance(error, UserError) and self.typing:
            self._gone, self._newer = True, None
            self.meanwhile.say_gone()
            self._tell_of_change()
            return
        if not (same and isinstance(error, EnvironmentProblem)):  # what is away for a moment stays on screen
            self.show_nothing()
        self._session.notice("warning" if isinstance(error, UserError) else "error", str(error))

    def _show(self, detail: Any) -> None:
        self.acting.ask()
        same = self.detail is not None and self.detail.row.id == detail.row.id
        changed = not same or self.detail.row.version != detail.row.version
        if same and detail == self.detail and self._shown_on == self._session.today and not self._gone:
            self._compare_at_once = False
            self._reopen()
            return  # an open menu and the focus stay where they are
        if same and self.acting.busy:
            self._late = True  # most likely our own act, whose answer is on its way
            return
        if same and changed and self.typing and self._form is not None:
            self._show_beside(detail)
            return
        if self._gone:
            self.meanwhile.hide()
            self._drafts.found()
        if not same:
            self._leave_behind()
        self._show_detail(detail)
        if changed or self._form is None:
            self._remove_form()
            self._open_at_once()
        self._show_all()
        if not same:
            self._area.verticalScrollBar().setValue(0)
        self._reopen()

    def _reopen(self) -> None:
        """The form that somebody comes back for."""
        if (wanted := self._behind.wanted(self.detail.row.id)) is not None:
            self.begin(wanted)

    def _show_detail(self, detail: Any) -> None:
        self.detail, self._newer, self._gone, self._compare_at_once = detail, None, False, False
        self._presence.watch(detail.row.id)
        self._head.show_detail(detail)
        self._shown_on = today = self._session.today
        self._rating.show_rating(detail)
        self._clock.show_detail(detail, today)
        self.sheets.show_detail(detail, today)
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

    # two at once ------------------------------------------------------------------------------------------

    def _show_beside(self, detail: Any) -> None:
        """Others changed the ticket while something is being written here."""
        known = self._newer is not None or self._gone or self._compare_at_once
        if not known and only_beside(self.detail, detail, self._form.action):
            self.meanwhile.say_beside(self.detail, detail)
            self._show_detail(detail)
            self._state_of_confirm()
            return
        if detail == self._newer and not self._compare_at_once:
            return
        self._newer, self._gone = detail, False
        self._drafts.found()
        self.meanwhile.say_changed(self.detail, detail)
        self._tell_of_change()

    def _tell_of_change(self) -> None:
        self._state_of_confirm()
        if self._compare_at_once or self._stack.currentWidget() is self.versions:
            self._compare()

    def _compare(self) -> None:
        """Both versions: what others did meanwhile, and what was written here."""
        self._compare_at_once = False
        if self._form is None or not (self._gone or self._newer is not None):
            return
        self.versions.show_versions(self.detail, self._newer, self._mine(), self._session.today)
        self._stack.setCurrentWidget(self.versions)
        for part in (self.meanwhile, self._foot, self._foot_rule):
            part.hide()
        self.versions.take_focus()

    def _mine(self) -> Mine:
        return Mine(self._form.action, said(self._form))

    def _back(self) -> None:
        """To what was written, unchanged; the notice stays."""
        self._show_all()
        self.meanwhile.show()
        self._focus_form()

    def _go_on(self) -> None:
        """What was written stands upon the newest state."""
        self._show_detail(self._newer)
        self.sheets.show_time_line()
        self._show_all()
        self.meanwhile.say_shown()
        self._focus_form()

    def _keep_as_note(self) -> None:
        words = self._mine().text
        self.begin(Action.ANNOTATE)
        if isinstance(self._form, ReasonForm):
            earlier = self._form.text.toPlainText().strip()
            self._form.text.setPlainText("\n".join(part for part in (earlier, words) if part))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._mine().text)
        self._session.notice("info", "您填写的内容已复制。")

    def _give_up(self) -> None:
        if not self._gone:
            self._behind.give_up(self.detail.row.id, self._form)
        self._drafts.forget()
        self.close_form()

    def _leave_behind(self) -> None:
        """Another ticket comes up, or none, while something written is not confirmed."""
        if self._form is None or self.detail is None or not self._drafts.written:
            return
        if self._gone:
            self._behind.leave_lost(self._mine())
        else:
            self._behind.leave(self.detail.row.id, self._form.action)

    # acting -----------------------------------------------------------------------------------------------

    def begin(self, action: Action) -> None:
        """Opens the action's panel, or does it at once where nothing is to be said."""
        if self._form is not None and (self._gone or self._form.action is action):
            self._focus_form()
            return
        if self._newer is not None:
            self._show_detail(self._newer)
        if self.detail is None or action not in self.detail.allowed:
            return
        if action in WITH_PANEL:
            self._open_form(action)
            self._show_all()
        else:
            self._act(action, {})

    def close_form(self) -> None:
        """Puts the open panel away, and shows what happened meanwhile."""
        if self._gone:
            self.show_nothing()
            return
        self._remove_form()
        if self._newer is not None:
            self._show_detail(self._newer)
        self._open_at_once()
        self._show_all()

    def hideEvent(self, event: QHideEvent) -> None:
        """The page, the window or the person goes: what was typed last is kept."""
        self._drafts.flush()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts the open panel away; what was typed is kept as a draft."""
        opened = self._form is not None and self._form.action not in AT_ONCE
        if event.key() == Qt.Key.Key_Escape and self._stack.currentWidget() is self.versions:
            self._back()
            return
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
        at_once = action in AT_ONCE
        self._form_holder.put(self._form, "转办" if at_once else action.label, closable=not at_once)
        if focus:
            self._focus_form()

    def _focus_form(self) -> None:
        """To the first field of the open form."""
        seen = self._form_holder.take_focus(self._form) if self._form is not None else None
        if seen is not None:
            self._area.ensureWidgetVisible(seen)

    def _remove_form(self) -> None:
        self._drafts.leave()
        if self._form is not None:
            self._form_holder.remove(self._form)
            self._form = None
        self.meanwhile.hide()
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
            self._foot.notices, self._foot.today = self.detail.notices, self._session.today
            self._foot.papers = tuple((paper, why_not(paper, self.detail, group)) for paper in Paper)
            self._foot.show_actions(
                self.detail.allowed, self.detail.refused, opened=opened, with_panel=WITH_PANEL, room=room
            )
        self._state_of_confirm()

    def _state_of_confirm(self) -> None:
        if self._form is not None:
            self._foot.show_problem(self._problem(), busy=self.acting.busy)

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
        if not self.acting.busy:
            self._drafts.keep()
            self._foot.setEnabled(False)
            self.acting.start(self.detail.row, action, values)

    def _done(self, action: Action, done: Any) -> None:
        item = self.detail.row.item or "工单" if self.detail else "工单"
        self._drafts.done(done.ticket, action.value)
        self._settle()
        if self.detail is not None and self.detail.row.id == done.ticket:
            self._remove_form()
        self._told.tell(item, action, done)
        self.acted.emit(done)

    def _happened(self, action: Action, done: Any) -> None:
        """The answer to an act came late, after the connection had broken."""
        shown = self.detail is not None and self.detail.row.id == done.ticket
        if shown and (self._form is None or self._form.action is action):
            self._done(action, done)
            return
        self._drafts.done(done.ticket, action.value)
        self._session.notice("success", f"连接中断前的“{action.label}”已经办成。")
        self.acted.emit(done)

    def _refused(self, error: Exception) -> None:
        self._settle()
        if isinstance(error, UserError):
            self._session.notice("warning", str(error))
            if error.code in OVERTAKEN and self.detail is not None:
                self._compare_at_once = self.typing
                self.load(self.detail.row.id)
        else:
            known = hasattr(error, "message")
            self._session.notice(
                "error", str(error) if known else "程序出错了，详情已记入日志；您填写的内容还在。"
            )

    def _settle(self) -> None:
        late, self._late = self._late, False
        if late and self.ticket_id is not None:
            self.load(self.ticket_id)
        self._foot.setEnabled(True)
        self._state_of_confirm()
