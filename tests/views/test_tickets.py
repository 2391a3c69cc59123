"""The ticket page: the list, the chips, the panel, and every action an officer or liaison may take."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QLabel, QPushButton

from app.errors import EnvironmentProblem, UserError
from app.tickets import queries as tickets
from app.tickets.queries import Order, TicketFilter, Waiting
from models.rules.lifecycle import BY_HAND, Action, State
from models.rules.people import Group
from tests.views.factories import NOW, TODAY, Backend, Workspace, detail, person, ticket
from views.operations import Operations
from views.shell.session import Session
from views.tickets.diff import DiffLabel
from views.tickets.drill import Drill
from views.tickets.forms import form_for
from views.tickets.page import TicketsPage


@pytest.fixture
def backend(monkeypatch):
    made = Backend()
    made.install(monkeypatch)
    return made


class Sitting:
    """A page in somebody's session."""

    def __init__(self, qtbot, group: Group) -> None:
        self.qtbot = qtbot
        self.operations = Operations()
        self.session = Session(self.operations)
        self.session.open(Workspace(person(group)), TODAY)
        self.notices: list[tuple] = []
        self.session.noticed.connect(lambda *told: self.notices.append(told))
        self.page = TicketsPage(self.session)
        qtbot.addWidget(self.page)
        self.page.resize(1200, 760)
        self.page.show()
        self.page.shown()
        self.settle()

    def settle(self) -> None:
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.operations.running == 0)

    def choose(self, ticket_id: int):
        assert self.page.table.choose_id(ticket_id)
        self.settle()
        return self.page.panel

    def confirm(self):
        self.page.panel._foot.confirm.click()
        self.settle()


@pytest.fixture
def officer(qtbot, backend):
    made = Sitting(qtbot, Group.OFFICER)
    yield made
    made.operations.close()


@pytest.fixture
def liaison(qtbot, backend):
    made = Sitting(qtbot, Group.LIAISON)
    yield made
    made.operations.close()


def test_the_list_counts_and_chooses_the_first(officer):
    assert officer.page.facts.text() == "8 件，3 件待我处理"
    assert officer.page.panel.detail.row.id == 1


def test_chips_combine_into_one_filter(officer, backend):
    bar = officer.page.filters
    bar._waiting[Waiting.OVERDUE].click()
    officer.settle()
    assert backend.filters[-1] == TicketFilter(waiting=Waiting.OVERDUE)
    assert [r.id for r in officer.page.model.rows] == [1]
    menu = bar.menu()
    states = menu.actions()[0].menu()
    next(a for a in states.actions() if a.text() == "整改中").trigger()
    officer.settle()
    assert backend.filters[-1] == TicketFilter(waiting=Waiting.OVERDUE, states=frozenset({State.RECTIFYING}))
    bar._set["state"].closed.emit()
    bar._waiting[Waiting.OVERDUE].click()
    officer.settle()
    assert backend.filters[-1] == TicketFilter()
    next(a for a in menu.actions() if a.text() == "清除全部筛选").trigger()
    menu.deleteLater()


def test_who_rated_badly_by_hotline_is_marked_and_listed(officer, backend):
    """Art. 15: the chip, the icon in the list, the filter."""
    backend.rows[2] = ticket(3, State.PENDING, platform="hotline", level=1)
    officer.page.reload()
    officer.settle()
    menu = officer.page.filters.menu()
    next(a for a in menu.actions() if a.text() == "须回访").trigger()
    menu.deleteLater()
    officer.settle()
    assert backend.filters[-1] == TicketFilter(waiting=Waiting.CALL_BACK)
    assert [r.id for r in officer.page.model.rows] == [3]
    level = next(c for c in officer.page.model.columns if c.id == "level")
    assert level.text(backend.rows[2]) == "非常不满意（须回访）" and level.mark(backend.rows[2]) == "call"
    assert level.mark(backend.rows[3]) is None
    assert officer.page.panel._head.call_back.isVisible()
    assert officer.page.grab().toImage().pixelColor(5, 5).isValid()


def test_a_filter_without_rows_says_what_to_do(officer):
    officer.page.open_with(TicketFilter(search="没有这样的"))
    officer.settle()
    assert officer.page._card.empty.isVisible()
    officer.page._card.empty.button.click()
    officer.settle()
    assert officer.page.model.rowCount() == 8


def test_a_ticket_asked_for_is_chosen(officer):
    officer.page.open_with(5)
    officer.settle()
    assert officer.page.panel.detail.row.id == 5
    assert officer.page.table.currentIndex().row() == officer.page.model.row_of(5)


def test_a_ticket_asked_for_that_the_filter_hides_is_shown_all_the_same(officer):
    officer.page.open_with(TicketFilter(waiting=Waiting.OVERDUE))
    officer.settle()
    officer.page.open_with(3)
    officer.settle()
    assert officer.page.panel.detail.row.id == 3
    assert officer.page.model.row_of(3) is not None


def test_dispatch_proposes_shows_the_due_date_and_is_undone(officer, backend):
    panel = officer.choose(3)
    form = panel._form
    assert form.lead.agency == "罗州街道"
    assert form.due.text().startswith("11月16日")
    form.explain.click()
    assert form.days.isVisible()
    form.co.field.setText("石城镇")
    form.co.field.setText("安铺镇")
    form.co._flow.itemAt(1).widget().closed.emit()
    officer.confirm()
    ticket_id, action, values = backend.acts[-1]
    assert (ticket_id, action) == (3, Action.VERIFY_AND_DISPATCH)
    assert values == {"lead": "罗州街道", "co": ("石城镇",)}
    tone, _text, offer, undo = officer.notices[-1]
    assert (tone, offer) == ("success", "撤回")
    undo()
    officer.settle()
    assert backend.acts[-1][1] is Action.RECALL
    assert backend.rows[2].state is State.PENDING


def test_the_lead_is_found_by_name_or_initials(officer):
    field = officer.choose(3)._form.lead
    assert field.matching("lzj") == ["罗州街道"]
    assert field.matching("街道") == ["罗州街道", "城南街道"]
    field.setText("不认识的单位")
    assert officer.page.panel._form.problem() == "请选择主办单位。"
    assert not officer.page.panel._foot.confirm.isEnabled()
    assert officer.page.panel._foot.confirm.toolTip() == "请选择主办单位。"
    field.setText("罗州街道")
    officer.page.panel._form.co.add("罗州街道")
    assert "同时" in officer.page.panel._form.problem()


def test_reject_needs_a_reason_from_the_list_and_text(officer, backend):
    panel = officer.choose(3)
    panel.begin(Action.REJECT)
    assert not panel._foot.confirm.isEnabled()
    panel._form.codes.set_value("duplicate")
    assert panel._form.problem() == "请写明具体说明。"
    panel._form.text.setPlainText("与 2 号工单重复")
    officer.confirm()
    assert backend.acts[-1][2] == {"reason": "与 2 号工单重复", "reason_code": "duplicate"}
    officer.notices[-1][3]()
    officer.settle()
    assert backend.acts[-1][1] is Action.RESTORE


def test_approve_takes_the_findings(officer, backend):
    panel = officer.choose(4)
    panel.begin(Action.APPROVE)
    panel._form.found_true.set_value(True)
    panel._form.found_reasonable.set_value(False)
    officer.confirm()
    assert backend.acts[-1][2] == {"payload": {"found_true": True, "found_reasonable": False}}


def test_closing_takes_receipt_and_day(officer, backend):
    panel = officer.choose(7)
    panel.begin(Action.CONFIRM_CLOSED)
    assert panel._form.problem()
    panel._form.receipt.setText("ZJ12345-1")
    officer.confirm()
    assert backend.acts[-1][2] == {"payload": {"receipt": "ZJ12345-1", "closed_on": "2026-11-02"}}


def test_recalling_needs_no_form(officer, backend):
    officer.choose(2).begin(Action.RECALL)
    officer.settle()
    assert [a[1] for a in backend.acts] == [Action.RECALL]


def test_reporting_offers_the_workbook_before_it_is_confirmed(officer, backend):
    panel = officer.choose(6)
    panel.begin(Action.REPORT)
    officer.settle()
    assert backend.acts == []
    assert panel._form.button.text() == "写出报送表…"
    panel.confirm.click()
    officer.settle()
    assert [a[1] for a in backend.acts] == [Action.REPORT]


def test_escape_puts_an_opened_panel_away_but_not_the_dispatch_that_stands_open(officer, qtbot):
    panel = officer.choose(2)
    panel.begin(Action.ANNOTATE)
    qtbot.keyClick(panel._form.text, Qt.Key.Key_Escape)
    assert panel._form is None
    panel = officer.choose(3)
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert panel._form.action is Action.VERIFY_AND_DISPATCH


def test_an_opened_panel_is_put_away(officer):
    panel = officer.choose(2)
    panel.begin(Action.ANNOTATE)
    assert panel._form_holder.isVisible()
    panel.close_form()
    assert not panel._form_holder.isVisible()


def test_a_refused_action_keeps_what_was_typed(officer, backend):
    panel = officer.choose(2)
    panel.begin(Action.ANNOTATE)
    panel._form.text.setPlainText("打过电话")
    backend.refusal = UserError("别人刚刚改过这件工单。", code="stale")
    officer.confirm()
    assert officer.notices[-1][:2] == ("warning", "别人刚刚改过这件工单。")
    assert panel._form.text.toPlainText() == "打过电话"
    backend.refusal = EnvironmentProblem("数据库没有应答。")
    officer.confirm()
    assert officer.notices[-1][0] == "error"
    assert panel._foot.confirm.isEnabled()
    tried = panel.acting.tried[1]
    backend.refusal = None
    officer.confirm()
    assert backend.commands[-2:] == [tried, tried]


def test_greyed_actions_say_why(officer):
    panel = officer.choose(1)
    menu = panel._foot.menu
    recall = next(a for a in menu.actions() if a.text() == "撤回")
    assert not recall.isEnabled()
    assert "已签收" in recall.toolTip()


def test_a_liaison_signs_and_hands_in(liaison, backend):
    panel = liaison.choose(2)
    panel.begin(Action.ACKNOWLEDGE)
    liaison.settle()
    assert backend.rows[1].state is State.RECTIFYING
    panel = liaison.choose(2)
    panel.begin(Action.SUBMIT)
    liaison.settle()
    form = panel._form
    assert form.problem()
    form.found_true.set_value(True)
    form.found_reasonable.set_value(True)
    assert form.problem() == "请从列表中选择差评原因。"
    form.cause_code.set_value("notice")
    form.cause.setPlainText("没有一次性告知")
    form.measures.setPlainText("补发材料清单")
    assert "反馈" in form.problem()
    form.reached.set_value(False)
    assert form.problem() == "请填写联系次数。"
    form.attempts.set_value(3)
    form.reviewed_by.setText("王主任")
    liaison.confirm()
    payload = backend.acts[-1][2]["payload"]
    assert payload["feedback"] == {"reached": False, "attempts": 3}
    assert payload["reviewed_by"] == "王主任"


def test_feedback_that_reached_the_person(liaison, backend):
    backend.rows[0] = ticket(1, State.RECTIFYING, days_left=3)
    panel = liaison.choose(1)
    panel.begin(Action.SUBMIT)
    liaison.settle()
    form = panel._form
    form.cause_code.set_value("notice")
    for choice in (form.found_true, form.found_reasonable, form.reached):
        choice.set_value(True)
    form.how.set_value("电话")
    for text in (form.cause, form.measures, form.said):
        text.setPlainText("满意")
    form.reviewed_by.setText("王主任")
    assert form.problem() is None
    feedback = form.values()["payload"]["feedback"]
    assert feedback["how"] == "电话"
    assert feedback["at"].endswith("+08:00")


@pytest.mark.parametrize("action", BY_HAND)
def test_every_action_can_be_taken_or_says_what_it_needs(qtbot, officer, action):
    row = ticket(3, State.PENDING)
    form = form_for(action, officer.session, detail(row), officer.page)
    officer.settle()
    if form is None:
        assert action in (Action.RECALL, Action.ACKNOWLEDGE)
        return
    form.show()
    assert form.problem() is None or form.problem().endswith("。")
    form.deleteLater()


def test_a_list_that_cannot_be_read_offers_a_retry(officer, backend, monkeypatch):
    from app.tickets import queries

    def away(*_args, **_options):
        raise EnvironmentProblem("数据库没有应答。")

    monkeypatch.setattr(queries, "page", away)
    officer.page.reload()
    officer.settle()
    assert officer.notices[-1][2] == "重试"
    assert officer.page.model.rowCount() == 8


def test_tabs_show_the_days_and_the_rounds(officer):
    panel = officer.choose(2)
    assert not panel.sheets.tabs.isTabVisible(1)
    panel.sheets.tabs.setCurrentIndex(2)
    assert panel.sheets.days.isVisible()
    panel.sheets.tabs.setCurrentIndex(3)
    assert panel.sheets.rounds.isVisible()
    assert not panel.sheets.time_line.isVisible()


def test_the_order_is_changed(officer, backend):
    officer.page._order_chip.click()
    officer.settle()
    assert officer.page._order_chip.isChecked()
    assert "只列有期限的" in officer.page.facts.text()
    officer.page.open_with(TicketFilter())
    officer.settle()
    assert not officer.page._order_chip.isChecked()
    officer.page.open_with(Order.DEADLINE)
    officer.settle()
    assert officer.page._order() is Order.DEADLINE


def test_a_figure_says_how_many_rows_its_reader_may_not_see(liaison):
    liaison.page.open_with(Drill(TicketFilter(search="食品"), 5))
    liaison.settle()
    matching = liaison.page.model.rowCount()
    assert f"另有 {5 - matching} 件" in liaison.page.facts.text()
    liaison.page._clear_filter()
    liaison.settle()
    assert "另有" not in liaison.page.facts.text()


def test_returned_work_says_what_was_missing_and_begins_with_the_last_version(liaison, backend, monkeypatch):
    row = ticket(1, State.RECTIFYING, days_left=3)
    answer = tickets.Feedback(True, "电话", "2026-11-02T10:30", "满意")
    versions = tuple(
        tickets.RectificationRow(NOW, True, False, cause, "补发清单", "电话：满意", "王主任", number, "notice",
                                 "一次性告知不到位", answer)
        for number, cause in ((2, "没有告知材料清单"), (1, "没有告知"))
    )  # fmt: skip
    returned = tickets.Returned("退回重办", "请补充照片", "李伟", NOW)
    shown = detail(row, Group.LIAISON, rectifications=versions, returned=returned)
    monkeypatch.setattr(tickets, "ticket", lambda *_: shown)
    liaison.page.panel.load(1)
    liaison.settle()
    panel = liaison.page.panel
    panel.begin(Action.SUBMIT)
    liaison.settle()
    form = panel._form
    assert any("请补充照片" in word.text() for word in form.findChildren(QLabel))
    assert form.problem() is None
    payload = form.values()["payload"]
    assert (payload["cause"], payload["cause_code"]) == ("没有告知材料清单", "notice")
    assert payload["feedback"]["at"] == "2026-11-02T10:30:00+08:00"
    panel.sheets.tabs.setCurrentIndex(1)
    switch = next(b for b in panel.sheets.handed_in.findChildren(QPushButton) if b.text() == "与上次对照")
    switch.click()
    assert any(
        "材料清单" in found.accessibleName() for found in panel.sheets.handed_in.findChildren(DiffLabel)
    )


def test_a_file_let_go_or_a_picture_pasted_anywhere_in_the_form_is_a_file(
    liaison, backend, monkeypatch, tmp_path
):
    backend.rows[0] = ticket(1, State.RECTIFYING, days_left=3)
    panel = liaison.choose(1)
    panel.begin(Action.SUBMIT)
    liaison.settle()
    form, taken = panel._form, []
    monkeypatch.setattr(form.files, "_add", taken.extend)
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    QGuiApplication.clipboard().setImage(image)
    liaison.qtbot.keyClick(form.cause, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    QGuiApplication.clipboard().setText("文字")
    liaison.qtbot.keyClick(form.cause, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert [name for name, _ in taken] == ["截图 1.png"] and form.cause.toPlainText() == "文字"
    path = tmp_path / "证明.pdf"
    path.write_bytes(b"%PDF-")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    form.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                              Qt.KeyboardModifier.NoModifier))  # fmt: skip
    assert taken[-1] == ("证明.pdf", path)
