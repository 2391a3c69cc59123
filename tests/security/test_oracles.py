"""What can be learned without being shown: plans, estimates, error messages and the time of others' knocks."""

from __future__ import annotations

import re

import pytest

from tests.security.attempts import typed
from tests.security.county import County

#: A right guess and a wrong one of another agency's words: both must look alike.
_GUESSES = (
    ("reason = '乙镇窗口当众训斥群众'", "reason = '丙镇窗口当众训斥群众'"),
    ("starts_with(reason, '乙镇窗')", "starts_with(reason, '丙镇窗')"),
    (
        "reason < '乙镇窗口当众训斥群众x' AND reason > '乙镇窗口当众训斥群'",
        "reason < '丙x' AND reason > '丙'",
    ),
    ("md5(reason) = md5('乙镇窗口当众训斥群众')", "md5(reason) = md5('丙镇窗口当众训斥群众')"),
    (
        "reason::bpchar = '乙镇窗口当众训斥群众'::bpchar",
        "reason::bpchar = '丙镇窗口当众训斥群众'::bpchar",
    ),
    ("reason::varchar IN ('乙镇窗口当众训斥群众', 'x')", "reason::varchar IN ('丙镇窗口当众训斥群众', 'x')"),
    ("reason LIKE '乙镇%'", "reason LIKE '丙镇%'"),
    (
        "greatest(reason, '乙镇窗') = reason AND id = <other>",
        "greatest(reason, '龘') = reason AND id = <other>",
    ),
    ("number = 'HCP-YI'", "number = 'HCP-NO'"),
    ("number BETWEEN 'HCP-Y' AND 'HCP-Z'", "number BETWEEN 'HCP-S' AND 'HCP-T'"),
    ("case_number = 'CASE-YI'", "case_number = 'CASE-NO'"),
    ("contact_phone = '139****7788' AND id = <other>", "contact_phone = '139****7789' AND id = <other>"),
    ("contact_name = '欧***' AND id = <other>", "contact_name = '张***' AND id = <other>"),
    ("state = 'submitted' AND id = <other>", "state = 'reported' AND id = <other>"),
    ("level = 1 AND id = <other>", "level = 2 AND id = <other>"),
    ("labels[1] = '108' AND id = <other>", "labels[1] = '109' AND id = <other>"),
    ("grams @@ pd.gram_query('训斥')", "grams @@ pd.gram_query('训导')"),
    ("search LIKE '%hcp-yi%'", "search LIKE '%hcp-no%'"),
)
_TEXTS = (
    ("event_text", "text = '请乙镇三日内说明'", "text = '请丙镇三日内说明'"),
    ("rectification", "cause = '乙镇告知不全'", "cause = '丙镇告知不全'"),
    (
        "rectification",
        "feedback ->> 'said' LIKE '表示%' AND ticket_id = <other>",
        "feedback ->> 'said' LIKE '不满%' AND ticket_id = <other>",
    ),
    ("rating", "reason = '乙镇窗口当众训斥群众'", "reason = '丙镇窗口当众训斥群众'"),
    ("rating", "case_number = 'CASE-YI'", "case_number = 'CASE-NO'"),
    ("rating_revision", "reason = '乙镇评价改口'", "reason = '丙镇评价改口'"),
    ("event", "actor = 'liaison-02' AND ticket_id = <other>", "actor = 'liaison-09' AND ticket_id = <other>"),
    ("change", "kind = 'tickets' AND ticket_id = <other>", "kind = 'ratings' AND ticket_id = <other>"),
)
_ALL = [("ticket", right, wrong) for right, wrong in _GUESSES] + list(_TEXTS)


def _plan(county: County, table: str, condition: str, how: str) -> str:
    """A plan without the words of the condition itself and without times."""
    seen = typed(county, "liaison-01", f"EXPLAIN ({how}) SELECT 1 FROM pd.{table} WHERE {condition}")
    assert seen.error is None, seen.error
    lines = [line for (line,) in seen.rows if not re.search(r"Filter: |Cond: ", line)]
    return "\n".join(lines)


@pytest.mark.parametrize(("table", "right", "wrong"), _ALL, ids=str)
@pytest.mark.parametrize("how", ["ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF", "COSTS ON"])
def test_a_plan_tells_a_right_guess_from_a_wrong_one_to_nobody(
    besieged: County, table: str, right: str, wrong: str, how: str
) -> None:
    assert _plan(besieged, table, right, how) == _plan(besieged, table, wrong, how)


@pytest.mark.parametrize(
    "look",
    [
        "SELECT n_tup_ins FROM pg_stat_user_tables",
        "SELECT seq_tup_read FROM pg_stat_xact_user_tables",
        "SELECT heap_blks_hit FROM pg_statio_user_tables",
        "SELECT idx_scan FROM pg_stat_user_indexes",
        "SELECT reltuples FROM pg_class",
        "SELECT relpages FROM pg_class",
        "SELECT pg_total_relation_size('pd.ticket')",
        "SELECT relation FROM pg_locks",
    ],
)
def test_counters_and_sizes_of_tables_are_told_to_nobody(besieged: County, look: str) -> None:
    """Also not those of the own transaction: they count what a door looked through."""
    for login in ("liaison-01", "officer", "auditor", "admin", "bureau"):
        seen = typed(besieged, login, look)
        assert seen.error is not None and seen.error.sqlstate == "42501", (login, look)


def test_nothing_that_reads_a_text_or_a_level_runs_before_a_policy(besieged: County) -> None:
    found = besieged.database.rows(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE proleakproof AND proargtypes::oid[] &&"
        " ARRAY['text', 'varchar', 'bpchar', 'int2', 'int4', 'bool']::regtype[]::oid[]"
    )
    assert found == []


def test_a_ticket_of_others_and_one_that_is_none_get_the_same_words(besieged: County) -> None:
    """By the door, by the contact and by a look: the sentence does not say whether it exists."""
    for call in (
        "pd.act({}, 1, 'annotate', '{{\"reason\": \"x\"}}', '<new>')",
        "pd.reveal_contact({}, '回访核实诉求')",
    ):
        said = set()
        for ticket in ("<other>", "<nobodys>", "999999", "-1", "NULL"):
            seen = typed(besieged, "liaison-01", f"SELECT {call.format(ticket)}")
            assert seen.error is not None
            said.add((seen.error.sqlstate, seen.error.diag.message_primary, seen.error.diag.message_detail))
        assert len(said) == 1, said
