-- What people keep of their lists, and who has a ticket open now. Neither tells anything of a ticket that its
-- reader may not see: a filter holds conditions, never rows, and is counted under the rights of whoever counts.

-- Keeps a filter under a name, anew (`filter` none) or in place of what the person kept before; only officers share.
CREATE FUNCTION pd.save_filter(filter bigint, name text, conditions jsonb, shared boolean) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    made bigint;
BEGIN
    PERFORM pd.require_group('officer', 'liaison');
    IF pd.blank(name) OR length(btrim(name)) > 20 OR name ~ '[[:cntrl:]\u200E\u200F\u202A-\u202E\u2066-\u2069]' THEN
        RAISE EXCEPTION '请给筛选起个名字（至多20字）。' USING ERRCODE = 'PD001';
    END IF;
    IF coalesce(jsonb_typeof(conditions), '') <> 'object' OR octet_length(conditions::text) > 4000 THEN
        RAISE EXCEPTION '筛选条件不完整、过长或格式不对。' USING ERRCODE = 'PD001';
    END IF;
    IF shared AND pd.my_group() <> 'officer' THEN
        RAISE EXCEPTION '只有中心责任人可以把筛选共享给大家。' USING ERRCODE = 'PD003';
    END IF;
    IF filter IS NULL AND (SELECT count(*) FROM saved_filter f WHERE f.owner = session_user) >= 50 THEN
        RAISE EXCEPTION '每人至多保存50个筛选，请先删去不用的。' USING ERRCODE = 'PD001';
    END IF;
    IF filter IS NULL THEN
        INSERT INTO saved_filter (owner, name, conditions, shared, changed_at)
        VALUES (session_user, btrim(save_filter.name), save_filter.conditions, coalesce(save_filter.shared, false), pd.now())
        RETURNING id INTO made;
    ELSE
        UPDATE saved_filter f SET name = btrim(save_filter.name), conditions = save_filter.conditions,
                                  shared = coalesce(save_filter.shared, false), changed_at = pd.now()
        WHERE f.id = filter AND f.owner = session_user RETURNING f.id INTO made;
        IF made IS NULL THEN
            RAISE EXCEPTION '没有这个筛选，或它是别人保存的。' USING ERRCODE = 'PD003';
        END IF;
        -- Whoever was told of its count and sees it no more is told no more.
        DELETE FROM filter_notice n WHERE n.filter_id = made AND n.login <> session_user AND NOT coalesce(save_filter.shared, false);
    END IF;
    RETURN made;
EXCEPTION WHEN unique_violation THEN
    RAISE EXCEPTION '您已有一个叫“%”的筛选，请换个名字。', btrim(name) USING ERRCODE = 'PD001';
END $$;

-- Forgets a filter: one's own, or, for an officer, one that is shared, since its owner may have left.
CREATE FUNCTION pd.drop_filter(filter bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    PERFORM pd.require_group('officer', 'liaison');
    DELETE FROM saved_filter f
    WHERE f.id = filter AND (f.owner = session_user OR f.shared AND pd.my_group() = 'officer');
    IF NOT FOUND THEN
        RAISE EXCEPTION '没有这个筛选，或它是别人保存的。' USING ERRCODE = 'PD003';
    END IF;
END $$;

-- Asks to be told once more than `above` tickets match; none ends it.
CREATE FUNCTION pd.watch_filter(filter bigint, above integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    PERFORM pd.require_group('officer', 'liaison');
    IF NOT EXISTS (SELECT FROM saved_filter f WHERE f.id = filter AND (f.owner = session_user OR f.shared)) THEN
        RAISE EXCEPTION '没有这个筛选，或它没有共享。' USING ERRCODE = 'PD003';
    END IF;
    IF above < 0 THEN
        RAISE EXCEPTION '提醒的件数不能是负数。' USING ERRCODE = 'PD001';
    END IF;
    DELETE FROM filter_notice n WHERE n.filter_id = filter AND n.login = session_user;
    INSERT INTO filter_notice (login, filter_id, above)
    SELECT session_user, filter, watch_filter.above WHERE watch_filter.above IS NOT NULL;
END $$;

-- Says that the connected person has a ticket open, and tells who else has. By the real clock, since it is about
-- this minute: a row counts for a minute, and whoever is gone for five leaves no trace.
CREATE FUNCTION pd.look(ticket_id bigint, typing boolean) RETURNS TABLE (name text, since timestamptz, typing_too boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '1s'
AS $$
BEGIN
    PERFORM pd.require_group('officer', 'liaison');
    IF NOT (pd.my_group() = 'officer' AND EXISTS (SELECT FROM ticket t WHERE t.id = look.ticket_id) OR EXISTS (
            SELECT FROM assignment a WHERE a.ticket_id = look.ticket_id AND a.current AND a.agency_id = pd.my_agency())) THEN
        RAISE EXCEPTION '没有这张工单，或您无权查看。' USING ERRCODE = 'PD003';
    END IF;
    DELETE FROM looking l WHERE l.login = session_user AND l.seen_at < clock_timestamp() - INTERVAL '5 minutes';
    INSERT INTO looking AS l (login, ticket_id, typing, since, seen_at)
    VALUES (session_user, look.ticket_id, coalesce(look.typing, false), clock_timestamp(), clock_timestamp())
    ON CONFLICT ON CONSTRAINT pk_looking DO UPDATE
    SET typing = EXCLUDED.typing, seen_at = EXCLUDED.seen_at,
        since = CASE WHEN l.seen_at < clock_timestamp() - INTERVAL '1 minute' THEN EXCLUDED.since ELSE l.since END;
    RETURN QUERY
    SELECT u.name, l.since, l.typing FROM looking l JOIN app_user u ON u.login = l.login
    WHERE l.ticket_id = look.ticket_id AND l.login <> session_user AND u.active
      AND l.seen_at > clock_timestamp() - INTERVAL '1 minute'
      -- Whoever lost the ticket a moment ago has it on screen still, and is not the next one's to know.
      AND (u.group_name = 'officer' OR EXISTS (
          SELECT FROM assignment a WHERE a.ticket_id = look.ticket_id AND a.current AND a.agency_id = u.agency_id))
    ORDER BY l.since, u.login;
END $$;

-- The connected person has left a ticket.
CREATE FUNCTION pd.look_away(ticket_id bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$ DELETE FROM looking l WHERE l.login = session_user AND l.ticket_id = look_away.ticket_id $$;

GRANT SELECT ON pd.saved_filter, pd.filter_notice TO pd_officer, pd_liaison;
ALTER TABLE pd.saved_filter ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.filter_notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.looking ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_or_shared ON pd.saved_filter FOR SELECT TO pd_officer, pd_liaison
    USING ((owner = session_user OR shared) AND (SELECT pd.my_group()) IS NOT NULL);
CREATE POLICY own ON pd.filter_notice FOR SELECT TO pd_officer, pd_liaison
    USING (login = session_user AND (SELECT pd.my_group()) IS NOT NULL);
GRANT EXECUTE ON FUNCTION pd.save_filter(bigint, text, jsonb, boolean), pd.drop_filter(bigint),
    pd.watch_filter(bigint, integer), pd.look(bigint, boolean), pd.look_away(bigint) TO pd_officer, pd_liaison;
