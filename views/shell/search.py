"""The search (Ctrl+K): commands by their words, kept filters by name or initials, orders to improve by number, tickets
by number, item or agency."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from views.improvements.columns import deadline_chip as order_chip
from views.shell import icons, theme
from views.shell.actions import HANDLERS, command
from views.shell.overlay import Overlay
from views.shell.parts import Picture, label, row, rule
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tables.chips import deadline_chip

#: How long typing rests before the database is asked, in milliseconds.
RESTS = 180
MOST, FEWER = 8, 4
#: A line of the list in device-independent pixels.
LINE = 36
#: What a number of an order to improve, or a word for one, has in it.
_ORDER_MARKS = ("限改", "整改", "号")
#: What a filing's number has in it.
_FILING = "备案"
_WHAT = Qt.ItemDataRole.UserRole + 1
_SIDE = Qt.ItemDataRole.UserRole + 2
_ICON = Qt.ItemDataRole.UserRole + 3


class _Line(QStyledItemDelegate):
    """Icon, text, and something quiet at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index) -> QSize:
        """One comfortable line."""
        return QSize(100, LINE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index) -> None:
        """Draws the line."""
        c = theme.colors()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.accent_soft))
            painter.drawRoundedRect(box.adjusted(0, 1, 0, -1), 6, 6)
        icons.paint(
            painter, index.data(_ICON), QRectF(box.left() + 10, box.center().y() - 9, 18, 18), c.secondary
        )
        side = index.data(_SIDE) or ""
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(QColor(c.secondary))
        room = painter.fontMetrics().horizontalAdvance(side) + 3 * UNIT
        painter.drawText(
            box.adjusted(0, 0, -3 * UNIT, 0),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            side,
        )
        painter.setFont(theme.font())
        painter.setPen(QColor(c.text))
        inner = box.adjusted(38, 0, -room - 3 * UNIT, 0)
        text = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideRight, int(inner.width()))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()


class SearchPanel(Overlay):
    """Floats at the top; Enter opens the chosen line."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("搜索", parent)
        self._session = session
        self.field = QLineEdit(self)
        self.field.setProperty("bare", "true")
        self.field.setPlaceholderText("工单编号、办件编号、事项、单位、拼音首字母，或命令")
        self.field.setAccessibleName("搜索内容")
        self.list = QListWidget(self)
        self.list.setAccessibleName("搜索结果")
        self.list.setItemDelegate(_Line(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.column.addLayout(
            row(Picture("search", self, size=20), self.field, spacing=2, margins=(1, 0, 1, 0))
        )
        self.column.addWidget(rule(self))
        self.column.addWidget(self.list, 1)
        self.column.addWidget(label("↑ ↓ 选择　Enter 打开　Esc 关闭", "small", self))
        self._begun = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(RESTS)
        self._timer.timeout.connect(self._ask)
        self.field.textChanged.connect(self._typed)
        self.list.itemClicked.connect(self._activate)
        self.field.installEventFilter(self)

    def place(self) -> None:
        """Centred at the top."""
        parent = self.parentWidget()
        width = min(parent.width() - 20 * UNIT, 150 * UNIT)
        room = parent.height() - 20 * UNIT
        height = min(room, self.sizeHint().height() - self.list.sizeHint().height() + self._list_height())
        self.setGeometry((parent.width() - width) // 2, 12 * UNIT, width, height)

    def _list_height(self) -> int:
        return max(1, self.list.count()) * LINE + UNIT

    def open(self) -> None:
        """Opens with an empty field and the commands."""
        super().open()
        self.field.clear()
        self._show_commands()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list while the field keeps the focus."""
        if event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if key == Qt.Key.Key_Down else -1
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._activate(self.list.currentItem())
                return True
        return False

    def _typed(self, text: str) -> None:
        self._show_commands()
        if text.strip():
            self._timer.start()
        else:
            self._timer.stop()

    def _show_commands(self) -> None:
        text = self.field.text().strip()
        self.list.clear()
        if text and self._session.is_open and self._reads_tickets:
            self._add("filter", f"在工单中查找“{text}”", "", ("find", text))
        self._begun = 0
        for found in self._session.registry.found(text)[: 12 if not text else 4]:
            if found.title == text:
                self._begun = self.list.count()  # typed in full, it is what is meant
            self._add(found.icon, found.title, command(found.id).shortcut or "", ("run", found.id))
        self.list.setCurrentRow(self._begun)
        self.place()

    @property
    def _reads_tickets(self) -> bool:
        """Whether this person may read tickets; the bureau and others search for other things."""
        return self._session.person.group in HANDLERS

    def _ask(self) -> None:
        from app.appeals import queries as appeals
        from app.appeals.rows import AppealFilter
        from app.filings import queries as filings
        from app.filings.rows import FilingFilter
        from app.improvements import queries as improvements
        from app.suggestions import queries as suggestions
        from app.tickets import queries

        text, person = self.field.text().strip(), self._session.person
        reads = self._reads_tickets
        chosen = queries.TicketFilter(search=text)

        def read(connection: Any) -> tuple[str, Any, Any, Any, Any, Any, Any]:
            kept = queries.saved_filters(connection) if reads else ()
            page = queries.page(connection, chosen, person=person, limit=MOST).rows if reads else ()
            wanted = improvements.OrderFilter(search=text)
            numbered = any(mark in text for mark in _ORDER_MARKS) and self._session.registry.allowed(
                "go.statistics"
            )
            orders = improvements.page(connection, wanted, limit=MOST).rows if numbered else ()
            left = suggestions.SuggestionFilter(search=text)
            said = suggestions.page(connection, left, limit=FEWER).rows if reads else ()
            mine = tuple(one for one in kept if _is_meant(one.name, text))[:MOST]
            files = _FILING in text and self._session.registry.allowed("go.filings")
            filed = filings.page(connection, FilingFilter(search=text), limit=MOST).rows if files else ()
            against = appeals.page(connection, AppealFilter(search=text), limit=FEWER).rows if reads else ()
            return text, mine, orders, page, said, filed, against

        self._session.query(self, read, self._arrived, key="search")

    def _arrived(self, answer: tuple) -> None:
        text, kept, orders, page, said, filed, against = answer
        if text != self.field.text().strip() or not self.isVisible():
            return
        at = self.list.currentRow()
        moved = at != self._begun
        self._show_commands()
        first = self.list.count()
        for one in kept:
            self._add("filter", one.name, "常用筛选" if one.own else f"{one.owner}共享", ("kept", one))
        for order in orders:
            words = f"{order.number} · {order.agency} · {order.subject}"
            self._add("rectify", words, order_chip(order).text, ("order", order.id))
        for filing in filed:
            self._add(
                "filing", f"{filing.number} · {filing.title}", filing.state.label, ("filing", filing.id)
            )
        for appeal in against:
            words = " · ".join((appeal.number, appeal.agency, appeal.appellant))
            self._add("appeal", words, appeal.state.label, ("appeal", appeal.id))
        for found in page:
            words = " · ".join(w for w in (found.item, found.agency, found.number) if w)
            self._add("tickets", words, deadline_chip(found).text, ("ticket", found.id))
        for one in said:
            words = f"意见 {one.id} · {' '.join(one.words.split())}"
            self._add("suggestion", words, one.state.label, ("suggestion", one.id))
        if moved:
            self.list.setCurrentRow(at)  # the mark stays where the person has led it
        elif self.list.count() > first and not self._begun:
            self.list.setCurrentRow(first)
        self.place()

    def _add(self, icon: str, text: str, side: str, what: tuple) -> None:
        item = QListWidgetItem(text, self.list)
        item.setData(_ICON, icon)
        item.setData(_SIDE, side)
        item.setData(_WHAT, what)

    def _activate(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        kind, value = item.data(_WHAT)
        self.close_back()
        if kind == "run":
            self._session.registry.run(value)
        elif kind == "find":
            from app.tickets.queries import TicketFilter

            self._session.go("tickets", TicketFilter(search=value))
        elif kind == "order":
            from app.improvements.queries import OrderRef

            self._session.go("statistics", OrderRef(value))
        elif kind in ("suggestion", "filing", "appeal"):
            self._session.go(f"{kind}s", value)
        else:
            self._session.go("tickets", value)


def _is_meant(name: str, text: str) -> bool:
    """Whether a kept filter's name contains what was typed, or its pinyin initials begin with it."""
    from app.registry.spelling import spelling  # on the thread that reads: it takes a while the first time

    needle = text.casefold()
    return needle in name.casefold() or spelling(name).initials.startswith(needle)
