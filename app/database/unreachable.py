"""Why a connection did not come about, as one sentence with what to do.

Before somebody is logged in, libpq hands over text and no SQLSTATE: the text is the server's, in the
language it is set to (English and Chinese here), or libpq's own. Where several hosts were tried, all of
their failures stand in it; the table is in the order of what tells most.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.errors import EnvironmentProblem, PingdeskError, UserError


@dataclass(frozen=True, slots=True)
class _Sort:
    code: str
    sentence: str
    pattern: re.Pattern[str]
    kind: type[PingdeskError] = EnvironmentProblem


def _sort(code: str, pattern: str, sentence: str, kind: type[PingdeskError] = EnvironmentProblem) -> _Sort:
    return _Sort(code, sentence, re.compile(pattern, re.IGNORECASE), kind)


_SORTS = (
    _sort(
        "bad_password", r"password authentication failed|password 认证失败|密码认证失败|口令认证失败|empty password returned|返回空密码|LDAP authentication failed|PAM authentication failed",
        "账号或密码不对，请重新输入；忘记密码请联系管理员重置。", UserError,
    ),
    _sort(
        "no_password", r"no password supplied|没有提供密码|未提供密码",
        "没有给出密码：请在登录页输入，命令行请用环境变量 PGPASSWORD 或密码文件 .pgpass 提供。", UserError,
    ),
    _sort(
        "disabled", r"is not permitted to log in|不允许角色.*登录|不允许.*登录",
        "这个账号已停用，不能登录；如需恢复请联系管理员。", UserError,
    ),
    _sort(
        "no_right_to_connect", r"permission denied for database|数据库.{0,80}权限不够|数据库.{0,80}权限不足|not currently accepting connections|当前不接受联接|当前不接受连接",
        "这个账号没有连接该数据库的权限，请联系管理员开通。", UserError,
    ),
    _sort(
        "no_right_to_connect", r"no pg_hba\.conf entry|pg_hba\.conf rejects|pg_hba\.conf.{0,20}(记录|拒绝)",
        "服务器不接受从这台电脑、以这个账号或以不加密方式发起的连接：请把连接保护改为“加密”后重试，或请管理员在服务器的 pg_hba.conf 中放行。", UserError,
    ),
    _sort(
        "no_database", r"database \"[^\"]*\" does not exist|数据库 ?\"[^\"]*\" ?不存在",
        "服务器上没有这个名称的数据库，请核对服务器设置中的数据库名，或联系管理员。",
    ),
    _sort(
        "unknown_person", r"role \"[^\"]*\" does not exist|角色 ?\"[^\"]*\" ?不存在",
        "服务器上没有这个账号，请核对账号，或联系管理员开通。", UserError,
    ),
    _sort(
        "too_many", r"too many clients|too many connections|太多的客户|连接太多|connection slots are reserved|保留的连接位置|连接位置.{0,12}保留",
        "数据库的连接数已用满，请稍候重试；经常如此请联系管理员调高连接上限。",
    ),
    _sort(
        "standby", r"session is read-only|会话是只读|is in hot standby mode|处于热备份?模式",
        "只连上了只读的备用服务器，主服务器没有应答：正在切换时请稍候重试，否则请联系管理员。",
    ),
    _sort(
        "starting", r"system is starting up|数据库系统启动中|正在启动|not yet accepting connections|in recovery mode|恢复模式",
        "数据库正在启动，请稍候重试。",
    ),
    _sort("stopping", r"is shutting down|停止中|正在关闭", "数据库正在停止或维护，请稍候重试。"),
    _sort(
        "certificate", r"does not match host name|与主机名不匹配|could not get server's host name|得到服务器的主机名",
        "服务器证书上的名称与填写的服务器地址不一致：请按证书上的名称填写地址；名称无误仍这样提示时，不要继续，请联系管理员。",
    ),
    _sort(
        "certificate", r"root certificate|system root|根证书|根 \(root\)",
        "读不到根证书文件，无法核对服务器：请在服务器设置中重新选择管理员发放的根证书。",
    ),
    _sort(
        "certificate", r"certificate verify failed|self.signed certificate|unable to get (local )?issuer|certificate has expired",
        "服务器证书不受信任，可能是签发机构未知或证书已过期：请在服务器设置中选择管理员发放的根证书；已选择仍这样提示时，不要继续，请联系管理员。",
    ),
    _sort(
        "certificate", r"does not support SSL|服务器不支持 ?SSL",
        "服务器没有启用加密连接，为保护群众信息没有继续：请联系管理员为服务器配置证书。",
    ),
    _sort(
        "certificate", r"\bSSL (error|SYSCALL)|ssl[v0-9]* alert|SSL 错误|authentication method requirement|did not complete authentication|channel binding",
        "没有与服务器建立起可信的连接：请核对服务器设置中的地址和连接保护，或联系管理员。",
    ),
    _sort(
        "unreachable", r"invalid response to SSL negotiation|unsupported frontend protocol|expected authentication request",
        "这个地址和端口上应答的不是数据库：请核对服务器地址和端口。",
    ),
    _sort(
        "unreachable", r"could not translate host name|failed to resolve host|无法解[释析]主机名|name or service not known|nodename nor servname|getaddrinfo failed",
        "找不到这个服务器地址：请核对地址写法，并检查网络是否已连接。",
    ),
    _sort(
        "unreachable", r"connection refused|拒绝连接|积极拒绝|\b10061\b",
        "服务器没有在这个地址和端口上提供数据库：请核对地址和端口；无误则服务器可能没有启动，请联系管理员。",
    ),
    _sort(
        "unreachable", r"timeout expired|timed? ?out|超时|no route to host|network is unreachable|\b100(51|60|65)\b",
        "连不上服务器，等待应答超时：请检查网络是否已连接；同事也连不上时请联系管理员。",
    ),
)  # fmt: skip


def sentence_for(text: str) -> PingdeskError | None:
    """The error that a failed connection's text stands for; none where it tells nothing known."""
    for sort in _SORTS:
        if sort.pattern.search(text):
            return sort.kind(sort.sentence, code=sort.code)
    return None


def problem(text: str) -> PingdeskError:
    """The error that a failed connection's text stands for; the general sentence where nothing is known."""
    return sentence_for(text) or EnvironmentProblem(
        "连不上数据库服务器，请检查网络和服务器地址后重试；仍连不上请联系管理员。", code="unreachable"
    )
