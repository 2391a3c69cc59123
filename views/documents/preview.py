"""The preview of a paper: its pages, zoom, printing, and saving as PDF."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtPrintSupport import QAbstractPrintDialog, QPrintDialog, QPrinter
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app.documents.model import Document
from app.documents.sheets import WIDTH, Sheet
from app.errors import PingdeskError
from app.outfiles import writing
from app.tickets import papers
from views.documents.canvas import PageCanvas
from views.documents.painter import installed, page_layout, pages_of, paint_on, pdf
from views.shell.parts import Button, icon_button, label, row, rule, scrolling
from views.shell.session import Session
from views.shell.theme import UNIT

#: Pixels to a point at 100 %, as screens count, and how far one may go.
_WHOLE = 96 / 72
_STEP, _LEAST, _MOST = 1.2, 0.4, 4.0


class PaperPreview(QWidget):
    """Shows a paper until `left`; Esc leaves."""

    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("打印预览")
        self._session = session
        self._document: Document | None = None
        self.sheets: tuple[Sheet, ...] = ()
        self._zoom: float | None = None
        self._title = label("", "title", self)
        self._facts = label("", "secondary", self)
        self._fonts = label("", "small", self, wrap=True)
        self.canvas = PageCanvas(self)
        self._area = scrolling(self.canvas, self)
        self._lay_out()
        for keys, run in (
            (QKeySequence.StandardKey.Print, self.print_paper),
            (QKeySequence.StandardKey.Save, self.choose_file),
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
        back = icon_button("previous", "返回工单（Esc）", self)
        smaller, larger = icon_button("stop", "缩小", self), icon_button("add", "放大", self)
        smaller.set_icon("zoom_out")
        larger.set_icon("zoom_in")
        self._percent = Button("适合宽度", None, "flat", self)
        self._percent.setToolTip("恢复为适合宽度")
        self.save_button = Button("存为 PDF…", "save", "plain", self)
        self.print_button = Button("打印…", "printer", "primary", self)
        for button, run in (
            (back, self.leave), (smaller, self.smaller), (larger, self.larger), (self._percent, self.fit),
            (self.save_button, self.choose_file), (self.print_button, self.print_paper),
        ):  # fmt: skip
            button.clicked.connect(run)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(
            row(
                back, self._title, self._facts, None, smaller, self._percent, larger, 2, self.save_button,
                self.print_button, margins=(4, 3, 5, 2),
            )
        )  # fmt: skip
        column.addLayout(row(self._fonts, margins=(5, 0, 5, 2)))
        column.addWidget(rule(self))
        column.addWidget(self._area, 1)

    def show_document(self, document: Document, name: str) -> None:
        """Lays a paper out and shows it, as wide as fits."""
        self._document, self.sheets, self._zoom = document, pages_of(document), None
        self._name = name
        self._title.setText(document.number or name)
        self._facts.setText(
            f"{name}，共 {len(self.sheets)} 页" if document.number else f"共 {len(self.sheets)} 页"
        )
        missing = "；".join(installed().substitutions())
        self._fonts.setText(f"本机没有的公文字体：{missing}" if missing else "")
        self._fonts.setVisible(bool(missing))
        self.show()
        self._draw()
        self._area.verticalScrollBar().setValue(0)
        self._area.setFocus()

    def _draw(self) -> None:
        zoom = self._zoom or self._fitting()
        self._percent.setText(f"{round(zoom / _WHOLE * 100)} %")
        self.canvas.show_sheets(self.sheets, zoom)

    def _fitting(self) -> float:
        """As wide as there is room, but not larger than it will be."""
        room = self._area.viewport().width() - 12 * UNIT
        return max(_LEAST, min(room / WIDTH, _WHOLE))

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

    def leave(self) -> None:
        """Back to where it was called from."""
        self.hide()
        self._document, self.sheets = None, ()
        self.left.emit()

    # out of the house -------------------------------------------------------------------------------------

    def print_paper(self) -> None:
        """Asks for a printer; both sides of the sheet, turned at the long edge."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageLayout(page_layout())
        printer.setFullPage(True)
        printer.setDuplex(QPrinter.DuplexMode.DuplexLongSide)
        printer.setDocName(self._file_name())
        self._printer = printer
        dialog = QPrintDialog(printer, self)
        dialog.setOption(QAbstractPrintDialog.PrintDialogOption.PrintPageRange)
        dialog.setMinMax(1, len(self.sheets))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self._print)
        dialog.open()

    def _print(self) -> None:
        self.print_on(self._printer)

    def print_on(self, printer: QPrinter) -> None:
        """Prints the pages that were asked for, and notes it."""
        paint_on(printer, self._wanted(printer), printer.resolution(), upright=True)
        self._note(pdf(self.sheets, self._file_name()), "已送打印机。")

    def choose_file(self) -> None:
        """Asks where to save the PDF."""
        dialog = QFileDialog(self, "存为 PDF", f"{self._file_name()}.pdf", "PDF 文件 (*.pdf)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    def _file_chosen(self, name: str) -> None:
        self.save_pdf(Path(name))

    def save_pdf(self, path: Path) -> None:
        """Writes the paper as PDF, and notes it."""
        content = pdf(self.sheets, self._file_name())
        try:
            with writing(path) as part:
                part.write_bytes(content)
        except PingdeskError as error:
            self._session.notice("error", str(error))
            return
        self._note(content, f"已存为 {path.name}，共 {len(self.sheets)} 页。")

    def _note(self, content: bytes, said: str) -> None:
        """What left the house is on record, by its hash."""
        pages, digest = len(self.sheets), sha256(content).hexdigest()
        self._session.notice("success", said)
        self._session.command(
            self,
            lambda connection: papers.note_out(connection, pages, digest),
            self._noted,
            failed=self._not_noted,
        )

    def _noted(self, _answer: Any) -> None:
        """Nothing more to say."""

    def _not_noted(self, error: Exception) -> None:
        self._session.notice("warning", f"文书已输出，但没有记入日志：{error}")

    def _file_name(self) -> str:
        number = self._document.number if self._document is not None else None
        return f"{self._name}_{number}" if number else f"{self._name}_{self._session.today:%Y-%m-%d}"

    def changeEvent(self, event: QEvent) -> None:
        """The frame around the pages follows the scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.canvas.update()
