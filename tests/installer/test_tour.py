"""Without a screen: one ticket is dispatched, once; its clock is read off the calendar, not assumed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from installer import tour
from installer.steps import Stop


class Desk:
    """The console of a desk with some tickets; notes the verbs that were shown."""

    def __init__(self, pending: int, dispatched: int = 0) -> None:
        self.states = dict.fromkeys(range(pending), "pending")
        self.states |= {100 + n: "dispatched" for n in range(dispatched)}
        self.shown: list[tuple[str, ...]] = []

    def show(self, *verb: str) -> None:
        self.shown.append(verb)
        if verb[0] == "act":
            self.states[int(verb[1])] = "dispatched"

    def facts(self, *verb: str) -> dict[str, Any]:
        assert verb[0] == "deadline"
        days = ["2026-11-06", "2026-11-07", "2026-11-09", "2026-11-10"]
        return {"days": [{"date": d, "counts": d in days[2:], "why": ""} for d in days]}

    def tickets(self, state: str) -> list[dict[str, Any]]:
        return [
            {"id": n, "number": None, "agency": "甲镇", "received_on": "2026-11-06", "due_on": "2026-11-09",
             "provisional": False}
            for n, s in self.states.items() if s == state
        ]  # fmt: skip


@pytest.fixture
def round_of(monkeypatch: pytest.MonkeyPatch) -> Any:
    def show(desk: Desk) -> list[str]:
        monkeypatch.setattr(tour, "Console", lambda *_: desk)
        desk.shown.clear()
        tour.show(Path("python"), ())
        return [verb[0] for verb in desk.shown]

    return show


def test_a_first_round_dispatches_and_a_second_one_does_not(round_of: Any) -> None:
    desk = Desk(pending=2)
    assert round_of(desk) == ["tickets", "act", "deadline", "ranking"]
    assert round_of(desk) == ["tickets", "deadline", "ranking"]
    assert sorted(desk.states.values()) == ["dispatched", "pending"]


def test_a_desk_with_nothing_to_do_still_ranks(round_of: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert round_of(Desk(pending=0)) == ["tickets", "ranking"]
    assert "没有待核实的工单。" in capsys.readouterr().out


def test_the_ticket_goes_to_the_agency_that_was_rated(round_of: Any) -> None:
    desk = Desk(pending=1)
    round_of(desk)
    assert ("act", "0", "verify_and_dispatch", "--lead", "甲镇") in desk.shown


def test_the_clock_is_as_long_as_the_ticket_says(round_of: Any) -> None:
    desk = Desk(pending=1)
    round_of(desk)
    assert ("deadline", "--from", "2026-11-06", "--days", "1", "--explain") in desk.shown


def test_a_refusal_passes_on_its_sentence_and_exit_code(tmp_path: Path) -> None:
    program = tmp_path / "python"
    program.write_text('#!/bin/sh\necho \'{"error":{"code":"x","message":"不行。"}}\'\nexit 1\n')
    program.chmod(0o755)
    with pytest.raises(Stop, match=r"^不行。$") as stopped:
        tour.Console(program, ()).facts("tickets")
    assert stopped.value.exit_code == 1


def test_no_answer_at_all_is_a_sentence_too(tmp_path: Path) -> None:
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    program.chmod(0o755)
    with pytest.raises(Stop, match="“tickets”没有答复（退出码 3）：broken"):
        tour.Console(program, ()).facts("tickets")
