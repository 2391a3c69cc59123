"""Operations: results reach the owner on the GUI thread, and only an owner that still wants them."""

from __future__ import annotations

import logging
import threading

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject

from app.errors import EnvironmentProblem, UserError
from views.operations import Operations, Task


class Owner(QObject):
    """Keeps what it is given, and on which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[object] = []
        self.errors: list[Exception] = []
        self.threads: set[threading.Thread] = set()

    def take(self, value: object) -> None:
        self.got.append(value)
        self.threads.add(threading.current_thread())

    def fail(self, error: Exception) -> None:
        self.errors.append(error)


@pytest.fixture
def operations(qapp):
    made = Operations()
    yield made
    made.close()


def wait(qtbot, operations: Operations) -> None:
    qtbot.waitUntil(lambda: operations.running == 0)


def raising(error: Exception):
    def work(_task: Task) -> None:
        raise error

    return work


def test_a_result_arrives_on_the_gui_thread(qtbot, operations):
    owner = Owner()
    operations.query(owner, lambda _task: threading.current_thread().name, owner.take)
    wait(qtbot, operations)
    assert owner.got[0].startswith("read")
    assert owner.threads == {threading.main_thread()}


def test_commands_run_one_after_the_other_in_order(qtbot, operations):
    owner, order = Owner(), []
    for number in range(20):
        operations.command(owner, lambda _task, n=number: order.append(n), owner.take)
    wait(qtbot, operations)
    assert order == list(range(20))
    assert len(owner.got) == 20


def test_two_queries_run_side_by_side(qtbot, operations):
    owner, meeting = Owner(), threading.Barrier(2, timeout=5)
    for _ in range(2):
        operations.query(owner, lambda _task: meeting.wait(), owner.take)
    wait(qtbot, operations)
    assert len(owner.got) == 2


def test_a_later_query_of_the_same_key_supersedes(qtbot, operations):
    owner, gate = Owner(), threading.Event()
    operations.query(owner, lambda _task: (gate.wait(5), "old")[1], owner.take, key="page")
    operations.query(owner, lambda _task: "new", owner.take, key="page")
    qtbot.waitUntil(lambda: owner.got == ["new"])
    gate.set()
    wait(qtbot, operations)
    assert owner.got == ["new"]


def test_another_key_or_owner_does_not_supersede(qtbot, operations):
    one, two = Owner(), Owner()
    operations.query(one, lambda _task: 1, one.take, key="a")
    operations.query(one, lambda _task: 2, one.take, key="b")
    operations.query(two, lambda _task: 3, two.take, key="a")
    wait(qtbot, operations)
    assert sorted(one.got) == [1, 2]
    assert two.got == [3]


def test_an_owner_that_is_gone_is_skipped(qtbot, operations):
    owner, gate, got = Owner(), threading.Event(), []
    owner.destroyed.connect(got.clear)
    operations.query(owner, lambda _task: gate.wait(5), owner.take)
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gate.set()
    wait(qtbot, operations)
    assert owner.got == []


def test_an_owner_without_references_is_skipped(qtbot, operations):
    gate = threading.Event()
    owner = Owner()
    operations.query(owner, lambda _task: gate.wait(5), owner.take)
    del owner
    gate.set()
    wait(qtbot, operations)


def test_only_bound_methods_are_delivered_to(operations):
    with pytest.raises(TypeError):
        operations.query(QObject(), lambda _task: 1, lambda _value: None)


@pytest.mark.parametrize("error", [UserError("不行"), EnvironmentProblem("数据库连不上")])
def test_an_error_goes_to_the_owner_that_takes_it(qtbot, operations, error):
    owner = Owner()
    operations.query(owner, raising(error), owner.take, failed=owner.fail)
    wait(qtbot, operations)
    assert owner.errors == [error]
    assert owner.got == []


def test_an_error_nobody_takes_is_told_to_the_shell(qtbot, operations):
    owner, error, told = Owner(), UserError("不行"), []
    operations.troubled.connect(lambda _operation, e: told.append(e))
    operations.query(owner, raising(error), owner.take)
    wait(qtbot, operations)
    assert told == [error]


def test_a_bug_is_logged_with_its_traceback(qtbot, operations, caplog):
    owner = Owner()
    with caplog.at_level(logging.ERROR):
        operations.query(owner, raising(ZeroDivisionError()), owner.take, failed=owner.fail)
        wait(qtbot, operations)
    assert "operation failed" in caplog.text
    assert caplog.records[0].exc_info
    caplog.clear()


def test_a_failed_operation_can_be_tried_again(qtbot, operations):
    owner, calls = Owner(), []

    def work(_task: Task) -> str:
        calls.append(1)
        if len(calls) == 1:
            raise EnvironmentProblem("数据库连不上")
        return "好了"

    operations.troubled.connect(lambda operation, _error: operations.retry(operation))
    operations.query(owner, work, owner.take)
    qtbot.waitUntil(lambda: owner.got == ["好了"])


def test_progress_arrives_and_cancelling_stops(qtbot, operations):
    owner, seen = Owner(), threading.Event()

    class Watching(Owner):
        def progress(self, value: object) -> None:
            self.got.append(value)
            seen.set()

    owner = Watching()

    def work(task: Task) -> None:
        task.report(1)
        seen.wait(5)
        while True:
            task.check()

    operation = operations.command(owner, work, owner.take, failed=owner.fail, progressed=owner.progress)
    qtbot.waitUntil(lambda: owner.got == [1])
    operation.cancel()
    wait(qtbot, operations)
    assert type(owner.errors[0]).__name__ == "Cancelled"


def test_frequent_progress_is_thinned():
    said: list[int] = []
    task = Task(said.append)
    for number in range(1000):
        task.report(number)
    assert len(said) < 50


def test_closing_waits_and_delivers_nothing_more(qtbot, qapp):
    made, owner, gate = Operations(), Owner(), threading.Event()
    made.query(owner, lambda _task: gate.wait(5), owner.take)
    gate.set()
    made.close()
    qapp.processEvents()
    assert owner.got == []


def test_a_session_left_behind_asks_for_the_day_no_more(qapp):
    from datetime import date

    from tests.views.factories import Workspace
    from views.shell.session import Session

    operations = Operations()
    session = Session(operations)
    session.open(Workspace(), date(2026, 11, 2))
    operations.close()
    assert operations.closed
    session._look_at_day()
    assert not session._day.isActive()
