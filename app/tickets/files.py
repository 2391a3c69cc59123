"""What may be attached, decided by a file's content and never by its name; nothing is ever unpacked.

The database decides the kind again (`pd.kind_of_file`). What only a look into an archive's directory shows, a
bomb or a macro, is found here: it endangers whoever opens the file, not the database that keeps it.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.errors import UserError

#: Bytes of one file; files of a round.
LARGEST, MOST = 20 * 1024 * 1024, 20
#: Characters of a name, its ending included.
LONGEST_NAME = 80
#: A document unpacks to at most so many bytes, and to at most so many times its size.
UNPACKED, RATIO = 200 * 1024 * 1024, 100
_MEMBERS = 5_000


class FileKind(StrEnum):
    """The files we take; the value is their usual ending."""

    PNG = "png"
    JPG = "jpg"
    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    DOC = "doc"
    XLS = "xls"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _LABELS[self.value]

    @property
    def endings(self) -> tuple[str, ...]:
        """Endings that a name of this kind may have, the usual one first."""
        return _ENDINGS.get(self, (f".{self.value}",))

    @property
    def shown(self) -> bool:
        """Whether the program can show it itself."""
        return self in (FileKind.PNG, FileKind.JPG, FileKind.PDF)


_LABELS = {
    "png": "PNG 图片", "jpg": "JPG 图片", "pdf": "PDF 文件", "docx": "Word 文件", "xlsx": "Excel 文件",
    "doc": "Word 文件", "xls": "Excel 文件",
}  # fmt: skip
#: WPS writes both its own and Microsoft's endings, with the same content.
_ENDINGS = {
    FileKind.JPG: (".jpg", ".jpeg"),
    FileKind.DOC: (".doc", ".wps"),
    FileKind.XLS: (".xls", ".et"),
}
#: What a file dialog offers.
ENDINGS = tuple(ending for kind in FileKind for ending in kind.endings)

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_TAKEN = "附件只收图片（PNG、JPG）、PDF、Word、Excel 和 WPS 文件"
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that may be attached. `note`: what the person should know about it, None where nothing."""

    name: str
    kind: FileKind
    content: bytes
    hash: str
    note: str | None = None


def read(path: Path) -> Prepared:
    """Reads and checks a file; raises UserError, a sentence for each trap."""
    try:
        size = path.stat().st_size
        _check_size(path.name, size)
        content = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"读不到“{_shown(path.name)}”：{error.strerror or error}。", code="unreadable"
        ) from error
    return prepare(path.name, content)


def prepare(name: str, content: bytes) -> Prepared:
    """Checks a file's content and gives it a name that every system can keep; raises UserError."""
    _check_size(name, len(content))
    kind = kind_of(content)
    if kind is None:
        raise UserError(f"“{_shown(name)}”不能添加：{_TAKEN}。", code="kind")
    _check_inside(name, kind, content)
    kept = clean_name(name, kind)
    notes = (_renamed(name, kept, kind), _encrypted(kept, kind, content))
    digest = hashlib.sha256(content).hexdigest()
    return Prepared(kept, kind, content, digest, "".join(note for note in notes if note) or None)


def kind_of(content: bytes) -> FileKind | None:
    """What a file is, by its first bytes and the names in its directory."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return FileKind.JPG
    if b"%PDF-" in content[:1024]:
        return FileKind.PDF
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_archive(content)
    return _kind_of_ole(content) if content.startswith(_OLE) else None


def clean_name(name: str, kind: FileKind) -> str:
    """The last part of a name without what no file system takes, of a bearable length, with a fitting ending."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(c for c in last if unicodedata.category(c)[0] not in "CZ" or c == " ")
    plain = re.sub(r'[:*?"<>|]', "", plain).strip().rstrip(" .")
    stem, dot, ending = plain.rpartition(".")
    fits = bool(dot) and f".{ending.lower()}" in kind.endings
    known = bool(dot) and f".{ending.lower()}" in ENDINGS
    stem = (stem if fits or known else plain).strip(" .") or "附件"
    stem = f"附件 {stem}" if _RESERVED.fullmatch(stem) else stem
    suffix = f".{ending.lower()}" if fits else kind.endings[0]
    return stem[: LONGEST_NAME - len(suffix)].rstrip(" .") + suffix


def said_size(size: int) -> str:
    """340 KB, 1.2 MB."""
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, round(size / 1024))} KB"


def _shown(name: str) -> str:
    """A name as a sentence may carry it."""
    plain = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    return plain if len(plain) <= 40 else f"{plain[:24]}…{plain[-12:]}"


def _check_size(name: str, size: int) -> None:
    if size == 0:
        raise UserError(f"“{_shown(name)}”是空的（0 字节），没有添加。", code="empty")
    if size > LARGEST:
        raise UserError(
            f"“{_shown(name)}”有 {said_size(size)}，超过 20 MB，请压缩或分开后再添加。", code="large"
        )


def _kind_of_archive(content: bytes) -> FileKind | None:
    if b"word/document.xml" in content:
        return FileKind.DOCX
    return FileKind.XLSX if b"xl/workbook.xml" in content else None


def _kind_of_ole(content: bytes) -> FileKind | None:
    if "WordDocument".encode("utf-16-le") in content:
        return FileKind.DOC
    workbook = "Workbook".encode("utf-16-le") in content or "Book\0".encode("utf-16-le") in content
    return FileKind.XLS if workbook else None


def _check_inside(name: str, kind: FileKind, content: bytes) -> None:
    if kind in (FileKind.DOCX, FileKind.XLSX):
        _check_archive(name, content)
    elif kind in (FileKind.DOC, FileKind.XLS) and "_VBA_PROJECT".encode("utf-16-le") in content:
        raise UserError(f"“{_shown(name)}”含有宏，请另存为不含宏的文件后再添加。", code="macro")


def _check_archive(name: str, content: bytes) -> None:
    """Reads the directory alone: what it would unpack to, and what it holds."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise UserError(f"“{_shown(name)}”已损坏，打不开，没有添加。", code="damaged") from error
    unpacked = sum(member.file_size for member in members)
    if unpacked > UNPACKED or unpacked > RATIO * len(content) or len(members) > _MEMBERS:
        raise UserError(f"“{_shown(name)}”解压后会异常巨大（压缩炸弹），为安全起见没有添加。", code="bomb")
    if any(member.filename.lower().endswith("vbaproject.bin") for member in members):
        raise UserError(f"“{_shown(name)}”含有宏，请另存为不含宏的文件后再添加。", code="macro")
    if any(member.filename.lower().endswith((".zip", ".exe", ".docx", ".xlsx")) for member in members):
        raise UserError(f"“{_shown(name)}”里嵌有别的文件，请取出后分别添加。", code="nested")


def _renamed(name: str, kept: str, kind: FileKind) -> str | None:
    if kept == name:
        return None
    ending = Path(name).suffix.lower()
    if ending in ENDINGS and ending not in kind.endings:
        return f"“{_shown(name)}”的内容是{kind.label}，已按“{kept}”添加。"
    return f"文件名已整理为“{kept}”。"


def _encrypted(kept: str, kind: FileKind, content: bytes) -> str | None:
    if kind is FileKind.PDF and b"/Encrypt" in content:
        return f"“{kept}”设了密码，可以添加，但不能在窗口里显示。"
    return None
