"""A panel that floats over the window until Esc is pressed or the focus goes elsewhere."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from views.shell.theme import UNIT


class Overlay(QFrame):
    """A floating frame over its parent; give its content to `column`."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("float", "true")
        self.setAccessibleName(name)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(3 * UNIT, 3 * UNIT, 3 * UNIT, 3 * UNIT)
        self.column.setSpacing(2 * UNIT)
        self._before: QWidget | None = None
        QApplication.instance().focusChanged.connect(self._focus_moved)
        self.hide()

    def place(self) -> None:
        """Sets the geometry; called when opened and when the window is resized."""

    def open(self) -> None:
        """Shows it over everything else."""
        if not self.isVisible():
            self._before = QApplication.focusWidget()
        self.place()
        self.show()
        self.raise_()

    def close_back(self) -> None:
        """Hides it and gives the focus back."""
        before, self._before = self._before, None
        self.hide()
        if before is not None and before.isVisible():
            before.setFocus()

    def keyPressEvent(self, event) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_back()
            return
        super().keyPressEvent(event)

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self.isVisible() and new is not None and new is not self and not self.isAncestorOf(new):
            self._before = None
            self.hide()
