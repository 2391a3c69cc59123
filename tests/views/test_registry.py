"""名录: who is listed, what an administrator is offered, what waits for the second one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from app.errors import EnvironmentProblem, UserError
from app.registry import people
from app.registry.administering import Order
from app.registry.people import PeopleFilter, Standing
from models.rules.administration import PersonAction
from models.rules.people import Group
from tests.views.factories import TODAY, Workspace, person
from tests.views.people import Backend, request, somebody
from views.operations import Operations
from views.registry.page import RegistryPage
from views.shell.parts import Button
from views.shell.session import Session


@pytest.fixture
def backend(monkeypatch):
    made = Backend()
    made.install(monkeypatch)
    return made


@pytest.fixture
def sit(qapp):
    """A session as somebody of a group, on a central server unless said otherwise."""
    opened = []

    def make(group: Group = Group.ADMIN, *, embedded: bool = False, **over):
        operations = Operations()
        made = Session(operations)
        made.open(Workspace(person(group, **over), embedded=embedded), TODAY)
        made.told, made.counts = [], []
        made.noticed.connect(lambda *what: made.told.append(what))
        made.counted.connect(lambda *what: made.counts.append(what))
        opened.append(operations)
        return made

    yield make
    for operations in opened:
        operations.close()


@pytest.fixture
def page(qtbot, backend, sit):
    return show(qtbot, RegistryPage(sit()))


def show(qtbot, made):
    qtbot.addWidget(made)
    made.resize(1190, 760)
    made.show()
    made.shown()
    settle(qtbot, made)
    return made


def settle(qtbot, made):
    for _ in range(4):
        qtbot.waitUntil(lambda: made.session.operations.running == 0)
    QCoreApplication.processEvents()  # widgets that were just made come to be shown


def actions(panel) -> dict[str, Button]:
    """The buttons of what may be done, by what they say."""
    return {b.text(): b for b in panel.findChildren(Button) if b.property("action") and b.isVisible()}


def said(widget) -> str:
    return "\n".join(found.text() for found in widget.findChildren(QLabel) if not found.isHidden())


def choose(qtbot, page, login: str):
    assert page.table.choose_id(login)
    settle(qtbot, page)
    return page.panel


def press(qtbot, page, login: str, action: PersonAction):
    panel = choose(qtbot, page, login)
    panel.begin(action)
    settle(qtbot, page)
    return panel


def listed(page) -> list[str]:
    return [row.login for row in page.model.rows]


# --- the list -----------------------------------------------------------------------------------------


def test_everybody_is_listed_and_the_first_one_shown(page):
    assert len(listed(page)) == 8
    assert page.panel.person.login == "officer"
    assert page.facts.text() == "在用 7 人，已停用 1 人"
    assert page.grab().toImage().pixelColor(5, 5).isValid()


def test_people_are_searched_and_filtered(qtbot, page):
    page.search.setText("安铺")
    settle(qtbot, page)
    assert listed(page) == ["mo", "mo-2"]
    page.search.clear()
    page._groups[Group.ADMIN].click()
    settle(qtbot, page)
    assert listed(page) == ["admin", "admin-2"]
    page._groups[Group.LIAISON].click()
    page._standings[Standing.DISABLED].click()
    settle(qtbot, page)
    assert listed(page) == ["old"]
    page.search.setText("nobody")
    settle(qtbot, page)
    assert page._card.empty.isVisible() and page.panel.person is None
    page._card.empty.button.click()
    settle(qtbot, page)
    assert len(listed(page)) == 8 and page.filter == PeopleFilter()


def test_only_standings_that_somebody_has_are_offered(page):
    shown = {standing for standing, chip in page._standings.items() if chip.isVisible()}
    assert shown == {Standing.MUST_CHANGE, Standing.DISABLED}


def test_another_page_can_ask_for_a_person(qtbot, page):
    page.open_with("mo")
    assert page.panel.person.login == "mo"
    page.search.setText("lin")
    settle(qtbot, page)
    page.open_with("mo-2")
    settle(qtbot, page)
    assert page.panel.person.login == "mo-2"


def test_a_failed_reading_can_be_tried_again(qtbot, page, monkeypatch):
    def away(*_):
        raise EnvironmentProblem("连不上数据库。")

    monkeypatch.setattr(people, "listed", away)
    page.reload()
    settle(qtbot, page)
    tone, text, offer, run = page.session.told[-1]
    assert (tone, text, offer) == ("error", "连不上数据库。", "重试") and callable(run)


# --- who may do what ----------------------------------------------------------------------------------


@pytest.mark.parametrize("group", [Group.OFFICER, Group.AUDITOR])
def test_others_read_and_change_nothing(qtbot, backend, sit, group):
    backend.requests = (request(),)
    page = show(qtbot, RegistryPage(sit(group)))
    panel = choose(qtbot, page, "lin")
    assert not page.new.isVisible() and not actions(panel)
    assert "由系统管理员维护" in said(panel)
    assert page.requests.isVisible() is (group is Group.AUDITOR)
    assert all(c.confirm is None and c.refuse is None for c in page.requests.cards)


def test_greyed_actions_say_why(qtbot, page):
    panel = choose(qtbot, page, "old")
    offered = actions(panel)
    assert [t for t, b in offered.items() if b.isEnabled()] == ["改姓名", "启用"]
    assert "此人已停用，请先启用" in said(panel)
    panel = choose(qtbot, page, "officer")
    assert not actions(panel)["调换单位"].isEnabled()
    assert actions(panel)["标为负责人"].isEnabled()


def test_nobody_is_offered_to_administer_themselves(qtbot, page):
    panel = choose(qtbot, page, "admin")
    assert not actions(panel) and "这是您本人" in said(panel)
    panel.begin(PersonAction.DISABLE)
    assert panel.form is None


def test_a_head_can_be_unmarked(qtbot, backend, page):
    backend.people[0] = replace(backend.people[0], is_head=True)
    page.reload()
    settle(qtbot, page)
    panel = choose(qtbot, page, "officer")
    actions(panel)["取消负责人标记"].click()
    panel.confirm.click()
    settle(qtbot, page)
    assert backend.orders == [Order(PersonAction.SET_HEAD, "officer", is_head=False)]


# --- orders -------------------------------------------------------------------------------------------


def test_what_will_happen_is_said_before(qtbot, backend, page):
    panel = press(qtbot, page, "lin", PersonAction.DISABLE)
    assert "立即断开" in said(panel) and "承办不变" in said(panel)
    assert "此人是石城镇唯一" not in said(panel)  # "new" is of the same place
    backend.people = [p for p in backend.people if p.login != "new"]
    page.reload()
    settle(qtbot, page)
    panel.close_form()
    panel = press(qtbot, page, "lin", PersonAction.DISABLE)
    assert "此人是石城镇唯一在用的责任人" in said(panel)
    assert backend.orders == []
    panel.confirm.click()
    settle(qtbot, page)
    assert backend.orders == [Order(PersonAction.DISABLE, "lin")]
    assert page.session.told[-1][:2] == ("success", "某lin：停用，已生效。")
    assert panel.form is None


def test_a_name_is_changed_with_enter_and_let_be_with_escape(qtbot, backend, page):
    panel = press(qtbot, page, "lin", PersonAction.RENAME)
    assert panel.problem.text() == "姓名没有变化。" and not panel.confirm.isEnabled()
    panel.form.name.setText(" 林燕 ")
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert panel.form is None and backend.orders == []
    panel.begin(PersonAction.RENAME)
    panel.form.name.setText(" 林燕 ")
    qtbot.keyClick(panel.form.name, Qt.Key.Key_Return)
    settle(qtbot, page)
    assert backend.orders == [Order(PersonAction.RENAME, "lin", name="林燕")]


def test_a_liaison_is_moved_to_a_known_agency(qtbot, backend, page):
    panel = press(qtbot, page, "lin", PersonAction.MOVE)
    for text, problem in (
        ("", "请选择新单位。"),
        ("石城镇", "此人已在这个单位。"),
        ("某镇", "名录中没有“某镇”这个单位。"),
    ):
        panel.form.agency.setText(text)
        assert panel.problem.text() == problem
    panel.form.agency.setText("长山镇")
    panel.confirm.click()
    settle(qtbot, page)
    assert backend.orders == [Order(PersonAction.MOVE, "lin", agency="长山镇")]


def test_another_group_waits_for_the_second_administrator(qtbot, backend, page):
    backend.answer = {"done": False, "request": 5, "password": None}
    panel = press(qtbot, page, "lin", PersonAction.REGROUP)
    assert "须由另一名系统管理员确认" in said(panel)
    assert panel.confirm.text() == "提交申请" and panel.problem.text() == "请选择类别。"
    assert Group.LIAISON not in panel.form.group._chips
    panel.form.group.set_value(Group.OFFICER)
    panel.form.head.click()
    panel.confirm.click()
    settle(qtbot, page)
    assert backend.orders == [
        Order(PersonAction.REGROUP, "lin", group=Group.OFFICER, agency=None, is_head=True)
    ]
    assert "等待另一名系统管理员确认" in page.session.told[-1][1]


def test_an_administrator_alone_is_told_that_nobody_can_confirm(qtbot, backend, page):
    backend.people = [p for p in backend.people if p.login != "admin-2"]
    page.reload()
    settle(qtbot, page)
    panel = press(qtbot, page, "officer", PersonAction.RESET_PASSWORD)
    assert "没有别的在用系统管理员" in said(panel)


@pytest.mark.parametrize(
    ("error", "tone", "word"),
    [
        (UserError("不能停用。"), "warning", "不能停用。"),
        (EnvironmentProblem("连不上数据库。"), "error", "连不上数据库。"),
    ],
)
def test_a_refused_order_keeps_what_was_written(qtbot, backend, page, error, tone, word):
    backend.refusal = error
    panel = press(qtbot, page, "lin", PersonAction.RENAME)
    panel.form.name.setText("林燕")
    panel.confirm.click()
    settle(qtbot, page)
    assert page.session.told[-1][:2] == (tone, word)
    assert panel.form.name.text() == "林燕" and panel.confirm.isEnabled()


def test_what_is_being_written_survives_what_others_change(qtbot, backend, page):
    panel = press(qtbot, page, "lin", PersonAction.RENAME)
    panel.form.name.setText("林燕")
    backend.people[1] = replace(backend.people[1], agency="长山镇")
    page.reload()
    settle(qtbot, page)
    assert panel.form.name.text() == "林燕" and "长山镇" in said(panel)


# --- new people and passwords -------------------------------------------------------------------------


def test_a_new_person_gets_a_login_from_the_name(qtbot, backend, page):
    backend.people.append(somebody("liwei"))
    page.reload()
    settle(qtbot, page)
    page.new.click()
    form = page.panel.form
    form.name.setText("李伟")
    settle(qtbot, page)
    assert form.login.text() == "liwei2"
    form.login.clear()
    qtbot.keyClicks(form.login, "liwei")
    form.name.setText("李伟强")
    settle(qtbot, page)
    assert form.login.text() == "liwei"
    assert page.panel.problem.text() == "账号“liwei”已经有人使用，请换一个。"


def test_a_new_liaison_is_made_and_the_password_shown_once(qtbot, backend, page):
    backend.answer = {"done": True, "request": None, "password": "kf7m-2qtx-9bwd"}
    page.create()
    panel = page.panel
    panel.form.name.setText("王芳")
    settle(qtbot, page)
    for group, problem in ((None, "请选择类别。"), (Group.LIAISON, "单位责任人须选择所在单位。")):
        panel.form.group.set_value(group)
        assert panel.problem.text() == problem
    panel.form.agency.setText("石城镇")
    assert panel.confirm.text() == "建立"
    backend.people.append(somebody("wangfang", name="王芳"))
    panel.confirm.click()
    settle(qtbot, page)
    assert backend.orders == [
        Order(
            PersonAction.CREATE, "wangfang", name="王芳", group=Group.LIAISON, agency="石城镇", is_head=False
        )
    ]
    assert panel.person.login == "wangfang" and panel.secret.isVisible()
    assert panel.secret.password.text() == "kf7m-2qtx-9bwd"
    panel.secret.copy.click()
    assert QGuiApplication.clipboard().text() == "kf7m-2qtx-9bwd"
    page.reload()
    settle(qtbot, page)
    assert panel.secret.isVisible()
    panel.secret.handed.click()
    assert not panel.secret.isVisible() and panel.secret.password.text() == ""


def test_a_new_officer_waits_and_the_password_stays_until_handed_over(qtbot, backend, page):
    backend.answer = {"done": False, "request": 9, "password": "kf7m-2qtx-9bwd"}
    page.create()
    panel = page.panel
    panel.form.name.setText("赵倩")
    settle(qtbot, page)
    panel.form.group.set_value(Group.OFFICER)
    assert panel.confirm.text() == "提交申请"
    panel.confirm.click()
    settle(qtbot, page)
    page.reload()
    settle(qtbot, page)
    assert panel.secret.isVisible() and panel.person is None and "zhaoqian" in said(panel)
    choose(qtbot, page, "lin")
    assert not panel.secret.isVisible()


def test_a_begun_person_is_kept_while_another_is_looked_at(qtbot, page):
    page.create()
    page.panel.form.name.setText("王芳")
    settle(qtbot, page)
    panel = press(qtbot, page, "lin", PersonAction.DISABLE)
    panel.close_form()
    page.create()
    assert panel.form.name.text() == "王芳"
    panel.cancel.click()
    page.create()
    assert panel.form.name.text() == ""


def test_a_reset_password_is_shown(qtbot, backend, page):
    backend.answer = {"done": True, "request": None, "password": "kf7m-2qtx-9bwd"}
    panel = press(qtbot, page, "lin", PersonAction.RESET_PASSWORD)
    panel.confirm.click()
    settle(qtbot, page)
    assert panel.secret.isVisible() and panel.person.login == "lin"


def test_an_embedded_database_has_no_passwords_to_speak_of(qtbot, backend, sit):
    page = show(qtbot, RegistryPage(sit(embedded=True)))
    panel = choose(qtbot, page, "lin")
    assert not actions(panel)["重置密码"].isEnabled() and "本机数据库不用密码" in said(panel)
    page.create()
    assert "本机数据库不用密码" in said(panel)


# --- requests -----------------------------------------------------------------------------------------


def test_a_request_says_who_what_until_when_and_what_it_does(qtbot, backend, sit):
    backend.requests = (
        request(),
        request(2, action=PersonAction.REGROUP, login="mo", name="莫某", is_head=False),
    )
    page = show(qtbot, RegistryPage(sit()))
    first, second = page.requests.cards
    assert "新建人员：赵倩（zhaoqian），中心责任人，负责人" in said(first)
    assert "周文于今天 09:00 提出，11月9日 09:00 前有效" in said(first)
    assert "确认后此人可以登录" in said(first)
    assert "改类别：莫某（mo），改为中心责任人" in said(second)
    assert page.session.counts[-1] == ("registry", 2, False)


@pytest.mark.parametrize("accept", [True, False])
def test_another_administrator_decides(qtbot, backend, sit, accept):
    backend.requests = (request(),)
    page = show(qtbot, RegistryPage(sit()))
    (card,) = page.requests.cards
    (card.confirm if accept else card.refuse).click()
    settle(qtbot, page)
    assert backend.decisions == [(1, accept)]
    assert not page.requests.isVisible()
    assert page.session.told[-1][0] == "success"


def test_who_asked_may_only_take_it_back(qtbot, backend, sit):
    backend.requests = (request(asked_by="admin"),)
    page = show(qtbot, RegistryPage(sit()))
    (card,) = page.requests.cards
    assert card.confirm is None and card.refuse.text() == "撤回"
    assert "您是申请人" in said(card)
    assert page.session.counts[-1] == ("registry", 0, False)


def test_who_is_concerned_reads_why_they_cannot_confirm(qtbot, backend, sit):
    backend.requests = (request(action=PersonAction.REGROUP, login="admin", name="我"),)
    page = show(qtbot, RegistryPage(sit()))
    (card,) = page.requests.cards
    assert not card.confirm.isEnabled() and "本人有关" in said(card)
    assert card.refuse.text() == "拒绝"


def test_a_decision_that_came_too_late_says_so(qtbot, backend, sit):
    backend.requests = (request(),)
    page = show(qtbot, RegistryPage(sit()))
    backend.refusal = UserError("没有这项待确认的申请，或已处理、已过期。")
    page.requests.cards[0].confirm.click()
    settle(qtbot, page)
    assert page.session.told[-1][:2] == ("warning", "没有这项待确认的申请，或已处理、已过期。")
    assert page.requests.cards[0].isEnabled()


def test_many_requests_leave_room_for_the_list(qtbot, backend, sit):
    backend.requests = tuple(request(n) for n in range(1, 9))
    page = show(qtbot, RegistryPage(sit()))
    qtbot.waitUntil(lambda: page.table.viewport().height() > 200)
    assert page.requests._area.height() < page.requests._inner.height()


def test_marks_of_head_are_put_into_words():
    from views.registry.words import asked

    for mark, word in ((True, "标为负责人"), (False, "取消负责人标记")):
        made = request(action=PersonAction.SET_HEAD, group=None, is_head=mark)
        assert asked(made) == f"改负责人标记：赵倩（zhaoqian），{word}"
