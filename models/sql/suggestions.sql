-- Suggestions (Art. 16): recorded by officers and liaisons, then through one door, as tickets are.

-- What a suggestion is found by.
CREATE FUNCTION pd.suggestion_search(s pd.suggestion) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT lower(concat_ws(' ', s.words, s.place, (SELECT concat_ws(' ', a.name, nullif(a.initials, '')) FROM agency a WHERE a.id = s.holder_id)))
$$;

-- One step on record: the event with ids and hashes in the chain, the words beside the suggestion.
CREATE FUNCTION pd.note_suggestion(s pd.suggestion, before text, action text, words text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    number bigint;
BEGIN
    INSERT INTO event (at, actor, action, source, target, facts)
    VALUES (pd.now(), session_user, action, before, s.state,
            jsonb_strip_nulls(jsonb_build_object('suggestion', s.id, 'agency', s.holder_id, 'due_on', s.due_on,
                'text_hash', encode(sha256(convert_to(words, 'UTF8')), 'hex'))))
    RETURNING id INTO number;
    INSERT INTO suggestion_step (event_id, suggestion_id, at, actor, action, agency_id, text)
    VALUES (number, s.id, pd.now(), session_user, action, s.holder_id, words);
    PERFORM pd.tell('suggestions', NULL);
    RETURN number;
END $$;

-- The due dates of open suggestions follow the calendar as those of tickets do; each that moves is logged.
CREATE FUNCTION pd.recompute_suggestions() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    s suggestion;
    fresh suggestion;
BEGIN
    FOR s IN SELECT * FROM suggestion WHERE due_on IS NOT NULL AND state <> 'closed' ORDER BY id FOR UPDATE LOOP
        fresh := s;
        fresh.due_on := pd.due(s.dispatched_on, pd.rule_number('rectification_days', s.dispatched_on));
        fresh.provisional := pd.is_provisional(s.dispatched_on, fresh.due_on);
        CONTINUE WHEN fresh IS NOT DISTINCT FROM s;
        UPDATE suggestion x SET due_on = fresh.due_on, provisional = fresh.provisional, version = s.version + 1 WHERE x.id = s.id;
        IF fresh.due_on <> s.due_on THEN
            PERFORM pd.note_suggestion(fresh, s.state, 'deadline_moved', NULL);
        END IF;
        PERFORM pd.tell('suggestions', NULL);
    END LOOP;
END $$;

-- Begins a command: checks its form; returns the answer given before, if any. The key is held until commit, so
-- that the same command sent twice at once happens once.
CREATE FUNCTION pd.suggestion_command(payload jsonb, command uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    known jsonb;
BEGIN
    PERFORM pd.require_group('officer', 'liaison');
    IF command IS NULL OR coalesce(jsonb_typeof(payload), 'object') <> 'object' OR octet_length(payload::text) > 50000 THEN
        RAISE EXCEPTION '填写的内容不完整、过长或格式不对。' USING ERRCODE = 'PD001';
    END IF;
    IF clock_timestamp() - pg_catalog.now() > INTERVAL '1 minute' THEN
        RAISE EXCEPTION '操作等待太久，请重试。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('pd.suggestion.' || command || session_user));
    SELECT c.answer INTO known FROM command_log c WHERE c.command_id = command AND c.actor = session_user;
    IF known IS NOT NULL AND NOT known ? 'suggestion' THEN
        RAISE EXCEPTION '同一操作编号用在了另一件事上。' USING ERRCODE = 'PD001';
    END IF;
    RETURN known;
END $$;

-- Ends a command: the answer, kept for who asks again.
CREATE FUNCTION pd.answer_suggestion(s pd.suggestion, command uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    made jsonb := jsonb_build_object('suggestion', s.id, 'state', s.state, 'version', s.version, 'due_on', s.due_on);
BEGIN
    INSERT INTO command_log (command_id, actor, at, answer) VALUES (command, session_user, pd.now(), made);
    RETURN made;
END $$;

-- A suggestion as it was found: {source, topic, received_on, place, words, name, phone}. One that a liaison records is
-- with their agency until the centre sends it on.
CREATE FUNCTION pd.record_suggestion(facts jsonb, command_id uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    made suggestion;
    known jsonb := pd.suggestion_command(facts, command_id);
BEGIN
    IF known IS NOT NULL THEN
        RETURN known;
    END IF;
    IF pd.blank(facts ->> 'words') OR length(facts ->> 'words') > 2000 OR length(facts ->> 'place') > 100
       OR length(facts ->> 'name') > 100 OR length(facts ->> 'phone') > 100 THEN
        RAISE EXCEPTION '请照原文填写意见（至多2000字）；地点、姓名、电话各至多100字。' USING ERRCODE = 'PD001';
    END IF;
    BEGIN
        IF (facts ->> 'received_on')::date > pd.today() OR (facts ->> 'received_on')::date < DATE '2000-01-01' THEN
            RAISE EXCEPTION '收到日期不能晚于今天。' USING ERRCODE = 'PD001';
        END IF;
        INSERT INTO suggestion (source, topic, received_on, place, words, contact_name, contact_phone, holder_id,
                                recorded_at, recorded_by, search, grams)
        VALUES (facts ->> 'source', facts ->> 'topic', (facts ->> 'received_on')::date, nullif(btrim(facts ->> 'place'), ''),
                btrim(facts ->> 'words'), pd.mask_name(nullif(btrim(facts ->> 'name'), '')),
                pd.mask_phone(nullif(btrim(facts ->> 'phone'), '')), pd.my_agency(), pd.now(), session_user, '', '')
        RETURNING * INTO made;
    EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
        RAISE EXCEPTION '请选择来源、类别并填写收到日期。' USING ERRCODE = 'PD001';
    END;
    UPDATE suggestion SET search = pd.suggestion_search(made), grams = pd.grams(pd.suggestion_search(made)) WHERE id = made.id;
    INSERT INTO suggestion_contact (suggestion_id, name, phone)
    SELECT made.id, nullif(btrim(facts ->> 'name'), ''), nullif(btrim(facts ->> 'phone'), '')
    WHERE num_nonnulls(made.contact_name, made.contact_phone) > 0;
    PERFORM pd.note_suggestion(made, NULL, 'suggestion_recorded', NULL);
    RETURN pd.answer_suggestion(made, command_id);
END $$;

-- The one door: payload {lead} for a dispatch, {text} for reasons and answers.
CREATE FUNCTION pd.act_suggestion(suggestion_id bigint, version integer, action text, payload jsonb, command_id uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    known jsonb := pd.suggestion_command(payload, command_id);
    before suggestion;
    after suggestion;
    move suggestion_transition;
    said text := nullif(btrim(payload ->> 'text'), '');
BEGIN
    IF known IS NOT NULL THEN
        IF (known ->> 'suggestion')::bigint IS DISTINCT FROM act_suggestion.suggestion_id THEN
            RAISE EXCEPTION '同一操作编号用在了另一件意见上。' USING ERRCODE = 'PD001';
        END IF;
        RETURN known;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(hashtext('pd.calendar'));
    SELECT * INTO before FROM suggestion s WHERE s.id = act_suggestion.suggestion_id FOR UPDATE;
    IF before.id IS NULL OR NOT coalesce(pd.my_group() = 'officer' OR before.holder_id = pd.my_agency(), false) THEN
        RAISE EXCEPTION '没有这件意见，或您无权办理。' USING ERRCODE = 'PD003';
    END IF;
    IF before.version IS DISTINCT FROM act_suggestion.version THEN
        RAISE EXCEPTION '这件意见刚刚被别人办理过，请看过最新情况后再办。' USING ERRCODE = 'PD002';
    END IF;
    SELECT * INTO move FROM suggestion_transition m
    WHERE m.action = act_suggestion.action AND m.source = before.state AND m.group_name = pd.my_group();
    IF NOT FOUND THEN
        RAISE EXCEPTION '意见现在的状态或您的身份不允许这项操作。' USING ERRCODE = 'PD001';
    END IF;
    IF move.needs_text AND pd.blank(said) OR length(said) > 2000 THEN
        RAISE EXCEPTION '请写明理由或答复（至多2000字）。' USING ERRCODE = 'PD001';
    END IF;
    after := pd.move_suggestion(before, action, payload, said);
    after.state := move.target;
    after.version := before.version + 1;
    after.search := pd.suggestion_search(after);
    UPDATE suggestion s SET (state, version, holder_id, dispatched_on, due_on, provisional, answer, search, grams)
        = (after.state, after.version, after.holder_id, after.dispatched_on, after.due_on, after.provisional, after.answer,
           after.search, pd.grams(after.search))
    WHERE s.id = before.id;
    PERFORM pd.note_suggestion(after, before.state, action, said);
    RETURN pd.answer_suggestion(after, command_id);
END $$;

-- What a step changes beside the state. The agency has as long as for a bad rating (ours: Art. 16 says "in time").
CREATE FUNCTION pd.move_suggestion(s pd.suggestion, action text, payload jsonb, said text) RETURNS pd.suggestion
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    CASE action
        WHEN 'suggestion_dispatch' THEN
            BEGIN
                s.holder_id := (SELECT id FROM agency WHERE id = (payload ->> 'lead')::bigint);
            EXCEPTION WHEN data_exception THEN
                s.holder_id := NULL;
            END;
            IF s.holder_id IS NULL THEN
                RAISE EXCEPTION '请指定承办单位。' USING ERRCODE = 'PD001';
            END IF;
            s.dispatched_on := pd.today();
            s.due_on := pd.due(s.dispatched_on, pd.rule_number('rectification_days', s.dispatched_on));
            s.provisional := pd.is_provisional(s.dispatched_on, s.due_on);
        WHEN 'suggestion_recall', 'suggestion_hand_back' THEN
            s.holder_id := NULL;
            s.dispatched_on := NULL;
            s.due_on := NULL;
            s.provisional := false;
        WHEN 'suggestion_answer' THEN
            s.answer := said;
        WHEN 'suggestion_set_aside' THEN
            s.holder_id := NULL;
        ELSE NULL;
    END CASE;
    RETURN s;
END $$;

-- The contact in two steps and two transactions, as with tickets (models/sql/contact.sql).
CREATE FUNCTION pd.reveal_suggestion(suggestion_id bigint, reason text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    found suggestion;
    number bigint;
BEGIN
    PERFORM pd.require_group('officer', 'liaison');
    SELECT * INTO found FROM suggestion s WHERE s.id = reveal_suggestion.suggestion_id;
    IF found.id IS NULL OR NOT coalesce(pd.my_group() = 'officer' OR found.holder_id = pd.my_agency() AND found.state = 'dispatched', false) THEN
        RAISE EXCEPTION '没有这件意见，或您现在无权查看。' USING ERRCODE = 'PD003';
    END IF;
    IF pd.blank(reason) OR length(btrim(reason)) < 2 OR length(reason) > 500 THEN
        RAISE EXCEPTION '请写明查看联系方式的理由（2至500字）。' USING ERRCODE = 'PD001';
    END IF;
    IF NOT EXISTS (SELECT FROM suggestion_contact c WHERE c.suggestion_id = found.id) THEN
        RAISE EXCEPTION '提出人没有留下联系方式。' USING ERRCODE = 'PD001';
    END IF;
    number := pd.note_suggestion(found, found.state, 'suggestion_contact', btrim(reason));
    INSERT INTO reveal (event_id, actor, at) VALUES (number, session_user, pg_catalog.now());
    RETURN number;
END $$;

CREATE FUNCTION pd.revealed_suggestion(reveal bigint) RETURNS TABLE (name text, phone text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT c.name, c.phone
    FROM reveal r JOIN suggestion_step e ON e.event_id = r.event_id JOIN suggestion s ON s.id = e.suggestion_id
    JOIN suggestion_contact c ON c.suggestion_id = s.id
    WHERE r.event_id = revealed_suggestion.reveal AND r.actor = session_user
      AND (pd.my_group() = 'officer' OR s.holder_id = pd.my_agency())
      AND r.tx IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint AND r.at > clock_timestamp() - INTERVAL '10 minutes';
    IF NOT FOUND THEN
        RAISE EXCEPTION '请先写明理由，再查看联系方式。' USING ERRCODE = 'PD003';
    END IF;
END $$;

GRANT SELECT ON pd.suggestion, pd.suggestion_step TO pd_officer, pd_liaison;
GRANT SELECT ON pd.suggestion_step TO pd_auditor;
GRANT SELECT ON pd.suggestion_transition TO pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor;
ALTER TABLE pd.suggestion ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.suggestion_step ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.suggestion_contact ENABLE ROW LEVEL SECURITY;
CREATE POLICY officer ON pd.suggestion FOR SELECT TO pd_officer USING (true);
CREATE POLICY officer ON pd.suggestion_step FOR SELECT TO pd_officer USING (true);
-- Of the words only why somebody's contact was looked up.
CREATE POLICY auditor ON pd.suggestion_step FOR SELECT TO pd_auditor USING (action = 'suggestion_contact');
CREATE POLICY liaison ON pd.suggestion FOR SELECT TO pd_liaison USING (holder_id = (SELECT pd.my_agency()));
CREATE POLICY liaison ON pd.suggestion_step FOR SELECT TO pd_liaison USING (EXISTS (
    SELECT FROM pd.suggestion s WHERE s.id = suggestion_step.suggestion_id AND s.holder_id = (SELECT pd.my_agency())));
GRANT EXECUTE ON FUNCTION pd.record_suggestion(jsonb, uuid), pd.act_suggestion(bigint, integer, text, jsonb, uuid),
    pd.reveal_suggestion(bigint, text), pd.revealed_suggestion(bigint) TO pd_officer, pd_liaison;
