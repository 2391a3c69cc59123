"""What a person sets on this computer: the servers they use, and how long the window may stand untouched.

One JSON file in the user's configuration folder. No password is ever written here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.errors import EnvironmentProblem

#: Minutes without input until the window locks, unless set otherwise; 0 is never.
IDLE_MINUTES = 15
LONGEST_IDLE = 240
#: Hours in which notices of what runs out may appear, unless set otherwise; empty is never.
NOTICE_HOURS = "08:30-12:00 14:30-17:30"


class Tls(StrEnum):
    """How a connection is protected; the values are the file's words."""

    FULL = "verify-full"
    CA = "verify-ca"
    REQUIRE = "require"
    OFF = "off"

    @property
    def label(self) -> str:
        """As it stands on screen."""
        return _TLS_LABELS[self]


_TLS_LABELS = {
    Tls.FULL: "加密并核对",
    Tls.CA: "只核对证书",
    Tls.REQUIRE: "只加密",
    Tls.OFF: "不加密",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """A server of a centre. `hosts`: ``a:5432,b:5432``; `root_certificate`: none is the system's own."""

    name: str
    hosts: str
    database: str = "pingdesk"
    login: str = ""
    tls: Tls = Tls.FULL
    root_certificate: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything set. `last`: the profile used last, none where it was the computer's own database."""

    profiles: tuple[Profile, ...] = ()
    last: str | None = None
    idle_minutes: int = IDLE_MINUTES
    notice_hours: str = NOTICE_HOURS

    def profile(self, name: str | None) -> Profile | None:
        """The profile of that name."""
        return next((profile for profile in self.profiles if profile.name == name), None)

    def keeping(self, profile: Profile, *, instead_of: str | None = None) -> Settings:
        """With the profile added, or put in place of the one named."""
        place = instead_of or profile.name
        if self.profile(place) is None:
            return replace(self, profiles=(*self.profiles, profile))
        kept = tuple(profile if known.name == place else known for known in self.profiles)
        return replace(self, profiles=kept, last=profile.name if self.last == place else self.last)

    def without(self, name: str) -> Settings:
        """With a profile taken out."""
        kept = tuple(profile for profile in self.profiles if profile.name != name)
        return replace(self, profiles=kept, last=None if self.last == name else self.last)


@dataclass(slots=True)
class SettingsFile:
    """The file of one folder. `damage`: what to tell once, where the last reading found it damaged."""

    folder: Path = field(default_factory=lambda: default_folder())
    damage: str | None = None

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.folder / "settings.json"

    def read(self) -> Settings:
        """The settings; defaults where there is no file, or where it is damaged and was set aside."""
        self.damage = None
        try:
            return _settings(json.loads(self.path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return Settings()
        except OSError as error:
            self.damage = f"读不到设置文件“{self.path}”（{error.strerror or error}），先按默认设置运行。"
        except (ValueError, TypeError, KeyError, AttributeError):
            self.damage = self._set_aside()
        return Settings()

    def write(self, settings: Settings) -> None:
        """Writes them, whole or not at all; raises EnvironmentProblem."""
        text = json.dumps(asdict(settings), ensure_ascii=False, indent=2)
        draft = self.path.with_suffix(".new")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft.write_text(text + "\n", encoding="utf-8")
            draft.replace(self.path)
        except OSError as error:
            raise EnvironmentProblem(
                f"设置没有保存（{self.path}：{error.strerror or error}）。", code="folder"
            ) from error

    def _set_aside(self) -> str:
        kept = self.path.with_suffix(".damaged")
        try:
            self.path.replace(kept)
        except OSError:
            return f"设置文件“{self.path}”已损坏，先按默认设置运行。"
        return f"设置文件已损坏，已改名为“{kept.name}”留存，现按默认设置运行；请重新填写服务器。"


def default_folder() -> Path:
    """The user's configuration folder of this program."""
    from platformdirs import user_config_path

    return user_config_path("pingdesk", appauthor=False)


def _settings(facts: Mapping[str, Any]) -> Settings:
    """Raises ValueError, TypeError, KeyError or AttributeError for what cannot be settings."""
    idle = facts.get("idle_minutes", IDLE_MINUTES)
    if not isinstance(idle, int) or isinstance(idle, bool):
        raise TypeError("idle_minutes")
    last = facts.get("last")
    return Settings(
        tuple(_profile(one) for one in facts.get("profiles", [])),
        last if last is None else str(last),
        max(0, min(LONGEST_IDLE, idle)),
        str(facts.get("notice_hours", NOTICE_HOURS)),
    )


def _profile(facts: Mapping[str, Any]) -> Profile:
    root = facts.get("root_certificate")
    return Profile(
        _word(facts, "name"),
        _word(facts, "hosts"),
        _word(facts, "database"),
        str(facts.get("login", "")),
        Tls(facts.get("tls", Tls.FULL)),
        None if root is None else str(root),
    )


def _word(facts: Mapping[str, Any], key: str) -> str:
    word = facts[key]
    if not isinstance(word, str) or not word.strip():
        raise ValueError(key)
    return word
