-- The Guide's evaluation (GB/T 39735 §7, annex A): weights that people set, and assessed values with their evidence.

-- The indicators and their parents: two modules; five rates; four groups with nineteen assessed indicators. The same
-- tree as models/rules/indicators.py.
CREATE FUNCTION pd.indicators() RETURNS TABLE (code text, parent text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pd, pg_temp
AS $$
    SELECT m, '' FROM unnest(ARRAY['rates', 'assessed']) AS m
    UNION ALL SELECT r, 'rates' FROM unnest(ARRAY['good', 'default_good', 'answered', 'rectified', 'satisfied']) AS r
    UNION ALL SELECT g::text, 'assessed' FROM generate_series(1, 4) AS g
    UNION ALL SELECT g || '.' || n, g::text FROM (VALUES (1, 5), (2, 5), (3, 6), (4, 3)) AS s(g, many), generate_series(1, many) AS n
$$;

-- Weights in force from a month on, those of siblings summing to 1. `pairs`: the comparisons they were worked out from.
CREATE FUNCTION pd.put_weights(month date, weights jsonb, pairs jsonb, reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    PERFORM pd.require_head();
    IF month IS NULL OR extract(day FROM month) <> 1 OR month > pd.today() + 1100
       OR month < (SELECT min(w.effective_from) FROM indicator_weights w) THEN
        RAISE EXCEPTION '指标权重自某月1日起施行。' USING ERRCODE = 'PD001';
    END IF;
    IF pd.blank(reason) OR length(reason) > 500 OR octet_length(pairs::text) > 20000 OR coalesce(jsonb_typeof(pairs), 'object') <> 'object' THEN
        RAISE EXCEPTION '请写明权重的依据（至多500字）。' USING ERRCODE = 'PD001';
    END IF;
    IF jsonb_typeof(weights) IS DISTINCT FROM 'object'
       OR EXISTS (SELECT FROM pd.indicators() i FULL JOIN jsonb_each_text(weights) AS w(code, v) USING (code)
                  WHERE i.parent IS NULL OR w.v IS NULL OR w.v !~ '^[01](\.\d{1,4})?$') THEN
        RAISE EXCEPTION '每项指标都要有一个0到1之间的权重（至多四位小数）。' USING ERRCODE = 'PD001';
    END IF;
    IF EXISTS (SELECT FROM pd.indicators() i GROUP BY i.parent HAVING sum((weights ->> i.code)::numeric) <> 1) THEN
        RAISE EXCEPTION '同一级指标的权重合计应为1。' USING ERRCODE = 'PD001';
    END IF;
    IF EXISTS (SELECT FROM month_close c WHERE c.reopened_at IS NULL AND c.month >= put_weights.month AND c.month < coalesce(
               (SELECT min(w.effective_from) FROM indicator_weights w WHERE w.effective_from > put_weights.month), 'infinity')) THEN
        RAISE EXCEPTION '已经封账的月份用过这份权重，不能再改；请从以后的月份施行。' USING ERRCODE = 'PD001';
    END IF;
    INSERT INTO indicator_weights AS k (effective_from, weights, pairs, reason, put_by, put_at)
    VALUES (month, put_weights.weights, coalesce(put_weights.pairs, '{}'), btrim(put_weights.reason), session_user, pd.now())
    ON CONFLICT (effective_from) DO UPDATE SET weights = excluded.weights, pairs = excluded.pairs, reason = excluded.reason,
        put_by = excluded.put_by, put_at = excluded.put_at;
    PERFORM pd.note('weights_put', jsonb_build_object('from', month, 'weights', weights));
    PERFORM pd.tell('rules', NULL);
END $$;

-- Enters assessed values, row by row as {agency (id), first, last, indicator, source, value or numerator and denominator,
-- evidence, assessor}; the same once more changes nothing. Returns how many are new.
CREATE FUNCTION pd.assess(entries jsonb) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    row jsonb;
    fresh assessment;
    made integer := 0;
BEGIN
    PERFORM pd.require_group('officer');
    IF jsonb_typeof(entries) IS DISTINCT FROM 'array' OR jsonb_array_length(entries) NOT BETWEEN 1 AND 5000
       OR octet_length(entries::text) > 5000000 THEN
        RAISE EXCEPTION '请给出评价值（一次至多5000条）。' USING ERRCODE = 'PD001';
    END IF;
    FOR row IN SELECT * FROM jsonb_array_elements(entries) LOOP
        BEGIN
            fresh := pd.assessed(row);
        EXCEPTION WHEN data_exception THEN
            RAISE EXCEPTION '评价值的格式不对，请检查单位、时段、指标和数值。' USING ERRCODE = 'PD001';
        END;
        IF NOT EXISTS (
            SELECT FROM assessment a WHERE a.withdrawn_at IS NULL
              AND (a.agency_id, a.first_month, a.last_month, a.indicator, a.source, a.value, a.numerator, a.denominator, a.evidence, a.assessor)
                  IS NOT DISTINCT FROM (fresh.agency_id, fresh.first_month, fresh.last_month, fresh.indicator, fresh.source, fresh.value,
                                        fresh.numerator, fresh.denominator, fresh.evidence, fresh.assessor)
              AND a.id = (SELECT max(l.id) FROM assessment l WHERE l.withdrawn_at IS NULL
                          AND (l.agency_id, l.first_month, l.last_month, l.indicator, l.source)
                              = (a.agency_id, a.first_month, a.last_month, a.indicator, a.source))) THEN
            INSERT INTO assessment (agency_id, first_month, last_month, indicator, source, value, numerator, denominator,
                                    evidence, assessor, entered_by, entered_at)
            VALUES (fresh.agency_id, fresh.first_month, fresh.last_month, fresh.indicator, fresh.source, fresh.value, fresh.numerator,
                    fresh.denominator, fresh.evidence, fresh.assessor, session_user, pd.now());
            made := made + 1;
        END IF;
    END LOOP;
    IF made > 0 THEN
        PERFORM pd.note('assessed', jsonb_build_object('rows', made, 'hash', encode(sha256(convert_to(entries::text, 'UTF8')), 'hex')));
        PERFORM pd.tell('assessments', NULL);
    END IF;
    RETURN made;
END $$;

-- One entry, checked.
CREATE FUNCTION pd.assessed(entry jsonb) RETURNS pd.assessment
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    a assessment;
BEGIN
    a.agency_id := (SELECT g.id FROM agency g WHERE g.id = (entry ->> 'agency')::bigint);
    a.first_month := (entry ->> 'first')::date;
    a.last_month := (entry ->> 'last')::date;
    a.indicator := (SELECT i.code FROM pd.indicators() i WHERE i.code = entry ->> 'indicator' AND i.parent IN ('1', '2', '3', '4'));
    a.source := entry ->> 'source';
    a.numerator := (entry ->> 'numerator')::integer;
    a.denominator := (entry ->> 'denominator')::integer;
    a.value := (entry ->> 'value')::numeric;
    a.evidence := btrim(coalesce(entry ->> 'evidence', ''));
    a.assessor := btrim(coalesce(entry ->> 'assessor', ''));
    IF num_nonnulls(a.numerator, a.denominator) = 2 AND a.indicator IN ('3.2', '3.3', '3.5', '3.6', '4.3')
       AND a.numerator BETWEEN 0 AND a.denominator AND a.denominator > 0 THEN
        a.value := round(100.0 * a.numerator / a.denominator, 2);
    ELSIF num_nonnulls(a.numerator, a.denominator) > 0 THEN
        RAISE EXCEPTION '只有比例类指标可以填分子、分母，且分子不大于分母。' USING ERRCODE = 'PD001';
    END IF;
    IF a.agency_id IS NULL OR a.indicator IS NULL OR coalesce(a.source, '') NOT IN ('review', 'inspection', 'third') THEN
        RAISE EXCEPTION '单位、指标或评价来源不对。' USING ERRCODE = 'PD001';
    END IF;
    IF (extract(day FROM a.first_month) = 1 AND extract(day FROM a.last_month) = 1 AND a.first_month <= a.last_month
        AND a.first_month >= DATE '2004-01-01' AND a.last_month <= pd.today()) IS NOT TRUE THEN
        RAISE EXCEPTION '评价的时段不对：按整月填写，不晚于本月。' USING ERRCODE = 'PD001';
    END IF;
    IF (a.value BETWEEN 0 AND 100 AND a.value = round(a.value, 2)) IS NOT TRUE THEN
        RAISE EXCEPTION '评价值应在0到100之间，至多两位小数。' USING ERRCODE = 'PD001';
    END IF;
    IF pd.blank(a.evidence) OR length(a.evidence) > 1000 OR pd.blank(a.assessor) OR length(a.assessor) > 60 THEN
        RAISE EXCEPTION '请写明评价依据（至多1000字）和评价人或机构（至多60字）。' USING ERRCODE = 'PD001';
    END IF;
    RETURN a;
END $$;

-- Takes an assessed value back; it stays on record.
CREATE FUNCTION pd.withdraw_assessment(assessment bigint, reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    PERFORM pd.require_group('officer');
    IF pd.blank(reason) OR length(reason) > 200 THEN
        RAISE EXCEPTION '请写明为什么撤回（至多200字）。' USING ERRCODE = 'PD001';
    END IF;
    UPDATE assessment a SET withdrawn_by = session_user, withdrawn_at = pd.now(), withdraw_reason = btrim(reason)
    WHERE a.id = withdraw_assessment.assessment AND a.withdrawn_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION '没有这条评价值，或已经撤回。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pd.note('assessment_withdrawn', jsonb_build_object('assessment', assessment,
        'text_hash', encode(sha256(convert_to(btrim(reason), 'UTF8')), 'hex')));
    PERFORM pd.tell('assessments', NULL);
END $$;

GRANT SELECT ON pd.indicator_weights TO pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor;
GRANT SELECT ON pd.assessment TO pd_officer, pd_liaison, pd_bureau;
ALTER TABLE pd.assessment ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON pd.assessment FOR SELECT TO pd_officer, pd_bureau USING (true);
CREATE POLICY liaison ON pd.assessment FOR SELECT TO pd_liaison USING (agency_id = (SELECT pd.my_agency()));
GRANT EXECUTE ON FUNCTION pd.put_weights(date, jsonb, jsonb, text), pd.assess(jsonb), pd.withdraw_assessment(bigint, text) TO pd_officer;
