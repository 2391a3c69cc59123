"""The commands that take steps with records: tickets, suggestions, appeals, callbacks, filings, referrals."""

from __future__ import annotations

from collections.abc import Iterable

from models.rules import appeals, callbacks, filings, referrals
from models.rules.lifecycle import TRANSITIONS, Action
from models.rules.suggestions import MOVES, Step
from views.shell.entries import FILERS, HANDLERS, OFFICERS, Command

_TICKET_ICONS = {
    Action.VERIFY_AND_DISPATCH: "send",
    Action.REJECT: "reject",
    Action.RESTORE: "restore",
    Action.RECALL: "recall",
    Action.ACKNOWLEDGE: "acknowledge",
    Action.DECLINE: "decline",
    Action.INSIST: "insist",
    Action.REDISPATCH: "redispatch",
    Action.CONTRIBUTE: "contribute",
    Action.SUBMIT: "submit",
    Action.RETURN_FOR_REWORK: "rework",
    Action.APPROVE: "approve",
    Action.UNAPPROVE: "unapprove",
    Action.REPORT: "report",
    Action.CONFIRM_CLOSED: "finish",
    Action.REPORT_REFUSED: "refused",
    Action.REOPEN: "reopen",
    Action.REMIND: "remind",
    Action.SUPERVISE: "supervise",
    Action.ANNOTATE: "annotate",
}


def ticket_command(action: Action) -> str:
    """The id of the command that takes an action on the chosen ticket."""
    return f"ticket.{action.value}"


def ticket_commands() -> Iterable[Command]:
    """Every action of a ticket."""
    for action, icon in _TICKET_ICONS.items():
        groups = frozenset(t.group for t in TRANSITIONS if t.action is action)
        yield Command(ticket_command(action), action.label, icon, groups, page="tickets")


_SUGGESTION_ICONS = {
    Step.DISPATCH: "send",
    Step.RECALL: "recall",
    Step.HAND_BACK: "decline",
    Step.ANSWER: "submit",
    Step.RETURN: "rework",
    Step.CLOSE: "finish",
    Step.REOPEN: "reopen",
    Step.SET_ASIDE: "reject",
    Step.RESTORE: "restore",
}


def suggestion_command(step: Step) -> str:
    """The id of the command that takes a step with the chosen suggestion."""
    return f"suggestion.{step.value}"


def suggestion_commands() -> Iterable[Command]:
    """Recording a suggestion and its steps."""
    words = "意见箱 意见簿 邮箱"
    yield Command(
        "suggestion.record", "登记意见", "add", HANDLERS, "Ctrl+Shift+Y", "suggestions", keywords=words
    )
    for step, icon in _SUGGESTION_ICONS.items():
        groups = frozenset(move.group for move in MOVES if move.step is step)
        title = step.label if "意见" in step.label else f"意见：{step.label}"
        yield Command(suggestion_command(step), title, icon, groups, page="suggestions", keywords=words)
    for what, title, icon in (
        ("suggestion.contact", "查看提出人联系方式（留痕）", "key"),
        ("suggestion.days", "意见的期限说明", "soon"),
    ):
        yield Command(what, title, icon, HANDLERS, page="suggestions", keywords=words)


_REFERRAL_ICONS = {
    referrals.Step.NOTE: "annotate",
    referrals.Step.NAME: "people",
    referrals.Step.CLOSE: "finish",
}


def referral_command(step: referrals.Step) -> str:
    """The id of the command that takes a step with the chosen referral."""
    return f"referral.{step.value}"


def referral_commands() -> Iterable[Command]:
    """Making a referral and its steps."""
    words = "违纪 违法 纪委 监察"
    yield Command("referral.make", "移送线索", "referral", OFFICERS, page="tickets", keywords=words)
    said = "从申诉移送线索"
    yield Command("referral.make_from_appeal", said, "referral", OFFICERS, page="appeals", keywords=words)
    for step, icon in _REFERRAL_ICONS.items():
        yield Command(
            referral_command(step), f"线索移送：{step.label}", icon, page="referrals", keywords=words
        )


_APPEAL_ICONS = {
    appeals.Step.RETURN: "rework",
    appeals.Step.SUPPLEMENT: "submit",
    appeals.Step.WITHDRAW: "recall",
    appeals.Step.UPHOLD: "approve",
    appeals.Step.DISMISS_BY_AGENCY: "reject",
    appeals.Step.CORRECT: "edit",
    appeals.Step.DISMISS: "reject",
}


def appeal_command(step: appeals.Step) -> str:
    """The id of the command that takes a step with the chosen appeal."""
    return f"appeal.{step.value.removeprefix('appeal_')}"


def appeal_commands() -> Iterable[Command]:
    """Filing an appeal and its steps."""
    words = "误评 恶意评价 修正"
    yield Command("appeal.file", "提出申诉", "appeal", HANDLERS, "Ctrl+Alt+S", "tickets", keywords=words)
    for step, icon in _APPEAL_ICONS.items():
        groups = frozenset(m.group for m in appeals.MOVES if m.step is step and m.group is not None)
        title = step.label if "申诉" in step.label else f"申诉：{step.label}"
        yield Command(appeal_command(step), title, icon, groups, page="appeals", keywords=words)
    yield Command("appeal.days", "申诉的期限说明", "soon", HANDLERS, page="appeals", keywords=words)


_CALLBACK_ICONS = {
    callbacks.Step.CALL: "call",
    callbacks.Step.REOPEN: "reopen",
    callbacks.Step.LEAVE: "finish",
}


def callback_command(step: callbacks.Step) -> str:
    """The id of the command that takes a step with the chosen callback."""
    return f"callback.{step.value}"


def callback_commands() -> Iterable[Command]:
    """Calls, what is done about somebody unsatisfied, samples."""
    for step, icon in _CALLBACK_ICONS.items():
        title = step.label if step is callbacks.Step.CALL else f"回访不满意：{step.label}"
        key = "Ctrl+Alt+R" if step is callbacks.Step.CALL else None
        yield Command(
            callback_command(step), title, icon, step.groups, key, "callbacks", keywords="电话 满意"
        )
    for what, title, icon, groups, shortcut, words in (
        ("next", "下一件回访", "next", HANDLERS, "Ctrl+Alt+N", "下一个 电话"),
        ("contact", "查看回访对象联系方式（留痕）", "key", HANDLERS, None, "电话 评价人"),
        ("draw", "抽取回访样本", "scatter", OFFICERS, None, "抽样 抽查 随机 种子"),
        ("check", "重新抽取核对", "verify", OFFICERS, None, "抽样 种子 验证"),
        ("export", "导出回访清单", "save", HANDLERS, "Ctrl+Alt+L", "excel csv 表格"),
        ("print", "打印回访抽样单", "printer", OFFICERS, None, "文书 PDF 预览 Word"),
    ):
        yield Command(f"callback.{what}", title, icon, groups, shortcut, "callbacks", keywords=words)


_FILING_ICONS = {
    filings.Step.RECEIVE: "sign",
    filings.Step.ANSWER: "approve",
    filings.Step.RETURN: "rework",
    filings.Step.RESUBMIT: "redispatch",
    filings.Step.CANCEL: "recall",
}


def filing_command(step: filings.Step) -> str:
    """The id of the command that takes a step with the chosen filing."""
    return f"filing.{step.value}"


def filing_commands() -> Iterable[Command]:
    """A new filing, the steps of one, and its ways out."""
    words = "数据管理局 报送 修正 整改结果"
    yield Command("filing.make", "报送备案", "filing", OFFICERS, "Ctrl+Alt+B", page="filings", keywords=words)
    for step, icon in _FILING_ICONS.items():
        groups = frozenset(move.group for move in filings.MOVES if move.step is step)
        yield Command(
            filing_command(step), f"备案：{step.label}", icon, groups, page="filings", keywords=words
        )
    for what, title, icon, more in (
        ("print", "打印备案报告", "printer", "文书 PDF Word 预览"),
        ("export", "导出备案明细", "save", "excel csv 表格"),
    ):
        yield Command(f"filing.{what}", title, icon, FILERS, page="filings", keywords=f"{words} {more}")


def circular_commands() -> Iterable[Command]:
    """A new circular, and what is done with the chosen one."""
    for what, title, icon, shortcut in (
        ("make", "起草通报", "edit", "Ctrl+Alt+G"),
        ("write", "编辑通报草稿", "edit", None),
        ("issue", "印发通报", "send", None),
        ("withdraw", "撤销通报", "recall", None),
        ("drop", "删除通报草稿", "close", None),
    ):
        yield Command(
            f"circular.{what}", title, icon, OFFICERS, shortcut, "circulars", keywords="公文 红头 文号"
        )
