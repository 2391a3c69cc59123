-- What cases (办件) add to ratings: a rating that counts for several cases (Art. 18, 19), and the default rating of
-- a case that nobody rated (Art. 20). Read by the tally, and by whoever shows the rows behind a figure.

-- Cases of an agency that stand for the rating of another: of the same batch (Art. 18: the earliest rating of the
-- batch counts for each case without one of its own) or of the themed service rated as a whole (Art. 19, which goes
-- first). `starts`, `ends`: when the rating was given. `latest`: a follow-up takes the place of the first rating.
CREATE FUNCTION pd.shared_ratings(starts timestamptz, ends timestamptz, latest boolean)
    RETURNS TABLE (case_number text, area_code text, agency_id bigint, platform text, hall_id bigint, rating_id bigint,
                   level smallint, is_default boolean, rated_at timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM service_case c WHERE c.batch_number IS NOT NULL)
       AND NOT EXISTS (SELECT FROM service_case c WHERE c.theme_number IS NOT NULL) THEN
        RETURN; -- most places have neither, and are spared the joins
    END IF;
    RETURN QUERY
    WITH given AS MATERIALIZED (
        SELECT r.id, r.case_number, r.area_code FROM rating r
        WHERE r.rated_at >= starts AND r.rated_at < ends AND r.target = 'item' AND r.rating_number = 1),
    themed AS (
        SELECT c.case_number, c.area_code, g.id, 1 AS place
        FROM given g JOIN service_case c ON c.theme_number = g.case_number AND c.area_code = g.area_code),
    batches AS (
        SELECT DISTINCT c.batch_number, c.agency_id, c.area_code
        FROM given g JOIN service_case c USING (case_number, area_code) WHERE c.batch_number IS NOT NULL),
    firsts AS (
        SELECT DISTINCT ON (b.batch_number, b.agency_id, b.area_code) b.*, r.id
        FROM batches b JOIN service_case c USING (batch_number, agency_id, area_code)
        JOIN rating r ON r.case_number = c.case_number AND r.area_code = c.area_code AND r.target = 'item' AND r.rating_number = 1
        ORDER BY b.batch_number, b.agency_id, b.area_code, r.rated_at, r.id),
    batched AS (
        SELECT c.case_number, c.area_code, f.id, 2 AS place
        FROM firsts f JOIN service_case c USING (batch_number, agency_id, area_code)),
    one AS (
        SELECT DISTINCT ON (s.case_number, s.area_code) s.*
        FROM (SELECT * FROM themed UNION ALL SELECT * FROM batched) s
        ORDER BY s.case_number, s.area_code, s.place, s.id)
    SELECT c.case_number, c.area_code, c.agency_id, c.platform, c.hall_id, r.id,
           CASE WHEN latest THEN coalesce(f.level, r.level) ELSE r.level END,
           r.is_default AND NOT (latest AND f.id IS NOT NULL), r.rated_at
    FROM one o JOIN service_case c USING (case_number, area_code) JOIN rating r ON r.id = o.id
    LEFT JOIN rating f ON latest AND f.area_code = r.area_code AND f.case_number = r.case_number AND f.target = 'item'
        AND f.service_number = r.service_number AND f.rating_number = 2
        AND pd.local_day(f.rated_at) <= pd.local_day(r.rated_at) + 60
    WHERE r.rated_at >= starts AND r.rated_at < ends -- the batch's earliest may lie before
      AND NOT EXISTS (SELECT FROM rating x WHERE x.case_number = c.case_number AND x.area_code = c.area_code
                                             AND x.target = 'item' AND x.rating_number = 1);
END $$;

-- Finished cases that nobody rated by the end of their seventh day: 非常满意, marked default (Art. 20). It is given at
-- 24:00 of the seventh natural day, which is the eighth day at 0:00: that day is `day`, between `first` and `past`.
CREATE FUNCTION pd.default_ratings(first date, past date)
    RETURNS TABLE (day date, case_number text, area_code text, agency_id bigint, platform text, hall_id bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT pd.local_day(c.finished_at) + 8, c.case_number, c.area_code, c.agency_id, c.platform, c.hall_id
    FROM service_case c
    WHERE c.finished_at >= pd.local_midnight(first - 8) AND c.finished_at < pd.local_midnight(past - 8)
      AND NOT pd.is_rated(c);
END $$;

-- Whether an item rating is on file for a case: its own, its theme's, or one of its batch.
CREATE FUNCTION pd.is_rated(c pd.service_case) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM rating r WHERE r.case_number = c.case_number AND r.area_code = c.area_code AND r.target = 'item')
        OR c.theme_number IS NOT NULL AND EXISTS (
            SELECT FROM rating r WHERE r.case_number = c.theme_number AND r.area_code = c.area_code AND r.target = 'item')
        OR c.batch_number IS NOT NULL AND EXISTS (
            SELECT FROM service_case k JOIN rating r ON r.case_number = k.case_number AND r.area_code = k.area_code AND r.target = 'item'
            WHERE k.batch_number = c.batch_number AND k.agency_id = c.agency_id AND k.area_code = c.area_code)
$$;

-- Cases of one month that stand alike, of the agencies whose case detail is on file in full: by the day they were
-- finished and the day of the first rating that a person gave (their own, their theme's, their batch's).
CREATE FUNCTION pd.tally_case_of(month date) RETURNS SETOF pd.tally_case
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    never CONSTANT date := DATE '9999-12-31';
    latest boolean := (SELECT parameters ->> 'follow_up_effect' = 'latest' FROM rule_set
                       WHERE effective_from <= month ORDER BY effective_from DESC LIMIT 1);
BEGIN
    RETURN QUERY
    WITH cased AS MATERIALIZED (
        SELECT c.* FROM service_case c JOIN case_cover v ON v.month = tally_case_of.month AND v.agency_id = c.agency_id
        WHERE c.finished_at >= pd.local_midnight(tally_case_of.month)
          AND c.finished_at < pd.local_midnight((tally_case_of.month + INTERVAL '1 month')::date)),
    found AS (
        SELECT c.case_number, c.area_code, r.rated_at FROM cased c JOIN rating r USING (case_number, area_code)
        WHERE r.target = 'item' AND NOT r.is_default AND (latest OR r.rating_number = 1)
        UNION ALL
        SELECT c.case_number, c.area_code, r.rated_at
        FROM cased c JOIN rating r ON r.case_number = c.theme_number AND r.area_code = c.area_code
        WHERE r.target = 'item' AND NOT r.is_default AND (latest OR r.rating_number = 1)
        UNION ALL
        SELECT c.case_number, c.area_code, r.rated_at
        FROM cased c JOIN service_case k USING (batch_number, agency_id, area_code)
        JOIN rating r ON r.case_number = k.case_number AND r.area_code = k.area_code
        WHERE r.target = 'item' AND NOT r.is_default AND (latest OR r.rating_number = 1)),
    rated AS (SELECT f.case_number, f.area_code, pd.local_day(min(f.rated_at)) AS rated_on FROM found f GROUP BY 1, 2)
    SELECT pd.local_day(c.finished_at), c.agency_id, c.platform, coalesce(c.hall_id, 0), coalesce(x.rated_on, never), count(*)::integer
    FROM cased c LEFT JOIN rated x USING (case_number, area_code)
    GROUP BY 1, 2, 3, 4, 5;
END $$;

-- Months whose counts hang on ratings of some cases: the month a case was finished in, and that of its default.
CREATE FUNCTION pd.months_of_cases(ratings_after bigint, revised bigint[]) RETURNS date[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM service_case) THEN
        RETURN '{}';
    END IF;
    RETURN (
        WITH told AS (
            SELECT c.* FROM rating r JOIN service_case c USING (case_number, area_code)
            WHERE r.id > ratings_after OR r.id = ANY (revised)),
        alike AS (
            SELECT t.finished_at FROM told t
            UNION ALL SELECT c.finished_at FROM told t JOIN service_case c USING (batch_number, agency_id, area_code)
            UNION ALL SELECT c.finished_at FROM rating r JOIN service_case c ON c.theme_number = r.case_number AND c.area_code = r.area_code
            WHERE r.id > ratings_after OR r.id = ANY (revised)),
        days AS (SELECT DISTINCT pd.local_day(finished_at) AS day FROM alike WHERE finished_at IS NOT NULL)
        SELECT coalesce(array_agg(DISTINCT date_trunc('month', d)::date), '{}') FROM days, unnest(ARRAY[day, day + 8]) AS d);
END $$;

GRANT SELECT ON pd.case_cover, pd.tally_case TO pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor;
GRANT SELECT ON pd.service_case TO pd_officer, pd_liaison;
ALTER TABLE pd.service_case ENABLE ROW LEVEL SECURITY;
CREATE POLICY officer ON pd.service_case FOR SELECT TO pd_officer USING (true);
-- A case names nobody; its agency chases ratings of its own (Art. 20).
CREATE POLICY liaison ON pd.service_case FOR SELECT TO pd_liaison USING (agency_id = (SELECT pd.my_agency()));
