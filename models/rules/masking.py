"""Masking of personal data (Guide 4.2): enough to recognise, too little to call."""

from __future__ import annotations

import re

#: Numbers by which somebody can be called or known: identity cards, mobile and fixed telephones.
_NUMBERS = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9]{17}[0-9Xx]|(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}"
    r"|0[0-9]{2,3}-?[0-9]{7,8})(?![0-9A-Za-z])"
)


def mask_name(name: str) -> str:
    """Keeps the surname's first character: 杨秀敏 → 杨**; one character stays hidden whole."""
    if len(name) <= 1:
        return "*" * len(name)
    return name[0] + "*" * (len(name) - 1)


def mask_phone(phone: str) -> str:
    """Keeps the first three and last four of eleven digits: 13384382025 → 133****2025.

    Shorter numbers keep their last two at most, so that what is hidden is never the smaller part.
    """
    if len(phone) >= 11:
        return phone[:3] + "*" * (len(phone) - 7) + phone[-4:]
    shown = phone[-2:] if len(phone) > 4 else ""
    return "*" * (len(phone) - len(shown)) + shown


def mask_in_text(text: str) -> str:
    """The same text with the numbers in it masked, as it may leave the house on paper."""
    return _NUMBERS.sub(lambda found: mask_phone(found[0]), text)
