"""The attempts themselves: enough of them, no two alike, and one that succeeded would be seen."""

from __future__ import annotations

import pytest

from tests.security import test_reading, test_rising, test_writing
from tests.security.attempts import HARMLESS, NOTHING, Attempt, check
from tests.security.county import MASKED, NOBODYS, RATER, STRANGER, VERIFIER, WORDS, County

_ALL: list[Attempt] = [*test_reading.ATTEMPTS, *test_writing.ATTEMPTS, *test_rising.ATTEMPTS]
_ATTACKERS = {"liaison-01", "bureau", "admin", "auditor", STRANGER}


def test_there_are_many_and_no_two_alike() -> None:
    distinct = {(attempt.who, attempt.statements) for attempt in _ALL}
    assert len(distinct) == len(_ALL)
    assert {who for who, _ in distinct} >= _ATTACKERS
    assert len({statements for who, statements in distinct if who in _ATTACKERS}) >= 150


@pytest.mark.parametrize(
    ("who", "ends", "statement", "seen"),
    [
        ("liaison-02", HARMLESS, "SELECT reason FROM pd.ticket WHERE id = <other>", "showed"),
        ("postgres", NOTHING, "SELECT phone FROM pd.rater", "showed"),
        ("postgres", HARMLESS, "DO $$ BEGIN RAISE NOTICE '%', (SELECT phone FROM pd.rater LIMIT 1); END $$", "showed"),
        ("postgres", "22P02", "SELECT reason::integer FROM pd.ticket WHERE id = <other>", "showed"),
        ("liaison-01", NOTHING, "SELECT count(*) FROM pd.ticket", "ended with harmless"),
        ("liaison-01", NOTHING, "SELECT 1 FROM pd.tickets", "ended with 42P01"),
    ],
)  # fmt: skip
def test_an_attempt_that_succeeded_would_be_seen(
    besieged: County, who: str, ends: str, statement: str, seen: str
) -> None:
    with pytest.raises(AssertionError, match=seen):
        check(besieged, Attempt(who, "this one succeeds", ends, (statement,)))


@pytest.mark.parametrize(
    ("statement", "back", "what"),
    [
        ("UPDATE pd.ticket SET due_on = due_on + 1 WHERE id = <own>", "UPDATE pd.ticket SET due_on = due_on - 1 WHERE id = <own>", "pd.ticket"),
        ("UPDATE pd.calendar_day SET published = false WHERE day = '2026-01-01'", "UPDATE pd.calendar_day SET published = true WHERE day = '2026-01-01'", "pd.calendar_day"),
        ("ALTER ROLE stranger CREATEDB", "ALTER ROLE stranger NOCREATEDB", "pg_authid"),
        ("GRANT pd_officer TO stranger", "REVOKE pd_officer FROM stranger", "pg_auth_members"),
        ("GRANT SELECT ON pd.rater TO PUBLIC", "REVOKE SELECT ON pd.rater FROM PUBLIC", "relations"),
        ("GRANT SELECT (phone) ON pd.rater TO PUBLIC", "REVOKE SELECT (phone) ON pd.rater FROM PUBLIC", "rights on columns"),
        ("GRANT EXECUTE ON FUNCTION pd.note(text, jsonb) TO PUBLIC", "REVOKE EXECUTE ON FUNCTION pd.note(text, jsonb) FROM PUBLIC", "rights on functions"),
        ("ALTER FUNCTION pd.note(text, jsonb) RESET search_path", "ALTER FUNCTION pd.note(text, jsonb) SET search_path = pd, pg_temp", "functions"),
        ("ALTER FUNCTION texteq(text, text) LEAKPROOF", "ALTER FUNCTION texteq(text, text) NOT LEAKPROOF", "all functions"),
        ("CREATE DOMAIN public.mine AS text", "DROP DOMAIN public.mine", "types"),
    ],
)  # fmt: skip
def test_a_change_would_be_seen(besieged: County, statement: str, back: str, what: str) -> None:
    with pytest.raises(AssertionError, match="changed") as told:
        check(besieged, Attempt("postgres", "this one succeeds", HARMLESS, (statement,)))
    besieged.database.rows(besieged.fill(back))
    assert what in str(told.value) and besieged.changed()


def test_every_secret_is_there_to_be_found(besieged: County) -> None:
    """A word that stands nowhere would prove nothing."""
    everything = str(
        [
            besieged.database.rows(f"SELECT t::text FROM pd.{table} t")
            for table in (
                "ticket",
                "rating",
                "rating_revision",
                "rectification",
                "event_text",
                "rater",
                "person_request_secret",
            )
        ]
    )

    for word in (*WORDS["甲镇"], *WORDS["乙镇"], *NOBODYS, *RATER, *MASKED, VERIFIER):
        assert word in everything, word
