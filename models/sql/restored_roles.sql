-- The owner, the groups and the people of a saved database, made again where they are missing. A role that is
-- there keeps its password and whether it may log in: another database of this server may rely on it; one that
-- is more or something else than the person was is not taken for them. Ends with a list of people.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['pd_owner', 'pd_officer', 'pd_liaison', 'pd_bureau', 'pd_admin', 'pd_auditor'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION pg_temp.person(login text, group_name text, may_log_in boolean, connections integer, verifier text)
    RETURNS void LANGUAGE plpgsql
AS $$
DECLARE
    known pg_roles;
    groups text[];
BEGIN
    SELECT * INTO known FROM pg_roles WHERE rolname = login;
    IF known.oid IS NULL THEN
        EXECUTE format('CREATE ROLE %I %s CONNECTION LIMIT %s PASSWORD %L', login,
                       CASE WHEN may_log_in THEN 'LOGIN' ELSE 'NOLOGIN' END, connections, verifier);
        EXECUTE format('GRANT %I TO %I', 'pd_' || group_name, login);
        RETURN;
    END IF;
    groups := ARRAY(SELECT DISTINCT m.roleid::regrole::text FROM pg_auth_members m WHERE m.member = known.oid);
    IF known.rolsuper OR known.rolcreaterole OR known.rolcreatedb OR known.rolreplication OR known.rolbypassrls
       OR groups <> ARRAY['pd_' || group_name] THEN
        RAISE EXCEPTION '服务器上已有账号“%”，但不是备份中的那个人（类别或权限不同），请先改名或删除它。', login
            USING ERRCODE = 'PD001';
    END IF;
END $$;

