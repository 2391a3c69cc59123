"""The form of a rule set: month, name, weights with their sum, points, platforms, choices, numbers, reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.rulesets.commands import LONGEST_NAME, LONGEST_REASON
from models.rules.ratings import Platform, Satisfaction
from models.rules.rulesets import CHOICES, RANGES, RuleSet, Weights, are_weights, problem
from models.rules.rulewords import CHOICE_WORDS, NAMES, WEIGHT_NAMES, plain
from views import dates
from views.shell.flow import Flow
from views.shell.parts import Chip, label, restyle
from views.shell.theme import UNIT
from views.tickets.drafting import Kept
from views.tickets.forms import text_area

#: So many months ahead a set may begin.
_AHEAD = 36
_GROUPS = (("with_hall", "有大厅"), ("without_hall", "无大厅"))


class RuleSetForm(QWidget):
    """`edited` after anything was written; `rules` is what it comes to, `problem` why it does not."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filling = False
        self._months: list[date] = []
        self._named: date | None = None
        #: Names its draft.
        self.action = "rule_set"
        self.column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * UNIT)
        self.month = QComboBox(self)
        self.month.setAccessibleName("自哪个月施行")
        self.name = QLineEdit(self)
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setAccessibleName("规则集的名称")
        column.addLayout(self._heading())
        column.addWidget(self._section("四项权重（%）", "依据：细则第二十二条；每列合计须为 100%"))
        column.addLayout(self._weights())
        column.addWidget(self._section("五个等级的分值", "依据：细则第六条；各在 0 到 10 之间"))
        column.addLayout(self._points())
        self.platforms = {
            name: self._checks(column, NAMES[name]) for name in ("quality_platforms", "coverage_channels")
        }
        column.addWidget(self._section("文件留给中心决定的", ""))
        column.addLayout(self._choices())
        column.addWidget(self._section("期限和件数", "期限为工作日（细则第二十三条、第二十五条）"))
        column.addLayout(self._numbers())
        column.addWidget(self._section("为什么这样定", ""))
        self.reason = text_area("依据，例如：市局〔2026〕8号文调整权重", self, lines=2)
        column.addWidget(self.reason)
        self.wrong = label("", "red", self, wrap=True)
        column.addWidget(self.wrong)
        self._connect()

    def _heading(self) -> QGridLayout:
        grid = _grid()
        for at, (name, field) in enumerate((("施行月份", self.month), ("名称", self.name))):
            grid.addWidget(label(name, "secondary", self), at, 0)
            grid.addWidget(field, at, 1)
        return grid

    def _section(self, name: str, source: str) -> QWidget:
        holder = QWidget(self)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, UNIT, 0, 0)
        column.setSpacing(0)
        column.addWidget(label(name, "section", holder))
        if source:
            column.addWidget(label(source, "small", holder, wrap=True))
        return holder

    def _weights(self) -> QGridLayout:
        grid = _grid()
        self.weights: dict[tuple[str, str], QLineEdit] = {}
        self.sums = {group: label("", "strong", self) for group, _ in _GROUPS}
        for at, (group, title) in enumerate(_GROUPS, start=1):
            grid.addWidget(label(title, "secondary", self), 0, at)
            for line, (part, name) in enumerate(WEIGHT_NAMES, start=1):
                grid.addWidget(label(name, "", self), line, 0)
                field = _number_field(f"{title}单位的{name}权重", self)
                field.setEnabled((group, part) != ("without_hall", "hall_adoption"))
                grid.addWidget(field, line, at)
                self.weights[group, part] = field
            grid.addWidget(self.sums[group], len(WEIGHT_NAMES) + 1, at)
        grid.addWidget(label("合计", "secondary", self), len(WEIGHT_NAMES) + 1, 0)
        return grid

    def _points(self) -> QGridLayout:
        grid = _grid()
        self.points: dict[int, QLineEdit] = {}
        for at, level in enumerate(sorted(Satisfaction, reverse=True)):
            self.points[level] = _number_field(f"{level.label}的分值", self)
            grid.addWidget(label(level.label, "small", self), 0, at)
            grid.addWidget(self.points[level], 1, at)
            grid.setColumnStretch(at, 1)
        return grid

    def _checks(self, column: QVBoxLayout, named: tuple[str, str]) -> dict[Platform, Chip]:
        name, article = named
        column.addWidget(self._section(name, f"依据：{article}"))
        holder = QWidget(self)
        flow = Flow(holder)
        found = {}
        for platform in Platform:
            found[platform] = Chip(platform.label, holder, checkable=True)
            flow.addWidget(found[platform])
        column.addWidget(holder)
        return found

    def _choices(self) -> QGridLayout:
        grid = _grid()
        self.choices: dict[str, QComboBox] = {}
        for at, (parameter, values) in enumerate(CHOICES.items()):
            name, article = NAMES[parameter]
            box = QComboBox(self)
            box.setAccessibleName(name)
            box.setToolTip(f"依据：{article}" if article else "文件未作规定，由中心决定")
            for value in values:
                box.addItem(CHOICE_WORDS[parameter, value], value)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            self.choices[parameter] = box
            grid.addWidget(label(name, "secondary", self, wrap=True), 2 * at, 0, 1, 2)
            grid.addWidget(box, 2 * at + 1, 0, 1, 2)
        return grid

    def _numbers(self) -> QGridLayout:
        grid = _grid()
        self.numbers: dict[str, QSpinBox] = {}
        for at, (parameter, ends) in enumerate(RANGES.items()):
            name, article = NAMES[parameter]
            box = QSpinBox(self)
            box.setRange(*ends)
            box.setAccessibleName(name)
            box.setToolTip(f"依据：{article}" if article else "文件未作规定，由中心决定")
            box.setMaximumWidth(26 * UNIT)
            box.lineEdit().setTextMargins(2 * UNIT, 0, 0, 0)
            self.numbers[parameter] = box
            grid.addWidget(label(name, "", self, wrap=True), at, 0)
            grid.addWidget(box, at, 1)
        grid.setColumnStretch(0, 1)
        return grid

    def _connect(self) -> None:
        for field in (self.name, *self.weights.values(), *self.points.values()):
            field.textChanged.connect(self._touched)
        for box in (self.month, *self.choices.values()):
            box.currentIndexChanged.connect(self._touched)
        self.month.currentIndexChanged.connect(self._month_chosen)
        for number in self.numbers.values():
            number.valueChanged.connect(self._touched)
        for check in (
            *self.platforms["quality_platforms"].values(),
            *self.platforms["coverage_channels"].values(),
        ):
            check.toggled.connect(self._touched)
        self.reason.textChanged.connect(self._touched)

    # filling ----------------------------------------------------------------------------------------------

    def fill(self, rules: RuleSet, first: date, month: date) -> None:
        """Begins with a set's numbers, for a month on or after `first`."""
        self._filling = True
        self.action = f"rule_set {rules.effective_from} {rules.name}"
        ahead = _AHEAD + (month.year - first.year) * 12 + month.month - first.month
        self._months = [_later(first, n) for n in range(ahead)]
        self.month.clear()
        self.month.addItems([dates.month(m) for m in self._months])
        self.choose_month(month)
        self.name.setText(_name(month))
        self._named = month
        self.reason.clear()
        self._fill_numbers(rules)
        self._filling = False
        self._touched()

    def choose_month(self, month: date) -> None:
        """The month from which the set is to be in force."""
        self.month.setCurrentIndex(self._months.index(month))

    def _fill_numbers(self, rules: RuleSet) -> None:
        for (group, part), field in self.weights.items():
            field.setText(plain(getattr(getattr(rules, group), part) * 100))
        for level, field in self.points.items():
            field.setText(plain(rules.points[level]))
        for name, checks in self.platforms.items():
            for platform, check in checks.items():
                check.setChecked(platform in getattr(rules, name))
        for parameter, box in self.choices.items():
            box.setCurrentIndex(box.findData(getattr(rules, parameter)))
        for parameter, number in self.numbers.items():
            number.setValue(getattr(rules, parameter))

    def _month_chosen(self, at: int) -> None:
        """A name that nobody wrote goes along with the month."""
        if not self._filling and self._named is not None and self.name.text() == _name(self._named):
            self._named = self._months[at]
            self.name.setText(_name(self._named))

    # a draft ----------------------------------------------------------------------------------------------

    @property
    def touched(self) -> bool:
        """Whoever opened it would miss what differs from how it began."""
        return True

    def fields(self) -> dict[str, Kept]:
        """Everything that is written or chosen, by name; the month before the name that goes along with it."""
        found = {"month": Kept(self.month.currentText, self.month.setCurrentText)}
        found["name"] = Kept(self.name.text, self.name.setText)
        for (group, part), field in self.weights.items():
            found[f"{group} {part}"] = Kept(field.text, field.setText)
        for level, points in self.points.items():
            found[f"points {int(level)}"] = Kept(points.text, points.setText)
        for name, checks in self.platforms.items():
            for platform, check in checks.items():
                found[f"{name} {platform}"] = Kept(check.isChecked, check.setChecked)
        for parameter, box in self.choices.items():
            found[parameter] = Kept(box.currentText, box.setCurrentText)
        for parameter, number in self.numbers.items():
            found[parameter] = Kept(number.value, number.setValue)
        found["reason"] = Kept(self.reason.toPlainText, self.reason.setPlainText)
        return found

    # reading ----------------------------------------------------------------------------------------------

    def _touched(self, *_what: object) -> None:
        if self._filling:
            return
        for group, said in self.sums.items():
            total = self._sum(group)
            said.setText("—" if total is None else f"{plain(total)}%")
            restyle(said, "role", "strong" if total == 100 else "red")
        self.wrong.setText(self.problem or "")
        self.wrong.setVisible(bool(self.wrong.text()))
        self.edited.emit()

    def _sum(self, group: str) -> Decimal | None:
        parts = [_decimal(field) for (of, _), field in self.weights.items() if of == group]
        return None if None in parts else sum((p for p in parts if p is not None), Decimal(0))

    def _parts(self, group: str) -> dict[str, str] | None:
        found = {part: _decimal(field) for (of, part), field in self.weights.items() if of == group}
        return {part: plain(value / 100) for part, value in found.items() if value is not None}

    @property
    def problem(self) -> str | None:
        """The first thing that is missing or wrong, as a sentence."""
        if not self.name.text().strip():
            return "请写明规则集的名称。"
        for group, title in _GROUPS:
            total = self._sum(group)
            if total is None:
                return f"{title}单位的权重应是数字。"
            if total != 100:
                return f"{title}单位的权重合计 {plain(total)}%，应为 100%。"
            if not are_weights(self._parts(group)):
                return f"{title}单位的权重各应在 0 到 100 之间、至多两位小数，质量和覆盖度不能都是 0。"
        if None in (_decimal(field) for field in self.points.values()):
            return "五个等级的分值应是数字。"
        rules = self.rules()
        if (found := problem(rules.to_json())) is not None:
            return f"{found}。"
        reason = self.reason.toPlainText().strip()
        if not reason or len(reason) > LONGEST_REASON:
            return f"请写明依据（至多{LONGEST_REASON}字）。"
        return None

    def rules(self) -> RuleSet:
        """The set as written; only where the weights and points are numbers that make a score."""
        return RuleSet(
            name=self.name.text().strip(),
            effective_from=self._months[self.month.currentIndex()],
            points={level: Decimal(plain(_decimal(f) or Decimal(0))) for level, f in self.points.items()},
            quality_platforms=self._checked("quality_platforms"),
            coverage_channels=self._checked("coverage_channels"),
            with_hall=self._weights_of("with_hall"),
            without_hall=self._weights_of("without_hall"),
            **{parameter: box.currentData() for parameter, box in self.choices.items()},
            **{parameter: box.value() for parameter, box in self.numbers.items()},
        )

    def _weights_of(self, group: str) -> Weights:
        parts = self._parts(group) or {}
        return Weights(**{part: Decimal(value) for part, value in parts.items()})

    def _checked(self, name: str) -> tuple[Platform, ...]:
        return tuple(p for p, check in self.platforms[name].items() if check.isChecked())


def _decimal(field: QLineEdit) -> Decimal | None:
    try:
        value = Decimal(field.text().strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _name(month: date) -> str:
    return f"{month:%Y-%m}"


def _later(month: date, months: int) -> date:
    index = month.year * 12 + month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _number_field(name: str, parent: QWidget) -> QLineEdit:
    made = QLineEdit(parent)
    made.setAccessibleName(name)
    made.setMaxLength(6)
    made.setMaximumWidth(24 * UNIT)
    return made


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(2 * UNIT)
    grid.setVerticalSpacing(UNIT)
    return grid
