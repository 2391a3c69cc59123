"""Paper rating forms (Guide 5.1): checked as a file's row is, loaded by the same loader, corrected by revision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.errors import UserError
from app.intake import paper, queries
from app.intake.paper import Entered, PaperForm
from models.rules.ratings import Platform
from tests.databases import MONDAY, Database
from tests.intake.files import CASE

FORM = PaperForm(
    CASE, "甲镇", 1, date(2026, 11, 2), item="失业登记", hall="甲镇大厅", counter="1号窗口", staff="林燕",
    labels=("108",), words="等了半天，\n没有人管", name="杨秀敏", phone="13384382025",
)  # fmt: skip


@pytest.fixture
def desk(database: Database) -> Database:
    database.freeze(MONDAY)
    agency = database.agency("甲镇")
    database.agency("乙镇")
    hall = database.one(
        "INSERT INTO pd.hall (agency_id, name, registered) VALUES (%s, '甲镇大厅', true) RETURNING id", agency
    )
    database.rows("INSERT INTO pd.counter (hall_id, name, registered) VALUES (%s, '1号窗口', true)", hall)
    database.rows("INSERT INTO pd.service_item (name, registered) VALUES ('失业登记', true)")
    return database


def enter(desk: Database, form: PaperForm, *, mend: bool = False) -> Entered:
    with desk.store.write() as connection:
        return paper.enter(connection, form, mend=mend)


def test_a_bad_form_opens_a_ticket_like_any_other(desk: Database) -> None:
    done = enter(desk, FORM)
    assert (done.inserted, done.tickets_opened) == (True, 1)
    assert desk.rows(
        "SELECT r.platform, r.level, r.labels, r.reason, h.name, c.name, s.name, pd.local_day(r.rated_at), r.area_code"
        " FROM pd.rating r JOIN pd.hall h ON h.id = r.hall_id JOIN pd.counter c ON c.id = r.counter_id"
        " JOIN pd.staff_member s ON s.id = r.staff_id"
    ) == [("paper", 1, ["108"], FORM.words, "甲镇大厅", "1号窗口", "林燕", date(2026, 11, 2), "440881000000")]  # fmt: skip
    assert desk.rows("SELECT state, platform, contact_name, contact_phone FROM pd.ticket") == [
        ("pending", "paper", "杨**", "133****2025")
    ]
    assert desk.one("SELECT count(*) FROM pd.rating_cover") == 0
    assert FORM.phone not in str(desk.rows("SELECT facts FROM pd.event"))
    with desk.store.read() as connection:
        batch = queries.batches(connection)[0]
    assert (batch.file_name, batch.rows, batch.inserted, batch.complete) == ("书面评价表", 1, 1, False)
    assert desk.one("SELECT profile FROM pd.import_batch") == "paper"


def test_a_good_form_opens_none(desk: Database) -> None:
    done = enter(desk, replace(FORM, level=5, labels=(), words=None, name=None, phone=None, item=None))
    assert (done.inserted, done.tickets_opened) == (True, 0)
    assert desk.one("SELECT count(*) FROM pd.rater") == 0


def test_a_slip_is_mended_by_entering_again_and_both_stay(desk: Database) -> None:
    enter(desk, FORM)
    again = enter(desk, FORM)
    assert not again.inserted and not again.revised
    better = replace(FORM, level=2, labels=("207",))
    with pytest.raises(UserError, match="已录入过：非常不满意") as refused:
        enter(desk, better)
    assert refused.value.code == "on_file"
    done = enter(desk, replace(better, agency="乙镇", hall=None, counter=None), mend=True)
    assert done.revised and done.unlike
    assert desk.rows("SELECT first_level, level FROM pd.rating") == [(1, 2)]
    assert desk.rows("SELECT level, labels FROM pd.ticket") == [(2, ["207"])]
    with desk.store.read() as connection:
        known = paper.on_file(connection, CASE, of_staff=False)
        assert known is not None and (known.level, known.labels, known.platform) == (
            2,
            ("207",),
            Platform.PAPER,
        )
        assert paper.on_file(connection, CASE, of_staff=True) is None
        assert paper.on_file(connection, "", of_staff=False) is None


def test_a_case_rated_elsewhere_is_not_rated_on_paper(desk: Database) -> None:
    """Art. 17: once for a case."""
    enter(desk, FORM)
    desk.rows("UPDATE pd.rating SET platform = 'portal'")
    with pytest.raises(UserError, match="只评一次"):
        enter(desk, replace(FORM, level=2, labels=("207",)), mend=True)
    assert enter(desk, replace(FORM, of_staff=True)).inserted


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"labels": (), "words": " "}, "没有标签也没有文字理由"),
        ({"case_number": " "}, "没有办件编号"),
        ({"case_number": "4.4E+20"}, "科学计数法"),
        ({"agency": ""}, "请选择被评价的单位"),
        ({"agency": "丙镇"}, "名录中没有“丙镇”这个单位"),
        ({"item": "没有的事项"}, "名录中没有"),
        ({"hall": "别的大厅", "counter": None}, "这个大厅"),
        ({"counter": "9号窗口"}, "这个窗口"),
        ({"hall": None}, "请选择大厅"),
        ({"level": 0}, "请选择满意度"),
        ({"labels": ("207",)}, "不是同一级"),
        ({"of_staff": True, "staff": None}, "请填写其姓名"),
        ({"rated_on": date(2026, 11, 3)}, "不能晚于今天"),
        ({"rated_on": date(2019, 1, 1)}, "早于最早的评分规则"),
        ({"words": "长" * 2001}, "至多 2000 字"),
        ({"name": "长" * 101}, "至多 100 字"),
    ],
)
def test_what_does_not_stand_is_refused_with_a_sentence(
    desk: Database, change: dict[str, object], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        enter(desk, replace(FORM, **change))  # type: ignore[arg-type]
    assert desk.one("SELECT count(*) FROM pd.rating") == desk.one("SELECT count(*) FROM pd.import_batch") == 0


def test_what_can_be_named(desk: Database) -> None:
    enter(desk, FORM)
    with desk.store.read() as connection:
        known = paper.choices(connection)
    assert known.places == (paper.Place("甲镇", "甲镇大厅", ("1号窗口",)),)
    assert paper.Name("失业登记", "sydj") in known.items and known.staff == (("甲镇", "林燕"),)
    assert {one.level for one in known.labels} == {1, 2, 3, 4, 5}
