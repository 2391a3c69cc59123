"""A line between client and server that is cut at any message of PostgreSQL's protocol, in either direction."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from itertools import count


class Cut(Enum):
    """Where in the message: none of it arrives, half of it, all of it."""

    BEFORE = 0
    WITHIN = 1
    AFTER = 2

    def arriving(self, raw: bytes) -> bytes:
        """What of the message still arrives."""
        return raw[: len(raw) * self.value // 2]


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `kind`: its letter, `start` for the first of a connection; `asked`: the client sent it."""

    asked: bool
    kind: str
    raw: bytes


Knife = Callable[[Message], Cut | None]


def nth(number: int, where: Cut) -> Knife:
    """Cuts at the message of that number, counted from 0."""
    seen = count()
    return lambda _message: where if next(seen) == number else None


def saying(words: bytes, where: Cut) -> Knife:
    """Cuts at the first message of the client that contains the words."""
    return lambda message: where if message.asked and words in message.raw else None


def answer_to(words: bytes) -> Knife:
    """Cuts when the server answers what contains the words: it has done it, and nobody hears."""
    said = threading.Event()

    def knife(message: Message) -> Cut | None:
        if message.asked and words in message.raw:
            said.set()
        return Cut.BEFORE if said.is_set() and not message.asked else None

    return knife


@dataclass
class Line:
    """Passes on what a client and the server at `port` say, until `knife` cuts one connection; then it has none.

    `stays_down`: a cut line takes no further connection before `mend`.
    """

    port: int
    stays_down: bool = False
    knife: Knife | None = None
    cuts: int = 0

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.entrance = int(self._listener.getsockname()[1])
        self._down, self._lock = threading.Event(), threading.Lock()
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._go(self._accept)

    def mend(self) -> None:
        """Connections come about again."""
        self._down.clear()

    def close(self) -> None:
        """Lets nobody in any more."""
        with suppress(OSError):  # wakes whoever accepts
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _go(self, work: Callable[..., None], *given: socket.socket) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        self._threads.append(threading.Thread(target=work, args=given, name="line", daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._down.is_set():
                    client.close()
                else:
                    self._go(self._pass_on, client)

    def _pass_on(self, client: socket.socket) -> None:
        with suppress(OSError), client, socket.create_connection(("127.0.0.1", self.port)) as server:
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open = {end for end in self._open if end.fileno() >= 0} | {client, server}
            ends = {client: (server, _Frames(asked=True)), server: (client, _Frames(asked=False))}
            with selectors.DefaultSelector() as waiting:
                for end in ends:
                    waiting.register(end, selectors.EVENT_READ)
                while all(self._carry(key.fileobj, *ends[key.fileobj]) for key, _ in waiting.select()):
                    pass

    def _carry(self, source: socket.socket, goal: socket.socket, frames: _Frames) -> bool:
        """Whether the connection still stands."""
        got = source.recv(65536)
        for message in frames.of(got):
            where = self._judge(message)
            if where is not None:
                goal.sendall(where.arriving(message.raw))
                return False
            goal.sendall(message.raw)
        return bool(got)

    def _judge(self, message: Message) -> Cut | None:
        with self._lock:
            if self._down.is_set():  # the other connections of the same line
                return Cut.BEFORE
            where = self.knife(message) if self.knife else None
            if where is not None:
                self.knife, self.cuts = None, self.cuts + 1
                if self.stays_down:
                    self._down.set()
                    for end in self._open:
                        with suppress(OSError):
                            end.shutdown(socket.SHUT_RD)  # what was sent still arrives
            return where


class _Frames:
    """Takes a stream apart into messages."""

    def __init__(self, *, asked: bool) -> None:
        self._asked, self._rest, self._begun = asked, b"", not asked

    def of(self, got: bytes) -> Iterator[Message]:
        self._rest += got
        head = 1 if self._begun else 0
        while len(self._rest) >= head + 4:
            size = head + int.from_bytes(self._rest[head : head + 4])
            if len(self._rest) < size:
                return
            raw, self._rest = self._rest[:size], self._rest[size:]
            yield Message(self._asked, chr(raw[0]) if head else "start", raw)
            self._begun, head = True, 1


@contextmanager
def line_to(port: int, *, stays_down: bool = False) -> Iterator[Line]:
    """A line to a server of this machine, closed at the end."""
    line = Line(port, stays_down)
    try:
        yield line
    finally:
        line.close()
