"""The one person chosen, or the one being made: who they are, and what may be done."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from app.errors import PingdeskError, UserError
from app.registry import administering
from app.registry.administering import Administered, Order
from app.registry.people import PeoplePage, PersonRow
from models.rules.administration import PersonAction, needs_second, why_not
from models.rules.people import Group
from views import dates
from views.registry.forms import CreateForm, PersonForm, form_for
from views.registry.secret import SecretCard
from views.registry.words import ICONS, standing_chip, title, told
from views.shell.parts import Badge, Button, Empty, clear, label, row, rule, scrolling
from views.shell.session import Session
from views.shell.theme import UNIT

#: What can be done to a person that is there.
ACTIONS = tuple(action for action in PersonAction if action is not PersonAction.CREATE)


class PersonSheet(QFrame):
    """`acted(Administered)` after an order was carried out or asked for."""

    acted = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "true")
        self.setAccessibleName("人员详情")
        self._session = session
        self._page: PeoplePage | None = None
        self.person: PersonRow | None = None
        self.form: PersonForm | None = None
        self._draft: CreateForm | None = None
        self._ordered: Order | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._stack = QStackedWidget(self)
        self._empty = Empty(
            "people", "选择一个人", "在左边的列表中选一个人，这里显示账号和可以办理的事项。", self
        )
        self._stack.addWidget(self._empty)
        self._area = scrolling(self._make_body(), self)
        self._stack.addWidget(self._area)
        outer.addWidget(self._stack, 1)
        self._foot = self._make_foot()
        outer.addWidget(self._foot)

    def _make_body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(5 * UNIT, 4 * UNIT, 5 * UNIT, 4 * UNIT)
        column.setSpacing(3 * UNIT)
        self._title = label("", "lead", body, wrap=True)
        self._standing = Badge("", parent=body)
        top = row(spacing=2)
        top.addWidget(self._title, 1)
        top.addWidget(self._standing, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(top)
        self._facts = QGridLayout()
        self._facts.setVerticalSpacing(UNIT + UNIT // 2)
        self._facts.setHorizontalSpacing(2 * UNIT)
        self._facts.setColumnStretch(1, 1)
        column.addLayout(self._facts)
        self.secret = SecretCard(body)
        self.secret.closed.connect(self._show_actions)
        column.addWidget(self.secret)
        self._form_holder = QWidget(body)
        self._form_place = QVBoxLayout(self._form_holder)
        self._form_place.setContentsMargins(0, 0, 0, 0)
        self._form_place.setSpacing(2 * UNIT)
        self._form_rule = rule(self._form_holder)
        self._form_title = label("", "section", self._form_holder)
        self._form_place.addWidget(self._form_rule)
        self._form_place.addWidget(self._form_title)
        column.addWidget(self._form_holder)
        self._actions = QWidget(body)
        self._action_grid = QGridLayout(self._actions)
        self._action_grid.setContentsMargins(0, 0, 0, 0)
        self._action_grid.setHorizontalSpacing(3 * UNIT)
        self._action_grid.setVerticalSpacing(2 * UNIT)
        self._action_grid.setColumnStretch(1, 1)
        column.addWidget(self._actions)
        column.addStretch(1)
        return body

    def _make_foot(self) -> QWidget:
        foot = QWidget(self)
        column = QVBoxLayout(foot)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(rule(foot))
        self.confirm = Button("确认", None, "primary", foot)
        self.cancel = Button("取消", parent=foot)
        self.problem = label("", "small", foot, wrap=True)
        self.confirm.clicked.connect(self._confirmed)
        self.cancel.clicked.connect(self.close_form)
        line = row(self.confirm, self.cancel, spacing=2, margins=(5, 3, 5, 3))
        line.addWidget(self.problem, 1)
        column.addLayout(line)
        return foot

    # showing ----------------------------------------------------------------------------------------------

    @property
    def creating(self) -> bool:
        """Whether a new person is being written down."""
        return isinstance(self.form, CreateForm)

    @property
    def is_kept(self) -> bool:
        """Whether what is shown must stay: a new person being written down, or a password not yet handed over."""
        shown = self.person.login if self.person is not None else ""
        return self.creating or self.secret.login not in ("", shown)

    def show_nothing(self) -> None:
        """Nobody is chosen."""
        self.person = None
        self._put_form_away()
        self._stack.setCurrentWidget(self._empty)
        self._foot.hide()

    def show_person(self, person: PersonRow, page: PeoplePage) -> None:
        """Shows a person; what is being written about them stays as it is."""
        same = self.person is not None and self.person.login == person.login
        if not same:
            self._put_form_away()
        if self.secret.login != person.login:
            self.secret.forget()
        self.person, self._page = person, page
        self._show_head()
        self._show_actions()
        self._stack.setCurrentWidget(self._area)
        if not same:
            self._area.verticalScrollBar().setValue(0)

    def _show_head(self) -> None:
        assert self.person is not None
        chip = standing_chip(self.person)
        self._title.setText(self.person.name)
        self._standing.show_text(chip.text, chip.tone)
        self._show_facts(_facts(self.person, self._session.today))

    def _show_facts(self, facts: tuple[tuple[str, str], ...]) -> None:
        clear(self._facts)
        for line, (name, value) in enumerate(facts):
            word = label(name, "secondary", self)
            word.setFixedWidth(17 * UNIT)
            self._facts.addWidget(word, line, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(label(value, "", self, wrap=True), line, 1)

    def _show_actions(self) -> None:
        clear(self._action_grid)
        open_form = self.form is not None
        self._actions.setVisible(not open_form and self.person is not None)
        self._foot.setVisible(open_form)
        if self.person is None or open_form:
            return
        if (why := self._nothing_to_do()) is not None:
            self._action_grid.addWidget(label(why, "secondary", self, wrap=True), 0, 0, 1, 2)
            return
        for line, action in enumerate(a for a in ACTIONS if a is not self._opposite()):
            self._add_action(line, action)

    def _nothing_to_do(self) -> str | None:
        """Why no action is offered at all."""
        assert self.person is not None
        if self._session.person.group is not Group.ADMIN:
            return "人员由系统管理员维护。"
        if self.person.login == self._session.person.login:
            return "这是您本人：不能给自己办理，请由另一名系统管理员办理。"
        return None

    def _opposite(self) -> PersonAction:
        """Of disabling and enabling only one makes sense at a time."""
        assert self.person is not None
        return PersonAction.ENABLE if self.person.active else PersonAction.DISABLE

    def _add_action(self, line: int, action: PersonAction) -> None:
        assert self.person is not None
        why = self._why_not(action)
        button = Button(title(action, self.person), ICONS[action], "plain", self._actions)
        button.setProperty("aligned", "left")
        button.setProperty("action", action.value)
        button.setEnabled(why is None)
        button.setToolTip(why or "")
        button.clicked.connect(self._pressed)
        second = needs_second(action, self.person.group)
        hint = label(
            why or ("须另一名系统管理员确认" if second else "立即生效"), "small", self._actions, wrap=True
        )
        self._action_grid.addWidget(button, line, 0)
        self._action_grid.addWidget(hint, line, 1)

    def _why_not(self, action: PersonAction) -> str | None:
        assert self.person is not None
        if action is PersonAction.RESET_PASSWORD and self._session.workspace.embedded:
            return "本机数据库不用密码"
        return why_not(action, self.person, self._session.person.login)

    # writing ----------------------------------------------------------------------------------------------

    def begin_create(self, page: PeoplePage | None) -> None:
        """Opens the form of a new person; what was begun before is still there."""
        self._page = page or self._page
        if self._page is None or self.creating:
            return
        self._put_form_away()
        self.secret.forget()
        self.person = None
        self._title.setText("新建人员")
        self._standing.show_text("", "grey")
        clear(self._facts)
        self._draft = self._draft or CreateForm(self._page.everybody, self._session, self._form_holder)
        self._open(self._draft, "")
        self._stack.setCurrentWidget(self._area)
        self._draft.name.setFocus()

    def begin(self, action: PersonAction) -> None:
        """Opens the form of an action on the person shown."""
        if self.person is None or self._page is None or self._why_not(action) is not None:
            return
        self._put_form_away()
        made = form_for(action, self.person, self._page.everybody, self._session, self._form_holder)
        self._open(made, title(action, self.person))
        (made.first_field() or self.confirm).setFocus()

    def close_form(self) -> None:
        """Puts the form away, and what was written in it."""
        if self.creating:
            self._drop_draft()
        self._put_form_away()
        if self.person is None:
            self.show_nothing()
        else:
            self._show_actions()

    def _open(self, form: PersonForm, heading: str) -> None:
        self.form = form
        form.edited.connect(self._show_problem)
        self._form_title.setText(heading)
        self._form_title.setVisible(bool(heading))
        self._form_rule.setVisible(bool(heading))
        self._form_place.addWidget(form)
        form.show()
        self._form_holder.show()
        self._show_actions()
        self._show_problem()

    def _confirmation(self) -> str:
        """What the button says: what is done now, or asked for."""
        assert self.form is not None
        if self.form.waits():
            return "提交申请"
        return "建立" if self.creating else f"确认{title(self.form.action, self.form.person)}"

    def _put_form_away(self) -> None:
        form, self.form = self.form, None
        if form is not None:
            form.edited.disconnect(self._show_problem)
            self._form_place.removeWidget(form)
            form.hide()
            if form is not self._draft:
                form.deleteLater()
        self._form_holder.hide()

    def _drop_draft(self) -> None:
        draft, self._draft = self._draft, None
        if draft is not None and draft is not self.form:
            draft.deleteLater()

    def _show_problem(self) -> None:
        if self.form is None:
            return
        problem = self.form.problem()
        self.confirm.setText(self._confirmation())
        self.confirm.setEnabled(problem is None and self._ordered is None)
        self.problem.setText(problem or "")

    def keyPressEvent(self, event) -> None:
        """Enter confirms, Esc puts the form away."""
        if self.form is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.confirm.click()
        elif self.form is not None and event.key() == Qt.Key.Key_Escape:
            self.close_form()
        else:
            super().keyPressEvent(event)

    def _pressed(self) -> None:
        self.begin(PersonAction(str(self.sender().property("action"))))

    # acting -----------------------------------------------------------------------------------------------

    def _confirmed(self) -> None:
        if self.form is None or self._ordered is not None or self.form.problem() is not None:
            return
        self._ordered = self.form.order()
        self._show_problem()
        workspace, order = self._session.workspace, self._ordered
        self._session.operations.command(
            self, lambda _task: administering.administer(workspace, order), self._done, failed=self._refused
        )

    def _done(self, came_to: Administered) -> None:
        order, self._ordered = self._ordered, None
        assert order is not None
        name = order.name or (self.person.name if self.person is not None else order.login)
        was_creating = self.creating
        if order.action is PersonAction.CREATE:
            self._drop_draft()
        self._put_form_away()
        if was_creating:
            self._show_made(order, came_to)
        self._show_actions()
        if came_to.password is not None:
            self.secret.show_password(order.login, name, came_to.password)
        self._session.notice("success", told(order, name, done=came_to.done))
        self.acted.emit(came_to)

    def _show_made(self, order: Order, came_to: Administered) -> None:
        """The new person, whom the list knows only once they are confirmed."""
        self._title.setText(order.name or order.login)
        self._standing.show_text("已建立" if came_to.done else "待确认", "green" if came_to.done else "amber")
        assert order.group is not None
        facts = (("账号", order.login), ("类别", order.group.label), ("单位", order.agency or ""))
        self._show_facts(tuple((name, value) for name, value in facts if value))

    def _refused(self, error: Exception) -> None:
        self._ordered = None
        self._show_problem()
        if isinstance(error, UserError):
            self._session.notice("warning", str(error))
        else:
            known = isinstance(error, PingdeskError)
            self._session.notice(
                "error", str(error) if known else "程序出错了，详情已记入日志；您填写的内容还在。"
            )


def _facts(person: PersonRow, today: date) -> tuple[tuple[str, str], ...]:
    head = "，负责人" if person.is_head else ""
    facts = (
        ("账号", person.login),
        ("类别", f"{person.group.label}{head}"),
        ("单位", person.agency or ""),
        ("建立", dates.moment(person.created_at, today)),
        ("停用", dates.moment(person.disabled_at, today) if person.disabled_at else ""),
    )
    return tuple((name, value) for name, value in facts if value)
