"""The navigation at the left: pages with their counts, and who sits here on which database."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from views.shell import icons, theme
from views.shell.actions import PAGES, PageEntry
from views.shell.parts import EnterPresses, Picture, label, row
from views.shell.theme import UNIT

WIDTH = 43 * UNIT


class Entry(EnterPresses, QAbstractButton):
    """One page: icon, name, count; the one in front is accented."""

    def __init__(self, page: PageEntry, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.page = page
        self._count, self._urgent = 0, False
        self.setText(page.title)
        self.setCheckable(True)
        self.setAccessibleName(page.title)
        keyed = number <= 10 and not page.personal
        self.setToolTip(f"{page.title}（Ctrl+{number % 10}）" if keyed else page.title)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_count(self, count: int, urgent: bool) -> None:
        """The number at the right; urgent ones are red."""
        self._count, self._urgent = count, urgent
        self.setAccessibleName(f"{self.page.title}，{count} 件" if count else self.page.title)
        self.update()

    def sizeHint(self) -> QSize:
        """One line with room around it."""
        return QSize(WIDTH - 4 * UNIT, QFontMetrics(theme.font()).height() + 4 * UNIT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Icon, name and count on the ground of its state."""
        c = theme.colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        ink = c.accent if self.isChecked() else c.text
        ground = c.accent_soft if self.isChecked() else c.hover if self.underMouse() else None
        painter.setPen(QPen(QColor(c.accent), 1.2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground) if ground else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 7, 7)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.accent))
            painter.drawRoundedRect(QRectF(0, box.center().y() - 8, 3, 16), 1.5, 1.5)
        icons.paint(painter, self.page.icon, QRectF(12, box.center().y() - 9, 18, 18), ink)
        painter.setPen(QColor(ink))
        painter.setFont(theme.font(bold=self.isChecked()))
        painter.drawText(box.adjusted(40, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        if self._count:
            self._paint_count(painter, box)
        painter.end()

    def _paint_count(self, painter: QPainter, box: QRectF) -> None:
        c = theme.colors()
        ink, ground = c.tone("red" if self._urgent else "grey")
        font = theme.font(theme.SMALL - 0.5, bold=True)
        text = str(self._count) if self._count < 10_000 else "9999+"
        metrics = QFontMetrics(font)
        width = max(metrics.horizontalAdvance(text) + 14, 26)
        pill = QRectF(box.right() - width - 8, box.center().y() - 9, width, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(pill, 9, 9)
        painter.setPen(QColor(ink))
        painter.setFont(font)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)


class Foot(EnterPresses, QAbstractButton):
    """Who sits here and on which database; pressing it offers another person."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._who, self._where, self._connected, self._place = "", "正在打开数据库…", False, ""
        self._warning: str | None = None
        self._own = True
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("使用人与数据库")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_state(
        self,
        who: str,
        place: str,
        where: str,
        *,
        connected: bool,
        warning: str | None = None,
        own: bool = True,
    ) -> None:
        """Person, group or agency, database, and whether it answers.

        `warning`: what the connection leaves unprotected; `own`: the computer's own database, where a person
        is chosen from a list.
        """
        self._who, self._place, self._where, self._connected = who, place, where, connected
        self._warning, self._own = warning, own
        self.setEnabled(bool(who))
        self._describe()

    def show_connection(self, *, connected: bool) -> None:
        """Whether the database answers now; it is sought again while it does not."""
        self._connected = connected
        self._describe()

    def _describe(self) -> None:
        who, place, where, state = self._who, self._place, self._where, self._state()
        offer = "可更换使用人" if self._own else "可修改密码、锁定或退出登录"
        warning = f"，{self._warning}" if self._warning else ""
        self.setAccessibleName(
            f"使用人 {who}，{place}，{where}，{state}{warning}；按下{offer}" if who else where
        )
        lines = [f"{who} · {place}", f"{where}（{state}）", self._warning, f"按下{offer}"]
        self.setToolTip("\n".join(filter(None, lines)) if who else where)
        self.update()

    def _state(self) -> str:
        if not self._who:
            return ""
        return "已连接" if self._connected else "正在重连…"

    def sizeHint(self) -> QSize:
        """Three lines."""
        return QSize(WIDTH - 4 * UNIT, 3 * QFontMetrics(theme.font(theme.SMALL)).height() + 5 * UNIT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line for the person, one for the place, one for the database with a dot."""
        c = theme.colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(c.accent), 1.2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.hover) if self.underMouse() and self._who else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 7, 7)
        step = QFontMetrics(theme.font(theme.SMALL)).height() + 1
        top = box.top() + 2 * UNIT
        self._line(painter, top, self._who, theme.font(theme.SMALL + 0.5, bold=True), c.text, box)
        self._line(painter, top + step + 2, self._place, theme.font(theme.SMALL), c.secondary, box)
        self._dot(painter, top + 2 * step + 2 + step / 2)
        self._last_line(painter, QRectF(26, top + 2 * step + 2, box.width() - 34, step))
        painter.end()

    def _last_line(self, painter: QPainter, room: QRectF) -> None:
        """The database and that it answers; alone that it does not, which has no room beside a name."""
        c = theme.colors()
        font = theme.font(theme.SMALL)
        metrics = QFontMetrics(font)
        state = self._state()
        where, ink = (self._where, c.secondary) if self._connected or not state else ("", c.amber)
        ink = c.amber if self._warning else ink
        beside = metrics.horizontalAdvance(state) + 2 * UNIT if where and state else 0
        middle, left = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignLeft
        painter.setFont(font)
        painter.setPen(QColor(ink))
        shown = metrics.elidedText(where, Qt.TextElideMode.ElideMiddle, int(room.width()) - beside)
        painter.drawText(room, middle | left, shown)
        painter.drawText(room, middle | (Qt.AlignmentFlag.AlignRight if where else left), state)

    def _line(self, painter, top, text, font, ink, box) -> None:
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        room = int(box.width() - 20)
        painter.drawText(QRectF(12, top, room, metrics.height()), Qt.AlignmentFlag.AlignVCenter,
                         metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room))  # fmt: skip

    def _dot(self, painter: QPainter, middle: float) -> None:
        c = theme.colors()
        if self._warning and self._connected:
            icons.paint(painter, "warning", QRectF(9, middle - 7, 13, 13), c.amber)
            return
        painter.setPen(QPen(QColor(c.green if self._connected else c.amber), 1.4))
        painter.setBrush(QColor(c.green) if self._connected else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QRectF(12, middle - 3.5, 7, 7))


class Navigation(QWidget):
    """`chosen(page id)` when a page is asked for."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("navigation")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("导航")
        self.setFixedWidth(WIDTH)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.entries: dict[str, Entry] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * UNIT, 4 * UNIT, 2 * UNIT, 2 * UNIT)
        column.setSpacing(UNIT // 2)
        self._mark = Picture("mark", self, size=22, color="accent")
        self._mark.setVisible(False)
        policy = self._mark.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._mark.setSizePolicy(policy)
        column.addLayout(row(self._mark, label("好差评工作台", "lead", self), None, margins=(2, 0, 0, 0)))
        column.addSpacing(3 * UNIT)
        for number, page in enumerate(PAGES, 1):
            entry = Entry(page, number, self)
            entry.clicked.connect(self._clicked)
            self._group.addButton(entry)
            self.entries[page.id] = entry
            column.addWidget(entry)
        column.addStretch(1)
        self.foot = Foot(self)
        column.addWidget(self.foot)
        self.show_pages(())

    def show_mark(self) -> None:
        """Shows the mark; it waits until the shell stands, since icons load a module."""
        self._mark.show()

    def show_pages(self, ids: tuple[str, ...]) -> None:
        """Shows the pages that concern the person, without the counts of whoever sat here before."""
        for page_id, entry in self.entries.items():
            entry.set_count(0, urgent=False)
            entry.setVisible(page_id in ids)

    def show_page(self, page_id: str) -> None:
        """Shows one page more."""
        self.entries[page_id].show()

    def shows(self, page_id: str) -> bool:
        """Whether a page concerns the person."""
        return not self.entries[page_id].isHidden()

    def choose(self, page_id: str) -> None:
        """Marks a page as the one in front."""
        self.entries[page_id].setChecked(True)

    def set_count(self, page_id: str, count: int, urgent: bool) -> None:
        """The count of a page."""
        self.entries[page_id].set_count(count, urgent)

    def _clicked(self) -> None:
        entry = self._group.checkedButton()
        if isinstance(entry, Entry):
            self.chosen.emit(entry.page.id)
