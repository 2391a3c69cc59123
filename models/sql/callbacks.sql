-- Callbacks (Art. 3, 15, 24): samples that anybody can draw again, calls and what came of them, and what is done about
-- somebody who is not satisfied.

-- The tickets that can be drawn: of an agency and month, rectified, not yet drawn in their round.
CREATE FUNCTION pd.sample_stock(agency bigint, month date) RETURNS bigint[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT coalesce(array_agg(t.id ORDER BY t.id), '{}') FROM ticket t
    WHERE t.holder_id = agency AND t.state IN ('approved', 'reported', 'closed')
      AND t.opened_at >= pd.local_midnight(month) AND t.opened_at < pd.local_midnight((month + INTERVAL '1 month')::date)
      AND NOT EXISTS (SELECT FROM callback c WHERE c.ticket_id = t.id AND c.kind = 'spot_check' AND c.round = t.round)
$$;

-- Those of a stock that a seed chooses, in the order drawn: the same as models/rules/sampling.py, on any machine.
CREATE FUNCTION pd.draw(stock bigint[], number integer, seed text) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE SET search_path = pd, pg_temp
AS $$
    SELECT coalesce(array_agg(x.id ORDER BY x.hash, x.id), '{}') FROM (
        SELECT s.id, sha256(convert_to(seed || ':' || s.id, 'UTF8')) AS hash FROM unnest(stock) AS s(id)
        ORDER BY 2, 1 LIMIT number) x
$$;

-- Draws samples: {month, agencies (ids; none: every one), size or share, seed (or none: one is made)}; one for each agency
-- that has a stock. Returns {seed, samples: [{sample, agency, stock, drawn}]}.
CREATE FUNCTION pd.draw_samples(facts jsonb, command_id uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    known jsonb;
    of_month date;
    wanted bigint[];
    asked callback_sample;
    made callback_sample;
    one bigint;
    answer jsonb := '[]';
BEGIN
    PERFORM pd.require_group('officer');
    known := pd.known_answer(facts, command_id, 'samples');
    IF known IS NOT NULL THEN
        RETURN known;
    END IF;
    BEGIN
        of_month := (facts ->> 'month')::date;
        asked.size := (facts ->> 'size')::integer;
        asked.share := (facts ->> 'share')::numeric(5, 4);
        wanted := CASE jsonb_typeof(facts -> 'agencies') WHEN 'array' THEN ARRAY(SELECT x::bigint FROM jsonb_array_elements_text(facts -> 'agencies') x) END;
    EXCEPTION WHEN data_exception THEN
        RAISE EXCEPTION '请检查月份、单位、件数和比例。' USING ERRCODE = 'PD001';
    END;
    IF (of_month BETWEEN DATE '2000-01-01' AND pd.today() AND extract(day FROM of_month) = 1) IS NOT TRUE THEN
        RAISE EXCEPTION '请选择已经开始的月份。' USING ERRCODE = 'PD001';
    END IF;
    IF num_nonnulls(asked.size, asked.share) <> 1 OR asked.size NOT BETWEEN 1 AND 10000 OR asked.share <= 0 OR asked.share > 1 THEN
        RAISE EXCEPTION '请填写每个单位抽查的件数，或者比例（0 到 1 之间）。' USING ERRCODE = 'PD001';
    END IF;
    asked.seed := coalesce(nullif(btrim(facts ->> 'seed'), ''), encode(substring(uuid_send(gen_random_uuid()) FROM 1 FOR 8), 'hex'));
    IF asked.seed !~ '^[0-9A-Za-z-]{1,40}$' THEN
        RAISE EXCEPTION '随机种子由字母、数字和横线组成，至多40个。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('pd.sample')); -- no ticket is drawn twice
    FOR one IN SELECT a.id FROM agency a WHERE wanted IS NULL OR a.id = ANY (wanted) ORDER BY a.standing, a.id LOOP
        asked.stock := pd.sample_stock(one, of_month);
        CONTINUE WHEN cardinality(asked.stock) = 0;
        asked.drawn := pd.draw(asked.stock, coalesce(asked.size, ceil(asked.share * cardinality(asked.stock))::integer), asked.seed);
        INSERT INTO callback_sample (month, agency_id, size, share, seed, method, stock, drawn, drawn_at, drawn_by, command_id)
        VALUES (of_month, one, asked.size, asked.share, asked.seed, 'sha256-smallest-1', asked.stock, asked.drawn, pd.now(), session_user, draw_samples.command_id)
        RETURNING * INTO made;
        INSERT INTO callback (ticket_id, kind, round, agency_id, sample_id, opened_at)
        SELECT t.id, 'spot_check', t.round, one, made.id, t.opened_at FROM unnest(made.drawn) AS d(id) JOIN ticket t ON t.id = d.id;
        PERFORM pd.note('callback_drawn', jsonb_build_object('sample', made.id, 'agency', one, 'month', of_month, 'seed', made.seed,
            'stock', cardinality(made.stock), 'drawn', cardinality(made.drawn),
            'hash', encode(sha256(convert_to(made.stock::text || made.drawn::text, 'UTF8')), 'hex')));
        answer := answer || jsonb_build_object('sample', made.id, 'agency', one, 'stock', cardinality(made.stock), 'drawn', cardinality(made.drawn));
    END LOOP;
    IF answer = '[]' THEN
        RAISE EXCEPTION '这个月没有可以抽查的已整改工单。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pd.tell('callbacks', NULL);
    RETURN pd.keep_answer(command_id, jsonb_build_object('samples', answer, 'seed', asked.seed));
END $$;

-- One step of a callback on record.
CREATE FUNCTION pd.note_callback(c pd.callback, action text, words text, more jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    made bigint;
BEGIN
    INSERT INTO event (at, actor, action, ticket_id, facts)
    VALUES (pd.now(), session_user, action, c.ticket_id, jsonb_strip_nulls(jsonb_build_object('callback', c.id, 'callback_kind', c.kind,
        'tries', c.tries, 'outcome', c.outcome, 'text_hash', encode(sha256(convert_to(words, 'UTF8')), 'hex')) || coalesce(more, '{}')))
    RETURNING id INTO made;
    INSERT INTO callback_try (event_id, callback_id, at, actor, action, text) VALUES (made, c.id, pd.now(), session_user, action, words);
    PERFORM pd.tell('callbacks', NULL);
    PERFORM pd.tell('tickets', c.ticket_id);
END $$;

-- Why the connected person may not call on a ticket; none where they may. Officers call on bad ratings of 12345 (Art. 15)
-- and on what was drawn (Art. 24); a lead agency on its own tickets once it works on them (Art. 3).
CREATE FUNCTION pd.why_not_call(t pd.ticket, kind text) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT CASE
        WHEN kind = 'hotline' AND pd.my_group() = 'officer' THEN
            CASE WHEN (t.platform = 'hotline' AND t.level <= 2 AND t.state <> 'rejected') IS NOT TRUE THEN '只有12345热线的差评需要这样回访。' END
        WHEN kind = 'spot_check' AND pd.my_group() = 'officer' THEN
            CASE WHEN NOT EXISTS (SELECT FROM callback c WHERE c.ticket_id = t.id AND c.kind = 'spot_check' AND c.round = t.round)
                 THEN '这张工单没有被抽中回访。' END
        WHEN kind = 'agency' AND EXISTS (SELECT FROM assignment a WHERE a.ticket_id = t.id AND a.current AND a.part = 'lead' AND a.agency_id = pd.my_agency()) THEN
            CASE WHEN t.state NOT IN ('rectifying', 'submitted', 'approved', 'reported', 'closed') THEN '签收以后再回访。' END
        ELSE '没有这张工单，或您无权回访。' END
$$;

-- One call: what it came to (no_answer, satisfied, unsatisfied, declined) and what was said. The third that reaches nobody
-- ends it. `version`: that of the callback, 0 where nobody has called yet.
CREATE FUNCTION pd.record_call(ticket_id bigint, kind text, version integer, came_to text, words text, command_id uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    known jsonb;
    t ticket;
    c callback;
    why text;
BEGIN
    PERFORM pd.require_group('officer', 'liaison');
    known := pd.known_answer(NULL, command_id, 'callback');
    IF known IS NOT NULL THEN
        RETURN known;
    END IF;
    SELECT * INTO t FROM ticket x WHERE x.id = record_call.ticket_id FOR UPDATE;
    why := CASE WHEN t.id IS NULL THEN '没有这张工单，或您无权回访。' ELSE pd.why_not_call(t, record_call.kind) END;
    IF why IS NOT NULL THEN
        RAISE EXCEPTION '%', why USING ERRCODE = CASE WHEN why LIKE '%无权%' THEN 'PD003' ELSE 'PD001' END;
    END IF;
    IF came_to IN ('no_answer', 'satisfied', 'unsatisfied', 'declined') IS NOT TRUE THEN
        RAISE EXCEPTION '请选择回访结果。' USING ERRCODE = 'PD001';
    END IF;
    IF length(words) > 2000 OR came_to = 'unsatisfied' AND pd.blank(words) THEN
        RAISE EXCEPTION '请写明对方为什么不满意（至多2000字）。' USING ERRCODE = 'PD001';
    END IF;
    SELECT * INTO c FROM callback x WHERE x.ticket_id = t.id AND x.kind = record_call.kind AND x.round = t.round FOR UPDATE;
    IF coalesce(CASE WHEN c.tries = 0 AND c.outcome IS NULL AND c.version = 1 AND record_call.version = 0 THEN 0 ELSE c.version END, 0)
       IS DISTINCT FROM record_call.version THEN
        RAISE EXCEPTION '这次回访刚刚被别人记录过，请看过最新情况后再记。' USING ERRCODE = 'PD002';
    END IF;
    IF c.outcome IS NOT NULL THEN
        RAISE EXCEPTION '这次回访已经有结果。' USING ERRCODE = 'PD001';
    END IF;
    IF c.id IS NULL THEN
        INSERT INTO callback (ticket_id, kind, round, agency_id, opened_at) VALUES (t.id, record_call.kind, t.round, t.holder_id, t.opened_at)
        RETURNING * INTO c;
    END IF;
    UPDATE callback x SET version = x.version + 1,
        tries = x.tries + (came_to = 'no_answer')::integer,
        outcome = CASE WHEN came_to <> 'no_answer' THEN came_to WHEN x.tries + 1 >= 3 THEN 'unreachable' END,
        called_at = pd.now(), called_by = session_user, words = nullif(btrim(record_call.words), '')
    WHERE x.id = c.id RETURNING * INTO c;
    PERFORM pd.note_callback(c, CASE WHEN came_to = 'no_answer' THEN 'callback_try' ELSE 'callback_made' END, c.words, NULL);
    RETURN pd.keep_answer(command_id, jsonb_build_object('callback', c.id, 'version', c.version, 'tries', c.tries, 'outcome', c.outcome));
END $$;

-- What an officer does about somebody who is not satisfied (Art. 24): reopen — a closed ticket begins a new round, payload
-- {lead, co}; one not yet reported goes back for rework — or leave, each with a reason.
CREATE FUNCTION pd.decide_callback(callback_id bigint, version integer, decision text, payload jsonb, command_id uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    known jsonb;
    c callback;
    t ticket;
    reason text := nullif(btrim(payload ->> 'reason'), '');
    done jsonb;
BEGIN
    PERFORM pd.require_group('officer');
    known := pd.known_answer(payload, command_id, 'callback');
    IF known IS NOT NULL THEN
        RETURN known;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(hashtext('pd.calendar'));
    SELECT * INTO t FROM ticket x WHERE x.id = (SELECT k.ticket_id FROM callback k WHERE k.id = decide_callback.callback_id) FOR UPDATE;
    SELECT * INTO c FROM callback x WHERE x.id = decide_callback.callback_id FOR UPDATE;
    IF c.id IS NULL THEN
        RAISE EXCEPTION '没有这次回访，或您无权办理。' USING ERRCODE = 'PD003';
    END IF;
    IF c.version IS DISTINCT FROM decide_callback.version THEN
        RAISE EXCEPTION '这次回访刚刚被别人处理过，请看过最新情况后再办。' USING ERRCODE = 'PD002';
    END IF;
    IF (c.outcome = 'unsatisfied' AND c.decision IS NULL) IS NOT TRUE THEN
        RAISE EXCEPTION '只有对方不满意、还没有处理的回访可以这样办。' USING ERRCODE = 'PD001';
    END IF;
    IF decide_callback.decision IN ('reopen', 'leave') IS NOT TRUE OR reason IS NULL OR length(reason) > 2000 THEN
        RAISE EXCEPTION '请选择怎样处理，并写明理由（至多2000字）。' USING ERRCODE = 'PD001';
    END IF;
    IF decide_callback.decision = 'reopen' THEN
        done := pd.reopen_after_call(t, payload);
    END IF;
    UPDATE callback x SET version = x.version + 1, decision = decide_callback.decision, decided_at = pd.now(), decided_by = session_user, decision_text = reason
    WHERE x.id = c.id RETURNING * INTO c;
    PERFORM pd.note_callback(c, 'callback_decided', reason, jsonb_build_object('decision', c.decision));
    RETURN pd.keep_answer(command_id, jsonb_build_object('callback', c.id, 'version', c.version, 'tries', c.tries, 'outcome', c.outcome,
                                                         'decision', c.decision) || coalesce(done, '{}'));
END $$;

-- A closed ticket begins anew; one that waits for approval or report goes back to the agency.
CREATE FUNCTION pd.reopen_after_call(t pd.ticket, payload jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    step text;
    move ticket_transition;
    answer jsonb;
BEGIN
    FOREACH step IN ARRAY CASE t.state WHEN 'closed' THEN ARRAY['reopen'] WHEN 'submitted' THEN ARRAY['return_for_rework']
                               WHEN 'approved' THEN ARRAY['unapprove', 'return_for_rework'] ELSE '{}' END LOOP
        SELECT * INTO t FROM ticket x WHERE x.id = t.id;
        SELECT * INTO move FROM ticket_transition m WHERE m.action = step AND m.source = t.state AND m.group_name = 'officer';
        answer := pd.perform(t, move, payload);
    END LOOP;
    IF answer IS NULL THEN
        RAISE EXCEPTION '工单现在的状态不能重新办理：报送的等12345办结，整改中的由单位继续整改。' USING ERRCODE = 'PD001';
    END IF;
    RETURN jsonb_build_object('ticket', t.id, 'ticket_state', answer ->> 'state', 'ticket_version', (answer ->> 'version')::integer,
                              'due_on', answer ->> 'due_on');
END $$;

-- The calls that count for the months from `first` up to `past` (Guide 7.1.1): of each rectified ticket the centre's last in
-- its round, else the agency's own. A month that was closed stays as it was: the tickets that its close counted as rectified,
-- and the calls made until then. Of these everyone sees those that they may read.
CREATE FUNCTION pd.counted_callbacks(first date, past date)
    RETURNS TABLE (month date, agency_id bigint, platform text, callback_id bigint, outcome text)
    LANGUAGE sql STABLE SET search_path = pd, pg_temp
AS $$
    WITH closed AS (
        SELECT m.id, m.month, m.closed_at FROM month_close m
        WHERE m.reopened_at IS NULL AND m.month >= first AND m.month < past)
    (SELECT DISTINCT ON (t.id) pd.month_of(t.opened_at), t.holder_id, coalesce(t.platform, ''), c.id, c.outcome
     FROM callback c JOIN ticket t ON t.id = c.ticket_id AND t.round = c.round
     WHERE c.opened_at >= pd.local_midnight(first) AND c.opened_at < pd.local_midnight(past)
       AND c.outcome IS NOT NULL AND t.state IN ('approved', 'reported', 'closed')
       AND NOT EXISTS (SELECT FROM closed m WHERE m.month = pd.month_of(t.opened_at))
     ORDER BY t.id, (c.kind = 'agency'), c.called_at DESC, c.id DESC)
    UNION ALL
    (SELECT DISTINCT ON (k.ticket_id) m.month, k.agency_id, coalesce(t.platform, ''), c.id, c.outcome
     FROM closed m JOIN closed_ticket k ON k.close_id = m.id AND k.handled JOIN ticket t ON t.id = k.ticket_id
     JOIN callback c ON c.ticket_id = k.ticket_id AND c.outcome IS NOT NULL AND c.called_at <= m.closed_at
     WHERE c.round = (SELECT max(a.round) FROM assignment a WHERE a.ticket_id = k.ticket_id AND a.created_at <= m.closed_at)
     ORDER BY k.ticket_id, (c.kind = 'agency'), c.called_at DESC, c.id DESC)
$$;

-- How many those are, and with what outcome. Everyone reads what everyone may know.
CREATE FUNCTION pd.callback_counts(first date, past date)
    RETURNS TABLE (month date, agency_id bigint, platform text, called integer, satisfied integer, unsatisfied integer, unreachable integer, declined integer)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT k.month, k.agency_id, k.platform, count(*)::integer, count(*) FILTER (WHERE k.outcome = 'satisfied')::integer,
           count(*) FILTER (WHERE k.outcome = 'unsatisfied')::integer, count(*) FILTER (WHERE k.outcome = 'unreachable')::integer,
           count(*) FILTER (WHERE k.outcome = 'declined')::integer
    FROM pd.counted_callbacks(first, past) k GROUP BY 1, 2, 3
$$;

GRANT SELECT ON pd.callback, pd.callback_try TO pd_officer, pd_liaison;
GRANT SELECT ON pd.callback_sample TO pd_officer;
ALTER TABLE pd.callback ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.callback_try ENABLE ROW LEVEL SECURITY;
CREATE POLICY officer ON pd.callback FOR SELECT TO pd_officer USING (true);
CREATE POLICY officer ON pd.callback_try FOR SELECT TO pd_officer USING (true);
-- An agency sees its own calls, and the centre's once they are made: whom the centre will check is not told beforehand.
CREATE POLICY liaison ON pd.callback FOR SELECT TO pd_liaison USING (
    agency_id = (SELECT pd.my_agency()) AND (kind = 'agency' OR outcome IS NOT NULL));
CREATE POLICY liaison ON pd.callback_try FOR SELECT TO pd_liaison USING (EXISTS (
    SELECT FROM pd.callback c WHERE c.id = callback_try.callback_id AND c.agency_id = (SELECT pd.my_agency())
                                AND (c.kind = 'agency' OR c.outcome IS NOT NULL)));
GRANT EXECUTE ON FUNCTION pd.record_call(bigint, text, integer, text, text, uuid), pd.counted_callbacks(date, date)
    TO pd_officer, pd_liaison;
GRANT EXECUTE ON FUNCTION pd.draw_samples(jsonb, uuid), pd.decide_callback(bigint, integer, text, jsonb, uuid), pd.sample_stock(bigint, date) TO pd_officer;
GRANT EXECUTE ON FUNCTION pd.draw(bigint[], integer, text), pd.callback_counts(date, date) TO pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor;
