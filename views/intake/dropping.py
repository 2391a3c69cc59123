"""Where a file is dropped or chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from views.shell.parts import Button, Picture, label, restyle
from views.shell.theme import UNIT

#: Endings of files that can be read.
ENDINGS = (".xlsx", ".xls", ".csv")


class DropZone(QFrame):
    """`dropped(Path)` when a file was let go here; `choose` and `paper` are buttons beside it."""

    dropped = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("drop", "true")
        self.setAcceptDrops(True)
        self.setAccessibleName("把文件拖到这里")
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * UNIT, 6 * UNIT, 6 * UNIT, 6 * UNIT)
        column.setSpacing(2 * UNIT)
        self.choose = Button("选择文件", "folder", "primary", self)
        self.paper = Button("录入书面评价表", "edit", "link", self)
        words = label("把省平台导出的文件拖到这里", "lead", self)
        advice = label(
            "评价明细、省差评工单、办件评价汇总、办件明细、机构名录、放假安排；Excel 或 CSV，表头在哪一行都认得。",
            "secondary",
            self,
            wrap=True,
        )
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        advice.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        column.addWidget(Picture("intake", self, size=40, color="accent"), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(words)
        column.addWidget(advice)
        column.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.paper, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def dragEnterEvent(self, event) -> None:
        """Takes one file of a kind that can be read."""
        if file_of(event.mimeData()) is not None:
            restyle(self, "drop", "over")
            event.acceptProposedAction()

    def dragLeaveEvent(self, event) -> None:
        """As before."""
        restyle(self, "drop", "true")

    def dropEvent(self, event) -> None:
        """Hands the file on."""
        restyle(self, "drop", "true")
        path = file_of(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.dropped.emit(path)


def file_of(data) -> Path | None:
    """The first local file in what is dragged, or None."""
    for url in data.urls() if data.hasUrls() else ():
        path = Path(url.toLocalFile())
        if url.isLocalFile() and path.suffix.lower() in ENDINGS:
            return path
    return None
