"""The choice of who sits at the desk, in an embedded database: its files are theirs anyway."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from models.rules.people import Group
from views.shell.overlay import Overlay
from views.shell.parts import Button, clear, label, row, scrolling
from views.shell.session import Session
from views.shell.theme import UNIT

_ORDER = list(Group)


class PersonList(QWidget):
    """Everybody who may sit here, by group, with a field to find them. `chosen(login)`."""

    chosen = Signal(str)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._people: tuple = ()
        self._first: str | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * UNIT)
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("输入姓名或单位")
        self.field.setAccessibleName("查找使用人")
        self.field.textChanged.connect(self._show)
        self.field.returnPressed.connect(self._pick_first)
        column.addWidget(self.field)
        self._list = QWidget()
        self._lines = QVBoxLayout(self._list)
        self._lines.setContentsMargins(0, 0, 2 * UNIT, 0)
        self._lines.setSpacing(0)
        column.addWidget(scrolling(self._list, self), 1)

    def read(self) -> None:
        """Reads the people."""
        self.field.clear()
        workspace = self._session.workspace
        self._session.operations.query(self, lambda _task: workspace.people(), self._arrived, key="people")

    def _arrived(self, people: tuple) -> None:
        self._people = tuple(sorted(people, key=lambda p: _ORDER.index(p.group)))
        self._show()

    def _show(self) -> None:
        clear(self._lines)
        needle = self.field.text().strip()
        found = [p for p in self._people if needle in f"{p.name}{p.agency or ''}{p.group.label}"]
        self._first = found[0].login if needle and found else None
        for group, people in groupby(found, key=lambda p: p.group):
            heading = label(group.label, "small", self._list)
            heading.setContentsMargins(UNIT, 2 * UNIT, 0, UNIT)
            self._lines.addWidget(heading)
            for person in people:
                self._lines.addWidget(self._line(person))
        if not found and self._people:
            self._lines.addWidget(label("没有符合的人。", "secondary", self._list))
        self._lines.addStretch(1)

    def _line(self, person) -> Button:
        words = f"{person.name}　{person.agency}" if person.agency else person.name
        words += "（主任）" if person.is_head else ""
        made = Button(words, "person", "flat", self._list)
        made.setProperty("login", person.login)
        made.setProperty("aligned", "left")
        if person.login == self._session.person.login:
            made.set_icon("success")
        made.clicked.connect(self._picked)
        return made

    def _picked(self) -> None:
        self.chosen.emit(str(self.sender().property("login")))

    def _pick_first(self) -> None:
        """Enter in the field takes the first that was found."""
        if self._first is not None:
            self.chosen.emit(self._first)


class PersonPanel(Overlay):
    """`chosen(login)` when somebody else is picked; `asked(command id)` for what stands at its foot."""

    chosen = Signal(str)
    asked = Signal(str)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("更换使用人", parent)
        self._session = session
        self.column.addWidget(label("更换使用人", "section", self))
        self.column.addWidget(label("本机数据库可任选身份，用于查看各方所见。", "small", self, wrap=True))
        self.people = PersonList(session, self)
        self.people.chosen.connect(self._picked)
        self.column.addWidget(self.people, 1)
        self.column.addLayout(
            row(
                self._foot("连接中心服务器", "server"),
                None,
                self._foot("锁定", "lock"),
                2,
                self._foot("设置", "settings"),
            )
        )

    @property
    def field(self) -> QLineEdit:
        """Where a name is typed."""
        return self.people.field

    def _foot(self, words: str, command: str) -> Button:
        made = Button(words, kind="link", parent=self)
        made.setProperty("command", command)
        made.clicked.connect(self._asked)
        return made

    def place(self) -> None:
        """Above the foot of the navigation."""
        parent = self.parentWidget()
        height = min(parent.height() - 24 * UNIT, 130 * UNIT)
        self.setGeometry(2 * UNIT, parent.height() - height - 22 * UNIT, 84 * UNIT, height)

    def open(self) -> None:
        """Opens and reads the people."""
        super().open()
        self.people.read()
        self.field.setFocus()

    def _picked(self, login: str) -> None:
        self.close_back()
        if login != self._session.person.login:
            self.chosen.emit(login)

    def _asked(self) -> None:
        command = str(self.sender().property("command"))
        self.close_back()
        self.asked.emit(command)
