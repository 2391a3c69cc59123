"""The one notice bar: what happened, and perhaps a way back. Never a dialog."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from views.shell.parts import Button, Picture, icon_button, label
from views.shell.theme import UNIT

#: How long information stays, in milliseconds; warnings and errors stay until closed.
STAYS = 9000
#: Offers that take back what was done last.
UNDOES = frozenset({"撤回", "撤销"})
_COLORS = {"info": "accent", "success": "green", "warning": "amber", "error": "red"}


class NoticeBar(QFrame):
    """Floats at the foot of its parent; one notice at a time, the latest wins."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("float", "true")
        self.setAccessibleName("提示")
        self._run: Callable[[], None] | None = None
        self._picture = Picture("info", self, size=18)
        self.text = label("", parent=self, wrap=True)
        self.text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.offer = Button("", kind="link", parent=self)
        self._close = icon_button("close", "关闭提示", self)
        line = QHBoxLayout(self)
        line.setContentsMargins(4 * UNIT, 2 * UNIT, 2 * UNIT, 2 * UNIT)
        line.setSpacing(3 * UNIT)
        line.addWidget(self._picture)
        line.addWidget(self.text, 1)
        line.addWidget(self.offer)
        line.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self._close.clicked.connect(self.hide)
        self.offer.clicked.connect(self._take)
        parent.installEventFilter(self)
        self.hide()

    @property
    def offers_undo(self) -> bool:
        """Whether what was done last can be taken back here."""
        return self.isVisible() and self.offer.isVisibleTo(self) and self.offer.text() in UNDOES

    def tell(self, tone: str, text: str, offer: str = "", run: Callable[[], None] | None = None) -> None:
        """Shows a notice; `offer` names what pressing the button runs."""
        self._run = run
        self._picture.show_icon(tone, _COLORS[tone])
        self.text.setText(text)
        self.offer.setText(offer)
        self.offer.setVisible(run is not None)
        self._timer.stop()
        if tone in ("info", "success"):
            self._timer.start(STAYS)
        self.show()
        self._place()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stays at the foot when the parent is resized."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _take(self) -> None:
        run, self._run = self._run, None
        self.hide()
        if run is not None:
            run()

    def _place(self) -> None:
        parent = self.parentWidget()
        room = min(parent.width() - 8 * UNIT, 180 * UNIT)
        beside = (
            18
            + self._close.sizeHint().width()
            + (self.offer.sizeHint().width() if self.offer.isVisibleTo(self) else 0)
        )
        words = self.text.fontMetrics().horizontalAdvance(self.text.text()) + 8
        width = min(room, words + beside + 16 * UNIT)
        height = max(self.heightForWidth(width), self.sizeHint().height() if width < room else 0)
        self.setGeometry((parent.width() - width) // 2, parent.height() - height - 5 * UNIT, width, height)
