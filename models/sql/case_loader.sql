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
    touched date[] := '{}';
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
    SELECT count(*), count(c.case_number) INTO total, known
    FROM staging_case s LEFT JOIN service_case c USING (case_number, area_code) WHERE s.load_id = load;
    -- Before and after: a case that moves to another month, agency, batch or theme leaves its mark on both.
    IF known > 0 THEN
        touched := pd.months_of_cases(ARRAY(SELECT case_number FROM staging_case WHERE load_id = load));
    END IF;
    -- Only what is new or differs is touched: an upsert would lock and log every row of a file that came before.
    WITH fresh AS MATERIALIZED (
        SELECT s.case_number, s.area_code, a.id AS agency_id, i.id AS item_id, s.platform, h.id AS hall_id, s.status, s.case_type,
               s.accepted_at, s.finished_at, s.batch_number, s.theme_number
        FROM staging_case s
        LEFT JOIN pd.agency_keys() a ON a.key = s.agency -- none: refused by the table, never left out
        LEFT JOIN pd.item_keys() i ON i.key = coalesce(s.item, s.item_code)
        LEFT JOIN hall h ON h.agency_id = a.id AND h.name = s.hall
        WHERE s.load_id = load),
    mended AS (
        UPDATE service_case c SET (agency_id, item_id, platform, hall_id, status, case_type, accepted_at, finished_at,
                                   batch_number, theme_number, batch_id)
            = (f.agency_id, f.item_id, f.platform, f.hall_id, f.status, f.case_type, f.accepted_at, f.finished_at,
               f.batch_number, f.theme_number, this_batch)
        FROM fresh f WHERE known > 0 AND (c.case_number, c.area_code) = (f.case_number, f.area_code)
            AND (c.agency_id, c.item_id, c.platform, c.hall_id, c.status, c.case_type, c.accepted_at, c.finished_at,
                 c.batch_number, c.theme_number)
                IS DISTINCT FROM (f.agency_id, f.item_id, f.platform, f.hall_id, f.status, f.case_type, f.accepted_at,
                 f.finished_at, f.batch_number, f.theme_number)
        RETURNING 1),
    added AS (
        INSERT INTO service_case (case_number, area_code, agency_id, item_id, platform, hall_id, status, case_type,
                                  accepted_at, finished_at, batch_number, theme_number, batch_id)
        SELECT f.*, this_batch FROM fresh f
        WHERE known = 0 OR NOT EXISTS (
            SELECT FROM service_case c WHERE c.case_number = f.case_number AND c.area_code = f.area_code)
        RETURNING 1)
    SELECT (SELECT count(*) FROM mended) + (SELECT count(*) FROM added) INTO put;
    INSERT INTO case_cover (month, agency_id)
    SELECT DISTINCT pd.month_of(s.finished_at), a.id FROM staging_case s JOIN pd.agency_keys() a ON a.key = s.agency
    WHERE s.load_id = load AND s.finished_at IS NOT NULL AND (batch ->> 'complete')::boolean
    ON CONFLICT DO NOTHING;
    IF put > 0 THEN
        touched := touched || pd.months_of_cases(ARRAY(SELECT case_number FROM staging_case WHERE load_id = load));
    END IF;
    RETURN pd.close_batch(this_batch, batch, touched, jsonb_build_object(
        'inserted', total - known, 'updated', put - (total - known), 'unchanged', total - put));
END $$;

GRANT INSERT ON pd.staging_case TO pd_officer;
GRANT EXECUTE ON FUNCTION pd.load_cases(bigint, jsonb) TO pd_officer;
