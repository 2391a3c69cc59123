"""Exporting every ticket of a city: time, peak memory and size (`--tickets`)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.scale import fill_tickets
from tests.databases import MONDAY, Database

_EXPORT = """
import resource, sys, time
from pathlib import Path
from app.tickets.export import Wish, export
from app.workspace import Workspace
space = Workspace.open_server(sys.argv[1])
before, begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
done = export(space, Path(sys.argv[2]), Wish())
took, peak = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
space.close()
print(done.rows, took, before, peak)
"""
#: Megabytes of a process that exports, however many rows there are.
MOST = 250


@pytest.mark.skipif(sys.platform == "win32", reason="measured by getrusage")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_export(benchmark: Any, database: Database, tmp_path: Path, tickets: int, kind: str) -> None:
    """All tickets, in a process of its own."""
    database.freeze(MONDAY)
    fill_tickets(database, tickets)
    path = tmp_path / f"all.{kind}"
    command = [sys.executable, "-c", _EXPORT, database.conninfo("officer"), str(path)]
    said = benchmark.pedantic(
        subprocess.run, args=[command], rounds=1, kwargs={"check": True, "capture_output": True, "text": True}
    ).stdout.split()
    rows, seconds, before, peak = int(said[0]), float(said[1]), int(said[2]) >> 10, int(said[3]) >> 10
    size = path.stat().st_size / 1e6
    print(f"\n{rows:,} rows to {kind}: {seconds:.0f} s, {size:.0f} MB, peak {peak} MB ({before} MB before)")
    assert rows == tickets and peak <= MOST
