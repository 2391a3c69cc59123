"""The chain of the log: whatever is changed, removed, swapped or cut is found, and named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules import audit
from models.rules.audit import GENESIS, Fault, Head, Link, Verdict


def line(event: int, actor: str = "officer", action: str = "annotate", **facts: object) -> str:
    return json.dumps([event, 1_793_581_200_000_000, actor, action, 7, "pending", "pending", facts])


def build(statements: list[list[str]], start: Head = GENESIS) -> list[Link]:
    """Links over the lines of one statement each."""
    links: list[Link] = []
    for number, lines in enumerate(statements, start=start.no + 1):
        before = links[-1].hash if links else start.hash
        ids = tuple(json.loads(written)[0] for written in lines)
        content = audit.digest(lines)
        at = 1_793_581_200_000_000 + number
        made = Link(number, at, ids, tuple(lines), content, audit.chained(before, number, at, content))
        links.append(made)
    return links


CHAIN = build([[line(1)], [line(2, "head"), line(3, reason="f00d")], [line(4)], [line(5)], [line(6)]])
HEAD = CHAIN[-1].head


def exported(links: list[Link], start: Head = GENESIS) -> list[bytes]:
    head = links[-1].head if links else start
    return [audit.write_header(start, head), *(audit.write_link(link) for link in links)]


def test_an_intact_chain_holds() -> None:
    assert audit.walk(CHAIN, heads=(HEAD, CHAIN[1].head, GENESIS)) == Verdict(5, 6, HEAD)
    assert audit.walk_export(exported(CHAIN), heads=(HEAD,)) == Verdict(5, 6, HEAD)
    assert audit.walk([]) == Verdict(0, 0, GENESIS)
    assert audit.walk_export(exported([])).ok


def test_the_hash_is_the_one_that_is_documented() -> None:
    """Written out once, so that a verifier of somebody else's can be held against it."""
    content = sha256(b"[1]\n[2]").hexdigest()
    assert audit.digest(["[1]", "[2]"]) == content
    expected = sha256(bytes(32) + b"1|5|" + content.encode()).hexdigest()
    assert audit.chained(GENESIS.hash, 1, 5, content) == expected


def resealed(link: Link, before: Link) -> Link:
    """The link with digest and hash computed anew, as somebody would who knows how."""
    content = audit.digest(link.lines)
    return replace(link, digest=content, hash=audit.chained(before.hash, link.no, link.at_us, content))


Change = Callable[[list[Link]], list[Link]]


def at(place: int, **over: object) -> Change:
    return lambda links: [*links[:place], replace(links[place], **over), *links[place + 1 :]]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "fault", "no"),
    [
        (at(1, lines=(line(2, "admin"), line(3, reason="f00d"))), Fault.CONTENT, 2),
        (at(1, lines=(line(3, reason="f00d"), line(2, "head"))), Fault.EVENTS, 2),
        (at(1, lines=(line(2, reason="f00d"), line(3, "head"))), Fault.CONTENT, 2),
        (at(1, lines=(line(2, "head"),)), Fault.EVENTS, 2),
        (at(1, lines=(line(2, "head"), line(3, reason="f00d"), line(9))), Fault.EVENTS, 2),
        (at(1, lines=("nonsense", line(3, reason="f00d"))), Fault.EVENTS, 2),
        (at(1, lines=("[]", line(3, reason="f00d"))), Fault.EVENTS, 2),
        (at(1, lines=(), events=()), Fault.EVENTS, 2),
        (at(2, at_us=1), Fault.LINK, 3),
        (at(2, hash="0" * 64), Fault.LINK, 3),
        (at(2, digest="0" * 64), Fault.CONTENT, 3),
        (lambda links: [links[0], *links[2:]], Fault.NUMBER, 2),
        (lambda links: links[1:], Fault.NUMBER, 1),
        (lambda links: [links[0], links[2], links[1], *links[3:]], Fault.NUMBER, 2),
        (lambda links: [links[0], links[0], *links[1:]], Fault.NUMBER, 2),
        (lambda links: [links[0], replace(links[2], no=2), replace(links[1], no=3), *links[3:]], Fault.LINK, 2),
        (lambda links: [links[0], resealed(replace(links[1], at_us=1), links[0]), *links[2:]], Fault.LINK, 3),
    ],
)  # fmt: skip
def test_what_was_done_is_named(change: Change, fault: Fault, no: int) -> None:
    verdict = audit.walk(change(list(CHAIN)))
    assert verdict.broken is not None
    assert (verdict.broken.fault, verdict.broken.no) == (fault, no)
    assert verdict.links == no - 1 and verdict.head.no == no - 1
    assert not audit.walk_export(exported(change(list(CHAIN)))).ok


def test_events_are_named() -> None:
    many = build([[line(i) for i in range(1, 9)]])
    cut = audit.walk([replace(many[0], lines=many[0].lines[:1])]).broken
    assert cut is not None and cut.why == "第 1 环：缺少事件 2、3、4、5、6等 7 条"
    more = audit.walk([replace(CHAIN[0], lines=(*CHAIN[0].lines, line(9)))]).broken
    assert more is not None and more.why == "第 1 环：多出事件 9"


def test_a_cut_tail_is_found_by_the_printed_head_alone() -> None:
    assert audit.walk(CHAIN[:3]).ok
    verdict = audit.walk(CHAIN[:3], heads=(HEAD,))
    assert verdict.broken is not None and verdict.broken.fault is Fault.CUT and verdict.broken.no == 4
    assert "末尾被截去" in verdict.broken.why
    # An export says where it ends, unless that was changed too.
    assert audit.walk_export(exported(CHAIN)[:-1]).broken == audit.walk(CHAIN[:4], heads=(HEAD,)).broken
    assert audit.walk_export(exported(CHAIN[:4])).ok
    assert not audit.walk_export(exported(CHAIN[:4]), heads=(HEAD,)).ok


def test_a_chain_written_anew_is_found_by_the_printed_head_alone() -> None:
    forged = build([[line(1, "nobody")], *([*link.lines] for link in CHAIN[1:])])
    assert audit.walk(forged).ok
    verdict = audit.walk(forged, heads=(CHAIN[2].head,))
    assert verdict.broken is not None
    assert (verdict.broken.fault, verdict.broken.no) == (Fault.HEAD, 3)


def test_a_part_of_a_chain_holds_from_where_it_starts() -> None:
    start = CHAIN[1].head
    assert audit.walk(CHAIN[2:], start=start, heads=(HEAD, start)) == Verdict(3, 3, HEAD)
    assert audit.walk_export(exported(CHAIN[2:], start)).ok
    too_early = audit.walk(CHAIN[2:], start=start, heads=(CHAIN[0].head,))
    assert too_early.broken is not None and "无从比对" in too_early.broken.why
    other = audit.walk(CHAIN[2:], start=start, heads=(Head(2, "0" * 64),))
    assert other.broken is not None and other.broken.fault is Fault.HEAD


@pytest.mark.parametrize(
    "text", ["5", "5:", "5:xyz", ":" + "a" * 64, "05:" + "a" * 64, "5:" + "a" * 15, "5:" + "a" * 65]
)
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a head"):
        Head.read(text)


def test_a_head_is_read_as_it_was_printed_and_by_its_first_digits() -> None:
    assert Head.read(f" {HEAD} ") == HEAD
    assert Head.read(str(HEAD).upper()) == HEAD
    assert audit.walk(CHAIN, heads=(Head.read(f"5:{HEAD.hash[:16]}"),)).ok


@pytest.mark.parametrize(
    "first",
    [
        b"", b"\n", b"[]\n", b"{}\n", b'{"pingdesk-audit":2,"from":"0:00","head":"0:00"}\n', "名录\n".encode(),
        b"\xff\xfe", b"[" * 100_000, audit.write_header(Head(0, "1" * 64), HEAD), audit.write_header(GENESIS, HEAD)[:-1],
        audit.write_header(GENESIS, Head(5, HEAD.hash[:20])),
    ],
)  # fmt: skip
def test_a_file_that_is_no_export_says_so(first: bytes) -> None:
    verdict = audit.walk_export([first, *exported(CHAIN)[1:]])
    assert verdict.broken is not None and verdict.broken.fault is Fault.FORM


@pytest.mark.parametrize(
    "bad", [b"{}\n", b"[]\n", b"\n", b'{"no":1,"at":1,"events":1,"lines":[],"digest":"","hash":""}\n']
)
def test_a_line_that_is_no_link_is_named_by_its_number(bad: bytes) -> None:
    lines = exported(CHAIN)
    verdict = audit.walk_export([*lines[:3], bad, *lines[4:]])
    assert verdict.broken is not None and verdict.broken.why.startswith("文件第 4 行不成形")
    assert verdict.broken.no == 3 and verdict.links == 2


def test_what_follows_the_named_end_is_found() -> None:
    lines = exported(CHAIN[:4])
    verdict = audit.walk_export([*lines, audit.write_link(CHAIN[4])])
    assert verdict.broken is not None and "其后还有别的环" in verdict.broken.why


# --- any change at all --------------------------------------------------------------------------------

words = st.text(max_size=6)
statements = st.lists(
    st.lists(st.builds(lambda w, a: (w, a), words, words), min_size=1, max_size=3), min_size=1, max_size=5
)


def chain_of(drawn: list[list[tuple[str, str]]]) -> list[Link]:
    """Links over whatever actors and words there may be, ids counted up."""
    made, number = [], 0
    for statement in drawn:
        lines = []
        for actor, word in statement:
            number += 1
            lines.append(
                json.dumps([number, 5, actor, "annotate", None, None, None, {"w": word}], ensure_ascii=False)
            )
        made.append(lines)
    return build(made)


@given(statements, st.data())
def test_any_byte_changed_in_an_export_is_found(
    drawn: list[list[tuple[str, str]]], data: st.DataObject
) -> None:
    whole = b"".join(exported(chain_of(drawn)))
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[place] = (changed[place] + data.draw(st.integers(1, 255))) % 256
    assert not audit.walk_export(_split(bytes(changed))).ok


@given(statements, st.data())
def test_any_byte_removed_and_any_end_cut_is_found(
    drawn: list[list[tuple[str, str]]], data: st.DataObject
) -> None:
    whole = b"".join(exported(chain_of(drawn)))
    place = data.draw(st.integers(0, len(whole) - 1))
    assert audit.walk_export(_split(whole)).ok
    assert not audit.walk_export(_split(whole[:place] + whole[place + 1 :])).ok
    assert not audit.walk_export(_split(whole[:place])).ok


def _split(content: bytes) -> list[bytes]:
    """Lines as a file gives them: parted by line feeds alone."""
    parts = content.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


@given(statements, st.data())
def test_any_row_changed_removed_or_swapped_is_found(
    drawn: list[list[tuple[str, str]]], data: st.DataObject
) -> None:
    links = chain_of(drawn)
    place = data.draw(st.integers(0, len(links) - 1))
    link = links[place]
    row = data.draw(st.integers(0, len(link.lines) - 1))
    rows = list(link.lines)
    what = data.draw(st.sampled_from(["change", "remove", "swap"]))
    if what == "change":
        rows[row] = rows[row].replace('"annotate"', '"approve"', 1)
    elif what == "remove":
        del rows[row]
    else:
        other = data.draw(st.integers(0, len(rows) - 1).filter(lambda i: i != row or len(rows) == 1))
        rows[row], rows[other] = rows[other], rows[row]
    touched = replace(link, lines=tuple(rows))
    verdict = audit.walk([*links[:place], touched, *links[place + 1 :]])
    assert verdict.ok is (touched == link)
    if not verdict.ok:
        assert verdict.broken is not None and verdict.broken.no == link.no


@given(statements.filter(lambda drawn: len(drawn) > 1), st.data())
def test_any_link_removed_or_swapped_is_found(
    drawn: list[list[tuple[str, str]]], data: st.DataObject
) -> None:
    links = chain_of(drawn)
    place = data.draw(st.integers(0, len(links) - 2))
    head = links[-1].head
    assert not audit.walk([*links[:place], *links[place + 1 :]], heads=(head,)).ok
    swapped = [*links[:place], links[place + 1], links[place], *links[place + 2 :]]
    assert not audit.walk(swapped).ok
    numbered = [replace(link, no=number) for number, link in enumerate(swapped, start=1)]
    assert not audit.walk(numbered).ok
