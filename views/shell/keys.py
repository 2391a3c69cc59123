"""快捷键 (F1): every key there is, those of the registry and those that lists, forms and papers know."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from views.shell.actions import COMMANDS, PAGES, Command
from views.shell.overlay import Overlay
from views.shell.parts import icon_button, label, row, scrolling
from views.shell.session import Session
from views.shell.theme import UNIT


@dataclass(frozen=True, slots=True)
class Section:
    """Keys that belong together, each with what it does."""

    title: str
    keys: tuple[tuple[str, str], ...]


#: What no command of the registry stands for.
BUILT_IN = (
    Section(
        "列表",
        (
            ("↑ ↓ PgUp PgDn", "换一行"),
            ("Shift+↑ ↓", "连选多行"),
            ("Ctrl+C", "复制所选的行，可粘贴到表格"),
        ),
    ),
    Section(
        "填写和按钮",
        (
            ("Tab Shift+Tab", "到下一项、上一项"),
            ("空格 Enter", "按下按钮，选中一个词"),
            ("← →", "换一个页签"),
            ("Delete", "去掉一个已选的单位"),
            ("Ctrl+V", "在办理材料、数据导入里粘贴文件或截图"),
            ("Esc", "收起、返回"),
        ),
    ),
    Section(
        "文书和附件",
        (
            ("Ctrl++ Ctrl+-", "放大、缩小文书"),
            ("← →", "附件的上一个、下一个"),
        ),
    ),
)


def sections(offered: Callable[[Command], bool]) -> tuple[Section, ...]:
    """The keys of the commands for which `offered` holds, then those built in."""
    known = [command for command in COMMANDS if command.shortcut and offered(command)]
    pages = [command for command in known if command.id.startswith("go.")]
    everywhere = [command for command in known if command.page is None and command not in pages]
    made = [_section("到处可用", everywhere), _section("打开页面", pages)]
    made += [_section(page.title, (c for c in known if c.page == page.id)) for page in PAGES]
    return (*(section for section in made if section.keys), *BUILT_IN)


def _section(title: str, commands: Iterable[Command]) -> Section:
    return Section(title, tuple((command.shortcut or "", command.title) for command in commands))


def document() -> str:
    """All keys as the text of their page in the documentation."""
    lines = ["# 快捷键", "", "不用鼠标也能办完一件工单。在窗口里按 F1 也能看到这张表，只列您可以用的。",
             "没有单独快捷键的操作，按 Ctrl+K 后输入名称，例如“签收”“打印办理档案”，再按 Enter。"]  # fmt: skip
    for section in sections(lambda _command: True):
        lines += ["", f"## {section.title}", "", "| 按键 | 作用 |", "| --- | --- |"]
        lines += [f"| {keys} | {what} |" for keys, what in section.keys]
    return "\n".join(lines) + "\n"


class KeysPanel(Overlay):
    """The keys that the person at the desk can use."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("快捷键", parent)
        self._session = session
        self._area: QScrollArea | None = None
        self.column.setContentsMargins(5 * UNIT, 4 * UNIT, 2 * UNIT, 4 * UNIT)
        close = icon_button("close", "关闭快捷键", self)
        close.clicked.connect(self.close_back)
        hint = label("其他操作：按 Ctrl+K 后输入名称", "small", self)
        self.column.addLayout(row(label("快捷键", "lead", self), 2, hint, None, close, margins=(0, 0, 2, 0)))

    def place(self) -> None:
        """In the middle, as large as it needs."""
        parent = self.parentWidget()
        width = min(parent.width() - 8 * UNIT, 200 * UNIT)
        height = min(parent.height() - 8 * UNIT, 180 * UNIT)
        self.setGeometry((parent.width() - width) // 2, (parent.height() - height) // 2, width, height)

    def open(self) -> None:
        """Opens with the keys of whoever sits here now."""
        self._fill()
        super().open()
        self._area.setFocus()

    def _fill(self) -> None:
        if self._area is not None:
            self.column.removeWidget(self._area)
            self._area.hide()
            self._area.deleteLater()
        content = QWidget()
        line = QHBoxLayout(content)
        line.setContentsMargins(0, UNIT, 3 * UNIT, 0)
        line.setSpacing(8 * UNIT)
        for shown in _halves(sections(lambda c: self._session.registry.allowed(c.id))):
            side = QVBoxLayout()
            side.setSpacing(4 * UNIT)
            for section in shown:
                side.addWidget(_block(section, content))
            side.addStretch(1)
            line.addLayout(side, 1)
        self._area = scrolling(content, self)
        self._area.setAccessibleName("快捷键一览")
        self.column.addWidget(self._area, 1)


def _halves(shown: tuple[Section, ...]) -> tuple[tuple[Section, ...], tuple[Section, ...]]:
    """Two columns of about the same height, in order."""
    heights = [len(section.keys) + 2 for section in shown]
    at = min(range(len(shown) + 1), key=lambda n: abs(sum(heights[:n]) - sum(heights[n:])))
    return shown[:at], shown[at:]


def _block(section: Section, parent: QWidget) -> QFrame:
    frame = QFrame(parent)
    frame.setAccessibleName(section.title)
    grid = QGridLayout(frame)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(3 * UNIT)
    grid.setVerticalSpacing(UNIT)
    grid.setColumnMinimumWidth(0, 30 * UNIT)
    grid.setColumnStretch(1, 1)
    grid.addWidget(label(section.title, "section", frame), 0, 0, 1, 2)
    for number, (keys, what) in enumerate(section.keys, 1):
        grid.addWidget(label(keys, "strong", frame), number, 0)
        grid.addWidget(label(what, "", frame, wrap=True), number, 1)
    return frame
