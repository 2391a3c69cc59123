"""The inline forms in which an order about a person is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.registry import queries as registry
from app.registry.administering import Order
from app.registry.people import PersonRow
from app.registry.spelling import proposed_login
from models.rules.administration import (
    LONGEST_NAME,
    PersonAction,
    login_problem,
    name_problem,
    needs_second,
    place_problem,
)
from models.rules.people import Group
from views.registry.words import MAY, MEANS, NO_PASSWORDS, second_needed, warnings
from views.shell.parts import Chip, label, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.dispatch_form import AgencyField
from views.tickets.forms import Choice, field_row

_INDENT = 17 + 2


class PersonForm(QWidget):
    """An order being written; `edited` whenever it changes. The plain form only says what will happen."""

    edited = Signal()

    def __init__(self, action: PersonAction, person: PersonRow | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.action, self.person = action, person
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(2 * UNIT)

    def problem(self) -> str | None:
        """What is still missing, as a sentence; None when it can be done."""
        return None

    def first_field(self) -> QWidget | None:
        """Where writing begins, None where nothing is to be written."""
        return None

    def waits(self) -> bool:
        """Whether a second administrator must confirm."""
        return self.person is not None and needs_second(self.action, self.person.group)

    def order(self) -> Order:
        """What is to be done."""
        assert self.person is not None
        head = not self.person.is_head if self.action is PersonAction.SET_HEAD else None
        return Order(self.action, self.person.login, is_head=head)

    def say(self, *sentences: str, role: str = "secondary") -> None:
        """Adds sentences, a line each."""
        for sentence in sentences:
            self.column.addWidget(label(sentence, role, self, wrap=True))

    def line_edit(self, name: str, hint: str, *, longest: int) -> QLineEdit:
        """A field of the form with its name beside it."""
        made = QLineEdit(self)
        made.setAccessibleName(name)
        made.setPlaceholderText(hint)
        made.setMaxLength(longest)
        made.textChanged.connect(self.edited)
        self.column.addLayout(field_row(name, made, self))
        return made


class RenameForm(PersonForm):
    """The new name."""

    def __init__(self, person: PersonRow, parent: QWidget | None = None) -> None:
        super().__init__(PersonAction.RENAME, person, parent)
        self.say(MEANS[self.action])
        self.name = self.line_edit("姓名", "", longest=LONGEST_NAME)
        self.name.setText(person.name)
        self.name.selectAll()

    def first_field(self) -> QWidget:
        """The name."""
        return self.name

    def problem(self) -> str | None:
        """A name, and another one."""
        assert self.person is not None
        same = self.name.text().strip() == self.person.name
        return "姓名没有变化。" if same else name_problem(self.name.text())

    def order(self) -> Order:
        """The new name."""
        assert self.person is not None
        return Order(self.action, self.person.login, name=self.name.text().strip())


class PlaceForm(PersonForm):
    """Group and agency together: the agency is asked for where the group has one."""

    def __init__(
        self, action: PersonAction, person: PersonRow | None, session: Session, parent: QWidget | None = None
    ) -> None:
        super().__init__(action, person, parent)
        self.agency = AgencyField("单位", self)
        self.agency.textChanged.connect(self.edited)
        self._agency_row = QWidget(self)
        word = "新单位" if action is PersonAction.MOVE else "单位"
        self._agency_row.setLayout(field_row(word, self.agency, self._agency_row))
        self._agency_row.layout().setContentsMargins(0, 0, 0, 0)
        session.query(self, registry.agencies, self._agencies, key="agencies")

    def _agencies(self, agencies: tuple[Any, ...]) -> None:
        self.agency.offer(agencies)
        self.edited.emit()

    def agency_problem(self) -> str | None:
        """An agency is typed that the registry does not know."""
        typed = self.agency.text().strip()
        return f"名录中没有“{typed}”这个单位。" if typed and self.agency.agency is None else None


class MoveForm(PlaceForm):
    """The new agency."""

    def __init__(self, person: PersonRow, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(PersonAction.MOVE, person, session, parent)
        self.say(MEANS[self.action])
        self.agency.setPlaceholderText("新单位的名称或拼音首字母")
        self.column.addWidget(self._agency_row)

    def first_field(self) -> QWidget:
        """The agency."""
        return self.agency

    def problem(self) -> str | None:
        """A known agency, and another one."""
        assert self.person is not None
        if self.agency.agency is None:
            return self.agency_problem() or "请选择新单位。"
        return "此人已在这个单位。" if self.agency.agency == self.person.agency else None

    def order(self) -> Order:
        """The new agency."""
        assert self.person is not None
        return Order(self.action, self.person.login, agency=self.agency.agency)


class GroupForm(PlaceForm):
    """A group with what it may do; the agency of liaisons, the mark of heads."""

    def __init__(
        self, action: PersonAction, person: PersonRow | None, session: Session, parent: QWidget | None = None
    ) -> None:
        super().__init__(action, person, session, parent)
        offered = [g for g in Group if person is None or g is not person.group]
        self.group = Choice({g: g.label for g in offered}, self)
        self.group.setAccessibleName("类别")
        self.group.edited.connect(self._group_chosen)
        self.may = label("", "small", self, wrap=True)
        self.head = Chip("标为负责人", self, checkable=True)
        self.head.clicked.connect(self.edited)

    def first_field(self) -> QWidget:
        """The groups."""
        return self.group.findChildren(Chip)[0]

    def add_place(self) -> None:
        """Adds the fields to the form."""
        groups = field_row("类别", self.group, self)
        groups.setAlignment(groups.itemAt(0).widget(), Qt.AlignmentFlag.AlignTop)
        groups.itemAt(0).widget().setContentsMargins(0, UNIT, 0, 0)
        self.column.addLayout(groups)
        may = row(_INDENT, spacing=0)
        may.addWidget(self.may, 1)
        self.column.addLayout(may)
        self.column.addLayout(row(_INDENT, self.head, None, spacing=0))
        self.column.addWidget(self._agency_row)
        self._group_chosen()

    def _group_chosen(self) -> None:
        group = self.group.value()
        self.may.setText(MAY[group] if group else "")
        self.may.setVisible(group is not None)
        self.head.setVisible(group is Group.OFFICER)
        self._agency_row.setVisible(group is Group.LIAISON)
        self.edited.emit()

    def place(self) -> dict[str, Any]:
        """Group, agency and mark as the order takes them."""
        group = self.group.value()
        return {
            "group": group,
            "agency": self.agency.agency if group is Group.LIAISON else None,
            "is_head": group is Group.OFFICER and self.head.isChecked(),
        }

    def place_missing(self) -> str | None:
        """What the place still needs."""
        group = self.group.value()
        if group is None:
            return "请选择类别。"
        if group is Group.LIAISON and (problem := self.agency_problem()):
            return problem
        return place_problem(group, self.place()["agency"])


class RegroupForm(GroupForm):
    """The new group."""

    def __init__(self, person: PersonRow, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(PersonAction.REGROUP, person, session, parent)
        self.say(MEANS[self.action])
        self.add_place()

    def problem(self) -> str | None:
        """Another group and what it needs."""
        return self.place_missing()

    def order(self) -> Order:
        """The new group."""
        assert self.person is not None
        return Order(self.action, self.person.login, **self.place())


class CreateForm(GroupForm):
    """A new person; the login is proposed from the name until it is typed by hand."""

    def __init__(
        self, everybody: Sequence[PersonRow], session: Session, parent: QWidget | None = None
    ) -> None:
        super().__init__(PersonAction.CREATE, None, session, parent)
        self._session, self._everybody = session, everybody
        self._taken = frozenset(p.login for p in everybody)
        self._by_hand = False
        self.name = self.line_edit("姓名", "本人姓名", longest=LONGEST_NAME)
        self.login = self.line_edit("账号", "按姓名拼音自动填写，可以改", longest=31)
        self.name.textChanged.connect(self._propose)
        self.login.textEdited.connect(self._typed_login)
        self.second = label("", "amber", self, wrap=True)
        self.add_place()
        self.column.addWidget(self.second)
        self.say(
            NO_PASSWORDS if session.workspace.embedded
            else "建立后显示一次临时密码，请交给本人；首次登录须修改。"
        )  # fmt: skip

    def _group_chosen(self) -> None:
        super()._group_chosen()
        self.second.setText(second_needed(self._everybody, self._session.person.login))
        self.second.setVisible(self.waits())

    def first_field(self) -> QWidget:
        """The name."""
        return self.name

    def waits(self) -> bool:
        """Whether the group chosen is one that takes two administrators."""
        group = self.group.value()
        return group is not None and needs_second(self.action, group)

    def _typed_login(self, text: str) -> None:
        self._by_hand = bool(text)

    def _propose(self, name: str) -> None:
        """Off this thread: the first spelling loads a dictionary."""
        if self._by_hand:
            return
        taken = self._taken
        self._session.operations.query(
            self, lambda _task: proposed_login(name, taken), self._proposed, key="login"
        )

    def _proposed(self, login: str) -> None:
        if not self._by_hand:
            self.login.setText(login)

    def problem(self) -> str | None:
        """Name, a free login, group and what it needs."""
        login = self.login.text().strip()
        problem = name_problem(self.name.text()) or login_problem(login)
        if problem is None and login in self._taken:
            problem = f"账号“{login}”已经有人使用，请换一个。"
        return problem or self.place_missing()

    def order(self) -> Order:
        """The new person."""
        return Order(self.action, self.login.text().strip(), name=self.name.text().strip(), **self.place())


def form_for(
    action: PersonAction, person: PersonRow, everybody: Sequence[PersonRow], session: Session, parent: QWidget
) -> PersonForm:
    """The form of an action on a person."""
    if action is PersonAction.RENAME:
        made: PersonForm = RenameForm(person, parent)
    elif action is PersonAction.MOVE:
        made = MoveForm(person, session, parent)
    elif action is PersonAction.REGROUP:
        made = RegroupForm(person, session, parent)
    else:
        made = PersonForm(action, person, parent)
        made.say(MEANS[action])
    made.say(*warnings(action, person, everybody, session.person.login), role="amber")
    return made
