-- Papers: their numbers, gapless within a year, and the names of the bodies that stand on them.

-- The next number of the year. Whoever takes one holds the kind until commit, so that none is left out or given
-- twice; a transaction that fails gives its number back because nobody has seen it.
CREATE FUNCTION pd.take_paper_number(paper_kind text, ticket bigint, round smallint, event bigint) RETURNS pd.paper
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    this_year smallint := extract(year FROM pd.today());
    made paper;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('pd.paper.' || paper_kind));
    INSERT INTO paper (kind, year, number, ticket_id, round, event_id, at, actor)
    SELECT paper_kind, this_year, coalesce(max(p.number), 0) + 1, ticket, take_paper_number.round, event, pd.now(), session_user
    FROM paper p WHERE p.kind = paper_kind AND p.year = this_year
    RETURNING * INTO made;
    RETURN made;
END $$;

-- A supervision has its number with the act itself.
CREATE FUNCTION pd.number_supervision() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    PERFORM pd.take_paper_number('supervise', NEW.ticket_id, coalesce((NEW.facts ->> 'round')::smallint, 0::smallint), NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER number_supervision AFTER INSERT ON pd.event
    FOR EACH ROW WHEN (NEW.action = 'supervise') EXECUTE FUNCTION pd.number_supervision();

-- The number of the round's dispatch paper: taken when it is first printed, the same at every reprint.
CREATE FUNCTION pd.number_dispatch(ticket_id bigint) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    asked ticket;
    made paper;
BEGIN
    PERFORM pd.require_group('officer');
    SELECT * INTO asked FROM ticket t WHERE t.id = number_dispatch.ticket_id FOR UPDATE;
    IF asked.id IS NULL THEN
        RAISE EXCEPTION '没有这张工单，或您无权办理。' USING ERRCODE = 'PD003';
    END IF;
    IF NOT EXISTS (SELECT FROM assignment a WHERE a.ticket_id = asked.id AND a.round = asked.round AND a.current) THEN
        RAISE EXCEPTION '工单没有转办，还没有转办单。' USING ERRCODE = 'PD001';
    END IF;
    SELECT * INTO made FROM paper p WHERE p.kind = 'dispatch' AND p.ticket_id = asked.id AND p.round = asked.round;
    IF NOT FOUND THEN
        made := pd.take_paper_number('dispatch', asked.id, asked.round, NULL);
        INSERT INTO event (at, actor, action, ticket_id, source, target, facts)
        VALUES (pd.now(), session_user, 'numbered', asked.id, asked.state, asked.state,
                jsonb_build_object('paper', made.kind, 'year', made.year, 'number', made.number, 'round', made.round));
        PERFORM pd.tell('tickets', asked.id);
    END IF;
    RETURN made.number;
END $$;

-- Names, address and telephone on papers: changed by the head of the centre, and on record.
CREATE FUNCTION pd.set_body(body_kind text, name text, address text, phone text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
BEGIN
    PERFORM pd.require_group('officer');
    IF NOT EXISTS (SELECT FROM app_user u WHERE u.login = session_user AND u.is_head) THEN
        RAISE EXCEPTION '只有中心负责人可以修改文书上的单位名称。' USING ERRCODE = 'PD003';
    END IF;
    IF (NOT pd.blank(name) AND length(name) <= 40 AND length(address) <= 100 AND phone ~ '^[0-9 +()（）-]{0,30}$'
        AND concat(name, address) !~ '[[:cntrl:]]') IS NOT TRUE THEN
        RAISE EXCEPTION '请填写单位名称（至多40字）、地址（至多100字）和电话。' USING ERRCODE = 'PD001';
    END IF;
    IF NOT EXISTS (SELECT FROM body b WHERE b.kind = body_kind) THEN
        RAISE EXCEPTION '没有这一类单位。' USING ERRCODE = 'PD001';
    END IF;
    -- What is already so is no change, and leaves no trace of one.
    UPDATE body b SET name = btrim(set_body.name), address = btrim(set_body.address), phone = btrim(set_body.phone)
    WHERE b.kind = body_kind AND (b.name, b.address, b.phone)
          IS DISTINCT FROM (btrim(set_body.name), btrim(set_body.address), btrim(set_body.phone));
    IF FOUND THEN
        PERFORM pd.tell('registry', NULL);
    END IF;
END $$;

CREATE TRIGGER note_update AFTER UPDATE ON pd.body REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION pd.note_configuration();

GRANT SELECT ON pd.paper TO pd_officer, pd_liaison;
GRANT SELECT ON pd.body TO pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor;
ALTER TABLE pd.paper ENABLE ROW LEVEL SECURITY;
CREATE POLICY officer ON pd.paper FOR SELECT TO pd_officer USING (true);
CREATE POLICY liaison ON pd.paper FOR SELECT TO pd_liaison USING (EXISTS (
    SELECT FROM pd.assignment a WHERE a.ticket_id = paper.ticket_id AND a.current
                                  AND a.agency_id = (SELECT pd.my_agency())));
GRANT EXECUTE ON FUNCTION pd.number_dispatch(bigint), pd.set_body(text, text, text, text) TO pd_officer;
