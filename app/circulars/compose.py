"""A draft that writes itself: sentences as an official writes them, with the figures of the facts as fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from app.circulars.draft import Block, Draft, Field, Inset, Piece, Section, Supplement, Words
from app.circulars.facts import Facts
from app.circulars.templates import SECTIONS, Template
from app.documents.model import RULES, Level
from app.documents.numerals import day
from app.rankings.queries import period_text
from models.rules.circulars import Kind

_FIELD = re.compile(r"\{([^{}]+)\}")
_TITLES = {
    Kind.MONTHLY: "关于{period}政务服务“好差评”\n情况的通报",
    Kind.RECTIFICATION: "关于{period}政务服务差评整改和回访\n情况的通报",
    Kind.ANNUAL: "关于{period}政务服务“好差评”\n情况的通报",
    Kind.PUBLIC: "{period}政务服务“好差评”情况",
}


def compose(facts: Facts, template: Template) -> Draft:
    """The draft of a kind's circular."""
    writer = _Writer(facts, template)
    period = period_text(facts.period)
    return Draft(
        title=_TITLES[facts.kind].format(period=period),
        form=template.form,
        mark=template.mark or facts.centre,
        number_word=template.number_word,
        signer=template.signer,
        addressee=template.addressee,
        opening=writer.words(_opening(facts)),
        sections=tuple(
            Section(key, SECTIONS[facts.kind][key], blocks)
            for key in template.sections
            if (blocks := tuple(writer.section(key)))
        ),
        supplements=tuple(_supplements(facts)),
        issuer=facts.centre,
        note=f"联系电话：{facts.phone}" if facts.phone else "",
        copies=template.copies,
        printed_by=facts.centre,
    )


def _opening(facts: Facts) -> str:
    period, cut = period_text(facts.period), day(facts.cutoff)
    if facts.kind is Kind.PUBLIC:
        return f"现将{period}政务服务“好差评”情况公布如下（数据截至{cut}）。"
    return f"根据{RULES}，现将{period}（数据截至{cut}）全市政务服务“好差评”情况通报如下。"


def _supplements(facts: Facts) -> Iterator[Supplement]:
    if facts.kind in (Kind.MONTHLY, Kind.ANNUAL):
        yield Supplement(
            "departments",
            f"{period_text(facts.period)}市直部门评价情况",
            (Inset("table", "ranking.department"),),
            landscape=True,
        )
    if facts.kind is not Kind.PUBLIC and facts.tables["labels"].rows:
        yield Supplement("labels", "差评标签统计", (Inset("table", "labels"),))
    if facts.kind is Kind.RECTIFICATION and facts.tables["bad"].rows:
        yield Supplement("bad", "各单位差评工单办理情况", (Inset("table", "bad"),))


class _Writer:
    """Writes sections; nothing is said of what was not counted."""

    def __init__(self, facts: Facts, template: Template) -> None:
        self.facts, self.template, self.shown = facts, template, facts.shown

    def section(self, key: str) -> Iterator[Block]:
        """The blocks of a section."""
        write: dict[str, Callable[[], Iterator[Block]]] = {
            "overall": self._overall,
            "ranking": self._ranking,
            "bad": self._bad,
            "handling": self._handling,
            "demands": self._demands,
            "contact": self._contact,
        }
        return write[key]()

    def words(self, text: str, level: Level | None = None) -> Words:
        """A paragraph; {key} stands for a figure."""
        pieces: list[Piece] = []
        place = 0
        for found in _FIELD.finditer(text):
            pieces += [text[place : found.start()], Field(found[1], self.shown[found[1]])]
            place = found.end()
        pieces.append(text[place:])
        return Words(tuple(p for p in pieces if p != ""), level)

    def _has(self, *keys: str) -> bool:
        return all(key in self.shown for key in keys)

    def _with(self, text: str, key: str) -> str:
        """A part that is said only where the figure is there."""
        return text if key in self.shown else ""

    # sections ---------------------------------------------------------------------------------------------

    def _overall(self) -> Iterator[Block]:
        period = period_text(self.facts.period)
        if self._has("total.cases"):
            yield self.words(
                f"{period}，全市共办理政务服务事项{{total.cases}}件，其中有主动评价的{{total.cases_rated}}件，参评率{{total.participation}}"
                + self._with("，{change.participation}", "change.participation") + "。"
            )  # fmt: skip
        if not self._has("total.active"):
            yield self.words(f"{period}没有收到政务服务评价。")
            return
        yield self.words(
            "共收到评价{total.ratings}条" + self._with("，{change.ratings}", "change.ratings")
            + "；其中主动评价{total.active}条，超时默认好评{total.defaults}条。按等级分，非常满意{level.5}条、满意{level.4}条、基本满意{level.3}条、"
            "不满意{level.2}条、非常不满意{level.1}条。"
        )  # fmt: skip
        if self.shown["total.bad"] == "0":
            bad = "全部为好评，没有差评"
        else:
            bad = "好评{total.good}条，好评率{total.good_rate}；差评{total.bad}条" + self._with(
                "，{change.bad}", "change.bad"
            )
        yield self.words(
            f"{bad}。平均分{{total.mean}}分（满分10分）" + self._with("，{change.mean}", "change.mean") + "。"
        )

    def _ranking(self) -> Iterator[Block]:
        view = self.facts.views["township"]
        if not view.rows:
            yield self.words("本期没有可以排名的镇（街道）。")
        elif len({row.rank for row in view.rows}) == 1 and len(view.rows) > 1:
            yield self.words(f"参加排名的{len(view.rows)}个镇（街道）综合评分相同，并列第1名。")
        else:
            yield self.words(self._ends())
        if self.facts.apart["township"]:
            yield self.words(f"{'、'.join(self.facts.apart['township'])}，不参加排名。")
        if view.rows:
            yield Inset("table", "ranking.township")
            yield self.words(self._note())

    def _ends(self) -> str:
        rows = self.facts.views["township"].rows
        best = [row for row in rows if row.rank <= 3]
        first = "、".join(row.score.facts.agency for row in best[:5])
        text = f"参加排名的镇（街道）{len(rows)}个，综合评分居前的是{first}{'等' if len(best) > 5 else ''}"
        last = [row.score.facts.agency for row in rows[-3:] if row not in best]
        return f"{text}{'；居后的是' + '、'.join(last) if last else ''}。"

    def _note(self) -> str:
        small = any(row.score.small_sample for row in self.facts.views["township"].rows)
        rules = self.facts.views["township"].rules
        starred = f"标*的评价不足{rules.small_sample}条，仅供参考。" if small else ""
        return (
            f"注：综合评分由未经取舍的各项得分按权重计算，保留两位小数，按所列分数排名，分数相同的名次并列；数据截至{day(self.facts.cutoff)}"
            f"（依据：细则第六条、第二十二条）。{starred}"
        )

    def _bad(self) -> Iterator[Block]:
        if not any(self._has(f"bad.{key}") for key in ("labels", "items", "platforms")):
            if self.shown.get("total.bad") == "0":
                yield self.words("本期没有差评。")
            elif self.shown["tickets.number"] != "0":
                yield self.words("差评分散在各标签和事项，没有集中反映的问题。")
            return
        for key, start in (
            ("labels", "从差评标签看，反映较多的是"),
            ("items", "从事项看，差评较多的是"),
            ("platforms", "从渠道看，差评较多的是"),
        ):
            if self._has(f"bad.{key}"):
                yield self.words(f"{start}{{bad.{key}}}。")

    def _handling(self) -> Iterator[Block]:
        if self.shown["tickets.number"] == "0":
            yield self.words("本期没有差评工单。")
        else:
            yield self.words(
                "本期差评工单{tickets.number}件" + self._with("，{change.tickets}", "change.tickets")
                + "，已整改{tickets.rectified}件，整改率{tickets.rectified_rate}。"
            )  # fmt: skip
            if self.facts.kind is not Kind.PUBLIC and self._has("tickets.overdue"):
                troubles = [f"tickets.{key}" for key in ("overdue", "returned", "declined")]
                said = "其中超期{tickets.overdue}件，退回重办{tickets.returned}件，退单{tickets.declined}件"
                if all(self.shown[key] == "0" for key in troubles):
                    said = "没有超期、退回重办和退单的工单"
                yield self.words(f"{said}（依据：细则第二十三条、第二十四条）。")
        if self._has("calls.called"):
            yield self.words("对整改后的差评回访{calls.called}件，满意{calls.satisfied}件。")
        if self.facts.kind is not Kind.PUBLIC and self._has("appeals.corrected"):
            yield self.words(
                "工作人员对差评提出申诉{appeals.number}件，修正{appeals.corrected}件，维持{appeals.dismissed}件（依据：细则第二十五条）。"
            )

    def _demands(self) -> Iterator[Block]:
        if self.shown.get("tickets.overdue", "0") != "0":
            yield self.words(
                "超期的{tickets.overdue}件差评工单，由中心督办，承办单位要查明原因、抓紧办结。",
                Level.THIRD,
            )
        for demand in self.template.demands:
            yield self.words(demand, Level.THIRD)

    def _contact(self) -> Iterator[Block]:
        phone = f"，也可以拨打{self.facts.phone}" if self.facts.phone else ""
        yield self.words(f"办事群众可以在线上平台、大厅窗口和12345热线评价、投诉{phone}。")


def withdrawal(title: str, number: str, issued: date, centre: str, template: Template) -> Draft:
    """The circular that takes another one back and names it."""
    name = title.replace("\n", "")
    return Draft(
        title=f"关于撤销{number}的通知",
        form=template.form,
        mark=template.mark or centre,
        number_word=template.number_word,
        addressee=template.addressee,
        opening=Words(
            (
                f"经研究，决定撤销{day(issued)}印发的《{name}》（{number}），自本通知印发之日起不再使用，需要的另行通报。",
            )
        ),
        issuer=centre,
        copies=template.copies,
        printed_by=centre,
    )
