"""Differences between versions read as a person would mark them."""

from __future__ import annotations

from views.tickets.diff import Change, DiffLabel, Piece, differences


def test_what_is_gone_stands_before_what_is_new():
    assert differences("已补充材料清单", "已更新材料清单") == (
        Piece("已", Change.SAME),
        Piece("补充", Change.GONE),
        Piece("更新", Change.NEW),
        Piece("材料清单", Change.SAME),
    )


def test_numbers_and_words_stay_whole_and_small_islands_go_with_the_change():
    assert differences("第12号", "第13号")[1] == Piece("12", Change.GONE)
    pieces = differences("窗口已培训", "前台已整顿")
    assert [p.text for p in pieces] == ["窗口已培训", "前台已整顿"]


def test_equal_empty_and_long_texts():
    assert differences("一样", "一样") == (Piece("一样", Change.SAME),)
    assert differences("", "新") == (Piece("新", Change.NEW),)
    assert differences("", "") == ()
    long = "这一句没有变。" * 400
    assert differences(long, long + "多了一句。")[-1] == Piece("多了一句。", Change.NEW)


def test_both_texts_can_be_read_out_of_the_pieces():
    old, new = "经核实，窗口人员未一次性告知。", "经核实情况属实：窗口人员没有告知，已道歉。"
    pieces = differences(old, new)
    assert "".join(p.text for p in pieces if p.change is not Change.NEW) == old
    assert "".join(p.text for p in pieces if p.change is not Change.GONE) == new


def test_marks_are_more_than_colour_and_text_stays_text(qtbot):
    label = DiffLabel("<b>旧</b>", "<b>新</b>")
    qtbot.addWidget(label)
    assert "<s style" in label.text() and "<u style" in label.text()
    assert "&lt;b&gt;" in label.text()
    assert label.accessibleName() == "<b>（删去：旧）（新增：新）</b>"
