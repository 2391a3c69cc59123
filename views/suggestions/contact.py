"""The person who left a suggestion: masked until a reason is written, and then on record."""

from __future__ import annotations

from app.suggestions import commands, queries
from app.tickets.contacts import Contact, problem
from views.tickets import contact


class ContactLine(contact.ContactLine):
    """提出人 with 查看（留痕）, in the same two steps as a rater."""

    def _say(self, parts: str, *, masked: bool) -> None:
        super()._say(parts, masked=masked)
        self.who.setText(f"提出人　{parts}")

    def _confirm(self) -> None:
        suggestion, reason = self._ticket, self.reason.text()
        if suggestion is None or self.reason.isReadOnly() or problem(reason):
            return
        self._busy(True)
        self._session.command(
            self, lambda c: commands.look(c, suggestion, reason), self._recorded, failed=self._failed
        )

    def _recorded(self, number: int) -> None:
        suggestion = self._ticket
        self._session.query(
            self, lambda c: (suggestion, Contact(*queries.contact(c, number))), self._revealed,
            key="suggestion_contact", failed=self._failed,
        )  # fmt: skip
