-- The rater's contact: masked everywhere, shown to who must call, and never without a record. It takes two
-- steps and two transactions: the first writes who, when and why; only when that is committed does the second
-- give the number. Otherwise a rollback after reading would leave no trace.

CREATE FUNCTION pd.reveal_contact(ticket_id bigint, reason text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    mine text := pd.my_group();
    found ticket;
    number bigint;
BEGIN
    PERFORM pd.require_own_password();
    SELECT * INTO found FROM ticket t WHERE t.id = reveal_contact.ticket_id;
    IF found.id IS NULL OR NOT coalesce(mine = 'officer' OR mine = 'liaison' AND EXISTS (
            SELECT FROM assignment a WHERE a.ticket_id = found.id AND a.current AND a.agency_id = pd.my_agency()), false) THEN
        RAISE EXCEPTION '没有这张工单，或您无权查看。' USING ERRCODE = 'PD003';
    END IF;
    -- Who must call: the centre, and the lead agency until 12345 has closed the ticket: while it works on it, and then to ask
    -- whether the remedy was one (Art. 3, 15, 23, 24).
    IF mine = 'liaison' AND NOT (found.state IN ('dispatched', 'rectifying', 'submitted', 'approved', 'reported') AND EXISTS (
            SELECT FROM assignment a WHERE a.ticket_id = found.id AND a.current AND a.part = 'lead' AND a.agency_id = pd.my_agency())) THEN
        RAISE EXCEPTION '只有主办单位在办理期间可以查看联系方式，协办单位请与主办单位联系。' USING ERRCODE = 'PD003';
    END IF;
    IF pd.blank(reason) OR length(btrim(reason)) < 2 OR length(reason) > 500 THEN
        RAISE EXCEPTION '请写明查看联系方式的理由（2至500字）。' USING ERRCODE = 'PD001';
    END IF;
    IF NOT EXISTS (SELECT FROM pd.contact_of(found) c WHERE num_nonnulls(c.name, c.phone) > 0) THEN
        RAISE EXCEPTION '评价人没有留下联系方式。' USING ERRCODE = 'PD001';
    END IF;
    INSERT INTO event (at, actor, action, ticket_id, source, target, facts)
    VALUES (pd.now(), session_user, 'reveal_contact', found.id, found.state, found.state,
            jsonb_build_object('text_hash', encode(sha256(convert_to(btrim(reason), 'UTF8')), 'hex')))
    RETURNING id INTO number;
    INSERT INTO event_text (event_id, ticket_id, text) VALUES (number, found.id, btrim(reason));
    INSERT INTO reveal (event_id, actor, at) VALUES (number, session_user, pg_catalog.now());
    PERFORM pd.tell('tickets', found.id);
    RETURN number;
END $$;

-- What is on file of the person who rated: with the rating, else with the province's ticket.
CREATE FUNCTION pd.contact_of(t pd.ticket) RETURNS TABLE (name text, phone text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT coalesce(rr.name, tr.name), coalesce(rr.phone, tr.phone)
    FROM (SELECT 1) AS one
    LEFT JOIN rater rr ON rr.rating_id = t.rating_id
    LEFT JOIN rater tr ON tr.ticket_id = t.id
$$;

CREATE FUNCTION pd.revealed_contact(reveal bigint) RETURNS TABLE (name text, phone text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT c.name, c.phone
    FROM reveal r JOIN event e ON e.id = r.event_id JOIN ticket t ON t.id = e.ticket_id, pd.contact_of(t) c
    WHERE r.event_id = revealed_contact.reveal AND r.actor = session_user
      AND (pd.my_group() = 'officer' OR pd.my_group() = 'liaison' AND EXISTS (
            SELECT FROM assignment a WHERE a.ticket_id = t.id AND a.current AND a.part = 'lead' AND a.agency_id = pd.my_agency()))
      AND r.tx IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint AND r.at > clock_timestamp() - INTERVAL '10 minutes';
    IF NOT FOUND THEN
        RAISE EXCEPTION '请先写明理由，再查看联系方式。' USING ERRCODE = 'PD003';
    END IF;
END $$;
