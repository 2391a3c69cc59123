"""Drafts: kept as typed, a form each, a file a person and database, for that account alone."""

from __future__ import annotations

import os
import stat
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.clock import SHANGHAI
from app.tickets.drafts import KEPT, Draft, DraftBook

AT = datetime(2026, 11, 3, 14, 20, tzinfo=SHANGHAI)


@pytest.fixture
def book(tmp_path: Path) -> DraftBook:
    return DraftBook("中心", "liaison-01", tmp_path / "drafts")


def test_what_was_typed_comes_back_as_typed(book: DraftBook) -> None:
    values = {"cause": "  告知不全\n", "found_true": True, "attempts": None}
    book.keep(7, "submit", values, AT)
    book.keep(7, "annotate", {"text": "批注"}, AT)
    again = DraftBook("中心", "liaison-01", book.folder)
    assert again.get(7, "submit") == Draft(AT, values)
    assert again.get(8, "submit") is None


def test_each_person_and_database_has_a_file_of_its_own(book: DraftBook) -> None:
    book.keep(7, "submit", {"cause": "甲"}, AT)
    for place, login in (("中心", "liaison-02"), ("别的库", "liaison-01")):
        assert DraftBook(place, login, book.folder).get(7, "submit") is None


@pytest.mark.skipif(sys.platform == "win32", reason="the folder's own rights protect it there")
def test_the_file_is_for_its_account_alone(book: DraftBook) -> None:
    before = os.umask(0)
    try:
        book.keep(7, "submit", {"cause": "甲"}, AT)
    finally:
        os.umask(before)
    assert stat.S_IMODE(book.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(book.folder.stat().st_mode) == 0o700


def test_a_form_or_a_ticket_is_forgotten(book: DraftBook) -> None:
    for ticket, action in ((7, "submit"), (7, "annotate"), (8, "submit")):
        book.keep(ticket, action, {"x": 1}, AT)
    book.drop(7, "submit")
    assert book.get(7, "submit") is None and book.get(7, "annotate") is not None
    book.drop(7)
    assert book.get(7, "annotate") is None and book.get(8, "submit") is not None
    book.drop(8)
    assert not book.path.exists()
    book.drop(8)


def test_old_ones_go_with_the_next(book: DraftBook) -> None:
    book.keep(7, "submit", {"x": 1}, AT)
    book.keep(8, "submit", {"x": 1}, AT + KEPT + timedelta(days=1))
    assert book.get(7, "submit") is None


@pytest.mark.parametrize(
    "damage", ["", "{", "7", '[{"ticket": 1}]', '[{"ticket": "x", "action": 1, "at": 0}]']
)
def test_a_damaged_file_is_no_draft(book: DraftBook, damage: str) -> None:
    book.folder.mkdir()
    book.path.write_text(damage, encoding="utf-8")
    assert book.get(7, "submit") is None
    book.keep(7, "submit", {"x": 1}, AT)
    assert book.get(7, "submit") is not None


def test_where_nothing_can_be_written_work_goes_on(tmp_path: Path) -> None:
    (tmp_path / "drafts").write_text("a file where the folder should be")
    DraftBook("中心", "liaison-01", tmp_path / "drafts").keep(7, "submit", {"x": 1}, AT)


def test_no_telephone_number_comes_into_a_draft(book: DraftBook) -> None:
    book.keep(7, "submit", {"said": "回电13384382025，表示满意"}, AT)
    assert "13384382025" not in book.path.read_text(encoding="utf-8")
    kept = book.get(7, "submit")
    assert kept is not None and kept.values["said"] == "回电133****2025，表示满意"
