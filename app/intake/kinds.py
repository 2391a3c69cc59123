"""The kinds of files, and the fields that each kind's rows carry."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a file is."""

    REGISTRY = "registry"
    RATINGS = "ratings"
    TICKETS = "tickets"
    SUMMARY = "summary"
    CASES = "cases"
    CALENDAR = "calendar"

    @property
    def holds_all_or_part(self) -> bool:
        """Whether an officer says of such a file that it holds all of its months (全量) or a part."""
        return self in (Kind.RATINGS, Kind.CASES)

    @property
    def label(self) -> str:
        """The kind's Chinese name."""
        return _LABELS[self.value]


_LABELS = {
    "registry": "机构名录",
    "ratings": "评价明细",
    "tickets": "省差评工单",
    "summary": "办件评价汇总",
    "cases": "办件明细",
    "calendar": "放假安排",
}


class Sheet(StrEnum):
    """What one sheet holds; a registry has three sorts, every other file one."""

    TICKETS = "tickets"
    RATINGS = "ratings"
    SUMMARY = "summary"
    CASES = "cases"
    HALLS = "halls"
    ITEMS = "items"
    AGENCIES = "agencies"
    CALENDAR = "calendar"

    @property
    def kind(self) -> Kind:
        """The kind of file such a sheet belongs to."""
        if self in (Sheet.HALLS, Sheet.ITEMS, Sheet.AGENCIES):
            return Kind.REGISTRY
        return Kind(self.value)


#: Chinese names of the fields, as they are shown beside a column and in a sentence.
FIELD_LABELS = {
    "accepted_at": "受理时间",
    "agency": "机构",
    "agency_code": "机构统一社会信用代码",
    "arrangement": "安排",
    "area_code": "行政区划",
    "batch_number": "批次号",
    "case_number": "办件编号",
    "case_status": "办件状态",
    "case_type": "办件类型",
    "cases": "办件数",
    "cases_rated": "主动评价办件数",
    "channel": "评价渠道",
    "counter": "窗口名称",
    "counters": "窗口数",
    "created_at": "工单生成时间",
    "day": "日期",
    "defaults": "其中默认好评",
    "device": "评价设备",
    "finished_at": "办结时间",
    "hall": "大厅",
    "is_default": "是否默认",
    "item": "事项名称",
    "item_code": "事项编码",
    "kind": "类别",
    "labels": "评价标签",
    "level": "满意度",
    "level_1": "非常不满意",
    "level_2": "不满意",
    "level_3": "基本满意",
    "level_4": "满意",
    "level_5": "非常满意",
    "month": "期间",
    "number": "工单编号",
    "office": "责任股室",
    "person": "责任人",
    "phone": "联系电话",
    "platform": "业务平台",
    "rated_at": "评价时间",
    "rater_identity": "证件号",
    "rater_name": "评价人",
    "rater_phone": "联系方式",
    "rating_number": "评价次数",
    "reason": "评价内容",
    "service_number": "服务次数",
    "staff": "窗口人员",
    "standing": "排序",
    "target": "评价对象",
    "theme_number": "一件事编号",
    "why": "说明",
}
