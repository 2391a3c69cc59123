"""What the page shows beside the bars: trend, heat map and scatter, each with what can be chosen about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from app.clock import local
from app.rankings.queries import Period
from views.rankings.canvas import Canvas, Chart
from views.rankings.heat import HeatMap
from views.rankings.parts import GROUPS
from views.rankings.periods import period_text
from views.rankings.picture import Plate, apart, facts
from views.rankings.scatter import Scatter
from views.rankings.trend import MOST, Trend
from views.shell.flow import Flow
from views.shell.parts import Chip, clear, label
from views.shell.theme import UNIT

#: The chart's size in a picture.
_PICTURE = QSize(1080, 560)


class Board(QWidget):
    """A chart with a line of choices above it. `chosen(agency, month)`: something in it was pressed."""

    chosen = Signal(str, object)
    #: What the picture is called, and the two things that can be shown.
    subject = ""
    choices = ("", "")

    def __init__(self, parent: QWidget | None = None, canvas: Canvas | None = None) -> None:
        super().__init__(parent)
        self.canvas: Any = None
        self.view: Any = None
        self.grid: Any = None
        self.agency: str | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * UNIT, UNIT, 3 * UNIT, 0)
        column.setSpacing(2 * UNIT)
        self.line = QHBoxLayout()
        self.line.setSpacing(2 * UNIT)
        self._chips = tuple(Chip(choice, self, checkable=True) for choice in self.choices)
        for chip in self._chips:
            chip.clicked.connect(self._choice_made)
            self.line.addWidget(chip)
        self._chips[0].setChecked(True)
        self._advice: QLabel = label("", "secondary", self)
        self.line.addStretch(1)
        self.line.addWidget(self._advice)
        column.addLayout(self.line)
        if canvas is not None:
            self.put(canvas)

    def put(self, canvas: Any) -> None:
        """Puts the chart below the choices."""
        self.canvas = canvas
        self.layout().addWidget(canvas, 1)
        canvas.chosen.connect(self.chosen)

    @property
    def second(self) -> bool:
        """Whether the second of the two things is shown."""
        return self._chips[1].isChecked()

    def show_board(self, view: Any, grid: Any, agency: str | None) -> None:
        """Shows a ranking, the months around it (None while they are read), and the chosen agency."""
        self.view, self.grid, self.agency = view, grid, agency
        self._advice.setText("" if grid is not None else "正在读取各月数据…")
        self.show_chart()

    def show_chart(self) -> None:
        """Puts what is to be shown into the chart."""
        raise NotImplementedError

    def plate(self) -> Plate:
        """The chart as a picture."""
        name = GROUPS.get(self.view.group, self.view.group)
        title = f"{self.period()}{name}政务服务“好差评”{self.subject}"
        return Plate(title, self.facts(), self.apart(), self.note(), _PICTURE, self.drawing())

    def drawing(self) -> Callable[..., None]:
        """What paints the chart into a picture."""
        draw: Callable[..., None] = self.canvas.draw
        return draw

    def period(self) -> str:
        """The months that are shown, in words."""
        return period_text(Period(self.grid.months[0], self.grid.months[-1]))

    def facts(self) -> str:
        """How many months and agencies, and how many months are closed."""
        grid = self.grid
        closed = f"其中已封账 {len(grid.closed)} 个月" if grid.closed else "未封账"
        cutoff = f"数据截至 {local(self.view.cutoff):%Y-%m-%d %H:%M}"
        return f"单位 {len(grid.agencies)} 个　共 {len(grid.months)} 个月，{closed}　{cutoff}"

    def apart(self) -> str:
        """Who is missing, and why."""
        return ""

    def note(self) -> str:
        """How the chart is read."""
        return "依据：细则第二十二条。各月按当月规则集计分，已封账的月份按封账时的数据。"

    def _choice_made(self) -> None:
        for chip in self._chips:
            chip.setChecked(chip is self.sender())
        self.show_chart()


class PlotBoard(Board):
    """A chart in which people look around; pictures show all of it."""

    chart: Chart

    def show_plot(self, chart: Chart) -> None:
        """Shows a chart on screen, in a plot that is made when it is first turned to."""
        self.chart = chart
        if self.canvas is None:
            from views.rankings.plot import Plot  # pyqtgraph and numpy: not for those who look at bars

            self.put(Plot(self))
        self.canvas.show_chart(chart)

    def drawing(self) -> Callable[..., None]:
        """The chart as it is without anybody looking around."""
        return self.chart.draw


class TrendBoard(PlotBoard):
    """Up to six agencies over all months with figures."""

    subject = "走势"
    choices = ("评分", "名次")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.agencies: list[str] = []
        self._group = ""
        self._chosen_by_hand = False
        names = QWidget(self)
        self._names = Flow(names, spacing=1)
        self._add = Chip("添加单位", self, icon="add")
        self._add.clicked.connect(self.open_menu)
        self.line.insertSpacing(2, 2 * UNIT)
        self.line.insertWidget(3, self._add)
        self.layout().insertWidget(1, names)

    def show_chart(self) -> None:
        """The lines chosen by hand, else those of the agency chosen on the page and of the first."""
        if self.grid is None:
            return
        if self._group != self.grid.group:
            self._group, self._chosen_by_hand = self.grid.group, False
        kept = self.agencies if self._chosen_by_hand else []
        known = [agency for agency in kept if agency in self.grid.agencies]
        first = self.view.rows[0].score.facts.agency if self.view.rows else None
        self.agencies = known or [a for a in dict.fromkeys((self.agency, first)) if a in self.grid.agencies]
        self._show_names()
        self._advice.setText("只有一个月有数据，还看不出走势" if len(self.grid.months) == 1 else "")
        self.show_plot(Trend(self.grid, tuple(self.agencies), self.second))

    def _show_names(self) -> None:
        """Chips to take a line out again; the names themselves stand at the lines' ends."""
        clear(self._names)
        for agency in self.agencies:
            chip = Chip(agency if len(agency) <= 6 else f"{agency[:5]}…", self, closable=True)
            chip.setProperty("agency", agency)
            chip.setToolTip(f"{agency}（按删除键去掉）")
            chip.closed.connect(self._closed)
            self._names.addWidget(chip)
        self._add.setEnabled(len(self.agencies) < MOST)

    def _closed(self) -> None:
        self.remove(str(self.sender().property("agency")))

    def remove(self, agency: str) -> None:
        """Takes a line out; the last one stays."""
        if len(self.agencies) > 1:
            self.agencies.remove(agency)
            self._chosen_by_hand = True
            self.show_chart()

    def add(self, agency: str) -> None:
        """Puts a line in, where there is room for one."""
        if agency not in self.agencies and len(self.agencies) < MOST:
            self.agencies.append(agency)
            self._chosen_by_hand = True
            self.show_chart()

    def menu(self) -> QMenu:
        """The agencies that are not shown."""
        made = QMenu(self)
        for agency in self.grid.agencies if self.grid is not None else ():
            if agency not in self.agencies:
                action = made.addAction(agency)
                action.triggered.connect(self._added)
        return made

    def _added(self) -> None:
        self.add(self.sender().text())

    def open_menu(self) -> None:
        """Shows the menu below its chip."""
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._add.mapToGlobal(self._add.rect().bottomLeft()))

    def note(self) -> str:
        """How the marks are read."""
        return f"{super().note()}空心标记为小样本，断开处未参加排名。"


class HeatBoard(Board):
    """Every agency in every month."""

    subject = "各月评分"
    choices = ("评分", "名次")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, HeatMap())

    def show_chart(self) -> None:
        """The cells, the months of the period marked."""
        if self.grid is not None:
            months = frozenset(
                m for m in self.grid.months if self.view.period.first <= m <= self.view.period.last
            )
            self.canvas.show_grid(self.grid, by_rank=self.second, agency=self.agency, months=months)
            self._advice.setText("单击一格打开该月")


class ScatterBoard(PlotBoard):
    """Volume and score of the period."""

    subject = "评价量与综合评分"
    choices = ("按评价条数", "按办件数")

    def show_board(self, view: Any, grid: Any, agency: str | None) -> None:
        """Needs no other months than the ranking's."""
        super().show_board(view, grid, agency)
        self._advice.setText("")

    def show_chart(self) -> None:
        """The points."""
        self.show_plot(Scatter(self.view.rows, self.view.rules.small_sample, self.second, self.agency))

    def period(self) -> str:
        """The ranking's own."""
        return period_text(self.view.period)

    def facts(self) -> str:
        """The ranking's own."""
        return facts(self.view)

    def apart(self) -> str:
        """Who is not ranked."""
        return apart(self.view)

    def note(self) -> str:
        """How the points are read."""
        return f"依据：细则第二十二条。空心为小样本（评价不足 {self.view.rules.small_sample} 条）。"
