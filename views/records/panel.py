"""The one record chosen, or the one being written: head, steps, content, form, tabs, and what can be done now."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid4

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from app.errors import PingdeskError, UserError
from views.records.foot import Offer
from views.records.form import Form
from views.records.frame import RecordFrame
from views.shell.parts import Button
from views.shell.session import Session
from views.shell.tabbing import first_field
from views.tickets.drafting import DraftKeeper, typed

#: What a command does, given the connection.
Work = Callable[[Any], Any]


class RecordPanel(RecordFrame):
    """`acted(Done)` after something was recorded or a step was taken, `began` when the form for something new opens.

    A subclass says what the record is.
    """

    acted = Signal(object)
    began = Signal()

    #: What one of its things is called (这件意见).
    noun = ""
    #: Names its reading, and the page of the window that it stands on.
    key, page = "", ""
    #: What that page is opened with to bring the panel in sight: its tab, where it stands on one.
    place: object = None
    #: What its drafts lie under, beside those of tickets.
    shelf = ""
    #: What can be done with it.
    steps: ClassVar[type[StrEnum]]
    #: Steps after which the person sees the record no more.
    leaving: frozenset[StrEnum] = frozenset()
    #: Steps that take something back: never the filled one.
    undoing: frozenset[StrEnum] = frozenset()
    #: Whether a step may be tried again after a lost connection: its command knows by its id that it happened.
    repeats = True

    # what a subclass says ---------------------------------------------------------------------------------

    def make_parts(self) -> None:
        """Makes what stands between the facts and the form, each put there with `add`, and further tabs."""

    def read(self, connection: Any, number: int) -> Any:
        """The detail of a record."""
        raise NotImplementedError

    def show_detail(self, detail: Any) -> None:
        """Puts a detail into the parts, and into the head with `say`."""
        raise NotImplementedError

    def standing(self, detail: Any) -> tuple[int, str | None]:
        """How many steps of the way are done, and how its end is called where it went no further."""
        return 0, None

    def icon(self, step: StrEnum) -> str | None:
        """The icon of a step."""
        return None

    def refused(self, detail: Any) -> tuple[tuple[StrEnum, str], ...]:
        """Steps that are shown greyed, with why."""
        return ()

    def more(self, detail: Any) -> tuple[Offer, ...]:
        """What else can be done with it, answered by `run_more`."""
        return ()

    def run_more(self, offer: str) -> None:
        """Does one of `more`."""

    def form_for(self, step: StrEnum) -> Form | None:
        """The form of a step's particulars; None where it is taken at once."""
        raise NotImplementedError

    def take(self, step: StrEnum, values: Any, command: UUID) -> Work:
        """The command of a step; `values`: what its form gives, None without one."""
        raise NotImplementedError

    def record(self, values: Any, command: UUID) -> Work:
        """The command of the form for something new."""
        raise NotImplementedError

    def told(self, done: Any) -> tuple[int, str]:
        """The id of what was done something with, and the sentence about it."""
        raise NotImplementedError

    # made of ----------------------------------------------------------------------------------------------

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.detail: Any = None
        #: The record asked for last; shown once it was read.
        self.number: int | None = None
        self.form: Form | None = None
        self._busy: StrEnum | bool = False
        self._tried: tuple[str, UUID] | None = None
        self._drafts = DraftKeeper(session, self, shelf=self.shelf)
        #: Makes the form for something new once more.
        self._new: Callable[[], Form] | None = None
        #: Id (0: something new), action and fields of the form that was given up last.
        self._given_up: tuple[int, str, dict[str, Any]] = (0, "", {})
        self._wanted: int | None = None
        self.foot.pressed.connect(self._pressed)
        self.foot.confirmed.connect(self._confirm)
        self.foot.cancelled.connect(self.close_form)
        self.make_parts()
        self.show_nothing()

    # showing ----------------------------------------------------------------------------------------------

    @property
    def typing(self) -> bool:
        """Whether something was written that must not be lost."""
        return self.form is not None and self.form.touched

    @property
    def recording(self) -> bool:
        """Whether the form for something new is open."""
        return self.form is not None and self.form.step is None

    @property
    def confirm(self) -> Button | None:
        """The button of the open form, None where none is open."""
        return self.foot.confirm if self.form is not None else None

    @property
    def busy(self) -> bool:
        """Whether a command is under way."""
        return bool(self._busy)

    def show_nothing(self) -> None:
        """No record is chosen."""
        self.detail = self.number = None
        self.drop_form()
        self.show_parts(empty=True)
        self.foot.hide()

    def load(self, number: int) -> None:
        """Reads a record and shows it."""
        self.number = number
        self._session.query(self, lambda c: self.read(c, number), self.arrived, key=self.key,
                            failed=self._not_shown)  # fmt: skip

    def reload(self) -> None:
        """Reads what is shown again."""
        if self.number is not None:
            self.load(self.number)

    def _not_shown(self, error: Exception) -> None:
        if isinstance(error, UserError) and not self.typing:
            self.show_nothing()
        self._session.notice("warning" if isinstance(error, UserError) else "error", str(error))

    def arrived(self, detail: Any) -> None:
        """A record was read."""
        if self.recording:
            return
        same = self.detail is not None and self.detail.row.id == detail.row.id
        if not same or self.detail.row.version != detail.row.version:
            if same and self.typing:
                said = f"{self.noun}刚刚被别人办理过；您写的还在，请看过最新情况后再办。"
                self._session.notice("warning", said)
            else:
                self.drop_form()
        self.detail = detail
        self.show_parts(content=True)
        self.show_detail(detail)
        done, ended = self.standing(detail)
        self.way_row.show_at(done, detail.row.state.label, ended=ended)
        self.sheets.show_detail(detail, self._session.today)
        self.foot.show()
        self._show_foot()
        if self._wanted == detail.row.id:
            self._wanted = None
            self.begin(self.steps(self._given_up[1]))

    def has_days(self) -> bool:
        """Whether a deadline is there to be explained."""
        return self.isVisible() and self.detail is not None and bool(self.detail.days)

    def explain_days(self) -> None:
        """Turns to the days of the deadline, or back to the history."""
        in_sight = self.days.isVisible()
        self.turn_to(self.history if in_sight else self.days)

    # forms ------------------------------------------------------------------------------------------------

    def begin_new(self, make: Callable[[], Form]) -> None:
        """Opens the form for something new; what is being typed into one stays."""
        if self.recording and self.typing:
            self._session.notice("warning", "右边还有没有办完的内容，请先确认或取消。")
            return
        self.show_nothing()
        self.show_parts()
        self._new = make
        self._open(make())
        self.foot.show()
        self.began.emit()

    def allows(self, step: StrEnum) -> bool:
        """Whether the step can be begun now."""
        ready = self.isVisible() and not self._busy and not self.typing
        return ready and self.detail is not None and step in self.detail.allowed

    def begin(self, step: StrEnum) -> None:
        """Opens the step's form, or takes it at once where nothing is to be said."""
        if self.detail is None or step not in self.detail.allowed:
            return
        if (form := self.form_for(step)) is not None:
            self._open(form)
        else:
            self._act(step, None)

    def _open(self, form: Form) -> None:
        self.drop_form()
        self.form = form
        form.edited.connect(self.judge)
        self.mount(form)
        self._drafts.follow(form, self._about)
        if (first := first_field(form)) is not None:
            first.setFocus()
        self._show_foot()

    @property
    def _about(self) -> int:
        """The record the open form is about, 0 for something new."""
        return 0 if self.recording or self.detail is None else int(self.detail.row.id)

    def hideEvent(self, event: QHideEvent) -> None:
        """The page, the window or the person goes: what was typed last is kept."""
        self._drafts.flush()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc gives the open form up, as 取消 does."""
        if event.key() == Qt.Key.Key_Escape and self.form is not None and not self._busy:
            self.close_form()
            self.area.setFocus()
            return
        super().keyPressEvent(event)

    def close_form(self) -> None:
        """Puts the open form away; what was written in it can be taken back once more."""
        if self.form is not None and self._drafts.written:
            self._given_up = (self._about, str(self.form.action), typed(self.form))
            self._drafts.done(self._about, str(self.form.action))
            self._session.notice("info", "已放弃填写的内容。", "恢复", self._take_back)
        if self.recording:
            self.show_nothing()
        else:
            self.drop_form()
            self._show_foot()

    def _take_back(self) -> None:
        number, action, values = self._given_up
        self._drafts.put(number, action, values)
        self._session.go(self.page, self.place)
        if number:
            self._wanted = number
            self.load(number)
        elif self._new is not None:
            self.begin_new(self._new)

    def drop_form(self) -> None:
        """The open form goes; what was typed in it is kept as a draft."""
        self._drafts.leave()
        if self.form is not None:
            self.dismount(self.form)
            self.form = None

    def _show_foot(self) -> None:
        if self.form is not None:
            self.foot.show_confirm(self.form.word)
            self.judge()
        elif self.detail is not None:
            allowed = [
                Offer(step.value, step.label, self.icon(step), likely=step not in self.undoing)
                for step in self.detail.allowed
            ]
            greyed = [Offer(s.value, s.label, self.icon(s), why) for s, why in self.refused(self.detail)]
            self.foot.show_offers((*allowed, *greyed), self.more(self.detail))

    def judge(self) -> None:
        """Says what the open form is missing, or what will happen."""
        if self.form is not None:
            wrong = self.form.problem()
            self.foot.judge(wrong, self.form.outcome(), busy=bool(self._busy))

    # acting -----------------------------------------------------------------------------------------------

    def _pressed(self, offer: str) -> None:
        if offer in [step.value for step in self.steps]:
            self.begin(self.steps(offer))
        else:
            self.run_more(offer)

    def _confirm(self) -> None:
        if self.form is None or self.form.problem() is not None:
            return
        values = self.form.values()
        if self.form.step is not None:
            self._act(self.form.step, values)
        else:
            self._run(True, self.record(values, self._command(repr(values))), again=True)

    def _act(self, step: StrEnum, values: Any) -> None:
        one = self.detail.row
        command = self._command(f"{one.id} {one.version} {step} {values!r}")
        self._run(step, self.take(step, values, command), again=self.repeats)

    def _command(self, what: str) -> UUID:
        """The same for the same thing tried again: after a lost connection it may have happened already."""
        if self._tried is None or self._tried[0] != what:
            self._tried = (what, uuid4())
        return self._tried[1]

    def _run(self, step: StrEnum | bool, work: Work, *, again: bool) -> None:
        if self._busy:
            return
        self._busy = step
        self._drafts.keep()
        self.foot.setEnabled(False)
        self._session.command(self, work, self._done, failed=self.failed, again=again)

    def _done(self, done: Any) -> None:
        step, self._tried = self._busy, None
        if self.form is not None:
            self._drafts.done(self._about, str(self.form.action))
        self._settle()
        self.drop_form()
        number, said = self.told(done)
        self._session.notice("success", said)
        if step in self.leaving:
            self.show_nothing()
        else:
            self.load(number)
        self.acted.emit(done)

    def failed(self, error: Exception) -> None:
        """A command failed: what was written stays."""
        self._settle()
        if isinstance(error, UserError):
            self._tried = None
            if error.code == "stale":
                self.reload()
        known = isinstance(error, PingdeskError)
        said = str(error) if known else "程序出错了，详情已记入日志；您填写的内容还在。"
        self._session.notice("warning" if isinstance(error, UserError) else "error", said)

    def _settle(self) -> None:
        self._busy = False
        self.foot.setEnabled(True)
        self.judge()
