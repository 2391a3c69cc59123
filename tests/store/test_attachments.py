"""Files of a rectification: who may bring and read them, what is refused, and what is left behind."""

from __future__ import annotations

import hashlib

import pytest

from app.errors import UserError
from app.tickets import attachments, files, queries
from app.tickets.attachments import PART, Sent
from models.rules.lifecycle import Action
from tests.databases import MONDAY, Database
from tests.files import PNG, docx, ole, pdf
from tests.store.acting import MATERIAL, act


@pytest.fixture
def rectifying(database: Database) -> int:
    """A ticket that 甲镇 rectifies with 乙镇 beside it; 丙镇 has nothing to do with it."""
    database.freeze(MONDAY)
    for login, agency in (("liaison-01", "甲镇"), ("liaison-02", "乙镇"), ("liaison-03", "丙镇")):
        database.liaison(login, agency)
    ticket = database.ticket("甲镇")
    act(database, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇", co=("乙镇",))
    act(database, ticket, Action.ACKNOWLEDGE, login="liaison-01")
    return ticket


def attach(
    database: Database, ticket: int, name: str, content: bytes, login: str = "liaison-01", **more
) -> int:
    store = database.person(login)
    try:
        with store.write() as connection:
            return attachments.attach(connection, ticket, files.prepare(name, content), **more)
    finally:
        store.close()


def detach(database: Database, attachment: int, login: str = "liaison-01") -> None:
    store = database.person(login)
    try:
        with store.write() as connection:
            attachments.detach(connection, attachment)
    finally:
        store.close()


def read(database: Database, attachment: int, login: str = "liaison-01") -> bytes:
    store = database.person(login)
    try:
        with store.read() as connection:
            return attachments.content(connection, attachment)
    finally:
        store.close()


def listed(database: Database, ticket: int, login: str) -> list[str]:
    store = database.person(login)
    try:
        with store.read() as connection:
            return [row.name for row in attachments.of_ticket(connection, ticket)]
    finally:
        store.close()


def test_a_file_comes_in_parts_and_is_given_back_whole(database: Database, rectifying: int) -> None:
    content, seen = pdf() + bytes(PART), []
    made = attach(database, rectifying, "证明.pdf", content, report=seen.append)
    assert seen == [Sent(PART, len(content)), Sent(len(content), len(content))]
    assert read(database, made) == content
    assert database.one("SELECT count(*) FROM pd.attachment_part") == 0
    facts = database.one("SELECT facts FROM pd.event WHERE action = 'attached'")
    assert facts == {
        "round": 1, "attachment": made, "file_kind": "pdf", "size": len(content),
        "hash": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip


def test_what_is_stopped_half_way_leaves_nothing(database: Database, rectifying: int) -> None:
    def stop(_sent: Sent) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        attach(database, rectifying, "证明.pdf", pdf() + bytes(PART), report=stop)
    for table in ("attachment", "attachment_content", "attachment_part"):
        assert database.one(f"SELECT count(*) FROM pd.{table}") == 0


def test_bytes_are_kept_once_and_gone_with_their_last_file(database: Database, rectifying: int) -> None:
    other = database.ticket("甲镇")
    act(database, other, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    act(database, other, Action.ACKNOWLEDGE, login="liaison-01")
    first = attach(database, rectifying, "一.png", PNG)
    second = attach(database, other, "二.png", PNG)
    assert database.one("SELECT count(*) FROM pd.attachment_content") == 1
    detach(database, first)
    assert read(database, second) == PNG
    detach(database, second)
    assert database.one("SELECT count(*) FROM pd.attachment_content") == 0
    assert database.one("SELECT count(*) FROM pd.event WHERE action = 'detached'") == 2


def test_the_same_file_twice_is_told(database: Database, rectifying: int) -> None:
    attach(database, rectifying, "照片.png", PNG)
    with pytest.raises(UserError, match="内容相同的附件已经添加过"):
        attach(database, rectifying, "另一张.png", PNG)


def test_the_twenty_first_file_of_a_round_is_refused(database: Database, rectifying: int) -> None:
    for number in range(20):
        attach(database, rectifying, f"{number}.png", PNG + bytes([number]))
    with pytest.raises(UserError, match="至多 20 个附件"):
        attach(database, rectifying, "20.png", PNG + bytes([20]))


def test_only_its_agencies_bring_files_and_only_while_it_is_rectified(
    database: Database, rectifying: int
) -> None:
    for stranger in ("liaison-03", "officer"):
        with pytest.raises(UserError) as error:
            attach(database, rectifying, "照片.png", PNG, stranger)
        assert error.value.code == "forbidden"
    act(database, rectifying, Action.SUBMIT, login="liaison-01", payload=MATERIAL)
    for member in ("liaison-01", "liaison-02"):
        with pytest.raises(UserError, match="只有整改中的工单"):
            attach(database, rectifying, "照片.png", PNG, member)


def test_files_go_with_the_submission_and_stay(database: Database, rectifying: int) -> None:
    made = attach(database, rectifying, "照片.png", PNG)
    assert listed(database, rectifying, "officer") == []
    assert listed(database, rectifying, "liaison-02") == []
    act(database, rectifying, Action.SUBMIT, login="liaison-01", payload=MATERIAL | {"cause_code": "notice"})
    facts = database.one("SELECT facts FROM pd.event WHERE action = 'submit'")
    assert facts["attachments"] == [hashlib.sha256(PNG).hexdigest()]
    assert facts["cause_code"] == "notice"
    for login in ("officer", "liaison-01", "liaison-02"):
        assert listed(database, rectifying, login) == ["照片.png"]
        assert read(database, made, login) == PNG
    with pytest.raises(UserError, match="没有这个附件，或您无权查看"):
        read(database, made, "liaison-03")
    act(database, rectifying, Action.RETURN_FOR_REWORK, reason="照片不清楚")
    with pytest.raises(UserError, match="已随整改材料提交的附件不能移除"):
        detach(database, made)
    later = attach(database, rectifying, "新照片.png", PNG + b"x")
    act(database, rectifying, Action.SUBMIT, login="liaison-01", payload=MATERIAL)
    store = database.person("officer")
    with store.read() as connection:
        detail = queries.ticket(connection, rectifying)
    store.close()
    newest, oldest = detail.rectifications
    assert [(f.id, f.version) for f in detail.attachments] == [(made, oldest.id), (later, newest.id)]
    assert (oldest.cause_text, newest.cause_text) == ("一次性告知不到位", None)


def test_an_unknown_cause_is_refused(database: Database, rectifying: int) -> None:
    with pytest.raises(UserError, match="请从列表中选择差评产生的原因"):
        act(database, rectifying, Action.SUBMIT, login="liaison-01", payload=MATERIAL | {"cause_code": "x"})


def test_the_database_sees_the_same_kinds(database: Database) -> None:
    samples = (PNG, b"\xff\xd8\xffx", pdf(), docx(), docx("xl/workbook.xml"), ole("WordDocument"), ole("Workbook"),
               ole("EncryptedPackage"), b"hello", b"PK\x03\x04", b"")  # fmt: skip
    for content in samples:
        assert database.one("SELECT pd.kind_of_file(%s)", content) == files.kind_of(content)


@pytest.mark.parametrize("name", ["", "a\\b.png", "../a.png", "a\nb.png", "长" * 121, "a\u202egnp.exe"])
def test_past_the_program_a_name_is_refused_too(database: Database, rectifying: int, name: str) -> None:
    from psycopg.errors import RaiseException

    upload = "00000000-0000-0000-0000-000000000001"
    with pytest.raises(Exception, match="文件名不对") as error:
        database.raw(
            "liaison-01",
            "SELECT pd.attach_part(%s, 0, %s), pd.attach(%s, %s, %s)", upload, PNG, rectifying, upload, name,
        )  # fmt: skip
    assert not isinstance(error.value, RaiseException) and error.value.sqlstate == "PD001"


def test_the_causes_are_the_shipped_list(database: Database) -> None:
    store = database.person("officer")
    with store.read() as connection:
        causes = queries.causes(connection)
    store.close()
    assert causes["notice"] == "一次性告知不到位" and list(causes)[-1] == "other"


def test_whether_others_hold_a_file_cannot_be_guessed(database: Database, rectifying: int) -> None:
    attach(database, rectifying, "照片.png", PNG)
    probe = "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT FROM pd.attachment WHERE hash = sha256(%s)"
    held, other = (
        "\n".join(line for (line,) in database.raw("liaison-03", probe, content) if "Time" not in line)
        for content in (PNG, b"another")
    )
    assert held.replace(hashlib.sha256(PNG).hexdigest(), "") == other.replace(
        hashlib.sha256(b"another").hexdigest(), ""
    )
