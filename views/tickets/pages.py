"""Pictures and pages of attachments, made beside the GUI thread."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader

from app.errors import UserError
from app.tickets.files import FileKind

#: A picture of more pixels is not opened: it would take a gigabyte of memory.
MOST_PIXELS = 120_000_000
#: Wider than this nothing is drawn, however far it is enlarged.
WIDEST = 4_000
#: PDFium answers one thread at a time.
_PDF = threading.Lock()
_DAMAGED = "这个文件已损坏，不能显示；可以另存后用别的程序打开。"


@dataclass(frozen=True)
class Sheet:
    """One page as a picture; `number` from 0."""

    image: QImage
    number: int
    count: int


def draw(kind: FileKind, content: bytes, number: int, width: int, *, enlarged: bool = False) -> Sheet:
    """A page so many pixels wide, a picture at most so many unless it is `enlarged`; raises UserError."""
    width = max(64, min(width, WIDEST))
    if kind is FileKind.PDF:
        return _page(content, number, width)
    picture = _picture(content, width)
    if enlarged and picture.width() < width:
        picture = picture.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
    return Sheet(picture, 0, 1)


def _picture(content: bytes, width: int) -> QImage:
    """Upright as the camera held it, scaled down while it is read."""
    data = QByteArray(content)
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.width() * size.height() > MOST_PIXELS:
        raise UserError("图片太大，不能在窗口里显示；可以另存后用别的程序打开。", code="picture")
    if size.isValid():
        reader.setScaledSize(_scaled(size, width, turned=_turned(reader)))
    image = reader.read()
    if image.isNull():
        raise UserError(_DAMAGED, code="picture")
    return image


def _turned(reader: QImageReader) -> bool:
    """Whether the picture lies on its side in the file."""
    return bool(reader.transformation() & QImageIOHandler.Transformation.TransformationRotate90)


def _scaled(size: QSize, width: int, *, turned: bool) -> QSize:
    across = size.height() if turned else size.width()
    if across <= width:
        return size
    return QSize(max(1, size.width() * width // across), max(1, size.height() * width // across))


def _page(content: bytes, number: int, width: int) -> Sheet:
    import pypdfium2

    with _PDF:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            locked = "password" in str(error).lower() or "security" in str(error).lower()
            said = "这个 PDF 设了密码，不能在窗口里显示；可以另存后用密码打开。" if locked else _DAMAGED
            raise UserError(said, code="pdf") from error
        try:
            return _drawn(document, number, width)
        except pypdfium2.PdfiumError as error:
            raise UserError(_DAMAGED, code="pdf") from error
        finally:
            document.close()


def _drawn(document, number: int, width: int) -> Sheet:
    count = len(document)
    if not count:
        raise UserError(_DAMAGED, code="pdf")
    page = document[min(number, count - 1)]
    across, high = page.get_size()
    # A page of a plan may be metres high: neither side grows past the limit.
    scale = min(width / max(across, 1), WIDEST * 2 / max(high, 1))
    bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=True)
    image = QImage(
        bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGBX8888
    ).copy()
    bitmap.close()
    page.close()
    return Sheet(image, min(number, count - 1), count)
