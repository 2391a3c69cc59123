-- What cases (办件) add to ratings: a rating that counts for several cases (Art. 18, 19), and the default rating of
-- a case that nobody rated (Art. 20). Read by the tally, and by whoever shows the rows behind a figure.

-- Cases of an agency that stand for the rating of another: of the same batch (Art. 18: the earliest rating of the
-- batch counts for each case without one of its own) or of the themed service rated as a whole (Art. 19, which goes
-- first). `starts`, `ends`: when the rating was given. `latest`: a follow-up takes the place of the first rating.
CREATE FUNCTION pd.shared_ratings(starts timestamptz, ends timestamptz, latest boolean)
    RETURNS TABLE (case_number text, area_code text, agency_id bigint, platform text, hall_id bigint, rating_id bigint,
                   level smallint, is_default boolean, rated_at timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp SET work_mem = '64MB' SET plan_cache_mode = 'force_custom_plan'
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
    themes AS (
        SELECT DISTINCT ON (r.case_number, r.area_code) r.case_number, r.area_code, r.id
        FROM (SELECT DISTINCT g.case_number, g.area_code FROM given g
              WHERE EXISTS (SELECT FROM service_case c WHERE c.theme_number = g.case_number AND c.area_code = g.area_code)) g
        JOIN rating r USING (case_number, area_code)
        WHERE r.target = 'item' AND r.rating_number = 1
        ORDER BY r.case_number, r.area_code, r.rated_at, r.id),
    batches AS (
        SELECT DISTINCT c.batch_number, c.agency_id, c.area_code
        FROM given g JOIN service_case c USING (case_number, area_code) WHERE c.batch_number IS NOT NULL),
    firsts AS (
        SELECT DISTINCT ON (b.batch_number, b.agency_id, b.area_code) b.*, r.id
        FROM batches b JOIN service_case c USING (batch_number, agency_id, area_code)
        JOIN rating r ON r.case_number = c.case_number AND r.area_code = c.area_code AND r.target = 'item' AND r.rating_number = 1
        ORDER BY b.batch_number, b.agency_id, b.area_code, r.rated_at, r.id),
    -- One rating stands for a case, whichever month is asked for: its theme's, whenever given, before its batch's.
    one AS (
        SELECT c.case_number, c.area_code, t.id
        FROM themes t JOIN service_case c ON c.theme_number = t.case_number AND c.area_code = t.area_code
        UNION ALL
        SELECT c.case_number, c.area_code, f.id
        FROM firsts f JOIN service_case c USING (batch_number, agency_id, area_code)
        WHERE c.theme_number IS NULL OR NOT EXISTS (
            SELECT FROM rating t WHERE t.case_number = c.theme_number AND t.area_code = c.area_code
                                   AND t.target = 'item' AND t.rating_number = 1))
    SELECT c.case_number, c.area_code, c.agency_id, c.platform, c.hall_id, r.id,
           CASE WHEN latest THEN coalesce(f.level, r.level) ELSE r.level END,
           r.is_default AND NOT (latest AND f.id IS NOT NULL), r.rated_at
    FROM one o JOIN service_case c USING (case_number, area_code) JOIN counted_rating r ON r.id = o.id
    LEFT JOIN counted_rating f ON latest AND f.area_code = r.area_code AND f.case_number = r.case_number AND f.target = 'item'
        AND f.service_number = r.service_number AND f.rating_number = 2
        AND pd.local_day(f.rated_at) <= pd.local_day(r.rated_at) + 60
    WHERE r.rated_at >= starts AND r.rated_at < ends -- the earliest may lie before
      AND NOT EXISTS (SELECT FROM rating x WHERE x.case_number = c.case_number AND x.area_code = c.area_code
                                             AND x.target = 'item' AND x.rating_number = 1);
END $$;

-- Ratings of themed services as a whole that count for cases of the theme, and so not once more by themselves (Art. 19).
-- One that counts for none stays a rating of its own, as does one whose number is a case on file: it is that case's.
CREATE FUNCTION pd.whole_ratings(starts timestamptz, ends timestamptz, latest boolean)
    RETURNS TABLE (rating_id bigint, agency_id bigint, platform text, hall_id bigint, level smallint, is_default boolean,
                   rated_at timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp SET plan_cache_mode = 'force_custom_plan'
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM service_case c WHERE c.theme_number IS NOT NULL) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT DISTINCT ON (r.id) r.id, r.agency_id, r.platform, r.hall_id, x.level, x.is_default, r.rated_at
    FROM pd.shared_ratings(starts, ends, latest) x
    JOIN rating_cover v ON v.agency_id = x.agency_id AND v.month = pd.month_of(x.rated_at) -- else it counts for none
    JOIN rating r ON r.id = x.rating_id
    WHERE NOT EXISTS (SELECT FROM service_case o WHERE o.case_number = r.case_number AND o.area_code = r.area_code)
    ORDER BY r.id;
END $$;

-- The item ratings given to one number, and the time of the first that a person gave: a follow-up stands for its first
-- rating within 60 days where `latest` (Art. 21). Neither definer nor search path: it is planned within whoever asks.
CREATE FUNCTION pd.given_to(number text, area text, latest boolean) RETURNS TABLE (ratings bigint, first_at timestamptz)
    LANGUAGE sql STABLE
AS $$
    SELECT count(*), min(r.rated_at) FILTER (WHERE NOT r.is_default
           -- A rating that was left out (Art. 25) was given, and counts as nobody's voice.
           AND r.id <> ALL (ARRAY(SELECT k.rating_id FROM pd.correction k WHERE k.effect = 'exclude')) AND (r.rating_number = 1 OR latest AND EXISTS (
               SELECT FROM pd.rating o WHERE o.case_number = r.case_number AND o.area_code = r.area_code AND o.target = 'item'
                   AND o.service_number = r.service_number AND o.rating_number = 1
                   AND pd.local_day(r.rated_at) <= pd.local_day(o.rated_at) + 60)))
    FROM pd.rating r WHERE r.case_number = number AND r.area_code = area AND r.target = 'item'
$$;

-- The item ratings that may stand for a case: its own, its theme's, those of its batch. Planned within whoever asks.
CREATE FUNCTION pd.ratings_for(number text, area text, agency bigint, batch text, theme text) RETURNS SETOF bigint
    LANGUAGE sql STABLE
AS $$
    SELECT r.id FROM pd.rating r WHERE r.case_number = number AND r.area_code = area AND r.target = 'item'
    UNION ALL
    SELECT r.id FROM pd.rating r
    WHERE theme IS NOT NULL AND r.case_number = theme AND r.area_code = area AND r.target = 'item'
    UNION ALL
    SELECT r.id FROM pd.service_case k JOIN pd.rating r USING (case_number, area_code)
    WHERE batch IS NOT NULL AND k.batch_number = batch AND k.agency_id = agency AND k.area_code = area AND r.target = 'item'
$$;

-- Finished cases that nobody rated by the end of their seventh day: 非常满意, marked default (Art. 20). It is given at
-- 24:00 of the seventh natural day, which is the eighth day at 0:00: that day is `day`, between `first` and `past`.
-- Only where the ratings of the agency are on file in full, for the month of that day and the one the case was finished
-- in: nobody is taken to have kept silent whose ratings are not at hand. A rating that comes later takes its place.
-- pd.refresh_tally counts them from pd.cases_as_rated, all at once.
CREATE FUNCTION pd.default_ratings(first date, past date)
    RETURNS TABLE (day date, case_number text, area_code text, agency_id bigint, platform text, hall_id bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp SET plan_cache_mode = 'force_custom_plan'
AS $$
BEGIN
    RETURN QUERY
    SELECT pd.local_day(c.finished_at) + 8, c.case_number, c.area_code, c.agency_id, c.platform, c.hall_id
    FROM service_case c
    WHERE c.finished_at >= pd.local_midnight(first - 8) AND c.finished_at < pd.local_midnight(past - 8)
      AND (c.agency_id, pd.month_of(c.finished_at)) IN (SELECT v.agency_id, v.month FROM rating_cover v)
      AND (c.agency_id, pd.month_of(c.finished_at + INTERVAL '192 hours')) IN (SELECT v.agency_id, v.month FROM rating_cover v)
      AND NOT EXISTS (SELECT FROM pd.ratings_for(c.case_number, c.area_code, c.agency_id, c.batch_number, c.theme_number));
END $$;

-- Cases finished in some time that stand alike: the day they were finished, that of the first rating that a person gave
-- (their own, their theme's, their batch's), `silent` where there is no rating whatever. Each case is looked for among
-- the ratings once; several rows of one key add up.
CREATE FUNCTION pd.cases_as_rated(starts timestamptz, ends timestamptz, latest boolean)
    RETURNS TABLE (day date, agency_id bigint, platform text, hall_id bigint, rated_on date, silent boolean, cases bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp SET work_mem = '64MB' SET plan_cache_mode = 'force_custom_plan'
AS $$
DECLARE
    never CONSTANT date := DATE '9999-12-31';
BEGIN
    RETURN QUERY
    SELECT pd.local_day(c.finished_at), c.agency_id, c.platform, coalesce(c.hall_id, 0),
           coalesce(pd.local_day(o.first_at), never), o.ratings = 0, count(*)
    FROM counted_case c CROSS JOIN LATERAL pd.given_to(c.case_number, c.area_code, latest) o
    WHERE c.finished_at >= starts AND c.finished_at < ends AND c.batch_number IS NULL AND c.theme_number IS NULL
    GROUP BY 1, 2, 3, 4, 5, 6;
    -- Batches and themes are asked once each, however many cases they hold.
    RETURN QUERY
    WITH cased AS MATERIALIZED (
        SELECT c.case_number, c.area_code, c.agency_id, c.platform, c.hall_id, c.finished_at, c.batch_number, c.theme_number
        FROM counted_case c
        WHERE c.finished_at >= starts AND c.finished_at < ends AND (c.batch_number IS NOT NULL OR c.theme_number IS NOT NULL)),
    batches AS (
        SELECT b.batch_number, b.agency_id, b.area_code, sum(g.ratings) AS ratings, min(g.first_at) AS first_at
        FROM (SELECT DISTINCT c.batch_number, c.agency_id, c.area_code FROM cased c WHERE c.batch_number IS NOT NULL) b
        JOIN service_case k USING (batch_number, agency_id, area_code)
        CROSS JOIN LATERAL pd.given_to(k.case_number, k.area_code, latest) g
        GROUP BY 1, 2, 3),
    themes AS (
        SELECT t.theme_number, t.area_code, g.ratings, g.first_at
        FROM (SELECT DISTINCT c.theme_number, c.area_code FROM cased c WHERE c.theme_number IS NOT NULL) t
        CROSS JOIN LATERAL pd.given_to(t.theme_number, t.area_code, latest) g)
    SELECT pd.local_day(c.finished_at), c.agency_id, c.platform, coalesce(c.hall_id, 0),
           coalesce(pd.local_day(least(o.first_at, t.first_at, b.first_at)), never),
           o.ratings + coalesce(t.ratings, 0) + coalesce(b.ratings, 0) = 0, count(*)
    FROM cased c CROSS JOIN LATERAL pd.given_to(c.case_number, c.area_code, latest) o
    LEFT JOIN themes t ON t.theme_number = c.theme_number AND t.area_code = c.area_code
    LEFT JOIN batches b ON b.batch_number = c.batch_number AND b.agency_id = c.agency_id AND b.area_code = c.area_code
    GROUP BY 1, 2, 3, 4, 5, 6;
END $$;

-- Months in which some cases count, as they stand on file now: the month they were finished in, that of their default,
-- and those of every rating that they share with others (one that comes may take the place of one that was there).
-- `numbers`: case numbers, or numbers of themed services.
CREATE FUNCTION pd.months_of_cases(numbers text[]) RETURNS date[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    WITH told AS MATERIALIZED (
        SELECT c.area_code, c.agency_id, c.batch_number, c.theme_number, c.finished_at
        FROM service_case c WHERE c.case_number = ANY (numbers) OR c.theme_number = ANY (numbers)),
    batches AS MATERIALIZED (SELECT DISTINCT batch_number, agency_id, area_code FROM told WHERE batch_number IS NOT NULL),
    mates AS MATERIALIZED (
        SELECT k.case_number, k.area_code, k.finished_at FROM batches b JOIN service_case k USING (batch_number, agency_id, area_code)),
    finished AS (
        SELECT DISTINCT pd.local_day(f.finished_at) AS day
        FROM (SELECT t.finished_at FROM told t UNION ALL SELECT m.finished_at FROM mates m) f WHERE f.finished_at IS NOT NULL),
    days AS (
        SELECT day + n AS day FROM finished, unnest(ARRAY[0, 8]) AS n
        UNION SELECT pd.local_day(r.rated_at) FROM mates m JOIN rating r USING (case_number, area_code)
        UNION SELECT pd.local_day(r.rated_at)
        FROM (SELECT DISTINCT theme_number, area_code FROM told WHERE theme_number IS NOT NULL) t
        JOIN rating r ON r.case_number = t.theme_number AND r.area_code = t.area_code)
    SELECT coalesce(array_agg(DISTINCT date_trunc('month', day)::date), '{}') FROM days
$$;

-- What a load of ratings changes in the counts of cases: the months of the cases rated, and, where a month's ratings
-- are now on file in full, the month after it with the defaults of its last days.
CREATE FUNCTION pd.months_after_ratings(ratings_after bigint, revised bigint[], covered date[]) RETURNS date[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM service_case) THEN
        RETURN '{}';
    END IF;
    RETURN pd.months_of_cases(ARRAY(SELECT DISTINCT case_number FROM rating WHERE id > ratings_after OR id = ANY (revised)))
        || ARRAY(SELECT (m + INTERVAL '1 month')::date FROM unnest(covered) AS m WHERE EXISTS (
               SELECT FROM service_case c WHERE c.finished_at >= pd.local_midnight((m + INTERVAL '1 month')::date - 8)
                                            AND c.finished_at < pd.local_midnight((m + INTERVAL '1 month')::date)));
END $$;

-- Whom to remind (Art. 20): finished over 24 hours ago, nobody rated, the default not yet given. Of the own agency for
-- a liaison. The owner asks, because the rating of a theme may be one that the agency does not see.
CREATE FUNCTION pd.cases_to_remind() RETURNS SETOF pd.service_case
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    everyone boolean := pd.my_group() = 'officer';
    own bigint := pd.my_agency();
BEGIN
    PERFORM pd.require_group('officer', 'liaison');
    RETURN QUERY
    SELECT c.* FROM service_case c
    WHERE c.finished_at >= pd.local_midnight(pd.today() - 7) AND c.finished_at < pd.now() - INTERVAL '24 hours'
      AND (everyone OR c.agency_id = own)
      AND NOT EXISTS (SELECT FROM pd.ratings_for(c.case_number, c.area_code, c.agency_id, c.batch_number, c.theme_number));
END $$;

-- The day of the first rating that a person gave to a case by now, as the case counts (pd.cases_as_rated): for whoever
-- may read the case, and nothing of the rating but its day, which the counts tell everybody.
CREATE FUNCTION pd.case_rated_on(case_number text, area_code text) RETURNS date
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    told service_case;
    latest boolean;
BEGIN
    PERFORM pd.require_group('officer', 'liaison');
    SELECT * INTO told FROM service_case c
    WHERE c.case_number = case_rated_on.case_number AND c.area_code = case_rated_on.area_code
      AND (pd.my_group() = 'officer' OR c.agency_id = pd.my_agency());
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    latest := (SELECT parameters ->> 'follow_up_effect' = 'latest' FROM rule_set
               WHERE effective_from <= pd.month_of(told.finished_at) ORDER BY effective_from DESC LIMIT 1);
    RETURN (
        SELECT pd.local_day(min(g.first_at))
        FROM (SELECT told.case_number UNION SELECT told.theme_number
              UNION SELECT k.case_number FROM service_case k
              WHERE k.batch_number = told.batch_number AND k.agency_id = told.agency_id AND k.area_code = told.area_code) s(number)
        CROSS JOIN LATERAL pd.given_to(s.number, told.area_code, latest) g
        WHERE pd.local_day(g.first_at) <= pd.today());
END $$;

GRANT EXECUTE ON FUNCTION pd.cases_to_remind(), pd.case_rated_on(text, text) TO pd_officer, pd_liaison;
-- The rows behind a figure, for those who see every case.
GRANT EXECUTE ON FUNCTION pd.shared_ratings(timestamptz, timestamptz, boolean), pd.default_ratings(date, date) TO pd_officer;
-- Which of the ratings that a liaison sees are not counted by themselves.
GRANT EXECUTE ON FUNCTION pd.whole_ratings(timestamptz, timestamptz, boolean) TO pd_officer, pd_liaison;
GRANT SELECT ON pd.case_cover, pd.tally_case TO pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor;
GRANT SELECT ON pd.service_case TO pd_officer, pd_liaison;
ALTER TABLE pd.service_case ENABLE ROW LEVEL SECURITY;
CREATE POLICY officer ON pd.service_case FOR SELECT TO pd_officer USING (true);
-- A case names nobody; its agency chases ratings of its own (Art. 20).
CREATE POLICY liaison ON pd.service_case FOR SELECT TO pd_liaison USING (agency_id = (SELECT pd.my_agency()));
