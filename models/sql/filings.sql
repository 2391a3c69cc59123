-- Filings with the bureau (备案; Art. 3, 25): corrections and rectification results, frozen line by line, and the bureau's answer.

-- A text with the telephone and identity numbers in it hidden: what leaves the house names nobody who rated.
CREATE FUNCTION pd.mask_numbers(words text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT regexp_replace(words, '([0-9]{3})[0-9][0-9 -]{2,14}[0-9Xx]', '\1****', 'g') $$;

-- What a corrected appeal is filed as.
CREATE FUNCTION pd.filed_appeal(a pd.appeal) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT jsonb_build_object('appeal_year', a.year, 'appeal_number', a.number, 'case_number', a.case_number, 'agency', g.name,
        'item', i.name, 'appellant', a.appellant, 'rated_at', a.rated_at, 'level', a.level, 'finding', a.finding, 'effect', a.effect,
        'new_level', a.new_level, 'found_on', a.found_on, 'found_text', pd.mask_numbers(a.found_text),
        'decided_on', a.decided_on, 'decided_text', pd.mask_numbers(a.decided_text), 'withdrew_ticket', a.withdrew_ticket)
    FROM agency g LEFT JOIN service_item i ON i.id = a.item_id WHERE g.id = a.agency_id
$$;

-- What a rectified ticket is filed as: what was found and done, never what the person wrote.
CREATE FUNCTION pd.filed_ticket(t pd.ticket) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT jsonb_build_object('ticket_number', t.number, 'case_number', t.case_number, 'agency', g.name, 'item', i.name,
        'level', t.level, 'rated_at', t.opened_at, 'state', t.state, 'received_on', t.received_on, 'due_on', t.due_on, 'submitted_on', t.submitted_on,
        'handled_on', t.handled_on, 'round', t.round, 'found_true', r.found_true, 'found_reasonable', r.found_reasonable, 'cause', k.text,
        'measures', pd.mask_numbers(r.measures),
        'callback', (SELECT c.outcome FROM callback c WHERE c.ticket_id = t.id AND c.round = t.round AND c.outcome IS NOT NULL
                     ORDER BY (c.kind = 'agency'), c.called_at DESC LIMIT 1))
    FROM agency g LEFT JOIN service_item i ON i.id = t.item_id
         LEFT JOIN LATERAL (SELECT * FROM rectification x WHERE x.ticket_id = t.id ORDER BY x.id DESC LIMIT 1) r ON true
         LEFT JOIN cause_code k ON k.code = r.cause_code
    WHERE g.id = t.holder_id
$$;

-- What a filing would hold: ids of corrected appeals not yet filed that were decided in the months, or of tickets of the months
-- that are rectified and were not filed before.
CREATE FUNCTION pd.to_file(kind text, first date, last date) RETURNS bigint[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    past date := (last + INTERVAL '1 month')::date;
BEGIN
    PERFORM pd.require_group('officer');
    IF kind = 'corrections' THEN
        RETURN ARRAY(SELECT a.id FROM appeal a WHERE a.state = 'corrected' AND a.decided_on >= first AND a.decided_on < past ORDER BY a.id);
    END IF;
    RETURN ARRAY(
        SELECT t.id FROM ticket t JOIN agency g ON g.id = t.holder_id
        WHERE t.state IN ('approved', 'reported', 'closed')
          AND t.opened_at >= pd.local_midnight(first) AND t.opened_at < pd.local_midnight(past)
          AND NOT EXISTS (SELECT FROM filing_line l JOIN filing f ON f.id = l.filing_id
                          WHERE l.ticket_id = t.id AND f.state <> 'cancelled' AND (l.facts ->> 'round')::integer = t.round)
        ORDER BY g.standing, t.opened_at, t.id);
END $$;

-- Makes a filing: {kind, first, last (months), ids (some of those to file; none: all), note}. Numbered within the year,
-- without gaps; its lines are frozen, its corrections recorded.
CREATE FUNCTION pd.make_filing(facts jsonb, command_id uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    known jsonb;
    made filing;
    ids bigint[];
    chosen bigint[];
BEGIN
    PERFORM pd.require_group('officer');
    known := pd.known_answer(facts, command_id, 'filing');
    IF known IS NOT NULL THEN
        RETURN known;
    END IF;
    BEGIN
        made.kind := facts ->> 'kind';
        made.first_month := (facts ->> 'first')::date;
        made.last_month := (facts ->> 'last')::date;
        chosen := CASE jsonb_typeof(facts -> 'ids') WHEN 'array' THEN ARRAY(SELECT x::bigint FROM jsonb_array_elements_text(facts -> 'ids') x) END;
    EXCEPTION WHEN data_exception THEN
        RAISE EXCEPTION '请检查备案的种类和月份。' USING ERRCODE = 'PD001';
    END;
    IF (made.kind IN ('corrections', 'rectifications') AND made.first_month BETWEEN DATE '2000-01-01' AND made.last_month
        AND made.last_month <= pd.today() AND extract(day FROM made.first_month) = 1 AND extract(day FROM made.last_month) = 1) IS NOT TRUE THEN
        RAISE EXCEPTION '请选择备案的种类和起止月份。' USING ERRCODE = 'PD001';
    END IF;
    IF length(facts ->> 'note') > 2000 THEN
        RAISE EXCEPTION '说明至多2000字。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('pd.filing')); -- numbers without gaps, nothing filed twice
    ids := pd.to_file(made.kind, made.first_month, made.last_month);
    IF chosen IS NOT NULL THEN
        IF NOT ids @> chosen THEN
            RAISE EXCEPTION '选中的有些已经备案或不能备案，请刷新后再选。' USING ERRCODE = 'PD002';
        END IF;
        ids := ARRAY(SELECT x FROM unnest(ids) WITH ORDINALITY AS k(x, n) WHERE x = ANY (chosen) ORDER BY n);
    END IF;
    IF cardinality(ids) = 0 THEN
        RAISE EXCEPTION '这段时间没有需要备案的内容。' USING ERRCODE = 'PD001';
    END IF;
    INSERT INTO filing AS f (year, number, kind, first_month, last_month, recipient, note, lines, lines_hash, chain_no, chain_hash, filed_on, filed_at, filed_by)
    SELECT extract(year FROM pd.today()), coalesce((SELECT max(n.number) FROM filing n WHERE n.year = extract(year FROM pd.today())), 0) + 1,
           made.kind, made.first_month, made.last_month, coalesce((SELECT b.name FROM body b WHERE b.kind = 'bureau'), '市政务服务数据管理局'),
           btrim(coalesce(facts ->> 'note', '')), cardinality(ids), ''::bytea, coalesce(l.no, 0), l.hash, pd.today(), pd.now(), session_user
    FROM (SELECT 1) one LEFT JOIN (SELECT no, hash FROM event_link ORDER BY no DESC LIMIT 1) l ON true
    RETURNING * INTO made;
    IF made.kind = 'corrections' THEN
        INSERT INTO filing_line (filing_id, line, appeal_id, facts)
        SELECT made.id, k.n, a.id, pd.filed_appeal(a) FROM unnest(ids) WITH ORDINALITY AS k(id, n) JOIN appeal a ON a.id = k.id;
        PERFORM pd.record_appeal(k.id, 'appeal_record') FROM unnest(ids) AS k(id);
    ELSE
        INSERT INTO filing_line (filing_id, line, ticket_id, facts)
        SELECT made.id, k.n, t.id, pd.filed_ticket(t) FROM unnest(ids) WITH ORDINALITY AS k(id, n) JOIN ticket t ON t.id = k.id;
    END IF;
    UPDATE filing f SET lines_hash = (SELECT sha256(convert_to(string_agg(l.facts::text, E'\n' ORDER BY l.line), 'UTF8')) FROM filing_line l WHERE l.filing_id = f.id)
    WHERE f.id = made.id RETURNING * INTO made;
    PERFORM pd.note_filing(made, NULL, 'filing_made', nullif(made.note, ''));
    RETURN pd.keep_answer(command_id, pd.filing_answer(made));
END $$;

CREATE FUNCTION pd.filing_answer(f pd.filing) RETURNS jsonb
    LANGUAGE sql IMMUTABLE SET search_path = pd, pg_temp
AS $$ SELECT jsonb_build_object('filing', f.id, 'year', f.year, 'number', f.number, 'state', f.state, 'version', f.version, 'lines', f.lines) $$;

CREATE FUNCTION pd.note_filing(f pd.filing, before text, action text, words text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    made bigint;
BEGIN
    INSERT INTO event (at, actor, action, source, target, facts)
    VALUES (pd.now(), session_user, action, before, f.state, jsonb_strip_nulls(jsonb_build_object('filing', f.id, 'filing_kind', f.kind, 'year', f.year,
        'number', f.number, 'lines', f.lines, 'hash', encode(f.lines_hash, 'hex'), 'text_hash', encode(sha256(convert_to(words, 'UTF8')), 'hex'))))
    RETURNING id INTO made;
    INSERT INTO filing_step (event_id, filing_id, at, actor, action, text) VALUES (made, f.id, pd.now(), session_user, action, words);
    PERFORM pd.tell('filings', NULL);
END $$;

-- A step: the bureau receives, answers or returns; an officer sends a returned one again with an explanation, or cancels.
CREATE FUNCTION pd.act_filing(filing_id bigint, version integer, action text, said text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    mine text := pd.my_group();
    before filing;
    after filing;
    move record;
BEGIN
    PERFORM pd.require_group('officer', 'bureau');
    SELECT * INTO before FROM filing f WHERE f.id = act_filing.filing_id FOR UPDATE;
    IF before.id IS NULL THEN
        RAISE EXCEPTION '没有这份备案，或您无权办理。' USING ERRCODE = 'PD003';
    END IF;
    IF before.version IS DISTINCT FROM act_filing.version THEN
        RAISE EXCEPTION '这份备案刚刚被别人办理过，请看过最新情况后再办。' USING ERRCODE = 'PD002';
    END IF;
    SELECT m.target, m.words INTO move FROM (VALUES
        ('filing_receive', 'filed', 'bureau', 'received', false), ('filing_answer', 'received', 'bureau', 'answered', false),
        ('filing_return', 'filed', 'bureau', 'returned', true), ('filing_return', 'received', 'bureau', 'returned', true),
        ('filing_resubmit', 'returned', 'officer', 'filed', true),
        ('filing_cancel', 'filed', 'officer', 'cancelled', true), ('filing_cancel', 'returned', 'officer', 'cancelled', true))
        AS m(action, source, who, target, words) WHERE (m.action, m.source, m.who) = (act_filing.action, before.state, mine);
    IF NOT FOUND THEN
        RAISE EXCEPTION '备案现在的状态或您的身份不允许这项操作。' USING ERRCODE = 'PD001';
    END IF;
    IF move.words AND pd.blank(said) OR length(said) > 2000 THEN
        RAISE EXCEPTION '请写明意见或理由（至多2000字）。' USING ERRCODE = 'PD001';
    END IF;
    UPDATE filing f SET state = move.target, version = f.version + 1 WHERE f.id = before.id RETURNING * INTO after;
    IF action = 'filing_cancel' THEN
        PERFORM pd.record_appeal(l.appeal_id, 'appeal_unrecord') FROM filing_line l WHERE l.filing_id = before.id AND l.appeal_id IS NOT NULL;
    END IF;
    PERFORM pd.note_filing(after, before.state, action, nullif(btrim(said), ''));
    RETURN pd.filing_answer(after);
END $$;

GRANT SELECT ON pd.filing, pd.filing_line, pd.filing_step TO pd_officer, pd_bureau;
GRANT EXECUTE ON FUNCTION pd.make_filing(jsonb, uuid), pd.to_file(text, date, date) TO pd_officer;
GRANT EXECUTE ON FUNCTION pd.act_filing(bigint, integer, text, text) TO pd_officer, pd_bureau;
