"""A sample, somebody unsatisfied, the ticket begun anew and closed again, and the second call: through the real window."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from models.rules.lifecycle import Action
from tests.databases import MONDAY, Database
from tests.flows.driving import Mouse
from tests.flows.path import PLACE
from tests.store.acting import CLOSED, MATERIAL, act

AGENCY, SECOND = "石城镇", "城南街道"
_LIAISON = "SELECT u.login FROM pd.app_user u JOIN pd.agency a ON a.id = u.agency_id WHERE a.name = %s ORDER BY 1 LIMIT 1"
_CALLS = "SELECT round, outcome, decision FROM pd.callback WHERE ticket_id = %s AND kind = 'spot_check' ORDER BY round"


def elsewhere(work, *given) -> None:
    """What others do meanwhile: not on the window's thread, where every statement is an error."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work, *given).result()


def dispatch(county: Database, ticket: int) -> None:
    """To the agency that was rated."""
    act(county, ticket, Action.VERIFY_AND_DISPATCH, lead=AGENCY)


def rectify(county: Database, ticket: int, agency: str) -> None:
    """The agency's part, and the centre's until 12345 has closed the ticket."""
    login = county.one(_LIAISON, agency)
    act(county, ticket, Action.ACKNOWLEDGE, login=login)
    act(county, ticket, Action.SUBMIT, login=login, payload=MATERIAL)
    act(county, ticket, Action.APPROVE, payload={"found_true": True, "found_reasonable": True})
    act(county, ticket, Action.REPORT)
    act(county, ticket, Action.CONFIRM_CLOSED, payload=CLOSED)


def draw(hands: Mouse) -> None:
    """A sample of all agencies, which is listed with what is due."""
    hands.find("抽取回访样本")
    hands.until(lambda: "中抽 1 件" in hands.text())
    hands.confirm("抽取")
    hands.turn_to("回访")
    hands.settle()


def test_somebody_unsatisfied_has_the_ticket_begun_anew_and_is_asked_again(
    qtbot, at_the_desk, county: Database
) -> None:
    county.freeze(MONDAY)
    ticket = county.ticket(AGENCY)
    elsewhere(dispatch, county, ticket)
    elsewhere(rectify, county, ticket, AGENCY)
    hands = Mouse(qtbot, at_the_desk)
    hands.page(PLACE["回访"], "回访")
    draw(hands)
    hands.begin("记录回访")
    hands.press("不满意")
    hands.write("对方说的话；没有接通的可以不填", "还是要跑三趟")
    hands.confirm("记录")
    hands.begin("重新办理")
    hands.until(lambda: "11月16日" in hands.text())
    hands.write("主办单位", SECOND)
    hands.confirm("重新办理")
    hands.until(lambda: county.state(ticket) == "dispatched")
    assert county.rows("SELECT due_on FROM pd.ticket WHERE id = %s", ticket) == [(date(2026, 11, 16),)]
    elsewhere(rectify, county, ticket, SECOND)
    draw(hands)
    hands.find("下一件回访")
    hands.begin("记录回访")
    hands.press("满意")
    hands.confirm("记录")
    hands.until(lambda: len(county.rows(_CALLS, ticket)) == 2)
    assert county.rows(_CALLS, ticket) == [(1, "unsatisfied", "reopen"), (2, "satisfied", None)]
    hands.page(PLACE["统计"], "统计")
    hands.until(lambda: "差评整改回访满意率：100.00%" in hands.text())
