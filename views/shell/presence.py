"""Whoever sits at the desk: comes, changes places, goes away for a while, leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.changes import EVERYTHING
from app.settings import Settings
from views.shell import opening
from views.shell.cover import Cover
from views.shell.entrance import Entrance
from views.shell.lock import IdleWatch
from views.shell.session import Session

if TYPE_CHECKING:
    from views.shell.lock import LockScreen
    from views.shell.overlay import Overlay
    from views.shell.password import PasswordPage


class Presence(QObject):
    """Carries out the commands about the person. `taken(Opened)`: somebody else; `left`: nobody any more."""

    taken = Signal(object)
    left = Signal()

    def __init__(
        self, session: Session, entrance: Entrance, overlays: dict[str, Overlay], window: QWidget
    ) -> None:
        super().__init__(window)
        self._session, self._entrance, self._overlays, self._window = session, entrance, overlays, window
        self._lock: LockScreen | None = None
        self._password: tuple[Cover, PasswordPage] | None = None
        self.idle = IdleWatch(self)
        self.idle.idle.connect(self._idle)
        registry = session.registry
        registry.bind("person", self._choose, self._own)
        registry.bind("server", self._leave, self._own)
        registry.bind("logout", self._leave, self._central)
        registry.bind("password", self._change_password, self._central)
        registry.bind("lock", self.lock)
        registry.bind("settings", self._set)

    @property
    def covered(self) -> bool:
        """Whether the window is locked, or a password is being changed over it."""
        covers = (self._lock, self._password[0] if self._password else None)
        return any(cover is not None and cover.risen for cover in covers)

    def began(self) -> None:
        """Somebody is in: the time without input counts from now on."""
        handle = self._window.windowHandle()
        if handle is not None:
            self.idle.watch(handle)
        self.idle.begin(self._entrance.settings.idle_minutes)

    def foot_pressed(self) -> None:
        """The foot of the navigation: the choice of a person, or the account."""
        if self._own():
            self._choose()
        elif self._central():
            self._account()

    def place(self) -> None:
        """The window was resized."""
        for cover in (self._lock, self._password[0] if self._password else None):
            if cover is not None and cover.risen:
                cover.place()

    def _own(self) -> bool:
        return self._session.is_open and self._session.workspace.embedded

    def _central(self) -> bool:
        return self._session.is_open and not self._session.workspace.embedded

    # floating panels --------------------------------------------------------------------------------------

    def _choose(self) -> None:
        if "person" not in self._overlays:
            from views.shell.person import PersonPanel

            panel = PersonPanel(self._session, self._window)
            panel.chosen.connect(self.become)
            panel.asked.connect(self._run)
            self._overlays["person"] = panel
        self._overlays["person"].open()

    def _account(self) -> None:
        if "account" not in self._overlays:
            from views.shell.account import AccountPanel

            panel = AccountPanel(self._session, self._window)
            panel.asked.connect(self._run)
            self._overlays["account"] = panel
        panel = self._overlays["account"]
        panel.show_account(self._entrance.profile)
        panel.open()

    def _set(self) -> None:
        if "settings" not in self._overlays:
            from views.shell.preferences import PreferencesPanel

            panel = PreferencesPanel(self._window)
            panel.changed.connect(self._settings_changed)
            self._overlays["settings"] = panel
        panel = self._overlays["settings"]
        panel.show_settings(self._entrance.settings)
        panel.open()

    def _run(self, command: str) -> None:
        self._session.registry.run(command)

    def _settings_changed(self, settings: Settings) -> None:
        self._entrance.keep(settings)
        self.idle.begin(settings.idle_minutes)

    # somebody else, and nobody ----------------------------------------------------------------------------

    def become(self, login: str) -> None:
        """Opens the computer's own database as another person."""
        work = opening.become(self._session.workspace, login)
        self._session.operations.query(self, work, self._became, key="become", failed=self._not_became)

    def _became(self, opened: opening.Opened) -> None:
        if not self._session.is_open:
            self._entrance.let_go(opened.workspace)  # left meanwhile
            return
        old = self._session.workspace
        self.taken.emit(opened)
        self._uncover()
        self._session.operations.query(self, lambda _task: old.close(stop=False), self._closed)
        self._session.notice("info", f"现在以{opened.workspace.person.name}的身份使用。")

    def _not_became(self, error: Exception) -> None:
        if self._lock is not None and self._lock.risen:
            self._lock.refuse(error)
        else:
            self._session.notice("error", str(error))

    def _leave(self) -> None:
        """Logs out: pages go first, so that nothing of them is seen at the login page."""
        self.idle.end()
        close = self._session.shut()
        self.left.emit()
        self._uncover()
        if close is not None:
            self._session.operations.query(self, lambda _task: close(), self._closed)

    def _closed(self, _nothing: object) -> None:
        """The connections of the person before are closed."""

    def _uncover(self) -> None:
        for cover in (self._lock, self._password[0] if self._password else None):
            if cover is not None:
                cover.sink()

    # away -------------------------------------------------------------------------------------------------

    def lock(self) -> None:
        """Locks at once."""
        self._show_lock(None)

    def _idle(self) -> None:
        self._show_lock(self._entrance.settings.idle_minutes)

    def _show_lock(self, minutes: int | None) -> None:
        if not self._session.is_open:
            return
        self.idle.end()
        if self._password is not None:
            self._password[0].sink()
        if self._lock is None:
            from views.shell.lock import LockScreen

            self._lock = LockScreen(self._session, self._entrance.computer, self._window)
            self._lock.unlocked.connect(self._back)
            self._lock.swapped.connect(self._swap)
            self._lock.become.connect(self.become)
            self._lock.left.connect(self._leave)
        self._lock.lock(self._profile_name(), minutes=minutes)

    def _back(self) -> None:
        self.idle.begin(self._entrance.settings.idle_minutes)
        self._session.announce(EVERYTHING)  # what came meanwhile

    def _profile_name(self) -> str:
        return self._entrance.profile.name if self._entrance.profile is not None else ""

    # the password -----------------------------------------------------------------------------------------

    def _change_password(self) -> None:
        if self._password is None:
            from views.shell.password import PasswordPage

            cover = Cover("修改密码", self._window)
            page = PasswordPage(self._session.operations, self._entrance.computer, cover)
            cover.column.addWidget(page)
            page.changed.connect(self._password_changed)
            page.left.connect(cover.sink)
            self._password = cover, page
        cover, page = self._password
        cover.rise()
        page.begin(self._session.workspace, self._profile_name())

    def _password_changed(self, opened: opening.Opened) -> None:
        assert self._password is not None
        self._password[0].sink()
        self._swap(opened)
        self._session.notice("success", "密码已修改，下次登录请用新密码。")

    def _swap(self, opened: opening.Opened) -> None:
        """The same person with another password: pages stay, and what is typed in them."""
        old: Any = self._session.workspace
        self._session.open(opened.workspace, opened.today, opened.mark)
        self._entrance.let_go(old)
        self._session.announce(EVERYTHING)
