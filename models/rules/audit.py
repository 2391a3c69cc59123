"""The chain of the log: what a link is made of, and whether a chain still is what it was.

Every statement that writes events becomes one link, in the order of the commits:

    digest = sha256(the events' lines, in the order of their ids, joined by line feeds)
    hash   = sha256(hash of the link before | "no|microseconds|digest")

so that whoever changes, removes or swaps something must change every link after it. Only the end of a chain
can be cut unseen, or all of it written anew: against that stands a head that was printed before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

#: The first line of an export names its form.
FORM = 1
_HEAD = re.compile(r"(0|[1-9][0-9]{0,17}):([0-9a-f]{16,64})")
_NOTHING = "0" * 64
#: Numbers of events that a sentence names.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Head:
    """The newest link of a chain as it is printed: `NO:HASH`. Before the first link: number 0, all zeros."""

    no: int
    hash: str

    @classmethod
    def read(cls, text: str) -> Head:
        """From `NO:HASH`; at least the hash's first 16 digits. Raises ValueError."""
        found = _HEAD.fullmatch(text.strip().lower())
        if found is None:
            raise ValueError(f"not a head: {text}")
        return cls(int(found[1]), found[2])

    def __str__(self) -> str:
        return f"{self.no}:{self.hash}"


#: What the first link is chained to.
GENESIS = Head(0, _NOTHING)


@dataclass(frozen=True, slots=True)
class Link:
    """One link: `at_us` microseconds since 1970, `events` the ids it lists, `lines` the events as they stand."""

    no: int
    at_us: int
    events: tuple[int, ...]
    lines: tuple[str, ...]
    digest: str
    hash: str

    @property
    def head(self) -> Head:
        """The head of the chain that ends here."""
        return Head(self.no, self.hash)


class Fault(StrEnum):
    """What can be wrong with a chain."""

    NUMBER = "number"
    EVENTS = "events"
    CONTENT = "content"
    LINK = "link"
    CUT = "cut"
    HEAD = "head"
    FORM = "form"
    UNLINKED = "unlinked"
    TWICE = "twice"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Broken:
    """The first thing that is wrong: at which link (None: beside the chain), what, and a sentence."""

    no: int | None
    fault: Fault
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk found: links and events that hold, the last good link, and what broke it."""

    links: int
    events: int
    head: Head
    broken: Broken | None = None

    @property
    def ok(self) -> bool:
        """Whether the chain is intact."""
        return self.broken is None


def digest(lines: Sequence[str]) -> str:
    """What stands for a link's events."""
    return sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def chained(before: str, no: int, at_us: int, content: str) -> str:
    """The hash of a link after the one before."""
    return sha256(bytes.fromhex(before) + f"{no}|{at_us}|{content}".encode()).hexdigest()


def walk(links: Iterable[Link], *, start: Head = GENESIS, heads: Sequence[Head] = ()) -> Verdict:
    """Follows a chain from the link after `start` to the first that is broken; keeps one link in memory.

    `heads`: printed before, each must be in the chain.
    """
    chain = _Chain(start, heads)
    for link in links:
        if (broken := chain.take(link)) is not None:
            return chain.verdict(broken)
    return chain.verdict(chain.end())


class _Chain:
    """How far a walk has come."""

    def __init__(self, start: Head, heads: Sequence[Head]) -> None:
        self.last, self._links, self._events = start, 0, 0
        self._start, self._heads = start, heads

    def verdict(self, broken: Broken | None) -> Verdict:
        return Verdict(self._links, self._events, self.last, broken)

    def take(self, link: Link) -> Broken | None:
        """Goes one link on; what is wrong with it, if anything."""
        broken = _number(link, self.last.no + 1) or _events(link) or _content(link) or _link(link, self.last)
        if broken is None and (broken := self._compared(link.head)) is None:
            self.last = link.head
            self._links += 1
            self._events += len(link.lines)
        return broken

    def end(self) -> Broken | None:
        """What is wrong once there are no more links."""
        for head in self._heads:
            if head.no > self.last.no:
                why = f"链到第 {self.last.no} 环为止，抄录的链头是第 {head.no} 环：末尾被截去"
                return Broken(self.last.no + 1, Fault.CUT, why)
            if head.no < self._start.no:
                why = f"抄录的链头（第 {head.no} 环）早于起点（第 {self._start.no} 环），无从比对"
                return Broken(head.no, Fault.HEAD, why)
        return self._compared(self._start)

    def _compared(self, here: Head) -> Broken | None:
        for head in self._heads:
            if head.no == here.no and not here.hash.startswith(head.hash):
                why = f"第 {head.no} 环的校验值与抄录的链头不同：到这一环为止的记录被整段改写"
                return Broken(head.no, Fault.HEAD, why)
        return None


def _number(link: Link, expected: int) -> Broken | None:
    if link.no == expected:
        return None
    if link.no > expected:
        why = f"缺第 {expected} 环，读到的是第 {link.no} 环：有环被删去或调换"
    else:
        why = f"第 {expected} 环的位置上又是第 {link.no} 环：编号重复或次序颠倒"
    return Broken(expected, Fault.NUMBER, why)


def _events(link: Link) -> Broken | None:
    found = tuple(_id_of(line) for line in link.lines)
    if found == link.events and link.events:
        return None
    missing = [i for i in link.events if i not in found]
    strange = [i for i in found if i not in link.events]
    if missing:
        why = f"缺少{_named(missing)}"
    elif strange:
        why = f"多出{_named([i for i in strange if i is not None])}"
    else:
        why = "事件重复、次序颠倒或没有事件"
    return Broken(link.no, Fault.EVENTS, f"第 {link.no} 环：{why}")


def _content(link: Link) -> Broken | None:
    if digest(link.lines) == link.digest:
        return None
    return Broken(link.no, Fault.CONTENT, f"第 {link.no} 环：{_named(link.events)} 的内容与入链时不同")


def _link(link: Link, before: Head) -> Broken | None:
    if link.hash == chained(before.hash, link.no, link.at_us, link.digest):
        return None
    why = f"第 {link.no} 环的校验值与前一环、时间和事件不相符：这一环被改动、调换，或前一环被替换"
    return Broken(link.no, Fault.LINK, why)


def _id_of(line: str) -> int | None:
    """The id of the event that a line stands for; None where it stands for none."""
    try:
        facts = json.loads(line)
    except (ValueError, RecursionError):
        return None
    first = facts[0] if isinstance(facts, list) and facts else None
    return first if type(first) is int else None


def _named(events: Sequence[int | None]) -> str:
    known = [str(i) for i in events if i is not None]
    more = f"等 {len(known)} 条" if len(known) > _NAMED else ""
    return f"事件 {'、'.join(known[:_NAMED])}{more}" if known else "不成形的事件"


# The file of an export: one JSON object a line, first what it is, then the links. Bytes and no text, since a
# reader that forgives a byte would not see it changed.


def write_header(start: Head, head: Head) -> bytes:
    """The first line of an export that goes from `start` to `head`."""
    return _dump({"pingdesk-audit": FORM, "from": str(start), "head": str(head)})


def write_link(link: Link) -> bytes:
    """A link as a line of an export."""
    return _dump(
        {
            "no": link.no,
            "at": link.at_us,
            "events": link.events,
            "digest": link.digest,
            "hash": link.hash,
            "lines": link.lines,
        }
    )


def walk_export(lines: Iterable[bytes], *, heads: Sequence[Head] = ()) -> Verdict:
    """Follows the chain of an export, which must end with the head that its first line names."""
    rest = iter(lines)
    ends = _read_header(next(rest, b""))
    if ends is None:
        return Verdict(0, 0, GENESIS, Broken(0, Fault.FORM, "第 1 行不是审计导出的开头，或被改动"))
    start, head = ends
    chain = _Chain(start, (*heads, head))
    for broken in _taken(chain, rest):
        if broken is not None:
            return chain.verdict(broken)
    if chain.last.no > head.no:
        why = f"文件写明到第 {head.no} 环，其后还有别的环"
        return chain.verdict(Broken(head.no + 1, Fault.FORM, why))
    return chain.verdict(chain.end())


def _taken(chain: _Chain, lines: Iterator[bytes]) -> Iterator[Broken | None]:
    for number, line in enumerate(lines, start=2):
        link = _read_link(line)
        if link is None:
            why = f"文件第 {number} 行不成形：被改动或没有写完"
            yield Broken(chain.last.no + 1, Fault.FORM, why)
        else:
            yield chain.take(link)


def _read_header(line: bytes) -> tuple[Head, Head] | None:
    facts = _load(line)
    try:
        start, head = Head.read(str(facts["from"])), Head.read(str(facts["head"]))
    except (KeyError, ValueError):
        return None
    whole = len(start.hash) == len(head.hash) == 64 and (start.no > 0 or start == GENESIS)
    return (start, head) if whole and write_header(start, head) == line else None


def _read_link(line: bytes) -> Link | None:
    """The link of a line; None where it is not, byte for byte, what `write_link` writes."""
    facts = _load(line)
    try:
        link = Link(
            facts["no"],
            facts["at"],
            tuple(facts["events"]),
            tuple(facts["lines"]),
            facts["digest"],
            facts["hash"],
        )
    except (KeyError, TypeError):
        return None
    typed = (
        all(type(value) is int for value in (link.no, link.at_us, *link.events))
        and all(isinstance(value, str) for value in (link.digest, link.hash, *link.lines))
        and re.fullmatch("[0-9a-f]{64}", link.hash)
    )
    return link if typed and write_link(link) == line else None


def _dump(facts: dict[str, Any]) -> bytes:
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass") + b"\n"


def _load(line: bytes) -> dict[str, Any]:
    try:
        facts = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}
