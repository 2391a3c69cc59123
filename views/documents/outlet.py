"""Where a paper leaves the house: the printer, PDF and Word; each time noted in the log by its hash."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtPrintSupport import QAbstractPrintDialog, QPrintDialog, QPrinter
from PySide6.QtWidgets import QFileDialog, QWidget

from app.documents.model import Document
from app.documents.sheets import Sheet
from app.errors import PingdeskError
from app.outfiles import writing
from app.tickets import papers
from views.documents.painter import page_layout, paint_on, pdf
from views.shell.session import Session

_DELETE = Qt.WidgetAttribute.WA_DeleteOnClose
#: Printers that only make another file, in which Chinese may not be found.
_FILE_PRINTERS = ("PDF", "XPS", "ONENOTE")


class Outlet(QObject):
    """Prints and saves the paper that was put into it."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._document = Document("", ())
        self._sheets: tuple[Sheet, ...] = ()
        self._name = ""

    def take(self, document: Document, sheets: tuple[Sheet, ...], name: str) -> None:
        """The paper, its pages, and what kind it is."""
        self._document, self._sheets = document, sheets
        self._name = f"{name}_{document.number or f'{self._session.today:%Y-%m-%d}'}"

    # printing ---------------------------------------------------------------------------------------------

    def ask_printer(self) -> None:
        """Asks for a printer; both sides of the sheet, turned at the long edge."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageLayout(page_layout())
        printer.setFullPage(True)
        printer.setDuplex(QPrinter.DuplexMode.DuplexLongSide)
        printer.setDocName(self._name)
        self._printer = printer
        dialog = QPrintDialog(printer, self._window)
        dialog.setOption(QAbstractPrintDialog.PrintDialogOption.PrintPageRange)
        dialog.setMinMax(1, len(self._sheets))
        dialog.setAttribute(_DELETE)
        dialog.accepted.connect(self._printer_chosen)
        dialog.open()

    def _printer_chosen(self) -> None:
        self.print_on(self._printer)

    def print_on(self, printer: QPrinter) -> None:
        """Prints the pages that were asked for. A PDF is written by us: Qt's own could not be searched."""
        sheets = _wanted(self._sheets, printer)
        if printer.outputFormat() is QPrinter.OutputFormat.PdfFormat:
            self._save(Path(printer.outputFileName()), pdf(sheets, self._name), len(sheets))
            return
        paint_on(printer, sheets, printer.resolution(), upright=True)
        said = "已送打印机。"
        if any(word in printer.printerName().upper() for word in _FILE_PRINTERS):
            said += "若要能检索中文的 PDF，请用“存为 PDF”。"
        self._note(pdf(sheets, self._name), len(sheets), said)

    # saving -----------------------------------------------------------------------------------------------

    def ask_pdf(self) -> None:
        """Asks where to save the PDF."""
        self._ask("存为 PDF", "pdf", "PDF 文件 (*.pdf)", self.save_pdf)

    def ask_word(self) -> None:
        """Asks where to save the Word file."""
        self._ask("存为 Word", "docx", "Word 文档 (*.docx)", self.save_word)

    def _ask(self, title: str, suffix: str, kinds: str, save: Callable[[Path], None]) -> None:
        dialog = QFileDialog(self._window, title, f"{self._name}.{suffix}", kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        dialog.setAttribute(_DELETE)
        self._save_chosen = save
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    def _file_chosen(self, name: str) -> None:
        self._save_chosen(Path(name))

    def save_pdf(self, path: Path) -> None:
        """Writes the paper as PDF, and notes it."""
        self._save(path, pdf(self._sheets, self._name), len(self._sheets))

    def save_word(self, path: Path) -> None:
        """Writes the paper as a Word file, and notes it."""
        from app.documents.docx import word_file  # with python-docx, which takes its time

        self._save(path, word_file(self._document), len(self._sheets))

    def _save(self, path: Path, content: bytes, pages: int) -> None:
        try:
            with writing(path) as part:
                part.write_bytes(content)
        except PingdeskError as error:
            self._session.notice("error", str(error))
            return
        self._note(content, pages, f"已存为 {path.name}，共 {pages} 页。")

    def _note(self, content: bytes, pages: int, said: str) -> None:
        """What left the house is on record, by its hash."""
        digest = sha256(content).hexdigest()
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


def _wanted(sheets: tuple[Sheet, ...], printer: QPrinter) -> tuple[Sheet, ...]:
    """The pages chosen in the dialog, all where none were."""
    if not printer.fromPage():
        return sheets
    return tuple(sheet for sheet in sheets if printer.fromPage() <= sheet.number <= printer.toPage())
