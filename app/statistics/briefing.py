"""月报 (Guide 8.1.2): sentences composed from the figures of a period, for the page, the console and paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from app.clock import local
from app.documents.model import (
    Annex,
    Bar,
    Chart,
    Column,
    Document,
    Heading,
    Paragraph,
    Side,
    Signature,
    Table,
)
from app.rankings.queries import period_text
from app.statistics.rows import AgencyRates, Figures, MonthRates, TicketFigures
from app.statistics.wording import (
    before_name,
    change,
    count_change,
    lasted,
    listed,
    named,
    percent,
    place,
)
from app.tickets.rows import Side as TicketSide
from models.rules.rates import RateCounts, Slice
from models.rules.ratings import Platform
from models.rules.scoring import shown

#: How many of a kind a sentence names.
_NAMED = 3
#: Bars of a chart, and where its line's scale may begin, in percent.
_MOST_BARS, _FLOORS = 8, (99, 95, 90, 80, 50, 0)
#: Of fewer tickets, hours and weekdays say nothing.
_ENOUGH_HOURS = 10


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the briefing."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Briefing:
    """The whole of it."""

    title: str
    sections: tuple[Section, ...]

    @property
    def text(self) -> str:
        """As plain text, to be pasted."""
        parts = [self.title]
        for number, section in enumerate(self.sections):
            parts += [f"{'一二三四五六'[number]}、{section.title}", *(f"　　{p}" for p in section.paragraphs)]
        return "\n".join(parts)


def briefing(figures: Figures) -> Briefing:
    """What is to be said of a period; only what was counted."""
    kind = "情况月报" if figures.scope.period.length == 1 else "情况分析"
    whose = "" if place(figures.scope) == "全市" else place(figures.scope)
    title = f"{period_text(figures.scope.period)}{whose}政务服务“好差评”{kind}"
    parts = (
        ("评价总体情况", _overall(figures)),
        ("差评办理情况", _handling(figures)),
        ("群众反映的主要问题", _problems(figures)),
        ("参评情况", _participation(figures)),
        ("工作建议", _advice(figures)),
    )
    made = ((name, tuple(paragraphs)) for name, paragraphs in parts)
    return Briefing(title, tuple(Section(name, found) for name, found in made if found))


# 评价总体情况 ---------------------------------------------------------------------------------------------


def _overall(f: Figures) -> Iterator[str]:
    now, than = f.total, before_name(f.scope.period)
    start = f"{period_text(f.scope.period)}，{place(f.scope)}"
    if not now.ratings:
        yield f"{start}没有政务服务评价。"
        return
    compared = (
        count_change(now.ratings, f.before.ratings, "条", than) if f.before and f.before.ratings else ""
    )
    yield (
        f"{start}共有政务服务评价{now.ratings:,}条{compared}；其中群众主动评价{now.active:,}条，"
        f"超时默认好评{now.defaults:,}条。"
    )
    rates = []
    for code in ("good", "default_good"):
        rate = now.rate(code)
        rates.append(
            named(rate, f.small) + change(rate, f.before.rate(code) if f.before else None, f.small, than)
        )
    yield f"好评{now.good:,}条，差评{now.bad:,}条。{'；'.join(rates)}（依据：指南第7.1.1条）。"
    if len(f.platforms) > 1:
        yield f"按业务平台看，{_platforms(f.platforms, now.ratings)}。"


def _platforms(found: tuple[tuple[Platform, RateCounts], ...], whole: int) -> str:
    most = [(p, c) for p, c in found if c.ratings][:_NAMED]
    slices = (f"{platform.label}{counts.ratings:,}条" for platform, counts in most)
    return f"评价较多的是{'、'.join(slices)}，合计占{_share(sum(c.ratings for _, c in most), whole)}"


def _share(number: int, whole: int) -> str:
    return "全部" if number == whole else f"{shown(Fraction(100 * number, whole))}%"


# 差评办理情况 ---------------------------------------------------------------------------------------------


def _handling(f: Figures) -> Iterator[str]:
    if f.scope.platform is None:
        yield _handled(f)
    found = f.tickets
    if found is None:
        yield "差评工单的用时、退回和超期情况由中心和承办单位查看，本报告不列。"
    elif found.number:
        yield _whose(found) + _troubles(found)
        if times := _times(found):
            yield f"从用时看，{times}（按工作日计，依据：细则第二十三条）。"
    if f.total.rectified and f.scope.platform is None:
        yield _called(f)


def _handled(f: Figures) -> str:
    now, than = f.total, before_name(f.scope.period)
    if not now.tickets:
        return "本期没有差评工单。"
    compared = count_change(now.tickets, f.before.tickets, "件", than) if f.before else ""
    first = f"本期差评工单{now.tickets:,}件{compared}，已回复{now.answered:,}件，已整改{now.rectified:,}件"
    if now.tickets < f.small:
        return f"{first}；件数不足{f.small}，不计百分比。"
    rates = "、".join(named(now.rate(code), f.small) for code in ("answered", "rectified"))
    return f"{first}；{rates}（依据：指南第7.1.1条）。"


def _called(f: Figures) -> str:
    now = f.total
    if not now.called:
        return "差评整改后的回访尚无记录，回访满意率不计。"
    first = f"已整改的差评{now.rectified:,}件，已回访{now.called:,}件，其中满意{now.satisfied:,}件"
    if now.rectified < f.small:
        return f"{first}；件数不足{f.small}，不计百分比。"
    rates = "、".join(named(now.rate(code), f.small) for code in ("called", "satisfied"))
    return f"{first}；{rates}（依据：指南第7.1.1条）。"


def _whose(found: TicketFigures) -> str:
    return "" if found.whole else f"在您可以查看的{found.number:,}件差评工单中，"


def _troubles(found: TicketFigures) -> str:
    names = ((TicketSide.OVERDUE, "超期"), (TicketSide.RETURNED, "退回重办"), (TicketSide.DECLINED, "退单"))
    some = [f"{name}{found.troubles[side]:,}件" for side, name in names if found.troubles.get(side)]
    none = [name for side, name in names if not found.troubles.get(side)]
    said = "、".join(some)
    return f"{said}{'；' if some and none else ''}{'没有' + '、'.join(none) + '的工单' if none else ''}。"


def _times(found: TicketFigures) -> str:
    times = (("签收", found.times.sign), ("整改", found.times.rectify), ("报送12345", found.times.report))
    return "；".join(lasted(name, one) for name, one in times if one is not None)


# 群众反映的主要问题 ---------------------------------------------------------------------------------------


def _problems(f: Figures) -> Iterator[str]:
    found = f.tickets
    if found is None or not found.number:
        return
    shares = found.number >= f.small
    if labels := found.slices(TicketSide.LABEL):
        yield _whose(found) + _labels(labels, shares=shares)
    items = found.slices(TicketSide.ITEM)
    several = [one for one in items if one.number > 1]
    if several:
        more = "等" if len(several) > _NAMED else ""
        yield f"差评较多的事项是{listed(several[:_NAMED], '件', shares=shares)}{more}。"
    elif items:
        yield f"差评分布在{len(items)}个事项，每个事项1件，没有集中的事项。"
    again = [one for one in found.repeated if any(one.before)]
    if again:
        names = "、".join(
            f"“{one.name}”（本期{one.number}件，前三期{sum(one.before)}件）" for one in again[:_NAMED]
        )
        yield f"前三期已有差评、本期又出现的事项{len(again)}个，较多的是{names}。"
    if halls := [one for one in found.slices(TicketSide.HALL) if one.number > 1]:
        yield f"线下差评较多的大厅是{listed(halls[:_NAMED], '件', shares=False)}。"
    if found.number >= _ENOUGH_HOURS:
        yield from _when(found)


def _labels(labels: tuple[Slice, ...], *, shares: bool) -> str:
    top = labels[:_NAMED]
    more = f"，前{len(top)}项合计占{top[-1].cumulative_shown}%" if shares and len(labels) > _NAMED else ""
    whole = sum(one.number for one in labels)
    return f"差评标签共{whole:,}次，较多的是{listed(top, '次', shares=shares)}{more}。"


def _when(found: TicketFigures) -> Iterator[str]:
    hours = max(found.slices(TicketSide.HOUR), key=lambda one: one.number, default=None)
    days = max(found.slices(TicketSide.WEEKDAY), key=lambda one: one.number, default=None)
    if hours is not None and days is not None:
        yield (
            f"从评价时间看，{hours.name}至{int(hours.key) + 1}时最多（{hours.number}件），"
            f"一周中{days.name}最多（{days.number}件）。"
        )


# 参评情况, 工作建议 ---------------------------------------------------------------------------------------


def _participation(f: Figures) -> Iterator[str]:
    rate = f.total.rate("participation")
    if not rate.denominator:
        yield "没有办件数据，参评率不计。"
        return
    compared = change(
        rate, f.before.rate("participation") if f.before else None, f.small, before_name(f.scope.period)
    )
    yield (
        f"办件{rate.denominator:,}件，有主动评价的{rate.numerator:,}件，{named(rate, f.small)}{compared}"
        "（依据：细则第三条）。"
    )
    if f.quiet:
        names = "、".join(
            f"{one.agency}（{one.platform.label}，{one.rate.numerator:,}/{one.rate.denominator:,}，{one.rate.percent}%）"
            for one in f.quiet[:_NAMED]
        )
        yield f"办件不少于{f.small}件而参评率较低的是{names}。"


def _advice(f: Figures) -> Iterator[str]:
    found = f.tickets
    if found is not None:
        if late := found.troubles.get(TicketSide.OVERDUE):
            yield f"对超期的{late:,}件工单逐件催办、督办，查明超期原因。"
        hot = [one for one in found.repeated if one.number > 1 or any(one.before)]
        if hot:
            names = "".join(f"“{one.name}”" for one in hot[:_NAMED]) + ("等" if len(hot) > _NAMED else "")
            yield f"对差评集中或反复出现的{names}分析原因，必要时向承办单位提出限期整改（依据：指南第8.1.2条）。"
    if f.quiet:
        agencies = list(dict.fromkeys(one.agency for one in f.quiet))
        more = "等" if len(agencies) > _NAMED else ""
        yield f"对参评率较低的{'、'.join(agencies[:_NAMED])}{more}，督促在办结时主动提醒群众评价。"


# on paper -------------------------------------------------------------------------------------------------


def document(figures: Figures, centre: str, today: date, *, trend: tuple[MonthRates, ...] = ()) -> Document:
    """The briefing as a paper of the house, with the figures of the months, agencies and labels annexed."""
    said = briefing(figures)
    blocks: list[Heading | Paragraph] = []
    for section in said.sections:
        blocks += [Heading(section.title), *(Paragraph(text) for text in section.paragraphs)]
    cut = local(figures.cutoff)
    blocks.append(Paragraph(f"数据截至{cut.year}年{cut.month}月{cut.day}日{cut:%H:%M}{_closed(figures)}。"))
    return Document(
        title=said.title,
        blocks=tuple(blocks),
        signature=Signature(centre, today),
        annexes=tuple(_annexes(figures, trend)),
    )


def _closed(figures: Figures) -> str:
    if len(figures.closed) == figures.scope.period.length:
        return "，各月已封账" if len(figures.closed) > 1 else "，本月已封账"
    return ""


def _annexes(f: Figures, trend: tuple[MonthRates, ...]) -> Iterator[Annex]:
    if f.agencies:
        yield Annex("各单位评价和差评办理情况", (_agency_table(f),), landscape=True)
    if len(trend) > 1:
        yield Annex("逐月评价情况", (trend_chart(trend), _trend_table(trend)))
    if f.tickets is not None and (labels := f.tickets.slices(TicketSide.LABEL)):
        yield Annex("差评标签", (pareto_chart(labels), _label_table(labels)))


def pareto_chart(labels: tuple[Slice, ...]) -> Chart:
    """The largest as bars, what they add up to as the line; the rest in one bar."""
    shown_ = labels if len(labels) <= _MOST_BARS else labels[: _MOST_BARS - 1]
    bars = [Bar(one.name, one.number, one.cumulative, f"{one.cumulative_shown}%") for one in shown_]
    if rest := labels[len(shown_) :]:
        bars.append(Bar(f"其余{len(rest)}项", sum(one.number for one in rest), Fraction(100), "100%"))
    whole = sum(one.number for one in labels)
    return Chart("差评标签的次数和累计占比", "次数", "累计占比", tuple(bars), whole=whole)


def trend_chart(trend: tuple[MonthRates, ...]) -> Chart:
    """Bad ratings month by month as bars, the good rate (Guide 7.1.1) as the line, on a scale that shows its course."""
    bars = []
    for one in trend:
        rate = one.counts.rate("good")
        bars.append(Bar(f"{one.month.year}年{one.month.month}月", one.counts.bad, rate.exact, rate.text))
    lowest = min((bar.share for bar in bars if bar.share is not None), default=Fraction(0))
    floor = next(low for low in _FLOORS if low <= max(Fraction(0), 2 * lowest - 100))
    return Chart("逐月差评条数和好评率", "差评条数", "好评率", tuple(bars), (Fraction(floor), Fraction(100)))


def _trend_table(trend: tuple[MonthRates, ...]) -> Table:
    titles = ("月份", "评价条数", "差评条数", "好评率")
    columns = tuple(Column(t, 24, Side.LEFT if t == "月份" else Side.RIGHT) for t in titles)
    rows = (
        (
            f"{one.month.year}年{one.month.month}月",
            f"{one.counts.ratings:,}",
            f"{one.counts.bad:,}",
            one.counts.rate("good").text,
        )
        for one in trend
    )
    return Table(columns, tuple(rows))


def _agency_table(f: Figures) -> Table:
    titles = ("单位", "评价", "好评率", "默认好评率", "差评工单", "差评回复率", "差评整改率", "参评率")
    columns = tuple(
        Column(t, 24 if t == "单位" else 11, Side.LEFT if t == "单位" else Side.RIGHT) for t in titles
    )
    return Table(columns, tuple(_agency_row(one, f.small) for one in f.agencies))


def _agency_row(one: AgencyRates, small: int) -> tuple[str, ...]:
    c = one.counts
    codes = ("good", "default_good", "answered", "rectified", "participation")
    good, default, answered, rectified, asked = (_cell(c, code, small) for code in codes)
    return (one.agency, f"{c.ratings:,}", good, default, f"{c.tickets:,}", answered, rectified, asked)


def _cell(counts: RateCounts, code: str, small: int) -> str:
    rate = counts.rate(code)
    if rate.percent is None:
        return "—"
    return percent(rate, small).replace("件中", "中").removesuffix("件")


def _label_table(labels: tuple[Slice, ...]) -> Table:
    columns = (
        Column("差评标签", 52),
        Column("次数", 14, Side.RIGHT),
        Column("占比", 16, Side.RIGHT),
        Column("累计占比", 18, Side.RIGHT),
    )
    rows = (
        (one.name, f"{one.number:,}", f"{one.share_shown}%", f"{one.cumulative_shown}%") for one in labels
    )
    return Table(columns, tuple(rows))
