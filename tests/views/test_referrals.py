"""线索移送: made, named and closed in the window; nothing is kept as a draft; the page shows for whom it concerns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.changes import Changes, Kind
from app.referrals import commands, queries
from app.referrals.commands import Draft
from app.referrals.queries import Colleague, Counts, Page, ReferralDetail, ReferralRow, Source, StepLine
from models.rules.people import Group
from models.rules.referrals import State, Step
from tests.views.factories import NOW, TODAY, Backend, Workspace, person
from views.operations import Operations
from views.referrals.page import ReferralsPage
from views.shell.navigation import Navigation
from views.shell.personal import PersonalPages
from views.shell.session import Session

ROW = ReferralRow(91, 2026, 4821, 7, None, "HCP1", "县纪委监委", "疑似索要好处", "收件时索要", ("officer",), State.MADE, 1,
                  TODAY, "officer", "李伟")  # fmt: skip
PEOPLE = (Colleague("officer", "李伟", "中心责任人"), Colleague("bureau", "张敏", "数据管理局"),
          Colleague("liaison-01", "罗敏", "罗州街道"))  # fmt: skip


class Desk:
    """The page of an officer, over one referral kept here."""

    def __init__(self, qtbot, monkeypatch) -> None:
        self.qtbot = qtbot
        Backend().install(monkeypatch)
        self.row = ROW
        self.made: list = []
        self.acts: list = []
        self.concerned = False
        for module, names in (
            (queries, ("page", "counts", "referral", "colleagues", "concerns")), (commands, ("make", "act")),
        ):  # fmt: skip
            for name in names:
                monkeypatch.setattr(module, name, getattr(self, f"_{name}"))
        self.operations = Operations()
        self.session = Session(self.operations)
        self.session.open(Workspace(person(Group.OFFICER)), TODAY)
        self.page = ReferralsPage(self.session)
        qtbot.addWidget(self.page)
        self.page.resize(1194, 700)
        self.page.show()
        self.page.shown()
        self.settle()

    @property
    def panel(self):
        return self.page.panel

    def settle(self) -> None:
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.operations.running == 0)

    def _page(self, _connection, wanted):
        return Page((self.row,) if wanted.state in (None, self.row.state) else ())

    def _counts(self, _connection, _wanted):
        return Counts(1, {State.MADE: 1})

    def _referral(self, _connection, _number):
        steps = (StepLine(NOW, "李伟", "移送线索", None),)
        return ReferralDetail(self.row, PEOPLE[:1], steps, tuple(Step))

    def _colleagues(self, _connection, **_options):
        return PEOPLE

    def _concerns(self, _connection):
        return self.concerned

    def _make(self, _connection, draft, *, command_id):
        self.made.append(draft)
        return commands.Done(91, "线索〔2026〕4821号", State.MADE, 1, Changes(Kind.REFERRALS))

    def _act(self, _connection, number, version, step, *, words=None, people=()):
        self.acts.append((number, version, step, words, people))
        self.row = replace(self.row, version=version + 1)
        return commands.Done(number, "线索〔2026〕4821号", State.MADE, version + 1, Changes(Kind.REFERRALS))


@pytest.fixture
def desk(qtbot, monkeypatch):
    made = Desk(qtbot, monkeypatch)
    yield made
    made.operations.close()


def test_a_hint_is_referred_from_a_ticket_and_leaves_no_draft(desk):
    source = Source("工单 HCP1", ticket=7)
    desk.page.open_with(source)
    desk.settle()
    form = desk.panel.form
    form.department.setText("县纪委监委")
    form.subject.setText("疑似索要好处")
    form.hint.setPlainText("收件时索要购物卡")
    form.people.search.setText("局")
    shown = [form.people.list.item(n).text() for n in range(2) if not form.people.list.item(n).isHidden()]
    assert shown == ["张敏（数据管理局）"]  # and never the person who writes
    form.people.tick("bureau")
    assert "知情人 2 人" in desk.panel.foot.said.text()
    assert not desk.panel._drafts.written
    desk.panel.confirm.click()
    desk.settle()
    assert desk.made == [Draft(source, "县纪委监委", "疑似索要好处", "收件时索要购物卡", ("bureau",))]
    assert desk.panel.detail.row == ROW


def test_people_are_named_and_notes_are_written(desk):
    assert desk.panel.title.text() == "线索〔2026〕4821号"
    desk.panel.begin(Step.NAME)
    desk.settle()
    assert desk.panel.foot.said.text() == "请选择要增加的知情人。"
    desk.panel.form.people.tick("bureau")
    desk.panel.confirm.click()
    desk.settle()
    desk.panel.begin(Step.NOTE)
    desk.panel.form.text.setPlainText("已面谈")
    desk.panel.confirm.click()
    desk.settle()
    assert desk.acts == [(91, 1, Step.NAME, None, ("bureau",)), (91, 2, Step.NOTE, "已面谈", ())]


def test_the_page_shows_once_the_database_says_it_concerns_the_person(desk):
    navigation = Navigation()
    desk.qtbot.addWidget(navigation)
    navigation.show_pages(("desk", "tickets"))
    personal = PersonalPages(desk.session, navigation, desk.page)
    personal.read()
    desk.settle()
    assert not navigation.shows("referrals")
    desk.concerned = True
    desk.session.announce(Changes(Kind.TICKETS))
    desk.settle()
    assert not navigation.shows("referrals")
    desk.session.announce(Changes(Kind.REFERRALS))
    desk.settle()
    assert navigation.shows("referrals")
    navigation.show_pages(("desk",))  # somebody else sits down
    assert not navigation.shows("referrals")
