"""Which room may know which: the arrows between views, app, models and resources, read from the imports.

An import inside a function counts like any other: it is the same arrow, only later.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = {"app", "models", "views", "resources", "installer", "tests", "main"}
QT = ("PySide6", "shiboken6", "pyqtgraph")
DATABASE = ("sqlalchemy", "alembic", "psycopg")

#: Modules through which a domain of `app` is reached from another one.
DOORS = {"queries", "commands", "rows", "results"}
#: Not a domain: what every domain stands on.
FOUNDATION = {"database", "documents"}
#: Arrows past a door, each with its reason; one that is gone must leave this table.
KNOWN_PAST_DOORS: dict[tuple[str, str], str] = {
    ("app/server/provisioning.py", "app.registry.seeding"): "a database is filled where it is made",
    ("app/server/printing.py", "app.registry.seeding"): "and what it is filled with can be read before",
    (
        "app/statistics/annual_book.py",
        "app.rankings.workbook",
    ): "the year's score is the ranking's own reckoning",
    ("app/statistics/annual_book.py", "app.rankings.formulas"): "and stands on the lines of its sheets",
    ("app/circulars/facts.py", "app.statistics.wording"): "what is counted is said in one way",
    ("app/circulars/collecting.py", "app.statistics.wording"): "what is counted is said in one way",
    ("app/circulars/facts.py", "app.statistics.briefing"): "and drawn in one way",
    ("app/cases/export.py", "app.tickets.export"): "every list leaves the house through one writer",
    ("app/cases/export.py", "app.tickets.sheets"): "onto the same sheets",
    ("app/appeals/rows.py", "app.tickets.files"): "evidence is a file as those of tickets are",
    ("app/appeals/queries.py", "app.tickets.files"): "of the same kinds",
    ("app/appeals/commands.py", "app.tickets.files"): "checked the same way",
    ("app/appeals/commands.py", "app.tickets.attachments"): "and brought in the same parts",
    ("app/callbacks/export.py", "app.tickets.export"): "every list leaves the house through one writer",
    ("app/callbacks/export.py", "app.tickets.sheets"): "onto the same sheets",
    ("app/filings/export.py", "app.tickets.export"): "every list leaves the house through one writer",
    ("app/filings/export.py", "app.tickets.sheets"): "onto the same sheets",
    ("app/staff/export.py", "app.tickets.export"): "every list leaves the house through one writer",
    ("app/staff/export.py", "app.tickets.sheets"): "onto the same sheets",
    ("app/rankings/export.py", "app.tickets.export"): "every list leaves the house through one writer",
    ("app/rankings/export.py", "app.tickets.sheets"): "onto the same sheets",
}


def modules_of(*rooms: str) -> list[Path]:
    """Every Python file of the rooms; a room that does not exist yet has none."""
    found = [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]
    return [path for path in found if "__pycache__" not in path.parts]


def imports_of(path: Path) -> Iterator[str]:
    """Dotted names that a module imports; `from a import b` gives `a.b`, which may be a module or a name."""
    package = list(path.relative_to(ROOT).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def arrows(rooms: tuple[str, ...], *forbidden: str) -> list[str]:
    """Imports of the rooms that lead into what is forbidden to them."""
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules_of(*rooms)
        for name in imports_of(path)
        if within(name, *forbidden)
    ]


def test_the_rooms_are_there_to_be_read() -> None:
    assert all(len(modules_of(room)) > 5 for room in ("app", "models", "views"))


def test_views_know_no_database_and_no_table() -> None:
    assert not arrows(("views",), *DATABASE, "models.tables", "models.migrations", "models.sql")


def test_app_and_models_know_no_window() -> None:
    assert not arrows(("app", "models"), *QT, "views")


def test_models_know_no_application() -> None:
    assert not arrows(("models",), "app", "main", "installer", "tests")


def test_what_is_shipped_knows_no_test() -> None:
    """The installer is not shipped: it may run the tests before it packs."""
    assert not arrows(("app", "models", "views", "resources"), "tests", "pytest", "hypothesis")


def test_resources_know_nothing_of_ours() -> None:
    assert not arrows(("resources",), *(OURS - {"resources"}))


def test_the_rules_stand_alone() -> None:
    """The standard library and each other: no database, no clock, no other room."""
    strangers = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules_of("models/rules")
        for name in imports_of(path)
        if not within(name, "models.rules") and name.split(".")[0] not in sys.stdlib_module_names
    ]
    assert not strangers


def test_the_rules_ask_no_clock() -> None:
    asked = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules_of("models/rules")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow")
    ]
    assert not asked


def domains() -> set[str]:
    return {path.parent.name for path in (ROOT / "app").glob("*/__init__.py")} - FOUNDATION


def past_the_doors() -> set[tuple[str, str]]:
    """(module, what it imports) where a domain reaches into another one past its doors."""
    found = set()
    for path in modules_of("app"):
        inside = path.relative_to(ROOT / "app").parts
        if len(inside) == 1:
            continue  # the top level of `app` puts the domains together
        for name in imports_of(path):
            parts = name.split(".")
            if parts[0] != "app" or len(parts) < 2 or parts[1] not in domains() or parts[1] == inside[0]:
                continue
            if len(parts) < 3 or parts[2] not in DOORS:
                found.add((path.relative_to(ROOT).as_posix(), ".".join(parts[:3])))
    return found


def test_a_domain_is_reached_through_its_doors() -> None:
    assert past_the_doors() == set(KNOWN_PAST_DOORS)


def test_the_foundation_stands_on_no_domain() -> None:
    assert not arrows(("app/database",), *(f"app.{domain}" for domain in domains()))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import sqlalchemy.orm as orm", ["sqlalchemy.orm"]),
        ("from models.tables import Base", ["models.tables.Base"]),
        ("def late():\n    from app import queries", ["app.queries"]),
        ("from . import rows", ["tests.architecture.rows"]),
        ("from ..databases import Database", ["tests.databases.Database"]),
    ],
)
def test_every_way_to_write_an_import_is_read(source: str, expected: list[str]) -> None:
    class Written(type(ROOT)):  # type: ignore[misc]
        def read_text(self, *_: object) -> str:
            return source

    assert list(imports_of(Written(ROOT / "tests" / "architecture" / "sample.py"))) == expected
