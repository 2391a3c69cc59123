"""A circular that writes itself, is written on, issued, read by an agency and taken back: through the real window."""

from __future__ import annotations

from datetime import timedelta

from tests.databases import MONDAY, Database
from tests.flows.driving import Mouse
from tests.flows.path import OFFICER, PLACE
from tests.flows.test_appeal_path import AGENCY, LIAISON
from tests.flows.test_callback_path import elsewhere
from tests.store import loads

_STATES = "SELECT kind, state, number FROM pd.circular ORDER BY id"
_KINDS = (
    "SELECT array_agg(kind ORDER BY kind) FROM pd.circular_file GROUP BY circular_id ORDER BY circular_id"
)


def prepare(county: Database) -> None:
    """October's ratings, closed."""
    with loads.connect(county) as connection:
        rated = [{"case_number": f"G{n}", "level": 5 - n % 2} for n in range(40)]
        loads.ratings(
            connection,
            *(r | {"agency": AGENCY, "rated_at": MONDAY.replace(month=10, day=20)} for r in rated),
        )
    county.raw("officer", "SELECT pd.close_month('2026-10-01', '')")


def issue(hands: Mouse, county: Database, states: list[tuple[str, str, int | None]]) -> None:
    """Issues the draft that is open."""
    hands.press("印发…")
    hands.until(lambda: "将取今年的下一个文号" in hands.text())
    hands.confirm("确认印发")
    hands.until(lambda: county.rows(_STATES) == states)
    hands.settle()


def test_a_circular_goes_from_its_draft_to_its_withdrawal(qtbot, at_the_desk, county: Database) -> None:
    county.freeze(MONDAY + timedelta(hours=1))
    elsewhere(prepare, county)
    hands = Mouse(qtbot, at_the_desk)
    hands.page(PLACE["通报"], "通报")
    hands.press("起草通报")
    hands.confirm("起草")
    hands.until(lambda: hands.shown("印发…"))
    assert county.rows(_STATES) == [("monthly", "draft", None)]
    hands.write("标题；换行处就是断行处", "")
    hands.press("返回（Esc）")
    assert "请先写标题" in hands.text() and hands.shown("印发…")  # what was written is not left behind
    hands.write("标题；换行处就是断行处", "关于十月情况的通报")
    hands.until(lambda: "已保存" in hands.text())
    issue(hands, county, [("monthly", "issued", 1)])
    hands.sit_down(county.one(LIAISON, AGENCY))
    hands.page(PLACE["通报"], "通报")
    hands.until(lambda: "关于十月情况的通报" in hands.text() and hands.shown("另存…"))
    assert not hands.shown("起草通报") and not hands.shown("撤销这份通报")
    hands.sit_down(OFFICER)
    hands.page(PLACE["通报"], "通报")
    hands.until(lambda: hands.shown("另存…"))
    hands.begin("撤销这份通报")
    hands.confirm("起草撤销通知")
    hands.until(lambda: hands.shown("印发…"))
    issue(hands, county, [("monthly", "withdrawn", 1), ("withdrawal", "issued", 2)])
    assert [set(kinds) >= {"pdf", "docx"} for (kinds,) in county.rows(_KINDS)] == [True, True]
