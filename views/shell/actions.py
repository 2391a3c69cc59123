"""What a person can do, as data: one registry feeds buttons, menus, shortcuts and the search box."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from models.rules.people import Group
from views.shell.entries import ADMINS as ADMINS
from views.shell.entries import ASSESSED as ASSESSED
from views.shell.entries import AUDITORS as AUDITORS
from views.shell.entries import CALLERS as CALLERS
from views.shell.entries import CHECKERS as CHECKERS
from views.shell.entries import EVERYONE as EVERYONE
from views.shell.entries import FILERS as FILERS
from views.shell.entries import HANDLERS as HANDLERS
from views.shell.entries import LOADERS as LOADERS
from views.shell.entries import OFFICERS as OFFICERS
from views.shell.entries import READERS_OF_PEOPLE as READERS_OF_PEOPLE
from views.shell.entries import Command as Command
from views.shell.entries import PageEntry as PageEntry
from views.shell.record_commands import appeal_command as appeal_command
from views.shell.record_commands import appeal_commands as appeal_commands
from views.shell.record_commands import callback_command as callback_command
from views.shell.record_commands import callback_commands as callback_commands
from views.shell.record_commands import circular_commands as circular_commands
from views.shell.record_commands import filing_command as filing_command
from views.shell.record_commands import filing_commands as filing_commands
from views.shell.record_commands import referral_command as referral_command
from views.shell.record_commands import referral_commands as referral_commands
from views.shell.record_commands import suggestion_command as suggestion_command
from views.shell.record_commands import suggestion_commands as suggestion_commands
from views.shell.record_commands import ticket_command as ticket_command
from views.shell.record_commands import ticket_commands as ticket_commands

PAGES: tuple[PageEntry, ...] = (
    PageEntry("desk", "工作台", "desk", "views.desk.page:DeskPage", HANDLERS),
    PageEntry("tickets", "工单", "tickets", "views.tickets.page:TicketsPage", HANDLERS),
    PageEntry("appeals", "申诉", "appeal", "views.appeals.page:AppealsPage", HANDLERS),
    PageEntry("callbacks", "回访", "call", "views.callbacks.page:CallbacksPage", HANDLERS),
    PageEntry("rankings", "排名", "ranking", "views.rankings.page:RankingsPage"),
    PageEntry("circulars", "通报", "file", "views.circulars.page:CircularsPage"),
    PageEntry("statistics", "统计", "statistics", "views.statistics.page:StatisticsPage"),
    PageEntry("intake", "数据导入", "intake", "views.intake.page:IntakePage", LOADERS),
    PageEntry("suggestions", "意见建议", "suggestion", "views.suggestions.page:SuggestionsPage", HANDLERS),
    PageEntry("assessments", "考核", "assessment", "views.assessments.page:AssessmentsPage", ASSESSED),
    PageEntry("filings", "备案", "filing", "views.filings.page:FilingsPage", FILERS),
    PageEntry("registry", "名录", "registry", "views.registry.page:RegistryPage", READERS_OF_PEOPLE),
    PageEntry("audit", "审计", "audit", "views.audit.page:AuditPage", AUDITORS),
    PageEntry("rules", "规则", "rules", "views.rules.page:RulesPage"),
    PageEntry("referrals", "线索移送", "referral", "views.referrals.page:ReferralsPage", personal=True),
)


def _staff_commands() -> Iterable[Command]:
    for what, title, icon in (
        ("order", "对窗口人员下达限期整改", "rectify"),
        ("record", "登记追责", "flag"),
        ("withdraw", "撤回追责记录", "recall"),
    ):
        yield Command(
            f"staff.{what}", title, icon, OFFICERS, page="statistics", keywords="窗口人员 末位 问责"
        )
    words = "excel csv 表格 名次"
    yield Command(
        "staff.export", "导出窗口人员评价和名次", "save", ASSESSED, page="statistics", keywords=words
    )


def _filter_commands() -> Iterable[Command]:
    """What is done with the filters that are kept under a name; only officers share."""
    words = "常用筛选 保存 条件 视图"
    for what, title, icon, groups, shortcut in (
        ("tickets.filters", "打开常用筛选", "filter", HANDLERS, "Ctrl+Shift+F"),
        ("tickets.filter_save", "存为常用筛选", "save", HANDLERS, "Ctrl+Shift+S"),
        ("tickets.filter_update", "按现在的条件更新", "reload", HANDLERS, None),
        ("tickets.filter_rename", "改名", "edit", HANDLERS, None),
        ("tickets.filter_watch", "超过几件时提醒我", "remind", HANDLERS, None),
        ("tickets.filter_share", "共享给大家", "people", OFFICERS, None),
        ("tickets.filter_unshare", "不再共享", "person", OFFICERS, None),
        ("tickets.filter_drop", "删除", "close", HANDLERS, None),
    ):
        said = title if "筛选" in title else f"常用筛选：{title}"
        yield Command(what, said, icon, groups, shortcut, "tickets", keywords=words)


def _ranking_commands() -> Iterable[Command]:
    for what, title, icon, shortcut, words in (
        ("copy", "复制排名图片", "copy", "Ctrl+Shift+C", "剪贴板"),
        ("png", "排名图片存为 PNG", "picture", None, "导出"),
        ("svg", "排名图片存为 SVG", "vector", None, "导出"),
        ("print", "打印排名图", "printer", "Ctrl+Alt+P", ""),
        ("period", "选择排名的时段", "month", "Ctrl+Alt+M", "月份 季度 半年 年度"),
        ("earlier", "排名的前一期", "previous", "Ctrl+Left", "上月"),
        ("later", "排名的后一期", "next", "Ctrl+Right", "下月"),
        ("bars", "排名：名次", "ranking", None, "条形图 排名表"),
        ("trend", "排名：走势", "trend", None, "折线图 变化"),
        ("heat", "排名：热力图", "heat", None, "各月"),
        ("scatter", "排名：散点", "scatter", None, "评价量 小样本"),
        ("whatif", "排名：试算", "balance", None, "假设 如果 权重 推算"),
        ("reset", "试算恢复原数", "recall", None, "假设 权重"),
        ("workbook", "导出排名表", "save", "Ctrl+Alt+T", "excel xlsx 公式"),
    ):
        yield Command(f"ranking.{what}", title, icon, shortcut=shortcut, page="rankings", keywords=words)


def _assessment_commands() -> Iterable[Command]:
    for what, title, icon, groups, shortcut, words in (
        ("enter", "录入评价值", "edit", OFFICERS, "Ctrl+Alt+E", "综合点评 监督查评 第三方 考核 指标"),
        ("file", "导入第三方评价表", "intake", OFFICERS, None, "考核 excel csv"),
        ("template", "下载第三方评价表模板", "file", OFFICERS, None, "考核 excel"),
        ("export", "导出考核总分", "save", ASSESSED, None, "excel 表格"),
        ("weights", "指标权重", "balance", ASSESSED, None, "考核 主观赋权 两两比较"),
        ("period", "选择考核的时段", "month", ASSESSED, None, "月份 季度 半年 年度"),
    ):
        yield Command(f"assessment.{what}", title, icon, groups, shortcut, "assessments", keywords=words)


def _statistics_commands() -> Iterable[Command]:
    for what, title, icon, words in (
        ("rates", "统计：评价率", "statistics", "好评率 默认好评率 整改率 参评率"),
        ("causes", "统计：差评分析", "filter", "标签 事项 时段 渠道 窗口 用时 超期"),
        ("briefing", "统计：月报", "file", "简报 通报"),
        ("period", "选择统计的时段", "month", "月份 季度 半年 年度"),
        ("filter", "筛选统计的单位或平台", "filter", "单位 业务平台"),
        ("copy", "复制月报文字", "copy", "剪贴板"),
        ("print", "打印月报", "printer", "PDF Word 预览"),
    ):
        yield Command(f"statistics.{what}", title, icon, page="statistics", keywords=words)


def _page_commands() -> Iterable[Command]:
    for number, page in enumerate(PAGES, 1):
        key = f"Ctrl+{number % 10}" if number <= 10 and not page.personal else None
        yield Command(f"go.{page.id}", f"打开{page.title}", page.icon, page.groups, key)


COMMANDS: tuple[Command, ...] = (
    *_page_commands(),
    Command("search", "搜索", "search", shortcut="Ctrl+K", listed=False),
    Command("reload", "刷新", "reload", shortcut="F5"),
    Command("confirm", "确认正在填写的内容", "success", shortcut="Ctrl+Enter", listed=False),
    Command("undo", "撤回刚才的办理", "recall", HANDLERS, "Ctrl+Z", keywords="撤销"),
    Command("sides", "在列表和详情之间移动", "next", shortcut="F6", listed=False),
    Command("keys", "快捷键", "keyboard", shortcut="F1", keywords="键盘 帮助"),
    Command("person", "更换使用人", "people", shortcut="Ctrl+Shift+P", keywords="切换 登录 用户"),
    Command("lock", "锁定", "lock", shortcut="Ctrl+L", keywords="离开 锁屏"),
    Command("password", "修改密码", "key", keywords="口令 账号"),
    Command("settings", "设置", "settings", shortcut="Ctrl+,", keywords="自动锁定 服务器"),
    Command("logout", "退出登录", "leave", keywords="换人 更换服务器 注销"),
    Command("server", "连接中心服务器", "database", keywords="登录 更换服务器"),
    Command("scheme", "切换浅色、深色", "sun", shortcut="Ctrl+Shift+D", keywords="主题 外观"),
    *ticket_commands(),
    Command(
        "ticket.contact", "查看评价人联系方式（留痕）", "key", CALLERS, page="tickets", keywords="电话 回访"
    ),
    Command(
        "ticket.similar", "查看相似工单", "similar", HANDLERS, "Ctrl+D", "tickets", keywords="重复 疑似 对比"
    ),
    Command(
        "ticket.duplicate", "以“重复”不予转办", "duplicate", OFFICERS, page="tickets", keywords="疑似 相似"
    ),
    *callback_commands(),
    *_filter_commands(),
    Command("tickets.all", "全选所列工单", "tickets", HANDLERS, "Ctrl+A", "tickets", keywords="批量 选择"),
    Command(
        "tickets.export", "导出工单清单", "save", HANDLERS, "Ctrl+E", "tickets", keywords="excel csv 表格"
    ),
    Command(
        "tickets.answers", "登记12345返回文件", "finish", OFFICERS, page="tickets", keywords="办结 回执 退回"
    ),
    Command(
        "ticket.print_dispatch",
        "打印转办单",
        "paper_dispatch",
        OFFICERS,
        page="tickets",
        keywords="文书 PDF 预览",
    ),
    Command(
        "ticket.print_supervise",
        "打印督办通知",
        "paper_supervise",
        OFFICERS,
        page="tickets",
        keywords="文书 PDF 预览",
    ),
    Command(
        "ticket.print_file", "打印办理档案", "case_file", HANDLERS, page="tickets", keywords="文书 PDF 预览"
    ),
    Command("paper.pdf", "文书存为 PDF", "save", shortcut="Ctrl+S", keywords="导出"),
    Command("paper.word", "文书存为 Word", "save", shortcut="Ctrl+Shift+W", keywords="导出 docx"),
    Command("paper.print", "打印文书", "printer", shortcut="Ctrl+P"),
    *_ranking_commands(),
    *_statistics_commands(),
    Command(
        "intake.choose", "选择要导入的文件", "folder", LOADERS, "Ctrl+O", "intake", keywords="导入 打开 excel"
    ),
    Command(
        "intake.paper", "录入书面评价表", "edit", OFFICERS, "Ctrl+Shift+B", "intake", keywords="纸质 评价"
    ),
    *suggestion_commands(),
    *appeal_commands(),
    *filing_commands(),
    *circular_commands(),
    *referral_commands(),
    *_staff_commands(),
    Command(
        "improvement.propose",
        "提出限期整改",
        "rectify",
        OFFICERS,
        "Ctrl+Shift+X",
        "statistics",
        keywords="整改 通知 下达",
    ),
    Command(
        "improvement.print",
        "打印限期整改通知",
        "printer",
        ASSESSED,
        page="statistics",
        keywords="文书 PDF 预览",
    ),
    *_assessment_commands(),
    Command("rules.sets", "规则集", "rules", page="rules", keywords="评分 权重 口径"),
    Command("rules.closing", "封账", "lock", page="rules", keywords="月份 封账 调整"),
    Command("rules.new", "拟定新规则集", "edit", OFFICERS, page="rules", keywords="修改 权重 施行"),
    Command("rules.drop", "撤销规则集", "recall", OFFICERS, page="rules"),
    Command("closing.close", "封这个月的账", "lock", OFFICERS, page="rules", keywords="封账 冻结"),
    Command("closing.reopen", "重新开账", "reopen", OFFICERS, page="rules", keywords="封账 撤销"),
    Command("closing.check", "核对封账指纹", "verify", CHECKERS, page="rules", keywords="校验 散列"),
    Command("closing.copy", "复制封账指纹", "copy", page="rules", keywords="散列 链头"),
    Command(
        "reminders.export",
        "导出提醒名单",
        "save",
        HANDLERS,
        page="statistics",
        keywords="评价 催评 excel csv",
    ),
    Command(
        "rows.export",
        "导出数字的明细",
        "save",
        shortcut="Ctrl+Alt+X",
        keywords="排名 统计 工作台 excel csv",
    ),
    Command(
        "annual.export", "导出年度考核表", "save", ASSESSED, page="statistics", keywords="考核 excel xlsx"
    ),
    Command(
        "annual.staff", "导出窗口人员评价表", "save", HANDLERS, page="statistics", keywords="考核 excel xlsx"
    ),
    Command("audit.verify", "核验审计链", "chain", AUDITORS, page="audit", keywords="审计 校验"),
    Command("audit.export", "导出审计记录", "save", AUDITORS, page="audit", keywords="审计"),
    Command(
        "registry.calendar",
        "工作日历",
        "month",
        READERS_OF_PEOPLE,
        page="registry",
        keywords="放假 调休 本地 工作日 节假日",
    ),
    Command(
        "registry.bodies",
        "文书单位",
        "registry",
        READERS_OF_PEOPLE,
        page="registry",
        keywords="中心 名称 地址 电话 署名 12345 数据管理局",
    ),
    Command("registry.create", "新建人员", "add_person", ADMINS, "Ctrl+N", "registry", keywords="账号 添加"),
)
_BY_ID = {command.id: command for command in COMMANDS}


def command(command_id: str) -> Command:
    """The command of that id; raises KeyError."""
    return _BY_ID[command_id]


def pages_for(group: Group) -> tuple[PageEntry, ...]:
    """The pages that concern everybody of a group."""
    return tuple(page for page in PAGES if group in page.groups and not page.personal)


class Registry:
    """Which commands can be run now: allowed for the person's group, bound to something, and not refused."""

    def __init__(self) -> None:
        self._group: Group | None = None
        self._bound: dict[str, tuple[Callable[[], None], Callable[[], bool] | None]] = {}

    def set_group(self, group: Group | None) -> None:
        """The group of the person at the desk."""
        self._group = group

    def bind(self, command_id: str, run: Callable[[], None], when: Callable[[], bool] | None = None) -> None:
        """Says what a command does, and when it can be done."""
        command(command_id)
        self._bound[command_id] = (run, when)

    def unbind(self, command_id: str, run: Callable[[], None]) -> None:
        """Forgets what a command does, unless it does something else by now."""
        if self._bound.get(command_id, (None, None))[0] == run:
            del self._bound[command_id]

    def unbind_page(self, page: str) -> None:
        """Forgets what a closed page had bound."""
        for known in COMMANDS:
            if known.page == page:
                self._bound.pop(known.id, None)

    def allowed(self, command_id: str) -> bool:
        """Whether the person's group may run it."""
        return self._group is not None and self._group in command(command_id).groups

    def available(self, command_id: str) -> bool:
        """Whether it can be run now."""
        bound = self._bound.get(command_id)
        return bound is not None and self.allowed(command_id) and (bound[1] is None or bound[1]())

    def run(self, command_id: str) -> bool:
        """Runs it where it can be run; says whether it was."""
        if not self.available(command_id):
            return False
        self._bound[command_id][0]()
        return True

    def found(self, text: str) -> tuple[Command, ...]:
        """The listed commands that can be run now and whose words contain `text`."""
        needle = text.strip().lower()
        return tuple(
            c for c in COMMANDS
            if c.listed and needle in f"{c.title} {c.keywords}".lower() and self.available(c.id)
        )  # fmt: skip
