"""The way of the Tab key: as things stand on screen, whenever they were made."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLayout, QScrollArea, QWidget


def is_stop(widget: QWidget) -> bool:
    """Whether Tab stops here now."""
    tabbed = widget.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
    return tabbed and widget.isVisible() and widget.isEnabled()


def stops(widget: QWidget) -> Iterator[QWidget]:
    """What Tab stops at, in a widget in sight and within it, in the order of the layouts."""
    if not widget.isVisible() or not widget.isEnabled():
        return
    if is_stop(widget):
        yield widget
    if isinstance(widget, QScrollArea) and widget.widget() is not None:
        yield from stops(widget.widget())
    elif (layout := widget.layout()) is not None:
        yield from _within(layout)


def first_field(side: QWidget) -> QWidget | None:
    """The first thing within that Tab reaches, as it stands on screen."""
    return next(stops(side), None)


def _within(layout: QLayout) -> Iterator[QWidget]:
    for at in range(layout.count()):
        item = layout.itemAt(at)
        if (widget := item.widget()) is not None:
            yield from stops(widget)
        elif (inner := item.layout()) is not None:
            yield from _within(inner)


class TabsAsLaidOut:
    """A panel whose parts come and go: Qt would send Tab to them in the order in which they were made."""

    def focusNextPrevChild(self, forward: bool) -> bool:
        """One step on, or out of the panel at its ends."""
        order, here = list(stops(self)), QApplication.focusWidget()
        if here not in order:
            return super().focusNextPrevChild(forward)
        at = order.index(here) + (1 if forward else -1)
        target = order[at] if 0 <= at < len(order) else self._outside(here, forward)
        if target is None:
            return False
        target.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        return True

    def _outside(self, here: QWidget, forward: bool) -> QWidget | None:
        """The nearest outside, in the order that Qt keeps."""
        found = here.nextInFocusChain() if forward else here.previousInFocusChain()
        while found is not here:
            if not self.isAncestorOf(found) and is_stop(found):
                return found
            found = found.nextInFocusChain() if forward else found.previousInFocusChain()
        return None
