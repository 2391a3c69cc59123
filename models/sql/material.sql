-- Material of a rectification: files. A file comes in parts within one transaction, so that the person sees how far
-- it is and nothing is left of one that broke off. Its bytes are kept once, and nobody may read that table: they are
-- given under the rights of a ticket they hang on.

CREATE FUNCTION pd.largest_attachment() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT 20 * 1024 * 1024 $$;

-- What a file is, by its content and never by its name; none where we take no such files. The same as in
-- app/tickets/files.py, which also looks into the directories of archives.
CREATE FUNCTION pd.kind_of_file(content bytea) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE
        WHEN substring(content FROM 1 FOR 8) = '\x89504e470d0a1a0a' THEN 'png'
        WHEN substring(content FROM 1 FOR 3) = '\xffd8ff' THEN 'jpg'
        WHEN position('\x255044462d'::bytea IN substring(content FROM 1 FOR 1024)) > 0 THEN 'pdf'
        WHEN substring(content FROM 1 FOR 4) = '\x504b0304' AND position(convert_to('word/document.xml', 'UTF8') IN content) > 0 THEN 'docx'
        WHEN substring(content FROM 1 FOR 4) = '\x504b0304' AND position(convert_to('xl/workbook.xml', 'UTF8') IN content) > 0 THEN 'xlsx'
        -- Names in the directory of an OLE file, in UTF-16: WordDocument, Workbook, Book.
        WHEN substring(content FROM 1 FOR 8) = '\xd0cf11e0a1b11ae1' THEN CASE
            WHEN position('\x57006f007200640044006f00630075006d0065006e007400'::bytea IN content) > 0 THEN 'doc'
            WHEN position('\x57006f0072006b0062006f006f006b00'::bytea IN content) > 0
                 OR position('\x42006f006f006b000000'::bytea IN content) > 0 THEN 'xls' END
    END
$$;

-- The ticket on which the connected liaison may change files now, locked: it is being rectified, and their agency
-- leads it or helps. The lock puts a file before or after a submission, never beside it.
CREATE FUNCTION pd.ticket_to_fill(ticket_id bigint) RETURNS pd.ticket
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    found ticket;
BEGIN
    PERFORM pd.require_group('liaison');
    SELECT * INTO found FROM ticket t WHERE t.id = ticket_to_fill.ticket_id FOR UPDATE;
    IF NOT EXISTS (SELECT FROM assignment a WHERE a.ticket_id = found.id AND a.current AND a.agency_id = pd.my_agency()) THEN
        RAISE EXCEPTION '没有这张工单，或您无权办理。' USING ERRCODE = 'PD003';
    END IF;
    IF found.state <> 'rectifying' THEN
        RAISE EXCEPTION '只有整改中的工单可以添加或移除附件。' USING ERRCODE = 'PD001';
    END IF;
    RETURN found;
END $$;

-- One part of a file on its way. What an earlier file left, because its transaction ended before, is swept out.
CREATE FUNCTION pd.attach_part(upload uuid, no integer, part bytea) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    PERFORM pd.require_group('officer', 'liaison'); -- officers attach evidence of appeals
    IF upload IS NULL OR no IS NULL OR part IS NULL OR no < 0 OR length(part) > 1024 * 1024 THEN
        RAISE EXCEPTION '附件的分段格式不对。' USING ERRCODE = 'PD001';
    END IF;
    DELETE FROM attachment_part p WHERE p.actor = session_user AND p.upload <> attach_part.upload;
    IF EXISTS (SELECT FROM attachment_part p WHERE p.upload = attach_part.upload AND (p.actor <> session_user OR p.no >= attach_part.no)) THEN
        RAISE EXCEPTION '附件的分段次序不对，请重新添加。' USING ERRCODE = 'PD001';
    END IF;
    IF coalesce((SELECT sum(length(p.part)) FROM attachment_part p WHERE p.upload = attach_part.upload), 0) + length(part)
       > pd.largest_attachment() THEN
        RAISE EXCEPTION '附件超过 20 MB，请压缩或分开后再添加。' USING ERRCODE = 'PD001';
    END IF;
    INSERT INTO attachment_part (upload, no, actor, part) VALUES (upload, no, session_user, part);
END $$;

-- The file that the parts make: of a kind we take, under a name that may stand. Its bytes are kept once.
CREATE FUNCTION pd.uploaded(upload uuid, name text, OUT mark bytea, OUT kind text, OUT size integer)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    content bytea := (SELECT string_agg(p.part, ''::bytea ORDER BY p.no) FROM attachment_part p
                      WHERE p.upload = uploaded.upload AND p.actor = session_user);
BEGIN
    mark := sha256(content);
    kind := pd.kind_of_file(content);
    size := length(content);
    IF content IS NULL OR length(content) = 0 THEN
        RAISE EXCEPTION '附件是空的（0 字节），没有添加。' USING ERRCODE = 'PD001';
    END IF;
    IF kind IS NULL THEN
        RAISE EXCEPTION '附件只收图片（PNG、JPG）、PDF、Word、Excel 和 WPS 文件。' USING ERRCODE = 'PD001';
    END IF;
    IF pd.blank(name) OR length(name) > 120 OR name ~ '[\\/:*?"<>|]' OR name ~ '[[:cntrl:]\u200E\u200F\u202A-\u202E\u2066-\u2069]' THEN
        RAISE EXCEPTION '附件的文件名不对，请改名后再添加。' USING ERRCODE = 'PD001';
    END IF;
    INSERT INTO attachment_content (hash, content) VALUES (mark, content) ON CONFLICT (hash) DO NOTHING;
    DELETE FROM attachment_part p WHERE p.actor = session_user;
END $$;

-- Bytes that no file has any more go. Whoever attaches the same bytes at this moment holds the row: their file is seen
-- once they are done.
CREATE FUNCTION pd.forget_content(mark bytea) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    PERFORM FROM attachment_content c WHERE c.hash = mark FOR UPDATE;
    DELETE FROM attachment_content c WHERE c.hash = mark
        AND NOT EXISTS (SELECT FROM attachment a WHERE a.hash = c.hash)
        AND NOT EXISTS (SELECT FROM appeal_file f WHERE f.hash = c.hash);
END $$;

-- Makes the parts a file of the connected agency in the ticket's round. Twins and the limit are its own: what
-- another agency holds is not told, and takes no room.
CREATE FUNCTION pd.attach(ticket_id bigint, upload uuid, name text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    ticket ticket := pd.ticket_to_fill(attach.ticket_id);
    file record;
    twin text;
    made bigint;
BEGIN
    SELECT * INTO file FROM pd.uploaded(upload, name);
    SELECT a.name INTO twin FROM attachment a
    WHERE a.ticket_id = ticket.id AND a.round = ticket.round AND a.agency_id = pd.my_agency() AND a.hash = file.mark;
    IF FOUND THEN
        RAISE EXCEPTION '内容相同的附件已经添加过（%），没有再添加。', twin USING ERRCODE = 'PD001';
    END IF;
    IF (SELECT count(*) FROM attachment a
        WHERE a.ticket_id = ticket.id AND a.round = ticket.round AND a.agency_id = pd.my_agency()) >= 20 THEN
        RAISE EXCEPTION '每个单位每轮至多 20 个附件，请先移除不需要的。' USING ERRCODE = 'PD001';
    END IF;
    INSERT INTO attachment (ticket_id, round, agency_id, name, kind, size, hash, added_at, added_by)
    VALUES (ticket.id, ticket.round, pd.my_agency(), attach.name, file.kind, file.size, file.mark, pd.now(), session_user)
    RETURNING id INTO made;
    PERFORM pd.note_attachment('attached', made);
    RETURN made;
END $$;

-- The event of a file that came or went: ids, kind and hash; its name may name people and stays out.
CREATE FUNCTION pd.note_attachment(action text, attachment bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    file attachment := (SELECT a FROM attachment a WHERE a.id = attachment);
BEGIN
    INSERT INTO event (at, actor, action, ticket_id, source, target, facts)
    SELECT pd.now(), session_user, action, t.id, t.state, t.state,
           jsonb_build_object('round', file.round, 'attachment', file.id, 'file_kind', file.kind, 'size', file.size,
                              'hash', encode(file.hash, 'hex'))
    FROM ticket t WHERE t.id = file.ticket_id;
    PERFORM pd.tell('tickets', file.ticket_id);
END $$;

-- Takes a file back, as long as it was not handed in.
CREATE FUNCTION pd.detach(attachment bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    file attachment := (SELECT a FROM attachment a WHERE a.id = detach.attachment);
BEGIN
    PERFORM pd.ticket_to_fill(file.ticket_id);
    -- Again, now that nobody else is at it.
    SELECT * INTO file FROM attachment a WHERE a.id = detach.attachment;
    IF file.id IS NULL THEN
        RAISE EXCEPTION '没有这个附件，或已经移除。' USING ERRCODE = 'PD001';
    END IF;
    IF file.agency_id <> pd.my_agency() THEN
        RAISE EXCEPTION '附件由添加它的单位移除。' USING ERRCODE = 'PD003';
    END IF;
    IF file.rectification_id IS NOT NULL THEN
        RAISE EXCEPTION '已随整改材料提交的附件不能移除。' USING ERRCODE = 'PD001';
    END IF;
    PERFORM pd.note_attachment('detached', file.id);
    DELETE FROM attachment a WHERE a.id = file.id;
    PERFORM pd.forget_content(file.hash);
END $$;

-- A file's bytes, for whoever sees its ticket.
CREATE FUNCTION pd.attachment_content(attachment bigint) RETURNS bytea
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    answer bytea;
BEGIN
    PERFORM pd.require_group('officer', 'liaison');
    SELECT c.content INTO answer
    FROM attachment a JOIN attachment_content c ON c.hash = a.hash
    WHERE a.id = attachment_content.attachment AND (pd.my_group() = 'officer' OR EXISTS (
        SELECT FROM assignment s WHERE s.ticket_id = a.ticket_id AND s.current AND s.agency_id = pd.my_agency()));
    IF NOT FOUND THEN
        RAISE EXCEPTION '没有这个附件，或您无权查看。' USING ERRCODE = 'PD003';
    END IF;
    RETURN answer;
END $$;

-- What lies ready goes with the submission, the co-agencies' files as well; each stays its agency's.
CREATE FUNCTION pd.hand_in_attachments(ticket pd.ticket, rectification bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    UPDATE attachment SET rectification_id = rectification
    WHERE ticket_id = ticket.id AND round = ticket.round AND rectification_id IS NULL
$$;

-- The hashes of what went with the last submission, for its event.
CREATE FUNCTION pd.attachment_hashes(ticket pd.ticket) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT coalesce(jsonb_agg(encode(a.hash, 'hex') ORDER BY a.id), '[]') FROM attachment a
    WHERE a.ticket_id = ticket.id
      AND a.rectification_id = (SELECT max(r.id) FROM rectification r WHERE r.ticket_id = ticket.id)
$$;

-- The list of causes is configuration: each change of it is logged.
CREATE TRIGGER note_insert AFTER INSERT ON pd.cause_code REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION pd.note_configuration();
CREATE TRIGGER note_update AFTER UPDATE ON pd.cause_code REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION pd.note_configuration();
CREATE TRIGGER note_delete AFTER DELETE ON pd.cause_code REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION pd.note_configuration();

GRANT SELECT ON pd.cause_code TO pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor;
GRANT SELECT ON pd.attachment TO pd_officer, pd_liaison;
ALTER TABLE pd.attachment ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.attachment_content ENABLE ROW LEVEL SECURITY;
ALTER TABLE pd.attachment_part ENABLE ROW LEVEL SECURITY;
CREATE POLICY officer ON pd.attachment FOR SELECT TO pd_officer USING (true);
CREATE POLICY liaison ON pd.attachment FOR SELECT TO pd_liaison USING (EXISTS (
    SELECT FROM pd.assignment a WHERE a.ticket_id = attachment.ticket_id AND a.current
                                  AND a.agency_id = (SELECT pd.my_agency())));
GRANT EXECUTE ON FUNCTION pd.attach(bigint, uuid, text), pd.detach(bigint) TO pd_liaison;
GRANT EXECUTE ON FUNCTION pd.attach_part(uuid, integer, bytea), pd.attachment_content(bigint) TO pd_officer, pd_liaison;
