"""Where a picture leaves the house: the clipboard, a file, a printer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from views.rankings.picture import Plate, image, print_plate, write_plate
from views.shell.session import Session


class PictureOutlet(QObject):
    """Copies, saves and prints what stands on the page; `plate` gives it, None where nothing does."""

    def __init__(self, session: Session, window: QWidget, plate: Callable[[], Plate | None]) -> None:
        super().__init__(window)
        self._session, self._window, self._plate = session, window, plate
        for what, run in (
            ("copy", self.copy),
            ("png", self.ask_png),
            ("svg", self.ask_svg),
            ("print", self.ask_printer),
        ):
            session.registry.bind(f"ranking.{what}", run, self.can)

    def can(self) -> bool:
        """Whether there is a picture."""
        return self._plate() is not None

    def copy(self) -> None:
        """Puts the picture on the clipboard."""
        if (plate := self._plate()) is not None:
            QGuiApplication.clipboard().setImage(image(plate))
            self._session.notice("success", "图片已复制，可以直接粘贴到文档里。")

    def save(self, path: Path) -> None:
        """Writes the picture to a file, PNG or SVG by its name."""
        plate = self._plate()
        if plate is None:
            return
        try:
            write_plate(plate, path)
        except OSError:
            self._session.notice("error", f"图片没有存成：{path} 不能写入，请换一个位置。")
        else:
            self._session.notice("success", f"图片已存为 {path.name}。")

    def ask_png(self) -> None:
        """Asks where to save it as PNG."""
        self._ask("png")

    def ask_svg(self) -> None:
        """Asks where to save it as SVG."""
        self._ask("svg")

    def _ask(self, kind: str) -> None:
        plate = self._plate()
        if plate is None:
            return
        dialog = QFileDialog(self._window, "存为图片", f"{plate.title}.{kind}", f"图片 (*.{kind})")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(kind)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    def _file_chosen(self, name: str) -> None:
        self.save(Path(name))

    def ask_printer(self) -> None:
        """Asks for a printer."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        plate = self._plate()
        if plate is None:
            return
        self._printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        self._printer.setDocName(plate.title)
        dialog = QPrintDialog(self._printer, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self._printer_chosen)
        dialog.open()

    def _printer_chosen(self) -> None:
        if (plate := self._plate()) is not None:
            print_plate(plate, self._printer)
            self._session.notice("success", "已送打印机。")
