"""Where the form of an action opens in a ticket's panel: its title, the way to put it away, the form."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from views.shell.parts import icon_button, label, row
from views.shell.tabbing import stops
from views.shell.theme import UNIT
from views.tickets.forms import ActionForm


class FormPlace(QWidget):
    """Holds one form, or is hidden; `closed` when it is to be put away."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = label("", "section", self)
        self._close = icon_button("close", "收起（Esc），填写的内容存为草稿", self)
        self._close.clicked.connect(self.closed)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2 * UNIT)
        self._column.addLayout(row(self._title, None, self._close))
        self.hide()

    def put(self, form: ActionForm, title: str, *, closable: bool) -> None:
        """Shows a form."""
        self._title.setText(title)
        self._close.setVisible(closable)
        self._column.addWidget(form)
        self.show()

    def remove(self, form: ActionForm) -> None:
        """The form goes."""
        self._column.removeWidget(form)
        form.hide()
        form.deleteLater()
        self.hide()

    def take_focus(self, form: ActionForm) -> QWidget | None:
        """To the form's first field, past what would clear it; gives what is to be seen then."""
        found = next((stop for stop in stops(form) if stop.property("kind") != "link"), None)
        if found is not None:
            found.setFocus(Qt.FocusReason.TabFocusReason)
        return self._title if found is not None else None
