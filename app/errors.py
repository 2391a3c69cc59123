"""What can go wrong, sorted by who can mend it.

* `UserError`: the person can, by doing something else. The message says what.
* `EnvironmentProblem`: the surroundings can (database away, disk full, version); what was typed is kept.
* everything else is a bug and travels as itself.
"""

from __future__ import annotations


class PingdeskError(Exception):
    """An error with a sentence for the person at the desk and a code for programs."""

    exit_code = 1
    default_code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code


class UserError(PingdeskError):
    """Refused: the file as a whole, a rule or a right stands against it."""

    exit_code = 1
    default_code = "refused"


class EnvironmentProblem(PingdeskError):
    """The surroundings failed; nothing was lost and a retry may succeed."""

    exit_code = 3
    default_code = "environment"
