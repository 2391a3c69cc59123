-- The one door to a ticket. Nobody may update a ticket; everybody acts through here, and it decides.
-- SQLSTATE: PD001 refused by a rule, PD002 somebody was faster, PD003 no right (or no such ticket).

-- Ends the round that runs: what the agency used of its time stays on record.
CREATE FUNCTION pd.end_round(ticket pd.ticket, how text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    UPDATE assignment a
    SET current = false, ended_at = pd.now(), ended_by = how,
        used_days = greatest(0, (SELECT t.working_no - s.working_no FROM calendar_day t, calendar_day s
                                 WHERE t.day = coalesce(a.submitted_on, pd.today()) AND s.day = a.received_on))
    WHERE a.ticket_id = ticket.id AND a.current;
END $$;

-- A new round: lead and co-agencies, received today, ten working days (Art. 23).
CREATE FUNCTION pd.start_round(ticket pd.ticket, payload jsonb) RETURNS pd.ticket
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    lead bigint := (SELECT id FROM agency WHERE id = (payload ->> 'lead')::bigint);
    co bigint[] := ARRAY(SELECT x::bigint FROM jsonb_array_elements_text(CASE jsonb_typeof(payload -> 'co') WHEN 'array' THEN payload -> 'co' ELSE '[]' END) AS x);
BEGIN
    IF lead IS NULL THEN
        RAISE EXCEPTION '请指定主办单位。' USING ERRCODE = 'PD001';
    END IF;
    IF lead = ANY (co) OR cardinality(co) <> (SELECT count(DISTINCT id) FROM agency WHERE id = ANY (co)) THEN
        RAISE EXCEPTION '协办单位不存在、重复或与主办单位相同。' USING ERRCODE = 'PD001';
    END IF;
    ticket.round := 1 + greatest(ticket.round, (SELECT max(a.round) FROM assignment a WHERE a.ticket_id = ticket.id));
    ticket.holder_id := lead;
    ticket.co_ids := co;
    ticket.received_on := pd.today();
    ticket.due_on := pd.due(ticket.received_on, pd.rule_number('rectification_days', ticket.received_on));
    ticket.rework_due_on := NULL;
    ticket.report_due_on := NULL;
    ticket.submitted_on := NULL;
    ticket.handled_on := NULL;
    INSERT INTO assignment (ticket_id, round, agency_id, part, opened_at, created_at, received_on, due_on, provisional)
    SELECT ticket.id, ticket.round, a.id, CASE WHEN a.id = lead THEN 'lead' ELSE 'co' END, ticket.opened_at,
           pd.now(), ticket.received_on, ticket.due_on, pd.is_provisional(ticket.received_on, ticket.due_on)
    FROM unnest(lead || co) AS a(id);
    RETURN ticket;
END $$;

-- A ticket back at the centre, with nobody.
CREATE FUNCTION pd.take_back(ticket pd.ticket) RETURNS pd.ticket
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    ticket.holder_id := ticket.agency_id;
    ticket.co_ids := '{}';
    ticket.received_on := NULL;
    ticket.due_on := NULL;
    ticket.rework_due_on := NULL;
    ticket.report_due_on := NULL;
    ticket.submitted_on := NULL;
    ticket.handled_on := NULL;
    ticket.declined := false;
    RETURN ticket;
END $$;

-- What was taken from a declined ticket by an act that is undone, it has again: the same assignment, whose clock
-- never stopped. `ended`: when that act was, `how`: what it wrote. A ticket that was not declined gets nothing.
CREATE FUNCTION pd.give_back(ticket pd.ticket, ended timestamptz, how text) RETURNS pd.ticket
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    lead assignment;
BEGIN
    UPDATE assignment a SET current = true, ended_at = NULL, ended_by = NULL, used_days = NULL
    WHERE a.ticket_id = ticket.id AND a.ended_at = ended AND a.ended_by = how;
    SELECT * INTO lead FROM assignment a WHERE a.ticket_id = ticket.id AND a.current AND a.part = 'lead';
    IF NOT FOUND THEN
        RETURN ticket;
    END IF;
    ticket.declined := true;
    ticket.round := lead.round;
    ticket.holder_id := lead.agency_id;
    ticket.co_ids := ARRAY(SELECT a.agency_id FROM assignment a
                           WHERE a.ticket_id = ticket.id AND a.current AND a.part = 'co' ORDER BY a.id);
    ticket.received_on := lead.received_on;
    ticket.due_on := pd.due(lead.received_on, pd.rule_number('rectification_days', lead.received_on));
    UPDATE assignment a SET due_on = ticket.due_on, provisional = pd.is_provisional(a.received_on, ticket.due_on)
    WHERE a.ticket_id = ticket.id AND a.current;
    RETURN ticket;
END $$;

-- The clock stopped with the first submission where rework met its own date, else with the one that was approved.
-- Written once the approval is final; until then it may be taken back.
CREATE FUNCTION pd.stop_clock(ticket pd.ticket) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    UPDATE assignment a SET submitted_on = ticket.submitted_on
    WHERE a.ticket_id = ticket.id AND a.current AND ticket.submitted_on > ticket.rework_due_on
$$;

-- What the lead agency found and did (Art. 3, 23); the day of the submission starts the report clock.
CREATE FUNCTION pd.hand_in(ticket pd.ticket, payload jsonb) RETURNS pd.ticket
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    feedback jsonb := coalesce(payload -> 'feedback', '{}');
    made bigint;
    missing text := (
        SELECT string_agg(name, '、') FROM (VALUES
            ('found_true', '是否属实'), ('found_reasonable', '诉求是否合理'), ('cause', '原因'),
            ('measures', '整改措施'), ('reviewed_by', '单位审核人')) AS needed(key, name)
        WHERE pd.blank(payload ->> key));
BEGIN
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION '整改材料不完整，请填写：%。', missing USING ERRCODE = 'PD001';
    END IF;
    IF NOT ((feedback ->> 'reached')::boolean IS TRUE AND NOT pd.blank(feedback ->> 'how')
            AND (feedback ->> 'at')::timestamp IS NOT NULL AND NOT pd.blank(feedback ->> 'said')
            OR (feedback ->> 'reached')::boolean IS FALSE AND coalesce((feedback ->> 'attempts')::integer, 0) > 0) THEN
        RAISE EXCEPTION '请写明向评价人反馈的方式、时间和对方意见；联系不上的，写明联系次数。' USING ERRCODE = 'PD001';
    END IF;
    IF payload ->> 'cause_code' IS NOT NULL
       AND NOT EXISTS (SELECT FROM cause_code c WHERE c.code = payload ->> 'cause_code' AND NOT c.retired) THEN
        RAISE EXCEPTION '请从列表中选择差评产生的原因。' USING ERRCODE = 'PD001';
    END IF;
    INSERT INTO rectification (ticket_id, assignment_id, submitted_at, found_true, found_reasonable, cause,
                               measures, feedback, reviewed_by, cause_code)
    SELECT ticket.id, a.id, pd.now(), (payload ->> 'found_true')::boolean, (payload ->> 'found_reasonable')::boolean,
           payload ->> 'cause', payload ->> 'measures', feedback, payload ->> 'reviewed_by',
           payload ->> 'cause_code'
    FROM assignment a WHERE a.ticket_id = ticket.id AND a.current AND a.part = 'lead'
    RETURNING id INTO made;
    PERFORM pd.hand_in_attachments(ticket, made);
    UPDATE assignment SET submitted_on = coalesce(submitted_on, pd.today())
    WHERE ticket_id = ticket.id AND current;
    ticket.submitted_on := pd.today();
    ticket.report_due_on := pd.due(pd.today(), pd.rule_number('report_days', pd.today()));
    RETURN ticket;
END $$;

-- What an action changes beside the state.
CREATE FUNCTION pd.carry_out(ticket pd.ticket, action text, payload jsonb) RETURNS pd.ticket
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    begun timestamptz;
BEGIN
    CASE action
        WHEN 'verify_and_dispatch', 'redispatch', 'reopen' THEN
            PERFORM pd.end_round(ticket, CASE WHEN ticket.declined THEN 'decline' ELSE action END);
            ticket.declined := false;
            RETURN pd.start_round(ticket, payload);
        WHEN 'reject' THEN
            IF payload ->> 'reason_code' NOT IN ('duplicate', 'not_local', 'unverifiable', 'test', 'other') THEN
                RAISE EXCEPTION '请从列表中选择不予转办的理由。' USING ERRCODE = 'PD001';
            END IF;
            PERFORM pd.end_round(ticket, action);
            RETURN pd.take_back(ticket);
        WHEN 'recall' THEN
            begun := (SELECT max(a.created_at) FROM assignment a WHERE a.ticket_id = ticket.id AND a.current);
            PERFORM pd.end_round(ticket, action);
            RETURN pd.give_back(pd.take_back(ticket), begun, 'decline');
        WHEN 'withdraw' THEN
            IF ticket.state = 'approved' THEN
                PERFORM pd.stop_clock(ticket);
            END IF;
            PERFORM pd.end_round(ticket, action);
            RETURN pd.take_back(ticket);
        WHEN 'restore' THEN
            IF EXISTS (SELECT FROM event e WHERE e.ticket_id = ticket.id AND e.action = 'withdraw') THEN
                RAISE EXCEPTION '这张工单因申诉成立而撤销，不能恢复。' USING ERRCODE = 'PD001';
            END IF;
            RETURN pd.give_back(ticket, (SELECT max(e.at) FROM event e WHERE e.ticket_id = ticket.id AND e.action = 'reject'), 'reject');
        WHEN 'acknowledge' THEN
            UPDATE assignment SET acknowledged_at = pd.now()
            WHERE ticket_id = ticket.id AND current AND agency_id = pd.my_agency();
        WHEN 'decline' THEN
            ticket.declined := true; -- the assignment stands and its clock runs on until the centre decides
        WHEN 'insist' THEN
            IF NOT ticket.declined THEN
                RAISE EXCEPTION '只有被退单的工单才能维持转办。' USING ERRCODE = 'PD001';
            END IF;
            ticket.declined := false;
        WHEN 'contribute' THEN
            IF pd.my_agency() = ticket.holder_id THEN
                RAISE EXCEPTION '协办意见由协办单位提供，主办单位请直接填写整改材料。' USING ERRCODE = 'PD001';
            END IF;
        WHEN 'submit' THEN
            RETURN pd.hand_in(ticket, payload);
        WHEN 'return_for_rework', 'report_refused' THEN
            ticket.rework_due_on := pd.due(pd.today(), pd.rule_number('rework_days', pd.today()));
            ticket.report_due_on := NULL;
            ticket.handled_on := NULL;
        WHEN 'approve' THEN
            PERFORM (payload ->> 'found_true')::boolean, (payload ->> 'found_reasonable')::boolean;
            ticket.handled_on := pd.today();
        WHEN 'unapprove' THEN
            ticket.handled_on := NULL;
        WHEN 'report' THEN
            PERFORM pd.stop_clock(ticket);
        WHEN 'confirm_closed' THEN
            IF pd.blank(payload ->> 'receipt') OR (payload ->> 'closed_on')::date IS NULL
               OR length(payload ->> 'receipt') > 40 OR (payload ->> 'closed_on')::date > pd.today() THEN
                RAISE EXCEPTION '请填写12345的办结回执号（至多40字）和办结日期（不晚于今天）。' USING ERRCODE = 'PD001';
            END IF;
        ELSE NULL; -- remind, supervise, annotate
    END CASE;
    RETURN ticket;
END $$;

-- The clock that runs in a state: rectification or rework with the agency, the report at the centre.
CREATE FUNCTION pd.running_clock(ticket pd.ticket) RETURNS date
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE
        WHEN ticket.state IN ('dispatched', 'rectifying') THEN coalesce(ticket.rework_due_on, ticket.due_on)
        WHEN ticket.state = 'pending' AND ticket.declined THEN ticket.due_on
        WHEN ticket.state IN ('submitted', 'approved') THEN ticket.report_due_on
    END
$$;

-- Facts of an event: ids, codes, dates and hashes, each only where the action has it and of its type. The
-- words are kept apart, where they can be erased.
CREATE FUNCTION pd.event_facts(ticket pd.ticket, action text, payload jsonb) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object('round', ticket.round, 'due_on', ticket.runs_until))
        || CASE
            WHEN action IN ('verify_and_dispatch', 'redispatch', 'reopen') THEN
                jsonb_build_object('lead', ticket.holder_id, 'co', ticket.co_ids)
            WHEN action = 'contribute' THEN jsonb_build_object('agency', pd.my_agency())
            WHEN action = 'reject' THEN jsonb_strip_nulls(jsonb_build_object('reason_code', payload ->> 'reason_code'))
            WHEN action = 'approve' THEN
                jsonb_build_object('found_true', (payload ->> 'found_true')::boolean,
                                   'found_reasonable', (payload ->> 'found_reasonable')::boolean)
            WHEN action = 'submit' THEN
                jsonb_strip_nulls(jsonb_build_object('material_hash', encode(sha256(convert_to((payload - 'reason')::text, 'UTF8')), 'hex'),
                                   'cause_code', payload ->> 'cause_code', 'attachments', pd.attachment_hashes(ticket)))
            WHEN action = 'confirm_closed' THEN
                jsonb_build_object('receipt', payload ->> 'receipt', 'closed_on', (payload ->> 'closed_on')::date)
            ELSE '{}' END
        || CASE WHEN pd.blank(payload ->> 'reason') THEN '{}' ELSE
            jsonb_build_object('text_hash', encode(sha256(convert_to(payload ->> 'reason', 'UTF8')), 'hex')) END
$$;

-- The tickets' counts follow at commit: whoever leaves a transaction open holds up nobody's counting.
CREATE FUNCTION pd.count_after_act() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    -- Everyone may read the counts, so everyone hears that they changed.
    PERFORM pd.tell('summary', NULL)
    FROM ticket WHERE id = (NEW.answer ->> 'ticket')::bigint
        AND pd.refresh_tally_day(pd.local_day(opened_at)) > 0;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER count_after_act AFTER INSERT ON pd.command_log
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pd.count_after_act();

-- Takes a ticket along one move: what it changes, the event, the feed, the answer. Who may is asked before.
CREATE FUNCTION pd.perform(before pd.ticket, move pd.ticket_transition, payload jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    action text := move.action;
    after ticket;
    event_id bigint;
BEGIN
    IF move.needs_reason AND pd.blank(payload ->> 'reason') THEN
        RAISE EXCEPTION '请写明理由。' USING ERRCODE = 'PD001';
    END IF;
    IF action = 'approve' THEN
        -- The officer confirms what the agency found, or says otherwise.
        payload := (SELECT jsonb_build_object('found_true', r.found_true, 'found_reasonable', r.found_reasonable)
                    FROM rectification r WHERE r.ticket_id = before.id ORDER BY r.id DESC LIMIT 1) || jsonb_strip_nulls(coalesce(payload, '{}'));
    END IF;
    payload := coalesce(payload, '{}');
    BEGIN
        after := pd.carry_out(before, action, payload);
    EXCEPTION WHEN data_exception THEN
        RAISE EXCEPTION '填写的内容格式不对，请检查单位、日期、次数和是否选项。' USING ERRCODE = 'PD001';
    END;
    after.state := move.target;
    after.runs_until := pd.running_clock(after);
    IF (after.runs_until, after.due_on) IS DISTINCT FROM (before.runs_until, before.due_on) THEN
        after.provisional := coalesce(pd.is_provisional(
            CASE WHEN after.state IN ('submitted', 'approved') THEN after.submitted_on
                 WHEN after.rework_due_on IS NOT NULL THEN pd.today() ELSE after.received_on END,
            coalesce(after.runs_until, after.due_on)), false);
    END IF;
    after.version := before.version + (after IS DISTINCT FROM before)::integer;
    UPDATE ticket t SET (holder_id, co_ids, state, declined, version, round, received_on, due_on, rework_due_on,
                         report_due_on, runs_until, provisional, submitted_on, handled_on)
        = (after.holder_id, after.co_ids, after.state, after.declined, after.version, after.round, after.received_on,
           after.due_on, after.rework_due_on, after.report_due_on, after.runs_until, after.provisional, after.submitted_on,
           after.handled_on)
    WHERE t.id = before.id;

    INSERT INTO event (at, actor, action, ticket_id, source, target, facts)
    VALUES (pd.now(), session_user, action, before.id, before.state, after.state,
            pd.event_facts(after, action, payload))
    RETURNING id INTO event_id;
    IF NOT pd.blank(payload ->> 'reason') THEN
        INSERT INTO event_text (event_id, ticket_id, text) VALUES (event_id, before.id, payload ->> 'reason');
    END IF;
    PERFORM pd.tell('tickets', before.id);
    IF before.received_on IS NOT NULL AND (after.received_on IS NULL OR after.round <> before.round) THEN
        PERFORM pd.tell('tickets', NULL); -- who has lost the ticket can see no line about it: a nameless one tells them
    END IF;
    RETURN jsonb_build_object('ticket', before.id, 'state', after.state, 'version', after.version, 'due_on', after.due_on);
END $$;

CREATE FUNCTION pd.act(ticket_id bigint, version integer, action text, payload jsonb, command_id uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    mine text := pd.my_group();
    before ticket;
    move ticket_transition;
    answer jsonb;
BEGIN
    PERFORM pd.require_own_password();
    IF command_id IS NULL OR coalesce(jsonb_typeof(payload), 'object') <> 'object'
       OR octet_length(payload::text) > 200000 THEN
        RAISE EXCEPTION '填写的内容不完整、过长或格式不对。' USING ERRCODE = 'PD001';
    END IF;
    -- A transaction begun long ago carries its own time: it would submit yesterday.
    IF clock_timestamp() - pg_catalog.now() > INTERVAL '1 minute' THEN
        RAISE EXCEPTION '操作等待太久，请重试。' USING ERRCODE = 'PD001';
    END IF;
    -- A notice of holidays comes in before or after: it would not see a deadline that is just being reckoned.
    PERFORM pg_advisory_xact_lock_shared(hashtext('pd.calendar'));
    SELECT * INTO before FROM ticket t WHERE t.id = act.ticket_id FOR UPDATE;
    -- Asked only now that the ticket is ours: a first call that still ran has ended.
    SELECT c.answer INTO answer FROM command_log c WHERE c.command_id = act.command_id AND c.actor = session_user;
    IF FOUND THEN
        IF (answer ->> 'ticket')::bigint <> act.ticket_id THEN
            RAISE EXCEPTION '同一操作编号用在了另一张工单上。' USING ERRCODE = 'PD001';
        END IF;
        RETURN answer; -- confirmed before; what was confirmed happened once
    END IF;
    IF before.id IS NULL OR NOT coalesce(mine = 'officer' OR mine = 'liaison' AND EXISTS (
            SELECT FROM assignment a WHERE a.ticket_id = before.id AND a.current AND a.agency_id = pd.my_agency()), false) THEN
        RAISE EXCEPTION '没有这张工单，或您无权办理。' USING ERRCODE = 'PD003';
    END IF;
    IF before.version IS DISTINCT FROM act.version THEN
        RAISE EXCEPTION '这张工单刚刚被别人办理过，请看过最新情况后再办。' USING ERRCODE = 'PD002';
    END IF;
    SELECT * INTO move FROM ticket_transition m
    WHERE m.action = act.action AND m.source = before.state AND m.group_name = mine;
    IF NOT FOUND THEN
        RAISE EXCEPTION '工单现在的状态或您的身份不允许这项操作。' USING ERRCODE = 'PD001';
    END IF;
    IF move.lead_only AND NOT EXISTS (
            SELECT FROM assignment a WHERE a.ticket_id = before.id AND a.current AND a.part = 'lead'
                                       AND a.agency_id = pd.my_agency()) THEN
        RAISE EXCEPTION '只有主办单位可以这样办理，协办单位请与主办单位联系。' USING ERRCODE = 'PD003';
    END IF;
    answer := pd.perform(before, move, payload);
    INSERT INTO command_log (command_id, actor, at, answer) VALUES (act.command_id, session_user, pd.now(), answer);
    RETURN answer;
END $$;

-- What came of an act whose answer was lost on the way: the answer, or none where it did not happen and no longer
-- can. Asked with the ticket in hand: an act that had come so far that it still might be confirmed has ended.
CREATE FUNCTION pd.answer_of(ticket_id bigint, command_id uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
BEGIN
    PERFORM pd.require_group('officer', 'liaison');
    PERFORM FROM ticket t WHERE t.id = answer_of.ticket_id FOR UPDATE;
    RETURN (SELECT c.answer FROM command_log c
            WHERE c.command_id = answer_of.command_id AND c.actor = session_user
              AND (c.answer ->> 'ticket')::bigint = answer_of.ticket_id);
END $$;

-- An appeal's decision takes an open ticket out of the count (Art. 25). No person's act leads here: the rows of
-- `withdraw` belong to no group, and only the owner's own functions may call this.
CREATE FUNCTION pd.withdraw_ticket(ticket_id bigint, reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    before ticket;
    move ticket_transition;
    answer jsonb;
BEGIN
    SELECT * INTO before FROM ticket t WHERE t.id = withdraw_ticket.ticket_id FOR UPDATE;
    SELECT * INTO move FROM ticket_transition m
    WHERE m.action = 'withdraw' AND m.source = before.state AND m.group_name = 'appeal';
    IF NOT FOUND THEN
        RAISE EXCEPTION '工单已办结或不存在，不再因申诉撤销。' USING ERRCODE = 'PD001';
    END IF;
    answer := pd.perform(before, move, jsonb_build_object('reason', reason));
    PERFORM pd.refresh_tally_tickets(ARRAY[pd.month_of(before.opened_at)]);
    RETURN answer;
END $$;
