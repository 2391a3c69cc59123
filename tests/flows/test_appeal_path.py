"""An appeal filed, found and decided, with its preview, filed with the bureau and acknowledged: through the real window."""

from __future__ import annotations

from datetime import timedelta

from models.rules.lifecycle import Action
from tests.databases import MONDAY, Database
from tests.flows.driving import Mouse
from tests.flows.path import OFFICER, PLACE
from tests.flows.test_callback_path import elsewhere
from tests.store import loads
from tests.store.acting import act

AGENCY = "石城镇"
BUREAU = "数据管理局经办"
LIAISON = "SELECT u.name FROM pd.app_user u JOIN pd.agency a ON a.id = u.agency_id WHERE a.name = %s ORDER BY 1 LIMIT 1"


def prepare(county: Database) -> int:
    """A month with one bad rating among good ones; its ticket is with the agency."""
    with loads.connect(county) as connection:
        rows = [{"case_number": f"G{n}", "level": 5} for n in range(30)] + [{"case_number": "B0", "level": 1}]
        loads.ratings(
            connection, *(r | {"agency": AGENCY, "rated_at": MONDAY - timedelta(hours=2)} for r in rows)
        )
    (ticket,) = county.rows("SELECT id FROM pd.ticket")[0]
    act(county, ticket, Action.VERIFY_AND_DISPATCH, lead=AGENCY)
    return int(ticket)


def test_an_appeal_goes_from_its_filing_to_the_bureaus_answer(qtbot, at_the_desk, county: Database) -> None:
    county.freeze(MONDAY)
    elsewhere(prepare, county)
    hands = Mouse(qtbot, at_the_desk)
    hands.sit_down(county.one(LIAISON, AGENCY))
    hands.page(PLACE["工单"], "工单")
    hands.find("提出申诉")
    hands.until(lambda: "申诉到 11月9日（周一）24:00 为止" in hands.text())
    hands.write("申诉人姓名", "林海")
    hands.write("申诉理由：事情经过，为什么是误评或恶意评价", "评价时点错了，办理很顺利")
    hands.confirm("提出申诉")
    hands.until(lambda: "申诉〔2026〕1号" in hands.text())
    hands.begin("认定申诉成立")
    hands.press("误评")
    hands.press("非常满意")
    hands.write("怎样核实的，有什么证据", "电话核实，应为非常满意")
    hands.confirm("认定申诉成立")
    hands.until(lambda: county.rows("SELECT state FROM pd.appeal") == [("upheld_by_agency",)])
    hands.sit_down(OFFICER)
    hands.find("申诉〔2026〕1号", "林海")
    hands.begin("修正评价")
    hands.press("同时撤销差评工单，不再计入")
    hands.until(lambda: "9.68" in hands.text() and "10.00" in hands.text())  # 平均分 before and after
    assert county.rows("SELECT count(*) FROM pd.correction") == [(0,)]  # only tried
    hands.write("决定的理由", "同意修正")
    hands.confirm("修正评价")
    hands.until(
        lambda: county.rows("SELECT state, effect, new_level FROM pd.appeal") == [("corrected", "replace", 5)]
    )
    assert county.rows("SELECT state FROM pd.ticket") == [("rejected",)]
    assert county.rows("SELECT sum(level_5), sum(level_1) FROM pd.tally") == [(31, 0)]
    hands.page(PLACE["备案"], "备案")
    hands.press("报送备案")
    hands.until(lambda: "申诉〔2026〕1号" in hands.text())
    hands.confirm("报送")
    hands.until(lambda: county.rows("SELECT state FROM pd.appeal") == [("recorded",)])
    hands.sit_down(BUREAU)
    hands.page(PLACE["备案"], "备案")
    for step, state in (("接收", "received"), ("准予备案", "answered")):
        hands.begin(step)
        hands.until(lambda wanted=state: county.rows("SELECT state FROM pd.filing") == [(wanted,)])
