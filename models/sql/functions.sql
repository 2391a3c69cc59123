-- The clock, the person who acts, working days, masking, search grams. All belong to pd_owner.

-- The only clock of the database; set only where the database is marked as test. An act asks for it nine times,
-- and where a function of SQL is set up at each call, one of PL/pgSQL keeps its plan.
CREATE FUNCTION pd.now() RETURNS timestamptz
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    RETURN coalesce((SELECT frozen_at FROM instance), pg_catalog.now());
END $$;

CREATE FUNCTION pd.set_now(instant timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    UPDATE instance SET frozen_at = instant WHERE test;
    IF NOT FOUND THEN
        RAISE EXCEPTION '只有测试用的数据库才能设定时间。' USING ERRCODE = 'PD001';
    END IF;
END $$;

-- Asia/Shanghai has kept +08:00 since 1992; an interval needs no zone files and is immutable.
CREATE FUNCTION pd.local_day(instant timestamptz) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT (instant AT TIME ZONE INTERVAL '8 hours')::date $$;

CREATE FUNCTION pd.local_midnight(day date) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT day::timestamp AT TIME ZONE INTERVAL '8 hours' $$;

CREATE FUNCTION pd.month_of(instant timestamptz) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT date_trunc('month', instant AT TIME ZONE INTERVAL '8 hours')::date $$;

CREATE FUNCTION pd.today() RETURNS date
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$ SELECT pd.local_day(pd.now()) $$;

-- Who is connected. The session's login, which neither SET ROLE nor a definer's function changes. Nobody in
-- particular while disabled, or before the first password is changed.
CREATE FUNCTION pd.my_agency() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$ SELECT agency_id FROM app_user WHERE login = session_user AND active AND NOT must_change_password $$;

CREATE FUNCTION pd.my_group() RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$ SELECT group_name FROM app_user WHERE login = session_user AND active AND NOT must_change_password $$;

-- Whose password is still the one that somebody else chose: nothing is done before it is changed.
CREATE FUNCTION pd.require_own_password() RETURNS void
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM app_user WHERE login = session_user AND must_change_password) THEN
        RAISE EXCEPTION '首次登录请先修改密码。' USING ERRCODE = 'PD003';
    END IF;
END $$;

-- Raises where the person connected is in none of the groups named.
CREATE FUNCTION pd.require_group(VARIADIC groups text[]) RETURNS void
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    PERFORM pd.require_own_password();
    IF NOT coalesce(pd.my_group() = ANY (groups), false) THEN
        RAISE EXCEPTION '您没有这项操作的权限。' USING ERRCODE = 'PD003';
    END IF;
END $$;

-- The end of the n-th working day after the start (Art. 23, 25); n = 0 is the day itself.
CREATE FUNCTION pd.due(start date, days integer) RETURNS date
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    found date;
BEGIN
    IF days = 0 THEN
        RETURN start;
    END IF;
    SELECT c.day INTO found FROM calendar_day c
    WHERE c.working AND c.working_no = (SELECT s.working_no FROM calendar_day s WHERE s.day = start) + days;
    IF found IS NULL THEN
        RAISE EXCEPTION '期限超出工作日历的范围。' USING ERRCODE = 'PD001';
    END IF;
    RETURN found;
END $$;

-- Whether a deadline touches a day that no published notice has settled (暂定).
CREATE FUNCTION pd.is_provisional(start date, due date) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM calendar_day c
        WHERE NOT c.published AND c.day BETWEEN least(start + 1, due) AND due)
$$;

-- Working days to a due date: 0 on the day, negative after it, also on a day of rest after it.
CREATE FUNCTION pd.days_left(due date, today date) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT CASE WHEN today > due THEN least(d.working_no - t.working_no, -1)
                ELSE d.working_no - t.working_no END
    FROM calendar_day d, calendar_day t WHERE d.day = due AND t.day = today
$$;

-- A number of the rule set in force on a day.
CREATE FUNCTION pd.rule_number(parameter text, on_day date) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT (parameters ->> parameter)::integer FROM rule_set
    WHERE effective_from <= on_day ORDER BY effective_from DESC LIMIT 1
$$;

-- The same masks as models/rules/masking.py: enough to recognise, too little to call.
CREATE FUNCTION pd.mask_name(name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN length(name) <= 1 THEN repeat('*', length(name))
                  ELSE left(name, 1) || repeat('*', length(name) - 1) END $$;

CREATE FUNCTION pd.mask_phone(phone text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN length(phone) >= 11 THEN left(phone, 3) || repeat('*', length(phone) - 7) || right(phone, 4)
                  WHEN length(phone) > 4 THEN repeat('*', length(phone) - 2) || right(phone, 2)
                  ELSE repeat('*', length(phone)) END $$;

-- Pairs of neighbouring characters, lower case, without white space: Chinese needs no parser to be found.
CREATE FUNCTION pd.grams(content text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT array_to_tsvector(coalesce(array_agg(DISTINCT substr(w, i, 2)), '{}'))
    FROM regexp_split_to_table(lower(content), '\s+') AS w, generate_series(1, length(w)) AS i
    WHERE w <> ''
$$;

-- The query for what was typed: every pair of every word; a single character as the start of a pair.
CREATE FUNCTION pd.gram_query(typed text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT coalesce(string_agg(
        '''' || replace(replace(substr(w, i, 2), '\', '\\'), '''', '''''') || '''' || CASE WHEN length(w) = 1 THEN ':*' ELSE '' END,
        ' & '), '')::tsquery
    FROM regexp_split_to_table(lower(typed), '\s+') AS w,
         generate_series(1, greatest(length(w) - 1, 1)) AS i
    WHERE w <> ''
$$;

-- Whether a text says nothing: none, or nothing that shows: white space, the ideographic one included, and
-- characters without width, with which a reason could be written that nobody reads.
CREATE FUNCTION pd.blank(content text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT content IS NULL OR content !~ '[^\s\u00A0\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180E\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0]' $$;

-- A change for the feed, and an empty knock for those who listen. Anybody may knock, and a session that listens
-- without hearing keeps the server's queue of knocks from emptying: once it is half full we knock no more, since
-- a full one would make every act fail. Who listens looks by themselves after a while.
CREATE FUNCTION pd.tell(kind text, ticket bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    INSERT INTO change (at, kind, ticket_id, actor) VALUES (pd.now(), kind, ticket, session_user);
    SELECT pg_notify('pd_change', '') WHERE pg_notification_queue_usage() < 0.5;
$$;
