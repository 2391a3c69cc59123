"""Everybody's own password: the one thing that somebody who logs in for the first time may do."""

from __future__ import annotations

from sqlalchemy import text

from app.database import passwords
from app.workspace import Workspace


def change(workspace: Workspace, new: str) -> Workspace:
    """Gives the person at the desk a new password; returns the database opened with it.

    The server is sent the verifier only. The workspace given stays open until closed. Raises UserError where
    the database refuses.
    """
    with workspace.write() as connection:
        made = passwords.verifier(connection, workspace.person.login, new)
        connection.execute(text("SELECT pd.change_own_password(:verifier)"), {"verifier": made})
    return workspace.with_password(new)
