"""What others change reaches the window: on the GUI thread, joined, and not in the middle of reading."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject

from app.changes import EVERYTHING, Changes, Kind
from app.database import feed
from views.operations import Incoming, Operations


class FakeFeed:
    """A feed that tells what the test tells it to."""

    made: list[FakeFeed]

    def __init__(self, conninfo, *, mark, changed, connected) -> None:
        self.conninfo, self.mark, self.changed, self.connected = conninfo, mark, changed, connected
        self.started = self.stopped = self.closed = False
        FakeFeed.made.append(self)

    def start(self) -> None:
        self.started = True

    def stop(self) -> None:
        self.stopped = True

    def close(self) -> None:
        self.closed = True

    def tell(self, *told: Changes | bool) -> None:
        """As the feed's thread does."""

        def run() -> None:
            for each in told:
                (self.connected if isinstance(each, bool) else self.changed)(each)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()


@pytest.fixture(autouse=True)
def feeds(monkeypatch):
    FakeFeed.made = []
    monkeypatch.setattr(feed, "Feed", FakeFeed)
    return FakeFeed.made


class Ears(QObject):
    def __init__(self, incoming: Incoming) -> None:
        super().__init__()
        self.heard: list[object] = []
        self.threads: set[threading.Thread] = set()
        incoming.changed.connect(self.hear)
        incoming.connected.connect(self.hear)

    def hear(self, told: object) -> None:
        self.heard.append(told)
        self.threads.add(threading.current_thread())

    def take(self, _value: object) -> None:
        """The result of a read."""


@pytest.fixture
def operations(qapp):
    made = Operations()
    yield made
    made.close()


@pytest.fixture
def incoming(operations):
    made = Incoming(operations)
    made.follow("host=somewhere", "1:1:")
    yield made
    made.leave()


TICKET = Changes(Kind.TICKETS, frozenset({1}))


def test_changes_and_states_arrive_on_the_gui_thread(qtbot, incoming, feeds):
    ears = Ears(incoming)
    assert (feeds[0].conninfo, feeds[0].mark, feeds[0].started) == ("host=somewhere", "1:1:", True)
    feeds[0].tell(True, TICKET)
    qtbot.waitUntil(lambda: ears.heard == [True, TICKET])
    assert ears.threads == {threading.main_thread()}


def test_changes_that_come_together_are_told_as_one(qtbot, incoming, feeds):
    ears = Ears(incoming)
    feeds[0].tell(TICKET, Changes(Kind.TICKETS, frozenset({2})), Changes(Kind.REGISTRY))
    qtbot.waitUntil(lambda: bool(ears.heard))
    assert ears.heard == [Changes(Kind.TICKETS | Kind.REGISTRY, frozenset({1, 2}))]


def test_changes_wait_for_reads_under_way(qtbot, operations, incoming, feeds):
    """Else each reload would supersede the one before, and under a steady stream none would be shown."""
    ears, gate = Ears(incoming), threading.Event()
    operations.query(ears, lambda _task: gate.wait(10), ears.take)
    feeds[0].tell(TICKET)
    qtbot.waitUntil(lambda: incoming._latest.isActive())
    assert ears.heard == []
    feeds[0].tell(Changes(Kind.PEOPLE))
    gate.set()
    qtbot.waitUntil(lambda: bool(ears.heard))
    assert ears.heard == [Changes(Kind.TICKETS | Kind.PEOPLE, frozenset({1}))]
    assert not incoming._latest.isActive()


def test_changes_do_not_wait_for_ever(qtbot, operations, incoming, feeds):
    ears, gate = Ears(incoming), threading.Event()
    operations.query(ears, lambda _task: gate.wait(10), ears.take)
    feeds[0].tell(TICKET)
    qtbot.waitUntil(lambda: incoming._latest.isActive())
    incoming._latest.timeout.emit()
    assert ears.heard == [TICKET]
    gate.set()


def test_a_write_under_way_holds_up_no_change(qtbot, operations, incoming, feeds):
    ears, gate = Ears(incoming), threading.Event()
    operations.command(ears, lambda _task: gate.wait(10), ears.take)
    feeds[0].tell(TICKET)
    qtbot.waitUntil(lambda: ears.heard == [TICKET])
    gate.set()


def test_a_feed_that_was_left_tells_nothing_more(qtbot, incoming, feeds):
    ears = Ears(incoming)
    feeds[0].tell(TICKET)  # under way when another person takes the desk
    incoming.follow("host=elsewhere", None)
    assert feeds[0].stopped and not feeds[0].closed
    feeds[0].tell(False, TICKET)
    feeds[1].tell(EVERYTHING)
    qtbot.waitUntil(lambda: bool(ears.heard))
    assert ears.heard == [EVERYTHING]


def test_the_feed_is_handed_over_to_be_closed(incoming, feeds):
    assert incoming.parting() is feeds[0]
    assert feeds[0].stopped
    assert incoming.parting() is None
