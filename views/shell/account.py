"""What the foot of the navigation opens at a central server: who is logged in where, and the way out."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.settings import Profile
from views.shell.fields import Message
from views.shell.overlay import Overlay
from views.shell.parts import Button, label, rule
from views.shell.session import Session
from views.shell.theme import UNIT

#: What stands there, in this order: command and icon come from the registry.
_OFFERED = ("password", "lock", "settings", "logout")


class AccountPanel(Overlay):
    """Person and server; `asked(command id)`."""

    asked = Signal(str)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("账号", parent)
        from views.shell.actions import command

        self._session = session
        self.who = label("", "section", self, wrap=True)
        self.where = label("", "small", self, wrap=True)
        self.warning = Message(self)
        for widget in (self.who, self.where, self.warning, rule(self)):
            self.column.addWidget(widget)
        for known in map(command, _OFFERED):
            words = f"{known.title}（{known.shortcut}）" if known.shortcut else known.title
            button = Button(words, known.icon, "flat", self)
            button.setProperty("aligned", "left")
            button.setProperty("command", known.id)
            button.clicked.connect(self._asked)
            self.column.addWidget(button)

    def show_account(self, profile: Profile | None) -> None:
        """Says who and where."""
        person, workspace = self._session.person, self._session.workspace
        self.who.setText(f"{person.name}　{person.agency or person.group.label}")
        self.where.setText(
            f"账号 {person.login}\n{workspace.label}" + (f"　{profile.hosts}" if profile is not None else "")
        )
        if workspace.warning:
            self.warning.say(workspace.warning, tone="amber")
        else:
            self.warning.clear()

    def place(self) -> None:
        """Above the foot of the navigation, as high as its content."""
        width = 76 * UNIT
        height = self.column.totalHeightForWidth(width)
        self.setGeometry(2 * UNIT, self.parentWidget().height() - height - 22 * UNIT, width, height)

    def open(self) -> None:
        """Opens with the first line ready."""
        super().open()
        self.findChild(Button).setFocus()

    def _asked(self) -> None:
        name = str(self.sender().property("command"))
        self.close_back()
        self.asked.emit(name)
