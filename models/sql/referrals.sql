-- Hints of misconduct (Guide 8.2): seen by the persons named and by heads, and by nobody else. Nothing of them is in the
-- common log, in the feed or among the answers of commands: their existence does not show elsewhere. Nobody may read the
-- tables, not even row by row: a plan tells how many rows a policy removed. Ids and numbers are drawn by lot, so that one's
-- own does not tell how many others there are; and no foreign key locks the ticket or the appeal, whose xmax would tell.

-- Whether the connected person is a head, who sees them all.
CREATE FUNCTION pd.sees_all_referrals() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$ SELECT EXISTS (SELECT FROM app_user u WHERE u.login = session_user AND u.active AND NOT u.must_change_password AND u.is_head) $$;

-- Those that the connected person may see. Others are sought by the index on people alone, which reads as many pages for a
-- login that nobody named whether there are referrals or none: EXPLAIN tells how many were read.
CREATE FUNCTION pd.my_referrals() RETURNS SETOF pd.referral
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp SET enable_seqscan = off
AS $$
DECLARE
    me text := session_user; -- as it is, a name, it brings a collation that no index has
BEGIN
    IF pd.sees_all_referrals() THEN
        RETURN QUERY SELECT r.* FROM referral r;
    ELSIF EXISTS (SELECT FROM app_user u WHERE u.login = me AND u.active AND NOT u.must_change_password) THEN
        RETURN QUERY SELECT r.* FROM referral r WHERE r.people @> ARRAY[me];
    END IF;
END $$;

-- One step, with the hash of all before it.
CREATE FUNCTION pd.note_referral(referral bigint, action text, words text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    instant timestamptz := pd.now();
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('pd.referral'));
    INSERT INTO referral_step (referral_id, at, actor, action, text, hash)
    SELECT referral, instant, session_user, action, words,
           sha256(coalesce(last.hash, decode(repeat('00', 32), 'hex')) || convert_to(jsonb_build_array(referral,
               (extract(epoch FROM instant) * 1000000)::bigint, session_user, action, words)::text, 'UTF8'))
    FROM (SELECT 1) one LEFT JOIN (SELECT s.hash FROM referral_step s ORDER BY s.id DESC LIMIT 1) last ON true;
END $$;

-- Makes one: {ticket or appeal (id), department, subject, hint, people (logins)}; who makes it is among the people.
CREATE FUNCTION pd.make_referral(facts jsonb, command_id uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    made referral;
    named text[];
BEGIN
    PERFORM pd.require_group('officer');
    IF command_id IS NULL OR jsonb_typeof(facts) IS DISTINCT FROM 'object' OR octet_length(facts::text) > 50000 THEN
        RAISE EXCEPTION '填写的内容不完整、过长或格式不对。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('pd.referral'));
    SELECT * INTO made FROM referral r WHERE r.made_by = session_user AND r.command_id = make_referral.command_id;
    IF FOUND THEN
        RETURN pd.referral_answer(made);
    END IF;
    BEGIN
        SELECT t.id, coalesce(t.number, t.case_number, '工单 ' || t.id) INTO made.ticket_id, made.reference
        FROM ticket t WHERE t.id = (facts ->> 'ticket')::bigint;
        IF facts ->> 'appeal' IS NOT NULL THEN
            SELECT a.id, '申诉〔' || a.year || '〕' || a.number || '号' INTO made.appeal_id, made.reference
            FROM appeal a WHERE a.id = (facts ->> 'appeal')::bigint;
        END IF;
        named := ARRAY(SELECT DISTINCT x FROM jsonb_array_elements_text(CASE jsonb_typeof(facts -> 'people') WHEN 'array' THEN facts -> 'people' ELSE '[]' END) x
                       UNION SELECT session_user::text ORDER BY 1);
    EXCEPTION WHEN data_exception THEN
        RAISE EXCEPTION '填写的内容格式不对。' USING ERRCODE = 'PD001';
    END;
    IF num_nonnulls(made.ticket_id, made.appeal_id) <> 1 THEN
        RAISE EXCEPTION '线索应来自一张工单或一件申诉。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pd.check_named(named);
    made.department := btrim(coalesce(facts ->> 'department', ''));
    made.subject := btrim(coalesce(facts ->> 'subject', ''));
    made.hint := btrim(coalesce(facts ->> 'hint', ''));
    IF pd.blank(made.department) OR length(made.department) > 60 OR pd.blank(made.subject) OR length(made.subject) > 60
       OR pd.blank(made.hint) OR length(made.hint) > 3000 THEN
        RAISE EXCEPTION '请填写移送的部门（至多60字）、事由（至多60字）和线索内容（至多3000字）。' USING ERRCODE = 'PD001';
    END IF;
    made.year := extract(year FROM pd.today());
    INSERT INTO referral AS r (id, year, number, ticket_id, appeal_id, reference, department, subject, hint, people, made_on, made_at, made_by, command_id)
    OVERRIDING SYSTEM VALUE
    SELECT ('x' || encode(substr(uuid_send(gen_random_uuid()), 1, 6), 'hex'))::bit(48)::bigint, made.year, n, made.ticket_id, made.appeal_id,
           made.reference, made.department, made.subject, made.hint, named, pd.today(), pd.now(), session_user, make_referral.command_id
    FROM generate_series(1000, 9999) n
    WHERE NOT EXISTS (SELECT FROM referral o WHERE o.year = made.year AND o.number = n) ORDER BY gen_random_uuid() LIMIT 1
    RETURNING * INTO made;
    PERFORM pd.note_referral(made.id, 'made', NULL);
    RETURN pd.referral_answer(made);
END $$;

-- Raises where one of the logins is nobody who works here now.
CREATE FUNCTION pd.check_named(people text[]) RETURNS void
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    IF cardinality(people) > 20 OR EXISTS (SELECT FROM unnest(people) p WHERE NOT EXISTS (SELECT FROM app_user u WHERE u.login = p AND u.active)) THEN
        RAISE EXCEPTION '知情人应是在用的账号，至多20人。' USING ERRCODE = 'PD001';
    END IF;
END $$;

CREATE FUNCTION pd.referral_answer(r pd.referral) RETURNS jsonb
    LANGUAGE sql IMMUTABLE SET search_path = pd, pg_temp
AS $$ SELECT jsonb_build_object('referral', r.id, 'year', r.year, 'number', r.number, 'state', r.state, 'version', r.version) $$;

-- A step: `note` by everybody who sees it; `name` (payload {people}) and `close` by a head or who made it.
CREATE FUNCTION pd.act_referral(referral_id bigint, version integer, action text, payload jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    before referral;
    said text := nullif(btrim(payload ->> 'text'), '');
    named text[];
BEGIN
    PERFORM pd.require_own_password();
    -- Looked at before it is locked: waiting for somebody else's step would tell that it is there.
    IF NOT EXISTS (SELECT FROM pd.my_referrals() r WHERE r.id = act_referral.referral_id) THEN
        RAISE EXCEPTION '没有这件线索移送。' USING ERRCODE = 'PD003';
    END IF;
    SELECT * INTO before FROM referral r WHERE r.id = act_referral.referral_id FOR UPDATE;
    IF before.version IS DISTINCT FROM act_referral.version THEN
        RAISE EXCEPTION '这件线索移送刚刚被别人办理过，请看过最新情况后再办。' USING ERRCODE = 'PD002';
    END IF;
    IF action IN ('note', 'name', 'close') IS NOT TRUE OR before.state = 'closed' AND action <> 'name' THEN
        RAISE EXCEPTION '线索移送现在的状态不允许这项操作。' USING ERRCODE = 'PD001';
    END IF;
    IF action IN ('name', 'close') AND before.made_by <> session_user
       AND NOT EXISTS (SELECT FROM app_user u WHERE u.login = session_user AND u.is_head) THEN
        RAISE EXCEPTION '这项操作由移送人或中心负责人办理。' USING ERRCODE = 'PD003';
    END IF;
    IF action IN ('note', 'close') AND said IS NULL OR length(said) > 3000 THEN
        RAISE EXCEPTION '请写明情况（至多3000字）。' USING ERRCODE = 'PD001';
    END IF;
    IF action = 'name' THEN
        named := ARRAY(SELECT x FROM unnest(before.people) x
                       UNION SELECT x FROM jsonb_array_elements_text(CASE jsonb_typeof(payload -> 'people') WHEN 'array' THEN payload -> 'people' ELSE '[]' END) x ORDER BY 1);
        PERFORM pd.check_named(named);
        IF named = before.people THEN
            RAISE EXCEPTION '请选择要增加的知情人。' USING ERRCODE = 'PD001';
        END IF;
        said := array_to_string(ARRAY(SELECT x FROM unnest(named) x WHERE x <> ALL (before.people)), '、');
    END IF;
    UPDATE referral r SET version = r.version + 1, people = coalesce(named, r.people), state = CASE WHEN action = 'close' THEN 'closed' ELSE r.state END
    WHERE r.id = before.id RETURNING * INTO before;
    PERFORM pd.note_referral(before.id, action, said);
    RETURN pd.referral_answer(before);
END $$;

-- Those that the connected person may see, the newest first.
CREATE FUNCTION pd.referrals() RETURNS TABLE (id bigint, year smallint, number integer, ticket_id bigint, appeal_id bigint, reference text, department text,
        subject text, hint text, people text[], state text, version integer, made_on date, made_at timestamptz, made_by text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT r.id, r.year, r.number, r.ticket_id, r.appeal_id, r.reference, r.department, r.subject, r.hint, r.people, r.state,
                        r.version, r.made_on, r.made_at, r.made_by
    FROM pd.my_referrals() r ORDER BY r.made_at DESC, r.id;
END $$;

-- What was done with one of them, in its order; nothing for one that the connected person may not see.
CREATE FUNCTION pd.referral_steps(referral bigint) RETURNS TABLE (at timestamptz, actor text, action text, said text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM pd.my_referrals() r WHERE r.id = referral_steps.referral) THEN
        RETURN QUERY SELECT s.at, s.actor, s.action, s.text FROM referral_step s WHERE s.referral_id = referral_steps.referral ORDER BY s.id;
    END IF;
END $$;

-- Whether the chain of all referrals' steps is whole; for heads.
CREATE FUNCTION pd.verify_referrals() RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    s referral_step;
    before bytea := decode(repeat('00', 32), 'hex');
BEGIN
    IF NOT pd.sees_all_referrals() THEN
        RAISE EXCEPTION '您没有这项操作的权限。' USING ERRCODE = 'PD003';
    END IF;
    FOR s IN SELECT * FROM referral_step ORDER BY id LOOP
        IF s.hash <> sha256(before || convert_to(jsonb_build_array(s.referral_id, (extract(epoch FROM s.at) * 1000000)::bigint, s.actor, s.action, s.text)::text, 'UTF8')) THEN
            RETURN false;
        END IF;
        before := s.hash;
    END LOOP;
    RETURN true;
END $$;

-- People held to account (Guide 8.2 b): {staff (id), ground, facts, measure, decided_on}.
CREATE FUNCTION pd.record_accountability(facts jsonb, command_id uuid) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    made accountability;
BEGIN
    PERFORM pd.require_group('officer');
    IF command_id IS NULL OR jsonb_typeof(facts) IS DISTINCT FROM 'object' OR octet_length(facts::text) > 50000 THEN
        RAISE EXCEPTION '填写的内容不完整、过长或格式不对。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('pd.accountability'));
    SELECT * INTO made FROM accountability a WHERE a.recorded_by = session_user AND a.command_id = record_accountability.command_id;
    IF FOUND THEN
        RETURN made.id;
    END IF;
    BEGIN
        SELECT m.id, m.agency_id INTO made.staff_id, made.agency_id FROM staff_member m WHERE m.id = (facts ->> 'staff')::bigint;
        made.decided_on := (facts ->> 'decided_on')::date;
    EXCEPTION WHEN data_exception THEN
        RAISE EXCEPTION '请检查人员和日期。' USING ERRCODE = 'PD001';
    END;
    IF made.staff_id IS NULL OR (facts ->> 'ground' IN ('repeated', 'obstruction', 'retaliation')
            AND made.decided_on BETWEEN DATE '2000-01-01' AND pd.today()) IS NOT TRUE
       OR pd.blank(facts ->> 'facts') OR length(facts ->> 'facts') > 3000 OR pd.blank(facts ->> 'measure') OR length(facts ->> 'measure') > 500 THEN
        RAISE EXCEPTION '请选择人员、事由和决定日期（不晚于今天），写明事实（至多3000字）和处理（至多500字）。' USING ERRCODE = 'PD001';
    END IF;
    INSERT INTO accountability (agency_id, staff_id, ground, facts, measure, decided_on, recorded_at, recorded_by, command_id)
    VALUES (made.agency_id, made.staff_id, facts ->> 'ground', btrim(facts ->> 'facts'), btrim(facts ->> 'measure'), made.decided_on, pd.now(), session_user,
            record_accountability.command_id)
    RETURNING * INTO made;
    PERFORM pd.note('accountability_recorded', jsonb_build_object('accountability', made.id, 'agency', made.agency_id, 'ground', made.ground,
        'text_hash', encode(sha256(convert_to(made.facts || E'\n' || made.measure, 'UTF8')), 'hex')));
    PERFORM pd.tell('staff', NULL);
    RETURN made.id;
END $$;

-- Takes a record back, with a reason; it stays.
CREATE FUNCTION pd.withdraw_accountability(record bigint, reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
BEGIN
    PERFORM pd.require_group('officer');
    IF pd.blank(reason) OR length(reason) > 500 THEN
        RAISE EXCEPTION '请写明为什么撤回（至多500字）。' USING ERRCODE = 'PD001';
    END IF;
    UPDATE accountability a SET withdrawn_at = pd.now(), withdrawn_by = session_user, withdraw_reason = btrim(reason)
    WHERE a.id = record AND a.withdrawn_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION '没有这条追责记录，或已经撤回。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pd.note('accountability_withdrawn', jsonb_build_object('accountability', record,
        'text_hash', encode(sha256(convert_to(btrim(reason), 'UTF8')), 'hex')));
    PERFORM pd.tell('staff', NULL);
END $$;

ALTER TABLE pd.referral ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.referral_step ENABLE ROW LEVEL SECURITY;
GRANT EXECUTE ON FUNCTION pd.referrals(), pd.referral_steps(bigint), pd.act_referral(bigint, integer, text, jsonb), pd.verify_referrals()
    TO pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor;
GRANT EXECUTE ON FUNCTION pd.make_referral(jsonb, uuid) TO pd_officer;
GRANT SELECT ON pd.accountability TO pd_officer, pd_liaison;
ALTER TABLE pd.accountability ENABLE ROW LEVEL SECURITY;
CREATE POLICY officer ON pd.accountability FOR SELECT TO pd_officer USING (true);
CREATE POLICY liaison ON pd.accountability FOR SELECT TO pd_liaison USING (agency_id = (SELECT pd.my_agency()));
GRANT EXECUTE ON FUNCTION pd.record_accountability(jsonb, uuid), pd.withdraw_accountability(bigint, text) TO pd_officer;
