"""Why a rank, in words: what is said is what the score says, and what it opens is what it counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from app.clock import SHANGHAI
from app.rankings import queries
from app.rankings.explaining import explain
from app.rankings.queries import Period, RankedRow, RankingView
from app.tickets import queries as tickets
from app.tickets.queries import TicketFilter
from app.workspace import Workspace
from models.rules.lifecycle import State
from models.rules.ratings import Platform
from models.rules.rulesets import SHIPPED, RuleSet
from models.rules.scoring import AgencyFacts, TicketGroup, rank

OCTOBER = date(2026, 10, 1)


def agency(
    name: str, handled: int, waiting: int, *, halls: tuple[int, int] = (1, 1), rated: int = 100
) -> AgencyFacts:
    groups = (TicketGroup(handled, True, True, True), TicketGroup(waiting, False, False, True))
    return AgencyFacts(name, 0, {Platform.HALL: {5: 50}}, {Platform.HALL: (rated, 100)}, halls,
                       tuple(g for g in groups if g.count), cases_loaded=True)  # fmt: skip


def view(*facts: AgencyFacts, rules: RuleSet = SHIPPED) -> RankingView:
    rows = tuple(RankedRow(r.rank, None, r.score) for r in rank(facts, rules).rows)
    cutoff = datetime(2026, 11, 3, 9, 0, tzinfo=SHANGHAI)
    return RankingView(
        Period.month(OCTOBER), "township", rules.name, cutoff, rows, (), facts=facts, rules=rules
    )


COUNTY = (agency("甲镇", 4, 0), agency("乙镇", 9, 1), agency("丙镇", 8, 2), agency("丁镇", 2, 2))


def test_two_tickets_open_the_tickets_they_speak_of() -> None:
    found = explain(view(*COUNTY), "丁镇")
    assert found is not None
    assert found.sentences == (
        "离满分差 10.00 分，其中差评工单处理率差 10.00 分，失分最多。",
        "比第 3 名丙镇少 6.00 分：工单处理少 6.00 分。",
    )
    (way,) = found.advice
    assert way.text == "再整改 2 件差评工单：第 4 名 → 第 1 名。"
    states = frozenset({State.PENDING, State.DISPATCHED, State.RECTIFYING, State.SUBMITTED})
    assert way.tickets == TicketFilter(
        states=states, agency="丁镇", month=OCTOBER, last_month=OCTOBER, counted=True
    )
    assert way.counted == 2


def test_handing_in_counts_where_the_rules_say_so_and_then_all_are_shown() -> None:
    found = explain(view(*COUNTY, rules=replace(SHIPPED, handled_means="submitted")), "丁镇")
    assert found is not None
    assert found.advice[0].text.startswith("再提交整改 2 件差评工单")
    assert (found.advice[0].tickets, found.advice[0].counted) == (
        TicketFilter(agency="丁镇", month=OCTOBER, last_month=OCTOBER, counted=True), 4,
    )  # fmt: skip


def test_tickets_come_first_and_more_of_a_lever_is_told() -> None:
    low = agency("戊镇", 1, 3, halls=(1, 2), rated=60)
    found = explain(view(*COUNTY, low), "戊镇")
    assert found is not None
    assert [way.text for way in found.advice] == [
        "单靠补齐某一项，名次不会提高。",
        "各项全部补齐：第 5 名 → 第 1 名。",
    ]
    near = explain(view(*COUNTY, agency("戊镇", 2, 1, halls=(1, 2))), "戊镇")
    assert near is not None
    assert [way.text for way in near.advice] == [
        "再整改 1 件差评工单：第 5 名 → 第 4 名。",
        "再有 1 个大厅有主动评价：第 5 名 → 第 4 名。",
        "各项全部补齐：第 5 名 → 第 1 名。",
    ]


def test_the_first_has_nobody_above_and_who_shares_a_rank_looks_past_the_others() -> None:
    county = view(*COUNTY, replace(COUNTY[1], agency="同分镇"))
    first, tied = explain(county, "甲镇"), explain(county, "同分镇")
    assert first is not None and tied is not None and tied.above is not None
    assert first.sentences == ("各项都是满分。", "名次最前，没有排在前面的单位。")
    assert (first.above, first.advice) == (None, ())
    assert (tied.rank, tied.above.score.facts.agency) == (2, "甲镇")
    assert explain(county, "没有的镇") is None


def test_who_is_weighed_otherwise_is_told() -> None:
    found = explain(view(*COUNTY, agency("戊镇", 0, 0, halls=(0, 0), rated=50)), "戊镇")
    assert found is not None
    assert found.sentences[1:] == (
        "比第 4 名丁镇少 10.00 分：大厅推广少 20.00 分，评价覆盖少 10.00 分，工单处理多 20.00 分。",
        "两个单位一个有大厅、一个没有，各项权重不同。",
    )


def test_the_tickets_that_open_are_as_many_as_are_counted(sample: Workspace) -> None:
    opened = 0
    with sample.read() as connection:
        month = Period.month(queries.months(connection)[0])
        for group in queries.GROUPS:
            ranking = queries.ranking(connection, month, group=group)
            for row in ranking.rows:
                found = explain(ranking, row.score.facts.agency)
                for way in found.advice if found else ():
                    if way.tickets is not None:
                        assert tickets.count(connection, way.tickets, person=sample.person) == way.counted
                        opened += way.counted
    assert opened
