"""The window on a real database: every page opens for everybody; the server goes away in mid-click."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from PySide6.QtWidgets import QLabel

from app.database import embedded
from app.tickets.queries import TicketFilter, Waiting
from models.rules.lifecycle import Action
from views.shell.window import Window


def _settle(qtbot, window: Window) -> None:
    qtbot.waitUntil(lambda: window.operations.running == 0, timeout=20_000)


def _tickets(qtbot, window: Window, wanted: TicketFilter | None = None):
    window.show_page("tickets", wanted or TicketFilter())
    _settle(qtbot, window)
    return window.pages["tickets"]


def _choose_first(qtbot, window: Window, page) -> int:
    page.panel.load(page.model.rows[0].id)
    _settle(qtbot, window)
    qtbot.waitUntil(lambda: page.panel.detail is not None, timeout=20_000)
    _settle(qtbot, window)
    return page.panel.detail.row.id


@pytest.mark.parametrize("login", ["officer", "head", "liaison-01", "admin", "auditor", "bureau"])
def test_every_page_that_a_person_has_opens(qtbot, opened, login: str) -> None:
    window = opened(login)
    for name, entry in window.navigation.entries.items():
        if entry.isVisible():
            window.show_page(name, None)
            _settle(qtbot, window)
            words = [label.text() for label in window.stack.currentWidget().findChildren(QLabel)]
            assert not any("程序出错" in w for w in words)
    assert not any("程序出错" in label.text() for label in window.findChildren(QLabel))


def test_the_server_gone_in_mid_click_is_a_notice_and_the_next_click_works(
    qtbot, opened, folder: Path
) -> None:
    window = opened("officer")
    page = _tickets(qtbot, window, TicketFilter(waiting=Waiting.VERIFY))
    ticket = _choose_first(qtbot, window, page)
    with psycopg.connect(
        embedded.running(folder).conninfo(embedded.SUPERUSER), autocommit=True
    ) as administrator:
        administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'officer' AND state = 'idle'"
        )
    page.panel._act(Action.ANNOTATE, {"reason": "电话已核实"})
    _settle(qtbot, window)
    if (
        page.panel.acting.tried is not None
    ):  # it was told; what was typed is tried again under the same command
        page.panel._act(Action.ANNOTATE, {"reason": "电话已核实"})
        _settle(qtbot, window)
    page.panel.load(ticket)
    _settle(qtbot, window)
    noted = [e for e in page.panel.detail.time_line if e.text == "电话已核实"]
    assert len(noted) == 1
