"""The grammar of the command line; mistakes are Chinese sentences with exit code 2."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NoReturn

from app.clock import parse_month
from app.server.provisioning import Named
from models.rules.administration import PersonAction
from models.rules.audit import Head
from models.rules.lifecycle import BY_HAND, Action, State
from models.rules.people import Group
from models.rules.suggestions import State as SuggestionState
from views.console import (
    audit,
    checks,
    circulars,
    closing,
    figures,
    files,
    people,
    places,
    server,
    statistics,
    suggestions,
    tickets,
)


class Usage(Exception):
    """The command line makes no sense; the message says what is missing."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        usage = " ".join(self.format_usage().removeprefix("usage: ").split())
        raise Usage(f"命令写法不对：{_in_chinese(message)}。用法：{usage}")


#: What argparse says, and how it is said here.
_SENTENCES = (
    (r"the following arguments are required: (.+)", r"缺少 \1"),
    (r"unrecognized arguments: (.+)", r"不认识 \1"),
    (r"argument ([^:]+): invalid choice: '?(.*?)'? \(choose from (.+)\)", r"\1 不能是“\2”，可以是 \3"),
    (r"argument ([^:]+): invalid int value: '(.*)'", r"\1 的“\2”不是整数"),
    (r"argument ([^:]+): invalid \S+ value: '(.*)'", r"\1 不能是“\2”"),
    (r"argument ([^:]+): expected .+", r"\1 后面缺少内容"),
    (r"argument ([^:]+): (.+)", r"\1：\2"),
)


def _in_chinese(message: str) -> str:
    for pattern, sentence in _SENTENCES:
        if re.fullmatch(pattern, message, re.DOTALL):
            return re.sub(pattern, sentence, message, flags=re.DOTALL)
    return message


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The options, with `run` the verb's function; raises Usage, exits for --help."""
    parser = _Parser(
        prog="main.py", description="好差评工作台：命令行。不写动词时打开窗口。", allow_abbrev=False
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="内置数据库的文件夹")
    parser.add_argument("--database", metavar="URL", help="中心数据库的地址")
    parser.add_argument("--as", dest="login", metavar="LOGIN", help="由谁办理（仅内置数据库），默认 officer")
    parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB", parser_class=_Parser)
    _database_verbs(verbs)
    _work_verbs(verbs)
    _figure_verbs(verbs)
    _statistics_verbs(verbs)
    _closing_verbs(verbs)
    _people_verbs(verbs)
    _audit_verbs(verbs)
    _server_verbs(verbs)
    options = parser.parse_args(list(arguments))
    if options.database and options.login:
        raise Usage("连接中心数据库时由地址中的账号办理，不能用 --as。")
    if options.database and options.data:
        raise Usage("--data 与 --database 只能选一个。")
    return options


_Verbs = argparse._SubParsersAction  # argparse has no public name for it


def _database_verbs(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    init = verbs.add_parser("init", help="创建数据库", allow_abbrev=False)
    init.add_argument("--place", choices=["sample"], help="同时载入示例县的名录和人员")
    init.set_defaults(run=places.init)
    for name, function, words in (
        ("demo", places.demo, "创建数据库并载入示例月"),
        ("serve", places.serve, "启动内置数据库，直到标准输入关闭"),
        ("connection", places.connection_of, "某人连接正在运行的数据库的方式"),
        ("self-test", checks.self_test, "检查安装是否完好"),
        ("rebuild-tally", figures.rebuild_tally, "重新计算统计台账"),
    ):
        verbs.add_parser(name, help=words, allow_abbrev=False).set_defaults(run=function)


def _work_verbs(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    load = verbs.add_parser("import", help="导入省里的文件", allow_abbrev=False)
    load.add_argument("file", type=Path, metavar="FILE")
    load.add_argument("--profile", metavar="P", help="字段对应方案")
    load.add_argument("--partial", action="store_true", help="文件只含一部分评价")
    load.add_argument("--dry-run", action="store_true", help="只试算，不写入")
    load.add_argument("--refused", type=Path, metavar="OUT.xlsx", help="把被拒的行写入工作簿")
    load.set_defaults(run=files.load)
    listing = verbs.add_parser("tickets", help="差评工单列表", allow_abbrev=False)
    listing.add_argument("--state", type=State, choices=list(State), metavar="S", help="、".join(State))
    listing.add_argument("--agency", metavar="NAME")
    listing.add_argument("--month", type=_month, metavar="YYYY-MM")
    listing.add_argument("--search", default="", metavar="TEXT")
    listing.add_argument("--limit", type=_positive, default=100, metavar="N")
    listing.set_defaults(run=tickets.listing)
    export = verbs.add_parser("export-tickets", help="导出工单清单（.xlsx 或 .csv）", allow_abbrev=False)
    export.add_argument("file", type=Path, metavar="FILE")
    export.add_argument("--state", type=State, choices=list(State), metavar="S", help="、".join(State))
    export.add_argument("--agency", metavar="NAME")
    export.add_argument("--month", type=_month, metavar="YYYY-MM")
    export.add_argument("--search", default="", metavar="TEXT")
    export.set_defaults(run=tickets.export)
    said = verbs.add_parser("suggestions", help="意见建议列表", allow_abbrev=False)
    said.add_argument(
        "--state",
        type=SuggestionState,
        choices=list(SuggestionState),
        metavar="S",
        help="、".join(SuggestionState),
    )
    said.add_argument("--search", default="", metavar="TEXT")
    said.add_argument("--limit", type=_positive, default=100, metavar="N")
    said.set_defaults(run=suggestions.listing)
    act = verbs.add_parser("act", help="办理一张工单", allow_abbrev=False)
    act.add_argument("ticket", type=int, metavar="TICKET")
    act.add_argument("action", type=Action, choices=BY_HAND, metavar="ACTION", help="、".join(BY_HAND))
    act.add_argument("--lead", metavar="NAME", help="主办单位")
    act.add_argument("--co", nargs="+", action="extend", default=[], metavar="NAME", help="协办单位")
    act.add_argument("--reason", metavar="TEXT")
    act.add_argument("--payload", type=Path, metavar="FILE.json", help="其他内容")
    act.set_defaults(run=tickets.act)


def _figure_verbs(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    deadline = verbs.add_parser("deadline", help="推算工作日期限", allow_abbrev=False)
    deadline.add_argument("--from", dest="start", type=_day, metavar="DATE")
    deadline.add_argument("--days", type=_not_negative, metavar="N")
    deadline.add_argument("--explain", action="store_true", help="逐日说明")
    deadline.add_argument("--batch", type=Path, metavar="FILE.csv")
    deadline.set_defaults(run=_deadline)
    ranking = verbs.add_parser("ranking", help="综合评分排名", allow_abbrev=False)
    ranking.add_argument("--month", type=_month, metavar="YYYY-MM")
    ranking.add_argument("--from", dest="first", type=_month, metavar="YYYY-MM")
    ranking.add_argument("--to", dest="last", type=_month, metavar="YYYY-MM")
    ranking.add_argument("--group", choices=["township", "department"], default="township")
    ranking.add_argument("--as-of", type=_day, metavar="DATE", help="数据截止日")
    ranking.add_argument("--picture", type=Path, metavar="OUT.png")
    ranking.add_argument("--workbook", type=Path, metavar="OUT.xlsx", help="排名表，公式可复算")
    ranking.set_defaults(run=_ranking)


def _statistics_verbs(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    figure = verbs.add_parser("statistics", help="一段时间的统计", allow_abbrev=False)
    figure.add_argument("--month", type=_month, metavar="YYYY-MM")
    figure.add_argument("--from", dest="first", type=_month, metavar="YYYY-MM")
    figure.add_argument("--to", dest="last", type=_month, metavar="YYYY-MM")
    figure.add_argument("--agency", metavar="NAME")
    figure.set_defaults(run=_statistics)
    briefing = verbs.add_parser("briefing", help="月报", allow_abbrev=False)
    briefing.add_argument("--month", type=_month, required=True, metavar="YYYY-MM")
    briefing.set_defaults(run=statistics.briefing)
    circular = verbs.add_parser("circular", help="通报：印发并写出文件，或写出草稿", allow_abbrev=False)
    circular.add_argument("--month", type=_month, required=True, metavar="YYYY-MM")
    circular.add_argument(
        "--kind", choices=["monthly", "rectification", "annual", "public"], default="monthly"
    )
    circular.add_argument("--out", type=Path, required=True, metavar="DIR")
    circular.add_argument("--draft", action="store_true", help="只写出草稿，不编号")
    circular.set_defaults(run=circulars.circular)


def _closing_verbs(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    listing = verbs.add_parser("months", help="各月份是否封账", allow_abbrev=False)
    listing.set_defaults(run=closing.months)
    close = verbs.add_parser("close-month", help="封账", allow_abbrev=False)
    close.add_argument("month", type=_month, metavar="YYYY-MM")
    close.add_argument("--note", default="", metavar="TEXT", help="封账说明")
    close.set_defaults(run=closing.close)
    reopen = verbs.add_parser("reopen-month", help="重新开账", allow_abbrev=False)
    reopen.add_argument("month", type=_month, metavar="YYYY-MM")
    reopen.add_argument("--reason", required=True, metavar="TEXT", help="为什么重新开账")
    reopen.set_defaults(run=closing.reopen)


def _audit_verbs(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    verify = verbs.add_parser("verify-audit", help="核验审计链", allow_abbrev=False)
    verify.add_argument("--file", type=Path, metavar="F", help="核验导出的文件，不需要数据库")
    verify.add_argument("--head", type=_head, metavar="NO:HASH", help="抄录的链头")
    verify.set_defaults(run=audit.verify)
    export = verbs.add_parser("audit-export", help="导出审计记录", allow_abbrev=False)
    export.add_argument("file", type=Path, metavar="FILE")
    export.set_defaults(run=audit.export)
    head = verbs.add_parser("audit-head", help="审计链的链头，供抄录", allow_abbrev=False)
    head.set_defaults(run=audit.head)


def _people_verbs(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser("people", help="人员", allow_abbrev=False)
    kinds = parser.add_subparsers(dest="what", required=True, metavar="WHAT", parser_class=_Parser)
    listing = kinds.add_parser("list", help="人员列表", allow_abbrev=False)
    listing.add_argument("--group", type=_group, metavar="G", help="、".join(Group))
    listing.set_defaults(run=people.listing)
    kinds.add_parser("requests", help="等待确认的申请", allow_abbrev=False).set_defaults(run=people.requests)
    for name, accept, words in (("confirm", True, "确认申请"), ("refuse", False, "拒绝申请，或撤回自己的")):
        decision = kinds.add_parser(name, help=words, allow_abbrev=False)
        decision.add_argument("request", type=_positive, metavar="N")
        decision.set_defaults(run=people.decide, accept=accept)
    add = _order(kinds, "add", PersonAction.CREATE)
    add.add_argument("name", metavar="NAME", help="姓名")
    _place(add)
    _place(_order(kinds, "regroup", PersonAction.REGROUP))
    _order(kinds, "move", PersonAction.MOVE).add_argument(
        "--agency", metavar="NAME", required=True, help="新单位"
    )
    _order(kinds, "rename", PersonAction.RENAME).add_argument("name", metavar="NAME", help="新姓名")
    head = _order(kinds, "head", PersonAction.SET_HEAD)
    head.add_argument("--off", dest="head", action="store_false", help="取消负责人标记")
    for name in (PersonAction.DISABLE, PersonAction.ENABLE):
        _order(kinds, name.value, name)
    _order(kinds, "reset", PersonAction.RESET_PASSWORD)


def _order(
    kinds: _Verbs[argparse.ArgumentParser], name: str, action: PersonAction
) -> argparse.ArgumentParser:
    parser = kinds.add_parser(name, help=action.label, allow_abbrev=False)
    parser.add_argument("person", metavar="LOGIN", help="账号")
    parser.set_defaults(run=people.order, action=action)
    return parser


def _place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--group", type=_group, required=True, metavar="G", help="、".join(Group))
    parser.add_argument("--agency", metavar="NAME", help="单位责任人的单位")
    parser.add_argument("--head", action="store_true", help="标为负责人")


def _server_verbs(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser("server", help="数据库服务器，以其超级用户连接", allow_abbrev=False)
    kinds = parser.add_subparsers(dest="what", required=True, metavar="WHAT", parser_class=_Parser)
    init = kinds.add_parser("init", help="建库", allow_abbrev=False)
    init.add_argument(
        "--admin", type=_named, action="append", required=True, metavar="LOGIN=NAME", help="管理员，写两次"
    )
    init.add_argument("--place", choices=["sample"], help="同时载入示例县的名录和人员，供培训用")
    upgrade = kinds.add_parser("upgrade", help="升级", allow_abbrev=False)
    upgrade.add_argument("--renew", action="store_true", help="版本相同也重新安装函数、策略和授权")
    check = kinds.add_parser("check", help="检查", allow_abbrev=False)
    admin = kinds.add_parser("admin", help="增加管理员，或重置其密码", allow_abbrev=False)
    admin.add_argument("person", metavar="LOGIN", help="账号")
    admin.add_argument("name", nargs="?", metavar="NAME", help="姓名")
    admin.add_argument("--reset", action="store_true", help="给在用的管理员新的一次性密码")
    backup = kinds.add_parser("backup", help="备份", allow_abbrev=False)
    backup.add_argument("folder", type=Path, metavar="OUT_FOLDER")
    restore = kinds.add_parser("restore", help="恢复", allow_abbrev=False)
    restore.add_argument("folder", type=Path, metavar="FOLDER")
    for verb in (init, upgrade):
        verb.add_argument("--print-sql", action="store_true", help="只打印将要执行的 SQL")
    for verb in (init, admin):
        verb.add_argument("--passwords", type=Path, metavar="OUT.txt", help="一次性密码写入此文件")
    init.set_defaults(run=_server_init)
    admin.set_defaults(run=_server_admin)
    for verb, run in (
        (upgrade, server.upgrade),
        (check, server.check),
        (backup, server.backup),
        (restore, server.restore),
    ):
        verb.set_defaults(run=run)


def _server_init(options: argparse.Namespace) -> object:
    if options.print_sql and (options.place or options.passwords):
        raise Usage("--print-sql 不能与 --place、--passwords 同用：示例县由文件导入，SQL 里没有密码。")
    return server.init(options)


def _server_admin(options: argparse.Namespace) -> object:
    if not options.name and not options.reset:
        raise Usage("请写明新管理员的姓名：server admin LOGIN NAME；重置密码写 --reset。")
    return server.admin(options)


def _named(text: str) -> Named:
    login, _, name = (part.strip() for part in text.partition("="))
    if not login or not name:
        raise argparse.ArgumentTypeError(f"“{text}”不是“账号=姓名”")
    return Named(login, name)


def _deadline(options: argparse.Namespace) -> object:
    if options.batch:
        if options.start or options.days is not None or options.explain:
            raise Usage("--batch 不能与 --from、--days、--explain 同用。")
        return figures.deadlines(options)
    if options.start is None or options.days is None:
        raise Usage("请写明 --from DATE 和 --days N，或 --batch FILE.csv。")
    return figures.deadline(options)


def _ranking(options: argparse.Namespace) -> object:
    _check_period(options)
    return figures.ranking(options)


def _statistics(options: argparse.Namespace) -> object:
    _check_period(options)
    return statistics.statistics(options)


def _check_period(options: argparse.Namespace) -> None:
    if bool(options.month) == bool(options.first or options.last) or bool(options.first) != bool(
        options.last
    ):
        raise Usage("请写明 --month YYYY-MM，或 --from YYYY-MM 和 --to YYYY-MM。")


def _month(text: str) -> date:
    try:
        return parse_month(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是 YYYY-MM 形式的月份") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if len(text) == 10 else _not_a_day(text)
    except ValueError:
        return _not_a_day(text)


def _not_a_day(text: str) -> NoReturn:
    raise argparse.ArgumentTypeError(f"“{text}”不是 YYYY-MM-DD 形式的日期") from None


def _head(text: str) -> Head:
    try:
        return Head.read(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是“编号:校验值”形式的链头") from None


def _group(text: str) -> Group:
    try:
        return Group(text)
    except ValueError:
        groups = "、".join(Group)
        raise argparse.ArgumentTypeError(f"“{text}”不是人员类别，可以是 {groups}") from None


def _not_negative(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"“{text}”不是 0 或正整数")
    return int(text)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"“{text}”不是正整数")
    return int(text)
