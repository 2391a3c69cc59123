"""What is done with callbacks and samples. The doors in the database decide; a repeated `command_id` happens once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from app.callbacks.rows import CallRow
from app.changes import Changes, Kind
from app.errors import UserError
from models.rules.callbacks import LONGEST, TRIES, Decision, Outcome

#: Tickets that one agency can be asked for.
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Call:
    """What one call came to: `no_answer`, or an outcome; and what the person said."""

    came_to: str | None
    words: str

    def problem(self) -> str | None:
        """What is missing or wrong, as a sentence; None where it can be recorded."""
        if self.came_to is None:
            return "请选择回访结果。"
        if self.came_to == Outcome.UNSATISFIED and not self.words.strip():
            return "请写明对方为什么不满意。"
        return f"至多 {LONGEST} 字。" if len(self.words) > LONGEST else None


@dataclass(frozen=True, slots=True)
class Choice:
    """What is decided about somebody unsatisfied; agencies by name, for a ticket that is begun anew."""

    decision: Decision
    reason: str
    lead: str | None = None
    co: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to. `due_on`: of the ticket that went back."""

    callback: int
    tries: int
    outcome: Outcome | None
    decision: Decision | None
    due_on: date | None
    changes: Changes

    @property
    def said(self) -> str:
        """In a sentence."""
        if self.decision is Decision.REOPEN:
            until = f"，期限 {self.due_on.month}月{self.due_on.day}日" if self.due_on else ""
            return f"工单已退回重新办理{until}。"
        if self.decision is Decision.LEAVE:
            return "已记录：不再办理。"
        if self.outcome is None:
            return f"已记录：第 {self.tries} 次没有接通，还可以再打 {TRIES - self.tries} 次。"
        return f"已记录：{self.outcome.label}。"


def record_call(connection: Connection, row: CallRow, call: Call, *, command_id: UUID) -> Done:
    """Records one call. Raises UserError, `stale` where somebody was faster."""
    if (wrong := call.problem()) is not None:
        raise UserError(wrong, code="refused")
    return _done(
        connection.execute(
            text("SELECT pd.record_call(:ticket, :kind, :version, :came_to, :words, :command)"),
            {
                "ticket": row.ticket,
                "kind": row.kind.value,
                "version": row.version,
                "came_to": str(call.came_to),
                "words": call.words.strip() or None,
                "command": command_id,
            },
        ).scalar_one()
    )


def decide(connection: Connection, row: CallRow, choice: Choice, *, command_id: UUID) -> Done:
    """Begins the ticket anew, sends it back for rework, or leaves it. Raises UserError."""
    if not choice.reason.strip():
        raise UserError("请先写明理由。", code="refused")
    payload: dict[str, Any] = {"reason": choice.reason.strip()}
    if choice.lead is not None:
        payload |= {
            "lead": _agency(connection, choice.lead),
            "co": [_agency(connection, n) for n in choice.co],
        }
    return _done(
        connection.execute(
            text("SELECT pd.decide_callback(:id, :version, :decision, CAST(:payload AS jsonb), :command)"),
            {
                "id": row.callback,
                "version": row.version,
                "decision": choice.decision.value,
                "payload": json.dumps(payload, ensure_ascii=False),
                "command": command_id,
            },
        ).scalar_one()
    )


def _done(answer: dict[str, Any]) -> Done:
    ticket = frozenset({answer["ticket"]}) if "ticket" in answer else frozenset[int]()
    kinds = Kind.CALLBACKS | (Kind.TICKETS | Kind.TALLY)
    return Done(
        answer["callback"],
        answer["tries"],
        Outcome(answer["outcome"]) if answer.get("outcome") else None,
        Decision(answer["decision"]) if answer.get("decision") else None,
        date.fromisoformat(answer["due_on"]) if answer.get("due_on") else None,
        Changes(kinds, ticket),
    )


def _agency(connection: Connection, name: str) -> int:
    found = connection.execute(
        text("SELECT id FROM agency WHERE name = :name"), {"name": name.strip()}
    ).scalar()
    if found is None:
        raise UserError(f"名录中没有“{name}”这个单位。", code="unknown_agency")
    return int(found)


@dataclass(frozen=True, slots=True)
class Wish:
    """A sample as it is asked for: `size` a piece or `share` (0–1) of each; `agencies`: ids, none for every one;
    `seed`: empty for one that the database makes."""

    month: date | None
    agencies: tuple[int, ...]
    size: int | None
    share: Decimal | None
    seed: str = ""

    def problem(self) -> str | None:
        """What is missing or wrong, as a sentence; None where it can be drawn."""
        if self.month is None:
            return "请选择月份。"
        if (self.size is None) == (self.share is None):
            return "请填写每个单位抽查的件数，或者比例。"
        if self.size is not None and not 1 <= self.size <= MOST:
            return f"每个单位抽 1 至 {MOST:,} 件。"
        if self.share is not None and not 0 < self.share <= 1:
            return "比例在 0 到 100% 之间。"
        known = self.seed.isascii() and self.seed.replace("-", "").isalnum() and len(self.seed) <= 40
        return None if not self.seed or known else "随机种子由字母、数字和横线组成，至多40个。"


@dataclass(frozen=True, slots=True)
class Sampled:
    """What was drawn: its seed, the samples' ids, and how many tickets of how many."""

    seed: str
    samples: Sequence[int]
    stock: int
    drawn: int
    changes: Changes


def draw(connection: Connection, wish: Wish, *, command_id: UUID) -> Sampled:
    """Draws a sample of each agency that has a stock. Raises UserError."""
    if (wrong := wish.problem()) is not None or wish.month is None:
        raise UserError(wrong or "请选择月份。", code="refused")
    facts = {
        "month": wish.month.isoformat(),
        "agencies": list(wish.agencies) or None,
        "size": wish.size,
        "share": None if wish.share is None else str(wish.share),
        "seed": wish.seed.strip() or None,
    }
    answer = connection.execute(
        text("SELECT pd.draw_samples(CAST(:facts AS jsonb), :command)"),
        {"facts": json.dumps(facts), "command": command_id},
    ).scalar_one()
    made = answer["samples"]
    return Sampled(
        answer["seed"],
        tuple(one["sample"] for one in made),
        sum(one["stock"] for one in made),
        sum(one["drawn"] for one in made),
        Changes(Kind.CALLBACKS),
    )
