"""通报 (Art. 3, 24, 26; Guide 4.3, 8.3.3): kinds, the life of one, and how its figures are said."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from models.rules.scoring import shown


class Kind(StrEnum):
    """What a circular is for."""

    MONTHLY = "monthly"
    RECTIFICATION = "rectification"
    ANNUAL = "annual"
    PUBLIC = "public"
    WITHDRAWAL = "withdrawal"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _KIND_LABELS[self.value]

    @property
    def article(self) -> str:
        """What it carries out."""
        return _KIND_ARTICLES[self.value]


_KIND_LABELS = {
    "monthly": "评价排名通报",
    "rectification": "整改回访通报",
    "annual": "年度通报",
    "public": "向社会公开",
    "withdrawal": "撤销通知",
}
_KIND_ARTICLES = {
    "monthly": "细则第三条",
    "rectification": "细则第二十四条",
    "annual": "细则第二十六条",
    "public": "指南第8.3.3条",
    "withdrawal": "细则第三条",
}

#: Kinds that name figures of months, which must be closed before it is issued.
OF_MONTHS = (Kind.MONTHLY, Kind.RECTIFICATION, Kind.ANNUAL, Kind.PUBLIC)


class State(StrEnum):
    """Where a circular stands."""

    DRAFT = "draft"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"draft": "草稿", "issued": "已印发", "withdrawn": "已撤销"}[self.value]


class Form(StrEnum):
    """How it is set: with the issuer's red mark, as a letter, or plain for use in the house."""

    MARKED = "marked"
    LETTER = "letter"
    PLAIN = "plain"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"marked": "文件格式", "letter": "信函格式", "plain": "内部格式"}[self.value]


#: The events of circulars.
EVENTS = {
    "circular_issued": "印发通报",
    "circular_withdrawn": "撤销通报",
    "circular_template": "修改通报模板",
}


#: What is said of a figure that looks as it did.
UNCHANGED = "持平"


def change(now: int | Decimal | Fraction, before: int | Decimal | Fraction, unit: str = "") -> str:
    """How a figure changed, as an official writes: 上升0.53个百分点, 减少3件, 持平. Decimals are shown to two places.

    Compared as shown: what looks the same is said to be the same. Points (个百分点, 分) rise and fall; counts grow and shrink.
    """
    if isinstance(now, int) and isinstance(before, int):
        return (
            UNCHANGED if now == before else f"{'增加' if now > before else '减少'}{abs(now - before):,}{unit}"
        )
    this, that = shown(Fraction(now)), shown(Fraction(before))
    return UNCHANGED if this == that else f"{'上升' if this > that else '下降'}{abs(this - that)}{unit}"


def rank_change(now: int, before: int | None) -> str:
    """↑2, ↓1, 持平; — where there was no rank."""
    if before is None:
        return "—"
    return UNCHANGED if now == before else f"{'↑' if now < before else '↓'}{abs(now - before)}"
