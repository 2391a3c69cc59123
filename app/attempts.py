"""Wrong passwords: after five, each further try waits, and a restart does not shorten the wait.

This is the client's courtesy, against a child at the keyboard and a lock-out of one's own making. Somebody
with another client meets the server's own delay.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

#: Wrong passwords that cost nothing but the typing.
FREE = 4
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
#: Logins remembered; the oldest are dropped.
_MOST = 200


def wait_after(wrong: int) -> timedelta:
    """How long to wait after so many wrong passwords in a row."""
    if wrong <= FREE:
        return timedelta(0)
    doublings = min(wrong - FREE - 1, 10)  # beyond that the longest wait holds anyway
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Attempts:
    """The wrong passwords of each profile and login, kept in a file of the folder."""

    folder: Path = field(default_factory=lambda: default_folder())
    now: Callable[[], datetime] = _now

    @property
    def path(self) -> Path:
        """Where they are kept."""
        return self.folder / "attempts.json"

    def left(self, profile: str, login: str) -> timedelta:
        """How long the next try must wait still; a clock set back makes it no longer than it was."""
        wrong, at = self._read().get(_key(profile, login), (0, self.now()))
        wait = wait_after(wrong)
        return max(timedelta(0), min(wait, at + wait - self.now()))

    def failed(self, profile: str, login: str) -> timedelta:
        """Counts a wrong password; returns how long to wait now."""
        known = self._read()
        wrong = known.pop(_key(profile, login), (0, self.now()))[0] + 1
        known[_key(profile, login)] = (wrong, self.now())
        self._write(known)
        return wait_after(wrong)

    def succeeded(self, profile: str, login: str) -> None:
        """Forgets the wrong ones."""
        known = self._read()
        if known.pop(_key(profile, login), None) is not None:
            self._write(known)

    def _read(self) -> dict[str, tuple[int, datetime]]:
        try:
            facts: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
            return {
                key: (int(wrong), datetime.fromisoformat(at).astimezone(UTC))
                for key, (wrong, at) in facts.items()
            }
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, AttributeError) as error:
            log.info("the counts of wrong passwords cannot be read: %s", error)
            return {}

    def _write(self, known: dict[str, tuple[int, datetime]]) -> None:
        newest = list(known.items())[-_MOST:]
        text = json.dumps({key: [wrong, at.isoformat()] for key, (wrong, at) in newest})
        draft = self.path.with_suffix(".new")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft.write_text(text, encoding="utf-8")
            draft.replace(self.path)
        except OSError as error:
            log.info("the counts of wrong passwords are not kept: %s", error)


def default_folder() -> Path:
    """The user's folder for the state of this program."""
    from platformdirs import user_state_path

    return user_state_path("pingdesk", appauthor=False)


def _key(profile: str, login: str) -> str:
    return f"{login}@{profile}"
