-- People: each a login role in exactly one group. Admins make and change them through one door, and nobody
-- makes themselves more than they are: whatever gives somebody the rights of an officer, an admin or an auditor
-- waits until a second admin confirms it. Passwords arrive as SCRAM verifiers: the database never sees one.

-- What a login may be called: it stands in connection strings and in the log.
CREATE FUNCTION pd.check_login(login text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    IF coalesce(login, '') !~ '^[a-z][a-z0-9._-]{1,30}$' OR login ~ '^(pg|pd)_' OR login IN ('postgres', 'public', 'none') THEN
        RAISE EXCEPTION '账号由小写字母开头，只用小写字母、数字、点、横线和下划线，2至31个字符。' USING ERRCODE = 'PD001';
    END IF;
END $$;

CREATE FUNCTION pd.check_verifier(verifier text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    IF coalesce(verifier, '') !~ '^SCRAM-SHA-256\$[0-9]{4,7}:[A-Za-z0-9+/]{16,64}={0,2}\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$'
       OR split_part(split_part(verifier, '$', 2), ':', 1)::integer < 4096 THEN
        RAISE EXCEPTION '密码的校验值格式不对。' USING ERRCODE = 'PD001';
    END IF;
END $$;

-- Name, group and agency as they should be for a person.
CREATE FUNCTION pd.check_person(name text, group_name text, agency bigint, is_head boolean) RETURNS void
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    IF pd.blank(name) OR length(name) > 40 THEN
        RAISE EXCEPTION '请填写姓名（至多40字）。' USING ERRCODE = 'PD001';
    END IF;
    IF coalesce(group_name NOT IN ('officer', 'liaison', 'bureau', 'admin', 'auditor'), true) THEN
        RAISE EXCEPTION '请选择人员类别。' USING ERRCODE = 'PD001';
    END IF;
    IF (group_name = 'liaison') <> (agency IS NOT NULL)
       OR agency IS NOT NULL AND NOT EXISTS (SELECT FROM agency a WHERE a.id = check_person.agency) THEN
        RAISE EXCEPTION '单位责任人须选择所在单位，其他人员不选。' USING ERRCODE = 'PD001';
    END IF;
    IF is_head AND group_name <> 'officer' THEN
        RAISE EXCEPTION '只有中心责任人可以标为负责人。' USING ERRCODE = 'PD001';
    END IF;
END $$;

-- Makes a person: role, group, the right to connect here, the row. `adopt`: a role that another database of
-- this server made is taken over, where it is in this very group and in nothing else.
CREATE FUNCTION pd.make_person(login text, name text, group_name text, agency bigint, is_head boolean, verifier text,
                               must_change boolean, adopt boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    role_name text := 'pd_' || group_name;
    known pg_roles;
BEGIN
    PERFORM pd.check_login(login);
    PERFORM pd.check_person(name, group_name, agency, is_head);
    SELECT * INTO known FROM pg_roles WHERE rolname = login;
    IF known.oid IS NULL THEN
        EXECUTE format('CREATE ROLE %I LOGIN CONNECTION LIMIT 12', login);
        EXECUTE format('GRANT %I TO %I', role_name, login);
    ELSIF NOT adopt OR known.rolsuper OR known.rolcreaterole OR known.rolcreatedb OR known.rolreplication OR known.rolbypassrls
          OR ARRAY(SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = known.oid) <> ARRAY[role_name::name] THEN
        RAISE EXCEPTION '账号“%”在服务器上已经存在，请换一个。', login USING ERRCODE = 'PD001';
    END IF;
    IF verifier IS NOT NULL THEN
        PERFORM pd.check_verifier(verifier);
        EXECUTE format('ALTER ROLE %I PASSWORD %L', login, verifier);
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), login);
    INSERT INTO app_user (login, name, group_name, agency_id, is_head, must_change_password, created_at)
    VALUES (login, btrim(name), group_name, agency, is_head, must_change, pd.now());
END $$;

-- Whether an action gives somebody the rights of an officer, an admin or an auditor.
CREATE FUNCTION pd.needs_second(action text, person pd.app_user, facts jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT action IN ('regroup', 'set_head')
        OR action IN ('create', 'enable', 'reset_password')
           AND coalesce(person.group_name, facts ->> 'group') IN ('officer', 'admin', 'auditor')
$$;

-- Whether an action makes sense for a person as they are; raises the sentence.
CREATE FUNCTION pd.check_administration(action text, login text, person pd.app_user, facts jsonb) RETURNS void
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    IF coalesce(action NOT IN ('create', 'rename', 'move', 'regroup', 'set_head', 'disable', 'enable', 'reset_password'), true)
       OR jsonb_typeof(facts) IS DISTINCT FROM 'object' OR octet_length(facts::text) > 4000 THEN
        RAISE EXCEPTION '不认识这项人员操作，或填写的内容格式不对。' USING ERRCODE = 'PD001';
    END IF;
    IF action = 'create' AND (person.login IS NOT NULL OR EXISTS (SELECT FROM pg_roles WHERE rolname = check_administration.login)) THEN
        RAISE EXCEPTION '账号“%”已经存在，请换一个。', login USING ERRCODE = 'PD001';
    ELSIF action <> 'create' AND person.login IS NULL THEN
        RAISE EXCEPTION '没有“%”这个人员。', login USING ERRCODE = 'PD001';
    END IF;
    IF action IN ('create', 'reset_password') THEN
        PERFORM pd.check_verifier(facts ->> 'verifier');
    END IF;
    CASE action
        WHEN 'create' THEN
            PERFORM pd.check_login(login);
            PERFORM pd.check_person(facts ->> 'name', facts ->> 'group', (facts ->> 'agency')::bigint, coalesce((facts ->> 'is_head')::boolean, false));
        WHEN 'rename' THEN
            PERFORM pd.check_person(facts ->> 'name', person.group_name, person.agency_id, person.is_head);
        WHEN 'move' THEN
            IF person.group_name <> 'liaison' THEN
                RAISE EXCEPTION '只有单位责任人可以调换单位。' USING ERRCODE = 'PD001';
            END IF;
            PERFORM pd.check_person(person.name, 'liaison', (facts ->> 'agency')::bigint, false);
        WHEN 'regroup' THEN
            PERFORM pd.check_person(person.name, facts ->> 'group', (facts ->> 'agency')::bigint, coalesce((facts ->> 'is_head')::boolean, false));
            IF facts ->> 'group' = person.group_name THEN
                RAISE EXCEPTION '人员已经是这个类别。' USING ERRCODE = 'PD001';
            END IF;
        WHEN 'set_head' THEN
            PERFORM pd.check_person(person.name, person.group_name, person.agency_id, (facts ->> 'is_head')::boolean);
            IF (facts ->> 'is_head')::boolean IS NOT DISTINCT FROM person.is_head THEN
                RAISE EXCEPTION '负责人标记没有变化。' USING ERRCODE = 'PD001';
            END IF;
        ELSE
            IF action = 'disable' AND NOT person.active OR action = 'enable' AND person.active THEN
                RAISE EXCEPTION '人员已经是这个状态。' USING ERRCODE = 'PD001';
            END IF;
    END CASE;
    IF action IN ('disable', 'regroup') AND person.group_name = 'admin' AND person.active
       AND (SELECT count(*) FROM app_user WHERE group_name = 'admin' AND active) <= 1 THEN
        RAISE EXCEPTION '这是最后一名在用的管理员，不能停用或改类别。' USING ERRCODE = 'PD001';
    END IF;
END $$;

-- Carries an action out. Who is disabled, regrouped or given a new password is disconnected.
CREATE FUNCTION pd.apply_administration(action text, login text, facts jsonb, verifier text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
DECLARE
    old text := (SELECT u.group_name FROM app_user u WHERE u.login = apply_administration.login);
BEGIN
    CASE action
        WHEN 'create' THEN
            PERFORM pd.make_person(login, facts ->> 'name', facts ->> 'group', (facts ->> 'agency')::bigint,
                                   coalesce((facts ->> 'is_head')::boolean, false), verifier, true, false);
        WHEN 'rename' THEN
            UPDATE app_user u SET name = btrim(facts ->> 'name') WHERE u.login = apply_administration.login;
        WHEN 'move' THEN
            UPDATE app_user u SET agency_id = (facts ->> 'agency')::bigint WHERE u.login = apply_administration.login;
        WHEN 'regroup' THEN
            EXECUTE format('REVOKE %I FROM %I', 'pd_' || old, login);
            EXECUTE format('GRANT %I TO %I', 'pd_' || (facts ->> 'group'), login);
            IF EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles p ON p.oid = m.member JOIN pg_roles g ON g.oid = m.roleid
                       WHERE p.rolname = login AND g.rolname <> 'pd_' || (facts ->> 'group')) THEN
                RAISE EXCEPTION '账号在服务器上还有别的身份，请数据库管理员检查。' USING ERRCODE = 'PD001';
            END IF;
            UPDATE app_user u SET group_name = facts ->> 'group', agency_id = (facts ->> 'agency')::bigint,
                                  is_head = coalesce((facts ->> 'is_head')::boolean, false)
            WHERE u.login = apply_administration.login;
        WHEN 'set_head' THEN
            UPDATE app_user u SET is_head = (facts ->> 'is_head')::boolean WHERE u.login = apply_administration.login;
        WHEN 'disable' THEN
            EXECUTE format('ALTER ROLE %I NOLOGIN', login);
            UPDATE app_user u SET active = false, disabled_at = pd.now() WHERE u.login = apply_administration.login;
        WHEN 'enable' THEN
            EXECUTE format('ALTER ROLE %I LOGIN', login);
            UPDATE app_user u SET active = true, disabled_at = NULL WHERE u.login = apply_administration.login;
        WHEN 'reset_password' THEN
            PERFORM pd.check_verifier(verifier);
            EXECUTE format('ALTER ROLE %I PASSWORD %L', login, verifier);
            UPDATE app_user u SET must_change_password = true WHERE u.login = apply_administration.login;
            PERFORM pd.note('password_reset', jsonb_build_object('login', login));
            PERFORM pd.tell('people', NULL);
    END CASE;
    IF action IN ('disable', 'regroup', 'reset_password') THEN
        PERFORM pg_terminate_backend(a.pid) FROM pg_stat_activity a WHERE a.usename = login AND a.pid <> pg_backend_pid();
    END IF;
END $$;

-- Ends sessions of people who are disabled; once more after the commit, for one that was just connecting.
CREATE FUNCTION pd.disconnect_disabled() RETURNS integer
    LANGUAGE sql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    SELECT count(*) FILTER (WHERE pg_terminate_backend(a.pid))::integer
    FROM pg_stat_activity a JOIN app_user u ON u.login = a.usename
    WHERE NOT u.active AND a.datname = current_database() AND a.pid <> pg_backend_pid()
$$;

CREATE FUNCTION pd.administer(action text, login text, facts jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    person app_user;
    request bigint;
BEGIN
    -- Asked with the lock in hand: who waited for it may have been disabled meanwhile.
    PERFORM pg_advisory_xact_lock(hashtext('pd.people'));
    PERFORM pd.require_group('admin');
    IF login = session_user THEN
        RAISE EXCEPTION '不能给自己办理，请由另一名管理员办理。' USING ERRCODE = 'PD003';
    END IF;
    SELECT * INTO person FROM app_user u WHERE u.login = administer.login;
    facts := coalesce(facts, '{}');
    BEGIN
        PERFORM pd.check_administration(action, login, person, facts);
    EXCEPTION WHEN data_exception THEN
        RAISE EXCEPTION '填写的内容格式不对。' USING ERRCODE = 'PD001';
    END;
    IF NOT pd.needs_second(action, person, facts) THEN
        PERFORM pd.apply_administration(action, login, facts, facts ->> 'verifier');
        RETURN jsonb_build_object('login', login, 'done', true);
    END IF;
    IF EXISTS (SELECT FROM person_request r WHERE r.login = administer.login AND r.outcome IS NULL AND r.expires_at > pd.now()) THEN
        RAISE EXCEPTION '这名人员已有一项申请等待确认，请先处理。' USING ERRCODE = 'PD001';
    END IF;
    INSERT INTO person_request (action, login, facts, requested_by, requested_at, expires_at)
    VALUES (action, login, facts - 'verifier', session_user, pd.now(), pd.now() + INTERVAL '7 days')
    RETURNING id INTO request;
    INSERT INTO person_request_secret (request_id, verifier) SELECT request, facts ->> 'verifier' WHERE facts ? 'verifier';
    PERFORM pd.note('person_requested', jsonb_build_object('request', request, 'what', action, 'login', login,
        'group', coalesce(facts ->> 'group', person.group_name)));
    PERFORM pd.tell('people', NULL);
    RETURN jsonb_build_object('login', login, 'done', false, 'request', request);
END $$;

-- Confirms or refuses what another admin asked for; who asked may only take it back.
CREATE FUNCTION pd.decide_request(request bigint, accept boolean) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
    asked person_request;
    person app_user;
    verdict text;
    secret text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('pd.people'));
    PERFORM pd.require_group('admin');
    SELECT * INTO asked FROM person_request r WHERE r.id = decide_request.request FOR UPDATE;
    IF asked.id IS NULL OR asked.outcome IS NOT NULL OR asked.expires_at <= pd.now() THEN
        RAISE EXCEPTION '没有这项待确认的申请，或已处理、已过期。' USING ERRCODE = 'PD001';
    END IF;
    IF accept IS NULL OR accept AND session_user IN (asked.requested_by, asked.login) THEN
        RAISE EXCEPTION '申请须由另一名管理员确认，本人和申请人不能确认。' USING ERRCODE = 'PD003';
    END IF;
    DELETE FROM person_request_secret s WHERE s.request_id = asked.id RETURNING s.verifier INTO secret;
    IF accept THEN
        SELECT * INTO person FROM app_user u WHERE u.login = asked.login;
        PERFORM pd.check_administration(asked.action, asked.login, person,
                                        asked.facts || CASE WHEN secret IS NULL THEN '{}' ELSE jsonb_build_object('verifier', secret) END);
        -- Who asked must still be an admin: a request does not outlive its asker's rights.
        IF NOT EXISTS (SELECT FROM app_user u WHERE u.login = asked.requested_by AND u.group_name = 'admin' AND u.active) THEN
            RAISE EXCEPTION '提出申请的管理员已停用或已不是管理员，申请无效。' USING ERRCODE = 'PD001';
        END IF;
        PERFORM pd.apply_administration(asked.action, asked.login, asked.facts, secret);
    END IF;
    verdict := CASE WHEN accept THEN 'confirmed' WHEN session_user = asked.requested_by THEN 'withdrawn' ELSE 'refused' END;
    UPDATE person_request r SET outcome = verdict, decided_by = session_user, decided_at = pd.now() WHERE r.id = asked.id;
    PERFORM pd.note('request_' || verdict, jsonb_build_object('request', asked.id, 'what', asked.action, 'login', asked.login,
                                                              'by', asked.requested_by));
    PERFORM pd.tell('people', NULL);
    RETURN jsonb_build_object('login', asked.login, 'done', accept);
END $$;

CREATE FUNCTION pd.change_own_password(verifier text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
BEGIN
    PERFORM pd.check_verifier(verifier);
    UPDATE app_user SET must_change_password = false WHERE login = session_user AND active;
    IF NOT FOUND THEN
        RAISE EXCEPTION '您不是本系统的在用人员。' USING ERRCODE = 'PD003';
    END IF;
    EXECUTE format('ALTER ROLE %I PASSWORD %L', session_user, verifier);
    PERFORM pd.note('password_changed', jsonb_build_object('login', session_user));
END $$;

-- Ends sessions that hold up others: idle in a transaction for more than ten seconds with a lock in hand. A
-- load waits for its file and is let be, for a quarter of an hour, unless it has begun to close.
CREATE FUNCTION pd.free_the_way() RETURNS integer
    LANGUAGE sql SECURITY DEFINER SET search_path = pd, pg_temp
AS $$
    WITH held AS (
        SELECT l.pid,
               bool_or(l.locktype = 'advisory' AND (l.classid::bigint << 32 | l.objid::bigint) = hashtext('pd.load')) AS loads,
               bool_or(l.locktype = 'advisory' AND (l.classid::bigint << 32 | l.objid::bigint) <> hashtext('pd.load')) AS closes
        FROM pg_locks l
        WHERE l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND (l.locktype = 'advisory' OR l.locktype = 'relation' AND l.mode <> 'AccessShareLock')
        GROUP BY l.pid)
    SELECT count(*) FILTER (WHERE pg_terminate_backend(a.pid))::integer
    FROM pg_stat_activity a JOIN held h USING (pid) JOIN pg_roles r ON r.oid = a.usesysid AND NOT r.rolsuper -- not ours to end
    WHERE a.state LIKE 'idle in transaction%' AND a.pid <> pg_backend_pid()
      AND a.state_change < clock_timestamp()
          - CASE WHEN h.loads AND NOT h.closes THEN INTERVAL '15 minutes' ELSE INTERVAL '10 seconds' END
$$;
