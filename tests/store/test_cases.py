"""Cases count as the rules say, in whatever order the files come: a second, naive counting beside the database's."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from app.cases import export, queries
from app.cases.queries import ReminderFilter
from app.clock import SHANGHAI
from tests.databases import Database
from tests.store import loads

_FIRST = datetime(2026, 10, 1, tzinfo=SHANGHAI)
_NEVER = date(9999, 12, 31)
Row = dict[str, Any]


def _month(moment: datetime) -> date:
    return moment.date().replace(day=1)


@dataclass
class World:
    """What has been loaded, and the counts that follow from it by looking at each case and each rating in turn."""

    latest: bool
    cases: dict[tuple[str, str], Row] = field(default_factory=dict)
    ratings: dict[tuple[str, str, int], Row] = field(default_factory=dict)
    #: What appeals changed (Art. 25): the level that counts instead, None where the rating is left out.
    corrections: dict[tuple[str, str, int], int | None] = field(default_factory=dict)
    rating_cover: set[tuple[date, str]] = field(default_factory=set)
    case_cover: set[tuple[date, str]] = field(default_factory=set)

    def take_cases(self, rows: list[Row], *, complete: bool) -> None:
        for row in rows:
            self.cases[row["case_number"], row["area_code"]] = row
            if complete and row["finished_at"]:
                self.case_cover.add((_month(row["finished_at"]), row["agency"]))

    def take_ratings(self, rows: list[Row], *, complete: bool) -> None:
        for row in rows:
            self.ratings[row["case_number"], row["area_code"], row["rating_number"]] = row
            if complete:
                self.rating_cover.add((_month(row["rated_at"]), row["agency"]))

    def counted(self) -> Counter[tuple[Any, ...]]:
        """(day, agency, platform, what) → how many: what is a level, `default` or `active`."""
        found: Counter[tuple[Any, ...]] = Counter()
        for day, row, level, default in self._item_ratings():
            if (day.replace(day=1), row["agency"]) in self.rating_cover:
                # A theme's own rating stands for its cases, and for nothing of its own but the hall's activity.
                whole = "rated_at" in row and self._is_whole(row)
                if not whole:
                    found[day, row["agency"], row["platform"], level] += 1
                if not (whole and default):
                    found[day, row["agency"], row["platform"], "default" if default else "active"] += 1
        return found

    def _is_whole(self, rating: Row) -> bool:
        """Art. 19: the rating of a theme that counts for a case of it, and whose number is no case itself."""
        number, area = rating["case_number"], rating["area_code"]
        return (number, area) not in self.cases and any(
            row["theme_number"] == number
            and row["area_code"] == area
            and (row["case_number"], area, 1) not in self.ratings
            and (_month(rating["rated_at"]), row["agency"]) in self.rating_cover
            for row in self.cases.values()
        )

    def _item_ratings(self) -> Iterator[tuple[date, Row, int, bool]]:
        for (case, area, number), rating in self.ratings.items():
            if number == 1 and not self._is_left_out(rating):
                yield rating["rated_at"].date(), rating, *self._standing(case, area)
        for (case, area), row in self.cases.items():
            if (case, area, 1) not in self.ratings and (first := self._first_elsewhere(row)) is not None:
                if not self._is_left_out(first):
                    yield first["rated_at"].date(), row, *self._standing(first["case_number"], area)
            elif row["finished_at"] and not self._ratings_of(row):
                covered = (_month(row["finished_at"]), row["agency"]) in self.rating_cover
                if covered:
                    yield row["finished_at"].date() + timedelta(days=8), row, 5, True

    def _standing(self, case: str, area: str) -> tuple[int, bool]:
        """Level and whether default, of a case's first rating or of the follow-up that stands for it."""
        first, more = self.ratings[case, area, 1], self.ratings.get((case, area, 2))
        if more and self._is_left_out(more):
            more = None
        if self.latest and more and (more["rated_at"].date() - first["rated_at"].date()).days <= 60:
            return self.corrections.get((case, area, 2)) or more["level"], False
        corrected = self.corrections.get((case, area, 1))
        return corrected or first["level"], first["is_default"] and not corrected

    def _is_left_out(self, rating: Row) -> bool:
        key = rating["case_number"], rating["area_code"], rating["rating_number"]
        return key in self.corrections and self.corrections[key] is None

    def _first_elsewhere(self, row: Row) -> Row | None:
        """Art. 19, else Art. 18: the earliest rating of the theme, else of the batch."""
        for group in (self._theme(row), self._batch(row)):
            firsts = [r for r in group if r["rating_number"] == 1]
            if firsts:
                return min(firsts, key=lambda r: r["rated_at"])
        return None

    def _theme(self, row: Row) -> list[Row]:
        keys = [(row["theme_number"], row["area_code"], n) for n in (1, 2)]
        return [self.ratings[key] for key in keys if row["theme_number"] and key in self.ratings]

    def _batch(self, row: Row) -> list[Row]:
        alike = ("batch_number", "agency", "area_code")
        mates = [c for c in self.cases.values() if row["batch_number"] and all(c[k] == row[k] for k in alike)]
        keys = [(m["case_number"], m["area_code"], n) for m in mates for n in (1, 2)]
        return [self.ratings[key] for key in keys if key in self.ratings]

    def _ratings_of(self, row: Row) -> list[Row]:
        keys = [(row["case_number"], row["area_code"], n) for n in (1, 2)]
        own = [self.ratings[key] for key in keys if key in self.ratings]
        return own + self._theme(row) + self._batch(row)

    def cased(self) -> Counter[tuple[Any, ...]]:
        """(day finished, agency, platform, day first rated) → cases."""
        found: Counter[tuple[Any, ...]] = Counter()
        for row in self.cases.values():
            done = row["finished_at"]
            left_out = self.corrections.get((row["case_number"], row["area_code"], 1), 0) is None
            if done and (_month(done), row["agency"]) in self.case_cover and not left_out:
                rated = [r["rated_at"].date() for r in self._ratings_of(row) if self._is_active(r)]
                found[done.date(), row["agency"], row["platform"], min(rated, default=_NEVER)] += 1
        return found

    def _is_active(self, rating: Row) -> bool:
        first = self.ratings.get((rating["case_number"], rating["area_code"], 1))
        stands = rating["rating_number"] == 1 or (
            self.latest
            and first is not None
            and (rating["rated_at"].date() - first["rated_at"].date()).days <= 60
        )
        return stands and not rating["is_default"] and not self._is_left_out(rating)


@dataclass
class Draw:
    """Random files of one small place: two agencies, few cases, so that batches, themes and late ratings meet."""

    seed: int
    draw: random.Random

    @property
    def agencies(self) -> list[str]:
        return [f"甲{self.seed}镇", f"乙{self.seed}镇"]

    def moment(self, days: int) -> datetime:
        """To the microsecond, so that no two are at once; often close to midnight."""
        day = _FIRST + timedelta(days=self.draw.randrange(days))
        near = self.draw.choice((0, 86399, self.draw.randrange(86400)))
        return day + timedelta(seconds=near, microseconds=self.draw.randrange(1, 10**6))

    def key(self) -> Row:
        return {
            "case_number": f"S{self.seed}C{self.draw.randrange(24)}",
            "area_code": self.draw.choice(("440881000000",) * 4 + ("440882000000",)),
            "agency": self.draw.choice(self.agencies),
            "platform": self.draw.choice(("hall", "portal")),
        }

    def case(self) -> Row:
        done = self.moment(50) if self.draw.random() < 0.85 else None
        grouped = self.draw.random()
        return self.key() | {
            "status": 3 if done else 2,
            "finished_at": done,
            "batch_number": f"S{self.seed}B{self.draw.randrange(3)}" if grouped < 0.5 else None,
            "theme_number": f"S{self.seed}C{self.draw.randrange(20, 28)}" if grouped > 0.35 else None,
        }

    def rating(self) -> Row:
        first = self.draw.random() < 0.8
        key = self.key()
        key["case_number"] = f"S{self.seed}C{self.draw.randrange(28)}"
        default = first and self.draw.random() < 0.2
        return key | {
            "rating_number": 1 if first else 2,
            "level": 5 if default else self.draw.choice((3, 4, 5, 5)),
            "is_default": default,
            "rated_at": self.moment(60 if first else 110),
        }


def _distinct(rows: list[Row], *fields: str) -> list[Row]:
    return list({tuple(row[f] for f in fields): row for row in rows}.values())


def _load(database: Database, world: World, draw: Draw) -> None:
    """One file more, of cases or of ratings; now and then one that holds a part only."""
    complete = draw.draw.random() < 0.8
    size = draw.draw.randrange(1, 12)
    with loads.connect(database) as connection:
        if draw.draw.random() < 0.5:
            rows = _distinct([draw.case() for _ in range(size)], "case_number", "area_code")
            loads.cases(connection, *rows, complete=complete)
            world.take_cases(rows, complete=complete)
        else:
            keys = ("case_number", "area_code", "rating_number")
            rows = _distinct([draw.rating() for _ in range(size)], *keys)
            rows = [row for row in rows if tuple(row[k] for k in keys) not in world.ratings]
            if rows:
                loads.ratings(connection, *rows, complete=complete)
                world.take_ratings(rows, complete=complete)


def _correct(database: Database, world: World, draw: Draw) -> None:
    """An appeal that was upheld: a rating counts with another level, or not at all."""
    open_to = [key for key in world.ratings if key not in world.corrections]
    if open_to and draw.draw.random() < 0.4:
        key = draw.draw.choice(open_to)
        world.corrections[key] = level = draw.draw.choice((None, 1, 5))
        loads.correct(database, *key, level=level)


def _kept(database: Database, agencies: list[str]) -> Counter[tuple[Any, ...]]:
    found: Counter[tuple[Any, ...]] = Counter()
    for day, agency, platform, *numbers in database.rows(
        "SELECT t.day, a.name, t.platform, level_5, level_4, level_3, level_2, level_1, defaults, active"
        " FROM pd.tally t JOIN pd.agency a ON a.id = t.agency_id WHERE a.name = ANY (%s)",
        agencies,
    ):
        for what, number in zip((5, 4, 3, 2, 1, "default", "active"), numbers, strict=True):
            found[day, agency, platform, what] += number
    return +found


def _kept_cases(database: Database, agencies: list[str]) -> Counter[tuple[Any, ...]]:
    rows = database.rows(
        "SELECT t.day, a.name, t.platform, t.rated_on, t.cases FROM pd.tally_case t JOIN pd.agency a"
        " ON a.id = t.agency_id WHERE a.name = ANY (%s)",
        agencies,
    )
    return Counter({tuple(key): number for *key, number in rows})


@pytest.mark.parametrize("latest", [False, True])
def test_the_tally_is_what_a_naive_counting_finds(database: Database, latest: bool) -> None:
    """Batches, themes, defaults, late ratings, moved cases, several areas, partial files, corrections, any order."""
    effect = "latest" if latest else "first"
    database.rows(f'UPDATE pd.rule_set SET parameters = parameters || \'{{"follow_up_effect": "{effect}"}}\'')
    for seed in range(8):
        world, draw = World(latest), Draw(seed, random.Random(seed))
        for _ in range(7):
            _load(database, world, draw)
            _correct(database, world, draw)
            assert _kept(database, draw.agencies) == world.counted(), seed
            assert _kept_cases(database, draw.agencies) == world.cased(), seed
    assert database.raw("officer", "SELECT pd.rebuild_tally() ->> 'changed'") == [("0",)]


NOON = datetime(2026, 10, 20, 12, 0, tzinfo=SHANGHAI)


def _at(day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=SHANGHAI)


def _reminded(database: Database, login: str = "officer", **wanted: Any) -> list[tuple[str, int]]:
    store = database.person(login)
    with store.read() as connection:
        page = queries.reminders(connection, ReminderFilter(**wanted))
    store.close()
    return [(row.case_number, row.hours_left) for row in page.rows]


def test_the_reminder_list_runs_from_a_day_after_the_finish_to_the_default(database: Database) -> None:
    """Art. 20: 24 hours, then until 24:00 of the seventh day; rated in any way is off the list."""
    database.freeze(NOON)
    database.liaison("liaison-01", "甲镇")
    rows = [
        ("LATE", _at(12, 23, 59), {}),
        ("FIRST", _at(13, 0), {}),
        ("OTHER", _at(18), {"agency": "乙镇"}),
        ("LAST", _at(19, 11, 59), {}),
        ("YOUNG", _at(19, 12), {}),
        ("RATED", _at(15), {}),
        ("MATE-1", _at(15), {"batch_number": "B"}),
        ("MATE-2", _at(15), {"batch_number": "B"}),
        ("PART", _at(15), {"theme_number": "WHOLE"}),
    ]
    with loads.connect(database) as connection:
        loads.cases(connection, *({"case_number": n, "finished_at": at, **more} for n, at, more in rows))
        rated = ("RATED", "MATE-1", "WHOLE")
        loads.ratings(
            connection,
            *({"case_number": n, "level": 5, "agency": "丙镇", "rated_at": _at(16)} for n in rated),
        )
    assert _reminded(database) == [("FIRST", 12), ("OTHER", 132), ("LAST", 156)]
    assert _reminded(database, "liaison-01") == [("FIRST", 12), ("LAST", 156)]
    assert _reminded(database, urgent=True) == [("FIRST", 12)]
    assert _reminded(database, search="乙镇") == [("OTHER", 132)]
    with database.store.read() as connection:
        found = queries.counts(connection, ReminderFilter(search="first"))
        one = queries.reminders(connection, ReminderFilter(), limit=1)
        two = queries.reminders(connection, ReminderFilter(), after=one.next, limit=2)
    assert found == queries.Counts(1, 1, date(2026, 10, 16))
    assert [r.case_number for r in (*one.rows, *two.rows)] == ["FIRST", "OTHER", "LAST"] and two.next is None
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.raw("bureau", "SELECT * FROM pd.cases_to_remind()")


def test_the_list_goes_into_a_file_and_into_the_log(database: Database, tmp_path: Path) -> None:
    database.freeze(NOON)
    with loads.connect(database) as connection:
        loads.cases(connection, {"case_number": "C1", "finished_at": _at(15), "hall": "=甲镇大厅"})
    database.store.person = SimpleNamespace(name="李伟")  # type: ignore[attr-defined]
    done = export.export(database.store, tmp_path / "名单.csv", ReminderFilter())  # type: ignore[arg-type]
    text = done.path.read_text("utf-8-sig")
    assert done.rows == 1 and "'=甲镇大厅" in text and "C1" in text
    assert database.one("SELECT facts ->> 'kind' FROM pd.event WHERE action = 'export'") == "reminders"


def test_detail_and_summary_are_compared(database: Database) -> None:
    """Where both are on file the detail counts, and what differs is told, once per agency and platform."""
    database.freeze(NOON)
    with loads.connect(database) as connection:
        loads.cases(connection, *({"case_number": f"C{n}", "finished_at": _at(5)} for n in range(3)))
        loads.ratings(connection, {"case_number": "C1", "level": 4, "rated_at": _at(6)})
        october = {"month": date(2026, 10, 1), "level_5": 0, "level_2": 0}
        loads.summary(
            connection,
            october | {"hall": "甲镇大厅", "cases": 4, "cases_rated": 1},
            october | {"agency": "乙镇", "cases": 9, "cases_rated": 2},  # no detail: nothing to compare
        )
    with database.store.read() as connection:
        (found,) = queries.differences(connection, [date(2026, 10, 1)])
    assert found.said == "甲镇·实体大厅（2026年10月）：明细 3 件、参评 1，汇总 4 件、参评 1"
    assert database.rows(
        "SELECT sum(cases), sum(cases_rated) FROM pd.pooled_tally('2026-10-01', '2026-11-01', '2026-10-31') p"
        " JOIN pd.agency a ON a.id = p.agency_id GROUP BY a.name ORDER BY a.name"
    ) == [(9, 2), (3, 1)]


def test_a_ticket_names_the_cases_that_its_rating_counts_for(database: Database) -> None:
    """Art. 18, 19: of the batch's earliest rating and of a theme's; a case with a rating of its own is none."""
    database.freeze(NOON)
    batch, theme = {"batch_number": "B"}, {"theme_number": "WHOLE"}
    rows = [("B1", batch), ("B2", batch), ("B3", batch), ("B4", batch), ("T1", theme), ("T2", theme)]
    rated = [("B1", _at(6)), ("B3", _at(7)), ("T2", _at(6)), ("WHOLE", _at(8))]
    with loads.connect(database) as connection:
        loads.cases(connection, *({"case_number": n, "finished_at": _at(5), **more} for n, more in rows))
        loads.ratings(connection, *({"case_number": n, "level": 2, "rated_at": at} for n, at in rated))
    tickets = dict(database.rows("SELECT case_number, id FROM pd.ticket"))
    with database.store.read() as connection:
        found = {case: queries.counted_too(connection, ticket) for case, ticket in tickets.items()}
    assert found == {"B1": ("B2", "B4"), "B3": (), "T2": (), "WHOLE": ("T1",)}
