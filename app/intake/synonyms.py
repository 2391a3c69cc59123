"""Headings by which a column is known: county exports, national field names, and others that occur.

Compared without case, spaces, stars and colons, full width as half width. A heading that stands for two
fields stands under the one it means in that sort of sheet.
"""

from __future__ import annotations

from app.intake.kinds import Sheet

_AGENCY = (
    "被评价部门 被评价单位 被评价机构 评价部门 受理部门 受理单位 受理机构 办理部门 "
    "办理单位 承办部门 承办单位 实施部门 实施主体  "
    "部门名称 部门 单位 单位名称 机构 机构名称 所属部门 所属单位 所属机构 责任部门 责任单位 政务服务机构 "
    "proDepart deptName orgName departName"
)
_AGENCY_CODE = (
    "部门统一社会信用代码 统一社会信用代码 信用代码 部门编码 部门代码 机构编码 机构代码 deptCode orgCode"
)
_CASE = (
    "办件编号 办件编码 办件号 办件流水号 业务流水号 办件业务流水号 业务编号 受理编号 "
    "受理号 申办流水号 申请编号 办件ID  "
    "projectNo projectId caseNo proNo"
)
_ITEM = "事项名称 服务事项 服务事项名称 政务服务事项 事项 办理事项 办理事项名称 业务名称 taskName itemName"
_ITEM_CODE = (
    "事项编码 事项代码 实施编码 事项实施编码 基本编码 服务事项编码 taskCode itemCode "
    "办理项编码 业务办理项编码 taskHandleItem"
)
_PLATFORM = "业务平台 办件来源平台 平台 平台名称 办理平台 办理渠道 评价平台 来源平台 业务来源 platform"
_HALL = (
    "大厅名称 大厅 大厅/分厅 政务大厅 政务服务大厅 服务大厅 实体大厅名称 办事大厅 "
    "大厅(分厅) 分厅名称 网点名称 服务网点 hallName"
)
_LEVEL = (
    "满意度 评价等级 评价结果 评价级别 满意等级 满意程度 评价满意度 星级 总体评价 "
    "评价得分 评价分值 satisfaction"
)
_LABELS = "评价指标 评价标签 标签 差评标签 评价指标代码 标签代码 评价选项 评价详情 evalDetail"
_REASON = (
    "评价理由 评价内容 文字评价 评价意见 评价描述 差评原因 差评理由 差评内容 其他意见 "
    "意见建议 用户评价内容 writingEvaluation"
)
_RATED_AT = "评价时间 评价日期 评议时间 assessTime evaluateTime"
_RATER = "评价人员 评价人 评价人姓名 评价用户 办事人 办事人姓名 申请人 申请人姓名 群众姓名 姓名 userName"
_PHONE = "联系方式 联系电话 手机 手机号 手机号码 电话 评价人电话 评价人手机 联系手机 mobile phone"

_AREA = "辖区编码 行政区划 行政区划代码 行政区划编码 区划代码 区划编码 辖区代码 所属区划 areaCode"
_ACCEPTED_AT = "受理时间 受理日期 申请时间 收件时间 受理完成时间 acceptDate acceptTime"
_FINISHED_AT = (
    "办结时间 办结日期 办理完成时间 办理结束时间 实际办结时间 完成时间 resultDate resultTime finishTime"
)
_CASE_TYPE = "办件类型 promiseTime"
_CASE_STATUS = "办件状态 办理状态 办件状态名称 当前状态 proStatus"

_RATINGS = {
    "case_number": _CASE,
    "area_code": _AREA,
    "agency": _AGENCY,
    "agency_code": _AGENCY_CODE,
    "item": _ITEM,
    "item_code": _ITEM_CODE,
    "platform": _PLATFORM,
    "channel": "评价渠道 评价来源 渠道 评价终端 评价方式 pf",
    "hall": _HALL,
    "counter": "窗口名称 窗口 办事窗口 服务窗口 受理窗口 窗口编号 窗口号 winname winNo",
    "staff": (
        "窗口人员 窗口人员姓名 工作人员 工作人员姓名 服务人员 经办人 办理人员 受理人员 "
        "被评价人 被评价人员 winusername proManager"
    ),
    "level": _LEVEL,
    "labels": _LABELS,
    "reason": _REASON,
    "rated_at": _RATED_AT,
    "is_default": "是否默认 是否默认评价 默认评价 是否默认好评 是否系统默认 默认好评 评价类型 isdefault",
    "rating_number": "评价次数 评价次序 评价序次 第几次评价 是否追评 assessNumber",
    "service_number": "服务次数 服务次序 服务序次 serviceNumber",
    "target": "评价对象 被评价对象 评价对象类型 assessTarget",
    "accepted_at": _ACCEPTED_AT,
    "finished_at": _FINISHED_AT,
    "case_type": _CASE_TYPE,
    "case_status": _CASE_STATUS,
    "rater_name": _RATER,
    "rater_phone": _PHONE,
    "rater_identity": "证件号 证件号码 身份证号 身份证号码 评价人证件号 certKey certkeyGOV",
}

_TICKETS = {
    "number": (
        "工单编号 工单号 差评工单编号 差评工单号 差评编号 工单编码 工单流水号 省工单编号 "
        "orderNo workOrderNo ticketNo"
    ),
    "case_number": _CASE,
    "created_at": (
        "工单生成时间 工单创建时间 生成时间 创建时间 工单时间 派单时间 下发时间 转办时间 "
        "createTime createDate"
    ),
    "rated_at": _RATED_AT,
    "level": _LEVEL,
    "labels": _LABELS,
    "reason": _REASON,
    "item": _ITEM,
    "agency": _AGENCY,
    "agency_code": _AGENCY_CODE,
    "platform": _PLATFORM,
    "rater_name": _RATER,
    "rater_phone": _PHONE,
}

_SUMMARY = {
    "month": "期间 月份 统计月份 统计期间 统计周期 年月 统计年月 所属月份 month period",
    "agency": _AGENCY,
    "platform": _PLATFORM,
    "hall": _HALL,
    "cases": "办件数 办件量 办件总数 办件总量 业务量 办件数量 cases",
    "cases_rated": (
        "主动评价办件数 主动评价数 主动评价量 已评价办件数 参评办件数 主动参评办件数 参评数 cases_rated"
    ),
    "level_5": "非常满意 非常满意数 非常满意数量",
    "level_4": "满意 满意数 满意数量",
    "level_3": "基本满意 基本满意数 基本满意数量 一般",
    "level_2": "不满意 不满意数 不满意数量",
    "level_1": "非常不满意 非常不满意数 非常不满意数量",
    "defaults": "其中默认好评 默认好评 默认好评数 默认评价数 默认数 系统默认",
}

_CASES = {
    "case_number": _CASE,
    "area_code": _AREA,
    "agency": _AGENCY,
    "agency_code": _AGENCY_CODE,
    "item": _ITEM,
    "item_code": _ITEM_CODE,
    "platform": _PLATFORM + " 申报渠道 受理渠道 申办渠道 办件来源 受理方式 申请方式",
    "hall": _HALL,
    "accepted_at": _ACCEPTED_AT,
    "finished_at": _FINISHED_AT,
    "case_status": _CASE_STATUS,
    "case_type": _CASE_TYPE,
    "batch_number": "批次号 批次编号 批量号 批量编号 批量办件号 批量办理编号 batchNo batchNumber batchId",
    "theme_number": (
        "一件事编号 一件事办件编号 一件事办件号 一件事流水号 主题办件编号 主题编号 主题服务编号 "
        "联办编号 联办件编号 联办流水号 themeNo themeProjectNo"
    ),
}

_HALLS = {
    "agency": _AGENCY,
    "hall": _HALL + " 名称",
    "counters": "窗口数 窗口数量 窗口个数 服务窗口数",
    "device": "评价设备 评价器 设备 设备类型 评价方式",
}

_ITEMS = {
    "item_code": _ITEM_CODE,
    "item": _ITEM,
    "agency": "主管部门 主管单位 " + _AGENCY,
}

_AGENCIES = {
    "agency": _AGENCY + " 名称",
    "agency_code": _AGENCY_CODE,
    "kind": "类别 机构类别 机构类型 单位类别",
    "office": "责任股室 责任科室 股室 科室 承办股室",
    "person": "责任人 负责人 联系人 责任人姓名",
    "phone": "联系电话 电话 责任人电话 办公电话 手机 联系方式",
    "standing": "排序 序号 排列 顺序 次序",
}

_CALENDAR = {
    "day": "日期 日子 date day",
    "arrangement": "安排 放假安排 班休 休班 上班/放假 是否上班",
    "why": "说明 节日 节假日 名称 备注",
}


#: Field → its headings, for each sort of sheet.
HEADINGS: dict[Sheet, dict[str, tuple[str, ...]]] = {
    sheet: {field: tuple(words.split()) for field, words in table.items()}
    for sheet, table in {
        Sheet.RATINGS: _RATINGS,
        Sheet.TICKETS: _TICKETS,
        Sheet.SUMMARY: _SUMMARY,
        Sheet.CASES: _CASES,
        Sheet.HALLS: _HALLS,
        Sheet.ITEMS: _ITEMS,
        Sheet.AGENCIES: _AGENCIES,
        Sheet.CALENDAR: _CALENDAR,
    }.items()
}

#: Fields by which a sort of sheet is known: all of the first set, and one at least of the second.
MARKS: dict[Sheet, tuple[frozenset[str], frozenset[str]]] = {
    Sheet.TICKETS: (frozenset({"number"}), frozenset({"case_number", "agency", "reason"})),
    Sheet.RATINGS: (frozenset({"case_number", "level"}), frozenset()),
    Sheet.SUMMARY: (frozenset({"month", "agency", "cases"}), frozenset()),
    Sheet.CASES: (frozenset({"case_number"}), frozenset({"finished_at", "accepted_at", "case_status"})),
    Sheet.HALLS: (frozenset({"hall", "agency"}), frozenset({"counters", "device"})),
    Sheet.ITEMS: (frozenset({"item", "item_code"}), frozenset()),
    Sheet.AGENCIES: (frozenset({"agency"}), frozenset({"kind", "office"})),
    Sheet.CALENDAR: (frozenset({"day", "arrangement"}), frozenset()),
}

#: Fields of other sorts of sheet that this one never has: a rating detail whose column of levels is missing or a
#: list of tickets is not taken for cases.
BARRED: dict[Sheet, tuple[tuple[Sheet, str], ...]] = {
    Sheet.CASES: ((Sheet.RATINGS, "level"), (Sheet.RATINGS, "rated_at"), (Sheet.TICKETS, "number")),
}

#: Fields without which such a sheet cannot be loaded; one field of each group must be there.
REQUIRED: dict[Sheet, tuple[tuple[str, ...], ...]] = {
    Sheet.TICKETS: (("agency", "agency_code"), ("created_at", "rated_at")),
    Sheet.RATINGS: (("agency", "agency_code"), ("rated_at",)),
    Sheet.SUMMARY: (("platform",),),
    Sheet.CASES: (("agency", "agency_code"), ("finished_at",)),
    Sheet.HALLS: (),
    Sheet.ITEMS: (),
    Sheet.AGENCIES: (),
    Sheet.CALENDAR: (),
}

#: Headings that a workbook of refused rows adds; ignored when it is dropped again.
OWN_HEADINGS = ("原因", "原位置")
