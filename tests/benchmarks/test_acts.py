"""Acts a second with the log's chain, and fifty clients over minutes (run by `bootstrap.py bench`). Figures."""

from __future__ import annotations

import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from models.rules.lifecycle import Action
from models.rules.people import Group
from tests.databases import Database
from tests.flows import clients, crowd
from tests.flows.clients import Report
from tests.store.acting import MATERIAL

#: A ticket's whole life: who does what. After the last the second follows.
LIFE = (
    (Group.OFFICER, Action.VERIFY_AND_DISPATCH),
    (Group.LIAISON, Action.ACKNOWLEDGE),
    (Group.LIAISON, Action.SUBMIT),
    (Group.OFFICER, Action.RETURN_FOR_REWORK),
    (Group.LIAISON, Action.SUBMIT),
    (Group.OFFICER, Action.APPROVE),
    (Group.OFFICER, Action.REPORT),
    (Group.OFFICER, Action.CONFIRM_CLOSED),
    (Group.OFFICER, Action.REOPEN),
)
#: How many act at once, and for how long at each setting; tickets of the sixty days around.
WORKERS, SPAN = 8, 10
TICKETS = {"a county": 120, "a city": 16_000}


@dataclass(frozen=True)
class Worker:
    """A ticket with an officer and a liaison of the agency that holds it."""

    county: Database
    liaison: str
    ticket: int

    def act_until(self, last: float) -> int:
        """Leads the ticket through its life again and again; returns how many acts were confirmed."""
        agency = self.county.one("SELECT agency_id FROM pd.app_user WHERE login = %s", self.liaison)
        with closing(self._connect("officer")) as officer, closing(self._connect(self.liaison)) as liaison:
            done, version = 0, 1
            while time.monotonic() < last:
                group, action = LIFE[done] if done < len(LIFE) else LIFE[1 + (done - 1) % (len(LIFE) - 1)]
                by = officer if group is Group.OFFICER else liaison
                version = self._act(by, version, action, agency)
                done += 1
        return done

    def _connect(self, login: str) -> psycopg.Connection[Any]:
        return psycopg.connect(self.county.conninfo(login), autocommit=True)

    def _act(self, by: psycopg.Connection[Any], version: int, action: Action, agency: int) -> int:
        facts = {**MATERIAL, "lead": agency, "reason": "理由", "receipt": "ZJ1", "closed_on": "2026-01-01"}
        answer = by.execute(
            "SELECT pd.act(%s, %s, %s, %s, %s)", [self.ticket, version, action.value, Jsonb(facts), uuid4()]
        ).fetchone()
        assert answer is not None
        return int(answer[0]["version"])


@pytest.mark.parametrize("fast", [True, False], ids=["fsync off", "fsync on"])
@pytest.mark.parametrize("size", TICKETS)
def test_acts_a_second(benchmark: Any, size: str, fast: bool) -> None:
    """Eight at once lead tickets through their lives; the chain and the tally are right afterwards."""
    with crowd.new_county(fast=fast) as county:
        tickets = clients.open_tickets(county, TICKETS[size])
        county.rows("VACUUM ANALYZE")
        workers = [
            Worker(county, f"liaison-{n:02}", tickets[n * len(tickets) // WORKERS - 1])
            for n in range(1, WORKERS + 1)
        ]
        rate = benchmark.pedantic(_acts_a_second, args=[workers], rounds=1, iterations=1)
        clients.check_figures(county)
        clients.check_chain(county)
    benchmark.extra_info["acts a second"] = rate
    print(
        f"\n{size} ({TICKETS[size]:,} tickets in sixty days), fsync {'off' if fast else 'on'}: {rate} acts/s"
    )


def _acts_a_second(workers: list[Worker]) -> int:
    begin = time.monotonic()
    with ThreadPoolExecutor(len(workers)) as threads:
        done = sum(threads.map(lambda worker: worker.act_until(begin + SPAN), workers))
    return round(done / (time.monotonic() - begin))


def test_fifty_clients(benchmark: Any, seconds: int) -> None:
    """A working day of fifty people, without pauses; everything is checked at the end."""
    with crowd.new_county() as county:
        last = time.monotonic() + seconds
        report = benchmark.pedantic(
            crowd.at_work, args=[county, 200, lambda _client: time.monotonic() < last], rounds=1, iterations=1
        )
        deadlocks = county.one("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    _print(report, seconds, deadlocks)


def _print(report: Report, seconds: int, deadlocks: int) -> None:
    took: dict[str, list[float]] = defaultdict(list)
    for name, one in report.took:
        took[name].append(one * 1000)
    print(
        f"\nfifty clients, {seconds} s: {sum(map(len, took.values())):,} pieces of work, {len(report.acts):,} acts"
    )
    for name, times in sorted(took.items()):
        late = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
        print(f"  {name:<20} {len(times):>6} × median {median(times):>7.0f} ms, 95 % within {late:>7.0f} ms")
    print(f"  heard of others {report.done['heard']:,} times")
    for told, times in report.told.most_common():
        print(f"  told {times:>4} × {told}")
    print(f"  done again {dict(report.again)}, deadlocks in the database {deadlocks}")
