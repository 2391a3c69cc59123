"""Becoming more than one is, getting at the server beneath, and standing in the way of others."""

from __future__ import annotations

import pytest

from tests.security.attempts import DENIED, HARMLESS, NO_RIGHT, RULE, Attempt, attempts, check
from tests.security.county import STRANGER, County

_RISING = {
    "the owner's role": "SET ROLE pd_owner",
    "the administrator's role": "SET ROLE postgres",
    "the officers' role": "SET ROLE pd_officer",
    "another person's role": 'SET ROLE "liaison-02"',
    "another session": "SET SESSION AUTHORIZATION officer",
    "a superuser of oneself": "ALTER ROLE CURRENT_USER SUPERUSER",
    "roles by oneself": "ALTER ROLE CURRENT_USER CREATEROLE",
    "past row security": "ALTER ROLE CURRENT_USER BYPASSRLS",
    "replication": "ALTER ROLE CURRENT_USER REPLICATION",
    "connections without limit": "ALTER ROLE CURRENT_USER CONNECTION LIMIT -1",
    "another's password": "ALTER ROLE officer PASSWORD 'x'",
    "another's settings": "ALTER ROLE officer SET search_path = public",
    "another disabled": "ALTER ROLE officer NOLOGIN",
    "another dropped": "DROP ROLE officer",
    "a group granted": "GRANT pd_officer TO CURRENT_USER",
    "the owner granted": "GRANT pd_owner TO CURRENT_USER",
    "the server's files granted": "GRANT pg_read_server_files TO CURRENT_USER",
    "a role": "CREATE ROLE somebody LOGIN",
    "a schema": "CREATE SCHEMA mine",
    "a table": "CREATE TABLE public.mine (x integer)",
    "a temporary table": "CREATE TEMPORARY TABLE mine (x integer)",
    "a database": "CREATE DATABASE mine",
    "the database's settings": "ALTER DATABASE postgres SET search_path = public",
    "the server's settings": "ALTER SYSTEM SET log_statement = 'all'",
    "the settings read anew": "SELECT pg_reload_conf()",
    "an extension": "CREATE EXTENSION dblink",
    "an extension that stands": "ALTER EXTENSION plpgsql UPDATE",
    "a program": "COPY (SELECT 1) TO PROGRAM 'id'",
    "a program's answer": "COPY pd.change FROM PROGRAM 'id'",
    "a file written": "COPY (SELECT 1) TO '/tmp/pingdesk-attack'",
    "a file read": "COPY pd.change FROM '/etc/passwd'",
    "a file by function": "SELECT pg_read_file('postgresql.conf')",
    "bytes of a file": "SELECT pg_read_binary_file('PG_VERSION')",
    "a folder": "SELECT pg_ls_dir('.')",
    "the write-ahead log": "SELECT pg_ls_waldir()",
    "a file's state": "SELECT pg_stat_file('PG_VERSION')",
    "the rules of access": "SELECT * FROM pg_hba_file_rules",
    "where the data lies": "SHOW data_directory",
    "a large object": "SELECT lo_creat(-1)",
    "a large object from bytes": "SELECT lo_from_bytea(0, 'x')",
    "a large object from a file": "SELECT lo_import('/etc/passwd')",
    "an advisory lock": "SELECT pg_advisory_lock(hashtext('pd.load'))",
    "an advisory lock of the chain": "SELECT pg_try_advisory_xact_lock(hashtext('pd.chain'))",
    "a library": "LOAD 'auto_explain'",
    "verifiers": "SELECT rolpassword FROM pg_authid",
    "a replication slot": "SELECT pg_create_physical_replication_slot('mine')",
    "a checkpoint": "CHECKPOINT",
    "a backup": "SELECT pg_backup_start('mine')",
    "statistics reset": "SELECT pg_stat_reset()",
    "another's rights by default": "ALTER DEFAULT PRIVILEGES FOR ROLE pd_owner GRANT SELECT ON TABLES TO PUBLIC",
    "what the group has": "DROP OWNED BY pd_officer",
    "what the owner has": "REASSIGN OWNED BY pd_owner TO CURRENT_USER",
    "a publication": "CREATE PUBLICATION mine FOR TABLE pd.ticket",
    "a foreign server": "CREATE SERVER mine FOREIGN DATA WRAPPER postgres_fdw",
    "a wrapper": "CREATE FOREIGN DATA WRAPPER mine",
    "a language": "CREATE LANGUAGE plperlu",
    "an event trigger": "CREATE EVENT TRIGGER mine ON ddl_command_end EXECUTE FUNCTION pd.note_person()",
    "a cast": "CREATE CAST (text AS integer) WITH INOUT AS IMPLICIT",
    "a domain": "CREATE DOMAIN public.mine AS text CHECK (VALUE <> '')",
    "a type": "CREATE TYPE public.mine AS (x text)",
    "an aggregate": "CREATE AGGREGATE public.mine (text) (SFUNC = textcat, STYPE = text)",
    "an operator class": "CREATE OPERATOR CLASS public.mine FOR TYPE text USING btree AS OPERATOR 1 <",
    "a text search": "CREATE TEXT SEARCH CONFIGURATION public.mine (COPY = simple)",
    "leakproof comparisons": "ALTER FUNCTION pg_catalog.texteq(text, text) LEAKPROOF",
    "a subscription": "CREATE SUBSCRIPTION mine CONNECTION 'dbname=x' PUBLICATION y",
    "a tablespace": "CREATE TABLESPACE mine LOCATION '/tmp'",
    "a security label": "SECURITY LABEL ON ROLE officer IS 'x'",
    "a parameter granted": "GRANT SET ON PARAMETER log_statement TO CURRENT_USER",
    "a prepared transaction": "PREPARE TRANSACTION 'mine'",
}
#: These end before a right is asked for: what they need is not there, or not on.
_ELSEWHERE = {
    "a security label": "22023", "an extension": "0A000", "a prepared transaction": HARMLESS,
    "a language": "0A000", "a foreign server": "42704", "a program's answer": DENIED,
}  # fmt: skip

ATTEMPTS = [
    *(
        Attempt(who, what, _ELSEWHERE.get(what, DENIED), (statement,))
        for who, part in (("liaison-01", 1), ("admin", 1), ("auditor", 2), ("bureau", 3), (STRANGER, 2))
        for what, statement in list(_RISING.items())[::part]
    ),
    *attempts("liaison-01", DENIED, what_the_own_group_has=("SET client_min_messages = error", "DROP OWNED BY pd_liaison"),
              the_own_group_to_another='GRANT pd_liaison TO stranger', oneself_to_another='GRANT "liaison-01" TO "liaison-02"',
              another_group_through_a_setting="SELECT set_config('role', 'pd_officer', false)",
              another_session_through_a_setting="SELECT set_config('session_authorization', 'officer', false)",
              the_role_on_the_way_in="ALTER ROLE CURRENT_USER SET session_preload_libraries = 'x'",
              an_own_function_first=("SET search_path = pg_temp, public, pd", "CREATE FUNCTION pg_temp.now() RETURNS timestamptz"
              " LANGUAGE sql AS 'SELECT timestamptz ''2020-01-01'''"),
              an_own_agency_first=("SET search_path = public, pd", "CREATE TABLE public.agency (id bigint)")),
    *attempts("liaison-01", HARMLESS, a_listening_ear=("LISTEN pd_change", "NOTIFY pd_change, 'forged'", "UNLISTEN *"),
              a_flood_of_knocks="SELECT count(pg_notify('pd_change', n::text)) FROM generate_series(1, 5000) n",
              ending_anothers_query="SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()"),
    *attempts("liaison-01", "42883", a_link_to_another_database="SELECT dblink('dbname=postgres', 'SELECT 1')"),
    *attempts("liaison-01", "42883", paths_that_hide_our_schema=("SET search_path = ''", "SELECT now_of_ours()")),
    *attempts("liaison-01", NO_RIGHT, a_path_of_ones_own=("SET search_path = pg_temp, public",
              "SELECT pd.act(<other>, <other_version>, 'annotate', '{\"reason\": \"x\"}', '<new>')")),
    *attempts("liaison-01", RULE, the_clock="SELECT CASE WHEN pd.set_now('2020-01-01') IS NULL THEN 1 END"),
    # People: who may, and whom.
    *(
        Attempt(who, what, DENIED, (statement,))
        for who in ("liaison-01", "officer", "bureau", "auditor", STRANGER)
        for what, statement in (
            ("making somebody", "SELECT pd.administer('create', 'mine', '{\"name\": \"x\", \"group\": \"bureau\", \"verifier\": \"<verifier>\"}')"),
            ("confirming a request", "SELECT pd.decide_request(<request>, true)"),
        )
    ),
    *attempts("admin", NO_RIGHT, making_oneself_an_officer="SELECT pd.administer('regroup', 'admin', '{\"group\": \"officer\"}')",
              a_new_password_for_oneself="SELECT pd.administer('reset_password', 'admin', '{\"verifier\": \"<verifier>\"}')",
              disabling_oneself="SELECT pd.administer('disable', 'admin', '{}')",
              confirming_ones_own_request="SELECT pd.decide_request(<request>, true)",
              deciding_neither_way="SELECT pd.decide_request(<request>, NULL)"),
    *attempts(
        "admin",
        RULE,
        a_request_that_is_none="SELECT pd.decide_request(999999, true)",
        no_request="SELECT pd.decide_request(NULL, true)",
        no_action="SELECT pd.administer(NULL, 'officer', '{}')",
        an_unknown_action="SELECT pd.administer('promote', 'officer', '{}')",
        nobody="SELECT pd.administer('disable', NULL, '{}')",
        facts_that_are_no_object="SELECT pd.administer('disable', 'officer', '[]')",
        facts_without_end="SELECT pd.administer('rename', 'officer', jsonb_build_object('name', repeat('x', 9999)))",
        a_group_that_is_none="SELECT pd.administer('regroup', 'bureau', '{\"group\": \"owner\"}')",
        a_group_as_a_list="SELECT pd.administer('regroup', 'bureau', '{\"group\": [\"officer\"]}')",
        an_agency_for_an_auditor="SELECT pd.administer('regroup', 'bureau', '{\"group\": \"auditor\", \"agency\": <jia>}')",
        an_agency_that_is_none="SELECT pd.administer('move', 'liaison-01', '{\"agency\": 999999}')",
        an_agency_in_words="SELECT pd.administer('move', 'liaison-01', '{\"agency\": \"x\"}')",
        a_head_of_nothing="SELECT pd.administer('set_head', 'auditor', '{\"is_head\": true}')",
        the_owner_reset="SELECT pd.administer('reset_password', 'pd_owner', '{\"verifier\": \"<verifier>\"}')",
        the_administrator_reset="SELECT pd.administer('reset_password', 'postgres', '{\"verifier\": \"<verifier>\"}')",
        the_owner_made="SELECT pd.administer('create', 'pd_owner', '{\"name\": \"x\", \"group\": \"bureau\", \"verifier\": \"<verifier>\"}')",
        a_login_that_is_a_statement="SELECT pd.administer('create', 'x; ALTER ROLE admin SUPERUSER', '{\"name\": \"x\", \"group\": \"bureau\", \"verifier\": \"<verifier>\"}')",
        a_login_that_ends_a_quote="SELECT pd.administer('create', 'x\" SUPERUSER --', '{\"name\": \"x\", \"group\": \"bureau\", \"verifier\": \"<verifier>\"}')",
        a_login_of_the_servers_kind="SELECT pd.administer('create', 'pg_mine', '{\"name\": \"x\", \"group\": \"bureau\", \"verifier\": \"<verifier>\"}')",
        a_login_that_stands_already="SELECT pd.administer('create', 'stranger', '{\"name\": \"x\", \"group\": \"bureau\", \"verifier\": \"<verifier>\"}')",
        a_login_with_a_line_break="SELECT pd.administer('create', E'mine\\n', '{\"name\": \"x\", \"group\": \"bureau\", \"verifier\": \"<verifier>\"}')",
        a_verifier_that_ends_a_quote="SELECT pd.administer('create', 'mine', '{\"name\": \"x\", \"group\": \"bureau\", \"verifier\": \"x'' SUPERUSER --\"}')",
        a_verifier_with_a_tail="SELECT pd.administer('create', 'mine', jsonb_build_object('name', 'x', 'group', 'bureau', 'verifier', '<verifier>' || E'\\n; SELECT 1'))",
        a_verifier_that_takes_no_work="SELECT pd.administer('create', 'mine', jsonb_build_object('name', 'x', 'group', 'bureau', 'verifier', replace('<verifier>', '4096', '0001')))",
        a_password_instead="SELECT pd.administer('create', 'mine', '{\"name\": \"x\", \"group\": \"bureau\", \"verifier\": \"secret\"}')",
        a_name_that_does_not_show="SELECT pd.administer('rename', 'officer', '{\"name\": \"\\u200b\"}')",
        a_password_of_ones_own_in_clear="SELECT pd.change_own_password('secret')",
        no_password_of_ones_own="SELECT pd.change_own_password(NULL)",
        a_notice_that_is_no_list="SELECT pd.import_notice('{}', 'x')",
        a_notice_of_nothing="SELECT pd.import_notice(NULL, 'x')",
        an_export_without_anything="SELECT pd.log_export(NULL, NULL)",
        an_export_of_no_kind="SELECT pd.log_export(NULL, jsonb_build_object('rows', 1, 'hash', repeat('a', 64)))",
        an_export_with_words="SELECT pd.log_export('tickets', '{\"rows\": 1, \"hash\": \"欧阳\"}')",
        an_export_with_a_kind_in_words="SELECT pd.log_export('欧阳秀敏', jsonb_build_object('rows', 1, 'hash', repeat('a', 64)))",
    ),
    *attempts(STRANGER, DENIED, a_password_in_our_name="SELECT pd.change_own_password('<verifier>')",
              an_export="SELECT pd.log_export('x', '{}')", freeing_the_way="SELECT pd.free_the_way()",
              disconnecting="SELECT pd.disconnect_disabled()"),
    # The rater's number.
    *(
        Attempt(who, "the number without being asked to call", NO_RIGHT if who == "liaison-01" else DENIED,
                ("SELECT pd.reveal_contact(<other>, '回访核实诉求')", "SELECT * FROM pd.revealed_contact(<reveal>)"))
        for who in ("liaison-01", "bureau", "admin", "auditor", STRANGER)
    ),
    *attempts("liaison-01", NO_RIGHT, the_number_of_a_closed_ticket="SELECT pd.reveal_contact(<closed>, '回访核实诉求')",
              the_number_of_nobodys_ticket="SELECT pd.reveal_contact(<nobodys>, '回访核实诉求')",
              an_officers_look="SELECT * FROM pd.revealed_contact(<reveal>)",
              looks_by_guessing="SELECT c.* FROM generate_series(1, 200) n, pd.revealed_contact(n) c",
              no_look_at_all="SELECT * FROM pd.revealed_contact(NULL)",
              a_number_before_the_record=("BEGIN", "SELECT pd.reveal_contact(<own>, '回访核实诉求')",
                  "SELECT c.* FROM pd.event e, pd.revealed_contact(e.id) c WHERE e.action = 'reveal_contact'", "ROLLBACK"),
              a_number_between_savepoints=("BEGIN", "SAVEPOINT a", "SELECT pd.reveal_contact(<own>, '回访核实诉求')",
                  "RELEASE a", "SAVEPOINT b", "SELECT c.* FROM pd.event e, pd.revealed_contact(e.id) c"
                  " WHERE e.action = 'reveal_contact'", "ROLLBACK"),
              a_number_in_one_statement="SELECT c.* FROM pd.reveal_contact(<own>, '回访核实诉求') r, LATERAL pd.revealed_contact(r) c",
              a_number_in_a_block="DO $$ DECLARE p text; BEGIN SELECT c.phone INTO p FROM pd.revealed_contact("
              "pd.reveal_contact(<own>, '回访核实诉求')) c; RAISE NOTICE '%', p; END $$"),
    *attempts("liaison-01", RULE, a_number_for_no_reason="SELECT pd.reveal_contact(<own>, NULL)",
              a_number_for_blanks="SELECT pd.reveal_contact(<own>, E'\\u3000 \\t')",
              a_number_for_what_does_not_show="SELECT pd.reveal_contact(<own>, E'\\u200b\\u200d\\ufeff\\u2800')",
              a_number_for_one_letter="SELECT pd.reveal_contact(<own>, 'x')",
              a_number_with_strings_read_otherwise=("SET standard_conforming_strings = off", "SELECT pd.reveal_contact(<own>, '  ')"),
              a_number_in_an_old_snapshot=("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT pd.reveal_contact(<own>, '回访核实诉求')", "COMMIT")),
    *attempts("liaison-01", "55000", a_number_in_a_prepared_transaction=("BEGIN", "SELECT pd.reveal_contact(<own>, '回访核实诉求')",
              "PREPARE TRANSACTION 'mine'")),
    *attempts("officer", NO_RIGHT, a_number_before_the_record=("BEGIN", "SELECT pd.reveal_contact(<own>, '回访核实诉求')",
              "SELECT c.* FROM pd.event e, pd.revealed_contact(e.id) c WHERE e.action = 'reveal_contact' AND e.ticket_id = <own>", "ROLLBACK")),
    *attempts("second-officer", NO_RIGHT, another_officers_look="SELECT * FROM pd.revealed_contact(<reveal>)"),
]  # fmt: skip


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=str)
def test_nobody_rises(besieged: County, attempt: Attempt) -> None:
    check(besieged, attempt)
