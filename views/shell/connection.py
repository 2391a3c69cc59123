"""Says whether the database answers: at the foot of the navigation at once, as a notice when it stays away."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from app.errors import EnvironmentProblem
from views.shell.navigation import Foot
from views.shell.session import Session

#: Milliseconds without a connection after which a notice is worth the interruption.
STAYS_AWAY = 6_000


class Connection(QObject):
    """Watches the connection that listens; it notices a server that is gone before anybody presses a button."""

    def __init__(self, session: Session, foot: Foot, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._foot = session, foot
        self._told, self._stood = False, True
        self._away = QTimer(self)
        self._away.setSingleShot(True)
        self._away.setInterval(STAYS_AWAY)
        self._away.timeout.connect(self._tell)
        session.incoming.connected.connect(self._stands)
        session.noticed.connect(self._noticed)
        session.operations.troubled.connect(self._troubled)

    def _noticed(self, tone: str, _text: str, _offer: str, _run: object) -> None:
        # What could not be read meanwhile is told as an error, which would stay when all is well again.
        self._told = self._told or (tone == "error" and not self._stood)

    def _troubled(self, _operation: object, error: Exception) -> None:
        self._told = self._told or (isinstance(error, EnvironmentProblem) and not self._stood)

    def _stands(self, stands: bool) -> None:
        self._stood = stands
        self._foot.show_connection(connected=stands)
        if not stands:
            self._away.start()
            return
        self._away.stop()
        if self._told:
            self._told = False
            self._session.notice("success", "已重新连接数据库，页面已刷新。")

    def _tell(self) -> None:
        if not self._session.is_open:
            return
        self._told = True
        self._session.notice(
            "warning", "与数据库的连接中断，正在自动重新连接；已填写的内容不会丢失，可以继续填写。"
        )
