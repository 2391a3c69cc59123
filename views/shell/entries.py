"""What a command and a page of the navigation are, and the groups of people whom they concern."""

from __future__ import annotations

from dataclasses import dataclass

from models.rules.people import Group

EVERYONE = frozenset(Group)
OFFICERS = frozenset({Group.OFFICER})
#: Who may have to call the person who rated.
CALLERS = frozenset({Group.OFFICER, Group.LIAISON})
#: Who works on tickets; the others may read none.
HANDLERS = frozenset({Group.OFFICER, Group.LIAISON})
#: Who files with the bureau, and the bureau.
FILERS = frozenset({Group.OFFICER, Group.BUREAU})
#: Who loads files: the centre's people.
LOADERS = frozenset({Group.OFFICER, Group.ADMIN})
ADMINS = frozenset({Group.ADMIN})
#: Who reads assessed values: a liaison those of the own agency.
ASSESSED = frozenset({Group.OFFICER, Group.LIAISON, Group.BUREAU})
#: Who looks people up; administrators also change them.
READERS_OF_PEOPLE = frozenset({Group.ADMIN, Group.OFFICER, Group.AUDITOR})
#: Who may have the fingerprints of closed months checked.
CHECKERS = frozenset({Group.OFFICER, Group.BUREAU, Group.AUDITOR})
#: Who reads the log.
AUDITORS = frozenset({Group.AUDITOR})


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do. `page`: where it belongs, None for everywhere; `listed`: found by Ctrl+K."""

    id: str
    title: str
    icon: str
    groups: frozenset[Group] = EVERYONE
    shortcut: str | None = None
    page: str | None = None
    listed: bool = True
    keywords: str = ""


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page of the navigation; `factory` is ``module:class``, imported when first shown.

    `personal`: who sees it is not told by the group; the window asks, and until then it shows nowhere.
    """

    id: str
    title: str
    icon: str
    factory: str
    groups: frozenset[Group] = EVERYONE
    personal: bool = False
