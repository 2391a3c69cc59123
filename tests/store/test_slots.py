"""Who may use a connection next: a write goes before reads that wait, and nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from app.database.slots import Slots
from app.errors import EnvironmentProblem


class Somebody:
    """A thread that takes a slot and keeps it until told to give it back."""

    def __init__(self, slots: Slots, *, write: bool) -> None:
        self._slots, self._write = slots, write
        self.has, self._done = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._take)
        self.thread.start()

    def _take(self) -> None:
        with self._slots.taken(write=self._write):
            self.has.set()
            self._done.wait(10)

    def leave(self) -> None:
        self._done.set()
        self.thread.join(10)


@pytest.fixture
def come() -> Iterator[object]:
    made: list[Somebody] = []

    def somebody(slots: Slots, *, write: bool = False) -> Somebody:
        made.append(Somebody(slots, write=write))
        return made[-1]

    yield somebody
    for each in made:
        each.leave()


def waits(slots: Slots, *, writers: int) -> bool:
    """Whether so many writers come to wait."""
    with slots._changed:
        return slots._changed.wait_for(lambda: slots._writes_waiting == writers, 10)


def test_as_many_as_there_are_slots_go_at_once(come) -> None:
    slots = Slots(2)
    assert all(come(slots).has.wait(10) for _ in range(2))


def test_a_write_goes_before_a_read_that_waits(come) -> None:
    slots = Slots(1)
    first = come(slots)
    assert first.has.wait(10)
    write = come(slots, write=True)
    assert waits(slots, writers=1)
    read = come(slots)
    first.leave()
    assert write.has.wait(10)
    assert not read.has.is_set()
    write.leave()
    assert read.has.wait(10)


def test_a_read_waits_while_a_write_does_though_a_slot_is_free(come) -> None:
    slots = Slots(1, patience=0)
    with slots._changed:
        slots._writes_waiting = 1
    with pytest.raises(EnvironmentProblem) as refused, slots.taken(write=False):
        pass
    assert refused.value.code == "busy"


def test_whoever_gives_up_waiting_is_told_and_holds_up_nobody() -> None:
    slots = Slots(1, patience=0)
    with slots.taken(write=False):
        for write in (True, False):
            with pytest.raises(EnvironmentProblem, match="正忙"), slots.taken(write=write):
                pass
    with slots.taken(write=True):
        pass


def test_a_slot_comes_back_after_an_error() -> None:
    slots = Slots(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), slots.taken(write=True):
            1 / 0  # noqa: B018
