"""What makes a good password, and that the server never needs to see one."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from app.database import embedded, passwords, schema
from tests.databases import Database


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("short1", "至少"),
        ("onlyletters", "数字"),
        ("1234567890", "字母"),
        ("xLiWei20261", "账号"),
        ("李伟的生日是1990", "姓名"),
        ("the-old-one-1", "原密码"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password: str, word: str) -> None:
    said = passwords.problem(password, "liwei", "李伟", "the-old-one-1")
    assert said is not None and word in said and said.endswith("。")


def test_a_good_password_is_taken() -> None:
    assert passwords.problem("qingshan-lvshui-26", "liwei", "李伟", "the-old-one-1") is None


def test_a_very_short_login_is_not_looked_for() -> None:
    assert passwords.problem("quanxian2026", "qu", "权") is None


def test_a_temporary_password_passes_its_own_rule_and_has_nothing_to_mistake() -> None:
    for made in (passwords.temporary() for _ in range(200)):
        assert passwords.problem(made) is None
        assert not set(made) & set("01iloO")
        assert [len(part) for part in made.split("-")] == [4, 4, 4]


def test_temporary_and_unknown_passwords_do_not_repeat() -> None:
    assert len({passwords.temporary() for _ in range(50)} | {passwords.unknown() for _ in range(50)}) == 100


@pytest.mark.parametrize("password", ["qingshan-lvshui-26", "密码的第1种写法", "with ' quote \\ 1"])
def test_the_server_keeps_the_verifier_as_it_was_computed(database: Database, password: str) -> None:
    with database.store.read() as connection:
        made = passwords.verifier(connection, "officer", password)
    assert made.startswith("SCRAM-SHA-256$4096:") and password not in made
    with schema.administration(database.conninfo(embedded.SUPERUSER)) as connection:
        before = database.one("SELECT rolpassword FROM pg_authid WHERE rolname = 'officer'")
        driver: psycopg.Connection = connection.connection.driver_connection  # type: ignore[assignment]
        driver.execute(sql.SQL("ALTER ROLE officer PASSWORD {}").format(made))
        kept = driver.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'officer'").fetchone()
        connection.rollback()
    assert kept == (made,)
    assert database.one("SELECT rolpassword FROM pg_authid WHERE rolname = 'officer'") == before
