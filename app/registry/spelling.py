"""Chinese names in letters: logins are proposed from them, and people found by them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

#: As long as a proposed login gets before its number.
_LONGEST = 24


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name's pinyin without tones, and its initials: 李伟 → liwei, lw."""

    full: str
    initials: str


@cache
def spelling(name: str) -> Spelling:
    """How a name is spelled; letters and digits stay, everything else goes."""
    from pypinyin import lazy_pinyin  # a fifth of a second, wanted only here

    syllables = [re.sub(r"[^a-z0-9]", "", syllable.lower()) for syllable in lazy_pinyin(name)]
    return Spelling("".join(syllables), "".join(s[:1] for s in syllables))


def proposed_login(name: str, taken: Collection[str]) -> str:
    """A login for a name that nobody has yet: liwei, liwei2 …; empty where the name spells none."""
    stem = spelling(name).full.lstrip("0123456789")[:_LONGEST]
    if len(stem) < 2:
        return ""
    numbered = (stem if n == 1 else f"{stem}{n}" for n in range(1, len(taken) + 2))
    return next(login for login in numbered if login not in taken)
