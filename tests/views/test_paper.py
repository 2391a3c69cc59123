"""书面评价表: what the form lets through, what it says, and what stays for the next paper."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from app.changes import Changes, Kind
from app.errors import UserError
from app.intake import paper
from models.rules.people import Group
from models.rules.ratings import Platform
from tests.views.factories import TODAY, Backend, Workspace, person
from views.intake.page import IntakePage
from views.operations import Operations
from views.shell.session import Session

CHOICES = paper.Choices(
    (paper.Place("石城镇", "石城镇大厅", ("1号窗口", "2号窗口")),),
    (paper.Name("居住证申领", "jzzsl"),),
    (("石城镇", "林燕"),),
    (paper.Label("108", "态度恶劣", 1), paper.Label("207", "没有提供材料样本", 2)),
)
KNOWN = paper.OnFile(1, Platform.PAPER, datetime(2026, 10, 8, 9, 0), (), "慢")


class Desk:
    """The page with the form open, and what was entered through it."""

    def __init__(self, qtbot, monkeypatch, group: Group) -> None:
        self.qtbot = qtbot
        self.entered: list[tuple[paper.PaperForm, bool]] = []
        self.known: paper.OnFile | None = None
        self.refusal: Exception | None = None
        self.answer = {"inserted": True, "revised": False, "unlike": False, "tickets_opened": 1}
        monkeypatch.setattr(paper, "choices", lambda _connection: CHOICES)
        monkeypatch.setattr(paper, "on_file", lambda _connection, _case, of_staff: self.known)
        monkeypatch.setattr(paper, "enter", self._enter)
        self.operations = Operations()
        self.session = Session(self.operations)
        self.session.open(Workspace(person(group)), TODAY)
        self.told: list[tuple] = []
        self.session.noticed.connect(lambda *what: self.told.append(what))
        self.page = IntakePage(self.session)
        qtbot.addWidget(self.page)
        self.page.resize(1190, 760)
        self.page.show()
        self.page.shown()
        self.settle()

    def _enter(self, _connection, form, *, mend):
        if self.refusal:
            raise self.refusal
        self.entered.append((form, mend))
        return paper.Entered(**self.answer, tickets_joined=0, changes=Changes(Kind.RATINGS))

    def settle(self) -> None:
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.operations.running == 0)

    def fill(self):
        self.page.zone.paper.click()
        self.settle()
        form = self.page.paper
        form.case.setText("44088120261000001")
        form.agency.setText("石城镇")
        form.level.set_value(1)
        self.settle()
        return form


@pytest.fixture
def desk(qtbot, monkeypatch):
    Backend().install(monkeypatch)
    made = Desk(qtbot, monkeypatch, Group.OFFICER)
    yield made
    made.operations.close()


def test_a_bad_form_needs_a_label_or_words(desk):
    form = desk.fill()
    assert "细则第七条" in form.said.text() and not form.save.isEnabled()
    chips = [form._label_flow.itemAt(n).widget() for n in range(form._label_flow.count())]
    assert [chip.text() for chip in chips] == ["态度恶劣"]
    chips[0].click()
    assert form.save.isEnabled()
    form.hall.setText("石城镇大厅")
    assert form.counter.names == ("1号窗口", "2号窗口")
    form.counter.setText("2号窗口")
    form.words.setPlainText("排了两小时\n")
    assert form.grab().toImage().pixelColor(5, 5).isValid()
    form.save.click()
    desk.settle()
    entered, mend = desk.entered[0]
    assert not mend and (entered.labels, entered.counter, entered.rated_on) == (
        ("108",),
        "2号窗口",
        date(2026, 11, 2),
    )
    assert entered.words == "排了两小时"
    assert desk.told[-1][:3] == ("success", "书面评价已录入，已生成差评工单。", "查看工单")
    assert form.case.text() == "" and form.agency.text() == "石城镇"


def test_the_day_can_be_read(desk):
    """Without its arrows the field gave its text one pixel."""
    day = desk.fill().day
    assert day.lineEdit().width() > day.fontMetrics().horizontalAdvance(day.text())


def test_the_next_form_of_the_same_case_is_a_correction(desk):
    form = desk.fill()
    form.words.setPlainText("慢")
    desk.known = KNOWN
    form.case.editingFinished.emit()
    desk.settle()
    assert "非常不满意（书面评价表，2026-10-08）" in form._known.text() and not form.save.isEnabled()
    form.mend.click()
    desk.answer |= {"inserted": False, "revised": True, "unlike": True, "tickets_opened": 0}
    form.save.click()
    desk.settle()
    assert desk.entered[0][1] and "单位或日期与原来的不同" in desk.told[-1][1]


def test_a_case_rated_elsewhere_cannot_be_corrected(desk):
    form = desk.fill()
    desk.known = paper.OnFile(5, Platform.PORTAL, KNOWN.rated_at, (), None)
    form.case.editingFinished.emit()
    desk.settle()
    assert not form.mend.isVisible() and "细则第十七条" in form._known.text()


def test_what_was_typed_stays_when_it_was_refused(desk):
    form = desk.fill()
    form.words.setPlainText("慢")
    desk.refusal = UserError("这件办件已录入过。", code="on_file")
    form.enter()
    desk.settle()
    assert desk.told[-1][0] == "warning" and form.words.toPlainText() == "慢"
    form.back.click()
    assert desk.page.stack.currentWidget() is desk.page.zone


def test_what_is_known_as_it_is_changes_nothing(desk):
    desk.answer |= {"inserted": False, "tickets_opened": 0}
    form = desk.fill()
    form.words.setPlainText("慢")
    form.enter()
    desk.settle()
    assert desk.told[-1][0] == "info"


def test_administrators_load_files_and_enter_no_forms(qtbot, monkeypatch):
    Backend().install(monkeypatch)
    made = Desk(qtbot, monkeypatch, Group.ADMIN)
    assert made.page.zone.paper.isHidden()
    assert not made.session.registry.available("intake.paper")
    made.operations.close()
