"""What stands in the window before a database is open: waiting, the first start, or what is wrong."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout, QWidget

from views.shell.parts import Button, Picture, card, label, row
from views.shell.theme import UNIT


class Welcome(QWidget):
    """`demo_wanted`: try with sample data; `retry_wanted`: open again."""

    demo_wanted = Signal()
    retry_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame: QFrame | None = None

    def _build(self) -> QFrame:
        """Made when there is something to say: mostly the database opens at once."""
        outer = QVBoxLayout(self)
        frame, column = card(self, margin=10, spacing=3)
        frame.setFixedWidth(140 * UNIT)
        self.title = label("", "title", frame, wrap=True)
        self.text = label("", "secondary", frame, wrap=True)
        self.demo = Button("用示例数据试用", "play", "primary", frame)
        self.retry = Button("重试", "reload", "plain", frame)
        self.bar = QProgressBar(frame)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("进度")
        self.stage = label("", "small", frame)
        for widget in (Picture("mark", frame, size=44, color="accent"), self.title, self.text):
            column.addWidget(widget)
        column.addSpacing(2 * UNIT)
        column.addLayout(row(self.demo, self.retry, None))
        column.addWidget(self.bar)
        column.addWidget(self.stage)
        outer.addStretch(2)
        outer.addLayout(row(None, frame, None))
        outer.addStretch(3)
        self.demo.clicked.connect(self.demo_wanted)
        self.retry.clicked.connect(self.retry_wanted)
        return frame

    def wait(self) -> None:
        """The database is being opened; shown plainly, since it takes a moment only."""
        if self._frame is not None:
            self._frame.hide()

    def invite(self) -> None:
        """The first start."""
        self._show("欢迎使用好差评工作台", "这里还没有数据。先用一个月的示例数据看看：差评工单怎样核实转办、"
                   "期限怎样计算、镇（街）怎样排名。"
                   "示例中的人和事都是虚构的，随时可以删除。", demo=True)  # fmt: skip

    def trouble(self, text: str) -> None:
        """The database cannot be opened; the sentence says why."""
        self._show("数据库打不开", text, retry=True)

    def working(self, stage: str, done: int, total: int | None) -> None:
        """The sample data is being loaded."""
        self.demo.setEnabled(False)
        self.bar.show()
        self.stage.show()
        self.stage.setText(stage)
        self.bar.setRange(0, total or 0)
        self.bar.setValue(done)

    def _show(self, title: str, text: str, *, demo: bool = False, retry: bool = False) -> None:
        if self._frame is None:
            self._frame = self._build()
        self.title.setText(title)
        self.text.setText(text)
        self.demo.setVisible(demo)
        self.demo.setEnabled(True)
        self.retry.setVisible(retry)
        self.bar.hide()
        self.stage.hide()
        self._frame.show()
        (self.demo if demo else self.retry).setFocus()
