"""Many tickets chosen in the list: what can be done to them, the particulars, a result each, and the way back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt

from app.errors import UserError
from app.tickets import bulk
from app.tickets.bulk import Proposals, Proposed
from app.tickets.queries import TicketFilter
from models.rules.lifecycle import Action, State
from models.rules.people import Group
from tests.views.factories import TODAY, Backend, ticket
from tests.views.test_tickets import Sitting
from views.shell.parts import Button

PENDING = [ticket(n, State.PENDING) for n in range(11, 16)]


class Many(Backend):
    """Tickets that wait, and the bulk queries."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = [
            *PENDING,
            ticket(20, State.APPROVED, days_left=3),
            ticket(21, State.DISPATCHED, days_left=2),
        ]
        self.stubborn: set[int] = set()

    def install(self, monkeypatch) -> None:
        super().install(monkeypatch)
        for name in ("ids", "rows", "proposals"):
            monkeypatch.setattr(bulk, name, getattr(self, f"_bulk_{name}"))

    def _bulk_ids(self, _connection, chosen, *, person, order=None):
        if self.refusal is not None:
            raise self.refusal
        return tuple(row.id for row in self._matching(chosen))

    def _bulk_rows(self, _connection, chosen):
        return tuple(row for row in self.rows if row.id in chosen)

    def _bulk_proposals(self, connection, chosen):
        lines = tuple(Proposed(row, row.agency, "被评价单位") for row in self._bulk_rows(connection, chosen))
        return Proposals(lines, TODAY)

    def _act(self, connection, ticket_id, *rest, **values):
        if ticket_id in self.stubborn:
            raise UserError("这张工单刚刚被别人办理过，请看过最新情况后再办。", code="stale")
        return super()._act(connection, ticket_id, *rest, **values)


@pytest.fixture
def backend(monkeypatch):
    made = Many()
    made.install(monkeypatch)
    return made


@pytest.fixture
def officer(qtbot, backend):
    made = Sitting(qtbot, Group.OFFICER)
    yield made
    made.operations.close()


def select(sitting, *ids):
    page = sitting.page
    sitting.choose(ids[0])
    how = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for one in ids[1:]:
        page.table.selectionModel().select(page.model.index(page.model.row_of(one), 0), how)
    sitting.settle()
    return page.bulk


def press(sitting, text):
    buttons = sitting.page.bulk.findChildren(Button)
    next(b for b in buttons if b.isVisibleTo(sitting.page) and text in b.text() and b.isEnabled()).click()
    sitting.settle()


def test_one_row_is_a_ticket_and_two_are_many(officer):
    page = officer.page
    assert page._side.currentWidget() is page.panel
    panel = select(officer, 11, 20)
    assert page._side.currentWidget() is panel
    assert panel.title.text() == "已选 2 件"
    assert panel.facts.text() == "待核实 1 件 · 待报送 1 件"
    officer.choose(20)
    assert page._side.currentWidget() is page.panel


def test_a_dispatch_shows_each_line_and_one_is_changed(officer, backend):
    panel = select(officer, 11, 12, 20)
    assert panel.allows(Action.VERIFY_AND_DISPATCH) and not panel.allows(Action.SUBMIT)
    press(officer, "核实转办 2 件")
    assert panel.title.text() == "核实转办 2 件"
    assert "另有 1 件" in panel.facts.text()
    form = panel.form
    assert form.due.text().startswith("整改期限")
    form.table.choose_id(12)
    form.lead.setText("市公安局")
    form.change.click()
    press(officer, "确认核实转办")
    assert [(one, given["lead"]) for one, _, given in backend.acts] == [
        (11, PENDING[0].agency),
        (12, "市公安局"),
    ]
    assert panel.title.text() == "办成 2 件"
    press(officer, "完成")
    assert officer.page._side.currentWidget() is officer.page.panel


def test_all_listed_are_chosen_and_the_choice_outlives_a_reload(officer, backend):
    officer.session.registry.run("tickets.all")
    officer.settle()
    assert len(officer.page.bulk.rows) == 7
    officer.page.reload()
    officer.settle()
    assert len(officer.page.bulk.rows) == 7
    officer.page.open_with(TicketFilter(states=frozenset({State.PENDING})))
    officer.settle()
    assert not officer.page._everything


def test_too_many_are_refused_with_a_sentence(officer, backend):
    backend.refusal = UserError("一次最多选 5,000 件，请先用筛选条件缩小范围。", code="too_many")
    officer.page.choose_all()
    officer.settle()
    assert officer.notices[-1][:2] == ("warning", str(backend.refusal))


def test_what_failed_stands_first_and_is_tried_again(officer, backend):
    backend.stubborn = {12}
    panel = select(officer, 11, 12, 13)
    press(officer, "不予转办 3 件")
    assert not panel.confirm.isEnabled()
    panel.form.inner.codes.set_value("duplicate")
    panel.form.inner.text.setPlainText("与上一件重复")
    press(officer, "确认不予转办")
    assert panel.title.text() == "办成 2 件，未办 1 件"
    assert panel.outcomes[0].id == 12
    assert "刚刚被别人办理过" in panel.why.text()
    backend.stubborn = set()
    backend.rows = [replace(row, version=9) if row.id == 12 else row for row in backend.rows]
    press(officer, "重试 1 件")
    assert panel.title.text() == "办成 3 件"
    assert all(given["reason_code"] == "duplicate" for _, _, given in backend.acts)


def test_a_bulk_dispatch_is_taken_back(officer, backend):
    panel = select(officer, 11, 12)
    press(officer, "核实转办")
    press(officer, "确认核实转办")
    press(officer, "撤回这 2 件")
    assert [action for _, action, _ in backend.acts[2:]] == [Action.RECALL, Action.RECALL]
    assert {row.state for row in backend.rows if row.id in (11, 12)} == {State.PENDING}
    assert panel.title.text() == "办成 2 件"


def test_what_is_open_stays_while_other_rows_are_chosen(officer):
    panel = select(officer, 11, 12)
    officer.session.registry.run("ticket.reject")
    assert panel.form is not None
    officer.choose(20)
    assert officer.page._side.currentWidget() is panel
    assert not officer.session.registry.available("tickets.all")
    officer.qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert panel.form is None


def test_escape_puts_the_choice_away(officer):
    panel = select(officer, 11, 12)
    officer.qtbot.keyClick(panel, Qt.Key.Key_Escape)
    officer.settle()
    assert officer.page._side.currentWidget() is officer.page.panel
    assert len(officer.page.table.selected_rows()) == 1


def test_a_mistake_of_ours_is_told(officer, monkeypatch, caplog):
    panel = select(officer, 11, 12)
    press(officer, "核实转办")
    monkeypatch.setattr(bulk, "carry_out", lambda *_given, **_more: 1 / 0)
    press(officer, "确认核实转办")
    assert officer.notices[-1][0] == "error"
    assert not panel.pinned
    caplog.clear()
