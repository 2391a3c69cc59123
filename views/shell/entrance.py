"""The way in, before any page: the first start, the computer's own database, or a centre's server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget

from app.computer import Computer
from app.errors import EnvironmentProblem, UserError
from app.settings import Profile, Settings
from views.operations import Operations
from views.shell import opening
from views.shell.navigation import Foot
from views.shell.welcome import Welcome

if TYPE_CHECKING:
    from views.shell.login import LoginPage
    from views.shell.password import PasswordPage


class Entrance(QObject):
    """`opened(Opened)` once somebody is in; `told(tone, text)`: something beside it."""

    opened = Signal(object)
    told = Signal(str, str)

    def __init__(
        self,
        operations: Operations,
        stack: QStackedWidget,
        foot: Foot,
        computer: Computer,
        parent: QObject,
        *,
        folder: Path | None,
        login: str,
        url: str | None,
    ) -> None:
        """`folder`, `url`: the database asked for when the program was started, none for the one used last."""
        super().__init__(parent)
        self._operations, self._stack, self._foot = operations, stack, foot
        self.computer = computer
        self._folder, self._login, self._url = folder, login, url
        self.settings = Settings()
        #: The profile in use, none in the computer's own database.
        self.profile: Profile | None = None
        self._page: LoginPage | None = None
        self._password: PasswordPage | None = None
        self._entering: opening.LoggedIn | None = None
        self.welcome = Welcome(stack)
        stack.addWidget(self.welcome)
        self.welcome.retry_wanted.connect(self.begin)
        self.welcome.demo_wanted.connect(self._own_database)
        self.welcome.server_wanted.connect(self.show_login)

    def begin(self) -> None:
        """Begins where the last time ended, or with what was asked for."""
        self.settings = self.computer.settings.read()
        if self.computer.settings.damage:
            self.told.emit("warning", self.computer.settings.damage)
        if self._url is not None:
            self._wait()
            self._operations.query(self, opening.read_url(self._url), self._url_read,
                                   key="open", failed=self._not_opened)  # fmt: skip
        elif self._folder is None and self.settings.profile(self.settings.last) is not None:
            self.show_login()
        else:
            self.open_own()

    # the computer's own database --------------------------------------------------------------------------

    def open_own(self) -> None:
        """Opens the embedded database off the GUI thread; where there is none, invites."""
        self._wait()
        self._operations.query(self, opening.open_database(self._folder, self._login), self._own_opened,
                               key="open", failed=self._not_opened)  # fmt: skip

    def _wait(self) -> None:
        self._stack.setCurrentWidget(self.welcome)
        self.welcome.wait()

    def _own_opened(self, opened: opening.Opened | None) -> None:
        if opened is None:
            self._foot.show_state("", "", "还没有数据库", connected=False)
            self.welcome.invite()
            return
        self.profile = None
        if self._folder is None and self.settings.last is not None:
            self.keep(replace(self.settings, last=None))
        self.opened.emit(opened)

    def _not_opened(self, error: Exception) -> None:
        known = isinstance(error, UserError | EnvironmentProblem)
        text = str(error) if known else f"程序出错了（{type(error).__name__}），详情已记入日志。"
        self._foot.show_state("", "", "数据库未连接", connected=False)
        self.welcome.trouble(text)

    def _own_database(self) -> None:
        """Makes the sample where there is no database yet; a second time changes nothing."""
        self._operations.query(self, opening.has_database(self._folder), self._looked, key="open")

    def _looked(self, there: bool) -> None:
        if there:
            self.open_own()
            return
        self.welcome.working("正在准备示例数据…", 0, None)
        self._operations.command(self, opening.load_demo(self._folder), self._demo_loaded,
                                 failed=self._not_opened, progressed=self._demo_progress)  # fmt: skip

    def _demo_progress(self, progress: Any) -> None:
        self.welcome.working(str(progress), 0, None)

    def _demo_loaded(self, _counts: object) -> None:
        self.open_own()

    # a centre's server ------------------------------------------------------------------------------------

    def show_login(self) -> None:
        """The login page with the server used last."""
        self._begin_login(self.profile or self.settings.profile(self.settings.last))

    def _url_read(self, read: tuple[Profile, str]) -> None:
        self._begin_login(*read)

    def _begin_login(self, profile: Profile | None, password: str = "") -> None:
        self._foot.show_state("", "", "未登录", connected=False)
        page = self._login_page()
        self._stack.setCurrentWidget(page)
        page.begin(self.settings, profile, password)
        # Loaded while the password is typed: the driver takes half a second.
        self._operations.query(self, opening.preload(("app.entering",)), self._gone, key="preload")

    def _login_page(self) -> LoginPage:
        if self._page is None:
            from views.shell.login import LoginPage

            self._page = LoginPage(self._operations, self.computer, self._stack)
            self._stack.addWidget(self._page)
            self._page.entered.connect(self._entered)
            self._page.left.connect(self._another_way)
            self._page.settings_changed.connect(self.keep)
        return self._page

    def _another_way(self) -> None:
        self._wait()
        self._operations.query(self, opening.has_database(self._folder), self._invite, key="open")

    def _invite(self, there: bool) -> None:
        self.welcome.invite(existing=there)

    def _entered(self, entered: opening.LoggedIn) -> None:
        self._entering = entered
        if entered.opened.workspace.person.must_change_password:
            page = self._password_page()
            self._stack.setCurrentWidget(page)
            page.begin(entered.opened.workspace, entered.profile.name, known=entered.password)
            return
        self._let_in(entered.opened)

    def _password_page(self) -> PasswordPage:
        if self._password is None:
            from views.shell.password import PasswordPage

            self._password = PasswordPage(self._operations, self.computer, self._stack)
            self._stack.addWidget(self._password)
            self._password.changed.connect(self._changed)
            self._password.left.connect(self._turned_back)
        return self._password

    def _changed(self, opened: opening.Opened) -> None:
        """The first password of one's own: the one that somebody else chose is no longer connected with."""
        assert self._entering is not None
        self.let_go(self._entering.opened.workspace)
        self._let_in(opened)

    def _turned_back(self) -> None:
        assert self._entering is not None
        self.let_go(self._entering.opened.workspace)
        self._entering = None
        self.show_login()

    def _let_in(self, opened: opening.Opened) -> None:
        entered, self._entering = self._entering, None
        assert entered is not None
        self.profile = entered.profile
        if self.settings.profile(entered.profile.name) is not None:
            self.keep(replace(self.settings.keeping(entered.profile), last=entered.profile.name))
        self.opened.emit(opened)
        if entered.told or opened.workspace.warning:
            self.told.emit("warning", entered.told or opened.workspace.warning or "")

    # what is kept -----------------------------------------------------------------------------------------

    def keep(self, settings: Settings) -> None:
        """Takes over settings and writes them down."""
        self.settings = settings
        try:
            self.computer.settings.write(settings)
        except EnvironmentProblem as problem:
            self.told.emit("warning", problem.message)

    def let_go(self, workspace: Any) -> None:
        """Closes a database that was left, on a thread that may wait."""
        self._operations.query(self, opening.close(workspace), self._gone)

    def left_over(self) -> Any:
        """What was entered, but not used when the window closes; None where nothing was."""
        return self._entering.opened.workspace if self._entering is not None else None

    def _gone(self, _nothing: object) -> None:
        """Nothing to show."""
