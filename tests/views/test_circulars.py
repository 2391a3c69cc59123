"""The text of a circular on screen: what is shown comes back as it was, figures are taken or left as a whole."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.circulars.draft import Field, Inset, Words
from app.documents.model import Level
from views.circulars.words import WordsEdit

BLOCKS = (
    Words(("共𬭎收到", Field("a", "6,000"), "条", Field("b", "1"), Field("c", "2", detached=True), "。")),
    Inset("table", "labels"),
    Words(("要求",), Level.THIRD),
)


@pytest.fixture
def words(qtbot) -> WordsEdit:
    made = WordsEdit("总体情况")
    qtbot.addWidget(made)
    made.show_blocks(BLOCKS)
    return made


def at(words: WordsEdit, place: int) -> None:
    cursor = words.textCursor()
    cursor.setPosition(place)
    words.setTextCursor(cursor)


def test_what_is_shown_comes_back(words: WordsEdit) -> None:
    assert words.blocks() == BLOCKS


def test_nothing_is_typed_into_a_figure_and_it_goes_as_a_whole(words: WordsEdit) -> None:
    at(words, 7)  # within 6,000
    assert words.field() == Field("a", "6,000")
    QTest.keyClicks(words, "x")
    assert words.blocks()[0].pieces[1:3] == (Field("a", "6,000"), "x条")
    at(words, 7)
    QTest.keyClick(words, Qt.Key.Key_Backspace)
    assert [f.key for f in words.blocks()[0].fields] == ["b", "c"]


def test_a_figure_is_detached_typed_and_attached_again(words: WordsEdit) -> None:
    at(words, 7)
    words.detach()
    QTest.keyClicks(words, "9")
    assert next(words.blocks()[0].fields).detached
    words.attach("6,000")
    assert next(words.blocks()[0].fields) == Field("a", "6,000")
