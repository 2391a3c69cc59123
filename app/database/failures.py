"""What the database says, sorted into what the person can mend, what the surroundings must, and bugs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError

from app.errors import EnvironmentProblem, UserError

#: SQLSTATEs that our own functions raise with a sentence for the person.
_OURS = {"PD001": "refused", "PD002": "stale", "PD003": "forbidden"}
_DISK = {"53100", "53200"}


@contextmanager
def translated() -> Iterator[None]:
    """Raises UserError for refusals of the database, EnvironmentProblem where it cannot answer."""
    try:
        yield
    except DBAPIError as error:
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
    if state == "55P03":
        return EnvironmentProblem("别的操作还没有结束，请稍候重试；已填写的内容没有丢失。", code="busy")
    if state == "57014":
        return UserError("操作已取消。", code="cancelled")
    if state in _DISK:
        return EnvironmentProblem(
            "数据库所在的磁盘或内存不足，请联系管理员；已填写的内容没有丢失。", code="disk_full"
        )
    if error.connection_invalidated or isinstance(error, OperationalError | InterfaceError):
        return EnvironmentProblem(
            "连不上数据库，或连接已中断，请检查网络后重试；已填写的内容没有丢失。", code="disconnected"
        )
    return error
