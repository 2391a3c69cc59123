-- The tally: computed from ratings, summaries and tickets, compared with what is kept, corrected.

-- What the tally of one month should be. Levels come from detail where the month's detail of the agency
-- is on file in full, else from the province's summary; case counts from the summary, unless the cases themselves
-- are on file in full (pd.cases_as_rated), as do the defaults of cases that nobody rated. Several rows of one key add up.
CREATE FUNCTION pd.tally_of(month date) RETURNS SETOF pd.tally
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp SET plan_cache_mode = 'force_custom_plan'
AS $$
DECLARE
    starts timestamptz := pd.local_midnight(month);
    ends timestamptz := pd.local_midnight((month + INTERVAL '1 month')::date);
    latest boolean := (SELECT parameters ->> 'follow_up_effect' = 'latest' FROM rule_set
                       WHERE effective_from <= month ORDER BY effective_from DESC LIMIT 1);
BEGIN
    IF latest THEN
        -- The follow-up within 60 days takes the place of the first rating (Art. 21).
        RETURN QUERY
        SELECT pd.local_day(r.rated_at), false, r.agency_id, r.platform, coalesce(r.hall_id, 0), 0, 0,
               count(*) FILTER (WHERE r.target = 'item' AND coalesce(f.level, r.level) = 5)::integer,
               count(*) FILTER (WHERE r.target = 'item' AND coalesce(f.level, r.level) = 4)::integer,
               count(*) FILTER (WHERE r.target = 'item' AND coalesce(f.level, r.level) = 3)::integer,
               count(*) FILTER (WHERE r.target = 'item' AND coalesce(f.level, r.level) = 2)::integer,
               count(*) FILTER (WHERE r.target = 'item' AND coalesce(f.level, r.level) = 1)::integer,
               count(*) FILTER (WHERE r.target = 'item' AND r.is_default AND f.id IS NULL)::integer,
               count(*) FILTER (WHERE NOT r.is_default OR f.id IS NOT NULL)::integer
        FROM counted_rating r
        JOIN rating_cover v ON v.month = tally_of.month AND v.agency_id = r.agency_id
        LEFT JOIN counted_rating f ON f.area_code = r.area_code AND f.case_number = r.case_number
            AND f.target = r.target AND f.service_number = r.service_number AND f.rating_number = 2
            AND pd.local_day(f.rated_at) <= pd.local_day(r.rated_at) + 60
        WHERE r.rated_at >= starts AND r.rated_at < ends AND r.rating_number = 1
        GROUP BY 1, 3, 4, 5;
    ELSE
        RETURN QUERY
        SELECT pd.local_day(r.rated_at), false, r.agency_id, r.platform, coalesce(r.hall_id, 0), 0, 0,
               count(*) FILTER (WHERE r.target = 'item' AND r.level = 5)::integer,
               count(*) FILTER (WHERE r.target = 'item' AND r.level = 4)::integer,
               count(*) FILTER (WHERE r.target = 'item' AND r.level = 3)::integer,
               count(*) FILTER (WHERE r.target = 'item' AND r.level = 2)::integer,
               count(*) FILTER (WHERE r.target = 'item' AND r.level = 1)::integer,
               count(*) FILTER (WHERE r.target = 'item' AND r.is_default)::integer,
               count(*) FILTER (WHERE NOT r.is_default)::integer
        FROM counted_rating r
        JOIN rating_cover v ON v.month = tally_of.month AND v.agency_id = r.agency_id
        WHERE r.rated_at >= starts AND r.rated_at < ends AND r.rating_number = 1
        GROUP BY 1, 3, 4, 5;
    END IF;
    -- Ratings that count for other cases too; a row of its own beside the day's others would break the key, so the
    -- caller sums.
    RETURN QUERY
    SELECT pd.local_day(x.rated_at), false, x.agency_id, x.platform, coalesce(x.hall_id, 0), 0, 0,
           count(*) FILTER (WHERE x.level = 5)::integer, count(*) FILTER (WHERE x.level = 4)::integer,
           count(*) FILTER (WHERE x.level = 3)::integer, count(*) FILTER (WHERE x.level = 2)::integer,
           count(*) FILTER (WHERE x.level = 1)::integer, count(*) FILTER (WHERE x.is_default)::integer,
           count(*) FILTER (WHERE NOT x.is_default)::integer
    FROM pd.shared_ratings(starts, ends, latest) x
    JOIN rating_cover v ON v.month = tally_of.month AND v.agency_id = x.agency_id
    GROUP BY 1, 3, 4, 5;
    -- Those of a theme are taken off where they stand by themselves; the hall where one was given keeps it as active.
    RETURN QUERY
    SELECT pd.local_day(x.rated_at), false, x.agency_id, x.platform, coalesce(x.hall_id, 0), 0, 0,
           -count(*) FILTER (WHERE x.level = 5)::integer, -count(*) FILTER (WHERE x.level = 4)::integer,
           -count(*) FILTER (WHERE x.level = 3)::integer, -count(*) FILTER (WHERE x.level = 2)::integer,
           -count(*) FILTER (WHERE x.level = 1)::integer, -count(*) FILTER (WHERE x.is_default)::integer, 0
    FROM pd.whole_ratings(starts, ends, latest) x
    JOIN rating_cover v ON v.month = tally_of.month AND v.agency_id = x.agency_id
    GROUP BY 1, 3, 4, 5;
    RETURN QUERY
    SELECT s.month, true, s.agency_id, s.platform, s.hall_id,
           CASE WHEN k.month IS NULL THEN s.cases ELSE 0 END, CASE WHEN k.month IS NULL THEN s.cases_rated ELSE 0 END,
           CASE WHEN v.month IS NULL THEN s.level_5 ELSE 0 END,
           CASE WHEN v.month IS NULL THEN s.level_4 ELSE 0 END,
           CASE WHEN v.month IS NULL THEN s.level_3 ELSE 0 END,
           CASE WHEN v.month IS NULL THEN s.level_2 ELSE 0 END,
           CASE WHEN v.month IS NULL THEN s.level_1 ELSE 0 END,
           CASE WHEN v.month IS NULL THEN s.defaults ELSE 0 END,
           CASE WHEN v.month IS NULL THEN greatest(
               s.level_5 + s.level_4 + s.level_3 + s.level_2 + s.level_1 - s.defaults, s.cases_rated) ELSE 0 END
    FROM summary_count s
    LEFT JOIN rating_cover v ON v.month = s.month AND v.agency_id = s.agency_id
    LEFT JOIN case_cover k ON k.month = s.month AND k.agency_id = s.agency_id
    WHERE s.month = tally_of.month;
END $$;

-- Staff ratings per day and person (Art. 5), apart from the items'.
CREATE FUNCTION pd.tally_staff_of(month date) RETURNS SETOF pd.tally_staff
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT pd.local_day(rated_at), staff_id,
           count(*) FILTER (WHERE level = 5)::integer, count(*) FILTER (WHERE level = 4)::integer,
           count(*) FILTER (WHERE level = 3)::integer, count(*) FILTER (WHERE level = 2)::integer,
           count(*) FILTER (WHERE level = 1)::integer
    FROM counted_rating
    WHERE target = 'staff' AND staff_id IS NOT NULL AND rating_number = 1
      AND rated_at >= pd.local_midnight(month) AND rated_at < pd.local_midnight((month + INTERVAL '1 month')::date)
    GROUP BY 1, 2
$$;

-- Tickets of some days, `past` the day after the last, that stand alike; each counts for the lead of its latest assignment.
CREATE FUNCTION pd.tally_ticket_of(first date, past date) RETURNS SETOF pd.tally_ticket
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT pd.local_day(t.opened_at), t.holder_id, coalesce(t.submitted_on, DATE '9999-12-31'),
           coalesce(t.handled_on, DATE '9999-12-31'), coalesce(t.due_on, DATE '9999-12-31'), count(*)::integer
    FROM ticket t
    WHERE t.state <> 'rejected' AND t.opened_at >= pd.local_midnight(first) AND t.opened_at < pd.local_midnight(past)
    GROUP BY 1, 2, 3, 4, 5;
END $$;

-- Brings the tickets' counts of some days of one month up to date; returns how many rows differed. The caller
-- has locked them.
CREATE FUNCTION pd.refresh_tally_days(first date, past date) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    differed integer;
BEGIN
    WITH fresh AS MATERIALIZED (SELECT * FROM pd.tally_ticket_of(first, past)),
    kept AS MATERIALIZED (SELECT * FROM tally_ticket WHERE day >= first AND day < past),
    -- Only what differs is touched: an upsert of every row would lock and log them all.
    gone AS (
        DELETE FROM tally_ticket k USING (
            SELECT day, agency_id, submitted_on, handled_on, due_on FROM kept
            EXCEPT SELECT day, agency_id, submitted_on, handled_on, due_on FROM fresh) AS x
        WHERE (k.day, k.agency_id, k.submitted_on, k.handled_on, k.due_on)
            = (x.day, x.agency_id, x.submitted_on, x.handled_on, x.due_on)
        RETURNING 1),
    put AS (
        INSERT INTO tally_ticket SELECT * FROM (SELECT * FROM fresh EXCEPT SELECT * FROM kept) AS x
        ON CONFLICT (day, agency_id, submitted_on, handled_on, due_on) DO UPDATE SET
            tickets = excluded.tickets
        RETURNING 1)
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM put) INTO differed;
    RETURN differed;
END $$;

-- What an act changes: its ticket's day alone. The whole month of a city (8,000 tickets) cost 7 ms, with every
-- other act waiting. Two acts on one day would see only their own ticket: one waits for the other. Acts on
-- several days do not, and share the month, which a refresh of all of it takes for itself.
CREATE FUNCTION pd.refresh_tally_day(day date) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('pd.tally'), date_trunc('month', day)::date - DATE '2000-01-01');
    PERFORM pg_advisory_xact_lock(hashtext('pd.tally_day'), day - DATE '2000-01-01');
    RETURN pd.refresh_tally_days(day, day + 1);
END $$;

-- Whole months; in their order, so that two who take several wait for each other in line.
CREATE FUNCTION pd.refresh_tally_tickets(months date[]) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    m date;
    differed integer := 0;
BEGIN
    FOREACH m IN ARRAY (SELECT coalesce(array_agg(DISTINCT x ORDER BY x), '{}') FROM unnest(months) AS x) LOOP
        PERFORM pg_advisory_xact_lock(hashtext('pd.tally'), m - DATE '2000-01-01');
        differed := differed + pd.refresh_tally_days(m, (m + INTERVAL '1 month')::date);
    END LOOP;
    RETURN differed;
END $$;

-- Brings the ratings' and the cases' counts of one month up to date; returns how many rows differed. The caller has
-- locked them. One look at the cases, from eight days before the month, serves both: nobody's default is given later.
CREATE FUNCTION pd.refresh_tally_ratings(month date) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET work_mem = '64MB'
AS $$
DECLARE
    past date := (refresh_tally_ratings.month + INTERVAL '1 month')::date;
    latest boolean := (SELECT parameters ->> 'follow_up_effect' = 'latest' FROM rule_set
                       WHERE effective_from <= refresh_tally_ratings.month ORDER BY effective_from DESC LIMIT 1);
    differed integer;
BEGIN
    WITH standing AS MATERIALIZED (
        SELECT * FROM pd.cases_as_rated(pd.local_midnight(refresh_tally_ratings.month - 8), pd.local_midnight(past), latest)),
    counted AS (
        SELECT * FROM pd.tally_of(refresh_tally_ratings.month)
        UNION ALL
        SELECT s.day + 8, false, s.agency_id, s.platform, s.hall_id, 0, 0, s.cases::integer, 0, 0, 0, 0, s.cases::integer, 0
        FROM standing s
        JOIN rating_cover v ON v.agency_id = s.agency_id AND v.month = date_trunc('month', s.day::timestamp)::date
        JOIN rating_cover w ON w.agency_id = s.agency_id AND w.month = refresh_tally_ratings.month
        WHERE s.silent AND s.day + 8 < past),
    fresh AS MATERIALIZED (
        SELECT day, monthly, agency_id, platform, hall_id, sum(cases)::integer AS cases, sum(cases_rated)::integer AS cases_rated,
               sum(level_5)::integer AS level_5, sum(level_4)::integer AS level_4, sum(level_3)::integer AS level_3,
               sum(level_2)::integer AS level_2, sum(level_1)::integer AS level_1, sum(defaults)::integer AS defaults,
               sum(active)::integer AS active
        FROM counted GROUP BY day, monthly, agency_id, platform, hall_id),
    kept AS MATERIALIZED (SELECT * FROM tally WHERE day >= refresh_tally_ratings.month AND day < past),
    gone AS (
        DELETE FROM tally k USING (
            SELECT day, monthly, agency_id, platform, hall_id FROM kept
            EXCEPT SELECT day, monthly, agency_id, platform, hall_id FROM fresh) AS x
        WHERE (k.day, k.monthly, k.agency_id, k.platform, k.hall_id)
            = (x.day, x.monthly, x.agency_id, x.platform, x.hall_id)
        RETURNING 1),
    put AS (
        INSERT INTO tally SELECT * FROM (SELECT * FROM fresh EXCEPT SELECT * FROM kept) AS x
        ON CONFLICT (day, monthly, agency_id, platform, hall_id) DO UPDATE SET
            cases = excluded.cases, cases_rated = excluded.cases_rated, level_5 = excluded.level_5,
            level_4 = excluded.level_4, level_3 = excluded.level_3, level_2 = excluded.level_2,
            level_1 = excluded.level_1, defaults = excluded.defaults, active = excluded.active
        RETURNING 1),
    fresh_cases AS MATERIALIZED (
        SELECT s.day, s.agency_id, s.platform, s.hall_id, s.rated_on, sum(s.cases)::integer AS cases
        FROM standing s JOIN case_cover v ON v.month = refresh_tally_ratings.month AND v.agency_id = s.agency_id
        WHERE s.day >= refresh_tally_ratings.month GROUP BY 1, 2, 3, 4, 5),
    kept_cases AS MATERIALIZED (SELECT * FROM tally_case WHERE day >= refresh_tally_ratings.month AND day < past),
    gone_cases AS (
        DELETE FROM tally_case k USING (
            SELECT day, agency_id, platform, hall_id, rated_on FROM kept_cases
            EXCEPT SELECT day, agency_id, platform, hall_id, rated_on FROM fresh_cases) AS x
        WHERE (k.day, k.agency_id, k.platform, k.hall_id, k.rated_on)
            = (x.day, x.agency_id, x.platform, x.hall_id, x.rated_on)
        RETURNING 1),
    put_cases AS (
        INSERT INTO tally_case SELECT * FROM (SELECT * FROM fresh_cases EXCEPT SELECT * FROM kept_cases) AS x
        ON CONFLICT (day, agency_id, platform, hall_id, rated_on) DO UPDATE SET cases = excluded.cases
        RETURNING 1)
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM put) + (SELECT count(*) FROM gone_cases)
           + (SELECT count(*) FROM put_cases) INTO differed;
    RETURN differed;
END $$;

-- Brings the staff ratings' counts of one month up to date; returns how many rows differed. The caller has locked them.
CREATE FUNCTION pd.refresh_tally_staff(month date) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    past date := (refresh_tally_staff.month + INTERVAL '1 month')::date;
    differed integer;
BEGIN
    WITH fresh AS MATERIALIZED (SELECT * FROM pd.tally_staff_of(refresh_tally_staff.month)),
    kept AS MATERIALIZED (SELECT * FROM tally_staff WHERE day >= refresh_tally_staff.month AND day < past),
    gone AS (
        DELETE FROM tally_staff k USING (SELECT day, staff_id FROM kept EXCEPT SELECT day, staff_id FROM fresh) AS x
        WHERE (k.day, k.staff_id) = (x.day, x.staff_id)
        RETURNING 1),
    put AS (
        INSERT INTO tally_staff SELECT * FROM (SELECT * FROM fresh EXCEPT SELECT * FROM kept) AS x
        ON CONFLICT (day, staff_id) DO UPDATE SET
            level_5 = excluded.level_5, level_4 = excluded.level_4, level_3 = excluded.level_3,
            level_2 = excluded.level_2, level_1 = excluded.level_1
        RETURNING 1)
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM put) INTO differed;
    RETURN differed;
END $$;

-- Brings the whole tally of some months up to date; returns how many rows differed.
CREATE FUNCTION pd.refresh_tally(months date[]) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    m date;
    differed integer := 0;
BEGIN
    FOREACH m IN ARRAY (SELECT coalesce(array_agg(DISTINCT x ORDER BY x), '{}') FROM unnest(months) AS x) LOOP
        differed := differed + pd.refresh_tally_tickets(ARRAY[m]) + pd.refresh_tally_ratings(m) + pd.refresh_tally_staff(m);
    END LOOP;
    RETURN differed;
END $$;

-- Recomputes every month on file; the way back to the truth, and the proof that it was kept.
CREATE FUNCTION pd.rebuild_tally() RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    months date[];
BEGIN
    PERFORM pd.require_group('officer', 'admin');
    SELECT coalesce(array_agg(m ORDER BY m), '{}') INTO months FROM (
        SELECT month FROM rating_cover
        UNION SELECT month FROM summary_count
        UNION SELECT month FROM case_cover
        UNION SELECT pd.month_of(opened_at) FROM ticket
        UNION SELECT date_trunc('month', day)::date FROM tally
        UNION SELECT date_trunc('month', day)::date FROM tally_staff
        UNION SELECT date_trunc('month', day)::date FROM tally_ticket
        UNION SELECT unnest(i.months) FROM import_batch i) AS all_months(m);
    RETURN jsonb_build_object('months', cardinality(months), 'changed', pd.refresh_tally(months));
END $$;
