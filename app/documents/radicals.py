"""Chinese that can be found in a PDF: characters instead of the radicals that look the same.

Many fonts draw 工 (U+5DE5) and the Kangxi radical ⼯ (U+2F2F) with one glyph. Qt names a glyph after the first code
point that leads to it, which is the radical: text copied from the file or searched in it would not be the text
written. A PDF may be continued at its end; what is added there takes the place of the tables that were wrong.
"""

from __future__ import annotations

import re
import unicodedata
import zlib

#: Radicals of the supplement and the character drawn alike; those of the Kangxi block Unicode itself decomposes.
_SUPPLEMENT = dict(
    zip(
        "⺂⺃⺅⺉⺋⺎⺏⺐⺒⺓⺔⺕⺖⺘⺙⺛⺞⺠⺡⺣⺤⺦⺨⺫⺭⺯⺰⺱⺲⺳⺹⺺⺾⺿⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻍⻎⻐⻑⻒⻓⻔⻖⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⼾⺟⻳",
        "乛乚亻刂㔾兀尣尢巳幺彑彐忄扌攵旡歺民氵灬爫丬犭罒礻糹纟罓罒㓁耂肀艹艹虎衤覀西见角讠贝车辶辶辶钅長镸长门阝青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀户母龟",
        strict=True,
    )
)
_TO_UNICODE = re.compile(rb"/ToUnicode (\d+) 0 R")
_MAPPED = re.compile(rb"<([0-9A-Fa-f]{4})>")
_TRAILER = re.compile(rb"/Size (\d+).*?/Root (\d+ 0 R)", re.DOTALL)
_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")


def character(text: str) -> str:
    """The character that a radical looks like; anything else as it is."""
    if "\u2f00" <= text <= "\u2fd5" or "\uf900" <= text <= "\ufaff":
        return _SUPPLEMENT.get(text) or unicodedata.normalize("NFKC", text)
    return _SUPPLEMENT.get(text, text)


def searchable(pdf: bytes) -> bytes:
    """The same PDF in which glyphs are named after characters; unchanged where nothing was wrong."""
    changed = {}
    for number in sorted({int(found) for found in _TO_UNICODE.findall(pdf)}):
        table = _stream(pdf, number)
        mended = _mend(table)
        if mended != table:
            changed[number] = mended
    return _continue(pdf, changed) if changed else pdf


def _mend(table: bytes) -> bytes:
    """A table of Qt's: lines `<first> <last> [<code point> …]`; the space is named after the tab."""

    def mend(found: re.Match[bytes]) -> bytes:
        code = int(found[1], 16)
        mended = 0x20 if code == 0x09 else ord(character(chr(code)))
        return b"<%04x>" % mended if mended != code else found[0]

    head, bracket, rest = table.partition(b"[")
    parts = [head]
    while bracket:
        inside, close, outside = rest.partition(b"]")
        parts += [b"[", _MAPPED.sub(mend, inside), close]
        head, bracket, rest = outside.partition(b"[")
        parts.append(head)
    return b"".join(parts)


def _stream(pdf: bytes, number: int) -> bytes:
    """The content of an object, packed or not."""
    found = re.search(rb"\n%d 0 obj\s*<<(.*?)>>\s*stream\r?\n" % number, pdf, re.DOTALL)
    if found is None:
        return b""
    if b"/FlateDecode" in found[1]:
        return zlib.decompressobj().decompress(pdf[found.end() :])
    return pdf[found.end() : pdf.index(b"endstream", found.end())].rstrip()


def _continue(pdf: bytes, changed: dict[int, bytes]) -> bytes:
    """An incremental update: the new objects, a table of where they are, and where the old table is."""
    trailer, start = _TRAILER.search(pdf, pdf.rindex(b"trailer")), _START.search(pdf)
    if trailer is None or start is None:
        return pdf
    out, table = bytearray(pdf.rstrip() + b"\n"), bytearray(b"xref\n")
    for number, content in changed.items():
        packed = zlib.compress(content)
        table += b"%d 1\n%010d 00000 n \n" % (number, len(out))
        out += b"%d 0 obj\n<< /Length %d /Filter /FlateDecode >>\nstream\n" % (number, len(packed))
        out += packed + b"\nendstream\nendobj\n"
    end = b"trailer\n<< /Size %s /Root %s /Prev %s >>\nstartxref\n%d\n%%%%EOF\n"
    return bytes(out + table + end % (trailer[1], trailer[2], start[1], len(out)))
