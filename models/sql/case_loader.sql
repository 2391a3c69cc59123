-- The case detail (办件明细): the latest file counts. A complete one (全量) covers each agency's months that it holds,
-- by the month a case was finished in.
CREATE FUNCTION pd.load_cases(load bigint, batch jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET work_mem = '128MB'
AS $$
DECLARE
    this_batch bigint;
    total integer;
    known integer;
    put integer;
    touched date[];
BEGIN
    PERFORM pd.require_group('officer');
    this_batch := pd.open_batch('cases', batch);
    IF EXISTS (SELECT FROM staging_case WHERE load_id = load
               AND finished_at < pd.local_midnight((SELECT min(effective_from) FROM rule_set))) THEN
        RAISE EXCEPTION '数据早于最早的评分规则，不能导入。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pd.learn_agencies(ARRAY(SELECT DISTINCT agency FROM staging_case WHERE load_id = load), batch -> 'initials');
    PERFORM pd.learn_items(ARRAY(SELECT DISTINCT coalesce(item, item_code) FROM staging_case WHERE load_id = load), batch -> 'initials');
    INSERT INTO hall (agency_id, name)
    SELECT DISTINCT k.id, s.hall FROM staging_case s JOIN pd.agency_keys() k ON k.key = s.agency
    WHERE s.load_id = load AND s.hall IS NOT NULL ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
    -- Before and after: a case that moves to another month, agency, batch or theme leaves its mark on both.
    touched := pd.months_of_cases(ARRAY(SELECT case_number FROM staging_case WHERE load_id = load));
    SELECT count(*), count(c.case_number) INTO total, known
    FROM staging_case s LEFT JOIN service_case c USING (case_number, area_code) WHERE s.load_id = load;
    INSERT INTO service_case AS c (case_number, area_code, agency_id, item_id, platform, hall_id, status, case_type,
                                   accepted_at, finished_at, batch_number, theme_number, batch_id)
    SELECT s.case_number, s.area_code, a.id, i.id, s.platform, h.id, s.status, s.case_type,
           s.accepted_at, s.finished_at, s.batch_number, s.theme_number, this_batch
    FROM staging_case s
    LEFT JOIN pd.agency_keys() a ON a.key = s.agency -- none: refused by the table, never left out
    LEFT JOIN pd.item_keys() i ON i.key = coalesce(s.item, s.item_code)
    LEFT JOIN hall h ON h.agency_id = a.id AND h.name = s.hall
    WHERE s.load_id = load
    ON CONFLICT (case_number, area_code) DO UPDATE SET
        agency_id = excluded.agency_id, item_id = excluded.item_id, platform = excluded.platform, hall_id = excluded.hall_id,
        status = excluded.status, case_type = excluded.case_type, accepted_at = excluded.accepted_at,
        finished_at = excluded.finished_at, batch_number = excluded.batch_number, theme_number = excluded.theme_number,
        batch_id = excluded.batch_id
    WHERE (c.agency_id, c.item_id, c.platform, c.hall_id, c.status, c.case_type, c.accepted_at, c.finished_at,
           c.batch_number, c.theme_number)
        IS DISTINCT FROM (excluded.agency_id, excluded.item_id, excluded.platform, excluded.hall_id, excluded.status,
           excluded.case_type, excluded.accepted_at, excluded.finished_at, excluded.batch_number, excluded.theme_number);
    GET DIAGNOSTICS put = ROW_COUNT;
    INSERT INTO case_cover (month, agency_id)
    SELECT DISTINCT pd.month_of(s.finished_at), a.id FROM staging_case s JOIN pd.agency_keys() a ON a.key = s.agency
    WHERE s.load_id = load AND s.finished_at IS NOT NULL AND (batch ->> 'complete')::boolean
    ON CONFLICT DO NOTHING;
    touched := touched || pd.months_of_cases(ARRAY(SELECT case_number FROM staging_case WHERE load_id = load));
    RETURN pd.close_batch(this_batch, batch, touched, jsonb_build_object(
        'inserted', total - known, 'updated', put - (total - known), 'unchanged', total - put));
END $$;

GRANT INSERT ON pd.staging_case TO pd_officer;
GRANT EXECUTE ON FUNCTION pd.load_cases(bigint, jsonb) TO pd_officer;
