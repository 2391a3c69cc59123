"""What may be attached: a sentence for each trap, and a name that every system keeps."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from app.errors import UserError
from app.tickets import files
from app.tickets.files import LONGEST_NAME, FileKind
from tests.files import PNG, docx, ole, pdf


def refused(name: str, content: bytes) -> str:
    with pytest.raises(UserError) as error:
        files.prepare(name, content)
    return str(error.value)


def test_nothing_and_too_much_are_told() -> None:
    assert refused("空.pdf", b"") == "“空.pdf”是空的（0 字节），没有添加。"
    large = PNG + bytes(21 * 1024 * 1024)
    assert refused("大.png", large) == "“大.png”有 21.0 MB，超过 20 MB，请压缩或分开后再添加。"
    assert files.prepare("正好.png", PNG + bytes(files.LARGEST - len(PNG))).kind is FileKind.PNG


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "大.png"
    path.write_bytes(bytes(files.LARGEST + 1))
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("read"))
    with pytest.raises(UserError, match="超过 20 MB"):
        files.read(path)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="读不到"):
        files.read(tmp_path / "没有.png")
    (tmp_path / "有.png").write_bytes(PNG)
    assert files.read(tmp_path / "有.png").content == PNG


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, FileKind.PNG), (b"\xff\xd8\xff\xe0", FileKind.JPG), (pdf(), FileKind.PDF), (docx(), FileKind.DOCX),
        (docx("xl/workbook.xml"), FileKind.XLSX), (ole("WordDocument"), FileKind.DOC), (ole("Workbook"), FileKind.XLS),
    ],
)  # fmt: skip
def test_the_content_decides(content: bytes, kind: FileKind) -> None:
    prepared = files.prepare("说明.txt", content)
    assert prepared.kind is kind
    assert prepared.name == f"说明.txt.{kind}"


def test_a_wrong_ending_is_mended_and_told() -> None:
    prepared = files.prepare("照片.pdf", PNG)
    assert (prepared.name, prepared.note) == ("照片.png", "“照片.pdf”的内容是PNG 图片，已按“照片.png”添加。")
    assert files.prepare("照片.PNG", PNG).name == "照片.png"
    assert files.prepare("说明.wps", ole("WordDocument")).name == "说明.wps"


@pytest.mark.parametrize(
    "content",
    [b"hello", b"MZ\x90\0", b"PK\x03\x04rest", ole("EncryptedPackage"), docx("ppt/presentation.xml")],
)
def test_other_files_are_refused(content: bytes) -> None:
    assert "只收图片（PNG、JPG）、PDF、Word、Excel 和 WPS 文件" in refused("说明.docx", content)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("..\\..\\Windows\\照片.png", "照片.png"),
        ("../../etc/照片.png", "照片.png"),
        ("照\n片\t\x00.png", "照片.png"),
        ("gnp\u202e.png", "gnp.png"),
        ('a:b*c?"<>|.png', "abc.png"),
        ("CON.png", "附件 CON.png"),
        ("...", "附件.png"),
        (".png", "附件.png"),
        ("长" * 200 + ".png", "长" * (LONGEST_NAME - 4) + ".png"),
    ],
)
def test_names_are_cleaned(name: str, kept: str) -> None:
    assert files.prepare(name, PNG).name == kept


def test_a_bomb_is_found_without_unpacking(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = docx(content=bytes(30 * 1024 * 1024))
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("unpacked"))
    assert refused("说明.docx", bomb) == "“说明.docx”解压后会异常巨大（压缩炸弹），为安全起见没有添加。"


def test_a_directory_that_claims_gigabytes_is_a_bomb_too() -> None:
    content = bytearray(docx())
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = struct.pack("<I", 2**31)
    assert "压缩炸弹" in refused("说明.docx", bytes(content))


def test_macros_other_files_within_and_damage_are_told() -> None:
    assert "含有宏" in refused("说明.docx", docx("word/document.xml", b"x", "word/vbaProject.bin"))
    assert "含有宏" in refused("说明.doc", ole("WordDocument", "_VBA_PROJECT"))
    assert "里嵌有别的文件" in refused("说明.docx", docx("word/document.xml", b"x", "word/embeddings/a.xlsx"))
    assert "已损坏" in refused("说明.docx", docx()[:60])


def test_an_encrypted_pdf_is_taken_and_told() -> None:
    prepared = files.prepare("证明.pdf", pdf(encrypted=True))
    assert prepared.note == "“证明.pdf”设了密码，可以添加，但不能在窗口里显示。"
    assert files.prepare("证明.pdf", pdf()).note is None


def test_sizes_are_said_shortly() -> None:
    assert [files.said_size(n) for n in (10, 340 * 1024, 1_258_291)] == ["1 KB", "340 KB", "1.2 MB"]
