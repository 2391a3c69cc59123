"""Reading what is not one's own: another agency's tickets by every surface, and tables nobody reads."""

from __future__ import annotations

import pytest

from tests.security.attempts import DENIED, HARMLESS, NOTHING, Attempt, attempts, check
from tests.security.county import STRANGER, County

#: Through row security: let through, and empty.
_ROWS = attempts(
    "liaison-01",
    NOTHING,
    by_id="SELECT * FROM pd.ticket WHERE id = <other>",
    by_number="SELECT * FROM pd.ticket WHERE number = 'HCP-YI'",
    by_agency="SELECT * FROM pd.ticket WHERE <yi> IN (agency_id, holder_id)",
    by_co_agency="SELECT * FROM pd.ticket WHERE <yi> = ANY (co_ids)",
    with_nobody_yet="SELECT * FROM pd.ticket WHERE state = 'pending'",
    count="SELECT count(*) FROM pd.ticket WHERE holder_id <> <jia>",
    count_by_filter="SELECT count(*) FILTER (WHERE holder_id <> <jia>) FROM pd.ticket",
    sum_over_a_window="SELECT x FROM (SELECT holder_id, count(*) OVER () AS x FROM pd.ticket) w WHERE holder_id = <yi>",
    greatest_version="SELECT max(version) FROM pd.ticket WHERE id = <other>",
    inner_join="SELECT t.* FROM pd.agency a JOIN pd.ticket t ON t.holder_id = a.id WHERE a.id = <yi>",
    outer_join="SELECT t.number FROM generate_series(1, 99) n LEFT JOIN pd.ticket t ON t.id = n AND t.holder_id = <yi>",
    lateral="SELECT x.* FROM pd.agency a, LATERAL (SELECT * FROM pd.ticket t WHERE t.holder_id = a.id) x WHERE a.id = <yi>",
    scalar_subquery="SELECT (SELECT reason FROM pd.ticket WHERE id = <other>)",
    recursive="WITH RECURSIVE r AS (SELECT id FROM pd.ticket UNION SELECT t.id FROM r JOIN pd.ticket t ON t.id = r.id + 1)"
    " SELECT * FROM r JOIN pd.ticket t USING (id) WHERE t.holder_id = <yi>",
    materialized="WITH m AS MATERIALIZED (SELECT * FROM pd.ticket) SELECT * FROM m WHERE holder_id = <yi>",
    search="SELECT * FROM pd.ticket WHERE search LIKE '%训斥%'",
    search_by_pattern="SELECT * FROM pd.ticket WHERE reason ~ '训.群众'",
    grams="SELECT * FROM pd.ticket WHERE grams @@ pd.gram_query('当众训斥')",
    grams_of_the_rest="SELECT * FROM pd.ticket WHERE NOT grams @@ pd.gram_query('白跑') AND id = <other>",
    words_of_all="SELECT * FROM ts_stat('SELECT grams FROM pd.ticket WHERE id = <other>')",
    similar="SELECT o.* FROM pd.ticket t JOIN pd.ticket o USING (item_id) WHERE t.id = <own> AND o.holder_id <> <jia>",
    exists="SELECT EXISTS (SELECT FROM pd.ticket WHERE id = <other>)",
    exists_by_words="SELECT EXISTS (SELECT FROM pd.ticket WHERE reason LIKE '%训斥%')",
    not_exists="SELECT NOT EXISTS (SELECT FROM (VALUES (1)) v WHERE EXISTS (SELECT FROM pd.ticket WHERE id = <other>)) IS FALSE",
    sample="SELECT * FROM pd.ticket TABLESAMPLE SYSTEM (100) WHERE holder_id = <yi>",
    by_place="SELECT * FROM pd.ticket WHERE ctid = ANY (ARRAY(SELECT format('(0,%s)', n)::tid FROM generate_series(1, 200) n))"
    " AND holder_id = <yi>",
    whole_row="SELECT t::text FROM pd.ticket t WHERE t.holder_id = <yi>",
    as_json="SELECT jsonb_agg(to_jsonb(t)) FROM pd.ticket t WHERE holder_id = <yi>",
    as_one_text="SELECT string_agg(reason, ',') FROM pd.ticket WHERE holder_id = <yi>",
    copy_out="COPY (SELECT * FROM pd.ticket WHERE holder_id = <yi>) TO STDOUT",
    with_the_groups_role=("SET ROLE pd_liaison", "SELECT * FROM pd.ticket WHERE holder_id = <yi>"),
    held_cursor_over_a_change_of_role=(
        "BEGIN",
        "DECLARE c CURSOR WITH HOLD FOR SELECT * FROM pd.ticket WHERE holder_id = <yi>",
        "COMMIT",
        "SET ROLE pd_liaison",
        "FETCH ALL FROM c",
    ),
    prepared_over_a_change_of_role=(
        "PREPARE p AS SELECT * FROM pd.ticket WHERE holder_id = <yi>",
        "SET ROLE pd_liaison",
        "EXECUTE p",
    ),
    in_an_old_snapshot=("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT * FROM pd.ticket WHERE holder_id = <yi>"),
    in_a_serializable_one=("BEGIN ISOLATION LEVEL SERIALIZABLE", "SELECT * FROM pd.ticket WHERE holder_id = <yi>"),
    an_error_of_a_cast="SELECT reason::integer FROM pd.ticket WHERE id = <other>",
    an_error_of_a_cast_in_the_condition="SELECT 1 FROM pd.ticket WHERE holder_id = <yi> AND reason::integer > 0",
    a_division_by_zero="SELECT 1 FROM pd.ticket WHERE holder_id = <yi> AND 1 / (level - 1) > 0",
    a_division_in_a_case="SELECT CASE WHEN reason LIKE '乙镇%' THEN 1 / (level - 1) END FROM pd.ticket WHERE id = <other>",
    a_bad_pattern="SELECT 1 FROM pd.ticket WHERE id = <other> AND 'x' ~ ('[' || reason)",
    assignments="SELECT * FROM pd.assignment WHERE agency_id <> <jia>",
    assignments_of_the_past="SELECT * FROM pd.assignment WHERE NOT current",
    rectification="SELECT * FROM pd.rectification WHERE ticket_id = <other>",
    events="SELECT * FROM pd.event WHERE ticket_id = <other>",
    events_of_no_ticket="SELECT * FROM pd.event WHERE ticket_id IS NULL",
    events_by_the_other="SELECT * FROM pd.event WHERE actor = 'liaison-02'",
    words_of_events="SELECT * FROM pd.event_text WHERE ticket_id = <other>",
    ratings="SELECT * FROM pd.rating WHERE agency_id = <yi>",
    ratings_by_key="SELECT * FROM pd.rating WHERE case_number = 'CASE-YI'",
    revisions="SELECT * FROM pd.rating_revision WHERE rating_id = <other_rating>",
    words_before="SELECT * FROM pd.ticket_revision WHERE ticket_id = <other>",
    feed="SELECT * FROM pd.change WHERE ticket_id = <other>",
    feed_by_the_other="SELECT * FROM pd.change WHERE actor = 'liaison-02' AND ticket_id IS NOT NULL",
    statistics="SELECT * FROM pg_stats WHERE schemaname = 'pd' AND tablename IN ('ticket', 'rating', 'event_text', 'rectification')",
    statistics_of_more="SELECT * FROM pg_stats_ext_exprs",
    sequences="SELECT * FROM pg_sequences WHERE schemaname = 'pd' AND last_value IS NOT NULL",
    queries_of_others="SELECT query FROM pg_stat_activity WHERE usename <> current_user AND query NOT LIKE '<insufficient%'",
    statements_of_others="SELECT * FROM pg_prepared_statements",
    cursors_of_others="SELECT * FROM pg_cursors WHERE statement NOT LIKE '%pg_cursors%'",
)  # fmt: skip

#: Row security switched off, or a lock that only writers may take.
_REFUSED = attempts(
    "liaison-01",
    DENIED,
    without_row_security=("SET row_security = off", "SELECT * FROM pd.ticket"),
    for_update="SELECT * FROM pd.ticket FOR UPDATE",
    for_share="SELECT * FROM pd.ticket WHERE id = <other> FOR KEY SHARE",
    locking_the_table=("BEGIN", "LOCK TABLE pd.ticket IN ROW EXCLUSIVE MODE"),
    locking_all_out=("BEGIN", "LOCK TABLE pd.assignment IN ACCESS EXCLUSIVE MODE"),
    sequence_current="SELECT currval('pd.ticket_id_seq')",
    sequence_next="SELECT nextval('pd.ticket_id_seq')",
    sequence_read="SELECT last_value FROM pd.ticket_id_seq",
    sequence_function="SELECT pg_sequence_last_value('pd.rating_id_seq')",
    sequence_of_the_log="SELECT setval('pd.event_id_seq', 1)",
    own_view="CREATE VIEW public.v AS SELECT * FROM pd.ticket",
    own_temporary_view="CREATE TEMPORARY VIEW ticket AS SELECT * FROM pd.ticket",
    own_materialized_view="CREATE MATERIALIZED VIEW public.m AS SELECT * FROM pd.rating",
    own_leaky_function="CREATE FUNCTION public.f(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS"
    " $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$",
    own_temporary_function="CREATE FUNCTION pg_temp.f(text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    own_operator="CREATE OPERATOR public.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)",
    statistics_of_ones_own="CREATE STATISTICS public.s ON state, level FROM pd.ticket",
    raw_statistics="SELECT * FROM pg_statistic",
    raw_statistics_of_more="SELECT * FROM pg_statistic_ext_data",
)  # fmt: skip

_NOBODY_READS = (
    "rater", "reveal", "command_log", "event_queue", "person_request_secret", "staging_rating", "staging_ticket",
    "staging_summary", "staging_registry",
)  # fmt: skip
_TICKETS = ("ticket", "ticket_revision", "assignment", "rectification", "rating", "rating_revision")

ATTEMPTS = [
    *_ROWS,
    *_REFUSED,
    # Everything at once: what comes holds no word of others.
    *(
        Attempt(who, f"all of {table}", HARMLESS, (f"SELECT x.*, x::text FROM pd.{table} x",))
        for who, shown in (
            ("liaison-01", (*_TICKETS, "event", "event_text", "change", "tally_ticket", "app_user")),
            ("auditor", ("event", "event_text", "event_link", "person_request", "import_batch", "change")),
            ("admin", ("event_link", "person_request", "import_batch", "change", "app_user", "responsible_office")),
            ("bureau", ("tally", "tally_ticket", "tally_staff", "change", "app_user", "staff_member")),
        )
        for table in shown
    ),
    *attempts("liaison-01", HARMLESS, copying_the_table="COPY pd.ticket TO STDOUT",
              whatever_the_catalogue_says="SELECT relname, relkind FROM pg_class"
              " WHERE relnamespace = 'pd'::regnamespace",
              the_code="SELECT prosrc FROM pg_proc WHERE pronamespace = 'pd'::regnamespace"),
    *attempts("liaison-01", DENIED, a_table_from_a_query="SELECT * INTO public.mine FROM pd.ticket",
              what_lies_beneath_the_table="SELECT * FROM pg_toast.pg_toast_<words_of_events>",
              rows_by_an_index="SELECT gin_clean_pending_list('pd.ix_ticket_grams')",
              pages_by_an_index="SELECT brin_summarize_new_values('pd.ix_rating_time')"),
    *(
        Attempt("liaison-01", f"reading {table}", DENIED, (f"SELECT * FROM pd.{table}",))
        for table in (*_NOBODY_READS, "event_link", "person_request", "import_batch")
    ),
    *(
        Attempt(who, f"reading {table}", DENIED, (f"SELECT * FROM pd.{table}",))
        for who in ("bureau", "admin", "auditor")
        for table in (*_TICKETS, "rater", "reveal", "person_request_secret", "staging_summary")
    ),
    *(
        Attempt(STRANGER, f"reading {table}", DENIED, (f"SELECT * FROM pd.{table}",))
        for table in ("ticket", "rater", "event", "app_user", "agency", "tally", "change", "alembic_version")
    ),
    *attempts("bureau", DENIED, events="SELECT * FROM pd.event", words="SELECT * FROM pd.event_text",
              requests="SELECT * FROM pd.person_request", counting="SELECT count(*) FROM pd.ticket",
              an_exists="SELECT EXISTS (SELECT FROM pd.ticket)", copying="COPY pd.ticket TO STDOUT",
              officers_role="SET ROLE pd_officer", through_the_groups_role="SET ROLE pd_liaison"),
    *attempts("bureau", NOTHING, feed_of_tickets="SELECT * FROM pd.change WHERE ticket_id IS NOT NULL"),
    *attempts("admin", DENIED, events="SELECT * FROM pd.event", words="SELECT * FROM pd.event_text",
              the_one_row_of_the_instance="SELECT test, frozen_at FROM pd.instance",
              counting="SELECT count(*) FROM pd.ticket WHERE holder_id = <yi>",
              copying="COPY (SELECT phone FROM pd.rater) TO STDOUT", verifiers="SELECT * FROM pg_authid"),
    *attempts("admin", NOTHING, feed_of_tickets="SELECT * FROM pd.change WHERE ticket_id IS NOT NULL",
              verifiers_of_requests="SELECT * FROM pd.person_request WHERE facts ? 'verifier' OR facts::text LIKE '%SCRAM%'",
              verifiers_in_roles="SELECT rolpassword FROM pg_roles WHERE rolpassword <> '********'"),
    *attempts("auditor", NOTHING, feed_of_tickets="SELECT * FROM pd.change WHERE ticket_id IS NOT NULL",
              words_that_are_no_reason_of_a_reveal="SELECT w.* FROM pd.event_text w JOIN pd.event e ON e.id = w.event_id"
              " WHERE e.action <> 'reveal_contact'",
              words_by_pattern="SELECT * FROM pd.event_text WHERE text LIKE '%三日内%'",
              words_in_facts="SELECT * FROM pd.event WHERE facts::text ~ '训斥|1391234|欧阳'",
              an_error_of_a_cast="SELECT 1 FROM pd.event_text WHERE text LIKE '请%' AND text::integer > 0"),
    *attempts("auditor", DENIED, counting="SELECT count(*) FROM pd.ticket WHERE holder_id = <yi>", phone="SELECT phone FROM pd.rater"),
    *attempts(STRANGER, DENIED, clock="SELECT pd.now()", groups="SELECT pd.my_group()",
              head_of_the_chain="SELECT pd.audit_head()", lock_on_a_table=("BEGIN", "LOCK TABLE pd.tally IN ACCESS SHARE MODE"),
              liaisons_role="SET ROLE pd_liaison", reveal="SELECT pd.reveal_contact(<own>, '回访核实')"),
]  # fmt: skip


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=str)
def test_nothing_of_others_is_read(besieged: County, attempt: Attempt) -> None:
    check(besieged, attempt)
