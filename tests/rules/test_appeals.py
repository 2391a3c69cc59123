"""The life of an appeal as data, its window, its effect."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.rules import appeals
from models.rules.appeals import Effect, Finding, State, Step
from models.rules.people import Group
from tests.databases import Database

MONDAY = date(2026, 11, 2)


def test_the_database_allows_what_the_rules_say(database: Database) -> None:
    kept = set(
        database.rows("SELECT action, source, group_name, target, needs_text FROM pd.appeal_transition")
    )
    assert kept == {
        (m.step.value, m.source.value, m.group.value if m.group else "filing", m.target.value, m.text)
        for m in appeals.MOVES
    }


def test_every_state_is_reached_and_only_final_ones_have_no_way_on() -> None:
    reached, waiting = set(), [State.FILED]
    while waiting:
        state = waiting.pop()
        reached.add(state)
        waiting += [m.target for m in appeals.MOVES if m.source is state and m.target not in reached]
    assert reached == set(State)
    assert {s for s in State if not any(m.source is s for m in appeals.MOVES)} == {
        State.WITHDRAWN, State.DISMISSED, State.DISMISSED_BY_AGENCY
    }  # fmt: skip


def test_the_agency_finds_and_the_centre_decides() -> None:
    found = {m.group for m in appeals.MOVES if m.step in (Step.UPHOLD, Step.DISMISS_BY_AGENCY)}
    decided = {m.group for m in appeals.MOVES if m.step in (Step.CORRECT, Step.DISMISS)}
    assert (found, decided) == ({Group.LIAISON}, {Group.OFFICER})
    assert Step.RECORD not in appeals.allowed(State.CORRECTED, Group.OFFICER)


def test_the_window_runs_from_the_first_day_that_is_known() -> None:
    def due(day: date) -> date:
        return day + timedelta(days=7)

    told, sent, rated = MONDAY, MONDAY - timedelta(days=1), MONDAY - timedelta(days=9)
    for days, basis, start in (
        ((told, sent), "told", told), ((None, sent), "dispatched", sent), ((None, None), "rated", rated),
    ):  # fmt: skip
        window = appeals.window(*days, rated, due)
        assert (window.basis, window.start, window.due) == (basis, start, due(start))
        assert not window.is_over(window.due) and window.is_over(window.due + timedelta(days=1))
        assert window.why.endswith("起")


@pytest.mark.parametrize(
    ("finding", "level", "mistaken", "effect"),
    [
        (Finding.MISTAKEN, 5, "replace", Effect.REPLACE),
        (Finding.MISTAKEN, None, "replace", Effect.EXCLUDE),
        (Finding.MISTAKEN, 5, "exclude", Effect.EXCLUDE),
        (Finding.MALICIOUS, 5, "replace", Effect.EXCLUDE),
        (Finding.UPHELD, None, "replace", None),
    ],
)
def test_what_a_finding_does(
    finding: Finding, level: int | None, mistaken: str, effect: Effect | None
) -> None:
    assert appeals.effect_of(finding, level, mistaken) is effect


def test_nobody_judges_themselves_or_what_they_found() -> None:
    assert appeals.why_not_decide("李 伟", "officer", "李伟", None)
    assert appeals.why_not_decide("李伟", "officer", "王五", "officer")
    assert appeals.why_not_decide("李伟", "officer", "王五", "liaison-01") is None
