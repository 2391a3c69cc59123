-- The log that shows when it was touched. Every statement that writes events becomes one link of a chain, in
-- commit order: link = sha256(link before || number | time | sha256(the events)). Links are made at the very
-- end of a transaction, since one lock orders them all: an insert queues its events, the first deferred
-- trigger takes them from the queue, and only the second, after every other deferred one, takes the lock.

-- The words of an event that the chain is made of; models/rules/audit.py reads the same.
CREATE FUNCTION pd.event_line(e pd.event) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT jsonb_build_array(e.id, (extract(epoch FROM e.at) * 1000000)::bigint, e.actor, e.action, e.ticket_id,
                             e.source, e.target, e.facts)::text
$$;

CREATE FUNCTION pd.add_link(ids bigint[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '10s'
AS $$
DECLARE
    last event_link;
    place bigint;
    instant timestamptz := pd.now();
    content bytea;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        -- An older snapshot would not see the last link.
        RAISE EXCEPTION '请用普通事务（read committed）办理。' USING ERRCODE = 'PD001';
    END IF;
    SELECT sha256(convert_to(string_agg(pd.event_line(e), E'\n' ORDER BY e.id), 'UTF8')) INTO content
    FROM event e WHERE e.id = ANY (ids);
    PERFORM pg_advisory_xact_lock(hashtext('pd.chain'));
    SELECT * INTO last FROM event_link ORDER BY no DESC LIMIT 1;
    place := coalesce(last.no, 0) + 1;
    INSERT INTO event_link (no, at, events, digest, hash)
    VALUES (place, instant, ids, content, sha256(coalesce(last.hash, decode(repeat('00', 32), 'hex')) || convert_to(
        place || '|' || (extract(epoch FROM instant) * 1000000)::bigint || '|' || encode(content, 'hex'), 'UTF8')));
END $$;

CREATE FUNCTION pd.queue_events() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    INSERT INTO event_queue (id, events) SELECT min(id), array_agg(id ORDER BY id) FROM fresh HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE FUNCTION pd.take_from_queue() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    DELETE FROM event_queue WHERE id = NEW.id;
    RETURN NULL;
END $$;

CREATE FUNCTION pd.link_events() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    PERFORM pd.add_link(OLD.events);
    RETURN NULL;
END $$;

CREATE TRIGGER queue_events AFTER INSERT ON pd.event
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION pd.queue_events();
CREATE CONSTRAINT TRIGGER take_from_queue AFTER INSERT ON pd.event_queue
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pd.take_from_queue();
CREATE CONSTRAINT TRIGGER link_events AFTER DELETE ON pd.event_queue
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pd.link_events();

-- The newest link, as it is printed on backups and closes.
CREATE FUNCTION pd.audit_head() RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT coalesce((SELECT jsonb_build_object('no', no, 'hash', encode(hash, 'hex')) FROM event_link ORDER BY no DESC LIMIT 1),
                    jsonb_build_object('no', 0, 'hash', repeat('00', 32)))
$$;

-- One event of the log that belongs to no ticket.
CREATE FUNCTION pd.note(action text, facts jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$ INSERT INTO event (at, actor, action, facts) VALUES (pd.now(), session_user, action, jsonb_strip_nulls(facts)) $$;

-- What leaves the house is noted: what kind, how many rows, the file's sha256. Nothing else fits.
CREATE FUNCTION pd.log_export(kind text, facts jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    PERFORM pd.require_group('officer', 'liaison', 'bureau', 'admin', 'auditor');
    -- None of the three may be missing: a comparison with nothing would let it through.
    IF (kind ~ '^[a-z_]{1,40}$' AND facts ->> 'hash' ~ '^[0-9a-f]{64}$' AND facts ->> 'rows' ~ '^[0-9]{1,9}$') IS NOT TRUE THEN
        RAISE EXCEPTION '导出记录的格式不对。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pd.note('export', jsonb_build_object('kind', kind, 'rows', (facts ->> 'rows')::bigint, 'hash', facts ->> 'hash'));
END $$;

-- Configuration: every statement that changes it, whoever typed it, leaves the number of rows and their hash.
CREATE FUNCTION pd.note_configuration() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    INSERT INTO event (at, actor, action, facts)
    SELECT pd.now(), session_user, 'configured', jsonb_build_object('table', TG_TABLE_NAME, 'op', lower(TG_OP), 'rows', count(*),
        'hash', encode(sha256(convert_to(string_agg(c::text, E'\n' ORDER BY c::text), 'UTF8')), 'hex'))
    FROM changed c HAVING count(*) > 0;
    RETURN NULL;
END $$;

DO $$
DECLARE
    place text;
BEGIN
    FOREACH place IN ARRAY ARRAY['rule_set', 'calendar_day', 'calendar_year', 'label_code', 'ticket_transition', 'suggestion_transition', 'appeal_transition'] LOOP
        EXECUTE format('CREATE TRIGGER note_insert AFTER INSERT ON pd.%I REFERENCING NEW TABLE AS changed'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION pd.note_configuration()', place);
        EXECUTE format('CREATE TRIGGER note_update AFTER UPDATE ON pd.%I REFERENCING NEW TABLE AS changed'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION pd.note_configuration()', place);
        EXECUTE format('CREATE TRIGGER note_delete AFTER DELETE ON pd.%I REFERENCING OLD TABLE AS changed'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION pd.note_configuration()', place);
    END LOOP;
END $$;

-- People: each row that changes, whoever changed it.
CREATE FUNCTION pd.note_person() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    who app_user := coalesce(NEW, OLD);
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.login, OLD.name, OLD.group_name, OLD.agency_id, OLD.is_head, OLD.active)
                            IS NOT DISTINCT FROM (NEW.login, NEW.name, NEW.group_name, NEW.agency_id, NEW.is_head, NEW.active) THEN
        RETURN NULL; -- a password: noted where it is changed
    END IF;
    PERFORM pd.note('person_changed', jsonb_build_object('op', lower(TG_OP), 'login', who.login, 'group', who.group_name,
        'agency', who.agency_id, 'head', who.is_head, 'active', who.active,
        'name_hash', encode(sha256(convert_to(who.name, 'UTF8')), 'hex')));
    PERFORM pd.tell('people', NULL);
    RETURN NULL;
END $$;

CREATE TRIGGER note_person AFTER INSERT OR UPDATE OR DELETE ON pd.app_user
    FOR EACH ROW EXECUTE FUNCTION pd.note_person();

-- Called at the end of every upgrade: what stands now is written down and logged. The events of a database that
-- had no chain yet become its first link.
CREATE FUNCTION pd.standing(old_revision text, new_revision text, fingerprint text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    UPDATE instance SET code = fingerprint;
    IF NOT EXISTS (SELECT FROM event_link) AND EXISTS (SELECT FROM event) THEN
        PERFORM pd.add_link(ARRAY(SELECT id FROM event ORDER BY id));
    END IF;
    PERFORM pd.note('upgraded', jsonb_build_object('from', old_revision, 'to', new_revision, 'code', fingerprint));
END $$;
