"""The columns of the lists of callbacks and samples, and their chips."""

from __future__ import annotations

from typing import Any

from models.rules.callbacks import TRIES, Stand
from views import dates
from views.tables.chips import ChipText
from views.tables.model import Column

_TONES = {
    Stand.DUE: "accent",
    Stand.UNDECIDED: "red",
    Stand.SATISFIED: "green",
    Stand.UNREACHABLE: "amber",
}


def stand_chip(row: Any) -> ChipText:
    """Where it stands; how many calls reached nobody while it is due."""
    if row.state is Stand.DUE and row.tries:
        return ChipText(f"未接通 {row.tries}/{TRIES}", "amber")
    return ChipText(row.state.label, _TONES.get(row.state, "grey"))


def _called(row: Any) -> str:
    return dates.short_moment(row.called_at) if row.called_at else "—"


def _who_called(row: Any) -> str:
    return f"{dates.exact(row.called_at)}　{row.called_by or ''}" if row.called_at else "还没有打过"


def _words(row: Any) -> str:
    return " ".join((row.words or "").split()) or "—"


COLUMNS = (
    Column("state", "回访", 108, lambda r: stand_chip(r).text, kind="chip", chip=stand_chip),
    Column("kind", "类别", 78, lambda r: r.kind.short, lambda r: f"{r.kind.label}（{r.kind.article}）"),
    Column("item", "事项", 150, lambda r: r.item or "事项不明", lambda r: r.item or "", stretch=True),
    Column("agency", "单位", 112, lambda r: r.agency, needs=460),
    Column("rated", "评价时间", 94, lambda r: dates.short_moment(r.opened_at), lambda r: dates.exact(r.opened_at), quiet=True, needs=560),
    Column("called", "上次回访", 94, _called, _who_called, quiet=True, needs=720),
    Column("number", "工单编号", 140, lambda r: r.number or "—", lambda r: r.number or "无省工单编号", needs=860),
    Column("ticket", "工单状态", 84, lambda r: r.ticket_state.label, quiet=True, needs=980),
    Column("words", "对方说", 160, _words, lambda r: r.words or "", quiet=True, needs=1120),
)  # fmt: skip


def settled_chip(row: Any) -> ChipText:
    """How many of a sample were called."""
    done = row.settled == row.drawn
    return ChipText(f"已回访 {row.settled}/{row.drawn}", "green" if done else "accent")


SAMPLE_COLUMNS = (
    Column("settled", "回访", 112, lambda r: settled_chip(r).text, kind="chip", chip=settled_chip),
    Column("month", "月份", 88, lambda r: dates.month(r.month)),
    Column("agency", "单位", 130, lambda r: r.agency, stretch=True),
    Column("stock", "可抽", 60, lambda r: f"{r.stock:,} 件", right=True, needs=420),
    Column("drawn", "抽中", 60, lambda r: f"{r.drawn:,} 件", lambda r: "全部抽中" if r.whole else r.asked, right=True, needs=480),
    Column("seed", "随机种子", 136, lambda r: r.seed, lambda r: f"{r.seed}\n方法 {r.method}", quiet=True, needs=640),
    Column("by", "抽样人", 76, lambda r: r.drawn_by, quiet=True, needs=700),
    Column("at", "抽样时间", 94, lambda r: dates.short_moment(r.drawn_at), lambda r: dates.exact(r.drawn_at), quiet=True, needs=800),
)  # fmt: skip

LINE_COLUMNS = (
    Column("place", "次序", 46, lambda r: str(r.place), right=True),
    Column("number", "工单", 130, lambda r: r.number or f"内部编号 {r.id}", lambda r: f"{r.item or ''}\n内部编号 {r.id}\n散列值 {r.hash}", stretch=True),
    Column("stand", "回访", 96, lambda r: r.stand.label if r.stand else "未抽中", quiet=True),
)  # fmt: skip

STOCK_COLUMNS = (
    Column("agency", "单位", 140, lambda r: r.name, stretch=True),
    Column("stock", "可抽", 62, lambda r: f"{r.stock:,} 件", right=True),
    Column("drawn", "将抽", 112, lambda r: f"{r.drawn:,} 件" + ("（全部）" if r.whole else ""), right=True),
)  # fmt: skip
