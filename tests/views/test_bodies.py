"""文书单位 in the window, on a real database: changed by the head, read by the others, typed text never lost."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.registry.bodies import set_body
from app.registry.rows import Body, BodyKind
from app.workspace import Person, Workspace
from models.rules.people import Group
from tests.databases import MONDAY, Database
from views.operations import Operations
from views.registry.page import RegistryPage
from views.shell.session import Session


@pytest.fixture
def sit(qtbot, database: Database):
    database.freeze(MONDAY)
    database.rows("UPDATE pd.app_user SET is_head = true WHERE login = 'officer'")
    opened = []

    def make(*, head: bool) -> RegistryPage:
        operations = Operations()
        session = Session(operations)
        person = Person("officer", "李伟", Group.OFFICER, None, None, is_head=head)
        session.open(Workspace(database.store, person, "测试", None), MONDAY.date())
        page = RegistryPage(session)
        page.told = []
        session.noticed.connect(lambda tone, *_: page.told.append(tone))
        qtbot.addWidget(page)
        page.resize(1190, 760)
        page.show()
        page.shown()
        session.registry.run("registry.bodies")
        settle(qtbot, page)
        opened.append(operations)
        return page

    yield make
    for operations in opened:
        operations.close()


def settle(qtbot, page: RegistryPage) -> None:
    qtbot.waitUntil(lambda: page.session.operations.running == 0)


def test_the_head_changes_a_name_and_sees_that_it_is_on_record(qtbot, sit, database) -> None:
    page = sit(head=True)
    form = page.bodies.forms[BodyKind.CENTRE]
    assert page.tabs.tabText(page.tabs.currentIndex()) == "文书单位"
    assert form.name.text() == "市政务服务中心"
    assert not form.save.isVisible()
    form.phone.setText("转12")
    assert not form.save.isEnabled()
    assert "电话" in form.problem.text()
    form.phone.setText("0759-6600000")
    form.name.setText("廉江市政务服务中心")
    qtbot.mouseClick(form.save, Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    saved = database.rows("SELECT name, phone FROM pd.body WHERE kind = 'centre'")
    assert saved == [("廉江市政务服务中心", "0759-6600000")]
    assert page.told == ["success"]
    assert not form.save.isVisible()
    assert "最近修改：今天" in page.bodies._changed.text()


def test_what_is_typed_stays_when_another_one_changes_it_and_can_be_taken_back(qtbot, sit, database) -> None:
    page = sit(head=True)
    form = page.bodies.forms[BodyKind.CENTRE]
    form.address.setText("罗州街道1号")
    with database.store.write() as connection:
        set_body(connection, Body(BodyKind.CENTRE, "廉江市政务服务中心", "", ""))
    page.reload()
    settle(qtbot, page)
    assert (form.name.text(), form.address.text()) == ("廉江市政务服务中心", "罗州街道1号")
    form.undo.click()
    assert (form.name.text(), form.address.text()) == ("廉江市政务服务中心", "")


def test_others_read(qtbot, sit) -> None:
    page = sit(head=False)
    form = page.bodies.forms[BodyKind.CENTRE]
    assert form.name.isReadOnly()
    assert not form.save.isVisible()
    assert page.facts.text() == "只有中心负责人可以修改"
