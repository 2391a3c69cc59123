"""What the database says, sorted into what the person can mend, what the surroundings must, and bugs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError

from app.database import unreachable
from app.errors import EnvironmentProblem, UserError

#: SQLSTATEs that our own functions raise with a sentence for the person.
_OURS = {"PD001": "refused", "PD002": "stale", "PD003": "forbidden"}
_DISK = {"53100", "53200"}
_READ_ONLY = "25006"
_LOST = (OperationalError, InterfaceError)
_KEPT = "；已填写的内容没有丢失。"
#: What a server says that is going, coming, or is the wrong one of two; each comes in the middle of work.
_PASSING = {
    "57P01": ("stopping", "数据库正在停止或维护，连接已中断，请稍候重试"),
    "57P02": ("stopping", "数据库服务器刚刚意外中断，正在恢复，请稍候重试"),
    "57P03": ("starting", "数据库正在启动，请稍候重试"),
    "57P05": ("disconnected", "连接闲置过久，已由服务器关闭，请重试"),
    _READ_ONLY: ("standby", "现在连着的是只读的备用服务器，正在切换到主服务器，请稍候重试"),
    "40001": ("busy", "别人同时改动了同样的内容，请重试"),
    "40P01": ("busy", "别人同时改动了同样的内容，请重试"),
    "53300": ("too_many", "数据库的连接数已用满，请稍候重试"),
    "55P03": ("busy", "别的操作还没有结束，请稍候重试"),
}


@contextmanager
def translated(*, reading: bool = False) -> Iterator[None]:
    """Raises UserError for refusals of the database, EnvironmentProblem where it cannot answer.

    `reading`: in a transaction that was to write nothing, where an attempt to write is a bug of ours.
    """
    try:
        yield
    except DBAPIError as error:
        if reading and getattr(error.orig, "sqlstate", None) == _READ_ONLY:
            raise
        raise _translate(error) from error
    except TimeoutError as error:
        raise EnvironmentProblem("数据库正忙，请稍候重试。", code="busy") from error


def _translate(error: DBAPIError) -> Exception:
    state = getattr(error.orig, "sqlstate", None) or ""
    if state in _OURS:
        diagnostics = getattr(error.orig, "diag", None)
        message = getattr(diagnostics, "message_primary", None) or str(error.orig)
        return UserError(message, code=_OURS[state])
    if state == "42501":
        return UserError("您没有这项操作的权限。", code="forbidden")
    if state.startswith("22"):
        return UserError("填写的内容里有不能保存的字符，或格式不对。", code="refused")
    if state in _PASSING:
        code, sentence = _PASSING[state]
        return EnvironmentProblem(sentence + _KEPT, code=code)
    if state == "57014":
        return UserError("操作已取消。", code="cancelled")
    if state in _DISK:
        return EnvironmentProblem(
            "数据库所在的磁盘或内存不足，请联系管理员；已填写的内容没有丢失。", code="disk_full"
        )
    if state.startswith("08") or error.connection_invalidated or isinstance(error, _LOST):
        return _disconnected(error)
    return error


def _disconnected(error: DBAPIError) -> Exception:
    """The connection did not come about, which libpq explains in words; or it broke."""
    known = None if getattr(error.orig, "sqlstate", None) else unreachable.sentence_for(str(error.orig))
    return known or EnvironmentProblem(
        "连不上数据库，或连接已中断，请检查网络后重试" + _KEPT, code="disconnected"
    )
