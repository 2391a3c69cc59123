-- Who may read what. Nobody may write a table: acts go through pd.act, files through the loaders.
-- Row security is enabled and not forced: forced, it would blind the owner's own functions.

-- Open to all five groups: what the work needs and what names nobody who rated.
GRANT SELECT ON pd.agency, pd.hall, pd.counter, pd.staff_member, pd.responsible_office, pd.service_item,
    pd.app_user, pd.calendar_day, pd.calendar_year, pd.rule_set, pd.label_code, pd.ticket_transition,
    pd.tally, pd.tally_staff, pd.tally_ticket, pd.summary_count, pd.rating_cover
    TO pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor;

-- Tickets and what hangs on them: officers all, liaisons what their agency holds now, as lead or co-agency.
-- The rater's own data (pd.rater), reveals, verifiers that wait, the queue of the log and the answers of commands
-- are granted to nobody.
GRANT SELECT ON pd.ticket, pd.assignment, pd.rectification, pd.event, pd.event_text, pd.rating, pd.rating_revision, pd.ticket_revision,
    pd.change TO pd_officer, pd_liaison;
GRANT SELECT ON pd.event, pd.event_text TO pd_auditor;
-- The log names tickets by their id; an auditor must be able to ask an agency for one by its number.
GRANT SELECT (id, number) ON pd.ticket TO pd_auditor;
GRANT SELECT ON pd.event_link, pd.person_request TO pd_admin, pd_auditor;
GRANT SELECT ON pd.import_batch TO pd_officer, pd_admin, pd_auditor;
-- The feed: whoever sees no ticket still hears of the registry, the calendar, people and imports.
GRANT SELECT ON pd.change TO pd_bureau, pd_admin, pd_auditor;
-- Which programs may still work with this database.
GRANT SELECT (oldest_client) ON pd.instance TO pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor;

ALTER TABLE pd.ticket ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.assignment ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.rectification ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.event ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.event_text ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.rating ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.rating_revision ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.ticket_revision ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.rater ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.change ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.command_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.reveal ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.person_request_secret ENABLE ROW LEVEL SECURITY;

CREATE POLICY officer ON pd.ticket FOR SELECT TO pd_officer USING (true);
CREATE POLICY officer ON pd.assignment FOR SELECT TO pd_officer USING (true);
CREATE POLICY officer ON pd.rectification FOR SELECT TO pd_officer USING (true);
CREATE POLICY officer ON pd.event FOR SELECT TO pd_officer USING (true);
CREATE POLICY officer ON pd.event_text FOR SELECT TO pd_officer USING (true);
CREATE POLICY officer ON pd.rating FOR SELECT TO pd_officer USING (true);
CREATE POLICY officer ON pd.rating_revision FOR SELECT TO pd_officer USING (true);
CREATE POLICY officer ON pd.ticket_revision FOR SELECT TO pd_officer USING (true);
CREATE POLICY officer ON pd.change FOR SELECT TO pd_officer USING (true);
CREATE POLICY auditor ON pd.ticket FOR SELECT TO pd_auditor USING (true);
CREATE POLICY auditor ON pd.event FOR SELECT TO pd_auditor USING (true);
-- Of the words only why somebody's contact was looked up.
CREATE POLICY auditor ON pd.event_text FOR SELECT TO pd_auditor USING (EXISTS (
    SELECT FROM pd.event e WHERE e.id = event_text.event_id AND e.action = 'reveal_contact'));
CREATE POLICY others ON pd.change FOR SELECT TO pd_bureau, pd_admin, pd_auditor USING (ticket_id IS NULL);

-- A liaison who was disabled keeps the login until it is dropped, but my_agency() is then null: no rows.
CREATE POLICY liaison ON pd.ticket FOR SELECT TO pd_liaison USING (EXISTS (
    SELECT FROM pd.assignment a WHERE a.ticket_id = ticket.id AND a.current AND a.agency_id = (SELECT pd.my_agency())));
CREATE POLICY liaison ON pd.assignment FOR SELECT TO pd_liaison
    USING (current AND agency_id = (SELECT pd.my_agency()));
CREATE POLICY liaison ON pd.rectification FOR SELECT TO pd_liaison USING (EXISTS (
    SELECT FROM pd.assignment a WHERE a.ticket_id = rectification.ticket_id AND a.current
                                  AND a.agency_id = (SELECT pd.my_agency())));
CREATE POLICY liaison ON pd.event FOR SELECT TO pd_liaison USING (EXISTS (
    SELECT FROM pd.assignment a WHERE a.ticket_id = event.ticket_id AND a.current
                                  AND a.agency_id = (SELECT pd.my_agency())));
CREATE POLICY liaison ON pd.event_text FOR SELECT TO pd_liaison USING (EXISTS (
    SELECT FROM pd.assignment a WHERE a.ticket_id = event_text.ticket_id AND a.current
                                  AND a.agency_id = (SELECT pd.my_agency())));
CREATE POLICY liaison ON pd.rating FOR SELECT TO pd_liaison USING (EXISTS (
    SELECT FROM pd.assignment a WHERE a.ticket_id = rating.ticket_id AND a.current
                                  AND a.agency_id = (SELECT pd.my_agency())));
CREATE POLICY liaison ON pd.rating_revision FOR SELECT TO pd_liaison USING (EXISTS (
    SELECT FROM pd.rating r WHERE r.id = rating_revision.rating_id));
CREATE POLICY liaison ON pd.ticket_revision FOR SELECT TO pd_liaison USING (EXISTS (
    SELECT FROM pd.assignment a WHERE a.ticket_id = ticket_revision.ticket_id AND a.current
                                  AND a.agency_id = (SELECT pd.my_agency())));
-- Named persons' ratings are their own agency's matter, and the centre's (Art. 26).
ALTER TABLE pd.tally_staff ENABLE ROW LEVEL SECURITY;
CREATE POLICY others ON pd.tally_staff FOR SELECT TO pd_officer, pd_bureau, pd_admin, pd_auditor USING (true);
CREATE POLICY liaison ON pd.tally_staff FOR SELECT TO pd_liaison USING (staff_id IN (
    SELECT m.id FROM pd.staff_member m WHERE m.agency_id = (SELECT pd.my_agency())));
CREATE POLICY liaison ON pd.change FOR SELECT TO pd_liaison USING (ticket_id IS NULL OR EXISTS (
    SELECT FROM pd.assignment a WHERE a.ticket_id = change.ticket_id AND a.current
                                  AND a.agency_id = (SELECT pd.my_agency())));

GRANT EXECUTE ON FUNCTION pd.now(), pd.today(), pd.local_day(timestamptz), pd.local_midnight(date),
    pd.month_of(timestamptz), pd.my_agency(), pd.my_group(), pd.due(date, integer), pd.is_provisional(date, date),
    pd.days_left(date, date), pd.rule_number(text, date), pd.grams(text), pd.gram_query(text), pd.set_now(timestamptz)
    TO pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor;
GRANT EXECUTE ON FUNCTION pd.act(bigint, integer, text, jsonb, uuid), pd.answer_of(bigint, uuid), pd.reveal_contact(bigint, text),
    pd.revealed_contact(bigint) TO pd_officer, pd_liaison;
GRANT EXECUTE ON FUNCTION pd.change_own_password(text), pd.audit_head(), pd.log_export(text, jsonb), pd.free_the_way()
    TO pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor;
GRANT EXECUTE ON FUNCTION pd.event_line(pd.event) TO pd_officer, pd_auditor;
GRANT EXECUTE ON FUNCTION pd.administer(text, text, jsonb), pd.decide_request(bigint, boolean), pd.disconnect_disabled()
    TO pd_admin;
GRANT EXECUTE ON FUNCTION pd.rebuild_tally(), pd.import_notice(jsonb, text) TO pd_officer, pd_admin;
