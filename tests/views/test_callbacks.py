"""回访 in the window: the call sheet, one call after the other, what is decided, samples, and the ticket's tab."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QLabel

from app.callbacks import commands, paper, queries, rows, samples
from app.callbacks.commands import Call, Choice, Wish
from app.changes import Changes, Kind
from app.errors import UserError
from models.rules import sampling
from models.rules.callbacks import NO_ANSWER, Decision, Outcome, Stand, Step, steps
from models.rules.callbacks import Kind as Why
from models.rules.lifecycle import State
from models.rules.people import Group
from tests.views.factories import MONTH, NOW, TODAY, Backend, Workspace, agency_names, detail, person, ticket
from views.callbacks.forms import ReopenForm, ReworkForm
from views.callbacks.page import SAMPLES, CallbacksPage
from views.callbacks.sheet import CallbackSheet
from views.operations import Operations
from views.shell.session import Session

CALLS = Changes(Kind.CALLBACKS)


def row(number: int, kind: Why = Why.HOTLINE, **over) -> rows.CallRow:
    """A line of the list."""
    made = dict(
        callback=None, ticket=number, kind=kind, round=1, version=0, tries=0, outcome=None, decision=None, opened_at=NOW,
        called_at=None, called_by=None, words=None, number=f"HCP{number}", case_number=None, item="居住证申领",
        agency="石城镇", level=1, ticket_state=State.CLOSED,
    )  # fmt: skip
    return rows.CallRow(**made | over)


class Desk:
    """The page of somebody, over rows kept here."""

    def __init__(self, qtbot, monkeypatch, group: Group) -> None:
        self.qtbot, self.group = qtbot, group
        Backend().install(monkeypatch)
        mine = Why.AGENCY if group is Group.LIAISON else Why.HOTLINE
        self.rows = [row(number, mine, ticket_state=State.CLOSED) for number in (1, 2, 3)]
        self.acts: list[tuple] = []
        self.refusal: Exception | None = None
        for module, names in (
            (queries, ("page", "counts", "detail", "of_ticket", "rework_due")), (commands, ("record_call", "decide", "draw")),
        ):  # fmt: skip
            for name in names:
                monkeypatch.setattr(module, name, getattr(self, f"_{name}"))
        for name in ("page", "counts", "sample", "stock", "check"):
            monkeypatch.setattr(samples, name, getattr(self, f"_sample_{name}"))
        self.operations = Operations()
        self.session = Session(self.operations)
        self.session.open(Workspace(person(group)), TODAY)
        self.told: list[tuple] = []
        self.went: list[tuple] = []
        self.session.noticed.connect(lambda *what: self.told.append(what))
        self.session.requested.connect(lambda *where: self.went.append(where))
        self.page = CallbacksPage(self.session)
        qtbot.addWidget(self.page)
        self.page.resize(1194, 760)
        self.page.show()
        self.page.shown()
        self.settle()

    def settle(self) -> None:
        for _ in range(4):
            self.qtbot.waitUntil(lambda: self.operations.running == 0)

    @property
    def panel(self):
        return self.page.calls

    def _page(self, _connection, wanted, *, person, after=None, limit=100):
        state = wanted.state or Stand.DUE
        return rows.Page(tuple(one for one in self.rows if one.state is state), None)

    def _counts(self, _connection, wanted, *, person):
        states = {stand: sum(one.state is stand for one in self.rows) for stand in Stand}
        return rows.Counts(states[wanted.state or Stand.DUE], states[Stand.DUE], 0, 0, states)

    def _detail(self, _connection, number, *, person):
        one = next(found for found in self.rows if found.id == number)
        allowed = steps(one.state, self.group, one.kind, one.ticket_state)
        refused = (
            () if Step.REOPEN in allowed or one.state is not Stand.UNDECIDED else ((Step.REOPEN, "已报送"),)
        )
        sheet = detail(ticket(one.ticket, one.ticket_state), self.group)
        return rows.CallDetail(one, sheet, "市政务服务中心", "已培训窗口", None, (), allowed, refused)

    def _of_ticket(self, _connection, number, *, person):
        return tuple(one for one in self.rows if one.ticket == number)

    def _rework_due(self, _connection):
        return date(2026, 11, 5)

    def _record_call(self, _connection, one, call, *, command_id):
        if self.refusal is not None:
            raise self.refusal
        self.acts.append((one.ticket, call))
        missed = call.came_to == NO_ANSWER
        outcome = None if missed else Outcome(call.came_to)
        at = self.rows.index(one)
        self.rows[at] = replace(
            one,
            version=one.version + 1,
            tries=one.tries + missed,
            outcome=outcome,
            words=call.words,
            called_at=NOW,
        )
        return commands.Done(7, self.rows[at].tries, outcome, None, None, CALLS)

    def _decide(self, _connection, one, choice, *, command_id):
        self.acts.append((one.ticket, choice))
        at = self.rows.index(one)
        self.rows[at] = replace(one, version=one.version + 1, decision=choice.decision)
        return commands.Done(7, 0, one.outcome, choice.decision, date(2026, 11, 16), CALLS)

    def _draw(self, _connection, wish, *, command_id):
        self.acts.append(("draw", wish))
        return commands.Sampled(wish.seed, (4,), 5, 3, CALLS)

    def _sample_page(self, _connection, _wanted, *, after=None, limit=100):
        return rows.SamplePage((self.drawn().row,), None)

    def _sample_counts(self, _connection, _wanted):
        return rows.SampleCounts(1, {})

    def _sample_sample(self, _connection, _number):
        return self.drawn()

    def _sample_check(self, _connection, _number):
        return samples.Checked(True, (2, 1))

    def _sample_stock(self, _connection, _month):
        numbers = (4, 1, 0)
        return tuple(
            rows.Stock(one.id, one.name, one.initials, number)
            for one, number in zip(agency_names(), numbers, strict=False)
        )

    def drawn(self) -> rows.SampleDetail:
        """A sample of two of three."""
        made = rows.SampleRow(4, MONTH, "石城镇", 2, None, "abc", sampling.METHOD, 3, 2, 0, NOW, "李伟")
        lines = tuple(
            rows.SampleLine(
                one, place, sampling.rank("abc", one).hex(), place < 3, f"HCP{one}", None, None, 1
            )
            for place, one in enumerate(sampling.draw((1, 2, 3), 3, "abc"), 1)
        )
        return rows.SampleDetail(made, (1, 2, 3), tuple(line.id for line in lines[:2]), lines)

    def call(self, came_to: str, words: str = "") -> None:
        self.panel.begin(Step.CALL)
        self.panel.form.came_to.set_value(came_to)
        self.panel.form.words.setPlainText(words)
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


def test_one_call_after_the_other(officer):
    assert officer.panel.detail.row.ticket == 1 and officer.page.facts.text() == "3 件"
    assert "市政务服务中心" in officer.panel.script.text() and "*" in officer.panel.contact.who.text()
    officer.panel.begin(Step.CALL)
    assert officer.panel.form.problem() == "请选择回访结果。"
    officer.panel.form.came_to.set_value("unsatisfied")
    assert "为什么不满意" in officer.panel.form.problem()
    officer.panel.form.came_to.set_value(NO_ANSWER)
    assert "还可以再打 2 次" in officer.panel.form.outcome()
    officer.panel.confirm.click()
    officer.settle()
    assert officer.panel.detail.row.ticket == 2  # still due, the next comes up
    officer.call("satisfied", "谢谢")
    assert officer.acts == [(1, Call("no_answer", "")), (2, Call("satisfied", "谢谢"))]
    assert officer.panel.detail.row.ticket == 3
    assert [one.ticket for one in officer.page.list.model.rows] == [1, 3]
    officer.page.list.next()
    officer.settle()
    assert officer.panel.detail.row.tries == 1
    assert officer.page.grab().toImage().pixelColor(5, 5).isValid()


def test_the_list_goes_into_a_file(officer, monkeypatch, tmp_path):
    from app.callbacks import export
    from app.tickets.export import Exported

    monkeypatch.setattr(
        export, "export", lambda _space, path, wanted: Exported(path, 3, "ab") if wanted else None
    )
    assert officer.session.registry.available("callback.export")
    officer.page.list.bar.write(tmp_path / "回访清单.xlsx", officer.page.list.filter)
    officer.settle()
    assert officer.told[-1][1] == "已导出 3 件到 回访清单.xlsx，并已留痕。"


def test_who_is_unsatisfied_is_decided_on_at_once(officer):
    officer.call("unsatisfied", "还是老样子")
    panel = officer.panel
    assert panel.detail.row.ticket == 1 and set(panel.detail.allowed) == {Step.REOPEN, Step.LEAVE}
    panel.begin(Step.REOPEN)
    officer.settle()
    assert isinstance(panel.form, ReopenForm) and "还是老样子" in panel.form.words() and not panel.typing
    assert "整改期限" in panel.form.outcome()
    panel.form.dispatch.lead.setText("石城镇")
    panel.confirm.click()
    officer.settle()
    assert officer.acts[-1] == (1, Choice(Decision.REOPEN, "回访不满意：还是老样子", "石城镇", ()))
    assert "11月16日" in officer.told[-1][1]
    officer.page.list.next()  # from one that is not listed to the first
    officer.settle()
    officer.page.list.state_chips[Stand.DECIDED].click()
    officer.settle()
    assert [one.ticket for one in officer.page.list.model.rows] == [1] == [panel.detail.row.ticket]


def test_a_ticket_goes_back_for_rework_or_waits_with_the_reason(officer):
    officer.rows[0] = row(
        1, ticket_state=State.APPROVED, outcome=Outcome.UNSATISFIED, version=2, words="没解决"
    )
    officer.rows[1] = row(2, ticket_state=State.REPORTED, outcome=Outcome.UNSATISFIED, version=2)
    officer.page.open_with(rows.CallFilter(state=Stand.UNDECIDED))
    officer.session.announce(CALLS)
    officer.settle()
    officer.panel.begin(Step.REOPEN)
    officer.settle()
    assert isinstance(officer.panel.form, ReworkForm) and "11月5日" in officer.panel.form.outcome()
    officer.panel.close_form()
    officer.page.open_with(rows.Ref(2, Why.HOTLINE, 1))
    officer.settle()
    greyed = officer.panel.foot.button(Step.REOPEN.value)
    assert not greyed.isEnabled() and greyed.toolTip() == "已报送"
    officer.panel.begin(Step.LEAVE)
    officer.panel.form.text.setPlainText("已当面说明")
    officer.panel.confirm.click()
    officer.settle()
    assert officer.acts == [(2, Choice(Decision.LEAVE, "已当面说明"))]


def test_what_was_typed_stays_when_somebody_was_faster(officer):
    officer.refusal = UserError("这次回访刚刚被别人记录过。", code="stale")
    officer.rows[0] = replace(officer.rows[0], version=2, tries=1)
    officer.call("satisfied", "很好")
    assert officer.panel.form.words.toPlainText() == "很好" and officer.panel.detail.row.tries == 1
    assert "刚刚被别人" in officer.told[-1][1]


def test_a_liaison_calls_on_the_own_tickets_and_sees_no_samples(liaison):
    page = liaison.page
    assert page.tabs.isHidden() and list(page.list.clock_chips) == ["agency"]
    liaison.call("unsatisfied", "没解决")
    assert liaison.acts == [(1, Call("unsatisfied", "没解决"))] and liaison.panel.detail.row.ticket == 2
    assert not liaison.session.registry.available("callback.draw")
    assert liaison.session.registry.available("callback.callback_call")


def test_a_sample_is_previewed_drawn_checked_and_printed(officer):
    page = officer.page
    page.begin_drawing()
    officer.settle()
    form = page.samples.form
    assert page.tabs.currentIndex() == SAMPLES and len(form.seed.text()) == 16
    form.size.setValue(3)
    assert form.outcome() == "将从 2 个单位的 5 件中抽 4 件；城南街道全部抽中；1 个单位没有可抽的工单。"
    form.by.set_value("share")
    form.share.setValue(50)
    form.agencies.add("罗州街道")
    assert [(one.stock, one.drawn) for one in form.plan()] == [(4, 2)]
    form.seed.setText("有汉字")
    assert "随机种子" in form.problem()
    form.seed.setText("abc")
    page.samples.confirm.click()
    officer.settle()
    assert officer.acts == [("draw", Wish(MONTH, (1,), None, Decimal("0.5"), "abc"))]
    assert "5 件中抽取 3 件" in officer.told[-1][1] and page.samples.detail.row.id == 4
    page.samples.check()
    officer.settle()
    assert page.samples.checked.text() == "重新抽取 2 件，与记录一致。"
    page.samples.table.activated.emit(page.samples.table.model().index(0, 0))
    assert officer.went[-1][0] == "callbacks" and officer.went[-1][1].kind is Why.SPOT_CHECK
    assert page.grab().toImage().pixelColor(5, 5).isValid()


def test_the_sheet_of_a_sample_is_a_page(officer, monkeypatch):
    from app.registry.queries import Body, BodyKind

    centre = Body(BodyKind.CENTRE, "市政务服务中心", "", "")
    monkeypatch.setattr(paper, "document", lambda _c, _n: paper.written(officer.drawn(), centre))
    officer.page.tabs.setCurrentIndex(SAMPLES)
    officer.settle()
    officer.page.samples.print()
    officer.settle()
    assert officer.page.preview.isVisible() and officer.page.split.isHidden()
    officer.page.preview.leave()
    assert officer.page.split.isVisible()


def test_the_ticket_has_its_calls(officer, qtbot):
    sheet = CallbackSheet(officer.session)
    qtbot.addWidget(sheet)
    for number in (2, 9):
        sheet.show_detail(detail(ticket(number)), TODAY)
        officer.settle()
        said = " ".join(word.text() for word in sheet.findChildren(QLabel) if not word.isHidden())
        if number == 2:
            assert "热线差评回访" in said
            sheet.buttons[0].click()
            assert officer.went[-1] == ("callbacks", rows.Ref(2, Why.HOTLINE, 1))
    assert "也没有回访记录" in said
