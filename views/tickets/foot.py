"""The actions at the foot of a ticket: the likely one filled, the rest in a menu, greyed ones with why."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from app.tickets.papers import Paper
from app.tickets.rows import Notice
from models.rules.lifecycle import Action
from views import dates
from views.shell import icons
from views.shell.actions import command, ticket_command
from views.shell.parts import Button, clear, icon_button, label
from views.shell.theme import UNIT

#: Actions in the order in which they are likely; the first allowed one is filled.
LIKELY = (
    Action.INSIST,
    Action.VERIFY_AND_DISPATCH,
    Action.ACKNOWLEDGE,
    Action.SUBMIT,
    Action.CONTRIBUTE,
    Action.APPROVE,
    Action.REPORT,
    Action.CONFIRM_CLOSED,
    Action.RESTORE,
    Action.REMIND,
    Action.RECALL,
    Action.REJECT,
    Action.DECLINE,
    Action.RETURN_FOR_REWORK,
    Action.REPORT_REFUSED,
    Action.REDISPATCH,
    Action.UNAPPROVE,
    Action.REOPEN,
    Action.SUPERVISE,
    Action.ANNOTATE,
)
#: At most so many stand beside each other.
SHOWN_BUTTONS = 3


class ActionFoot(QWidget):
    """`pressed(Action)` when an action's button or entry was; `cancelled` when the open panel is put away.

    `paper_wanted(Paper, id)`: with the id of a notice where there are several to choose from, else None.
    """

    pressed = Signal(object)
    cancelled = Signal()
    paper_wanted = Signal(object, object)
    #: A hint of misconduct in the ticket is to be referred (Guide 8.2).
    refer_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("可以办理的事项")
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(5 * UNIT, 3 * UNIT, 5 * UNIT, 3 * UNIT)
        self._line.setSpacing(2 * UNIT)
        self.confirm: Button | None = None
        self.menu: QMenu | None = None
        #: The papers that can be printed, each with why it cannot now.
        self.papers: tuple[tuple[Paper, str | None], ...] = ()
        #: The notices of supervision, the latest first, and the day that dates are told from.
        self.notices: tuple[Notice, ...] = ()
        self.today = date.min
        #: Whether the person may refer hints of misconduct.
        self.refers = False

    def show_confirm(self, action: Action) -> None:
        """The open panel's confirmation, and the way back."""
        clear(self._line)
        self.menu = None
        self.confirm = self._button(action, "primary", f"确认{action.label}")
        cancel = Button("取消", parent=self)
        cancel.clicked.connect(self.cancelled)
        self._line.addWidget(self.confirm)
        self._line.addWidget(cancel)
        self._line.addStretch(1)

    def show_actions(
        self,
        allowed: tuple[Action, ...],
        refused: tuple[tuple[Action, str], ...],
        *,
        opened: Action | None,
        with_panel: frozenset[Action],
        room: int,
    ) -> None:
        """What can be done now. `opened`: the one whose panel is open; `with_panel`: those that open one."""
        clear(self._line)
        self.confirm = self.menu = None
        likely = [action for action in LIKELY if action in allowed]
        buttons = [
            self._named(a, number, opened, with_panel) for number, a in enumerate(likely[:SHOWN_BUTTONS])
        ]
        while len(buttons) > 1 and self._width(buttons) > room:
            buttons.pop().deleteLater()
        for action, button in zip(likely, buttons, strict=False):
            self.confirm = button if action is opened else self.confirm
            self._line.addWidget(button)
        if not likely:
            self._line.addWidget(label("现在没有需要您办理的事项。", "secondary", self))
        self._line.addStretch(1)
        rest = likely[len(buttons) :]
        if rest or refused or self.papers or self.refers:
            self._line.addWidget(self._more(rest, refused, with_panel))

    def show_problem(self, problem: str | None, *, busy: bool) -> None:
        """Greys the confirmation while something is missing, and says what."""
        if self.confirm is not None:
            self.confirm.setEnabled(problem is None and not busy)
            self.confirm.setToolTip(problem or "")
            self.confirm.setAccessibleDescription(problem or "")

    def _named(
        self, action: Action, number: int, opened: Action | None, with_panel: frozenset[Action]
    ) -> Button:
        more = "…" if action in with_panel and action is not opened else ""
        return self._button(action, "plain" if number else "primary", action.label + more)

    def _width(self, buttons: list[Button]) -> int:
        """What the buttons and the menu's take."""
        for button in buttons:
            button.ensurePolished()
        return sum(button.sizeHint().width() + 2 * UNIT for button in buttons) + 24 * UNIT

    def _button(self, action: Action, kind: str, text: str) -> Button:
        icon = command(ticket_command(action)).icon if kind == "primary" else None
        button = Button(text, icon, kind, self)
        button.setProperty("action", action.value)
        button.clicked.connect(self._pressed)
        return button

    def _more(
        self, rest: list[Action], refused: tuple[tuple[Action, str], ...], with_panel: frozenset[Action]
    ) -> Button:
        button = icon_button("more", "更多", self)
        button.set_kind("plain")
        self.menu = QMenu(button)
        self.menu.setToolTipsVisible(True)
        for action in rest:
            entry = self.menu.addAction(action.label + ("…" if action in with_panel else ""))
            entry.setIcon(icons.icon(command(ticket_command(action)).icon))
            entry.setProperty("action", action.value)
            entry.triggered.connect(self._pressed)
        self._add_papers(self.menu)
        if self.refers:
            said = command("referral.make")
            self.menu.addAction(icons.icon(said.icon), f"{said.title}…", self.refer_wanted.emit)
        self.menu.addSeparator()
        for action, why in refused:
            entry = self.menu.addAction(action.label)
            entry.setEnabled(False)
            entry.setToolTip(why)
        button.setMenu(self.menu)
        return button

    def _add_papers(self, menu: QMenu) -> None:
        menu.addSeparator()
        for paper, why in self.papers:
            if paper is Paper.SUPERVISION and why is None and len(self.notices) > 1:
                self._add_notices(menu)
                continue
            entry = self._add_paper(menu, paper, f"打印{paper.label}…")
            entry.setIcon(icons.icon(command(f"ticket.print_{paper.value}").icon))
            entry.setEnabled(why is None)
            entry.setToolTip(why or "")

    def _add_notices(self, menu: QMenu) -> None:
        """Each notice by its number and day: which one is printed is chosen."""
        choice = menu.addMenu(f"打印{Paper.SUPERVISION.label}")
        choice.setIcon(icons.icon(command(f"ticket.print_{Paper.SUPERVISION.value}").icon))
        for notice in self.notices:
            said = f"{notice.number}　{dates.plain_day(notice.day, self.today)}…"
            self._add_paper(choice, Paper.SUPERVISION, said).setProperty("notice", notice.id)

    def _add_paper(self, menu: QMenu, paper: Paper, said: str) -> QAction:
        entry = menu.addAction(said)
        entry.setProperty("paper", paper.value)
        entry.triggered.connect(self._paper_pressed)
        return entry

    def _paper_pressed(self) -> None:
        entry = self.sender()
        self.paper_wanted.emit(Paper(str(entry.property("paper"))), entry.property("notice"))

    def _pressed(self) -> None:
        self.pressed.emit(Action(str(self.sender().property("action"))))
