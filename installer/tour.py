"""The main job without a screen: what waits, one dispatch with its deadline explained, the month ranked."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from installer.steps import ROOT, Stop, ask, call, say

#: The month of the sample workbooks.
MONTH = "2026-10"
#: Working days; no clock of a ticket is set longer.
LONGEST_CLOCK = 60
PICTURE = Path("out") / f"ranking-{MONTH}.png"
_OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}


class Console:
    """The program's own verbs, on one data folder."""

    def __init__(self, python: Path, options: Sequence[str]) -> None:
        self._command = (str(python), str(ROOT / "main.py"), *options)
        self._options = tuple(options)

    def show(self, *verb: str) -> None:
        """Runs a verb and shows what it prints, after the line that a person would type."""
        typed = ("python3", "installer/bootstrap.py", "console", *self._options, *verb)
        say(f"\n$ {' '.join(map(shlex.quote, typed))}")
        code = call((*self._command, *verb), _OFFSCREEN)
        if code:
            raise Stop(f"“{verb[0]}”没有完成（退出码 {code}）。", code)

    def facts(self, *verb: str) -> dict[str, Any]:
        """What a verb answers as JSON; raises Stop with its own sentence."""
        code, said, wrong = ask((*self._command, "--json", *verb), _OFFSCREEN)
        try:
            answer: dict[str, Any] = json.loads(said)
        except ValueError:
            raise Stop(f"“{verb[0]}”没有答复（退出码 {code}）：{wrong.strip()}", code or 3) from None
        if code:
            raise Stop(str(answer["error"]["message"]), code)
        return answer

    def tickets(self, state: str) -> list[dict[str, Any]]:
        """The tickets in a state, newest first."""
        return list(self.facts("tickets", "--state", state)["tickets"])


def show(python: Path, options: Sequence[str]) -> None:
    """The whole round; a second one dispatches nothing again."""
    console = Console(python, options)
    say("没有屏幕，在命令行里走一遍主要工作。")
    console.show("tickets", "--state", "pending")
    ticket = _dispatched(console)
    if ticket:
        _explain(console, ticket)
    (ROOT / PICTURE).parent.mkdir(exist_ok=True)
    console.show("ranking", "--month", MONTH, "--picture", PICTURE.as_posix())
    say(f"\n排名图片：{ROOT / PICTURE}")
    say("要看窗口，请在有桌面的机器上运行 python3 installer/bootstrap.py run，")
    say("或安装 xvfb 后运行 xvfb-run -a python3 installer/bootstrap.py run。")


def _dispatched(console: Console) -> dict[str, Any] | None:
    """A ticket on its way: the one dispatched before, else a pending one that is dispatched now."""
    before, waiting = console.tickets("dispatched"), console.tickets("pending")
    if before:
        say(f"\n工单 {_name(before[0])} 此前已转办{before[0]['agency']}。")
        return before[0]
    if not waiting:
        say("\n没有待核实的工单。")
        return None
    chosen = waiting[0]
    console.show("act", str(chosen["id"]), "verify_and_dispatch", "--lead", chosen["agency"])
    return next((t for t in console.tickets("dispatched") if t["id"] == chosen["id"]), None)


def _explain(console: Console, ticket: dict[str, Any]) -> None:
    """The due date with every day between; the number of days is the ticket's own clock."""
    provisional = "（暂定）" if ticket["provisional"] else ""
    say(f"整改期限：{ticket['due_on']} 24:00{provisional}")
    start = ticket["received_on"]
    days = console.facts("deadline", "--from", start, "--days", str(LONGEST_CLOCK), "--explain")["days"]
    length = clock_length(days, ticket["due_on"])
    console.show("deadline", "--from", start, "--days", str(length), "--explain")


def clock_length(days: Sequence[dict[str, Any]], due_on: str) -> int:
    """How many of the explained days count up to and with the due day (ISO dates sort as text)."""
    return sum(day["counts"] for day in days if day["date"] <= due_on)


def _name(ticket: dict[str, Any]) -> str:
    return str(ticket["number"] or ticket["id"])
