"""The path of one ticket through the window, from the file of the province to 12345's receipt, and what must hold.

Whoever uses the window, with the mouse or with keys, walks the same path; after each act the ticket, its clocks,
its events and the counts are compared with what the rules say.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pypdfium2
from PySide6.QtWidgets import QAbstractButton

from app.clock import SHANGHAI
from resources import path as resource
from tests import files
from tests.databases import Database
from tests.flows.driving import Hands
from tests.intake.files import workbook
from views.shell.actions import PAGES

NUMBER, FIRST, HELPER, SECOND = "HCP20261000001", "罗州街道", "石城镇", "城南街道"
#: What nobody sees who has not asked for it: the telephone of whoever rated.
PHONE = "13384382025"
OFFICER = "李伟"
SAMPLE = "差评工单_2026-10.xlsx"
DISPATCHED_ON, REDISPATCHED_ON = date(2026, 11, 2), date(2026, 11, 5)
#: The tenth working day after each.
FIRST_DUE, SECOND_DUE = date(2026, 11, 16), date(2026, 11, 19)
#: Three working days after the return of the 10th; five after the submissions of the 9th and of the 11th.
REWORK_DUE = date(2026, 11, 13)
FIRST_REPORT_DUE, REPORT_DUE = date(2026, 11, 16), date(2026, 11, 18)
#: Where a page stands in the navigation, by which its key goes.
PLACE = {page.title: number for number, page in enumerate(PAGES, 1)}
#: A line of the desk as it is read out, and the page that it opens where it is not that of tickets.
_LINE = re.compile(r"([^，]+)，(\d+) 件，打开")
_OPENS = {"回访待办": "callbacks", "不满意待处理": "callbacks"}
_WAITS = {"officer": "{pending,submitted,approved,reported}", "liaison": "{dispatched,rectifying}"}
_USED = """
SELECT x.used_days FROM pd.assignment x JOIN pd.agency a ON a.id = x.agency_id
WHERE a.name = %s AND x.part = 'lead' ORDER BY x.id DESC LIMIT 1
"""
_NOW = """
SELECT t.state, a.name, t.due_on, t.rework_due_on, t.report_due_on, t.declined FROM pd.ticket t
JOIN pd.agency a ON a.id = t.holder_id WHERE t.number = %s
"""
_EVENTS = """
SELECT e.action FROM pd.event e JOIN pd.ticket t ON t.id = e.ticket_id WHERE t.number = %s ORDER BY e.id
"""


class TicketPath:
    """Walks the path with somebody's hands; `folder` takes the files that go in and come out."""

    def __init__(self, hands: Hands, database: Database, folder: Path) -> None:
        self.hands, self.database, self.folder = hands, database, folder
        self.person = OFFICER
        self.events: list[str] = []
        self.counted: set[str] = set()
        self.files = {
            "现场照片.png": files.png(40, 30),
            "整改报告.pdf": files.pdf(2),
            "回访记录.pdf": files.pdf(1),
        }
        for name, content in self.files.items():
            (folder / name).write_bytes(content)

    def walk(self) -> None:
        """The whole path."""
        for step in (
            self.import_the_sample, self.dispatch, self.decline, self.insist, self.sign, self.contribute,
            self.redispatch, self.sign_again, self.submit, self.return_it, self.submit_again, self.approve,
            self.report, self.close, self.print_the_file,
        ):  # fmt: skip
            step()

    # the acts ---------------------------------------------------------------------------------------------

    def import_the_sample(self) -> None:
        self.day(DISPATCHED_ON)
        self.hands.page(PLACE["数据导入"], "数据导入")
        self.hands.load(resource("sample", SAMPLE))
        self.hands.confirm("导入")
        self.hands.until(lambda: self.waiting("officer") == 19)
        self.holds("pending", FIRST, "opened")

    def dispatch(self) -> None:
        self.open()
        self.dispatch_once()
        self.hands.undo("撤回")
        self.holds("pending", FIRST, "recall")
        self.dispatch_once()
        self.reads("核实转办", FIRST, HELPER)

    def dispatch_once(self) -> None:
        self.reads("11月16日")  # before it is confirmed
        self.hands.write("添加协办单位", HELPER)
        self.hands.confirm("核实转办")
        self.holds("dispatched", FIRST, "verify_and_dispatch", due=FIRST_DUE)

    def decline(self) -> None:
        self.sit_down(FIRST, date(2026, 11, 3))
        self.act("退单", "为什么不属于本单位，应由哪个单位办理", "烟草许可由市局窗口办理")
        self.holds("pending", FIRST, "decline", due=FIRST_DUE)

    def insist(self) -> None:
        self.sit_down(None)
        self.reads("退单", "烟草许可由市局窗口办理")
        self.act("维持转办", "理由", "窗口设在贵街道")
        self.holds("dispatched", FIRST, "insist", due=FIRST_DUE)

    def sign(self) -> None:
        self.sit_down(FIRST, date(2026, 11, 4))
        self.hands.begin("签收")
        self.holds("rectifying", FIRST, "acknowledge", due=FIRST_DUE)

    def contribute(self) -> None:
        self.sit_down(HELPER)
        self.act("提供协办意见", "本单位查到的情况、采取的措施", "材料清单已统一")
        self.holds("rectifying", FIRST, "contribute", due=FIRST_DUE)

    def redispatch(self) -> None:
        self.sit_down(None, REDISPATCHED_ON)
        self.reads("提供协办意见", "材料清单已统一")
        self.hands.begin("改派")
        self.reads("11月19日")
        self.hands.write("主办单位", SECOND)
        self.hands.write("理由", "由受理窗口所在街道办理")
        self.hands.confirm("确认改派")
        self.holds("dispatched", SECOND, "redispatch", due=SECOND_DUE)
        assert self.database.one(_USED, FIRST) == 3

    def sign_again(self) -> None:
        self.sit_down(SECOND, date(2026, 11, 9))
        self.hands.begin("签收")
        self.holds("rectifying", SECOND, "acknowledge", due=SECOND_DUE)

    def submit(self) -> None:
        self.hands.begin("提交整改")
        for chip in ("属实", "合理"):
            self.hands.press(chip)
        self.hands.pick("差评原因：选择原因", self.first_cause())
        self.hands.write("具体说明差评产生的原因", "窗口没有一次性告知")
        self.hands.write("整改措施", "张贴材料清单")
        for chip in ("已反馈", "电话"):
            self.hands.press(chip)
        self.hands.write("评价人怎么说", "表示满意")
        self.hands.write("单位审核人", "陈主任")
        self.hands.bring(self.folder / "现场照片.png", self.folder / "整改报告.pdf")
        self.hands.until(lambda: self.brought() == 2)
        self.hands.confirm("确认提交整改")
        self.holds(
            "submitted", SECOND, "attached", "attached", "submit", due=SECOND_DUE, report=FIRST_REPORT_DUE
        )

    def return_it(self) -> None:
        self.sit_down(None, date(2026, 11, 10))
        self.reads("张贴材料清单", "整改报告.pdf", tab="整改材料")
        self.act("退回重办", "哪些地方需要重办", "缺回访记录")
        self.holds("rectifying", SECOND, "return_for_rework", due=SECOND_DUE, rework=REWORK_DUE)

    def submit_again(self) -> None:
        self.sit_down(SECOND, date(2026, 11, 11))
        self.hands.begin("提交整改")
        self.reads("缺回访记录", "窗口没有一次性告知")
        self.hands.bring(self.folder / "回访记录.pdf")
        self.hands.until(lambda: self.brought() == 3)
        self.hands.confirm("确认提交整改")
        self.holds(
            "submitted", SECOND, "attached", "submit", due=SECOND_DUE, rework=REWORK_DUE, report=REPORT_DUE
        )

    def approve(self) -> None:
        self.sit_down(None)
        self.approve_once()
        self.hands.undo("撤销")
        self.holds("submitted", SECOND, "unapprove", due=SECOND_DUE, rework=REWORK_DUE, report=REPORT_DUE)
        self.approve_once()

    def approve_once(self) -> None:
        self.hands.begin("审核通过")
        for chip in ("属实", "合理"):
            self.hands.press(chip)
        self.hands.confirm("确认审核通过")
        self.holds("approved", SECOND, "approve", due=SECOND_DUE, rework=REWORK_DUE, report=REPORT_DUE)

    def report(self) -> None:
        self.day(date(2026, 11, 12))
        self.hands.begin("报送")
        self.hands.press("写出报送表…")
        out = self.folder / "报送.xlsx"
        self.hands.answer_dialog(out)
        self.hands.until(out.exists)
        sheet = openpyxl.load_workbook(out).active
        cells = [str(cell) for line in sheet.iter_rows(values_only=True) for cell in line if cell is not None]
        assert {NUMBER, SECOND, "张贴材料清单"} <= set(cells)
        assert PHONE not in "".join(cells)
        self.hands.confirm("确认报送")
        self.holds("reported", SECOND, "report", due=SECOND_DUE, rework=REWORK_DUE, report=REPORT_DUE)

    def close(self) -> None:
        self.day(date(2026, 11, 13))
        lines = [["工单编号", "回执编号", "办结日期"], [NUMBER, "HZ-88", "2026-11-13"]]
        returned = workbook(self.folder / "返回.xlsx", 返回=lines)
        self.hands.find("登记12345返回文件")
        self.hands.answer_dialog(returned)
        self.hands.confirm("确认登记")
        self.hands.press("完成")
        self.holds("closed", SECOND, "confirm_closed", due=SECOND_DUE, rework=REWORK_DUE, report=REPORT_DUE)
        self.open()
        self.reads("办结", "HZ-88")

    def print_the_file(self) -> None:
        """办理档案 as PDF: every step is in it, and no telephone."""
        self.hands.find("打印办理档案")
        self.hands.press("存为 PDF…")
        out = self.folder / "办理档案.pdf"
        self.hands.answer_dialog(out)
        self.hands.until(out.exists)
        pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(out.read_bytes())]
        text = "".join("".join(pages).split())
        assert PHONE not in text
        for step in ("核实转办", "撤回", "退单", "维持转办", "签收", "提供协办意见", "改派", "提交整改", "退回重办", "审核通过",
                     "撤回审核", "报送", "办结", "缺回访记录", "材料清单已统一", "回访记录.pdf"):  # fmt: skip
            assert step in text, step

    # how --------------------------------------------------------------------------------------------------

    def act(self, action: str, field: str, text: str) -> None:
        """An action that asks for a reason."""
        self.hands.begin(action)
        self.hands.write(field, text)
        self.hands.confirm(f"确认{action}")

    def open(self) -> None:
        """The ticket, found by its number."""
        self.hands.find(NUMBER, entry=NUMBER)
        self.hands.until(lambda: f"{NUMBER} ·" in self.hands.text())
        self.hands.settle()

    def sit_down(self, agency: str | None, on: date | None = None) -> None:
        """The liaison of an agency, or the officer, opens the ticket, on another day where one is named."""
        if on is not None:
            self.day(on)
        person = "SELECT u.name FROM pd.app_user u JOIN pd.agency a ON a.id = u.agency_id WHERE a.name = %s"
        self.person = self.database.one(person, agency) if agency else OFFICER
        self.hands.sit_down(self.person)
        if self.person not in self.counted:
            self.counts_are_lists()
        self.open()

    def day(self, day: date) -> None:
        """The last second of a day: a form takes its time from the computer."""
        self.database.freeze(datetime.combine(day, time(23, 59, 59), SHANGHAI))

    def first_cause(self) -> str:
        return str(
            self.database.one("SELECT text FROM pd.cause_code WHERE NOT retired ORDER BY standing LIMIT 1")
        )

    def brought(self) -> int:
        return int(self.database.one("SELECT count(*) FROM pd.attachment"))

    # what must hold ---------------------------------------------------------------------------------------

    def holds(self, state: str, holder: str, *acts: str, due: date | None = None, rework: date | None = None,
              report: date | None = None) -> None:  # fmt: skip
        """The ticket stands so, each act left its event, and the window shows the counts that there are."""
        self.hands.until(
            lambda: self.database.one("SELECT state FROM pd.ticket WHERE number = %s", NUMBER) == state
        )
        self.hands.settle()
        now = self.database.rows(_NOW, NUMBER)[0]
        assert now == (state, holder, due, rework, report, acts[-1] == "decline")
        self.events += acts
        assert [action for (action,) in self.database.rows(_EVENTS, NUMBER)] == self.events
        self.badge_is_right()
        assert PHONE not in self.hands.text()

    def reads(self, *said: str, tab: str | None = None) -> None:
        """The window says it, on a tab of the ticket where one is named."""
        if tab is not None:
            self.hands.turn_to(tab)
        self.hands.until(lambda: all(word in self.hands.text() for word in said))

    def waiting(self, group: str) -> int:
        """What waits for whoever sits here, as the database's own rights let them see it."""
        statement = "SELECT count(*) FROM pd.ticket WHERE state = ANY (%s)"
        return int(self.database.raw(self.login(), statement, _WAITS[group])[0][0])

    def login(self) -> str:
        return str(self.database.one("SELECT login FROM pd.app_user WHERE name = %s", self.person))

    def group(self) -> str:
        return "officer" if self.person == OFFICER else "liaison"

    def badge_is_right(self) -> None:
        """The number in the navigation is that of what waits."""
        entry = self.hands.window.navigation.entries["tickets"]
        count = self.waiting(self.group())
        wanted = f"工单，{count} 件" if count else "工单"
        self.hands.until(lambda: entry.accessibleName() == wanted)

    def counts_are_lists(self) -> None:
        """Each line of the desk counts the rows that it opens; looked at once for everybody."""
        self.counted.add(self.person)
        self.hands.page(1, "工作台")
        for name, count in self.desk_lines():
            self.hands.page(1, "工作台")
            self.hands.press(f"{name}，{count} 件，打开")
            self.hands.settle()
            page = self.hands.window.pages[_OPENS.get(name, "tickets")]
            listed = page.model if name not in _OPENS else page.list.model
            self.hands.until(lambda listed=listed, count=count: len(listed.rows) == count)

    def desk_lines(self) -> list[tuple[str, int]]:
        """What the desk counts, as its lines are read out."""
        buttons = self.hands.window.pages["desk"].findChildren(QAbstractButton)
        found = (_LINE.fullmatch(button.accessibleName()) for button in buttons if button.isVisible())
        return [(line[1], int(line[2])) for line in found if line]
