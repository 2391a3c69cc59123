"""Writing past the door: due dates, levels, words, events, the log, rules, the calendar, the feed, staging."""

from __future__ import annotations

import pytest

from tests.security.attempts import DENIED, HARMLESS, NO_RIGHT, RULE, STALE, Attempt, attempts, check
from tests.security.county import STRANGER, County

#: What nobody may ever change by hand, whoever they are.
_FOREVER = {
    "a due date": "UPDATE pd.ticket SET due_on = due_on + 30",
    "the clock that runs": "UPDATE pd.assignment SET due_on = due_on + 30",
    "a state": "UPDATE pd.ticket SET state = 'closed'",
    "a level": "UPDATE pd.rating SET level = 5, first_level = 5",
    "a rater's words": "UPDATE pd.rating SET reason = NULL",
    "a revision by hand": "INSERT INTO pd.rating_revision (rating_id, level, is_default, rated_at, batch_id)"
    " VALUES (<own_rating>, 5, false, now(), 1)",
    "an event": "UPDATE pd.event SET actor = 'officer'",
    "an event taken out": "DELETE FROM pd.event",
    "an event put in": "INSERT INTO pd.event (at, actor, action) VALUES (now(), 'officer', 'approve')",
    "the words of an event": "DELETE FROM pd.event_text",
    "the chain": "UPDATE pd.event_link SET hash = digest",
    "the end of the chain": "DELETE FROM pd.event_link",
    "the log emptied": "TRUNCATE pd.event, pd.event_text, pd.event_link CASCADE",
    "the rule set": "UPDATE pd.rule_set SET parameters = parameters || '{\"rectification_days\": 100}'",
    "a rule set of one's own": "INSERT INTO pd.rule_set SELECT '2026-12-01', name, parameters FROM pd.rule_set",
    "a day of the calendar": "UPDATE pd.calendar_day SET working = false",
    "a year of the calendar": "DELETE FROM pd.calendar_year",
    "the clock": "UPDATE pd.instance SET frozen_at = '2020-01-01'",
    "the moves": "INSERT INTO pd.ticket_transition SELECT action, source, 'admin', target, false, false, false"
    " FROM pd.ticket_transition",
    "one's group": "UPDATE pd.app_user SET group_name = 'officer', agency_id = NULL WHERE login = session_user",
    "a forged change": "INSERT INTO pd.change (at, kind, ticket_id, actor) VALUES (now(), 'tickets', <own>, 'officer')",
    "the tally": "UPDATE pd.tally SET level_1 = 0",
    "the summary": "DELETE FROM pd.summary_count",
    "a command remembered": "INSERT INTO pd.command_log VALUES ('officer', '<new>', now(), '{}')",
    "a reveal": "INSERT INTO pd.reveal (event_id, actor, at, tx) VALUES (1, session_user, now(), 0)",
    "a rater gone": "DELETE FROM pd.rater",
    "an assessed value": "UPDATE pd.assessment SET value = 100",
    "weights of indicators": "UPDATE pd.indicator_weights SET reason = 'x'",
}
_WRITERS = {"liaison-01": tuple(_FOREVER), "admin": tuple(_FOREVER), "auditor": tuple(_FOREVER)}
_WRITERS["bureau"] = tuple(_FOREVER)[:12]
_WRITERS["officer"] = tuple(_FOREVER)

ATTEMPTS = [
    *(Attempt(who, what, DENIED, (_FOREVER[what],)) for who, all_of in _WRITERS.items() for what in all_of),
    *attempts(
        "liaison-01",
        DENIED,
        merge="MERGE INTO pd.ticket t USING (SELECT 1) s ON t.id = <own> WHEN MATCHED THEN UPDATE SET due_on = '2030-01-01'",
        upsert="INSERT INTO pd.tally SELECT * FROM pd.tally ON CONFLICT DO NOTHING",
        writing_in_a_query="WITH gone AS (DELETE FROM pd.change RETURNING id) SELECT * FROM gone",
        copy_into="COPY pd.event (at, actor, action) FROM STDIN",
        an_anonymous_block="DO $$ BEGIN UPDATE pd.ticket SET level = 5; END $$",
        in_the_groups_role=("SET ROLE pd_liaison", "UPDATE pd.ticket SET due_on = '2030-01-01'"),
        row_security_off_for_good="ALTER TABLE pd.ticket DISABLE ROW LEVEL SECURITY",
        a_policy_of_ones_own="CREATE POLICY mine ON pd.ticket FOR SELECT USING (true)",
        a_policy_dropped="DROP POLICY liaison ON pd.ticket",
        a_trigger_of_ones_own="CREATE TRIGGER t AFTER INSERT ON pd.event EXECUTE FUNCTION pd.queue_events()",
        a_trigger_switched_off="ALTER TABLE pd.event DISABLE TRIGGER ALL",
        a_rule_of_ones_own="CREATE RULE r AS ON INSERT TO pd.change DO INSTEAD NOTHING",
        a_column="ALTER TABLE pd.ticket ADD COLUMN x text DEFAULT 'x'",
        an_index="CREATE INDEX ON pd.ticket ((reason::integer))",
        the_table_dropped="DROP TABLE pd.event CASCADE",
        the_schema_dropped="DROP SCHEMA pd CASCADE",
        the_schema_renamed="ALTER SCHEMA pd RENAME TO old",
        a_function_replaced="CREATE OR REPLACE FUNCTION pd.my_agency() RETURNS bigint LANGUAGE sql AS 'SELECT <yi>::bigint'",
        a_function_dropped="DROP FUNCTION pd.note(text, jsonb)",
        a_comment="COMMENT ON TABLE pd.ticket IS 'x'",
        the_owner="ALTER TABLE pd.ticket OWNER TO \"liaison-01\"",
        clustered="CLUSTER pd.ticket USING pk_ticket",
        reindexed="REINDEX TABLE pd.ticket",
        replication_role="SET session_replication_role = replica",
        staging="INSERT INTO pd.staging_ticket (load_id, line) VALUES (1, 1)",
    ),
    *attempts("liaison-01", HARMLESS, vacuumed="VACUUM pd.event", analysed="ANALYZE pd.ticket",
              granting="GRANT ALL ON pd.ticket TO PUBLIC", revoking="REVOKE ALL ON pd.ticket FROM pd_officer",
              constraints_at_once=("BEGIN", "SET CONSTRAINTS ALL IMMEDIATE", "COMMIT")),
    # Staging takes rows of the load that has its turn, from those who load.
    *attempts("officer", NO_RIGHT, staging_outside_of_a_load="INSERT INTO pd.staging_summary SELECT 1, 1, '2026-10-01', '甲镇',"
              " 'hall', NULL, 1, 1, 1, 0, 0, 0, 0, 0", staging_by_copy="COPY pd.staging_ticket FROM STDIN"),
    *attempts("officer", DENIED, reading_what_is_staged=("BEGIN", "SELECT pd.begin_load()", "SELECT * FROM pd.staging_rating"),
              a_temporary_table_in_the_way="CREATE TEMPORARY TABLE staging_rating (x integer)",
              a_temporary_view_in_the_way="CREATE TEMPORARY VIEW agency AS SELECT 1 AS id, '甲镇' AS name"),
    *attempts("admin", NO_RIGHT, staging_outside_of_a_load="INSERT INTO pd.staging_registry VALUES (1, 1, 'agency', '{}')"),
    *attempts("admin", DENIED, ratings_staged="INSERT INTO pd.staging_rating (load_id, line) VALUES (1, 1)",
              ratings_loaded="SELECT pd.load_ratings(1, '{}')", tickets_loaded="SELECT pd.load_tickets(1, '{}')",
              summary_loaded="SELECT pd.load_summary(1, '{}')", part_loaded="SELECT pd.load_ratings_part(1, '{}')"),
    *(
        Attempt(who, name, DENIED, (statement,))
        for who in ("liaison-01", "bureau", "auditor")
        for name, statement in (
            ("opening a load", "SELECT pd.begin_load()"),
            ("loading tickets", "SELECT pd.load_tickets(1, '{}')"),
            ("loading the registry", "SELECT pd.load_registry(1, '{}')"),
            ("a notice of one's own", "SELECT pd.import_notice('[]', 'x')"),
            ("the tally anew", "SELECT pd.rebuild_tally()"),
        )
    ),
    # The door: another's ticket, another state, another group, another version.
    *attempts(
        "liaison-01",
        NO_RIGHT,
        acting_on_anothers="SELECT pd.act(<other>, <other_version>, 'annotate', '{\"reason\": \"看看\"}', '<new>')",
        submitting_anothers="SELECT pd.act(<other>, <other_version>, 'submit', '{}', '<new>')",
        acting_on_nobodys="SELECT pd.act(<nobodys>, <nobodys_version>, 'acknowledge', '{}', '<new>')",
        acting_on_none="SELECT pd.act(NULL, 1, 'annotate', '{}', '<new>')",
    ),
    *attempts(
        "liaison-01",
        RULE,
        reopening_a_closed_one="SELECT pd.act(<closed>, <closed_version>, 'reopen', '{\"lead\": <jia>, \"reason\": \"重办\"}', '<new>')",
        submitting_a_closed_one="SELECT pd.act(<closed>, <closed_version>, 'submit', '{}', '<new>')",
        annotating_a_closed_one="SELECT pd.act(<closed>, <closed_version>, 'annotate', '{\"reason\": \"补充\"}', '<new>')",
        approving_ones_own="SELECT pd.act(<own>, <own_version>, 'approve', '{}', '<new>')",
        closing_ones_own="SELECT pd.act(<own>, <own_version>, 'confirm_closed', '{\"receipt\": \"x\"}', '<new>')",
        redispatching="SELECT pd.act(<own>, <own_version>, 'redispatch', '{\"lead\": <yi>, \"reason\": \"x\"}', '<new>')",
        withdrawing="SELECT pd.act(<own>, <own_version>, 'withdraw', '{\"reason\": \"申诉成立\"}', '<new>')",
        deciding_a_deadline="SELECT pd.act(<own>, <own_version>, 'deadline_moved', '{\"due_on\": \"2030-01-01\"}', '<new>')",
        no_action_at_all="SELECT pd.act(<own>, <own_version>, NULL, '{}', '<new>')",
        a_payload_that_is_no_object="SELECT pd.act(<own>, <own_version>, 'acknowledge', '[]', '<new>')",
        a_payload_without_end="SELECT pd.act(<own>, <own_version>, 'annotate', jsonb_build_object('reason', repeat('x', 300000)), '<new>')",
        no_command_id="SELECT pd.act(<own>, <own_version>, 'acknowledge', '{}', NULL)",
        declining_without_words="SELECT pd.act(<own>, <own_version>, 'decline', '{\"reason\": \"\\u200b\\u3000\"}', '<new>')",
    ),
    *attempts("liaison-01", STALE, no_version="SELECT pd.act(<own>, NULL, 'acknowledge', '{}', '<new>')",
              an_old_version="SELECT pd.act(<own>, 1, 'acknowledge', '{}', '<new>')"),
    *attempts("liaison-01", "22003", a_version_too_large="SELECT pd.act(<own>, 99999999999999999999::numeric::integer, 'x', '{}', '<new>')"),
    *attempts("liaison-01", "22P02", an_id_that_is_none="SELECT pd.act('x'::bigint, 1, 'x', '{}', '<new>')"),
    *attempts("liaison-01", "54001", a_payload_too_deep="SELECT pd.act(<own>, 1, 'annotate', repeat('[', 100000)::jsonb, '<new>')"),
    *attempts("liaison-01", RULE, in_an_old_snapshot=(
              "BEGIN ISOLATION LEVEL REPEATABLE READ",
              "SELECT pd.act(<own>, <own_version>, 'acknowledge', '{}', '<new>')", "COMMIT")),
    *attempts("officer", RULE, withdrawing_by_hand="SELECT pd.act(<own>, <own_version>, 'withdraw', '{\"reason\": \"申诉成立\"}', '<new>')",
              skipping_ahead="SELECT pd.act(<own>, <own_version>, 'confirm_closed', '{\"receipt\": \"1\", \"closed_on\": \"2026-11-02\"}', '<new>')",
              to_an_agency_that_is_none="SELECT pd.act(<own>, <own_version>, 'redispatch', '{\"lead\": 999999, \"reason\": \"x\"}', '<new>')"),
    *(
        Attempt(who, "acting on a ticket", DENIED,
                ("SELECT pd.act(<own>, <own_version>, 'annotate', '{\"reason\": \"x\"}', '<new>')",))
        for who in ("bureau", "admin", "auditor", STRANGER)
    ),
    # Values are the centre's, weights its head's.
    *(
        Attempt(who, name, DENIED, (statement,))
        for who in ("liaison-01", "bureau", "admin", "auditor")
        for name, statement in (
            ("a value of one's own", "SELECT pd.assess(jsonb_build_array(jsonb_build_object('agency', <jia>, 'indicator', '1.1',"
             " 'source', 'review', 'first', '2026-10-01', 'last', '2026-10-01', 'value', '100', 'evidence', 'x', 'assessor', 'x')))"),
            ("a value taken back", "SELECT pd.withdraw_assessment(1, '不服')"),
            ("weights of one's own", "SELECT pd.put_weights('2026-12-01', (SELECT w.weights FROM pd.indicator_weights w), '{}', 'x')"),
        )
    ),
    *attempts("officer", NO_RIGHT, weights_without_the_head=
              "SELECT pd.put_weights('2026-12-01', (SELECT w.weights FROM pd.indicator_weights w), '{}', '自定')"),
    # What stands behind the doors is nobody's to call.
    *(
        Attempt(who, f"calling {call.split('(')[0]}", DENIED, (f"SELECT pd.{call}",))
        for who in ("liaison-01", "officer", "admin")
        for call in (
            "perform(NULL, NULL, '{}')", "carry_out(NULL, 'reject', '{}')", "withdraw_ticket(<own>, '申诉成立')",
            "start_round(NULL, '{}')", "note('close', '{}')", "tell('tickets', <own>)", "add_link('{1}')",
            "recompute_deadlines()", "refresh_tally('{2026-10-01}')", "make_person('x', 'x', 'admin', NULL, false, NULL, false, true)",
            "apply_administration('enable', 'x', '{}', NULL)", "standing('a', 'b', 'c')", "renumber_calendar()",
            "open_batch('ratings', '{}')", "learn_agencies('{x}', '{}')", "tally_of('2026-10-01')",
            "contact_of(NULL)", "effective_words(<other_rating>)",
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=str)
def test_nothing_is_written_past_the_door(besieged: County, attempt: Attempt) -> None:
    check(besieged, attempt)
