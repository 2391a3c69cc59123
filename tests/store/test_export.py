"""Tickets into a file: masked, no formula, every row, noted in the log; and no half file, whatever happens."""

from __future__ import annotations

import csv
import hashlib
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from app.errors import EnvironmentProblem, UserError
from app.outfiles import neutral
from app.tickets import export, sheets
from app.tickets.export import Wish
from app.tickets.rows import Order, TicketFilter
from app.workspace import Person
from models.rules.lifecycle import Action, State
from models.rules.people import Group
from tests.databases import MONDAY, Database
from tests.store.acting import act


class Space:
    """A person's open database."""

    def __init__(self, database: Database, login: str = "officer", group: Group = Group.OFFICER) -> None:
        self.store = database.person(login)
        self.person = Person(login, "李伟", group, None, None, False)
        self.read, self.write = self.store.read, self.store.write


@pytest.fixture
def county(database: Database) -> Database:
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    return database


@pytest.fixture
def officer(county: Database) -> Any:
    space = Space(county)
    yield space
    space.store.close()


def rows_of(path: Path) -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def test_a_workbook_names_its_filter_masks_and_neutralises(
    county: Database, officer: Any, tmp_path: Path
) -> None:
    one = county.ticket()
    county.rows("UPDATE pd.ticket SET reason = '=cmd|打13384382025' WHERE id = %s", one)
    done = export.export(officer, tmp_path / "a.xlsx", Wish(TicketFilter(states=frozenset({State.PENDING}))))
    rows = rows_of(done.path)
    assert rows[1][0] == "筛选条件：待核实"
    assert "李伟" in rows[2][0]
    line = dict(zip(rows[4], rows[5], strict=True))
    assert line["评价原话"] == "'=cmd|打133****2025"
    assert (line["评价人"], line["联系方式"]) == ("杨**", "133****2025")
    assert str(line["工单编号"]).startswith("T") and line["状态"] == "待核实"
    assert len(rows) == 6 and done.rows == 1


def test_it_is_noted_with_rows_and_hash(county: Database, officer: Any, tmp_path: Path) -> None:
    county.ticket()
    done = export.export(officer, tmp_path / "a.csv", Wish())
    assert done.sha256 == hashlib.sha256(done.path.read_bytes()).hexdigest()
    noted = county.one("SELECT facts FROM pd.event WHERE action = 'export'")
    assert noted == {"kind": "tickets", "rows": 1, "hash": done.sha256}
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def test_a_csv_has_every_page_once(county: Database, officer: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(export, "PAGE", 2)
    made = [county.ticket() for _ in range(5)]
    done = export.export(officer, tmp_path / "a.csv", Wish())
    raw = done.path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert len({line["工单编号"] for line in lines}) == len(made) == done.rows
    chosen = export.export(officer, tmp_path / "b.csv", Wish(chosen=tuple(made[:3])))
    assert chosen.rows == 3


def test_the_deadline_order_lists_only_clocks(county: Database, officer: Any, tmp_path: Path) -> None:
    act(county, county.ticket(), Action.VERIFY_AND_DISPATCH, lead="甲镇")
    done = export.export(officer, tmp_path / "a.xlsx", Wish(order=Order.DEADLINE))
    rows = rows_of(done.path)
    assert "只列有期限的" in rows[1][0]
    assert dict(zip(rows[4], rows[5], strict=True))["剩余工作日"] == 10


def test_a_liaison_exports_what_the_agency_holds(county: Database, tmp_path: Path) -> None:
    held, _other = county.ticket(), county.ticket()
    act(county, held, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    liaison = Space(county, "liaison-01", Group.LIAISON)
    assert export.export(liaison, tmp_path / "a.csv", Wish()).rows == 1
    liaison.store.close()


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_cancelled_leaves_nothing(county: Database, officer: Any, tmp_path: Path, name: str) -> None:
    county.ticket()
    with pytest.raises(UserError, match="已取消"):
        export.export(officer, tmp_path / name, Wish(), cancelled=lambda: True)
    assert list(tmp_path.iterdir()) == []
    assert county.rows("SELECT 1 FROM pd.event WHERE action = 'export'") == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of this kind")
@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_a_full_disk_is_a_sentence_and_no_half_file(
    county: Database, officer: Any, tmp_path: Path, name: str
) -> None:
    import resource

    county.ticket()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    kept = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, before[1]))
    try:
        with pytest.raises(EnvironmentProblem, match="磁盘空间不够"):
            export.export(officer, tmp_path / name, Wish())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, kept)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_suffix_a_missing_folder_and_too_much_are_sentences(
    county: Database, officer: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    county.ticket()
    with pytest.raises(UserError, match="后缀"):
        export.export(officer, tmp_path / "a.pdf", Wish())
    with pytest.raises(EnvironmentProblem, match="无法写入"):
        export.export(officer, tmp_path / "none" / "a.csv", Wish())
    monkeypatch.setattr(sheets, "MOST_ROWS", 0)
    with pytest.raises(UserError, match="超过一张工作表"):
        export.export(officer, tmp_path / "a.xlsx", Wish())


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", " =1", "＝1"])
def test_nothing_runs_as_a_formula(text: str) -> None:
    assert neutral(text) == f"'{text}"
    assert neutral(f"甲{text}") == f"甲{text}"
