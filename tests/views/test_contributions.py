"""协办意见 in the window: said, replaced, taken over by the lead, read by the officer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QUrl
from PySide6.QtWidgets import QLabel, QWidget

from app.tickets import queries as tickets
from app.tickets.attachments import AttachmentRow
from app.tickets.contributions import Contribution
from models.rules.lifecycle import Action, State
from models.rules.people import Group
from tests.files import PNG
from tests.views.factories import NOW, TODAY, Workspace, detail, person, ticket
from tests.views.test_attachments import brought, file
from tests.views.test_tickets import Sitting, backend
from views.operations import Operations
from views.shell.session import Session
from views.tickets.contributions import ContributeForm
from views.tickets.drafting import put_back, typed
from views.tickets.forms import form_for

__all__ = ["backend", "brought"]

CO = "市公安局"
SAID = Contribution(1, CO, current=True, id=7, text="已核查𠮷，材料齐全\n窗口已培训", at=NOW, by="周丽")
SILENT = Contribution(1, "安铺镇", current=True)
ANEW = replace(SAID, id=9, text="又查了一次", at=NOW + timedelta(hours=1))
ROW = ticket(1, State.RECTIFYING, days_left=3, agency="罗州街道", co_agencies=(CO, "安铺镇"))


@dataclass
class Record:
    """What is on record of ticket 1; the next reading finds it."""

    parts: tuple[Contribution, ...] = (SAID, SILENT)
    files: tuple[AttachmentRow, ...] = ()

    def read(self, _connection: Any = None, _ticket_id: int = 1) -> Any:
        shown = detail(ROW, Group.LIAISON)
        return replace(shown, contributions=self.parts, attachments=self.files)


@pytest.fixture
def record(monkeypatch) -> Record:
    made = Record()
    monkeypatch.setattr(tickets, "ticket", made.read)
    return made


@pytest.fixture
def lead(qtbot, backend, record):
    """罗州街道 leads ticket 1 and writes its material."""
    made = Sitting(qtbot, Group.LIAISON)
    made.choose(1)
    made.page.panel.begin(Action.SUBMIT)
    made.settle()
    yield made
    made.operations.close()


@pytest.fixture
def co(qtbot, record):
    """A liaison of 市公安局, who helps with ticket 1, with the form open."""
    operations = Operations()
    session = Session(operations)
    session.open(Workspace(person(Group.LIAISON, agency=CO, agency_id=6)), TODAY)
    window = QWidget()
    qtbot.addWidget(window)
    form = form_for(Action.CONTRIBUTE, session, record.read(), window)
    window.show()
    yield form
    qtbot.waitUntil(lambda: operations.running == 0)
    operations.close()


def told(widget: QWidget) -> list[str]:
    return [one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget) and one.text()]


def test_a_co_agency_says_its_part_and_replaces_it(co: ContributeForm, record: Record) -> None:
    assert "周丽 今天 09:00 已提供" in told(co) and SAID.text in told(co)
    assert co.problem() == "请先写明协办意见。"
    co.rewrite.click()
    assert co.words() == SAID.text and co.problem() == "与已提供的协办意见相同。"
    co.text.appendPlainText("并已致歉")
    assert co.problem() is None and co.values() == {"reason": f"{SAID.text}\n并已致歉"}
    record.parts = (ANEW, SILENT)
    co.show_detail(record.read())  # a colleague of the same agency was faster
    assert ANEW.text in told(co) and co.words().endswith("并已致歉")
    record.parts = (SILENT,)
    co.show_detail(record.read())
    assert SAID.text not in told(co)


def test_a_co_agency_shows_and_brings_its_own_files(
    co: ContributeForm, record: Record, brought, tmp_path
) -> None:
    own, leads = replace(file(1), agency=CO), file(2)
    record.files = (own, leads)
    co.show_detail(record.read())
    assert co.files.list.files == (own,)
    path = tmp_path / "照片.png"
    path.write_bytes(PNG)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    co.text.setPlainText("已核查")
    co.files.take_mime(data)
    assert co.problem() == "附件还在上传，请稍候。"


def test_the_lead_takes_words_over_once_and_under_their_agency(lead) -> None:
    form = lead.page.panel._form
    form.measures.setPlainText("本单位已整改𠮷")
    button = form.contributions.parts._buttons[CO]
    taken = f"本单位已整改𠮷\n【{CO}协办意见】{SAID.text}"
    for _ in range(2):
        button.click()
        assert form.measures.toPlainText() == taken
    assert (button.text(), button.isEnabled()) == ("已采用", False)
    form.measures.setPlainText(taken.replace("材料齐全", "材料都齐"))
    assert not button.isEnabled()  # the lead changed it: still taken over
    form.measures.setPlainText("")
    assert (button.text(), button.isEnabled()) == ("采用", True)


def test_a_newer_word_takes_the_place_of_the_one_taken_over(lead, record: Record) -> None:
    form = lead.page.panel._form
    form.measures.setPlainText("之前𠮷")
    form.contributions.parts._buttons[CO].click()
    form.measures.appendPlainText("之后")
    record.parts = (ANEW, SILENT)
    form.show_detail(record.read())
    button = form.contributions.parts._buttons[CO]
    assert button.text() == "采用新意见"
    button.click()
    assert form.measures.toPlainText() == f"之前𠮷\n【{CO}协办意见】{ANEW.text}\n之后"


def test_a_draft_knows_what_was_taken_over(lead, record: Record) -> None:
    form = lead.page.panel._form
    form.contributions.parts._buttons[CO].click()
    form.measures.setPlainText(form.measures.toPlainText().replace("齐全", "都齐"))
    kept = typed(form)
    assert kept["contributions"] == {CO: SAID.id}
    lead.page.panel.close_form()
    lead.page.panel.begin(Action.SUBMIT)
    again = lead.page.panel._form
    put_back(again, kept)
    assert again.contributions.parts._buttons[CO].text() == "已采用"


def test_what_arrives_while_the_lead_types_changes_nothing_of_it(lead, record: Record) -> None:
    panel = lead.page.panel
    form = panel._form
    assert (SILENT.agency in form.silent.text()) and not form.silent.isHidden()
    assert f"{SILENT.agency} 尚未提供协办意见" in form.silent.text()
    form.measures.setPlainText("正在写")
    form.measures.setFocus()
    cursor = form.measures.textCursor()
    cursor.setPosition(2)
    form.measures.setTextCursor(cursor)
    came = replace(
        SILENT, id=11, text="我镇已核实", at=NOW, by="陈敏", files=(replace(file(3), agency="安铺镇"),)
    )
    record.parts, record.files = (SAID, came), came.files
    panel.load(1)
    lead.settle()
    assert panel._form is form and form.measures.toPlainText() == "正在写"
    assert form.measures.textCursor().position() == 2 and form.measures.hasFocus()
    shown = told(form.contributions)
    assert {"协办意见 2/2", "安铺镇", "陈敏 · 今天 09:00", "我镇已核实"} <= set(shown)
    assert form.silent.isHidden() and form.files.list.files == ()
    assert "2/2" in told(panel._clock)


def test_the_field_typed_in_stays_in_its_place_when_more_is_said(lead, record: Record) -> None:
    panel = lead.page.panel
    field, block = panel._form.reviewed_by, panel._form.contributions
    field.setFocus()
    panel._area.ensureWidgetVisible(field)
    lead.qtbot.waitUntil(lambda: panel._area.verticalScrollBar().value() > 0)
    place, height = field.mapTo(panel, QPoint()).y(), block.height()
    record.parts = (replace(SAID, id=8, text="第一\n" * 12), SILENT)
    panel.load(1)
    lead.settle()
    lead.qtbot.waitUntil(lambda: block.height() > height)
    assert field.mapTo(panel, QPoint()).y() == place


def test_without_co_agencies_nothing_is_said_of_them(lead, record: Record) -> None:
    record.parts = ()
    form = lead.page.panel._form
    form.show_detail(record.read())
    assert form.contributions.isHidden() and form.silent.isHidden()


def test_the_officer_reads_them_by_agency_with_their_files(qtbot, backend, record: Record) -> None:
    own, helped = file(1, version=5), replace(file(2, version=5), agency=CO)
    earlier = Contribution(1, "石城镇", current=False, id=3, text="上一轮说过", at=NOW, by="吴强")
    handed_in = tickets.RectificationRow(NOW, True, True, "告知不全", "已培训", "电话：满意", "罗敏", id=5)
    record.parts, record.files = (replace(SAID, files=(helped,)), SILENT, earlier), (own, helped)
    record_read = record.read
    record.read = lambda *_: replace(record_read(), rectifications=(handed_in,))
    officer = Sitting(qtbot, Group.OFFICER)
    panel = officer.page.panel
    panel._show(record.read())
    panel.sheets.tabs.setCurrentIndex(1)
    words = told(panel.sheets.handed_in)
    where = [
        words.index(w) for w in ("罗敏", "协办意见", CO, SAID.text, SILENT.agency, "未提供", "上一轮说过")
    ]
    assert where == sorted(where) and "第 1 轮 · 吴强 · 今天 09:00" in words
    officer.operations.close()
