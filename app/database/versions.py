"""Whether this program and a database may work together: the server's release, and the schema's revision.

A database may be one step ahead of a program: `instance.oldest_client` names the oldest revision whose
programs it still serves. A program is never ahead of its database.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from app.database import schema
from app.errors import EnvironmentProblem

#: The oldest release of PostgreSQL that is served.
OLDEST_SERVER = 15


def check(connection: Connection) -> None:
    """Raises EnvironmentProblem where the two cannot work together, saying who must upgrade what."""
    release = int((connection.dialect.server_version_info or (0,))[0])
    if release < OLDEST_SERVER:
        raise EnvironmentProblem(
            f"数据库服务器的版本过低（PostgreSQL {release}，需要 {OLDEST_SERVER} 或更新），请联系管理员升级服务器。",
            code="server_too_old",
        )
    found = schema.revision(connection)
    if found is None:
        raise EnvironmentProblem(
            "这个数据库还没有建立好差评工作台的数据表：请核对数据库名，或联系管理员建库。", code="no_schema"
        )
    if found < schema.HEAD:
        raise EnvironmentProblem(
            f"数据库的版本（{found}）比本程序（{schema.HEAD}）旧：请管理员先升级数据库（server upgrade），或换用旧版程序。",
            code="older_schema",
        )
    if found > schema.HEAD and _oldest_client(connection) > schema.HEAD:
        raise EnvironmentProblem(
            f"数据库的版本（{found}）比本程序（{schema.HEAD}）新：请先升级本程序再登录。", code="newer_schema"
        )


def _oldest_client(connection: Connection) -> str:
    return str(connection.execute(text("SELECT oldest_client FROM pd.instance")).scalar_one())
