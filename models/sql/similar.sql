-- Tickets of the person who rated another one. The contact stays behind the door: it is compared here, and only
-- ids come out, of tickets that whoever asks may see anyway.

-- The tickets whose contact on file has the same telephone number as this one's, the latest first, at most 200.
-- A name alone is no person. Officers are told of all, and the masked number, which is indexed, narrows the search;
-- a liaison of those that the own agency holds now, within 180 days of this one. For a liaison no row of another
-- agency is so much as touched: the server's counters of rows read, which everybody sees of the own transaction,
-- would tell else whether others have a ticket of this person.
CREATE FUNCTION pd.tickets_of_same_person(ticket bigint) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    mine text := pd.my_group();
    this ticket;
    own_agency bigint := pd.my_agency(); -- asked once, not for every row
    telephone text;
BEGIN
    PERFORM pd.require_group('officer', 'liaison');
    IF mine = 'officer' OR EXISTS (
            SELECT FROM assignment a
            WHERE a.ticket_id = tickets_of_same_person.ticket AND a.current AND a.agency_id = pd.my_agency()) THEN
        SELECT * INTO this FROM ticket t WHERE t.id = tickets_of_same_person.ticket;
    END IF;
    IF this.id IS NULL THEN
        RAISE EXCEPTION '没有这张工单，或您无权查看。' USING ERRCODE = 'PD003';
    END IF;
    telephone := (SELECT c.phone FROM pd.contact_of(this) c);
    IF this.contact_phone IS NULL OR pd.blank(telephone) THEN
        RETURN; -- nothing on file, or erased
    END IF;
    IF mine = 'officer' THEN
        RETURN QUERY
        SELECT t.id FROM ticket t, LATERAL pd.contact_of(t) c
        WHERE t.contact_phone = this.contact_phone AND t.id <> this.id AND c.phone = telephone
        ORDER BY t.opened_at DESC, t.id DESC LIMIT 200;
    ELSE
        RETURN QUERY
        WITH own AS MATERIALIZED (
            SELECT a.ticket_id FROM assignment a
            WHERE a.current AND a.agency_id = own_agency AND a.ticket_id <> this.id
              AND a.opened_at BETWEEN this.opened_at - INTERVAL '180 days' AND this.opened_at + INTERVAL '180 days'
            ORDER BY a.opened_at DESC LIMIT 2000),
        alike AS MATERIALIZED (
            SELECT x.t FROM own, LATERAL (SELECT t FROM ticket t WHERE t.id = own.ticket_id OFFSET 0) x
            WHERE (x.t).contact_phone = this.contact_phone)
        SELECT (k.t).id FROM alike k, LATERAL pd.contact_of(k.t) c
        WHERE c.phone = telephone
        ORDER BY (k.t).opened_at DESC, (k.t).id DESC LIMIT 200;
    END IF;
END $$;

GRANT EXECUTE ON FUNCTION pd.tickets_of_same_person(bigint) TO pd_officer, pd_liaison;
