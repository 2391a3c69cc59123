"""The parent's side of the child process: starts it, hands on its frames, kills it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import app
from app.errors import UserError
from app.intake.child import BUG, DATA, ERROR, Request

_ROOT = Path(app.__file__).resolve().parent.parent
_WAIT = 0.1
#: Frames waiting to be taken; a full queue holds the child back.
_AHEAD = 16

CANCELLED = "已取消，没有导入任何数据。"


class Reader:
    """A running child. Use as a context; leaving it ends the child whatever it is doing."""

    def __init__(self, request: Request, cancelled: Callable[[], bool] | None = None) -> None:
        self._cancelled = cancelled or (lambda: False)
        self._frames: queue.Queue[tuple[bytes, bytes] | None] = queue.Queue(_AHEAD)
        self._stopped = threading.Event()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "app.intake.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONIOENCODING": "utf-8"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert self._child.stdin is not None
        # A child that is dead already says so where its frames are read.
        with contextlib.suppress(OSError), self._child.stdin as pipe:
            pipe.write(request.to_json().encode() + b"\n")
        self._thread = threading.Thread(target=self._pump, name="intake-reader", daemon=True)
        self._thread.start()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._child.kill()
        self._child.wait()
        self._thread.join()

    @property
    def process_id(self) -> int:
        """The child's process."""
        return self._child.pid

    def frames(self) -> Iterator[tuple[bytes, Any]]:
        """Frames as they come, JSON decoded.

        Raises UserError: the child's own, for a child that died, or cancelled; RuntimeError for a mistake of ours.
        """
        while (frame := self._next()) is not None:
            kind, payload = frame
            if kind == DATA:
                yield kind, payload
                continue
            facts = json.loads(payload)
            if kind == ERROR and facts["code"] == BUG:
                raise RuntimeError(f"the reader of foreign files failed:\n{facts['message']}")
            if kind == ERROR:
                raise UserError(facts["message"], code=facts["code"])
            yield kind, facts
        if self._child.wait() != 0:
            raise _died(self._child.returncode)

    def _next(self) -> tuple[bytes, bytes] | None:
        while True:
            if self._cancelled():
                raise UserError(CANCELLED, code="cancelled")
            try:
                return self._frames.get(timeout=_WAIT)
            except queue.Empty:
                continue

    def _pump(self) -> None:
        """Takes frames off the pipe, so that a wait for the next one can be cancelled."""
        out = self._child.stdout
        assert out is not None
        with out:
            while len(head := out.read(5)) == 5:
                (size,) = struct.unpack("<I", head[1:])
                payload = out.read(size)
                if len(payload) < size or not self._put((head[:1], payload)):
                    break
        self._put(None)

    def _put(self, frame: tuple[bytes, bytes] | None) -> bool:
        while not self._stopped.is_set():
            try:
                self._frames.put(frame, timeout=_WAIT)
            except queue.Full:
                continue
            return True
        return False


def _died(returncode: int) -> UserError:
    """A child that ended without a word: by the memory limit (abort) or by a file that breaks the reader."""
    if returncode in (-6, -9, -11):
        return UserError(
            "文件太大或结构异常，超出了读取时允许使用的内存，没有导入。请分开导出后再导入。", code="too_big"
        )
    return UserError("文件不完整或已损坏，读不出来。请重新导出或下载后再导入。", code="truncated")
