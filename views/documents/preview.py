"""The preview of a paper: its pages, zoom, others of its kind, and the ways out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from app.documents.model import Document
from app.documents.sheets import WIDTH, Sheet
from views.documents.canvas import PageCanvas
from views.documents.outlet import Outlet
from views.documents.painter import font_warnings, pages_of
from views.shell.parts import Button, icon_button, label, row, rule, scrolling
from views.shell.session import Session
from views.shell.theme import UNIT

#: Pixels to a point at 100 %, as screens count, and how far one may go.
_WHOLE = 96 / 72
_STEP, _LEAST, _MOST = 1.2, 0.4, 4.0


@dataclass(frozen=True, slots=True)
class Choice:
    """Papers of one kind to choose from, by id and name, and which one is shown."""

    offered: tuple[tuple[int, str], ...]
    chosen: int


class PaperPreview(QWidget):
    """Shows a paper until `left`; Esc leaves. `other_wanted(id)`: another one of its kind was chosen."""

    left = Signal()
    other_wanted = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("打印预览")
        self.outlet = Outlet(session, self)
        self._registry = session.registry
        self._ways = {
            "paper.pdf": self.outlet.ask_pdf, "paper.word": self.outlet.ask_word, "paper.print": self.outlet.ask_printer,
        }  # fmt: skip
        self.sheets: tuple[Sheet, ...] = ()
        self._zoom: float | None = None
        self._title = label("", "title", self)
        self._facts = label("", "small", self, wrap=True)
        self.canvas = PageCanvas(self)
        self._area = scrolling(self.canvas, self)
        self._lay_out()
        for keys, run in (
            (QKeySequence.StandardKey.ZoomIn, self.larger),
            (QKeySequence.StandardKey.ZoomOut, self.smaller),
        ):
            action = QAction(self)
            action.setShortcuts(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(run)
            self.addAction(action)
        self.hide()

    def _lay_out(self) -> None:
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._area.setWidgetResizable(False)
        self._area.setAccessibleName("版面")
        back = icon_button("previous", "返回（Esc）", self)
        smaller, larger = icon_button("stop", "缩小", self), icon_button("add", "放大", self)
        smaller.set_icon("zoom_out")
        larger.set_icon("zoom_in")
        self._percent = Button("适合宽度", None, "flat", self)
        self._percent.setToolTip("恢复为适合宽度")
        self.others = Button("另选一件", "down", "flat", self)
        self._menu = QMenu(self.others)
        self.others.setMenu(self._menu)
        self.pdf_button = Button("存为 PDF…", "save", "plain", self)
        self.word_button = Button("存为 Word…", "save", "plain", self)
        self.print_button = Button("打印…", "printer", "primary", self)
        for button, run in (
            (back, self.leave), (smaller, self.smaller), (larger, self.larger), (self._percent, self.fit),
            (self.pdf_button, self.outlet.ask_pdf), (self.word_button, self.outlet.ask_word),
            (self.print_button, self.outlet.ask_printer),
        ):  # fmt: skip
            button.clicked.connect(run)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(
            row(
                back, self._title, self.others, None, self.pdf_button, self.word_button, self.print_button,
                margins=(4, 3, 5, 0),
            )
        )  # fmt: skip
        below = row(margins=(5, 0, 5, 1))
        below.addWidget(self._facts, 1)
        for button in (smaller, self._percent, larger):
            below.addWidget(button)
        column.addLayout(below)
        column.addWidget(rule(self))
        column.addWidget(self._area, 1)

    def show_document(self, document: Document, name: str, choice: Choice | None = None) -> None:
        """Lays a paper out and shows it, as wide as fits; `choice`: where there are others of its kind."""
        self.sheets, self._zoom = pages_of(document), None
        self.outlet.take(document, self.sheets, name)
        self._offer(choice)
        self._title.setText(document.number or name)
        self._facts.setText(self._said(name if document.number else ""))
        self.show()
        self._draw()
        self._area.verticalScrollBar().setValue(0)
        self._area.setFocus()

    def _said(self, name: str) -> str:
        """What it is, how long, and what this computer's fonts do not have."""
        pages = "，".join(filter(None, (name, f"共 {len(self.sheets)} 页")))
        return "。".join((pages, *font_warnings(self.sheets)))

    def _offer(self, choice: Choice | None) -> None:
        self._menu.clear()
        self.others.setVisible(choice is not None)
        group = QActionGroup(self._menu)
        for number, said in choice.offered if choice is not None else ():
            entry = self._menu.addAction(said)
            entry.setCheckable(True)
            entry.setChecked(choice is not None and number == choice.chosen)
            entry.setProperty("paper", number)
            entry.triggered.connect(self._other_pressed)
            group.addAction(entry)

    def _other_pressed(self) -> None:
        self.other_wanted.emit(self.sender().property("paper"))

    def _draw(self) -> None:
        zoom = self._zoom or self._fitting()
        self._percent.setText(f"{round(zoom / _WHOLE * 100)} %")
        self.canvas.show_sheets(self.sheets, zoom)

    def _fitting(self) -> float:
        """As wide as there is room, but not larger than it will be."""
        room = self._area.viewport().width() - 12 * UNIT
        wide = max((sheet.width for sheet in self.sheets), default=WIDTH)
        return max(_LEAST, min(room / wide, _WHOLE))

    def larger(self) -> None:
        """One step larger."""
        self._scale(_STEP)

    def smaller(self) -> None:
        """One step smaller."""
        self._scale(1 / _STEP)

    def fit(self) -> None:
        """As wide as there is room."""
        self._zoom = None
        self._draw()

    def _scale(self, by: float) -> None:
        self._zoom = max(_LEAST, min((self._zoom or self._fitting()) * by, _MOST))
        self._draw()

    def resizeEvent(self, event: Any) -> None:
        """Keeps to the width unless a size was chosen."""
        super().resizeEvent(event)
        if self._zoom is None and self.sheets:
            self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            return
        super().keyPressEvent(event)

    def showEvent(self, event: Any) -> None:
        """The keys for papers are of the one in sight."""
        super().showEvent(event)
        for command, run in self._ways.items():
            self._registry.bind(command, run)

    def hideEvent(self, event: Any) -> None:
        """Out of sight, they are not."""
        super().hideEvent(event)
        for command, run in self._ways.items():
            self._registry.unbind(command, run)

    def leave(self) -> None:
        """Back to where it was called from."""
        self.hide()
        self.sheets = ()
        self.left.emit()

    def changeEvent(self, event: QEvent) -> None:
        """The frame around the pages follows the scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.canvas.update()
