"""Characters instead of radicals, and a PDF that is continued without being harmed."""

from __future__ import annotations

import zlib

import pytest

from app.documents.radicals import character, searchable

TABLE = b"2 beginbfrange\n<0000> <0000> <0000>\n<0001> <0004> [<2F2F> <2EC5> <0009> <5355> ]\nendbfrange"


def made(stream: bytes, extra: bytes = b"") -> bytes:
    """A PDF with nothing but a font's table."""
    head = b"%PDF-1.4\n1 0 obj\n<< /ToUnicode 2 0 R >>\nendobj\n"
    where = len(head)
    body = b"2 0 obj\n<< /Length %d %s>>\nstream\n" % (len(stream), extra) + stream + b"\nendstream\nendobj\n"
    start = len(head + body)
    return (
        head + body + b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n%010d 00000 n \n" % where
        + b"trailer\n<<\n/Size 3 \n/Root 1 0 R\n>>\nstartxref\n%d\n%%%%EOF\n" % start
    )  # fmt: skip


@pytest.mark.parametrize(
    ("radical", "meant"), [("⼯", "工"), ("⻅", "见"), ("⾯", "面"), ("⻚", "页"), ("单", "单"), ("A", "A")]
)
def test_radicals_are_characters(radical: str, meant: str) -> None:
    assert character(radical) == meant


@pytest.mark.parametrize(
    ("packed", "extra"), [(TABLE, b""), (zlib.compress(TABLE), b"/Filter /FlateDecode ")]
)
def test_tables_that_were_wrong_are_replaced_at_the_end(packed: bytes, extra: bytes) -> None:
    before = made(packed, extra)
    after = searchable(before)
    assert after.startswith(before.rstrip())
    added = after[len(before) :]
    content = zlib.decompressobj().decompress(added[added.index(b"stream\n") + 7 :])
    assert b"<0001> <0004> [<5de5> <89c1> <0020> <5355> ]" in content
    start = int(after.rsplit(b"startxref", 1)[1].split()[0])
    assert after[start:].startswith(b"xref\n2 1\n")
    place = int(after[start:].split()[3])
    assert after[place:].startswith(b"2 0 obj")
    assert b"/Prev %d" % before.index(b"xref") in after


def test_what_is_right_or_unknown_stays() -> None:
    right = made(TABLE.replace(b"2F2F", b"5DE5").replace(b"2EC5", b"89C1").replace(b"0009", b"0020"))
    assert searchable(right) == right
    assert searchable(b"no pdf") == b"no pdf"
