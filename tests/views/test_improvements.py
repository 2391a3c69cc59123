"""限期整改: drawn up from figures, issued once, answered, checked; printed; told after a lost answer; found and counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.changes import Changes, Kind
from app.desk.notices import Due, DueOrder, Threshold
from app.desk.queries import OrderLine
from app.errors import EnvironmentProblem, UserError
from app.improvements import commands, paper, queries
from app.improvements.queries import OrderFilter, OrderRef, Proposal
from app.registry.queries import Body, BodyKind
from app.tickets.facets import Facet, Side
from app.tickets.queries import TicketFilter
from models.rules.improvements import Figures, State, Step, allowed
from models.rules.people import Group
from tests.views.factories import CALENDAR, MONTH, NOW, TODAY, Backend, Workspace, person
from views.desk import tray
from views.desk.lines import order_count
from views.improvements.tab import ImprovementsTab
from views.operations import Operations
from views.shell.parts import Button
from views.shell.search import SearchPanel
from views.shell.session import Session

BASIS = Figures(MONTH, MONTH, 200, 8, 9, (("207", 5), ("108", 2)))
AFTER = Figures(date(2026, 11, 1), date(2026, 11, 1), 40, 1, 1)
LABELS = {"207": "没有提供材料样本", "108": "材料反复要"}
CENTRE = Body(BodyKind.CENTRE, "廉江市政务服务中心", "", "0759-6681234")
DUE = CALENDAR.deadline(TODAY, 10)


def line(number: int, state: State, days_left: int | None = None, **over) -> queries.OrderRow:
    """A row of the list."""
    made = queries.OrderRow(number, 2026, number, "石城镇", "居住证申领", "居住证申领差评较多", state, 1, TODAY, DUE.due,
                            DUE.provisional, days_left, None)  # fmt: skip
    return replace(made, **over)


class Desk:
    """The tab of somebody, over orders kept here."""

    def __init__(self, qtbot, monkeypatch, group: Group) -> None:
        self.qtbot, self.group = qtbot, group
        Backend().install(monkeypatch)
        self.rows = [
            line(4, State.ISSUED, 1), line(3, State.ISSUED, -3), line(2, State.ANSWERED, answered_on=TODAY),
            line(1, State.ACCEPTED, answered_on=date(2027, 1, 4)),
        ]  # fmt: skip
        self.steps: tuple[queries.StepLine, ...] = ()
        self.issued: list[tuple] = []
        self.acts: list[tuple] = []
        self.filters: list[OrderFilter] = []
        self.refusal: Exception | None = None
        for module, names in (
            (queries, ("page", "counts", "order", "prepare", "items_of")), (commands, ("issue", "act")),
            (paper, ("body",)),
        ):  # fmt: skip
            for name in names:
                monkeypatch.setattr(module, name, getattr(self, f"_{name}"))
        monkeypatch.setattr(paper, "order", self._order)
        self.operations = Operations()
        self.session = Session(self.operations)
        self.session.open(Workspace(person(group)), TODAY)
        self.told: list[str] = []
        self.session.noticed.connect(lambda _tone, said, *_: self.told.append(said))
        self.tab = ImprovementsTab(self.session)
        qtbot.addWidget(self.tab)
        self.tab.resize(1194, 700)
        self.tab.show()
        self.tab.reload()
        self.settle()

    @property
    def panel(self):
        return self.tab.panel

    def settle(self) -> None:
        for _ in range(4):
            self.qtbot.waitUntil(lambda: self.operations.running == 0)

    def _page(self, _connection, wanted, *, after=None, limit=100):
        self.filters.append(wanted)
        fits = [r for r in self.rows if wanted.state in (None, r.state) and wanted.search in r.number]
        return queries.Page(tuple(r for r in fits if not wanted.overdue or (r.days_left or 0) < 0), None)

    def _counts(self, _connection, _wanted):
        return queries.Counts(4, {State.ISSUED: 2, State.ANSWERED: 1}, 1, 1)

    def _order(self, _connection, number):
        row = next(r for r in self.rows if r.id == number)
        return queries.OrderDetail(row, 77, "查明原因。\n落实整改，电话13384382025。", "已培训" if row.answered_on else None,
                                   BASIS, AFTER, TODAY, LABELS, CALENDAR.explain(TODAY, 10), self.steps,
                                   allowed(row.state, self.group))  # fmt: skip

    def _prepare(self, _connection, asked, days):
        due = CALENDAR.deadline(TODAY, days)
        figures = BASIS if asked.agency else None
        return queries.Prepared(figures, LABELS, due.due, due.provisional, CALENDAR.explain(TODAY, days))

    def _items_of(self, _connection, _agency, _first, _last):
        return ("居住证申领", "食品经营许可")

    def _body(self, _connection, _kind):
        return CENTRE

    def _issue(self, _connection, draft, *, command_id):
        self.issued.append((draft, command_id))
        if self.refusal:
            raise self.refusal
        self.rows.insert(0, line(5, State.ISSUED, draft.days))
        return self._done(5, State.ISSUED, 1)

    def _act(self, _connection, number, version, step, *, words=None):
        self.acts.append((number, version, step, words))
        if self.refusal:
            raise self.refusal
        return self._done(number, State.ANSWERED, self.move(number))

    def _done(self, number, state, version):
        return commands.Done(
            number, f"限改〔2026〕{number}号", state, version, DUE.due, Changes(Kind.IMPROVEMENTS)
        )

    def move(self, number: int) -> int:
        """Another version of an order."""
        at = next(n for n, r in enumerate(self.rows) if r.id == number)
        self.rows[at] = replace(self.rows[at], version=self.rows[at].version + 1)
        return self.rows[at].version

    def choose(self, number: int):
        assert self.tab.list.table.choose_id(number)
        self.settle()
        return self.panel

    def press(self, step: Step) -> None:
        self.panel.foot.button(step.value).click()
        self.settle()

    def confirm(self) -> None:
        self.panel.confirm.click()
        self.settle()


@pytest.fixture
def officer(qtbot, monkeypatch):
    made = Desk(qtbot, monkeypatch, Group.OFFICER)
    yield made
    made.operations.close()


@pytest.fixture
def liaison(qtbot, monkeypatch):
    made = Desk(qtbot, monkeypatch, Group.LIAISON)
    yield made
    made.operations.close()


def test_an_order_is_drawn_up_from_figures_and_issued_once(officer):
    assert officer.tab.open_with(Proposal("石城镇", "居住证申领", MONTH, MONTH))
    officer.settle()
    form, panel = officer.panel.form, officer.panel
    assert form.subject.text() == "居住证申领差评较多" and "没有提供材料样本" in form.text.toPlainText()
    assert "11月16日" in panel.foot.said.text() and "石城镇" in panel.foot.said.text() and not panel.typing
    form.days.setValue(5)
    officer.settle()
    assert "11月9日" in form.due.text() and "11月9日" in panel.foot.said.text()
    form.text.setPlainText("请限期整改。")
    form.item.setCurrentIndex(0)
    officer.settle()
    assert form.text.toPlainText() == "请限期整改。"
    officer.refusal = EnvironmentProblem("数据库暂时没有应答。")
    officer.session.command = _at_once(officer.session.command)
    officer.confirm()
    assert panel.form is form and panel.typing
    officer.refusal = None
    officer.confirm()
    (draft, first), (_, second) = officer.issued[0], officer.issued[-1]
    assert first == second and (draft.agency, draft.item, draft.first, draft.days) == (
        "石城镇",
        None,
        MONTH,
        5,
    )
    assert panel.form is None and panel.detail.row.id == 5 and "限改〔2026〕5号" in officer.told[-1]


def _at_once(command):
    """Without the pauses between tries."""

    def run(owner, work, done, *, failed=None, again=False):
        return command(owner, work, done, failed=failed)

    return run


def test_what_is_missing_or_empty_is_said(officer):
    officer.tab.propose.click()
    officer.settle()
    panel = officer.panel
    assert panel.foot.said.text() == "请选择单位。" and not panel.confirm.isEnabled()
    panel.form.agency.setText("石城镇")
    officer.settle()
    assert panel.confirm.isEnabled()
    panel.form.prepared = replace(panel.form.prepared, figures=Figures(MONTH, MONTH, 5, 0, 0))
    panel.judge()
    assert "没有差评" in panel.foot.said.text()
    panel.form.subject.setText(" ")
    assert "整改事由" in panel.foot.said.text()
    panel.form._words_typed()
    assert (
        officer.tab.list.table.choose_id(1) and panel.form is not None
    )  # what was typed is not left by a click
    assert officer.tab.confirmation() is panel.confirm
    panel.close_form()
    assert panel.form is None and officer.tab.confirmation() is None


def test_an_order_shows_its_figures_before_and_after(officer):
    panel = officer.choose(3)
    assert "差评率较此前下降 1.50 个百分点" in panel.figures.effect.text()
    assert "没有提供材料样本（5 件）" in panel.figures.labels.text()
    assert panel.badges[0]._text == "超期 3 天" and panel.title.text() == "限改〔2026〕3号"
    panel.explain_days()
    assert panel.days.isVisible()
    assert officer.choose(1).badges[1]._text == "逾期已完成"
    assert officer.tab.grab().toImage().pixelColor(5, 5).isValid()


def test_chips_and_search_filter(officer):
    officer.tab.list.clock_chips["overdue"].click()
    officer.settle()
    assert [r.id for r in officer.tab.list.model.rows] == [3]
    officer.tab.list.state_chips[State.ANSWERED].click()
    officer.tab.list.search.setText("9号")
    officer.settle()
    assert officer.filters[-1] == OrderFilter(state=State.ANSWERED, search="9号")
    assert officer.tab.list.card.empty.isVisible()
    assert officer.tab.open_with(OrderFilter(soon=True)) and officer.tab.list.clock_chips["soon"].isChecked()
    assert not officer.tab.open_with("别的")
    officer.tab.open_with(OrderRef(2))
    officer.settle()
    assert officer.panel.detail.row.id == 2


def test_an_officer_accepts_at_once(officer):
    officer.choose(2)
    officer.press(Step.ACCEPT)
    assert officer.acts == [(2, 1, Step.ACCEPT, None)] and "限改〔2026〕2号" in officer.told[-1]


def test_a_liaison_answers_with_words(liaison):
    assert not liaison.tab.propose.isVisible() and not liaison.session.registry.available(
        "improvement.propose"
    )
    panel = liaison.choose(4)
    liaison.press(Step.ANSWER)
    assert "整改情况" in panel.foot.said.text() and not panel.confirm.isEnabled()
    panel.form.text.setPlainText("已培训窗口人员")
    liaison.confirm()
    assert liaison.acts == [(4, 1, Step.ANSWER, "已培训窗口人员")]


def test_a_stale_step_keeps_what_was_written(officer):
    panel = officer.choose(2)
    officer.press(Step.RETURN)
    panel.form.text.setPlainText("请写明时间")
    officer.refusal = UserError("刚刚被别人办理过。", code="stale")
    officer.move(2)
    officer.confirm()
    assert panel.form.text.toPlainText() == "请写明时间" and "刚刚" in "".join(officer.told[-2:])


@pytest.mark.parametrize("happened", [True, False])
def test_after_a_lost_answer_the_order_says_whether_it_happened(officer, happened):
    panel = officer.choose(2)
    officer.press(Step.RETURN)
    panel.form.text.setPlainText("请写明时间")
    officer.refusal = EnvironmentProblem("与数据库的连接中断。")
    if happened:
        officer.move(2)
        officer.steps = (
            queries.StepLine(NOW, "officer", "李伟", Step.RETURN.event, "整改退回", "请写明时间"),
        )
    officer.confirm()
    said = " ".join(officer.told)
    assert ("已经办成" in said, panel.form is None) == (happened, happened)
    assert happened or ("没有办成" in said and panel.form.text.toPlainText() == "请写明时间")


def test_the_notice_is_shown_as_printed(officer):
    officer.choose(4)
    assert officer.session.registry.run("improvement.print")
    officer.settle()
    tab = officer.tab
    assert tab.preview.isVisible() and not tab.split.isVisible()
    assert officer.session.registry.available("paper.word")
    made = paper.written(officer._order(None, 4), CENTRE)
    text = "".join(str(block) for block in made.blocks)
    assert (made.number, made.addressee, made.mark) == ("限改〔2026〕4号", "石城镇", CENTRE.name)
    assert "4.00%" in text and "10个工作日" in text and "133****2025" in text and "13384382025" not in text
    tab.preview.leave()
    assert tab.split.isVisible() and not officer.session.registry.available("paper.word")


def test_the_tickets_behind_a_figure_are_opened(officer):
    asked = []
    officer.session.requested.connect(lambda *what: asked.append(what))
    panel = officer.choose(3)
    links = [b for b in panel.figures.findChildren(Button) if b.isVisible()]
    assert [b.text() for b in links] == ["9 件", "1 件"]
    links[1].click()
    wanted = TicketFilter(agency="石城镇", month=AFTER.first, last_month=AFTER.last, counted=True,
                          facets=(Facet(Side.ITEM, "77", "居住证申领"),))  # fmt: skip
    assert asked == [("tickets", wanted)]


def order_due(number: int, at: Threshold) -> DueOrder:
    return DueOrder(number, f"限改〔2026〕{number}号", "居住证申领差评较多", TODAY, at)


def test_the_tray_tells_of_orders_and_opens_them():
    one = order_due(3, Threshold.OVERDUE)
    assert tray.said((one,)) == "限期整改超期：居住证申领差评较多（限改〔2026〕3号）"
    assert tray._place((one,)) == ("statistics", OrderRef(3))
    two = (one, order_due(4, Threshold.TODAY))
    assert tray.said(two) == "限期整改超期 1 件、限期整改今日到期 1 件"
    assert tray._place(two) == ("statistics", OrderFilter(overdue=True))
    assert tray._place((one, Due(1, None, None, TODAY, Threshold.TODAY))) == ("desk", None)


def test_the_search_finds_an_order_by_its_number(qtbot, officer):
    asked = []
    officer.session.requested.connect(lambda *what: asked.append(what))
    panel = SearchPanel(officer.session, officer.tab)
    panel.open()
    panel.field.setText("限改〔2026〕4号")
    panel._ask()
    officer.settle()
    assert "石城镇" in panel.list.currentItem().text()
    panel._activate(panel.list.currentItem())
    assert asked == [("statistics", OrderRef(4))]


def test_the_desk_has_a_line_for_orders(officer):
    line = OrderLine("整改超期", "单位还没有报告限期整改的情况", 2, OrderFilter(overdue=True))
    count = order_count(line)
    assert (count.number, count.tone, count.opens) == (2, "red", OrderFilter(overdue=True))
