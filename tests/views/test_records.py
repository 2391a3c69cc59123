"""Records: the one shape of a list with a panel, shown on 意见建议 and 限期整改."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.improvements.queries import Proposal
from models.rules.suggestions import Step
from tests.views import test_improvements, test_suggestions
from tests.views.factories import MONTH
from views.records.foot import Offer, StepFoot

suggestions = test_suggestions.officer
orders = test_improvements.officer


def test_the_row_of_what_is_being_written_stays_the_chosen_one(suggestions, qtbot):
    panel, table = suggestions.choose(2), suggestions.page.list.table
    suggestions.press(Step.RETURN)
    panel.form.text.setPlainText("请写明何时到位")
    table.choose_id(1)
    qtbot.waitUntil(lambda: table.current_id() == 2)
    assert panel.typing and panel.number == 2


def test_esc_gives_up_and_what_was_written_can_be_taken_back(suggestions, qtbot):
    panel = suggestions.choose(2)
    suggestions.press(Step.RETURN)
    panel.form.text.setPlainText("请写明何时到位")
    qtbot.keyClick(panel.form.text, Qt.Key.Key_Escape)
    assert panel.form is None and suggestions.told[-1][2] == "恢复"
    suggestions.told[-1][3]()
    suggestions.settle()
    assert panel.form.text.toPlainText() == "请写明何时到位"


def test_while_something_new_is_written_no_row_is_the_chosen_one(suggestions):
    table = suggestions.page.list.table
    assert table.current_id() == 5
    suggestions.page.record.click()
    assert table.current_id() is None and not table.selected_rows()
    suggestions.page.reload()
    suggestions.settle()
    assert suggestions.page.panel.recording


def test_an_order_drawn_up_from_a_figure_has_a_draft_of_its_own(orders):
    here = Proposal("石城镇", "居住证申领", MONTH, MONTH)
    orders.tab.open_with(here)
    orders.settle()
    orders.panel.form.text.setPlainText("请立即整改。")
    orders.panel.form.days.setValue(3)
    orders.tab.hide()
    orders.tab.show()
    orders.panel.drop_form()
    orders.panel.begin_issuing(None)
    orders.settle()
    assert "请立即整改" not in orders.panel.form.text.toPlainText()
    orders.panel.begin_issuing(here)
    orders.settle()
    form = orders.panel.form
    assert (form.text.toPlainText(), form.days.value()) == ("请立即整改。", 3)
    assert (form.first.currentData(), form.item.currentData()) == (MONTH, "居住证申领")


def test_a_greyed_step_says_why_and_the_first_possible_one_is_filled(qtbot):
    foot = StepFoot()
    qtbot.addWidget(foot)
    foot.show_offers(
        (Offer("a", "转办", "send", "请先登记单位。"), Offer("b", "存档")), (Offer("c", "打印"),)
    )
    assert (foot.button("a").isEnabled(), foot.button("a").toolTip()) == (False, "请先登记单位。")
    assert [foot.button(one).property("kind") for one in "abc"] == ["plain", "primary", "plain"]
    foot.show_offers((), (Offer("c", "打印"),))
    assert foot.said.text() and foot.button("c").property("kind") == "plain"
