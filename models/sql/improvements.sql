-- 限期整改 (Guide 8.1.2): a demand to an agency that rests on figures, answered and checked. One door for each: issuing
-- and acting. States: issued → answered → accepted; answered → issued (returned); issued → cancelled.

-- The figures that an order rests on, and is measured by afterwards: of an agency, or of one item there, in whole months.
-- {first, last, ratings, bad, tickets, labels: {code: tickets}}. Ratings of the agency are the tally's, of closed
-- months as they were closed; those of an item the item ratings on file; labels are counted over the tickets. No words and no persons.
CREATE FUNCTION pd.improvement_figures(agency bigint, item bigint, first date, last date) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    starts timestamptz;
    ends timestamptz;
    ratings bigint;
    bad bigint;
    counted jsonb;
BEGIN
    PERFORM pd.require_group('officer', 'bureau', 'liaison');
    IF agency IS NULL OR pd.my_group() = 'liaison' AND agency IS DISTINCT FROM pd.my_agency() THEN
        RAISE EXCEPTION '没有这个单位，或您无权查看。' USING ERRCODE = 'PD003';
    END IF;
    IF (first BETWEEN DATE '2000-01-01' AND last AND last <= DATE '2999-12-01') IS NOT TRUE
       OR extract(day FROM first) <> 1 OR extract(day FROM last) <> 1 THEN
        RAISE EXCEPTION '请选择起止月份，起始月份不能晚于截止月份。' USING ERRCODE = 'PD001';
    END IF;
    starts := pd.local_midnight(first);
    ends := pd.local_midnight((last + INTERVAL '1 month')::date);
    IF item IS NULL THEN
        SELECT sum(t.level_5 + t.level_4 + t.level_3 + t.level_2 + t.level_1), sum(t.level_2 + t.level_1) INTO ratings, bad
        FROM (
            SELECT n.level_5, n.level_4, n.level_3, n.level_2, n.level_1 FROM tally n
            WHERE n.agency_id = agency AND n.day >= first AND n.day < (last + INTERVAL '1 month')::date AND NOT EXISTS (
                SELECT FROM month_close c WHERE c.reopened_at IS NULL AND c.month = date_trunc('month', n.day::timestamp)::date)
            UNION ALL
            SELECT k.level_5, k.level_4, k.level_3, k.level_2, k.level_1
            FROM month_close c JOIN closed_tally k ON k.close_id = c.id
            WHERE k.agency_id = agency AND c.reopened_at IS NULL AND c.month BETWEEN first AND last) t;
    ELSE
        SELECT count(*), count(*) FILTER (WHERE r.level <= 2) INTO ratings, bad
        FROM counted_rating r
        WHERE r.agency_id = agency AND r.item_id = improvement_figures.item AND r.rated_at >= starts AND r.rated_at < ends
          AND r.target = 'item' AND r.rating_number = 1;
    END IF;
    WITH mine AS (
        SELECT t.labels FROM ticket t
        WHERE t.holder_id = agency AND t.state <> 'rejected' AND t.opened_at >= starts AND t.opened_at < ends
          AND (improvement_figures.item IS NULL OR t.item_id = improvement_figures.item)),
    labelled AS (SELECT code, count(*) AS tickets FROM mine, unnest(ARRAY(SELECT DISTINCT x FROM unnest(mine.labels) AS x)) AS code
                 GROUP BY code)
    SELECT jsonb_build_object('tickets', (SELECT count(*) FROM mine),
                              'labels', coalesce((SELECT jsonb_object_agg(l.code, l.tickets) FROM labelled l), '{}'))
    INTO counted;
    RETURN jsonb_build_object('first', first, 'last', last, 'ratings', coalesce(ratings, 0), 'bad', coalesce(bad, 0)) || counted;
END $$;

-- The figures that an order to a member of the staff rests on (Guide 8.2 a): the ratings of that person in whole months, and
-- the tickets that came of them. The same keys as pd.improvement_figures. Of the own agency for a liaison.
CREATE FUNCTION pd.staff_figures(staff bigint, first date, last date) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    past date := (last + INTERVAL '1 month')::date;
    counted record;
    person staff_member := (SELECT m FROM staff_member m WHERE m.id = staff);
BEGIN
    PERFORM pd.require_group('officer', 'bureau', 'liaison');
    IF person.id IS NULL OR pd.my_group() = 'liaison' AND person.agency_id IS DISTINCT FROM pd.my_agency() THEN
        RAISE EXCEPTION '没有这名工作人员，或您无权查看。' USING ERRCODE = 'PD003';
    END IF;
    IF (first BETWEEN DATE '2000-01-01' AND last AND last <= DATE '2999-12-01') IS NOT TRUE
       OR extract(day FROM first) <> 1 OR extract(day FROM last) <> 1 THEN
        RAISE EXCEPTION '请选择起止月份，起始月份不能晚于截止月份。' USING ERRCODE = 'PD001';
    END IF;
    SELECT coalesce(sum(n.level_5 + n.level_4 + n.level_3 + n.level_2 + n.level_1), 0) AS ratings,
           coalesce(sum(n.level_2 + n.level_1), 0) AS bad INTO counted
    FROM (SELECT t.level_5, t.level_4, t.level_3, t.level_2, t.level_1 FROM tally_staff t
          WHERE t.staff_id = staff AND t.day >= first AND t.day < past AND NOT EXISTS (
              SELECT FROM month_close c WHERE c.reopened_at IS NULL AND c.month = date_trunc('month', t.day::timestamp)::date)
          UNION ALL
          SELECT k.level_5, k.level_4, k.level_3, k.level_2, k.level_1 FROM month_close c JOIN closed_staff k ON k.close_id = c.id
          WHERE k.staff_id = staff AND c.reopened_at IS NULL AND c.month BETWEEN first AND last) n;
    RETURN jsonb_build_object('first', first, 'last', last, 'ratings', counted.ratings, 'bad', counted.bad, 'labels', '{}'::jsonb,
        'tickets', (SELECT count(DISTINCT t.id) FROM ticket t JOIN rating r ON r.ticket_id = t.id
                    WHERE r.agency_id = person.agency_id AND r.staff_id = person.id AND t.state <> 'rejected'
                      AND r.rated_at >= pd.local_midnight(first) AND r.rated_at < pd.local_midnight(past)));
END $$;

-- Issues an order: {agency (id), item (id or none), staff (id or none), first, last (months), subject, proposal, days}. The figures are counted
-- here and kept as they stand: nobody types them. Numbered within the year, without gaps.
CREATE FUNCTION pd.issue_improvement(facts jsonb, command_id uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    made improvement_order;
    this_year smallint := extract(year FROM pd.today());
BEGIN
    PERFORM pd.require_group('officer');
    IF command_id IS NULL OR jsonb_typeof(facts) IS DISTINCT FROM 'object' OR octet_length(facts::text) > 50000 THEN
        RAISE EXCEPTION '填写的内容不完整、过长或格式不对。' USING ERRCODE = 'PD001';
    END IF;
    -- Held until commit: no number is left out or given twice, and the same command sent twice happens once.
    PERFORM pg_advisory_xact_lock(hashtext('pd.improvement'));
    SELECT * INTO made FROM improvement_order o WHERE o.issued_by = session_user AND o.command_id = issue_improvement.command_id;
    IF FOUND THEN
        RETURN pd.improvement_answer(made);
    END IF;
    BEGIN
        made.agency_id := (SELECT a.id FROM agency a WHERE a.id = (facts ->> 'agency')::bigint);
        made.item_id := (SELECT i.id FROM service_item i WHERE i.id = (facts ->> 'item')::bigint);
        made.staff_id := (SELECT m.id FROM staff_member m WHERE m.id = (facts ->> 'staff')::bigint AND m.agency_id = made.agency_id);
        IF made.agency_id IS NULL OR facts ->> 'item' IS NOT NULL AND made.item_id IS NULL
           OR facts ->> 'staff' IS NOT NULL AND made.staff_id IS NULL THEN
            RAISE EXCEPTION '没有这个单位、事项或工作人员。' USING ERRCODE = 'PD001';
        END IF;
        made.days := (facts ->> 'days')::smallint;
        made.basis := CASE WHEN made.staff_id IS NULL
            THEN pd.improvement_figures(made.agency_id, made.item_id, (facts ->> 'first')::date, (facts ->> 'last')::date)
            ELSE pd.staff_figures(made.staff_id, (facts ->> 'first')::date, (facts ->> 'last')::date) END;
    EXCEPTION WHEN data_exception THEN
        RAISE EXCEPTION '填写的内容格式不对，请检查单位、事项和天数。' USING ERRCODE = 'PD001';
    END;
    made.subject := btrim(coalesce(facts ->> 'subject', ''));
    made.proposal := btrim(coalesce(facts ->> 'proposal', ''));
    IF pd.blank(made.subject) OR length(made.subject) > 60 OR pd.blank(made.proposal) OR length(made.proposal) > 3000
       OR (made.days BETWEEN 1 AND 60) IS NOT TRUE THEN
        RAISE EXCEPTION '请写明整改事由（至多60字）、整改要求（至多3000字）和期限（1至60个工作日）。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pg_advisory_xact_lock_shared(hashtext('pd.calendar'));
    INSERT INTO improvement_order AS o (year, number, agency_id, item_id, staff_id, subject, proposal, basis, issued_on, days, due_on, provisional,
                                        issued_by, issued_at, command_id)
    SELECT this_year, coalesce(max(n.number), 0) + 1, made.agency_id, made.item_id, made.staff_id, made.subject, made.proposal,
           made.basis, pd.today(), made.days, pd.due(pd.today(), made.days),
           pd.is_provisional(pd.today(), pd.due(pd.today(), made.days)), session_user, pd.now(), issue_improvement.command_id
    FROM improvement_order n WHERE n.year = this_year
    RETURNING * INTO made;
    PERFORM pd.note_improvement(made, 'improvement_issued', NULL);
    RETURN pd.improvement_answer(made);
END $$;

-- A step: `answer` by the agency's liaison; `accept`, `return`, `cancel` by an officer. The version tells whether it
-- was taken already: a lost answer is asked for by reading the order anew.
CREATE FUNCTION pd.act_improvement(improvement bigint, version integer, action text, said text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    mine text := pd.my_group();
    before improvement_order;
    target text;
BEGIN
    PERFORM pd.require_own_password();
    PERFORM pg_advisory_xact_lock_shared(hashtext('pd.calendar'));
    SELECT * INTO before FROM improvement_order o WHERE o.id = improvement FOR UPDATE;
    IF before.id IS NULL OR NOT coalesce(mine = 'officer' OR mine = 'liaison' AND before.agency_id = pd.my_agency(), false) THEN
        RAISE EXCEPTION '没有这份限期整改通知，或您无权办理。' USING ERRCODE = 'PD003';
    END IF;
    IF before.version IS DISTINCT FROM act_improvement.version THEN
        RAISE EXCEPTION '这份限期整改通知刚刚被别人办理过，请看过最新情况后再办。' USING ERRCODE = 'PD002';
    END IF;
    target := (SELECT m.target FROM (VALUES ('answer', 'issued', 'liaison', 'answered'), ('accept', 'answered', 'officer', 'accepted'),
                                            ('return', 'answered', 'officer', 'issued'), ('cancel', 'issued', 'officer', 'cancelled'))
                   AS m(action, source, who, target) WHERE (m.action, m.source, m.who) = (act_improvement.action, before.state, mine));
    IF target IS NULL THEN
        RAISE EXCEPTION '限期整改通知现在的状态或您的身份不允许这项操作。' USING ERRCODE = 'PD001';
    END IF;
    IF (action <> 'accept' AND pd.blank(said)) OR length(said) > 3000 THEN
        RAISE EXCEPTION '请写明整改情况或理由（至多3000字）。' USING ERRCODE = 'PD001';
    END IF;
    UPDATE improvement_order o SET state = target, version = o.version + 1,
        answer = CASE WHEN action = 'answer' THEN btrim(said) ELSE o.answer END,
        answered_on = CASE action WHEN 'answer' THEN pd.today() WHEN 'return' THEN NULL ELSE o.answered_on END
    WHERE o.id = before.id RETURNING * INTO before;
    PERFORM pd.note_improvement(before, 'improvement_' || action, said);
    RETURN pd.improvement_answer(before);
END $$;

CREATE FUNCTION pd.improvement_answer(o pd.improvement_order) RETURNS jsonb
    LANGUAGE sql IMMUTABLE SET search_path = pd, pg_temp
AS $$ SELECT jsonb_build_object('order', o.id, 'year', o.year, 'number', o.number, 'state', o.state, 'version', o.version, 'due_on', o.due_on) $$;

-- The event and the words of a step; a nameless line of the feed, since everybody concerned may read the list.
CREATE FUNCTION pd.note_improvement(o pd.improvement_order, what text, said text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    made bigint;
BEGIN
    -- What was demanded, and the figures for it, are vouched for by the first event.
    INSERT INTO event (at, actor, action, facts)
    VALUES (pd.now(), session_user, what, jsonb_strip_nulls(jsonb_build_object('order', o.id, 'agency', o.agency_id, 'state', o.state,
        'due_on', o.due_on, 'text_hash', encode(sha256(convert_to(coalesce(nullif(btrim(said), ''),
            CASE WHEN what = 'improvement_issued' THEN concat_ws(E'\n', o.subject, o.proposal, o.basis) END), 'UTF8')), 'hex'))))
    RETURNING id INTO made;
    INSERT INTO improvement_step (event_id, order_id, at, actor, action, text)
    VALUES (made, o.id, pd.now(), session_user, what, nullif(btrim(said), ''));
    PERFORM pd.tell('improvements', NULL);
END $$;

-- The due dates of open orders follow the calendar as those of tickets do; each that moves is logged.
CREATE FUNCTION pd.recompute_improvements() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    o improvement_order;
    due date;
BEGIN
    FOR o IN SELECT * FROM improvement_order i WHERE i.state IN ('issued', 'answered') ORDER BY i.id FOR UPDATE LOOP
        due := pd.due(o.issued_on, o.days);
        CONTINUE WHEN (due, pd.is_provisional(o.issued_on, due)) = (o.due_on, o.provisional);
        UPDATE improvement_order i SET due_on = due, provisional = pd.is_provisional(o.issued_on, due), version = i.version + 1
        WHERE i.id = o.id RETURNING * INTO o;
        PERFORM pd.note_improvement(o, 'improvement_deadline', NULL);
    END LOOP;
END $$;

GRANT SELECT ON pd.improvement_order, pd.improvement_step TO pd_officer, pd_liaison, pd_bureau;
ALTER TABLE pd.improvement_order ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.improvement_step ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON pd.improvement_order FOR SELECT TO pd_officer, pd_bureau USING (true);
CREATE POLICY centre ON pd.improvement_step FOR SELECT TO pd_officer, pd_bureau USING (true);
CREATE POLICY liaison ON pd.improvement_order FOR SELECT TO pd_liaison USING (agency_id = (SELECT pd.my_agency()));
CREATE POLICY liaison ON pd.improvement_step FOR SELECT TO pd_liaison USING (EXISTS (
    SELECT FROM pd.improvement_order o WHERE o.id = improvement_step.order_id AND o.agency_id = (SELECT pd.my_agency())));
GRANT EXECUTE ON FUNCTION pd.improvement_figures(bigint, bigint, date, date), pd.staff_figures(bigint, date, date) TO pd_officer, pd_bureau, pd_liaison;
GRANT EXECUTE ON FUNCTION pd.issue_improvement(jsonb, uuid) TO pd_officer;
GRANT EXECUTE ON FUNCTION pd.act_improvement(bigint, integer, text, text) TO pd_officer, pd_liaison;
