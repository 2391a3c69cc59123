"""The verb `self-test`: whether what the program needs is there and works, from fonts to a drawn chart."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app import workspace
from app.clock import SHANGHAI
from app.errors import PingdeskError
from app.rankings.queries import Period, RankedRow, RankingView
from models.rules.ratings import Platform
from models.rules.rulesets import SHIPPED
from models.rules.scoring import AgencyFacts, rank
from views.console.answer import Answer


@dataclass(frozen=True, slots=True)
class Check:
    """One check; `message` says what was found, or what to do."""

    name: str
    ok: bool
    message: str


def self_test(_: argparse.Namespace) -> Answer:
    """Runs every check; exit code 3 where one fails."""
    checks = [
        _check("fonts", _fonts),
        _check("icons", _icons),
        _check("style", _style),
        _check("database", _database),
        _check("migrations", _migrations),
        _check("chart", _chart),
    ]
    ok = all(c.ok for c in checks)
    facts = {"ok": ok, "checks": [{"name": c.name, "ok": c.ok, "message": c.message} for c in checks]}
    lines = [f"{'✓' if c.ok else '✗'} {c.name}：{c.message}" for c in checks]
    return Answer(facts, lines, exit_code=0 if ok else 3)


def _check(name: str, function: Callable[[], str]) -> Check:
    try:
        return Check(name, True, function())
    except (PingdeskError, OSError, AssertionError, ImportError, ValueError) as error:
        return Check(name, False, str(error) or type(error).__name__)


def _fonts() -> str:
    from PySide6.QtGui import QFont, QFontInfo, QFontMetrics, QRawFont

    from views.rankings.picture import ensure_application
    from views.shell import theme

    ensure_application()
    font: QFont = theme.base_font()
    assert QRawFont.fromFont(font).supportsCharacter("差") or QFontMetrics(font).inFontUcs4(ord("差")), (
        "没有中文字体，请安装 fonts-noto-cjk（Windows 自带微软雅黑）"
    )
    return QFontInfo(font).family()  # the one in use, not the one asked for


def _icons() -> str:
    import resources

    count = len(list(resources.path("icons").glob("*.svg")))
    assert count, "图标缺失，请重新安装"
    return f"{count} 个图标"


def _style() -> str:
    from views.shell import theme

    for colors in (theme.LIGHT, theme.DARK):
        assert theme.contrast(colors.text, colors.surface) >= 4.5, "配色对比度不足，请重新安装"
    return "浅色、深色"


def _database() -> str:
    with tempfile.TemporaryDirectory(prefix="pingdesk-") as folder:
        workspace.initialise(Path(folder), fast=True)
        space = workspace.Workspace.open_embedded(Path(folder))
        try:
            return f"内置数据库可用，{len(space.people())} 名人员"
        finally:
            space.close()


def _migrations() -> str:
    newest = workspace.newest_migration()
    assert newest == workspace.SCHEMA_HEAD, "数据表版本与程序不一致，请重新安装"
    return f"数据表版本 {newest}"


def _chart() -> str:
    from views.rankings.picture import picture

    facts = AgencyFacts(
        "检查", 0, {Platform.HALL: {5: 40, 1: 1}}, {Platform.HALL: (30, 41)}, halls=(1, 1), cases_loaded=True
    )
    rows = tuple(RankedRow(r.rank, None, r.score) for r in rank([facts], SHIPPED).rows)
    now = datetime.now(SHANGHAI)
    month = now.date().replace(day=1)
    image = picture(RankingView(Period.month(month), "township", SHIPPED.name, now, rows, ()))
    assert not image.isNull(), "图表画不出来"
    return f"{image.width()}×{image.height()}"
