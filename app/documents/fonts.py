"""The faces of official papers and, where a computer lacks them, what stands in; told in the preview.

The prescribed fonts may not be shipped: each face has a list, the first family that is installed is taken.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Face(StrEnum):
    """A face, named as the standard names it."""

    FANGSONG = "仿宋_GB2312"
    KAITI = "楷体_GB2312"
    HEITI = "黑体"
    TITLE = "方正小标宋简体"
    SONGTI = "宋体"


#: Families that are the face itself under another name, or its newer edition.
_SAME = {
    Face.FANGSONG: ("仿宋_GB2312", "FangSong_GB2312", "仿宋", "FangSong"),
    Face.KAITI: ("楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi"),
    Face.HEITI: ("黑体", "SimHei"),
    Face.TITLE: ("方正小标宋简体", "FZXiaoBiaoSong-B05S"),
    Face.SONGTI: ("宋体", "SimSun"),
}
_SERIF = ("Noto Serif CJK SC", "Source Han Serif SC", "思源宋体", "宋体", "SimSun")
_SANS = (
    "Microsoft YaHei",
    "微软雅黑",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "思源黑体",
    "Droid Sans Fallback",
)
_INSTEAD = {
    Face.FANGSONG: ("华文仿宋", "STFangsong", *_SERIF, *_SANS),
    Face.KAITI: ("华文楷体", "STKaiti", *_SERIF, *_SANS),
    Face.HEITI: ("华文黑体", "STHeiti", *_SANS),
    Face.TITLE: ("华文中宋", "STZhongsong", *_SERIF, *_SANS),
    Face.SONGTI: (*_SERIF, *_SANS),
}
#: Faces that are darker than what stands in for them: it is set bold.
_DARK = {Face.TITLE}
_DARK_ENOUGH = {"华文中宋", "STZhongsong"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a face is set in. `family` is empty where nothing of the lists is installed."""

    face: Face
    family: str
    bold: bool
    substituted: bool


@dataclass(frozen=True, slots=True)
class Fonts:
    """The choice for every face."""

    chosen: tuple[Chosen, ...]

    def of(self, face: Face) -> Chosen:
        """What a face is set in."""
        return next(c for c in self.chosen if c.face is face)

    def substitutions(self) -> tuple[str, ...]:
        """Each face that is not there, with what stands in for it."""
        return tuple(
            f"{c.face.value} → {c.family or '系统默认字体'}{'（加粗）' if c.bold else ''}"
            for c in self.chosen
            if c.substituted
        )


def instead(face: Face) -> tuple[str, ...]:
    """The families that may stand in for a face, the best first."""
    return (*(name for name in _SAME[face] if name != face.value), *_INSTEAD[face])


def choose(installed: Collection[str]) -> Fonts:
    """The best installed family for each face."""
    return Fonts(tuple(_choose(face, installed) for face in Face))


def _choose(face: Face, installed: Collection[str]) -> Chosen:
    own = next((name for name in _SAME[face] if name in installed), None)
    if own is not None:
        return Chosen(face, own, bold=False, substituted=False)
    family = next((name for name in _INSTEAD[face] if name in installed), "")
    return Chosen(face, family, bold=face in _DARK and family not in _DARK_ENOUGH, substituted=True)
