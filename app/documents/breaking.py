"""Where a line of Chinese ends: what may not begin it, what may not end it, what may not be torn apart (禁则)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

#: May not begin a line.
CLOSING = frozenset("、，。；：？！”’）》〉】〕」』…—％‰℃·,.;:?!)]}%")
#: May not end a line.
OPENING = frozenset("“‘（《〈【〔「『([{￥$№")
#: Fullwidth marks whose right half is empty: at the end of a line half a character is enough for them.
_HALF = frozenset("、，。；：？！”’）》〉】〕」』")
_UNIT = re.compile(r"[A-Za-z0-9*_.+#@/\\%&=:-]+|—+|…+|.", re.DOTALL)

Width = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `full`: it is followed by another of the same paragraph, and set out to the full width."""

    text: str
    full: bool


def units(text: str, width: Width, longest: float) -> list[str]:
    """What a line is made of: characters, and words or numbers that stay whole where a line can hold them."""
    made: list[str] = []
    for unit in _UNIT.findall(" ".join(text.split("\t"))):
        made.extend(unit if width(unit) > longest else (unit,))
    return made


def break_lines(text: str, width: Width, first: float, rest: float) -> tuple[Line, ...]:
    """The lines of a paragraph: `first` is the room of the first line, `rest` that of the others.

    A typed line break begins a new line. Never empty.
    """
    lines: list[Line] = []
    for part in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        lines.extend(_break_part(part, width, rest if lines else first, rest))
    return tuple(lines)


def _break_part(text: str, width: Width, room: float, rest: float) -> list[Line]:
    waiting, lines = units(text, width, min(room, rest)), []
    while waiting:
        taken = _fits(waiting, width, room)
        lines.append(Line("".join(waiting[:taken]).rstrip(), full=taken < len(waiting)))
        waiting = waiting[taken:]
        while waiting and waiting[0] == " ":
            waiting = waiting[1:]
        room = rest
    return lines or [Line("", full=False)]


def _fits(waiting: list[str], width: Width, room: float) -> int:
    """How many units the line takes."""
    used, taken = 0.0, 0
    for unit in waiting:
        spared = width(unit) / 2 if unit in _HALF else 0.0
        if used + width(unit) - spared > room + 0.01:
            break
        used += width(unit)
        taken += 1
        if used > room + 0.01:
            break
    if taken == len(waiting):
        return taken
    return _allowed(waiting, taken) or max(taken, 1)


def _allowed(waiting: list[str], taken: int) -> int:
    """The nearest place before `taken` where the line may end; 0 where there is none."""
    while taken > 0 and (_begins(waiting, taken) in CLOSING or _ends(waiting, taken) in OPENING):
        taken -= 1
    return taken


def _begins(waiting: list[str], taken: int) -> str:
    """What the next line would begin with; spaces fall away at a break."""
    return next((unit[0] for unit in waiting[taken:] if unit != " "), " ")


def _ends(waiting: list[str], taken: int) -> str:
    return next((unit[-1] for unit in reversed(waiting[:taken]) if unit != " "), " ")
