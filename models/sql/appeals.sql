-- Appeals of staff (Art. 25): filed and carried on through one door, as tickets are; corrections beside ratings, which stay.

-- Begins a command of a matter (`key` in its answer): checks its form; returns the answer given before, if any. The key is
-- held until commit, so that the same command sent twice at once happens once.
CREATE FUNCTION pd.known_answer(payload jsonb, command uuid, key text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    known jsonb;
BEGIN
    IF command IS NULL OR coalesce(jsonb_typeof(payload), 'object') <> 'object' OR octet_length(payload::text) > 50000 THEN
        RAISE EXCEPTION '填写的内容不完整、过长或格式不对。' USING ERRCODE = 'PD001';
    END IF;
    IF clock_timestamp() - pg_catalog.now() > INTERVAL '1 minute' THEN
        RAISE EXCEPTION '操作等待太久，请重试。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('pd.command.' || command || session_user));
    SELECT c.answer INTO known FROM command_log c WHERE c.command_id = command AND c.actor = session_user;
    IF known IS NOT NULL AND NOT known ? key THEN
        RAISE EXCEPTION '同一操作编号用在了另一件事上。' USING ERRCODE = 'PD001';
    END IF;
    RETURN known;
END $$;

-- Ends a command: the answer, kept for who asks again.
CREATE FUNCTION pd.keep_answer(command uuid, answer jsonb) RETURNS jsonb
    LANGUAGE sql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    INSERT INTO command_log (command_id, actor, at, answer) VALUES (command, session_user, pd.now(), answer) RETURNING answer
$$;

CREATE FUNCTION pd.appeal_answer(a pd.appeal) RETURNS jsonb
    LANGUAGE sql IMMUTABLE SET search_path = pd, pg_temp
AS $$
    SELECT jsonb_build_object('appeal', a.id, 'year', a.year, 'number', a.number, 'state', a.state, 'version', a.version,
                              'finding_due_on', a.finding_due_on, 'effect', a.effect, 'withdrew_ticket', a.withdrew_ticket)
$$;

-- What an appeal is found by.
CREATE FUNCTION pd.appeal_search(a pd.appeal) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT lower(concat_ws(' ', '申诉' || a.year || a.number || '号', a.case_number, a.appellant,
        (SELECT concat_ws(' ', g.name, nullif(g.initials, '')) FROM agency g WHERE g.id = a.agency_id),
        (SELECT i.name FROM service_item i WHERE i.id = a.item_id)))
$$;

-- One step on record: the event with ids, codes and hashes in the chain, the words beside the appeal.
CREATE FUNCTION pd.note_appeal(a pd.appeal, before text, action text, words text, more jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    made bigint;
BEGIN
    INSERT INTO event (at, actor, action, source, target, facts)
    VALUES (pd.now(), session_user, action, before, a.state,
            jsonb_strip_nulls(jsonb_build_object('appeal', a.id, 'agency', a.agency_id, 'due_on', a.finding_due_on,
                'text_hash', encode(sha256(convert_to(words, 'UTF8')), 'hex'))) || coalesce(more, '{}'))
    RETURNING id INTO made;
    INSERT INTO appeal_step (event_id, appeal_id, at, actor, action, text) VALUES (made, a.id, pd.now(), session_user, action, words);
    PERFORM pd.tell('appeals', NULL);
END $$;

-- The time for filing against a rating (Art. 25): from the day the person was told, as recorded; else the first dispatch of
-- its ticket; else the rating's day.
CREATE FUNCTION pd.appeal_window(r pd.rating, told date, OUT starts date, OUT basis text, OUT due date)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    dispatched date := (SELECT min(a.received_on) FROM assignment a WHERE a.ticket_id = r.ticket_id);
BEGIN
    starts := coalesce(told, dispatched, pd.local_day(r.rated_at));
    basis := CASE WHEN told IS NOT NULL THEN 'told' WHEN dispatched IS NOT NULL THEN 'dispatched' ELSE 'rated' END;
    due := pd.due(starts, pd.rule_number('appeal_days', starts));
END $$;

-- The rating that the connected person may appeal against for its agency: an officer any; a liaison one of the own agency,
-- or of a ticket that the own agency leads. Returns the agency that verifies.
CREATE FUNCTION pd.appealing_agency(r pd.rating) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    own bigint := pd.my_agency();
BEGIN
    IF pd.my_group() = 'officer' THEN
        RETURN coalesce((SELECT a.agency_id FROM assignment a WHERE a.ticket_id = r.ticket_id AND a.current AND a.part = 'lead'), r.agency_id);
    END IF;
    -- A liaison appeals against what the own agency may see: a rating whose ticket it holds.
    RETURN (SELECT a.agency_id FROM assignment a
            WHERE a.ticket_id = r.ticket_id AND a.current AND a.agency_id = own AND (a.part = 'lead' OR r.agency_id = own));
END $$;

-- What filing against a rating now would mean: who verifies, the window, whether an officer admits it late.
CREATE FUNCTION pd.prepare_appeal(rating bigint, told date, OUT agency_id bigint, OUT starts date, OUT basis text, OUT due date, OUT admitted boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    r rating := (SELECT x FROM rating x WHERE x.id = prepare_appeal.rating);
BEGIN
    PERFORM pd.require_group('officer', 'liaison');
    agency_id := CASE WHEN r.id IS NOT NULL THEN pd.appealing_agency(r) END;
    IF agency_id IS NULL THEN
        RAISE EXCEPTION '没有这条评价，或您无权申诉。' USING ERRCODE = 'PD003';
    END IF;
    IF told NOT BETWEEN DATE '2000-01-01' AND pd.today() THEN
        RAISE EXCEPTION '获知评价的日期不能早于评价当日，也不能晚于今天。' USING ERRCODE = 'PD001';
    END IF;
    SELECT w.starts, w.basis, w.due INTO starts, basis, due FROM pd.appeal_window(r, told) w;
    admitted := EXISTS (SELECT FROM appeal_admission m WHERE m.rating_id = r.id AND m.agency_id = prepare_appeal.agency_id);
END $$;

-- Leave to file late: an officer's, with the reason (Art. 25 gives five working days).
CREATE FUNCTION pd.admit_appeal(rating_id bigint, reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    r rating;
    agency bigint;
BEGIN
    PERFORM pd.require_group('officer');
    SELECT * INTO r FROM rating x WHERE x.id = admit_appeal.rating_id;
    IF r.id IS NULL OR r.level > 2 THEN
        RAISE EXCEPTION '没有这条差评。' USING ERRCODE = 'PD001';
    END IF;
    IF pd.blank(reason) OR length(reason) > 500 THEN
        RAISE EXCEPTION '请写明准许逾期申诉的理由（至多500字）。' USING ERRCODE = 'PD001';
    END IF;
    agency := pd.appealing_agency(r);
    INSERT INTO appeal_admission (rating_id, agency_id, at, actor, reason) VALUES (r.id, agency, pd.now(), session_user, btrim(reason))
    ON CONFLICT ON CONSTRAINT pk_appeal_admission DO UPDATE SET agency_id = excluded.agency_id, at = excluded.at, actor = excluded.actor, reason = excluded.reason;
    PERFORM pd.note('appeal_admitted', jsonb_build_object('rating', r.id, 'agency', agency,
        'text_hash', encode(sha256(convert_to(btrim(reason), 'UTF8')), 'hex')));
    PERFORM pd.tell('appeals', NULL);
END $$;

-- Files an appeal: {rating, staff (id or none), appellant (where the registry has none), told_on, statement, admission (an
-- officer's reason where it is late)}. Numbered within the year, without gaps.
CREATE FUNCTION pd.file_appeal(facts jsonb, command_id uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    known jsonb;
    r rating;
    made appeal;
    win record;
    admitted text := nullif(btrim(facts ->> 'admission'), '');
BEGIN
    PERFORM pd.require_group('officer', 'liaison');
    known := pd.known_answer(facts, command_id, 'appeal');
    IF known IS NOT NULL THEN
        RETURN known;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(hashtext('pd.calendar'));
    BEGIN
        SELECT * INTO r FROM rating x WHERE x.id = (facts ->> 'rating')::bigint FOR NO KEY UPDATE;
        made.agency_id := CASE WHEN r.id IS NOT NULL THEN pd.appealing_agency(r) END;
        made.staff_id := (facts ->> 'staff')::bigint;
        made.told_on := (facts ->> 'told_on')::date;
    EXCEPTION WHEN data_exception THEN
        RAISE EXCEPTION '填写的内容格式不对，请检查人员和日期。' USING ERRCODE = 'PD001';
    END;
    IF made.agency_id IS NULL THEN
        RAISE EXCEPTION '没有这条评价，或您无权申诉。' USING ERRCODE = 'PD003';
    END IF;
    IF r.level > 2 THEN
        RAISE EXCEPTION '只有“不满意”“非常不满意”的评价可以申诉。' USING ERRCODE = 'PD001';
    END IF;
    IF made.staff_id IS NOT NULL THEN
        made.appellant := (SELECT m.name FROM staff_member m WHERE m.id = made.staff_id AND m.agency_id IN (made.agency_id, r.agency_id));
    ELSE
        made.appellant := btrim(facts ->> 'appellant');
    END IF;
    IF pd.blank(made.appellant) OR length(made.appellant) > 40 THEN
        RAISE EXCEPTION '请选择或填写申诉的工作人员。' USING ERRCODE = 'PD001';
    END IF;
    IF pd.blank(facts ->> 'statement') OR length(facts ->> 'statement') > 3000 THEN
        RAISE EXCEPTION '请写明申诉理由（至多3000字）。' USING ERRCODE = 'PD001';
    END IF;
    IF made.told_on < pd.local_day(r.rated_at) OR made.told_on > pd.today() THEN
        RAISE EXCEPTION '获知评价的日期不能早于评价当日，也不能晚于今天。' USING ERRCODE = 'PD001';
    END IF;
    IF EXISTS (SELECT FROM appeal a WHERE a.rating_id = r.id AND a.state <> 'withdrawn') THEN
        RAISE EXCEPTION '这条评价已经申诉过。' USING ERRCODE = 'PD001';
    END IF;
    SELECT * INTO win FROM pd.appeal_window(r, made.told_on);
    made.late := pd.today() > win.due;
    IF made.late AND (pd.my_group() <> 'officer' OR admitted IS NULL)
       AND NOT EXISTS (SELECT FROM appeal_admission m WHERE m.rating_id = r.id AND m.agency_id = made.agency_id) THEN
        RAISE EXCEPTION '申诉期限到%为止，已经过了；确有理由的，请中心准许逾期申诉。',
            to_char(win.due, 'FMYYYY"年"FMMM"月"FMDD"日"') USING ERRCODE = 'PD001';
    END IF;
    IF made.late AND pd.my_group() = 'officer' AND admitted IS NOT NULL THEN
        PERFORM pd.admit_appeal(r.id, admitted);
    END IF;
    -- Held until commit: no number is left out or given twice.
    PERFORM pg_advisory_xact_lock(hashtext('pd.appeal'));
    INSERT INTO appeal AS a (year, number, rating_id, agency_id, staff_id, appellant, case_number, item_id, level, rated_at, told_on,
                             window_from, window_basis, window_due, late, statement, filed_at, filed_by, received_on,
                             finding_due_on, provisional, search, grams)
    SELECT extract(year FROM pd.today()), coalesce(max(n.number), 0) + 1, r.id, made.agency_id, made.staff_id, made.appellant,
           r.case_number, r.item_id, r.level, r.rated_at, made.told_on, win.starts, win.basis, win.due, made.late,
           btrim(facts ->> 'statement'), pd.now(), session_user, pd.today(), d.due, pd.is_provisional(pd.today(), d.due), '', ''
    FROM (SELECT pd.due(pd.today(), pd.rule_number('appeal_days', pd.today())) AS due) d
         LEFT JOIN appeal n ON n.year = extract(year FROM pd.today())
    GROUP BY d.due
    RETURNING * INTO made;
    UPDATE appeal a SET search = pd.appeal_search(made), grams = pd.grams(pd.appeal_search(made)) WHERE a.id = made.id;
    PERFORM pd.note_appeal(made, NULL, 'appeal_filed', made.statement, jsonb_build_object('rating', r.id, 'late', made.late));
    RETURN pd.keep_answer(command_id, pd.appeal_answer(made));
EXCEPTION WHEN unique_violation THEN
    RAISE EXCEPTION '这条评价刚刚被申诉过。' USING ERRCODE = 'PD002';
END $$;

-- Whether the connected person is the one who appeals: namesakes are taken for one person.
CREATE FUNCTION pd.is_appellant(a pd.appeal) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM app_user u WHERE u.login = session_user
                   AND regexp_replace(u.name, '\s', '', 'g') = regexp_replace(a.appellant, '\s', '', 'g'))
$$;

-- What a step changes beside the state. Payload: {text, finding, level (as the person confirmed it), withdraw_ticket}.
CREATE FUNCTION pd.move_appeal(a pd.appeal, action text, payload jsonb, said text) RETURNS pd.appeal
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    r rating;
    choices jsonb;
BEGIN
    IF action IN ('appeal_uphold', 'appeal_dismiss_by_agency', 'appeal_correct', 'appeal_dismiss') AND pd.is_appellant(a) THEN
        RAISE EXCEPTION '不能核实或决定对自己的评价，请由别人办理。' USING ERRCODE = 'PD003';
    END IF;
    IF action IN ('appeal_correct', 'appeal_dismiss') AND a.found_by = session_user THEN
        RAISE EXCEPTION '核实和决定应由不同的人办理。' USING ERRCODE = 'PD003';
    END IF;
    CASE action
        WHEN 'appeal_supplement' THEN
            a.statement := said;
            a.received_on := pd.today();
            a.finding_due_on := pd.due(pd.today(), pd.rule_number('appeal_days', pd.today()));
            a.provisional := pd.is_provisional(pd.today(), a.finding_due_on);
        WHEN 'appeal_return' THEN
            a.finding := NULL;
            a.found_text := NULL;
            a.found_on := NULL;
            a.found_by := NULL;
            a.new_level := NULL;
        WHEN 'appeal_uphold', 'appeal_dismiss_by_agency' THEN
            a.finding := CASE WHEN action = 'appeal_uphold' THEN payload ->> 'finding' ELSE 'upheld' END;
            IF action = 'appeal_uphold' AND a.finding IN ('mistaken', 'malicious') IS NOT TRUE THEN
                RAISE EXCEPTION '请认定为误评或恶意评价。' USING ERRCODE = 'PD001';
            END IF;
            a.new_level := CASE WHEN a.finding = 'mistaken' THEN (payload ->> 'level')::smallint END;
            IF a.new_level NOT BETWEEN 1 AND 5 OR a.new_level = a.level THEN
                RAISE EXCEPTION '评价人确认的等级应与原等级不同。' USING ERRCODE = 'PD001';
            END IF;
            a.found_text := said;
            a.found_on := pd.today();
            a.found_by := session_user;
        WHEN 'appeal_dismiss' THEN
            a.decided_text := said;
            a.decided_on := pd.today();
            a.decided_by := session_user;
            a.new_level := NULL;
        WHEN 'appeal_correct' THEN
            SELECT * INTO r FROM rating x WHERE x.id = a.rating_id;
            choices := (SELECT s.parameters FROM rule_set s WHERE s.effective_from <= pd.local_day(r.rated_at)
                        ORDER BY s.effective_from DESC LIMIT 1);
            IF a.finding = 'mistaken' AND payload ? 'level' THEN
                a.new_level := (payload ->> 'level')::smallint; -- the centre may have asked again
            END IF;
            IF a.new_level NOT BETWEEN 1 AND 5 OR a.new_level = r.level THEN
                RAISE EXCEPTION '评价人确认的等级应与原等级不同。' USING ERRCODE = 'PD001';
            END IF;
            a.effect := CASE WHEN a.finding = 'mistaken' AND a.new_level IS NOT NULL
                                  AND coalesce(choices ->> 'mistaken_effect', 'replace') = 'replace' THEN 'replace' ELSE 'exclude' END;
            a.new_level := CASE WHEN a.effect = 'replace' THEN a.new_level END;
            a.decided_text := said;
            a.decided_on := pd.today();
            a.decided_by := session_user;
            INSERT INTO correction (rating_id, appeal_id, agency_id, case_number, area_code, target, rating_number, finding, effect, level,
                                    decided_at, decided_by)
            VALUES (r.id, a.id, r.agency_id, r.case_number, r.area_code, r.target, r.rating_number, a.finding, a.effect, a.new_level,
                    pd.now(), session_user);
            IF (payload ->> 'withdraw_ticket')::boolean THEN
                PERFORM pd.withdraw_ticket(r.ticket_id, said);
                a.withdrew_ticket := true;
            END IF;
            PERFORM pd.recount_corrected(r);
            PERFORM pd.tell('ratings', NULL);
        ELSE NULL;
    END CASE;
    RETURN a;
END $$;

-- Counts anew what a correction changes: the month of the rating, that of the first one where it is a follow-up, and those in
-- which its case, its batch or its theme counts.
CREATE FUNCTION pd.recount_corrected(r pd.rating) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT pd.refresh_tally(pd.months_of_cases(ARRAY[r.case_number]) || ARRAY(
        SELECT DISTINCT pd.month_of(x.rated_at) FROM rating x
        WHERE x.case_number = r.case_number AND x.area_code = r.area_code AND x.target = r.target AND x.service_number = r.service_number))
$$;

-- The one door.
CREATE FUNCTION pd.act_appeal(appeal_id bigint, version integer, action text, payload jsonb, command_id uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    known jsonb;
    before appeal;
    after appeal;
    move appeal_transition;
    said text := nullif(btrim(payload ->> 'text'), '');
BEGIN
    PERFORM pd.require_group('officer', 'liaison');
    known := pd.known_answer(payload, command_id, 'appeal');
    IF known IS NOT NULL THEN
        IF (known ->> 'appeal')::bigint IS DISTINCT FROM act_appeal.appeal_id THEN
            RAISE EXCEPTION '同一操作编号用在了另一件申诉上。' USING ERRCODE = 'PD001';
        END IF;
        RETURN known;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(hashtext('pd.calendar'));
    SELECT * INTO before FROM appeal a WHERE a.id = act_appeal.appeal_id FOR UPDATE;
    IF before.id IS NULL OR NOT coalesce(pd.my_group() = 'officer' OR before.agency_id = pd.my_agency(), false) THEN
        RAISE EXCEPTION '没有这件申诉，或您无权办理。' USING ERRCODE = 'PD003';
    END IF;
    IF before.version IS DISTINCT FROM act_appeal.version THEN
        RAISE EXCEPTION '这件申诉刚刚被别人办理过，请看过最新情况后再办。' USING ERRCODE = 'PD002';
    END IF;
    SELECT * INTO move FROM appeal_transition m
    WHERE m.action = act_appeal.action AND m.source = before.state AND m.group_name = pd.my_group();
    IF NOT FOUND THEN
        RAISE EXCEPTION '申诉现在的状态或您的身份不允许这项操作。' USING ERRCODE = 'PD001';
    END IF;
    IF move.needs_text AND pd.blank(said) OR length(said) > 3000 THEN
        RAISE EXCEPTION '请写明理由（至多3000字）。' USING ERRCODE = 'PD001';
    END IF;
    BEGIN
        after := pd.move_appeal(before, action, coalesce(payload, '{}'), said);
    EXCEPTION WHEN data_exception THEN
        RAISE EXCEPTION '填写的内容格式不对，请检查等级和选项。' USING ERRCODE = 'PD001';
    END;
    after.state := move.target;
    PERFORM pd.put_appeal(before, after, action, said);
    RETURN pd.keep_answer(command_id, (SELECT pd.appeal_answer(a) FROM appeal a WHERE a.id = before.id));
END $$;

-- Writes what a step came to, and its event.
CREATE FUNCTION pd.put_appeal(before pd.appeal, after pd.appeal, action text, said text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    after.version := before.version + 1;
    UPDATE appeal a SET (state, version, statement, received_on, finding_due_on, provisional, finding, found_text, found_on, found_by,
                         effect, new_level, withdrew_ticket, decided_text, decided_on, decided_by)
        = (after.state, after.version, after.statement, after.received_on, after.finding_due_on, after.provisional, after.finding,
           after.found_text, after.found_on, after.found_by, after.effect, after.new_level, after.withdrew_ticket,
           after.decided_text, after.decided_on, after.decided_by)
    WHERE a.id = before.id;
    PERFORM pd.note_appeal(after, before.state, action, said, jsonb_strip_nulls(jsonb_build_object(
        'finding', after.finding, 'effect', after.effect, 'level', after.new_level,
        'withdrew_ticket', CASE WHEN action = 'appeal_correct' THEN after.withdrew_ticket END)));
END $$;

-- A filing with the bureau records a corrected appeal, a cancelled filing takes that back; no person's act.
CREATE FUNCTION pd.record_appeal(appeal_id bigint, action text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    before appeal;
    after appeal;
BEGIN
    SELECT * INTO before FROM appeal a WHERE a.id = record_appeal.appeal_id FOR UPDATE;
    after := before;
    after.state := (SELECT m.target FROM appeal_transition m
                    WHERE m.action = record_appeal.action AND m.source = before.state AND m.group_name = 'filing');
    IF after.state IS NULL THEN
        RAISE EXCEPTION '申诉现在的状态不能备案，请刷新后再试。' USING ERRCODE = 'PD002';
    END IF;
    PERFORM pd.put_appeal(before, after, record_appeal.action, NULL);
END $$;

-- The due dates of open appeals follow the calendar as those of tickets do; each that moves is logged.
CREATE FUNCTION pd.recompute_appeals() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    a appeal;
    due date;
BEGIN
    FOR a IN SELECT * FROM appeal x WHERE x.state IN ('filed', 'returned') ORDER BY x.id FOR UPDATE LOOP
        due := pd.due(a.received_on, pd.rule_number('appeal_days', a.received_on));
        CONTINUE WHEN (due, pd.is_provisional(a.received_on, due)) = (a.finding_due_on, a.provisional);
        UPDATE appeal x SET finding_due_on = due, provisional = pd.is_provisional(a.received_on, due), version = x.version + 1
        WHERE x.id = a.id RETURNING * INTO a;
        PERFORM pd.note_appeal(a, a.state, 'appeal_deadline', NULL, NULL);
    END LOOP;
END $$;

-- What the rating says, for whoever handles the appeal; its contact stays behind its own door.
CREATE FUNCTION pd.appealed_rating(appeal bigint)
    RETURNS TABLE (rating_id bigint, level smallint, first_level smallint, labels text[], reason text, rated_at timestamptz,
                   platform text, hall text, counter text, staff text, target text, is_follow_up boolean, ticket_id bigint,
                   ticket_number text, ticket_state text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    PERFORM pd.require_group('officer', 'liaison');
    RETURN QUERY
    SELECT r.id, r.level, r.first_level, r.labels, r.reason, r.rated_at, r.platform, h.name, c.name, m.name, r.target,
           r.rating_number > 1, t.id, t.number, t.state
    FROM appeal a JOIN rating r ON r.id = a.rating_id
         LEFT JOIN hall h ON h.id = r.hall_id LEFT JOIN counter c ON c.id = r.counter_id
         LEFT JOIN staff_member m ON m.id = r.staff_id LEFT JOIN ticket t ON t.id = r.ticket_id
    WHERE a.id = appealed_rating.appeal AND (pd.my_group() = 'officer' OR a.agency_id = pd.my_agency());
    IF NOT FOUND THEN
        RAISE EXCEPTION '没有这件申诉，或您无权查看。' USING ERRCODE = 'PD003';
    END IF;
END $$;

-- Facts that help to judge malice, as counts and never as a verdict: bad ratings by the same telephone number within a year
-- before and after, bad ratings at the same counter within ten minutes, bad ratings of the agency with the very same words.
-- For officers only: the counts span agencies.
CREATE FUNCTION pd.appeal_signals(appeal bigint, OUT same_person integer, OUT same_person_agencies integer,
                                  OUT same_minutes integer, OUT same_words integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    r rating;
    t ticket;
    telephone text;
BEGIN
    PERFORM pd.require_group('officer');
    SELECT x.* INTO r FROM appeal a JOIN rating x ON x.id = a.rating_id WHERE a.id = appeal_signals.appeal;
    IF r.id IS NULL THEN
        RAISE EXCEPTION '没有这件申诉，或您无权查看。' USING ERRCODE = 'PD003';
    END IF;
    SELECT * INTO t FROM ticket x WHERE x.id = r.ticket_id;
    telephone := (SELECT c.phone FROM pd.contact_of(t) c);
    IF t.contact_phone IS NOT NULL AND NOT pd.blank(telephone) THEN
        SELECT count(*), count(DISTINCT k.agency_id) INTO same_person, same_person_agencies
        FROM ticket k, LATERAL pd.contact_of(k) c
        WHERE k.contact_phone = t.contact_phone AND k.id <> t.id AND c.phone = telephone
          AND k.opened_at BETWEEN r.rated_at - INTERVAL '1 year' AND r.rated_at + INTERVAL '1 year';
    END IF;
    IF r.counter_id IS NOT NULL THEN
        same_minutes := (SELECT count(*) FROM rating k
                         WHERE k.agency_id = r.agency_id AND k.counter_id = r.counter_id AND k.id <> r.id AND k.level <= 2
                           AND k.rated_at BETWEEN r.rated_at - INTERVAL '10 minutes' AND r.rated_at + INTERVAL '10 minutes');
    END IF;
    IF NOT pd.blank(r.reason) THEN
        same_words := (SELECT count(*) FROM rating k
                       WHERE k.agency_id = r.agency_id AND k.id <> r.id AND k.level <= 2 AND k.reason = r.reason
                         AND k.rated_at BETWEEN r.rated_at - INTERVAL '1 year' AND r.rated_at + INTERVAL '1 year');
    END IF;
END $$;

-- Evidence: files of an open appeal, in parts as those of tickets (pd.attach_part); of its agency, or of the officer who filed.
CREATE FUNCTION pd.appeal_to_fill(appeal bigint) RETURNS pd.appeal
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    a appeal;
BEGIN
    PERFORM pd.require_group('officer', 'liaison');
    SELECT * INTO a FROM appeal x WHERE x.id = appeal_to_fill.appeal FOR UPDATE;
    IF a.id IS NULL OR NOT coalesce(pd.my_group() = 'officer' OR a.agency_id = pd.my_agency(), false) THEN
        RAISE EXCEPTION '没有这件申诉，或您无权办理。' USING ERRCODE = 'PD003';
    END IF;
    IF a.state NOT IN ('filed', 'returned', 'upheld_by_agency') OR a.state = 'upheld_by_agency' AND pd.my_group() <> 'officer' THEN
        RAISE EXCEPTION '申诉现在的状态不能添加或移除证据。' USING ERRCODE = 'PD001';
    END IF;
    RETURN a;
END $$;

CREATE FUNCTION pd.attach_evidence(appeal bigint, upload uuid, name text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    a appeal := pd.appeal_to_fill(attach_evidence.appeal);
    file record;
    twin text;
    made bigint;
BEGIN
    SELECT * INTO file FROM pd.uploaded(upload, name);
    SELECT f.name INTO twin FROM appeal_file f WHERE f.appeal_id = a.id AND f.hash = file.mark;
    IF FOUND THEN
        RAISE EXCEPTION '内容相同的证据已经添加过（%），没有再添加。', twin USING ERRCODE = 'PD001';
    END IF;
    IF (SELECT count(*) FROM appeal_file f WHERE f.appeal_id = a.id) >= 20 THEN
        RAISE EXCEPTION '每件申诉至多 20 个证据文件，请先移除不需要的。' USING ERRCODE = 'PD001';
    END IF;
    INSERT INTO appeal_file (appeal_id, name, kind, size, hash, added_at, added_by)
    VALUES (a.id, attach_evidence.name, file.kind, file.size, file.mark, pd.now(), session_user) RETURNING id INTO made;
    PERFORM pd.note_appeal(a, a.state, 'appeal_file_added', NULL,
                           jsonb_build_object('file', made, 'file_kind', file.kind, 'hash', encode(file.mark, 'hex')));
    RETURN made;
END $$;

-- Takes a file back: its own, as long as the appeal is open.
CREATE FUNCTION pd.detach_evidence(file bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    f appeal_file := (SELECT x FROM appeal_file x WHERE x.id = detach_evidence.file);
    a appeal := pd.appeal_to_fill(f.appeal_id);
BEGIN
    SELECT * INTO f FROM appeal_file x WHERE x.id = detach_evidence.file;
    IF f.id IS NULL OR f.added_by <> session_user THEN
        RAISE EXCEPTION '没有这个证据文件，或不是由您添加的。' USING ERRCODE = 'PD003';
    END IF;
    IF f.added_at < (SELECT max(s.at) FROM appeal_step s WHERE s.appeal_id = a.id
                     AND s.action NOT IN ('appeal_filed', 'appeal_file_added', 'appeal_file_removed', 'appeal_deadline')) THEN
        RAISE EXCEPTION '已经随申诉提交核实的证据不能移除。' USING ERRCODE = 'PD001';
    END IF;
    DELETE FROM appeal_file x WHERE x.id = f.id;
    PERFORM pd.note_appeal(a, a.state, 'appeal_file_removed', NULL, jsonb_build_object('file', f.id, 'hash', encode(f.hash, 'hex')));
    PERFORM pd.forget_content(f.hash);
END $$;

CREATE FUNCTION pd.evidence_content(file bigint) RETURNS bytea
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    answer bytea;
BEGIN
    PERFORM pd.require_group('officer', 'liaison');
    SELECT c.content INTO answer
    FROM appeal_file f JOIN attachment_content c ON c.hash = f.hash JOIN appeal a ON a.id = f.appeal_id
    WHERE f.id = evidence_content.file AND (pd.my_group() = 'officer' OR a.agency_id = pd.my_agency());
    IF NOT FOUND THEN
        RAISE EXCEPTION '没有这个证据文件，或您无权查看。' USING ERRCODE = 'PD003';
    END IF;
    RETURN answer;
END $$;

GRANT SELECT ON pd.appeal, pd.appeal_step, pd.appeal_file, pd.appeal_admission TO pd_officer, pd_liaison;
GRANT SELECT ON pd.appeal_transition TO pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor;
GRANT SELECT ON pd.correction TO pd_officer, pd_liaison;
ALTER TABLE pd.appeal ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.appeal_step ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.appeal_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.appeal_admission ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.correction ENABLE ROW LEVEL SECURITY;
CREATE POLICY officer ON pd.appeal FOR SELECT TO pd_officer USING (true);
CREATE POLICY officer ON pd.appeal_step FOR SELECT TO pd_officer USING (true);
CREATE POLICY officer ON pd.appeal_file FOR SELECT TO pd_officer USING (true);
CREATE POLICY officer ON pd.appeal_admission FOR SELECT TO pd_officer USING (true);
CREATE POLICY officer ON pd.correction FOR SELECT TO pd_officer USING (true);
CREATE POLICY liaison ON pd.appeal FOR SELECT TO pd_liaison USING (agency_id = (SELECT pd.my_agency()));
CREATE POLICY liaison ON pd.appeal_step FOR SELECT TO pd_liaison USING (EXISTS (
    SELECT FROM pd.appeal a WHERE a.id = appeal_step.appeal_id AND a.agency_id = (SELECT pd.my_agency())));
CREATE POLICY liaison ON pd.appeal_file FOR SELECT TO pd_liaison USING (EXISTS (
    SELECT FROM pd.appeal a WHERE a.id = appeal_file.appeal_id AND a.agency_id = (SELECT pd.my_agency())));
CREATE POLICY liaison ON pd.appeal_admission FOR SELECT TO pd_liaison USING (agency_id = (SELECT pd.my_agency()));
-- Whoever sees a rating sees that it was corrected: their lists add up to the figures.
CREATE POLICY liaison ON pd.correction FOR SELECT TO pd_liaison USING (agency_id = (SELECT pd.my_agency()) OR EXISTS (
    SELECT FROM pd.appeal a WHERE a.id = correction.appeal_id AND a.agency_id = (SELECT pd.my_agency()))
    OR EXISTS (SELECT FROM pd.rating r WHERE r.id = correction.rating_id));
GRANT EXECUTE ON FUNCTION pd.prepare_appeal(bigint, date), pd.file_appeal(jsonb, uuid), pd.act_appeal(bigint, integer, text, jsonb, uuid),
    pd.appealed_rating(bigint), pd.attach_evidence(bigint, uuid, text), pd.detach_evidence(bigint), pd.evidence_content(bigint)
    TO pd_officer, pd_liaison;
GRANT EXECUTE ON FUNCTION pd.admit_appeal(bigint, text), pd.appeal_signals(bigint) TO pd_officer;
