"""The same path by keyboard alone, and the keys as they are written down."""

from __future__ import annotations

from pathlib import Path

from tests.flows.driving import Keyboard
from tests.flows.path import TicketPath
from views.shell import keys

DOCUMENT = Path(__file__).parents[2] / "docs" / "keys.zh-CN.md"
#: Tabs to what is farthest on the path; more is a walk.
FARTHEST = 30


def test_a_ticket_goes_the_whole_path_by_keyboard_alone(qtbot, at_the_desk, county, tmp_path) -> None:
    hands = Keyboard(qtbot, at_the_desk)
    TicketPath(hands, county, tmp_path).walk()
    far = {name: tabs for name, tabs in hands.tabs.items() if tabs > FARTHEST}
    assert not far


def test_the_keys_that_are_written_down_are_those_there_are() -> None:
    assert DOCUMENT.read_text("utf-8") == keys.document()
