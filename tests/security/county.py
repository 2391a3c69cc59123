"""A county for attackers: two agencies with secrets of their own, and what must never be seen by whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql

from app.database import embedded, schema
from app.database.embedded import Cluster
from app.database.engine import Store
from app.registry import seeding
from models.rules.lifecycle import Action
from models.rules.people import Group
from models.sql import DATABASE
from tests.databases import MONDAY, Database, administer
from tests.store.acting import CLOSED, MATERIAL, act

#: Words that belong to one agency's tickets; every table that can hold words holds some.
WORDS = {
    "甲镇": (
        "甲镇窗口让人白跑三趟",
        "请甲镇三日内说明",
        "甲镇人手不足",
        "HCP-JIA",
        "CASE-JIA",
        "甲镇评价改口",
    ),
    "乙镇": (
        "乙镇窗口当众训斥群众",
        "请乙镇三日内说明",
        "乙镇告知不全",
        "HCP-YI",
        "CASE-YI",
        "乙镇评价改口",
    ),
}
NOBODYS = ("无人承办的原话", "HCP-NOBODY", "CASE-NOBODY")
#: What was handed to others: seen by whom it names, and by whom it does not.
HINTS = ("指名的线索", "未指名的线索")
#: The title of a circular that went out, and of one that did not.
CIRCULAR, DRAFT = "印发的通报", "通报草稿标题"
#: The raters: what nobody sees without a reason on record.
RATER = ("欧阳秀敏", "13912347788", "330225199001017788")
MASKED = ("欧***", "139****7788")
#: What a waiting request keeps, and what stands in staging.
VERIFIER = f"SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==${'A' * 43}=:{'B' * 43}="
STAGED = "暂存区里的原话"
#: People beside those of every embedded database. Of their own names: roles belong to the whole server.
PEOPLE = (
    ("second-admin", Group.ADMIN),
    ("second-auditor", Group.AUDITOR),
    ("second-officer", Group.OFFICER),
)
#: Somebody who may connect and is in no group.
STRANGER = "stranger"
WHY = "回访核实诉求"
_numbers = count(1)


class County:
    """The database, and the numbers that attackers type by the names that stand in their statements."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.numbers: dict[str, int] = {}
        self._eyes = psycopg.connect(database.conninfo(embedded.SUPERUSER), autocommit=True)
        self._build()
        self._standing: Any = _standing(self._eyes)
        self._shared: Any = _hashed({name: f"SELECT * FROM {name}" for name in _SHARED})
        self._before: dict[str, str] = {}
        self.changed()

    def close(self) -> None:
        """Ends the connection of the administrator's eyes."""
        self._eyes.close()

    def fill(self, statement: str) -> str:
        """A statement with `<other>` and the like replaced."""
        for name, value in self.numbers.items():
            statement = statement.replace(f"<{name}>", str(value))
        return statement.replace("<verifier>", VERIFIER).replace("<new>", str(uuid4()))

    def note_the_server(self) -> None:
        """Takes roles and settings as they are now: other tests of this server may have made some."""
        self._before |= dict(self._eyes.execute(self._shared).fetchall())

    def changed(self) -> set[str]:
        """What does not stand as it stood when this was last asked: rows, code, rights, roles, settings."""
        now = dict(self._eyes.execute(self._standing).fetchall())
        before, self._before = self._before, now
        return {name for name, value in now.items() if value != before.get(name)}

    def _build(self) -> None:
        database = self.database
        database.freeze(MONDAY)
        for number, agency in enumerate(WORDS, start=1):
            database.liaison(f"liaison-0{number}", agency)
            self.numbers[("jia", "yi")[number - 1]] = database.agency(agency)
        with schema.administration(database.conninfo(embedded.SUPERUSER)) as connection:
            for login, group in PEOPLE:
                seeding.add_person(connection, login, login, group, secret=database.cluster.secret)
        self.numbers["own"] = self.ticket("甲镇")
        self.numbers["other"] = self.ticket("乙镇")
        self._send("甲镇", self.numbers["own"])
        self._hand_in("乙镇", self.numbers["other"], "liaison-02")
        self.numbers["closed"] = self._closed()
        self.numbers["nobodys"] = self.ticket("甲镇", words=NOBODYS)
        self._rate()
        self._attach()
        self._suggest()
        self._keep_filters()
        self._count()
        self._appeal()
        self._call_back()
        self._refer()
        self._circulate()
        # No longer marked as test: nobody may set the clock.
        self.database.rows("UPDATE pd.instance SET frozen_at = NULL, test = false")
        self._ask()
        self._stage()
        self.numbers["words_of_events"] = self.database.one("SELECT 'pd.event_text'::regclass::oid::bigint")
        for name in ("own", "other", "closed", "nobodys"):
            self.numbers[f"{name}_version"] = database.one(
                "SELECT version FROM pd.ticket WHERE id = %s", self.numbers[name]
            )
        database.rows("ANALYZE")

    def ticket(self, agency: str, words: tuple[str, ...] = ()) -> int:
        """A pending ticket with words, a number and a rater of its own."""
        made = self.database.ticket(agency)
        reason, number, case = words or (WORDS[agency][0], WORDS[agency][3], WORDS[agency][4])
        taken = self.database.one("SELECT count(*) FROM pd.ticket WHERE number LIKE %s || '%%'", number)
        self.database.rows(
            "UPDATE pd.ticket SET reason = %s, number = %s, case_number = %s, search = lower(%s || ' ' || %s),"
            " grams = pd.grams(%s || ' ' || %s), contact_name = %s, contact_phone = %s WHERE id = %s",
            reason, number + "-x" * taken, case, number, reason, number, reason, *MASKED, made,
        )  # fmt: skip
        self.database.rows(
            "UPDATE pd.rater SET name = %s, phone = %s, identity_number = %s WHERE ticket_id = %s",
            *RATER,
            made,
        )
        return made

    def _send(self, agency: str, ticket: int) -> None:
        act(self.database, ticket, Action.VERIFY_AND_DISPATCH, lead=agency, reason=WORDS[agency][1])
        self.database.raw("officer", "SELECT pd.number_dispatch(%s)", ticket)

    def _hand_in(self, agency: str, ticket: int, login: str) -> None:
        self._send(agency, ticket)
        act(self.database, ticket, Action.ACKNOWLEDGE, login=login)
        material = MATERIAL | {"cause": WORDS[agency][2]}
        act(self.database, ticket, Action.SUBMIT, login=login, payload=material)

    def _closed(self) -> int:
        """A ticket that 甲镇 brought to its end."""
        made = self.ticket("甲镇")
        self._hand_in("甲镇", made, "liaison-01")
        for action in (Action.APPROVE, Action.REPORT):
            act(self.database, made, action)
        act(self.database, made, Action.CONFIRM_CLOSED, payload=CLOSED)
        return made

    def _rate(self) -> None:
        """A rating and its revision on either agency's ticket."""
        for name, agency in (("own", "甲镇"), ("other", "乙镇")):
            self.numbers[f"{name}_rating"] = self.database.one(
                "INSERT INTO pd.rating (area_code, case_number, target, service_number, rating_number, agency_id,"
                " platform, level, first_level, is_default, first_default, reason, rated_at, ticket_id, batch_id)"
                " VALUES ('3302', %s, 'item', 1, 1, %s, 'hall', 1, 1, false, false, %s, %s, %s, %s) RETURNING id",
                WORDS[agency][4], self.database.agency(agency), WORDS[agency][0], MONDAY, self.numbers[name],
                self.database.batch(),
            )  # fmt: skip
            self.database.rows(
                "INSERT INTO pd.rating_revision (rating_id, level, is_default, reason, rated_at, batch_id)"
                " VALUES (%s, 2, false, %s, %s, %s)",
                self.numbers[f"{name}_rating"], WORDS[agency][5], MONDAY, self.database.batch(),
            )  # fmt: skip
            self.database.rows(
                "UPDATE pd.ticket SET reason = reason || '。' WHERE id = %s", self.numbers[name]
            )
            self.database.rows(
                "INSERT INTO pd.rater (rating_id, name, phone, identity_number) VALUES (%s, %s, %s, %s)",
                self.numbers[f"{name}_rating"],
                *RATER,
            )

    def _attach(self) -> None:
        """A file on either agency's ticket."""
        for name, agency in (("own", "甲镇"), ("other", "乙镇")):
            self.database.rows(
                "WITH c AS (INSERT INTO pd.attachment_content VALUES (sha256(%s), %s) RETURNING hash)"
                " INSERT INTO pd.attachment (ticket_id, round, agency_id, name, kind, size, hash, added_at, added_by)"
                " SELECT %s, 1, %s, %s || '.pdf', 'pdf', 1, hash, %s, 'officer' FROM c",
                WORDS[agency][2].encode(), WORDS[agency][2].encode(), self.numbers[name],
                self.database.agency(agency), WORDS[agency][2], MONDAY,
            )  # fmt: skip

    def _suggest(self) -> None:
        """A suggestion with either agency, its contact, and a look at it."""
        for agency in WORDS:
            number = self.database.one(
                "INSERT INTO pd.suggestion (source, topic, received_on, words, state, holder_id, recorded_at, recorded_by,"
                " search, grams) VALUES ('box', 'other', %s, %s, 'dispatched', %s, %s, 'officer', %s, pd.grams(%s))"
                " RETURNING id",
                MONDAY.date(), WORDS[agency][0], self.database.agency(agency), MONDAY, WORDS[agency][0], WORDS[agency][0],
            )  # fmt: skip
            self.database.rows("INSERT INTO pd.suggestion_contact VALUES (%s, %s, %s)", number, *RATER[:2])
            for step, words in (("suggestion_recorded", WORDS[agency][1]), ("suggestion_contact", WHY)):
                self.database.rows(
                    "SELECT pd.note_suggestion(s, NULL, %s, %s) FROM pd.suggestion s WHERE id = %s",
                    step, words, number,
                )  # fmt: skip

    def _keep_filters(self) -> None:
        """Filters of an officer and of either agency, one of them shared; each wants to be told of their own."""
        for owner, shared in (
            ("officer", False),
            ("officer", True),
            ("liaison-01", False),
            ("liaison-02", False),
        ):
            number = self.database.one(
                "INSERT INTO pd.saved_filter (owner, name, conditions, shared, changed_at)"
                " VALUES (%s, %s, '{}', %s, pd.now()) RETURNING id",
                owner, "共享的" if shared else "自己的", shared,
            )  # fmt: skip
            self.database.rows("INSERT INTO pd.filter_notice VALUES (%s, %s, 0)", owner, number)
            self.numbers[f"filter_of_{owner.replace('-', '_')}{'_shared' * shared}"] = number

    def _count(self) -> None:
        """Cases, a closed month, assessed values and orders to improve, of either agency."""
        database = self.database
        for agency in ("jia", "yi"):
            number = self.numbers[agency]
            database.rows(
                "INSERT INTO pd.service_case (case_number, area_code, agency_id, platform, status, finished_at, batch_id)"
                " VALUES (%s, '440881', %s, 'hall', 3, '2026-10-09 10:00+08', 1)",
                f"CASE-OF-{agency}", number,
            )  # fmt: skip
            database.rows(
                "INSERT INTO pd.assessment (agency_id, first_month, last_month, indicator, source, value, evidence, assessor,"
                " entered_by, entered_at) VALUES (%s, '2026-10-01', '2026-10-01', '1.1', 'review', 80, '查看现场', '评议组',"
                " 'officer', pd.now())",
                number,
            )
            self.numbers[f"order_of_{agency}"] = database.one(
                "INSERT INTO pd.improvement_order (year, number, agency_id, subject, proposal, basis, issued_on, days, due_on,"
                " provisional, issued_by, issued_at, command_id) VALUES (2026, %s, %s, '窗口态度', '培训', '{}', pd.today(), 10,"
                " pd.due(pd.today(), 10), false, 'officer', pd.now(), gen_random_uuid()) RETURNING id",
                {"jia": 1, "yi": 2}[agency], number,
            )  # fmt: skip
            database.rows(
                "SELECT pd.note_improvement(o, 'improvement_issued', NULL) FROM pd.improvement_order o WHERE id = %s",
                self.numbers[f"order_of_{agency}"],
            )
        self._close_a_month()

    def _close_a_month(self) -> None:
        """A closed month in which each agency's tickets were counted."""
        made = self.database.one(
            "INSERT INTO pd.month_close (month, closed_at, closed_by, note, rule_set, rule_set_name, parameters, ratings,"
            " ratings_hash, tickets, tickets_hash, cases, cases_hash, chain_no) SELECT '2026-10-01', pd.now(), 'officer', '',"
            " effective_from, name, parameters, 0, '', 2, '', 0, '', 0 FROM pd.rule_set RETURNING id"
        )
        self.database.rows(
            "INSERT INTO pd.closed_ticket SELECT %s, id, holder_id, false, false, false FROM pd.ticket", made
        )
        self.database.rows(
            "INSERT INTO pd.closed_ticket_count SELECT %s, agency_id, false, false, false, count(*) FROM pd.closed_ticket"
            " GROUP BY agency_id",
            made,
        )
        for agency in (self.numbers["jia"], self.numbers["yi"]):
            somebody = self.database.one(
                "INSERT INTO pd.staff_member (agency_id, name) VALUES (%s, '窗口人员') RETURNING id", agency
            )
            self.database.rows("INSERT INTO pd.closed_staff VALUES (%s, %s, 1, 0, 0, 0, 1)", made, somebody)
            self.database.rows(
                "INSERT INTO pd.tally_staff VALUES ('2026-10-09', %s, 1, 0, 0, 0, 1)", somebody
            )

    def _appeal(self) -> None:
        """An appeal of either agency with evidence and leave to be late; the other's was upheld, corrected and filed."""
        database = self.database
        for name, agency, login in (("own", "甲镇", "liaison-01"), ("other", "乙镇", "liaison-02")):
            rating = self.numbers[f"{name}_rating"]
            database.raw("officer", "SELECT pd.admit_appeal(%s, '出差')", rating)
            facts = {"rating": rating, "appellant": "窗口人员", "statement": WORDS[agency][2]}
            made = database.raw(
                login, "SELECT pd.file_appeal(%s::jsonb, gen_random_uuid())", json.dumps(facts)
            )[0][0]
            self.numbers[f"{name}_appeal"] = made["appeal"]
            self.numbers[f"{name}_evidence"] = database.one(
                "INSERT INTO pd.appeal_file (appeal_id, name, kind, size, hash, added_at, added_by)"
                " SELECT %s, %s || '.pdf', 'pdf', 1, sha256(%s), pd.now(), %s RETURNING id",
                made["appeal"], WORDS[agency][2], WORDS[agency][2].encode(), login,
            )  # fmt: skip
        self._decide(self.numbers["other_appeal"])
        # A correction beside a rating of the first agency too, so that each has one.
        database.rows(
            "INSERT INTO pd.correction SELECT id, %s, agency_id, case_number, area_code, target, rating_number, 'mistaken',"
            " 'replace', 5, pd.now(), 'officer' FROM pd.rating WHERE id = %s",
            self.numbers["own_appeal"], self.numbers["own_rating"],
        )  # fmt: skip

    def _decide(self, appeal: int) -> None:
        """Found by the agency, decided by an officer, filed with the bureau."""
        for login, version, action, payload in (
            ("liaison-02", 1, "appeal_uphold", {"finding": "mistaken", "level": 4, "text": WORDS["乙镇"][2]}),
            ("officer", 2, "appeal_correct", {"text": WORDS["乙镇"][2]}),
        ):
            self.database.raw(
                login,
                "SELECT pd.act_appeal(%s, %s, %s, %s::jsonb, gen_random_uuid())",
                appeal, version, action, json.dumps(payload),
            )  # fmt: skip
        month = MONDAY.date().replace(day=1).isoformat()
        facts = {"kind": "corrections", "first": month, "last": month}
        made = self.database.raw(
            "officer", "SELECT pd.make_filing(%s::jsonb, gen_random_uuid())", json.dumps(facts)
        )
        self.numbers["filing"] = made[0][0]["filing"]

    def _call_back(self) -> None:
        """A sample with a call on a ticket of either agency, and one of each that nobody made yet."""
        for agency in ("jia", "yi"):
            sample = self.database.one(
                "INSERT INTO pd.callback_sample (month, agency_id, size, seed, method, stock, drawn, drawn_at, drawn_by, command_id)"
                " VALUES ('2026-11-01', %s, 1, 'a', 'sha256-smallest-1', '{}', '{}', pd.now(), 'officer', gen_random_uuid())"
                " RETURNING id",
                self.numbers[agency],
            )
            ticket = self.numbers["own" if agency == "jia" else "other"]
            for kind, outcome in (("spot_check", None), ("hotline", "satisfied"), ("agency", None)):
                call = self.database.one(
                    "INSERT INTO pd.callback AS c (ticket_id, kind, round, agency_id, sample_id, opened_at, outcome, words)"
                    " VALUES (%s, %s, 1, %s, %s, pd.now(), %s, %s) RETURNING id",
                    ticket, kind, self.numbers[agency], sample, outcome, WORDS["甲镇" if agency == "jia" else "乙镇"][1],
                )  # fmt: skip
                self.numbers[f"{kind}_of_{agency}"] = call
                self.database.rows(
                    "SELECT pd.note_callback(c, 'callback_try', NULL, NULL) FROM pd.callback c WHERE c.id = %s",
                    call,
                )

    def _refer(self) -> None:
        """A hint of misconduct that names one person of each group, another that names nobody, people held to account."""
        for number, people in enumerate(
            (["liaison-01", "bureau", "admin", "auditor", "officer"], []), start=1
        ):
            self.numbers[f"referral_{number}"] = self.database.one(
                "INSERT INTO pd.referral (year, number, ticket_id, reference, department, subject, hint, people, made_on, made_at,"
                " made_by, command_id) VALUES (2026, %s, %s, 'X', '纪委', %s, %s, %s, pd.today(), pd.now(), 'head',"
                " gen_random_uuid()) RETURNING id",
                number, self.numbers["own"], HINTS[number - 1], HINTS[number - 1], people,
            )  # fmt: skip
            self.database.rows(
                "SELECT pd.note_referral(%s, 'made', NULL)", self.numbers[f"referral_{number}"]
            )
        for agency in ("jia", "yi"):
            self.database.rows(
                "INSERT INTO pd.accountability (agency_id, staff_id, ground, facts, measure, decided_on, recorded_at, recorded_by,"
                " command_id) SELECT %s, id, 'repeated', '事实', '谈话', pd.today(), pd.now(), 'officer', gen_random_uuid()"
                " FROM pd.staff_member WHERE agency_id = %s",
                self.numbers[agency], self.numbers[agency],
            )  # fmt: skip

    def _circulate(self) -> None:
        """A circular that went out with its file, and a draft that has one only by mistake."""
        for number, state in ((1, "issued"), (None, "draft")):
            self.numbers[f"circular_{state}"] = self.database.one(
                "INSERT INTO pd.circular (kind, first_month, last_month, title, content, state, made_at, made_by, command_id,"
                " changed_at, changed_by, year, number, search, grams) VALUES ('monthly', '2026-10-01', '2026-10-01', %s, '{}', %s,"
                " pd.now(), 'officer', gen_random_uuid(), pd.now(), 'officer', %s, %s, '', '') RETURNING id",
                CIRCULAR if number else DRAFT, state, number and 2026, number,
            )  # fmt: skip
            self.database.rows(
                "INSERT INTO pd.circular_file (circular_id, name, kind, size, hash, content)"
                " VALUES (%s, 'a.pdf', 'pdf', 1, sha256('a'), 'a')",
                self.numbers[f"circular_{state}"],
            )

    def _ask(self) -> None:
        """What waits or was looked up: a request of the first admin, a reveal of an officer."""
        facts = {"name": "新负责人", "group": "officer", "verifier": VERIFIER}
        self.numbers["request"] = self.database.raw(
            "admin",
            "SELECT (pd.administer('create', 'rising', %s::jsonb) ->> 'request')::bigint",
            json.dumps(facts),
        )[0][0]
        self.numbers["reveal"] = self.database.raw(
            "officer", "SELECT pd.reveal_contact(%s, %s)", self.numbers["other"], WHY
        )[0][0]

    def _stage(self) -> None:
        """A load that died left a row behind."""
        self.database.rows(
            "ALTER TABLE pd.staging_summary DISABLE TRIGGER only_in_own_load;"
            f"INSERT INTO pd.staging_summary VALUES (1, 1, '2026-10-01', '{STAGED}', 'hall', NULL,"
            " 1, 1, 1, 0, 0, 0, 0, 0); ALTER TABLE pd.staging_summary ENABLE TRIGGER only_in_own_load"
        )


def hidden_from(login: str) -> tuple[str, ...]:
    """The words that somebody must not see, whatever they do."""
    always = (*RATER, VERIFIER, STAGED, HINTS[1])
    if login.startswith(("officer", "second-officer")):
        return always
    if login == "liaison-01":
        return (*always, *WORDS["乙镇"], *NOBODYS, DRAFT)
    return (*always, DRAFT, *MASKED, *WORDS["甲镇"], *WORDS["乙镇"], *NOBODYS)


@contextmanager
def county(server: Cluster) -> Iterator[County]:
    """A county in a database of its own, with a stranger who may connect."""
    name = f"county_{next(_numbers)}"
    called = sql.Identifier(name)
    administer(
        server,
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(called, sql.Identifier(embedded.DATABASE)),
    )
    with schema.administration(server.conninfo(embedded.SUPERUSER, name)) as connection:
        schema.run(connection, DATABASE)
        connection.exec_driver_sql(
            "DO $$ BEGIN CREATE ROLE stranger LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        )
        connection.exec_driver_sql(f'GRANT CONNECT ON DATABASE "{name}" TO stranger')
    database = Database(server, name, Store(server.conninfo("officer", name)))
    made = County(database)
    yield made
    made.close()
    database.store.close()
    administer(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(called))


def _standing(eyes: psycopg.Connection[Any]) -> str:
    """A query for name → hash of what must not change."""
    tables = eyes.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'pd'::regnamespace AND relkind = 'r'"
    ).fetchall()
    parts = {f"pd.{name}": f"SELECT * FROM pd.{name}" for (name,) in tables}
    parts |= {name: f"SELECT * FROM {name}" for name in _CATALOGUES} | _STANDING
    return _hashed(parts)


def _hashed(queries: dict[str, str]) -> str:
    """One query for the hash of the rows of each. Sorted: an update that changes nothing moves a row too."""
    return " UNION ALL ".join(
        f"SELECT '{name}', md5(coalesce(string_agg(x::text, '|' ORDER BY x::text), '')) FROM ({query}) x"
        for name, query in queries.items()
    )


#: What belongs to the whole server.
_SHARED = ("pg_authid", "pg_auth_members", "pg_db_role_setting", "pg_parameter_acl", "pg_subscription")
_CATALOGUES = (*_SHARED, "pg_namespace", "pg_policy", "pg_trigger", "pg_default_acl", "pg_largeobject_metadata",
               "pg_extension", "pg_foreign_server", "pg_event_trigger", "pg_language", "pg_publication",
               "pg_statistic_ext", "pg_prepared_xacts", "pg_file_settings")  # fmt: skip
#: What is long is told by its sums.
_STANDING = {
    "pd.calendar_day": "SELECT count(*), sum(working_no), count(*) FILTER (WHERE working), count(*) FILTER (WHERE published),"
    " sum(length(why)) FROM pd.calendar_day",
    "functions": "SELECT oid, proname, prosrc, proowner, prosecdef, proconfig FROM pg_proc"
    " WHERE pronamespace = 'pd'::regnamespace",
    "all functions": "SELECT count(*), max(oid), count(*) FILTER (WHERE proleakproof) FROM pg_proc",
    "rights on functions": "SELECT oid, proacl FROM pg_proc WHERE proacl IS NOT NULL",
    "relations": "SELECT oid, relname, relkind, relacl, relowner, relrowsecurity, relforcerowsecurity"
    " FROM pg_class WHERE oid >= 16384",
    "rules, operators and casts": "SELECT count(*), max(oid) FROM pg_rewrite UNION ALL SELECT count(*), max(oid)"
    " FROM pg_operator UNION ALL SELECT count(*), max(oid) FROM pg_cast",
    "rights on columns": "SELECT attrelid, attname, attacl FROM pg_attribute WHERE attacl IS NOT NULL",
    "types": "SELECT oid, typname FROM pg_type WHERE oid >= 16384",
    "this database": "SELECT datname, datacl, datdba FROM pg_database WHERE datname = current_database()",
}
