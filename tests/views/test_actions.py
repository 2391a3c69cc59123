"""The registry: nobody is offered what their group may not do."""

from __future__ import annotations

import pytest

from models.rules.lifecycle import BY_HAND, TRANSITIONS, Action
from models.rules.people import Group
from views.shell.actions import COMMANDS, PAGES, Registry, command, pages_for, ticket_command


@pytest.fixture
def registry():
    made = Registry()
    made.ran = []
    for known in COMMANDS:
        made.bind(known.id, lambda i=known.id: made.ran.append(i))
    return made


def test_ids_and_shortcuts_are_unique():
    ids = [c.id for c in COMMANDS]
    shortcuts = [c.shortcut for c in COMMANDS if c.shortcut]
    assert len(set(ids)) == len(ids)
    assert len(set(shortcuts)) == len(shortcuts)


@pytest.mark.parametrize("group", list(Group))
def test_a_ticket_command_is_allowed_exactly_where_the_life_cycle_allows_it(registry, group):
    registry.set_group(group)
    for action in BY_HAND:
        expected = any(t.action is action and t.group is group for t in TRANSITIONS)
        assert registry.allowed(ticket_command(action)) is expected


def test_a_liaison_sees_no_intake(registry):
    assert not {"intake", "registry", "audit"} & {p.id for p in pages_for(Group.LIAISON)}
    registry.set_group(Group.LIAISON)
    assert not registry.run("intake.choose")
    assert not registry.run("go.intake")
    assert registry.ran == []
    assert "intake.choose" not in {c.id for c in registry.found("导入")}


def test_an_officer_sees_all(registry):
    registry.set_group(Group.OFFICER)
    assert pages_for(Group.OFFICER) == tuple(page for page in PAGES if page.id not in ("audit", "referrals"))
    assert registry.run("intake.choose")
    assert registry.ran == ["intake.choose"]


@pytest.mark.parametrize("group", [Group.BUREAU, Group.ADMIN, Group.AUDITOR])
def test_who_may_read_no_ticket_is_offered_no_page_of_them(registry, group):
    assert not {"desk", "tickets"} & {p.id for p in pages_for(group)}
    registry.set_group(group)
    assert registry.allowed("registry.create") is (group is Group.ADMIN)


def test_nothing_is_allowed_before_anybody_sits_here(registry):
    assert not registry.run("reload")


def test_a_command_that_cannot_be_done_now_is_not_offered(registry):
    registry.set_group(Group.OFFICER)
    registry.bind("ranking.copy", lambda: None, lambda: False)
    assert not registry.available("ranking.copy")
    assert command("ranking.copy") not in registry.found("复制")


def test_a_closed_page_takes_its_commands_with_it(registry):
    registry.set_group(Group.OFFICER)
    registry.unbind_page("tickets")
    assert not registry.available(ticket_command(Action.ANNOTATE))
    assert registry.available("reload")


def test_an_unknown_command_cannot_be_bound(registry):
    with pytest.raises(KeyError):
        registry.bind("nonsense", lambda: None)
