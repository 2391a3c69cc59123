"""Numbers as official papers write them."""

from __future__ import annotations

from datetime import date

_DIGITS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """1–99 in Chinese: 10 → 十, 21 → 二十一; raises ValueError beyond."""
    if not 0 < number < 100:
        raise ValueError(number)
    tens, ones = divmod(number, 10)
    before = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return before + (_DIGITS[ones] if ones else "")


def day(when: date) -> str:
    """成文日期: Arabic numerals without leading zeros."""
    return f"{when.year}年{when.month}月{when.day}日"


def paper_number(word: str, year: int, number: int) -> str:
    """发文字号: 转办〔2026〕3号; the year in full, the number without zeros before it."""
    return f"{word}〔{year}〕{number}号"
