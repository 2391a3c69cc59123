"""Which actions a person may take on a ticket now, and why not the others; the database decides again."""

from __future__ import annotations

from app.tickets.rows import TicketRow
from models.rules.lifecycle import TRANSITIONS, Action
from models.rules.people import Group


def judge(
    row: TicketRow, group: Group, leads: bool
) -> tuple[tuple[Action, ...], tuple[tuple[Action, str], ...]]:
    """The allowed actions, and those of the group that are greyed now, each with the reason."""
    allowed: list[Action] = []
    refused: list[tuple[Action, str]] = []
    for action in dict.fromkeys(t.action for t in TRANSITIONS if t.group is group):
        why = _why_not(action, row, group, leads)
        if why is None:
            allowed.append(action)
        else:
            refused.append((action, why))
    return tuple(allowed), tuple(refused)


def _why_not(action: Action, row: TicketRow, group: Group, leads: bool) -> str | None:
    moves = [t for t in TRANSITIONS if t.action is action and t.group is group]
    if not any(t.source is row.state for t in moves):
        sources = "、".join(dict.fromkeys(t.source.label for t in moves))
        return f"工单现为“{row.state.label}”，{action.label}须在“{sources}”时进行"
    if moves[0].co_only and leads:
        return "由协办单位提供；主办单位请直接填写整改材料"
    if moves[0].lead_only and not leads:
        return "由主办单位办理"
    if action is Action.INSIST and not row.declined:
        return "只有被退单的工单才能维持转办"
    if action is Action.RESTORE and row.withdrawn:
        return "工单因申诉成立而撤销，不能恢复"
    return None
