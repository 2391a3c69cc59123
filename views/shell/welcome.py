"""What stands in the window before a database is open: waiting, the first start, or what is wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout, QWidget

from views.shell.parts import Button, Picture, card, label, row, rule
from views.shell.theme import UNIT


class _Way(QWidget):
    """One way in: what it is, and the button that takes it."""

    def __init__(self, icon: str, title: str, text: str, button: Button, parent: QWidget) -> None:
        super().__init__(parent)
        words = QVBoxLayout()
        words.setSpacing(UNIT)
        words.addWidget(label(title, "section", self))
        words.addWidget(label(text, "small", self, wrap=True))
        line = row(Picture(icon, self, size=24, color="accent"), spacing=4)
        line.itemAt(0).setAlignment(Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        line.addWidget(button)
        self.setLayout(line)


class Welcome(QWidget):
    """`server_wanted`: a centre's server; `demo_wanted`: sample data; `retry_wanted`: open again."""

    server_wanted = Signal()
    demo_wanted = Signal()
    retry_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame: QFrame | None = None

    def _build(self) -> QFrame:
        """Made when there is something to say: mostly the database opens at once."""
        outer = QVBoxLayout(self)
        frame, column = card(self, margin=10, spacing=3)
        frame.setFixedWidth(148 * UNIT)
        self.title = label("", "title", frame, wrap=True)
        self.text = label("", "secondary", frame, wrap=True)
        for widget in (Picture("mark", frame, size=44, color="accent"), self.title, self.text):
            column.addWidget(widget)
        column.addSpacing(2 * UNIT)
        column.addWidget(self._ways(frame))
        self.retry = Button("重试", "reload", "primary", frame)
        self.other = Button("登录中心服务器", "database", "plain", frame)
        column.addLayout(row(self.retry, self.other, None))
        self.bar = QProgressBar(frame)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("进度")
        self.stage = label("", "small", frame)
        column.addWidget(self.bar)
        column.addWidget(self.stage)
        outer.addStretch(2)
        outer.addLayout(row(None, frame, None))
        outer.addStretch(3)
        self.retry.clicked.connect(self.retry_wanted)
        self.other.clicked.connect(self.server_wanted)
        return frame

    def _ways(self, frame: QFrame) -> QWidget:
        """Two ways in, one click each."""
        self.server = Button("连接", "next", "primary", frame)
        self.server.setAccessibleName("连接中心服务器")
        self.demo = Button("试用", "play", "plain", frame)
        self.demo.setAccessibleName("用示例数据试用")
        for button in (self.server, self.demo):
            button.setMinimumWidth(24 * UNIT)
        self.ways = QWidget(frame)
        column = QVBoxLayout(self.ways)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4 * UNIT)
        column.addWidget(rule(self.ways))
        column.addWidget(_Way("database", "连接中心服务器", "用管理员分配的账号登录，办理本单位的工单。",
                              self.server, self.ways))  # fmt: skip
        column.addWidget(rule(self.ways))
        column.addWidget(_Way("play", "本机数据库", "没有数据时先载入一个月的示例：差评怎样核实转办、期限怎样计算、"
                              "镇（街）怎样排名。示例中的人和事都是虚构的，随时可以删除。",
                              self.demo, self.ways))  # fmt: skip
        self.server.clicked.connect(self.server_wanted)
        self.demo.clicked.connect(self.demo_wanted)
        return self.ways

    def wait(self) -> None:
        """The database is being opened; shown plainly, since it takes a moment only."""
        if self._frame is not None:
            self._frame.hide()

    def invite(self, *, existing: bool = False) -> None:
        """The first start, or another way in; `existing`: there is a database on this computer already."""
        self._show("欢迎使用好差评工作台", "差评的接收、转办、整改和评价排名。请选择使用方式。", ways=True)
        self.demo.setText("打开" if existing else "试用")
        self.demo.setAccessibleName("打开本机数据库" if existing else "用示例数据试用")

    def trouble(self, text: str) -> None:
        """The database cannot be opened; the sentence says why."""
        self._show("数据库打不开", text, retry=True)

    def working(self, stage: str, done: int, total: int | None) -> None:
        """The sample data is being loaded."""
        self.demo.setEnabled(False)
        self.server.setEnabled(False)
        self.bar.show()
        self.stage.show()
        self.stage.setText(stage)
        self.bar.setRange(0, total or 0)
        self.bar.setValue(done)

    def _show(self, title: str, text: str, *, ways: bool = False, retry: bool = False) -> None:
        if self._frame is None:
            self._frame = self._build()
        self.title.setText(title)
        self.text.setText(text)
        self.ways.setVisible(ways)
        self.demo.setEnabled(True)
        self.server.setEnabled(True)
        self.retry.setVisible(retry)
        self.other.setVisible(retry)
        self.bar.hide()
        self.stage.hide()
        self._frame.show()
        (self.server if ways else self.retry).setFocus()
