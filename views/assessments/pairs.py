"""Comparison by pairs: which of two siblings matters more, and how much; the weights that follow."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QSlider, QVBoxLayout, QWidget

from models.rules import indicators
from models.rules.indicators import INDICATORS
from views.shell.parts import Button, clear, label, restyle, row, rule, scrolling
from views.shell.theme import UNIT

#: How far from the middle → how many times more, and the word for it.
TIMES = {0: 1, 1: 3, 2: 5, 3: 7, 4: 9}
_WORDS = {0: "同样重要", 1: "稍重要", 2: "明显重要", 3: "很重要", 4: "极重要"}


class PairsPanel(QFrame):
    """`taken(parent, pairs)` when the weights are to be used, `closed` when not."""

    taken = Signal(str, object)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        self._parent = ""
        self.sliders: dict[tuple[str, str], QSlider] = {}
        self._means: dict[tuple[str, str], object] = {}
        self.title = label("", "section", self)
        inner = QWidget(self)
        self._rows = QVBoxLayout(inner)
        self._rows.setContentsMargins(4 * UNIT, 0, 4 * UNIT, 0)
        self._rows.setSpacing(UNIT)
        self.outcome = label("", "", self, wrap=True)
        self.said = label("", "secondary", self, wrap=True)
        self.confirm = Button("采用这些权重", "submit", "primary", self)
        self.confirm.clicked.connect(self._confirmed)
        cancel = Button("取消", parent=self)
        cancel.clicked.connect(self.closed)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 3 * UNIT, 1, 3 * UNIT)
        column.setSpacing(2 * UNIT)
        head = QVBoxLayout()
        head.setContentsMargins(4 * UNIT, 0, 4 * UNIT, 0)
        head.addWidget(self.title)
        head.addWidget(label("哪一项更重要，就往哪一边推；权重取各行的几何平均。", "small", self, wrap=True))
        column.addLayout(head)
        column.addWidget(scrolling(inner, self), 1)
        column.addWidget(rule(self))
        foot = QVBoxLayout()
        foot.setContentsMargins(4 * UNIT, 0, 4 * UNIT, 0)
        foot.setSpacing(2 * UNIT)
        foot.addWidget(self.outcome)
        foot.addWidget(self.said)
        foot.addLayout(row(self.confirm, cancel, None))
        column.addLayout(foot)

    def show_parent(self, parent: str, pairs: Mapping[tuple[str, str], Fraction]) -> None:
        """The comparisons among the siblings below a parent, as they were made before."""
        self._parent = parent
        self.title.setText(f"两两比较：{indicators.parent_name(parent)}")
        clear(self._rows)
        self.sliders.clear()
        self._means.clear()
        for pair in indicators.pairs_of(parent):
            self._add(pair, pairs.get(pair, Fraction(1)))
        self._rows.addStretch(1)
        self._judge()

    def _add(self, pair: tuple[str, str], times: Fraction) -> None:
        one, other = (INDICATORS[code].title for code in pair)
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setRange(-4, 4)
        slider.setPageStep(1)
        slider.setMinimumHeight(5 * UNIT)
        slider.setAccessibleName(f"{one}与{other}相比")
        slider.setValue(place_of(times))
        slider.valueChanged.connect(self._judge)
        self.sliders[pair] = slider
        self._means[pair] = meaning = label("", "small", self)
        meaning.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._rows.addLayout(row(label(one, "", self), None, label(other, "", self)))
        self._rows.addWidget(slider)
        self._rows.addWidget(meaning)
        self._rows.addWidget(rule(self))

    def pairs(self) -> dict[tuple[str, str], Fraction]:
        """The comparisons as they stand."""
        return {pair: times_at(slider.value()) for pair, slider in self.sliders.items()}

    def _judge(self) -> None:
        for pair, slider in self.sliders.items():
            self._means[pair].setText(_meaning(pair, slider.value()))
        found = indicators.judged(self._parent, self.pairs())
        self.outcome.setText(
            "　".join(
                f"{_short(code)}\u00a0{indicators.plain(weight)}" for code, weight in found.weights.items()
            )
        )
        self.said.setText(found.said)
        restyle(self.said, "role", "secondary" if found.consistent else "red")

    def _confirmed(self) -> None:
        self.taken.emit(self._parent, self.pairs())


def times_at(place: int) -> Fraction:
    """How many times the left one matters more, by the slider's place: left of the middle is the left one."""
    times = Fraction(TIMES[abs(place)])
    return times if place <= 0 else 1 / times


def place_of(times: Fraction) -> int:
    """The slider's place for it."""
    return next(place for place in range(-4, 5) if times_at(place) == times)


def _meaning(pair: tuple[str, str], place: int) -> str:
    if not place:
        return "同样重要"
    more = INDICATORS[pair[0] if place < 0 else pair[1]].title
    return f"“{more}”{_WORDS[abs(place)]}（{TIMES[abs(place)]}倍）"


def _short(code: str) -> str:
    """The number where there is one: a name would break over the line."""
    return INDICATORS[code].number or INDICATORS[code].name
