"""Databases of the size a city reaches, made by the database itself in set-based statements."""

from __future__ import annotations

from tests.databases import Database

_AGENCIES = 41


def fill_tickets(database: Database, tickets: int) -> None:
    """Tickets over ten years; one of forty-one agencies holds each, every second with a second agency."""
    _registry(database)
    batch = database.batch()
    database.rows(
        """
        INSERT INTO pd.ticket (number, case_number, agency_id, holder_id, item_id, platform, level, labels, reason,
            rated_at, opened_at, state, round, received_on, due_on, runs_until, search, grams, batch_id)
        SELECT 'HCP' || n, '440881' || n, a, a, 1 + n %% 50, 'hall', 1 + n %% 2, '{108}', '材料反复要', at, at,
               CASE WHEN n %% 50 = 0 THEN 'rectifying' ELSE 'closed' END, 1, pd.local_day(at), pd.local_day(at) + 14,
               CASE WHEN n %% 50 = 0 THEN pd.local_day(at) + 14 END, s, pd.grams(s), %s
        FROM (SELECT n, 1 + n %% 41 AS a, TIMESTAMPTZ '2016-11-01 00:00+08' + n * INTERVAL '10 years' / %s AS at,
                     lower('hcp' || n || ' 440881' || n || ' 事项' || n %% 50 || '社会保障卡申领 单位' || n %% 41) AS s
              FROM generate_series(1, %s) AS n) x""",
        batch, tickets, tickets,
    )  # fmt: skip
    database.rows(
        """
        INSERT INTO pd.assignment (ticket_id, round, agency_id, part, opened_at, created_at, received_on, due_on, provisional)
        SELECT t.id, 1, CASE WHEN p = 'lead' THEN t.agency_id ELSE 1 + t.agency_id % 41 END, p, t.opened_at, t.opened_at,
               t.received_on, t.due_on, false
        FROM pd.ticket t, unnest(ARRAY['lead', 'co']) AS p WHERE p = 'lead' OR t.id % 2 = 0"""
    )
    database.rows("VACUUM ANALYZE pd.ticket")
    database.rows("VACUUM ANALYZE pd.assignment")


def fill_ratings(database: Database, ratings: int, *, months: int) -> None:
    """Ratings spread over the months before November 2026, complete, and their tally."""
    _registry(database)
    batch = database.batch()
    database.rows(
        """
        INSERT INTO pd.rating (area_code, case_number, target, service_number, rating_number, agency_id, item_id, platform,
            level, first_level, is_default, first_default, rated_at, batch_id)
        SELECT '440881000000', 'C' || n, 'item', 1, 1, 1 + n %% 41, 1 + n %% 50,
               (ARRAY['portal', 'hall', 'app', 'yueshengshi', 'kiosk'])[1 + n %% 5],
               CASE WHEN n %% 500 = 0 THEN 1 ELSE 5 END, CASE WHEN n %% 500 = 0 THEN 1 ELSE 5 END, n %% 3 = 0, n %% 3 = 0,
               TIMESTAMPTZ '2026-11-01 00:00+08' - n * %s * INTERVAL '1 month' / %s, %s
        FROM generate_series(1, %s) AS n""",
        months, ratings + 1, batch, ratings,
    )  # fmt: skip
    database.rows(
        "INSERT INTO pd.rating_cover SELECT DATE '2026-11-01' - i * INTERVAL '1 month', a.id"
        " FROM generate_series(1, %s) AS i, pd.agency a",
        months + 1,
    )
    database.rows(
        """
        INSERT INTO pd.summary_count SELECT DATE '2026-11-01' - i * INTERVAL '1 month', a.id, p, 0, 3000, 2000, 0, 0, 0, 0, 0, 0,
            (SELECT max(id) FROM pd.import_batch) FROM generate_series(1, %s) AS i, pd.agency a,
            unnest(ARRAY['portal', 'hall', 'app']) AS p""",
        months,
    )
    database.rows("VACUUM ANALYZE pd.rating")
    database.rows(
        "SELECT pd.refresh_tally(ARRAY(SELECT (DATE '2026-11-01' - i * INTERVAL '1 month')::date FROM generate_series(1, %s) AS i))",
        months + 1,
    )
    database.rows("VACUUM ANALYZE pd.tally")


def _registry(database: Database) -> None:
    for number in range(_AGENCIES):
        database.agency(f"单位{number}")
    database.rows(
        "INSERT INTO pd.service_item (name) SELECT '事项' || n FROM generate_series(1, 50) AS n ON CONFLICT DO NOTHING"
    )
