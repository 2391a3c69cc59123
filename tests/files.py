"""Small files of every kind that can be attached, made in memory."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib


def chunk(name: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int = 2, height: int = 2) -> bytes:
    """A blue picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x23\x58\xc4" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


PNG = png()


def pdf(pages: int = 1, *, encrypted: bool = False) -> bytes:
    """Blank pages; the encrypted one only says that it is."""
    kids = " ".join(f"{number + 3} 0 R" for number in range(pages))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>"]
    objects += ["<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 280] >>"] * pages
    made, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n{content}\nendobj\n"
    start = len(made)
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    lock = " /Encrypt << /Filter /Standard /V 1 /R 2 /O (x) /U (y) /P -4 >>" if encrypted else ""
    made += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
    return (made + f"<< /Size {len(objects) + 1} /Root 1 0 R{lock} >>\nstartxref\n{start}\n%%EOF\n").encode()


def docx(member: str = "word/document.xml", content: bytes = b"<w/>", *others: str) -> bytes:
    """An archive with one member that says what it is, and others that say more."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, content)
        for other in others:
            archive.writestr(other, b"x")
    return file.getvalue()


def ole(*names: str) -> bytes:
    """The head of an OLE file and names of its directory."""
    return (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + bytes(504)
        + b"".join(n.encode("utf-16-le") + bytes(8) for n in names)
    )
