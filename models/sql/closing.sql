-- Closing a month (封账): its facts are copied as they stand, with the rules in force and the fingerprints of the rows
-- that were counted. Later loads, corrections and rule sets change the tally and never what was closed.

CREATE FUNCTION pd.close_month(month date, note text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET work_mem = '64MB'
AS $$
DECLARE
    starts timestamptz := pd.local_midnight(month);
    ends timestamptz := pd.local_midnight((month + INTERVAL '1 month')::date);
    rules rule_set;
    rated record;
    cased record;
    past date := (month + INTERVAL '1 month')::date;
    today date := pd.today();
    made bigint;
BEGIN
    PERFORM pd.require_group('officer');
    IF month IS NULL OR extract(day FROM month) <> 1 THEN
        RAISE EXCEPTION '封账按整月进行，请给出月份。' USING ERRCODE = 'PD001';
    END IF;
    IF past > today THEN
        RAISE EXCEPTION '这个月还没有结束，不能封账。' USING ERRCODE = 'PD001';
    END IF;
    IF length(note) > 200 THEN
        RAISE EXCEPTION '封账说明至多200字。' USING ERRCODE = 'PD001';
    END IF;
    -- Nobody loads or changes the rules meanwhile; a load takes its locks in the same order.
    PERFORM pg_advisory_xact_lock(hashtext('pd.load'));
    IF EXISTS (SELECT FROM month_close c WHERE c.month = close_month.month AND c.reopened_at IS NULL) THEN
        RAISE EXCEPTION '这个月已经封账。' USING ERRCODE = 'PD001';
    END IF;
    SELECT * INTO rules FROM rule_set r WHERE r.effective_from <= close_month.month ORDER BY r.effective_from DESC LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION '这个月早于最早的评分规则，不能封账。' USING ERRCODE = 'PD001';
    END IF;
    -- Seconds in a month of a city. Only then the month's lock, for which acts on its tickets wait.
    SELECT * INTO rated FROM pd.fingerprint_of_ratings(close_month.month, rules.parameters);
    SELECT * INTO cased FROM pd.fingerprint_of_cases(close_month.month);
    PERFORM pd.refresh_tally_tickets(ARRAY[close_month.month]);
    INSERT INTO month_close (month, closed_at, closed_by, note, rule_set, rule_set_name, parameters,
                             ratings, ratings_hash, tickets, tickets_hash, cases, cases_hash, chain_no, chain_hash)
    SELECT close_month.month, pd.now(), session_user, coalesce(btrim(close_month.note), ''), rules.effective_from, rules.name, rules.parameters,
           rated.n, rated.hash, th.n, th.hash, cased.n, cased.hash, coalesce(l.no, 0), l.hash
    FROM pd.fingerprint_of_tickets(close_month.month) th
         LEFT JOIN (SELECT no, hash FROM event_link ORDER BY no DESC LIMIT 1) l ON true
    RETURNING id INTO made;
    INSERT INTO closed_agency (close_id, agency_id, name, kind, standing, halls)
    SELECT made, a.id, a.name, a.kind, a.standing,
           ARRAY(SELECT h.id FROM hall h WHERE h.agency_id = a.id AND h.registered ORDER BY h.id)
    FROM agency a;
    INSERT INTO closed_tally (close_id, agency_id, platform, hall_id, level_5, level_4, level_3, level_2, level_1, defaults,
                              active, cased, cases, cases_rated)
    SELECT made, p.agency_id, p.platform, p.hall_id, p.level_5, p.level_4, p.level_3, p.level_2, p.level_1, p.defaults,
           p.active, p.cased, p.cases, p.cases_rated
    FROM pd.pooled_tally(close_month.month, past, today) p;
    -- An agency whose case detail holds no case of the month stays 无办件 and not 缺办件数据.
    INSERT INTO closed_tally (close_id, agency_id, platform, hall_id, level_5, level_4, level_3, level_2, level_1, defaults,
                              active, cased, cases, cases_rated)
    SELECT made, v.agency_id, 'hall', 0, 0, 0, 0, 0, 0, 0, 0, true, 0, 0
    FROM case_cover v WHERE v.month = close_month.month
    ON CONFLICT (close_id, agency_id, platform, hall_id) DO UPDATE SET cased = true;
    INSERT INTO closed_staff (close_id, staff_id, level_5, level_4, level_3, level_2, level_1)
    SELECT made, s.staff_id, sum(s.level_5), sum(s.level_4), sum(s.level_3), sum(s.level_2), sum(s.level_1)
    FROM tally_staff s WHERE s.day >= close_month.month AND s.day < past GROUP BY s.staff_id;
    INSERT INTO closed_ticket (close_id, ticket_id, agency_id, handled, submitted, due)
    SELECT made, t.id, t.holder_id, t.handled_on IS NOT NULL, t.submitted_on IS NOT NULL, coalesce(t.due_on < today, false)
    FROM ticket t WHERE t.opened_at >= starts AND t.opened_at < ends AND t.state <> 'rejected';
    INSERT INTO closed_ticket_count (close_id, agency_id, handled, submitted, due, tickets)
    SELECT made, c.agency_id, c.handled, c.submitted, c.due, count(*) FROM closed_ticket c WHERE c.close_id = made
    GROUP BY c.agency_id, c.handled, c.submitted, c.due;
    PERFORM pd.note('month_closed', (
        SELECT jsonb_build_object('close', c.id, 'month', c.month, 'rule_set', c.rule_set,
            'ratings', c.ratings, 'ratings_hash', encode(c.ratings_hash, 'hex'), 'tickets', c.tickets,
            'tickets_hash', encode(c.tickets_hash, 'hex'), 'cases', c.cases, 'cases_hash', encode(c.cases_hash, 'hex'),
            'counts_hash', encode(pd.fingerprint_of_counts(made), 'hex'))
        FROM month_close c WHERE c.id = made));
    PERFORM pd.tell('closing', NULL);
    RETURN made;
END $$;

-- Opens a month again, with a reason, as long as no circular went out on it.
CREATE FUNCTION pd.reopen_month(month date, reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    standing month_close;
BEGIN
    PERFORM pd.require_group('officer');
    IF pd.blank(reason) OR length(reason) > 200 THEN
        RAISE EXCEPTION '请写明为什么重新开账（至多200字）。' USING ERRCODE = 'PD001';
    END IF;
    SELECT * INTO standing FROM month_close c WHERE c.month = reopen_month.month AND c.reopened_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION '这个月没有封账。' USING ERRCODE = 'PD001';
    END IF;
    IF standing.issued_at IS NOT NULL THEN
        RAISE EXCEPTION '这个月的通报已经印发，不能重新开账；之后的变动作为调整列出。' USING ERRCODE = 'PD001';
    END IF;
    UPDATE month_close c SET reopened_at = pd.now(), reopened_by = session_user, reopen_reason = btrim(reason)
    WHERE c.id = standing.id;
    PERFORM pd.note('month_reopened', jsonb_build_object('close', standing.id, 'month', standing.month,
        'text_hash', encode(sha256(convert_to(btrim(reason), 'UTF8')), 'hex')));
    PERFORM pd.tell('closing', NULL);
END $$;

-- The tally of some days by month, agency, platform and hall, up to a cut-off day, with the cases of both sources.
-- `cased`: case counts are at hand, of whichever source.
CREATE FUNCTION pd.pooled_tally(first date, past date, cutoff date)
    RETURNS TABLE (month date, agency_id bigint, platform text, hall_id bigint, level_5 integer, level_4 integer, level_3 integer,
                   level_2 integer, level_1 integer, defaults integer, active integer, cased boolean, cases integer, cases_rated integer)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    -- Each source is summed by itself: the cases' million rows carry two counts and not eleven.
    WITH parts AS (
        SELECT date_trunc('month', t.day::timestamp)::date AS month, t.agency_id, t.platform, t.hall_id,
               sum(t.level_5) AS level_5, sum(t.level_4) AS level_4, sum(t.level_3) AS level_3, sum(t.level_2) AS level_2,
               sum(t.level_1) AS level_1, sum(t.defaults) AS defaults, sum(t.active) AS active, bool_or(t.monthly) AS cased,
               sum(t.cases) AS cases, sum(t.cases_rated) AS cases_rated
        FROM tally t WHERE t.day >= first AND t.day < past AND t.day <= cutoff GROUP BY 1, 2, 3, 4
        UNION ALL
        SELECT date_trunc('month', c.day::timestamp)::date, c.agency_id, c.platform, c.hall_id, 0, 0, 0, 0, 0, 0, 0, true,
               sum(c.cases), sum(CASE WHEN c.rated_on <= cutoff THEN c.cases ELSE 0 END)
        FROM tally_case c WHERE c.day >= first AND c.day < past AND c.day <= cutoff GROUP BY 1, 2, 3, 4)
    SELECT p.month, p.agency_id, p.platform, p.hall_id, sum(p.level_5)::integer, sum(p.level_4)::integer, sum(p.level_3)::integer,
           sum(p.level_2)::integer, sum(p.level_1)::integer, sum(p.defaults)::integer, sum(p.active)::integer, bool_or(p.cased),
           sum(p.cases)::integer, sum(p.cases_rated)::integer
    FROM parts p GROUP BY p.month, p.agency_id, p.platform, p.hall_id
$$;

-- One hash of some lines, in their order.
CREATE FUNCTION pd.hash_of(lines text[]) RETURNS bytea
    LANGUAGE sql IMMUTABLE SET search_path = pd, pg_temp
AS $$
    SELECT sha256(convert_to(coalesce(string_agg(l, ',' ORDER BY l), ''), 'UTF8')) FROM unnest(lines) AS l
$$;

-- What was counted, as a number of rows and one hash of them: what each is and how it counts, in their order. Ratings:
-- those on file, those that count for further cases, defaults of cases; the summary's lines where there is no detail.
CREATE FUNCTION pd.fingerprint_of_ratings(month date, parameters jsonb, OUT n integer, OUT hash bytea)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp SET work_mem = '64MB'
AS $$
    WITH bounds AS (
        SELECT pd.local_midnight(month) AS starts, pd.local_midnight((month + INTERVAL '1 month')::date) AS ends,
               (month + INTERVAL '1 month')::date AS past, parameters ->> 'follow_up_effect' = 'latest' AS latest),
    lines AS (
        SELECT true AS counts, concat_ws(':', 'r', r.id, r.agency_id, r.target, r.platform, coalesce(r.hall_id, 0),
            coalesce(f.level, r.level), (r.is_default AND f.id IS NULL)::integer) AS line
        FROM bounds b JOIN counted_rating r ON r.rated_at >= b.starts AND r.rated_at < b.ends AND r.rating_number = 1
        LEFT JOIN counted_rating f ON b.latest AND f.area_code = r.area_code AND f.case_number = r.case_number AND f.target = r.target
            AND f.service_number = r.service_number AND f.rating_number = 2
            AND pd.local_day(f.rated_at) <= pd.local_day(r.rated_at) + 60
        WHERE r.id NOT IN (SELECT w.rating_id FROM bounds x, pd.whole_ratings(x.starts, x.ends, x.latest) w)
        UNION ALL
        SELECT true, concat_ws(':', 's', x.case_number, x.area_code, x.rating_id, x.agency_id, x.platform, coalesce(x.hall_id, 0), x.level,
            x.is_default::integer)
        FROM bounds b, pd.shared_ratings(b.starts, b.ends, b.latest) x
        UNION ALL
        SELECT true, concat_ws(':', 'd', x.case_number, x.area_code, x.agency_id, x.platform, coalesce(x.hall_id, 0), x.day)
        FROM bounds b, pd.default_ratings(fingerprint_of_ratings.month, b.past) x
        UNION ALL
        SELECT false, concat_ws(':', 'm', s.agency_id, s.platform, s.hall_id, s.level_5, s.level_4, s.level_3, s.level_2, s.level_1,
            s.defaults, s.cases_rated)
        FROM summary_count s WHERE s.month = fingerprint_of_ratings.month
          AND NOT EXISTS (SELECT FROM rating_cover v WHERE v.month = s.month AND v.agency_id = s.agency_id)
        UNION ALL
        SELECT false, concat_ws(':', 'v', v.agency_id) FROM rating_cover v WHERE v.month = fingerprint_of_ratings.month)
    SELECT (count(*) FILTER (WHERE l.counts))::integer, pd.hash_of(array_agg(l.line)) FROM lines l
$$;

CREATE FUNCTION pd.fingerprint_of_tickets(month date, OUT n integer, OUT hash bytea)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT count(*)::integer, pd.hash_of(array_agg(
        concat_ws(':', t.id, t.holder_id, (t.submitted_on IS NOT NULL)::integer, (t.handled_on IS NOT NULL)::integer, t.due_on)))
    FROM ticket t
    WHERE t.opened_at >= pd.local_midnight(month) AND t.opened_at < pd.local_midnight((month + INTERVAL '1 month')::date)
      AND t.state <> 'rejected'
$$;

-- Cases of the month, and when they were first rated; the summary's lines where there is no detail.
CREATE FUNCTION pd.fingerprint_of_cases(month date, OUT n integer, OUT hash bytea)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp SET work_mem = '64MB'
AS $$
    WITH lines AS (
        SELECT true AS counts, concat_ws(':', 'c', c.case_number, c.area_code, c.agency_id, c.platform, coalesce(c.hall_id, 0)) AS line
        FROM counted_case c
        WHERE c.finished_at >= pd.local_midnight(month) AND c.finished_at < pd.local_midnight((month + INTERVAL '1 month')::date)
        UNION ALL
        SELECT false, concat_ws(':', 't', t.day, t.agency_id, t.platform, t.hall_id, t.rated_on, t.cases)
        FROM tally_case t WHERE t.day >= month AND t.day < (month + INTERVAL '1 month')::date
        UNION ALL
        SELECT false, concat_ws(':', 'm', s.agency_id, s.platform, s.hall_id, s.cases, s.cases_rated)
        FROM summary_count s WHERE s.month = fingerprint_of_cases.month
          AND NOT EXISTS (SELECT FROM case_cover v WHERE v.month = s.month AND v.agency_id = s.agency_id)
        UNION ALL
        SELECT false, concat_ws(':', 'v', v.agency_id) FROM case_cover v WHERE v.month = fingerprint_of_cases.month)
    SELECT (count(*) FILTER (WHERE l.counts))::integer, pd.hash_of(array_agg(l.line)) FROM lines l
$$;

-- The counts that were kept, so that the log also vouches for them.
CREATE FUNCTION pd.fingerprint_of_counts(closed bigint) RETURNS bytea
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT pd.hash_of(array_agg(x.line)) FROM (
        SELECT 'a' || a::text AS line FROM closed_agency a WHERE a.close_id = closed
        UNION ALL SELECT 'n' || n::text FROM closed_tally n WHERE n.close_id = closed
        UNION ALL SELECT 's' || s::text FROM closed_staff s WHERE s.close_id = closed
        UNION ALL SELECT 'g' || g::text FROM closed_ticket_count g WHERE g.close_id = closed
        UNION ALL SELECT 't' || t::text FROM closed_ticket t WHERE t.close_id = closed
        UNION ALL SELECT 'p' || c.rule_set || c.rule_set_name || c.parameters FROM month_close c WHERE c.id = closed) x
$$;

-- Whether the rows that a standing close counted are still those, and whether what was kept is as the log says.
-- `was`, `is_now`: how many rows; none of the counts kept.
CREATE FUNCTION pd.check_close(month date) RETURNS TABLE (what text, was integer, is_now integer, same boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    standing month_close;
    noted text;
BEGIN
    PERFORM pd.require_group('officer', 'bureau', 'auditor');
    SELECT * INTO standing FROM month_close c WHERE c.month = check_close.month AND c.reopened_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION '这个月没有封账。' USING ERRCODE = 'PD001';
    END IF;
    noted := (SELECT e.facts ->> 'counts_hash' FROM event e
              WHERE e.action = 'month_closed' AND (e.facts ->> 'close')::bigint = standing.id);
    RETURN QUERY
    SELECT 'ratings', standing.ratings, f.n, f.hash = standing.ratings_hash
    FROM pd.fingerprint_of_ratings(standing.month, standing.parameters) f
    UNION ALL
    SELECT 'tickets', standing.tickets, f.n, f.hash = standing.tickets_hash FROM pd.fingerprint_of_tickets(standing.month) f
    UNION ALL
    SELECT 'cases', standing.cases, f.n, f.hash = standing.cases_hash FROM pd.fingerprint_of_cases(standing.month) f
    UNION ALL
    SELECT 'counts', NULL, NULL, encode(pd.fingerprint_of_counts(standing.id), 'hex') IS NOT DISTINCT FROM noted;
END $$;

-- Everyone may read the counts, those of named staff where they are their own agency's; the tickets behind them as
-- tickets are read.
GRANT SELECT ON pd.month_close, pd.closed_agency, pd.closed_tally, pd.closed_staff, pd.closed_ticket_count
    TO pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor;
ALTER TABLE pd.closed_staff ENABLE ROW LEVEL SECURITY;
CREATE POLICY others ON pd.closed_staff FOR SELECT TO pd_officer, pd_bureau, pd_admin, pd_auditor USING (true);
CREATE POLICY liaison ON pd.closed_staff FOR SELECT TO pd_liaison USING (staff_id IN (
    SELECT m.id FROM pd.staff_member m WHERE m.agency_id = (SELECT pd.my_agency())));
GRANT SELECT ON pd.closed_ticket TO pd_officer, pd_liaison;
ALTER TABLE pd.closed_ticket ENABLE ROW LEVEL SECURITY;
CREATE POLICY officer ON pd.closed_ticket FOR SELECT TO pd_officer USING (true);
CREATE POLICY liaison ON pd.closed_ticket FOR SELECT TO pd_liaison USING (EXISTS (
    SELECT FROM pd.assignment a WHERE a.ticket_id = closed_ticket.ticket_id AND a.current
                                  AND a.agency_id = (SELECT pd.my_agency())));
GRANT EXECUTE ON FUNCTION pd.close_month(date, text), pd.reopen_month(date, text) TO pd_officer;
GRANT EXECUTE ON FUNCTION pd.check_close(date) TO pd_officer, pd_bureau, pd_auditor;
GRANT EXECUTE ON FUNCTION pd.pooled_tally(date, date, date) TO pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor;
