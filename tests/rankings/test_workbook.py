"""The exported ranking, reckoned anew by LibreOffice from its counts and rules, says what the program says."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.clock import SHANGHAI
from app.errors import UserError
from app.rankings import formulas, queries, workbook
from app.rankings.queries import Period, RankedRow, RankingView
from app.workspace import Workspace
from models.rules.ratings import Platform
from models.rules.rulesets import RuleSet, Weights
from models.rules.scoring import AgencyFacts, TicketGroup, composite, rank
from models.rules.whatif import PartName

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
NOW = datetime(2026, 11, 3, 9, 0, tzinfo=SHANGHAI)
ODD = Weights(Decimal("0.25"), Decimal("0.35"), Decimal("0.15"), Decimal("0.25"))
RULES = {
    "shipped": RuleSet(),
    "by_platform": RuleSet(quality_mean="by_platform", no_ticket="leave_out"),
    "submitted": RuleSet(handled_means="submitted", ticket_denominator="due_or_handled", no_ticket="leave_out"),
    "due": RuleSet(ticket_denominator="due_or_handled", with_hall=ODD, small_sample=60),
    "points": RuleSet(
        points={5: Decimal("9.9"), 4: Decimal("8.5"), 3: Decimal(6), 2: Decimal("2.25"), 1: Decimal("0.1")},
        quality_platforms=(Platform.HALL, Platform.KIOSK), coverage_channels=(Platform.HALL,), without_hall=ODD,
    ),
}  # fmt: skip


def some_facts(dice: random.Random, order: int) -> AgencyFacts:
    cases = {p: dice.randint(1, 300) for p in Platform if dice.random() < 0.6}
    halls = dice.choice((0, 0, 1, 2, 3))
    return AgencyFacts(
        agency=f"{'=+-@'[order] if order < 4 else ''}单位{order}",
        order=order,
        levels={p: {level: dice.randint(0, 40) for level in range(1, 6)} for p in Platform if dice.random() < 0.7},
        cases={p: (dice.randint(0, number), number) for p, number in cases.items()},
        halls=(dice.randint(0, halls), halls),
        tickets=tuple(
            TicketGroup(dice.randint(1, 4), stage > 1, stage > 0, dice.random() < 0.5)
            for stage in (0, 1, 2) for _ in range(dice.randint(0, 2))
        ),
        cases_loaded=True,
    )  # fmt: skip


def view_of(facts: list[AgencyFacts], rules: RuleSet) -> RankingView:
    ranking = rank(facts, rules)
    rows = tuple(RankedRow(r.rank, r.rank % 4 or None, r.score) for r in ranking.rows)
    apart = tuple((u.facts.agency, u.reason) for u in ranking.unranked)
    period = Period.month(NOW.date().replace(day=1))
    return RankingView(period, "township", rules.name, NOW, rows, apart, facts=tuple(facts), rules=rules)


def random_view(seed: int, rules: RuleSet) -> RankingView:
    """Twenty agencies, of which two did alike."""
    dice = random.Random(seed)
    facts = [some_facts(dice, order) for order in range(19)]
    twin = next(f for f in facts if composite(f, rules))
    return view_of([*facts, replace(twin, agency="同分单位", order=19)], rules)


# --- what a spreadsheet reckons -----------------------------------------------------------------------


def poison(path: Path) -> None:
    """Forgets the figures that were written with the formulas: what is read later was reckoned."""
    book = openpyxl.load_workbook(path)
    book.save(path)


def reckon(paths: list[Path], folder: Path) -> None:
    """Lets LibreOffice open, reckon and save each, all in one go."""
    assert OFFICE is not None
    profile = (folder / "profile").as_uri()
    command = [OFFICE, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx", "--outdir",
               str(folder / "reckoned"), *map(str, paths)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)


def lines(path: Path, rows: int) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(path, data_only=True)[workbook.TABLE]
    return [tuple(cell.value for cell in line) for line in sheet.iter_rows(min_row=5, max_row=4 + rows)]


def expected(view: RankingView) -> Iterator[list[Any]]:
    """Rank, composite, parts and their points, ratings and tickets, as the program shows them."""
    for row in view.rows:
        parts = [part.of(row.score) for part in PartName]
        yield [
            row.rank,
            row.score.composite,
            *("—" if part.value is None else part.value for part in parts),
            *(part.contribution for part in parts),
            row.score.facts.ratings,
            sum(group.count for group in row.score.facts.tickets),
        ]


def read(line: tuple[Any, ...]) -> list[Any]:
    """The same out of a line of the table."""
    return [
        line[0],
        *(c if c == "—" else Decimal(str(c)).quantize(Decimal("0.01")) for c in line[2:11]),
        *line[11:13],
    ]


def halves() -> RankingView:
    """Scores that end in exactly half a hundredth, which binary arithmetic meets from either side."""
    facts = [
        AgencyFacts(
            f"单位{n}",
            n,
            {Platform.HALL: {5: 199 - 2 * n, 4: n, 2: 1, 1: n}},
            {Platform.HALL: (n, 100)},
            (1, 2),
        )
        for n in range(40)
    ]
    view = view_of(facts, RULES["shipped"])
    exact = [sum((p.of(r.score).exact or 0) * p.of(r.score).share for p in PartName) for r in view.rows]
    assert all(score * 200 % 2 == 1 for score in exact)
    return view


def edit(path: Path, view: RankingView) -> RankingView:
    """Somebody types into the cells: the first agency's hall takes one more case, very satisfied is worth 9."""
    book = openpyxl.load_workbook(path)
    columns = {(over, heading): n for over, heading, n in _headings(book[formulas.COUNTS])}
    changed = view.rows[0].score.facts
    rated, number = changed.cases[Platform.HALL]
    book[formulas.COUNTS].cell(5, columns["实体大厅的办件", "办件"]).value = number + 1
    levels = {line[0].value: line[1] for line in book[formulas.RULES].iter_rows(min_row=5)}
    levels["非常满意"].value = 9
    book.save(path)
    more = replace(changed, cases={**changed.cases, Platform.HALL: (rated, number + 1)})
    facts = [more if f.agency == more.agency else f for f in view.facts]
    return view_of(facts, replace(view.rules, points={**view.rules.points, 5: Decimal(9)}))


def _headings(sheet: Any) -> Iterator[tuple[str, str, int]]:
    over = ""
    for above, cell in zip(sheet[3], sheet[4], strict=True):
        over = above.value or over
        yield over, cell.value, cell.column


@pytest.fixture
def calc(tmp_path: Path) -> Path:
    """A folder to reckon in; skips where LibreOffice, or its spreadsheet, is not installed."""
    probe = tmp_path / "probe.csv"
    probe.write_text("1\n")
    if OFFICE is not None:
        reckon([probe], tmp_path)
    if not (tmp_path / "reckoned" / "probe.xlsx").exists():
        pytest.skip("LibreOffice Calc is not installed: nothing to reckon with")
    return tmp_path


def test_libreoffice_reckons_the_same_figures_and_ranks(calc: Path, sample: Workspace) -> None:
    with sample.read() as connection:
        month = Period.month(queries.months(connection)[0])
        views = {g: queries.ranking(connection, month, group=g) for g in queries.GROUPS}
    views |= {f"{name}-{seed}": random_view(seed, rules) for name, rules in RULES.items() for seed in (1, 2)}
    views["halves"] = halves()
    paths = [workbook.write(view, calc / f"{name}.xlsx") for name, view in views.items()]
    for path in paths:
        poison(path)
    typed = random_view(3, RULES["shipped"])
    paths.append(workbook.write(typed, calc / "typed.xlsx"))
    after = edit(paths[-1], typed)
    reckon(paths, calc)
    for name, view in views.items():
        found = lines(calc / "reckoned" / f"{name}.xlsx", len(view.rows))
        assert [read(line) for line in found] == list(expected(view)), name
    found = lines(calc / "reckoned" / "typed.xlsx", len(typed.rows))
    assert sorted(map(read, found), key=str) == sorted(expected(after), key=str)
    assert list(expected(after)) != list(expected(typed))


# --- what stands in it --------------------------------------------------------------------------------


def test_the_figures_stand_in_the_cells_for_programs_that_do_not_reckon(tmp_path: Path) -> None:
    view = random_view(1, RULES["submitted"])
    found = lines(workbook.write(view, tmp_path / "a.xlsx"), len(view.rows))
    assert [read(line) for line in found] == list(expected(view))
    assert [line[14] for line in found[:3]] == ["—", "—", "—"]
    shared = [line for line in found if "并列" in (line[15] or "")]
    assert [line[0] for line in shared] == [shared[0][0]] * len(shared)
    assert len(shared) > 1


def test_no_name_is_run_as_a_formula(tmp_path: Path) -> None:
    view = random_view(2, RULES["shipped"])
    book = openpyxl.load_workbook(workbook.write(view, tmp_path / "a.xlsx"))
    names = [line[0].value for line in book[formulas.COUNTS].iter_rows(min_row=5)]
    apart = [agency for agency, _ in view.unranked]
    astray = [name for name in (*names, *apart) if name.lstrip("'").startswith(("=", "+", "-", "@"))]
    assert len(astray) == 4
    assert all(name.startswith("'") for name in names if name in astray)


def test_paper_is_a4_across_and_the_head_comes_again(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(workbook.write(random_view(1, RULES["shipped"]), tmp_path / "a.xlsx"))
    table = book[workbook.TABLE]
    assert (table.page_setup.orientation, int(table.page_setup.paperSize)) == ("landscape", 9)
    assert table.print_title_rows == "$3:$4"
    assert table.sheet_properties.pageSetUpPr.fitToPage
    notes = "".join(str(line[0].value) for line in table.iter_rows())
    assert all(part.article in notes for part in PartName)
    assert "数据截至 2026-11-03 09:00" in notes


def test_nobody_ranked_is_said_and_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    view = replace(random_view(1, RULES["shipped"]), rows=(), unranked=(("甲镇", "无办件"),))
    book = openpyxl.load_workbook(workbook.write(view, tmp_path / "a.xlsx"))
    said = [cell.value for line in book[workbook.TABLE].iter_rows(min_row=5) for cell in line if cell.value]
    assert said[:4] == ["没有可以排名的单位。", "未参加排名", "甲镇", "无办件"]
    with pytest.raises(UserError) as refused:
        workbook.write(view, tmp_path / "a.csv")
    assert refused.value.code == "unknown_format"
