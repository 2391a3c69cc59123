"""Passwords: what makes a good one, a readable one for the first login, and the verifier a server keeps.

A password never leaves the client: the server is sent its SCRAM verifier, from which it cannot be read back.
"""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import Connection

#: Characters a password has at least.
SHORTEST = 10
#: A login this short is part of too many words to be looked for in a password.
_TELLING = 3
#: Without 0 and o, 1, i and l: a temporary password is read from a slip of paper.
_LETTERS, _DIGITS = "abcdefghjkmnpqrstuvwxyz", "23456789"
_GROUPS, _GROUP = 3, 4


def verifier(connection: Connection, login: str, password: str) -> str:
    """The SCRAM-SHA-256 verifier of a login's password, computed here; sends nothing."""
    driver: Any = connection.connection.driver_connection
    made: bytes = driver.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256")
    return made.decode("ascii")


def temporary() -> str:
    """A random password for the first login, easy to read out: three groups of four, some 59 bits."""
    while True:
        groups = ["".join(_any(_LETTERS + _DIGITS) for _ in range(_GROUP)) for _ in range(_GROUPS)]
        made = "-".join(groups)
        if problem(made) is None:
            return made


def unknown() -> str:
    """A random password that nobody is ever told, for logins that need none."""
    return secrets.token_urlsafe(24)


def rules(
    password: str, login: str = "", name: str = "", old: str | None = None
) -> tuple[tuple[str, bool], ...]:
    """Each rule for a new password as a sentence, and whether it is kept."""
    folded = password.casefold()
    letters = any(c.isalpha() for c in password)
    return (
        (f"密码至少 {SHORTEST} 个字符。", len(password) >= SHORTEST),
        ("密码须同时含有字母和数字。", letters and any(c.isdecimal() for c in password)),
        ("密码不能含有账号。", len(login) < _TELLING or login.casefold() not in folded),
        ("密码不能含有姓名。", not name or name.casefold() not in folded),
        ("新密码不能与原密码相同。", old is None or password != old),
    )


def problem(password: str, login: str = "", name: str = "", old: str | None = None) -> str | None:
    """What is wrong with a new password, as a sentence; None where nothing is."""
    return next((rule for rule, kept in rules(password, login, name, old) if not kept), None)


def _any(alphabet: str) -> str:
    return secrets.choice(alphabet)
