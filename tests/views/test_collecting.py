"""Cycles are collected where widgets live."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QObject

from views.operations.collecting import Collector


def test_cycles_go_on_the_gui_thread_only(qapp) -> None:
    ended: list[str] = []

    class Knot:
        def __init__(self) -> None:
            self.own = self
            weakref.finalize(self, lambda: ended.append(threading.current_thread().name))

    owner = QObject()
    collector = Collector(owner)
    try:
        worker = threading.Thread(target=lambda: [Knot() for _ in range(2000)], name="worker")
        worker.start()
        worker.join()
        assert ended == []
        collector.look()
        assert len(ended) == 2000 and set(ended) == {threading.current_thread().name}
    finally:
        collector.stop()
    assert gc.isenabled()
    gc.disable()  # as every test of the views has it
