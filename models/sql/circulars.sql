-- Circulars (通报; Art. 3, 24): drafts that officers write on, numbers without gaps, what was issued frozen with its files.

CREATE FUNCTION pd.circular_answer(c pd.circular) RETURNS jsonb
    LANGUAGE sql IMMUTABLE SET search_path = pd, pg_temp
AS $$ SELECT jsonb_build_object('circular', c.id, 'state', c.state, 'version', c.version, 'year', c.year, 'number', c.number) $$;

-- What a circular is found by: its title and what stands in its text, fields as they are shown.
CREATE FUNCTION pd.circular_search(title text, content jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE SET search_path = pd, pg_temp
AS $$
    SELECT lower(left(title || ' ' || coalesce(string_agg(v #>> '{}', ' '), ''), 20000))
    FROM jsonb_path_query(content, 'strict $.**?(@.type() == "string")') AS v
$$;

-- Keeps a draft: {id, version} of one that is there, or {kind, first, last, withdraws} of a new one; title and content.
CREATE FUNCTION pd.save_circular(facts jsonb, command_id uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    made circular;
    old circular;
BEGIN
    PERFORM pd.require_group('officer');
    IF command_id IS NULL OR jsonb_typeof(facts) IS DISTINCT FROM 'object' OR octet_length(facts::text) > 2000000
       OR jsonb_typeof(facts -> 'content') IS DISTINCT FROM 'object' OR pd.blank(facts ->> 'title') OR length(facts ->> 'title') > 200 THEN
        RAISE EXCEPTION '通报要有标题（至多200字），内容不能过长。' USING ERRCODE = 'PD001';
    END IF;
    BEGIN
        IF facts ->> 'id' IS NOT NULL THEN
            SELECT * INTO old FROM circular c WHERE c.id = (facts ->> 'id')::bigint FOR UPDATE;
            IF old.id IS NULL OR old.state <> 'draft' THEN
                RAISE EXCEPTION '没有这份草稿，或已经印发。' USING ERRCODE = 'PD001';
            END IF;
            IF old.version IS DISTINCT FROM (facts ->> 'version')::integer THEN
                RAISE EXCEPTION '这份草稿刚刚被别人改过，请看过最新的内容后再存。' USING ERRCODE = 'PD002';
            END IF;
            UPDATE circular c SET title = btrim(facts ->> 'title'), content = facts -> 'content', version = c.version + 1,
                changed_at = pd.now(), changed_by = session_user
            WHERE c.id = old.id RETURNING * INTO made;
        ELSE
            made.kind := facts ->> 'kind';
            made.first_month := (facts ->> 'first')::date;
            made.last_month := (facts ->> 'last')::date;
            made.withdraws_id := (facts ->> 'withdraws')::bigint;
            IF (made.first_month BETWEEN DATE '2000-01-01' AND made.last_month AND made.last_month <= DATE '2999-12-01'
                AND extract(day FROM made.first_month) = 1 AND extract(day FROM made.last_month) = 1) IS NOT TRUE THEN
                RAISE EXCEPTION '请选择起止月份。' USING ERRCODE = 'PD001';
            END IF;
            IF made.withdraws_id IS NOT NULL AND NOT EXISTS (
                    SELECT FROM circular c WHERE c.id = made.withdraws_id AND c.state = 'issued' AND c.kind <> 'withdrawal') THEN
                RAISE EXCEPTION '只有已经印发的通报可以撤销。' USING ERRCODE = 'PD001';
            END IF;
            PERFORM pg_advisory_xact_lock(hashtext('pd.command.' || command_id || session_user));
            SELECT * INTO old FROM circular c WHERE c.made_by = session_user AND c.command_id = save_circular.command_id;
            IF FOUND THEN
                RETURN pd.circular_answer(old);
            END IF;
            INSERT INTO circular (kind, first_month, last_month, title, content, made_at, made_by, command_id, changed_at, changed_by, withdraws_id, search, grams)
            VALUES (made.kind, made.first_month, made.last_month, btrim(facts ->> 'title'), facts -> 'content', pd.now(), session_user,
                    save_circular.command_id, pd.now(), session_user, made.withdraws_id, '', '')
            RETURNING * INTO made;
        END IF;
    EXCEPTION WHEN data_exception OR check_violation OR not_null_violation THEN
        RAISE EXCEPTION '请检查通报的种类和月份。' USING ERRCODE = 'PD001';
    END;
    UPDATE circular c SET search = pd.circular_search(c.title, c.content), grams = pd.grams(pd.circular_search(c.title, c.content)) WHERE c.id = made.id;
    PERFORM pd.tell('circulars', NULL);
    RETURN pd.circular_answer(made);
END $$;

-- Throws a draft away.
CREATE FUNCTION pd.drop_circular(circular bigint, version integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
BEGIN
    PERFORM pd.require_group('officer');
    DELETE FROM circular c WHERE c.id = drop_circular.circular AND c.version = drop_circular.version AND c.state = 'draft';
    IF NOT FOUND THEN
        RAISE EXCEPTION '没有这份草稿，或刚刚被别人改过、印发。' USING ERRCODE = 'PD002';
    END IF;
    PERFORM pd.tell('circulars', NULL);
END $$;

-- The number that would be given now. It is held until the transaction ends: whoever asks writes it on the pages and issues.
CREATE FUNCTION pd.next_circular_number(OUT year integer, OUT number integer, OUT today date)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '30s'
AS $$
BEGIN
    PERFORM pd.require_group('officer');
    PERFORM pg_advisory_xact_lock(hashtext('pd.circular'));
    today := pd.today();
    year := extract(year FROM today);
    number := (SELECT coalesce(max(c.number), 0) + 1 FROM circular c WHERE c.year = next_circular_number.year);
END $$;

-- Issues a draft: numbered, frozen with its files (name, kind, bytes), its months closed for good. One that withdraws another
-- marks it. Returns the number: the one that pd.next_circular_number gave in this transaction.
CREATE FUNCTION pd.issue_circular(circular bigint, version integer, content jsonb, names text[], kinds text[], files bytea[]) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '30s'
AS $$
DECLARE
    c circular;
    given record;
    months date[];
    stand bigint[];
BEGIN
    PERFORM pd.require_group('officer');
    SELECT * INTO given FROM pd.next_circular_number();
    SELECT * INTO c FROM circular x WHERE x.id = issue_circular.circular FOR UPDATE;
    IF c.id IS NULL OR c.state <> 'draft' THEN
        RAISE EXCEPTION '没有这份草稿，或已经印发。' USING ERRCODE = 'PD001';
    END IF;
    IF c.version IS DISTINCT FROM issue_circular.version THEN
        RAISE EXCEPTION '这份草稿刚刚被别人改过，请看过最新的内容后再印发。' USING ERRCODE = 'PD002';
    END IF;
    IF jsonb_typeof(content) IS DISTINCT FROM 'object' OR octet_length(content::text) > 2000000
       OR (cardinality(names) BETWEEN 1 AND 10 AND cardinality(kinds) = cardinality(names) AND cardinality(files) = cardinality(names)
           AND 'pdf' = ANY (kinds)) IS NOT TRUE
       OR EXISTS (SELECT FROM unnest(names, kinds, files) f(n, k, b) WHERE (length(n) BETWEEN 1 AND 120 AND n !~ '[\\/:*?"<>|[:cntrl:]]'
                  AND k IN ('pdf', 'docx', 'xlsx', 'html') AND length(b) BETWEEN 1 AND 20971520) IS NOT TRUE) THEN
        RAISE EXCEPTION '印发的文件不完整，或超过 20 MB。' USING ERRCODE = 'PD001';
    END IF;
    IF c.kind <> 'withdrawal' THEN
        months := ARRAY(SELECT m::date FROM generate_series(c.first_month, c.last_month, INTERVAL '1 month') m);
        stand := ARRAY(SELECT k.id FROM month_close k WHERE k.reopened_at IS NULL AND k.month = ANY (months) ORDER BY k.month FOR UPDATE);
        IF cardinality(stand) < cardinality(months) THEN
            RAISE EXCEPTION '这段时间还有没封账的月份，只能打印草稿；请先封账。' USING ERRCODE = 'PD001';
        END IF;
        IF c.kind = 'monthly' THEN
            UPDATE month_close k SET issued_at = coalesce(k.issued_at, pd.now()) WHERE k.id = ANY (stand);
        END IF;
    END IF;
    UPDATE circular x SET state = 'issued', version = x.version + 1, content = issue_circular.content, year = given.year, number = given.number,
        issued_on = given.today, issued_at = pd.now(), issued_by = session_user, closes = coalesce(stand, '{}'),
        search = pd.circular_search(x.title, issue_circular.content), grams = pd.grams(pd.circular_search(x.title, issue_circular.content))
    WHERE x.id = c.id RETURNING * INTO c;
    INSERT INTO circular_file (circular_id, name, kind, size, hash, content)
    SELECT c.id, f.n, f.k, length(f.b), sha256(f.b), f.b FROM unnest(names, kinds, files) WITH ORDINALITY f(n, k, b, place) ORDER BY f.place;
    PERFORM pd.note('circular_issued', jsonb_build_object('circular', c.id, 'circular_kind', c.kind, 'year', c.year, 'number', c.number,
        'closes', c.closes, 'text_hash', encode(sha256(convert_to(c.content::text, 'UTF8')), 'hex'),
        'files', (SELECT jsonb_agg(encode(f.hash, 'hex') ORDER BY f.id) FROM circular_file f WHERE f.circular_id = c.id)));
    IF c.withdraws_id IS NOT NULL THEN
        UPDATE circular x SET state = 'withdrawn', version = x.version + 1 WHERE x.id = c.withdraws_id AND x.state = 'issued';
        IF NOT FOUND THEN
            RAISE EXCEPTION '要撤销的通报已经撤销。' USING ERRCODE = 'PD002';
        END IF;
        PERFORM pd.note('circular_withdrawn', jsonb_build_object('circular', c.withdraws_id, 'by', c.id));
    END IF;
    PERFORM pd.tell('circulars', NULL);
    PERFORM pd.tell('closing', NULL);
    RETURN pd.circular_answer(c);
END $$;

-- The centre's template of a kind; by a head. `version`: of the one that stands, 0 where there is none.
CREATE FUNCTION pd.put_circular_template(kind text, version integer, content jsonb) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    made circular_template;
BEGIN
    PERFORM pd.require_head();
    IF kind IN ('monthly', 'rectification', 'annual', 'public', 'withdrawal') IS NOT TRUE OR jsonb_typeof(content) IS DISTINCT FROM 'object'
       OR octet_length(content::text) > 200000 THEN
        RAISE EXCEPTION '模板的内容不完整或过长。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('pd.circular_template'));
    IF coalesce((SELECT t.version FROM circular_template t WHERE t.kind = put_circular_template.kind), 0) IS DISTINCT FROM put_circular_template.version THEN
        RAISE EXCEPTION '模板刚刚被别人改过，请看过最新的内容后再存。' USING ERRCODE = 'PD002';
    END IF;
    INSERT INTO circular_template AS t (kind, version, content, changed_at, changed_by)
    VALUES (put_circular_template.kind, 1, put_circular_template.content, pd.now(), session_user)
    ON CONFLICT ON CONSTRAINT pk_circular_template DO UPDATE SET version = t.version + 1, content = excluded.content, changed_at = excluded.changed_at,
        changed_by = excluded.changed_by
    RETURNING * INTO made;
    PERFORM pd.note('circular_template', jsonb_build_object('circular_kind', made.kind, 'version', made.version,
        'hash', encode(sha256(convert_to(made.content::text, 'UTF8')), 'hex')));
    PERFORM pd.tell('circulars', NULL);
    RETURN made.version;
END $$;

-- Drafts are the officers' matter; what was issued, everybody's.
GRANT SELECT ON pd.circular, pd.circular_file TO pd_officer, pd_liaison, pd_bureau, pd_auditor;
GRANT SELECT ON pd.circular_template TO pd_officer;
ALTER TABLE pd.circular ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.circular_file ENABLE ROW LEVEL SECURITY;
CREATE POLICY officer ON pd.circular FOR SELECT TO pd_officer USING (true);
CREATE POLICY officer ON pd.circular_file FOR SELECT TO pd_officer USING (true);
CREATE POLICY issued ON pd.circular FOR SELECT TO pd_liaison, pd_bureau, pd_auditor USING (state IN ('issued', 'withdrawn'));
CREATE POLICY issued ON pd.circular_file FOR SELECT TO pd_liaison, pd_bureau, pd_auditor USING (EXISTS (
    SELECT FROM pd.circular c WHERE c.id = circular_file.circular_id AND c.state IN ('issued', 'withdrawn')));
GRANT EXECUTE ON FUNCTION pd.save_circular(jsonb, uuid), pd.drop_circular(bigint, integer), pd.next_circular_number(),
    pd.issue_circular(bigint, integer, jsonb, text[], text[], bytea[]), pd.put_circular_template(text, integer, jsonb) TO pd_officer;
