"""意见建议: recording, each step through the panel, chips and search, and what is never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtWidgets import QLabel

from app.changes import Changes, Kind
from app.errors import UserError
from app.suggestions import commands, queries
from app.tickets.drafts import DraftBook
from models.rules.people import Group
from models.rules.suggestions import RECORDED_EVENT, Source, State, Step, Topic, allowed
from tests.views.factories import CALENDAR, NOW, TODAY, Backend, Workspace, person
from views.operations import Operations
from views.shell.actions import suggestion_command
from views.shell.session import Session
from views.suggestions.page import SuggestionsPage


def line(number: int, state: State, *, days_left: int | None = None) -> queries.SuggestionRow:
    """A row of the list."""
    return queries.SuggestionRow(
        number, Source.BOX, Topic.PLACE, date(2026, 10, 30), "石城镇大厅", f"意见{number}\n没有饮水机", state, 1,
        "石城镇" if state is not State.RECORDED else None, date(2026, 11, 4) if days_left is not None else None,
        False, days_left,
    )  # fmt: skip


class Desk:
    """The page of somebody, over rows kept here."""

    def __init__(self, qtbot, monkeypatch, group: Group) -> None:
        self.qtbot, self.group = qtbot, group
        Backend().install(monkeypatch)
        self.rows = [
            line(5, State.RECORDED), line(4, State.DISPATCHED, days_left=-2), line(3, State.DISPATCHED, days_left=1),
            line(2, State.ANSWERED), line(1, State.CLOSED),
        ]  # fmt: skip
        self.acts: list[tuple] = []
        self.drafts: list[commands.Draft] = []
        self.filters: list[queries.SuggestionFilter] = []
        self.refusal: Exception | None = None
        for module, names in (
            (queries, ("page", "counts", "suggestion", "due_if_sent", "contact")),
            (commands, ("record", "act", "look")),
        ):
            for name in names:
                monkeypatch.setattr(module, name, getattr(self, f"_{name}"))
        self.operations = Operations()
        self.session = Session(self.operations)
        self.session.open(Workspace(person(group)), TODAY)
        self.told: list[tuple] = []
        self.session.noticed.connect(lambda *what: self.told.append(what))
        self.page = SuggestionsPage(self.session)
        qtbot.addWidget(self.page)
        self.page.resize(1194, 760)
        self.page.show()
        self.page.shown()
        self.settle()

    def settle(self) -> None:
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.operations.running == 0)

    def _page(self, _connection, wanted, *, after=None, limit=100):
        self.filters.append(wanted)
        fits = [r for r in self.rows if wanted.state in (None, r.state) and wanted.search in r.words]
        return queries.Page(tuple(r for r in fits if not wanted.overdue or (r.days_left or 0) < 0), None)

    def _counts(self, _connection, _wanted):
        return queries.Counts(5, {State.RECORDED: 1, State.DISPATCHED: 2}, 1)

    def _suggestion(self, _connection, number):
        row = next(r for r in self.rows if r.id == number)
        steps = (queries.StepLine(NOW, "李伟", "登记意见", None, "一句话"),)
        days = CALENDAR.explain(date(2026, 10, 21), 10) if row.due_on else ()
        return queries.SuggestionDetail(row, "已添置" if row.state is State.ANSWERED else None, "杨**", "133****2025",
                                        None, steps, allowed(row.state, self.group), days)  # fmt: skip

    def _due_if_sent(self, _connection):
        return queries.Due(date(2026, 11, 16), True)

    def _look(self, _connection, _number, _reason):
        return 7

    def _contact(self, _connection, _number):
        return "杨秀敏", "13384382025"

    def _record(self, _connection, draft, *, command_id):
        self.drafts.append(draft)
        self.rows.insert(0, line(6, State.RECORDED))
        return commands.Done(6, State.RECORDED, 1, None, Changes(Kind.SUGGESTIONS))

    def _act(self, _connection, number, version, step, *, command_id, lead=None, words=None):
        if self.refusal:
            raise self.refusal
        self.acts.append((number, step, lead, words))
        at = next(n for n, r in enumerate(self.rows) if r.id == number)
        self.rows[at] = replace(self.rows[at], version=version + 1)
        return commands.Done(
            number, State.DISPATCHED, version + 1, date(2026, 11, 16), Changes(Kind.SUGGESTIONS)
        )

    def choose(self, number: int):
        assert self.page.list.table.choose_id(number)
        self.settle()
        return self.page.panel

    def press(self, step: Step):
        self.page.panel.foot.button(step.value).click()
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


def test_the_first_is_chosen_and_chips_filter(officer):
    page = officer.page
    assert page.panel.detail.row.id == 5 and page.facts.text() == "5 件"
    page.list.clock_chips["overdue"].click()
    officer.settle()
    assert [r.id for r in page.list.model.rows] == [4]
    page.list.state_chips[State.ANSWERED].click()
    officer.settle()
    assert officer.filters[-1] == queries.SuggestionFilter(state=State.ANSWERED)
    page.list.state_chips[State.ANSWERED].click()
    page.list.search.setText("没有这样的")
    officer.settle()
    assert page.list.card.empty.isVisible()
    assert page.grab().toImage().pixelColor(5, 5).isValid()


def test_a_dispatch_shows_its_due_day_before_it_is_confirmed(officer):
    panel = officer.choose(5)
    officer.press(Step.DISPATCH)
    assert "11月16日" in panel.form.due.text() and "暂定" in panel.form.due.text()
    assert not panel.confirm.isEnabled()
    panel.form.lead.setText("石城镇")
    panel.confirm.click()
    officer.settle()
    assert officer.acts == [(5, Step.DISPATCH, "石城镇", None)]
    assert "答复期限 11月16日" in officer.told[-1][1] and panel.form is None


def test_what_needs_no_words_is_done_at_once(officer):
    officer.choose(2)
    officer.press(Step.CLOSE)
    assert officer.acts == [(2, Step.CLOSE, None, None)]


def test_a_refusal_keeps_what_was_written(officer):
    panel = officer.choose(2)
    officer.press(Step.RETURN)
    panel.form.text.setPlainText("请写明何时到位")
    officer.refusal = UserError("刚刚被别人办理过。", code="stale")
    officer.rows[3] = replace(officer.rows[3], version=2)
    panel.confirm.click()
    officer.settle()
    assert panel.form.text.toPlainText() == "请写明何时到位"
    assert officer.page.list.table.choose_id(1) and panel.typing
    panel.close_form()
    assert panel.form is None


def test_an_agency_answers_and_hands_back(liaison):
    panel = liaison.choose(4)
    liaison.press(Step.ANSWER)
    assert "答复" in panel.form.problem()
    panel.form.text.setPlainText("已添置饮水机")
    panel.confirm.click()
    liaison.settle()
    liaison.press(Step.HAND_BACK)
    panel.form.text.setPlainText("不属本单位")
    panel.confirm.click()
    liaison.settle()
    assert [a[1] for a in liaison.acts] == [Step.ANSWER, Step.HAND_BACK]
    assert liaison.acts[1][3] == "不属本单位"


def test_a_suggestion_is_recorded(officer):
    officer.page.record.click()
    form = officer.page.panel.form
    assert form.problem() == "请选择来源。"
    form.source.set_value(Source.BOOK)
    form.topic.set_value(Topic.ATTITUDE)
    form.words.setPlainText("窗口态度好")
    officer.page.panel._confirm()
    officer.settle()
    assert officer.drafts == [commands.Draft(Source.BOOK, Topic.ATTITUDE, TODAY, "窗口态度好")]
    assert officer.page.panel.detail.row.id == 6


def test_what_is_being_recorded_is_not_lost_to_another_row(officer):
    officer.page.record.click()
    officer.page.panel.form.words.setPlainText("写到一半")
    officer.page.list.table.choose_id(3)
    officer.settle()
    assert officer.page.panel.form.words.toPlainText() == "写到一半"
    assert officer.told[-1][0] == "warning"


def test_the_contact_is_shown_after_a_reason(officer):
    panel = officer.choose(3)
    panel.contact.ask()
    panel.contact.reason.setText("核实诉求")
    panel.contact.confirm.click()
    officer.settle()
    assert panel.contact.who.text() == "提出人　杨秀敏　13384382025"


def test_what_is_typed_is_kept_but_the_contact_and_comes_back(officer):
    officer.page.record.click()
    form = officer.page.panel.form
    form.source.set_value(Source.BOOK)
    form.words.setPlainText(" 写到\n一半")
    form.phone.setText("13384382025")
    officer.page.hide()
    kept = DraftBook("本机 意见", officer.session.person.login).get(0, RECORDED_EVENT)
    assert kept is not None and "133" not in str(kept.values)
    officer.page.show()
    officer.page.panel.close_form()
    officer.told[-1][3]()
    form = officer.page.panel.form
    assert (form.source.value(), form.words.toPlainText(), form.phone.text()) == (
        Source.BOOK,
        " 写到\n一半",
        "",
    )
    form.topic.set_value(Topic.PLACE)
    officer.page.panel._confirm()
    officer.settle()
    officer.page.record.click()
    assert officer.page.panel.form.words.toPlainText() == ""


@pytest.mark.parametrize(("who", "step"), [("officer", Step.RECALL), ("liaison", Step.ANSWER)])
def test_everything_the_panel_offers_is_found_by_its_command(request, who, step):
    desk = request.getfixturevalue(who)
    registry = desk.session.registry
    registry.set_group(desk.group)
    panel = desk.choose(4)
    found = {c.id for c in registry.found("意见") if c.id.startswith("suggestion.suggestion_")}
    assert found == {suggestion_command(one) for one in panel.detail.allowed}
    assert registry.run(suggestion_command(step))
    desk.settle()
    assert [act[1] for act in desk.acts] == ([step] if who == "officer" else [])
    assert panel.form is None if who == "officer" else panel.form.step is step


def test_the_deadline_is_explained_day_by_day(officer):
    panel = officer.choose(4)
    assert panel.days.isHidden() and panel.has_days()
    panel.explain_days()
    assert "答复期限" in " ".join(word.text() for word in panel.days.findChildren(QLabel))
    officer.choose(5)
    assert panel.days.isHidden() and panel.history.isVisible() and not panel.has_days()
