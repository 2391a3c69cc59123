"""A ticket from the province's file to 12345's receipt, through the real window and the real database."""

from __future__ import annotations

from tests.flows.driving import Mouse
from tests.flows.path import TicketPath


def test_a_ticket_goes_from_the_file_to_the_receipt(qtbot, at_the_desk, county, tmp_path) -> None:
    TicketPath(Mouse(qtbot, at_the_desk), county, tmp_path).walk()
