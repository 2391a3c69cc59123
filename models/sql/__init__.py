"""What the database does beside keeping rows: functions, triggers, policies, grants, as SQL files.

The files are the current state and not a history: every upgrade takes down what stood (`clear`) and puts up
what they say, after Alembic has brought the tables up. A change here needs no migration.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent

#: Run as the superuser before the tables, and after everything.
ROLES, DATABASE = "roles", "database"
#: Run as the owner before the tables change: nothing may stand in their way.
CLEAR = "clear"
#: Run as the owner once the tables stand, in this order.
CODE = (
    "functions",
    "audit",
    "people",
    "contact",
    "counted",
    "cases",
    "tally",
    "material",
    "act",
    "calendar",
    "papers",
    "suggestions",
    "lists",
    "similar",
    "policies",
    "loaders",
    "case_loader",
    "closing",
    "rulesets",
    "assessments",
    "improvements",
    "appeals",
    "callbacks",
    "filings",
    "referrals",
    "circulars",
)


def text(name: str) -> str:
    """The text of a file here, e.g. ``text("act")``; raises FileNotFoundError."""
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def fingerprint() -> str:
    """The sha256 of all the files: whether a database stands as they say."""
    together = "\n".join(text(name) for name in (ROLES, CLEAR, *CODE, DATABASE))
    return hashlib.sha256(together.encode()).hexdigest()
