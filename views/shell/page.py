"""What every page is: a header with title, facts and the search box; stale until reloaded."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSplitter, QWidget

from app.changes import Changes, Kind
from views.shell.parts import Button, label, row
from views.shell.session import Session
from views.shell.tabbing import first_field
from views.shell.theme import UNIT

#: The margin around a page's content.
MARGIN = 5 * UNIT


class Page(QWidget):
    """A page of the window. Subclasses set `title`, `shows` and implement `reload`."""

    title = ""
    #: The kinds of rows the page shows; changes of others leave it fresh.
    shows = Kind.NONE

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.facts = label("", "secondary", self)
        self._stale = True
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        session.changed.connect(self._changed)

    def header(self) -> QHBoxLayout:
        """Title, one line of facts, and the search box."""
        title = label(self.title, "title", self)
        return row(title, 2, self.facts, None, SearchButton(self.session, self))

    def open_with(self, argument: object) -> None:
        """Shows what another page asked for; None is the page as it was."""

    def reload(self) -> None:
        """Reads the page's rows again."""

    def confirmation(self) -> Button | None:
        """The button that confirms what is being filled in, None where nothing is."""
        return None

    def change_side(self) -> None:
        """From the list to what stands beside it, and back."""
        split = self.findChild(QSplitter)
        if split is None or not split.isVisible():
            return
        left, right = split.widget(0), split.widget(1)
        list_ = self.focusProxy()
        away = list_ if list_ is not None and list_.isVisible() else first_field(left)
        here = QApplication.focusWidget()
        target = away if here is not None and right.isAncestorOf(here) else first_field(right)
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)

    def shown(self) -> None:
        """Called when the page comes to the front: reads when something has changed."""
        if self._stale:
            self._stale = False
            self.reload()

    def _changed(self, changes: Changes) -> None:
        if changes.kinds & self.shows:
            self._stale = True
            if self.isVisible():
                self.shown()


class SearchButton(Button):
    """Looks like a search field and opens the search; where room is scarce it says only 搜索."""

    _LONG, _SHORT = "搜索编号、事项、单位，或输入命令", "搜索"

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(self._LONG, "search", "search", parent)
        self._session = session
        self._hint = label("Ctrl+K", "small", self)
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("搜索")
        self.clicked.connect(self._open)

    def sizeHint(self) -> QSize:
        """Room for all its words and the shortcut, whatever it says now."""
        return self._room_for(self._LONG)

    def minimumSizeHint(self) -> QSize:
        """Room for 搜索."""
        return self._room_for(self._SHORT)

    def _room_for(self, text: str) -> QSize:
        size = super().sizeHint()
        words = self.fontMetrics().horizontalAdvance
        return QSize(
            size.width() - words(self.text()) + words(text) + self._hint.sizeHint().width() + 6 * UNIT,
            size.height(),
        )

    def resizeEvent(self, event) -> None:
        """Keeps the shortcut at the right end, and the words within."""
        super().resizeEvent(event)
        self.setText(self._LONG if self.width() >= self._room_for(self._LONG).width() else self._SHORT)
        size = self._hint.sizeHint()
        self._hint.setGeometry(self.width() - size.width() - 10, (self.height() - size.height()) // 2,
                               size.width(), size.height())  # fmt: skip

    def _open(self) -> None:
        self._session.registry.run("search")
