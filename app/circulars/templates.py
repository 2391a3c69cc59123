"""What a centre's circulars begin with: issuer, recipients, copies, form, the order of sections, the requirements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.rules.circulars import Form, Kind

#: The sections of a kind in their usual order: key → heading.
SECTIONS: Mapping[Kind, Mapping[str, str]] = {
    Kind.MONTHLY: {
        "overall": "总体情况",
        "ranking": "排名情况",
        "bad": "差评分析",
        "handling": "差评办理和申诉情况",
        "demands": "存在问题和下步要求",
    },
    Kind.RECTIFICATION: {
        "handling": "差评办理和申诉情况",
        "bad": "差评分析",
        "demands": "存在问题和下步要求",
    },
    Kind.ANNUAL: {
        "overall": "总体情况",
        "ranking": "排名情况",
        "bad": "差评分析",
        "handling": "差评办理和申诉情况",
        "demands": "存在问题和下步要求",
    },
    Kind.PUBLIC: {
        "overall": "评价总体情况",
        "ranking": "各镇（街道）评价情况",
        "handling": "差评办理情况",
        "contact": "意见反映渠道",
    },
    Kind.WITHDRAWAL: {},
}
_DEMANDS = (
    "各镇（街道）、各单位要高度重视政务服务“好差评”工作，对差评工单逐件核查、限时整改，并将整改情况反馈评价人。",
    "参评率较低的单位要在办结时主动提醒办事人评价，不得强迫、诱导或代替评价。",
)


@dataclass(frozen=True, slots=True)
class Template:
    """`number_word`: 发文机关代字; `sections`: keys in their order; `demands`: what is asked for, in the centre's own words."""

    kind: Kind
    form: Form
    number_word: str
    addressee: str
    copies: tuple[str, ...]
    sections: tuple[str, ...]
    demands: tuple[str, ...]
    mark: str = ""

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "form": self.form.value,
            "number_word": self.number_word,
            "addressee": self.addressee,
            "copies": list(self.copies),
            "sections": list(self.sections),
            "demands": list(self.demands),
            "mark": self.mark,
        }


def shipped(kind: Kind) -> Template:
    """What stands where the centre has put nothing else."""
    public = kind is Kind.PUBLIC
    return Template(
        kind=kind,
        form=Form.PLAIN if public else Form.MARKED,
        number_word="好差评通报" if not public else "好差评公开",
        addressee="" if public else "各镇人民政府（街道办事处），市各有关单位",
        copies=() if public else ("市政务服务数据管理局",),
        sections=tuple(SECTIONS[kind]),
        demands=() if public else _DEMANDS,
    )


def from_json(kind: Kind, kept: Mapping[str, Any]) -> Template:
    """As it was kept; sections that are none of this kind's are passed over."""
    base = shipped(kind)
    return Template(
        kind=kind,
        form=Form(kept.get("form", base.form.value)),
        number_word=str(kept.get("number_word", base.number_word)),
        addressee=str(kept.get("addressee", base.addressee)),
        copies=tuple(map(str, kept.get("copies", base.copies))),
        sections=tuple(s for s in kept.get("sections", base.sections) if s in SECTIONS[kind]),
        demands=tuple(map(str, kept.get("demands", base.demands))),
        mark=str(kept.get("mark", "")),
    )
