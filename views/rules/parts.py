"""The panel at the right of both tabs: title and badge, a body that scrolls, buttons at the foot."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.errors import EnvironmentProblem, UserError
from views.shell.parts import Badge, Button, label, row, rule, scrolling
from views.shell.session import Session
from views.shell.tabbing import TabsAsLaidOut
from views.shell.theme import UNIT


class SidePanel(TabsAsLaidOut, QFrame):
    """`column` takes what is shown, `foot` the buttons."""

    def __init__(self, name: str, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "true")
        self.setAccessibleName(name)
        self.session = session
        self.busy = False
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        body = QWidget()
        self.column = QVBoxLayout(body)
        self.column.setContentsMargins(5 * UNIT, 4 * UNIT, 5 * UNIT, 4 * UNIT)
        self.column.setSpacing(3 * UNIT)
        self.title = label("", "lead", body, wrap=True)
        self.badge = Badge("", parent=body)
        top = row(spacing=2)
        top.addWidget(self.title, 1)
        top.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(top)
        self.area = scrolling(body, self)
        outer.addWidget(self.area, 1)
        self.foot = QWidget(self)
        holder = QVBoxLayout(self.foot)
        holder.setContentsMargins(0, 0, 0, 0)
        holder.setSpacing(0)
        holder.addWidget(rule(self.foot))
        self.buttons = row(margins=(5, 3, 5, 3))
        holder.addLayout(self.buttons)
        outer.addWidget(self.foot)

    def add_buttons(self, *buttons: Button) -> None:
        """Puts buttons at the foot, the likely one first."""
        for button in buttons:
            self.buttons.addWidget(button)
        self.buttons.addStretch(1)

    def tell_failure(self, error: Exception) -> None:
        """Says what went wrong; what was written stays."""
        known = isinstance(error, (UserError, EnvironmentProblem))
        tone = "warning" if isinstance(error, UserError) else "error"
        self.session.notice(tone, str(error) if known else "程序出错了，详情已记入日志。")


def words(parent: QWidget, lines: list[tuple[str, str]]) -> QVBoxLayout:
    """Lines of text, each with its role."""
    column = QVBoxLayout()
    column.setSpacing(UNIT)
    for text, role in lines:
        column.addWidget(label(text, role, parent, wrap=True))
    return column
