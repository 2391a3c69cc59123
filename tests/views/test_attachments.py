"""Files in the window: dragged, pasted, chosen; looked at, saved, taken back; on their way, stopped, refused."""

from __future__ import annotations

import struct
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from app.errors import EnvironmentProblem, UserError
from app.tickets import attachments
from app.tickets.attachments import AttachmentRow, Sent
from app.tickets.files import FileKind
from models.rules.people import Group
from tests.files import PNG, chunk, pdf, png
from tests.views.factories import NOW, TODAY, Workspace, person
from views.operations import Operations
from views.shell.session import Session
from views.tickets import pages
from views.tickets.attachments import AttachmentField
from views.tickets.viewer import Viewer, view


def file(
    number: int = 1, kind: FileKind = FileKind.PNG, name: str = "", version: int | None = None
) -> AttachmentRow:
    return AttachmentRow(number, name or f"照片{number}.{kind}", kind, 2048, f"{number:064x}", "罗州街道", NOW, "罗敏", 1,
                         version)  # fmt: skip


class Sitting:
    """A window with a field, over a database that is none."""

    def __init__(self, qtbot) -> None:
        self.qtbot = qtbot
        self.operations = Operations()
        self.session = Session(self.operations)
        self.session.open(Workspace(person(Group.LIAISON)), TODAY)
        self.notices: list[tuple] = []
        self.session.noticed.connect(lambda *told: self.notices.append(told))
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.resize(1000, 700)
        self.field = AttachmentField(self.session, 7, self.window)
        self.field.resize(400, 300)
        self.window.show()

    def settle(self) -> None:
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.operations.running == 0 and not self.field.busy)

    @property
    def viewer(self) -> Viewer:
        return self.window.findChild(Viewer)


@pytest.fixture
def brought(monkeypatch) -> list:
    """What reached the database."""
    made: list = []

    def attach(_connection, ticket_id, prepared, *, report):
        report(Sent(1, 2))
        made.append((ticket_id, prepared.name, prepared.kind))
        return len(made)

    monkeypatch.setattr(attachments, "attach", attach)
    monkeypatch.setattr(attachments, "detach", lambda _connection, number: made.append(number))
    return made


@pytest.fixture
def sitting(qtbot, brought):
    made = Sitting(qtbot)
    yield made
    made.operations.close()


@pytest.fixture
def picture(tmp_path) -> Path:
    path = tmp_path / "照片.png"
    path.write_bytes(PNG)
    return path


def mime(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def test_files_are_dragged_one_after_the_other(sitting, brought, picture, tmp_path):
    other = tmp_path / "证明.pdf"
    other.write_bytes(pdf())
    data = mime(picture, other, tmp_path / "没有.png")
    drop = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                      Qt.KeyboardModifier.NoModifier)  # fmt: skip
    sitting.field.dropEvent(drop)
    assert sitting.field.busy
    sitting.settle()
    assert brought == [(7, "照片.png", FileKind.PNG), (7, "证明.pdf", FileKind.PDF)]
    assert sitting.field.bar.isHidden()


def test_a_picture_on_the_clipboard_becomes_png(sitting, brought):
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    QGuiApplication.clipboard().setImage(image)
    sitting.qtbot.keyClick(sitting.field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    sitting.settle()
    assert brought == [(7, "截图 1.png", FileKind.PNG)]
    QGuiApplication.clipboard().setText("文字")
    sitting.field.paste.click()
    assert "剪贴板里没有图片或文件" in sitting.field.said.text()


def test_each_refusal_is_told_and_the_rest_goes_on(sitting, brought, picture, tmp_path):
    empty, wrong = tmp_path / "空.pdf", tmp_path / "假的.pdf"
    empty.write_bytes(b"")
    wrong.write_bytes(PNG)
    sitting.field.take(empty, wrong, picture)
    sitting.settle()
    assert sitting.field.said.text().splitlines() == [
        "“空.pdf”是空的（0 字节），没有添加。",
        "“假的.pdf”的内容是PNG 图片，已按“假的.png”添加。",
    ]
    assert [name for _, name, _ in brought] == ["假的.png", "照片.png"]


def test_what_is_on_its_way_can_be_stopped(sitting, brought, monkeypatch, picture):
    begun, stopped = threading.Event(), threading.Event()

    def attach(_connection, _ticket, _prepared, *, report):
        begun.set()
        assert stopped.wait(10)
        report(Sent(1, 2))

    monkeypatch.setattr(attachments, "attach", attach)
    sitting.field.take(picture, picture)
    sitting.qtbot.waitUntil(begun.is_set)
    sitting.field.stop()
    stopped.set()
    sitting.settle()
    assert sitting.field.said.text() == "已停止，没有添加。"
    assert not brought


def test_a_lost_connection_is_told_and_nothing_is_there(sitting, monkeypatch, picture):
    def attach(*_args, **_options):
        raise EnvironmentProblem("与数据库的连接断了。", code="lost")

    monkeypatch.setattr(attachments, "attach", attach)
    sitting.field.take(picture)
    sitting.settle()
    assert sitting.field.said.text() == "与数据库的连接断了。"


def test_only_what_was_not_handed_in_can_be_taken_back(sitting, brought):
    sitting.field.show_files((file(1, version=3), file(2)))
    buttons = [
        b for b in sitting.field.list.findChildren(QWidget) if b.accessibleName().startswith("移除附件")
    ]
    assert [b.accessibleName() for b in buttons] == ["移除附件 照片2.png"]
    buttons[0].click()
    sitting.settle()
    assert brought == [2]


# --- the viewer ---------------------------------------------------------------------------------------


def look(sitting, monkeypatch, rows, contents, chosen=1):
    monkeypatch.setattr(attachments, "content", lambda _connection, number: contents[number])
    view(sitting.session, sitting.field, rows, chosen)
    sitting.settle()
    return sitting.viewer


def test_pictures_and_pages_are_shown_and_turned(sitting, monkeypatch):
    rows = (file(1), file(2, FileKind.PDF), file(3, FileKind.DOCX))
    viewer = look(sitting, monkeypatch, rows, {1: png(3000, 10), 2: pdf(2)})
    assert viewer._picture.pixmap().width() == viewer.area.viewport().width() - 40
    assert viewer.pages.text() == "附件 1 / 3" and not viewer.back.isEnabled()
    viewer.larger.click()
    sitting.settle()
    assert viewer._picture.pixmap().width() == round((viewer.area.viewport().width() - 40) * 1.5)
    sitting.qtbot.keyClick(viewer, Qt.Key.Key_Right)
    sitting.settle()
    assert viewer.pages.text() == "附件 2 / 3　第 1 / 2 页"
    viewer.on.click()
    sitting.settle()
    assert viewer.pages.text().endswith("第 2 / 2 页")
    width = viewer._picture.pixmap().width()
    sitting.qtbot.keyClick(viewer, Qt.Key.Key_Plus)
    sitting.settle()
    assert viewer._picture.pixmap().width() > width and viewer.smaller.isEnabled()
    viewer.on.click()
    assert viewer.said.text() == "Word 文件不在窗口里显示，请另存后打开。"
    viewer.back.click()
    sitting.settle()
    assert viewer.name.text() == "照片2.pdf"
    sitting.window.resize(1100, 720)
    assert viewer.width() == 1100 - 64
    sitting.qtbot.keyClick(viewer, Qt.Key.Key_Escape)
    assert viewer.isHidden() and viewer._content is None


def test_what_cannot_be_shown_says_why(sitting, monkeypatch):
    viewer = look(sitting, monkeypatch, (file(1),), {1: PNG[:40]})
    assert "已损坏" in viewer.said.text()
    viewer = look(sitting, monkeypatch, (file(1, FileKind.PDF),), {1: b"%PDF-1.4 nothing"})
    assert "已损坏" in viewer.said.text()


def test_a_file_is_saved_and_that_it_was_is_noted(sitting, monkeypatch, tmp_path):
    noted: list[str] = []
    monkeypatch.setattr(attachments, "note_saved", lambda _connection, mark: noted.append(mark))
    viewer = look(sitting, monkeypatch, (file(1),), {1: PNG})
    viewer.save_to(tmp_path / "存.png")
    sitting.settle()
    assert (tmp_path / "存.png").read_bytes() == PNG
    assert noted == [f"{1:064x}"] and sitting.notices[-1][0] == "success"
    with pytest.raises(EnvironmentProblem, match="没有存成"):
        attachments.write_out(tmp_path / "没有" / "存.png", PNG)


def test_pictures_stand_upright_and_are_scaled_while_read(tmp_path):
    image = QImage(400, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("blue"))
    image.save(str(tmp_path / "a.jpg"))
    content = (tmp_path / "a.jpg").read_bytes()
    # Orientation 6: the camera was held upright.
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    turned = content[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + content[2:]
    assert pages.draw(FileKind.JPG, turned, 0, 100).image.size().toTuple() == (100, 200)
    assert pages.draw(FileKind.JPG, content, 0, 1000).image.size().toTuple() == (400, 200)


def test_a_picture_of_too_many_pixels_is_not_opened():
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    content = PNG[:8] + chunk(b"IHDR", head) + PNG[33:]
    with pytest.raises(UserError, match="太大"):
        pages.draw(FileKind.PNG, content, 0, 100)


def test_an_encrypted_pdf_says_that_it_is(monkeypatch):
    with pytest.raises(UserError, match="设了密码"):
        pages.draw(FileKind.PDF, pdf(encrypted=True), 0, 100)
