"""Who else looks at a ticket: said on top of its panel, told while it can be seen, and never a nuisance."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from app.errors import EnvironmentProblem, UserError
from app.tickets.presence import Onlooker
from models.rules.lifecycle import Action
from models.rules.people import Group
from tests.views.factories import NOW, Backend
from tests.views.test_tickets import Sitting
from views.tickets import presence
from views.tickets.presence import words

ZHANG, LI = Onlooker("张敏", NOW, False), Onlooker("李娜", NOW, True)


@pytest.fixture
def backend(monkeypatch):
    monkeypatch.setattr(presence, "_STAYS", 0)
    made = Backend()
    made.install(monkeypatch)
    return made


@pytest.fixture
def officer(qtbot, backend):
    made = Sitting(qtbot, Group.OFFICER)
    yield made
    made.operations.close()


@pytest.fixture
def line(officer, backend):
    made = officer.page.panel._presence
    wait(officer, backend, (1, False))
    return made


def wait(sitting, backend, *looks) -> None:
    """Until the database was told this last."""
    sitting.qtbot.waitUntil(lambda: tuple(backend.looks[-len(looks) :]) == looks)
    sitting.settle()


@pytest.mark.parametrize(
    ("onlookers", "said"),
    [
        ((), ""),
        ((ZHANG,), "张敏 正在查看"),
        ((ZHANG, LI), "李娜 正在填写，张敏 正在查看"),
        ((LI, Onlooker("陈立新", NOW, True)), "李娜、陈立新 正在填写"),
        ((ZHANG, Onlooker("罗敏", NOW, False), LI), "李娜、张敏 等 3 人正在查看，其中 1 人正在填写"),
    ],
)
def test_two_are_named_and_the_others_counted(onlookers, said) -> None:
    assert words(onlookers) == said


def test_who_looks_is_said_with_since_when_and_nothing_moves(officer, backend, line) -> None:
    height = line.height()
    assert line.accessibleName() == "没有其他人正在查看"
    backend.onlookers = (ZHANG, LI)
    line._timer.timeout.emit()
    officer.qtbot.waitUntil(lambda: line.onlookers == (ZHANG, LI))
    assert line._words.text() == line.accessibleName() == "李娜 正在填写，张敏 正在查看"
    assert "张敏：2026年11月2日 09:00:00（周一）打开" in line.toolTip()
    assert line.height() == height


def test_writing_is_told_at_once_and_so_is_its_end(officer, backend, line) -> None:
    panel = officer.page.panel
    panel.begin(Action.ANNOTATE)
    assert backend.looks == [(1, False)]
    panel._form.text.setPlainText("电话已打")
    wait(officer, backend, (1, True))
    panel._form.text.setPlainText("电话已打两次")
    officer.settle()
    panel._form.text.setPlainText("")
    wait(officer, backend, (1, True), (1, False))


def test_another_ticket_page_or_nobody_at_the_window_looks_away(officer, backend, line) -> None:
    officer.choose(4)
    wait(officer, backend, (1, None), (4, False))
    officer.page.hide()
    wait(officer, backend, (4, None))
    assert not line._timer.isActive() and not line._stay.isActive()
    officer.page.show()
    wait(officer, backend, (4, None), (4, False))
    officer.page.showMinimized()
    QApplication.sendEvent(officer.page, QEvent(QEvent.Type.WindowStateChange))
    wait(officer, backend, (4, None))
    assert not line._timer.isActive()


def test_who_leafs_through_the_list_looks_at_none(qtbot, backend, monkeypatch) -> None:
    monkeypatch.setattr(presence, "_STAYS", 60_000)
    sitting = Sitting(qtbot, Group.OFFICER)
    for ticket in (2, 3, 4):
        sitting.choose(ticket)
    assert backend.looks == []
    sitting.operations.close()


@pytest.mark.parametrize(
    "error",
    [EnvironmentProblem("数据库没有应答。", code="disconnected"), UserError("无权查看。", code="forbidden")],
)
def test_failing_is_silent_and_shows_nobody(officer, backend, line, error) -> None:
    backend.onlookers = (ZHANG,)
    line._timer.timeout.emit()
    officer.qtbot.waitUntil(lambda: line.onlookers == (ZHANG,))
    backend.refusal = error
    line._timer.timeout.emit()
    officer.qtbot.waitUntil(lambda: line.onlookers == ())
    assert officer.notices == []
    backend.refusal = None
    line._timer.timeout.emit()
    officer.qtbot.waitUntil(lambda: line.onlookers == (ZHANG,))


def test_the_last_word_is_said_where_the_database_is_left(officer, backend, line) -> None:
    close = officer.session.shut()
    officer.page.hide()  # pages go after the session: nothing is sent any more
    close()
    assert backend.looks == [(1, False), (1, None)]
