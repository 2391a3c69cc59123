"""A page over the whole window: what is beneath can be neither seen nor reached, and stays as it is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from shiboken6 import isValid

from views.shell.overlay import Overlay


class Cover(QWidget):
    """Covers its window between `rise` and `sink`; give its content to `column`.

    Beneath, everything is hidden rather than painted over, so that a screen reader does not read it either;
    fields keep their text, lists their place, and the focus comes back.
    """

    def __init__(self, name: str, window: QWidget) -> None:
        super().__init__(window)
        self.setAccessibleName(name)
        self.setAutoFillBackground(True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self._before: QWidget | None = None
        self._hidden: list[QWidget] = []
        self.hide()

    @property
    def risen(self) -> bool:
        """Whether the window is covered."""
        return not self.isHidden()

    def rise(self) -> None:
        """Covers the window."""
        if self.risen:
            return
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        window = self.parentWidget()
        focus = QApplication.focusWidget()
        self._before = focus if focus is not None and window.isAncestorOf(focus) else None
        shown = [
            c for c in window.children() if isinstance(c, QWidget) and c is not self and not c.isHidden()
        ]
        self._hidden = [child for child in shown if not isinstance(child, Overlay)]
        self.place()
        self.show()
        self.raise_()
        for child in shown:
            child.hide()
        for action in window.actions():
            action.setEnabled(False)

    def sink(self) -> None:
        """Gives the window back as it was."""
        if not self.risen:
            return
        for action in self.parentWidget().actions():
            action.setEnabled(True)
        for child in self._hidden:
            child.show()
        self.hide()
        before, self._before, self._hidden = self._before, None, []
        if before is not None and isValid(before):
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def place(self) -> None:
        """Fills the window; called when it is resized."""
        self.setGeometry(self.parentWidget().rect())
