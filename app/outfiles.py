"""Files that leave the house: written beside their place and named at the end, so that none is ever half."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from app.errors import EnvironmentProblem

#: Beginnings of a text that a spreadsheet would run as a formula, full width too, as the Chinese one does.
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_LEADS_ASTRAY = ("\t", "\r", "\n")
_FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """An empty file beside `path`, which gets its name when all went well; else nothing is left.

    Raises EnvironmentProblem where it cannot be written, with a sentence of its own for a full disk.
    """
    part = _beside(path)
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        part.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    """In the same folder, so that naming it at the end is one step."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise unwritable(path, error) from error
    os.close(handle)
    return Path(name)


def unwritable(path: Path, error: OSError) -> EnvironmentProblem:
    """The sentence for a file that cannot be written."""
    if error.errno in _FULL:
        return EnvironmentProblem(
            f"磁盘空间不够，没有写成“{path.name}”。请清理磁盘或换一个位置后再试。", code="disk_full"
        )
    return EnvironmentProblem(
        f"无法写入“{path}”（{error.strerror}）。请换一个文件夹，或关闭已打开的同名文件。", code="unwritable"
    )


def digest(path: Path) -> str:
    """The file's sha256 in hexadecimal."""
    seal = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            seal.update(block)
    return seal.hexdigest()


def neutral(text: str) -> str:
    """Text from outside as a cell may carry it: never run as a formula."""
    return f"'{text}" if text.startswith(_LEADS_ASTRAY) or text.lstrip().startswith(FORMULA) else text
