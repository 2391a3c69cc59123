"""Every event that the database writes has a Chinese name and belongs to one matter."""

from __future__ import annotations

import re
from pathlib import Path

from models.rules import events
from models.rules.events import Matter
from models.rules.lifecycle import Action

SQL = Path(__file__).resolve().parents[2] / "models" / "sql"
WRITTEN = (
    re.compile(r"pd\.note\('(\w+)'(?! \|\|)"),
    re.compile(r"INSERT INTO event \([^)]*\)\s+(?:VALUES \(|SELECT )pd\.now\(\), session_user, '(\w+)'"),
)


def test_every_action_belongs_to_one_matter_and_has_a_chinese_name() -> None:
    named = [action for matter in Matter for action in matter.actions]
    assert len(named) == len(set(named)) and set(named) == set(events.known())
    assert {action.value for action in Action} <= set(named)
    for name in (*map(events.label, named), *(matter.label for matter in Matter)):
        assert any("一" <= c <= "鿿" for c in name), name


def test_what_the_database_writes_is_known() -> None:
    written = {
        action
        for path in SQL.glob("*.sql")
        for pattern in WRITTEN
        for action in pattern.findall(path.read_text("utf-8"))
    }
    assert {"import", "deadline_moved", "calendar_imported"} <= written
    assert written <= set(events.known())


def test_what_is_typed_finds_actions_and_a_strange_one_stays() -> None:
    assert set(events.named_like("密码")) == {"password_reset", "password_changed"}
    assert events.label("of_tomorrow") == "of_tomorrow"
