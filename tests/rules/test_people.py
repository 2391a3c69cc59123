"""The groups of people and their database roles."""

from __future__ import annotations

from models.rules.people import Group


def test_each_group_has_a_chinese_name_of_its_own() -> None:
    assert {g.value: g.label for g in Group} == {
        "officer": "中心责任人",
        "liaison": "单位责任人",
        "bureau": "数据管理局",
        "admin": "系统管理员",
        "auditor": "审计员",
    }


def test_each_group_is_a_role_of_the_database() -> None:
    assert [g.role for g in Group] == ["pd_officer", "pd_liaison", "pd_bureau", "pd_admin", "pd_auditor"]
