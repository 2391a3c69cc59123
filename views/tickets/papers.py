"""The papers of the chosen ticket: numbered where they must be, read, and shown in the preview."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.documents.model import Document
from app.errors import PingdeskError
from app.tickets import papers
from app.tickets.papers import Paper
from app.tickets.rows import Notice
from views import dates
from views.documents.preview import Choice, PaperPreview
from views.shell.session import Session
from views.tickets.panel import TicketPanel


@dataclass(frozen=True, slots=True)
class Shown:
    """A paper that was read: of which ticket, and what else could be shown."""

    ticket: int
    paper: Paper
    document: Document
    choice: Choice | None


class TicketPapers(QObject):
    """Shows papers in the place of `beneath`, which comes back when the preview is left."""

    def __init__(self, session: Session, panel: TicketPanel, beneath: QWidget, page: QWidget) -> None:
        super().__init__(page)
        self._session, self._panel, self._beneath, self._page = session, panel, beneath, page
        self.preview = PaperPreview(session, page)
        self.preview.left.connect(self._left)
        self.preview.other_wanted.connect(self._other)
        panel.paper_wanted.connect(self.open)
        for paper in Paper:
            session.registry.bind(
                f"ticket.print_{paper.value}", partial(self.open, paper), partial(self._allows, paper)
            )

    def _allows(self, paper: Paper) -> bool:
        detail = self._panel.detail
        if detail is None or not self._panel.isVisible():
            return False
        return papers.why_not(paper, detail, self._session.person.group) is None

    def open(self, paper: Paper, notice: int | None = None) -> None:
        """Shows a paper of the ticket; a dispatch's first one takes its number now.

        `notice`: which of several notices of supervision, else the latest.
        """
        if not self._allows(paper):
            return
        ticket = self._panel.detail.row.id
        if paper is not Paper.DISPATCH:
            self._read(ticket, paper, notice)
            return

        def work(connection: Any) -> tuple[int, Any]:
            return ticket, papers.number_dispatch(connection, ticket)

        self._session.command(self, work, self._numbered, failed=self._failed, again=True)

    def _numbered(self, answer: tuple[int, Any]) -> None:
        ticket, changes = answer
        self._session.announce(changes)
        self._read(ticket, Paper.DISPATCH)

    def _read(self, ticket: int, paper: Paper, notice: int | None = None) -> None:
        detail = self._panel.detail
        notices = detail.notices if detail is not None and paper is Paper.SUPERVISION else ()

        def read(connection: Any) -> Shown:
            document = papers.document(connection, ticket, paper, notice)
            return Shown(ticket, paper, document, self._choice(notices, notice))

        self._session.query(self, read, self._show, key="paper", failed=self._failed)

    def _choice(self, notices: tuple[Notice, ...], notice: int | None) -> Choice | None:
        if len(notices) < 2:
            return None
        today = self._session.today
        offered = tuple((n.id, f"{n.number}　{dates.plain_day(n.day, today)}") for n in notices)
        return Choice(offered, notice if notice is not None else notices[0].id)

    def _show(self, shown: Shown) -> None:
        self._shown = shown
        self._beneath.hide()
        self.preview.show_document(shown.document, shown.paper.label, shown.choice)

    def _other(self, notice: int) -> None:
        """Another notice of the same ticket."""
        self._read(self._shown.ticket, self._shown.paper, notice)

    def close(self) -> None:
        """Puts the preview away, where one is shown."""
        if not self.preview.isHidden():
            self.preview.leave()

    def _left(self) -> None:
        self._beneath.show()
        self._page.setFocus()

    def _failed(self, error: Exception) -> None:
        known = isinstance(error, PingdeskError)
        self._session.notice(
            "warning" if known else "error", str(error) if known else "程序出错了，详情已记入日志。"
        )
