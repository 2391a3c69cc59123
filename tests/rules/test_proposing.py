"""Which agency is proposed first, by the rules in their order and their points."""

from __future__ import annotations

import pytest

from models.rules.proposing import Candidate, Facts, History, candidates


def ranked(facts: Facts) -> list[tuple[str, int]]:
    return [(c.agency, c.points) for c in candidates(facts)]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts("甲镇"), [("甲镇", 2)]),
        (Facts("甲镇", item="市民政局"), [("甲镇", 2), ("市民政局", 1)]),
        (Facts("甲镇", item="甲镇"), [("甲镇", 3)]),
        (Facts("甲镇", counter="乙镇"), [("乙镇", 3), ("甲镇", 2)]),
        (Facts("甲镇", history=(History("乙镇", 1, 0),)), [("乙镇", 4), ("甲镇", 2)]),
        # One precedent does not outweigh where the person stood; two do, being the earlier rule.
        (Facts("甲镇", "甲镇", history=(History("乙镇", 1, 0),)), [("甲镇", 5), ("乙镇", 4)]),
        (Facts("甲镇", "甲镇", history=(History("乙镇", 2, 0),)), [("乙镇", 5), ("甲镇", 5)]),
        # A hundred count as three: beside the counter and the agency rated, habit is not everything.
        (Facts("甲镇", history=(History("乙镇", 99, 3), History("丙镇", 1, 0))), [("乙镇", 6), ("丙镇", 4), ("甲镇", 2)]),
        # What it gave back as often as it kept is not sent there again.
        (Facts("甲镇", item="市民政局", history=(History("甲镇", 1, 1),)), [("市民政局", 1)]),
        (Facts("甲镇", history=(History("甲镇", 0, 2), History("乙镇", 0, 1))), [("甲镇", -2)]),
    ],
)  # fmt: skip
def test_the_points_of_the_rules_add_up(facts: Facts, expected: list[tuple[str, int]]) -> None:
    assert ranked(facts) == expected


def test_every_agency_says_what_speaks_for_it_in_the_order_of_the_rules() -> None:
    first, second = candidates(Facts("甲镇", "甲镇", "市民政局", (History("甲镇", 3, 1),)))
    assert first == Candidate(
        "甲镇", 11, ("同类工单 3 件由其承办，退单或改派 1 件", "评价窗口属于该单位", "被评价单位")
    )
    assert second.why == "事项主管部门"
