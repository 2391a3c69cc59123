"""相似工单 in the window: counted, opened beside, rejected as a repetition; other agencies at one press."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from app.tickets import queries as tickets
from app.tickets.similar import Kind, Similar, SimilarTickets
from models.rules.lifecycle import Action, State
from models.rules.people import Group
from models.rules.proposing import Candidate
from tests.views.factories import proposal, ticket
from tests.views.test_tickets import Sitting, backend
from views.tickets.diff import Change
from views.tickets.similar import CommonLabel, common

__all__ = ["backend"]

AGAIN = Similar(ticket(2), "材料反复补交", (Kind.CASE, Kind.WORDS), "单位", 83)
SAME_PERSON = Similar(ticket(5), None, (Kind.PERSON,), "单位", 0)


@pytest.fixture
def officer(qtbot, backend):
    backend.similar = SimilarTickets((AGAIN, SAME_PERSON), more=7, suspected=1)
    made = Sitting(qtbot, Group.OFFICER)
    made.choose(3)
    yield made
    made.operations.close()


def compare(officer, at: int = 0):
    sheet = officer.page.panel.sheets.similar
    officer.page.panel.show_similar()
    sheet.buttons[at].click()
    officer.settle()
    return sheet


def test_the_tab_counts_and_a_line_in_triage_leads_there(officer):
    panel = officer.page.panel
    assert panel.sheets.tabs.tabText(4) == "相似 9"
    assert panel._suspects.isVisible()
    panel._suspects.look.click()
    assert panel.sheets.similar.isVisible()
    assert panel.sheets.similar.buttons[0].hasFocus()
    assert "相似 83 %" in panel.sheets.similar.buttons[0].accessibleName()


def test_one_stands_beside_and_escape_leads_back(officer, qtbot):
    sheet = compare(officer)
    assert not sheet.beside.isHidden()
    assert sheet.beside.findChild(CommonLabel) is not None
    qtbot.keyClick(sheet.beside.back, Qt.Key.Key_Escape)
    assert sheet.beside.isHidden()
    assert sheet.buttons[0].hasFocus()
    gone: list[tuple] = []
    officer.session.requested.connect(lambda *asked: gone.append(asked))
    compare(officer, 1).beside.open.click()
    assert gone == [("tickets", 5)]


def test_a_repetition_is_rejected_with_its_reason_filled_in(officer, backend):
    sheet = compare(officer)
    assert officer.session.registry.run("ticket.duplicate")
    form = officer.page.panel._form
    assert form.values() == {"reason_code": "duplicate", "reason": f"与工单 {AGAIN.row.number}重复。"}
    assert form.problem() is None
    backend.similar = SimilarTickets((replace(AGAIN, row=ticket(2, State.REJECTED)),))
    sheet.show_detail(officer.page.panel.detail)
    officer.settle()
    assert not sheet.allows_duplicate()  # who was put aside itself is no reason to put another aside
    assert not officer.page.panel._suspects.isVisible()


def test_common_passages_are_marked_and_chance_is_not():
    mine, theirs = common("窗口态度差，材料跑了三趟", "材料跑了两趟，态度好")
    assert "".join(p.text for p in mine) == "窗口态度差，材料跑了三趟"
    assert "".join(p.text for p in theirs) == "材料跑了两趟，态度好"
    assert [p.text for p in mine if p.change is Change.SAME] == ["材料跑了"]


def test_other_agencies_are_one_press_away(qtbot, backend, monkeypatch):
    other = Candidate("市公安局", 1, ("事项主管部门",))
    monkeypatch.setattr(tickets, "propose_dispatch", lambda *_: replace(proposal(), others=(other,)))
    sitting = Sitting(qtbot, Group.OFFICER)
    form = sitting.choose(3)._form
    assert (form.action, form.why.text(), form.touched) == (
        Action.VERIFY_AND_DISPATCH,
        "依据：被评单位",
        False,
    )
    form.others.chips[0].click()
    assert (form.lead.text(), form.touched) == ("市公安局", True)
    sitting.operations.close()
