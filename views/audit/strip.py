"""The chain in one strip: its head, the last verification, and a head from paper to hold it against."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from models.rules.audit import Head
from views import dates
from views.audit.memory import Remembered
from views.shell.parts import Button, Picture, icon_button, label, restyle, row
from views.shell.theme import UNIT

#: Digits of a hash that are shown; the copy has them all.
SHOWN = 12
#: Below this width, in pixels, parts stand under each other.
NARROW = 560
_NEVER = "这台电脑还没有核验过。核验逐环重算校验值，任何改动、删除、调换都会指出在哪一环。"


class ChainStrip(QFrame):
    """`verify_wanted` and `export_wanted` when pressed; `told(str)`: something to tell."""

    verify_wanted = Signal()
    export_wanted = Signal()
    told = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        self.setAccessibleName("审计链")
        self._head: Head | None = None
        self.no = label("审计链", "strong", self)
        self.hash = label("", "secondary", self)
        self.copy = icon_button("copy", "复制链头，供抄录或打印", self)
        self.copy.clicked.connect(self._copy)
        self.copy.setEnabled(False)
        self.export = Button("导出…", "save", "plain", self)
        self.export.clicked.connect(self.export_wanted)
        self.verify = Button("核验", "chain", "primary", self)
        self.verify.clicked.connect(self.verify_wanted)
        self._mark = Picture("info", self, size=16)
        self.last = label(_NEVER, "secondary", self, wrap=True)
        self.last.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.printed = QLineEdit(self)
        self.printed.setPlaceholderText("抄录的链头，可不填")
        self.printed.setAccessibleName("抄录的链头，写作编号、冒号、校验值")
        self.printed.setToolTip("备份、月结时打印或抄录的链头，写作“编号:校验值”；校验值至少写前 16 位")
        self.printed.setMinimumWidth(52 * UNIT)
        self.printed.textChanged.connect(self._typed)
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * UNIT, 3 * UNIT, 4 * UNIT, 3 * UNIT)
        column.setSpacing(2 * UNIT)
        chain = Picture("chain", self, size=18, color="accent")
        column.addLayout(row(chain, self.no, self.hash, self.copy, None, self.export, self.verify))
        self._below = QGridLayout()
        self._below.setSpacing(2 * UNIT)
        self._below.setColumnStretch(1, 1)
        self._below.addWidget(self._mark, 0, 0)
        self._below.addWidget(self.last, 0, 1)
        self._place_printed()
        column.addLayout(self._below)

    def resizeEvent(self, event) -> None:
        """In a narrow strip the field stands below, and the hash is left to the copy."""
        super().resizeEvent(event)
        self._place_printed()

    def _place_printed(self) -> None:
        narrow = self.width() < NARROW
        self.hash.setVisible(not narrow)
        self._below.addWidget(self.printed, *((1, 1) if narrow else (0, 2)))

    # showing ----------------------------------------------------------------------------------------------

    def show_head(self, head: Head) -> None:
        """The chain's newest link."""
        self._head = head
        self.copy.setEnabled(head.no > 0)
        self.no.setText(f"链头 第 {head.no:,} 环" if head.no else "审计链还没有环")
        self.hash.setText(f"{head.hash[:SHOWN]}…" if head.no else "")
        self.hash.setToolTip(str(head))

    def show_last(self, last: Remembered | None, today: date) -> None:
        """The last verification on this computer."""
        if last is None:
            self._say(_NEVER, "secondary", "info", "secondary")
        elif last.why:
            before = f"此前 {last.links:,} 环完好。" if last.links else ""
            said = f"{self._when(last, today)}核验，审计链已断：{last.why}。{before}"
            self._say(said, "red", "error", "red")
        else:
            said = f"{self._when(last, today)}核验完好：{last.links:,} 环，{last.events:,} 条事件。"
            self._say(said, "secondary", "success", "green")

    def _when(self, last: Remembered, today: date) -> str:
        return f"{dates.moment(last.when, today)} "

    def _say(self, text: str, role: str, mark: str, color: str) -> None:
        self.last.setText(text)
        restyle(self.last, "role", role)
        self._mark.show_icon(mark, color)

    def set_busy(self, *, busy: bool) -> None:
        """While something runs, nothing else is begun."""
        for part in (self.verify, self.export, self.printed):
            part.setEnabled(not busy)

    # the head from paper ----------------------------------------------------------------------------------

    def heads(self) -> tuple[Head, ...] | None:
        """The head that was typed, none where nothing was; None where it makes no sense."""
        text = self.printed.text().strip()
        if not text:
            return ()
        try:
            return (Head.read(text),)
        except ValueError:
            restyle(self.printed, "wrong", "true")
            self.printed.setFocus()
            return None

    def _typed(self) -> None:
        restyle(self.printed, "wrong", "false")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(str(self._head))
        self.told.emit("链头已复制，请抄录或打印后另行保存。")
