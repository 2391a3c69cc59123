"""House rules that a reader would otherwise have to watch: size, names, docstrings, errors, SQL."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ("app", "models", "views", "resources", "installer", "main.py")
EVERYTHING = (*PROGRAM, "tests")
LONGEST_MODULE = 500
LONGEST_FUNCTION = 60
LONGEST_MAIN = 40

#: Names that are not ours to choose, each with its reason; one that is gone must leave this table.
KNOWN_NAMES = {("tests/views/conftest.py", "handler"): "Qt's own word: what qInstallMessageHandler takes"}

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef

#: Bracketed so that this file does not find itself.
UNFINISHED = re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X)\b")
EMPTY_NAMES = re.compile(
    r"(?:Manager|Helper|Utils?|Handler)s?(?![a-z])|(?:^|_)(?:manager|helper|utils?|handler)s?(?:_|$)"
)
ROUTINE = re.compile(r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE)\s+([\w.]+)", re.IGNORECASE)


def files(rooms: tuple[str, ...], suffix: str = ".py") -> list[Path]:
    """The rooms' files; a room that does not exist yet has none."""
    found: list[Path] = []
    for room in rooms:
        path = ROOT / room
        found += [path] if path.is_file() else sorted(path.rglob(f"*{suffix}"))
    return [path for path in found if path.suffix == suffix and "__pycache__" not in path.parts]


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def found_in(paths: list[Path], check: Callable[[ast.Module], Iterator[tuple[int, str]]]) -> list[str]:
    """What a check finds, each as `file:line what`."""
    return [
        f"{path.relative_to(ROOT).as_posix()}:{line} {what}"
        for path in paths
        for line, what in check(tree_of(path))
    ]


# --- size ---------------------------------------------------------------------------------------------


def test_no_module_is_longer_than_500_lines() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines())
        for path in files(EVERYTHING)
        if "models/migrations/versions" not in path.as_posix()
    }
    assert not {name: length for name, length in lengths.items() if length > LONGEST_MODULE}


def long_functions(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, Function) and node.end_lineno is not None:
            length = node.end_lineno - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield node.lineno, f"{node.name} has {length} lines"


def test_no_function_is_longer_than_60_lines() -> None:
    paths = [p for p in files(PROGRAM) if "models/migrations/versions" not in p.as_posix()]
    assert not found_in(paths, long_functions)


def lines_of_code(source: str) -> int:
    """Lines that carry code: no blank ones, comments or docstrings."""
    beside = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in (*beside, tokenize.ENCODING, tokenize.ENDMARKER):
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.end_lineno:
            lines -= set(range(node.lineno, node.end_lineno + 1))
    return len(lines)


def test_the_front_door_is_short() -> None:
    assert lines_of_code((ROOT / "main.py").read_text("utf-8")) <= LONGEST_MAIN


def test_lines_of_code_leave_out_blank_lines_comments_and_docstrings() -> None:
    assert lines_of_code('"""One\n\ntwo."""\n\n# three\nx = (\n    1\n)\n') == 3


# --- docstrings and names -----------------------------------------------------------------------------


def public(nodes: list[ast.stmt]) -> Iterator[Definition]:
    """Public functions and classes, and the public methods of these classes."""
    for node in nodes:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


def undocumented(tree: ast.Module) -> Iterator[tuple[int, str]]:
    # An empty __init__ says nothing and need not say it.
    if tree.body and not ast.get_docstring(tree):
        yield 1, "module"
    for node in public(tree.body):
        if not ast.get_docstring(node):
            yield node.lineno, node.name


def test_everything_public_has_a_docstring() -> None:
    assert not found_in(files(PROGRAM), undocumented)


def test_every_test_module_says_what_it_proves() -> None:
    modules = [path for path in files(("tests",)) if path.name != "__init__.py"]
    assert not [path.name for path in modules if not ast.get_docstring(tree_of(path))]


def empty_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, Definition) and EMPTY_NAMES.search(node.name):
            yield node.lineno, node.name
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and EMPTY_NAMES.search(node.id):
            yield node.lineno, node.id


def test_names_say_what_a_thing_is() -> None:
    found = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in files(EVERYTHING)
        for _, name in empty_names(tree_of(path))
    }
    assert found == set(KNOWN_NAMES)
    assert not [path for path in files(EVERYTHING) if EMPTY_NAMES.search(path.stem)]


@pytest.mark.parametrize(
    "name", ["TicketManager", "ViewHelpers", "date_utils", "helper", "RowHandler", "Util"]
)
def test_empty_names_are_found(name: str) -> None:
    assert EMPTY_NAMES.search(name)


@pytest.mark.parametrize("name", ["handled_means", "handling", "futile", "unhandled", "managed"])
def test_names_of_the_field_are_not(name: str) -> None:
    assert not EMPTY_NAMES.search(name)


# --- errors and loose ends ----------------------------------------------------------------------------


def test_nothing_is_left_for_later() -> None:
    written = files(EVERYTHING) + files(PROGRAM, ".sql")
    left = [
        f"{path.relative_to(ROOT).as_posix()}:{number}"
        for path in written
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if UNFINISHED.search(line)
    ]
    assert not left


def swallowing(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """`except:` of everything, and a broad one that says nothing."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        if node.type is None:
            yield node.lineno, "bare except"
            continue
        caught = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)}
        silent = all(
            isinstance(s, ast.Pass) or (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))
            for s in node.body
        )
        if caught & {"Exception", "BaseException"} and silent:
            yield node.lineno, "swallows every error"


def test_no_error_is_swallowed() -> None:
    assert not found_in(files(EVERYTHING), swallowing)


@pytest.mark.parametrize(
    "clause", ["except:\n    x()", "except Exception:\n    pass", "except (OSError, Exception):\n    ..."]
)
def test_swallowed_errors_are_found(clause: str) -> None:
    assert list(swallowing(ast.parse(f"try:\n    x()\n{clause}")))


def floats(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, repr(node.value)
        if isinstance(node, ast.Name) and node.id == "float":
            yield node.lineno, "float"


def test_the_rules_compute_without_floats() -> None:
    assert ROOT / "models/rules/scoring.py" in files(("models/rules",))
    assert not found_in(files(("models/rules",)), floats)


# --- SQL ----------------------------------------------------------------------------------------------


def headers(source: str) -> Iterator[tuple[str, str]]:
    """(name, text from CREATE to the body) of each routine of an SQL file, comments aside."""
    code = re.sub(r"--[^\n]*", "", source)
    for found in ROUTINE.finditer(code):
        rest = code[found.start() :]
        body = re.search(r"\bAS\s+(?:\$\w*\$|')|\bBEGIN\s+ATOMIC\b|\bRETURN\b|;", rest, re.IGNORECASE)
        yield found[1], rest[: body.start()] if body else rest


def is_definer(header: str) -> bool:
    return re.search(r"\bSECURITY\s+DEFINER\b", header, re.IGNORECASE) is not None


def pins_path(header: str) -> bool:
    """Whether the path is set, and temporary tables come last, where they can shadow nothing."""
    pinned = re.search(
        r"\bSET\s+search_path\s*(?:=|TO)\s*([\w, ]+?)\s*(?:\n|SET\b|AS\b|$)", header, re.IGNORECASE
    )
    return pinned is not None and pinned[1].split(",")[-1].strip() == "pg_temp"


def test_every_function_with_its_owners_rights_pins_its_search_path() -> None:
    loose = [
        f"{path.name}: {name}"
        for path in files(("models",), ".sql")
        for name, header in headers(path.read_text("utf-8"))
        if is_definer(header) and not pins_path(header)
    ]
    assert not loose


def test_no_function_with_its_owners_rights_escapes_the_reading() -> None:
    for path in files(("models",), ".sql"):
        source = path.read_text("utf-8")
        written = len(re.findall(r"SECURITY\s+DEFINER", re.sub(r"--[^\n]*", "", source), re.IGNORECASE))
        assert written == sum(is_definer(header) for _, header in headers(source)), path.name


def test_functions_with_their_owners_rights_are_written_in_sql_files() -> None:
    assert not [p for p in files(PROGRAM) if re.search(r"SECURITY\s+DEFINER", p.read_text("utf-8"), re.I)]


@pytest.mark.parametrize(
    ("clauses", "pinned"),
    [
        ("SECURITY DEFINER SET search_path = pd, pg_temp", True),
        ("SECURITY DEFINER SET search_path = pd, pg_temp SET work_mem = '128MB'", True),
        ("SECURITY DEFINER SET search_path = pg_temp, pd", False),
        ("SECURITY DEFINER", False),
        ("SECURITY DEFINER -- SET search_path = pd, pg_temp", False),
    ],
)
def test_a_loose_search_path_is_found(clauses: str, pinned: bool) -> None:
    source = f"CREATE FUNCTION pd.f() RETURNS int\n    LANGUAGE sql {clauses}\nAS $$ SELECT 1 $$;"
    ((_, header),) = headers(source)
    assert is_definer(header)
    assert pins_path(header) is pinned
