"""What this computer keeps for a person: settings, remembered passwords, wrong tries."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.attempts import Attempts
from app.credentials import Credentials
from app.settings import SettingsFile


@dataclass(frozen=True)
class Computer:
    """The three places; a test gives folders and a store of its own."""

    settings: SettingsFile = field(default_factory=SettingsFile)
    credentials: Credentials = field(default_factory=Credentials)
    attempts: Attempts = field(default_factory=Attempts)
