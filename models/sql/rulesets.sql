-- Rule sets (Art. 5, 22: indicators change): put in force from a month by the head of the centre, with a reason. What a
-- closed month was scored by is frozen. Weights of the Guide's indicators likewise.

-- Why parameters make no rule set; none where they do. The same demands as models/rules/rulesets.py.
CREATE FUNCTION pd.rule_problem(parameters jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE SET search_path = pd, pg_temp
AS $$
DECLARE
    part text;
    platforms CONSTANT jsonb := '["portal","yueshengshi","yueshangtong","app","hall","kiosk","hotline","agency_system","mini_program","paper","suggestion"]';
    choices CONSTANT jsonb := '{"quality_mean":["pooled","by_platform"],"handled_means":["rectified","submitted"],
        "ticket_denominator":["all","due_or_handled"],"no_ticket":["full","leave_out"],"follow_up_effect":["first","latest"],
        "mistaken_effect":["replace","exclude"]}';
    ranges CONSTANT jsonb := '{"small_sample":[0,100000],"rectification_days":[1,120],"rework_days":[1,60],"report_days":[1,60],
        "appeal_days":[1,60],"due_soon_days":[0,30]}';
BEGIN
    IF jsonb_typeof(parameters) <> 'object' OR octet_length(parameters::text) > 10000 THEN
        RETURN '规则的格式不对';
    END IF;
    IF EXISTS (SELECT FROM jsonb_object_keys(parameters) k WHERE k NOT IN
               ('points', 'quality_platforms', 'coverage_channels', 'with_hall', 'without_hall')
               AND NOT choices ? k AND NOT ranges ? k) THEN
        RETURN '规则里有不认得的项目';
    END IF;
    FOR part IN SELECT jsonb_object_keys(choices) LOOP
        IF NOT coalesce(choices -> part @> (parameters -> part), false) OR jsonb_typeof(parameters -> part) <> 'string' THEN
            RETURN '规则里的选项不对';
        END IF;
    END LOOP;
    FOR part IN SELECT jsonb_object_keys(ranges) LOOP
        IF jsonb_typeof(parameters -> part) IS DISTINCT FROM 'number' OR (parameters ->> part) !~ '^\d{1,6}$'
           OR (parameters ->> part)::integer NOT BETWEEN (ranges -> part ->> 0)::integer AND (ranges -> part ->> 1)::integer THEN
            RETURN '天数或件数不在允许的范围内';
        END IF;
    END LOOP;
    FOREACH part IN ARRAY ARRAY['quality_platforms', 'coverage_channels'] LOOP
        IF jsonb_typeof(parameters -> part) IS DISTINCT FROM 'array' OR jsonb_array_length(parameters -> part) = 0
           OR NOT platforms @> (parameters -> part) THEN
            RETURN '计分平台或办件渠道不对';
        END IF;
        IF (SELECT count(*) <> count(DISTINCT x) FROM jsonb_array_elements(parameters -> part) x) THEN
            RETURN '计分平台或办件渠道有重复';
        END IF;
    END LOOP;
    FOREACH part IN ARRAY ARRAY['with_hall', 'without_hall'] LOOP
        IF NOT pd.are_weights(parameters -> part) OR part = 'without_hall' AND (parameters -> part ->> 'hall_adoption')::numeric <> 0 THEN
            RETURN '四项权重应各在0到1之间、合计为1，没有大厅的单位不计大厅推广度';
        END IF;
    END LOOP;
    IF NOT coalesce((SELECT bool_and(CASE WHEN j::text ~ '^"\d{1,2}(\.\d{1,2})?"$' THEN btrim(j::text, '"')::numeric <= 10 ELSE false END)
                       AND count(*) = 5 AND bool_and(k IN ('1', '2', '3', '4', '5'))
                     FROM jsonb_each(CASE jsonb_typeof(parameters -> 'points') WHEN 'object' THEN parameters -> 'points' ELSE '{}' END) AS p(k, j)), false) THEN
        RETURN '五个等级的分值应各在0到10之间';
    END IF;
    RETURN NULL;
END $$;

-- Four weights as decimals in words, which sum to 1; quality or coverage weighs something. A number of JSON would come
-- out of it rounded in binary.
CREATE FUNCTION pd.are_weights(weights jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE SET search_path = pd, pg_temp
AS $$
    SELECT coalesce(count(*) = 4 AND bool_and(k IN ('quality', 'handling', 'hall_adoption', 'coverage'))
        AND bool_and(v ~ '^"[01](\.\d{1,4})?"$') AND sum(CASE WHEN v ~ '^"[01](\.\d{1,4})?"$' THEN btrim(v, '"')::numeric END) = 1
        AND sum(CASE WHEN k IN ('quality', 'coverage') AND v ~ '^"[01](\.\d{1,4})?"$' THEN btrim(v, '"')::numeric ELSE 0 END) > 0, false)
    FROM jsonb_each(CASE jsonb_typeof(weights) WHEN 'object' THEN weights ELSE '{}' END) AS w(k, j), LATERAL (SELECT j::text AS v) t
$$;

-- Raises where the connected person is not an officer marked as head.
CREATE FUNCTION pd.require_head() RETURNS void
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    PERFORM pd.require_group('officer');
    IF NOT EXISTS (SELECT FROM app_user u WHERE u.login = session_user AND u.is_head) THEN
        RAISE EXCEPTION '只有中心负责人可以这样做。' USING ERRCODE = 'PD003';
    END IF;
END $$;

-- The first closed month that a rule set from `month` on would reach, up to the next set.
CREATE FUNCTION pd.month_scored_from(month date) RETURNS date
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT min(c.month) FROM month_close c
    WHERE c.reopened_at IS NULL AND c.month >= month_scored_from.month
      AND c.month < coalesce((SELECT min(r.effective_from) FROM rule_set r WHERE r.effective_from > month_scored_from.month), 'infinity')
$$;

-- Puts a rule set in force from the 1st of a month, or in the place of one that no closed month was scored by.
CREATE FUNCTION pd.put_rule_set(month date, name text, parameters jsonb, reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    problem text := pd.rule_problem(parameters);
    closed date;
    effect_before text;
BEGIN
    PERFORM pd.require_head();
    IF month IS NULL OR extract(day FROM month) <> 1 OR month <= (SELECT min(r.effective_from) FROM rule_set r)
       OR month > pd.today() + 1100 THEN
        RAISE EXCEPTION '规则集自某月1日起施行，须晚于最早的规则集、不超过三年以后。' USING ERRCODE = 'PD001';
    END IF;
    IF problem IS NOT NULL THEN
        RAISE EXCEPTION '规则集不能施行：%。', problem USING ERRCODE = 'PD001';
    END IF;
    IF pd.blank(name) OR length(btrim(name)) > 30 OR name ~ '[[:cntrl:]]' OR pd.blank(reason) OR length(reason) > 500 THEN
        RAISE EXCEPTION '请写明规则集的名称（至多30字）和依据（至多500字）。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('pd.load'));
    closed := pd.month_scored_from(month);
    IF closed IS NOT NULL THEN
        RAISE EXCEPTION '%已经封账，用过的规则集不能再改；请从以后的月份施行。', to_char(closed, 'YYYY"年"FMMM"月"') USING ERRCODE = 'PD001';
    END IF;
    effect_before := pd.follow_up_effect(month);
    INSERT INTO rule_set AS r (effective_from, name, parameters, reason, put_by, put_at)
    VALUES (month, btrim(put_rule_set.name), put_rule_set.parameters, btrim(put_rule_set.reason), session_user, pd.now())
    ON CONFLICT (effective_from) DO UPDATE SET name = excluded.name, parameters = excluded.parameters,
        reason = excluded.reason, put_by = excluded.put_by, put_at = excluded.put_at;
    PERFORM pd.note('rule_set_put', jsonb_build_object('month', month, 'parameters', parameters));
    IF effect_before <> parameters ->> 'follow_up_effect' THEN
        PERFORM pd.recount_from(month);
    END IF;
    PERFORM pd.tell('rules', NULL);
END $$;

-- Takes back a rule set that no closed month was scored by.
CREATE FUNCTION pd.drop_rule_set(month date, reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    effect_before text;
BEGIN
    PERFORM pd.require_head();
    IF pd.blank(reason) OR length(reason) > 500 THEN
        RAISE EXCEPTION '请写明为什么撤销（至多500字）。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('pd.load'));
    effect_before := pd.follow_up_effect(month);
    IF month = (SELECT min(r.effective_from) FROM rule_set r) OR pd.month_scored_from(month) IS NOT NULL THEN
        RAISE EXCEPTION '最早的和已经封账用过的规则集不能撤销。' USING ERRCODE = 'PD001';
    END IF;
    DELETE FROM rule_set r WHERE r.effective_from = month;
    IF NOT FOUND THEN
        RAISE EXCEPTION '没有这个规则集。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pd.note('rule_set_dropped', jsonb_build_object('month', month, 'text_hash', encode(sha256(convert_to(btrim(reason), 'UTF8')), 'hex')));
    IF effect_before <> pd.follow_up_effect(month) THEN
        PERFORM pd.recount_from(month);
    END IF;
    PERFORM pd.tell('rules', NULL);
END $$;

-- Which rating counts in a month, the first or the latest.
CREATE FUNCTION pd.follow_up_effect(month date) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT r.parameters ->> 'follow_up_effect' FROM rule_set r WHERE r.effective_from <= month ORDER BY r.effective_from DESC LIMIT 1
$$;

-- Counts the months anew, up to the next rule set, whose ratings another rule counts otherwise.
CREATE FUNCTION pd.recount_from(month date) RETURNS integer
    LANGUAGE sql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT pd.refresh_tally(ARRAY(
        SELECT DISTINCT date_trunc('month', t.day)::date FROM tally t
        WHERE t.day >= recount_from.month
          AND t.day < coalesce((SELECT min(r.effective_from) FROM rule_set r WHERE r.effective_from > recount_from.month), 'infinity')))
$$;

GRANT EXECUTE ON FUNCTION pd.put_rule_set(date, text, jsonb, text), pd.drop_rule_set(date, text) TO pd_officer;
