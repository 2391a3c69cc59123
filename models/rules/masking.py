"""Masking of personal data (Guide 4.2): enough to recognise, too little to call."""

from __future__ import annotations


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
