"""Sentences of circulars, of counts made up: what is compared, who is named, what is left unsaid."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from app.circulars import compose, templates
from app.circulars.collecting import Counted, Pooled, pooled
from app.circulars.draft import Draft
from app.circulars.facts import Facts, Named, gathered
from app.circulars.paper import document
from app.clock import SHANGHAI
from app.documents.model import Chart, Paragraph
from app.rankings.queries import Period, RankedRow, RankingView
from app.statistics.rows import AgencyRates, Figures, MonthRates, Quiet, Scope, TicketFigures
from app.tickets.rows import Side
from models.rules.appeals import State as AppealState
from models.rules.circulars import Kind, change, rank_change
from models.rules.rates import Rate, RateCounts, pareto
from models.rules.ratings import Platform
from models.rules.rulesets import SHIPPED
from models.rules.scoring import AgencyFacts, TicketGroup, rank

NOW = datetime(2026, 11, 9, 10, tzinfo=SHANGHAI)
OCTOBER = Period.month(date(2026, 10, 1))
NAMED = Named("政务服务中心", "市政务服务数据管理局", "0759-6688000")


def agency(
    order: int, levels: Mapping[int, int], cases: int = 100, tickets: tuple[int, int] = (0, 0)
) -> AgencyFacts:
    """`tickets`: rectified, not."""
    return AgencyFacts(
        agency=f"第{order}镇",
        order=order,
        levels={Platform.HALL: levels},
        cases={Platform.HALL: (cases // 2, cases)},
        halls=(1, 1),
        tickets=tuple(TicketGroup(n, done, done, True) for n, done in zip(tickets, (True, False), strict=True) if n),
        cases_loaded=True,
    )  # fmt: skip


def view(facts: list[AgencyFacts], group: str = "township", period: Period = OCTOBER) -> RankingView:
    found = rank(facts, SHIPPED)
    rows = tuple(RankedRow(r.rank, None, r.score) for r in found.rows)
    apart = tuple((u.facts.agency, u.reason) for u in found.unranked)
    return RankingView(
        period, group, "规则", NOW, rows, apart, (period.first,), NOW, facts=tuple(facts), rules=SHIPPED
    )


def counted(facts: list[AgencyFacts], **more: object) -> Counted:
    now = pooled(facts)
    total = RateCounts(now.ratings, now.ratings - now.bad, tickets=now.tickets, rectified=now.rectified)
    labels = (
        pareto({"slow": 200, "rude": 90, "other": 10}, {"slow": "超过时限", "rude": "态度差"})
        if now.tickets
        else ()
    )
    agencies = tuple(
        AgencyRates(f.agency, "township", RateCounts(tickets=p.tickets, rectified=p.rectified))
        for f in facts
        if (p := pooled([f]))
    )
    figures = Figures(
        scope=Scope(OCTOBER), cutoff=NOW, closed=(OCTOBER.first,), small=30, total=total, before=None, agencies=agencies,
        platforms=(), staff=(), quiet=(Quiet("第1镇", Platform.HALL, Rate("participation", 50, 100)),) if now.tickets else (),
        tickets=TicketFigures(now.tickets, 0, True, {Side.LABEL: labels}, troubles={Side.OVERDUE: 7} if now.tickets else {}),
    )  # fmt: skip
    made = Counted(figures, now, Pooled(), Pooled(), SHIPPED, "上月", {}, {})
    return replace(made, **more)  # type: ignore[arg-type]


def composed(kind: Kind, facts: list[AgencyFacts], **more: object) -> tuple[Facts, Draft, str]:
    views = {"township": view(facts), "department": view([], "department")}
    found = gathered(kind, views, counted(facts, **more), NAMED)
    draft = compose.compose(found, templates.shipped(kind))
    return found, draft, "\n".join(words.text for words in draft.words())


BUSY = [agency(n, {5: 100 + n, 1: 10}, tickets=(10, 5)) for n in range(1, 21)]


def test_a_busy_month_is_compared_and_its_best_last_and_open_are_named() -> None:
    before = replace(pooled(BUSY), cases=1_900, cases_rated=950, tickets=290)
    calls = {"satisfied": 8, "unsatisfied": 2, "unreachable": 1, "declined": 0}
    appeals = {
        AppealState.CORRECTED: 1,
        AppealState.RECORDED: 1,
        AppealState.DISMISSED: 3,
        AppealState.FILED: 1,
    }
    _, draft, said = composed(
        Kind.MONTHLY, BUSY, before=before, year_before=replace(before, levels={5: 1_000}), calls=calls, appeals=appeals
    )  # fmt: skip
    assert (
        "办理政务服务事项2,000件，比上月增加100件，其中有主动评价的1,000件，参评率50.00%，与上月持平。"
        in said
    )
    assert "差评200条，与上月持平" in said and "，比上年同期下降0.83分。" in said
    assert re.search(
        r"居前的是第20镇（[\d.]+分）、第19镇（[\d.]+分）、第18镇（[\d.]+分），居后的是第3镇.*第1镇", said
    )
    assert "差评工单300件，比上月增加10件，已整改200件，整改率66.67%。" in said
    assert "“超过时限”200次（66.67%）、“态度差”90次（30.00%）" in said
    assert "其中超期7件（依据：细则第二十三条）。" in said
    assert "申诉6件：修正2件、维持3件、正在办理1件" in said
    assert "差评尚未整改完成的有第1镇5件、第2镇5件、第3镇5件等20个单位。" in said
    assert [s.key for s in draft.supplements] == ["labels"]  # of departments, nothing was counted


def test_of_few_no_percentage_is_said_and_of_nothing_nothing() -> None:
    few = [agency(1, {5: 4}, cases=8), agency(2, {5: 3, 2: 1}, cases=8, tickets=(1, 0))]
    _, _, said = composed(Kind.MONTHLY, few, before=pooled(few))
    assert "%" not in said.replace("（大厅，50.00%）", "").replace("实体大厅，50.00%", "")
    assert "差评工单1件，与上月持平，已全部整改。" in said and "标*的评价不足30条" in said
    found, draft, said = composed(Kind.MONTHLY, [replace(agency(1, {}), cases={})])
    assert "没有收到政务服务评价" in said and "本期没有可以排名的镇（街道）。" in said and "第1镇（" in said
    assert "申诉" not in said and "回访" not in said and found.shown["total.ratings"] == "0"
    assert draft.supplements == ()


def test_ties_share_their_rank_and_all_alike_have_no_last() -> None:
    _, _, said = composed(Kind.MONTHLY, [agency(n, {5: 40}) for n in range(1, 8)])
    assert re.search(r"镇（街道）7个，综合评分均为\d+\.\d\d分，并列第1名。", said) and "居后" not in said
    assert "全部为好评，没有差评。" in said and "本期没有差评工单。" in said and "本期没有差评。" in said
    leading = [agency(n, {5: 40}) for n in range(1, 8)] + [agency(8, {5: 30, 2: 10})]
    _, _, said = composed(Kind.MONTHLY, leading)
    assert re.search(r"居前的是(第\d镇（[\d.]+分）、?){5}等7个，居后的是第8镇（", said)


@pytest.mark.parametrize("kind", [Kind.RECTIFICATION, Kind.PUBLIC])
def test_a_kind_says_only_what_is_its_own(kind: Kind) -> None:
    appeals = {AppealState.DISMISSED: 1}
    _, draft, said = composed(kind, BUSY, appeals=appeals)
    public = kind is Kind.PUBLIC
    assert ("申诉" in said, "超期" in said, "0759-6688000" in said) == (not public, not public, public)
    assert [s.key for s in draft.supplements] == ([] if public else ["labels", "bad"])


def test_every_figure_of_a_text_is_marked_and_tables_share_their_keys() -> None:
    found, draft, _ = composed(Kind.MONTHLY, BUSY)
    made = document(draft, found, number=None, on=NOW.date())
    for paragraph in (b for b in made.blocks if isinstance(b, Paragraph)):
        assert all(found.shown[m.key] == paragraph.text[m.start : m.end] for m in paragraph.marks)
    keys = [key for row in found.tables["ranking.township"].keys for key in row if key]
    assert len(keys) == 7 * len(BUSY) and set(keys) <= set(found.shown)
    assert isinstance(made.annexes[0].blocks[0], Chart)


def test_the_year_annexes_its_months_with_ranks() -> None:
    year = Period(date(2026, 9, 1), OCTOBER.first)
    trend = tuple(MonthRates(m, RateCounts(100, 99)) for m in (year.first, year.last))
    months = [view(BUSY[:3], period=Period.month(m.month)) for m in trend]
    views = {"township": view(BUSY, period=year), "department": view([], "department")}
    found = gathered(Kind.ANNUAL, views, counted(BUSY), NAMED, trend, months)
    draft = compose.compose(found, templates.shipped(Kind.ANNUAL))
    assert [s.key for s in draft.supplements] == ["ranks", "months", "labels"]
    assert found.tables["ranks"].rows[0] == ("第20镇", "—", "—", "1")
    assert found.tables["ranks"].rows[-1] == ("第1镇", "3", "3", "20") and not found.closed
    assert set(found.charts) == {"labels", "months"}


def test_changes_are_said_as_they_look() -> None:
    assert [change(3, 3, "件"), change(1_500, 3, "件"), change(2, 3, "件")] == [
        "持平",
        "增加1,497件",
        "减少1件",
    ]
    pairs = ((9.914, 9.911), (9.92, 9.9), (9.9, 9.92))
    said = [change(Decimal(str(now)), Decimal(str(before)), "分") for now, before in pairs]
    assert said == ["持平", "上升0.02分", "下降0.02分"]
    assert [rank_change(1, None), rank_change(2, 2), rank_change(1, 3), rank_change(4, 3)] == [
        "—",
        "持平",
        "↑2",
        "↓1",
    ]
