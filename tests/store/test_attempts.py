"""Five wrong passwords make the next one wait, also after a restart; a right one forgets them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import attempts
from app.attempts import LONGEST_WAIT, Attempts, wait_after

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.instant = NOON

    def __call__(self) -> datetime:
        return self.instant

    def on(self, seconds: float) -> None:
        self.instant += timedelta(seconds=seconds)


def seconds(wait: timedelta) -> float:
    return wait.total_seconds()


@pytest.mark.parametrize(
    ("wrong", "wait"),
    [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (9, 480), (10, 900), (11, 900), (10_000, 900)],
)
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(wrong: int, wait: int) -> None:
    assert seconds(wait_after(wrong)) == wait


def test_the_fifth_wrong_one_waits_and_a_restart_does_not_help(tmp_path: Path) -> None:
    clock = Clock()
    for number in range(1, 6):
        assert seconds(Attempts(tmp_path, clock).failed("中心", "lin")) == (30 if number == 5 else 0)
    clock.on(10)
    assert seconds(Attempts(tmp_path, clock).left("中心", "lin")) == 20
    clock.on(21)
    assert seconds(Attempts(tmp_path, clock).left("中心", "lin")) == 0
    assert seconds(Attempts(tmp_path, clock).failed("中心", "lin")) == 60


def test_others_do_not_wait(tmp_path: Path) -> None:
    kept = Attempts(tmp_path, Clock())
    for _ in range(6):
        kept.failed("中心", "lin")
    assert seconds(kept.left("中心", "wang")) == 0
    assert seconds(kept.left("市中心", "lin")) == 0


def test_a_right_password_forgets_the_wrong_ones(tmp_path: Path) -> None:
    kept = Attempts(tmp_path, Clock())
    for _ in range(6):
        kept.failed("中心", "lin")
    kept.succeeded("中心", "lin")
    assert seconds(kept.left("中心", "lin")) == 0
    assert seconds(kept.failed("中心", "lin")) == 0
    kept.succeeded("中心", "nobody")


def test_a_clock_set_back_makes_no_wait_longer(tmp_path: Path) -> None:
    clock = Clock()
    kept = Attempts(tmp_path, clock)
    for _ in range(20):
        kept.failed("中心", "lin")
    clock.on(-86_400)
    assert kept.left("中心", "lin") == LONGEST_WAIT


@pytest.mark.parametrize("text", ["{", "[]", "7", '{"a": 3}', '{"a": [1, "gestern"]}'])
def test_a_damaged_file_counts_from_the_start(tmp_path: Path, text: str) -> None:
    kept = Attempts(tmp_path, Clock())
    kept.path.write_text(text)
    assert seconds(kept.left("中心", "lin")) == 0
    assert seconds(kept.failed("中心", "lin")) == 0


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    kept = Attempts(tmp_path / "taken", Clock())
    kept.failed("中心", "lin")
    assert seconds(kept.left("中心", "lin")) == 0


def test_the_folder_is_the_persons_own() -> None:
    assert attempts.default_folder().name == "pingdesk"
    assert Attempts().now().tzinfo is UTC
