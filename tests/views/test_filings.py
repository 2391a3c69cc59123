"""备案 in the window: put together by the centre, answered by the bureau; drafts, what others did, paper and workbook."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.changes import Changes, Kind
from app.documents.model import Document, Paragraph
from app.errors import UserError
from app.filings import commands, export, paper, queries
from app.filings.rows import Candidate, Counts, FilingDetail, FilingFilter, FilingRow, Line, Page, StepLine
from app.tickets.export import Exported
from models.rules import filings
from models.rules.filings import State, Step, allowed
from models.rules.people import Group
from tests.views.factories import NOW, TODAY, Backend, Workspace, person
from views.filings.page import FilingsPage
from views.operations import Operations
from views.shell.search import SearchPanel
from views.shell.session import Session

MONTH = date(2026, 11, 1)
ROW = FilingRow(
    5,
    2026,
    3,
    filings.Kind.CORRECTIONS,
    MONTH,
    MONTH,
    "市政务服务数据管理局",
    State.FILED,
    1,
    1,
    TODAY,
    "李伟",
)
LINE = Line(
    1,
    {
        "agency": "罗州街道",
        "item": "居住证申领",
        "level": 1,
        "effect": "exclude",
        "appeal_year": 2026,
        "appeal_number": 8,
    },
)
FOUND = (Candidate(21, "申诉〔2026〕8号", "罗州街道", "居住证申领", "不计入"), Candidate(22, "申诉〔2026〕9号", "石城镇", "", "不计入"))  # fmt: skip


class Desk:
    """The page of one of them, over one filing kept here."""

    def __init__(self, qtbot, monkeypatch) -> None:
        self.qtbot = qtbot
        Backend().install(monkeypatch)
        self.row, self.made, self.acts, self.asked = ROW, [], [], []
        self.refusal: Exception | None = None
        self.found, self.since = FOUND, None
        for module, names in (
            (queries, ("page", "counts", "filing", "candidates", "first_unfiled")), (commands, ("make", "act")), (paper, ("document",)),
            (export, ("export",)),
        ):  # fmt: skip
            for name in names:
                monkeypatch.setattr(module, name, getattr(self, f"_{name}"))
        self.operations = Operations()
        self.said: list = []

    def sit(self, group: Group) -> FilingsPage:
        self.session = Session(self.operations)
        self.session.noticed.connect(lambda tone, text, *_: self.said.append(text))
        self.session.open(Workspace(person(group)), TODAY)
        self.page = FilingsPage(self.session)
        self.panel = self.page.panel
        self.qtbot.addWidget(self.page)
        self.page.resize(1194, 700)
        self.page.show()
        self.page.shown()
        self.settle()
        return self.page

    def settle(self) -> None:
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.operations.running == 0)

    def offers(self) -> list:
        flow = self.panel.foot._flow
        shown = (flow.itemAt(n).widget() for n in range(flow.count()))
        return [(one.text(), one.isEnabled(), one.toolTip()) for one in shown]

    def _page(self, _connection, wanted, **_paging):
        return Page((self.row,) if wanted.state in (None, self.row.state) else (), None)

    def _counts(self, _connection, _wanted):
        return Counts(1, {self.row.state: 1})

    def _filing(self, _connection, _number, *, group):
        steps = (StepLine(NOW, "李伟", "报送备案", None),)
        return FilingDetail(self.row, "说明", "ab" * 32, True, 7, "cd" * 32, (LINE,), steps,
                            allowed(self.row.state, group), "请补充")  # fmt: skip

    def _first_unfiled(self, _connection):
        return self.since

    def _candidates(self, _connection, kind, first, last):
        self.asked.append((kind, first, last))
        return self.found

    def _make(self, _connection, draft, *, command_id):
        self.made.append(draft)
        if self.refusal is not None:
            raise self.refusal
        return commands.Done(5, ROW.number, State.FILED, 1, len(draft.ids), Changes(Kind.FILINGS))

    def _act(self, _connection, number, version, step, *, words=None):
        self.acts.append((number, version, step, words))
        target = next(m.target for m in filings.MOVES if m.source is self.row.state and m.step is step)
        self.row = replace(self.row, version=version + 1, state=target)
        return commands.Done(number, ROW.number, target, version + 1, 1, Changes(Kind.FILINGS))

    def _document(self, _connection, _number):
        return Document("备案报告", (Paragraph("内容"),), number=ROW.number)

    def _export(self, _space, path, number):
        return Exported(path, number, "ef" * 32)


@pytest.fixture
def desk(qtbot, monkeypatch):
    made = Desk(qtbot, monkeypatch)
    yield made
    made.operations.close()


def test_the_centre_files_what_it_did_not_leave_out(desk):
    page = desk.sit(Group.OFFICER)
    page.make.click()
    desk.settle()
    form = desk.panel.form
    assert desk.asked[-1] == (filings.Kind.CORRECTIONS, MONTH, MONTH)
    form.found.leave_out(22)
    assert "1 条，留下 1 条" in desk.panel.foot.said.text()
    form.note.setPlainText("附佐证")
    desk.panel.confirm.click()
    desk.settle()
    (draft,) = desk.made
    assert (draft.kind, draft.ids, draft.note) == (filings.Kind.CORRECTIONS, (21,), "附佐证")
    assert (
        desk.panel.detail.row.number == "备案〔2026〕3号"
        and "备案〔2026〕3号（1 条）现为“已报送”。" in desk.said
    )


def test_what_others_filed_meanwhile_is_read_again_and_the_note_stays(desk):
    desk.sit(Group.OFFICER)
    desk.since = date(2026, 9, 1)
    desk.page.open_with(filings.Kind.CORRECTIONS)
    desk.settle()
    # As far back as something waits.
    assert desk.asked[-1] == (filings.Kind.CORRECTIONS, desk.since, MONTH)
    desk.panel.form.note.setPlainText("附佐证")
    desk.refusal, desk.found = UserError("选中的有些已经备案，请刷新后再选。", code="stale"), FOUND[:1]
    desk.panel.confirm.click()
    desk.settle()
    form = desk.panel.form
    assert (form.note.toPlainText(), form.found.chosen()) == ("附佐证", (21,))
    desk.found = ()
    form.kind.set_value(filings.Kind.RECTIFICATIONS)
    desk.settle()
    assert "没有需要备案的内容" in desk.panel.foot.said.text() and not desk.panel.confirm.isEnabled()
    form.first.setCurrentIndex(0)
    form.last.setCurrentIndex(1)
    assert desk.panel.foot.said.text() == "起始月份不能晚于截止月份。"


def test_the_bureau_receives_and_answers_and_the_centre_may_only_take_back(desk):
    page = desk.sit(Group.BUREAU)
    told = []
    desk.session.counted.connect(lambda name, number, _urgent: told.append((name, number)))
    page.reload()
    desk.settle()
    assert page.make.isHidden() and told[-1] == ("filings", 1)
    assert ("撤销报送", False, "由中心办理") in desk.offers()
    assert "核对一致" in desk.panel.seal.text() and "第 7 环" in desk.panel.seal.text()
    assert desk.session.registry.run("filing.filing_receive")
    desk.settle()
    desk.panel.begin(Step.ANSWER)
    desk.settle()
    assert [act[1:] for act in desk.acts] == [(1, Step.RECEIVE, None), (2, Step.ANSWER, None)]
    assert not desk.session.registry.allowed("filing.make")


def test_a_return_needs_words_and_the_centre_explains(desk):
    desk.sit(Group.OFFICER)
    assert ("接收", False, "由数据管理局办理") in desk.offers()
    assert desk.panel.foot.button("filing_cancel").property("kind") != "primary"
    desk.row = replace(ROW, state=State.RETURNED, version=2)
    desk.page.reload()
    desk.settle()
    assert "请补充" in desk.panel._remark.text()
    desk.panel.begin(Step.RESUBMIT)
    assert not desk.panel.confirm.isEnabled()
    desk.panel.form.text.setPlainText("已补充")
    desk.panel.confirm.click()
    desk.settle()
    assert desk.acts == [(5, 2, Step.RESUBMIT, "已补充")]


def test_the_report_stands_in_the_place_of_the_list_and_the_lines_go_into_a_workbook(desk, tmp_path):
    page = desk.sit(Group.BUREAU)
    assert desk.session.registry.run("filing.print")
    desk.settle()
    assert page.preview.isVisible() and page.preview._title.text() == ROW.number
    page.open_with(FilingFilter(state=State.FILED))
    desk.settle()
    assert not page.preview.isVisible() and page.list.table.isVisible()
    page.write(5, tmp_path / "备案.xlsx")
    desk.settle()
    assert "已导出 5 条：备案.xlsx。" in desk.said


def test_the_bureau_finds_a_filing_by_its_number(desk):
    desk.sit(Group.BUREAU)
    went = []
    desk.session.requested.connect(lambda page, argument: went.append((page, argument)))
    panel = SearchPanel(desk.session, desk.page)
    panel.open()
    panel.field.setText("备案〔2026〕")
    desk.qtbot.waitUntil(lambda: panel.list.count() > 0)
    assert [panel.list.item(n).text() for n in range(panel.list.count())] == [
        "备案〔2026〕3号 · 2026年11月评价修正情况"
    ]
    panel._activate(panel.list.item(0))
    assert went == [("filings", 5)]
