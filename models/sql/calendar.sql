-- A year's notice of holidays (放假安排): the calendar is corrected, numbered anew, and every deadline that
-- still runs and touches the days is computed again. What moved is returned and logged.

-- The running number of working days, and which days a notice has settled. From 24 December on a day is
-- settled only when the next year's notice is in too: late December has been moved by it before.
CREATE FUNCTION pd.renumber_calendar() RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    WITH fresh AS (
        SELECT day, sum(working::integer) OVER (ORDER BY day)::integer AS number,
               EXISTS (SELECT FROM calendar_year y WHERE y.year = extract(year FROM day))
               AND (to_char(day, 'MMDD') < '1224'
                    OR EXISTS (SELECT FROM calendar_year y WHERE y.year = extract(year FROM day) + 1)) AS settled
        FROM calendar_day),
    -- Numbers are unique among working days: step aside before stepping in.
    aside AS MATERIALIZED (SELECT f.* FROM fresh f JOIN calendar_day c USING (day)
                           WHERE c.working_no <> f.number OR c.published <> f.settled)
    UPDATE calendar_day c SET working_no = -a.number, published = a.settled FROM aside a WHERE a.day = c.day;
    UPDATE calendar_day SET working_no = -working_no WHERE working_no < 0;
$$;

CREATE FUNCTION pd.recompute_deadlines() RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    moved jsonb := '[]';
    t ticket;
    fresh ticket;
    start date;
BEGIN
    FOR t IN SELECT * FROM ticket WHERE due_on IS NOT NULL AND state NOT IN ('closed', 'rejected') ORDER BY id FOR UPDATE LOOP
        fresh := t;
        fresh.due_on := pd.due(t.received_on, pd.rule_number('rectification_days', t.received_on));
        IF t.report_due_on IS NOT NULL THEN
            fresh.report_due_on := pd.due(t.submitted_on, pd.rule_number('report_days', t.submitted_on));
        END IF;
        SELECT pd.local_day(max(at)) INTO start FROM event
        WHERE ticket_id = t.id AND action IN ('return_for_rework', 'report_refused');
        IF t.rework_due_on IS NOT NULL THEN
            fresh.rework_due_on := pd.due(start, pd.rule_number('rework_days', start));
        END IF;
        fresh.runs_until := pd.running_clock(fresh);
        fresh.provisional := coalesce(pd.is_provisional(
            CASE WHEN t.state IN ('submitted', 'approved') THEN t.submitted_on
                 WHEN t.rework_due_on IS NOT NULL THEN start ELSE t.received_on END,
            coalesce(fresh.runs_until, fresh.due_on)), false);
        CONTINUE WHEN fresh IS NOT DISTINCT FROM t;
        UPDATE ticket SET due_on = fresh.due_on, rework_due_on = fresh.rework_due_on,
                          report_due_on = fresh.report_due_on, runs_until = fresh.runs_until,
                          provisional = fresh.provisional, version = t.version + 1
        WHERE id = t.id;
        UPDATE assignment a SET due_on = fresh.due_on, provisional = pd.is_provisional(a.received_on, fresh.due_on)
        WHERE a.ticket_id = t.id AND a.current;
        PERFORM pd.tell('tickets', t.id);
        IF (t.due_on, t.rework_due_on, t.report_due_on) IS DISTINCT FROM
           (fresh.due_on, fresh.rework_due_on, fresh.report_due_on) THEN
            INSERT INTO event (at, actor, action, ticket_id, source, target, facts)
            VALUES (pd.now(), session_user, 'deadline_moved', t.id, t.state, t.state, jsonb_build_object(
                'from', coalesce(t.runs_until, t.due_on), 'to', coalesce(fresh.runs_until, fresh.due_on)));
            -- Admins bring notices in too, and read no tickets: no number for them.
            moved := moved || jsonb_build_object('ticket', t.id, 'number', CASE WHEN pd.my_group() = 'officer' THEN t.number END,
                'from', coalesce(t.runs_until, t.due_on), 'to', coalesce(fresh.runs_until, fresh.due_on));
        END IF;
    END LOOP;
    RETURN moved;
END $$;

-- One at a time with loads, which take tickets in no order; then alone with the calendar that acts share, and
-- not for long: acts that come wait behind. Whoever calls sets lock_timeout, so that it ends with them.
CREATE FUNCTION pd.take_calendar() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('pd.load'));
    PERFORM set_config('lock_timeout', '4s', true);
    PERFORM pg_advisory_xact_lock(hashtext('pd.calendar'));
END $$;

-- What a day is where nobody says otherwise.
CREATE FUNCTION pd.ordinary_why(day date, working boolean) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT '周' || substr('一二三四五六日', extract(isodow FROM day)::integer, 1)
             || '，' || CASE WHEN working THEN '工作日' ELSE '休息日' END $$;

-- Puts days into the calendar and computes anew what hangs on them. `op` in the log: notice, local, taken_back.
-- Returns {"changed": [{"day", "settled", "working", "why", "was_working", "was_why"}],
-- "moved": [{"ticket", "number", "from", "to"}]}; `settled`: whether a notice had settled the day before.
CREATE FUNCTION pd.change_calendar(days jsonb, op text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    moved jsonb;
    changed jsonb;
BEGIN
    WITH said AS (
        SELECT c.day, d.working, c.published, c.working AS was_working, c.why AS was_why,
               coalesce(nullif(d.why, ''), pd.ordinary_why(c.day, d.working)) AS why
        FROM calendar_day c
        JOIN jsonb_to_recordset(days) AS d(day date, working boolean, why text) USING (day)),
    put AS (
        UPDATE calendar_day c
        SET working = s.working, why = s.why, working_no = -1000000 - (c.day - DATE '1900-01-01')
        FROM said s WHERE s.day = c.day AND (c.working, c.why) IS DISTINCT FROM (s.working, s.why)
        RETURNING c.day, s.published, s.working, s.why, s.was_working, s.was_why)
    SELECT coalesce(jsonb_agg(jsonb_build_object('day', day, 'settled', published, 'working', working, 'why', why,
                                                 'was_working', was_working, 'was_why', was_why) ORDER BY day), '[]')
    INTO changed FROM put;
    PERFORM pd.renumber_calendar();
    moved := pd.recompute_deadlines();
    PERFORM pd.recompute_suggestions();
    PERFORM pd.recompute_improvements();
    PERFORM pd.recompute_appeals();
    PERFORM pd.refresh_tally_tickets(ARRAY(SELECT DISTINCT pd.month_of(opened_at) FROM ticket
                                           WHERE state NOT IN ('closed', 'rejected')));
    INSERT INTO event (at, actor, action, facts) VALUES (pd.now(), session_user, 'calendar_imported', jsonb_strip_nulls(
        jsonb_build_object('days', jsonb_array_length(changed), 'moved', jsonb_array_length(moved), 'calendar', op,
                           'first', changed -> 0 -> 'day', 'last', changed -> -1 -> 'day')));
    PERFORM pd.tell('calendar', NULL);
    RETURN jsonb_build_object('changed', changed, 'moved', moved);
END $$;

-- `days`: [{"day": "2027-01-01", "working": false, "why": "元旦"}, …]. Only the days that are listed change, so
-- that notices may come in any order. A list with a year's 1 January is that year's notice, and settles the year.
-- A county's own day stays as it was entered; what the notice says of it stands once the day is taken back.
CREATE FUNCTION pd.import_notice(days jsonb, source text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = 0
AS $$
DECLARE
    others jsonb;
BEGIN
    PERFORM pd.require_group('officer', 'admin');
    IF jsonb_typeof(days) IS DISTINCT FROM 'array' THEN
        RAISE EXCEPTION '放假安排的格式不对。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pd.take_calendar();
    INSERT INTO calendar_year (year, source, imported_at)
    SELECT extract(year FROM d.day), import_notice.source, pd.now()
    FROM jsonb_to_recordset(days) AS d(day date) WHERE to_char(d.day, 'MMDD') = '0101'
    ON CONFLICT DO NOTHING;
    UPDATE local_day l
    SET notice_working = d.working, notice_why = coalesce(nullif(d.why, ''), pd.ordinary_why(l.day, d.working))
    FROM jsonb_to_recordset(days) AS d(day date, working boolean, why text)
    WHERE l.day = d.day AND l.taken_back_at IS NULL;
    SELECT coalesce(jsonb_agg(d), '[]') INTO others FROM jsonb_array_elements(days) AS d
    WHERE NOT EXISTS (SELECT FROM local_day l WHERE l.day = (d ->> 'day')::date AND l.taken_back_at IS NULL);
    RETURN pd.change_calendar(others, 'notice');
END $$;

-- A day of the county's own, off or on, and why; it stands over whatever a notice says until it is taken back.
CREATE FUNCTION pd.set_local_day(day date, working boolean, reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = 0
AS $$
BEGIN
    PERFORM pd.require_group('officer', 'admin');
    IF day IS NULL OR working IS NULL OR pd.blank(reason) OR length(reason) > 100 THEN
        RAISE EXCEPTION '请写明哪一天、为什么，理由不超过 100 字。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pd.take_calendar();
    IF EXISTS (SELECT FROM local_day l WHERE l.day = set_local_day.day AND l.taken_back_at IS NULL) THEN
        RAISE EXCEPTION '这一天已有本地安排，请先撤回。' USING ERRCODE = 'PD001';
    END IF;
    INSERT INTO local_day (day, working, reason, entered_by, entered_at, notice_working, notice_why)
    SELECT c.day, set_local_day.working, btrim(reason), session_user, pd.now(), c.working, c.why
    FROM calendar_day c WHERE c.day = set_local_day.day AND c.working <> set_local_day.working;
    IF NOT FOUND THEN
        RAISE EXCEPTION '这一天本来就是这样安排的，或不在工作日历内。' USING ERRCODE = 'PD001';
    END IF;
    RETURN pd.change_calendar(jsonb_build_array(jsonb_build_object('day', day, 'working', working,
        'why', CASE WHEN working THEN '本地上班：' ELSE '本地放假：' END || btrim(reason))), 'local');
END $$;

-- The day is again what the notices say.
CREATE FUNCTION pd.take_back_local_day(day date) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = 0
AS $$
DECLARE
    taken local_day;
BEGIN
    PERFORM pd.require_group('officer', 'admin');
    PERFORM pd.take_calendar();
    UPDATE local_day l SET taken_back_by = session_user, taken_back_at = pd.now()
    WHERE l.day = take_back_local_day.day AND l.taken_back_at IS NULL RETURNING l.* INTO taken;
    IF NOT FOUND THEN
        RAISE EXCEPTION '这一天没有本地安排，或已被撤回。' USING ERRCODE = 'PD001';
    END IF;
    RETURN pd.change_calendar(jsonb_build_array(jsonb_build_object(
        'day', taken.day, 'working', taken.notice_working, 'why', taken.notice_why)), 'taken_back');
END $$;

-- What the county does differently is no more secret than the calendar itself.
GRANT SELECT ON pd.local_day TO pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor;
GRANT EXECUTE ON FUNCTION pd.set_local_day(date, boolean, text), pd.take_back_local_day(date) TO pd_officer, pd_admin;
