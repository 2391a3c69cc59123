-- The loaders: from staging to the tables, set by set. They read nothing but staging, run one at a time,
-- and count as rules demand: rows = inserted + updated + unchanged + repeated + refused.
-- Repeated and refused rows never reach staging; their numbers come with the batch.

-- Opens a load: waits for its turn, clears what a dead load may have left. The client then copies into
-- staging and calls the loader, all in this one transaction; killed anywhere, nothing has happened.
CREATE FUNCTION pd.begin_load() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    PERFORM pd.require_group('officer', 'admin');
    PERFORM pg_advisory_xact_lock(hashtext('pd.load'));
    TRUNCATE staging_rating, staging_ticket, staging_summary, staging_registry, staging_case;
    DELETE FROM change WHERE at < pd.now() - INTERVAL '3 days'; -- who was away longer reads everything anew
END $$;

-- Staging takes rows of the load that has its turn, and of nobody else: rows slipped in beside it would be
-- loaded in another officer's name.
CREATE FUNCTION pd.only_in_own_load() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory' AND granted
                   AND (classid::bigint << 32 | objid::bigint) = hashtext('pd.load')) THEN
        RAISE EXCEPTION '请先开始导入。' USING ERRCODE = 'PD003';
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE
    place text;
BEGIN
    FOREACH place IN ARRAY ARRAY['staging_rating', 'staging_ticket', 'staging_summary', 'staging_registry', 'staging_case'] LOOP
        EXECUTE format('CREATE TRIGGER only_in_own_load BEFORE INSERT ON pd.%I'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION pd.only_in_own_load()', place);
    END LOOP;
END $$;

-- The batch of a load, its counts still open.
CREATE FUNCTION pd.open_batch(kind text, batch jsonb) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pd, pg_temp
AS $$
DECLARE
    found bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('pd.load'));
    INSERT INTO import_batch (kind, file_name, file_hash, profile, complete, loaded_at, loaded_by)
    VALUES (kind, batch ->> 'file_name', batch ->> 'file_hash', batch ->> 'profile',
            coalesce((batch ->> 'complete')::boolean, true), pd.now(), session_user)
    RETURNING id INTO found;
    RETURN found;
END $$;

-- Closes a batch: its counts, the tally of the months it touched, one event, the feed.
CREATE FUNCTION pd.close_batch(batch_id bigint, batch jsonb, touched date[], result jsonb) RETURNS jsonb
    LANGUAGE plpgsql SET search_path = pd, pg_temp
AS $$
DECLARE
    totals jsonb := '{"inserted":0,"updated":0,"unchanged":0,"tickets_opened":0,"tickets_joined":0}'::jsonb || result
        || jsonb_build_object('repeated', coalesce((batch ->> 'repeated')::integer, 0),
                              'refused', coalesce((batch ->> 'refused')::integer, 0));
    all_months date[] := (SELECT coalesce(array_agg(DISTINCT m ORDER BY m), '{}') FROM unnest(touched) AS m WHERE m IS NOT NULL);
    what text;
BEGIN
    totals := totals || jsonb_build_object('rows',
        (SELECT sum((totals ->> key)::integer)
         FROM unnest(ARRAY['inserted', 'updated', 'unchanged', 'repeated', 'refused']) AS key));
    PERFORM pd.refresh_tally(all_months);
    UPDATE import_batch b SET months = all_months, counts = totals,
        refused_by_agency = coalesce(batch -> 'refused_by_agency', '{}')
    WHERE b.id = batch_id RETURNING b.kind INTO what;
    INSERT INTO event (at, actor, action, facts)
    VALUES (pd.now(), session_user, 'import',
            jsonb_build_object('batch', batch_id, 'kind', what, 'hash', batch ->> 'file_hash', 'counts', totals));
    PERFORM pd.tell('imports', NULL);
    PERFORM pd.tell(what, NULL);
    TRUNCATE staging_rating, staging_ticket, staging_summary, staging_registry, staging_case;
    RETURN totals || jsonb_build_object('batch', batch_id);
END $$;

-- Names by which files call an agency (its name, or its credit code) and an item (its name, or its code).
CREATE FUNCTION pd.agency_keys() RETURNS TABLE (key text, id bigint)
    LANGUAGE sql STABLE
AS $$
    SELECT a.name, a.id FROM pd.agency a
    UNION ALL
    SELECT c.credit_code, min(c.id) FROM pd.agency c
    WHERE c.credit_code IS NOT NULL AND NOT EXISTS (SELECT FROM pd.agency n WHERE n.name = c.credit_code)
    GROUP BY c.credit_code
$$;

CREATE FUNCTION pd.item_keys() RETURNS TABLE (key text, id bigint)
    LANGUAGE sql STABLE
AS $$
    SELECT i.name, i.id FROM pd.service_item i
    UNION ALL
    SELECT c.code, c.id FROM pd.service_item c
    WHERE c.code IS NOT NULL AND NOT EXISTS (SELECT FROM pd.service_item n WHERE n.name = c.code)
$$;

-- Rows for names that no registry has brought yet. `initials`: name → pinyin initials.
CREATE FUNCTION pd.learn_agencies(names text[], initials jsonb) RETURNS void
    LANGUAGE sql SET search_path = pd, pg_temp
AS $$
    INSERT INTO agency (name, kind, initials)
    SELECT n, CASE WHEN n ~ '(镇|街道|乡)$' THEN 'township' ELSE 'department' END, coalesce(initials ->> n, '')
    FROM (SELECT DISTINCT unnest(names)) AS d(n)
    WHERE n IS NOT NULL AND NOT EXISTS (SELECT FROM pd.agency_keys() k WHERE k.key = n)
    ORDER BY n
$$;

CREATE FUNCTION pd.learn_items(names text[], initials jsonb) RETURNS void
    LANGUAGE sql SET search_path = pd, pg_temp
AS $$
    INSERT INTO service_item (name, initials)
    SELECT n, coalesce(initials ->> n, '')
    FROM (SELECT DISTINCT unnest(names)) AS d(n)
    WHERE n IS NOT NULL AND NOT EXISTS (SELECT FROM pd.item_keys() k WHERE k.key = n)
    ORDER BY n
$$;

-- Rows for names in the ratings that are new: agencies, items, halls, counters, staff. `names`: the distinct
-- ones, as the reader met them: places [agency, hall, counter, staff], items; looking for them in staging
-- cost half a second in 200,000 rows. Pinyin initials follow at the end of the load.
CREATE FUNCTION pd.learn_from_ratings(names jsonb) RETURNS void
    LANGUAGE plpgsql SET search_path = pd, pg_temp
AS $$
BEGIN
    PERFORM pd.learn_agencies(ARRAY(SELECT DISTINCT p ->> 0 FROM jsonb_array_elements(names -> 'places') p), '{}');
    PERFORM pd.learn_items(ARRAY(SELECT jsonb_array_elements_text(names -> 'items')), '{}');
    WITH place AS MATERIALIZED (
        SELECT k.id, p ->> 1 AS hall, p ->> 2 AS counter, p ->> 3 AS staff
        FROM jsonb_array_elements(names -> 'places') p JOIN pd.agency_keys() k ON k.key = p ->> 0),
    staff AS (
        INSERT INTO staff_member (agency_id, name)
        SELECT DISTINCT id, staff FROM place WHERE staff IS NOT NULL ORDER BY 1, 2
        ON CONFLICT DO NOTHING),
    fresh AS (
        INSERT INTO hall (agency_id, name)
        SELECT DISTINCT id, hall FROM place WHERE hall IS NOT NULL ORDER BY 1, 2
        ON CONFLICT DO NOTHING
        RETURNING id, agency_id, name)
    INSERT INTO counter (hall_id, name)
    SELECT DISTINCT h.id, p.counter
    FROM place p JOIN (SELECT id, agency_id, name FROM hall UNION SELECT id, agency_id, name FROM fresh) h
        ON h.agency_id = p.id AND h.name = p.hall
    WHERE p.counter IS NOT NULL ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
END $$;

-- What counts of a rating: its latest revision by the province, else as first received.
CREATE FUNCTION pd.effective_words(rating_id bigint, OUT labels text[], OUT reason text)
    LANGUAGE sql STABLE SET search_path = pd, pg_temp
AS $$
    SELECT w.labels, w.reason FROM (
        SELECT v.labels, v.reason, v.id FROM rating_revision v WHERE v.rating_id = effective_words.rating_id
        UNION ALL
        SELECT r.labels, r.reason, 0 FROM rating r WHERE r.id = effective_words.rating_id) w
    ORDER BY w.id DESC LIMIT 1
$$;

-- Brings tickets in line with their ratings, whichever file came first: agency (and holder until the
-- first dispatch), item, platform, level and words, times, masked contact, and what search finds.
-- Returns the months of the tickets before and after.
CREATE FUNCTION pd.refresh_tickets(ids bigint[]) RETURNS date[]
    LANGUAGE plpgsql SET search_path = pd, pg_temp
AS $$
DECLARE
    months date[] := (SELECT array_agg(DISTINCT pd.month_of(opened_at)) FROM ticket WHERE id = ANY (ids));
BEGIN
    UPDATE ticket t SET
        case_number = coalesce(r.case_number, t.case_number),
        agency_id = r.agency_id,
        holder_id = CASE WHEN t.round = 0 THEN r.agency_id ELSE t.holder_id END,
        item_id = coalesce(r.item_id, t.item_id),
        platform = coalesce(r.platform, t.platform),
        level = r.level,
        labels = CASE WHEN w.labels = '{}' AND r.level = r.first_level THEN t.labels ELSE w.labels END,
        reason = coalesce(w.reason, t.reason),
        rated_at = r.rated_at,
        opened_at = r.rated_at
    FROM rating r, LATERAL pd.effective_words(r.id) w
    WHERE t.id = ANY (ids) AND r.id = t.rating_id;
    UPDATE assignment a SET opened_at = t.opened_at FROM ticket t
    WHERE t.id = ANY (ids) AND a.ticket_id = t.id AND a.opened_at <> t.opened_at;
    UPDATE ticket t SET contact_name = pd.mask_name(c.name), contact_phone = pd.mask_phone(c.phone),
                        search = c.search, grams = pd.grams(c.search)
    FROM (SELECT x.id, coalesce(rr.name, tr.name) AS name, coalesce(rr.phone, tr.phone) AS phone,
                 lower(concat_ws(' ', x.number, x.case_number, i.name, a.name, nullif(a.initials, ''))) AS search
          FROM ticket x
          JOIN agency a ON a.id = x.agency_id
          LEFT JOIN service_item i ON i.id = x.item_id
          LEFT JOIN rater rr ON rr.rating_id = x.rating_id
          LEFT JOIN rater tr ON tr.ticket_id = x.id
          WHERE x.id = ANY (ids)) c
    WHERE t.id = c.id;
    RETURN months || (SELECT array_agg(DISTINCT pd.month_of(opened_at)) FROM ticket WHERE id = ANY (ids));
END $$;

-- What the province wrote first stays beside what it wrote later, whichever statement changes a ticket's words.
CREATE FUNCTION pd.keep_original() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    INSERT INTO ticket_revision (ticket_id, at, level, labels, reason)
    VALUES (OLD.id, pd.now(), OLD.level, OLD.labels, OLD.reason);
    RETURN NULL;
END $$;

-- A ticket that opens for a rating gets its words in a second step: before it there is nothing to keep.
CREATE TRIGGER keep_original AFTER UPDATE OF level, labels, reason ON pd.ticket FOR EACH ROW
    WHEN ((OLD.level, OLD.labels, OLD.reason) IS DISTINCT FROM (NEW.level, NEW.labels, NEW.reason)
          AND (OLD.level IS NOT NULL OR OLD.reason IS NOT NULL OR OLD.labels <> '{}'))
    EXECUTE FUNCTION pd.keep_original();

-- One event and one line of the feed for each ticket.
CREATE FUNCTION pd.note_tickets(ids bigint[], what text, batch_id bigint) RETURNS void
    LANGUAGE sql SET search_path = pd, pg_temp
AS $$
    INSERT INTO event (at, actor, action, ticket_id, target, facts)
    SELECT pd.now(), session_user, what, t.id, t.state, jsonb_build_object('batch', batch_id, 'rating', t.rating_id)
    FROM ticket t WHERE t.id = ANY (ids) ORDER BY t.id;
    INSERT INTO change (at, kind, ticket_id, actor)
    SELECT pd.now(), 'tickets', id, session_user FROM unnest(ids) AS id ORDER BY id;
$$;

-- Tickets for bad ratings that have none yet (Art. 23). A follow-up shares the ticket of its rating; a
-- rating joins the province's ticket of its case; otherwise a ticket opens.
CREATE FUNCTION pd.ticket_bad_ratings(ids bigint[], batch_id bigint, OUT opened integer, OUT joined integer, OUT months date[])
    LANGUAGE plpgsql SET search_path = pd, pg_temp
AS $$
DECLARE
    joined_ids bigint[] := '{}';
    opened_ids bigint[] := '{}';
    more bigint[];
BEGIN
    -- The province's tickets of the case: the item's first rating takes the lowest number, and so on.
    WITH waiting AS (
        SELECT r.id, r.case_number, row_number() OVER (PARTITION BY r.case_number
                   ORDER BY r.target, r.rating_number, r.service_number, r.area_code) AS place
        FROM rating r WHERE r.id = ANY (ids) AND r.ticket_id IS NULL),
    free AS (
        SELECT t.id, t.case_number, row_number() OVER (PARTITION BY t.case_number ORDER BY t.number) AS place
        FROM ticket t WHERE t.rating_id IS NULL AND t.case_number IN (SELECT case_number FROM waiting)),
    linked AS (
        UPDATE ticket t SET rating_id = w.id, version = t.version + 1
        FROM waiting w JOIN free f USING (case_number, place) WHERE t.id = f.id
        RETURNING t.id, t.rating_id),
    told AS (UPDATE rating r SET ticket_id = l.id FROM linked l WHERE r.id = l.rating_id RETURNING l.id)
    SELECT coalesce(array_agg(id), '{}') INTO joined_ids FROM told;
    -- A first rating whose follow-up came before it takes over that ticket.
    WITH taken AS (
        UPDATE ticket t SET rating_id = r.id, version = t.version + 1
        FROM rating r JOIN rating f ON f.case_number = r.case_number AND f.area_code = r.area_code
            AND f.target = r.target AND f.service_number = r.service_number AND f.rating_number > r.rating_number
        WHERE r.id = ANY (ids) AND r.ticket_id IS NULL AND r.rating_number = 1 AND t.rating_id = f.id
        RETURNING t.id, t.rating_id),
    told AS (UPDATE rating r SET ticket_id = k.id FROM taken k WHERE r.id = k.rating_id RETURNING k.id)
    SELECT joined_ids || coalesce(array_agg(id), '{}') INTO joined_ids FROM told;
    FOR turn IN 1..2 LOOP
        -- First those that come first, then follow-ups that found no ticket to join.
        IF turn = 2 THEN
            WITH told AS (
                UPDATE rating f SET ticket_id = r.ticket_id FROM rating r
                WHERE f.id = ANY (ids) AND f.ticket_id IS NULL AND r.ticket_id IS NOT NULL
                  AND f.case_number = r.case_number AND f.area_code = r.area_code AND f.target = r.target
                  AND f.service_number = r.service_number AND f.rating_number > r.rating_number
                RETURNING f.ticket_id)
            SELECT joined_ids || coalesce(array_agg(ticket_id), '{}') INTO joined_ids FROM told;
        END IF;
        WITH fresh AS (
            INSERT INTO ticket (case_number, rating_id, agency_id, holder_id, platform, opened_at, batch_id)
            SELECT r.case_number, r.id, r.agency_id, r.agency_id, r.platform, r.rated_at, ticket_bad_ratings.batch_id
            FROM rating r WHERE r.id = ANY (ids) AND r.ticket_id IS NULL AND (r.rating_number = 1 OR turn = 2)
            ORDER BY r.rated_at, r.id
            RETURNING id, rating_id),
        told AS (UPDATE rating r SET ticket_id = f.id FROM fresh f WHERE r.id = f.rating_id RETURNING f.id)
        SELECT coalesce(array_agg(id), '{}') INTO more FROM told;
        opened_ids := opened_ids || more;
    END LOOP;
    months := pd.refresh_tickets(opened_ids || joined_ids);
    PERFORM pd.note_tickets(opened_ids, 'opened', batch_id);
    PERFORM pd.note_tickets(joined_ids, 'joined', batch_id);
    opened := cardinality(opened_ids);
    joined := cardinality(joined_ids);
END $$;

-- Later versions of ratings on file. A version is level, default, labels and reason; one that is known,
-- as first received or from any revision, changes nothing, so that an older file loaded once more does
-- not turn back the newer one. Whom, where and when a rating was given stays as first received, and a
-- gap is filled. Returns the ids that got a revision.
CREATE FUNCTION pd.revise_ratings(load bigint, batch_id bigint, before bigint, OUT revised bigint[], OUT unlike integer)
    LANGUAGE plpgsql SET search_path = pd, pg_temp SET work_mem = '128MB'
AS $$
BEGIN
    WITH known AS MATERIALIZED (
        SELECT r.id, s.line, s.level, s.is_default, s.labels, s.reason, s.rated_at,
               s.rater_name, s.rater_phone, s.rater_identity, d.differs, d.unlike
        FROM staging_rating s
        JOIN rating r USING (case_number, area_code, target, service_number, rating_number)
        JOIN pd.agency_keys() a ON a.key = s.agency,
        LATERAL (SELECT
            (s.level, s.is_default, s.labels, s.reason)
                IS DISTINCT FROM (r.first_level, r.first_default, r.labels, r.reason) AS differs,
            (s.rated_at, s.platform, a.id) <> (r.rated_at, r.platform, r.agency_id) AS unlike) d
        WHERE s.load_id = load AND r.id <= before AND (d.differs OR d.unlike)),
    fresh AS (
        INSERT INTO rating_revision (rating_id, level, is_default, labels, reason, rated_at, batch_id)
        SELECT k.id, k.level, k.is_default, k.labels, k.reason, k.rated_at, revise_ratings.batch_id
        FROM known k
        WHERE k.differs AND NOT EXISTS (
            SELECT FROM rating_revision v WHERE v.rating_id = k.id AND v.level = k.level
            AND v.is_default = k.is_default AND v.labels = k.labels AND v.reason IS NOT DISTINCT FROM k.reason)
        ORDER BY k.line
        RETURNING rating_id, level, is_default, labels, reason),
    put AS (
        UPDATE rating r SET level = f.level, is_default = f.is_default,
            lacks_reason = f.level <= 2 AND f.labels = '{}' AND f.reason IS NULL
        FROM fresh f WHERE r.id = f.rating_id RETURNING r.id),
    filled AS (
        INSERT INTO rater (rating_id, name, phone, identity_number)
        SELECT k.id, k.rater_name, k.rater_phone, k.rater_identity FROM known k JOIN fresh f ON f.rating_id = k.id
        WHERE num_nonnulls(k.rater_name, k.rater_phone, k.rater_identity) > 0
          AND NOT EXISTS (SELECT FROM rater o WHERE o.rating_id = k.id))
    SELECT (SELECT coalesce(array_agg(id), '{}') FROM put), (SELECT count(*) FROM known k WHERE k.unlike)
    INTO revised, unlike;
END $$;

-- A part of a rating detail: what is in staging now. The client calls this while the child still reads, so
-- that a long file is written as it comes. What the parts did is kept in the open batch's counts until
-- `load_ratings` closes it: `first` the first id of the load, `revised`, `touched`, and the counts.
CREATE FUNCTION pd.load_ratings_part(load bigint, batch jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET work_mem = '128MB'
AS $$
DECLARE
    this_batch bigint;
    so_far jsonb;
    total integer;
    shift bigint;
    first_line integer;
    last_line integer;
    inserted integer;
    unlike integer := 0;
    revised bigint[] := '{}';
BEGIN
    PERFORM pd.require_group('officer');
    SELECT id, counts INTO this_batch, so_far FROM import_batch ORDER BY id DESC LIMIT 1;
    IF this_batch IS NULL OR (so_far -> 'load') IS DISTINCT FROM to_jsonb(load) THEN
        this_batch := pd.open_batch('ratings', batch);
        so_far := jsonb_build_object('load', load, 'first', nextval('pd.rating_id_seq'), 'total', 0, 'inserted', 0,
                                     'unlike', 0, 'revised', '[]'::jsonb, 'touched', '[]'::jsonb);
    END IF;
    SELECT count(*), min(line), max(line) INTO total, first_line, last_line FROM staging_rating WHERE load_id = load;
    IF EXISTS (SELECT FROM staging_rating WHERE load_id = load
               AND rated_at < pd.local_midnight((SELECT min(effective_from) FROM rule_set))) THEN
        RAISE EXCEPTION '数据早于最早的评分规则，不能导入。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pd.learn_from_ratings(batch -> 'names');
    -- Ids are set aside for the whole part, so that a rating's id is known from its line.
    shift := nextval('pd.rating_id_seq') - first_line;
    PERFORM setval('pd.rating_id_seq', shift + last_line) WHERE total > 0;
    INSERT INTO rating (id, area_code, case_number, target, service_number, rating_number, agency_id, item_id,
                        platform, channel, hall_id, counter_id, staff_id, level, first_level, is_default,
                        first_default, lacks_reason, labels, reason, rated_at, accepted_at, finished_at, case_type,
                        batch_id)
    OVERRIDING SYSTEM VALUE
    SELECT shift + s.line, s.area_code, s.case_number, s.target, s.service_number, s.rating_number, a.id, i.id,
           s.platform, s.channel, h.id, c.id, p.id, s.level, s.level, s.is_default,
           s.is_default, s.lacks_reason, s.labels, s.reason, s.rated_at, s.accepted_at, s.finished_at, s.case_type,
           this_batch
    FROM staging_rating s
    LEFT JOIN pd.agency_keys() a ON a.key = s.agency -- none: refused by the table, never left out
    LEFT JOIN pd.item_keys() i ON i.key = coalesce(s.item, s.item_code)
    LEFT JOIN hall h ON h.agency_id = a.id AND h.name = s.hall
    LEFT JOIN counter c ON c.hall_id = h.id AND c.name = s.counter
    LEFT JOIN staff_member p ON p.agency_id = a.id AND p.name = s.staff
    WHERE s.load_id = load
      AND NOT EXISTS (SELECT FROM rating r
                      WHERE r.case_number = s.case_number AND r.area_code = s.area_code AND r.target = s.target
                        AND r.service_number = s.service_number AND r.rating_number = s.rating_number);
    GET DIAGNOSTICS inserted = ROW_COUNT;
    INSERT INTO rater (rating_id, name, phone, identity_number)
    SELECT shift + s.line, s.rater_name, s.rater_phone, s.rater_identity
    FROM staging_rating s
    WHERE s.load_id = load AND inserted > 0 AND num_nonnulls(s.rater_name, s.rater_phone, s.rater_identity) > 0
      AND (inserted = total OR EXISTS (SELECT FROM rating r WHERE r.id = shift + s.line));
    IF inserted < total THEN
        SELECT * INTO revised, unlike FROM pd.revise_ratings(load, this_batch, shift + first_line - 1);
    END IF;
    UPDATE import_batch SET counts = so_far || jsonb_build_object(
        'total', (so_far ->> 'total')::integer + total,
        'inserted', (so_far ->> 'inserted')::integer + inserted,
        'unlike', (so_far ->> 'unlike')::integer + unlike,
        'revised', so_far -> 'revised' || to_jsonb(revised),
        'touched', so_far -> 'touched' || pd.cover_months(batch -> 'names' -> 'months', (batch ->> 'complete')::boolean))
    WHERE id = this_batch;
    TRUNCATE staging_rating;
END $$;

-- Parts without their end would leave bad ratings without a ticket: such a transaction does not commit.
CREATE FUNCTION pd.check_load_ended() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    IF (SELECT counts ? 'load' FROM import_batch WHERE id = NEW.id) THEN
        RAISE EXCEPTION '导入没有完成，已全部撤销。' USING ERRCODE = 'PD001';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER check_load_ended AFTER INSERT ON pd.import_batch
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pd.check_load_ended();

-- Rating detail: the last part, then what goes by the whole load: initials, tickets, the tally.
CREATE FUNCTION pd.load_ratings(load bigint, batch jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET work_mem = '128MB'
AS $$
DECLARE
    this_batch bigint;
    done jsonb;
    inserted integer;
    revised bigint[];
    bad bigint[];
    touched date[];
    tickets record;
BEGIN
    PERFORM pd.load_ratings_part(load, batch);
    SELECT id, counts INTO this_batch, done FROM import_batch ORDER BY id DESC LIMIT 1;
    inserted := (done ->> 'inserted')::integer;
    revised := ARRAY(SELECT jsonb_array_elements_text(done -> 'revised')::bigint);
    touched := ARRAY(SELECT DISTINCT jsonb_array_elements_text(done -> 'touched')::date);
    UPDATE agency SET initials = batch -> 'initials' ->> name WHERE initials = '' AND batch -> 'initials' ? name;
    UPDATE service_item SET initials = batch -> 'initials' ->> name WHERE initials = '' AND batch -> 'initials' ? name;
    -- Tickets of revised ratings follow them; a revision for the better leaves the ticket.
    bad := (SELECT array_agg(t.id) FROM ticket t WHERE t.rating_id = ANY (revised));
    IF bad IS NOT NULL THEN
        UPDATE ticket SET version = version + 1 WHERE id = ANY (bad);
        touched := touched || pd.refresh_tickets(bad);
        PERFORM pd.note_tickets(bad, 'revised', this_batch);
    END IF;
    bad := ARRAY(SELECT id FROM rating
                 WHERE level <= 2 AND ticket_id IS NULL AND (id > (done ->> 'first')::bigint OR id = ANY (revised)));
    SELECT * INTO tickets FROM pd.ticket_bad_ratings(bad, this_batch);
    touched := touched || tickets.months || pd.months_after_ratings((done ->> 'first')::bigint, revised, touched)
        || (SELECT array_agg(DISTINCT pd.month_of(rated_at)) FROM rating WHERE id = ANY (revised));
    RETURN pd.close_batch(this_batch, batch, touched, jsonb_build_object(
        'inserted', inserted, 'updated', cardinality(revised),
        'unchanged', (done ->> 'total')::integer - inserted - cardinality(revised),
        'tickets_opened', tickets.opened, 'tickets_joined', tickets.joined, 'unlike', done -> 'unlike'));
END $$;

-- The months of a part [agency, month]; a complete file (全量) covers each agency's months that it holds.
CREATE FUNCTION pd.cover_months(held jsonb, complete boolean) RETURNS jsonb
    LANGUAGE plpgsql SET search_path = pd, pg_temp
AS $$
BEGIN
    INSERT INTO rating_cover (month, agency_id)
    SELECT DISTINCT (h ->> 1)::date, k.id
    FROM jsonb_array_elements(held) h JOIN pd.agency_keys() k ON k.key = h ->> 0
    WHERE complete
    ON CONFLICT DO NOTHING;
    RETURN (SELECT coalesce(jsonb_agg(DISTINCT h ->> 1), '[]') FROM jsonb_array_elements(held) h);
END $$;

-- The province's tickets (rules §2): by number; else by case to the ticket of that rating; else new.
CREATE FUNCTION pd.load_tickets(load bigint, batch jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    this_batch bigint;
    total integer;
    changed bigint[];
    joined bigint[];
    opened bigint[];
    touched date[];
BEGIN
    PERFORM pd.require_group('officer');
    this_batch := pd.open_batch('tickets', batch);
    PERFORM pd.learn_agencies((SELECT array_agg(agency) FROM staging_ticket WHERE load_id = load), batch -> 'initials');
    PERFORM pd.learn_items((SELECT array_agg(item) FROM staging_ticket WHERE load_id = load), batch -> 'initials');
    SELECT count(*) INTO total FROM staging_ticket WHERE load_id = load;
    IF EXISTS (SELECT FROM staging_ticket WHERE load_id = load AND coalesce(rated_at, created_at)
               < pd.local_midnight((SELECT min(effective_from) FROM rule_set))) THEN
        RAISE EXCEPTION '数据早于最早的评分规则，不能导入。' USING ERRCODE = 'PD001';
    END IF;
    -- Known numbers. What a rating on file says stands above the ticket's own words.
    WITH put AS (
        UPDATE ticket t SET
            province_created_at = s.created_at,
            case_number = coalesce(t.case_number, s.case_number),
            agency_id = CASE WHEN t.rating_id IS NULL THEN a.id ELSE t.agency_id END,
            holder_id = CASE WHEN t.rating_id IS NULL AND t.round = 0 THEN a.id ELSE t.holder_id END,
            item_id = CASE WHEN t.rating_id IS NULL THEN i.id ELSE t.item_id END,
            platform = CASE WHEN t.rating_id IS NULL THEN s.platform ELSE t.platform END,
            level = CASE WHEN t.rating_id IS NULL THEN s.level ELSE t.level END,
            labels = CASE WHEN t.rating_id IS NULL THEN s.labels ELSE t.labels END,
            reason = CASE WHEN t.rating_id IS NULL THEN s.reason ELSE t.reason END,
            rated_at = CASE WHEN t.rating_id IS NULL THEN s.rated_at ELSE t.rated_at END,
            version = t.version + 1
        FROM staging_ticket s
        JOIN pd.agency_keys() a ON a.key = s.agency
        LEFT JOIN pd.item_keys() i ON i.key = s.item
        WHERE s.load_id = load AND t.number = s.number
          AND (t.province_created_at IS DISTINCT FROM s.created_at
               OR (t.case_number IS NULL AND s.case_number IS NOT NULL)
               OR (t.rating_id IS NULL AND (t.agency_id, t.item_id, t.platform, t.level, t.labels, t.reason, t.rated_at)
                   IS DISTINCT FROM (a.id, i.id, s.platform, s.level, s.labels, s.reason, s.rated_at)))
        RETURNING t.id)
    SELECT coalesce(array_agg(id), '{}') INTO changed FROM put;
    touched := (SELECT array_agg(DISTINCT pd.month_of(opened_at)) FROM ticket WHERE id = ANY (changed));
    UPDATE ticket SET opened_at = coalesce(rated_at, province_created_at)
    WHERE id = ANY (changed) AND rating_id IS NULL;
    -- Tickets of ratings that wait for their number: the item's first rating takes the lowest, and so on.
    WITH waiting AS (
        SELECT s.line, s.case_number, row_number() OVER (PARTITION BY s.case_number ORDER BY s.number) AS place
        FROM staging_ticket s
        WHERE s.load_id = load AND s.case_number IS NOT NULL
          AND NOT EXISTS (SELECT FROM ticket t WHERE t.number = s.number)),
    free AS (
        SELECT t.id, t.case_number, row_number() OVER (PARTITION BY t.case_number
                   ORDER BY r.target, r.rating_number, r.service_number, r.area_code) AS place
        FROM ticket t JOIN rating r ON r.id = t.rating_id
        WHERE t.number IS NULL AND t.case_number IN (SELECT case_number FROM waiting)),
    put AS (
        UPDATE ticket t SET number = s.number, province_created_at = s.created_at, version = t.version + 1,
            item_id = coalesce(t.item_id, i.id),
            labels = CASE WHEN t.labels = '{}' THEN s.labels ELSE t.labels END,
            reason = coalesce(t.reason, s.reason)
        FROM waiting w JOIN free f USING (case_number, place)
        JOIN staging_ticket s ON s.load_id = load AND s.line = w.line
        LEFT JOIN pd.item_keys() i ON i.key = s.item
        WHERE t.id = f.id RETURNING t.id)
    SELECT coalesce(array_agg(id), '{}') INTO joined FROM put;
    WITH put AS (
        INSERT INTO ticket (number, case_number, agency_id, holder_id, item_id, platform, level, labels, reason,
                            rated_at, province_created_at, opened_at, batch_id)
        SELECT s.number, s.case_number, a.id, a.id, i.id, s.platform, s.level, s.labels, s.reason,
               s.rated_at, s.created_at, coalesce(s.rated_at, s.created_at), this_batch
        FROM staging_ticket s
        JOIN pd.agency_keys() a ON a.key = s.agency
        LEFT JOIN pd.item_keys() i ON i.key = s.item
        WHERE s.load_id = load AND NOT EXISTS (SELECT FROM ticket t WHERE t.number = s.number)
        ORDER BY s.line RETURNING id)
    SELECT coalesce(array_agg(id), '{}') INTO opened FROM put;
    INSERT INTO rater (ticket_id, name, phone)
    SELECT t.id, s.rater_name, s.rater_phone FROM staging_ticket s JOIN ticket t ON t.number = s.number
    WHERE s.load_id = load AND num_nonnulls(s.rater_name, s.rater_phone) > 0
      AND NOT EXISTS (SELECT FROM rater k WHERE k.ticket_id = t.id);
    touched := touched || pd.refresh_tickets(changed || joined || opened);
    PERFORM pd.note_tickets(opened, 'opened', this_batch);
    PERFORM pd.note_tickets(joined, 'joined', this_batch);
    PERFORM pd.note_tickets(changed, 'revised', this_batch);
    RETURN pd.close_batch(this_batch, batch, touched, jsonb_build_object(
        'inserted', cardinality(opened), 'updated', cardinality(joined) + cardinality(changed),
        'unchanged', total - cardinality(opened) - cardinality(joined) - cardinality(changed),
        'tickets_opened', cardinality(opened), 'tickets_joined', cardinality(joined)));
END $$;

-- The monthly summary; the latest file counts.
CREATE FUNCTION pd.load_summary(load bigint, batch jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    this_batch bigint;
    total integer;
    known integer;
    put integer;
    touched date[];
BEGIN
    PERFORM pd.require_group('officer');
    this_batch := pd.open_batch('summary', batch);
    IF EXISTS (SELECT FROM staging_summary WHERE load_id = load AND month < (SELECT min(effective_from) FROM rule_set)) THEN
        RAISE EXCEPTION '数据早于最早的评分规则，不能导入。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pd.learn_agencies((SELECT array_agg(agency) FROM staging_summary WHERE load_id = load), batch -> 'initials');
    INSERT INTO hall (agency_id, name)
    SELECT DISTINCT k.id, s.hall FROM staging_summary s JOIN pd.agency_keys() k ON k.key = s.agency
    WHERE s.load_id = load AND s.hall IS NOT NULL ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
    SELECT count(*), count(c.month) INTO total, known
    FROM staging_summary s
    JOIN pd.agency_keys() a ON a.key = s.agency
    LEFT JOIN hall h ON h.agency_id = a.id AND h.name = s.hall
    LEFT JOIN summary_count c ON (c.month, c.agency_id, c.platform, c.hall_id)
        = (date_trunc('month', s.month)::date, a.id, s.platform, coalesce(h.id, 0))
    WHERE s.load_id = load;
    INSERT INTO summary_count AS c (month, agency_id, platform, hall_id, cases, cases_rated,
                                    level_5, level_4, level_3, level_2, level_1, defaults, batch_id)
    SELECT date_trunc('month', s.month)::date, a.id, s.platform, coalesce(h.id, 0), s.cases, s.cases_rated,
           s.level_5, s.level_4, s.level_3, s.level_2, s.level_1, s.defaults, this_batch
    FROM staging_summary s
    JOIN pd.agency_keys() a ON a.key = s.agency
    LEFT JOIN hall h ON h.agency_id = a.id AND h.name = s.hall
    WHERE s.load_id = load
    ON CONFLICT (month, agency_id, platform, hall_id) DO UPDATE SET
        cases = excluded.cases, cases_rated = excluded.cases_rated, level_5 = excluded.level_5,
        level_4 = excluded.level_4, level_3 = excluded.level_3, level_2 = excluded.level_2,
        level_1 = excluded.level_1, defaults = excluded.defaults, batch_id = excluded.batch_id
    WHERE (c.cases, c.cases_rated, c.level_5, c.level_4, c.level_3, c.level_2, c.level_1, c.defaults)
        <> (excluded.cases, excluded.cases_rated, excluded.level_5, excluded.level_4, excluded.level_3,
            excluded.level_2, excluded.level_1, excluded.defaults);
    GET DIAGNOSTICS put = ROW_COUNT;
    touched := (SELECT array_agg(DISTINCT date_trunc('month', month)::date) FROM staging_summary WHERE load_id = load);
    RETURN pd.close_batch(this_batch, batch, touched, jsonb_build_object(
        'inserted', total - known, 'updated', put - (total - known), 'unchanged', total - put));
END $$;

-- The registry. A row that other files brought before it counts as inserted when the registry completes it.
CREATE FUNCTION pd.load_registry(load bigint, batch jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    this_batch bigint;
    counts integer[] := '{0,0,0}';
    part integer[];
BEGIN
    PERFORM pd.require_group('officer', 'admin');
    this_batch := pd.open_batch('registry', batch);
    PERFORM pd.learn_agencies((SELECT array_agg(coalesce(facts ->> 'agency', facts ->> 'name')) FROM staging_registry
                               WHERE load_id = load AND (kind = 'agency' OR facts ->> 'agency' IS NOT NULL)),
                              batch -> 'initials');
    FOREACH part SLICE 1 IN ARRAY ARRAY[pd.register_agencies(load, batch -> 'initials'), pd.register_halls(load),
                                        pd.register_items(load, batch -> 'initials')] LOOP
        counts := ARRAY[counts[1] + part[1], counts[2] + part[2], counts[3] + part[3]];
    END LOOP;
    RETURN pd.close_batch(this_batch, batch, '{}', jsonb_build_object(
        'inserted', counts[1], 'updated', counts[2], 'unchanged', counts[3]));
END $$;

-- Each of these returns inserted, updated, unchanged.
CREATE FUNCTION pd.register_agencies(load bigint, initials jsonb) RETURNS integer[]
    LANGUAGE plpgsql SET search_path = pd, pg_temp
AS $$
DECLARE
    counts integer[];
BEGIN
    SELECT ARRAY[count(*) FILTER (WHERE NOT a.registered),
                 count(*) FILTER (WHERE a.registered AND differs),
                 count(*) FILTER (WHERE a.registered AND NOT differs)]::integer[] INTO counts
    FROM staging_registry s
    JOIN agency a ON a.name = s.facts ->> 'name'
    LEFT JOIN responsible_office o ON o.agency_id = a.id AND o.office = s.facts ->> 'office',
    LATERAL (SELECT (a.kind, a.standing, coalesce(s.facts ->> 'credit_code', a.credit_code))
                    IS DISTINCT FROM (s.facts ->> 'kind', (s.facts ->> 'standing')::integer, a.credit_code)
                 OR (s.facts ->> 'office' IS NOT NULL AND (o.id IS NULL OR (o.person, o.phone)
                    IS DISTINCT FROM (s.facts ->> 'person', s.facts ->> 'phone'))) AS differs) d
    WHERE s.load_id = load AND s.kind = 'agency';
    UPDATE agency a SET kind = s.facts ->> 'kind', standing = (s.facts ->> 'standing')::integer, registered = true,
        credit_code = coalesce(s.facts ->> 'credit_code', a.credit_code),
        initials = coalesce(register_agencies.initials ->> a.name, a.initials)
    FROM staging_registry s WHERE s.load_id = load AND s.kind = 'agency' AND a.name = s.facts ->> 'name';
    INSERT INTO responsible_office AS o (agency_id, office, person, phone)
    SELECT a.id, s.facts ->> 'office', s.facts ->> 'person', s.facts ->> 'phone'
    FROM staging_registry s JOIN agency a ON a.name = s.facts ->> 'name'
    WHERE s.load_id = load AND s.kind = 'agency' AND s.facts ->> 'office' IS NOT NULL
    ON CONFLICT (agency_id, office) DO UPDATE SET person = excluded.person, phone = excluded.phone
    WHERE (o.person, o.phone) IS DISTINCT FROM (excluded.person, excluded.phone);
    RETURN counts;
END $$;

-- Halls, and counters 1号窗口 … n号窗口 with the hall's rating device; more than n are no longer registered.
CREATE FUNCTION pd.register_halls(load bigint) RETURNS integer[]
    LANGUAGE plpgsql SET search_path = pd, pg_temp
AS $$
DECLARE
    counts integer[];
BEGIN
    SELECT ARRAY[count(*) FILTER (WHERE h.id IS NULL OR NOT h.registered),
                 count(*) FILTER (WHERE h.registered AND differs),
                 count(*) FILTER (WHERE h.registered AND NOT differs)]::integer[] INTO counts
    FROM staging_registry s
    JOIN pd.agency_keys() k ON k.key = s.facts ->> 'agency'
    LEFT JOIN hall h ON h.agency_id = k.id AND h.name = s.facts ->> 'name',
    LATERAL (SELECT count(*) <> (s.facts ->> 'counters')::integer
                 OR bool_or(c.device IS DISTINCT FROM s.facts ->> 'device') AS differs
             FROM counter c WHERE c.hall_id = h.id AND c.registered) d
    WHERE s.load_id = load AND s.kind = 'hall';
    INSERT INTO hall AS h (agency_id, name, registered)
    SELECT k.id, s.facts ->> 'name', true
    FROM staging_registry s JOIN pd.agency_keys() k ON k.key = s.facts ->> 'agency'
    WHERE s.load_id = load AND s.kind = 'hall' ORDER BY s.line
    ON CONFLICT (agency_id, name) DO UPDATE SET registered = true WHERE NOT h.registered;
    INSERT INTO counter AS c (hall_id, name, device, registered)
    SELECT h.id, n || '号窗口', s.facts ->> 'device', true
    FROM staging_registry s JOIN pd.agency_keys() k ON k.key = s.facts ->> 'agency'
    JOIN hall h ON h.agency_id = k.id AND h.name = s.facts ->> 'name',
    generate_series(1, (s.facts ->> 'counters')::integer) n
    WHERE s.load_id = load AND s.kind = 'hall' ORDER BY s.line, n
    ON CONFLICT (hall_id, name) DO UPDATE SET device = excluded.device, registered = true
    WHERE (c.device, c.registered) IS DISTINCT FROM (excluded.device, true);
    UPDATE counter c SET registered = false
    FROM staging_registry s JOIN pd.agency_keys() k ON k.key = s.facts ->> 'agency'
    JOIN hall h ON h.agency_id = k.id AND h.name = s.facts ->> 'name'
    WHERE s.load_id = load AND s.kind = 'hall' AND c.hall_id = h.id AND c.registered
      AND c.name NOT IN (SELECT n || '号窗口' FROM generate_series(1, (s.facts ->> 'counters')::integer) n);
    RETURN counts;
END $$;

CREATE FUNCTION pd.register_items(load bigint, initials jsonb) RETURNS integer[]
    LANGUAGE plpgsql SET search_path = pd, pg_temp
AS $$
DECLARE
    counts integer[];
BEGIN
    SELECT ARRAY[count(*) FILTER (WHERE i.id IS NULL OR NOT i.registered),
                 count(*) FILTER (WHERE i.registered AND differs),
                 count(*) FILTER (WHERE i.registered AND NOT differs)]::integer[] INTO counts
    FROM staging_registry s
    LEFT JOIN pd.agency_keys() k ON k.key = s.facts ->> 'agency'
    LEFT JOIN service_item i ON i.name = s.facts ->> 'name',
    LATERAL (SELECT (i.code, i.agency_id) IS DISTINCT FROM (s.facts ->> 'code', k.id) AS differs) d
    WHERE s.load_id = load AND s.kind = 'item';
    -- A code moves to the item that the registry gives it to.
    UPDATE service_item i SET code = NULL FROM staging_registry s
    WHERE s.load_id = load AND s.kind = 'item' AND i.code = s.facts ->> 'code' AND i.name <> s.facts ->> 'name';
    INSERT INTO service_item AS i (name, code, agency_id, initials, registered)
    SELECT s.facts ->> 'name', s.facts ->> 'code', k.id, coalesce(initials ->> (s.facts ->> 'name'), ''), true
    FROM staging_registry s LEFT JOIN pd.agency_keys() k ON k.key = s.facts ->> 'agency'
    WHERE s.load_id = load AND s.kind = 'item' ORDER BY s.line
    ON CONFLICT (name) DO UPDATE SET code = excluded.code, agency_id = excluded.agency_id, registered = true,
        initials = CASE WHEN excluded.initials = '' THEN i.initials ELSE excluded.initials END
    WHERE (i.code, i.agency_id, i.registered) IS DISTINCT FROM (excluded.code, excluded.agency_id, true);
    RETURN counts;
END $$;

GRANT INSERT ON pd.staging_rating, pd.staging_ticket, pd.staging_summary, pd.staging_registry TO pd_officer;
GRANT INSERT ON pd.staging_registry TO pd_admin;
GRANT EXECUTE ON FUNCTION pd.begin_load(), pd.load_registry(bigint, jsonb) TO pd_officer, pd_admin;
GRANT EXECUTE ON FUNCTION pd.load_ratings(bigint, jsonb), pd.load_ratings_part(bigint, jsonb),
    pd.load_tickets(bigint, jsonb),
    pd.load_summary(bigint, jsonb) TO pd_officer;
