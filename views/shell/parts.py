"""Small parts that every page is made of: labels, chips, badges, cards."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from views.shell import icons, theme
from views.shell.theme import UNIT


def label(text: str = "", role: str = "", parent: QWidget | None = None, *, wrap: bool = False) -> QLabel:
    """A label whose look is its role in the style sheet; text is always plain."""
    made = QLabel(text, parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    return made


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Sets a property that the style sheet asks for and applies it."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def card(parent: QWidget | None = None, *, margin: int = 4, spacing: int = 2) -> tuple[QFrame, QVBoxLayout]:
    """A framed surface and its column; margin and spacing in units."""
    frame = QFrame(parent)
    frame.setProperty("card", "true")
    column = QVBoxLayout(frame)
    column.setContentsMargins(margin * UNIT, margin * UNIT, margin * UNIT, margin * UNIT)
    column.setSpacing(spacing * UNIT)
    return frame, column


def rule(parent: QWidget | None = None) -> QFrame:
    """A line of one pixel."""
    frame = QFrame(parent)
    frame.setProperty("rule", "true")
    return frame


def row(
    *items: QWidget | int | None, spacing: int = 2, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QHBoxLayout:
    """A row of widgets; None stretches, a number leaves that many units."""
    made = QHBoxLayout()
    made.setContentsMargins(*(UNIT * m for m in margins))
    made.setSpacing(spacing * UNIT)
    for item in items:
        if item is None:
            made.addStretch(1)
        elif isinstance(item, int):
            made.addSpacing(item * UNIT)
        else:
            made.addWidget(item)
    return made


def clear(layout: QLayout) -> None:
    """Takes everything out of a layout and deletes the widgets."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            # Without a parent it would be Python's, and gone at once, also in the middle of an event.
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)
            inner.deleteLater()


def scrolling(content: QWidget, parent: QWidget | None = None) -> QScrollArea:
    """A scroll area without a frame, as wide as it is given."""
    area = QScrollArea(parent)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    content.setProperty("clear", "true")
    area.setWidget(content)
    return area


class EnterPresses:
    """A button that Enter presses as Space does; Qt leaves Enter to dialogs, of which we have none."""

    def keyPressEvent(self, event) -> None:
        """Enter presses."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)


class Button(EnterPresses, QPushButton):
    """A push button with an icon of ours that follows the theme. `kind`: primary, plain, link, flat."""

    def __init__(
        self, text: str, icon: str | None = None, kind: str = "plain", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._icon = icon
        self.setProperty("kind", kind)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setIconSize(QSize(16, 16))
        self._paint_icon()

    def set_kind(self, kind: str) -> None:
        """Changes the look."""
        restyle(self, "kind", kind)
        self._paint_icon()

    def set_icon(self, icon: str | None) -> None:
        """Changes the icon."""
        self._icon = icon
        self._paint_icon()

    def _paint_icon(self) -> None:
        if self._icon:
            color = {"primary": "on_accent", "link": "accent"}.get(str(self.property("kind")), "text")
            self.setIcon(icons.icon(self._icon, color))

    def changeEvent(self, event: QEvent) -> None:
        """Takes the icon in the colours of the new scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_icon()


def icon_button(icon: str, name: str, parent: QWidget | None = None) -> Button:
    """A flat button that shows only an icon; `name` is read out and shown on hover."""
    made = Button("", icon, "flat", parent)
    made.setAccessibleName(name)
    made.setToolTip(name)
    return made


class Chip(EnterPresses, QAbstractButton):
    """A rounded button with a word and a count; checkable ones are filters. `closed`: its × was pressed."""

    closed = Signal()

    def __init__(
        self,
        text: str,
        parent: QWidget | None = None,
        *,
        tone: str = "grey",
        count: int | None = None,
        checkable: bool = False,
        closable: bool = False,
        icon: str | None = None,
    ) -> None:
        super().__init__(parent)
        self._tone, self._count, self._closable, self._icon = tone, count, closable, icon
        self.setText(text)
        self.setCheckable(checkable)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._name()

    def set_count(self, count: int | None) -> None:
        """The number behind the word."""
        if count != self._count:
            self._count = count
            self._name()
            self.updateGeometry()
            self.update()

    def set_tone(self, tone: str) -> None:
        """Changes the tone."""
        self._tone = tone
        self.update()

    def _name(self) -> None:
        self.setAccessibleName(self._written())

    def _written(self) -> str:
        return self.text() if self._count is None else f"{self.text()} {self._count}"

    def sizeHint(self) -> QSize:
        """As wide as its word."""
        metrics = QFontMetrics(self._font())
        width = metrics.horizontalAdvance(self._written()) + 6 * UNIT
        width += (4 * UNIT if self._closable else 0) + (5 * UNIT if self._icon else 0)
        return QSize(width, metrics.height() + 2 * UNIT)

    def minimumSizeHint(self) -> QSize:
        """Never narrower than its word."""
        return self.sizeHint()

    def _font(self):
        return theme.font(theme.SMALL + 0.3, bold=self.isChecked())

    def mouseReleaseEvent(self, event) -> None:
        """The × at the end closes; the rest is a click."""
        if self._closable and event.position().x() > self.width() - 6 * UNIT:
            self.setDown(False)
            self.closed.emit()
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event) -> None:
        """Delete closes as the × does."""
        if self._closable and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.closed.emit()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Word on a soft ground; a checked one is accented and outlined."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tone = "accent" if self.isChecked() and self._tone == "grey" else self._tone
        ink, ground = theme.colors().tone(tone)
        if self._tone == "grey" and not self.isChecked():
            ink = theme.colors().text
        if not self.isEnabled():
            ink = theme.colors().secondary
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        edge = QPen(QColor(theme.colors().text), 1.8) if self.hasFocus() else QPen(QColor(ink), 1.2)
        painter.setPen(edge if self.hasFocus() or self.isChecked() else Qt.PenStyle.NoPen)
        painter.setBrush(
            QColor(
                theme.colors().hover if self.underMouse() and ground == theme.colors().grey_soft else ground
            )
        )
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        self._paint_content(painter, box, ink)
        painter.end()

    def _paint_content(self, painter: QPainter, box: QRectF, ink: str) -> None:
        inner = box.adjusted(2.5 * UNIT, 0, -2.5 * UNIT, 0)
        if self._icon:
            icons.paint(painter, self._icon, QRectF(inner.left(), box.center().y() - 7, 14, 14), ink)
            inner.setLeft(inner.left() + 5 * UNIT)
        if self._closable:
            icons.paint(painter, "close", QRectF(inner.right() - 9, box.center().y() - 5.5, 11, 11), ink)
            inner.setRight(inner.right() - 3 * UNIT)
        painter.setPen(QColor(ink))
        painter.setFont(self._font())
        side = Qt.AlignmentFlag.AlignLeft if self._icon or self._closable else Qt.AlignmentFlag.AlignHCenter
        painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter, self._written())


class Badge(QWidget):
    """A word on a soft rounded ground; it does nothing."""

    def __init__(self, text: str = "", tone: str = "grey", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._tone = text, tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def show_text(self, text: str, tone: str) -> None:
        """Changes word and tone; hidden without a word."""
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its word."""
        metrics = QFontMetrics(theme.font(theme.SMALL))
        return QSize(metrics.horizontalAdvance(self._text) + 5 * UNIT, metrics.height() + UNIT)

    def minimumSizeHint(self) -> QSize:
        """Never narrower than its word."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Word on its ground."""
        painter = QPainter(self)
        paint_badge(painter, QRectF(self.rect()), self._text, self._tone)
        painter.end()


def paint_badge(painter: QPainter, box: QRectF, text: str, tone: str, *, ground: str | None = None) -> None:
    """A word centred on a rounded soft ground."""
    ink, soft = theme.colors().tone(tone)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground or soft))
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
    painter.setPen(QColor(ink))
    painter.setFont(theme.font(theme.SMALL))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class Picture(QWidget):
    """One of the icons, shown at a size in a colour of the theme."""

    def __init__(
        self, name: str, parent: QWidget | None = None, *, size: int = 20, color: str = "secondary"
    ) -> None:
        super().__init__(parent)
        self._name, self._color = name, color
        self.setFixedSize(size, size)

    def show_icon(self, name: str, color: str) -> None:
        """Changes icon and colour."""
        self._name, self._color = name, color
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the icon."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        icons.paint(painter, self._name, QRectF(self.rect()), getattr(theme.colors(), self._color))
        painter.end()


class Empty(QWidget):
    """What a place without rows says: what it is, and what to do next."""

    def __init__(self, icon: str, title: str, advice: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setSpacing(2 * UNIT)
        self._picture = Picture(icon, self, size=36, color="secondary")
        self.title = label(title, "section", self, wrap=True)
        self.advice = label(advice, "secondary", self, wrap=True)
        self.button = Button("", kind="plain", parent=self)
        self.button.hide()
        column.addStretch(2)
        column.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        for text in (self.title, self.advice):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(text)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def say(self, title: str, advice: str = "", *, icon: str | None = None) -> None:
        """Changes what is said."""
        self.title.setText(title)
        self.advice.setText(advice)
        if icon:
            self._picture.show_icon(icon, "secondary")

    def offer(self, text: str, icon: str | None = None) -> Button:
        """Shows the button with the way on; connect its `clicked`."""
        self.button.setText(text)
        self.button.set_icon(icon)
        self.button.show()
        return self.button
