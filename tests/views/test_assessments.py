"""考核: the build-up explains itself, values are typed as in a table, weights sum to 1, nothing typed is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.assessments import commands, queries, workbook
from app.assessments.rows import AgencyTotal, Draft, Entry, FileLine, Totals, WeightSet
from app.changes import Changes, Kind
from app.errors import UserError
from app.rankings import queries as rankings
from app.rankings.queries import Period
from models.rules import indicators
from models.rules.indicators import PARENTS, Source, Value
from models.rules.people import Group
from tests.views.factories import MONTH, NOW, TODAY, Workspace, person
from views.assessments.entering import DENOMINATOR, EVIDENCE, NUMERATOR, VALUE
from views.assessments.page import WEIGHTS, AssessmentsPage
from views.assessments.pairs import place_of, times_at
from views.operations import Operations
from views.shell.session import Session

OCTOBER = Period.month(MONTH)
EVEN = {code: weight for parent in PARENTS for code, weight in indicators.equal(parent).items()}
SHIPPED = WeightSet(date(2020, 12, 1), EVEN, {}, "随程序提供", None, NOW)
VALUES = {"good": Value(Fraction(199, 2), 199, 200), "1.1": Value(Fraction(80))}
HANDLED = {**VALUES, "rectified": Value(Fraction(50), 2, 4)}


def entry(number: int = 1, **over) -> Entry:
    made = dict(id=number, agency="罗州街道", indicator="1.1", source=Source.REVIEW, value=Decimal("80.00"), numerator=None,
                denominator=None, evidence="查看现场", assessor="评议组", entered_by="李伟", entered_at=NOW,
                withdrawn_by=None, withdrawn_at=None, withdraw_reason=None, counts=True)  # fmt: skip
    return Entry(**{**made, **over})


def total(number: int, agency: str, values: dict[str, Value], rank: int | None = None) -> AgencyTotal:
    return AgencyTotal(number, agency, rank, values, indicators.evaluate(values, EVEN), (entry(),))


class Desk:
    """The page of somebody, over rows kept here."""

    def __init__(self, qtbot, monkeypatch, who) -> None:
        self.qtbot = qtbot
        self.rows = (total(1, "罗州街道", VALUES, 1), total(2, "石城镇", {}))
        self.ranked = True
        self.entries = (entry(), entry(2, value=Decimal("70"), counts=False))
        self.done: list[tuple] = []
        self.refusal: Exception | None = None
        self.free: date | None = None
        for module, names in (
            (queries, ("totals", "entries", "periods", "weight_sets", "first_free")),
            (commands, ("assess", "withdraw", "put_weights", "read_file")),
            (workbook, ("export", "template")),
        ):
            for name in names:
                monkeypatch.setattr(module, name, getattr(self, f"_{name}"))
        monkeypatch.setattr(rankings, "months", lambda _c: (MONTH, date(2026, 9, 1)))
        self.operations = Operations()
        self.session = Session(self.operations)
        self.session.open(Workspace(who), TODAY)
        self.told: list[tuple] = []
        self.session.noticed.connect(lambda *what: self.told.append(what))
        self.page = AssessmentsPage(self.session)
        qtbot.addWidget(self.page)
        self.page.resize(1194, 760)
        self.page.show()
        self.page.shown()
        self.settle()

    def settle(self) -> None:
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.operations.running == 0)

    def _totals(self, _connection, period, *, group):
        rows = self.rows if group == "township" else ()
        return Totals(period, group, SHIPPED, NOW, rows, self.ranked)

    def _entries(self, _connection, _period, agency):
        return self.entries if agency == 1 else ()

    def _periods(self, _connection):
        return (OCTOBER,)

    def _weight_sets(self, _connection):
        return (SHIPPED,)

    def _first_free(self, _connection):
        return self.free

    def _assess(self, _connection, drafts):
        if self.refusal:
            raise self.refusal
        self.done.append(tuple(drafts))
        return commands.Assessed(len(drafts), len(drafts), Changes(Kind.ASSESSMENTS))

    def _withdraw(self, _connection, number, reason):
        self.done.append((number, reason))
        return Changes(Kind.ASSESSMENTS)

    def _put_weights(self, _connection, month, weights, pairs, *, reason):
        self.done.append((month, weights, pairs, reason))
        return Changes(Kind.RULES)

    def _read_file(self, _workspace, _path, *, cancelled=None):
        good = Draft(1, OCTOBER, "1.2", Source.THIRD, "抽查", "某公司", Decimal(90))
        return (
            FileLine(2, "罗州街道", "1.2", "2026年10月", "90", good, None),
            FileLine(3, "丙镇", "1.1", "2026年10月", "80", None, "名录中没有“丙镇”这个单位"),
        )

    def _export(self, _space, path, period, *, group):
        self.done.append((path.name, period, group))
        return workbook.Written(path, 2)

    def _template(self, _space, path, _period):
        return workbook.Written(path, 0)

    def type(self, code: str, column: int, text: str) -> None:
        model = self.page.form.model
        row = next(n for n, one in enumerate(indicators.ASSESSED) if one.code == code)
        assert model.setData(model.index(row, column), text)

    def said(self) -> str:
        return self.page.form.said.text()


@pytest.fixture
def make(qtbot, monkeypatch):
    made: list[Desk] = []

    def desk(group: Group = Group.OFFICER, **over) -> Desk:
        made.append(Desk(qtbot, monkeypatch, person(group, **over)))
        return made[-1]

    yield desk
    for one in made:
        one.operations.close()


def test_the_build_up_says_where_each_value_comes_from(make):
    desk = make()
    tree = desk.page.buildup
    assert tree.name.text() == "罗州街道" and tree.total.text() == "89.75"
    tree.choose("good")
    assert tree.said.text() == "好评率：好评 199 ÷ 全部评价 200；99.50 × 50.00% = 49.75 分"
    tree.choose("satisfied")
    assert "尚无回访记录" in tree.said.text() and "让给同级" in tree.said.text()
    tree.choose("1.1")
    assert tree.said.text() == "1.1 大厅覆盖和可及：综合点评；80.00 × 50.00% = 40.00 分"
    desk.page.table.choose_id(2)
    desk.settle()
    assert tree.total.text() == "—" and tree.chosen_code() == "1.1"
    assert desk.page.grab().toImage().pixelColor(5, 5).isValid()


def test_the_tickets_behind_a_rate_open_for_who_may_list_them(make):
    for group, shown in ((Group.OFFICER, True), (Group.BUREAU, False)):
        desk = make(group)
        desk.rows = (total(1, "罗州街道", HANDLED, 1),)
        desk.page.reload()
        desk.settle()
        asked: list[tuple] = []
        desk.session.requested.connect(lambda *what, kept=asked: kept.append(what))
        tree = desk.page.buildup
        tree.choose("good")
        assert tree.link.isHidden()
        tree.choose("rectified")
        assert tree.link.isHidden() is not shown
        tree.link.click()
        opened = [(page, drill.filter.agency, drill.counted) for page, drill in asked]
        assert not shown or opened == [("tickets", "罗州街道", 4)]


def test_values_are_typed_and_only_what_was_touched_is_entered(make):
    desk = make()
    desk.page.begin_entering()
    desk.settle()
    form = desk.page.form
    assert form.model.texts("1.1")[VALUE - 1] == "80.00" and not form.confirm.isEnabled()
    desk.type("1.2", VALUE, "101")
    assert "0到100" in desk.said()
    desk.type("1.2", VALUE, "91.5")
    assert "依据" in desk.said()
    form.evidence.setText("评议会记录")
    assert "评价人" in desk.said()
    form.assessor.setText("评议组")
    desk.type("3.2", NUMERATOR, "1")
    assert "一起填" in desk.said()
    desk.type("3.2", DENOMINATOR, "3")
    desk.type("3.2", EVIDENCE, "台账")
    model = form.model
    shown = model.data(model.index([one.code for one in indicators.ASSESSED].index("3.2"), VALUE))
    assert shown == "33.33" and form.confirm.text() == "录入 2 项"
    desk.page.confirmation().click()
    desk.settle()
    made = dict(agency_id=1, period=OCTOBER, source=Source.REVIEW, assessor="评议组")
    assert desk.done == [(
        Draft(indicator="1.2", evidence="评议会记录", value=Decimal("91.5"), **made),
        Draft(indicator="3.2", evidence="台账", numerator=1, denominator=3, **made),
    )]  # fmt: skip
    assert desk.page.side.currentWidget() is desk.page.buildup


def test_a_block_from_a_spreadsheet_goes_where_the_cursor_stands(make):
    desk = make()
    desk.page.begin_entering()
    form = desk.page.form
    form.table.setCurrentIndex(form.model.index(1, VALUE))
    form.table.paste("81\t问卷一\n82.5\t问卷二\n")
    assert [form.model.texts(code)[2:] for code in ("1.2", "1.3")] == [["81", "问卷一"], ["82.5", "问卷二"]]
    locked = form.model.index(0, NUMERATOR)
    assert not form.model.flags(locked) & Qt.ItemFlag.ItemIsEditable


def test_what_is_typed_is_not_lost_to_another_agency_or_a_refusal(make):
    desk = make()
    desk.page.begin_entering()
    desk.settle()
    desk.page.form.assessor.setText("评议组")
    desk.page.form.evidence.setText("记录")
    desk.type("1.2", VALUE, "90")
    desk.page.table.choose_id(2)
    desk.settle()
    assert desk.told[-1][0] == "warning" and desk.page.chosen.id == 1
    desk.refusal = UserError("评价的时段不对。", code="refused")
    desk.page.form.confirm.click()
    desk.settle()
    assert desk.told[-1][1] == "评价的时段不对。" and desk.page.form.model.texts("1.2")[2] == "90"


def takes(tree) -> list:
    """The buttons that take the first value back."""
    return [w for w in tree.findChildren(type(tree.confirm)) if w.property("entry") == 1 and w.isVisible()]


def test_a_value_is_withdrawn_with_a_reason(make):
    desk = make()
    tree = desk.page.buildup
    tree.choose("1.1")
    desk.settle()
    desk.qtbot.waitUntil(lambda: bool(takes(tree)))
    takes(tree)[0].click()
    assert not tree.confirm.isEnabled()
    tree.reason.setPlainText("记录有误")
    desk.page.confirmation().click()
    desk.settle()
    assert desk.done == [(1, "记录有误")]


def test_a_file_is_shown_line_by_line_before_it_is_entered(make):
    desk = make()
    desk.page.read_file("第三方.xlsx")
    desk.settle()
    preview = desk.page.preview
    assert [line.id for line in preview.table.lines()] == [3, 2] and preview.confirm.text() == "录入 1 条"
    assert "1 行不能录入" in preview.said.text() and desk.done == []
    preview.confirm.click()
    desk.settle()
    assert len(desk.done[0]) == 1
    desk.page.export(str(Path("总分.xlsx")))
    desk.settle()
    assert desk.done[-1] == ("总分.xlsx", OCTOBER, "township")
    desk.page.write_template("模板.xlsx")
    desk.settle()
    assert desk.told[-1][1] == "已存为 模板.xlsx。"


def test_weights_must_sum_to_one_and_go_with_a_reason(make):
    desk = make(is_head=True)
    desk.page.tabs.setCurrentIndex(WEIGHTS)
    editor = desk.page.weights
    editor.fields["1.1"].setText("0.3")
    assert editor._sums["1"].text() == "多出 0.1" and "合计应为1" in editor.problem()
    editor.fields["1.1"].setText("多")
    assert editor._sums["1"].text() == "还差 0.2" and "1.1" in editor.problem()
    editor.fields["1.1"].setText("0.1")
    editor.fields["1.2"].setText("0.3")
    assert "依据" in editor.problem()
    editor.reason.setPlainText("局务会议")
    desk.page.confirmation().click()
    desk.settle()
    month, weights, pairs, reason = desk.done[0]
    assert (month, weights["1.2"], pairs, reason) == (date(2026, 11, 1), Decimal("0.3"), {}, "局务会议")


def test_weights_come_from_comparisons_until_they_are_changed_by_hand(make):
    desk = make(is_head=True)
    editor = desk.page.weights
    editor.pairs.show_parent("4", {})
    editor.pairs.sliders["4.1", "4.2"].setValue(-1)
    assert "一致性比率" in editor.pairs.said.text()
    editor.pairs.confirm.click()
    assert editor._pairs["4"]["4.1", "4.2"] == 3
    assert editor.weights()["4.1"] > editor.weights()["4.3"] > editor.weights()["4.2"]
    editor.fields["4.1"].textEdited.emit("0.5")
    assert editor._pairs == {}
    assert all(place_of(times_at(place)) == place for place in range(-4, 5))


def test_only_the_head_changes_weights_and_not_those_of_closed_months(make):
    desk = make()
    editor = desk.page.weights
    assert editor.fields["good"].isReadOnly() and editor._editing.isHidden() and editor.confirmation() is None
    head = make(is_head=True)
    head.free = date(2026, 12, 1)
    head.page.reload()
    head.settle()
    assert head.page.weights.month.itemData(0) == date(2026, 12, 1)


def test_an_agency_reads_its_own_total_without_a_rank(make):
    desk = make(Group.LIAISON)
    desk.rows, desk.ranked = (replace(desk.rows[0], rank=None),), False
    desk.page.reload()
    desk.settle()
    assert len(desk.page.table.lines()) == 1 and "排名" not in desk.page.buildup.state.accessibleName()
    assert not hasattr(desk.page, "enter") and not desk.session.registry.available("assessment.enter")
    assert not any(chip.isVisible() for chip in desk.page._chips.values())
