"""Two ways of using the window: with the mouse, and with the keyboard alone. Both see only what a person sees.

A control is known by the name that a screen reader says, and it must be in sight and enabled to be used. The
keyboard's way sends keys to whatever has the focus and to nothing else; Chinese, which an input method would
write, is put in where the focus is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPlainTextEdit,
    QScrollArea,
    QTabBar,
    QWidget,
)

from views.shell.person import PersonPanel
from views.shell.search import SearchPanel
from views.shell.window import Window

#: Milliseconds after which a test gives up; what is waited for takes a fraction of a second.
SOON = 20_000
#: Tabs after which a control counts as out of the keyboard's reach.
FAR = 60
_LEFT = Qt.MouseButton.LeftButton
_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def words(widget: QWidget) -> set[str]:
    """What a control is called: its accessible name, and what is written on it."""
    return {widget.accessibleName(), widget.text() if isinstance(widget, QAbstractButton) else ""} - {""}


def is_called(widget: QWidget, name: str) -> bool:
    """Whether that is its name; `name…` opens a panel, and is the same to whoever looks for it."""
    return bool(words(widget) & {name, f"{name}…"})


class Hands:
    """What a person does at the window. Subclasses say how."""

    def __init__(self, qtbot: Any, window: Window) -> None:
        self.bot, self.window = qtbot, window

    # seeing -----------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Until nothing runs any more."""
        self.until(lambda: self.window.operations.running == 0)

    def until(self, holds: Callable[[], Any]) -> None:
        """Until it is so, and the window has caught up."""
        self.bot.waitUntil(lambda: bool(holds()), timeout=SOON)
        QApplication.processEvents()

    def text(self) -> str:
        """All that is written in the window now."""
        return "\n".join(self._written())

    def _written(self) -> Iterator[str]:
        for widget in self.window.findChildren(QWidget):
            if not widget.isVisible():
                continue
            if isinstance(widget, QPlainTextEdit):
                yield widget.toPlainText()
            elif isinstance(widget, QLabel | QAbstractButton | QLineEdit):
                yield widget.text()
            yield from (widget.accessibleName(), widget.toolTip())

    def shown(self, name: str) -> list[QWidget]:
        """The controls of that name that can be used now."""
        return [
            w
            for w in self.window.findChildren(QWidget)
            if w.isVisible() and w.isEnabled() and is_called(w, name)
        ]

    # doing ------------------------------------------------------------------------------------------------

    def press(self, name: str) -> None:
        """Presses a button, chip or line."""
        raise NotImplementedError

    def write(self, name: str, text: str) -> None:
        """Replaces what stands in a field."""
        raise NotImplementedError

    def pick(self, name: str, entry: str) -> None:
        """Chooses an entry of a button's menu."""
        raise NotImplementedError

    def find(self, text: str, entry: str = "") -> None:
        """Types into the search box and takes the entry that contains `entry`, else the one that is `text`."""
        raise NotImplementedError

    def page(self, number: int, title: str) -> None:
        """Opens a page."""
        raise NotImplementedError

    def confirm(self, name: str) -> None:
        """Presses what confirms the open form, which is called so."""
        raise NotImplementedError

    def undo(self, name: str) -> None:
        """Takes back what was done last, as the notice offers."""
        raise NotImplementedError

    def begin(self, action: str) -> None:
        """Begins an action on the ticket, from its button or by its name."""
        raise NotImplementedError

    def answer_dialog(self, *paths: Path) -> None:
        """Names files in the dialog that has opened."""
        raise NotImplementedError

    def bring(self, *paths: Path) -> None:
        """Brings files to the open form."""
        raise NotImplementedError

    def load(self, path: Path) -> None:
        """Gives a file to the import page."""
        raise NotImplementedError

    def turn_to(self, tab: str) -> None:
        """Turns to a tab."""
        raise NotImplementedError

    def sit_down(self, name: str) -> None:
        """Another person, by their name."""
        with self.bot.waitSignal(self.window.ready, timeout=SOON):
            self._change_person(name)
        self.settle()

    def _change_person(self, name: str) -> None:
        raise NotImplementedError

    def _tab(self, name: str) -> tuple[QTabBar, int]:
        """The bar that has the tab, and where."""
        for bar in self.window.findChildren(QTabBar):
            texts = [bar.tabText(n) for n in range(bar.count())]
            if bar.isVisible() and name in texts:
                return bar, texts.index(name)
        raise AssertionError(name)

    def _dialog(self) -> QFileDialog:
        self.until(lambda: isinstance(QApplication.activeModalWidget(), QFileDialog))
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        return dialog

    def _come_back(self) -> None:
        """The desktop gives the keys back to the window that asked; the offscreen platform has none to do so."""
        self.until(lambda: QApplication.activeModalWidget() is None)
        self.window.activateWindow()
        self.until(self.window.isActiveWindow)
        self.settle()

    def _entries(self, text: str, entry: str) -> tuple[QListWidget, int]:
        """The search's list once it holds what is looked for, and where."""
        panel = self.window.findChild(SearchPanel)

        def at() -> list[int]:
            texts = [panel.list.item(n).text() for n in range(panel.list.count())]
            return [
                n for n, t in enumerate(texts) if (entry in t if entry else t == text) and n + bool(entry) > 0
            ]

        def there() -> bool:
            return any(not entry or "查找" not in panel.list.item(n).text() for n in at())

        self.until(there)
        chosen = [n for n in at() if not entry or "查找" not in panel.list.item(n).text()]
        return panel.list, chosen[0]


def put_in(field: QWidget | None, text: str) -> None:
    """Replaces a field's content as typing would."""
    assert isinstance(field, QLineEdit | QPlainTextEdit), field
    field.selectAll()
    field.insert(text) if isinstance(field, QLineEdit) else field.insertPlainText(text)


def quoted(paths: Sequence[Path]) -> str:
    """Names of files as a dialog takes them."""
    return str(paths[0]) if len(paths) == 1 else " ".join(f'"{path}"' for path in paths)


class Mouse(Hands):
    """Clicks on what is in sight; types where it has clicked."""

    def press(self, name: str) -> None:
        self._click(self._one(name))

    def write(self, name: str, text: str) -> None:
        field = self._one(name)
        self._click(field)
        put_in(field, text)

    def pick(self, name: str, entry: str) -> None:
        self.press(name)
        self.until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
        menu = QApplication.activePopupWidget()
        action = next(a for a in menu.actions() if a.text() == entry)
        QTest.mouseClick(menu, _LEFT, pos=menu.actionGeometry(action).center())
        self.settle()

    def find(self, text: str, entry: str = "") -> None:
        self.press("搜索")
        put_in(self.window.findChild(SearchPanel).field, text)
        list_, at = self._entries(text, entry)
        item = list_.item(at)
        list_.scrollToItem(item)
        QTest.mouseClick(list_.viewport(), _LEFT, pos=list_.visualItemRect(item).center())
        self.settle()

    def page(self, number: int, title: str) -> None:
        entry = next(e for e in self.window.navigation.entries.values() if e.text() == title)
        self._click(entry)
        self.settle()

    def confirm(self, name: str) -> None:
        self.until(lambda: self.shown(name))
        self.press(name)
        self.settle()

    def undo(self, name: str) -> None:
        self.press(name)
        self.settle()

    def begin(self, action: str) -> None:
        foot = [w for w in self.shown(action) if w.property("action") or w.property("step")]
        self._click(foot[0]) if foot else self.find(action)
        self.settle()

    def answer_dialog(self, *paths: Path) -> None:
        dialog = self._dialog()
        put_in(dialog.findChild(QLineEdit), quoted(paths))
        box = dialog.findChild(QDialogButtonBox)
        accept = next(b for b in box.buttons() if box.buttonRole(b) == QDialogButtonBox.ButtonRole.AcceptRole)
        self._click(accept)
        self._come_back()

    def bring(self, *paths: Path) -> None:
        self.press("添加附件")
        self.answer_dialog(*paths)

    def load(self, path: Path) -> None:
        self.press("选择文件")
        self.answer_dialog(path)

    def turn_to(self, tab: str) -> None:
        bar, at = self._tab(tab)
        QTest.mouseClick(bar, _LEFT, pos=bar.tabRect(at).center())

    def _change_person(self, name: str) -> None:
        self._click(self.window.navigation.foot)
        self.settle()
        put_in(self._one("查找使用人"), name)
        people = self.window.findChild(PersonPanel).findChildren(QAbstractButton)
        self._click(next(line for line in people if line.text().startswith(name)))

    def _one(self, name: str) -> QWidget:
        self.until(lambda: self.shown(name))
        return self.shown(name)[0]

    def _click(self, widget: QWidget) -> None:
        """Where the person would scroll to, and point at."""
        for area in self.window.findChildren(QScrollArea):
            if area.isAncestorOf(widget):
                area.ensureWidgetVisible(widget)
        QApplication.processEvents()
        left = (
            widget.rect().center()
            if not isinstance(widget, QAbstractButton)
            else QPoint(12, widget.height() // 2)
        )
        QTest.mouseClick(widget, _LEFT, pos=left)


class Keyboard(Hands):
    """Keys only, and only to what has the focus."""

    def __init__(self, qtbot: Any, window: Window) -> None:
        super().__init__(qtbot, window)
        #: How far things were: name → Tabs.
        self.tabs: dict[str, int] = {}

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """One key, to the popup or the control that has the focus."""
        target = QApplication.activePopupWidget() or QApplication.focusWidget()
        assert target is not None, "nothing has the focus"
        QTest.keyClick(target, key, held)

    def reach(self, name: str) -> QWidget:
        """Tab until the focus is on the control of that name."""
        for count in range(FAR):
            here = QApplication.focusWidget()
            if here is not None and is_called(here, name) and here.isVisible():
                self.tabs[name] = max(count, self.tabs.get(name, 0))
                return here
            self.key(Qt.Key.Key_Tab)
        raise AssertionError(f"{name} is not reached in {FAR} Tabs")

    def press(self, name: str) -> None:
        self.until(lambda: self.shown(name))
        self.reach(name)
        self.key(Qt.Key.Key_Return)

    def write(self, name: str, text: str) -> None:
        self.reach(name)
        self.key(Qt.Key.Key_A, _CTRL)
        put_in(QApplication.focusWidget(), text)

    def pick(self, name: str, entry: str) -> None:
        self.press(name)
        self.until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
        menu = QApplication.activePopupWidget()
        for _ in menu.actions():
            if menu.activeAction() is not None and menu.activeAction().text() == entry:
                break
            self.key(Qt.Key.Key_Down)
        self.key(Qt.Key.Key_Return)
        self.settle()

    def find(self, text: str, entry: str = "") -> None:
        self.key(Qt.Key.Key_K, _CTRL)
        put_in(QApplication.focusWidget(), text)
        list_, at = self._entries(text, entry)
        while list_.currentRow() != at:
            self.key(Qt.Key.Key_Down if list_.currentRow() < at else Qt.Key.Key_Up)
        self.key(Qt.Key.Key_Return)
        self.settle()

    def page(self, number: int, title: str) -> None:
        self.key(Qt.Key(Qt.Key.Key_0 + number), _CTRL)
        self.settle()

    def confirm(self, name: str) -> None:
        self.until(lambda: self.shown(name))
        self.key(Qt.Key.Key_Return, _CTRL)
        self.settle()

    def undo(self, name: str) -> None:
        self.key(Qt.Key.Key_Z, _CTRL)
        self.settle()

    def begin(self, action: str) -> None:
        self.find(action)

    def answer_dialog(self, *paths: Path) -> None:
        self._dialog()
        put_in(QApplication.focusWidget(), quoted(paths))
        self.key(Qt.Key.Key_Return)
        self._come_back()

    def bring(self, *paths: Path) -> None:
        self._copy(*paths)
        self.reach("添加附件")
        self.key(Qt.Key.Key_V, _CTRL)
        self.settle()

    def load(self, path: Path) -> None:
        self._copy(path)
        self.key(Qt.Key.Key_V, _CTRL)
        self.settle()

    def turn_to(self, tab: str) -> None:
        bar, at = self._tab(tab)
        self.reach(bar.accessibleName())
        while bar.currentIndex() != at:
            before = bar.currentIndex()
            self.key(Qt.Key.Key_Right if before < at else Qt.Key.Key_Left)
            assert bar.currentIndex() != before

    def _copy(self, *paths: Path) -> None:
        """As the file manager does, which is no part of the window."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        QApplication.clipboard().setMimeData(data)

    def _change_person(self, name: str) -> None:
        self.key(Qt.Key.Key_P, _CTRL | _SHIFT)
        self.settle()
        put_in(QApplication.focusWidget(), name)
        self.key(Qt.Key.Key_Return)
