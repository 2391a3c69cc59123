"""What somebody typed into a ticket's form and has not confirmed yet: kept on this computer, as typed.

One JSON file a person and database, readable by that account alone. The rater's contact comes into no draft:
numbers by which somebody can be called or known are masked in it (Guide 4.2). A draft is a convenience: where it cannot be written, work goes on without it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.clock import SHANGHAI
from models.rules.masking import mask_in_text

log = logging.getLogger(__name__)

#: After so long nobody comes back to it.
KEPT = timedelta(days=90)

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed into a form: field → what stood in it; and when."""

    at: datetime
    values: Values


def default_folder() -> Path:
    """Where drafts lie in the user's data of this program."""
    from platformdirs import user_state_path

    return user_state_path("pingdesk", appauthor=False) / "drafts"


@dataclass(slots=True)
class DraftBook:
    """The drafts of one person in one database. `place` names the database, wherever it is reached."""

    place: str
    login: str
    folder: Path = field(default_factory=default_folder)

    @property
    def path(self) -> Path:
        """The file."""
        mark = hashlib.sha256(f"{self.place}\n{self.login}".encode()).hexdigest()[:24]
        return self.folder / f"{mark}.json"

    def get(self, ticket: int, action: str) -> Draft | None:
        """The draft of a form, None where there is none."""
        return self._read().get((ticket, action))

    def keep(self, ticket: int, action: str, values: Values, at: datetime) -> None:
        """Keeps what stands in a form now."""
        values = {name: _without_numbers(value) for name, value in values.items()}
        drafts = {key: draft for key, draft in self._read().items() if at - draft.at < KEPT}
        self._write({**drafts, (ticket, action): Draft(at, values)})

    def drop(self, ticket: int, action: str | None = None) -> None:
        """Forgets the draft of a form, or all of a ticket."""
        drafts = self._read()
        kept = {
            key: draft
            for key, draft in drafts.items()
            if key[0] != ticket or (action is not None and key[1] != action)
        }
        if len(kept) != len(drafts):
            self._write(kept)

    def _read(self) -> dict[tuple[int, str], Draft]:
        try:
            facts = json.loads(self.path.read_text(encoding="utf-8"))
            return {(int(one["ticket"]), str(one["action"])): _draft(one) for one in facts}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            log.info("drafts cannot be read: %s", error)
            return {}

    def _write(self, drafts: Mapping[tuple[int, str], Draft]) -> None:
        facts = [
            {"ticket": ticket, "action": action, "at": draft.at.isoformat(), "values": dict(draft.values)}
            for (ticket, action), draft in drafts.items()
        ]
        new = self.path.with_suffix(".new")
        try:
            if not facts:
                self.path.unlink(missing_ok=True)
                return
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            new.unlink(missing_ok=True)
            with os.fdopen(
                os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
            ) as file:
                json.dump(facts, file, ensure_ascii=False)
            new.replace(self.path)
        except OSError as error:
            log.info("drafts cannot be written: %s", error)


def _without_numbers(value: Any) -> Any:
    return mask_in_text(value) if isinstance(value, str) else value


def _draft(facts: Mapping[str, Any]) -> Draft:
    at = datetime.fromisoformat(facts["at"])
    return Draft(at if at.tzinfo else at.replace(tzinfo=SHANGHAI), dict(facts["values"]))
