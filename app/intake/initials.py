"""Pinyin initials of names, for search: 吉水镇 → jsz."""

from __future__ import annotations

from collections.abc import Iterable


def initials(name: str) -> str:
    """The first letter of each character's pinyin, in lower case; letters and digits as they are."""
    from pypinyin import Style, lazy_pinyin  # a fifth of a second, wanted only here

    return "".join("".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).split()).lower()


def initials_of(names: Iterable[str]) -> dict[str, str]:
    """Name → initials."""
    return {name: initials(name) for name in names}
