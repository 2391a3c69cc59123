"""A draft that writes itself: sentences as an official writes them, with the figures of the facts as fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from app.circulars.draft import Block, Draft, Field, Inset, Piece, Section, Supplement, Words
from app.circulars.facts import Facts
from app.circulars.templates import SECTIONS, Template
from app.documents.model import RULES, Level
from app.documents.numerals import day
from app.rankings.queries import RankedRow, period_text
from models.rules.circulars import Kind
from models.rules.ratings import Satisfaction

_FIELD = re.compile(r"\{([^{}]+)\}")
#: So many are named at either end of a ranking.
_ENDS = 3
#: Where more stand alike, only some are named.
_MOST_NAMED = 5
_OUTCOMES = (
    ("satisfied", "满意"),
    ("unsatisfied", "不满意"),
    ("unreachable", "联系不上"),
    ("declined", "不愿接受回访"),
)
_APPEALS = (("corrected", "修正"), ("dismissed", "维持"), ("withdrawn", "撤回"), ("open", "正在办理"))
_TROUBLES = (("overdue", "超期"), ("returned", "退回重办"), ("declined", "退单"))
_PROBLEMS = (("problems.quiet", "参评率较低的有"), ("problems.waiting", "差评尚未整改完成的有"))
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
    about = "差评整改和回访" if facts.kind is Kind.RECTIFICATION else "“好差评”"
    return f"根据{RULES}，现将{period}（数据截至{cut}）全市政务服务{about}情况通报如下。"


def _supplements(facts: Facts) -> Iterator[Supplement]:
    """Those that have anything in them."""
    for key, title, pictured, wide in _annexes(facts):
        if facts.tables[key].rows:
            pictures = (Inset("picture", key),) if pictured and key in facts.charts else ()
            yield Supplement(key, title, (*pictures, Inset("table", key)), landscape=wide)


def _annexes(facts: Facts) -> Iterator[tuple[str, str, bool, bool]]:
    """Key, title, whether with a picture, whether on its side."""
    period = period_text(facts.period)
    if facts.kind in (Kind.MONTHLY, Kind.ANNUAL):
        yield "ranking.department", f"{period}市直部门评价情况", False, True
    if facts.kind is Kind.ANNUAL:
        yield "ranks", f"{period}镇（街道）逐月名次", False, True
        yield "months", f"{period}逐月评价情况", True, False
    if facts.kind is not Kind.PUBLIC:
        yield "labels", "差评标签统计", True, False
    if facts.kind is Kind.RECTIFICATION:
        yield "bad", "各单位差评工单办理情况", False, False


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
            if found[1] in self.shown:
                pieces += [text[place : found.start()], Field(found[1], self.shown[found[1]])]
                place = found.end()
        pieces.append(text[place:])
        return Words(tuple(p for p in pieces if p != ""), level)

    def _has(self, *keys: str) -> bool:
        return all(key in self.shown for key in keys)

    def _changed(self, key: str) -> str:
        return self._with(f"，{{change.{key}}}", f"change.{key}")

    def _with(self, text: str, key: str) -> str:
        """A part that is said only where the figure is there."""
        return text if key in self.shown else ""

    # sections ---------------------------------------------------------------------------------------------

    def _overall(self) -> Iterator[Block]:
        period = period_text(self.facts.period)
        if self._has("total.cases"):
            yield self.words(
                f"{period}，全市共办理政务服务事项{{total.cases}}件" + self._changed("cases")
                + "，其中有主动评价的{total.cases_rated}件"
                + self._with("，参评率{total.participation}", "total.participation") + self._changed("participation") + "。"
            )  # fmt: skip
        if not self._has("total.active"):
            yield self.words(f"{period}没有收到政务服务评价。")
            return
        given = "其中主动评价{total.active}条，超时默认好评{total.defaults}条"
        if self.shown["total.defaults"] == "0":
            given = "均为主动评价"
        levels = [level for level in Satisfaction if self.shown[f"level.{level.value}"] != "0"]
        by_level = "、".join(f"{level.label}{{level.{level.value}}}条" for level in levels)
        yield self.words(
            f"共收到评价{{total.ratings}}条{self._changed('ratings')}；{given}。按等级分，{by_level}。"
        )
        mean = (
            "平均分{total.mean}分（满分10分，依据：细则第六条）"
            + self._changed("mean")
            + self._changed("year")
        )
        yield self.words(f"{self._good_and_bad()}。{mean}。")

    def _good_and_bad(self) -> str:
        changed = self._changed("bad")
        if self.shown["total.bad"] == "0":
            return "全部为好评，没有差评"
        rate = self._with("，好评率{total.good_rate}", "total.good_rate")
        return f"好评{{total.good}}条{rate}；差评{{total.bad}}条{changed}"

    def _ranking(self) -> Iterator[Block]:
        view = self.facts.views["township"]
        yield self.words(self._ends() if view.rows else "本期没有可以排名的镇（街道）。")
        if apart := self.facts.apart["township"]:
            yield self.words(f"{'、'.join(apart)}不参加排名。")
        if view.rows:
            yield Inset("table", "ranking.township")
            yield self.words(self._note())

    def _ends(self) -> str:
        """Who leads and who comes last; nobody does where all are alike."""
        rows = self.facts.views["township"].rows
        if len(rows) == 1:
            return f"参加排名的镇（街道）只有{_scored(rows[0])}。"
        if rows[-1].rank == 1:
            score = f"{{rank.{rows[0].score.facts.agency}.composite}}"
            return f"参加排名的镇（街道）{len(rows)}个，综合评分均为{score}分，并列第1名。"
        first = [row for row in rows if row.rank <= _ENDS]
        last = [row for row in rows if row.rank >= rows[max(0, len(rows) - _ENDS)].rank and row not in first]
        text = f"参加排名的镇（街道）{len(rows)}个，综合评分居前的是{_all(first)}"
        return f"{text}{f'，居后的是{_all(last)}' if last else ''}。"

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
        public = self.facts.kind is Kind.PUBLIC
        if self.shown["tickets.number"] == "0":
            yield self.words(f"本期没有差评工单{self._changed('tickets')}。")
        else:
            yield self.words(
                "本期差评工单{tickets.number}件" + self._changed("tickets") + f"，{self._rectified()}。"
            )
            if not public and self._has("tickets.overdue"):
                yield self.words(f"{self._troubles()}（依据：细则第二十三条）。")
        if self._has("calls.called"):
            said = [f"{name}{{calls.{key}}}件" for key, name in _OUTCOMES if self._has(f"calls.{key}")]
            yield self.words(
                f"对整改后的差评回访{{calls.called}}件：{'、'.join(said)}（依据：细则第二十四条）。"
            )
        elif self.facts.kind is Kind.RECTIFICATION and self.shown["tickets.rectified"] != "0":
            yield self.words("本期整改的差评尚未回访。")
        if not public and self._has("appeals.number"):
            said = [
                f"{name}{{appeals.{key}}}件"
                for key, name in _APPEALS
                if self.shown.get(f"appeals.{key}", "0") != "0"
            ]
            yield self.words(
                f"工作人员对差评提出申诉{{appeals.number}}件：{'、'.join(said)}（依据：细则第二十五条）。"
            )

    def _rectified(self) -> str:
        if self.shown["tickets.rectified"] == "0":
            return "尚未整改完成"
        if self.shown["tickets.rectified"] == self.shown["tickets.number"]:
            return "已全部整改"
        return "已整改{tickets.rectified}件" + self._with(
            "，整改率{tickets.rectified_rate}", "tickets.rectified_rate"
        )

    def _troubles(self) -> str:
        there = [(key, name) for key, name in _TROUBLES if self.shown[f"tickets.{key}"] != "0"]
        if not there:
            return "没有超期、退回重办和退单的工单"
        return "其中" + "、".join(f"{name}{{tickets.{key}}}件" for key, name in there)

    def _demands(self) -> Iterator[Block]:
        """What is wrong, by name; then what is asked for."""
        for key, start in _PROBLEMS:
            if self._has(key):
                yield self.words(f"{start}{{{key}}}。")
        demands = list(self.template.demands)
        if self.shown.get("tickets.overdue", "0") != "0":
            demands.insert(0, "超期的{tickets.overdue}件差评工单由中心督办，承办单位要查明原因、抓紧办结。")
        for demand in demands:
            yield self.words(demand, Level.THIRD)

    def _contact(self) -> Iterator[Block]:
        phone = f"，也可以拨打{self.facts.phone}" if self.facts.phone else ""
        yield self.words(f"办事群众可以在线上平台、大厅窗口和12345热线评价、投诉{phone}。")


def _scored(row: RankedRow) -> str:
    agency = row.score.facts.agency
    return f"{agency}（{{rank.{agency}.composite}}分）"


def _all(rows: Sequence[RankedRow]) -> str:
    more = f"等{len(rows)}个" if len(rows) > _MOST_NAMED else ""
    return "、".join(map(_scored, rows[:_MOST_NAMED])) + more


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
