"""Drafts, numbers without gaps, what was issued and withdrawn, against the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import psycopg
import pytest

from app.circulars import commands, queries
from app.circulars.draft import Draft, Field, Inset, Section, Words, bound, from_json, to_json
from app.circulars.rows import CircularFilter, Rendered
from app.documents.model import Level
from app.errors import UserError
from models.rules.circulars import Form, Kind, State
from tests.databases import MONDAY, Database

OCTOBER = date(2026, 10, 1)
DRAFT = Draft(
    title="关于10月“好差评”情况的通报",
    form=Form.LETTER,
    number_word="好差评通报",
    addressee="各镇（街道）",
    opening=Words(("现将", Field("total.ratings", "6,000"), "条评价的情况通报如下。")),
    sections=(
        Section(
            "overall",
            "总体情况",
            (
                Words((Field("total.mean", "9.91", detached=True), "分。"), Level.SECOND),
                Inset("table", "ranking"),
            ),
        ),
    ),
    copies=("市政务服务数据管理局",),
)


def files(number: str, day: date) -> list[Rendered]:
    return [Rendered("通报.pdf", "pdf", f"{number} {day}".encode()), Rendered("通报.docx", "docx", b"w")]


def make(database: Database, draft: Draft = DRAFT, **more: object) -> commands.Done:
    with database.store.write() as connection:
        return commands.create(
            connection, more.pop("kind", Kind.MONTHLY), OCTOBER, OCTOBER, draft, command_id=uuid4(), **more
        )  # type: ignore[arg-type]


def test_a_draft_is_kept_as_it_was_written() -> None:
    assert from_json(to_json(DRAFT)) == DRAFT
    shown = bound(DRAFT, {"total.ratings": "6,001"})
    assert shown.opening.text == "现将6,001条评价的情况通报如下。"
    assert [f.text for f in shown.detached()] == ["9.91"]  # typed by hand: it follows nothing
    assert [f.key for f in bound(DRAFT, {}).detached()] == ["total.ratings", "total.mean"]


def test_who_keeps_a_draft_second_is_told(database: Database) -> None:
    made = make(database)
    longer = replace(DRAFT, note="附注")
    with database.store.write() as connection:
        kept = commands.save(connection, made.circular, made.version, longer, command_id=uuid4())
    assert kept.version == made.version + 1
    with pytest.raises(UserError) as told, database.store.write() as connection:
        commands.save(connection, made.circular, made.version, DRAFT, command_id=uuid4())
    assert told.value.code == "stale"
    with database.store.read() as connection:
        assert queries.circular(connection, made.circular).draft == longer
        assert [r.id for r in queries.page(connection, CircularFilter(search="附注")).rows] == [made.circular]
        assert queries.page(connection, CircularFilter(search="没有的话")).rows == ()


def test_a_month_that_is_not_closed_is_a_draft_only_and_no_number_is_lost(database: Database) -> None:
    database.freeze(MONDAY)
    made = make(database)
    with pytest.raises(UserError, match="没封账"), database.store.write() as connection:
        commands.issue(connection, made.circular, made.version, DRAFT, files)

    def broken(number: str, day: date) -> list[Rendered]:
        raise UserError("字体坏了。", code="refused")

    with database.store.read() as connection:
        assert queries.circular(connection, made.circular).months_open == (OCTOBER,)
    database.raw("officer", "SELECT pd.close_month('2026-10-01', '')")
    with pytest.raises(UserError, match="字体"), database.store.write() as connection:
        commands.issue(connection, made.circular, made.version, DRAFT, broken)
    with database.store.write() as connection:
        done = commands.issue(connection, made.circular, made.version, DRAFT, files)
    assert done.number == "好差评通报〔2026〕1号"
    with database.store.read() as connection:
        found = queries.circular(connection, made.circular)
        pdf = queries.file_bytes(connection, found.files[0].id)
    assert pdf == f"好差评通报〔2026〕1号 {MONDAY.date()}".encode() and found.row.state is State.ISSUED
    with pytest.raises(psycopg.ProgrammingError, match="通报已经印发"):
        database.raw("officer", "SELECT pd.reopen_month('2026-10-01', '改数')")


def test_what_went_out_is_everybodys_and_what_took_it_back_names_it(database: Database) -> None:
    database.freeze(MONDAY)
    database.raw("officer", "SELECT pd.close_month('2026-10-01', '')")
    numbers = []
    for _ in range(2):
        made = make(database)
        with database.store.write() as connection:
            numbers.append(commands.issue(connection, made.circular, made.version, DRAFT, files).number)
    draft = make(database)
    back = make(database, kind=Kind.WITHDRAWAL, withdraws=made.circular)
    database.freeze(MONDAY + timedelta(days=90))  # a year later the sequence begins anew
    with database.store.write() as connection:
        numbers.append(commands.issue(connection, back.circular, back.version, DRAFT, files).number)
    assert numbers == ["好差评通报〔2026〕1号", "好差评通报〔2026〕2号", "好差评通报〔2027〕1号"]
    with database.store.read() as connection:
        taken = queries.circular(connection, made.circular)
    assert taken.row.state is State.WITHDRAWN and taken.withdrawn_by is not None
    assert taken.withdrawn_by.id == back.circular and taken.files  # the old one stays in the archive
    seen = database.raw("bureau", "SELECT id FROM pd.circular ORDER BY id")
    assert (draft.circular,) not in seen and len(seen) == 3
    with pytest.raises(UserError, match="改过、印发"), database.store.write() as connection:
        commands.drop(connection, taken.row.id, taken.row.version)
