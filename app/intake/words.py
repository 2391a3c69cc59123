"""Words of the trade to codes: platforms, channels, labels, yes and no, totals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.intake.cells import Bad, is_empty, spelled, text
from models.rules.ratings import CHANNELS, Platform, label_level

_PLATFORM_WORDS = {
    Platform.PORTAL: "广东政务服务网 政务网 网上办事大厅 网厅 pc端 政务服务网(pc端) 门户网站 政务服务门户 网上 网上办理 网上申请 网上申报 网办",
    Platform.YUESHENGSHI: "粤省事小程序 粤省事app",
    Platform.YUESHANGTONG: "粤商通app",
    Platform.APP: "app 政务服务app 移动端 政务app(移动端) 手机app",
    Platform.HALL: "大厅 政务大厅 政务服务大厅 办事大厅 线下大厅 服务大厅 窗口 实体窗口 线下窗口 线下 窗口办理 窗口申请 窗口受理 现场办理",
    Platform.KIOSK: "自助机 自助服务终端 自助一体机 政务服务一体机 粤智助",
    Platform.HOTLINE: "12345 热线 12345政务服务热线 政务服务热线 政务服务便民热线 12345政务服务便民热线",
    Platform.AGENCY_SYSTEM: "部门自建系统 自建业务系统 业务系统 部门系统",
    Platform.MINI_PROGRAM: "小程序 微信小程序 政务小程序",
    Platform.PAPER: "书面评价 纸质评价表 书面",
    Platform.SUGGESTION: "意见箱 意见簿 意见邮箱 邮箱 意见箱/意见簿/邮箱 意见箱、簿、邮箱",
}

PLATFORMS: dict[str, Platform] = {
    word: platform
    for platform, words in _PLATFORM_WORDS.items()
    for word in (spelled(platform.label).lower(), platform.value, *words.split())
}

_CHANNEL_WORDS = {
    1: "pc 网页 电脑端",
    2: "移动 手机端 app",
    3: "扫码 二维码评价",
    4: "平板 大厅平板 政务大厅平板电脑",
    5: "其他终端 大厅其他终端 评价器 窗口评价器",
    6: "短信评价",
    7: "默认 系统默认评价 系统默认好评",
}

_CHANNELS: dict[str, int] = {
    word: code
    for code, label in CHANNELS.items()
    for word in (str(code), label, *_CHANNEL_WORDS[code].split())
}

_TRUE = frozenset({"是", "1", "y", "yes", "true", "t", "默认", "默认评价", "系统默认", "默认好评"})
_FALSE = frozenset({"否", "0", "n", "no", "false", "f", "主动", "主动评价", "非默认"})
_TARGETS = {
    "事项": "item",
    "服务事项": "item",
    "办件": "item",
    "item": "item",
    "1": "item",
    "人员": "staff",
    "服务人员": "staff",
    "工作人员": "staff",
    "窗口人员": "staff",
    "窗口工作人员": "staff",
    "staff": "staff",
    "2": "staff",
}
_RATING_NUMBERS = {
    "1": 1,
    "首次": 1,
    "首次评价": 1,
    "初次评价": 1,
    "否": 1,
    "2": 2,
    "追加": 2,
    "追加评价": 2,
    "追评": 2,
    "是": 2,
}

_CASE_STATES = {
    **dict.fromkeys(("1", "待受理", "未受理", "已收件", "收件", "预受理", "已申请", "待办"), 1),
    **dict.fromkeys(("2", "已受理", "受理", "在办", "办理中", "在办中", "审批中", "待办结"), 2),
    **dict.fromkeys(("3", "已办结", "办结", "办理完成", "已完成", "完结", "已办", "准予办结"), 3),
}

_TOTALS = ("合计", "总计", "小计", "共计", "总数", "累计", "本页", "本月合计", "全市合计", "全县合计")
_SIGNED = ("制表", "填表", "审核人")
_TOTAL_ROW = re.compile(r"共\d+(条|件|行|笔|个|项)")
_NOTES = ("注:", "注：", "备注", "说明", "制表", "填表", "导出", "审核人", "统计时间")


def platform(cell: Any) -> Platform | Bad | None:
    """业务平台 by any of its names."""
    plain = spelled(cell).lower()
    return PLATFORMS.get(plain, Bad("不认识的业务平台")) if plain else None


def channel(cell: Any) -> int | Bad | None:
    """评价渠道, a code 1–7."""
    plain = spelled(cell).lower()
    return _CHANNELS.get(plain, Bad("不认识的评价渠道")) if plain else None


def platform_of_channel(channel_code: int | None, *, at_hall: bool) -> Platform:
    """The platform where a file names none (ours).

    pc 政务服务网, mobile 政务APP, codes and hall devices 实体大厅; SMS and default tell nothing: 实体大厅
    where a hall or counter is named, else 政务服务网.
    """
    if at_hall or channel_code in (3, 4, 5):
        return Platform.HALL
    return Platform.APP if channel_code == 2 else Platform.PORTAL


def flag(cell: Any) -> bool | Bad | None:
    """Yes or no."""
    plain = spelled(cell).lower()
    if not plain:
        return None
    return True if plain in _TRUE else False if plain in _FALSE else Bad("应为“是”或“否”")


def target(cell: Any) -> str | Bad:
    """What is rated (Art. 5): item (default) or staff."""
    return _TARGETS.get(spelled(cell).lower() or "item", Bad("评价对象应为“事项”或“人员”"))


def case_status(cell: Any) -> int | Bad | None:
    """办件状态: 1 not yet accepted, 2 under way, 3 finished."""
    plain = spelled(cell)
    return _CASE_STATES.get(plain, Bad("不认识的办件状态")) if plain else None


def rating_number(cell: Any) -> int | Bad:
    """1 first (default), 2 follow-up (Art. 21)."""
    return _RATING_NUMBERS.get(spelled(cell) or "1", Bad("评价次数应为1（首次）或2（追加）"))


def level(cell: Any, table: Mapping[str, int]) -> int | Bad:
    """The level 1–5 by a profile's table; also where code and text stand together (5-非常满意)."""
    plain = spelled(cell)
    if not plain:
        return Bad("没有满意度")
    found = table.get(plain) or table.get(plain.removesuffix("星").removesuffix("分"))
    if found:
        return found
    parts = {
        table.get(part) for part in re.split(r"[-_:;.,、/()|]|(?<=\d)(?=\D)|(?<=\D)(?=\d)", plain) if part
    }
    alone = parts.pop() if len(parts) == 1 else None
    return alone or Bad("满意度不在五级之内")


_PAIR = re.compile(r"(.*),\s*(\d{3})\s*")
_SEPARATORS = str.maketrans("｜，；", "|,;")


def labels(cell: Any) -> tuple[tuple[str, ...], str | None]:
    """Label codes and the free text between them. Matched by code, never by text.

    `207,208` · `207|208` · `文本,207|文本,208|自由文字` · 207 as a number, or 207208 where a spreadsheet
    took the comma of two codes for a thousands sign.
    """
    whole = text(cell)
    if whole is None:
        return (), None
    plain = whole.translate(_SEPARATORS)
    if plain.isdecimal() and len(plain) % 3 == 0:
        plain = ",".join(plain[i : i + 3] for i in range(0, len(plain), 3))
    codes: list[str] = []
    free: list[str] = []
    for part in re.split(r"[|;]", plain):
        pair = _PAIR.fullmatch(part)
        if pair and not pair[1].replace(",", "").replace(" ", "").isdecimal():
            codes.append(pair[2])
        else:
            _loose_labels(part, codes, free)
    return tuple(dict.fromkeys(codes)), "；".join(free) or None


def _loose_labels(part: str, codes: list[str], free: list[str]) -> None:
    """Codes between commas; where a piece is none, the whole part is free text."""
    pieces = [spelled(piece) for piece in part.split(",") if piece.strip()]
    if pieces and all(label_level(piece) for piece in pieces):
        codes.extend(pieces)
    elif part.strip():
        free.append(part.strip())


def is_no_data(row: Sequence[Any]) -> bool:
    """Whether a row below the heading is none of the data: empty, a total, or a note by itself."""
    filled = [cell for cell in row if not is_empty(cell)]
    if not filled:
        return True
    first = spelled(filled[0])
    second = spelled(filled[1]) if len(filled) > 1 else ""
    if first.startswith(_TOTALS) or second in _TOTALS or _TOTAL_ROW.match(first):
        return True
    return first.startswith(_NOTES) and (len(filled) == 1 or (len(filled) <= 3 and first.startswith(_SIGNED)))
