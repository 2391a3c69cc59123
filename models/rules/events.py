"""What the log knows of: every action of an event with its Chinese name, and the matter it belongs to."""

from __future__ import annotations

from enum import StrEnum

from models.rules import appeals, callbacks, circulars, filings, referrals, suggestions
from models.rules.lifecycle import Action


class Matter(StrEnum):
    """What events are about, as the auditor looks for them."""

    TICKETS = "tickets"
    CONTACT = "contact"
    IMPORTS = "imports"
    PEOPLE = "people"
    CONFIGURATION = "configuration"
    EXPORTS = "exports"
    SUGGESTIONS = "suggestions"
    STATISTICS = "statistics"
    APPEALS = "appeals"
    CALLBACKS = "callbacks"
    FILINGS = "filings"
    CIRCULARS = "circulars"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _MATTER_LABELS[self.value]

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions that belong to it."""
        return tuple(_ACTIONS[self])


_MATTER_LABELS = {
    "tickets": "工单办理",
    "contact": "查看联系方式",
    "imports": "数据导入",
    "people": "人员与密码",
    "configuration": "规则与配置",
    "exports": "导出与备份",
    "suggestions": "意见建议",
    "statistics": "统计与考评",
    "appeals": "申诉与修正",
    "callbacks": "回访",
    "filings": "备案与追责",
    "circulars": "通报",
}

_ACTIONS: dict[Matter, dict[str, str]] = {
    Matter.TICKETS: {
        "opened": "工单生成",
        "joined": "并入省平台工单",
        "revised": "省平台更正评价",
        "deadline_moved": "期限重新计算",
        "attached": "添加附件",
        "detached": "移除附件",
        "numbered": "文书编号",
        **{action.value: action.label for action in Action},
    },
    Matter.CONTACT: {"reveal_contact": "查看联系方式"},
    Matter.IMPORTS: {"import": "导入", "calendar_imported": "工作日历变动"},
    Matter.PEOPLE: {
        "person_changed": "人员变动",
        "person_requested": "申请人员变动",
        "request_confirmed": "确认人员变动",
        "request_refused": "拒绝人员变动",
        "request_withdrawn": "撤回人员变动申请",
        "password_reset": "重置密码",
        "password_changed": "修改本人密码",
    },
    Matter.CONFIGURATION: {"configured": "修改配置", "upgraded": "升级数据库"},
    Matter.EXPORTS: {"export": "导出", "backup": "备份"},
    Matter.SUGGESTIONS: {
        suggestions.RECORDED_EVENT: "登记意见",
        suggestions.REVEALED_EVENT: "查看提出人联系方式",
        **{step.value: step.label for step in suggestions.Step},
    },
    Matter.STATISTICS: {
        "month_closed": "封账",
        "month_reopened": "重新开账",
        "rule_set_put": "规则集施行",
        "rule_set_dropped": "撤销规则集",
        "weights_put": "指标权重施行",
        "assessed": "录入评价值",
        "assessment_withdrawn": "撤回评价值",
        "improvement_issued": "下达限期整改",
        "improvement_answer": "报告整改情况",
        "improvement_accept": "整改核查通过",
        "improvement_return": "整改退回",
        "improvement_cancel": "撤销限期整改",
        "improvement_deadline": "限期整改期限重新计算",
    },
    Matter.APPEALS: {
        appeals.FILED_EVENT: "提出申诉",
        appeals.ADMITTED_EVENT: "准许逾期申诉",
        appeals.DEADLINE_EVENT: "申诉核实期限重新计算",
        **appeals.FILE_EVENTS,
        **{step.value: step.label for step in appeals.Step},
    },
    Matter.CALLBACKS: callbacks.EVENTS,
    Matter.FILINGS: {
        filings.MADE_EVENT: "报送备案",
        **{step.value: step.label for step in filings.Step},
        **referrals.EVENTS,
    },
    Matter.CIRCULARS: circulars.EVENTS,
}
_LABELS = {action: label for actions in _ACTIONS.values() for action, label in actions.items()}


def label(action: str) -> str:
    """The action's Chinese name; one that a newer program wrote stays as it is."""
    return _LABELS.get(action, action)


def known() -> tuple[str, ...]:
    """Every action that has a name."""
    return tuple(_LABELS)


def named_like(text: str) -> tuple[str, ...]:
    """The actions whose name contains what was typed."""
    return tuple(action for action, name in _LABELS.items() if text in name)
